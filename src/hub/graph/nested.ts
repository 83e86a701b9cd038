// What hangs on the complex values of resources: the addresses that stand there, as far as the caller gets them, and the resources behind them, looked
// for together. Called by create-graph.ts beside edges.ts.
import type { LinkRule } from '#model/model.ts';
import { partsOfHref, showsIdentifier } from '../prune.ts';
import type { HrefParts } from '../prune.ts';
import type { Standing } from './edges.ts';
import type { GraphEdge, GraphNode } from './graph.ts';
import { tooSlow } from './request.ts';
import type { Allowed, Request } from './request.ts';
import { hrefsIn, levelAt, needsValues, Node, nodesOf, Row } from './row.ts';
import type { Values } from './row.ts';
import { rowSet } from '../row-scope.ts';
import { sightOf } from './sight.ts';

/** What stands on the next level behind complex values. Puts it into the nodes of this one. */
export const nextNested = async (request: Request, level: readonly Standing[]): Promise<readonly Standing[]> => {
  const next: Standing[] = [];
  for (const from of level)
    for (const edge of from.selection.edges) {
      const rule = from.decision.plan.collection.nestedLinks.get(edge.relation);
      if (rule === undefined || rule.target === null || rule.target !== edge.to.collection) continue;
      const target = await request.decide(rule.target, 'read');
      const stands = target === null ? null : await follow(request, { from, edge, rule, target });
      if (stands !== null) next.push(stands);
    }
  return next;
};

type Hanging = {
  readonly from: Standing;
  readonly edge: GraphEdge;
  readonly rule: LinkRule;
  readonly target: Allowed;
};

const follow = async (request: Request, { from, edge, rule, target }: Hanging): Promise<Standing | null> => {
  const { root } = from;
  const { collection } = target.plan;
  const of = new Map<Node, readonly string[]>();
  const asked = new Map<string, HrefParts>();
  for (const node of from.nodes) {
    const hrefs = hrefsIn(Node.heldBy(node), rule.at, rule.relation.jsonName);
    of.set(node, hrefs);
    for (const href of hrefs) {
      const parts = asked.has(href) ? null : partsOfHref(request.baseUrl, href, collection.path);
      if (parts !== null) asked.set(href, parts);
    }
  }
  const hrefs = [...asked.keys()];
  const resolved = hrefs.length === 0 ? [] : await request.reads.resolve([...asked.values()]);
  const uids = new Map<string, number>();
  for (const [index, href] of hrefs.entries()) {
    const uid = resolved[index]?.uid ?? null;
    if (uid !== null) uids.set(href, uid);
  }
  const chosen = edge.narrow === null ? null : await request.choose(target.plan, edge.narrow);
  if (edge.narrow !== null && chosen === null) {
    request.refuse(root, tooSlow);
    return null;
  }
  const isChosen = chosen === null ? null : rowSet(chosen).has;
  const sight = sightOf(target.plan);
  const wanted = [...new Set(uids.values())].sort((a, b) => a - b);
  const heads = await request.reads.heads(target.plan, wanted, needsValues(collection, edge.to) ? 'values' : 'levels');
  const rows: Row[] = [];
  for (let index = 0; index < heads.uids.length; index += 1) {
    const uid = heads.uids[index] ?? 0;
    const view = sight.viewOf(uid, levelAt(heads.protection, index));
    const values = heads.value(index);
    if (view !== null && (isChosen === null || isChosen(uid)))
      // An object, as the store says.
      rows.push(new Row(uid, view, null, values === undefined ? {} : (values as Values)));
  }
  const nodes = await nodesOf(sight, edge.to, rows, request);
  const byUid = new Map(nodes.map((node) => [node.uid, node]));
  let count = 0;
  for (const [holder, held] of of) {
    const found = new Map<string, GraphNode>();
    for (const href of held) {
      const behind = byUid.get(uids.get(href) ?? 0);
      const parts = asked.get(href);
      if (behind === undefined || parts === undefined) continue;
      // Whoever finds a row by an identifier learns whose it is.
      if (!showsIdentifier(collection, Node.rowOf(behind).view, parts.field)) continue;
      found.set(href, behind);
      Node.count(behind, Node.timesOf(holder));
      count += Node.timesOf(holder);
    }
    holder.nested[edge.name] = found;
  }
  if (!request.take(count)) {
    request.refuse(root, request.tooMany);
    return null;
  }
  const shown = nodes.filter((node) => Node.timesOf(node) > 0);
  request.show(root, target, shown);
  return { root, decision: target, selection: edge.to, nodes: shown };
};
