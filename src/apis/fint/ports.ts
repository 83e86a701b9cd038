// What the FINT API must be told about adapters and runs, beyond what the hub answers. Supplied by app/compose.ts; used by admin.ts.
import type { CollectionPath } from '#model/model.ts';
import type { Principal } from '#hub/principal.ts';

export type AdapterHealth = {
  readonly adapterId: string;
  readonly connected: boolean;
  /** Seconds since the last heartbeat; null = none yet. */
  readonly heartbeatAgeSeconds: number | null;
  /** Seconds within which a heartbeat is promised. */
  readonly promisedSeconds: number;
};

export type CollectionHealth = {
  readonly collection: CollectionPath;
  /** Epoch ms; null = never. */
  readonly lastFullSync: number | null;
  readonly lastDelta: number | null;
  /** State of the last run. */
  readonly state: string;
  readonly size: number;
  readonly stale: boolean;
  readonly held: boolean;
};

export type FintAdminPort = {
  /** Asks for the adapters and runs of a component (`utdanning/elev`) of the caller's organisation. Rejects when the store does. */
  readonly health: (
    principal: Principal,
    component: string,
  ) => Promise<{ readonly adapters: readonly AdapterHealth[]; readonly collections: readonly CollectionHealth[] }>;
};
