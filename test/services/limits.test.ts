// The bounds of services of XML, on both sides of each.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { limits } from '#base/limits.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { Handled, ServiceCall } from '#services/service.ts';
import { tableRows } from '#services/table-rows.ts';
import { readTable } from '#tables/read-table.ts';
import { person } from '#apis/fsws-bas/mappings/person.ts';
import { readOperations } from '#apis/fsws-bas/operations.ts';
import { systemClock } from '#base/clock.ts';
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

const unasked = () => assert.fail('rows of other pages are read');

describe('a page of rows', () => {
  const reading = readTable(person, hubModel());
  const all = Array.from({ length: 2_500 }, (_, at) => at);
  const asked: { readonly narrow: boolean }[] = [];
  const operation = readOperations({
    model: hubModel(),
    walk: unasked,
    hub: { run: unasked },
    clock: systemClock,
    tables: {
      walk: unasked,
      write: unasked,
      outcome: unasked,
      list: async (_reading, { render }, { page, narrow }) => {
        assert.ok('offset' in page);
        asked.push({ narrow: narrow !== undefined });
        const rows = all.slice(page.offset, page.offset + page.size).map((uid) => ({
          uid,
          id: String(uid),
          facts: null,
          bytes: Buffer.from(render(node(uid))),
        }));
        return { kind: 'rows', rows, total: all.length, next: null, sensitive: false };
      },
    },
  }).find(({ name }) => name === 'hentPersoner');

  const numbers = async (values: ServiceCall['values']): Promise<readonly number[]> => {
    assert.ok(operation !== undefined);
    const who = principalOf('client');
    // The request itself is not looked at.
    const request = {} as ServiceCall['request'];
    const context = { principal: who, requestId: 'q', api: 'toy' };
    const handled = await operation.handle({ request, principal: who, context, via: 'rest', values, body: null, type: 'application/xml', notation: xmlNotation }); // prettier-ignore
    assert.ok(handled.kind === 'rows');
    const rows = (await Array.fromAsync(handled.rows)).flat();
    return rows.map((row) => Number(/<personlopenr>(\d+)</.exec(row)?.[1]));
  };

  it('holds so many rows, and all pages together every row once, whatever is chosen by', async () => {
    const size = limits.servicePageRows;
    for (const chosen of [{}, { status: 'aktiv' }]) {
      const found: number[] = [];
      for (const [index, skipped] of [0, size, 2 * size, 3 * size].entries()) {
        const rows = await numbers({ ...chosen, side: String(index + 1) });
        assert.equal(rows.length, Math.max(0, Math.min(size, all.length - skipped)));
        found.push(...rows);
      }
      assert.deepEqual(found, all);
    }
    // The store is told what to choose by.
    assert.deepEqual(
      asked.map(({ narrow }) => narrow),
      [false, false, false, false, true, true, true, true],
    );
  });

  it('is asked for by its place, and nothing else is read', async () => {
    const places: unknown[] = [];
    const handled: Handled = await tableRows(
      {
        walk: () => assert.fail('rows of other pages are read'),
        list: async (_reading, { render }, { page }) => {
          places.push(page);
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
    assert.deepEqual(places, [{ offset: 8, size: 4 }]);
    assert.deepEqual(
      found.map((row) => /<personlopenr>(\d+)</.exec(row)?.[1]),
      ['8', '9'],
    );
  });
});
