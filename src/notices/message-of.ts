// Makes the message of one delivery: one notice that hits its receiver, or some that may be of interest. Used by deliver.ts. Pure.
import { formatInstant } from '#base/clock.ts';
import type { Notice } from '#catalogue/subscription.ts';
import type { Message } from './channel.ts';

/** What a program is told of a notice. */
export const noticeData = (notice: Notice): object => {
  const { change } = notice;
  return {
    id: notice.id,
    kind: notice.kind,
    topic: notice.topic,
    at: formatInstant(notice.at),
    api: notice.api,
    status: notice.status,
    subject: notice.subject,
    text: notice.text,
    change:
      change === null
        ? null
        : {
            id: change.id,
            coordinates: change.coordinates,
            kind: change.kind,
            replacement: change.replacement,
            announcedAt: change.announcedAt === null ? null : formatInstant(change.announcedAt),
            doneAt: change.doneAt === null ? null : formatInstant(change.doneAt),
          },
  };
};

const rule = '-'.repeat(60);

/** The message; null when nothing is left to tell. `yours` are the receiver's applications among those that a loud notice hits. */
export const messageOf = (
  { id, loud, now, feed }: { readonly id: string; readonly loud: boolean; readonly now: number; readonly feed: string },
  notices: readonly Notice[],
  yours: readonly string[],
): Message | null => {
  const [first] = notices;
  if (first === undefined) return null;
  if (loud)
    return {
      id,
      at: now,
      type: first.kind === 'promotion' ? 'promotion.decided' : `change.${first.kind}`,
      subject:
        `${first.subject.nb} / ${first.subject.en}`.length <= 200
          ? `${first.subject.nb} / ${first.subject.en}`
          : first.subject.nb,
      text: [
        first.text.nb,
        `Dette treffer applikasjonene deres: ${yours.join(', ')}`,
        rule,
        first.text.en,
        `This hits your applications: ${yours.join(', ')}`,
        rule,
        `${feed}/catalogue/changes.atom`,
        '',
      ].join('\n\n'),
      json: JSON.stringify({
        type: first.kind === 'promotion' ? 'promotion.decided' : `change.${first.kind}`,
        timestamp: formatInstant(first.at),
        data: { ...noticeData(first), affects: yours },
      }),
    };
  return {
    id,
    at: now,
    type: 'change.digest',
    subject: `Endringer i API-ene denne uken: ${notices.length} / Changes of the APIs this week`,
    text: [
      ...notices.map(({ subject, text }) => `${subject.nb}\n\n${text.nb}`),
      rule,
      ...notices.map(({ subject, text }) => `${subject.en}\n\n${text.en}`),
      rule,
      `${feed}/catalogue/changes.atom`,
      '',
    ].join('\n\n'),
    json: JSON.stringify({
      type: 'change.digest',
      timestamp: formatInstant(now),
      data: { notices: notices.map(noticeData) },
    }),
  };
};
