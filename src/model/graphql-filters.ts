// By what the collections of a GraphQL API can be narrowed, as data: read from its filters, held against the model. Made by graphql-roots.ts; what
// becomes of a value that a client gives is the API's.
import type { At } from './findings.ts';
import { below } from './findings.ts';
import {
  listOf,
  memberOf,
  membersOf,
  placeOf,
  placesOf,
  textIn,
  textOf,
  wayOf,
  wordOf,
  type Entry,
  type Place,
  type Reading,
} from './graphql-entry.ts';
import type { Collection, CollectionPath, ContractMark, ModelClass } from './model.ts';

/** What an attribute must be; without a value it is false. */
export type Held = { readonly place: Place; readonly is: boolean };

/** A period of dates. */
export type PeriodPlace = { readonly from: Place; readonly to: Place };

/** A period of terms that hangs on a value: the relations to its first and to its last term, and when a term is. */
export type TermPeriod = { readonly from: string; readonly to: string; readonly dates: PeriodPlace };

/** What is true of a resource, or not. */
export type Fact =
  | { readonly kind: 'held'; readonly all: readonly Held[] }
  /** There is no value. */
  | { readonly kind: 'lacks'; readonly place: Place }
  | { readonly kind: 'now'; readonly period: PeriodPlace };

export type FilterForm =
  /** A list of values, or one. */
  | { readonly kind: 'values'; readonly places: readonly Place[]; readonly one: boolean }
  /** Ids of resources of the class, which the relations lead to. */
  | { readonly kind: 'ids'; readonly of: ModelClass }
  | { readonly kind: 'text'; readonly places: readonly Place[]; readonly operator: 'contains' | 'startswith' }
  /** Texts by language: the name of each is the last of its path. */
  | { readonly kind: 'languages'; readonly places: readonly Place[] }
  | { readonly kind: 'flags'; readonly place: Place }
  /** True or false. */
  | { readonly kind: 'fact'; readonly fact: Fact }
  /** Left out where it is true, unless asked for. */
  | { readonly kind: 'unless'; readonly fact: Fact }
  | { readonly kind: 'within'; readonly period: PeriodPlace }
  /** One of two words: one of the periods goes on today, or none does. */
  | { readonly kind: 'state'; readonly periods: readonly TermPeriod[]; readonly words: readonly [string, string] }
  /** An id of a term before which not all of the periods have ended. */
  | { readonly kind: 'unexpired'; readonly periods: readonly TermPeriod[]; readonly of: ModelClass }
  | { readonly kind: 'members'; readonly members: readonly FilterMember[] };

export type FilterStep =
  | { readonly kind: 'through'; readonly relations: readonly string[] }
  /** Backwards: from what a relation leads to, to what it leads there from. */
  | { readonly kind: 'from'; readonly by: CollectionPath; readonly relation: string }
  | { readonly kind: 'where'; readonly all: readonly Held[] };

export type FilterMember = {
  readonly name: string;
  readonly contract: ContractMark | null;
  /** From the resource to where it is looked for. */
  readonly steps: readonly FilterStep[];
  readonly form: FilterForm;
  /** What it is when nothing is said; undefined = nothing. */
  readonly default: unknown;
};

export const contracts: readonly ContractMark[] = ['production', 'beta', 'experimental'];

const forms = [
  'is',
  'contains',
  'starts',
  'text',
  'flag',
  'yes',
  'holds',
  'lacks',
  'now',
  'unless',
  'within',
  'runs',
  'unexpired',
  'members',
];
const memberKeys = [...forms, 'from', 'through', 'where', 'next', 'one', 'words', 'default', 'contract'];

/** How periods are written in the model. */
export type Times = {
  /** The attributes of a period of dates: from and to. */
  readonly period: readonly string[];
  /** The relations of a period of terms, and the attribute of a term that says when it is; null = there is no such thing. */
  readonly terms: { readonly from: string; readonly to: string; readonly period: string } | null;
};

/** Reads how periods are written. */
export const readTimes = (top: Entry, reading: Reading): Times => {
  const terms = memberOf(top, 'terms');
  membersOf(terms, reading, ['from', 'to', 'period']);
  return {
    period: listOf(memberOf(top, 'period'), reading).flatMap((one) => textOf(one, reading) ?? []),
    terms:
      terms.value === undefined
        ? null
        : {
            from: textIn(terms, 'from', reading),
            to: textIn(terms, 'to', reading),
            period: textIn(terms, 'period', reading),
          },
  };
};

/** Takes a filter and the class that it narrows; gives its members. */
export const readFilter = (entry: Entry, of: ModelClass, times: Times, reading: Reading): readonly FilterMember[] =>
  membersOf(entry, reading).flatMap(([name, member]) => {
    const read = readMember(name, member, of, times, reading);
    return read === null ? [] : [read];
  });

const readMember = (
  name: string,
  entry: Entry,
  of: ModelClass,
  times: Times,
  reading: Reading,
): FilterMember | null => {
  membersOf(entry, reading, memberKeys);
  const steps: FilterStep[] = [];
  let at: ModelClass | null = of;
  const follow = (key: string): void => {
    const held = memberOf(entry, key);
    const path = textOf(held, reading);
    if (path === null || at === null) return;
    const way = wayOf(at, path, held.at, reading);
    if (way !== null) steps.push({ kind: 'through', relations: way.relations });
    at = way?.end ?? null;
  };
  const from = memberOf(entry, 'from');
  if (from.value !== undefined) {
    const back = backFrom(from, of, reading);
    if (back !== null) steps.push({ kind: 'from', by: back.collection.path, relation: back.relation });
    at = back?.collection.class ?? null;
  }
  follow('through');
  const where = memberOf(entry, 'where');
  if (where.value !== undefined && at !== null) steps.push({ kind: 'where', all: readHeld(where, at, reading) });
  follow('next');
  if (at === null) return null;
  const form = readForm(entry, { end: at, times, led: steps.length > 0, reading });
  if (form === null) return null;
  return {
    name,
    contract: wordOf(memberOf(entry, 'contract'), contracts, reading),
    steps,
    form,
    default: form.kind === 'unless' ? false : memberOf(entry, 'default').value,
  };
};

/** `Emne.fag`: the collection of a class, with a relation of it that leads to the class at hand. */
const backFrom = (
  entry: Entry,
  to: ModelClass,
  reading: Reading,
): { readonly collection: Collection; readonly relation: string } | null => {
  const [className, relation = ''] = textOf(entry, reading)?.split('.') ?? [];
  const collection = [...reading.model.collections.values()].find(
    (one) => one.class.className === className && one.links.get(relation)?.relation.target === to.key,
  );
  if (collection !== undefined) return { collection, relation };
  reading.complain(entry.at, 'graphql', `nothing leads to ${to.name} by '${className ?? ''}.${relation}'`);
  return null;
};

type Found = {
  readonly end: ModelClass;
  readonly times: Times;
  /** Relations lead there. */
  readonly led: boolean;
  readonly reading: Reading;
};

const readForm = (entry: Entry, found: Found): FilterForm | null => {
  const { end, times, reading } = found;
  const named = forms.filter((form) => memberOf(entry, form).value !== undefined);
  const [kind] = named;
  if (kind === undefined || named.length > 1) {
    reading.complain(entry.at, 'graphql', `takes one of ${forms.join(', ')}`);
    return null;
  }
  const held = memberOf(entry, kind);
  switch (kind) {
    case 'is':
      return readIs(entry, held, found);
    case 'contains':
    case 'starts': {
      const operator = kind === 'starts' ? 'startswith' : 'contains';
      return { kind: 'text', operator, places: textsAt(held, end, reading) };
    }
    case 'text':
      return { kind: 'languages', places: textsAt(held, end, reading) };
    case 'flag': {
      const place = flagAt(held, end, reading);
      return place === null ? null : { kind: 'flags', place };
    }
    case 'yes':
    case 'unless': {
      const place = flagAt(held, end, reading);
      if (place === null) return null;
      const fact: Fact = { kind: 'held', all: [{ place, is: true }] };
      return kind === 'unless' ? { kind, fact } : { kind: 'fact', fact };
    }
    case 'holds':
      return { kind: 'fact', fact: { kind: 'held', all: readHeld(held, end, reading) } };
    case 'lacks': {
      const text = textOf(held, reading);
      const place = text === null ? null : placeOf(end, text, held.at, reading);
      return place === null ? null : { kind: 'fact', fact: { kind, place } };
    }
    case 'now': {
      const of = periodAt(held, end, times.period, reading);
      return of === null ? null : { kind: 'fact', fact: { kind, period: of } };
    }
    case 'within': {
      const of = periodAt(held, end, times.period, reading);
      return of === null ? null : { kind: 'within', period: of };
    }
    case 'runs': {
      const words = memberOf(entry, 'words');
      const [yes, no, ...more] = listOf(words, reading).map((one) => textOf(one, reading));
      if (typeof yes === 'string' && typeof no === 'string' && more.length === 0)
        return { kind: 'state', periods: termPeriodsAt(held, found), words: [yes, no] };
      reading.complain(words.at, 'graphql', `'runs' takes two words`);
      return null;
    }
    case 'unexpired': {
      const periods = termPeriodsAt(held, found);
      const [first] = periods;
      return first === undefined ? null : { kind, periods, of: first.of };
    }
    default:
      return { kind: 'members', members: readFilter(held, end, times, reading) };
  }
};

const readIs = (entry: Entry, held: Entry, { end, led, reading }: Found): FilterForm | null => {
  if (held.value === 'id') {
    if (!led) reading.complain(held.at, 'graphql', 'ids are of what relations lead to');
    return { kind: 'ids', of: end };
  }
  const places = attributesOf(held, reading).flatMap((one) => {
    const place = placeOf(end, one.text, one.at, reading);
    return place === null ? [] : [place];
  });
  return places.length === 0 ? null : { kind: 'values', places, one: memberOf(entry, 'one').value === true };
};

/** One attribute path, or a list of them. */
const attributesOf = (entry: Entry, reading: Reading): readonly { readonly text: string; readonly at: At }[] =>
  (Array.isArray(entry.value) ? listOf(entry, reading) : [entry]).flatMap((one) => {
    const text = textOf(one, reading);
    return text === null ? [] : [{ text, at: one.at }];
  });

const textsAt = (entry: Entry, end: ModelClass, reading: Reading): readonly Place[] =>
  attributesOf(entry, reading).flatMap(({ text, at }) => {
    const places = placesOf(end, text, at, reading);
    for (const { path } of places) if (path.kind !== 'string') reading.complain(at, 'graphql', `'${text}' is no text`);
    return places;
  });

const flagAt = (entry: Entry, end: ModelClass, reading: Reading): Place | null => {
  const text = textOf(entry, reading);
  const place = text === null ? null : placeOf(end, text, entry.at, reading);
  if (place === null || place.path.kind === 'boolean') return place;
  reading.complain(entry.at, 'graphql', `'${text}' is not boolean`);
  return null;
};

const readHeld = (entry: Entry, end: ModelClass, reading: Reading): readonly Held[] =>
  membersOf(entry, reading).flatMap(([name, { at, value }]) => {
    const place = flagAt({ at, value: name }, end, reading);
    if (typeof value !== 'boolean') reading.complain(at, 'value-type', `'${name}' takes true or false`);
    return place === null ? [] : [{ place, is: value === true }];
  });

/** The periods of terms in the values at some attributes. */
const termPeriodsAt = (
  held: Entry,
  { end, times, reading }: Found,
): readonly (TermPeriod & { readonly of: ModelClass })[] =>
  attributesOf(held, reading).flatMap(({ text, at }) => {
    const { terms } = times;
    if (terms === null) {
      reading.complain(at, 'graphql', 'it is not said what a period of terms is');
      return [];
    }
    const [from, to] = [terms.from, terms.to].map((name) => wayOf(end, `${text}.${name}`, at, reading));
    const [first, last] = [from?.relations, to?.relations];
    if (from === null || from === undefined || first?.length !== 1 || last?.length !== 1) return [];
    const dates = periodAt({ at, value: terms.period }, from.end, times.period, reading);
    return dates === null ? [] : [{ from: first.join(''), to: last.join(''), dates, of: from.end }];
  });

const periodAt = (entry: Entry, end: ModelClass, names: readonly string[], reading: Reading): PeriodPlace | null => {
  const text = textOf(entry, reading);
  if (text === null) return null;
  const [from, to] = names.map((name) => placeOf(end, `${text}/${name}`, below(entry.at), reading));
  return from === null || from === undefined || to === null || to === undefined ? null : { from, to };
};
