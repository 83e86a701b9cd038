// A small county of pupils whose protection, schools and names change, and who may see what of it, written as plainly as it can be and without
// regard to how the hub does it. Every value carries a marker of its own, so that a byte out of place is found wherever it stands.
import * as fc from 'fast-check';
import type { ProtectionLevel } from '#model/model.ts';
import type { Grant } from '#store/store.ts';
import { bySystemId, fjord, href, identified, nationalId, paths, personHref, put, remove, school } from './world.ts';
import type { World } from './world.ts';

export type Pupil = {
  readonly number: number;
  /** Null: the person is delivered without a marking, where others carry one. */
  readonly marking: ProtectionLevel | null;
  readonly schools: readonly string[];
  /** A number of another pupil whose person is the parent of this one; null without. */
  readonly parent: number | null;
  readonly name: number;
  readonly feide: number;
  readonly there: boolean;
};

export type Data = readonly Pupil[];
export type Access = Pick<Grant, 'collections' | 'fields' | 'withhold' | 'rows' | 'actions'> & {
  readonly clearance: ProtectionLevel;
};

export const schools = ['2001', '2002'];
export const numbers = [101, 102, 103, 104];
export const collections = [paths.pupil, paths.person, paths.enrolment, paths.school];

const codes = ['ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'];

const level: fc.Arbitrary<ProtectionLevel> = fc.constantFrom(0, 0, 0, 1, 2, 3);

export const pupilOf = (number: number): fc.Arbitrary<Pupil> =>
  fc.record({
    number: fc.constant(number),
    marking: fc.oneof({ weight: 9, arbitrary: level }, { weight: 1, arbitrary: fc.constant(null) }),
    schools: fc.subarray(schools),
    parent: fc.constantFrom(null, ...numbers.filter((other) => other !== number)),
    name: fc.nat(3),
    feide: fc.nat(2),
    there: fc.constantFrom(true, true, true, false),
  });

export const dataOf: fc.Arbitrary<Data> = fc.tuple(...numbers.map(pupilOf));

export const accessOf: fc.Arbitrary<Access> = fc.record({
  collections: fc.constantFrom(
    ['*'],
    ['*'],
    ['utdanning/elev/*'],
    [paths.pupil],
    [paths.person],
    [paths.pupil, paths.enrolment],
    [paths.person, paths.enrolment, paths.school],
  ),
  fields: fc.option(
    fc.subarray([
      'systemId',
      'feidenavn',
      'fodselsnummer',
      'navn',
      'beskrivelse',
      'person',
      'elev',
      'elevforhold',
      'skole',
      'foreldre',
    ]),
  ),
  withhold: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(['national-id', 'protected', 'special', 'personal']) },
  ),
  rows: fc.constantFrom(null, null, school('2001'), school('2002'), school('2001', '2002')),
  actions: fc.constantFrom(['read', 'list', 'follow'], ['read', 'list', 'follow'], ['list'], ['read'], ['follow']),
  clearance: fc.constantFrom(0, 0, 0, 1, 2, 3),
});

/** An access that counts for tokens with some scopes only; null = for any. */
export type ScopedAccess = Access & { readonly scope: string | null };

export const scopes = ['a:read', 'b:read'];

export const scopedAccessOf: fc.Arbitrary<ScopedAccess> = fc
  .tuple(accessOf, fc.constantFrom(null, null, 'a:read', 'b:read', 'a:read b:read'))
  .map(([access, scope]) => ({ ...access, scope }));

/** What counts for a token that carries these scopes. */
export const countingFor = (carried: readonly string[], accesses: readonly ScopedAccess[]): readonly Access[] =>
  accesses.filter(({ scope }) => (scope?.split(' ') ?? []).every((one) => carried.includes(one)));

// --- Who may see what ---------------------------------------------------------------------------------------------------------

export type Row = {
  readonly collection: string;
  readonly key: string;
  readonly level: number;
  readonly schools: readonly string[] | 'all';
  /** Schools to which it belongs for the sake of another, and how protected that one is. */
  readonly through?: readonly { readonly school: string; readonly level: number }[];
  /** Attribute, its sensitivity, the marker in its value, and whether links use it. */
  readonly values: readonly {
    readonly name: string;
    readonly sensitivity: string;
    readonly marker: string;
    readonly identifier: boolean;
  }[];
};

const value = (name: string, sensitivity: string, marker: string, identifier = false) => ({
  name,
  sensitivity,
  marker,
  identifier,
});

const feideOf = ({ number, feide }: Pupil): string => `feide${number}v${feide}x@x.test`;
const nameOf = ({ number, name }: Pupil): string => `NAME${number}v${name}x`;

export const levelOf = ({ marking }: Pupil): number => marking ?? 3;

/** What is there. A pupil is as protected as its person, an enrolment as its pupil; a parent stands for himself. */
export const rowsOf = (data: Data): readonly Row[] => [
  ...schools.map((number): Row => ({
    collection: paths.school,
    key: `S${number}`,
    level: 0,
    schools: [number],
    values: [value('systemId', 'open', `SID${number}`, true), value('navn', 'open', `SNAME${number}`)],
  })),
  ...data
    .filter(({ there }) => there)
    .flatMap((pupil): Row[] => {
      const { number, schools: at } = pupil;
      const common = { level: levelOf(pupil), schools: at };
      return [
        {
          ...common,
          collection: paths.pupil,
          key: `E${number}`,
          values: [
            value('systemId', 'personal', `EID${number}x`, true),
            value('feidenavn', 'personal', feideOf(pupil), true),
          ],
        },
        {
          ...common,
          through: reachedBy(data, pupil),
          collection: paths.person,
          key: `P${number}`,
          values: [
            value('fodselsnummer', 'national-id', nationalId(number), true),
            value('navn', 'personal', nameOf(pupil)),
            value('bostedsadresse', 'protected', `STREET${number}x`),
          ],
        },
        ...at.map((one): Row => ({
          ...common,
          schools: [one],
          collection: paths.enrolment,
          key: `F${number}x${one}`,
          values: [
            value('systemId', 'personal', `FID${number}x${one}`, true),
            value('beskrivelse', 'personal', `DESC${number}x${one}`),
          ],
        })),
      ];
    }),
];

/** A person belongs to the schools of the children as well: the scope follows parents, as far as the children are seen. */
const reachedBy = (data: Data, { number }: Pupil): readonly { readonly school: string; readonly level: number }[] =>
  data
    .filter(({ there, parent }) => there && parent === number)
    .flatMap((child) => child.schools.map((one) => ({ school: one, level: levelOf(child) })));

const covered = (access: Access, collection: string): boolean =>
  access.collections.some((pattern) =>
    pattern.endsWith('*') ? collection.startsWith(pattern.slice(0, -1)) : pattern === collection,
  );

const inRows = ({ rows, clearance }: Access, { schools: own, through = [] }: Row): boolean =>
  rows === null ||
  own === 'all' ||
  own.some((one) => rows.values.includes(one)) ||
  through.some((one) => one.level <= clearance && rows.values.includes(one.school));

export const sees = (access: Access, row: Row): boolean =>
  covered(access, row.collection) && inRows(access, row) && row.level <= access.clearance;

const showsValue = (access: Access, name: string, sensitivity: string): boolean =>
  (access.fields === null || access.fields.includes(name)) && !access.withhold.includes(sensitivity);

/** The markers that these accesses may show: as an attribute of its row, or as identifier in a link to it. */
export const markersOf = (accesses: readonly Access[], rows: readonly Row[]): ReadonlySet<string> => {
  const allowed = new Set<string>();
  for (const row of rows)
    for (const access of accesses)
      if (sees(access, row))
        for (const { name, sensitivity, marker } of row.values)
          if (showsValue(access, name, sensitivity)) allowed.add(marker);
  return allowed;
};

/** Every marker that any state of the data can have. */
export const allMarkers: readonly string[] = [
  ...schools.flatMap((number) => [`SID${number}`, `SNAME${number}`]),
  ...numbers.flatMap((number) => [
    `EID${number}x`,
    ...[0, 1, 2].map((feide) => `feide${number}v${feide}x@x.test`),
    nationalId(number),
    ...[0, 1, 2, 3].map((name) => `NAME${number}v${name}x`),
    `STREET${number}x`,
    ...schools.flatMap((one) => [`FID${number}x${one}`, `DESC${number}x${one}`]),
  ]),
];

// --- Putting it into the hub --------------------------------------------------------------------------------------------------

export const putSchools = (world: World): Promise<void> =>
  put(
    world,
    paths.school,
    schools.map((number) => ({
      systemId: identified(`SID${number}`),
      skolenummer: identified(number),
      navn: `SNAME${number}`,
    })),
  );

/** Makes the data so, whatever they were: every collection in a transaction of its own. */
export const putData = async (world: World, data: Data): Promise<void> => {
  const tenant = await world.store.tenant(fjord);
  const removeIfThere = async (path: string, field: string, text: string): Promise<void> => {
    const [found] = await tenant.reads.resolve([{ collection: path, field, value: text }]);
    if (typeof found?.uid === 'number') await remove(world, path, field, text);
  };
  for (const { number, there, schools: at } of data) {
    for (const one of schools)
      if (!there || !at.includes(one)) await removeIfThere(paths.enrolment, 'systemid', `FID${number}x${one}`);
    if (there) continue;
    await removeIfThere(paths.pupil, 'systemid', `EID${number}x`);
    await removeIfThere(paths.person, 'fodselsnummer', nationalId(number));
  }
  const present = data.filter(({ there }) => there);
  const isThere = (number: number | null): number[] =>
    present.some((one) => one.number === number) && number !== null ? [number] : [];
  await put(
    world,
    paths.person,
    present.map((pupil) => ({
      fodselsnummer: identified(nationalId(pupil.number)),
      navn: { fornavn: nameOf(pupil), etternavn: 'X' },
      bostedsadresse: { adresselinje: [`STREET${pupil.number}x`] },
      ...(pupil.marking === null ? {} : { adressebeskyttelse: codes[pupil.marking] }),
      links: { foreldre: isThere(pupil.parent).map(personHref) },
    })),
  );
  await put(
    world,
    paths.pupil,
    present.map((pupil) => ({
      systemId: identified(`EID${pupil.number}x`),
      feidenavn: identified(feideOf(pupil)),
      links: { person: [personHref(pupil.number)] },
    })),
  );
  await put(
    world,
    paths.enrolment,
    present.flatMap((pupil) =>
      pupil.schools.map((one) => ({
        systemId: identified(`FID${pupil.number}x${one}`),
        beskrivelse: `DESC${pupil.number}x${one}`,
        links: {
          // By either identifier of the pupil, so that links by hidden ones are met.
          elev: [
            pupil.number % 2 === 0
              ? bySystemId(paths.pupil, `EID${pupil.number}x`)
              : href(paths.pupil, 'feidenavn', feideOf(pupil)),
          ],
          skole: [href(paths.school, 'skolenummer', one)],
        },
      })),
    ),
  );
};
