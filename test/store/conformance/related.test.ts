// Resources by what links them, whichever end delivered the link; by their order; and the feeds of several collections as one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  organisasjonselement,
  person,
  planFor,
  skole,
  to,
  uidsOf,
  withdraw,
} from './world.ts';
import type { Entry } from './world.ts';

const pupil = (value: string, links = {}): Entry =>
  entry(elev, { systemid: value, elevnummer: `n${value}` }, { primary: 'systemid', links });
const enrolment = (value: string, links = {}): Entry => entry(elevforhold, { systemid: value }, { links });
const unit = (value: string, links = {}): Entry =>
  entry(organisasjonselement, { organisasjonsid: value, organisasjonskode: `k${value}` }, { links });
const ofPupil = (value: string, field = 'systemid') => ({ elev: [to(elev, field, value)] });

const pairs = async (tenant: TenantStore, path: string, relation: string, from: readonly number[]) => {
  const found = await tenant.reads.related(planFor(path, tenant.id), relation, from);
  assert.equal(found.from.length, found.to.length);
  return [...found.from].map((each, at) => [each, found.to[at]]);
};

/** What `heads` gives, from whole bodies. */
const loaded = async (tenant: TenantStore, path: string, uids: readonly number[]) => {
  const found = await tenant.reads.load(planFor(path, tenant.id), uids);
  return {
    uids: found.map(({ uid }) => uid),
    protection: found.map(({ protection }) => protection),
    values: found.map(({ body }) => {
      const { _links, ...rest }: Record<string, unknown> = JSON.parse(body.toString());
      assert.ok(_links !== undefined);
      return rest;
    }),
  };
};
/** What the read gives, as lists. */
const heads = async (tenant: TenantStore, path: string, uids: readonly number[], wanted: 'levels' | 'values') => {
  const found = await tenant.reads.heads(planFor(path, tenant.id), uids, wanted);
  const values = Array.from(found.uids, (_, index) => found.value(index)).filter((value) => value !== undefined);
  // Whatever order they are asked for in, and as often as anybody likes.
  assert.deepEqual(
    values.map((_, index) => found.value(values.length - 1 - index)),
    values.toReversed(),
  );
  return { uids: [...found.uids], protection: [...found.protection], values };
};

onEveryDialect('related resources', (dialect) => {
  test('a link is found from both ends, whichever delivered it, by whichever identifier', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        enrolment('F1', ofPupil('E1')),
        enrolment('F2', ofPupil('nE1', 'elevnummer')),
        enrolment('F3'),
        pupil('E1'),
        pupil('E2', { elevforhold: [to(elevforhold, 'systemid', 'F3')] }),
      );
      const [e1 = 0, e2 = 0] = await uidsOf(tenant, elev);
      const [f1 = 0, f2 = 0, f3 = 0] = await uidsOf(tenant, elevforhold);
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1]), [[f1, e1]]);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [e1]), [
        [e1, f1],
        [e1, f2],
      ]);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [e2]), [[e2, f3]]);
      // Sorted by both, whatever order was asked in; asked for twice is told once.
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f3, f1, f2, f1]), [
        [f1, e1],
        [f2, e1],
        [f3, e2],
      ]);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [e2, e1]), [
        [e1, f1],
        [e1, f2],
        [e2, f3],
      ]);
    }));

  test('a pair that both ends deliver, by several identifiers, is one pair', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        enrolment('F1', { elev: [to(elev, 'systemid', 'E1'), to(elev, 'elevnummer', 'nE1')] }),
        pupil('E1', { elevforhold: [to(elevforhold, 'systemid', 'F1')] }),
      );
      const [e1] = await uidsOf(tenant, elev);
      const [f1 = 0] = await uidsOf(tenant, elevforhold);
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1]), [[f1, e1]]);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [e1 ?? 0]), [[e1, f1]]);
    }));

  test('a relation to the same class goes one way: up is not down', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        unit('1'),
        unit('2', { overordnet: [to(organisasjonselement, 'organisasjonskode', 'k1')] }),
        unit('3', { overordnet: [to(organisasjonselement, 'organisasjonsid', '2')] }),
      );
      const [u1 = 0, u2 = 0, u3 = 0] = await uidsOf(tenant, organisasjonselement);
      assert.deepEqual(await pairs(tenant, organisasjonselement, 'overordnet', [u1, u2, u3]), [
        [u2, u1],
        [u3, u2],
      ]);
      assert.deepEqual(await pairs(tenant, organisasjonselement, 'underordnet', [u1, u2, u3]), [
        [u1, u2],
        [u2, u3],
      ]);
    }));

  test('what is not there is left out: it has not come, or it is gone', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, enrolment('F1', ofPupil('E1')), enrolment('F2', ofPupil('E2')), pupil('E2'));
      const [f1 = 0, f2 = 0] = await uidsOf(tenant, elevforhold);
      const [e2 = 0] = await uidsOf(tenant, elev);
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1, f2]), [[f2, e2]]);
      await withdraw(tenant, elev, 'systemid', 'E2');
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1, f2]), []);
      await deliver(tenant, pupil('E1'));
      const [e1 = 0] = await uidsOf(tenant, elev);
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1, f2]), [[f1, e1]]);
      await withdraw(tenant, elevforhold, 'systemid', 'F1');
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [e1]), []);
      assert.deepEqual(await pairs(tenant, elevforhold, 'elev', [f1, e2, 12]), []);
    }));

  test('nothing asked, nothing delivered, nothing in the model: nothing', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', [1]), []);
      await deliver(tenant, pupil('E1'));
      const uids = await uidsOf(tenant, elev);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', uids), []);
      await deliver(tenant, enrolment('F1'));
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', uids), []);
      assert.deepEqual(await pairs(tenant, elev, 'elevforhold', []), []);
      assert.deepEqual(await pairs(tenant, elev, 'no-such', uids), []);
    }));

  test('thousands at once', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const numbers = Array.from({ length: 5_000 }, (_, index) => index);
      await deliver(
        tenant,
        ...numbers.map((each) =>
          enrolment(`F${each}`, each % 5 === 4 ? {} : { ...ofPupil(`E${each}`), skole: [to(skole, 'systemid', 'S')] }),
        ),
        entry(skole, { systemid: 'S', skolenummer: '1' }),
        ...numbers.map((each) =>
          pupil(`E${each}`, each % 5 === 4 ? { elevforhold: [to(elevforhold, 'systemid', `F${each}`)] } : {}),
        ),
      );
      const enrolments = await uidsOf(tenant, elevforhold);
      const pupils = await uidsOf(tenant, elev);
      const [close, far] = [enrolments.slice(100, 200), enrolments.filter((_, at) => at % 10 === 0)];
      for (const some of [close, far, close.toReversed(), far.toReversed(), [...close, ...close]])
        assert.deepEqual(
          await pairs(tenant, elevforhold, 'elev', some),
          [...new Set(some)].toSorted((a, b) => a - b).map((each) => [each, pupils[enrolments.indexOf(each)]]),
        );
      // Those between are not asked about.
      const thirds = pupils.filter((_, at) => at % 3 === 0 && at < 600);
      assert.deepEqual(
        await pairs(tenant, elev, 'elevforhold', thirds),
        thirds.map((each) => [each, enrolments[pupils.indexOf(each)]]),
      );
      assert.deepEqual(
        await pairs(tenant, elevforhold, 'elev', enrolments),
        enrolments.map((each, at) => [each, pupils[at]]),
      );
      assert.deepEqual(
        await pairs(tenant, elev, 'elevforhold', pupils.toReversed()),
        pupils.map((each, at) => [each, enrolments[at]]),
      );
      const schools = await uidsOf(tenant, skole);
      assert.equal((await pairs(tenant, skole, 'elevforhold', schools)).length, 4_000);
    }));
});

onEveryDialect('uids in order', (dialect) => {
  test('the next ones above a uid, of this collection only', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const plan = planFor(elev, tenant.id);
      assert.deepEqual(await tenant.reads.uidsAfter(plan, 0, 10), []);
      await deliver(
        tenant,
        entry(person, { fodselsnummer: 'P1' }),
        ...['E1', 'E2', 'E3', 'E4'].map((each) => pupil(each)),
        enrolment('F1'),
      );
      const [e1 = 0, e2 = 0, e3 = 0, e4 = 0] = await uidsOf(tenant, elev);
      assert.deepEqual(await tenant.reads.uidsAfter(plan, 0, 2), [e1, e2]);
      assert.deepEqual(await tenant.reads.uidsAfter(plan, e2, 2), [e3, e4]);
      assert.deepEqual(await tenant.reads.uidsAfter(plan, e4, 2), []);
      await withdraw(tenant, elev, 'systemid', 'E2');
      assert.deepEqual(await tenant.reads.uidsAfter(plan, e1, 10), [e3, e4]);
      assert.deepEqual(await tenant.reads.uidsAfter(plan, e2, 1), [e3]);
    }));
});

onEveryDialect('heads of resources', (dialect) => {
  test('what whole bodies say, close together or far apart, whatever is written in them', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const texts = ['x', 'æøå', '😀'.repeat(200), 'a,"_links":{"b', 'a😀,"_links":', '\u2028\n\u0000é', '𝒳'];
      const nested = { land: 'NO', _links: { land: [{ href: `${'y'.repeat(300)}😀` }] } };
      const persons = Array.from({ length: 60 }, (_, index) => {
        const marking = ([0, 0, 1, 2, 3] as const)[index % 5] ?? 0;
        const attributes = {
          // One of them is so long that it is not read together with others.
          navn: {
            fornavn: texts[index % texts.length],
            etternavn: index === 50 ? 'ø😀'.repeat(20_000) : texts[(index + 3) % texts.length],
          },
          ...(index % 4 === 0 ? { bostedsadresse: nested } : {}),
          adressebeskyttelse: marking,
        };
        return entry(person, { fodselsnummer: `P${index}` }, { attributes, marking });
      });
      const pupils = Array.from({ length: 60 }, (_, index) =>
        pupil(`E${index}`, { person: [to(person, 'fodselsnummer', `P${index}`)] }),
      );
      await deliver(tenant, ...persons, ...pupils);
      const all = { [person]: await uidsOf(tenant, person), [elev]: await uidsOf(tenant, elev) };
      await withdraw(tenant, person, 'fodselsnummer', 'P7');
      for (const [path, uids] of Object.entries(all))
        for (const some of [
          uids,
          uids.slice(3, 9),
          uids.slice(0, 1),
          uids.filter((_, index) => index % 9 === 4),
          uids.filter((_, index) => index % 3 !== 1),
          [12, ...Object.values(all).flat()].toSorted((a, b) => a - b),
          [(uids[0] ?? 0) - 1, ...uids, (uids.at(-1) ?? 0) + 1],
          [],
        ]) {
          const expected = await loaded(tenant, path, some);
          assert.deepEqual(await heads(tenant, path, some, 'values'), expected);
          assert.deepEqual(await heads(tenant, path, some, 'levels'), { ...expected, values: [] });
        }
      assert.equal((await loaded(tenant, person, all[person] ?? [])).uids.length, 59);
      assert.ok((await loaded(tenant, elev, all[elev] ?? [])).protection.some((level) => level === 3));
      assert.deepEqual((await heads(tenant, skole, all[elev] ?? [], 'levels')).uids, []);
    }));
});

onEveryDialect('feeds of several collections', (dialect) => {
  test('one order, with what each of them tells; a page at a time', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const plans = [elev, skole, elevforhold].map((path) => planFor(path, tenant.id));
      assert.deepEqual(await tenant.reads.changesOf(plans, 0, 10), []);
      assert.deepEqual(await tenant.reads.changesOf([], 0, 10), []);
      await deliver(tenant, enrolment('F1', ofPupil('E1')), entry(person, { fodselsnummer: 'P1' }), pupil('E1'));
      await deliver(tenant, pupil('E2'), enrolment('F2'));
      await withdraw(tenant, elev, 'systemid', 'E1');
      const known = await Promise.all(
        [elev, elevforhold].map(async (collection) =>
          (await changesOf(tenant, collection)).map((each) => ({ ...each, collection })),
        ),
      );
      const expected = known.flat().toSorted((a, b) => a.position - b.position);
      assert.ok(expected.length >= 5 && new Set(expected.map(({ collection }) => collection)).size === 2);
      assert.deepEqual(await tenant.reads.changesOf(plans, 0, 100), expected);
      assert.deepEqual(await tenant.reads.changesOf([...plans, ...plans], 0, 100), expected);
      const paged = [];
      for (let after = 0; ;) {
        const [next] = await tenant.reads.changesOf(plans, after, 1);
        if (next === undefined) break;
        paged.push(next);
        after = next.position;
      }
      assert.deepEqual(paged, expected);
      const [some] = plans;
      assert.ok(some !== undefined);
      assert.deepEqual(
        await tenant.reads.changesOf([some], 0, 100),
        expected.filter(({ collection }) => collection === elev),
      );
    }));
});
