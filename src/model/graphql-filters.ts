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
  textOf,
  wayOf,
  wordOf,
  type Entry,
  type Place,
  type Reading,
} from './graphql-entry.ts';
import type { ContractMark, ModelClass } from './model.ts';

/** What an attribute must be; without a value it is false. */
export type Held = { readonly place: Place; readonly is: boolean };

/** A period of dates. */
export type PeriodPlace = { readonly from: Place; readonly to: Place };

/** What is true of a resource, or not. */
export type Fact =
  | { readonly kind: 'held'; readonly all: readonly Held[] }
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
  | { readonly kind: 'members'; readonly members: readonly FilterMember[] };

export type FilterStep =
  | { readonly kind: 'through'; readonly relations: readonly string[] }
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

const forms = ['is', 'contains', 'starts', 'text', 'flag', 'yes', 'holds', 'now', 'unless', 'within', 'members'];
const memberKeys = [...forms, 'through', 'where', 'next', 'one', 'default', 'contract'];

/** Takes a filter and the class that it narrows; gives its members. `period` names the attributes of a period. */
export const readFilter = (
  entry: Entry,
  of: ModelClass,
  period: readonly string[],
  reading: Reading,
): readonly FilterMember[] =>
  membersOf(entry, reading).flatMap(([name, member]) => {
    const read = readMember(name, member, of, period, reading);
    return read === null ? [] : [read];
  });

const readMember = (
  name: string,
  entry: Entry,
  of: ModelClass,
  period: readonly string[],
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
  follow('through');
  const where = memberOf(entry, 'where');
  if (where.value !== undefined && at !== null) steps.push({ kind: 'where', all: readHeld(where, at, reading) });
  follow('next');
  if (at === null) return null;
  const form = readForm(entry, { end: at, period, led: steps.length > 0, reading });
  if (form === null) return null;
  return {
    name,
    contract: wordOf(memberOf(entry, 'contract'), contracts, reading),
    steps,
    form,
    default: form.kind === 'unless' ? false : memberOf(entry, 'default').value,
  };
};

type Found = {
  readonly end: ModelClass;
  readonly period: readonly string[];
  /** Relations lead there. */
  readonly led: boolean;
  readonly reading: Reading;
};

const readForm = (entry: Entry, found: Found): FilterForm | null => {
  const { end, period, reading } = found;
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
    case 'now': {
      const of = periodAt(held, end, period, reading);
      return of === null ? null : { kind: 'fact', fact: { kind, period: of } };
    }
    case 'within': {
      const of = periodAt(held, end, period, reading);
      return of === null ? null : { kind: 'within', period: of };
    }
    default:
      return { kind: 'members', members: readFilter(held, end, period, reading) };
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

const periodAt = (entry: Entry, end: ModelClass, names: readonly string[], reading: Reading): PeriodPlace | null => {
  const text = textOf(entry, reading);
  if (text === null) return null;
  const [from, to] = names.map((name) => placeOf(end, `${text}/${name}`, below(entry.at), reading));
  return from === null || from === undefined || to === null || to === undefined ? null : { from, to };
};
