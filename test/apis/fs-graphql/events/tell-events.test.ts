// Pages over a hub that is made up: what fits into a cursor, and what a page makes of an answer without events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { familyStreams, type EventFacts } from '#apis/fs-graphql/events/event-streams.ts';
import { pagesOf } from '#apis/fs-graphql/events/tell-events.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import type { EntityEvent, EntityEvents } from '#hub/documents/document.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import type { PlatformStore } from '#store/store.ts';
import { principal } from '../../../hub/world.ts';
import { fsModel } from '../face-under-test.ts';
import { fsEvents } from './follow-world.ts';

const context = { principal: principal(), requestId: 'r1', api: 'test' };
const platform = { secret: async (_: string, make: () => Buffer) => make() } as unknown as PlatformStore;

test('what is left of a change of every kind fits into a cursor', async () => {
  const data = fsEvents();
  const sealing = await createSealing(platform, systemRandom);
  let longest = 0;
  for (const family of data.families) {
    const streams = familyStreams(family, fsModel());
    for (const { source, stream } of streams) {
      const kinds = [...new Set(source.rules.map(({ kind }) => kind))];
      const facts: EventFacts = { fits: kinds, subject: 2 ** 50, due: null };
      const hidden = JSON.stringify([2 ** 50, 'w'.repeat(22), 'e'.repeat(36), 2 ** 50, 2 ** 42, '2026-01-01', 2 ** 50]);
      const place = JSON.stringify(['i'.repeat(22), 2 ** 50, [2 ** 50, 10, 2 ** 50], '2026-01-02']);
      const one: EntityEvent<EventFacts> = {
        id: 'i'.repeat(22),
        cursor: sealing.seal(context, 'here', hidden + place),
        at: 2 ** 42,
        type: stream.type,
        change: 'updated',
        entity: sealing.id(context.principal.tenant, 2 ** 50),
        into: null,
        changedFields: kinds,
        facts,
      };
      const events: Pick<EntityEvents, 'follow' | 'factsNow'> = {
        follow: async <Facts>({ after }: { readonly after: string | null }) => ({
          kind: 'events' as const,
          events: after === 'begin' ? [one as EntityEvent<Facts>] : [],
          next: one.cursor,
          more: false,
        }),
        factsNow: async <Facts>() => facts as Facts,
      };
      const page = pagesOf(family, streams, { events, sealing }, data);
      const told: string[] = [];
      let after = Buffer.from('begin').toString('base64url');
      for (let more = true; more;) {
        const { nodes, pageInfo } = (await page({ kinds: new Set(kinds), first: 1, after }, context)) as {
          readonly nodes: readonly Readonly<Record<string, unknown>>[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        };
        told.push(...nodes.map((node) => String(node[data.names.kind])));
        after = pageInfo.endCursor;
        longest = Math.max(longest, after.length);
        more = pageInfo.hasNextPage;
      }
      assert.deepEqual(told, kinds);
    }
  }
  assert.ok(longest > 1_000 && longest <= limits.cursorLength * 0.9, `${longest}`);
});

test('a page ends where the hub has looked for as long as it may, and says that there may be more', async () => {
  const data = fsEvents();
  const [family = assert.fail()] = data.families;
  const sealing = await createSealing(platform, systemRandom);
  const asked: (string | null)[] = [];
  const events: Pick<EntityEvents, 'follow' | 'factsNow'> = {
    follow: async ({ after }) => {
      asked.push(after);
      return { kind: 'events', events: [], next: `${after}+`, more: asked.length < 3 };
    },
    factsNow: async () => null,
  };
  const page = pagesOf(family, familyStreams(family, fsModel()), { events, sealing }, data);
  const kinds = new Set(family.kinds.map(({ name }) => name));
  const found: unknown[] = [];
  let after = Buffer.from('a').toString('base64url');
  for (let more = true; more;) {
    const { nodes, pageInfo } = (await page({ kinds, first: 10, after }, context)) as {
      readonly nodes: readonly unknown[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
    ({ hasNextPage: more, endCursor: after } = pageInfo);
    found.push([nodes.length, more, Buffer.from(after, 'base64url').toString()]);
  }
  assert.deepEqual(asked, ['a', 'a+', 'a++']);
  assert.deepEqual(found, [
    [0, true, 'a+'],
    [0, true, 'a++'],
    [0, false, 'a+++'],
  ]);
});
