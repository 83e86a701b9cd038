// Full deliveries over HTTP by the sandbox's adapter: everything new, then everything unchanged. Validated, linked both ways, durable.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { authorization, emptyDataset } from '../datasets.ts';
import type { DeliveryOrder, DeliveryReport } from '../deliver.ts';
import { startHub, type HubProcess } from '../processes.ts';
import type { Figure, Scenario } from '../scenario.ts';

/** A mix of the big collections: people, groups, memberships and assessments. */
const collections = [
  { path: 'utdanning/elev/person', most: 30_000 },
  { path: 'utdanning/elev/kontaktperson', most: 10_000 },
  { path: 'utdanning/elev/elev', most: 20_000 },
  { path: 'utdanning/elev/elevforhold', most: 20_000 },
  { path: 'utdanning/timeplan/undervisningsgruppe', most: 11_000 },
  { path: 'utdanning/timeplan/faggruppe', most: 11_000 },
  { path: 'utdanning/timeplan/undervisningsgruppemedlemskap', most: 60_000 },
  { path: 'utdanning/timeplan/faggruppemedlemskap', most: 60_000 },
  { path: 'utdanning/vurdering/halvarsfagvurdering', most: 60_000 },
  { path: 'utdanning/vurdering/fravarsregistrering', most: 20_000 },
] as const;

export const delivery: Scenario = {
  name: 'delivery',
  describe: 'full deliveries over HTTP: all new, then all unchanged',
  onPostgres: 'reported',
  run: async (context) => {
    const hub = await startHub(await emptyDataset(context, 'delivery'), context.nodeFlags);
    const adapter = fork(join(import.meta.dirname, '../deliver.ts'));
    try {
      const order = { port: hub.port, collections, pageSize: 10_000, gzip: false };
      const fresh = await measured(hub, adapter, order);
      const before = await newest(hub);
      const again: Delivered[] = [];
      for (let round = 0; round < 3; round += 1) again.push(await measured(hub, adapter, order));
      const added = (await newest(hub)) - before;
      const compressed = await measured(hub, adapter, { ...order, gzip: true });
      const best = again.toSorted((a, b) => a.perCpuSecond - b.perCpuSecond)[1] ?? fresh;
      return [
        figure('delivery-new', 'new resources, per second of CPU', fresh, 10_000),
        figure('delivery-unchanged', 'unchanged re-delivery, per second of CPU', best, 30_000),
        figure('delivery-unchanged-gzip', 'the same, bodies in gzip', compressed, null),
        {
          name: 'delivery-unchanged-feed',
          what: 'changes that three re-deliveries made',
          ours: added,
          floor: null,
          unit: 'entries',
          value: added,
          target: { kind: 'at-most', value: 0 },
          spread: null,
          note: 'in the feeds of all collections',
        },
      ];
    } finally {
      adapter.kill();
      await hub.stop();
    }
  },
};

type Delivered = {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly entries: number;
  readonly peak: number;
  /** Share of the CPU that connections to a database server used. */
  readonly database: number;
};

const measured = async (hub: HubProcess, adapter: ChildProcess, order: DeliveryOrder): Promise<Delivered> => {
  const before = await hub.usage();
  const answer = once(adapter, 'message');
  adapter.send(order);
  const [report] = (await answer) as [DeliveryReport | { readonly error: string }];
  if ('error' in report) throw new Error(report.error);
  if (report.rejected > 0 || report.unfinished.length > 0)
    throw new Error(`${report.rejected} entries were kept back; ${report.unfinished.join(', ')}`);
  const after = await hub.usage();
  return {
    perCpuSecond: (report.entries * 1e6) / (after.cpu - before.cpu),
    perSecond: report.entries / report.seconds,
    entries: report.entries,
    peak: after.peak,
    database: (after.database - before.database) / (after.cpu - before.cpu),
  };
};

/** Changes in the feeds of the collections, counted through the client API. */
const newest = async (hub: HubProcess): Promise<number> => {
  const login = authorization(hub.port, 'client');
  let changes = 0;
  for (const { path } of collections) {
    let next = '';
    for (let more = true; more;) {
      const address = `http://127.0.0.1:${hub.port}/${path}/changes?size=10000${next === '' ? '' : `&after=${next}`}`;
      const response = await fetch(address, { headers: await login() });
      const page = (await response.json()) as {
        readonly _entries: readonly unknown[];
        readonly next: string;
        readonly more: boolean;
      };
      changes += page['_entries'].length;
      ({ next, more } = page);
    }
  }
  return changes;
};

const figure = (name: string, what: string, delivered: Delivered, least: number | null): Figure => ({
  name,
  what,
  ours: delivered.perCpuSecond,
  floor: null,
  unit: '/s',
  value: delivered.perCpuSecond,
  target: least === null ? null : { kind: 'at-least', value: least },
  spread: null,
  note: `${delivered.entries} entries, ${Math.round(delivered.perSecond)}/s of wall time, peak ${(delivered.peak / 1e6).toFixed(0)} MB${delivered.database === 0 ? '' : `, ${Math.round(delivered.database * 100)} % of the CPU in the database`}`,
});
