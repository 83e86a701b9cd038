// Known mistakes, planted in the county on purpose: what real deliveries have, each at a place that can be looked up. Called by county.ts when
// flaws are asked for; tests of the quality module compare what is found with what `flaws` tells. The fixed examples of the county stay sound.
//
// With flaws, the county delivers both ends of two-way links that a hub of FINT does not complete (Person.elev beside Elev.person), so that a
// missing one is a mistake and not a habit.

import type { SandboxCollection, SandboxEntry } from './collection.ts';
import type { CountyOptions, Plan } from './county-plan.ts';
import {
  EDGE_PUPILS,
  GUARDIAN_TEACHER,
  PROTECTED_APPRENTICE,
  PROTECTED_FOLLOW_UP,
  PROTECTED_TEACHER,
} from './edge-cases.ts';
import type { Link, Links } from './links.ts';
import { linksOfEnd, otherEnds } from './other-ends.ts';
import { apprentice, followUp, guardian, guardiansOf, pupil, staffPerson } from './people.ts';
import { draw, salt } from './random.ts';

/** `realistic`: three entries in a thousand of the places below; `ugly`: fifty. */
export type FlawLevel = NonNullable<CountyOptions['flaws']>;

export type FlawRule =
  /** A link to an entry that does not exist. */
  | 'missing-target'
  /** A link that names no identifier of its target's class. */
  | 'unknown-form'
  /** A mandatory link that is not delivered. */
  | 'missing-mandatory'
  /** A link that the other end does not answer; found at the entry that delivers it. */
  | 'missing-inverse'
  /** A national id with a wrong check digit. The links to the person carry it too. */
  | 'national-id'
  | 'organisation-number'
  /** A period that ends before it begins. */
  | 'date-order';

export type Flaw = {
  readonly rule: FlawRule;
  readonly collection: string;
  readonly identifier: { readonly field: string; readonly value: string };
  /** Relation, or attribute path. */
  readonly place: string;
};

type Place = {
  readonly rule: FlawRule;
  readonly collection: string;
  /** Relation or attribute. */
  readonly place: string;
  /** Entries before this position are sound: the fixed examples are among them. */
  readonly from: number;
  /** This one has the flaw in every size and for every seed. */
  readonly always: number;
};

const place = (rule: FlawRule, collection: string, at: string, from = 40, always = from + 10): Place => ({
  rule,
  collection,
  place: at,
  from,
  always,
});

/** Relations whose other end is neither mandatory nor about a person: one flaw is one finding. */
const places: readonly Place[] = [
  place('missing-target', 'utdanning/elev/klassemedlemskap', 'klasse'),
  place('missing-target', 'utdanning/vurdering/halvarsfagvurdering', 'karakter', 300),
  place('missing-target', 'administrasjon/personal/arbeidsforhold', 'stillingskode'),
  place('unknown-form', 'utdanning/elev/elevforhold', 'kategori'),
  place('unknown-form', 'utdanning/elev/person', 'morsmal'),
  place('unknown-form', 'administrasjon/personal/personalressurs', 'personalressurskategori'),
  place('missing-mandatory', 'utdanning/timeplan/undervisningsgruppemedlemskap', 'undervisningsgruppe', 300),
  place('missing-mandatory', 'utdanning/vurdering/fravarsregistrering', 'undervisningsgruppe', 300),
  place('missing-mandatory', 'administrasjon/personal/arbeidsforhold', 'arbeidssted'),
  place('missing-inverse', 'utdanning/elev/person', 'elev'),
  place('missing-inverse', 'utdanning/elev/elevforhold', 'elevvurdering'),
  place('missing-inverse', 'utdanning/elev/elevforhold', 'fravarsregistreringer'),
  place('missing-inverse', 'administrasjon/personal/personalressurs', 'skoleressurs'),
  place('missing-inverse', 'administrasjon/personal/arbeidsforhold', 'undervisningsforhold', 40, 46),
  place('organisation-number', 'utdanning/larling/virksomhet', 'organisasjonsnummer', 1, 2),
  place('date-order', 'utdanning/timeplan/undervisningsgruppemedlemskap', 'gyldighetsperiode', 300, 320),
  place('date-order', 'utdanning/timeplan/time', 'tidsrom'),
];

const PER_THOUSAND: Readonly<Record<Exclude<FlawLevel, 'none'>, number>> = { realistic: 3, ugly: 50 };
const NATIONAL_ID = salt('flaw.national-id');
/** A pupil whose national id is always wrong. */
const WRONG_ID = EDGE_PUPILS + 20;

type Spoiler = (entry: SandboxEntry, position: number, note: (flaw: Flaw) => void) => SandboxEntry;

/** Gives the collections with their flaws planted, and a way to walk what was planted. Both are lazy and can be walked any number of times. */
export const withFlaws = (
  plan: Plan,
  level: Exclude<FlawLevel, 'none'>,
  sound: readonly SandboxCollection[],
): { readonly collections: readonly SandboxCollection[]; readonly flaws: () => Iterable<Flaw> } => {
  const ids = wrongIds(plan, PER_THOUSAND[level]);
  const spoilers = new Map(
    sound.map(({ collection }) => [collection, spoilerOf(plan, collection, PER_THOUSAND[level], ids)] as const),
  );
  function* walk(one: SandboxCollection, note: (flaw: Flaw) => void): Generator<SandboxEntry> {
    const spoil = spoilers.get(one.collection);
    let position = 0;
    for (const entry of one.entries()) {
      yield spoil === undefined ? entry : spoil(entry, position, note);
      position += 1;
    }
  }
  return {
    collections: sound.map((one) => ({
      collection: one.collection,
      get total() {
        return one.total;
      },
      entries: () => walk(one, () => {}),
    })),
    *flaws() {
      for (const one of sound) {
        let found: Flaw[] = [];
        for (const _ of walk(one, (flaw) => found.push(flaw))) {
          yield* found;
          found = [];
        }
      }
    },
  };
};

const spoilerOf = (plan: Plan, collection: string, perThousand: number, ids: WrongIds): Spoiler => {
  const mine = places
    .filter((each) => each.collection === collection)
    .map((each) => ({ ...each, salt: salt(`flaw.${each.rule}.${collection}.${each.place}`) }));
  const chosen = (each: (typeof mine)[number], position: number): boolean =>
    position === each.always || (position >= each.from && draw(plan.seed, each.salt, position) % 1000 < perThousand);

  return (given, position, note) => {
    let entry = ids.spoil(collection, given, note);
    const planted = mine.filter((each) => chosen(each, position));
    for (const each of planted) entry = plant(entry, each, note);
    const ends = otherEnds(plan, collection, position, entry);
    if (ends.length === 0) return entry;
    const links: Record<string, readonly Link[]> = { ...linksOf(entry) };
    for (const end of ends)
      if (planted.some(({ rule, place: relation }) => rule === 'missing-inverse' && relation === end.relation))
        note({
          rule: 'missing-inverse',
          collection: end.collection,
          identifier: { field: 'systemid', value: end.value },
          place: end.inverse,
        });
      else links[end.relation] = linksOfEnd(end);
    return { ...entry, resource: { ...entry.resource, _links: links } };
  };
};

const linksOf = ({ resource }: SandboxEntry): Links => (resource['_links'] ?? {}) as Links;

const withLinks = (entry: SandboxEntry, relation: string, links: readonly Link[] | undefined): SandboxEntry => {
  const { [relation]: _, ...others } = linksOf(entry);
  const all = links === undefined ? others : { ...others, [relation]: links };
  return { ...entry, resource: { ...entry.resource, _links: all } };
};

/** Makes one entry wrong at one place, and notes it; gives it back as it is where the place is not there. */
const plant = (
  entry: SandboxEntry,
  { rule, collection, place: at }: Place,
  note: (flaw: Flaw) => void,
): SandboxEntry => {
  const [link] = linksOf(entry)[at] ?? [];
  const done = (changed: SandboxEntry, where = at): SandboxEntry => {
    note({ rule, collection, identifier: identifierOf(changed), place: where });
    return changed;
  };
  if (rule === 'missing-target' && link !== undefined)
    return done(withLinks(entry, at, [{ href: `${link.href.slice(0, link.href.lastIndexOf('/'))}/FINNES-IKKE` }]));
  if (rule === 'unknown-form' && link !== undefined)
    return done(withLinks(entry, at, [{ href: link.href.slice(link.href.lastIndexOf('/') + 1) }]));
  if (rule === 'missing-mandatory' && link !== undefined) return done(withLinks(entry, at, undefined));
  const value = entry.resource[at];
  if (rule === 'organisation-number' && isIdentifier(value))
    return done(withAttribute(entry, at, { ...value, identifikatorverdi: wrongDigit(value.identifikatorverdi) }));
  if (rule === 'date-order' && isPeriod(value) && value.start < value.slutt)
    return done(withAttribute(entry, at, { ...value, start: value.slutt, slutt: value.start }), `${at}/slutt`);
  return entry;
};

const withAttribute = (entry: SandboxEntry, name: string, value: unknown): SandboxEntry => ({
  ...entry,
  resource: { ...entry.resource, [name]: value },
});

const isIdentifier = (value: unknown): value is { readonly identifikatorverdi: string } =>
  typeof value === 'object' &&
  value !== null &&
  'identifikatorverdi' in value &&
  typeof value.identifikatorverdi === 'string';

const isPeriod = (value: unknown): value is { readonly start: string; readonly slutt: string } =>
  typeof value === 'object' &&
  value !== null &&
  'start' in value &&
  'slutt' in value &&
  typeof value.start === 'string' &&
  typeof value.slutt === 'string';

/** The identifier by which an entry is delivered, with the name of its field as URLs spell it. */
const identifierOf = ({ identifier, resource }: SandboxEntry): Flaw['identifier'] => {
  const field = Object.entries(resource).find(
    ([, value]) => isIdentifier(value) && value.identifikatorverdi === identifier,
  )?.[0];
  return { field: (field ?? 'systemId').toLowerCase(), value: identifier };
};

/** Another last digit: wrong by every rule, and never somebody else's number. */
const wrongDigit = (digits: string): string => `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`;

type WrongIds = {
  readonly spoil: (collection: string, entry: SandboxEntry, note: (flaw: Flaw) => void) => SandboxEntry;
};

/** National ids that are wrong everywhere: in every copy of the person, and in the links to it. */
const wrongIds = (plan: Plan, perThousand: number): WrongIds => {
  const always = pupil(plan, WRONG_ID).nationalId;
  const fixed = fixedIds(plan);
  const isWrong = (id: string): boolean =>
    id === always || (!fixed.has(id) && draw(plan.seed, NATIONAL_ID, Number(id) % 2_147_483_647) % 1000 < perThousand);
  const written = (id: string): string => (isWrong(id) ? wrongDigit(id) : id);

  const relinked = (links: Links): Links => {
    let changed: Record<string, readonly Link[]> | null = null;
    for (const [relation, list] of Object.entries(links)) {
      if (!list.some(({ href }) => PERSON_LINK.test(href))) continue;
      changed ??= { ...links };
      changed[relation] = list.map(({ href }) =>
        PERSON_LINK.test(href) ? { href: `${href.slice(0, -11)}${written(href.slice(-11))}` } : { href },
      );
    }
    return changed ?? links;
  };

  return {
    spoil: (collection, entry, note) => {
      const links = linksOf(entry);
      const linked = relinked(links);
      const changed = linked === links ? entry : { ...entry, resource: { ...entry.resource, _links: linked } };
      const id = changed.resource['fodselsnummer'];
      if (!collection.endsWith('/person') || !isIdentifier(id) || !isWrong(id.identifikatorverdi)) return changed;
      const wrong = wrongDigit(id.identifikatorverdi);
      note({
        rule: 'national-id',
        collection,
        identifier: { field: 'fodselsnummer', value: wrong },
        place: 'fodselsnummer',
      });
      return {
        identifier: wrong,
        resource: { ...changed.resource, fodselsnummer: { ...id, identifikatorverdi: wrong } },
      };
    },
  };
};

const PERSON_LINK = /fodselsnummer\/\d{11}$/;

/** The national ids of everybody whom `known` names, which stay right. */
const fixedIds = (plan: Plan): ReadonlySet<string> => {
  const ids = new Set<string>();
  for (let index = 0; index < EDGE_PUPILS; index += 1) {
    ids.add(pupil(plan, index).nationalId);
    for (const who of guardiansOf(plan, index)) ids.add(guardian(plan, who).nationalId);
  }
  for (const staff of [GUARDIAN_TEACHER, PROTECTED_TEACHER]) ids.add(staffPerson(plan, staff).nationalId);
  ids.add(apprentice(plan, PROTECTED_APPRENTICE).nationalId);
  ids.add(followUp(plan, PROTECTED_FOLLOW_UP).nationalId);
  return ids;
};
