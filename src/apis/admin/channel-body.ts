// How bodies say where somebody is told: a channel of some kind, and lists of what is wanted. Used by subscriptions and by destinations of messages.
import { didYouMean } from '#base/text.ts';
import { readWebhookAddress } from '#catalogue/outward-address.ts';
import { secretOf, type WebhookChannel } from '#catalogue/subscription.ts';
import { isMembers, readBody, type Body } from './body.ts';
import type { AdminCall } from './call.ts';

/** Puts down what is wrong with a channel, below it. */
export type WrongChannel = (at: string, message: string) => null;

export type GivenChannel = { readonly members: Body; readonly kind: string | undefined; readonly wrong: WrongChannel };

/** The channel of a body; null when it is no object, which the body has then been told, in the words given. */
export const readGivenChannel = (body: Body, names: readonly string[], what: string): GivenChannel | null => {
  const wrong: WrongChannel = (at, message) => {
    body.errors.push({ at: `/channel${at}`, message });
    return null;
  };
  const given = body.value('channel');
  if (!isMembers(given)) return wrong('', what);
  const members = readBody(given, ['kind', ...names], body.errors, '/channel');
  return { members, kind: members.text('kind', 20), wrong };
};

/** A webhook with a new secret, where addresses of this machine are taken or not; `others` are members of other kinds. */
export const readWebhook = (
  { ports: { random } }: AdminCall,
  { members, wrong }: GivenChannel,
  { others, loopback }: { readonly others: readonly string[]; readonly loopback: boolean },
): WebhookChannel | null => {
  if (others.some((name) => members.given(name))) return wrong('', 'a webhook has a url alone');
  const url = readWebhookAddress(members.text('url', 10_000) ?? '', loopback);
  if (!url.ok) return wrong('/url', url.problem.errors?.[0]?.message ?? 'is none');
  return { kind: 'webhook', url: url.value, secret: secretOf(random.bytes(32)) };
};

/** Some of what is known, by name; null = all. What is wrong with it is put down in the body. */
export const readNames = (
  body: Body,
  member: string,
  known: readonly string[],
  thing: string,
): readonly string[] | null => {
  const given = body.textsOrNull(member);
  if (given === undefined || given === null) return null;
  const wrong = (message: string): void => void body.errors.push({ at: `/${member}`, message });
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) wrong(`there is no ${thing}${unknown.slice(0, 80)}${didYouMean(unknown, known)}`);
  if (given.length === 0) wrong('name at least one, or leave it out for all');
  return given;
};
