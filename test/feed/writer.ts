// One writer: pages, single writes and groups of them, of which some are slow, some throw. Each notes what it is about to commit as the last
// step of its transaction, and afterwards what it was told. Called by feed-process.ts, several in a process and in several processes.
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '#base/errors.ts';
import type { TenantStore, TenantWrite } from '#store/store.ts';
import { putEntry } from '../store/conformance/world.ts';
import type { Dice } from './dice.ts';
import { now } from './history.ts';
import type { Expected, Log } from './history.ts';
import { elev, elevforhold, mark, readBody, shared, sharedKeys } from './resources.ts';

export type Writer = {
  readonly tenant: TenantStore;
  /** No other writer has had it, nor this one in an earlier life. */
  readonly name: string;
  readonly dice: Dice;
  readonly log: Log;
  /** Told whenever a transaction is open. */
  readonly inside: () => void;
  readonly stopping: () => boolean;
};

type Plan = {
  readonly token: string;
  /** Shared pupils that are written; the first of them is removed when `removes`, gets a new number when `renames`. */
  readonly keys: readonly string[];
  readonly removes: boolean;
  readonly renames: boolean;
  readonly marks: number;
  /** Marks of this writer's earlier transactions that are removed, with the pupil of each. */
  readonly gone: readonly Mark[];
  /** Ms of waiting: at the start, before what was touched is settled, and after it. */
  readonly slow: readonly [number, number, number];
  readonly throws: 'early' | 'late' | null;
};

type Mark = { readonly id: string; readonly pupil: string };

const onPurpose = 'on purpose';

/** Writes until it is to stop. */
export const runWriter = async (writer: Writer): Promise<void> => {
  const { tenant, name, dice, log, stopping } = writer;
  const own: Mark[] = [];
  let count = 0;

  const plan = (short: boolean): Plan => {
    count += 1;
    const token = `${name}.${count}`;
    const other = dice.chance(0.15);
    const long = !short && dice.chance(0.15) ? 20 + dice.below(300) : 0;
    const at = dice.below(3);
    const wait = (place: number): number => (place === at && long > 0 ? long : dice.chance(0.2) ? dice.below(15) : 0);
    return {
      token,
      keys: other ? [] : dice.some(sharedKeys, 1 + dice.below(short ? 1 : 4)),
      removes: dice.chance(0.08),
      renames: dice.chance(0.15),
      marks: short ? 1 : dice.chance(0.05) ? 150 : 1 + dice.below(4),
      gone: dice.chance(0.3) ? own.splice(0, 1 + dice.below(2)) : [],
      slow: [wait(0), wait(1), wait(2)],
      throws: dice.chance(0.12) ? dice.pick(['early', 'late']) : null,
    };
  };

  const told = (token: string, error: unknown): void => {
    const at = now();
    if (error === null) return log({ t: 'told', token, at, outcome: 'done', code: '' });
    const code =
      error instanceof HubError ? error.problem.code : String(error instanceof Error ? error.message : error);
    // All other errors say that nothing was changed.
    log({ t: 'told', token, at, outcome: code === 'HUB-503' ? 'unknown' : 'failed', code });
  };

  const once = async (short: boolean): Promise<void> => {
    const planned = plan(short);
    const begun = now();
    const work = async (tx: TenantWrite): Promise<readonly Mark[]> => {
      writer.inside();
      return write(tx, planned, begun, log, writer.inside);
    };
    try {
      const made = await (short ? tenant.writeTogether(work) : tenant.write(work));
      told(planned.token, null);
      own.push(...made);
    } catch (error) {
      told(planned.token, error);
      if (error instanceof HubError) await sleep(20 + dice.below(60));
      // Of what is unknown nothing is touched again.
      else own.push(...planned.gone);
    }
  };

  while (!stopping()) {
    if (dice.chance(0.4)) await Promise.all([...Array(2 + dice.below(5)).keys()].map(() => once(true)));
    else await once(false);
    if (dice.chance(0.3)) await sleep(dice.below(20));
  }
};

const pause = async (ms: number): Promise<void> => {
  if (ms > 0) await sleep(ms);
};

/** What a transaction does. Gives the marks that have a pupil. */
const write = async (
  tx: TenantWrite,
  plan: Plan,
  begun: number,
  log: Log,
  inside: () => void,
): Promise<readonly Mark[]> => {
  const { token } = plan;
  const saw: Record<string, string | null> = {};
  const changes: Expected[] = [];
  const uidOf = async (path: string, id: string): Promise<number | null> =>
    (await tx.match(path, [{ field: 'systemid', value: id }]))[0] ?? null;
  const gone = async (path: string, id: string, uid: number): Promise<void> => {
    await tx.remove(path, uid, 1);
    changes.push({ path, id, kind: 'removed' });
  };

  await pause(plan.slow[0]);
  const put: string[] = [];
  for (const [index, key] of plan.keys.entries()) {
    const uid = await uidOf(elev, key);
    const stored = uid === null ? null : await tx.read(uid);
    const before = stored === null ? null : readBody(stored.body);
    saw[key] = before?.token ?? null;
    if (index === 0 && plan.removes) {
      if (uid !== null) await gone(elev, key, uid);
      continue;
    }
    const renames = before === null || (index === 0 && plan.renames);
    const number = renames ? `${key}-${token}` : before.number;
    await putEntry(tx, shared(key, number, token));
    put.push(key);
    changes.push({
      path: elev,
      id: key,
      kind: before === null ? 'created' : renames ? 'identifier-changed' : 'updated',
    });
  }
  await pause(plan.slow[1]);

  const made: Mark[] = [];
  const marks = [...Array(plan.marks).keys()].map((index) => {
    const pupil = put[index % Math.max(1, put.length)] ?? null;
    return { pupil, entry: mark(token, index, pupil) };
  });
  if (marks.length > 8)
    for (const [path, some] of Map.groupBy(marks, ({ entry }) => entry.path))
      await tx.expect?.(
        path,
        some.map(({ entry }) => entry.resource),
      );
  for (const [index, { pupil, entry }] of marks.entries()) {
    await putEntry(tx, entry);
    const id = `${token}-${index}`;
    changes.push({ path: entry.path, id, kind: 'created' });
    if (pupil !== null) made.push({ id, pupil });
  }
  for (const { id, pupil } of plan.gone) {
    const uid = await uidOf(elevforhold, id);
    if (uid === null) throw new Error(`${id} was written, and is not there`);
    await gone(elevforhold, id, uid);
    // Its pupil shows one link less.
    if (changes.some((each) => each.path === elev && each.id === pupil)) continue;
    if ((await uidOf(elev, pupil)) !== null) changes.push({ path: elev, id: pupil, kind: 'updated' });
  }
  if (plan.throws === 'early') throw new Error(onPurpose);
  await tx.settle();
  inside();
  await pause(plan.slow[2]);
  if (plan.throws === 'late') throw new Error(onPurpose);
  log({ t: 'about', token, begun, saw, changes });
  return made;
};
