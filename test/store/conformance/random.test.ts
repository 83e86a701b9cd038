// Random deliveries, removals, retargetings and re-identifications over a small real part of the model, against a reference that works
// everything out from scratch: every stored body, the identifiers, the numbers, and a copy kept by following the feed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hrefOf } from '#model/href.ts';
import type { LinkTarget, OwnLink, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  changesOf,
  collectionAt,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  medlemskap,
  organisasjonselement,
  person,
  planFor,
  putEntry,
  skole,
  to,
  undervisningsgruppe,
  uidsOf,
} from './world.ts';
import type { Entry } from './world.ts';

const paths = [elev, elevforhold, person, skole, undervisningsgruppe, medlemskap, organisasjonselement] as const;

type Operation =
  | {
      readonly kind: 'put';
      readonly path: number;
      readonly ids: readonly (number | null)[];
      readonly primary: number;
      readonly links: readonly { readonly relation: number; readonly target: number; readonly field: number }[];
    }
  | { readonly kind: 'remove'; readonly path: number; readonly nth: number };

// Pupils and persons, who name each other, come more often than the rest.
const somePath = fc.constantFrom(0, 0, 0, 2, 2, 1, 3, 4, 5, 6);

// Few values, so that identifiers meet, move and come back.
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      path: somePath,
      ids: fc.array(fc.option(fc.nat(1), { freq: 4 }), { minLength: 4, maxLength: 4 }),
      primary: fc.nat(3),
      links: fc.array(fc.record({ relation: fc.nat(5), target: fc.nat(1), field: fc.nat(3) }), { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), path: somePath, nth: fc.nat(5) }),
  },
);

/** Relations of a collection that stay within the part of the model that the test uses. */
const relationsOf = new Map(
  paths.map((path) => [
    path,
    [...collectionAt(path).links.values()].filter(({ target }) => paths.some((each) => each === target)),
  ]),
);

const entryOf = (put: Extract<Operation, { kind: 'put' }>): Entry => {
  const path = paths[put.path] ?? elev;
  const collection = collectionAt(path);
  const ids: Record<string, string> = {};
  for (const [index, { segment }] of collection.identifiers.entries()) {
    const value = put.ids[index];
    if (value !== null && value !== undefined) ids[segment] = `${segment}/${value}`;
  }
  const [first] = collection.identifiers;
  if (Object.keys(ids).length === 0 && first !== undefined) ids[first.segment] = `${first.segment}/0`;
  const segments = Object.keys(ids);
  const rules = relationsOf.get(path) ?? [];
  const links: Record<string, LinkTarget[]> = {};
  for (const link of put.links) {
    const rule = rules[link.relation % rules.length];
    if (rule === undefined || rule.target === null) continue;
    const fields = collectionAt(rule.target).identifiers;
    const field = fields[link.field % fields.length]?.segment ?? '';
    (links[rule.relation.jsonName] ??= []).push(to(rule.target, field, `${field}/${link.target}`));
  }
  const primary = segments[put.primary % segments.length];
  return entry(path, ids, { links, ...(primary === undefined ? {} : { primary }) });
};

/** The reference: what has been delivered and not removed, by uid in order of creation. */
type Delivered = Map<number, Entry>;

const answersTo = (delivered: Delivered, target: LinkTarget): number | null => {
  if (target.kind === 'verbatim') return null;
  for (const [uid, { path, resource }] of delivered)
    if (
      path === target.collection &&
      resource.identifiers.some((each) => each.field === target.field && each.value === target.value)
    )
      return uid;
  return null;
};

const hrefTo = (target: LinkTarget): string =>
  target.kind === 'verbatim' ? target.href : hrefOf(base, target.collection, target.field, target.value);

const linksBy = (links: readonly OwnLink[], relation: string): readonly LinkTarget[] =>
  links.find((each) => each.relation === relation)?.targets ?? [];

/** The body of one resource; links that others give it are in an order of no meaning, so they are sorted. */
const expectedBody = (delivered: Delivered, uid: number, { path, resource }: Entry): unknown => {
  const collection = collectionAt(path);
  const links: Record<string, string[]> = {
    self: resource.identifiers.map(({ field, value }) => hrefOf(base, path, field, value)),
  };
  for (const { jsonName } of collection.class.relations) {
    const own = linksBy(resource.links, jsonName);
    const reached = new Set(own.map((target) => answersTo(delivered, target)));
    const others = new Set<string>();
    for (const [sourceUid, source] of delivered) {
      if (reached.has(sourceUid)) continue;
      for (const [name, rule] of collectionAt(source.path).links) {
        if (rule.inverse !== jsonName) continue;
        if (linksBy(source.resource.links, name).some((target) => answersTo(delivered, target) === uid)) {
          const { field, value } = source.resource.primary;
          others.add(hrefOf(base, source.path, field, value));
        }
      }
    }
    const mine = [...new Set(own.map(hrefTo))];
    const all = [...mine, ...[...others].filter((href) => !mine.includes(href)).sort()];
    if (all.length > 0) links[jsonName] = all;
  }
  return { ...JSON.parse(`{${resource.attributes}}`), _links: links };
};

/** A stored body in the form of `expectedBody`: hrefs after the own ones sorted. */
const storedBody = (text: string, { resource }: Entry): unknown => {
  const body: { _links: Record<string, { href: string }[]> } = JSON.parse(text);
  const links = Object.entries(body['_links']).map(([relation, list]) => {
    const hrefs = list.map(({ href }) => href);
    const own = relation === 'self' ? hrefs.length : new Set(linksBy(resource.links, relation).map(hrefTo)).size;
    return [relation, [...hrefs.slice(0, own), ...hrefs.slice(own).sort()]];
  });
  return { ...body, _links: Object.fromEntries(links) };
};

type Copy = { readonly bodies: Map<string, Map<number, string>>; position: number };

/** Brings a copy up to date by the feed alone, and gives how many changes it saw. */
const follow = async (tenant: TenantStore, copy: Copy): Promise<number> => {
  const seen: number[] = [];
  const from = copy.position;
  for (const path of paths) {
    let bodies = copy.bodies.get(path);
    if (bodies === undefined) copy.bodies.set(path, (bodies = new Map()));
    for (const change of await changesOf(tenant, path, from)) {
      seen.push(change.position);
      if (change.kind === 'removed') bodies.delete(change.uid);
      else {
        const [now] = await tenant.reads.load(planFor(path), [change.uid]);
        assert.equal(now?.position, change.position, 'the resource knows its newest change');
        bodies.set(change.uid, now.body.toString());
      }
    }
  }
  seen.sort((a, b) => a - b);
  assert.deepEqual(
    seen,
    [...Array(seen.length).keys()].map((index) => from + 1 + index),
    'positions have no gap',
  );
  copy.position += seen.length;
  assert.equal(await tenant.reads.lastPosition(), copy.position);
  return seen.length;
};

const apply = async (tenant: TenantStore, delivered: Delivered, operations: readonly Operation[]): Promise<void> => {
  await tenant.write(async (tx) => {
    for (const each of operations) {
      if (each.kind === 'remove') {
        const path = paths[each.path] ?? elev;
        const uids = [...delivered].filter(([, one]) => one.path === path).map(([uid]) => uid);
        const uid = uids[each.nth % Math.max(1, uids.length)];
        if (uid === undefined) continue;
        await tx.remove(path, uid, 1);
        delivered.delete(uid);
        continue;
      }
      const one = entryOf(each);
      const { identifiers } = one.resource;
      const uids = new Set((await tx.match(one.path, identifiers)).filter((uid) => uid !== null));
      assert.deepEqual(
        [...uids].sort(),
        [
          ...new Set(
            identifiers.flatMap((id) => answersTo(delivered, { kind: 'resource', collection: one.path, ...id }) ?? []),
          ),
        ].sort(),
      );
      // An entry that is two resources at once is kept back by the hub.
      if (uids.size > 1) continue;
      const { uid } = await putEntry(tx, one);
      delivered.set(uid, one);
    }
    await tx.settle();
  });
};

const compare = async (tenant: TenantStore, delivered: Delivered, copy: Copy): Promise<void> => {
  for (const path of paths) {
    const uids = await uidsOf(tenant, path);
    const expected = [...delivered].filter(([, each]) => each.path === path).sort(([a], [b]) => a - b);
    assert.deepEqual(
      uids,
      expected.map(([uid]) => uid),
    );
    const stored = await tenant.reads.load(planFor(path), uids);
    for (const [index, [uid, each]] of expected.entries()) {
      const text = stored[index]?.body.toString() ?? '';
      assert.equal(text, copy.bodies.get(path)?.get(uid), 'the follower has what is stored');
      assert.deepEqual(storedBody(text, each), expectedBody(delivered, uid, each));
      for (const identifier of each.resource.identifiers)
        assert.equal((await tenant.reads.read(planFor(path), identifier))?.uid, uid);
    }
    assert.equal(copy.bodies.get(path)?.size ?? 0, uids.length);
    const stats = await tenant.reads.stats(planFor(path));
    assert.equal(stats.count, uids.length);
    assert.equal(stats.position, (await changesOf(tenant, path)).at(-1)?.position ?? 0);
  }
};

onEveryDialect('random deliveries', (dialect) => {
  test('agree with a reference that works everything out anew', { timeout: 60_000 }, () =>
    inWorld(dialect, async ({ store }) => {
      let number = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
          async (transactions) => {
            number += 1;
            const tenant = await store.tenant(`t${number}.test`);
            const delivered: Delivered = new Map();
            const copy: Copy = { bodies: new Map(), position: 0 };
            for (const operations of transactions) {
              await apply(tenant, delivered, operations);
              await follow(tenant, copy);
              await compare(tenant, delivered, copy);
              // The same once more is no change.
              const again = await deliver(tenant, ...delivered.values());
              assert.ok(again.every((outcome) => outcome === 'unchanged'));
              assert.equal(await follow(tenant, copy), 0);
            }
            await tenant.close();
          },
        ),
        { numRuns: 60 },
      );
    }),
  );
});
