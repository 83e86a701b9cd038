// Connections: pages of resources with cursors, and how many there are. Called by the compiler. Counted only when it is asked for; nothing is read
// where nothing but the count is.
import type { GraphNode, GraphPage } from '#hub/graph/graph.ts';
import { collectFields } from './collect-fields.ts';
import { complete, completeObject, type ObjectField } from './complete.ts';
import type { Compiler, Sets } from './compiler.ts';
import { cursorOf } from './cursor.ts';
import { edgeName, pageInfoName } from './made-types.ts';
import type { ConnectionPlan, ObjectTarget, Run, Write } from './plan.ts';
import { quote } from './write-leaf.ts';

/** A page, and whether it is the first of its list. */
type Shown = { readonly page: GraphPage; readonly isFirst: boolean };
/** One of a page. */
type Place = { readonly page: GraphPage; readonly index: number };

/** Compiles selections on a connection; `depth` is that of its fields. */
export const compileConnection = (type: string, sets: Sets, depth: number, compiler: Compiler): ConnectionPlan => {
  const node = compiler.open.face.connections.get(type)?.node ?? '';
  const targets: ObjectTarget[] = [];
  let [wantsNodes, wantsCount] = [false, false];
  const core = (inner: Sets, innerDepth: number) => {
    const target = compiler.nodes(node, inner, innerDepth);
    targets.push(target);
    return compiler.nodeCore(target);
  };
  const fields = collectFields(sets, type, compiler).map(({ key, nodes: [first, ...more] }): ObjectField => {
    const name = first.name.value;
    const inner = [first, ...more].map(({ selectionSet }) => selectionSet);
    if (name === '__typename') return { key, write: () => quote(type) };
    if (name === 'totalCount') {
      wantsCount = true;
      return { key, write: (value) => (value as Shown).page.total?.toString() ?? 'null' };
    }
    wantsNodes = true;
    if (name === 'pageInfo') return { key, write: pageInfo(inner, depth + 1, compiler) };
    if (name === 'edges') {
      const write = edges(type, inner, depth + 2, compiler, (of, at) =>
        complete({ kind: 'named', name: node }, at, core(of, at + 1), `${edgeName(type)}.node`),
      );
      return { key, write: (value, _, run) => writeEdges((value as Shown).page, depth + 1, write, run) };
    }
    const ref = { kind: 'list', of: { kind: 'named', name: node } } as const;
    const write = complete(ref, depth, core(inner, depth + 2), `${type}.nodes`);
    return { key, write: (value, _, run) => write((value as Shown).page.nodes, null, run) };
  });
  const write = completeObject(fields, depth);
  return {
    wantsNodes,
    wantsCount,
    ask: (selecting, run) => {
      for (const target of targets) target.ask(selecting, run);
    },
    write: (page, isFirst, run) => write({ page, isFirst }, null, run),
    cost: (run) => targets.reduce((sum, target) => sum + target.cost(run), 0),
  };
};

const pageInfo = (sets: Sets, depth: number, compiler: Compiler): Write =>
  completeObject(
    collectFields(sets, pageInfoName, compiler).map(({ key, nodes: [{ name }] }) => ({
      key,
      write: (value) => pagePart(name.value, value as Shown),
    })),
    depth,
  );

const pagePart = (name: string, { page, isFirst }: Shown): string => {
  const cursorAt = (index: number): string => (page.nodes.length === 0 ? 'null' : quote(cursorOf(page.place(index))));
  switch (name) {
    case 'hasNextPage':
      return String(page.more);
    case 'hasPreviousPage':
      return String(!isFirst);
    case 'startCursor':
      return cursorAt(0);
    case 'endCursor':
      return cursorAt(page.nodes.length - 1);
    default:
      return quote(pageInfoName);
  }
};

type NodeWriter = (sets: Sets, depth: number) => Write;

/** Writes one edge; `depth` is that of its fields. */
const edges = (type: string, sets: Sets, depth: number, compiler: Compiler, nodeWriter: NodeWriter): Write =>
  completeObject(
    collectFields(sets, edgeName(type), compiler).map(({ key, nodes }) => {
      const name = nodes[0].name.value;
      if (name === '__typename') return { key, write: () => quote(edgeName(type)) };
      if (name === 'cursor')
        return {
          key,
          write: (value) => quote(cursorOf((value as Place).page.place((value as Place).index))),
        };
      const write = nodeWriter(
        nodes.map(({ selectionSet }) => selectionSet),
        depth,
      );
      return { key, write: (value, _, run) => write(nodeAt(value as Place), null, run) };
    }),
    depth,
  );

const nodeAt = ({ page, index }: Place): GraphNode | null => page.nodes[index] ?? null;

const writeEdges = (page: GraphPage, depth: number, write: Write, run: Run): string | undefined => {
  const parts: string[] = [];
  for (let index = 0; index < page.nodes.length; index += 1) {
    run.path[depth] = index;
    const part = write({ page, index }, null, run);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
};
