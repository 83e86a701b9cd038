// Brings messages to addresses as events of CloudEvents, one request each and signed as Standard Webhooks says; to nobody within, as notices are. Used by
// create-messages.ts through carrier.ts.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { WebhookPost } from '#notices/webhook.ts';
import type { Carried, MessageCarrier } from './carrier.ts';
import { cloudEventOf } from './message.ts';

// Whoever takes its time with each is not waited for longer than a turn is good for.
const batchMs = limits.webhookMs * 2;

/** What the answer says, null when the receiver has the message. */
const troubleOf = (status: number): Carried['trouble'] => {
  if (status >= 200 && status < 300) return null;
  const why = `The receiver answered ${status}.`;
  if (status === 410) return { kind: 'gone', why };
  // Not now, or not at this door: that says nothing of the message.
  return [401, 403, 404, 408, 425, 429, 502, 503, 504].includes(status) || (status >= 300 && status < 400)
    ? { kind: 'unreached', why }
    : { kind: 'refused', why };
};

/** Makes the way; `post` sends one request. */
export const createWebhookMessages = (
  post: WebhookPost,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): Pick<MessageCarrier, 'carry'> => ({
  carry: async ({ channel }, origin, messages, signal) => {
    if (channel.kind !== 'webhook') return { taken: 0, refused: [], trouble: { kind: 'gone', why: 'Is no webhook.' } };
    const end = clock.monotonic() + batchMs;
    let taken = 0;
    for (const message of messages) {
      if (taken > 0 && clock.monotonic() >= end) break;
      const json = cloudEventOf(origin, message);
      const type = 'application/cloudevents+json; charset=utf-8';
      const outcome = await post(channel, { id: message.id, at: clock.now(), json, type }, signal);
      const trouble: Carried['trouble'] =
        outcome.kind === 'answered' ? troubleOf(outcome.status) : { kind: 'unreached', why: outcome.why };
      if (trouble !== null) return { taken, refused: [], trouble };
      taken += 1;
    }
    return { taken, refused: [], trouble: null };
  },
});
