// Writes changes in the form of `catalogue/changes.yaml`, so that what was announced in a hub can be taken into the repository, where the gate holds releases to it. The
// other way is read-changes.ts. Pure.
import { stringify } from './write-yaml.ts';
import type { Change } from './contract.ts';

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

const entryOf = (change: Change): object => ({
  api: change.api,
  coordinates: change.coordinates,
  kind: change.kind,
  text: change.text,
  ...(change.migration === null ? {} : { migration: change.migration }),
  ...(change.replacement === null ? {} : { replacement: change.replacement }),
  ...(change.withoutReplacement === null ? {} : { 'without-replacement': change.withoutReplacement }),
  // Never earlier than it was.
  ...(change.announcedAt === null ? {} : { announced: instant(Math.ceil(change.announcedAt / 1_000) * 1_000) }),
  planned: 'at' in change.planned ? { at: instant(change.planned.at) } : { release: change.planned.release },
  ...(change.emergency === null ? {} : { emergency: change.emergency }),
  ...(change.doneAt === null ? {} : { done: instant(change.doneAt) }),
});

/** The text of the file. */
export const writeChanges = (changes: readonly Change[]): string =>
  stringify({ changes: Object.fromEntries(changes.map((change) => [change.id, entryOf(change)])) });
