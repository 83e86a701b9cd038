// A county at production volume (5.4 million entities): loaded, delivered again unchanged, and read page by page to the end. Takes the better
// part of half an hour, so it runs only when it is named.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { authorization, folderOf } from '../datasets.ts';
import type { DeliveryOrder, DeliveryReport } from '../deliver.ts';
import { startHub, type HubProcess } from '../processes.ts';
import { median } from '../rounds.ts';
import type { Figure, Scenario } from '../scenario.ts';

const largest = 'utdanning/vurdering/fravarsregistrering';
const pageSize = 25_000;
const mostMb = 1_536;

export const full: Scenario = {
  name: 'full',
  describe: 'a county at production volume: load, unchanged re-delivery, pages to the end (only when named)',
  onlyWhenNamed: true,
  run: async (context) => {
    const name = 'full';
    rmSync(join(context.data, name), { recursive: true, force: true });
    const place = await folderOf(context, name, () => []);
    const hub = await startHub(place, context.nodeFlags, 'on');
    const adapter = fork(join(import.meta.dirname, '../deliver.ts'));
    try {
      const order: DeliveryOrder = { port: hub.port, collections: 'county-full', pageSize: 10_000, gzip: false };
      const loaded = await deliver(adapter, order);
      const size = bytesBelow(place.folder);
      const { peak: loading } = await hub.usage();
      context.say(`loaded ${loaded.entries} entries in ${Math.round(loaded.seconds)} s`);
      const again = await deliver(adapter, order);
      context.say(`delivered them again in ${Math.round(again.seconds)} s`);
      const pages = await readPages(hub);
      const { peak } = await hub.usage();
      return [
        figure('full-entries', 'entities', loaded.entries, 'entries', null, ''),
        figure('full-load', 'load, entities per second', loaded.entries / loaded.seconds, '/s', null, seconds(loaded)),
        figure('full-again', 'unchanged, per second', again.entries / again.seconds, '/s', null, seconds(again)),
        figure('full-disk', 'size on disk', size / 1e6, 'MB', null, `${Math.round(size / loaded.entries)} bytes each`),
        figure('full-page', `a page of ${pageSize}, median`, median(pages.ms), 'ms', null, pages.note),
        figure(
          'full-page-last',
          'the last ten pages',
          median(pages.ms.slice(-10)),
          'ms',
          null,
          'beside the first ten below',
        ),
        figure('full-page-first', 'the first ten pages', median(pages.ms.slice(0, 10)), 'ms', null, ''),
        figure(
          'full-memory',
          'resident memory at its highest',
          peak / 2 ** 20,
          'MB',
          { kind: 'at-most', value: mostMb },
          `${Math.round(loading / 2 ** 20)} MB while loading`,
        ),
      ];
    } finally {
      adapter.kill();
      await hub.stop();
    }
  },
};

const figure = (
  name: string,
  what: string,
  ours: number,
  unit: Figure['unit'],
  target: Figure['target'],
  note: string,
) => ({ name, what, ours, floor: null, unit, value: ours, target, spread: null, note }) as const;

const seconds = (report: DeliveryReport): string => `${Math.round(report.seconds)} s`;

const deliver = async (adapter: ChildProcess, order: DeliveryOrder): Promise<DeliveryReport> => {
  const answer = once(adapter, 'message');
  adapter.send(order);
  const [report] = (await answer) as [DeliveryReport | { readonly error: string }];
  if ('error' in report) throw new Error(report.error);
  if (report.rejected > 0 || report.unfinished.length > 0)
    throw new Error(`${report.rejected} entries were kept back; ${report.unfinished.join(', ')}`);
  return report;
};

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );

type Page = {
  readonly total_items: number;
  readonly size: number;
  readonly _links: { readonly next?: readonly { readonly href: string }[] };
};

/** Every page of the largest collection, by the links that the pages give. */
const readPages = async (hub: HubProcess): Promise<{ readonly ms: readonly number[]; readonly note: string }> => {
  const login = authorization(hub.port, 'client');
  const ms: number[] = [];
  let rows = 0;
  let total = 0;
  let at: string | null = `/${largest}?size=${pageSize}`;
  const before = await hub.usage();
  while (at !== null) {
    const from = performance.now();
    const answer = await fetch(`http://127.0.0.1:${hub.port}${at}`, { headers: await login() });
    const text = await answer.text();
    ms.push(performance.now() - from);
    if (!answer.ok) throw new Error(`${at}: ${answer.status}`);
    const page = JSON.parse(text) as Page;
    rows += page.size;
    total = page['total_items'];
    const next: string | undefined = page['_links'].next?.[0]?.href;
    at = next === undefined ? null : `${new URL(next).pathname}${new URL(next).search}`;
  }
  const after = await hub.usage();
  if (rows !== total) throw new Error(`${rows} of ${total} rows came on ${ms.length} pages`);
  const cpu = (after.cpu - before.cpu) / ms.length / 1_000;
  return { ms, note: `${ms.length} pages, ${rows} rows, ${cpu.toFixed(1)} ms of CPU each` };
};
