// What processes tell each other over a database: coalesced, in pieces that fit, never one's own; a loss is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createNotices } from '#store/postgres/notices.ts';
import type { Notice, Notices } from '#store/postgres/notices.ts';
import { until } from './until.ts';

/** A channel within the process: what one tells, all hear. */
const wire = () => {
  const heard = new Set<(payload: string) => void>();
  const lost = new Set<() => void>();
  const sent: string[] = [];
  const open = (): Notices =>
    createNotices({
      clock: systemClock,
      random: systemRandom,
      database: {
        listen: (_channel, hear, lose) => {
          heard.add(hear);
          lost.add(lose);
          return () => {
            heard.delete(hear);
            lost.delete(lose);
          };
        },
        notify: (channel, payload) => {
          assert.equal(channel, 'bindeledd');
          assert.ok(Buffer.byteLength(payload) < 8_000);
          sent.push(payload);
          for (const hear of heard) hear(payload);
        },
      },
    });
  const tell = (payload: string): void => {
    for (const hear of heard) hear(payload);
  };
  return { open, sent, tell, lose: () => lost.forEach((lose) => lose()), listeners: () => heard.size };
};

const hearing = (notices: Notices) => {
  const heard: Notice[] = [];
  const state = { heard, losses: 0, stop: () => {} };
  state.stop = notices.listen({ heard: (notice) => heard.push(notice), lost: () => (state.losses += 1) });
  return state;
};

test('what one process tells, the others hear, and it does not hear itself', async () => {
  const { open, sent, lose } = wire();
  const [one, two] = [open(), open()];
  const [atOne, atTwo] = [hearing(one), hearing(two)];
  one.tell({ kind: 'platform' });
  one.tell({ kind: 'committed', tenant: 7, commits: 3 });
  one.tell({ kind: 'signal', topic: 'events a.test utdanning/elev/elev' });
  await until(() => atTwo.heard.length === 3);
  assert.deepEqual(atTwo.heard, [
    { kind: 'platform' },
    { kind: 'committed', tenant: 7, commits: 3 },
    { kind: 'signal', topic: 'events a.test utdanning/elev/elev' },
  ]);
  assert.deepEqual(atOne.heard, []);
  assert.equal(sent.length, 1);
  lose();
  assert.deepEqual([atOne.losses, atTwo.losses], [1, 1]);
});

test('the same told often goes once, with the newest number; pauses lie between', async () => {
  const { open, sent } = wire();
  const [one, two] = [open(), open()];
  const at = hearing(two);
  for (let commits = 1; commits <= 500; commits += 1) one.tell({ kind: 'committed', tenant: 1, commits });
  one.tell({ kind: 'committed', tenant: 1, commits: 3 });
  await until(() => at.heard.length === 1);
  assert.deepEqual(at.heard, [{ kind: 'committed', tenant: 1, commits: 500 }]);
  const started = performance.now();
  let commits = 500;
  while (performance.now() - started < 105) {
    one.tell({ kind: 'committed', tenant: 1, commits: (commits += 1) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => (at.heard.at(-1) as { commits: number }).commits === commits);
  assert.ok(sent.length <= 14, `${sent.length} notices in a tenth of a second`);
});

test('more than fits goes in several, and what cannot fit is left out', async () => {
  const { open, sent } = wire();
  const [one, two] = [open(), open()];
  const at = hearing(two);
  one.tell({ kind: 'signal', topic: 'ø'.repeat(4_000) });
  for (let tenant = 1; tenant <= 2_000; tenant += 1) one.tell({ kind: 'committed', tenant, commits: 2 ** 50 });
  await until(() => at.heard.length === 2_000);
  assert.ok(sent.length > 1);
  assert.deepEqual(new Set(at.heard.map((notice) => (notice.kind === 'committed' ? notice.tenant : 0))).size, 2_000);
});

test('what is in no form of ours is let be, and nothing is heard after the end', async () => {
  const { open, tell, listeners } = wire();
  const one = open();
  const at = hearing(one);
  for (const payload of ['', '{', '{"a":1}', '[]', '[7,0]', '["x",{},null,[1],["1",2],[1.5,2],true]', '["x"]'])
    tell(payload);
  assert.deepEqual(at.heard, []);
  tell('["x",{"newer":1},0]');
  assert.deepEqual(at.heard, [{ kind: 'platform' }]);
  at.stop();
  tell('["x",0]');
  assert.equal(at.heard.length, 1);
  one.close();
  one.tell({ kind: 'platform' });
  assert.equal(listeners(), 0);
});
