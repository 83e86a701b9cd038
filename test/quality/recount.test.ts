// Whatever is delivered, changed and removed, in whatever order, and wherever the work is interrupted: what quality has found is what a full
// count by other means finds. The other means know the deliveries and the model, and nothing of stores, feeds or identifiers' numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Collection } from '#model/model.ts';
import { nationalIdAt } from '#sandbox/national-id.ts';
import { cases } from '../cases.ts';
import { found, model, openWorld, organisation } from './world.ts';
import type { World } from './world.ts';

const pupil = 'utdanning/elev/elev';
const enrolment = 'utdanning/elev/elevforhold';
const person = 'utdanning/elev/person';
const school = 'utdanning/utdanningsprogram/skole';
const unit = 'administrasjon/organisasjon/organisasjonselement';
const country = 'felles/kodeverk/iso/landkode';
const collections = [pupil, enrolment, person, school, unit, country] as const;
type Path = (typeof collections)[number];

/** A link as the test means it: to an identifier, or something that nobody can read. */
type To = { readonly to: Path; readonly field: string; readonly value: string } | { readonly junk: string };
type Made = {
  readonly path: Path;
  readonly key: number;
  readonly ids: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, readonly To[]>>;
  /** Links of a complex attribute: attribute, relation. */
  readonly inside: Readonly<Record<string, Readonly<Record<string, readonly To[]>>>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What is wrong with the values: known, since the test put it there. */
  readonly flaws: readonly string[];
};

const keys = 4;
const key = fc.nat(keys - 1);
const ids = (values: Readonly<Record<string, string>>) => values;
const nationalIds = [0, 1, 2, 3].map((slot) => nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, slot, true));

/** Identifiers that a link may name: some are somebody's, some nobody's. */
const target = (to: Path, field: string, value: (key: number, variant: number) => string): fc.Arbitrary<To> =>
  fc.tuple(key, fc.nat(1)).map(([at, variant]) => ({ to, field, value: value(at, variant) }));
const junk: fc.Arbitrary<To> = fc
  .constantFrom('x', 'https://else.test/a/b', 'ukjent/5')
  .map((text) => ({ junk: text }));
const some = (one: fc.Arbitrary<To>, maxLength: number): fc.Arbitrary<readonly To[]> =>
  fc.uniqueArray(fc.oneof({ weight: 9, arbitrary: one }, { weight: 1, arbitrary: junk }), {
    maxLength,
    selector: (link) => JSON.stringify(link),
  });

const toPupil = fc.oneof(
  target(pupil, 'systemid', (at) => `E${at}`),
  target(pupil, 'elevnummer', (at, variant) => `${at}-${variant}`),
);
const toPerson = target(person, 'fodselsnummer', (at) => nationalIds[at] ?? '');
const toSchool = target(school, 'systemid', (at) => `S${at}`);
const toUnit = fc.oneof(
  target(unit, 'organisasjonsid', (at) => `U${at}`),
  target(unit, 'organisasjonskode', (at, variant) => `K${at}-${variant}`),
);
const toEnrolment = target(enrolment, 'systemid', (at) => `F${at}`);
const toCountry = target(country, 'systemid', (at) => `L${at}`);

const address = some(toCountry, 2).map((land) => ({ land }));

const pupils: fc.Arbitrary<Made> = fc
  .record({
    at: key,
    variant: fc.option(fc.nat(1)),
    person: some(toPerson, 2),
    enrolment: some(toEnrolment, 1),
    address,
  })
  .map(({ at, variant, person: to, enrolment: back, address: home }) => ({
    path: pupil,
    key: at,
    ids: ids({ systemid: `E${at}`, ...(variant === null ? {} : { elevnummer: `${at}-${variant}` }) }),
    links: { person: to, elevforhold: back },
    inside: { hybeladresse: home },
    attributes: {},
    flaws: [],
  }));

const enrolments: fc.Arbitrary<Made> = fc
  .record({
    at: key,
    pupil: some(toPupil, 2),
    school: some(toSchool, 2),
    period: fc.constantFrom('none', 'good', 'bad', 'open'),
  })
  .map(({ at, pupil: to, school: where, period }) => ({
    path: enrolment,
    key: at,
    ids: ids({ systemid: `F${at}` }),
    links: { elev: to, skole: where },
    inside: {},
    attributes:
      period === 'none'
        ? { beskrivelse: 'Elev' }
        : {
            beskrivelse: 'Elev',
            gyldighetsperiode: {
              start: '2026-01-01T00:00:00Z',
              ...(period === 'open'
                ? {}
                : { slutt: period === 'bad' ? '2025-01-01T00:00:00Z' : '2027-01-01T00:00:00Z' }),
            },
          },
    flaws: period === 'bad' ? ['date-order gyldighetsperiode/slutt'] : [],
  }));

const persons: fc.Arbitrary<Made> = fc
  .record({
    at: key,
    pupil: some(toPupil, 1),
    guardians: some(toPerson, 2),
    name: fc.constantFrom('good', 'none', 'half', 'damaged'),
    born: fc.constantFrom('none', 'good', 'bad'),
  })
  .map(({ at, pupil: to, guardians, name, born }) => ({
    path: person,
    key: at,
    ids: ids({ fodselsnummer: nationalIds[at] ?? '' }),
    links: { elev: to, foreldre: guardians },
    inside: {},
    attributes: {
      ...(name === 'none'
        ? {}
        : {
            navn: { fornavn: name === 'damaged' ? 'BjÃ¸rn' : 'Bjørn', ...(name === 'half' ? {} : { etternavn: 'Å' }) },
          }),
      ...(born === 'none' ? {} : { fodselsdato: born === 'good' ? '2009-01-05T00:00:00Z' : '2009-01-06T00:00:00Z' }),
    },
    flaws: [
      ...(name === 'none' ? ['missing-attribute navn'] : []),
      ...(name === 'half' ? ['missing-attribute navn/etternavn'] : []),
      ...(name === 'damaged' ? ['damaged-text navn/fornavn'] : []),
      ...(born === 'bad' ? ['birth-date fodselsdato'] : []),
    ],
  }));

const schools: fc.Arbitrary<Made> = fc
  .record({ at: key, unit: some(toUnit, 2), enrolment: some(toEnrolment, 2), reference: some(toUnit, 1), address })
  .map(({ at, unit: to, enrolment: back, reference, address: visit }) => ({
    path: school,
    key: at,
    ids: ids({ systemid: `S${at}`, skolenummer: `N${at}` }),
    links: { organisasjon: to, elevforhold: back, vigoreferanse: reference },
    inside: { postadresse: visit },
    attributes: { navn: 'Skole' },
    flaws: [],
  }));

const units: fc.Arbitrary<Made> = fc
  .record({ at: key, variant: fc.nat(1), above: some(toUnit, 2), below: some(toUnit, 2), school: some(toSchool, 1) })
  .map(({ at, variant, above, below, school: to }) => ({
    path: unit,
    key: at,
    ids: ids({ organisasjonsid: `U${at}`, organisasjonskode: `K${at}-${variant}` }),
    links: { overordnet: above, underordnet: below, skole: to },
    inside: {},
    attributes: {},
    flaws: [],
  }));

const countries: fc.Arbitrary<Made> = fc.record({ at: key, code: fc.boolean() }).map(({ at, code }) => ({
  path: country,
  key: at,
  ids: ids({ systemid: `L${at}` }),
  links: {},
  inside: {},
  attributes: { navn: 'Land', ...(code ? { kode: 'NO' } : {}) },
  flaws: code ? [] : ['missing-attribute kode'],
}));

const linkTo = (to: Path, field: string, value: string): readonly To[] => [{ to, field, value }];

/** A county in which nothing is wrong: what is removed or changed then breaks something that was whole. */
const sound: readonly Made[] = Array.from({ length: keys }, (_, at): readonly Made[] => {
  const one = (path: Path, own: Made['ids'], links: Made['links'], attributes: Made['attributes'] = {}): Made => ({
    path,
    key: at,
    ids: own,
    links,
    inside: {},
    attributes,
    flaws: [],
  });
  return [
    one(country, { systemid: `L${at}` }, {}, { navn: 'Land', kode: 'NO' }),
    one(
      unit,
      { organisasjonsid: `U${at}`, organisasjonskode: `K${at}-0` },
      { overordnet: linkTo(unit, 'organisasjonskode', 'K0-0') },
    ),
    one(
      school,
      { systemid: `S${at}`, skolenummer: `N${at}` },
      { organisasjon: linkTo(unit, 'organisasjonskode', `K${at}-0`) },
      { navn: 'Skole' },
    ),
    one(
      person,
      { fodselsnummer: nationalIds[at] ?? '' },
      { elev: linkTo(pupil, 'elevnummer', `${at}-0`) },
      { navn: { fornavn: 'Å', etternavn: 'Ø' } },
    ),
    {
      ...one(
        pupil,
        { systemid: `E${at}`, elevnummer: `${at}-0` },
        { person: linkTo(person, 'fodselsnummer', nationalIds[at] ?? '') },
      ),
      inside: { hybeladresse: { land: linkTo(country, 'systemid', `L${at}`) } },
    },
    one(
      enrolment,
      { systemid: `F${at}` },
      { elev: linkTo(pupil, 'elevnummer', `${at}-0`), skole: linkTo(school, 'skolenummer', `N${at}`) },
      { beskrivelse: 'Elev' },
    ),
  ];
}).flat();

const anything = fc.oneof(pupils, enrolments, persons, schools, units, countries);

type Step =
  | { readonly kind: 'deliver'; readonly all: readonly Made[] }
  | { readonly kind: 'remove'; readonly path: Path; readonly key: number }
  | { readonly kind: 'examine'; readonly slices: number; readonly size: number }
  | { readonly kind: 'restart'; readonly drop: boolean }
  | { readonly kind: 'links'; readonly extra: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.array(anything, { minLength: 1, maxLength: 4 }).map((all): Step => ({ kind: 'deliver', all })),
  },
  {
    weight: 16,
    arbitrary: fc
      .tuple(fc.constantFrom(...collections), key)
      .map(([path, at]): Step => ({ kind: 'remove', path, key: at })),
  },
  {
    weight: 16,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
      .map(([slices, size]): Step => ({ kind: 'examine', slices, size })),
  },
  { weight: 2, arbitrary: fc.nat(3).map((drop): Step => ({ kind: 'restart', drop: drop === 0 })) },
  { weight: 1, arbitrary: fc.boolean().map((extra): Step => ({ kind: 'links', extra })) },
);

// --- What was delivered, as an adapter writes it ------------------------------------------------------------------------------

const attributeOf = (path: Path, segment: string): string => {
  const attribute = collectionAt(path).identifierBySegment.get(segment)?.attribute;
  assert.ok(attribute !== undefined);
  return attribute;
};

const collectionAt = (path: string): Collection => {
  const collection = model.collections.get(path);
  assert.ok(collection !== undefined);
  return collection;
};

const hrefs = (all: readonly To[]) =>
  all.map((link) => ({ href: 'junk' in link ? link.junk : `${link.field}/${link.value}` }));

const written = ({ path, ids: own, links, inside, attributes }: Made): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    Object.entries(own).map(([segment, value]) => [attributeOf(path, segment), { identifikatorverdi: value }]),
  ),
  ...attributes,
  ...Object.fromEntries(
    Object.entries(inside).map(([attribute, relations]) => [
      attribute,
      { _links: Object.fromEntries(Object.entries(relations).map(([name, all]) => [name, hrefs(all)])) },
    ]),
  ),
  _links: Object.fromEntries(Object.entries(links).map(([name, all]) => [name, hrefs(all)])),
});

// --- The full count by other means --------------------------------------------------------------------------------------------

const nameOf = ({ path, key: at }: Made): string => `${path} ${at}`;

const count = (
  there: readonly Made[],
  extra: boolean,
  wanted: (one: Made) => boolean = () => true,
): Readonly<Record<string, string>> => {
  const owner = (link: To): Made | undefined =>
    'junk' in link ? undefined : there.find((one) => one.path === link.to && one.ids[link.field] === link.value);
  const adds = (path: Path, relation: string): string | null => {
    const rule = collectionAt(path).links.get(relation);
    return rule !== undefined && (rule.fintBackLink || extra) ? rule.inverse : null;
  };
  const lines = new Map<string, [resources: number, count: number]>();
  for (const one of there.filter(wanted)) {
    const mine = new Map<string, number>();
    const note = (line: string): void => void mine.set(line, (mine.get(line) ?? 0) + 1);
    for (const [name, rule] of collectionAt(one.path).links) {
      const own = one.links[name] ?? [];
      const reached = new Set(own.map((link) => owner(link)).filter((made) => made !== undefined));
      const others = there.filter(
        (other) =>
          !reached.has(other) &&
          Object.entries(other.links).some(
            ([relation, all]) =>
              adds(other.path, relation) === name &&
              collectionAt(other.path).links.get(relation)?.target === one.path &&
              all.some((link) => owner(link) === one),
          ),
      );
      if (rule.relation.min === 1 && own.length + others.length === 0) note(`missing-mandatory ${name}`);
      if (rule.target === null) continue;
      const nobody = own.filter((link) => owner(link) === undefined).length;
      for (const link of own) {
        if ('junk' in link) note(`unknown-form ${name}`);
        else if (owner(link) === undefined) note(`missing-target ${name}`);
        else if (owner(link) === one && rule.relation.min === 0) note(`own-target ${name}`);
      }
      if (rule.relation.max === 1 && reached.size + nobody + others.length > 1) note(`too-many ${name}`);
      const { inverse } = rule;
      if (inverse !== null && !rule.fintBackLink && !extra)
        for (const other of reached)
          if (!(other.links[inverse] ?? []).some((link) => owner(link) === one)) note(`missing-inverse ${name}`);
    }
    for (const [attribute, relations] of Object.entries(one.inside))
      for (const [name, all] of Object.entries(relations)) {
        for (const link of all) {
          if ('junk' in link) note(`unknown-form ${attribute}/${name}`);
          else if (owner(link) === undefined) note(`missing-target ${attribute}/${name}`);
        }
        if (all.length > 1) note(`too-many ${attribute}/${name}`);
      }
    for (const flaw of one.flaws) note(flaw);
    for (const [line, times] of mine) {
      const sum = lines.get(`${one.path} ${line}`) ?? [0, 0];
      lines.set(`${one.path} ${line}`, [sum[0] + 1, sum[1] + times]);
    }
  }
  return Object.fromEntries(
    [...lines]
      .map(([line, [resources, times]]): [string, string] => [line, `${resources}/${times}`])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};

// --- The test -----------------------------------------------------------------------------------------------------------------

const run = async (begin: boolean, extraAtFirst: boolean, changes: readonly Step[]): Promise<void> => {
  const world = await openWorld(extraAtFirst);
  const steps: readonly Step[] = begin
    ? [{ kind: 'deliver', all: sound }, { kind: 'examine', slices: 40, size: 5 }, ...changes]
    : changes;
  try {
    const there = new Map<string, Made>();
    let extra = extraAtFirst;
    for (const one of steps) {
      switch (one.kind) {
        case 'deliver':
          for (const made of one.all) {
            const leading = Object.values(made.ids)[0] ?? '';
            await world.deliver(made.path, [{ identifier: leading, resource: written(made) }]);
            there.set(nameOf(made), made);
          }
          break;
        case 'remove': {
          const made = there.get(`${one.path} ${one.key}`);
          if (made === undefined) break;
          const [field = '', value = ''] = Object.entries(made.ids)[0] ?? [];
          await world.remove(one.path, field, value);
          there.delete(nameOf(made));
          break;
        }
        case 'examine':
          await world.slices(one.slices, one.size);
          break;
        case 'restart':
          await world.again(one.drop);
          break;
        case 'links':
          extra = one.extra;
          await world.extraBackLinks(extra);
      }
    }
    await world.quality.catchUp(organisation);
    await check(world, [...there.values()], extra);
    await world.again(true);
    await world.quality.catchUp(organisation);
    await check(world, [...there.values()], extra);
  } finally {
    await world.close();
  }
};

const check = async (world: World, there: readonly Made[], extra: boolean): Promise<void> => {
  assert.deepEqual(await found(world), count(there, extra));
  const { score, backlog } = await world.quality.summary(organisation, {});
  const flawed = there.filter((one) => Object.keys(count(there, extra, (made) => made === one)).length > 0).length;
  assert.deepEqual(score, {
    examined: there.length,
    flawed,
    score: there.length === 0 ? null : (there.length - flawed) / there.length,
  });
  assert.equal(backlog.complete, true);
};

test('what is found is what a full count finds', { timeout: 300_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.boolean(), fc.boolean(), fc.array(step, { minLength: 1, maxLength: 20 }), run), {
    numRuns: Number(process.env['QUALITY_RUNS'] ?? cases(60)),
  });
});
