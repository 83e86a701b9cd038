// What is recorded of a page holds for whatever is read of it later: at random data are written after a page was asked for, while it is looked for, and
// while it is read. Whoever is shown must be found by who asks for it; nobody is shown who is hidden or gone by then.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemRandom } from '#base/random.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import type { Hub, PageBody } from '#hub/query.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { showsAny } from '#store/audit-seen.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { cases } from '../cases.ts';
import {
  fjord,
  listQuery,
  model,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  principal,
  put,
  putApplication,
  remove,
} from './world.ts';
import type { Resource, World } from './world.ts';

const marks = ['ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'] as const;

/** Clearances of the callers: two that see whole resources, and one that sees some fields of them. */
const callers: Readonly<Record<string, ProtectionLevel>> = { app: 0, other: 2, narrow: 1 };

const made = (number: number, level: ProtectionLevel): Resource =>
  person(number, { foreldre: [personHref(number % 40)] }, { adressebeskyttelse: marks[level] });

/** The store, with work done before and after the rows of a page are looked for. */
const meeting = (store: Store, work: () => Promise<void>): Store => {
  const over = new Map<TenantStore, TenantStore>();
  const around = (tenant: TenantStore): TenantStore => {
    const { reads } = tenant;
    return {
      ...tenant,
      reads: {
        ...reads,
        page: async (...asked) => {
          await work();
          const page = await reads.page(...asked);
          await work();
          return page;
        },
        uids: async (...asked) => {
          await work();
          const uids = await reads.uids(...asked);
          await work();
          return uids;
        },
      },
    };
  };
  return {
    ...store,
    tenant: async (id) => {
      const tenant = await store.tenant(id);
      const known = over.get(tenant) ?? around(tenant);
      over.set(tenant, known);
      return known;
    },
  };
};

type Step = { readonly kind: 'add' | 'remove' | 'put'; readonly at: number; readonly level: ProtectionLevel };

/** Persons who come, go, and become protected or not, written through this process or another. */
const createPeople = async (world: World) => {
  const beside = await world.beside();
  const tenant = await world.store.tenant(fjord);
  const levels = new Map<number, ProtectionLevel>();
  const uids = new Map<number, number>();
  for (let number = 0; number < 600; number += 1) levels.set(number, number % 60 === 7 ? 2 : 0);
  await put(
    world,
    paths.person,
    [...levels].map(([number, level]) => made(number, level)),
  );
  const note = async (numbers: readonly number[]): Promise<void> => {
    const refs = numbers.map((number) => ({
      collection: paths.person,
      field: 'fodselsnummer',
      value: nationalId(number),
    }));
    for (const [index, { uid }] of (await tenant.reads.resolve(refs)).entries()) {
      assert.ok(uid !== null);
      uids.set(numbers[index] ?? -1, uid);
    }
  };
  await note([...levels.keys()]);
  let next = levels.size;
  return {
    levels,
    uids,
    write: async ({ kind, at, level }: Step, elsewhere: boolean): Promise<void> => {
      const through = elsewhere ? beside : world;
      const there = [...levels.keys()];
      const number = kind === 'add' ? next : (there[Math.floor(at * there.length)] ?? 0);
      if (kind === 'remove') {
        await remove(through, paths.person, 'fodselsnummer', nationalId(number));
        levels.delete(number);
        return;
      }
      await put(through, paths.person, [made(number, level)]);
      levels.set(number, level);
      if (kind !== 'add') return;
      next += 1;
      await note([number]);
    },
  };
};

const numberIn = (entry: { readonly fodselsnummer: { readonly identifikatorverdi: string } }): number =>
  Number(entry.fodselsnummer.identifikatorverdi.slice(4)) - 9_000_000;

/** Whom a page shows; told of each part of it as it comes. */
const shownBy = async (
  body: PageBody,
  told: (numbers: readonly number[]) => Promise<void>,
): Promise<readonly number[]> => {
  const shown: number[] = [];
  for await (const { bytes } of body.plain()) {
    const numbers = (JSON.parse(`[${bytes.toString()}]`) as Parameters<typeof numberIn>[0][]).map(numberIn);
    shown.push(...numbers);
    await told(numbers);
  }
  return shown;
};

const asker = { issuer: 'cli', client: 'cli:test', token: '', request: 'search', api: 'cli', rule: 'operator' };

/** The requests that are found for who asks who has seen a person. */
const requestsAbout = async (world: World, number: number): Promise<readonly string[]> => {
  const trail = createAuditTrail({
    model,
    clock: world.clock,
    random: systemRandom,
    platform: world.store.platform,
    tenant: world.store.tenant,
    record: async (organisation, record) => (await world.store.tenant(organisation)).appendAudit(record),
    pseudonym: (_organisation, subject) => subject,
    verify: () => Promise.reject(new Error('not asked for')),
  });
  const who = { collection: paths.person, field: 'fodselsnummer', value: nationalId(number) };
  const found = await trail.search(fjord, { person: who, order: 'newest' }, asker);
  assert.ok(found.ok);
  const requests: string[] = [];
  for await (const batch of found.value.entries) requests.push(...batch.map(({ record }) => record.request));
  return requests;
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('add', 'remove', 'put', 'put'),
  // Most at the end of what there is, where most pages end as well.
  at: fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.double({ min: 0.97, max: 0.999, noNaN: true })),
  level: fc.constantFrom<ProtectionLevel>(0, 0, 1, 2, 3),
});

/** Changes nothing: that one is so already. */
const nothing: Step = { kind: 'put', at: 0, level: 0 };

test('whoever a page shows is named in its record, whatever is written meanwhile, and nobody hidden is shown', async () => {
  const world = await openWorld();
  try {
    await putApplication(world.store, 'narrow');
    await onlyGrants(
      world,
      {},
      { application: 'other', clearance: 2 },
      { application: 'narrow', clearance: 1, fields: ['fodselsnummer', 'navn'] },
    );
    const people = await createPeople(world);
    const tenant = await world.store.tenant(fjord);
    let steps: Step[] = [];
    let elsewhere = false;
    const work = async (): Promise<void> => {
      const next = steps.shift();
      if (next !== undefined) await people.write(next, elsewhere);
    };
    const hub: Hub = await world.hubOver(meeting(world.store, work));
    let requests = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(callers)),
        fc.nat(600),
        fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 })),
        fc.array(step, { maxLength: 6 }),
        fc.boolean(),
        async (client, offset, size, written, besides) => {
          [steps, elsewhere] = [[...written], besides];
          const clearance = callers[client] ?? 0;
          const request = `page-${(requests += 1)}`;
          const query = listQuery(paths.person, { offset, size });
          const result = await hub.run(query, { principal: principal(client), requestId: request, api: 'test' });
          assert.ok(result.kind === 'page');
          const [record] = await tenant.audit({ limit: 1 });
          assert.equal(record?.request, request);
          const seen = record.seen ?? null;
          await work();
          const shown = await shownBy(result.body, async (numbers) => {
            // Of what another process has just written this one may not have heard.
            for (const number of elsewhere ? [] : numbers)
              assert.ok((people.levels.get(number) ?? 4) <= clearance, `${number} is hidden or gone`);
            await work();
          });
          const uids = shown.map((number) => people.uids.get(number) ?? -1);
          const lives = await tenant.reads.lives(uids);
          for (const [index, uid] of uids.entries()) {
            const subject = { uids: Float64Array.of(uid), lives: lives.slice(index, index + 1) };
            assert.ok(seen !== null && showsAny(seen, subject), `${shown[index]} is shown and not named`);
          }
          const [one, last] = [shown[Math.floor(shown.length / 2)], shown.at(-1)];
          for (const number of requests % 10 === 0 ? [one, last] : [])
            if (number !== undefined) assert.ok((await requestsAbout(world, number)).includes(request));
        },
      ),
      {
        numRuns: cases(200),
        examples: [
          // One who was hidden when the page was asked for is lifted before it is read.
          ['app', 0, 0, [nothing, { kind: 'put', at: 7.5 / 600, level: 0 }], false],
          // One comes who is hidden, which the caller cannot notice, and is lifted before the page is read.
          [
            'narrow',
            0,
            0,
            [
              { kind: 'add', at: 0, level: 3 },
              { kind: 'put', at: 67.5 / 600, level: 3 },
              { kind: 'put', at: 0.9995, level: 0 },
            ],
            false,
          ],
        ],
      },
    );
  } finally {
    await world.close();
  }
});
