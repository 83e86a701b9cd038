// Random histories: resources come, change, move, are protected, go and come back under the same name; grants come, change and end; clients take a
// cursor, read everything, and from then on read again only what events name, in answers of any size, from any place that they were given. Whenever
// one has heard everything it holds what a fresh reading gives; and it never hears of what it could not have seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Grant } from '#store/store.ts';
import { cases } from '../../cases.ts';
import { onlyGrants, openWorld } from '../world.ts';
import type { World } from '../world.ts';
import { access, beginning, clear, happen, happening, places } from './events-history.ts';
import type { Happening } from './events-history.ts';
import { askedOf, atSchool, begun, listedBy, lookAgain, poll, pollInto, takeIn } from './events-world.ts';
import type { Asked, Copy, Within } from './events-world.ts';

let world: World;
let asked: Asked;
before(async () => {
  world = await openWorld();
  asked = await askedOf(world, world.store);
});
after(() => world.close());

type Step =
  | { readonly kind: 'data'; readonly happenings: readonly Happening[] }
  | { readonly kind: 'grants'; readonly accesses: readonly Partial<Grant>[] }
  | { readonly kind: 'poll'; readonly size: number; readonly pages: number }
  /** Asks while something happens. */
  | { readonly kind: 'race'; readonly happening: Happening; readonly size: number }
  /** Goes back to a place that was given before, with what it held there. */
  | { readonly kind: 'back'; readonly to: number; readonly size: number }
  /** The hub forgets everything that it has not stored, and looks at so many changes at a time from then on. */
  | { readonly kind: 'restart'; readonly windowRows: number }
  | { readonly kind: 'settle' };

const windowRows = fc.constantFrom(1, 2, 5, 2_000);

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('data' as const),
      happenings: fc.array(happening, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grants' as const),
      accesses: fc.oneof(
        { weight: 5, arbitrary: fc.array(access, { minLength: 1, maxLength: 2 }) },
        { weight: 1, arbitrary: fc.constant([]) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('poll' as const),
      size: fc.integer({ min: 1, max: 4 }),
      pages: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('back' as const),
      to: fc.nat(1_000),
      size: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('race' as const),
      happening,
      size: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'settle' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), windowRows }),
  },
);

/** A client, with every place that it was given since it last read everything, what it held there, and all that it could have seen since. */
type Client = {
  readonly within: Within;
  copy: Copy;
  places: {
    readonly cursor: string;
    readonly held: ReadonlyMap<string, string>;
    readonly missed: ReadonlySet<string>;
  }[];
  visible: Set<string>;
  /** What it has been told of, to be held against that. */
  told: Set<string>;
};

const remember = (client: Client): void => {
  const { cursor, held, missed } = client.copy;
  if (cursor !== null) client.places.push({ cursor, held: new Map(held), missed: new Set(missed) });
};

/** It never hears of what it could not have seen, before or after. */
const holdAgainst = ({ told, visible }: Client): void => {
  for (const key of told) assert.ok(visible.has(key), `${key} is told of, and could not be seen`);
  told.clear();
};

const anew = async (client: Client): Promise<void> => {
  holdAgainst(client);
  client.copy = await begun(asked, client.within);
  client.places = [];
  client.visible = new Set(client.copy.held.keys());
  remember(client);
};

/** Notes what a client could see now, whatever it asks for. */
const lookAround = async (client: Client): Promise<void> => {
  for (const key of (await listedBy(asked, client.within)).keys()) client.visible.add(key);
};

/** One answer; false when there is no more. */
const turn = async (client: Client, size: number): Promise<boolean> => {
  const { copy, within } = client;
  if (copy.cursor === null) {
    await anew(client);
    return false;
  }
  const result = await poll(asked, copy.cursor, { size, within });
  if (result.kind === 'missing' || result.kind === 'refused') {
    if (result.kind === 'refused') assert.equal(result.problem.code, 'HUB-416', result.problem.detail);
    await anew(client);
    return false;
  }
  assert.ok(result.events.length <= size);
  const missed = [...copy.missed];
  for (const event of result.events) {
    client.told.add(`${event.type} ${event.entity}`);
    if (event.into !== null) client.told.add(`${event.type} ${event.into}`);
    await takeIn(asked, copy, event, within);
    copy.cursor = event.cursor;
    remember(client);
  }
  await lookAgain(asked, copy, missed, within);
  copy.cursor = result.next;
  return result.more;
};

const toTheEnd = async (client: Client, size: number): Promise<void> => {
  for (let pages = 0; await turn(client, size); pages += 1) assert.ok(pages < 500, 'the events have no end');
};

const settle = async (client: Client, size: number): Promise<void> => {
  await toTheEnd(client, size);
  assert.deepEqual(
    [...client.copy.held].sort(),
    [...(await listedBy(asked, client.within))].sort(),
    `the copy of ${client.within?.key ?? 'all'}`,
  );
  // Nothing is new: the place stays.
  const { cursor } = client.copy;
  if (cursor === null) return;
  const again = await pollInto(asked, client.copy, 5, client.within);
  assert.deepEqual([again.events, again.more, client.copy.cursor], [[], false, cursor]);
};

test('who reads again what events name holds what a fresh reading gives, whatever happens on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      windowRows,
      beginning,
      fc.array(access, { minLength: 1, maxLength: 2 }),
      fc.array(stepOf, { minLength: 5, maxLength: 16 }),
      async (rows, data, first, steps) => {
        asked = await askedOf(world, world.store, rows);
        await clear(world);
        for (const one of data) await happen(world, one);
        await onlyGrants(world, ...first);
        const clients = [null, atSchool(places[0] ?? '')].map((within): Client => ({
          within,
          copy: { cursor: null, held: new Map(), missed: new Set() },
          places: [],
          visible: new Set(),
          told: new Set(),
        }));
        for (const client of clients) await anew(client);
        for (const step of steps) {
          if (step.kind === 'data') {
            for (const one of step.happenings) {
              await happen(world, one);
              for (const client of clients) await lookAround(client);
            }
          }
          if (step.kind === 'grants') await onlyGrants(world, ...step.accesses);
          if (step.kind === 'restart') asked = await askedOf(world, world.store, step.windowRows);
          if (step.kind === 'race') {
            // A cursor that is taken anew may be older than what is read with it, and then it tells that what was seen before has gone.
            const shown = await Promise.all(clients.map(({ within }) => listedBy(asked, within)));
            await Promise.all([...clients.map((client) => turn(client, step.size)), happen(world, step.happening)]);
            for (const [index, client] of clients.entries()) {
              for (const key of shown[index]?.keys() ?? []) client.visible.add(key);
              await lookAround(client);
            }
          }
          for (const client of clients) {
            if (step.kind === 'grants') await lookAround(client);
            if (step.kind === 'poll')
              for (let page = 0; page < step.pages && (await turn(client, step.size)); page += 1);
            if (step.kind === 'back' && client.places.length > 0) {
              const place = client.places[step.to % client.places.length];
              if (place === undefined) continue;
              client.copy = { cursor: place.cursor, held: new Map(place.held), missed: new Set(place.missed) };
              await settle(client, step.size);
            }
            if (step.kind === 'settle') await settle(client, 3);
            holdAgainst(client);
          }
        }
        for (const client of clients) {
          await settle(client, 2);
          holdAgainst(client);
        }
      },
    ),
    { numRuns: cases(60) },
  );
});
