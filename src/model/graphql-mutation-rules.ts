// The rules of mutations as data: which must hold, of what, when, and the error that is told otherwise. Read by graphql-mutations.ts; what each rule means,
// the API knows by its name.
import { didYouMean } from '#base/text.ts';
import {
  listOf,
  memberOf,
  membersOf,
  textIn,
  textOf,
  textsIn,
  type Entry,
  type NamedClasses,
  type Reading,
} from './graphql-entry.ts';
import type {
  MutationCondition,
  MutationField,
  MutationRule,
  MutationTest,
  NodesOperand,
  Operand,
  Period,
} from './graphql-mutation.ts';
import { operandOf, type Scope } from './graphql-mutation-paths.ts';

const testKinds = [
  'same',
  'distinct-from',
  'refuse',
  'need',
  'order',
  'open',
  'within',
  'apart',
  'free',
  'once',
] as const;

/** What is known while mutations are read. */
export type Known = {
  readonly reading: Reading;
  readonly classes: NamedClasses;
  readonly key: string;
  readonly errors: ReadonlySet<string>;
  readonly checks: ReadonlySet<string>;
};

/** The name of an error; with a complaint where none is called so. */
export const errorIn = ({ at }: Entry, name: string, { errors, reading }: Known): string => {
  if (!errors.has(name)) {
    reading.complain(at, 'graphql', `no error is called '${name}'${didYouMean(name, errors)}`);
  }
  return name;
};

/** A path to resources; none, with a complaint, for anything else. */
export const nodesOf = (entry: Entry, scope: Scope): readonly NodesOperand[] => {
  const operand = operandOf(entry, scope);
  if (operand === null) return [];
  if (operand.kind === 'nodes' && operand.attribute === null) return [operand];
  scope.reading.complain(entry.at, 'graphql', 'this takes a path to resources');
  return [];
};

/** When something holds: `given`, `missing` and `equal`, all of them. */
export const readConditions = (entry: Entry, scope: Scope): readonly MutationCondition[] => {
  const { reading } = scope;
  const all = Array.isArray(entry.value) ? listOf(entry, reading) : entry.value === undefined ? [] : [entry];
  return all.flatMap((each) =>
    membersOf(each, reading, ['given', 'missing', 'equal']).flatMap(([kind, one]): readonly MutationCondition[] => {
      if (kind === 'equal') {
        const [left, right] = listOf(one, reading);
        const operand = left === undefined ? null : operandOf(left, scope);
        return operand === null || right === undefined ? [] : [{ kind: 'equal', operand, value: right.value }];
      }
      const operand = operandOf(one, scope);
      return operand === null ? [] : [{ kind: kind === 'given' ? 'given' : 'missing', operand }];
    }),
  );
};

/** A rule: which, of what, and what is told where it does not hold. */
export const readRule = (entry: Entry, scope: Scope, known: Known): readonly MutationRule[] => {
  const { reading } = known;
  const members = membersOf(entry, reading, [
    ...testKinds,
    'is',
    'of',
    'per',
    'others',
    'unless',
    'inside',
    'when',
    'error',
    'at',
    'nb',
    'en',
  ]);
  const [kind] = testKinds.filter((one) => members.some(([key]) => key === one));
  const test = kind === undefined ? null : readTest(kind, entry, scope);
  if (test === null) {
    reading.complain(entry.at, 'graphql', `this takes one of ${testKinds.join(', ')}`);
    return [];
  }
  return [
    {
      test,
      when: readConditions(memberOf(entry, 'when'), scope),
      error: errorIn(memberOf(entry, 'error'), textIn(entry, 'error', reading), known),
      at: fieldPath(memberOf(entry, 'at'), textIn(entry, 'at', reading), scope),
      message: textsIn(entry, reading),
    },
  ];
};

const readTest = (kind: (typeof testKinds)[number], entry: Entry, scope: Scope): MutationTest | null => {
  const one = (key: string): Operand | null => operandOf(memberOf(entry, key), scope);
  const two = (key: string): Period | null => {
    const [first, second] = listOf(memberOf(entry, key), scope.reading).map((each) => operandOf(each, scope));
    return first === undefined || first === null || second === undefined || second === null ? null : [first, second];
  };
  switch (kind) {
    case 'same':
    case 'distinct-from': {
      const both = two(kind);
      return both === null ? null : { kind, left: both[0], right: both[1] };
    }
    case 'order': {
      const both = two(kind);
      return both === null ? null : { kind, from: both[0], to: both[1] };
    }
    case 'refuse': {
      const of = one(kind);
      return of === null ? null : { kind, of, is: memberOf(entry, 'is').value };
    }
    case 'need': {
      const of = one(kind);
      return of === null ? null : { kind, of };
    }
    case 'once': {
      const held = memberOf(entry, kind);
      const of = (Array.isArray(held.value) ? listOf(held, scope.reading) : [held]).flatMap(
        (each) => operandOf(each, scope) ?? [],
      );
      return { kind, of };
    }
    case 'open': {
      const until = one(kind);
      return until === null ? null : { kind, until };
    }
    case 'within': {
      const [period, inside] = [two(kind), two('inside')];
      return period === null || inside === null ? null : { kind, period, inside };
    }
    case 'apart': {
      const period = two(kind);
      const [others] = nodesOf(memberOf(entry, 'others'), scope);
      const [per] = nodesOf(memberOf(entry, 'per'), scope);
      const [from, to] = listOf(memberOf(entry, 'of'), scope.reading).map((each) => textOf(each, scope.reading) ?? '');
      if (period === null || others === undefined || per === undefined || from === undefined || to === undefined)
        return null;
      return { kind, period, others, per, of: [from.split('.'), to.split('.')] };
    }
    case 'free': {
      const find = one(kind);
      const unless = memberOf(entry, 'unless').value === undefined ? null : one('unless');
      return find === null ? null : { kind, find, unless };
    }
  }
};

/** The path of a field of the input; with a complaint where there is none. */
export const fieldPath = ({ at }: Entry, text: string, { fields, reading }: Scope): readonly string[] => {
  const names = text.split('.');
  let held: readonly MutationField[] = fields;
  for (const name of names) {
    const found = held.find((one) => one.name === name);
    if (found === undefined) {
      reading.complain(at, 'graphql', `the input has no '${text}'`);
      return names;
    }
    held = found.form.kind === 'input' ? found.form.fields : [];
  }
  return names;
};
