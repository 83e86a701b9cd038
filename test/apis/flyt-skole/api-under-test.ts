// The API over parts that answer nothing, for tests of what it says about itself.
import { join } from 'node:path';
import { allOperations } from '#apis/flyt-skole/operations.ts';
import type { OperationGroup, VfsDeps } from '#apis/flyt-skole/operation.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { systemClock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { createSignals } from '#hub/signals.ts';
import { readBundleFiles } from '#model/load.ts';
import { readScopeBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import { hubModel } from '../../model/models.ts';

const nobody = (): never => {
  throw new Error('nothing is asked in this test');
};

/** The bundles of scopes that come with the hub. */
export const hubBundles = (): ScopeBundles => {
  const read = readScopeBundles(readBundleFiles(bundledModel.map((folder) => join(folder))), hubModel());
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};

export const describedDeps = (): VfsDeps => ({
  model: hubModel(),
  hub: { run: nobody, visible: nobody },
  documents: { find: nobody },
  events: { retentionDays: limits.eventRetentionDays, follow: nobody, factsNow: nobody },
  sealing: { id: nobody, readId: nobody, seal: nobody, open: nobody },
  signals: createSignals({ sleep: systemClock.sleep }),
  clock: systemClock,
  baseUrl: () => 'https://hub.example',
  quotas: { usage: nobody },
  environment: 'sandbox',
  bundles: hubBundles(),
  exports: {
    start: nobody,
    reports: nobody,
    report: nobody,
    content: nobody,
    stream: nobody,
    decide: nobody,
  },
});

/** All operations and schemas. */
export const everyOperation = (): OperationGroup => allOperations(describedDeps());
