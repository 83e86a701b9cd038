// Every kind of filter, end to end over a store; and the defaults, told where they hide something.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { nationalId, onlyGrants } from '../../hub/world.ts';
import { at, everyFlag, idOf, openFsWorld, plainId, type FsWorld } from './fs-world.ts';

let world: FsWorld;
before(async () => {
  world = await openFsWorld();
});
after(() => world.close());

/** Asks for a collection with more in its filter than the owner; gives one field of what is found, sorted. */
const found = async (
  field: string,
  filter: Readonly<Record<string, unknown>>,
  show: string,
): Promise<readonly unknown[]> => {
  const type = `Query${field.charAt(0).toUpperCase()}${field.slice(1)}FilterInput`;
  const query = `query($f: ${type}!) { ${field}(filter: $f) { totalCount nodes { ${show} } } }`;
  const data = await world.data(query, { f: { eierOrganisasjonskode: '7777', ...filter } });
  const page = data[field];
  assert.equal(page?.['totalCount'], page?.['nodes']?.length);
  return (page?.['nodes'] ?? []).map((node) => node[show]).toSorted();
};

const courses = (filter: Readonly<Record<string, unknown>>) => found('emnerV2', filter, 'kode');
const persons = (filter: Readonly<Record<string, unknown>>) => found('personProfiler', filter, 'personlopenummer');
const students = (filter: Readonly<Record<string, unknown>>) => found('studenter', filter, 'studentnummer');

const responsible = (filter: Readonly<Record<string, unknown>>) =>
  found('organisasjonsenheter', { erAktiv: null, ...filter }, 'id');
const units = (freeText: unknown) => found('organisasjonsenheter', { freeText, erAktiv: null }, 'id');
const registrations = (filter: Readonly<Record<string, unknown>>) => found('semesterregistreringer', filter, 'id');
const ids = (field: string, filter: Readonly<Record<string, unknown>>) => found(field, filter, 'id');

test('values of a list mean or, members mean and, an empty list nothing, null everything', async () => {
  assert.deepEqual(await courses({ emnekoder: ['TST1000', 'ABC', 'X'] }), ['ABC', 'TST1000']);
  assert.deepEqual(await courses({ emnekoder: ['TST1000', 'ABC'], emnekodeStartsWith: 'TST' }), ['TST1000']);
  assert.deepEqual(await courses({ emnekoder: [] }), []);
  assert.deepEqual(await courses({ emnekoder: null }), ['ABC', 'TST1000', 'TST2000']);
});

const many = (one: string, length: number): readonly string[] => Array.from({ length }, () => one);

test('a list of a filter holds up to a thousand values', async () => {
  const query = `query($l: [String!], $i: [ID!]) { emnerV2(filter: { eierOrganisasjonskode: "7777", emnekoder: $l, campusIder: $i }) { totalCount } }`;
  const campus = idOf(at.campus, 'NORD');
  assert.equal(
    (await world.post({ query, variables: { l: many('E', 1_000), i: many(campus, 1_000) } })).body.errors,
    undefined,
  );
  for (const variables of [{ l: many('E', 1_001) }, { i: many(campus, 1_001) }])
    assert.equal((await world.post({ query, variables })).body.errors?.[0]?.extensions.code, 'HUB-103');
});

test('texts are looked for in every language, by a part or by the beginning', async () => {
  assert.deepEqual(await courses({ emnenavnContains: 'testlære' }), ['TST2000']);
  assert.deepEqual(await courses({ emnenavnContains: 'Testing' }), ['TST1000']);
  assert.deepEqual(await courses({ emnekodeStartsWith: 'TST' }), ['TST1000', 'TST2000']);
  const first = idOf(at.unit, '7777,59,0,0');
  assert.deepEqual(await units({ freetext: 'tests' }), [first]);
  assert.deepEqual(await units({ freetext: 'tests', sprak: ['NB'] }), []);
  assert.deepEqual(await units({ freetext: 'testing', sprak: ['NB', 'EN'] }), [first]);
});

test('ids are of what relations lead to; foreign ones stand for nothing, and what is none is an error', async () => {
  assert.deepEqual(await courses({ campusIder: [idOf(at.campus, 'NORD')] }), ['TST1000', 'TST2000']);
  assert.deepEqual(await courses({ campusIder: [idOf(at.campus, 'SØR')] }), []);
  assert.deepEqual(await courses({ campusIder: [plainId(at.campus, 'C1')] }), ['TST1000', 'TST2000']);
  assert.deepEqual(await courses({ campusIder: [idOf(at.campus, 'NORD', '186')] }), []);
  assert.deepEqual(await courses({ campusIder: [idOf(at.campus, 'NORD')], emnekoder: ['TST2000'] }), ['TST2000']);
  for (const [id, message] of [
    ['x', /^filter\.campusIder\[1\] is no id\.$/],
    [idOf(at.course, '7777,TST1000,1'), /^filter\.campusIder\[1\] is an id of something else than Campus\.$/],
  ] as const) {
    const { body } = await world.post({
      query: `query($ids: [ID!]) { emnerV2(filter: { eierOrganisasjonskode: "7777", campusIder: $ids }) { totalCount } }`,
      variables: { ids: [idOf(at.campus, 'NORD'), id] },
    });
    const [error] = body.errors ?? [];
    assert.match(error?.message ?? '', message);
    assert.equal(error?.extensions.code, 'HUB-103');
    assert.deepEqual(error?.path, ['emnerV2']);
  }
});

test('numbers, enumerations and booleans', async () => {
  assert.deepEqual(await courses({ eqfniva: [7] }), ['TST2000']);
  assert.deepEqual(await courses({ emnetypekoder: ['UNDERVISN', 'PRAKSIS'] }), ['TST1000']);
  assert.deepEqual(await courses({ skalEksporteresTilUtdanningsregisteret: true }), ['TST2000']);
  assert.deepEqual(await courses({ skalEksporteresTilUtdanningsregisteret: false }), ['ABC', 'TST1000']);
  assert.deepEqual(await found('undervisningsenheter', { terminnumre: [2] }, 'terminnummer'), [2]);
  assert.deepEqual(await found('undervisningsenheter', { harUndervisningsaktiviteter: true }, 'terminnummer'), [1]);
  assert.deepEqual(await found('undervisningsenheter', { harUndervisningsaktiviteter: false }, 'terminnummer'), [2]);
});

test('what is not in use is left out by default, the answer says so, and it can be asked for', async () => {
  const active = idOf(at.unit, '7777,59,0,0');
  assert.deepEqual(await found('organisasjonsenheter', {}, 'id'), [active]);
  assert.equal((await found('organisasjonsenheter', { erAktiv: [false] }, 'id')).length, 2);
  assert.equal((await found('organisasjonsenheter', { erAktiv: [true, false] }, 'id')).length, 3);
  assert.equal((await found('organisasjonsenheter', { erAktiv: null }, 'id')).length, 3);
  assert.deepEqual(await found('studieprogramV2', {}, 'kode'), ['TEST-BA']);
  assert.deepEqual(await found('klasser', {}, 'kode'), ['A']);
  const { body } = await world.post(
    {
      query:
        '{ k: klasser(filter: { eierOrganisasjonskode: "7777" }) { totalCount } emner(filter: { eierOrganisasjonskode: "7777" }) { totalCount } }',
    },
    { headers: everyFlag },
  );
  assert.deepEqual(body.extensions?.['defaults'], { k: { erAktiv: [true] } });
});

test('courses by whether they go on, and by a term in which they have not expired', async () => {
  assert.deepEqual(await courses({ aktivstatus: 'AKTIV' }), ['TST1000']);
  // One is over, one has not begun.
  assert.deepEqual(await courses({ aktivstatus: 'IKKE_AKTIV' }), ['ABC', 'TST2000']);
  assert.deepEqual(await courses({ ikkeUtloptITermin: idOf(at.term, '2025,HØST') }), ['ABC', 'TST1000', 'TST2000']);
  assert.deepEqual(await courses({ ikkeUtloptITermin: idOf(at.term, '2026,VÅR') }), ['TST1000', 'TST2000']);
  assert.deepEqual(await courses({ ikkeUtloptITermin: plainId(at.term, 'T3'), aktivstatus: 'AKTIV' }), ['TST1000']);
  // What is no term of this owner stands for nothing.
  for (const id of [idOf(at.term, '2026,VÅR', '186'), idOf(at.term, '2031,VÅR')])
    assert.deepEqual(await courses({ ikkeUtloptITermin: id }), []);
  const { body } = await world.post({
    query: `{ emnerV2(filter: { eierOrganisasjonskode: "7777", ikkeUtloptITermin: "${idOf(at.campus, 'NORD')}" }) { totalCount } }`,
  });
  assert.match(
    body.errors?.[0]?.message ?? '',
    /^filter\.ikkeUtloptITermin\[0\] is an id of something else than Termin\.$/,
  );
});

test('units by what they are responsible for, roles by what is exported', async () => {
  const [first, second, third] = ['59', '60', '61'].map((number) => idOf(at.unit, `7777,${number},0,0`));
  assert.deepEqual(await responsible({ harStudieansvarForEmner: true }), [first]);
  assert.deepEqual(await responsible({ harStudieansvarForEmner: false }), [second, third].toSorted());
  assert.deepEqual(await responsible({ harAdministrativtAnsvarForEmner: true }), []);
  assert.equal((await responsible({ harStudieansvarForStudieprogram: false })).length, 3);
  assert.deepEqual(await ids('emneroller', { undervisningsenhetSkalEksporteresTilLms: true }), []);
});

test('collections of which something is always true: those without a European student identifier', async () => {
  assert.deepEqual(await found('esiKandidater', { inkluderAvdode: true }, 'studentnummer'), ['500101']);
  assert.deepEqual(
    await found('esiKandidater', { studentnumre: ['500102'], inkluderAvdode: true }, 'studentnummer'),
    [],
  );
});

test('in which terms courses are taught', async () => {
  assert.deepEqual(await ids('undervisningsterminerForEmner', { emnekoder: ['TST1000'] }), [
    idOf(at.unitOfTeaching, '7777,TST1000,1,2026,VÅR,1'),
  ]);
  assert.deepEqual(
    await ids('undervisningsterminerForEmner', { emner: [idOf(at.course, '7777,TST1000,1')], arstall: [2025] }),
    [],
  );
});

test('persons by numbers, addresses, days and text', async () => {
  assert.deepEqual(await persons({ fodselsnumre: [nationalId(1), nationalId(3)] }), ['101']);
  assert.deepEqual(await persons({ epostadresser: ['KARI@test.no'] }), ['101']);
  assert.deepEqual(await persons({ fodselsdatoer: ['2001-01-09'] }), ['101']);
  assert.deepEqual(await persons({ fodselsdatoer: ['2001-01-10'] }), []);
  assert.deepEqual(await persons({ freeText: 'Åsen' }), ['101']);
});

test('the dead are left out unless they are asked for, of persons and of students', async () => {
  assert.deepEqual(await persons({}), ['101', '104']);
  assert.deepEqual(await persons({ inkluderAvdode: true }), ['101', '102', '104']);
  assert.deepEqual(await students({}), ['500101']);
  assert.deepEqual(await students({ inkluderAvdode: true }), ['500101', '500102']);
});

test('what must hold of one and the same of several', async () => {
  const term = idOf(at.term, '2026,VÅR');
  assert.deepEqual(
    await persons({
      programStudieretter: {
        studieprogram: [idOf(at.programme, 'TEST-BA')],
        klasser: [idOf(at.klass, 'TEST-BA,2026,VÅR,A')],
      },
    }),
    ['101'],
  );
  assert.deepEqual(
    await persons({
      programStudieretter: {
        studieprogram: [idOf(at.programme, 'TEST-GML')],
        kull: [idOf(at.cohort, 'TEST-BA,2026,VÅR')],
      },
    }),
    [],
  );
  assert.deepEqual(await persons({ programStudieretter: {} }), ['101']);
  assert.deepEqual(await persons({ startterminer: [term] }), ['101']);
  assert.deepEqual(await persons({ betaltSemesteravgiftITerminer: [term] }), ['101']);
  assert.deepEqual(
    await persons({ betaltSemesteravgiftITerminer: [idOf(at.term, '2025,HØST')], inkluderAvdode: true }),
    ['102'],
  );
});

test('what is so now, and what is not', async () => {
  assert.deepEqual(await persons({ erIPermisjonNaa: true }), ['101']);
  assert.deepEqual(await persons({ erIPermisjonNaa: false }), ['104']);
  assert.deepEqual(await persons({ erSemesterregistrertIInnevarendeSemester: true }), ['101']);
  assert.deepEqual(await persons({ erSemesterregistrertIInnevarendeSemester: false, inkluderAvdode: true }), [
    '102',
    '104',
  ]);
  assert.deepEqual(await persons({ harStudierettMedMerknad: true }), []);
  assert.deepEqual(await persons({ harStudierettMedMerknad: false }), ['101', '104']);
});

test('registrations by term, code, student and payment', async () => {
  const [first, second] = [idOf(at.registration, '101,2026,VÅR'), idOf(at.registration, '102,2025,HØST')];
  assert.deepEqual(await registrations({ terminkoder: ['VÅR'] }), [first]);
  assert.deepEqual(await registrations({ arstall: [2025, 2026] }), [first, second].toSorted());
  assert.deepEqual(await registrations({ studentnumre: ['500102'] }), [second]);
  assert.deepEqual(await registrations({ studenterVedLarested: [idOf(at.student, '101')] }), [first]);
  assert.deepEqual(await registrations({ studenterVedLarested: [idOf(at.student, '103')] }), []);
  assert.deepEqual(await registrations({ harGyldigSemesterkvittering: true }), [first]);
  assert.deepEqual(await registrations({ harGyldigSemesterkvittering: false }), [second]);
  assert.deepEqual(await registrations({ erUgyldiggjort: false }), [first]);
});

test('roles by period, kind, person and what they are for', async () => {
  const [course, cohort] = [idOf(at.courseRole, '104,1'), idOf(at.cohortRole, '104,2')];
  assert.deepEqual(await ids('emneroller', { aktivInnenforPeriode: { fraDato: '2026-06-30' } }), [course]);
  assert.deepEqual(await ids('emneroller', { aktivInnenforPeriode: { fraDato: '2026-07-01' } }), []);
  assert.deepEqual(await ids('emneroller', { aktivInnenforPeriode: { tilDato: '2026-01-01' } }), [course]);
  assert.deepEqual(
    await ids('emneroller', {
      imsRoller: ['INSTRUCTOR'],
      fsRoller: ['LÆRER'],
      emner: [idOf(at.course, '7777,TST1000,1')],
    }),
    [course],
  );
  assert.deepEqual(await ids('kullroller', { tjenestenummerForLms: ['LMS1'], kullSkalEksporteresTilLms: true }), [
    cohort,
  ]);
  assert.deepEqual(
    await ids('personroller', { personProfiler: [idOf(at.person, '104')] }),
    [course, cohort].toSorted(),
  );
  assert.deepEqual(
    await ids('personroller', {
      personProfiler: [idOf(at.person, '104')],
      aktivInnenforPeriode: { fraDato: '2026-01-01' },
    }),
    [course],
  );
});

test('filters that are made: ids of one’s own, identifiers, and what a relation leads to', async () => {
  assert.deepEqual(await found('permisjoner', { ider: [plainId(at.leave, 'D1')] }, 'id'), [plainId(at.leave, 'D1')]);
  assert.deepEqual(await found('fagpersoner', { campusIder: [idOf(at.campus, 'NORD')] }, 'id'), [
    idOf(at.staff, '104'),
  ]);
  assert.deepEqual(await found('fagpersoner', { erAktiv: [true] }, 'id'), [idOf(at.staff, '104')]);
  assert.deepEqual(await found('campuser', { koder: ['SØR'] }, 'kode'), ['SØR']);
});

test('nobody is found by what a grant hides', async () => {
  await onlyGrants(world, { withhold: ['national-id'] });
  assert.deepEqual(await persons({ fodselsnumre: [nationalId(1)] }), []);
  assert.deepEqual(await students({ fodselsnumre: [nationalId(1)] }), []);
  await onlyGrants(world, { collections: [at.student] });
  assert.deepEqual(await students({ fodselsnumre: [nationalId(1)] }), []);
  // Who is dead stands in what is closed to it: nobody is left out, and nobody is told.
  assert.deepEqual(await students({}), ['500101', '500102']);
  assert.deepEqual(await students({ inkluderAvdode: true }), ['500101', '500102']);
  // Nor is a course by periods that are not shown, whether they go on or not; nor a unit by what it does for courses that are closed.
  await onlyGrants(world, {
    withhold: [],
    fields: ['systemId', 'naturligNokkel', 'kode', 'studiesemesterPeriode', 'erAktiv'],
  });
  for (const aktivstatus of ['AKTIV', 'IKKE_AKTIV']) assert.deepEqual(await courses({ aktivstatus }), []);
  assert.deepEqual(await courses({ ikkeUtloptITermin: idOf(at.term, '2025,HØST') }), []);
  assert.deepEqual(await found('organisasjonsenheter', { harStudieansvarForEmner: true }, 'id'), []);
  assert.deepEqual(await found('esiKandidater', { inkluderAvdode: true }, 'id'), []);
  await onlyGrants(world, { fields: ['systemId', 'naturligNokkel', 'personlopenummer'] });
  assert.deepEqual(await persons({}), ['101', '102', '104']);
  await onlyGrants(world, {});
});
