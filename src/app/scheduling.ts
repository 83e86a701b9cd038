// Exports that are made at times that owners have set, put together: the operator's file of targets, the schedules, and the look at what is due. Called by
// compose.ts.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import { readDeliveryTargets } from '#config/delivery-targets.ts';
import type { Settings } from '#config/settings.ts';
import { createTargets } from '#exports/delivery/targets.ts';
import type { DeliveryTarget, Exports } from '#exports/export.ts';
import { createSchedules, type Schedules } from '#exports/schedules.ts';
import type { PlatformStore } from '#store/store.ts';
import type { Engine } from './engine.ts';

export type SchedulingDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: Observe;
  readonly exports: Exports;
  readonly platform: PlatformStore;
  readonly openExports: Engine['openExports'];
};

export type Scheduling = {
  readonly schedules: Schedules;
  /** Looks at what is due, now and from then on. */
  readonly begin: () => void;
  readonly close: () => void;
};

const lookMs = 5_000;

/** Throws a HubError (HUB-701) when the file of targets is not right or cannot be read. */
export const createScheduling = (
  { deliveryTargets, environment }: Pick<Settings, 'deliveryTargets' | 'environment'>,
  { openExports, ...deps }: SchedulingDeps,
): Scheduling => {
  const { clock, platform } = deps;
  const targets = deliveryTargets === null ? [] : targetsIn(deliveryTargets, deps.random);
  const schedules = createSchedules({ ...deps, storeOf: openExports, targets, environment });
  let stop: (() => void) | null = null;

  // One that waits for a server far away keeps nobody: the next look passes it by.
  const look = async (): Promise<void> => {
    await Promise.all((await platform.organisations()).map(({ id }) => schedules.tick(id)));
  };

  /** What the platform cannot be asked for now is looked for the next time. */
  const lookIfMay = (): void => void look().catch(() => {});

  return {
    schedules,
    begin: () => {
      stop = clock.every(lookMs, lookIfMay);
      lookIfMay();
    },
    close: () => {
      stop?.();
      schedules.stop();
    },
  };
};

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

const targetsIn = (file: string, random: Random): readonly DeliveryTarget[] => {
  const text = readText(file);
  if (text === null) throw new HubError(problem('HUB-701', 'The file of delivery targets cannot be read.'));
  const specs = readDeliveryTargets(text, path.dirname(file));
  if (!specs.ok) throw new HubError(specs.problem);
  return createTargets(specs.value, { readSecret: readText, random });
};
