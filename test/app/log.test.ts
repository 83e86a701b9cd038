// The log: one line per event with the fields of the event, at the level that fits, as JSON or as text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, type LogFormat, type LogLevel } from '#app/log.ts';
import type { HubEvent } from '#base/events.ts';

const lines = (level: LogLevel, format: LogFormat, events: readonly HubEvent[]): readonly string[] => {
  const written: string[] = [];
  const log = createLog({ level, format, destination: { write: (line) => written.push(line) } });
  for (const event of events) log.observe(event);
  log.flush();
  return written;
};
const request: HubEvent = {
  kind: 'request',
  id: 'r-1',
  method: 'GET',
  route: '/toy/*',
  status: 200,
  ms: 1.5,
  bytes: 3,
  client: 'c',
  tenant: null,
  code: null,
};
const failure: HubEvent = {
  kind: 'failure',
  id: 'r-1',
  route: '/toy/*',
  code: 'HUB-500',
  internal: 'line one\nline two',
};

test('JSON lines hold level, time and the event, and nothing of the machine', () => {
  const [line = '', other = ''] = lines('info', 'json', [request, failure]);
  const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: 'info', ...request });
  assert.equal((JSON.parse(other) as { level: string }).level, 'error');
  assert.equal(other.trimEnd().includes('\n'), false);
});

test('text is one line for eyes', () => {
  const [line = '', other = ''] = lines('info', 'text', [request, failure]);
  assert.match(
    line,
    /^\d\d:\d\d:\d\d\.\d{3} info  request id=r-1 method=GET route=\/toy\/\* status=200 ms=1\.5 bytes=3 client=c\n$/,
  );
  assert.match(other, /error failure .*internal="line one\\nline two"\n$/);
});

test('levels: what is loud enough is written', () => {
  const health: HubEvent = { ...request, route: '/health/live' };
  const broken: HubEvent = { ...request, status: 503 };
  const events: readonly HubEvent[] = [health, request, { kind: 'token-refused', client: null, reason: 'x' }, broken];
  assert.deepEqual(
    (['debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => lines(level, 'json', events).length),
    [4, 3, 2, 1, 0],
  );
});
