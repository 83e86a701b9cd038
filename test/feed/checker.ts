// Judges a run by what everybody noted and by what is stored: that the feed is the transactions that were committed, one after the other and
// each of them whole, that whoever was told of a commit or of a failure was told the truth, and that every reader was told the feed, once and in
// order. Called by run-feed.ts; knows nothing of engines and of what was done to them.
import type { StoredChange } from '#store/store.ts';
import type { About, Answered, Line, Row } from './history.ts';
import { elev, tokenOf } from './resources.ts';

/** What is stored in the end. `id`: its systemid. */
export type Stored = {
  readonly last: number;
  readonly feed: readonly {
    readonly path: string;
    readonly id: string;
    readonly row: Row;
  }[];
  /** By uid. */
  readonly bodies: ReadonlyMap<number, string>;
  /** The transaction that wrote a shared pupil last, by its systemid. */
  readonly tokens: ReadonlyMap<string, string>;
};

/** How a store may answer that is cut off. */
const excused: ReadonlySet<string> = new Set(['HUB-501', 'HUB-503']);

/** Gives what is wrong, nothing when all is well. */
export const check = (
  stored: Stored,
  writers: ReadonlyMap<string, readonly Line[]>,
  readers: ReadonlyMap<string, readonly Line[]>,
): readonly string[] => {
  const wrong: string[] = [];
  const abouts = new Map<string, About>();
  const answers = new Map<string, Answered>();
  for (const line of [...writers.values()].flat()) {
    if (line.t === 'about') abouts.set(line.token, line);
    if (line.t !== 'told') continue;
    answers.set(line.token, line);
    if (line.outcome === 'failed' && line.code !== 'on purpose' && !excused.has(line.code))
      wrong.push(`${line.token} failed of itself: ${line.code}`);
  }
  const order = checkFeed(stored, abouts, wrong);
  checkAnswers(order, abouts, answers, wrong);
  for (const [name, lines] of readers) checkReader(name, lines, stored, order, answers, wrong);
  return wrong;
};

type Committed = { readonly token: string; readonly first: number; readonly last: number };

const rowName = (path: string, id: string, kind: string): string => `${path} ${id} ${kind}`;

/** Takes the feed apart into transactions. */
const checkFeed = (
  { last, feed, tokens }: Stored,
  abouts: ReadonlyMap<string, About>,
  wrong: string[],
): readonly Committed[] => {
  const order: Committed[] = [];
  const state = new Map<string, string>();
  for (const [index, { row }] of feed.entries())
    if (row[0] !== index + 1) {
      wrong.push(`the feed has ${row[0]} in the place of ${index + 1}`);
      return order;
    }
  if (last !== feed.length) wrong.push(`the position is ${last}, and the feed ends with ${feed.length}`);
  for (let at = 0; at < feed.length;) {
    const made = feed.slice(at).find(({ path, row }) => path !== elev && row[2] === 'created');
    const about = abouts.get(tokenOf(made?.id ?? ''));
    if (about === undefined) {
      wrong.push(`${made?.id ?? 'what'} at ${at + 1} is of no transaction that was ready to be committed`);
      return order;
    }
    const { token, changes, saw } = about;
    const rows = feed.slice(at, at + changes.length);
    const missing = new Set(changes.map(({ path, id, kind }) => rowName(path, id, kind)));
    for (const { path, id, row } of rows)
      if (!missing.delete(rowName(path, id, row[2])))
        wrong.push(`${rowName(path, id, row[2])} at ${row[0]} is not of ${token}`);
    if (missing.size > 0) wrong.push(`${token} is not whole: without ${[...missing].slice(0, 3).join(', ')}`);
    for (const [key, seen] of Object.entries(saw))
      if ((state.get(key) ?? null) !== seen)
        wrong.push(`${token} followed on ${seen} for ${key}, and ${state.get(key) ?? null} was before it`);
    for (const { path, id, kind } of changes)
      if (path === elev && kind === 'removed') state.delete(id);
      else if (path === elev && id in saw) state.set(id, token);
    order.push({ token, first: at + 1, last: at + changes.length });
    at += changes.length;
    if (wrong.length > 20) return order;
  }
  for (const key of new Set([...state.keys(), ...tokens.keys()]))
    if (state.get(key) !== tokens.get(key))
      wrong.push(`${key} is of ${tokens.get(key)}, the last was ${state.get(key)}`);
  return order;
};

/** What was acknowledged is there, what failed is not, and nothing overtook what had been acknowledged before it began. */
const checkAnswers = (
  order: readonly Committed[],
  abouts: ReadonlyMap<string, About>,
  answers: ReadonlyMap<string, Answered>,
  wrong: string[],
): void => {
  const committed = new Set(order.map(({ token }) => token));
  if (committed.size < order.length) wrong.push('a transaction is there twice');
  for (const { token, outcome, code } of answers.values()) {
    if (outcome === 'done' && !committed.has(token)) wrong.push(`${token} was acknowledged and is lost`);
    if (outcome === 'failed' && committed.has(token)) wrong.push(`${token} failed (${code}) and is there`);
  }
  let latest = { token: '', begun: 0 };
  for (const { token } of order) {
    const told = answers.get(token);
    if (told?.outcome === 'done' && told.at < latest.begun)
      wrong.push(`${token} was acknowledged before ${latest.token} began, and stands behind it`);
    const begun = abouts.get(token)?.begun ?? 0;
    if (begun > latest.begun) latest = { token, begun };
  }
};

const checkReader = (
  name: string,
  lines: readonly Line[],
  { feed, bodies, last }: Stored,
  order: readonly Committed[],
  answers: ReadonlyMap<string, Answered>,
  wrong: string[],
): void => {
  const say = (what: string): void => void wrong.push(`${name}: ${what}`);
  const copy = new Map<number, string>();
  const told = new Map<string, number>();
  const saved = new Map<string, number>();
  const rowsOf = Map.groupBy(feed, ({ path }) => path);
  const acknowledged = acknowledgements(order, answers);
  let count = 0;
  for (const line of lines) {
    if (line.t === 'wrong') say(line.what);
    if (line.t === 'failed' && !excused.has(line.code)) say(`reading failed: ${line.code}`);
    if (line.t !== 'read') continue;
    const before = acknowledged(line.from);
    if (line.mark !== null && line.mark < before) say(`the position was ${line.mark} when ${before} was acknowledged`);
    for (const { path, after, next, whole, rows } of line.answers) {
      if (after !== (saved.get(path) ?? 0)) say(`went on from ${after} although ${saved.get(path)} was saved`);
      saved.set(path, next);
      const all = rowsOf.get(path) ?? [];
      let at = told.get(path) ?? 0;
      for (const row of rows) {
        const expected = all[at]?.row;
        if (expected === undefined || String(expected) !== String(row))
          return say(`was told ${row.slice(0, 3).join(' ')} of ${path} instead of ${expected?.slice(0, 3).join(' ')}`);
        at += 1;
      }
      told.set(path, at);
      count += rows.length;
      const left = all[at]?.row[0] ?? Infinity;
      if (left <= next) return say(`saved ${next} of ${path} without ${left}`);
      if (whole && left <= before) say(`was not told ${left} of ${path}, acknowledged before it asked`);
    }
    for (const [uid, body] of line.copy)
      if (body === null) copy.delete(uid);
      else copy.set(uid, body);
  }
  if (lines.at(-1)?.t !== 'end') return say('did not come to the end');
  if (count !== last) say(`was told ${count} changes of ${last}`);
  for (const uid of new Set([...copy.keys(), ...bodies.keys()]))
    if (copy.get(uid) !== bodies.get(uid)) say(`holds another ${uid} than what is stored`);
};

/** The last position that had been acknowledged at a time. */
const acknowledgements = (
  order: readonly Committed[],
  answers: ReadonlyMap<string, Answered>,
): ((time: number) => number) => {
  let last = 0;
  const known = order
    .flatMap(({ token, last: position }) => {
      const told = answers.get(token);
      return told?.outcome === 'done' ? [{ at: told.at, position }] : [];
    })
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, position }) => ({ at, position: (last = Math.max(last, position)) }));
  return (time) => known.findLast(({ at }) => at < time)?.position ?? 0;
};

/** Where rows of the feed are of, for those that tell their systemid no more than by uid. */
export const idIn = ({ before }: StoredChange): string | null =>
  before.find(({ field }) => field === 'systemid')?.value ?? null;
