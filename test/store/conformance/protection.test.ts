// Protection: whom a marking hides, what follows from it for everything that is about him or links to him, and what each clearance can notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProtectionLevel } from '#model/model.ts';
import type { StoredResource, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  changesOf,
  collectionAt,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  medlemskap,
  namedBy,
  partsOf,
  person,
  planFor,
  putEntry,
  skole,
  to,
  undervisningsgruppe,
  uidsOf,
  withdraw,
  piecesOf,
} from './world.ts';
import type { Entry } from './world.ts';

const somebody = (id: string, marking: ProtectionLevel | null, name = 'x'): Entry =>
  entry(
    person,
    { fodselsnummer: id },
    {
      attributes: { navn: name, ...(marking === null ? {} : { adressebeskyttelse: marking }) },
      ...(marking === null ? {} : { marking }),
    },
  );
const pupil = (id: string, of: string | null = id): Entry =>
  entry(elev, { systemid: id }, { links: of === null ? {} : { person: [to(person, 'fodselsnummer', of)] } });
const relation = (id: string, at = 'S'): Entry =>
  entry(
    elevforhold,
    { systemid: id },
    { links: { elev: [to(elev, 'systemid', id)], skole: [to(skole, 'systemid', at)] } },
  );
const membership = (id: string): Entry =>
  entry(
    medlemskap,
    { systemid: id },
    {
      links: {
        elevforhold: [to(elevforhold, 'systemid', id)],
        undervisningsgruppe: [to(undervisningsgruppe, 'systemid', 'G')],
      },
    },
  );
const school = (id = 'S'): Entry => entry(skole, { systemid: id });
const group = (): Entry => entry(undervisningsgruppe, { systemid: 'G' });

const stored = async (tenant: TenantStore, path: string, field: string, value: string): Promise<StoredResource> => {
  const found = await tenant.reads.read(planFor(path, tenant.id), { field, value });
  assert.ok(found !== null, `no ${path} ${value}`);
  return found;
};

/** Own level and level of links, as two digits. */
const levels = async (tenant: TenantStore, path: string, value: string, field = 'systemid'): Promise<string> => {
  const { protection, linked } = await stored(tenant, path, field, value);
  return `${protection}${linked}`;
};

const kinds = async (tenant: TenantStore, path: string, after: number): Promise<readonly string[]> =>
  (await changesOf(tenant, path, after)).map(({ kind, level }) => `${kind} ${level}`);

const count = async (tenant: TenantStore, path: string, clearance: ProtectionLevel): Promise<number> =>
  (await tenant.reads.stats(planFor(path, tenant.id, clearance))).count;

/** Uids of a page as a clearance is given it; what comes as bytes is counted on in `whole`. */
const page = async (tenant: TenantStore, path: string, clearance: ProtectionLevel, offset = 0, size = 0) => {
  const rows: string[] = [];
  let whole = 0;
  let single = 0;
  for await (const part of piecesOf(tenant, planFor(path, tenant.id, clearance), { offset, size })) {
    if ('uids' in part) {
      single += part.uids.length;
      for (const { body } of await tenant.reads.load(planFor(path, tenant.id), part.uids))
        rows.push(idIn(JSON.parse(body.toString())));
    } else {
      if (part.segment !== null) whole += 1;
      const bodies: Body[] = JSON.parse(`[${(await part.read()).bytes.toString()}]`);
      rows.push(...bodies.map(idIn));
    }
  }
  return { rows, whole, single };
};

type Body = Readonly<Record<'systemId' | 'fodselsnummer', { readonly identifikatorverdi: string } | undefined>>;
const idIn = (body: Body): string => (body.systemId ?? body.fodselsnummer)?.identifikatorverdi ?? '';

onEveryDialect('protection', (dialect) => {
  test('a marking reaches everything about a person, whoever comes first', () =>
    inWorld(dialect, async ({ store }) => {
      const all = [somebody('1', 3), somebody('2', 0), pupil('1'), pupil('2'), relation('1'), relation('2')];
      const rest = [membership('1'), membership('2'), school(), group()];
      const orders = [all.concat(rest), [...rest.toReversed(), ...all.toReversed()]];
      for (const [at, order] of orders.entries()) {
        for (const together of [true, false]) {
          const tenant = await store.tenant(`o${at}${together}.test`);
          if (together) await deliver(tenant, ...order);
          else for (const each of order) await deliver(tenant, each);
          assert.equal(await levels(tenant, person, '1', 'fodselsnummer'), '33');
          assert.equal(await levels(tenant, person, '2', 'fodselsnummer'), '00');
          for (const path of [elev, elevforhold, medlemskap]) {
            assert.match(await levels(tenant, path, '1'), /^3/);
            assert.match(await levels(tenant, path, '2'), /^00/);
            assert.equal(await count(tenant, path, 2), 1);
            assert.equal(await count(tenant, path, 3), 2);
          }
          // Those whom others link to, too, without being about anybody.
          assert.equal(await levels(tenant, skole, 'S'), '03');
          assert.equal(await levels(tenant, undervisningsgruppe, 'G'), '03');
          const guarded = await tenant.reads.guarded(skole);
          assert.deepEqual([[...guarded.own], [...guarded.linked]], [[0], [3]]);
        }
      }
    }));

  test('the last word of the source lifts protection along the whole chain, and what shows a link to it hears of it', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const chain = [pupil('1'), relation('1'), membership('1'), school(), group()];
      await deliver(tenant, somebody('1', 2), ...chain);
      let from = await tenant.reads.lastPosition();
      await deliver(tenant, somebody('1', 0));
      for (const path of [person, elev, elevforhold, medlemskap]) {
        assert.deepEqual(await kinds(tenant, path, from), ['updated 0']);
        assert.equal(await count(tenant, path, 0), 1);
      }
      assert.deepEqual(await kinds(tenant, skole, from), ['updated 0']);
      assert.deepEqual(await kinds(tenant, undervisningsgruppe, from), ['updated 0']);
      assert.equal(await levels(tenant, skole, 'S'), '00');
      from = await tenant.reads.lastPosition();
      await deliver(tenant, somebody('1', 1));
      assert.deepEqual(await kinds(tenant, medlemskap, from), ['updated 0']);
      from = await tenant.reads.lastPosition();
      await deliver(tenant, somebody('1', 3));
      // Between clearances that both see it, or both do not, nothing has changed for a school.
      assert.deepEqual(await kinds(tenant, skole, from), ['updated 1']);
      assert.deepEqual(await kinds(tenant, elev, from), ['updated 1']);
      assert.equal((await tenant.reads.stats(planFor(skole, tenant.id, 0))).position < from, true);
    }));

  test('without a marking where others carry one counts as strictest: in the same transaction, later, and unchanged', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, somebody('1', null), somebody('2', null));
      assert.equal(await count(tenant, person, 0), 2);
      assert.equal(await tenant.write(async (tx) => tx.marked?.(person) ?? null), false);
      // 2 comes before the first marking of its page, 4 after it; 1 does not come at all.
      await deliver(tenant, somebody('2', null), somebody('3', 0), somebody('4', null));
      assert.equal(await tenant.write(async (tx) => tx.marked?.(person) ?? null), true);
      const levelOf = (id: string) => levels(tenant, person, id, 'fodselsnummer');
      assert.deepEqual(await Promise.all(['1', '2', '3', '4'].map(levelOf)), ['00', '30', '00', '30']);
      assert.deepEqual(await deliver(tenant, somebody('1', null), somebody('4', null)), ['updated', 'unchanged']);
      assert.equal(await levelOf('1'), '30');
      assert.deepEqual(await deliver(tenant, somebody('3', null)), ['updated']);
      assert.equal(await count(tenant, person, 2), 0);
      assert.deepEqual(await deliver(tenant, somebody('3', 0)), ['updated']);
      assert.equal(await count(tenant, person, 0), 1);
    }));

  test('whoever is not known yet, or named by nobody, is hidden where anything is marked', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('1'), pupil('2', null), relation('1'), school());
      assert.equal(await count(tenant, elev, 0), 2);
      const unknown = { collection: person, field: 'fodselsnummer', value: '1' };
      assert.deepEqual(await tenant.reads.resolve([unknown]), [{ uid: null, protection: 0 }]);
      // The first marking of the organisation, of somebody else.
      await deliver(tenant, somebody('9', 0));
      assert.equal(await count(tenant, elev, 2), 0);
      assert.equal(await count(tenant, elevforhold, 2), 0);
      assert.equal(await levels(tenant, skole, 'S'), '03');
      assert.deepEqual(await tenant.reads.resolve([unknown]), [{ uid: null, protection: 3 }]);
      await deliver(tenant, somebody('1', 0));
      assert.equal(await count(tenant, elev, 0), 1);
      assert.equal(await count(tenant, elevforhold, 0), 1);
      assert.equal(await levels(tenant, skole, 'S'), '00');
    }));

  test('protection stays when the person goes, until he comes back without', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, somebody('1', 2), pupil('1'), relation('1'), school());
      const from = await tenant.reads.lastPosition();
      await withdraw(tenant, person, 'fodselsnummer', '1');
      assert.deepEqual(await kinds(tenant, person, from), ['removed 2']);
      assert.match(await levels(tenant, elev, '1'), /^2/);
      assert.match(await levels(tenant, elevforhold, '1'), /^2/);
      assert.deepEqual(await tenant.reads.resolve([{ collection: person, field: 'fodselsnummer', value: '1' }]), [
        { uid: null, protection: 2 },
      ]);
      await withdraw(tenant, elev, 'systemid', '1');
      assert.match(await levels(tenant, elevforhold, '1'), /^2/);
      assert.deepEqual(await deliver(tenant, relation('1')), ['unchanged']);
      await deliver(tenant, somebody('1', 0), pupil('1'));
      assert.equal(await levels(tenant, elevforhold, '1'), '00');
    }));

  test('a link tells whom a resource is about from either end, also when that end goes', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const parent = entry(
        person,
        { fodselsnummer: '1' },
        { attributes: { adressebeskyttelse: 3 }, marking: 3, links: { elev: [to(elev, 'systemid', '1')] } },
      );
      await deliver(tenant, somebody('2', 0), pupil('1', null), relation('1'));
      await deliver(tenant, parent);
      assert.match(await levels(tenant, elev, '1'), /^3/);
      assert.match(await levels(tenant, elevforhold, '1'), /^3/);
      await withdraw(tenant, person, 'fodselsnummer', '1');
      assert.match(await levels(tenant, elev, '1'), /^3/);
      await deliver(tenant, pupil('1', '2'));
      assert.match(await levels(tenant, elev, '1'), /^0/);
      assert.match(await levels(tenant, elevforhold, '1'), /^0/);
    }));

  test('a change is noticed from the clearance on that sees a difference', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, somebody('1', 3), somebody('2', 0), pupil('1'), pupil('2'), school());
      let from = await tenant.reads.lastPosition();
      const told = async (...paths: readonly string[]): Promise<readonly (readonly string[])[]> => {
        const lists = await Promise.all(paths.map((path) => kinds(tenant, path, from)));
        from = await tenant.reads.lastPosition();
        return lists;
      };
      await deliver(tenant, relation('1'));
      assert.deepEqual(await told(elevforhold, elev, skole), [['created 3'], ['updated 3'], ['updated 3']]);
      await deliver(tenant, relation('2'));
      assert.deepEqual(await told(elevforhold, elev, skole), [['created 0'], ['updated 0'], ['updated 0']]);
      await deliver(tenant, somebody('1', 3, 'y'));
      assert.deepEqual(await told(person, elev), [['updated 3'], []]);
      await withdraw(tenant, elevforhold, 'systemid', '1');
      assert.deepEqual(await told(elevforhold, elev, skole), [['removed 3'], ['updated 3'], ['updated 3']]);
      const seen = await tenant.reads.stats(planFor(skole, tenant.id, 0));
      assert.equal(seen.position, (await changesOf(tenant, skole)).findLast(({ level }) => level === 0)?.position);
      assert.ok(seen.position < (await tenant.reads.stats(planFor(skole, tenant.id, 3))).position);
    }));

  test('what came before the first marking of its transaction links to what then counts as protected', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      // A pupil without a person, from which the relation is told; the relation shows the pupil in return.
      const nobody = entry(elev, { systemid: '1' }, { links: { elevforhold: [to(elevforhold, 'systemid', '1')] } });
      await deliver(tenant, somebody('9', null), nobody, entry(elevforhold, { systemid: '1' }), somebody('9', 2));
      assert.equal(await levels(tenant, elev, '1'), '33');
      assert.equal(await levels(tenant, elevforhold, '1'), '33');
    }));

  test('pages of several segments: counts, offsets and spans leave hidden rows out, other segments come whole', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const ids = [...Array(700).keys()].map(String);
      // All in the second segment: two hidden from 0, one of them from 2 too.
      const marking: Readonly<Record<string, ProtectionLevel>> = { 300: 2, 400: 3 };
      await deliver(tenant, ...ids.map((id) => somebody(id, marking[id] ?? 0)));
      const all = await uidsOf(tenant, person);
      for (const [clearance, hidden] of [
        [0, ['300', '400']],
        [1, ['300', '400']],
        [2, ['400']],
        [3, []],
      ] as const) {
        const visible = ids.filter((id) => !hidden.some((each) => each === id));
        const { rows, whole, single } = await page(tenant, person, clearance);
        assert.deepEqual(rows, visible);
        assert.deepEqual([whole, single], hidden.length === 0 ? [3, 0] : [2, 0]);
        assert.equal(await count(tenant, person, clearance), visible.length);
        for (const [offset, size] of [
          [0, 10],
          [250, 60],
          [298, 3],
          [300, 1],
          [399, 200],
          [510, 4],
          [visible.length - 1, 5],
          [visible.length, 5],
        ] as const) {
          const expected = visible.slice(offset, offset + size);
          assert.deepEqual((await page(tenant, person, clearance, offset, size)).rows, expected);
          const found = await tenant.reads.page(planFor(person, tenant.id, clearance), { offset, size });
          const named = await tenant.reads.load(
            planFor(person, tenant.id),
            await namedBy(tenant, found, clearance, all),
          );
          assert.deepEqual(
            named.map(({ body }) => idIn(JSON.parse(body.toString()))),
            expected,
          );
        }
      }
    }));

  test('what becomes protected while a page is read is not in what is read after', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, ...[...Array(300).keys()].map((id) => somebody(`${id}`, 0)));
      const rows: string[] = [];
      for await (const part of partsOf(tenant.reads, planFor(person, tenant.id, 0), { offset: 0, size: 0 })) {
        if (rows.length === 0) await deliver(tenant, somebody('5', 1), somebody('299', 3));
        assert.ok('read' in part);
        const bodies: Body[] = JSON.parse(`[${(await part.read()).bytes.toString()}]`);
        rows.push(...bodies.map(idIn));
      }
      assert.equal(rows.length, 298);
      assert.ok(!rows.includes('5') && !rows.includes('299'));
    }));

  test('the guarded rows are the same object until one of them changes', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      let tenant = await store.tenant('a.test');
      const guarded = async () => tenant.reads.guarded(person);
      const nobody = await guarded();
      assert.equal(nobody.uids.length, 0);
      await deliver(tenant, somebody('1', 0), somebody('2', 0));
      assert.equal((await guarded()).uids.length, 0);
      await deliver(tenant, somebody('1', 2));
      const one = await guarded();
      const [first, second] = await uidsOf(tenant, person);
      assert.deepEqual([[...one.uids], [...one.own], [...one.linked]], [[first], [2], [0]]);
      await deliver(tenant, somebody('1', 2, 'y'), somebody('2', 0, 'y'), somebody('3', 0));
      assert.equal(await guarded(), one);
      await deliver(tenant, somebody('2', 1));
      const two = await guarded();
      assert.deepEqual(
        [[...two.uids], [...two.own]],
        [
          [first, second],
          [2, 1],
        ],
      );
      await withdraw(tenant, person, 'fodselsnummer', '1');
      assert.deepEqual([...(await guarded()).uids], [second]);
      tenant = await (await reopen()).tenant('a.test');
      assert.deepEqual([...(await guarded()).uids], [second]);
      assert.equal(await count(tenant, person, 0), 1);
    }));

  test('thousands of guarded rows, more than are read at once, come and go', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      let tenant = await store.tenant('a.test');
      const all = [...Array(9_000).keys()].map(String);
      await deliver(tenant, ...all.map((id) => somebody(id, 1)));
      // The last of many waits for the others; nobody who asks meanwhile gets half of them.
      const [one, two] = await Promise.all([tenant.reads.guarded(person), tenant.reads.guarded(person)]);
      assert.deepEqual([one.uids.length, one], [9_000, two]);
      await deliver(tenant, ...all.slice(0, 8_000).map((id) => somebody(id, 0)));
      assert.equal((await tenant.reads.guarded(person)).uids.length, 1_000);
      assert.equal(await count(tenant, person, 0), 8_000);
      assert.equal((await page(tenant, person, 0, 7_990, 100)).rows.at(-1), '7999');
      await deliver(tenant, somebody('8500', 0));
      tenant = await (await reopen()).tenant('a.test');
      assert.equal((await tenant.reads.guarded(person)).uids.length, 999);
      assert.deepEqual((await page(tenant, person, 0, 7_999, 100)).rows, ['7999', '8500']);
    }));

  test('a link on a value inside of a resource counts like any other', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const ledger = 'okonomi/faktura/fakturagrunnlag';
      const payer = collectionAt(ledger).nestedLinks.get('mottaker.person')?.target ?? '';
      const invoice = (of: string): Entry => {
        const { path, resource } = entry(ledger, { ordrenummer: '1' }, { attributes: { mottaker: { til: of } } });
        const nested = [{ relation: 'mottaker.person', targets: [to(payer, 'fodselsnummer', of)] }];
        return { path, resource: { ...resource, nested } };
      };
      const paying = (id: string, marking: ProtectionLevel): Entry =>
        entry(payer, { fodselsnummer: id }, { attributes: { adressebeskyttelse: marking }, marking });
      await deliver(tenant, paying('1', 0), invoice('1'));
      assert.equal(await levels(tenant, ledger, '1', 'ordrenummer'), '00');
      assert.equal(
        (await stored(tenant, ledger, 'ordrenummer', '1')).body.toString().includes('mottaker.person'),
        false,
      );
      const from = await tenant.reads.lastPosition();
      await deliver(tenant, paying('1', 3));
      assert.equal(await levels(tenant, ledger, '1', 'ordrenummer'), '33');
      assert.deepEqual(await kinds(tenant, ledger, from), ['updated 0']);
      await deliver(tenant, paying('2', 0), invoice('2'));
      assert.equal(await levels(tenant, ledger, '1', 'ordrenummer'), '00');
    }));

  test('what was about a person is found after it went, moved, or came back under a new uid', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        somebody('1', null),
        somebody('2', null),
        pupil('1'),
        relation('1'),
        membership('1'),
        school(),
      );
      const uidOf = async (path: string, value: string, field = 'systemid') =>
        (await tenant.reads.lastUid(path, { field, value })) ?? -1;
      const [one, two] = [await uidOf(person, '1', 'fodselsnummer'), await uidOf(person, '2', 'fodselsnummer')];
      const [first, their, member] = [
        await uidOf(elev, '1'),
        await uidOf(elevforhold, '1'),
        await uidOf(medlemskap, '1'),
      ];
      const about = async (uid: number): Promise<ReadonlySet<number>> => new Set(await tenant.reads.aboutOf(uid));
      assert.deepEqual(await about(one), new Set([one, first, their, member]));
      assert.deepEqual(await about(two), new Set([two]));
      assert.deepEqual(await about(their), new Set([their, member]));
      // The pupil was somebody else all along.
      await deliver(tenant, pupil('1', '2'));
      assert.deepEqual(await about(two), new Set([two, first, their, member]));
      assert.deepEqual(await about(one), new Set([one, first, their, member]));
      await withdraw(tenant, medlemskap, 'systemid', '1');
      await withdraw(tenant, elev, 'systemid', '1');
      await withdraw(tenant, person, 'fodselsnummer', '2');
      assert.deepEqual(await about(two), new Set([two, first, their, member]));
      assert.equal(await uidOf(person, '2', 'fodselsnummer'), two);
      assert.equal(await tenant.reads.lastUid(person, { field: 'fodselsnummer', value: 'never' }), null);
      await deliver(tenant, somebody('2', null), pupil('1', '2'));
      const again = await uidOf(person, '2', 'fodselsnummer');
      assert.notEqual(again, two);
      assert.deepEqual(await about(again), new Set([again, two, first, their, member, await uidOf(elev, '1')]));
      const lives = await tenant.reads.lives([one, two, again, member, 12]);
      const moments = (await changesOf(tenant, person)).map(({ position, kind }) => [kind, position]);
      assert.deepEqual(
        lives.map(({ born, gone }) => [born, gone]),
        [
          [1, null],
          [2, moments.find(([kind]) => kind === 'removed')?.[1]],
          [moments.at(-1)?.[1], null],
          [5, (await changesOf(tenant, medlemskap)).at(-1)?.position],
          [0, 0],
        ],
      );
      assert.equal((await stored(tenant, person, 'fodselsnummer', '1')).born, 1);
    }));

  test('an organisation without a marking is served as ever', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, ...[...Array(600).keys()].map((id) => pupil(`${id}`)), school(), relation('1'));
      assert.equal((await tenant.reads.guarded(elev)).uids.length, 0);
      assert.deepEqual(await tenant.reads.stats(planFor(elev, tenant.id, 0)), await tenant.reads.stats(planFor(elev)));
      const [low, high] = [await page(tenant, elev, 0), await page(tenant, elev, 3)];
      assert.deepEqual(low, high);
      assert.deepEqual([low.whole, low.single], [3, 0]);
      assert.ok((await changesOf(tenant, elev)).every(({ level }) => level === 0));
    }));

  test('a transaction that fails leaves no flag and no level behind', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, somebody('1', null), pupil('1'));
      await assert.rejects(
        tenant.write(async (tx) => {
          await putEntry(tx, somebody('2', 3));
          await tx.settle();
          throw new Error('no');
        }),
      );
      await deliver(tenant, somebody('3', null), pupil('4'));
      assert.equal(await count(tenant, person, 0), 2);
      assert.equal(await count(tenant, elev, 0), 2);
    }));
});
