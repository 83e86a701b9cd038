// Refusals in the audit: each of its own, but those of a flood after a quota is used up counted, minute by minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDenials } from '#app/denials.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { HubEvent } from '#base/events.ts';
import type { Denial } from '#http/pipeline.ts';
import type { AuditRecord, TenantStore } from '#store/store.ts';
import { principalOf } from '../http/toy.ts';

const start = Date.parse('2026-11-22T11:00:00Z');

const denial = (code: ErrorCode, client = 'toy-client', requestId = 'r'): Denial => ({
  principal: { ...principalOf('client'), client },
  requestId,
  route: '/vfs/v1/pupils/*',
  method: 'GET',
  code,
});

const idle = (): void => {};

const world = () => {
  let now = start;
  let tick = idle;
  const state = { broken: false };
  const records: AuditRecord[] = [];
  const events: HubEvent[] = [];
  const clock: Clock = {
    ...systemClock,
    now: () => now,
    every: (_ms, call) => {
      tick = call;
      return () => {};
    },
  };
  const tenant = {
    appendAudit: async (record: AuditRecord) => {
      if (state.broken) throw new Error('the disk is full');
      records.push(record);
    },
  } as unknown as TenantStore;
  const denials = createDenials({ tenant: async () => tenant }, clock, (event) => void events.push(event));
  const told = (): readonly string[] =>
    records.map(({ client, rule, count, details, at }) =>
      `${(at - start) / 1_000} ${client} ${rule} ${count} ${details}`.trim(),
    );
  return {
    denials,
    told,
    events,
    state,
    records,
    wait: (ms: number) => void (now += ms),
    tick: async () => {
      tick();
      await systemClock.sleep(1);
    },
  };
};

test('every refusal but those of a used-up quota has a record of its own', async () => {
  const { denials, told } = world();
  for (let times = 0; times < 3; times += 1) await denials.denied(denial('HUB-302'));
  assert.deepEqual(
    told(),
    Array.from({ length: 3 }, () => '0 toy-client HUB-302 0'),
  );
});

test('a flood has one record at once and one for the rest of each minute', async () => {
  const { denials, told, records, wait, tick } = world();
  const flood = async (seconds: number, client = 'toy-client'): Promise<void> => {
    for (let at = 0; at < seconds * 100; at += 1) {
      if (at % 100 === 99) wait(1_000);
      await denials.denied(denial('HUB-108', client, `r-${at}`));
    }
  };
  await flood(30);
  assert.deepEqual(told(), ['0 toy-client HUB-108 0']);
  await denials.denied(denial('HUB-108', 'other'));
  await tick();
  assert.equal(told().length, 2);
  wait(30_000);
  await tick();
  assert.deepEqual(told(), [
    '0 toy-client HUB-108 0',
    '30 other HUB-108 0',
    '30 toy-client HUB-108 2999 2999 more refused within 30 s',
  ]);
  assert.equal(records.at(-1)?.request, 'r-2999');
  await flood(1);
  await denials.close();
  assert.deepEqual(told().slice(3), ['60 toy-client HUB-108 0', '61 toy-client HUB-108 99 99 more refused within 1 s']);
});

test('a minute that is over is recorded by the next refusal too', async () => {
  const { denials, told, wait } = world();
  for (let times = 0; times < 5; times += 1) await denials.denied(denial('HUB-108'));
  wait(60_000);
  await denials.denied(denial('HUB-108'));
  assert.deepEqual(told(), [
    '0 toy-client HUB-108 0',
    '0 toy-client HUB-108 4 4 more refused within 0 s',
    '60 toy-client HUB-108 0',
  ]);
});

test('what cannot be recorded is no refusal, and is tried again', async () => {
  const { denials, told, state, events } = world();
  state.broken = true;
  await assert.rejects(denials.denied(denial('HUB-108')), /full/);
  await assert.rejects(denials.denied(denial('HUB-108')), /full/);
  state.broken = false;
  await denials.denied(denial('HUB-108'));
  await denials.denied(denial('HUB-108'));
  assert.equal(told().length, 1);
  state.broken = true;
  await denials.close();
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['audit-failed'],
  );
});
