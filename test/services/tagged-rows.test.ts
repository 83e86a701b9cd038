// Tags of answers of rows: of what they say, for as many as are held.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Handled } from '#services/service.ts';
import { taggedRows } from '#services/tagged-rows.ts';

type Rows = Extract<Handled, { readonly kind: 'rows' }>;

const rowsOf = (pages: readonly (readonly string[])[], ended = { count: 0 }): Rows => ({
  kind: 'rows',
  rows: (async function* () {
    try {
      yield* pages;
    } finally {
      ended.count += 1;
    }
  })(),
});

const tagged = async (pages: readonly (readonly string[])[], most: number, also = ''): Promise<Rows> => {
  const found = await taggedRows(rowsOf(pages), also, most);
  assert.ok(found.kind === 'rows');
  return found;
};

const textsOf = async ({ rows }: Rows): Promise<readonly string[]> => (await Array.fromAsync(rows)).flat();

const tagOf = async (pages: readonly (readonly string[])[], also?: string) =>
  (await tagged(pages, 100, also)).more?.etag;

test('so many letters have a tag, and one more has none; the rows are the same', async () => {
  const pages = [['abc', 'de'], [], ['fghij']];
  const [held, streamed] = [await tagged(pages, 10), await tagged(pages, 9)];
  assert.match(held.more?.etag ?? '', /^"[\w-]{27}"$/);
  assert.equal(streamed.more?.etag, undefined);
  assert.deepEqual(await textsOf(held), ['abc', 'de', 'fghij']);
  assert.deepEqual(await textsOf(streamed), ['abc', 'de', 'fghij']);
});

test('the tag is of the rows and of what is named beside them, and not of how they come', async () => {
  const tag = await tagOf([['a', 'b']]);
  assert.equal(await tagOf([['a'], ['b']]), tag);
  for (const other of [
    await tagOf([['ab']]),
    await tagOf([['b', 'a']]),
    await tagOf([['a', 'b']], 'json'),
    await tagOf([]),
  ])
    assert.notEqual(other, tag);
});

test('whoever stops reading stops what is read from', async () => {
  const ended = { count: 0 };
  const found = await taggedRows(rowsOf([['long'], ['more'], ['most']], ended), '', 3);
  assert.ok(found.kind === 'rows');
  assert.equal(ended.count, 0);
  for await (const page of found.rows) {
    assert.deepEqual(page, ['long']);
    break;
  }
  assert.equal(ended.count, 1);
});

test('what is no rows is handed on', async () => {
  assert.deepEqual(await taggedRows({ kind: 'done', status: 'ok' }, '', 1), { kind: 'done', status: 'ok' });
});
