// Filters in the store mean what the plain evaluator says, on resources with missing values, Norwegian letters, lists within lists and
// links; with an index and without one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { ComparisonOperator, FilterExpr, FilterPath } from '#model/filter.ts';
import type { PrimitiveKind } from '#model/model.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { evaluateFilter } from '../../evaluate-filter.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  model,
  organise,
  person,
  planFor,
  selected,
  setClock,
  skole,
  to,
  withdraw,
} from './world.ts';
import type { Entry } from './world.ts';

const journal = 'arkiv/noark/sak';

// Few and close values: so that comparisons meet. The last is not in NFC on purpose of the filter side only.
const words = [
  'Ås',
  'ås',
  'ÅS',
  'Bø',
  'bø',
  'Bæ',
  'b',
  'B',
  'a b',
  'ab',
  "o'hara",
  'x%_y',
  '😀',
  '1',
  '10',
  'é',
] as const;
const word = fc.constantFrom(...words);
const instants = [
  '1969-12-31T23:59:59Z',
  '2024-02-29T00:00:00Z',
  '2024-02-29T00:00:01Z',
  '2025-08-18T22:30:00Z',
] as const;
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });
const present = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));

const pupilParts = fc.record({
  gjest: maybe(fc.boolean()),
  elevnummer: maybe(fc.constantFrom('A1', 'a2', 'Å3')),
  adresselinje: maybe(fc.array(word, { maxLength: 3 })),
  poststed: maybe(word),
  epostadresse: maybe(word),
  person: maybe(fc.constantFrom('P1', 'P2', 'gone')),
});

const pupilOf = (number: number, parts: typeof pupilParts extends fc.Arbitrary<infer T> ? T : never): Entry => {
  const { gjest, elevnummer, adresselinje, poststed, epostadresse } = parts;
  return entry(
    elev,
    // Identifiers are unique: the random part stands before the number.
    present({
      systemid: `S${number}`,
      elevnummer: elevnummer === undefined ? undefined : `${elevnummer}-${number}`,
    }) as Record<string, string>,
    {
      attributes: present({
        gjest,
        hybeladresse:
          adresselinje === undefined && poststed === undefined ? undefined : present({ adresselinje, poststed }),
        kontaktinformasjon: epostadresse === undefined ? undefined : { epostadresse },
      }),
      links: parts.person === undefined ? {} : { person: [to(person, 'fodselsnummer', parts.person)] },
    },
  );
};

const path = (kind: PrimitiveKind, ...names: string[]): FilterPath => ({ names, kind });

const ordering = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
const textOperators: readonly ComparisonOperator[] = [...ordering, 'contains', 'startswith', 'endswith'];

const textTerm = (at: FilterPath, value: fc.Arbitrary<string> = word): fc.Arbitrary<FilterExpr> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      path: fc.constant(at),
      operator: fc.constantFrom(...textOperators),
      value: value.map((text) => ({ kind: 'text' as const, value: text })),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      path: fc.constant(at),
      values: fc.array(
        value.map((text) => ({ kind: 'text' as const, value: text })),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  );

const combined = (leaf: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.letrec<{ filter: FilterExpr }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        terms: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), term: tie('filter') }),
    ),
  })).filter;

const lambda = (list: readonly string[], term: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.record({ kind: fc.constantFrom('any' as const, 'all' as const), list: fc.constant(list), term });

const id = fc.constantFrom('S1', 's1', 'S7', 'A1-3', 'a1-3', 'Å3-4', 'å3-4', 'a2-2', 'nobody');
const pupilFilter = combined(
  fc.oneof(
    textTerm(path('string', 'hybeladresse', 'poststed')),
    textTerm(path('string', 'kontaktinformasjon', 'epostadresse')),
    textTerm(path('string', 'systemId', 'identifikatorverdi'), id),
    textTerm(path('string', 'elevnummer', 'identifikatorverdi'), id),
    fc.record({
      kind: fc.constant('compare' as const),
      path: fc.constant(path('boolean', 'gjest')),
      operator: fc.constantFrom('eq' as const, 'ne' as const),
      value: fc.boolean().map((value) => ({ kind: 'boolean' as const, value })),
    }),
    lambda(['hybeladresse', 'adresselinje'], combined(textTerm(path('string')))),
    fc.record({
      kind: fc.constant('linked' as const),
      relation: fc.constant('person'),
      target: fc.constant(person),
      field: fc.constant('fodselsnummer'),
      value: fc.constantFrom('P1', 'P2', 'gone', 'never'),
    }),
    fc.constantFrom('person', 'elevforhold').map((relation) => ({ kind: 'has-link' as const, relation })),
  ),
);

const caseParts = fc.record({
  tittel: maybe(word),
  journalpost: maybe(
    fc.array(
      fc
        .record({
          antallVedlegg: maybe(fc.integer({ min: -2, max: 3 })),
          belop: maybe(fc.constantFrom('-1', '0', '0.0', '1.5', '1.50', '2', '10', '-10.25')),
          klokkeslett: maybe(fc.constantFrom('08:15', '08:15:30', '16:00')),
          journalDato: maybe(fc.constantFrom(...instants)),
          tittel: maybe(word),
          forfatter: maybe(fc.array(word, { maxLength: 2 })),
          merknad: maybe(
            fc.array(
              maybe(word).map((merknadstekst) => present({ merknadstekst })),
              { maxLength: 2 },
            ),
          ),
        })
        .map(present),
      { maxLength: 3 },
    ),
  ),
  opprettetDato: maybe(fc.constantFrom(...instants)),
});

const number = (at: FilterPath): fc.Arbitrary<FilterExpr> =>
  fc.record({
    kind: fc.constant('compare' as const),
    path: fc.constant(at),
    operator: fc.constantFrom(...ordering),
    value: fc.constantFrom(-1, 0, 1.5, 2).map((value) => ({ kind: 'number' as const, value })),
  });

const instant = (at: FilterPath): fc.Arbitrary<FilterExpr> =>
  fc.record({
    kind: fc.constant('compare' as const),
    path: fc.constant(at),
    operator: fc.constantFrom(...ordering),
    value: fc
      .tuple(fc.constantFrom(...instants), fc.constantFrom(0, 400, 1_000))
      .map(([text, more]) => ({ kind: 'instant' as const, value: Date.parse(text) + more })),
  });

const caseFilter = combined(
  fc.oneof(
    textTerm(path('string', 'tittel')),
    instant(path('dateTime', 'opprettetDato')),
    lambda(
      ['journalpost'],
      combined(
        fc.oneof(
          number(path('long', 'antallVedlegg')),
          // Texts in JSON: the first is compared as a number, the second as it is written.
          number(path('decimal', 'belop')),
          textTerm(path('time', 'klokkeslett'), fc.constantFrom('08:15', '08:15:30', '16', '16:00')),
          instant(path('dateTime', 'journalDato')),
          textTerm(path('string', 'tittel')),
          lambda(['forfatter'], textTerm(path('string'))),
          lambda(['merknad'], textTerm(path('string', 'merknadstekst'))),
        ),
      ),
    ),
  ),
);

const agrees = async (tenant: TenantStore, at: string, filter: FilterExpr): Promise<void> => {
  const uids = [...(await tenant.reads.uids(planFor(at)))];
  const stored = await tenant.reads.load(planFor(at), uids);
  const expected = stored.filter(({ body }) => evaluateFilter(filter, JSON.parse(body.toString())));
  assert.deepEqual(
    await selected(tenant, at, filter),
    expected.map(({ uid }) => uid),
  );
};

const school = (index: number, navn: string | undefined) =>
  entry(skole, { systemid: `S${index}`, skolenummer: `${index}` }, { attributes: present({ navn }) });
const guest = (index: number, gjest: boolean) => entry(elev, { systemid: `E${index}` }, { attributes: { gjest } });

onEveryDialect('filters', (dialect) => {
  let store: Store;
  let dispose: (() => Promise<void>) | null = null;
  let tenants = 0;
  before(async () => {
    const place = await dialect.place();
    dispose = place.dispose;
    store = await dialect.open(place.at, { model, clock: setClock(), baseUrl: base });
  });
  after(async () => {
    await store.close();
    await dispose?.();
  });

  test('text, booleans, lists, links and identifiers', async () => {
    const tenant = await store.tenant(`t${(tenants += 1)}.test`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(pupilParts, { minLength: 8, maxLength: 8 }),
        fc.array(pupilFilter, { minLength: 10, maxLength: 10 }),
        async (pupils, filters) => {
          await deliver(
            tenant,
            entry(person, { fodselsnummer: 'P1' }),
            entry(person, { fodselsnummer: 'P2' }),
            ...pupils.map((parts, index) => pupilOf(index, parts)),
          );
          for (const filter of filters) await agrees(tenant, elev, filter);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('numbers, dates and lists within lists', async () => {
    const tenant = await store.tenant(`t${(tenants += 1)}.test`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(caseParts, { minLength: 8, maxLength: 8 }),
        fc.array(caseFilter, { minLength: 10, maxLength: 10 }),
        async (cases, filters) => {
          await deliver(
            tenant,
            ...cases.map((parts, index) => entry(journal, { systemid: `S${index}` }, { attributes: present(parts) })),
          );
          for (const filter of filters) await agrees(tenant, journal, filter);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('an indexed path finds the same as a scan, through updates and removals', async () => {
    const tenant = await store.tenant(`t${(tenants += 1)}.test`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(9), maybe(word)), { minLength: 1, maxLength: 6 }),
        fc.nat(9),
        async (puts, gone) => {
          const latest = new Map(puts);
          await deliver(tenant, ...[...latest].map(([index, navn]) => school(index, navn)), school(gone, 'last'));
          await withdraw(tenant, skole, 'systemid', `S${gone}`);
          for (const value of words) {
            const term = (names: string): FilterExpr => ({
              kind: 'compare',
              path: path('string', names),
              operator: 'eq',
              value: { kind: 'text', value },
            });
            await agrees(tenant, skole, term('navn'));
            await agrees(tenant, skole, { kind: 'not', term: { kind: 'not', term: term('navn') } });
            await agrees(tenant, skole, {
              kind: 'in',
              path: path('string', 'navn'),
              values: [
                { kind: 'text', value },
                { kind: 'text', value: 'BØ' },
              ],
            });
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a link term sees what the resource shows: by any identifier of the target, to nothing yet, and inverse links as far as they show', () =>
    inWorld(dialect, async ({ store: own }) => {
      await organise(own, 'a.test', true);
      const tenant = await own.tenant('a.test');
      await deliver(
        tenant,
        entry(skole, { systemid: 'S1', skolenummer: '1' }),
        entry(
          elevforhold,
          { systemid: 'F1' },
          { links: { skole: [to(skole, 'skolenummer', '1')], elev: [to(elev, 'systemid', 'none')] } },
        ),
        entry(elevforhold, { systemid: 'F2' }, { links: { skole: [to(skole, 'systemid', 'S1')] } }),
        entry(person, { fodselsnummer: 'P1' }),
        entry(elev, { systemid: 'E1' }, { links: { person: [to(person, 'fodselsnummer', 'P1')] } }),
      );
      const linked = async (at: string, relation: string, target: string, field: string, value: string) =>
        (await selected(tenant, at, { kind: 'linked', relation, target, field, value })).length;
      assert.equal(await linked(elevforhold, 'skole', skole, 'skolenummer', '1'), 2);
      assert.equal(await linked(elevforhold, 'skole', skole, 'systemid', 'S1'), 2);
      assert.equal(await linked(elevforhold, 'elev', elev, 'systemid', 'none'), 1);
      assert.equal(await linked(elevforhold, 'elev', elev, 'systemid', 'other'), 0);
      assert.equal(await linked(skole, 'elevforhold', elevforhold, 'systemid', 'F1'), 1);
      assert.equal(await linked(person, 'elev', elev, 'systemid', 'E1'), 1);
      await organise(own, 'a.test', false);
      await deliver(tenant, entry(elev, { systemid: 'E2' }));
      assert.equal(await linked(skole, 'elevforhold', elevforhold, 'systemid', 'F1'), 1);
      assert.equal(await linked(person, 'elev', elev, 'systemid', 'E1'), 0);
    }));

  test('with since, both hold; a passed deadline gives nothing', () =>
    inWorld(dialect, async ({ store: own, clock }) => {
      const tenant = await own.tenant('a.test');
      await deliver(tenant, guest(1, true), guest(2, true), guest(3, false));
      clock.set(clock.now() + 1_000);
      await deliver(tenant, guest(2, false), guest(3, true));
      const uids = [...(await tenant.reads.uids(planFor(elev)))];
      const yes: FilterExpr = {
        kind: 'compare',
        path: path('boolean', 'gjest'),
        operator: 'eq',
        value: { kind: 'boolean', value: true },
      };
      assert.deepEqual(await selected(tenant, elev, yes), [uids[0], uids[2]]);
      assert.deepEqual(await selected(tenant, elev, yes, clock.now()), [uids[2]]);
      assert.equal(await tenant.reads.select(planFor(elev), { filter: yes, since: null }, -1), null);
      assert.deepEqual(await selected(tenant, skole, yes), []);
    }));
});
