// What trees must show, written as plainly as it can be: each resource as the FINT-style API gives it to the same application, each link as that API
// gives it to one that may see the identifiers too, by which links are written; choices judged on what is seen of each row, one by one.
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { GraphEdge, GraphRoot, GraphSelection } from '#hub/graph/graph.ts';
import { sightOf } from '#hub/graph/sight.ts';
import { viewOfRow } from '#hub/prune.ts';
import { createRendering } from '#hub/rendering.ts';
import { createTokens } from '#hub/tokens.ts';
import { createVersions } from '#hub/versions.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import { evaluateFilter } from '../../evaluate-filter.ts';
import type { Access } from '../policy.ts';
import { base, fjord, model, onlyGrants, paths, principal } from '../world.ts';
import type { World } from '../world.ts';
import type { Tree } from './graph-world.ts';

type Json = Readonly<Record<string, unknown>>;
type SeenRow = {
  readonly uid: number;
  /** By which it is seen: a list may show less of a row than looking for it does. */
  readonly action: Action;
  readonly body: Json;
  readonly shown: ReadonlySet<string>;
  readonly lead: string | null;
};

export type Oracle = {
  /** What a list gives in its order, whole; null where it is missing. */
  readonly list: (root: Extract<GraphRoot, { kind: 'list' }>) => readonly Tree[] | null;
  /** Uids that match in a list, ascending; null where it is missing. */
  readonly rows: (path: string, narrow: Narrow | null) => readonly number[] | null;
  readonly named: (selection: GraphSelection, uids: readonly (number | null)[]) => readonly (Tree | null)[] | null;
  /** Uids of the rows that the caller sees. */
  readonly seen: (path: string, action: Action) => readonly number[];
  readonly shows: (path: string, uid: number, attribute: string) => boolean;
};

/** Grants for the application and, for links, for one that sees what identifies. */
export const grantBoth = (world: World, accesses: readonly Access[]): Promise<void> =>
  onlyGrants(
    world,
    ...accesses,
    ...accesses.map((access) => ({
      ...access,
      application: 'other',
      fields: access.fields === null ? null : [...access.fields, ...identifiers],
      withhold: access.withhold.filter((one) => one !== 'personal' && one !== 'national-id' && one !== 'open'),
    })),
  );

const identifiers = ['systemId', 'feidenavn', 'fodselsnummer', 'skolenummer'];

/** Looks at everything as it is now. */
export const openOracle = async (world: World): Promise<Oracle> => {
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const rendering = createRendering({ model, tokens, versions: createVersions(), baseUrl: () => base });
  const { reads } = await store.tenant(fjord);
  const rows = new Map<string, Map<number, SeenRow>>();
  const links = new Map<string, readonly number[]>();
  const leads = new Map<string, string | null>();

  const planOf = async (client: string, path: string, action: Action): Promise<AuthorizedPlan | null> => {
    const decision = await authorizer.decide(principal(client), path, action);
    return decision.allowed ? decision.plan : null;
  };
  const bodiesOf = async (plan: AuthorizedPlan | null) => {
    const found = plan === null ? [] : await reads.load(plan, [...(await reads.uids(plan))]);
    return Promise.all(
      found.map(async (stored) => {
        const body = plan === null ? null : await rendering.body(plan, reads, stored);
        return { stored, body: body === null ? null : (JSON.parse(body.toString()) as Json) };
      }),
    );
  };

  for (const path of looked) {
    for (const action of ['list', 'read'] as const) {
      const plan = await planOf('app', path, action);
      const seen = new Map<number, SeenRow>();
      const leading = plan === null ? null : sightOf(plan).leading;
      leads.set(`${action} ${path}`, leading?.attribute ?? null);
      for (const { stored, body } of await bodiesOf(plan)) {
        const view = plan === null ? null : viewOfRow(plan, stored.uid, stored.protection);
        if (body === null || view === null) continue;
        const lead =
          leading === null ? undefined : (body[leading.attribute] as { identifikatorverdi?: string } | undefined);
        seen.set(stored.uid, {
          uid: stored.uid,
          action,
          body,
          shown: new Set([...view.attributes, ...[...view.linked].map((name) => `@${name}`)]),
          lead: lead?.identifikatorverdi ?? null,
        });
      }
      if (plan !== null) rows.set(`${action} ${path}`, seen);
      for (const { stored, body } of await bodiesOf(await planOf('other', path, action))) {
        const all = (body?.['_links'] ?? {}) as Readonly<Record<string, readonly { readonly href: string }[]>>;
        for (const [relation, targets] of Object.entries(all)) {
          const refs = targets.map(({ href }) => {
            const parts = href.slice(base.length + 1).split('/');
            const [value = '', field = ''] = [parts.pop(), parts.pop()];
            return { collection: parts.join('/'), field, value: decodeURIComponent(value) };
          });
          const found = await reads.resolve(refs);
          const uids = found.flatMap(({ uid }) => (uid === null ? [] : [uid]));
          links.set(`${action} ${stored.uid} ${relation}`, [...new Set(uids)]);
        }
      }
    }
  }

  const behind = (path: string, { action, uid }: SeenRow, relation: string, by: Action = 'read'): readonly SeenRow[] =>
    (links.get(`${action} ${uid} ${relation}`) ?? []).flatMap(
      (each) => rows.get(`${by} ${targetOf(path, relation)}`)?.get(each) ?? [],
    );

  /** `by`: what the caller must be allowed to do with what relations lead to. */
  const matches = (path: string, row: SeenRow, narrow: Narrow, by: Action = 'read'): boolean => {
    switch (narrow.kind) {
      case 'all':
        return narrow.of.every((one) => matches(path, row, one, by));
      case 'any':
        return narrow.of.some((one) => matches(path, row, one, by));
      case 'rows':
        return narrow.uids.includes(row.uid);
      case 'where':
        return namesIn(narrow.filter).every((name) => row.shown.has(name)) && evaluateFilter(narrow.filter, row.body);
      case 'through':
        return (
          row.shown.has(`@${narrow.relation}`) &&
          behind(path, row, narrow.relation, by).some((each) =>
            matches(targetOf(path, narrow.relation), each, narrow.to, by),
          )
        );
      case 'led-to':
        return [...(rows.get(`${by} ${narrow.by}`)?.values() ?? [])].some(
          (each) =>
            each.shown.has(`@${narrow.relation}`) &&
            (links.get(`${by} ${each.uid} ${narrow.relation}`) ?? []).includes(row.uid) &&
            matches(narrow.by, each, narrow.of, by),
        );
      case 'not':
        return lookedAt(narrow.of).every((name) => row.shown.has(name)) && !matches(path, row, narrow.of, by);
    }
  };

  const inOrder = (some: readonly SeenRow[]): readonly SeenRow[] =>
    some.toSorted((a, b) => {
      if (a.lead === b.lead) return a.uid - b.uid;
      if (a.lead === null || b.lead === null) return a.lead === null ? 1 : -1;
      return Buffer.compare(Buffer.from(a.lead), Buffer.from(b.lead));
    });

  const tree = (row: SeenRow, { collection, attributes, edges }: GraphSelection): Tree => ({
    ...Object.fromEntries(Object.entries(row.body).filter(([name]) => name !== '_links' && attributes.includes(name))),
    ...Object.fromEntries(edges.map((edge) => [`@${edge.name}`, edgeOf(collection, row, edge)])),
  });

  const edgeOf = (path: string, row: SeenRow, { relation, to, narrow, page }: GraphEdge): readonly Tree[] =>
    inOrder(behind(path, row, relation).filter((each) => narrow === null || matches(to.collection, each, narrow)))
      .slice(0, page?.first)
      .map((each) => tree(each, to));

  return {
    list: ({ selections, narrow }) => {
      const found = selections.map((selection, index) => {
        const all = rows.get(`list ${selection.collection}`);
        const choice = narrow[index] ?? null;
        return all === undefined
          ? null
          : inOrder(
              [...all.values()].filter((row) => choice === null || matches(selection.collection, row, choice)),
            ).map((row) => tree(row, selection));
      });
      return found.every((one) => one === null) ? null : found.flatMap((one) => one ?? []);
    },
    rows: (path, narrow) => {
      const all = rows.get(`list ${path}`);
      const found = all === undefined ? null : [...all.values()];
      return found === null
        ? null
        : found
            .filter((row) => narrow === null || matches(path, row, narrow, 'list'))
            .map(({ uid }) => uid)
            .toSorted((a, b) => a - b);
    },
    named: (selection, uids) => {
      const all = rows.get(`read ${selection.collection}`);
      return all === undefined
        ? null
        : uids.map((uid) => {
            const row = uid === null ? undefined : all.get(uid);
            return row === undefined ? null : tree(row, selection);
          });
    },
    seen: (path, action) => [...(rows.get(`${action} ${path}`)?.keys() ?? [])],
    shows: (path, uid, attribute) => rows.get(`read ${path}`)?.get(uid)?.shown.has(attribute) === true,
  };
};

const looked = [paths.pupil, paths.person, paths.enrolment, paths.school];

const targetOf = (path: string, relation: string): string =>
  model.collections.get(path)?.links.get(relation)?.target ?? '';

const namesIn = (filter: FilterExpr): readonly string[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(namesIn);
    case 'not':
      return namesIn(filter.term);
    case 'compare':
    case 'in':
      return filter.path.names.slice(0, 1);
    case 'any':
    case 'all':
      return filter.list.slice(0, 1);
    default:
      return [];
  }
};

/** Attributes that a choice looks at in the row itself; relations begin with @. */
const lookedAt = (narrow: Narrow): readonly string[] => {
  switch (narrow.kind) {
    case 'all':
    case 'any':
      return narrow.of.flatMap(lookedAt);
    case 'not':
      return lookedAt(narrow.of);
    case 'where':
      return namesIn(narrow.filter);
    case 'through':
      return [`@${narrow.relation}`];
    case 'rows':
    case 'led-to':
      return [];
  }
};
