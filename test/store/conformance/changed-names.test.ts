// What the feed names of a change: the attributes and relations that are not the same any more, whatever made them differ, and nothing to those who
// could not see the difference.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ProtectionLevel } from '#model/model.ts';
import type { LinkTarget, TenantStore } from '#store/store.ts';
import { differingNames } from './body-difference.ts';
import { onEveryDialect } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import {
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  person,
  planFor,
  putEntry,
  skole,
  to,
  uidsOf,
  withdraw,
} from './world.ts';
import type { Entry, Shape } from './world.ts';

const paths = [elev, elevforhold, person, skole] as const;

const pupil = (value: string, shape: Shape = {}): Entry => entry(elev, { systemid: value }, shape);
const enrolment = (value: string, links: Shape['links'] = {}): Entry =>
  entry(elevforhold, { systemid: value }, { links });
const ofPupil = (value: string) => ({ elev: [to(elev, 'systemid', value)] });
const somebody = (value: string, marking: ProtectionLevel, more: Shape = {}): Entry =>
  entry(
    person,
    { fodselsnummer: value },
    { ...more, attributes: { ...more.attributes, adressebeskyttelse: marking }, marking },
  );

/** Kinds and names of what has happened since a position, as a clearance is told of it; by path of the collection. */
const toldSince = async (tenant: TenantStore, after: number, clearance: ProtectionLevel = 3) => {
  const plans = paths.map((path) => planFor(path, tenant.id, clearance));
  const all = await tenant.reads.changesOf(plans, after, 1_000);
  for (const plan of plans)
    assert.deepEqual(
      await tenant.reads.changes(plan, after, 1_000),
      all.flatMap(({ collection, ...change }) => (collection === plan.collection.path ? [change] : [])),
    );
  return all
    .filter(({ level }) => level <= clearance)
    .map(({ collection, kind, fields }) => [collection, kind, ...fields.toSorted()].join(' '))
    .sort();
};

/** What the work has the feed tell. */
const toldOf = async (tenant: TenantStore, work: () => Promise<unknown>, clearance?: ProtectionLevel) => {
  const before = await tenant.reads.lastPosition();
  await work();
  return toldSince(tenant, before, clearance);
};

const inTenant = (dialect: Dialect, work: (tenant: TenantStore) => Promise<void>): Promise<void> =>
  inWorld(dialect, async ({ store }) => work(await store.tenant('a.test')));

const contact = (mail: string) => ({ kontaktinformasjon: { epostadresse: mail, mobiltelefonnummer: '1' } });

const parent = (...children: readonly string[]): Entry =>
  entry(
    person,
    { fodselsnummer: 'F' },
    { links: { foreldreansvar: children.map((each) => to(person, 'fodselsnummer', each)) } },
  );

const ofSchool = (told: readonly string[]): readonly string[] => told.filter((each) => each.startsWith(skole));

/** Without what children are told of their parents. */
const ofParents = (told: readonly string[]): readonly string[] => told.filter((each) => !each.endsWith(' foreldre'));

onEveryDialect('names of changes', (dialect) => {
  test('an attribute, and one inside another by the name of the outermost', () =>
    inTenant(dialect, async (tenant) => {
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, pupil('E1', { attributes: contact('a') }))), [
        `${elev} created`,
      ]);
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, pupil('E1', { attributes: contact('b') }))), [
        `${elev} updated kontaktinformasjon`,
      ]);
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, pupil('E1', { attributes: contact('b') }))), []);
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, pupil('E1', { attributes: { gjest: true } }))), [
        `${elev} updated gjest kontaktinformasjon`,
      ]);
    }));

  test('own links that come, go and lead elsewhere; the same in another order are the same', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(tenant, parent());
      for (const some of [['1'], ['2'], ['2', '3'], ['3', '1'], []])
        assert.deepEqual(await toldOf(tenant, () => deliver(tenant, parent(...some))), [
          `${person} updated foreldreansvar`,
        ]);
      await deliver(tenant, parent('1', '2'));
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, parent('2', '1'))), [`${person} updated`]);
    }));

  test('links that others bring and take', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(tenant, pupil('E1'), enrolment('F0'));
      assert.deepEqual(
        await toldOf(tenant, () => deliver(tenant, enrolment('F1', ofPupil('E1')))),
        [`${elevforhold} created`, `${elev} updated elevforhold`].sort(),
      );
      assert.deepEqual(
        await toldOf(tenant, () => deliver(tenant, enrolment('F1'))),
        [`${elevforhold} updated elev`, `${elev} updated elevforhold`].sort(),
      );
      await deliver(tenant, enrolment('F1', ofPupil('E1')));
      assert.deepEqual(
        await toldOf(tenant, () => withdraw(tenant, elevforhold, 'systemid', 'F1')),
        [`${elevforhold} removed`, `${elev} updated elevforhold`].sort(),
      );
      // It has come to what waited for it: nothing that it shows of itself was there before.
      await deliver(tenant, enrolment('F2', ofPupil('E2')));
      assert.deepEqual(await toldOf(tenant, () => deliver(tenant, pupil('E2'))), [`${elev} created`]);
    }));

  test('an identifier is an attribute, and those who show it have another link', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(
        tenant,
        entry(
          elev,
          { systemid: 'E1', elevnummer: '1' },
          { primary: 'elevnummer', links: { person: [to(person, 'fodselsnummer', 'P')] } },
        ),
        somebody('P', 0),
      );
      assert.deepEqual(
        await toldOf(tenant, () =>
          deliver(
            tenant,
            entry(
              elev,
              { systemid: 'E1', elevnummer: '2' },
              { primary: 'systemid', links: { person: [to(person, 'fodselsnummer', 'P')] } },
            ),
          ),
        ),
        [`${elev} identifier-changed elevnummer`, `${person} updated elev`],
      );
    }));

  test('several times in one transaction: all of it, once; of what came with it nothing', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(tenant, pupil('E1'));
      assert.deepEqual(
        await toldOf(tenant, () =>
          deliver(
            tenant,
            pupil('E1', { attributes: { gjest: true } }),
            enrolment('F1', ofPupil('E1')),
            pupil('E1', { attributes: { gjest: true, hybeladresse: { poststed: 'x' } } }),
            pupil('E2'),
            pupil('E2', { attributes: { gjest: false } }),
          ),
        ),
        [`${elev} created`, `${elevforhold} created`, `${elev} updated elevforhold gjest hybeladresse`].sort(),
      );
      assert.deepEqual(
        await toldOf(tenant, () =>
          tenant.write(async (tx) => {
            const { uid } = await putEntry(tx, pupil('E1'));
            await tx.remove(elev, uid, 1);
            await tx.settle();
          }),
        ),
        [`${elev} removed`],
      );
    }));

  test('names that the model does not know are not kept: a sender could say anything by them', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(tenant, pupil('E1'));
      const said = pupil('E1', {
        links: { 'ola-nordmann': [{ kind: 'verbatim', href: 'https://x.test/1' }] },
      });
      const { attributes } = said.resource;
      const told = await toldOf(tenant, () =>
        deliver(tenant, {
          ...said,
          resource: { ...said.resource, attributes: `${attributes},"Kari":{"a":"\\"},{\\\\"}` },
        }),
      );
      assert.deepEqual(told, [`${elev} updated`]);
    }));

  test('what an erasure takes out of others', () =>
    inTenant(dialect, async (tenant) => {
      await deliver(tenant, enrolment('F1', ofPupil('E1')), pupil('E1'));
      const uids = await uidsOf(tenant, elev);
      const told = await toldOf(tenant, () =>
        tenant.write(async (tx) => {
          await tx.erase(uids, 'asked for');
          await tx.settle();
        }),
      );
      assert.deepEqual(told, [`${elev} removed`, `${elevforhold} updated elev`]);
    }));

  test('protection names the relations that lead to whom it hides, to those from whom it does', () =>
    inTenant(dialect, async (tenant) => {
      const at = { skole: [to(skole, 'systemid', 'S')] };
      await deliver(
        tenant,
        entry(skole, { systemid: 'S' }),
        somebody('P', 0),
        pupil('E1', { links: { person: [to(person, 'fodselsnummer', 'P')] } }),
        enrolment('F1', { ...ofPupil('E1'), ...at }),
        enrolment('F2', at),
      );
      for (const marking of [2, 0] as const) {
        const before = await tenant.reads.lastPosition();
        await deliver(tenant, somebody('P', marking));
        assert.ok((await toldSince(tenant, before)).includes(`${person} updated adressebeskyttelse`));
        for (const clearance of [0, 1] as const)
          assert.deepEqual(ofSchool(await toldSince(tenant, before, clearance)), [`${skole} updated elevforhold`]);
        for (const clearance of [2, 3] as const)
          assert.deepEqual(ofSchool(await toldSince(tenant, before, clearance)), [`${skole} updated`]);
      }
    }));

  test('a relation is named to those only who see that it leads elsewhere', () =>
    inTenant(dialect, async (tenant) => {
      const guardian = (name: string, ...children: readonly string[]) =>
        somebody('G', 0, {
          attributes: { bilde: name },
          links: { foreldreansvar: children.map((each) => to(person, 'fodselsnummer', each)) },
        });
      await deliver(tenant, guardian('a'), somebody('C0', 0), somebody('C1', 0), somebody('C2', 2));
      for (const [clearance, children, expected] of [
        [0, ['C2'], [`${person} updated bilde`]],
        [1, ['C2'], [`${person} updated bilde`]],
        [2, ['C2'], [`${person} updated bilde foreldreansvar`]],
        [0, ['C0', 'C2'], [`${person} updated bilde foreldreansvar`]],
        [0, ['C1'], [`${person} updated bilde foreldreansvar`]],
      ] as const) {
        await deliver(tenant, guardian('a'));
        const at = await tenant.reads.lastPosition();
        await deliver(tenant, guardian(`b${children.join()}`, ...children));
        assert.deepEqual(
          ofParents(await toldSince(tenant, at, clearance)),
          expected,
          `${clearance} ${children.join()}`,
        );
      }
      // By the link alone: nobody below hears of the change at all.
      await deliver(tenant, guardian('c'));
      const at = await tenant.reads.lastPosition();
      await deliver(tenant, guardian('c', 'C2'));
      assert.deepEqual(ofParents(await toldSince(tenant, at, 1)), []);
      assert.deepEqual(ofParents(await toldSince(tenant, at, 2)), [`${person} updated foreldreansvar`]);
    }));
});

type Operation = {
  readonly path: number;
  readonly ids: readonly (number | null)[];
  readonly primary: number;
  readonly guest: boolean | null;
  readonly mail: string | null;
  readonly marking: ProtectionLevel;
  readonly removes: boolean;
  readonly links: readonly { readonly relation: number; readonly target: number; readonly field: number }[];
};

const operation: fc.Arbitrary<Operation> = fc.record({
  path: fc.constantFrom(0, 0, 1, 2, 2, 3),
  ids: fc.array(fc.option(fc.nat(1), { freq: 4 }), { minLength: 4, maxLength: 4 }),
  primary: fc.nat(3),
  guest: fc.constantFrom(null, true, false),
  mail: fc.constantFrom(null, 'a', 'b', '"},{', '\\', '\\"', ',"gjest":[{', 'æ\u2028'),
  marking: fc.constantFrom<ProtectionLevel>(0, 0, 0, 1, 2),
  removes: fc.constantFrom(false, false, false, false, true),
  links: fc.array(fc.record({ relation: fc.nat(5), target: fc.nat(1), field: fc.nat(3) }), { maxLength: 3 }),
});

const entryOf = (each: Operation): Entry => {
  const path = paths[each.path] ?? elev;
  const { identifiers, links: rules } = planFor(path).collection;
  const ids: Record<string, string> = {};
  for (const [index, { segment }] of identifiers.entries()) {
    const value = each.ids[index];
    if (value !== null && value !== undefined) ids[segment] = `${segment}/${value}`;
  }
  const [first] = identifiers;
  if (Object.keys(ids).length === 0 && first !== undefined) ids[first.segment] = `${first.segment}/0`;
  const within = [...rules.values()].filter(({ target }) => paths.some((one) => one === target));
  const links: Record<string, LinkTarget[]> = {};
  for (const link of each.links) {
    const rule = within[link.relation % within.length];
    if (rule === undefined || rule.target === null) continue;
    const fields = planFor(rule.target).collection.identifiers;
    const field = fields[link.field % fields.length]?.segment ?? '';
    (links[rule.relation.jsonName] ??= []).push(to(rule.target, field, `${field}/${link.target}`));
  }
  const primary = Object.keys(ids)[each.primary % Object.keys(ids).length];
  const { guest, mail, marking } = each;
  return entry(path, ids, {
    links,
    ...(primary === undefined ? {} : { primary }),
    ...(path === person ? { marking } : {}),
    attributes: {
      ...(path === elev && guest !== null ? { gjest: guest } : {}),
      ...(mail === null ? {} : { kontaktinformasjon: { epostadresse: mail } }),
    },
  });
};

/** Bodies of all that there is, with the collection of each. */
const bodiesOf = async (tenant: TenantStore): Promise<ReadonlyMap<number, readonly [path: string, body: string]>> => {
  const found = new Map<number, readonly [string, string]>();
  for (const path of paths)
    for (const { uid, body } of await tenant.reads.load(planFor(path), await uidsOf(tenant, path)))
      found.set(uid, [path, body.toString()]);
  return found;
};

const perform = (tenant: TenantStore, operations: readonly Operation[]): Promise<void> =>
  tenant.write(async (tx) => {
    for (const each of operations) {
      const one = entryOf(each);
      const uids = new Set((await tx.match(one.path, one.resource.identifiers)).filter((uid) => uid !== null));
      const [uid] = uids;
      if (each.removes && uid !== undefined) await tx.remove(one.path, uid, 1);
      else if (uids.size < 2) await putEntry(tx, one);
    }
    await tx.settle();
  });

onEveryDialect('names of random changes', (dialect) => {
  test(
    'are those of exactly what differs; of several in one transaction, of that and no less',
    { timeout: 60_000 },
    () =>
      inWorld(dialect, async ({ store }) => {
        let number = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 10 }),
            async (transactions) => {
              number += 1;
              const tenant = await store.tenant(`t${number}.test`);
              for (const operations of transactions) {
                const [before, at] = [await bodiesOf(tenant), await tenant.reads.lastPosition()];
                await perform(tenant, operations);
                const after = await bodiesOf(tenant);
                const plans = paths.map((path) => planFor(path));
                for (const { uid, kind, fields } of await tenant.reads.changesOf(plans, at, 1_000)) {
                  const [[path = '', was = ''] = [], [, is = ''] = []] = [before.get(uid), after.get(uid)];
                  if (kind === 'created' || kind === 'removed') {
                    assert.deepEqual(fields, []);
                    continue;
                  }
                  const differing = differingNames(path, was, is);
                  if (operations.length === 1) assert.deepEqual(fields.toSorted(), differing);
                  else
                    assert.deepEqual(
                      differing.filter((name) => !fields.includes(name)),
                      [],
                    );
                  assert.equal(new Set(fields).size, fields.length);
                }
              }
              await tenant.close();
            },
          ),
          { numRuns: 40 },
        );
      }),
  );
});
