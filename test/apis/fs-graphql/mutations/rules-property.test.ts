// Whatever batches come, right or wrong, alone or two at once: the rules of values hold afterwards (facts 11.2), nothing that was carried out is lost, and
// what was refused changed nothing.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { civilDateOf } from '#mappings/converters.ts';
import { cases } from '../../../cases.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { everyFlag, at, idOf, plainId, type Tree } from '../fs-world.ts';
import { also, openMutationWorld, type MutationWorld, type Payload } from './mutation-world.ts';

type Batch = { readonly name: string; readonly rows: readonly object[] };

const right = fc.constantFrom('101', '102', '103', '109').map((one) => idOf(at.right, `${one},TEST-BA,2026,VÅR`));
const student = fc.constantFrom('101', '102', '103').map((one) => idOf(at.student, one));
const person = fc.constantFrom('101', '102', '104').map((one) => idOf(at.person, one));
const klass = fc
  .constantFrom('TEST-BA,2026,VÅR,A', 'TEST-BA,2026,VÅR,B', 'TEST-PHD,2026,VÅR,C')
  .map((one) => idOf(at.klass, one));
const cohort = fc
  .constantFrom('TEST-BA,2026,VÅR', 'TEST-PHD,2026,VÅR', 'TEST-BA,2025,HØST', 'TEST-GML,2026,VÅR')
  .map((one) => idOf(at.cohort, one));
const term = fc.constantFrom('2026,VÅR', '2026,HØST', '2025,HØST').map((one) => idOf(at.term, one));
const day = fc.constantFrom(
  '2025-12-01',
  '2026-01-15',
  '2026-03-01',
  '2026-06-01',
  '2027-01-01',
  '2028-12-31',
  '2029-01-01',
);
const mail = fc.constantFrom('a@test.no', 'b@test.no', 'kari@test.no', 'ola@test.no', 'stor@@test');
const number = fc.constantFrom(...nationalIds.slice(70, 73), '12345678901');
const exam = fc
  .constantFrom('7777,TST1000,1,S,2026,V1', '7777,TST1000,1,S,2025,H1')
  .map((one) => idOf(also.examination, one));
const status = {
  studentstatusId: fc.constant(plainId(also.studentStatus, 'SS1')),
  studierettstatusId: fc.constant(plainId(also.rightStatus, 'SR1')),
};

const rowsOf = (row: Readonly<Record<string, fc.Arbitrary<unknown>>>, optional: readonly string[] = []) =>
  fc.array(
    fc.record(row, { requiredKeys: Object.keys(row).filter((key) => !optional.includes(key)), noNullPrototype: true }),
    { minLength: 1, maxLength: 3 },
  );

const batchOf = (name: string, rows: fc.Arbitrary<readonly object[]>): fc.Arbitrary<Batch> =>
  rows.map((all) => ({ name, rows: all }));

const batch = fc.oneof(
  batchOf('registrerPermisjonForStudenter', rowsOf({ programStudierettId: right, fraDato: day, tilDato: day })),
  batchOf('fordelStudenterIKlasser', rowsOf({ programStudierettId: right, kullklasseId: klass })),
  batchOf(
    'taOppStudenterTilStudieprogrammer',
    rowsOf({ studentVedLarestedId: student, kullId: cohort, terminId: term, ...status, fraDato: day, tilDato: day }, [
      'tilDato',
    ]),
  ),
  batchOf(
    'angiBrukerinformasjonForPersonProfiler',
    rowsOf({ personProfilId: person, feideBruker: mail, institusjonsEpost: mail }, [
      'feideBruker',
      'institusjonsEpost',
    ]),
  ),
  batchOf('meldStudenterTilVurdering', rowsOf({ studentVedLarestedId: student, vurderingsenhetId: exam })),
  batchOf('registrerMeldingerOmFodselsnummerendring', rowsOf({ personProfilId: person, nyttFodselsnummer: number })),
  batchOf(
    'opprettFagpersonerGittFodselsnumre',
    rowsOf(
      {
        eierOrganisasjonskode: fc.constantFrom('7777', '0186'),
        fodselsnummer: number,
        fornavn: fc.constant('A'),
        etternavn: fc.constant('B'),
        kjonn: fc.constant('MANN'),
        adressebeskyttelse: fc.constantFrom('ugradert', 'fortrolig'),
        feideBruker: mail,
        institusjonsEpost: mail,
      },
      ['adressebeskyttelse', 'feideBruker', 'institusjonsEpost'],
    ),
  ),
  batchOf(
    'registrerSemesteravgiftBetaltForStudenter',
    rowsOf({
      studentVedLarestedId: student,
      arstall: fc.constantFrom(2025, 2026, 1850),
      terminkode: fc.constantFrom('VÅR', 'HØST', 'JUL'),
      erBetalt: fc.boolean(),
    }),
  ),
);

const o = `filter: { eierOrganisasjonskode: "7777"`;
const everything = `{
  rights: programStudieretter(${o} }, first: 200) { nodes { id
    studierettperiode { fraDato tilDato } studieprogram { id } kull { id studieprogram { id } }
    permisjoner(first: 50) { nodes { permisjonsperiode { fraDato tilDato } } }
    klassemedlemskap(first: 50) { nodes { id klasse { id kull { id } } } } } }
  persons: personProfiler(${o}, inkluderAvdode: true }, first: 200) { nodes { id feideBruker institusjonsEpost fodselsnummer personlopenummer } }
  exams: vurderingsmeldinger(${o} }, first: 200) { nodes { id student { id } vurderingsenhet { id } } }
  registrations: semesterregistreringer(${o} }, first: 200) { nodes { id student { id } termin { id } } }
}`;

const unique = (values: readonly unknown[], what: string): void => {
  const there = values.filter((one) => one !== null && one !== undefined).map((one) => JSON.stringify(one));
  assert.equal(new Set(there).size, there.length, `${what}: ${there.toSorted().join(' ')}`);
};

const nodes = (tree: Tree | undefined): readonly Tree[] => tree?.['nodes'] ?? [];
const period = (tree: Tree | undefined) => ({
  from: civilDateOf(tree?.['fraDato']) ?? '0000-00-00',
  to: civilDateOf(tree?.['tilDato']) ?? '9999-99-99',
});

const holdRules = (data: Tree): void => {
  for (const one of nodes(data['rights'])) {
    const own = period(one['studierettperiode']);
    assert.ok(own.from <= own.to);
    assert.equal(one['studieprogram']?.['id'], one['kull']?.['studieprogram']?.['id']);
    const leaves = nodes(one['permisjoner']).map((leave) => period(leave['permisjonsperiode']));
    for (const [index, leave] of leaves.entries()) {
      assert.ok(own.from <= leave.from && leave.from <= leave.to && leave.to <= own.to, JSON.stringify([own, leave]));
      for (const other of leaves.slice(index + 1))
        assert.ok(other.to < leave.from || leave.to < other.from, JSON.stringify([leave, other]));
    }
    for (const membership of nodes(one['klassemedlemskap']))
      assert.equal(membership['klasse']?.['kull']?.['id'], one['kull']?.['id']);
    unique(
      nodes(one['klassemedlemskap']).map((membership) => membership['klasse']?.['id']),
      'classes',
    );
  }
  for (const name of ['feideBruker', 'institusjonsEpost', 'fodselsnummer', 'personlopenummer'])
    unique(
      nodes(data['persons']).map((one) => one[name]),
      name,
    );
  unique(
    nodes(data['exams']).map((one) => [one['student'], one['vurderingsenhet']]),
    'entries',
  );
  unique(
    nodes(data['registrations']).map((one) => [one['student'], one['termin']]),
    'registrations',
  );
};

/** Everything that a call says it has written, and shows. */
const written = (payloads: readonly Payload[]): readonly string[] =>
  payloads.flatMap(({ result }) =>
    result === null ? [] : result.flatMap((one: Tree | null) => (one === null ? [] : String(one['id']))),
  );

const carryOut = async (world: MutationWorld, steps: readonly (readonly Batch[])[]): Promise<void> => {
  let before = await world.position();
  for (const together of steps) {
    const payloads = await Promise.all(together.map(({ name, rows }) => world.call(name, rows)));
    for (const { result, errors } of payloads) assert.equal(result === null, errors.length > 0);
    const now = await world.position();
    if (payloads.every(({ result }) => result === null)) assert.equal(now, before);
    before = now;
    for (const id of written(payloads)) {
      const data = await world.data('query($id: ID!) { node(id: $id) { id } }', { id }, { headers: everyFlag });
      assert.equal(data['node']?.['id'], id);
    }
  }
  holdRules(await world.data(everything));
};

test('rules of values hold after any batches', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: fc.tuple(batch) }, fc.tuple(batch, batch)), {
        minLength: 8,
        maxLength: 20,
      }),
      async (steps) => {
        const world = await openMutationWorld();
        try {
          await carryOut(world, steps);
        } finally {
          await world.close();
        }
      },
    ),
    { numRuns: cases(15), endOnFailure: true },
  );
});
