// What a follower of changes can see, as a value that can be kept, named by its content and compared with what it sees later. Made from plans
// by hub/following.ts; pure.
import { hash } from 'node:crypto';
import { packUids, unpackUids } from '#base/packed-uids.ts';
import type { CollectionPath, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView, RowSet, TargetPortion } from '#store/plan.ts';
import type { FollowState, Guarded } from '#store/store.ts';
import { hiddenFrom } from './protection.ts';
import { unionOfViews } from './prune.ts';
import { rowSet } from './row-scope.ts';
import { followIdBytes } from './tokens.ts';

/** Rows of the collection as seen through one view. `without` = rows that protection hides; of limited rows they are left out already. */
export type SeenPortion = {
  readonly view: FieldView;
  readonly rows: 'all' | RowSet;
  readonly without: RowSet;
  readonly clearance: ProtectionLevel;
};

/** Rows that links may show. `portions` null = all of them, as far as the clearance goes. */
export type SeenTarget = { readonly clearance: ProtectionLevel; readonly portions: readonly TargetPortion[] | null };

export type Access = {
  readonly portions: readonly SeenPortion[];
  readonly targets: ReadonlyMap<CollectionPath, SeenTarget>;
};

/** A follower's copy: up to a uid as one access shows it, from there on as another. One stretch to the end unless a difference was half told. */
export type Held = {
  readonly id: string;
  readonly collection: CollectionPath;
  readonly stretches: readonly { readonly to: number | null; readonly access: Access }[];
};

/** With the form in which it is kept. */
export type NamedHeld = Held & { readonly state: FollowState };

/** The view through which an access shows a row; null when it does not. */
export const viewIn = (access: Access, uid: number): FieldView | null =>
  unionOfViews(
    access.portions
      .filter(({ rows, without }) => (rows === 'all' ? !without.has(uid) : rows.has(uid)))
      .map(({ view }) => view),
  );

/**
 * The view through which an access showed a row that is gone by now. Limited rows are known; of all rows `held` says whether one with such a
 * clearance can have been told of it before it went.
 */
export const viewOfGone = (
  access: Access,
  uid: number,
  held: (clearance: ProtectionLevel) => boolean,
): FieldView | null =>
  unionOfViews(
    access.portions
      .filter(({ rows, without, clearance }) => (rows === 'all' ? !without.has(uid) && held(clearance) : rows.has(uid)))
      .map(({ view }) => view),
  );

/** The access by which a follower holds a row. */
export const accessTo = (held: Held, uid: number): Access =>
  held.stretches.find(({ to }) => to === null || uid <= to)?.access ?? nothing;

const nothing: Access = { portions: [], targets: new Map() };

/** Access as a plan gives it now; of no plan: none. */
export const accessOf = (plan: AuthorizedPlan | null, guarded: Guarded): Access => {
  if (plan === null) return nothing;
  const portions = plan.portions
    .map(({ view, rows, clearance }): SeenPortion => ({
      view,
      rows,
      without: rows === 'all' ? hiddenSet(guarded, clearance) : rowSet(none),
      clearance,
    }))
    // The order of grants means nothing.
    .sort((a, b) => compareTexts(orderOf(a), orderOf(b)));
  const targets = [...plan.targetClearance].map(
    ([path, clearance]) => [path, { clearance, portions: plan.visibleTargets.get(path) ?? null }] as const,
  );
  return { portions, targets: new Map(targets.sort(([a], [b]) => compareTexts(a, b))) };
};

const orderOf = ({ view, rows, clearance }: SeenPortion): string => `${view.id} ${clearance} ${rows === 'all'}`;

const none = new Float64Array();

const hiddenSet = (guarded: Guarded, clearance: ProtectionLevel): RowSet => {
  const hidden = hiddenFrom(guarded, clearance);
  return rowSet(hidden.size === 0 ? none : guarded.uids.filter((uid) => hidden.has(uid)));
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A copy that shows what an access does. */
export const heldBy = (collection: CollectionPath, access: Access): NamedHeld =>
  named(collection, [{ to: null, access }]);

/** A copy that has become another up to a uid, and is as it was after it. */
export const heldInParts = (before: Held, until: number, now: Access): NamedHeld =>
  named(before.collection, [
    { to: until, access: now },
    ...before.stretches.filter(({ to }) => to === null || to > until),
  ]);

const named = (collection: CollectionPath, stretches: Held['stretches']): NamedHeld => {
  const { record, rows } = written(stretches);
  const content = Buffer.concat([Buffer.from(`${collection}\n${record}\n`), rows ?? none8]);
  const id = hash('sha256', content, 'buffer').subarray(0, followIdBytes).toString('base64url');
  return { id, collection, stretches, state: { id, collection, record, rows } };
};

const none8 = Buffer.alloc(0);

// --- As it is kept ------------------------------------------------------------------------------------------------------------

// A set of rows is the number of its place in `rows`; -1 = all rows.
type WrittenView = readonly [
  full: boolean,
  attributes: readonly string[],
  relations: readonly string[],
  targets: WrittenSegments,
];
type WrittenSegments = readonly (readonly [CollectionPath, readonly string[]])[];
type WrittenTarget = readonly [
  CollectionPath,
  ProtectionLevel,
  readonly (readonly [rows: number, segments: readonly string[], clearance: ProtectionLevel])[] | null,
];
type Written = readonly {
  readonly to: number | null;
  readonly portions: readonly (readonly [
    view: WrittenView,
    rows: number,
    without: number,
    clearance: ProtectionLevel,
  ])[];
  readonly targets: readonly WrittenTarget[];
}[];

const written = (stretches: Held['stretches']): { readonly record: string; readonly rows: Buffer | null } => {
  const sets: Buffer[] = [];
  const add = (rows: 'all' | RowSet): number => {
    if (rows === 'all') return -1;
    const packed = packUids(rows.uids);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(packed.length);
    return sets.push(Buffer.concat([length, packed])) - 1;
  };
  const made: Written = stretches.map(({ to, access }) => ({
    to,
    portions: access.portions.map(
      ({ view, rows, without, clearance }) => [writtenView(view), add(rows), add(without), clearance] as const,
    ),
    targets: [...access.targets].map(
      ([path, { clearance, portions }]) =>
        [
          path,
          clearance,
          portions?.map((one) => [add(one.rows), [...one.segments].sort(), one.clearance] as const) ?? null,
        ] as const,
    ),
  }));
  return { record: JSON.stringify(made), rows: sets.length === 0 ? null : Buffer.concat(sets) };
};

const writtenView = (view: FieldView): WrittenView => [
  view.full,
  [...view.attributes].sort(),
  [...view.relations].sort(),
  [...view.targets]
    .map(([path, segments]) => [path, [...segments].sort()] as const)
    .sort(([a], [b]) => compareTexts(a, b)),
];

/** Reads what `heldBy` or `heldInParts` has made. */
export const heldFrom = ({ id, collection, record, rows }: FollowState): Held => {
  const sets: RowSet[] = [];
  for (let left = rows ?? none8; left.length > 0;) {
    const end = 4 + left.readUInt32BE(0);
    sets.push(rowSet(unpackUids(left.subarray(4, end))));
    left = left.subarray(end);
  }
  const set = (index: number): RowSet => sets[index] ?? rowSet(none);
  const setOrAll = (index: number): 'all' | RowSet => (index === -1 ? 'all' : set(index));
  // Written by this file.
  const value: Written = JSON.parse(record);
  const stretches = value.map(({ to, portions, targets }) => ({
    to,
    access: {
      portions: portions.map(([view, all, without, clearance]): SeenPortion => ({
        view: viewFrom(view),
        rows: setOrAll(all),
        without: set(without),
        clearance,
      })),
      targets: new Map(
        targets.map(([path, clearance, some]): [CollectionPath, SeenTarget] => [
          path,
          {
            clearance,
            portions:
              some?.map(([all, segments, level]) => ({
                rows: setOrAll(all),
                segments: new Set(segments),
                clearance: level,
              })) ?? null,
          },
        ]),
      ),
    },
  }));
  return { id, collection, stretches };
};

const viewFrom = ([full, attributes, relations, targets]: WrittenView): FieldView => ({
  id: hash('sha1', JSON.stringify([full, attributes, relations, targets]), 'base64url'),
  full,
  attributes: new Set(attributes),
  relations: new Set(relations),
  // What is kept says which links showed.
  linked: new Set(relations),
  targets: new Map(targets.map(([path, segments]) => [path, new Set(segments)])),
});
