// The news of the catalogue as Atom and as JSON Feed, and the decisions about promotions: open to all. Part of catalogue-api.ts, which answers with what is written here.
import { escapeHtml } from '#base/text.ts';
import { formatInstant } from '#base/clock.ts';
import type { Words } from '#catalogue/contract.ts';
import type { News } from '#catalogue/news.ts';
import type { Notice } from '#catalogue/subscription.ts';

export const atomPath = '/catalogue/changes.atom';
export const atomType = 'application/atom+xml; charset=utf-8';
export const jsonFeedPath = '/catalogue/changes.json';
export const jsonFeedType = 'application/feed+json; charset=utf-8';
export const promotionsPath = '/catalogue/promotions';

/** What a feed is of. */
export type FeedOf = { readonly hub: string; readonly name: Words; readonly publisher: Words };

// The address of a hub may change, and what readers have read stays read.
const idOf = ({ id }: Notice): string => `urn:x-bindeledd:notice:${encodeURIComponent(id)}`;

const textOf = ({ text }: Notice): string => `${text.nb}\n\n---\n\n${text.en}`;

const element = (name: string, text: string, attributes = ''): string =>
  `<${name}${attributes}>${escapeHtml(text)}</${name}>`;

// Parts are named by those who announce; what XML cannot hold is left out.
const xmlText = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');

const atomEntry = (hub: string, notice: Notice): string =>
  [
    '<entry>',
    element('id', idOf(notice)),
    element('title', xmlText(notice.subject.nb)),
    element('updated', formatInstant(notice.at)),
    element('published', formatInstant(notice.at)),
    `<link rel="alternate" href="${escapeHtml(`${hub}/catalogue/apis/${encodeURIComponent(notice.api)}`)}"/>`,
    `<category term="${escapeHtml(notice.api)}"/>`,
    `<category term="${escapeHtml(notice.kind)}"/>`,
    `<category term="${escapeHtml(notice.topic)}"/>`,
    element('content', xmlText(textOf(notice)), ' type="text"'),
    '</entry>',
  ].join('\n');

/** The news as an Atom feed (RFC 4287). */
export const atomFeed = ({ hub, name, publisher }: FeedOf, { items }: News): string =>
  `${[
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb">',
    element('id', `${hub}${atomPath}`),
    element('title', name.nb),
    // An empty feed has been so since before there was anything to tell.
    element('updated', formatInstant(items[0]?.at ?? 0)),
    `<author>${element('name', publisher.nb)}</author>`,
    `<link rel="self" type="application/atom+xml" href="${escapeHtml(`${hub}${atomPath}`)}"/>`,
    `<link rel="alternate" type="text/html" href="${escapeHtml(`${hub}/catalogue`)}"/>`,
    ...items.map((item) => atomEntry(hub, item)),
    '</feed>',
  ].join('\n')}\n`;

/** The same as JSON Feed, version 1.1. */
export const jsonFeed = ({ hub, name, publisher }: FeedOf, { items }: News): object => ({
  version: 'https://jsonfeed.org/version/1.1',
  title: name.nb,
  home_page_url: `${hub}/catalogue`,
  feed_url: `${hub}${jsonFeedPath}`,
  language: 'nb',
  authors: [{ name: publisher.nb }],
  items: items.map((item) => ({
    id: idOf(item),
    url: `${hub}/catalogue/apis/${encodeURIComponent(item.api)}`,
    title: item.subject.nb,
    content_text: textOf(item),
    date_published: formatInstant(item.at),
    tags: [item.api, item.kind, item.topic],
    _bindeledd: {
      kind: item.kind,
      topic: item.topic,
      api: item.api,
      status: item.status,
      change: item.change?.id ?? null,
      coordinates: item.change?.coordinates ?? null,
      replacement: item.change?.replacement ?? null,
      subject: item.subject,
    },
  })),
});
