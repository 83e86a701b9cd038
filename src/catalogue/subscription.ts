// Who wants to be told of what, and how: what a subscription says, and which notices it is for. Kept in the register. Pure.
import type { Change, ChangeKind, Status } from './contract.ts';

export type MailChannel = { readonly kind: 'email'; readonly address: string; readonly name: string | null };
export type WebhookChannel = {
  readonly kind: 'webhook';
  readonly url: string;
  /** `whsec_…`: whoever has it can sign. */
  readonly secret: string;
};
export type Channel = MailChannel | WebhookChannel;

/** What a subscription can be narrowed to. */
export const noticeTopics = ['breaking', 'dangerous', 'compatible', 'promotion'] as const;
export type NoticeTopic = (typeof noticeTopics)[number];

/** How those who are not affected are told: not at all but by the feed, or once a week. */
export const digests = ['none', 'weekly'] as const;
export type Digest = (typeof digests)[number];

export type Subscription = {
  readonly id: string;
  readonly organisation: string;
  /** Only what hits this application is loud; null = any of the organisation. */
  readonly application: string | null;
  /** Ids of APIs; null = all. */
  readonly apis: readonly string[] | null;
  /** Of the promise that a change is made under; null = all. */
  readonly statuses: readonly Status[] | null;
  /** Null = all. */
  readonly topics: readonly NoticeTopic[] | null;
  readonly channel: Channel;
  readonly digest: Digest;
  readonly createdAt: number;
};

export const noticeKinds = ['announced', 'reminder', 'done', 'withdrawn', 'promotion'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Something that people and programs are told: once for each of those who want it. */
export type Notice = {
  /** Made of what it is about, so that there is never another one of the same. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly topic: NoticeTopic;
  /** Epoch ms. */
  readonly at: number;
  readonly api: string;
  /** The promise under which it is made. */
  readonly status: Status;
  /** The change as it was then; null for promotions. */
  readonly change: Change | null;
  /** One line each. */
  readonly subject: { readonly nb: string; readonly en: string };
  readonly text: { readonly nb: string; readonly en: string };
  /** Applications that have used what it is about: those who answer for them are told at once. */
  readonly affected: readonly string[];
  /** Nobody else is told of it. */
  readonly forAffected: boolean;
};

export const topicOf = (kind: ChangeKind): NoticeTopic => kind;

/** What secrets of webhooks begin with (Standard Webhooks). */
export const secretScheme = 'whsec_';

/** A new secret of a webhook, made of random bytes. */
export const secretOf = (bytes: Buffer): string => `${secretScheme}${bytes.toString('base64')}`;

/**
 * How a subscription is told of a notice: `loud`, at once and marked as hitting its applications; `digest`, with others once a week; or null, not at all. `ownerOf`
 * says which organisation answers for an application.
 */
export const wayOf = (
  { organisation, application, apis, statuses, topics, digest }: Subscription,
  notice: Notice,
  ownerOf: ReadonlyMap<string, string>,
): 'loud' | 'digest' | null => {
  if (apis !== null && !apis.includes(notice.api)) return null;
  if (statuses !== null && !statuses.includes(notice.status)) return null;
  if (topics !== null && !topics.includes(notice.topic)) return null;
  const hit = notice.affected.some((id) =>
    application === null ? ownerOf.get(id) === organisation : id === application,
  );
  if (hit) return 'loud';
  return notice.forAffected || digest === 'none' ? null : 'digest';
};
