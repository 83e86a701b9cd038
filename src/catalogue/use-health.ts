// How an application stands with what will go: which of the parts that it uses, how much, how long it has. Shown to the application itself and to those who answer for
// it. Of whose data it asked nothing is known here.
import { civilDay, dayMs, type Clock } from '#base/clock.ts';
import type { Environment, PartUse, PlatformStore } from '#store/store.ts';
import type { Coordinate, Words } from './contract.ts';
import type { ContractNotes, GoingParts } from './contract-notes.ts';
import { hitDays, sinceDay, stillDays } from './impact.ts';

/** `fine`: not used any more. `fix-by`: used, and there until a day. `overdue`: used, and it may be gone any time. */
export const healthLights = ['fine', 'fix-by', 'overdue'] as const;
export type HealthLight = (typeof healthLights)[number];

/** One announcement that touches what an application uses. */
export type PartHealth = {
  readonly api: string;
  /** The announced change; null = the API as a whole retires. */
  readonly change: string | null;
  /** What of it the application uses, sorted. */
  readonly uses: readonly Coordinate[];
  /** Requests of the last 400 days. */
  readonly count: number;
  /** Civil dates in Norway. */
  readonly lastUsed: string;
  readonly announced: string;
  readonly earliestRemoval: string;
  readonly replacement: string | null;
  readonly text: Words;
  readonly light: HealthLight;
  /** Of `fix-by`: red when there are 30 days left or fewer; null otherwise. */
  readonly urgency: 'yellow' | 'red' | null;
};

export type UseHealth = {
  readonly application: string;
  readonly environment: Environment;
  /** The first day that counts. */
  readonly since: string;
  /** The worst of the parts; `fine` without any. */
  readonly light: HealthLight;
  /** What goes first stands first. */
  readonly parts: readonly PartHealth[];
};

export type UseHealthDeps = {
  readonly platform: Pick<PlatformStore, 'partUse'>;
  readonly notes: Pick<ContractNotes, 'touching'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Use elsewhere, in a sandbox say, is not looked at. */
  readonly environment: Environment;
};

/** Days before the end from which it is urgent. */
const urgentDays = 30;

/** Gives the health of an application by its id. */
export const createUseHealth =
  ({ platform, notes, clock, environment }: UseHealthDeps) =>
  async (application: string): Promise<UseHealth> => {
    const now = clock.now();
    const since = sinceDay(now, hitDays);
    const uses = await platform.partUse(environment, { since, application });
    const parts = healthOf(uses, notes.touching, now);
    const light = healthLights.findLast((one) => parts.some((part) => part.light === one)) ?? 'fine';
    return { application, environment, since, light, parts };
  };

/** What of some use is touched by announcements, and how urgent it is. */
export const healthOf = (
  uses: readonly PartUse[],
  touching: ContractNotes['touching'],
  now: number,
): readonly PartHealth[] => {
  const found = new Map<GoingParts, PartUse[]>();
  for (const use of uses)
    for (const going of touching(use.api, use.part)) {
      const used = found.get(going);
      // There are rows for every part and day: none is copied for the next.
      if (used === undefined) found.set(going, [use]);
      else used.push(use);
    }
  return [...found]
    .toSorted(([a], [b]) => a.earliestRemoval - b.earliestRemoval || ((a.change ?? '') < (b.change ?? '') ? -1 : 1))
    .map(([going, used]) => partHealth(going, used, now));
};

const partHealth = (going: GoingParts, used: readonly PartUse[], now: number): PartHealth => {
  const { api, change, announcedAt, earliestRemoval, replacement, text } = going;
  const lastUsed = used.reduce((last, { day }) => (day > last ? day : last), '');
  const light = lastUsed < sinceDay(now, stillDays) ? 'fine' : now < earliestRemoval ? 'fix-by' : 'overdue';
  return {
    api,
    change,
    uses: [...new Set(used.map(({ part }) => part))].toSorted(),
    count: used.reduce((sum, { count }) => sum + count, 0),
    lastUsed,
    announced: civilDay(announcedAt).date,
    earliestRemoval: civilDay(earliestRemoval).date,
    replacement,
    text,
    light,
    urgency: light !== 'fix-by' ? null : earliestRemoval - now > urgentDays * dayMs ? 'yellow' : 'red',
  };
};
