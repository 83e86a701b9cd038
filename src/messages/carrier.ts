// What a way of bringing messages is: it is given some in order, and says how many of them the receiver has. Implemented by rabbitmq.ts and webhook.ts, used by
// tell.ts, which tries again.
import type { MessageChannel } from '#catalogue/message-destination.ts';
import type { ChangeMessage, Origin } from './message.ts';

/** What came of one try. `why` names no address, no secret and no key. */
export type Carried = {
  /** So many from the front are with the receiver, durably, but for those that it has refused for good: they are told of by their index. */
  readonly taken: number;
  readonly refused: readonly { readonly index: number; readonly why: string }[];
  /** Null = all are. */
  readonly trouble:
    | null
    /** Nobody is there, or not now: what was not taken waits. */
    | { readonly kind: 'unreached'; readonly why: string }
    /** The receiver would not have the first that was not taken. */
    | { readonly kind: 'refused'; readonly why: string }
    /** The receiver wants nothing any more. */
    | { readonly kind: 'gone'; readonly why: string };
};

/** Brings messages in their order. Rejects never. */
export type MessageCarrier = {
  readonly carry: (
    destination: { readonly id: string; readonly organisation: string; readonly channel: MessageChannel },
    origin: Origin,
    messages: readonly ChangeMessage[],
    signal: AbortSignal,
  ) => Promise<Carried>;
  readonly close: () => Promise<void>;
};
