// A short form of all that an application has been granted in an organisation at a moment. A file is given out only while what was granted when it was
// made is what is granted still. Called by exports.ts and queue.ts.
import { createHash } from 'node:crypto';
import type { Principal } from '#hub/principal.ts';
import type { PlatformStore } from '#store/store.ts';

/** Null when nothing is granted. */
export const grantsMark = async (
  platform: Pick<PlatformStore, 'grantsOf'>,
  { client, tenant }: Pick<Principal, 'client' | 'tenant'>,
  now: number,
): Promise<string | null> => {
  const grants = (await platform.grantsOf(client)).filter(
    ({ organisation, from, to }) =>
      organisation === tenant && (from ?? 0) <= now && now < (to ?? Number.POSITIVE_INFINITY),
  );
  if (grants.length === 0) return null;
  const marks = grants.map((grant) => JSON.stringify(grant)).sort();
  return createHash('sha256').update(marks.join('\n')).digest('base64url');
};
