// A client of the API as the tests of reading use it: whole lists, walked as their links say; one thing by its address or its national id.
import assert from 'node:assert/strict';
import type { Answer, Caller } from '../../../e2e/caller.ts';
import { prefix, valueOf } from '../vfs-world.ts';

export type Item = Readonly<Record<string, unknown>>;

export type Client = {
  readonly get: (address: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly one: (address: string) => Promise<Item>;
  /** Everything of a list, page by page. */
  readonly all: (address: string) => Promise<readonly Item[]>;
  readonly lookup: (what: 'pupils' | 'employees', nin: string) => Promise<Answer>;
  /** The id of a pupil or an employee by national id. */
  readonly idOf: (what: 'pupils' | 'employees', nin: string) => Promise<string>;
};

export const clientOf = (caller: Caller): Client => {
  const get: Client['get'] = (address, headers = {}) =>
    caller.send('GET', address.startsWith('http') ? address : `${prefix}${address}`, { headers });
  const lookup: Client['lookup'] = (what, nin) =>
    caller.send('POST', `${prefix}/${what}/lookup`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ nin }),
    });
  return {
    get,
    lookup,
    one: async (address) => valueOf(await get(address)),
    all: async (address) => {
      const items: Item[] = [];
      let next: string | undefined = address;
      while (next !== undefined) {
        const answer: Answer = await get(next);
        const page = valueOf(answer);
        items.push(...(page['items'] as readonly Item[]));
        const [, link] = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? '')) ?? [];
        assert.equal(typeof page['next'], link === undefined ? 'undefined' : 'string');
        next = link;
      }
      return items;
    },
    idOf: async (what, nin) => String(valueOf(await lookup(what, nin))['id']),
  };
};

export const itemsIn = (item: Item | undefined, name: string): readonly Item[] =>
  (item?.[name] ?? []) as readonly Item[];

export const textsOf = (items: readonly Item[], name: string): readonly string[] =>
  items.map((item) => String(item[name])).toSorted();

export const partOf = (item: Item | undefined, name: string): Item => (item?.[name] ?? {}) as Item;
