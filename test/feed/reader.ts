// One reader of the feed, that keeps a copy of everything. It goes on from the positions that it saved, in an earlier life too, and saves what it
// was told and the positions after it in one step. Called by feed-process.ts.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '#base/errors.ts';
import type { StoredChange, TenantStore } from '#store/store.ts';
import { planFor } from '../store/conformance/world.ts';
import type { Dice } from './dice.ts';
import { now } from './history.ts';
import type { Answer, Line, Log, Row } from './history.ts';
import { organisation, paths } from './resources.ts';

export type Reader = {
  readonly tenant: TenantStore;
  readonly dice: Dice;
  readonly log: Log;
  /** What it noted in earlier lives. */
  readonly earlier: readonly Line[];
  readonly stopping: () => boolean;
};

export const digest = (body: Buffer): string => createHash('sha1').update(body).digest('base64').slice(0, 16);

export const rowOf = ({ position, uid, kind, before }: StoredChange): Row => [
  position,
  uid,
  kind,
  before
    .map(({ field, value }) => `${field}/${value}`)
    .toSorted()
    .join(' '),
];

const plans = new Map(paths.map((path) => [path, planFor(path, organisation)] as const));

const planOf = (path: (typeof paths)[number]) => plans.get(path) ?? planFor(path, organisation);

/** Reads until it is to stop, and then on to the end. */
export const runReader = async ({ tenant, dice, log, earlier, stopping }: Reader): Promise<void> => {
  const saved = new Map<string, number>();
  for (const line of earlier) if (line.t === 'read') for (const each of line.answers) saved.set(each.path, each.next);
  const savedOf = (path: string): number => saved.get(path) ?? 0;

  const page = async (path: (typeof paths)[number], after: number, size: number) =>
    tenant.reads.changes(planOf(path), after, size);

  /** Takes rows over into the copy: what they are about, as it is now. */
  const copied = async (path: (typeof paths)[number], rows: readonly StoredChange[]) => {
    const last = new Map(rows.map((row) => [row.uid, row] as const));
    const there = [...last.values()].filter(({ kind }) => kind !== 'removed').map(({ uid }) => uid);
    const found = new Map((await tenant.reads.load(planOf(path), there)).map((one) => [one.uid, one] as const));
    return [...last].map(([uid, row]) => {
      const stored = row.kind === 'removed' ? undefined : found.get(uid);
      if (stored !== undefined && stored.position < row.position)
        log({ t: 'wrong', what: `${uid} is of ${stored.position} although its change ${row.position} was told` });
      return [uid, stored === undefined ? null : digest(stored.body)] as const;
    });
  };

  const save = (answer: Answer): void => {
    log(answer);
    for (const { path, next } of answer.answers) saved.set(path, next);
  };

  /** One page of one collection. True when there was something. */
  const follow = async (path: (typeof paths)[number], size: number): Promise<boolean> => {
    const from = now();
    const after = savedOf(path);
    const rows = await page(path, after, size);
    if ((rows[0]?.position ?? Infinity) <= after) throw new Error(`${rows[0]?.position} was told after ${after}`);
    const copy = await copied(path, rows);
    const whole = rows.length < size;
    const next = rows.at(-1)?.position ?? after;
    save({ t: 'read', from, mark: null, answers: [{ path, after, next, whole, rows: rows.map(rowOf) }], copy });
    return rows.length > 0;
  };

  /** Everything up to the store's position, which is saved as that of every collection. */
  const followToMark = async (size: number): Promise<void> => {
    const from = now();
    const mark = await tenant.reads.lastPosition();
    const answers: Answer['answers'][number][] = [];
    const copy: Answer['copy'][number][] = [];
    for (const path of paths) {
      const after = savedOf(path);
      if (after > mark) log({ t: 'wrong', what: `the position is ${mark}, and change ${after} was told before` });
      const rows: StoredChange[] = [];
      for (let at = after; ;) {
        const some = await page(path, at, size);
        rows.push(...some.filter(({ position }) => position <= mark));
        at = some.at(-1)?.position ?? at;
        if (some.length < size || at >= mark) break;
      }
      copy.push(...(await copied(path, rows)));
      answers.push({ path, after, next: Math.max(mark, after), whole: true, rows: rows.map(rowOf) });
    }
    save({ t: 'read', from, mark, answers, copy });
  };

  const sizes = [1, 2, 3, 7, 50, 1_000] as const;
  for (let quiet = 0; quiet < 2;) {
    const ending = stopping();
    try {
      let found = false;
      if (!ending && dice.chance(0.4)) await followToMark(dice.pick(sizes));
      else
        for (const path of dice.some(paths, paths.length))
          found = (await follow(path, ending ? 1_000 : dice.pick(sizes))) || found;
      quiet = ending && !found ? quiet + 1 : 0;
    } catch (error) {
      if (!(error instanceof HubError)) return log({ t: 'wrong', what: String(error) });
      log({ t: 'failed', code: error.problem.code });
      await sleep(50);
    }
    await sleep(ending ? 0 : dice.below(25));
  }
  log({ t: 'end' });
};
