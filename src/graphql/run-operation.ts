// Runs a compiled operation: all that a query asks is read at once, changes are made one after the other, and the answer is written as JSON text.
// Called by answer-request.ts. Rights and protection are the hub's: nothing here decides what may be seen.
import type { VariableValues } from 'graphql';
import { HubError, problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Graph, GraphAnswer, GraphRoot } from '#hub/graph/graph.ts';
import { errorOf, type AnswerError } from './answer-error.ts';
import { readingOf, type RootReading, type RootValue } from './answer-roots.ts';
import type { CompiledOperation } from './compile-document.ts';
import type { AskPlan, OperationPlan, ProducedPlan, RootPlan } from './compile-plan.ts';
import type { FaceRequest, RootAsk } from './face.ts';
import type { DocumentMemory } from './document-memory.ts';
import { introspect, type Introspected } from './introspect.ts';
import { selectionOf, type Run } from './plan.ts';

export type RunParts = {
  readonly graph: Graph;
  /** Tells those who run the hub what nobody has foreseen. */
  readonly observe: (error: unknown, reference: string) => void;
  readonly introspected: DocumentMemory<Introspected>;
};

export type Outcome = {
  /** JSON text of `data`. */
  readonly data: string;
  readonly errors: readonly AnswerError[];
  /** What fields have taken for granted, by name in the answer. */
  readonly defaults: Readonly<Record<string, unknown>>;
};

export const createRun = (
  request: FaceRequest,
  variables: VariableValues,
  observe: RunParts['observe'],
  keepsErrors = false,
) => {
  const errors: AnswerError[] = [];
  const path: (string | number)[] = [];
  let untold = 0;
  const fail: Run['fail'] = (error, depth) => {
    if (errors.length < limits.graphqlFieldErrors) errors.push({ ...error, path: path.slice(0, depth + 1) });
    else untold += 1;
  };
  const run: Run = {
    request,
    variables,
    kept: [],
    path,
    fail,
    failUnexpected: (error, depth) => fail(unexpected(error, request, observe), depth),
    keepsErrors,
    written: 0,
    refs: new Map(),
  };
  return {
    run,
    errors: (): readonly AnswerError[] =>
      untold === 0 ? errors : [...errors, errorOf(problem('HUB-132', `${untold} more fields have errors.`))],
  };
};

/** An error that nobody has foreseen, told without saying what it was. */
export const unexpected = (error: unknown, { context }: FaceRequest, observe: RunParts['observe']): AnswerError => {
  if (error instanceof HubError) return errorOf(error.problem);
  observe(error, context.requestId);
  return errorOf(problem('HUB-500', 'Something went wrong inside the hub.'), { reference: context.requestId });
};

/** What the fields at the top cost together. Throws a `HubError` where an argument cannot be. */
export const costOf = ({ roots }: OperationPlan, run: Run): number =>
  roots.reduce((sum, root) => sum + ('cost' in root ? root.cost(run) : 0), 0);

/** Runs an operation whose cost has been found to be in bounds. Never rejects: what fails is told by field. */
export const runOperation = async (
  compiled: CompiledOperation,
  plan: OperationPlan,
  { run, errors }: ReturnType<typeof createRun>,
  raw: Readonly<Record<string, unknown>>,
  parts: RunParts,
): Promise<Outcome> => {
  const defaults: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const known = introspect(compiled, plan, raw, parts.introspected);
  const texts: (string | undefined)[] = [];
  const steps = plan.kind === 'query' ? [plan.roots] : plan.roots.map((root) => [root]);
  for (const step of steps) {
    run.refs.clear();
    const readings = await Promise.all(step.map((root) => start(root, run, compiled, defaults)));
    const answers = await readAll(readings, run, parts, plan.kind === 'query');
    for (const [index, root] of step.entries()) {
      // What takes the whole answer with it leaves nothing to be written.
      if (texts.includes(undefined)) break;
      texts.push(write(root, readings[index] ?? nothing, answers, run, known, parts));
    }
    if (texts.includes(undefined)) break;
  }
  const data = texts.includes(undefined)
    ? 'null'
    : `{${plan.roots.map(({ key }, index) => `${JSON.stringify(key)}:${texts[index] ?? 'null'}`).join(',')}}`;
  return { data, errors: errors(), defaults };
};

/** What a field at the top has come to before the hub has read. */
type Started =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'reading'; readonly plan: AskPlan; readonly reading: RootReading }
  | { readonly kind: 'produced'; readonly plan: ProducedPlan; readonly value: unknown };

const nothing: Started = { kind: 'nothing' };

const start = async (
  root: RootPlan,
  run: Run,
  { schema }: CompiledOperation,
  defaults: Record<string, unknown>,
): Promise<Started> => {
  if (root.kind !== 'ask' && root.kind !== 'produced') return nothing;
  try {
    if (root.kind === 'produced') {
      const value = await root.source.run(root.args(run), run.request);
      root.gather(value, run);
      return { kind: 'produced', plan: root, value };
    }
    const ask = await root.source.ask(root.args(run), run.request);
    if ('error' in ask) return { kind: 'failed', error: new HubError(ask.error) };
    keepDefaults(root.key, ask, defaults);
    return { kind: 'reading', plan: root, reading: readingOf(root, ask, run, schema.open.face.missing) };
  } catch (error) {
    return { kind: 'failed', error };
  }
};

const keepDefaults = (key: string, ask: RootAsk, defaults: Record<string, unknown>): void => {
  if (ask.kind === 'list' && ask.defaults !== undefined && Object.keys(ask.defaults).length > 0)
    defaults[key] = ask.defaults;
};

type Answers =
  | {
      readonly of: ReadonlyMap<Started, readonly GraphAnswer[]>;
      /** Why resources that fields have produced could not be read. */
      readonly refused: Problem | null;
    }
  | { readonly failed: unknown };

/** All roots in one reading, with the resources that fields have produced. What has been changed is told whether somebody waits for it or not. */
const readAll = async (
  started: readonly Started[],
  run: Run,
  { graph }: RunParts,
  mayStop: boolean,
): Promise<Answers> => {
  const roots: GraphRoot[] = [];
  const takers: ((answers: readonly GraphAnswer[]) => void)[] = [];
  const answers = new Map<Started, readonly GraphAnswer[]>();
  let refused: Problem | null = null;
  const take = (count: number, taker: (answers: readonly GraphAnswer[]) => void): void => {
    const from = roots.length - count;
    takers.push((all) => taker(all.slice(from, from + count)));
  };
  for (const one of started) {
    if (one.kind !== 'reading') continue;
    roots.push(...one.reading.roots);
    take(one.reading.roots.length, (own) => answers.set(one, own));
  }
  for (const { target, of } of run.refs.values())
    for (const [collection, nodes] of of) {
      const uids = [...nodes.keys()];
      roots.push({ kind: 'uids', selection: selectionOf(target.select(collection, run)), uids });
      take(1, ([answer]) => {
        if (answer?.kind === 'refused') refused = answer.problem;
        if (answer?.kind === 'nodes') uids.forEach((uid, index) => nodes.set(uid, answer.nodes[index] ?? null));
      });
    }
  if (roots.length === 0) return { of: answers, refused };
  try {
    const { context, signal } = run.request;
    const all = await graph.read(roots, mayStop && signal !== undefined ? { ...context, signal } : context);
    for (const taker of takers) taker(all);
    return { of: answers, refused };
  } catch (error) {
    return { failed: error };
  }
};

const write = (
  root: RootPlan,
  started: Started,
  answers: Answers,
  run: Run,
  known: ReadonlyMap<string, string>,
  { observe }: RunParts,
): string | undefined => {
  if (root.kind === 'typename') return root.text;
  if (root.kind === 'introspection') return known.get(root.key);
  run.path[0] = root.key;
  const failed = (error: AnswerError): string | undefined => {
    run.fail(error, 0);
    return root.isRequired && !run.keepsErrors ? undefined : 'null';
  };
  if (started.kind === 'failed') return failed(unexpected(started.error, run.request, observe));
  if ('failed' in answers) return failed(unexpected(answers.failed, run.request, observe));
  try {
    if (started.kind === 'produced')
      return answers.refused === null ? started.plan.write(started.value, null, run) : failed(errorOf(answers.refused));
    if (started.kind !== 'reading') return 'null';
    const value: RootValue = started.reading.value(answers.of.get(started) ?? []);
    if (value.kind === 'refused') return failed(errorOf(value.problem));
    return started.plan.write(value.value, null, run);
  } catch (error) {
    run.path[0] = root.key;
    return failed(unexpected(error, run.request, observe));
  }
};
