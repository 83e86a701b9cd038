// What becomes of a filter's values: which resources count, as a choice of rows for the hub. Pure; called by root-fields.ts with arguments that the
// schema has read. Lists mean or, members and; what is null or left out narrows nothing.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { civilNow } from '#mappings/converters.ts';
import { dayOf, instantAt, isOneOf, type Day } from '#mappings/equality.ts';
import { allOf, anyOf, through } from '#mappings/narrowing.ts';
import type { FilterExpr, FilterPath } from '#model/filter.ts';
import type { Place } from '#model/graphql-entry.ts';
import type {
  Fact,
  FilterForm,
  FilterMember,
  FilterStep,
  Held,
  PeriodPlace,
  TermPeriod,
} from '#model/graphql-filters.ts';
import type { ModelClass } from '#model/model.ts';

/** What ids among the values stand for. */
export type IdChoice = (of: ModelClass, ids: readonly string[], at: string) => Result<Narrow>;

export type ChoiceContext = {
  /** Epoch ms. */
  readonly now: number;
  readonly ids: IdChoice;
  /** The first day (`2026-08-01`) of the term that an id names; null where the caller does not see it. */
  readonly termBegins: (id: string) => string | null;
};

const badValue = (at: string, message: string): Result<never> =>
  failed(problem('HUB-103', `${at} ${message}`, { errors: [{ at, message, code: 'HUB-103' }] }));

/**
 * Takes the members of a filter and the values given for them; gives the choice, null for all. `at` names the filter in errors. Fails with HUB-103 for
 * ids that are none, and for lists that are too long.
 */
export const chosen = (
  members: readonly FilterMember[],
  values: Readonly<Record<string, unknown>>,
  at: string,
  context: ChoiceContext,
): Result<Narrow | null> => {
  const all: (Narrow | null)[] = [];
  for (const member of members) {
    const value = values[member.name];
    if (value === undefined || value === null) continue;
    const found = ofMember(member, value, `${at}.${member.name}`, context);
    if (!found.ok) return found;
    all.push(found.value);
  }
  return ok(allOf(all));
};

const ofMember = (member: FilterMember, value: unknown, at: string, context: ChoiceContext): Result<Narrow | null> => {
  const turned = turnedRound(member.form, value);
  const leaf = leafOf(member.form, value, at, context);
  if (!leaf.ok || leaf.value === null) return leaf;
  const whole = member.steps.reduceRight<Narrow>((found, step) => stepped(step, found), leaf.value);
  if (!turned) return ok(whole);
  return ok(member.form.kind === 'unless' ? { kind: 'not', of: whole, keepsHidden: true } : negated(whole));
};

const stepped = (step: FilterStep, found: Narrow): Narrow => {
  switch (step.kind) {
    case 'through':
      return through(step.relations, found);
    case 'from':
      return { kind: 'led-to', by: step.by, relation: step.relation, of: found };
    case 'where':
      return { kind: 'all', of: [where(held(step.all)), found] };
  }
};

/** True where what is looked for is that nothing like it is there. */
const turnedRound = (form: FilterForm, value: unknown): boolean => {
  if (form.kind === 'unless') return true;
  if (form.kind === 'state') return value === form.words[1];
  return form.kind === 'fact' && value !== true;
};

const leafOf = (form: FilterForm, value: unknown, at: string, context: ChoiceContext): Result<Narrow | null> => {
  switch (form.kind) {
    case 'values': {
      const values = listed(value);
      if (values.length > limits.graphqlListItems) return tooLong(at);
      return ok(where(anyTrue(form.places.map((place) => isOneOf(place.path, values)))));
    }
    case 'ids': {
      const ids = listed(value).map(String);
      return ids.length > limits.graphqlListItems ? tooLong(at) : context.ids(form.of, ids, at);
    }
    case 'text':
      return ok(where(anyTrue(form.places.map(({ path }) => has(path, form.operator, String(value))))));
    case 'languages': {
      const { freetext, sprak } = asMap(value);
      const names = Array.isArray(sprak) ? sprak.map((one) => String(one).toLowerCase()) : null;
      const places = form.places.filter(({ path }) => names === null || names.includes(path.names.at(-1) ?? ''));
      return ok(where(anyTrue(places.map(({ path }) => has(path, 'contains', String(freetext))))));
    }
    case 'flags': {
      const terms = listed(value).map((is) => held([{ place: form.place, is: is === true }]));
      return ok(where(anyTrue(terms)));
    }
    case 'fact':
      return ok(factNarrow(form.fact, context));
    case 'unless':
      return ok(value === true ? null : factNarrow(form.fact, context));
    case 'within': {
      const given = asMap(value);
      const [from, to] = [given[lastName(form.period.from)], given[lastName(form.period.to)]];
      return ok(where(overlaps(form.period, dayOf(from), dayOf(to))));
    }
    case 'state': {
      const today = dayOf(civilNow(context.now).today);
      return ok(today === null ? where(null) : anyOf(...form.periods.map((period) => runs(period, today))));
    }
    case 'unexpired': {
      const begins = dayOf(context.termBegins(String(value)));
      return ok(begins === null ? where(null) : { kind: 'not', of: expired(form.periods, begins) });
    }
    case 'members': {
      const inner = chosen(form.members, asMap(value), at, context);
      return inner.ok ? ok(inner.value ?? all) : inner;
    }
  }
};

const tooLong = (at: string): Result<never> => badValue(at, `takes at most ${limits.graphqlListItems} values.`);

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const asMap = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const all: Narrow = { kind: 'all', of: [] };
const where = (filter: FilterExpr | null): Narrow =>
  filter === null ? { kind: 'rows', uids: [] } : { kind: 'where', filter };

/** The rows that a choice leaves out. */
const negated = (narrow: Narrow): Narrow =>
  narrow.kind === 'where' ? { kind: 'where', filter: not(narrow.filter) } : { kind: 'not', of: narrow };

const not = (term: FilterExpr): FilterExpr => ({ kind: 'not', term });
const both = (terms: readonly FilterExpr[]): FilterExpr => {
  const [only] = terms;
  return only !== undefined && terms.length === 1 ? only : { kind: 'and', terms };
};

/** Null when there is nothing of which one could hold. */
const anyTrue = (terms: readonly (FilterExpr | null)[]): FilterExpr | null => {
  const some = terms.filter((one) => one !== null);
  const [only] = some;
  if (only === undefined) return null;
  return some.length === 1 ? only : { kind: 'or', terms: some };
};

const has = (path: FilterPath, operator: 'contains' | 'startswith', text: string): FilterExpr => ({
  kind: 'compare',
  path,
  operator,
  value: { kind: 'text', value: text },
});

const held = (conditions: readonly Held[]): FilterExpr =>
  both(
    conditions.map(({ place, is }) => {
      const term: FilterExpr = {
        kind: 'compare',
        path: place.path,
        operator: 'eq',
        value: { kind: 'boolean', value: true },
      };
      return is ? term : not(term);
    }),
  );

const factNarrow = (fact: Fact, { now }: ChoiceContext): Narrow => {
  if (fact.kind === 'held') return fact.all.length === 0 ? all : where(held(fact.all));
  // Every text holds the empty one.
  if (fact.kind === 'lacks') return where(not(has(fact.place.path, 'contains', '')));
  const today = dayOf(civilNow(now).today);
  if (today === null) return where(null);
  const over = instantAt(fact.period.to.path, 'lt', today.from);
  return where(both([instantAt(fact.period.from.path, 'le', today.to), not(over)]));
};

/** An end that is not known is open. */
const overlaps = (period: PeriodPlace, from: Day | null, to: Day | null): FilterExpr =>
  both([
    ...(to === null ? [] : [not(instantAt(period.from.path, 'gt', to.to))]),
    ...(from === null ? [] : [not(instantAt(period.to.path, 'lt', from.from))]),
  ]);

/** The period is there, of the terms that are seen; an end that is not known is open. */
const runs = (period: TermPeriod, { from, to }: Day): Narrow => ({
  kind: 'all',
  of: [
    isThere(period),
    { kind: 'not', of: through([period.from], where(instantAt(period.dates.from.path, 'gt', to))) },
    { kind: 'not', of: endsBefore(period, from) },
  ],
});

/** One of the periods has ended before a day, and none that is there has not. */
const expired = (periods: readonly TermPeriod[], { from }: Day): Narrow => ({
  kind: 'all',
  of: [
    anyOf(...periods.map((period) => endsBefore(period, from))),
    {
      kind: 'not',
      of: anyOf(
        ...periods.map((period): Narrow => ({
          kind: 'all',
          of: [isThere(period), { kind: 'not', of: endsBefore(period, from) }],
        })),
      ),
    },
  ],
});

const isThere = ({ from, to }: TermPeriod): Narrow => anyOf(through([from], all), through([to], all));

const endsBefore = (period: TermPeriod, day: number): Narrow =>
  through([period.to], where(instantAt(period.dates.to.path, 'lt', day)));

export const lastName = ({ path }: Place): string => path.names.at(-1) ?? '';
