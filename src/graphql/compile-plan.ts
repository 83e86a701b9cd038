// An operation, compiled: what each field at its top asks, how its answer is written, what it costs. Called by compile-document.ts, once for every set
// of conditions that requests send; nothing of it depends on other variables.
import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import type { GraphPage } from '#hub/graph/graph.ts';
import type { Model } from '#model/model.ts';
import { limits } from '#base/limits.ts';
import { collectFields, type Collected } from './collect-fields.ts';
import { compileArgs, listCost, pageOf } from './compile-args.ts';
import { compileConnection } from './compile-connection.ts';
import { complete, type Core } from './complete.ts';
import type { Compiler, MadeTarget } from './compiler.ts';
import { compileObject } from './compile-object.ts';
import { compileMade, compileNodes, nodeCore } from './compile-target.ts';
import type { FaceField, Source } from './face.ts';
import type { OpenFace } from './open-face.ts';
import { startSelecting, type ConnectionPlan, type ObjectTarget, type ReadArgs, type Run, type Write } from './plan.ts';
import { listsOf, nameIn, namedOf, readRef, type ReadRef } from './type-ref.ts';
import { leafOf } from './write-leaf.ts';

/** A page of a root field. */
export type RootPage = { readonly page: GraphPage; readonly isFirst: boolean };

export type AskPlan = {
  readonly kind: 'ask';
  readonly key: string;
  /** Names it in errors: `Query.skoler`. */
  readonly at: string;
  /** It must not be null. */
  readonly isRequired: boolean;
  readonly source: Extract<Source, { kind: 'root' }>;
  readonly args: ReadArgs;
  /** One: the first that is there. */
  readonly shape: 'connection' | 'list' | 'one';
  readonly wantsNodes: boolean;
  readonly wantsCount: boolean;
  readonly select: ObjectTarget['select'];
  /** Gets a `RootPage` for a connection, else nodes by place, or one; null = nothing. */
  readonly write: Write;
  readonly cost: (run: Run) => number;
};

export type ProducedPlan = {
  readonly kind: 'produced';
  readonly key: string;
  readonly at: string;
  readonly isRequired: boolean;
  readonly source: Extract<Source, { kind: 'produced' }>;
  readonly args: ReadArgs;
  readonly gather: (value: unknown, run: Run) => void;
  readonly write: Write;
  readonly cost: (run: Run) => number;
};

export type RootPlan =
  | AskPlan
  | ProducedPlan
  | { readonly kind: 'typename'; readonly key: string; readonly text: string }
  /** Of the schema itself: the library answers it. */
  | { readonly kind: 'introspection'; readonly key: string; readonly nodes: Collected['nodes'] };

export type OperationPlan = {
  readonly kind: 'query' | 'mutation';
  readonly roots: readonly RootPlan[];
};

export type Compilation = {
  readonly open: OpenFace;
  readonly schema: GraphQLSchema;
  readonly model: Model;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: ReadonlyMap<string, boolean>;
};

/** Compiles an operation that has been validated. */
export const compilePlan = (operation: OperationDefinitionNode, compilation: Compilation): OperationPlan => {
  const { open } = compilation;
  const isMutation = operation.operation === 'mutation';
  const root = isMutation ? (open.mutation ?? '') : open.query;
  const compiler = createCompiler(compilation);
  const type = open.types.get(root);
  const fields = type?.kind === 'object' ? type.fields : [];
  return {
    kind: isMutation ? 'mutation' : 'query',
    roots: collectFields([operation.selectionSet], root, compiler).map((collected): RootPlan => {
      const { key, nodes } = collected;
      const name = nodes[0].name.value;
      if (name === '__typename') return { kind: 'typename', key, text: `"${root}"` };
      const field = fields.find((one) => one.name === name);
      return field === undefined
        ? { kind: 'introspection', key, nodes }
        : compileRoot(root, field, collected, compiler);
    }),
  };
};

const createCompiler = (compilation: Compilation): Compiler => {
  let places = 0;
  const place = (): number => (places += 1) - 1;
  const compiler: Compiler = {
    ...compilation,
    place,
    args: (type, field, node) => compileArgs(compilation.schema, place, type, field, node),
    object: (type, sets, depth, base) => compileObject(type, sets, depth, base, compiler),
    nodes: (type, sets, depth) => compileNodes(type, sets, depth, compiler),
    nodeCore,
    made: (type, sets, depth) => compileMade(type, sets, depth, compiler),
    connection: (type, sets, depth) => compileConnection(type, sets, depth, compiler),
  };
  return compiler;
};

const compileRoot = (root: string, field: FaceField, { key, nodes }: Collected, compiler: Compiler): RootPlan => {
  const at = `${root}.${field.name}`;
  const args = compiler.args(root, field, nodes[0]);
  const ref = readRef(field.type) ?? { kind: 'named', name: '' };
  const sets = nodes.map(({ selectionSet }) => selectionSet);
  const { source } = field;
  if (source.kind === 'produced') {
    const made = producedCore(ref, sets, compiler);
    const write = complete(ref, 0, made.core, at);
    const times = listsOf(ref) === 0 ? () => 1 : (run: Run) => listCost(args(run));
    return {
      kind: 'produced',
      key,
      at,
      isRequired: ref.kind === 'non-null',
      source,
      args,
      gather: made.gather,
      write,
      cost: (run) => {
        checkPaging(field, args, at, run);
        return times(run) * Math.max(1, made.cost(run));
      },
    };
  }
  if (source.kind !== 'root') throw new Error(`${at} is of no root`);
  const name = namedOf(field.type);
  const isConnection = compiler.open.face.connections.has(name);
  const common = { kind: 'ask', key, at, isRequired: ref.kind === 'non-null', source, args } as const;
  if (isConnection) return { ...common, ...connectionRoot(name, field, ref, sets, args, at, compiler) };
  const target = compiler.nodes(name, sets, listsOf(ref) + 1);
  const isList = listsOf(ref) > 0;
  return {
    ...common,
    shape: isList ? 'list' : 'one',
    wantsNodes: true,
    wantsCount: false,
    select: target.select,
    write: complete(ref, 0, nodeCore(target), at),
    cost: (run) => {
      checkPaging(field, args, at, run);
      return (isList ? listCost(args(run)) : 1) * (1 + (source.besides ?? 0) + target.cost(run));
    },
  };
};

const connectionRoot = (
  name: string,
  field: FaceField,
  ref: ReadRef,
  sets: readonly (SelectionSetNode | undefined)[],
  args: ReadArgs,
  at: string,
  compiler: Compiler,
): Pick<AskPlan, 'shape' | 'wantsNodes' | 'wantsCount' | 'select' | 'write' | 'cost'> => {
  const plan: ConnectionPlan = compiler.connection(name, sets, 1);
  const core: Core = {
    seen: null,
    write: (value, _, run) => plan.write((value as RootPage).page, (value as RootPage).isFirst, run),
  };
  return {
    shape: 'connection',
    wantsNodes: plan.wantsNodes,
    wantsCount: plan.wantsCount,
    select: (collection, run) => {
      const selecting = startSelecting(collection);
      plan.ask(selecting, run);
      return selecting;
    },
    write: complete(ref, 0, core, at),
    cost: (run) => {
      checkPaging(field, args, at, run);
      const { first } = pageOf(args(run), at, defaultFirst);
      return Math.max(1, plan.wantsNodes ? first : 1) * (1 + plan.cost(run));
    },
  };
};

// What a root list counts as where it neither has an argument `first` nor says what it is otherwise.
const defaultFirst = limits.graphqlDefaultFirst;

const checkPaging = ({ args: inputs }: FaceField, args: ReadArgs, at: string, run: Run): void => {
  if (inputs.some(({ name }) => name === 'first' || name === 'after')) pageOf(args(run), at, defaultFirst);
};

const producedCore = (
  ref: ReadRef,
  sets: readonly (SelectionSetNode | undefined)[],
  compiler: Compiler,
): MadeTarget => {
  const name = nameIn(ref);
  const leaf = leafOf(name, compiler.open);
  const depth = listsOf(ref);
  if (leaf === null) {
    const made = compiler.made(name, sets, depth + 1);
    return { ...made, gather: (value, run) => gatherAll(value, made.gather, run) };
  }
  return {
    core: {
      seen: leaf.seen,
      write: (value, _, run) => {
        const text = leaf.write(value);
        if (text === undefined) run.failUnexpected(new TypeError(`no ${name}`), depth);
        return text;
      },
    },
    gather: () => {},
    cost: () => 0,
  };
};

const gatherAll = (value: unknown, gather: MadeTarget['gather'], run: Run): void => {
  if (Array.isArray(value)) for (const one of value) gatherAll(one, gather, run);
  else if (value !== null && value !== undefined) gather(value, run);
};
