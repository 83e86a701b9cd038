// What feeds tell: announced, done and called off, the newest first and no more than may stand in a feed; as XML that any reader takes, whatever was said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atomFeed, jsonFeed } from '#apis/catalogue/feeds.ts';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { limits } from '#base/limits.ts';
import type { Change } from '#catalogue/contract.ts';
import { createNews, type News } from '#catalogue/news.ts';

const at = Date.parse('2026-11-22T11:00:00Z');
const change = (index: number, more: Partial<Change> = {}): Change => ({
  id: `change-${index}`,
  api: 'fint',
  coordinates: ['GET /utdanning/elev/elev'],
  kind: 'breaking',
  text: { nb: 'Borte <b>&amp; "helt"</b>\u000b', en: 'Gone' },
  migration: { nb: 'Les', en: 'Read' },
  replacement: null,
  withoutReplacement: { nb: 'Ingen', en: 'Nobody' },
  announcedAt: at + index,
  planned: { release: 2 },
  emergency: null,
  doneAt: null,
  ...more,
});

const newsOf = (changes: readonly Change[]): Promise<News> => {
  const loaded = loadCatalogue();
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  return createNews({
    platform: { registerEntries: () => [] },
    announcements: { current: async () => ({ version: 1, changes, kept: [] }) },
    catalogue: loaded.value,
    parts: { of: () => null },
  })();
};

const of = {
  hub: 'https://hub.example.org',
  name: { nb: 'Katalog', en: 'Catalogue' },
  publisher: { nb: 'Vi', en: 'We' },
};

test('a feed holds the newest, and what was done beside what was announced', async () => {
  const many = Array.from({ length: limits.feedItems }, (_, index) => change(index));
  assert.equal((await newsOf(many)).items.length, limits.feedItems);
  const { items } = await newsOf([...many, change(limits.feedItems, { doneAt: at + 86_400_000 })]);
  assert.equal(items.length, limits.feedItems);
  assert.deepEqual(
    items.slice(0, 3).map(({ id }) => id),
    [
      `change.change-${limits.feedItems}.done`,
      `change.change-${limits.feedItems}.announced`,
      `change.change-${limits.feedItems - 1}.announced`,
    ],
  );
});

test('whatever was said stands in both feeds as text', async () => {
  const news = await newsOf([change(0)]);
  const atom = atomFeed(of, news);
  assert.match(atom, /Borte &lt;b&gt;&amp;amp; &quot;helt&quot;&lt;\/b&gt;/);
  assert.equal(atom.includes('\u000b'), false);
  assert.match(atom, /<updated>2026-11-22T11:00:00Z<\/updated>/);
  const told = JSON.parse(JSON.stringify(jsonFeed(of, news))) as { readonly items: readonly { readonly id: string }[] };
  assert.deepEqual(
    told.items.map(({ id }) => id),
    ['urn:x-bindeledd:notice:change.change-0.announced'],
  );
  assert.match(atomFeed(of, { version: 1, items: [], promotions: [] }), /<updated>1970-01-01T00:00:00Z<\/updated>/);
});
