// What clients may change through a GraphQL API: mutations as data. Each says what it takes, what is looked for, which rules hold, and what becomes of
// which resources. Read by graphql-mutations.ts, carried out by the API. Holds no name of the model.
import type { Attribute, Collection, CollectionPath, ContractMark, ModelClass, Text } from './model.ts';

/** Where a path begins. */
export type NodeSource =
  | { readonly kind: 'id'; readonly path: readonly string[] }
  | { readonly kind: 'find'; readonly name: string }
  /** What a part is carried out for. */
  | { readonly kind: 'item' };

export type NodesOperand = {
  readonly kind: 'nodes';
  readonly source: NodeSource;
  /** Where it begins, and what the relations lead to. */
  readonly from: ModelClass;
  readonly of: ModelClass;
  /** Names for the hub: `a.b` for what hangs on a value. */
  readonly relations: readonly string[];
  /** Path within them; null = the resources themselves. */
  readonly attribute: readonly string[] | null;
};

export type Operand =
  /** As the client has sent it. */
  | { readonly kind: 'given'; readonly path: readonly string[] }
  | { readonly kind: 'number'; readonly name: string }
  | NodesOperand;

export type ValueOf =
  | { readonly kind: 'operand'; readonly operand: Operand }
  | { readonly kind: 'constant'; readonly value: unknown }
  /** Members that have no value are left out. */
  | {
      readonly kind: 'object';
      readonly members: ReadonlyMap<string, ValueOf>;
      readonly links: readonly {
        readonly relation: string;
        readonly target: CollectionPath;
        readonly nodes: NodesOperand;
      }[];
    }
  | { readonly kind: 'list'; readonly of: readonly ValueOf[] }
  /** Parts of a natural key, as one text. */
  | { readonly kind: 'key'; readonly parts: readonly ValueOf[] }
  /** The first that there is. */
  | { readonly kind: 'first'; readonly of: readonly ValueOf[] }
  /** By the form of a text: the value of the first that fits it as a whole. */
  | {
      readonly kind: 'match';
      readonly of: Operand;
      readonly cases: readonly { readonly form: RegExp; readonly value: unknown }[];
    }
  | { readonly kind: 'now' };

export const scalarWords = ['text', 'boolean', 'int', 'decimal', 'date', 'time', 'dateTime'] as const;
export type ScalarWord = (typeof scalarWords)[number];

export type MutationField = {
  readonly name: string;
  readonly describe: Text;
  readonly optional: boolean;
  readonly list: boolean;
  readonly form:
    | { readonly kind: 'id'; readonly collection: Collection }
    | { readonly kind: 'scalar'; readonly type: ScalarWord }
    /** A closed set: of the file, or of the model by the name that it has in the API. */
    | { readonly kind: 'enum'; readonly name: string }
    | { readonly kind: 'input'; readonly name: string; readonly fields: readonly MutationField[] };
  /** Name of a check of its values; null = none. */
  readonly check: string | null;
};

/** What is looked for beside what ids name; nothing need be there. */
export type MutationFind = {
  readonly name: string;
  readonly collection: Collection;
} & (
  | {
      readonly kind: 'by';
      readonly by:
        | { readonly identifier: string }
        /** Path within the resource, to the value. */
        | { readonly attribute: readonly string[] };
      readonly value: ValueOf;
    }
  /** The first of some that are read anyway, with these links. */
  | {
      readonly kind: 'among';
      readonly nodes: NodesOperand;
      readonly where: readonly { readonly relation: string; readonly is: NodesOperand }[];
    }
);

export type MutationCondition =
  | { readonly kind: 'given' | 'missing'; readonly operand: Operand }
  | { readonly kind: 'equal'; readonly operand: Operand; readonly value: unknown };

/** Which rule, and of what; the API knows them by name. */
export type MutationTest =
  | { readonly kind: 'same' | 'distinct-from'; readonly left: Operand; readonly right: Operand }
  /** It has not this value. */
  | { readonly kind: 'refuse'; readonly of: Operand; readonly is: unknown }
  | { readonly kind: 'need'; readonly of: Operand }
  /** One is not after the other. */
  | { readonly kind: 'order'; readonly from: Operand; readonly to: Operand }
  /** The day, or the moment, has not passed. */
  | { readonly kind: 'open'; readonly until: Operand }
  | { readonly kind: 'within'; readonly period: Period; readonly inside: Period }
  /** No period of the others, nor of another row about the same, overlaps. */
  | {
      readonly kind: 'apart';
      readonly period: Period;
      readonly others: NodesOperand;
      readonly of: readonly [readonly string[], readonly string[]];
      readonly per: NodesOperand;
    }
  /** Nobody has it, or only who is named. */
  | { readonly kind: 'free'; readonly find: Operand; readonly unless: Operand | null }
  /** No two rows have it, or all of these. */
  | { readonly kind: 'once'; readonly of: readonly Operand[] };

export type Period = readonly [Operand, Operand];

export type MutationRule = {
  readonly test: MutationTest;
  readonly when: readonly MutationCondition[];
  readonly error: string;
  /** Path of the field that it is about. */
  readonly at: readonly string[];
  readonly message: Text;
};

export type LinkOperand = { readonly kind: 'part'; readonly part: string } | NodesOperand;

export type MutationPart = {
  readonly name: string;
  readonly operation: 'create' | 'patch' | 'delete';
  readonly collection: Collection;
  /** Null of what is created. */
  readonly target: NodesOperand | null;
  /** Once for each of these; null = once. */
  readonly each: NodesOperand | null;
  readonly when: readonly MutationCondition[];
  /** Not where what the first leads to is among what the second leads to. */
  readonly without: readonly [NodesOperand, NodesOperand] | null;
  readonly values: ReadonlyMap<string, ValueOf>;
  readonly links: ReadonlyMap<string, readonly LinkOperand[]>;
  /** Attribute and value of its natural key: it can be there once. */
  readonly key: { readonly attribute: Attribute; readonly value: ValueOf } | null;
  /** What is told when its identifiers are somebody else's. */
  readonly taken: { readonly error: string; readonly at: readonly string[] } | null;
};

export type Mutation = {
  readonly name: string;
  readonly contract: ContractMark | null;
  readonly describe: Text;
  readonly fields: readonly MutationField[];
  /** Names of numbers that are made for each row, with how many digits they have. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly finds: readonly MutationFind[];
  readonly rules: readonly MutationRule[];
  readonly parts: readonly MutationPart[];
  /** What has been changed, as the caller sees it then. */
  readonly result: {
    readonly name: string;
    readonly collection: Collection;
    /** Names of parts: of each row the first that was carried out, or all of one that is carried out for each; or what an operand leads to. */
    readonly of: { readonly parts: readonly string[] } | { readonly nodes: NodesOperand };
  };
  /** Nothing of these may have changed since the rules were decided. */
  readonly watched: readonly NodesOperand[];
  /** Whom it concerns, for the record. */
  readonly about: readonly NodesOperand[];
};

export type MutationCheck = {
  readonly name: string;
  /** The whole text; null where code decides. */
  readonly pattern: RegExp | null;
  readonly max: number | null;
  readonly error: string;
  readonly message: Text;
};

/** What errors the API itself gives, by what has happened. */
export const errorRoles = [
  'invalid',
  'id',
  'denied',
  'taken',
  'conflict',
  'waiting',
  'rejected',
  'nationalId',
] as const;
export type ErrorRole = (typeof errorRoles)[number];

export type Mutations = {
  readonly owner: string;
  readonly roles: Readonly<Record<ErrorRole, string>>;
  readonly errors: ReadonlyMap<string, Text>;
  readonly enums: ReadonlyMap<string, ReadonlyMap<string, Text>>;
  readonly checks: ReadonlyMap<string, MutationCheck>;
  /** The field that gives the ids of what was made. */
  readonly ids: { readonly name: string; readonly describe: Text };
  /** What of an outcome can be asked for later. */
  readonly outcome: {
    readonly field: string;
    readonly argument: string;
    readonly type: string;
    readonly state: {
      readonly name: string;
      readonly type: string;
      readonly values: Readonly<Record<OutcomeState, string>>;
    };
    readonly retry: string;
    readonly messages: string;
    readonly objects: string;
    readonly contract: ContractMark | null;
    readonly describe: Text;
  };
  readonly mutations: readonly Mutation[];
  /** The messages of the API itself, by name. */
  readonly messages: Readonly<Record<MessageName, Text>>;
};

export const outcomeStates = ['waiting', 'written', 'rejected', 'conflict', 'failed', 'expired'] as const;
export type OutcomeState = (typeof outcomeStates)[number];

export const messageNames = [
  'unknown',
  'denied',
  'unseen',
  'taken',
  'twice',
  'changed',
  'waits',
  'rejected',
  'expired',
  'failed',
  'invalid',
  'tooMany',
  'owner',
  'owners',
  'nationalId',
  'mandatory',
] as const;
export type MessageName = (typeof messageNames)[number];
