// Random deliveries and removals with random markings, against a reference that works every level out from scratch: the own level of each
// resource, that of its links, who is counted and paged for which clearance, and from which clearance on a change can be noticed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hrefOf } from '#model/href.ts';
import type { Model, ProtectionLevel } from '#model/model.ts';
import type { LinkTarget, StoredResource, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  changesOf,
  collectionAt,
  elev,
  elevforhold,
  entry,
  inWorld,
  medlemskap,
  model,
  person,
  planFor,
  putEntry,
  skole,
  to,
  undervisningsgruppe,
  uidsOf,
  piecesOf,
} from './world.ts';
import type { Entry } from './world.ts';

const clearances = [0, 1, 2, 3] as const;
const employee = 'administrasjon/personal/person';
const paths = [person, elev, elevforhold, medlemskap, undervisningsgruppe, skole, employee] as const;
const { about, markings } = model.protection;
/** Each of the collections is about one other, which it must name: it makes no difference which of the two rules says so. */
const variants: readonly (readonly [string, Model, number])[] = [
  ['where the model demands who it is about', model, 60],
  [
    'where whatever is of a collection is about somebody',
    {
      ...model,
      protection: {
        ...model.protection,
        about: new Map([...about].map(([path, rules]) => [path, rules.map((rule) => ({ ...rule, required: false }))])),
        somebody: new Set(
          [...about].filter(([, rules]) => rules.every(({ required }) => required)).map(([path]) => path),
        ),
      },
    },
    30,
  ],
];
const personal = new Set<string>([...about.keys(), ...markings.keys()]);

type Operation =
  | {
      readonly kind: 'put';
      readonly path: number;
      readonly ids: readonly (number | null)[];
      readonly marking: ProtectionLevel | null;
      readonly text: number;
      readonly links: readonly { readonly relation: number; readonly target: number; readonly field: number }[];
    }
  | { readonly kind: 'remove'; readonly path: number; readonly nth: number };

const somePath = fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      path: somePath,
      ids: fc.array(fc.option(fc.nat(2), { freq: 3 }), { minLength: 4, maxLength: 4 }),
      marking: fc.constantFrom<ProtectionLevel | null>(null, null, 0, 0, 0, 1, 2, 3),
      text: fc.nat(1),
      links: fc.array(fc.record({ relation: fc.nat(5), target: fc.nat(2), field: fc.nat(3) }), { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: somePath, nth: fc.nat(5) }) },
);

const relationsOf = new Map(
  paths.map((path) => [
    path,
    [...collectionAt(path).links.values()].filter(({ target }) => paths.some((each) => each === target)),
  ]),
);

const entryOf = (put: Extract<Operation, { kind: 'put' }>): Entry => {
  const path = paths[put.path] ?? elev;
  const ids: Record<string, string> = {};
  for (const [index, { segment }] of collectionAt(path).identifiers.entries()) {
    const value = put.ids[index];
    if (value !== null && value !== undefined) ids[segment] = `${segment}/${value}`;
  }
  const [first] = collectionAt(path).identifiers;
  if (Object.keys(ids).length === 0 && first !== undefined) ids[first.segment] = `${first.segment}/0`;
  const rules = relationsOf.get(path) ?? [];
  const links: Record<string, LinkTarget[]> = {};
  for (const link of put.links) {
    const rule = rules[link.relation % Math.max(1, rules.length)];
    if (rule === undefined || rule.target === null) continue;
    const fields = collectionAt(rule.target).identifiers;
    const field = fields[link.field % fields.length]?.segment ?? '';
    (links[rule.relation.jsonName] ??= []).push(to(rule.target, field, `${field}/${link.target}`));
  }
  const isMarkable = markings.has(path);
  const attributes = {
    navn: `${put.text}`,
    ...(isMarkable && put.marking !== null ? { adressebeskyttelse: put.marking } : {}),
  };
  return entry(path, ids, {
    links,
    attributes,
    ...(isMarkable && put.marking !== null ? { marking: put.marking } : {}),
  });
};

const keyOf = (path: string, field: string, value: string): string => hrefOf(base, path, field, value);

type Known = { entry: Entry; mark: ProtectionLevel; kept: ProtectionLevel };
type Identifier = { owner: number | null; last: number | null; sticky: ProtectionLevel; removed: boolean };

const max = (levels: readonly ProtectionLevel[]): ProtectionLevel =>
  levels.reduce<ProtectionLevel>((a, b) => (b > a ? b : a), 0);

/** Everything that has been said, and what follows from it. */
class Reference {
  readonly resources = new Map<number, Known>();
  readonly identifiers = new Map<string, Identifier>();
  readonly marked = new Set<string>();
  /** Own levels as of the last commit. */
  own = new Map<number, ProtectionLevel>();
  born = new Set<number>();
  unmarked = new Set<number>();
  delivered = new Map<number, ProtectionLevel>();
  raises = new Map<number, ProtectionLevel>();
  wokeUp = false;
  /** What is or was about whom: by the uid of the latter. */
  readonly about = new Map<number, Set<number>>();

  note(subject: number, uid: number): void {
    const known = this.about.get(subject);
    if (known === undefined) this.about.set(subject, new Set([uid]));
    else known.add(uid);
  }

  /** Notes what is about whom now, gone ones included. */
  noteSubjects(): void {
    for (const [uid, { entry: one }] of this.resources) {
      for (const link of this.linksOf(one)) {
        const { owner, last } = this.identifier(link.key);
        const target = owner ?? last;
        if (target === null) continue;
        if (about.get(one.path)?.some(({ relation }) => relation === link.relation) === true) this.note(target, uid);
        if (this.tells(one.path, link.relation, link.path) !== null) this.note(uid, target);
      }
    }
  }

  /** Everything that is or was about a resource. */
  aboutOf(uid: number): readonly number[] {
    const found = new Set([uid]);
    for (const each of found) for (const other of this.about.get(each) ?? []) found.add(other);
    return [...found].toSorted((a, b) => a - b);
  }

  get active(): boolean {
    return this.marked.size > 0;
  }

  identifier(key: string): Identifier {
    let found = this.identifiers.get(key);
    if (found === undefined)
      this.identifiers.set(key, (found = { owner: null, last: null, sticky: 0, removed: false }));
    return found;
  }

  keysOf({ path, resource }: Entry): readonly string[] {
    return resource.identifiers.map(({ field, value }) => keyOf(path, field, value));
  }

  linksOf({ resource }: Entry): readonly { relation: string; key: string; path: string }[] {
    return resource.links.flatMap(({ relation, targets }) =>
      targets.flatMap((target) =>
        target.kind === 'resource'
          ? [{ relation, key: keyOf(target.collection, target.field, target.value), path: target.collection }]
          : [],
      ),
    );
  }

  /** The `about` relation of the target that a link of the source tells; null when it tells none. */
  tells(source: string, relation: string, target: string): string | null {
    const inverse = collectionAt(source).links.get(relation)?.inverse ?? null;
    return inverse !== null && about.get(target)?.some((each) => each.relation === inverse) === true ? inverse : null;
  }

  ownNow(uid: number): ProtectionLevel {
    return max([this.own.get(uid) ?? 0, this.delivered.get(uid) ?? 0]);
  }

  /** A link that told that its target is about its source is no more. */
  dropped(uid: number, { path }: Entry, links: readonly { relation: string; key: string; path: string }[]): void {
    if (!this.active) return;
    for (const link of links) {
      const target = this.identifier(link.key).owner;
      if (target === null || this.tells(path, link.relation, link.path) === null) continue;
      this.raises.set(target, max([this.raises.get(target) ?? 0, this.ownNow(uid)]));
    }
  }

  put(uid: number, one: Entry): void {
    const { path, resource } = one;
    if (resource.marking !== null) {
      if (!this.active) this.wokeUp = true;
      this.marked.add(path);
    }
    const before = this.resources.get(uid);
    if (before === undefined && this.active) this.born.add(uid);
    const keys = this.keysOf(one);
    if (before !== undefined) {
      for (const key of this.keysOf(before.entry)) {
        if (keys.includes(key)) continue;
        const identifier = this.identifier(key);
        [identifier.owner, identifier.last, identifier.sticky] = [null, uid, this.own.get(uid) ?? 0];
      }
    }
    for (const key of keys) {
      const identifier = this.identifier(key);
      const { owner, last, removed } = identifier;
      if (owner === null && removed && last !== null && personal.has(path)) this.note(uid, last);
      [identifier.owner, identifier.removed] = [uid, false];
    }
    if (before !== undefined) {
      const same =
        before.entry.resource.primary.field === resource.primary.field &&
        before.entry.resource.primary.value === resource.primary.value;
      const now = new Set(this.linksOf(one).map(({ relation, key }) => `${relation} ${key}`));
      this.dropped(
        uid,
        before.entry,
        this.linksOf(before.entry).filter(({ relation, key }) => !same || !now.has(`${relation} ${key}`)),
      );
    }
    const without = markings.has(path) && resource.marking === null;
    const mark = without ? (this.marked.has(path) ? 3 : 0) : (resource.marking ?? 0);
    if (without && !this.marked.has(path)) this.unmarked.add(uid);
    else this.unmarked.delete(uid);
    if (this.active) this.delivered.set(uid, mark);
    this.resources.set(uid, { entry: one, mark, kept: before?.kept ?? 0 });
  }

  remove(uid: number): void {
    const known = this.resources.get(uid);
    assert.ok(known !== undefined);
    const own = this.born.has(uid) && personal.has(known.entry.path) ? 3 : this.ownNow(uid);
    if (this.active && own > 0) {
      for (const link of this.linksOf(known.entry)) {
        const target = this.identifier(link.key).owner;
        if (target === null || this.tells(known.entry.path, link.relation, link.path) === null) continue;
        this.raises.set(target, max([this.raises.get(target) ?? 0, own]));
      }
    }
    for (const identifier of this.identifiers.values()) {
      if (identifier.owner === uid) [identifier.owner, identifier.last, identifier.removed] = [null, uid, true];
      if (identifier.owner === null && identifier.last === uid) identifier.sticky = this.active ? own : 0;
    }
    this.resources.delete(uid);
    this.unmarked.delete(uid);
    this.delivered.delete(uid);
  }

  /** Level of what an href leads to. */
  levelOf(key: string, own: (uid: number) => ProtectionLevel): ProtectionLevel {
    const { owner, last, sticky } = this.identifier(key);
    if (owner !== null) return own(owner);
    if (last !== null) return this.resources.has(last) ? own(last) : sticky;
    return this.active && [...personal].some((path) => key.startsWith(`${base}/${path}/`)) ? 3 : 0;
  }

  settle(): void {
    for (const uid of this.unmarked) {
      const known = this.resources.get(uid);
      if (known !== undefined && this.marked.has(known.entry.path)) known.mark = 3;
    }
    const found = new Map<number, ProtectionLevel>();
    const own = (uid: number): ProtectionLevel => {
      const memo = found.get(uid);
      if (memo !== undefined) return memo;
      const known = this.resources.get(uid);
      if (known === undefined || !this.active) return 0;
      const { path } = known.entry;
      const levels: ProtectionLevel[] = [known.mark];
      let present = false;
      for (const { relation, required } of about.get(path) ?? []) {
        const mine: ProtectionLevel[] = [];
        for (const link of this.linksOf(known.entry)) {
          if (link.relation !== relation) continue;
          mine.push(this.levelOf(link.key, own));
          present ||= this.identifier(link.key).owner !== null;
        }
        for (const [source, other] of this.resources) {
          for (const link of this.linksOf(other.entry)) {
            if (this.identifier(link.key).owner !== uid) continue;
            if (this.tells(other.entry.path, link.relation, path) !== relation) continue;
            mine.push(own(source));
            present = true;
          }
        }
        if (mine.length === 0 && required) mine.push(3);
        levels.push(...mine);
      }
      known.kept = present || !about.has(path) ? 0 : max([known.kept, this.raises.get(uid) ?? 0]);
      levels.push(known.kept);
      found.set(uid, max(levels));
      return max(levels);
    };
    for (const uid of this.resources.keys()) own(uid);
    this.own = found;
    this.born.clear();
    this.unmarked.clear();
    this.delivered.clear();
    this.raises.clear();
    this.wokeUp = false;
  }
}

type Seen = { readonly own: ProtectionLevel; readonly views: readonly (string | null)[] };

/** What each clearance sees of a stored resource. */
const seenOf = (reference: Reference, { uid, body }: StoredResource): Seen => {
  const own = reference.own.get(uid) ?? 0;
  const { _links: links, ...attributes }: { _links: Record<string, { href: string }[]> } = JSON.parse(body.toString());
  const level = (href: string): ProtectionLevel => reference.levelOf(href, (each) => reference.own.get(each) ?? 0);
  const views = [0, 1, 2, 3].map((clearance) => {
    if (own > clearance) return null;
    const shown = Object.entries(links).map(([relation, list]) => [
      relation,
      list.filter(({ href }) => relation === 'self' || level(href) <= clearance).map(({ href }) => href),
    ]);
    return JSON.stringify([attributes, shown.filter(([, list]) => (list?.length ?? 0) > 0)]);
  });
  return { own, views };
};

const lowestDifference = (a: Seen, b: Seen): number | null => {
  const at = [0, 1, 2, 3].find((clearance) => a.views[clearance] !== b.views[clearance]);
  return at ?? null;
};

const members = (view: string): ReadonlyMap<string, string> => {
  const [attributes, links]: [Record<string, unknown>, [string, string[]][]] = JSON.parse(view);
  return new Map([
    ...Object.entries(attributes).map(([name, value]) => [name, JSON.stringify(value)] as const),
    ...links.filter(([name]) => name !== 'self').map(([name, list]) => [name, list.toSorted().join(' ')] as const),
  ]);
};

/** What looks different to a clearance, by name; null when it does not see the resource both times. */
const namesOfDifference = (a: Seen, b: Seen, clearance: number): readonly string[] | null => {
  const [was, is] = [a.views[clearance] ?? null, b.views[clearance] ?? null];
  if (was === null || is === null) return null;
  const [old, now] = [members(was), members(is)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name)).sort();
};

const everything = async (tenant: TenantStore): Promise<readonly StoredResource[]> => {
  const found: StoredResource[] = [];
  for (const path of paths) found.push(...(await tenant.reads.load(planFor(path), await uidsOf(tenant, path))));
  return found;
};

/** Applies the operations; says which resources came and went, and whether the first marking of all was among them. */
const apply = async (tenant: TenantStore, reference: Reference, operations: readonly Operation[]) => {
  const wasActive = reference.active;
  const [put, changedTwice] = [new Set<number>(), new Set<number>()];
  await tenant.write(async (tx) => {
    for (const each of operations) {
      if (each.kind === 'remove') {
        const path = paths[each.path] ?? elev;
        const uids = [...reference.resources].filter(([, one]) => one.entry.path === path).map(([uid]) => uid);
        const uid = uids[each.nth % Math.max(1, uids.length)];
        if (uid === undefined) continue;
        await tx.remove(path, uid, 1);
        reference.remove(uid);
        reference.noteSubjects();
        continue;
      }
      const one = entryOf(each);
      const uids = new Set((await tx.match(one.path, one.resource.identifiers)).filter((uid) => uid !== null));
      if (uids.size > 1) continue;
      const { uid } = await putEntry(tx, one);
      if (put.has(uid)) changedTwice.add(uid);
      put.add(uid);
      reference.put(uid, one);
      reference.noteSubjects();
    }
    await tx.settle();
  });
  reference.settle();
  return { wokeUp: !wasActive && reference.active, changedTwice };
};

const checkState = async (
  tenant: TenantStore,
  reference: Reference,
  stored: readonly StoredResource[],
): Promise<void> => {
  for (const one of stored) {
    const { _links: links }: { _links: Record<string, { href: string }[]> } = JSON.parse(one.body.toString());
    const levels = Object.entries(links).flatMap(([relation, list]) =>
      relation === 'self' ? [] : list.map(({ href }) => reference.levelOf(href, (uid) => reference.own.get(uid) ?? 0)),
    );
    const what = reference.resources.get(one.uid)?.entry;
    assert.deepEqual(
      { own: one.protection, linked: one.linked },
      { own: reference.own.get(one.uid) ?? 0, linked: max(levels) },
      `${what?.path} ${JSON.stringify(what?.resource.identifiers)}`,
    );
  }
  for (const path of paths) {
    const mine = stored.filter(({ uid }) => reference.resources.get(uid)?.entry.path === path);
    const expected = mine.filter(({ protection, linked }) => protection > 0 || linked > 0);
    const guarded = await tenant.reads.guarded(path);
    assert.deepEqual(
      [...guarded.uids].map((uid, at) => [uid, guarded.own[at], guarded.linked[at]]),
      expected.map(({ uid, protection, linked }) => [uid, protection, linked]),
    );
    assert.equal(await tenant.reads.guarded(path), guarded, 'the same object while nothing changes');
    const changes = await changesOf(tenant, path);
    for (const clearance of [0, 1, 2, 3] as const) {
      const plan = planFor(path, tenant.id, clearance);
      const visible = mine.filter(({ protection }) => protection <= clearance);
      const stats = await tenant.reads.stats(plan);
      assert.equal(stats.count, visible.length);
      const last = clearance === 3 ? changes.at(-1) : changes.findLast(({ level }) => level <= clearance);
      assert.equal(stats.position, last?.position ?? 0);
      const found = await tenant.reads.page(plan, { offset: 1, size: 2 });
      const named = visible.filter(({ uid }) => found !== null && uid >= found.from && uid <= found.to);
      assert.deepEqual(named, visible.slice(1, 3));
      assert.equal(found?.position ?? changes.at(-1)?.position, changes.at(-1)?.position);
      const paged: string[] = [];
      for await (const part of piecesOf(tenant, plan, { offset: 1, size: 3 })) {
        if ('uids' in part) for (const one of await tenant.reads.load(plan, part.uids)) paged.push(one.body.toString());
        else {
          const whole: unknown[] = JSON.parse(`[${(await part.read()).bytes.toString()}]`);
          const texts = whole.map((each) => JSON.stringify(each));
          paged.push(...texts);
          // Bytes as they are hold nothing that this clearance must not see.
          const open = mine.filter(({ protection, linked }) => Math.max(protection, linked) <= clearance);
          const bodies = new Set(open.map(({ body }) => body.toString()));
          assert.ok(texts.every((text) => bodies.has(text)));
        }
      }
      assert.deepEqual(
        paged,
        visible.slice(1, 4).map(({ body }) => body.toString()),
      );
    }
  }
  const refs = [...reference.identifiers.keys()].map((href) => {
    const path = paths.find((each) => href.startsWith(`${base}/${each}/`)) ?? elev;
    const [field = '', value = ''] = href.slice(base.length + path.length + 2).split('/');
    return { href, ref: { collection: path, field, value: decodeURIComponent(value) } };
  });
  const resolved = await tenant.reads.resolve(refs.map(({ ref }) => ref));
  for (const [at, { href }] of refs.entries())
    assert.deepEqual(resolved[at], {
      uid: reference.identifier(href).owner,
      protection: reference.levelOf(href, (uid) => reference.own.get(uid) ?? 0),
    });
};

onEveryDialect('random protection', (dialect) => {
  for (const [called, of, numRuns] of variants)
    test(`agrees with a reference that works every level out anew, ${called}`, { timeout: 240_000 }, () =>
      inWorld(
        dialect,
        async ({ store }) => {
          let number = 0;
          await fc.assert(
            fc.asyncProperty(
              fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 14 }),
              async (transactions) => {
                number += 1;
                const tenant = await store.tenant(`p${number}.test`);
                const reference = new Reference();
                let before = new Map<number, Seen>();
                for (const operations of transactions) {
                  const from = await tenant.reads.lastPosition();
                  const { wokeUp, changedTwice } = await apply(tenant, reference, operations);
                  const stored = await everything(tenant);
                  await checkState(tenant, reference, stored);
                  const now = new Map(stored.map((one) => [one.uid, seenOf(reference, one)]));
                  const told = new Map<number, { kind: string; level: number }>();
                  for (const path of paths)
                    for (const change of await changesOf(tenant, path, from)) told.set(change.uid, change);
                  for (const uid of new Set([...before.keys(), ...now.keys(), ...told.keys()])) {
                    const [was, is, change] = [before.get(uid), now.get(uid), told.get(uid)];
                    if (is === undefined) {
                      if (was === undefined) assert.equal(change?.kind ?? 'removed', 'removed');
                      else assert.deepEqual([change?.kind, change?.level], ['removed', was.own]);
                    } else if (was === undefined) assert.deepEqual([change?.kind, change?.level], ['created', is.own]);
                    else {
                      const lowest = lowestDifference(was, is);
                      // What came before the first marking of all was not looked at so closely, and what was changed back has changed.
                      if (wokeUp || changedTwice.has(uid))
                        assert.ok(
                          lowest === null || (change?.level ?? 4) <= lowest,
                          JSON.stringify([uid, lowest, change, was, is]),
                        );
                      else if (lowest !== null) assert.equal(change?.level, lowest, `noticed from ${lowest} on`);
                      else if (reference.active && !changedTwice.has(uid))
                        assert.equal(change?.level ?? 3, 3, `nobody notices a difference of ${uid}`);
                    }
                  }
                  for (const clearance of from === (await tenant.reads.lastPosition()) ? [] : clearances) {
                    const plans = paths.map((path) => planFor(path, tenant.id, clearance));
                    const changes = await tenant.reads.changesOf(plans, from, 1_000);
                    const named = new Map(changes.map(({ uid, fields }) => [uid, fields.toSorted()]));
                    for (const [uid, is] of now) {
                      const was = before.get(uid);
                      const expected = was === undefined ? null : namesOfDifference(was, is, clearance);
                      const found = named.get(uid) ?? [];
                      if (expected === null) continue;
                      if (operations.length === 1 && !wokeUp)
                        assert.deepEqual(found, expected, `${uid} to ${clearance}`);
                      else
                        assert.deepEqual(
                          expected.filter((name) => !found.includes(name)),
                          [],
                          `${uid} to ${clearance}`,
                        );
                    }
                  }
                  for (const uid of new Set([...reference.about.keys(), ...now.keys()]))
                    assert.deepEqual([...(await tenant.reads.aboutOf(uid))], reference.aboutOf(uid));
                  before = now;
                }
                await tenant.close();
              },
            ),
            { numRuns },
          );
        },
        of,
      ),
    );
});
