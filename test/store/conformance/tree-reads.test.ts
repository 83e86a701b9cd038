// What trees of resources are made from: rows behind others together with the links, rows in the order of an identifier, rows by identifiers. Held
// against the reads of single resources; and that nothing of a plan is applied but its collection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProtectionLevel } from '#model/model.ts';
import type { RowsBehind, TenantStore, TreeRows } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
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

const pupil = (value: string, links = {}, more: Record<string, string> = {}): Entry =>
  entry(elev, { systemid: value, ...more }, { primary: 'systemid', links });
const enrolment = (value: string, links = {}): Entry =>
  entry(elevforhold, { systemid: value }, { links, attributes: { beskrivelse: `om ${value} 😀` } });
const unit = (value: string, links = {}): Entry =>
  entry(organisasjonselement, { organisasjonsid: value, organisasjonskode: `k${value}` }, { links });
const up = (code: string) => ({ overordnet: [to(organisasjonselement, 'organisasjonskode', code)] });
const atSchool = (number: string) => to(skole, 'systemid', number);
const inBytes = (some: readonly string[]): readonly string[] =>
  some.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const someLevels: readonly ProtectionLevel[] = [0, 0, 1, 0, 3, 0, 0, 2, 0, 0, 0];
const manyLevels: readonly ProtectionLevel[] = [3, 1, 0, 0, 0, 0, 0, 0, 0];
const levelIn =
  (levels: readonly ProtectionLevel[]) =>
  (index: number): ProtectionLevel =>
    levels[index % levels.length] ?? 0;
const ofPupil = (value: string) => ({ elev: [to(elev, 'systemid', value)] });

type Wanted = Parameters<TenantStore['reads']['behind']>[4];
const all: Wanted = { rows: 'values', most: 1_000, page: null };

const behind = (
  tenant: TenantStore,
  path: string,
  relation: string,
  target: string,
  from: readonly number[],
  wanted: Partial<Wanted> = {},
) => tenant.reads.behind(planFor(path, tenant.id), relation, planFor(target, tenant.id), from, { ...all, ...wanted });

const pairsOf = ({ from, to: behindIt }: RowsBehind) => [...from].map((each, at) => [each, behindIt[at]]);

const parsed = ({ uids, protection, texts }: TreeRows) =>
  [...uids].map((uid, at) => [uid, protection[at], texts[at] === undefined ? null : JSON.parse(texts[at])]);

/** The same from whole bodies. */
const loaded = async (tenant: TenantStore, path: string, uids: readonly number[], withValues = true) =>
  (await tenant.reads.load(planFor(path, tenant.id), uids)).map(({ uid, protection, body }) => {
    const { _links, ...rest }: Record<string, unknown> = JSON.parse(body.toString());
    assert.ok(_links !== undefined);
    return [uid, protection, withValues ? rest : null];
  });

onEveryDialect('rows behind others', (dialect) => {
  test('what `related` and `load` say, together; each row once', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const numbers = Array.from({ length: 60 }, (_, index) => index);
      await deliver(
        tenant,
        entry(skole, { systemid: 'S1', skolenummer: '1' }),
        entry(
          skole,
          { systemid: 'S2', skolenummer: '2' },
          { links: { elevforhold: [to(elevforhold, 'systemid', 'F7')] } },
        ),
        ...numbers.map((each) =>
          enrolment(`F${each}`, {
            ...(each % 5 === 4 ? {} : ofPupil(`E${each % 20}`)),
            skole: [to(skole, each % 2 === 0 ? 'systemid' : 'skolenummer', each % 2 === 0 ? 'S1' : '1')],
          }),
        ),
        ...numbers
          .slice(0, 25)
          .map((each) => pupil(`E${each}`, each === 3 ? { elevforhold: [to(elevforhold, 'systemid', 'F4')] } : {})),
      );
      const uids = {
        [elev]: await uidsOf(tenant, elev),
        [elevforhold]: await uidsOf(tenant, elevforhold),
        [skole]: await uidsOf(tenant, skole),
      };
      for (const [path, relation, target] of [
        [elevforhold, 'elev', elev],
        [elev, 'elevforhold', elevforhold],
        [elevforhold, 'skole', skole],
        [skole, 'elevforhold', elevforhold],
      ] as const)
        for (const from of [
          uids[path] ?? [],
          (uids[path] ?? []).filter((_, at) => at % 7 === 3),
          (uids[path] ?? []).slice(2, 3),
          [],
        ])
          for (const rows of ['values', 'levels'] as const) {
            const found = await behind(tenant, path, relation, target, from, { rows });
            const related = await tenant.reads.related(planFor(path, tenant.id), relation, from);
            assert.deepEqual(pairsOf(found), pairsOf({ ...found, ...related }));
            const targets = [...new Set(found.to)].sort((a, b) => a - b);
            assert.deepEqual(parsed(found.rows), await loaded(tenant, target, targets, rows === 'values'));
            assert.equal(found.more, false);
            assert.equal(found.counts.size, 0);
          }
      const [first = 0] = uids[skole] ?? [];
      assert.equal((await behind(tenant, skole, 'elevforhold', elevforhold, [first])).to.length, 60);
    }));

  test('nothing where the relation leads elsewhere, nobody has it, or nothing is there', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const nothing = async (...asked: readonly [string, string, string, readonly number[]]) => {
        const found = await behind(tenant, ...asked);
        assert.deepEqual([pairsOf(found), parsed(found.rows), found.more], [[], [], false]);
      };
      await nothing(elev, 'elevforhold', elevforhold, [1]);
      await deliver(tenant, pupil('E1'), enrolment('F1', ofPupil('E1')), enrolment('F2', ofPupil('E2')));
      const [e1 = 0] = await uidsOf(tenant, elev);
      const [f1 = 0, f2 = 0] = await uidsOf(tenant, elevforhold);
      await nothing(elev, 'elevforhold', skole, [e1]);
      await nothing(elev, 'no-such', elevforhold, [e1]);
      await nothing(elev, 'person', person, [e1]);
      await nothing(elevforhold, 'elev', elev, [f2]);
      await withdraw(tenant, elev, 'systemid', 'E1');
      await nothing(elevforhold, 'elev', elev, [f1]);
    }));

  test('a relation to the same class goes one way', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, unit('1'), unit('2', up('k1')), unit('3', up('k2')));
      const [u1 = 0, u2 = 0, u3 = 0] = await uidsOf(tenant, organisasjonselement);
      const found = async (relation: string) =>
        pairsOf(await behind(tenant, organisasjonselement, relation, organisasjonselement, [u1, u2, u3]));
      assert.deepEqual(await found('overordnet'), [
        [u2, u1],
        [u3, u2],
      ]);
      assert.deepEqual(await found('underordnet'), [
        [u1, u2],
        [u2, u3],
      ]);
    }));

  test('no more pairs than wanted; it says that there are', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const numbers = Array.from({ length: 10 }, (_, index) => index);
      await deliver(tenant, pupil('E1'), ...numbers.map((each) => enrolment(`F${each}`, ofPupil('E1'))));
      const uids = await uidsOf(tenant, elev);
      for (const [most, length, more] of [
        [9, 9, true],
        [10, 10, false],
        [0, 0, true],
      ] as const) {
        const found = await behind(tenant, elev, 'elevforhold', elevforhold, uids, { most });
        assert.deepEqual([found.to.length, found.more], [length, more]);
        const page = { field: 'systemid', after: null, first: 50, clearance: 3 } as const;
        const paged = await behind(tenant, elev, 'elevforhold', elevforhold, uids, { most, page });
        assert.deepEqual([paged.to.length, paged.more], [length, more]);
      }
    }));

  test('pages in the order of an identifier’s bytes, without what is protected above the clearance', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      // Whatever the order of creation, of cases or of a language.
      const names = ['b', 'Å', 'a', 'B', 'æ', '\uffee', '😀', 'aa', 'Aa', 'z', 'ø'];
      const level = levelIn(someLevels);
      await deliver(
        tenant,
        entry(skole, { systemid: 'S1', skolenummer: '1' }),
        entry(skole, { systemid: 'S2', skolenummer: '2' }),
        entry(skole, { systemid: 'S3', skolenummer: '3' }),
        ...names.map((_, index) => entry(person, { fodselsnummer: `P${index}` }, { marking: level(index) })),
        ...names.map((name, index) =>
          pupil(
            `E${index}`,
            { person: [to(person, 'fodselsnummer', `P${index}`)] },
            index === 9 ? {} : { feidenavn: `x${name}` },
          ),
        ),
        ...names.map((name, index) =>
          entry(
            elevforhold,
            { systemid: `F${name}` },
            {
              links: {
                ...ofPupil(`E${index}`),
                skole: index < 8 ? [atSchool('S1'), atSchool('S2')] : [atSchool('S2')],
              },
            },
          ),
        ),
      );
      const schools = await uidsOf(tenant, skole);
      const [s1 = 0, s2 = 0] = schools;
      const enrolments = await uidsOf(tenant, elevforhold);
      for (const clearance of [0, 1, 2, 3] as const)
        for (const first of [0, 1, 3, 50])
          for (const after of [null, 'Fa', 'F\uffee', 'Fq', 'G'])
            for (const rows of ['values', 'levels'] as const) {
              const page = { field: 'systemid', after, first, clearance } as const;
              const found = await behind(tenant, skole, 'elevforhold', elevforhold, schools, { rows, page });
              const expected = [[s1, names.slice(0, 8)] as const, [s2, names] as const].flatMap(([from, some]) =>
                inBytes(some.filter((name) => level(names.indexOf(name)) <= clearance).map((name) => `F${name}`))
                  .filter((name) => after === null || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0)
                  .slice(0, first)
                  .map((name) => [from, enrolments[names.indexOf(name.slice(1))]]),
              );
              assert.deepEqual(pairsOf(found), expected);
              const targets = [...new Set(found.to)].sort((a, b) => a - b);
              assert.deepEqual(parsed(found.rows), await loaded(tenant, elevforhold, targets, rows === 'values'));
              const counted = [
                [s1, 8],
                [s2, names.length],
              ].map(([uid = 0, most = 0]) => [
                uid,
                names.slice(0, most).filter((_, index) => level(index) <= clearance).length,
              ]);
              assert.deepEqual(
                [...found.counts].toSorted(([a], [b]) => a - b),
                counted,
              );
            }
      // Whoever has no such identifier comes last.
      const persons = await uidsOf(tenant, person);
      const pupils = await uidsOf(tenant, elev);
      const byFeide = await behind(tenant, person, 'elev', elev, [persons[9] ?? 0, persons[10] ?? 0], {
        page: { field: 'feidenavn', after: 'xzzz', first: 5, clearance: 3 },
      });
      assert.deepEqual(pairsOf(byFeide), [
        [persons[9], pupils[9]],
        [persons[10], pupils[10]],
      ]);
    }));
});

onEveryDialect('rows in the order of an identifier', (dialect) => {
  test('a page costs one look, from anywhere, without what the clearance does not see', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const names = Array.from(
        { length: 90 },
        (_, index) => `${['B', 'a', 'Å', 'æ', '😀', '\uffee'][index % 6]}${(index * 37) % 90}`,
      );
      const level = levelIn(manyLevels);
      const plan = planFor(elev, tenant.id);
      const asked = { field: 'systemid', after: null, first: 10, clearance: 3 } as const;
      assert.deepEqual(parsed(await tenant.reads.ordered(plan, asked, 'values')), []);
      await deliver(
        tenant,
        ...names.map((_, index) => entry(person, { fodselsnummer: `P${index}` }, { marking: level(index) })),
        ...names.map((name, index) =>
          pupil(
            name,
            { person: [to(person, 'fodselsnummer', `P${index}`)] },
            index % 2 === 0 ? {} : { elevnummer: `n${name}` },
          ),
        ),
        pupil('gone'),
      );
      await withdraw(tenant, elev, 'systemid', 'gone');
      const uids = await uidsOf(tenant, elev);
      const order = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const uidOf = (name: string) => uids[names.indexOf(name)] ?? 0;
      for (const clearance of [0, 1, 3] as const)
        for (const wanted of ['values', 'levels'] as const) {
          const seen = order.filter((name) => level(names.indexOf(name)) <= clearance);
          for (const [after, first] of [
            [null, 200],
            [null, 7],
            [seen[6] ?? '', 40],
            [seen.at(-2) ?? '', 5],
            ['zz', 9],
            [seen.at(-1) ?? '', 3],
          ] as const) {
            const found = await tenant.reads.ordered(plan, { field: 'systemid', after, first, clearance }, wanted);
            const expected = seen
              .filter(
                (name) =>
                  after === null ||
                  order.indexOf(name) > order.indexOf(after) ||
                  (after === 'zz' && Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0),
              )
              .filter((name) => after !== 'zz' || Buffer.compare(Buffer.from(name), Buffer.from('zz')) > 0)
              .slice(0, first);
            assert.deepEqual(found.places, expected);
            assert.deepEqual(parsed(found), await loaded(tenant, elev, expected.map(uidOf), wanted === 'values'));
          }
        }
      const places = await tenant.reads.placesAfter(plan, 'systemid', order[20] ?? '', 30);
      assert.deepEqual(places.places, order.slice(21, 51));
      assert.deepEqual([...places.uids], order.slice(21, 51).map(uidOf));
      assert.deepEqual((await tenant.reads.placesAfter(plan, 'no-such', null, 30)).places, []);
      const some = [uids[3] ?? 0, 12, uids[2] ?? 0, uids[3] ?? 0];
      assert.deepEqual(await tenant.reads.placesOf(plan, 'elevnummer', some), [
        `n${names[3]}`,
        null,
        null,
        `n${names[3]}`,
      ]);
      assert.deepEqual(await tenant.reads.placesOf(plan, 'systemid', some), [names[3], null, names[2], names[3]]);
      assert.deepEqual([...(await tenant.reads.unnamed(plan, 'systemid'))], []);
      assert.deepEqual(
        [...(await tenant.reads.unnamed(plan, 'elevnummer'))],
        uids.filter((_, index) => index % 2 === 0),
      );
      assert.deepEqual([...(await tenant.reads.unnamed(plan, 'feidenavn'))], uids);
      assert.deepEqual([...(await tenant.reads.unnamed(planFor(skole, tenant.id), 'systemid'))], []);
    }));
});

onEveryDialect('rows by identifiers', (dialect) => {
  test('those that are there, with which value has led to each', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const plan = planFor(elev, tenant.id);
      assert.deepEqual([...(await tenant.reads.named(plan, 'systemid', ['E1'], 'values')).at], []);
      await deliver(tenant, pupil('E1', {}, { elevnummer: 'x' }), pupil('E2'), pupil("E'3"), enrolment('E9'));
      const [e1 = 0, e2 = 0, e3 = 0] = await uidsOf(tenant, elev);
      for (const wanted of ['values', 'levels'] as const) {
        const found = await tenant.reads.named(
          plan,
          'systemid',
          ["E'3", 'nobody', 'E1', 'E9', 'E2', 'E1', 'e2'],
          wanted,
        );
        const by = [...found.at].map((at, index) => [at, found.uids[index]]);
        assert.deepEqual(by, [
          [0, e3],
          [2, e1],
          [4, e2],
          [5, e1],
        ]);
        assert.deepEqual(parsed(found), await loaded(tenant, elev, [e3, e1, e2, e1], wanted === 'values'));
      }
      assert.deepEqual([...(await tenant.reads.named(plan, 'elevnummer', ['x', 'E1'], 'levels')).uids], [e1]);
      assert.deepEqual([...(await tenant.reads.named(plan, 'no-such', ['x'], 'levels')).uids], []);
      assert.deepEqual([...(await tenant.reads.named(plan, 'systemid', [], 'levels')).uids], []);
    }));
});
