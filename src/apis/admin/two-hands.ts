// Whether an approval is that of a second person, where it takes two. Used by decisions on access requests and by delegations.
import { areTwo, handsOf } from '#catalogue/access/hands.ts';
import type { AdminCall } from './call.ts';

/** True when nobody but operators has had the keys of both the caller and whoever approved before. */
export const takesBoth = async ({ ports, actor }: AdminCall, before: string): Promise<boolean> => {
  const entries = await ports.platform.registerEntries({ kind: 'key-holder' });
  return areTwo(before, actor.client, new Map(entries.map((entry) => [entry.id, handsOf(entry)])));
};
