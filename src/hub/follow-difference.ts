// Which rows of a collection two accesses may show differently, and how. Used by hub/following.ts to tell a follower what a change of access
// means for its copy. Holds no policy; asks the store only which rows link where.
import { unionOf, without } from '#base/uid-sets.ts';
import type { Collection } from '#model/model.ts';
import type { FieldView, RowSet, TargetPortion } from '#store/plan.ts';
import type { Guarded, TenantReads } from '#store/store.ts';
import type { Access, Held, SeenTarget } from './follow-state.ts';

/** More to see, or less (also when there is more as well): less must be taken out of a copy. */
export type Direction = 'gained' | 'lost';

/**
 * Rows that must be looked at one by one. `rows`: those that may be seen now and not before, or through another view, or the other way round;
 * 'all' = any row. `links`: those that may show more or fewer links, although they are seen through the same view.
 */
export type Candidates = {
  readonly rows: 'all' | Float64Array;
  readonly links: ReadonlyMap<number, Direction>;
  readonly allLinks: Direction | null;
};

/** What a follower's copy and an access may show differently. `guarded`: the rows that are protected or link to such. */
export const candidatesBetween = async (
  collection: Collection,
  held: Held,
  now: Access,
  guarded: Guarded,
  reads: Pick<TenantReads, 'linkedFrom'>,
): Promise<Candidates> => {
  const parts: Candidates[] = [];
  let from = 0;
  for (const { to, access } of held.stretches) {
    const found = await between(collection, access, now, guarded, reads);
    parts.push(within(found, from, to ?? Number.POSITIVE_INFINITY));
    from = to ?? from;
  }
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const links = new Map<number, Direction>();
  for (const part of parts) for (const [uid, direction] of part.links) links.set(uid, direction);
  return {
    rows: parts.some(({ rows }) => rows === 'all')
      ? 'all'
      : unionOf(parts.map(({ rows }) => (rows === 'all' ? none : rows))),
    links,
    allLinks: parts.map(({ allLinks }) => allLinks).reduce(worse, null),
  };
};

const within = ({ rows, links, allLinks }: Candidates, from: number, to: number): Candidates => ({
  rows: rows === 'all' ? 'all' : rows.filter((uid) => uid > from && uid <= to),
  links: new Map([...links].filter(([uid]) => uid > from && uid <= to)),
  allLinks,
});

const between = async (
  collection: Collection,
  before: Access,
  now: Access,
  guarded: Guarded,
  reads: Pick<TenantReads, 'linkedFrom'>,
): Promise<Candidates> => {
  const links = new Map<number, Direction>();
  let allLinks: Direction | null = null;
  for (const path of new Set([...before.targets.keys(), ...now.targets.keys()])) {
    const [was, is] = [before.targets.get(path), now.targets.get(path)];
    // That links to a collection show at all is a matter of the view.
    if (was === undefined || is === undefined) continue;
    const change = targetChange(was, is);
    allLinks = worse(allLinks, change.all);
    if (change.guarded !== null)
      for (const [index, uid] of guarded.uids.entries())
        if ((guarded.linked[index] ?? 0) > 0) note(links, uid, change.guarded);
    for (const [uids, direction] of [
      [change.gained, 'gained'],
      [change.lost, 'lost'],
    ] as const) {
      if (uids.length === 0) continue;
      for (const rule of collection.links.values())
        if (rule.target === path)
          for (const uid of await reads.linkedFrom(rule.relation.jsonName, collection.path, rule.inverse, uids))
            note(links, uid, direction);
      for (const [key, rule] of collection.nestedLinks)
        if (rule.target === path)
          for (const uid of await reads.linkedFrom(key, collection.path, null, uids)) note(links, uid, direction);
    }
  }
  return { rows: rowsBetween(before, now), links, allLinks };
};

const none = new Float64Array();

const worse = (a: Direction | null, b: Direction | null): Direction | null =>
  a === 'lost' || b === 'lost' ? 'lost' : (a ?? b);

const note = (links: Map<number, Direction>, uid: number, direction: Direction): void =>
  void links.set(uid, worse(links.get(uid) ?? null, direction) ?? direction);

/** Rows that come or go while the views stay; 'all' when views change, or rows that were all become some. */
const rowsBetween = (before: Access, now: Access): 'all' | Float64Array => {
  if (before.portions.length !== now.portions.length) return boundedRows(before, now);
  const sets: Float64Array[] = [];
  for (const [index, was] of before.portions.entries()) {
    const is = now.portions[index];
    if (is === undefined || compareViews(was.view, is.view) !== null) return boundedRows(before, now);
    if ((was.rows === 'all') !== (is.rows === 'all')) return boundedRows(before, now);
    sets.push(either(was.without, is.without));
    if (was.rows !== 'all' && is.rows !== 'all') sets.push(either(was.rows, is.rows));
  }
  return unionOf(sets);
};

/** Every row that either shows, when both show only some. */
const boundedRows = (before: Access, now: Access): 'all' | Float64Array => {
  const sets: Float64Array[] = [];
  for (const { rows } of [...before.portions, ...now.portions]) {
    if (rows === 'all') return 'all';
    sets.push(rows.uids);
  }
  return unionOf(sets);
};

/** What is in one of two sets only. */
const either = (a: RowSet, b: RowSet): Float64Array =>
  a === b ? none : unionOf([without(a.uids, b.uids), without(b.uids, a.uids)]);

type TargetChange = {
  readonly gained: Float64Array;
  readonly lost: Float64Array;
  /** Links to protected rows have come or gone with the clearance. */
  readonly guarded: Direction | null;
  /** Any link may have come or gone. */
  readonly all: Direction | null;
};

const unchanged: TargetChange = { gained: none, lost: none, guarded: null, all: null };

const targetChange = (was: SeenTarget, is: SeenTarget): TargetChange => {
  const guarded = is.clearance === was.clearance ? null : is.clearance > was.clearance ? 'gained' : 'lost';
  if (was.portions === null && is.portions === null) return { ...unchanged, guarded };
  if (was.portions === null || is.portions === null || !alike(was.portions, is.portions))
    return { ...unchanged, guarded, all: is.portions === null ? 'gained' : 'lost' };
  const gained: Float64Array[] = [];
  const lost: Float64Array[] = [];
  for (const [index, { rows: before }] of was.portions.entries()) {
    const now = is.portions[index]?.rows;
    if (before === 'all' || now === undefined || now === 'all' || before === now) continue;
    gained.push(without(now.uids, before.uids));
    lost.push(without(before.uids, now.uids));
  }
  return { gained: unionOf(gained), lost: unionOf(lost), guarded, all: null };
};

/** True when the portions differ in their rows only. */
const alike = (was: readonly TargetPortion[], is: readonly TargetPortion[]): boolean =>
  was.length === is.length &&
  was.every(({ rows, segments, clearance }, index) => {
    const other = is[index];
    return (
      other !== undefined &&
      (rows === 'all') === (other.rows === 'all') &&
      clearance === other.clearance &&
      sameNames(segments, other.segments)
    );
  });

const sameNames = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((name) => b.has(name));

/** What another view shows more or less; null when they show the same. */
export const compareViews = (was: FieldView, is: FieldView): Direction | null => {
  if (was.id === is.id) return null;
  const pairs: (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = [
    [was.attributes, is.attributes],
    [was.relations, is.relations],
    ...[...new Set([...was.targets.keys(), ...is.targets.keys()])].map(
      (path) => [was.targets.get(path) ?? noNames, is.targets.get(path) ?? noNames] as const,
    ),
  ];
  if ((was.full && !is.full) || pairs.some(([before, now]) => [...before].some((name) => !now.has(name))))
    return 'lost';
  if ((is.full && !was.full) || pairs.some(([before, now]) => now.size > before.size)) return 'gained';
  return null;
};

const noNames: ReadonlySet<string> = new Set();
