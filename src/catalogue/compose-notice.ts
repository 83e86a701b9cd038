// Words notices: subject and text in bokmål and English, made of a change and what is known around it. Used by whoever announces, reminds, does or calls off a change,
// or decides about a promotion; sends nothing. Pure.
import { civilDay } from '#base/clock.ts';
import type { RegisterEntry } from '#store/store.ts';
import type { CatalogueApi } from './catalogue.ts';
import type { Change, Status, Words } from './contract.ts';
import type { ChangeDates } from './draft.ts';
import type { Promotion } from './promotion.ts';
import type { Notice, NoticeKind } from './subscription.ts';

/** What stands around a change when a notice of it is made. */
export type Around = {
  readonly api: Pick<CatalogueApi, 'id' | 'name'>;
  readonly status: Status;
  readonly dates: ChangeDates;
  readonly now: number;
  readonly affected: readonly string[];
};

type Language = 'nb' | 'en';
type Pair = Readonly<Record<Language, string>>;

/** A day of Norway for people. */
export const dayText = (at: number): string => civilDay(at).date;

/** Names may be long and are shown on one line. */
const line = (text: string, most: number): string => {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1).toWellFormed()}…`;
};

const kindWords: Readonly<Record<Change['kind'], Pair>> = {
  breaking: { nb: 'Brytende endring', en: 'Breaking change' },
  dangerous: { nb: 'Endring som kan merkes', en: 'Change that may be noticed' },
  compatible: { nb: 'Endring', en: 'Change' },
};

const headline: Readonly<Record<Exclude<NoticeKind, 'promotion'>, (change: Change, around: Around) => Pair>> = {
  announced: ({ kind }, { dates: { effectAt } }) => ({
    nb: `${kindWords[kind].nb}, tidligst ${dayText(effectAt)}`,
    en: `${kindWords[kind].en}, ${dayText(effectAt)} at the earliest`,
  }),
  reminder: (_change, { dates: { effectAt } }) => ({
    nb: `Påminnelse: i bruk hos dere, kan bli borte ${dayText(effectAt)}`,
    en: `Reminder: you use it, and it may go on ${dayText(effectAt)}`,
  }),
  done: ({ emergency }, { dates: { lawfulAt }, now }) =>
    emergency !== null && now < lawfulAt
      ? { nb: 'Brudd på kontrakten: gjennomført nå', en: 'Breach of the contract: done now' }
      : { nb: 'Gjennomført', en: 'Done' },
  withdrawn: () => ({ nb: 'Trukket tilbake', en: 'Called off' }),
};

const textOf = (words: Words | null, language: Language): string | null => words?.[language] ?? null;

const paragraphs = (
  change: Change,
  around: Around,
  kind: NoticeKind,
  why: string | null,
  language: Language,
): string => {
  const nb = language === 'nb';
  const { coordinates, replacement, emergency } = change;
  const shown = coordinates.slice(0, 20);
  const more = coordinates.length - shown.length;
  const migration = textOf(change.migration, language);
  const without = textOf(change.withoutReplacement, language);
  const parts = [
    `API: ${line(around.api.name[language], 120)} (${around.api.id})`,
    `${nb ? 'Gjelder' : 'Concerns'}:\n${shown.map((one) => `  ${line(one, 300)}`).join('\n')}${more > 0 ? `\n  ${nb ? `og ${more} til` : `and ${more} more`}` : ''}`,
    textOf(change.text, language),
    replacement === null ? null : `${nb ? 'Erstattes av' : 'Replaced by'}: ${line(replacement, 300)}`,
    without === null ? null : `${nb ? 'Uten erstatning' : 'Without a replacement'}: ${without}`,
    migration === null ? null : `${nb ? 'Hva dere må gjøre' : 'What you have to do'}: ${migration}`,
    kind === 'announced' || kind === 'reminder'
      ? `${nb ? 'Tidligst' : 'At the earliest'}: ${dayText(around.dates.effectAt)}`
      : null,
    emergency === null
      ? null
      : `${nb ? 'Hasteendring, godkjent av' : 'Emergency, approved by'} ${line(emergency.approver, 120)}: ${emergency.reason}`,
    why === null || why === '' ? null : `${nb ? 'Begrunnelse' : 'Reason'}: ${why}`,
  ];
  return parts.filter((part) => part !== null).join('\n\n');
};

/** A notice of a change. `mark` tells several of one kind apart; `why` is what was said when it was done or called off. */
export const noticeOfChange = (
  kind: Exclude<NoticeKind, 'promotion'>,
  change: Change,
  around: Around,
  more: { readonly mark?: string; readonly why?: string } = {},
): Notice => {
  const { nb, en } = headline[kind](change, around);
  const { mark = null, why = null } = more;
  return {
    id: ['change', change.id, kind, ...(mark === null ? [] : [mark])].join('.'),
    kind,
    topic: change.kind,
    at: around.now,
    api: change.api,
    status: around.status,
    change,
    subject: {
      nb: line(`${around.api.name.nb}: ${nb} (${change.id})`, 200),
      en: line(`${around.api.name.en}: ${en} (${change.id})`, 200),
    },
    text: {
      nb: paragraphs(change, around, kind, why, 'nb'),
      en: paragraphs(change, around, kind, why, 'en'),
    },
    affected: around.affected,
    forAffected: kind === 'reminder',
  };
};

/** A notice as the register keeps it until it is handed out. */
export const noticeEntry = (notice: Notice): RegisterEntry => ({
  kind: 'notice',
  id: notice.id,
  revision: 1,
  organisation: null,
  application: null,
  state: 'waiting',
  createdAt: notice.at,
  changedAt: notice.at,
  value: notice,
});

/** A notice that a promotion was decided. */
export const noticeOfPromotion = (
  { id, api: named, coordinates, to, decision }: Promotion,
  state: 'approved' | 'refused',
  { api, now, affected }: Pick<Around, 'now' | 'affected'> & { readonly api: Pick<CatalogueApi, 'name' | 'status'> },
): Notice => {
  const what =
    state === 'approved'
      ? { nb: `løftes til ${to}`, en: `raised to ${to}` }
      : { nb: `løftes ikke til ${to}`, en: `not raised to ${to}` };
  const list = coordinates
    .slice(0, 20)
    .map((one) => `  ${line(one, 300)}`)
    .join('\n');
  const more = coordinates.length > 20 ? coordinates.length - 20 : 0;
  return {
    id: `promotion.${id}`,
    kind: 'promotion',
    topic: 'promotion',
    at: now,
    api: named,
    status: api.status,
    change: null,
    subject: { nb: line(`${api.name.nb}: ${what.nb}`, 200), en: line(`${api.name.en}: ${what.en}`, 200) },
    text: {
      nb: `${what.nb}:\n${list}${more > 0 ? `\n  og ${more} til` : ''}\n\n${decision?.reasons.nb ?? ''}`,
      en: `${what.en}:\n${list}${more > 0 ? `\n  and ${more} more` : ''}\n\n${decision?.reasons.en ?? ''}`,
    },
    affected,
    forAffected: false,
  };
};
