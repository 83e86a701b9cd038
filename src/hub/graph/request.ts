// One request for trees: what has been decided for it, what it may still read, what it has shown, and the records of that. Made by create-graph.ts;
// passed to what reads roots and edges.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createMemory } from '#base/memory.ts';
import type { Memory } from '#base/memory.ts';
import { unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type { AuditRecord, AuditSeen, TenantReads } from '#store/store.ts';
import type { Authorizer, Decision } from '../authorize.ts';
import type { Narrow } from '../documents/document.ts';
import { createPruner } from '../prune.ts';
import type { QueryContext } from '../query.ts';
import { nothingGiven, packed } from '../records.ts';
import type { Records } from '../records.ts';
import { chosen } from './choice.ts';
import { createChoiceMemory } from './choice-memory.ts';
import type { ChoiceMemory } from './choice-memory.ts';
import type { HiddenIds } from './place.ts';
import type { GraphNode } from './graph.ts';

export type Allowed = Extract<Decision, { allowed: true }>;

export type Request = {
  readonly model: Model;
  readonly reads: TenantReads;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly ids: HiddenIds;
  readonly baseUrl: string;
  readonly memory: GraphMemory;
  /** Rows that may be put into the order of one of their values. */
  readonly mostSorted: number;
  /** Whether there is no time left to look for rows, or to put them into an order. */
  readonly isLate: () => boolean;
  /** Throws `Ended` when nobody waits for the answer any more. */
  readonly goOn: () => void;
  /** Lets other work run, then as `goOn`. */
  readonly pause: () => Promise<void>;
  /** Null when the caller may not. Decided once. */
  readonly decide: (path: CollectionPath, action: Action) => Promise<Allowed | null>;
  readonly pruner: (plan: AuthorizedPlan) => ReturnType<typeof createPruner>;
  /** Rows that a choice leaves, found once; null when that takes too long. `by`: what the caller must be allowed to do with what relations lead to. */
  readonly choose: (plan: AuthorizedPlan, narrow: Narrow, by?: Action) => Promise<Float64Array | null>;
  /** How many more resources may be read. */
  readonly left: () => number;
  /** Most links that are looked at for one relation, those to what the caller does not see among them: whatever else was asked, so that none of these can be counted. */
  readonly mostLinks: number;
  /** Refuses everything that is still read when too many have been: false then. */
  readonly take: (count: number) => boolean;
  /** Why, then. */
  readonly tooMany: Problem;
  readonly refuse: (root: number, why: Problem) => void;
  readonly refused: (root: number) => Problem | null;
  /** Notes what stands in the answer to a root. */
  readonly show: (root: number, decision: Allowed, nodes: readonly Pick<GraphNode, 'uid'>[]) => void;
  /** Notes what an answer tells of without showing it: that some of few match is said of each of them. Of more than a record names one by one it is not. */
  readonly tell: (root: number, decision: Allowed, uids: Float64Array) => void;
  /** Notes that a collection was asked for, and how. */
  readonly ask: (asked: Asked) => void;
  readonly deny: (path: CollectionPath, kind: Asked['kind']) => void;
  /** Of all that has been asked and shown, but for what a refused root would have shown. */
  readonly records: () => readonly AuditRecord[];
};

export type Asked = {
  readonly root: number;
  readonly kind: 'list' | 'read';
  readonly decision: Allowed;
  readonly details: string;
  /** Whom it was asked for, under pseudonyms. */
  readonly subjects: readonly string[];
};

export type RequestDeps = {
  readonly model: Model;
  readonly reads: TenantReads;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly records: Records;
  readonly ids: HiddenIds;
  readonly baseUrl: string;
  readonly memory: GraphMemory;
  /** For tests. */
  readonly mostNodes: number;
  readonly mostSorted: number;
};

// Most resources that a record names one by one.
const namedSubjects = 100;

export const tooSlow: Problem = problem('HUB-121', `The filter or the order took longer than ${limits.filterMs} ms.`);

/** Nobody waits for the answer: nothing more is read. */
export class Ended extends Error {}

export const ended: Problem = problem('HUB-106', 'The request ended before the answer was there.');

/** What is remembered between requests. */
export type GraphMemory = {
  /** Rows of collections that have no such identifier, by the state that this is right for. */
  readonly unnamed: Memory<Float64Array>;
  /** Relations behind which there have been so many that the store makes their pages. */
  readonly long: Memory<true>;
  /** Rows that choices leave, by who sees what and the state that this is right for. */
  readonly choices: ChoiceMemory;
};

/** `fewestChosen`: rows that a choice must leave to be remembered. */
export const createGraphMemory = (fewestChosen?: number): GraphMemory => ({
  unnamed: createMemory(200),
  long: createMemory(1_000),
  choices: createChoiceMemory(fewestChosen),
});

/** Begins a request. */
export const createRequest = (deps: RequestDeps, context: QueryContext): Request => {
  const { model, reads, clock, authorizer, records, ids, baseUrl, memory, mostNodes, mostSorted } = deps;
  const { principal, signal } = context;
  const deadline = clock.monotonic() + limits.filterMs;
  const decisions = new Map<string, Promise<Decision>>();
  const pruners = new WeakMap<AuthorizedPlan, ReturnType<typeof createPruner>>();
  const choices = new Map<string, Promise<Float64Array | null>>();
  const numbers = new WeakMap<AuthorizedPlan, number>();
  const refusals = new Map<number, Problem>();
  const shown: { root: number; decision: Allowed; uids: Float64Array }[] = [];
  const asked: Asked[] = [];
  const denied = new Map<string, { path: CollectionPath; kind: Asked['kind']; rule: string }>();
  const rules = new Map<string, string>();
  let taken = 0;
  let plans = 0;

  const decisionOf = (path: CollectionPath, action: Action): Promise<Decision> => {
    const key = `${action} ${path}`;
    let made = decisions.get(key);
    if (made === undefined) {
      made = Promise.resolve(authorizer.decide(principal, path, action));
      decisions.set(key, made);
    }
    return made;
  };

  const decide: Request['decide'] = async (path, action) => {
    const decision = await decisionOf(path, action);
    if (decision.allowed) return decision;
    rules.set(path, decision.rule);
    return null;
  };

  const numberOf = (plan: AuthorizedPlan): number => {
    let number = numbers.get(plan);
    if (number === undefined) numbers.set(plan, (number = plans += 1));
    return number;
  };

  const recordsOf = (): readonly AuditRecord[] => {
    const of = new Map<
      CollectionPath,
      { asked: Asked[]; rules: Set<string>; uids: Float64Array[]; refused: boolean }
    >();
    const at = (path: CollectionPath) => {
      const known = of.get(path) ?? { asked: [], rules: new Set<string>(), uids: [], refused: false };
      of.set(path, known);
      return known;
    };
    for (const one of asked) {
      const { plan, rule } = one.decision;
      const into = at(plan.collection.path);
      into.asked.push(one);
      into.refused ||= refusals.has(one.root);
      for (const each of rule.split(' ')) into.rules.add(each);
    }
    for (const { root, decision, uids } of shown) {
      if (refusals.has(root)) continue;
      const into = at(decision.plan.collection.path);
      for (const each of decision.rule.split(' ')) into.rules.add(each);
      into.uids.push(uids);
    }
    const made: AuditRecord[] = [];
    for (const [collection, { asked: all, rules: by, uids, refused }] of of) {
      if (all.length === 0 && uids.length === 0) continue;
      const kind = all.some((one) => one.kind === 'list') ? 'list' : 'read';
      const seen = unionOf(uids);
      const details = [...new Set(['graph', ...all.map((one) => one.details), ...(refused ? ['refused'] : [])])];
      const subjects = [...new Set(all.flatMap((one) => one.subjects))].slice(0, namedSubjects);
      const outcome = { count: seen.length, subjects, details: details.join(' '), seen: seenIn(seen) };
      made.push(records.of({ kind, collection }, context, { allowed: true, rule: [...by].join(' ') }, outcome));
    }
    for (const { path, kind, rule } of denied.values())
      made.push(records.of({ kind, collection: path }, context, { allowed: false, rule }, nothingGiven('graph')));
    return made;
  };

  const goOn = (): void => {
    if (signal?.aborted === true) throw new Ended();
  };

  const choose: Request['choose'] = (plan, narrow, by = 'read') => {
    const key = `${by} ${numberOf(plan)} ${JSON.stringify(narrow)}`;
    let found = choices.get(key);
    if (found === undefined) {
      const planOf = async (path: CollectionPath): Promise<AuthorizedPlan | null> =>
        (await decide(path, by))?.plan ?? null;
      const find = () => chosen({ model, reads, clock, planOf, baseUrl, deadline }, plan, narrow);
      found = memory.choices({ model, reads, planOf, plan, narrow }, find);
      choices.set(key, found);
    }
    return found;
  };

  return {
    model,
    reads,
    clock,
    ids,
    baseUrl,
    memory,
    mostSorted,
    isLate: () => clock.monotonic() > deadline,
    goOn,
    pause: async () => {
      await yieldToLoop();
      goOn();
    },
    decide,
    pruner: (plan) => {
      let made = pruners.get(plan);
      if (made === undefined) pruners.set(plan, (made = createPruner(baseUrl, plan, reads)));
      return made;
    },
    choose,
    left: () => Math.max(0, mostNodes - taken),
    // So far beyond what may be shown that what is not seen decides only where it alone is too much.
    mostLinks: 2 * mostNodes,
    take: (count) => {
      taken += count;
      return taken <= mostNodes;
    },
    tooMany: problem('HUB-424', `The answer would hold more than ${mostNodes} resources.`),
    refuse: (root, why) => {
      if (!refusals.has(root)) refusals.set(root, why);
    },
    refused: (root) => refusals.get(root) ?? null,
    show: (root, decision, nodes) => {
      const uids = new Float64Array(nodes.length);
      for (const [index, { uid }] of nodes.entries()) uids[index] = uid;
      shown.push({ root, decision, uids });
    },
    tell: (root, decision, uids) => {
      if (uids.length <= namedSubjects) shown.push({ root, decision, uids });
    },
    ask: (one) => void asked.push(one),
    deny: (path, kind) => void denied.set(`${kind} ${path}`, { path, kind, rule: rules.get(path) ?? 'no-grant' }),
    records: recordsOf,
  };
};

const seenIn = (uids: Float64Array): AuditSeen | null =>
  uids.length === 0 ? null : { kind: 'uids', uids: packed(uids) };
