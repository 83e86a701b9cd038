// Small changes of a small county, one at a time and in any order, so that links lead to what is not there yet, or not any more, or is called otherwise.
// For the property of entity events.
import * as fc from 'fast-check';
import type { Grant } from '#store/store.ts';
import { bySystemId, fjord, href, identified, nationalId, paths, personHref, put, remove, school } from '../world.ts';
import type { Resource, World } from '../world.ts';

export const places = ['2001', '2002'];
const people = [201, 202, 203];
const courses = ['f1', 'f2', 'f3', 'f4'];
const groups = ['k1', 'k2'];
const seats = ['m1', 'm2', 'm3'];
const open = Array.from({ length: 6 }, () => 'ugradert');
const codes = [...open, 'klientadresse', 'fortrolig', 'strengtFortrolig'];

/** One resource put, or removed when `resource` is null. */
export type Happening = {
  readonly path: string;
  readonly field: string;
  readonly value: string;
  readonly resource: Resource | null;
};

const feideOf = (number: number, version: number): string => `h${number}v${version}@x.test`;

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const orGone = (some: fc.Arbitrary<Resource>): fc.Arbitrary<Resource | null> =>
  fc.oneof({ weight: 6, arbitrary: some }, { weight: 1, arbitrary: fc.constant(null) });

const person = (number: number): fc.Arbitrary<Happening> =>
  orGone(
    fc
      .record({ name: fc.nat(2), code: oneOf(...codes), parents: fc.subarray(people.filter((one) => one !== number)) })
      .map(({ name, code, parents }) => ({
        fodselsnummer: identified(nationalId(number)),
        navn: { fornavn: `Navn${name}`, etternavn: 'X' },
        adressebeskyttelse: code,
        links: { foreldre: parents.map(personHref) },
      })),
  ).map((resource) => ({ path: paths.person, field: 'fodselsnummer', value: nationalId(number), resource }));

const pupil = (number: number): fc.Arbitrary<Happening> =>
  orGone(
    fc.record({ feide: oneOf(0, 0, 0, 0, 1), of: oneOf(number, number, number, ...people) }).map(({ feide, of }) => ({
      systemId: identified(`h${number}`),
      feidenavn: identified(feideOf(number, feide)),
      links: { person: [personHref(of)] },
    })),
  ).map((resource) => ({ path: paths.pupil, field: 'systemid', value: `h${number}`, resource }));

const pupilLink: fc.Arbitrary<string> = fc.oneof(
  oneOf(...people).map((number) => bySystemId(paths.pupil, `h${number}`)),
  fc
    .tuple(oneOf(...people), fc.nat(1))
    .map(([number, version]) => href(paths.pupil, 'feidenavn', feideOf(number, version))),
);

const course = (id: string): fc.Arbitrary<Happening> =>
  orGone(
    fc
      .record({
        text: fc.nat(2),
        of: pupilLink,
        at: oneOf(['2001'], ['2001'], ['2002'], ['2002'], []),
        flag: fc.boolean(),
      })
      .map(({ text, of, at, flag }) => ({
        systemId: identified(id),
        beskrivelse: `tekst ${text}`,
        tosprakligFagopplaring: flag,
        links: { elev: [of], skole: at.map((number) => href(paths.school, 'skolenummer', number)) },
      })),
  ).map((resource) => ({ path: paths.enrolment, field: 'systemid', value: id, resource }));

const group = (id: string): fc.Arbitrary<Happening> =>
  orGone(
    fc.record({ name: fc.nat(2), at: oneOf(...places) }).map(({ name, at }) => ({
      systemId: identified(id),
      navn: `Klasse ${name}`,
      beskrivelse: '',
      links: { skole: [href(paths.school, 'skolenummer', at)] },
    })),
  ).map((resource) => ({ path: paths.group, field: 'systemid', value: id, resource }));

const seat = (id: string): fc.Arbitrary<Happening> =>
  orGone(
    fc.record({ of: oneOf(...courses), to: oneOf(...groups) }).map(({ of, to }) => ({
      systemId: identified(id),
      links: { elevforhold: [bySystemId(paths.enrolment, of)], klasse: [bySystemId(paths.group, to)] },
    })),
  ).map((resource) => ({ path: paths.membership, field: 'systemid', value: id, resource }));

const place = (number: string): fc.Arbitrary<Happening> =>
  fc.nat(2).map((name) => ({
    path: paths.school,
    field: 'skolenummer',
    value: number,
    resource: { systemId: identified(`S${number}`), skolenummer: identified(number), navn: `Skole ${name}` },
  }));

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: oneOf(...people).chain(person) },
  { weight: 3, arbitrary: oneOf(...people).chain(pupil) },
  { weight: 5, arbitrary: oneOf(...courses).chain(course) },
  { weight: 1, arbitrary: oneOf(...groups).chain(group) },
  { weight: 2, arbitrary: oneOf(...seats).chain(seat) },
  { weight: 1, arbitrary: oneOf(...places).chain(place) },
);

/** What an application may see of it: mostly all fields, of all rows or those of some schools. */
export const access: fc.Arbitrary<Partial<Grant>> = fc.record({
  actions: fc.constant(['read', 'list', 'follow'] as const),
  collections: oneOf(
    ...Array.from({ length: 8 }, (): readonly string[] => ['*']),
    ['utdanning/elev/*'],
    [paths.pupil, paths.person, paths.enrolment],
    [paths.pupil, paths.enrolment, paths.membership, paths.group],
  ),
  fields: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc
        .subarray(
          ['navn', 'beskrivelse', 'person', 'elev', 'elevforhold', 'skole', 'foreldre', 'foreldreansvar', 'klasse'],
          { minLength: 4 },
        )
        .map((names) => ['systemId', 'skolenummer', 'klassemedlemskap', ...names]),
    },
  ),
  rows: oneOf(null, null, school('2001'), school('2002'), school('2001', '2002')),
  clearance: oneOf(0, 0, 0, 1, 2, 3),
});

/** Most of what there can be, to begin with. */
export const beginning: fc.Arbitrary<readonly Happening[]> = fc
  .tuple(
    ...places.map(place),
    ...people.map(person),
    ...people.map(pupil),
    ...groups.map(group),
    ...courses.map(course),
    ...seats.map(seat),
  )
  .map((all) => [...all]);

const isThere = async (world: World, { path, field, value }: Happening): Promise<boolean> => {
  const tenant = await world.store.tenant(fjord);
  const [found] = await tenant.reads.resolve([{ collection: path, field, value }]);
  return typeof found?.uid === 'number';
};

/** Makes it so, in a transaction of its own. */
export const happen = async (world: World, one: Happening): Promise<void> => {
  if (one.resource !== null) await put(world, one.path, [one.resource]);
  else if (await isThere(world, one)) await remove(world, one.path, one.field, one.value);
};

const gone = (path: string, field: string, values: readonly string[]): readonly Happening[] =>
  values.map((value) => ({ path, field, value, resource: null }));

/** Takes everything away. */
export const clear = async (world: World): Promise<void> => {
  for (const one of [
    ...gone(paths.membership, 'systemid', seats),
    ...gone(paths.enrolment, 'systemid', courses),
    ...gone(paths.group, 'systemid', groups),
    ...gone(
      paths.pupil,
      'systemid',
      people.map((number) => `h${number}`),
    ),
    ...gone(paths.person, 'fodselsnummer', people.map(nationalId)),
    ...gone(paths.school, 'skolenummer', places),
  ])
    await happen(world, one);
};
