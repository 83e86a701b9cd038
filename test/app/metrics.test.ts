// Metrics: what each event adds to, in the text that Prometheus reads, with labels that tell nothing about persons.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, metricsOfAll } from '#app/metrics.ts';
import type { HubEvent } from '#base/events.ts';

const samples = [
  { tenant: 'a.test', collection: 'utdanning/elev/elev', ageSeconds: 90, promisedSeconds: 86_400, stale: false },
  { tenant: 'a.test', collection: 'utdanning/elev/person', ageSeconds: null, promisedSeconds: 86_400, stale: true },
];

const request = (status: number, ms: number): HubEvent => ({
  kind: 'request',
  id: 'r',
  method: 'GET',
  route: '/toy/*',
  status,
  ms,
  bytes: 10,
  client: 'c',
  tenant: 't',
  code: null,
});

test('events are counted', async () => {
  const metrics = createMetrics(async () => samples);
  const events: readonly HubEvent[] = [
    request(200, 1),
    request(200, 40),
    request(200, 60_000),
    request(404, 2),
    { kind: 'sync-page', tenant: 't', collection: 'a/b', type: 'FULL', entries: 10, rejected: 3, ms: 1 },
    { kind: 'sync-run', tenant: 't', collection: 'a/b', type: 'FULL', state: 'completed', removed: 2 },
    { kind: 'token-issued', client: 'c', tenant: 't' },
    { kind: 'token-refused', client: null, reason: 'x' },
    { kind: 'audit-failed', tenant: 't', reason: 'x' },
    { kind: 'heartbeat', tenant: 't', adapter: 'a' },
    { kind: 'failure', id: 'r', route: '/toy/*', code: 'HUB-500', internal: 'secret' },
    { kind: 'setting', message: 'x' },
  ];
  for (const event of events) metrics.observe(event);
  const text = await metrics.text();
  for (const line of [
    'bindeledd_request_seconds_bucket{le="0.001",route="/toy/*",status="200"} 1',
    'bindeledd_request_seconds_bucket{le="0.05",route="/toy/*",status="200"} 2',
    'bindeledd_request_seconds_bucket{le="30",route="/toy/*",status="200"} 2',
    'bindeledd_request_seconds_bucket{le="+Inf",route="/toy/*",status="200"} 3',
    'bindeledd_request_seconds_count{route="/toy/*",status="404"} 1',
    'bindeledd_response_bytes_total{route="/toy/*"} 40',
    'bindeledd_sync_entries_total{collection="a/b",type="FULL",outcome="applied"} 7',
    'bindeledd_sync_entries_total{collection="a/b",type="FULL",outcome="rejected"} 3',
    'bindeledd_sync_runs_total{collection="a/b",type="FULL",state="completed"} 1',
    'bindeledd_sync_removed_total{collection="a/b"} 2',
    'bindeledd_tokens_total{outcome="issued"} 1',
    'bindeledd_tokens_total{outcome="refused"} 1',
    'bindeledd_audit_failures_total 1',
    'bindeledd_adapter_heartbeats_total{tenant="t"} 1',
    'bindeledd_failures_total{code="HUB-500"} 1',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} is missing in\n${text}`);
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'bindeledd_event_loop_delay_seconds',
  ])
    assert.match(text, new RegExp(`^${name}[^\\n]* [\\d.e+-]+$`, 'm'));
  assert.doesNotMatch(text, /secret/);
  assert.equal(
    await metrics.text().then((again) => /bindeledd_response_bytes_total\{route="\/toy\/\*"\} 40\n/.test(again)),
    true,
  );
});

test('two hubs in one process count apart', async () => {
  const [one, other] = [createMetrics(async () => samples), createMetrics(async () => samples)];
  one.observe(request(200, 1));
  assert.doesNotMatch(await other.text(), /bindeledd_request_seconds_count\{/);
});

test('the age of promised collections shows against the promise', async () => {
  const text = await createMetrics(async () => samples).text();
  assert.match(text, /bindeledd_collection_age_seconds\{tenant="a.test",collection="utdanning\/elev\/elev"\} 90/);
  assert.doesNotMatch(text, /age_seconds\{[^}]*person/);
  assert.match(text, /bindeledd_collection_promised_seconds\{[^}]*person"\} 86400/);
  assert.match(text, /bindeledd_collection_stale\{[^}]*person"\} 1/);
});

test('several processes are one page: what is counted is added, ages are the largest', async () => {
  const [one, other] = [createMetrics(async () => samples), createMetrics(async () => samples)];
  one.observe(request(200, 1));
  other.observe(request(200, 40));
  other.observe(request(404, 2));
  const text = await metricsOfAll([[], await one.counted(), await other.counted()]);
  assert.match(text, /bindeledd_request_seconds_count\{route="\/toy\/\*",status="200"\} 2\n/);
  assert.match(text, /bindeledd_request_seconds_bucket\{le="0.001",route="\/toy\/\*",status="200"\} 1\n/);
  assert.match(text, /bindeledd_request_seconds_bucket\{le="\+Inf",route="\/toy\/\*",status="200"\} 2\n/);
  assert.match(text, /bindeledd_request_seconds_count\{route="\/toy\/\*",status="404"\} 1\n/);
  assert.match(text, /bindeledd_collection_age_seconds\{[^}]*elev\/elev"\} 90\n/);
});

test('a store that is away takes nothing from the page but what it alone knows', async () => {
  const text = await createMetrics(() => Promise.reject(new Error('away'))).text();
  assert.match(text, /process_resident_memory_bytes \d/);
  assert.doesNotMatch(text, /bindeledd_collection_age_seconds\{/);
});
