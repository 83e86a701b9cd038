// What following the quality of the data costs: everything looked at anew, and how long others wait meanwhile.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '#base/clock.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { loadModel, readQualityFiles } from '#model/load.ts';
import { readQualityRules } from '#model/quality-rules.ts';
import { createQuality } from '#quality/create-quality.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { benchCounty, folderOf, organisation } from '../datasets.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Figure, Scenario } from '../scenario.ts';

const rounds = 5;

export const quality: Scenario = {
  name: 'quality',
  describe: 'the quality of a county looked at from the beginning',
  run: async (context) => {
    const { folder } = await folderOf(context, 'county-small', () => benchCounty('small').collections);
    const file = join(folder, 'tenants', organisation, 'quality.db');
    const perResource: number[] = [];
    const waits: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      perResource.push(await wholeCount(folder));
      bytes = statSync(file).size;
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      waits.push(await wait(folder));
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    const figure = (name: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure => ({
      name,
      what,
      ours: median(values),
      floor: null,
      unit,
      value: median(values),
      target: null,
      spread: spreadOf(values),
      note: `${rounds} rounds, quality.db ${(bytes / 1e6).toFixed(1)} MB`,
    });
    return [
      figure('quality-resource', 'CPU per resource looked at', 'µs', perResource),
      figure('quality-wait', 'how long the work in the background holds the loop, p99', 'ms', waits),
    ];
  },
};

const open = (folder: string) => {
  const model = loadModel(...bundledModel);
  if (!model.ok) throw new Error(model.problem.detail);
  const rules = readQualityRules(readQualityFiles(bundledModel), model.value);
  if (!rules.ok) throw new Error(rules.problem.detail);
  return createQuality({
    model: model.value,
    rules: rules.value,
    clock: systemClock,
    opaque: (_, uid) => String(uid),
    pseudonym: (_, text) => text,
    open: async (id) => openQualityStore(folder, id),
  });
};

const wholeCount = async (folder: string): Promise<number> => {
  const worker = open(folder);
  const before = process.cpuUsage();
  const examined = await worker.catchUp(organisation);
  const { user, system } = process.cpuUsage(before);
  await worker.close();
  return (user + system) / examined;
};

const wait = async (folder: string): Promise<number> => {
  const worker = open(folder);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await worker.work([organisation]);
  delay.disable();
  await worker.close();
  return delay.percentile(99) / 1e6;
};
