// Who decides on writes by clients to a collection: its source, the hub, or nobody. Asked by writing.ts, and by ingest, which takes no
// deliveries of what the hub owns. Pure.
import type { Collection } from '#model/model.ts';
import type { OrganisationSettings, WritePolicy } from '#store/store.ts';
import { patternCovers } from './authorize.ts';

export type PolicyInForce = { readonly policy: WritePolicy; readonly deadlineMinutes: number | null };

/** The first rule of the organisation that covers the collection; without one the source decides on classes that the model calls writeable, inherited or not (facts 1.5). */
export const writePolicy = (settings: Pick<OrganisationSettings, 'writes'>, collection: Collection): PolicyInForce => {
  const rule = settings.writes?.find(({ pattern }) => patternCovers(pattern, collection.path));
  if (rule !== undefined) return rule;
  const { writeable, writeableInherited } = collection.class;
  return { policy: writeable || writeableInherited ? 'source' : 'closed', deadlineMinutes: null };
};
