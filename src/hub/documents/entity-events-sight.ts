// What a follower of events can see of every collection behind the documents it follows, as a value that is named by its content, kept, and held
// against what it sees later. Made from plans by entity-events.ts; pure.
import { hash } from 'node:crypto';
import { packUids, unpackUids } from '#base/packed-uids.ts';
import { unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView, RowSet } from '#store/plan.ts';
import type { FollowState, Guarded } from '#store/store.ts';
import { hiddenFrom } from '../protection.ts';
import { rowSet } from '../row-scope.ts';
import { followIdBytes } from '../tokens.ts';

/** Rows seen through one view. `without` = rows that protection hides; of limited rows they are left out already. */
export type SeenRows = {
  /** Says the same for the same fields, clearance and kind of rows. */
  readonly key: string;
  readonly names: ReadonlySet<string>;
  readonly clearance: number;
  readonly rows: 'all' | RowSet;
  readonly without: RowSet;
};

/** What is seen, by place: `read <collection>` for what documents show, `follow <collection>` for roots that are told of. */
export type Sight = {
  /** Of its content. */
  readonly id: string;
  /** What the owner has decided: the same for as long as no grant is changed. */
  readonly decided: string;
  readonly places: ReadonlyMap<string, readonly SeenRows[]>;
  /** Roots that are within the choice, by stream and projection; empty without a choice. */
  readonly choices: ReadonlyMap<string, RowSet>;
  /** Roots of which the holder was told something else than the sight says, since they changed while a stretch was told; by the same keys. */
  readonly exceptions: ReadonlyMap<string, Exceptions>;
  readonly kept: Kept;
};

/** A sight in the form in which it is kept: sets of rows stand apart, and are numbers in the text. */
type Kept = { readonly text: string; readonly sets: readonly Float64Array[] };

export type Exceptions = { readonly held: RowSet; readonly gone: RowSet };

/** With the form in which it is kept. */
export type NamedSight = Sight & { readonly state: FollowState };

/** A plan with the rows of its collection that are protected. */
export type PlannedPlace = { readonly place: string; readonly plan: AuthorizedPlan; readonly guarded: Guarded };

export const readPlace = (path: CollectionPath): string => `read ${path}`;
export const isReadPlace = (place: string): boolean => place.startsWith('read ');
export const followPlace = (path: CollectionPath): string => `follow ${path}`;

/**
 * True when the rows of the place hold the resource; whether it was there at all is another question where all rows are seen. `level` = how highly it
 * is known to have been protected, of what has gone before the sight was known: such rows it does not tell of.
 */
export const sees = (sight: Sight, place: string, uid: number, level = 0): boolean =>
  (sight.places.get(place) ?? none).some(
    (seen) => holds(seen, uid) && (seen.rows !== 'all' || seen.clearance >= level),
  );

const holds = ({ rows, without }: SeenRows, uid: number): boolean =>
  rows === 'all' ? !without.has(uid) : rows.has(uid);

/** True when the resource stands in rows that were counted one by one: then it was there. */
export const isCounted = (sight: Sight, place: string, uid: number): boolean =>
  (sight.places.get(place) ?? none).some(({ rows }) => rows !== 'all' && rows.has(uid));

/** Names of the attributes and relations that are seen of a resource. */
export const namesSeen = (sight: Sight, place: string, uid: number): ReadonlySet<string> => {
  const seen = (sight.places.get(place) ?? none).filter((one) => holds(one, uid));
  const [only] = seen;
  if (only === undefined) return noNames;
  return seen.length === 1 ? only.names : new Set(seen.flatMap(({ names }) => [...names]));
};

/** Resources that the one sight shows otherwise than the other, at a place of both. Ascending; both of the same decisions. */
export const seenOtherwise = (was: Sight, is: Sight, place: string): Float64Array => {
  const [before, now] = [was.places.get(place) ?? none, is.places.get(place) ?? none];
  const sets: Float64Array[] = [];
  for (const [index, one] of before.entries()) {
    const other = now[index];
    if (other === undefined) continue;
    sets.push(inOneOnly(one.without, other.without));
    if (one.rows !== 'all' && other.rows !== 'all') sets.push(inOneOnly(one.rows, other.rows));
  }
  const some = sets.filter(({ length }) => length > 0);
  return some.length === 0 ? noUids : unionOf(some);
};

/** Roots that are within the one choice and not within the other. */
export const chosenOtherwise = (was: Sight, is: Sight, key: string): Float64Array =>
  inOneOnly(was.choices.get(key) ?? noRows, is.choices.get(key) ?? noRows);

const inOneOnly = ({ uids: a }: RowSet, { uids: b }: RowSet): Float64Array => inEitherOnly(a, b);

const inEitherOnly = (a: Float64Array, b: Float64Array): Float64Array => {
  if (a === b || (a.length === 0 && b.length === 0)) return noUids;
  const found: number[] = [];
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const one = a[left] ?? Number.POSITIVE_INFINITY;
    const other = b[right] ?? Number.POSITIVE_INFINITY;
    if (one !== other) found.push(Math.min(one, other));
    if (one <= other) left += 1;
    if (other <= one) right += 1;
  }
  return Float64Array.from(found);
};

/** The same sight with other choices: the same object where these are those of the last time, since naming long sets takes its time. */
export const withChoices = (sight: NamedSight, choices: ReadonlyMap<string, RowSet>): NamedSight => {
  const last = chosenLast.get(sight);
  if (last?.choices.size === choices.size && [...choices].every(([key, rows]) => last.choices.get(key) === rows))
    return last;
  const made = named(sight.state.collection, { places: sight.places, choices, exceptions: noExceptions });
  chosenLast.set(sight, made);
  return made;
};

const chosenLast = new WeakMap<NamedSight, NamedSight>();

/** The same sight, of one who was told otherwise of some roots. `collection` as for `sightOf`. */
export const withExceptions = (
  sight: Sight,
  collection: CollectionPath,
  some: readonly { readonly key: string; readonly uid: number; readonly held: boolean }[],
): NamedSight => {
  const exceptions = new Map(sight.exceptions);
  for (const [key, of] of Map.groupBy(some, (one) => one.key)) {
    const before = exceptions.get(key);
    const told = new Map(of.map(({ uid, held }) => [uid, held] as const));
    const joined = (known: RowSet | undefined, held: boolean): RowSet =>
      rowSet(
        unionOf([
          (known ?? noRows).uids.filter((uid) => !told.has(uid)),
          Float64Array.from([...told].flatMap(([uid, is]) => (is === held ? [uid] : []))),
        ]),
      );
    exceptions.set(key, { held: joined(before?.held, true), gone: joined(before?.gone, false) });
  }
  return named(collection, { places: sight.places, choices: sight.choices, exceptions });
};

/** What plans show now. `collection` = the one that the state is kept under. */
export const sightOf = (
  collection: CollectionPath,
  planned: readonly PlannedPlace[],
  choices: ReadonlyMap<string, RowSet>,
): NamedSight =>
  named(collection, {
    places: new Map(planned.map((one) => [one.place, seenBy(one)] as const).sort(([a], [b]) => compareTexts(a, b))),
    choices,
    exceptions: noExceptions,
  });

const seenBy = ({ place, plan, guarded }: PlannedPlace): readonly SeenRows[] => {
  const known = seenByPlan.get(plan);
  if (known !== undefined && known.guarded === guarded && known.place === place) return known.seen;
  const found = new Map<string, { readonly seen: SeenRows; readonly uids: Float64Array[] }>();
  for (const { view, rows, clearance } of plan.portions) {
    // Of roots that are told of only the rows count: what shows of them is a matter of reading.
    const names = isReadPlace(place) ? namesOf(view) : noNames;
    const key = keyOf(names, clearance, rows === 'all');
    const same = found.get(key);
    if (same !== undefined && rows !== 'all') same.uids.push(rows.uids);
    if (same !== undefined) continue;
    const without = rows === 'all' ? hiddenSet(guarded, clearance) : noRows;
    found.set(key, { seen: { key, names, clearance, rows, without }, uids: rows === 'all' ? [] : [rows.uids] });
  }
  const seen = [...found.values()]
    .map(({ seen: one, uids }) => (uids.length < 2 ? one : { ...one, rows: rowSet(unionOf(uids)) }))
    // The order of grants means nothing.
    .sort((a, b) => compareTexts(a.key, b.key));
  seenByPlan.set(plan, { place, guarded, seen });
  return seen;
};

const seenByPlan = new WeakMap<
  AuthorizedPlan,
  { readonly place: string; readonly guarded: Guarded; readonly seen: readonly SeenRows[] }
>();

const namesOf = ({ attributes, linked }: FieldView): ReadonlySet<string> => new Set([...attributes, ...linked]);

const keyOf = (names: ReadonlySet<string>, clearance: ProtectionLevel, all: boolean): string =>
  `${clearance} ${all} ${hash('sha256', JSON.stringify([...names].sort()), 'base64url').slice(0, 22)}`;

/** Keys begin with it. */
const clearanceIn = (key: string): number => Number(key.slice(0, 1));

const hiddenSet = (guarded: Guarded, clearance: ProtectionLevel): RowSet => {
  if (guarded.uids.length === 0 || clearance === 3) return noRows;
  const hidden = hiddenFrom(guarded, clearance);
  return hidden.size === 0 ? noRows : rowSet(guarded.uids.filter((uid) => hidden.has(uid)));
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const noUids = new Float64Array();
const noRows = rowSet(noUids);
const noNames: ReadonlySet<string> = new Set();
const none: readonly SeenRows[] = [];
const noExceptions: Sight['exceptions'] = new Map();

// --- As it is kept ------------------------------------------------------------------------------------------------------------

// A set of rows is the number of its place in `rows`; -1 = all rows.
type Written = {
  readonly places: readonly (readonly [
    place: string,
    seen: readonly (readonly [key: string, names: readonly string[], rows: number, without: number])[],
  ])[];
  readonly choices: readonly (readonly [key: string, rows: number])[];
  readonly exceptions: readonly (readonly [key: string, held: number, gone: number])[];
};

const named = (
  collection: CollectionPath,
  { places, choices, exceptions }: Pick<Sight, 'places' | 'choices' | 'exceptions'>,
): NamedSight => {
  const sets: Float64Array[] = [];
  const known = new Map<Float64Array, number>();
  const add = (rows: 'all' | RowSet): number => {
    if (rows === 'all') return -1;
    // Roots are told of and read by the same rows as a rule.
    const index = known.get(rows.uids);
    if (index !== undefined) return index;
    known.set(rows.uids, sets.length);
    return sets.push(rows.uids) - 1;
  };
  const written: Written = {
    places: [...places].map(
      ([place, seen]) =>
        [place, seen.map((one) => [one.key, [...one.names].sort(), add(one.rows), add(one.without)] as const)] as const,
    ),
    choices: [...choices].sort(([a], [b]) => compareTexts(a, b)).map(([key, rows]) => [key, add(rows)] as const),
    exceptions: [...exceptions]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([key, { held, gone }]) => [key, add(held), add(gone)] as const),
  };
  const record = JSON.stringify(written);
  const rows = packed(sets);
  const content = Buffer.concat([Buffer.from(`${collection}\n${record}\n`), rows ?? Buffer.alloc(0)]);
  const id = hash('sha256', content, 'buffer').subarray(0, followIdBytes).toString('base64url');
  const kept = { text: record, sets };
  return { id, decided: decidedIn(places), places, choices, exceptions, kept, state: { id, collection, record, rows } };
};

/** Each with its length before it; null = none. */
const packed = (sets: readonly Float64Array[]): Buffer | null =>
  sets.length === 0
    ? null
    : Buffer.concat(
        sets.flatMap((uids) => {
          const bytes = packUids(uids);
          const length = Buffer.alloc(4);
          length.writeUInt32BE(bytes.length);
          return [length, bytes];
        }),
      );

const unpacked = (rows: Buffer | null): readonly Float64Array[] => {
  const sets: Float64Array[] = [];
  for (let left = rows ?? Buffer.alloc(0); left.length > 0;) {
    const end = 4 + left.readUInt32BE(0);
    sets.push(unpackUids(left.subarray(4, end)));
    left = left.subarray(end);
  }
  return sets;
};

/** A state that says what differs from another one, which is kept whole: where the text is the same, and a few rows of many are others. */
type Difference = { readonly of: string };

/** Id of the state that this one is the difference from; null = it is whole. */
export const differsFrom = ({ record }: FollowState): string | null => {
  const value: Written | Difference | readonly unknown[] = JSON.parse(record);
  return 'of' in value ? value.of : null;
};

/**
 * The state of a sight as its difference from another one; null where it is better kept whole. Differences from the same one grow with time, and all of
 * them together take least when a whole one is kept anew about whenever they have come to the root of its size.
 */
export const differenceFrom = (base: Sight, { id, kept, state }: NamedSight): FollowState | null => {
  if (base.id === id || base.kept.text !== kept.text) return null;
  const rows = packed(kept.sets.map((uids, index) => inEitherOnly(uids, base.kept.sets[index] ?? noUids)));
  const whole = kept.text.length + (state.rows?.length ?? 0);
  if (rows !== null && rows.length > 2 * Math.sqrt(whole)) return null;
  const record: Difference = { of: base.id };
  return { ...state, record: JSON.stringify(record), rows };
};

const decidedIn = (places: Sight['places']): string =>
  hash('sha256', JSON.stringify([...places].map(([place, seen]) => [place, seen.map(({ key }) => key)])), 'base64url');

/** Reads what this file has made; null when it is the state of something else. `base` = what it differs from, where it does. */
export const sightFrom = (state: FollowState, base: Sight | null): Sight | null => {
  const own = unpacked(state.rows);
  if (differsFrom(state) === null) return sightIn(state.id, { text: state.record, sets: own });
  if (base === null) return null;
  const { text, sets } = base.kept;
  return sightIn(state.id, { text, sets: sets.map((uids, index) => inEitherOnly(uids, own[index] ?? noUids)) });
};

const sightIn = (id: string, kept: Kept): Sight | null => {
  // Written by this file, or by the following of one collection.
  const value: Written | readonly unknown[] = JSON.parse(kept.text);
  if (!('places' in value)) return null;
  const sets = kept.sets.map(rowSet);
  const set = (index: number): RowSet => sets[index] ?? noRows;
  const places = new Map(
    value.places.map(([place, seen]): [string, readonly SeenRows[]] => [
      place,
      seen.map(([key, names, rows, without]) => ({
        key,
        names: new Set(names),
        clearance: clearanceIn(key),
        rows: rows === -1 ? 'all' : set(rows),
        without: set(without),
      })),
    ]),
  );
  const choices = new Map(value.choices.map(([key, rows]) => [key, set(rows)] as const));
  const exceptions = new Map(
    value.exceptions.map(([key, held, gone]) => [key, { held: set(held), gone: set(gone) }] as const),
  );
  return { id, decided: decidedIn(places), places, choices, exceptions, kept };
};
