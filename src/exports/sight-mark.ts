// Short forms of what decides who sees whom at a moment: what an application has been granted in an organisation, and who is protected there. A file is
// given out only while nothing has happened since that would keep somebody out of it. Called by exports.ts and queue.ts.
import { createHash } from 'node:crypto';
import type { Principal } from '#hub/principal.ts';
import { isGuardable } from '#hub/protection.ts';
import type { Model } from '#model/model.ts';
import type { PlatformStore, TenantStore } from '#store/store.ts';

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

/** Who is protected in an organisation: uids of whatever is about them, and a short form of them. */
export type ProtectedNow = { readonly mark: string; readonly has: (uid: number) => boolean };

/** As the data are now. */
export const protectedNow = async (model: Model, { reads }: Pick<TenantStore, 'reads'>): Promise<ProtectedNow> => {
  const hash = createHash('sha256');
  const uids = new Set<number>();
  for (const path of model.collections.keys()) {
    if (!isGuardable(model, path)) continue;
    const guarded = await reads.guarded(path);
    for (const [index, uid] of guarded.uids.entries()) {
      const own = guarded.own[index] ?? 0;
      if (own === 0) continue;
      uids.add(uid);
      hash.update(`${uid} ${own},`);
    }
  }
  return { mark: hash.digest('base64url'), has: (uid) => uids.has(uid) };
};
