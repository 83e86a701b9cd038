// The sink of events that counts, in a registry of its own. Built by app/compose.ts; the page that shows it is http/pages.ts. Labels are
// route patterns, collections and states: never an address, a client or a person.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HubEvent, Observe } from '#base/events.ts';

/** How old a collection is, for the page. */
export type FreshnessSample = {
  readonly tenant: string;
  readonly collection: string;
  /** Seconds since the last completed full sync; null = never. */
  readonly ageSeconds: number | null;
  /** Seconds within which the next one is promised. */
  readonly promisedSeconds: number;
  readonly stale: boolean;
};

export type Metrics = {
  readonly observe: Observe;
  readonly type: string;
  readonly text: () => Promise<string>;
  /** The same as values, to be put together with those of other processes. */
  readonly counted: () => Promise<readonly object[]>;
};

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

// What a request adds to, found once per route and status: looking labels up costs more than counting.
type RequestCounts = { count: number; sum: number; bytes: number; readonly buckets: number[] };

/** Builds the metrics of one process. Gives the sink and the page text in the format of Prometheus. */
export const createMetrics = (freshness: () => Promise<readonly FreshnessSample[]>): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Map<string, Map<number, RequestCounts>>();
  const entries = new Counter({
    name: 'bindeledd_sync_entries_total',
    help: 'Entries received from adapters',
    labelNames: ['collection', 'type', 'outcome'],
    registers,
  });
  const runs = new Counter({
    name: 'bindeledd_sync_runs_total',
    help: 'Sync runs by the state they reached',
    labelNames: ['collection', 'type', 'state'],
    registers,
  });
  const removed = new Counter({
    name: 'bindeledd_sync_removed_total',
    help: 'Resources removed by sync runs',
    labelNames: ['collection'],
    registers,
  });
  const exported = new Counter({
    name: 'bindeledd_export_runs_total',
    help: 'Runs of exports by the state they reached',
    labelNames: ['profile', 'type', 'state'],
    registers,
  });
  const heartbeats = new Counter({
    name: 'bindeledd_adapter_heartbeats_total',
    help: 'Heartbeats of adapters',
    labelNames: ['tenant'],
    registers,
  });
  const tokens = new Counter({
    name: 'bindeledd_tokens_total',
    help: 'Access tokens asked for',
    labelNames: ['outcome'],
    registers,
  });
  const audit = new Counter({
    name: 'bindeledd_audit_failures_total',
    help: 'Audit records that could not be written',
    registers,
  });
  const failures = new Counter({
    name: 'bindeledd_failures_total',
    help: 'Failures inside the hub by error code',
    labelNames: ['code'],
    registers,
  });

  registry.registerMetric(requestHistogram(requests));
  void new Counter({
    name: 'bindeledd_response_bytes_total',
    help: 'Bytes of answers before transfer, by route',
    labelNames: ['route'],
    registers,
    collect() {
      this.reset();
      for (const [route, byStatus] of requests) for (const one of byStatus.values()) this.inc({ route }, one.bytes);
    },
  });
  processGauges(registers);
  const refreshFreshness = freshnessGauges(registers, freshness);

  const request = (event: Extract<HubEvent, { kind: 'request' }>): void => {
    let byStatus = requests.get(event.route);
    if (byStatus === undefined) requests.set(event.route, (byStatus = new Map()));
    let counts = byStatus.get(event.status);
    if (counts === undefined) {
      counts = { count: 0, sum: 0, bytes: 0, buckets: seconds.map(() => 0) };
      byStatus.set(event.status, counts);
    }
    const took = event.ms / 1_000;
    counts.count += 1;
    counts.sum += took;
    counts.bytes += event.bytes;
    const bucket = seconds.findIndex((bound) => took <= bound);
    if (bucket !== -1) counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
  };

  const observe: Observe = (event) => {
    switch (event.kind) {
      case 'request':
        return request(event);
      case 'failure':
        return failures.inc({ code: event.code });
      case 'token-issued':
        return tokens.inc({ outcome: 'issued' });
      case 'token-refused':
        return tokens.inc({ outcome: 'refused' });
      case 'sync-page':
        entries.inc(
          { collection: event.collection, type: event.type, outcome: 'applied' },
          event.entries - event.rejected,
        );
        return entries.inc({ collection: event.collection, type: event.type, outcome: 'rejected' }, event.rejected);
      case 'sync-run':
        removed.inc({ collection: event.collection }, event.removed);
        return runs.inc({ collection: event.collection, type: event.type, state: event.state });
      case 'export-run':
        return exported.inc({ profile: event.profile, type: event.type, state: event.state });
      case 'heartbeat':
        return heartbeats.inc({ tenant: event.tenant });
      case 'audit-failed':
        return audit.inc();
      default:
    }
  };
  const text = async (): Promise<string> => {
    await refreshFreshness();
    return registry.metrics();
  };
  const counted = async (): Promise<readonly object[]> => {
    await refreshFreshness();
    return registry.getMetricsAsJSON();
  };
  return { observe, type: registry.contentType, text, counted };
};

/** One page of what several processes have counted: numbers are added, ages and delays are the largest. */
export const metricsOfAll = async (processes: readonly (readonly object[])[]): Promise<string> =>
  AggregatorRegistry.aggregate(processes.map((one) => [...one])).metrics();

const requestHistogram = (
  requests: ReadonlyMap<string, ReadonlyMap<number, RequestCounts>>,
): Histogram<'route' | 'status' | 'le'> => {
  const name = 'bindeledd_request_seconds';
  const histogram = new Histogram({
    name,
    help: 'Time from head to last byte, by route pattern and status',
    labelNames: ['route', 'status'],
    buckets: seconds,
    registers: [],
  });
  const get = async () => {
    const values: { metricName: string; labels: Record<string, string | number>; value: number }[] = [];
    for (const [route, byStatus] of requests) {
      for (const [status, one] of byStatus) {
        let below = 0;
        seconds.forEach((le, index) =>
          values.push({
            metricName: `${name}_bucket`,
            labels: { le, route, status },
            value: (below += one.buckets[index] ?? 0),
          }),
        );
        values.push({ metricName: `${name}_bucket`, labels: { le: '+Inf', route, status }, value: one.count });
        values.push({ metricName: `${name}_sum`, labels: { route, status }, value: one.sum });
        values.push({ metricName: `${name}_count`, labels: { route, status }, value: one.count });
      }
    }
    return {
      name,
      help: 'Time from head to last byte, by route pattern and status',
      type: 'histogram',
      values,
      aggregator: 'sum',
    };
  };
  return Object.assign(histogram, { get, getForPromString: get });
};

/** Gives what brings the gauges up to date: once for all of them, before the page is written. */
const freshnessGauges = (
  registers: Registry[],
  freshness: () => Promise<readonly FreshnessSample[]>,
): (() => Promise<void>) => {
  const labelNames = ['tenant', 'collection'] as const;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers, aggregator: 'max' });
  const promised = gauge('bindeledd_collection_promised_seconds', 'Interval within which a full sync is promised');
  const age = gauge(
    'bindeledd_collection_age_seconds',
    'Age of the last completed full sync; absent when there was none',
  );
  const overdue = gauge('bindeledd_collection_stale', '1 when a promised full sync is overdue');
  return async () => {
    // Without the store there is nothing to say of it; the rest of the page counts all the same.
    const samples = await freshness().catch(() => []);
    for (const one of [promised, age, overdue]) one.reset();
    for (const { tenant, collection, promisedSeconds, ageSeconds, stale } of samples) {
      promised.set({ tenant, collection }, promisedSeconds);
      if (ageSeconds !== null) age.set({ tenant, collection }, ageSeconds);
      overdue.set({ tenant, collection }, stale ? 1 : 0);
    }
  };
};

const processGauges = (registers: Registry[]): void => {
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  void new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
  void new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  void new Gauge({
    name: 'bindeledd_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last reading',
    labelNames: ['quantile'],
    registers,
    aggregator: 'max',
    collect() {
      this.set({ quantile: '0.5' }, loop.percentile(50) / 1e9);
      this.set({ quantile: '0.99' }, loop.percentile(99) / 1e9);
      this.set({ quantile: '1' }, loop.max / 1e9);
      loop.reset();
    },
  });
};
