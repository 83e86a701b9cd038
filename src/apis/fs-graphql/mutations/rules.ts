// The rules of mutations, by name: each says whether it holds in a row, beside the rows before it. Called by run-mutation.ts. What cannot be decided,
// because the caller does not see what it is decided by, is told as such and never taken for held.
import { civilDay } from '#base/clock.ts';
import { civilDateOf } from '#mappings/converters.ts';
import { parseInstant } from '#model/kinds.ts';
import type { Mutation, MutationCondition, MutationRule, Operand } from '#model/graphql-mutation.ts';
import type { Model } from '#model/model.ts';
import { givenAt, type Row, type Seen, type Sight } from './sight.ts';

type Verdict = 'held' | 'broken' | 'unseen';

export type Ruling = {
  readonly sight: Sight;
  readonly model: Model;
  /** Epoch ms. */
  readonly now: number;
  /** The row that is looked at is the last of them. */
  readonly rows: readonly Row[];
};

/** Whether what a part or a rule is for is there. */
export const isMet = (conditions: readonly MutationCondition[], row: Row, sight: Sight): boolean =>
  conditions.every((one) => {
    const { values } = sight.of(row, one.operand);
    switch (one.kind) {
      case 'given':
        return values.length > 0;
      case 'missing':
        return values.length === 0;
      case 'equal':
        return values.some((value) => value === one.value);
    }
  });

/** The rules that do not hold in a row, each with why. */
export const brokenIn = (
  { rules }: Mutation,
  row: Row,
  ruling: Ruling,
): readonly { readonly rule: MutationRule; readonly why: 'broken' | 'unseen' }[] =>
  rules.flatMap((rule) => {
    if (!isMet(rule.when, row, ruling.sight)) return [];
    const why = judge(rule, row, ruling);
    return why === 'held' ? [] : [{ rule, why }];
  });

const judge = ({ test }: MutationRule, row: Row, ruling: Ruling): Verdict => {
  const { sight, now, rows } = ruling;
  const at = (operand: Operand): Seen => sight.of(row, operand);
  switch (test.kind) {
    case 'same': {
      const [left, right] = [at(test.left), at(test.right)];
      if (left.values.some((value) => right.values.includes(value))) return 'held';
      return left.unseen || right.unseen ? 'unseen' : 'broken';
    }
    case 'distinct-from': {
      const [left, right] = [at(test.left), at(test.right)];
      if (left.values.some((value) => right.values.includes(value))) return 'broken';
      return left.unseen || right.unseen ? 'unseen' : 'held';
    }
    case 'refuse': {
      const { values, unseen } = at(test.of);
      if (values.includes(test.is)) return 'broken';
      return unseen ? 'unseen' : 'held';
    }
    case 'need': {
      const { values, unseen } = at(test.of);
      if (values.length > 0) return 'held';
      return unseen ? 'unseen' : 'broken';
    }
    case 'order': {
      const [from, to] = [at(test.from), at(test.to)];
      if (from.unseen || to.unseen) return 'unseen';
      return isAfter(from.values[0], to.values[0]) ? 'broken' : 'held';
    }
    case 'open': {
      const { values, unseen } = at(test.until);
      if (values.some((value) => isOver(value, now))) return 'broken';
      return unseen ? 'unseen' : 'held';
    }
    case 'within': {
      const [from, to] = test.period.map((one) => at(one).values[0]);
      const [first, last] = test.inside.map(at);
      if (isAfter(first?.values[0], from) || isAfter(to, last?.values[0])) return 'broken';
      return first?.unseen === true || last?.unseen === true ? 'unseen' : 'held';
    }
    case 'apart': {
      const own = periodOf(at(test.period[0]).values[0], at(test.period[1]).values[0]);
      const others = at(test.others);
      const [from, to] = test.of;
      if ([from, to].some((path) => at({ ...test.others, attribute: path }).unseen)) return 'unseen';
      const stored = others.nodes.map(({ values }) => periodOf(givenAt(values, from), givenAt(values, to)));
      const about = new Set(at(test.per).values);
      const earlier = rows
        .filter((one) => one !== row && sight.of(one, test.per).values.some((value) => about.has(value)))
        .map((one) => periodOf(sight.of(one, test.period[0]).values[0], sight.of(one, test.period[1]).values[0]));
      if ([...stored, ...earlier].some((one) => overlap(own, one))) return 'broken';
      return 'held';
    }
    case 'free': {
      const found = at(test.find);
      const mine = test.unless === null ? [] : at(test.unless).values;
      if (found.values.some((value) => !mine.includes(value))) return 'broken';
      return found.unseen ? 'unseen' : 'held';
    }
    case 'once': {
      const key = keyOf(test.of, row, sight);
      return key !== null && rows.some((one) => one !== row && keyOf(test.of, one, sight) === key) ? 'broken' : 'held';
    }
  }
};

/** Null when a part of it is not there. */
const keyOf = (operands: readonly Operand[], row: Row, sight: Sight): string | null => {
  const values = operands.map((one) => sight.of(row, one).values[0]);
  return values.includes(undefined) ? null : JSON.stringify(values);
};

type Span = { readonly from: string; readonly to: string };

// Before and after every day.
const [always, never] = ['0000-00-00', '9999-99-99'];

const periodOf = (from: unknown, to: unknown): Span => ({
  from: civilDateOf(from) ?? always,
  to: civilDateOf(to) ?? never,
});

/** Both ends are included. */
const overlap = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to;

/** Days by the calendar of Norway, times as text; what is not there is before and after nothing. */
const isAfter = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  return (civilDateOf(a) ?? a) > (civilDateOf(b) ?? b);
};

/** A day is over when the next has begun in Norway, a moment when it has passed. */
const isOver = (value: unknown, now: number): boolean => {
  if (typeof value !== 'string') return false;
  const isDay = !value.includes('T') || /T(?:00:00:00|12:00:00)(?:Z|[+-])/.test(value);
  const day = civilDateOf(value);
  if (isDay && day !== undefined) return day < civilDay(now).date;
  const at = parseInstant(value);
  return at !== null && at < now;
};
