// Where messages of changes go: what a destination says. Kept in the register; made by the admin API and told by messages. Pure.
import type { Environment } from '#store/store.ts';
import type { WebhookChannel } from './subscription.ts';

/** Where messages go: a broker that the operator has named, or an address. */
export type MessageChannel =
  | {
      readonly kind: 'rabbitmq';
      readonly broker: string;
      /** What no queue takes: laid aside, or nobody's loss. */
      readonly unrouted: 'lay-aside' | 'drop';
    }
  | WebhookChannel;

export const destinationStates = ['standing', 'paused', 'ended'] as const;

/** Messages of one institution's changes, for one application. */
export type MessageDestination = {
  readonly id: string;
  readonly organisation: string;
  readonly application: string;
  readonly environment: Environment;
  /** Names of resources; null = all that the application may follow. */
  readonly resources: readonly string[] | null;
  /** Whether what is there already is told first. */
  readonly from: 'now' | 'beginning';
  readonly channel: MessageChannel;
  readonly createdAt: number;
};

/** How far telling has come, as owners are shown it. */
export type ToldProgress = {
  /** Messages that were taken, in all. */
  readonly told: number;
  /** When the last was taken, epoch ms. */
  readonly toldAt: number | null;
  /** Since when nothing has been taken although something waits, and when the oldest that waits happened. */
  readonly waitsSince: number | null;
  readonly oldest: number | null;
  /** Tries of the message that is first now, and of reaching the receiver at all. */
  readonly tries: number;
  readonly misses: number;
  /** Not tried before, epoch ms. */
  readonly nextAt: number;
  readonly failure: string | null;
  /** Resources that were told anew since there was a hole, the latest last. */
  readonly restarts: readonly { readonly resource: string; readonly at: number }[];
};
