// The runner: `npm run bench -- [scenario …] [--json FILE] [--keep] [--data DIR] [--prof DIR]
// [--engine sqlite|postgres|both]`. Runs scenarios one after the other, prints the figures of each beside their targets and writes all of them to a result file.
// Exits with 1 when a figure misses its target.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, platform, arch } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineName } from './place.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { passes, type Context, type Figure, type Scenario } from './scenario.ts';
import { contracts } from './scenarios/contracts.ts';
import { delivery } from './scenarios/delivery.ts';
import { engines } from './scenarios/engines.ts';
import { exports } from './scenarios/exports.ts';
import { fsApi } from './scenarios/fs-api.ts';
import { fswsCrud } from './scenarios/fsws-crud.ts';
import { full } from './scenarios/full.ts';
import { graphql } from './scenarios/graphql.ts';
import { million } from './scenarios/million.ts';
import { neighbours } from './scenarios/neighbours.ts';
import { page } from './scenarios/page.ts';
import { quality } from './scenarios/quality.ts';
import { quota } from './scenarios/quota.ts';
import { single } from './scenarios/single.ts';
import { soap } from './scenarios/soap.ts';
import { start } from './scenarios/start.ts';
import { vfs } from './scenarios/vfs.ts';
import { walks } from './scenarios/walks.ts';
import { write } from './scenarios/write.ts';

/** What a result file holds. */
export type Results = {
  readonly at: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly system: string; readonly node: string };
  readonly figures: readonly Figure[];
};

const scenarios: readonly Scenario[] = [
  single,
  vfs,
  walks,
  graphql,
  fsApi,
  fswsCrud,
  soap,
  exports,
  write,
  page,
  million,
  delivery,
  start,
  quality,
  quota,
  contracts,
  neighbours,
  engines,
  full,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    data: { type: 'string', default: '.data/bench' },
    keep: { type: 'boolean', default: false },
    prof: { type: 'string' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
    help: { type: 'boolean', default: false },
  },
});

const chosen: Readonly<Record<string, readonly EngineName[]>> = {
  sqlite: ['sqlite'],
  postgres: ['postgres'],
  both: ['sqlite', 'postgres'],
};

/** The figures of an engine; those of the embedded file keep their names. */
const runOn = async (scenario: Scenario, context: Context): Promise<readonly Figure[]> => {
  const found = await scenario.run(context);
  if (context.engine === 'sqlite') return found;
  return found.map((figure) => ({
    ...figure,
    name: `${figure.name}@postgres`,
    target: scenario.onPostgres === 'held' ? figure.target : null,
  }));
};

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const rounded = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);

const cells = (figure: Figure): readonly string[] => {
  const { ours, floor, unit, value, target, spread } = figure;
  const goal = target === null ? '' : `${target.kind === 'at-most' ? '≤' : '≥'} ${target.value}`;
  const verdict = target === null ? '' : passes(figure) ? 'pass' : 'MISS';
  const beside = floor === null ? '' : `${rounded(floor)} ${unit}`;
  return [
    figure.name,
    figure.what,
    `${rounded(ours)} ${unit}`,
    beside,
    floor === null ? '' : `${value.toFixed(2)} ×`,
    goal,
    verdict,
    spread === null ? '' : `±${Math.round(spread * 100)} %`,
    figure.note,
  ];
};

const print = (figures: readonly Figure[]): void => {
  const rows = [['figure', 'what', 'ours', 'floor', 'ratio', 'target', '', 'spread', 'note'], ...figures.map(cells)];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
};

const main = async (): Promise<void> => {
  const engineNames = chosen[values.engine ?? ''];
  if (engineNames === undefined) {
    say('--engine is sqlite, postgres or both.');
    process.exitCode = 2;
    return;
  }
  const unknown = positionals.filter((name) => !scenarios.some((one) => one.name === name));
  if (values.help || unknown.length > 0) {
    for (const name of unknown) say(`There is no scenario ${name}.`);
    for (const { name, describe } of scenarios) say(`${name.padEnd(10)} ${describe}`);
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  const data = values.data;
  if (!values.keep) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const nodeFlags = values.prof === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.prof}`];
  let server: Promise<PostgresServer> | null = null;
  const context = { data, say, nodeFlags, only: values.only, server: () => (server ??= startPostgres()) };
  const figures: Figure[] = [];
  try {
    for (const scenario of scenarios) {
      const named = positionals.includes(scenario.name);
      if (!named && (positionals.length > 0 || scenario.onlyWhenNamed === true)) continue;
      for (const engine of engineNames) {
        if (engine === 'postgres' && scenario.onPostgres === undefined) continue;
        say(`${scenario.name} on ${engine}: ${scenario.describe}`);
        const found = await runOn(scenario, { ...context, engine });
        // At once: what comes later may fail.
        print(found);
        figures.push(...found);
      }
    }
  } finally {
    const started: PostgresServer | undefined = await (server as Promise<PostgresServer> | null)?.catch(
      () => undefined,
    );
    await started?.stop();
  }
  const at = new Date().toISOString();
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
  const file = values.json ?? join(import.meta.dirname, 'results', `${at.replaceAll(/[:.]/g, '-')}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const results: Results = { at, machine, figures };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  if (!values.keep) rmSync(data, { recursive: true, force: true });
  process.exitCode = figures.every(passes) ? 0 : 1;
};

await main();
