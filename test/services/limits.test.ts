// The bounds of services of XML, on both sides of each.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { limits } from '#base/limits.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { Handled } from '#services/service.ts';
import { noFacts } from '#mappings/project.ts';
import { tableRows } from '#services/table-rows.ts';
import { readTable } from '#tables/read-table.ts';
import { person } from '#apis/fsws-bas/mappings/person.ts';
import { hubModel } from '../model/models.ts';
import { principalOf } from '../http/toy.ts';
import { asker, namespace, openToy, port, prefix, type Answered, type ToyWorld } from './toy-service.ts';

const start = '<start dtf="yyyy-MM-dd">2026-08-15</start>';

const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

const tags = (count: number): string =>
  `<thing xmlns="${namespace}"><id>1</id>${start}${'<tag>a</tag>'.repeat(count)}</thing>`;

const find = (text: string): string => envelope(`<findThing xmlns="${namespace}"><a>${text}</a></findThing>`);

/** A document with comments behind it, so many bytes in all. */
const grown = (text: string, bytes: number): string => {
  let grew = text;
  for (let left = bytes - text.length; left > 0; left = bytes - grew.length)
    grew += left < 100_010 ? ' '.repeat(left) : `<!--${' '.repeat(99_993)}-->`;
  return grew;
};

const node = (uid: number): DocumentNode => ({
  uid,
  id: String(uid),
  collection: 'fs/person/personprofil',
  level: 0,
  values: { personlopenummer: { identifikatorverdi: String(uid) } },
  hides: () => false,
  parts: {},
});

describe('the bounds of a service', () => {
  let world: ToyWorld;
  let ask: (path: string, init?: RequestInit) => Promise<Answered>;
  before(async () => {
    world = await openToy();
    ask = asker(world);
  });
  after(() => world.server.close());

  const post = (path: string, body: string): Promise<Answered> =>
    ask(path, { method: 'POST', body, headers: { 'content-type': 'text/xml' } });

  it('takes a body of so many bytes, and of as many as an operation says', async () => {
    const one = envelope(`<getThing xmlns="${namespace}"><id>1</id></getThing>`);
    assert.equal((await post(port, grown(one, limits.serviceBodyBytes))).status, 200);
    assert.equal((await post(port, grown(one, limits.serviceBodyBytes + 1))).status, 413);
    const inner = `<thing xmlns="${namespace}"><id>1</id>${start}</thing>`;
    assert.equal((await post(`${prefix}/write`, grown(inner, 100_000))).status, 200);
    assert.equal((await post(`${prefix}/write`, grown(inner, 100_001))).status, 413);
    const written = envelope(`<writeThing xmlns="${namespace}"><thing><id>1</id>${start}</thing></writeThing>`);
    assert.equal((await post(port, grown(written, 100_000))).status, 200);
    assert.equal((await post(port, grown(written, 100_001))).status, 413);
  });

  it('takes a text of so many letters, whatever bytes they are', async () => {
    for (const letter of ['a', 'Æ', '😀']) {
      const most = letter.repeat(limits.serviceTextLength);
      assert.equal((await post(port, find(most))).status, 200, letter);
      const refused = await post(port, find(most + letter));
      assert.equal(refused.status, 500, letter);
      assert.match(refused.text, /\/a has more than 1024 characters/);
    }
  });

  it('takes so many elements of one name in a row', async () => {
    assert.equal((await post(`${prefix}/write`, tags(limits.serviceListItems))).status, 200);
    const refused = await post(`${prefix}/write`, tags(limits.serviceListItems + 1));
    assert.equal(refused.status, 400);
    assert.match(refused.text, /\/thing\/tag stands more than 1000 times/);
  });
});

describe('a page of rows', () => {
  const reading = readTable(person, hubModel());
  let given = 0;
  const pages = async function* () {
    for (let first = 0; first < 2_500; first += 700) {
      const some = Array.from({ length: Math.min(700, 2_500 - first) }, (_, at) => node(first + at));
      given += some.length;
      yield some;
    }
  };
  const everybody = { ...noFacts, name: 'everybody', of: () => true };
  const numbers = async (page: { readonly after: number; readonly size: number }): Promise<readonly number[]> => {
    const handled: Handled = await tableRows(
      {
        walk: async () => ({ kind: 'walk', pages: pages() }),
        list: () => assert.fail('what counts is not known by its place'),
      },
      [reading],
      { notation: xmlNotation, now: { today: '2026-01-05' }, given: {}, counts: everybody, page },
      { principal: principalOf('client'), requestId: 'q', api: 'toy' },
    );
    assert.ok(handled.kind === 'rows');
    const rows: number[] = [];
    for await (const some of handled.rows)
      for (const row of some) rows.push(Number(/<personlopenr>(\d+)</.exec(row)?.[1]));
    return rows;
  };

  it('holds so many rows, and all pages together every row once', async () => {
    const size = limits.servicePageRows;
    const all: number[] = [];
    for (const skipped of [0, size, 2 * size, 3 * size]) {
      const rows = await numbers({ after: skipped, size });
      assert.equal(rows.length, Math.max(0, Math.min(size, 2_500 - skipped)));
      all.push(...rows);
    }
    assert.deepEqual(
      all,
      Array.from({ length: 2_500 }, (_, at) => at),
    );
  });

  it('is asked for by its place where every row counts, and nothing else is read', async () => {
    const asked: unknown[] = [];
    const handled: Handled = await tableRows(
      {
        walk: () => assert.fail('rows of other pages are read'),
        list: async (_reading, { render }, { page }) => {
          asked.push(page);
          const rows = [8, 9].map((uid) => ({
            uid,
            id: String(uid),
            facts: null,
            bytes: Buffer.from(render(node(uid))),
          }));
          return { kind: 'rows', rows, total: 10, next: null, sensitive: false };
        },
      },
      [reading],
      { notation: xmlNotation, now: { today: '2026-01-05' }, given: {}, page: { after: 8, size: 4 } },
      { principal: principalOf('client'), requestId: 'q', api: 'toy' },
    );
    assert.ok(handled.kind === 'rows');
    const found: string[] = [];
    for await (const some of handled.rows) found.push(...some);
    assert.deepEqual(asked, [{ offset: 8, size: 4 }]);
    assert.deepEqual(
      found.map((row) => /<personlopenr>(\d+)</.exec(row)?.[1]),
      ['8', '9'],
    );
  });

  it('asks for no rows behind it', async () => {
    given = 0;
    await numbers({ after: 0, size: 10 });
    assert.equal(given, 700);
  });
});
