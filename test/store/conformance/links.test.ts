// Links both ways, for every multiplicity and order of arrival: what a delivered link shows on its source and on its target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  bodyOf,
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  linksOf,
  medlemskap,
  organisasjonselement,
  organise,
  person,
  place,
  planFor,
  skole,
  to,
  undervisningsgruppe,
  withdraw,
} from './world.ts';

const pupil = (value: string, links = {}) => entry(elev, { systemid: value }, { links });
const enrolment = (value: string, links = {}) => entry(elevforhold, { systemid: value }, { links });

const group = (value: string) => entry(undervisningsgruppe, { systemid: value });
const member = (value: string) =>
  entry(
    medlemskap,
    { systemid: 'M1' },
    { links: { undervisningsgruppe: [to(undervisningsgruppe, 'systemid', value)] } },
  );
const guardian = (...values: string[]) =>
  entry(
    person,
    { fodselsnummer: 'F' },
    { links: { foreldreansvar: values.map((each) => to(person, 'fodselsnummer', each)) } },
  );
const minor = (value: string) => entry(person, { fodselsnummer: value });
const unit = (value: string, parent: string) =>
  entry(
    organisasjonselement,
    { organisasjonsid: value, organisasjonskode: `k${value}` },
    { links: { overordnet: [to(organisasjonselement, 'organisasjonskode', `k${parent}`)] } },
  );
const toPerson = (value: string) => ({ person: [to(person, 'fodselsnummer', value)] });

onEveryDialect('links', (dialect) => {
  test('the body: attributes, then self by every identifier in model order, relations in model order', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        entry(
          elev,
          { systemid: 'S/1', elevnummer: '1', feidenavn: 'kari@skole.test' },
          {
            attributes: { gjest: true },
            links: {
              elevforhold: [to(elevforhold, 'systemid', 'F1')],
              person: [to(person, 'fodselsnummer', '01810012345')],
            },
          },
        ),
      );
      assert.equal(
        await bodyOf(tenant, elev, 'elevnummer', '1'),
        `{"elevnummer":{"identifikatorverdi":"1"},"feidenavn":{"identifikatorverdi":"kari@skole.test"},"gjest":true,"systemId":{"identifikatorverdi":"S/1"},"_links":{` +
          `"self":[{"href":"${base}/${elev}/elevnummer/1"},{"href":"${base}/${elev}/feidenavn/kari@skole.test"},{"href":"${base}/${elev}/systemid/S%2F1"}],` +
          `"person":[{"href":"${base}/${person}/fodselsnummer/01810012345"}],` +
          `"elevforhold":[{"href":"${base}/${elevforhold}/systemid/F1"}]}}`,
      );
    }));

  test('to-one: the inverse appears on the target, whichever came first', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const expected = [place(elevforhold, 'systemid', 'F1')];
      await deliver(tenant, enrolment('F1', { elev: [to(elev, 'systemid', 'E1')] }));
      await deliver(tenant, pupil('E1'));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), expected);
      await deliver(tenant, pupil('E2'));
      await deliver(tenant, enrolment('F2', { elev: [to(elev, 'systemid', 'E2')] }));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E2', 'elevforhold'), [
        place(elevforhold, 'systemid', 'F2'),
      ]);
      await deliver(tenant, enrolment('F3', { elev: [to(elev, 'systemid', 'E3')] }), pupil('E3'));
      assert.equal((await linksOf(tenant, elev, 'systemid', 'E3', 'elevforhold')).length, 1);
      assert.equal((await changesOf(tenant, elev)).filter(({ kind }) => kind === 'created').length, 3);
    }));

  test('one-to-one: shown by the primary identifier, found by any', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const pupil1 = entry(
        elev,
        { systemid: 'E1', elevnummer: '1' },
        { primary: 'systemid', links: { person: [to(person, 'fodselsnummer', 'P1')] } },
      );
      await deliver(tenant, pupil1, entry(person, { fodselsnummer: 'P1' }));
      assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev'), [place(elev, 'systemid', 'E1')]);
      await deliver(
        tenant,
        entry(person, { fodselsnummer: 'P2' }, { links: { elev: [to(elev, 'elevnummer', '2')] } }),
        entry(elev, { systemid: 'E2', elevnummer: '2' }),
      );
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E2', 'person'), [place(person, 'fodselsnummer', 'P2')]);
    }));

  test('a link by another identifier than the primary reaches the target, before and after it comes', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const school = entry(skole, { systemid: 'S1', skolenummer: '1001' }, { primary: 'systemid' });
      await deliver(tenant, enrolment('F1', { skole: [to(skole, 'skolenummer', '1001')] }));
      await deliver(tenant, school);
      await deliver(tenant, enrolment('F2', { skole: [to(skole, 'systemid', 'S1')] }));
      assert.deepEqual(
        new Set(await linksOf(tenant, skole, 'systemid', 'S1', 'elevforhold')),
        new Set([place(elevforhold, 'systemid', 'F1'), place(elevforhold, 'systemid', 'F2')]),
      );
    }));

  test('a source that names the target twice, by two identifiers, shows once', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const both = [to(elev, 'systemid', 'E1'), to(elev, 'elevnummer', '1')];
      await deliver(tenant, entry(elev, { systemid: 'E1', elevnummer: '1' }), enrolment('F1', { elev: both }));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), [
        place(elevforhold, 'systemid', 'F1'),
      ]);
    }));

  test('both sides delivered: one link each way, also when they name each other by other identifiers than the primary', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const child = { person: [to(person, 'fodselsnummer', 'P1')] };
      const pupil1 = entry(elev, { systemid: 'E1', elevnummer: '1' }, { primary: 'systemid', links: child });
      const person1 = entry(person, { fodselsnummer: 'P1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } });
      for (const [first, second] of [
        [pupil1, person1],
        [person1, pupil1],
      ] as const) {
        await deliver(tenant, first);
        await deliver(tenant, second);
        assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev'), [
          place(elev, 'elevnummer', '1'),
        ]);
        assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'person'), [
          place(person, 'fodselsnummer', 'P1'),
        ]);
        await withdraw(tenant, elev, 'systemid', 'E1');
        await withdraw(tenant, person, 'fodselsnummer', 'P1');
      }
      // The own link's identifier goes to nobody: what is left is the inverse of the other side's link.
      await deliver(tenant, pupil1, person1);
      await deliver(tenant, entry(elev, { systemid: 'E1', elevnummer: '2' }, { primary: 'systemid', links: child }));
      assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev'), [
        place(elev, 'elevnummer', '1'),
        place(elev, 'systemid', 'E1'),
      ]);
    }));

  test('an own link that the inverse already showed stays when the other side goes; one that is withdrawn does not', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const link = { elevforhold: [to(elevforhold, 'systemid', 'F1')] };
      const source = enrolment('F1', { elev: [to(elev, 'systemid', 'E1')] });
      await deliver(tenant, source, pupil('E1'));
      assert.deepEqual(await deliver(tenant, pupil('E1', link)), ['unchanged']);
      await withdraw(tenant, elevforhold, 'systemid', 'F1');
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), [
        place(elevforhold, 'systemid', 'F1'),
      ]);
      await deliver(tenant, source);
      assert.deepEqual(await deliver(tenant, pupil('E1')), ['unchanged']);
      await withdraw(tenant, elevforhold, 'systemid', 'F1');
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
    }));

  test('many-to-many and retargeting: the old target loses the link, the new one gets it, third ones stay untouched', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, group('G1'), group('G2'), group('G3'), member('G1'));
      const before = await tenant.reads.lastPosition();
      await deliver(tenant, member('G2'));
      assert.deepEqual(await linksOf(tenant, undervisningsgruppe, 'systemid', 'G1', 'gruppemedlemskap'), []);
      assert.deepEqual(await linksOf(tenant, undervisningsgruppe, 'systemid', 'G2', 'gruppemedlemskap'), [
        place(medlemskap, 'systemid', 'M1'),
      ]);
      const changed = await changesOf(tenant, undervisningsgruppe, before);
      assert.deepEqual(
        changed.map(({ kind }) => kind),
        ['updated', 'updated'],
      );
      await deliver(tenant, minor('B1'), minor('B2'), guardian('B1', 'B2'));
      await deliver(tenant, guardian('B2', 'B3'));
      await deliver(tenant, minor('B3'));
      assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'B1', 'foreldre'), []);
      for (const value of ['B2', 'B3'])
        assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', value, 'foreldre'), [
          place(person, 'fodselsnummer', 'F'),
        ]);
    }));

  test('a removed source takes its inverse links along; a removed target leaves the delivered link and gets the inverse again on return', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const source = enrolment('F1', { elev: [to(elev, 'systemid', 'E1')] });
      await deliver(tenant, pupil('E1'), source);
      await withdraw(tenant, elev, 'systemid', 'E1');
      assert.equal(await bodyOf(tenant, elev, 'systemid', 'E1'), null);
      assert.deepEqual(await linksOf(tenant, elevforhold, 'systemid', 'F1', 'elev'), [place(elev, 'systemid', 'E1')]);
      await deliver(tenant, pupil('E1'));
      assert.equal((await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold')).length, 1);
      await withdraw(tenant, elevforhold, 'systemid', 'F1');
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
    }));

  test('self-links and trees within one collection', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const below = (value: string) => linksOf(tenant, organisasjonselement, 'organisasjonsid', value, 'underordnet');
      await deliver(tenant, unit('2', '1'), unit('1', '1'), unit('3', '1'));
      assert.deepEqual(
        new Set(await below('1')),
        new Set(['1', '2', '3'].map((each) => place(organisasjonselement, 'organisasjonsid', each))),
      );
      await deliver(tenant, unit('1', '3'));
      assert.deepEqual(await below('3'), [place(organisasjonselement, 'organisasjonsid', '1')]);
      assert.deepEqual(await below('1'), [
        place(organisasjonselement, 'organisasjonsid', '2'),
        place(organisasjonselement, 'organisasjonsid', '3'),
      ]);
    }));

  test('a source with a new primary identifier shows by it; a target with a new identifier answers for links that waited for it', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        entry(elev, { systemid: 'E1', elevnummer: '1' }, { primary: 'elevnummer', links: toPerson('P1') }),
        entry(person, { fodselsnummer: 'P1' }),
      );
      await deliver(
        tenant,
        entry(elev, { systemid: 'E1', elevnummer: '2' }, { primary: 'systemid', links: toPerson('P1') }),
      );
      assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev'), [place(elev, 'systemid', 'E1')]);
      // The same content under another primary: nothing of the pupil changes, the person's link does.
      assert.deepEqual(
        await deliver(
          tenant,
          entry(elev, { systemid: 'E1', elevnummer: '2' }, { primary: 'elevnummer', links: toPerson('P1') }),
        ),
        ['unchanged'],
      );
      assert.deepEqual(await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev'), [place(elev, 'elevnummer', '2')]);

      await deliver(tenant, enrolment('F1', { elev: [to(elev, 'feidenavn', 'ny@test')] }));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
      await deliver(tenant, entry(elev, { systemid: 'E1', feidenavn: 'ny@test' }));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), [
        place(elevforhold, 'systemid', 'F1'),
      ]);
      await deliver(tenant, entry(elev, { systemid: 'E1' }));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
    }));

  test('links that lead outside, and relations that the model does not have, are kept as they came', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const outside = { kind: 'verbatim', href: 'https://elsewhere.test/a?b="c"' } as const;
      await deliver(tenant, pupil('E1', { ukjent: [outside], person: [outside, outside] }));
      const body = await bodyOf(tenant, elev, 'systemid', 'E1');
      assert.ok(
        body?.endsWith(
          `"person":[{"href":"https://elsewhere.test/a?b=\\"c\\""}],"ukjent":[{"href":"https://elsewhere.test/a?b=\\"c\\""}]}}`,
        ),
      );
      assert.deepEqual(await tenant.reads.dangling(planFor(elev)), []);
    }));

  test('the extra inverse links follow the setting of the organisation', () =>
    inWorld(dialect, async ({ store }) => {
      await organise(store, 'a.test', false);
      const tenant = await store.tenant('a.test');
      const pupil1 = pupil('E1', { person: [to(person, 'fodselsnummer', 'P1')] });
      const all = [
        pupil1,
        entry(person, { fodselsnummer: 'P1' }),
        enrolment('F1', { elev: [to(elev, 'systemid', 'E1')] }),
      ];
      await deliver(tenant, ...all);
      const shown = async () => [
        (await linksOf(tenant, person, 'fodselsnummer', 'P1', 'elev')).length,
        (await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold')).length,
      ];
      assert.deepEqual(await shown(), [0, 1]);
      for (const [setting, expected] of [
        [true, [1, 1]],
        [false, [0, 1]],
      ] as const) {
        await organise(store, 'a.test', setting);
        const before = await tenant.reads.lastPosition();
        assert.deepEqual(await deliver(tenant, ...all), ['unchanged', 'unchanged', 'unchanged']);
        assert.deepEqual(await shown(), expected);
        assert.deepEqual(
          (await changesOf(tenant, person, before)).map(({ kind }) => kind),
          ['updated'],
        );
      }
    }));
});
