// What the hub has answered to the roots of an operation, as the values that its fields write. Called by run-operation.ts.
import type { GraphAnswer, GraphNode, GraphPage, GraphRoot } from '#hub/graph/graph.ts';
import type { Problem } from '#base/errors.ts';
import type { CollectionPath } from '#model/model.ts';
import { checkAfter, checkFirst } from './compile-args.ts';
import type { AskPlan, RootPage } from './compile-plan.ts';
import type { RootAsk } from './face.ts';
import { selectionOf, type Run } from './plan.ts';

export type RootValue =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** What an ask wants of the hub, and what its answers make. */
export type RootReading = {
  readonly roots: readonly GraphRoot[];
  readonly value: (answers: readonly GraphAnswer[]) => RootValue;
};

const emptyPage: GraphPage = { nodes: [], more: false, total: 0, place: () => '' };
const none: RootValue = { kind: 'value', value: null };

/** Makes roots of an ask. Throws a `HubError` (HUB-103) where it has no page that can be asked for. */
export const readingOf = (plan: AskPlan, ask: RootAsk, run: Run, missing: Problem | undefined): RootReading => {
  const absent: RootValue = missing === undefined ? none : { kind: 'refused', problem: missing };
  switch (ask.kind) {
    case 'nothing':
      return { roots: [], value: () => valueOf(plan, [], emptyPage, true) };
    case 'list':
      return listReading(plan, ask, run, absent);
    case 'named':
      return {
        roots: [
          {
            kind: 'named',
            selection: selectionOf(plan.select(ask.collection, run)),
            by: ask.by,
            values: ask.values,
          },
        ],
        value: ([answer]) => {
          if (answer?.kind === 'refused') return answer;
          return answer?.kind === 'nodes' ? valueOf(plan, answer.nodes, null, true) : absent;
        },
      };
    case 'nodes':
      return nodesReading(plan, ask, run, absent);
  }
};

const listReading = (
  plan: AskPlan,
  ask: Extract<RootAsk, { kind: 'list' }>,
  run: Run,
  absent: RootValue,
): RootReading => {
  const first = checkFirst(ask.first, plan.at);
  const after = checkAfter(ask.after, plan.at);
  return {
    roots: [
      {
        kind: 'list',
        selections: ask.collections.map((collection) => selectionOf(plan.select(collection, run))),
        narrow: ask.narrow,
        order: ask.order,
        page: { first: plan.wantsNodes ? first : 0, after },
        count: plan.wantsCount,
      },
    ],
    value: ([answer]) => {
      if (answer?.kind === 'refused') return answer;
      return answer?.kind === 'page' ? valueOf(plan, answer.page.nodes, answer.page, after === null) : absent;
    },
  };
};

/** What is not there, or may not be seen, has its place all the same. */
const nodesReading = (
  plan: AskPlan,
  { of, quiet }: Extract<RootAsk, { kind: 'nodes' }>,
  run: Run,
  absent: RootValue,
): RootReading => {
  type Group = { readonly collection: CollectionPath; readonly identifier: string; readonly at: number[] };
  const groups = new Map<string, Group>();
  of.forEach((one, index) => {
    if (one === null) return;
    const key = `${one.collection}\n${one.identifier}`;
    const group = groups.get(key) ?? { collection: one.collection, identifier: one.identifier, at: [] };
    groups.set(key, group);
    group.at.push(index);
  });
  const asked = [...groups.values()];
  return {
    roots: asked.map(({ collection, identifier, at }) => ({
      kind: 'named',
      selection: selectionOf(plan.select(collection, run)),
      by: { identifier },
      values: at.map((index) => of[index]?.value ?? ''),
    })),
    value: (answers) => {
      const refused = answers.find((answer) => answer.kind === 'refused');
      if (refused !== undefined) return refused;
      // One that may be in any of several collections, none of which is open.
      const isClosed = answers.length > 0 && answers.every(({ kind }) => kind === 'missing');
      if (plan.shape === 'one' && quiet !== true && isClosed) return absent;
      const nodes: (GraphNode | null)[] = of.map(() => null);
      asked.forEach(({ at }, group) => {
        const answer = answers[group];
        if (answer?.kind === 'nodes') at.forEach((index, place) => (nodes[index] = answer.nodes[place] ?? null));
      });
      return valueOf(plan, nodes, null, true);
    },
  };
};

const valueOf = (
  { shape }: AskPlan,
  nodes: readonly (GraphNode | null)[],
  page: GraphPage | null,
  isFirst: boolean,
): RootValue => {
  if (shape === 'list') return { kind: 'value', value: nodes };
  if (shape === 'one') return { kind: 'value', value: nodes.find((node) => node !== null) ?? null };
  const there = nodes.filter((node) => node !== null);
  const shown: RootPage = { page: page ?? { ...emptyPage, nodes: there, total: there.length }, isFirst };
  return { kind: 'value', value: shown };
};
