// What the answers of a receiver of webhooks mean for the messages: taken, refused, or to be tried when it is there again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { messageOf, type ChangeMessage } from '#messages/message.ts';
import { createWebhookMessages } from '#messages/webhook.ts';
import type { Posted, PostOutcome } from '#notices/webhook.ts';

const origin = { institution: '7777', issuer: 'FS-TEST', api: 'https://hub.test/fsapi' };
const people = { name: 'personer', idMember: 'personer_id' };
const messages: readonly ChangeMessage[] = ['1', '2', '3'].map((key) =>
  messageOf(people, 'FS-TEST', { operation: 'update', key, at: 1, mark: key }),
);
const channel = { kind: 'webhook', url: 'https://hooks.test/', secret: 'whsec_' } as const;
const never = new AbortController().signal;

const carry = async (outcomes: readonly PostOutcome[], tookMs = 0) => {
  const posted: Posted[] = [];
  let time = 0;
  const carrier = createWebhookMessages(
    async (_to, message) => {
      posted.push(message);
      time += tookMs;
      return outcomes[posted.length - 1] ?? { kind: 'answered', status: 200 };
    },
    { now: () => 1_000, monotonic: () => time },
  );
  const carried = await carrier.carry({ id: 'd', organisation: 'o', channel }, origin, messages, never);
  return { carried, posted };
};

const answered = (status: number): PostOutcome => ({ kind: 'answered', status });

test('messages go one after the other, each as an event with its own id', async () => {
  const { carried, posted } = await carry([answered(200), answered(204), answered(202)]);
  assert.deepEqual(carried, { taken: 3, refused: [], trouble: null });
  assert.deepEqual(
    posted.map(({ id }) => id),
    messages.map(({ id }) => id),
  );
  for (const { json, type, id } of posted) {
    assert.equal(type, 'application/cloudevents+json; charset=utf-8');
    assert.equal((JSON.parse(json) as { id: string }).id, id);
  }
});

test('what an answer means', async () => {
  const meaning: readonly (readonly [string, readonly number[]])[] = [
    ['gone', [410]],
    ['unreached', [301, 302, 307, 401, 403, 404, 408, 425, 429, 502, 503, 504]],
    ['refused', [400, 405, 409, 413, 415, 422, 500, 501]],
  ];
  for (const [kind, statuses] of meaning)
    for (const status of statuses) {
      const { carried, posted } = await carry([answered(200), answered(status)]);
      assert.deepEqual(carried, { taken: 1, refused: [], trouble: { kind, why: `The receiver answered ${status}.` } });
      assert.equal(posted.length, 2);
    }
  const lost: PostOutcome = { kind: 'unreached', why: 'The connection failed: ECONNRESET.' };
  assert.deepEqual((await carry([lost])).carried, {
    taken: 0,
    refused: [],
    trouble: { kind: 'unreached', why: 'The connection failed: ECONNRESET.' },
  });
  // An address that leads inwards may be set right: nothing is lost by it.
  const closed: PostOutcome = { kind: 'closed', why: 'The address leads inwards.' };
  assert.equal((await carry([closed])).carried.trouble?.kind, 'unreached');
});

test('a receiver that takes its time with each is given as many as a turn is good for', async () => {
  const slow = await carry([], limits.webhookMs);
  assert.deepEqual([slow.carried.taken, slow.carried.trouble], [2, null]);
  const slower = await carry([], limits.webhookMs * 5);
  assert.equal(slower.carried.taken, 1);
});
