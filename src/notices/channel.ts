// What a way of bringing messages is: it is given one message for one receiver, and says whether the receiver has it. Implemented by mail.ts and webhook.ts, used by
// deliver.ts, which tries again.
import type { Channel } from '#catalogue/subscription.ts';

/** A message that is ready: for people as text, for programs as JSON. */
export type Message = {
  /** The same however often it is tried: by it a receiver knows what it has already. */
  readonly id: string;
  /** When this try is made, epoch ms. */
  readonly at: number;
  /** `change.announced`. */
  readonly type: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The body of a webhook. */
  readonly json: string;
};

export type Sent =
  | { readonly kind: 'sent' }
  /** It may work later. `why` names no address and no secret. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It never will: nobody is there, or the address is none that is sent to. */
  | { readonly kind: 'refused'; readonly why: string };

/** Brings messages by one way. Rejects never. */
export type Carrier<C extends Channel = Channel> = (to: C, message: Message, signal: AbortSignal) => Promise<Sent>;
