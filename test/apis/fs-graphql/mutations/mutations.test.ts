// Every mutation end to end: what it writes, shown by what it gives back; and what each refuses, by type and place.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { bySystemId, nationalId, put } from '../../../hub/world.ts';
import { at, idOf, plainId } from '../fs-world.ts';
import { also, done, openMutationWorld, wrong, type MutationWorld, type Payload } from './mutation-world.ts';

let world: MutationWorld;
let open: MutationWorld | null = null;
beforeEach(async () => {
  await open?.close();
  open = world = await openMutationWorld();
});
after(() => open?.close());

const right = (person: number): string => idOf(at.right, `10${person},TEST-BA,2026,VÅR`);
const student = (person: number): string => idOf(at.student, `10${person}`);
const person = (number: number): string => idOf(at.person, `10${number}`);
const klass = (key = 'TEST-BA,2026,VÅR,A'): string => idOf(at.klass, key);
const cohort = (key = 'TEST-BA,2026,VÅR'): string => idOf(at.cohort, key);
const term = (key = '2026,VÅR'): string => idOf(at.term, key);
const status = {
  studentstatusId: plainId(also.studentStatus, 'SS1'),
  studierettstatusId: plainId(also.rightStatus, 'SR1'),
};
const [nin = '', other = '', third = ''] = nationalIds.slice(40);

const refused = async (call: Promise<Payload>): Promise<readonly string[]> => {
  const before = await world.position();
  const errors = wrong(await call);
  assert.equal(await world.position(), before);
  return errors;
};

// --- Persons and students ------------------------------------------------------------------------------------------------------

const newStudent = (more: object = {}, rightMore: object = {}) => ({
  eierOrganisasjonskode: '7777',
  student: {
    fodselsnummer: nin,
    fornavn: 'Ronja',
    etternavn: 'Borkadatter',
    kjonn: 'KVINNE',
    adressebeskyttelse: 'ugradert',
    ...more,
  },
  studierett: { kullId: cohort(), terminId: term(), ...status, fraDato: '2026-01-10', ...rightMore },
});

test('students are made with person and study right', async () => {
  const show = `id studentnummer larested { organisasjonskode } personProfil { fodselsnummer fodselsnummertype personlopenummer navn { fornavn etternavn } privatEpost }
    programStudieretter { nodes { studierettperiode { fraDato tilDato } studierettTerminperiode { fraTermin { arstall } } kull { id } studieprogram { kode } studentstatus { kode } } }`;
  const [made] = done(
    await world.call(
      'opprettStudenter',
      [newStudent({ privatEpost: 'ronja@skogen.test' }, { tilDato: '2029-06-30' })],
      show,
    ),
  );
  assert.match(String(made?.['studentnummer']), /^\d{8}$/);
  assert.match(String(made?.['personProfil']?.['personlopenummer']), /^\d{9}$/);
  assert.equal(made?.['personProfil']?.['fodselsnummer'], nin);
  assert.equal(made?.['personProfil']?.['fodselsnummertype'], 'FODSELSNUMMER');
  assert.deepEqual(made?.['personProfil']?.['navn'], { fornavn: 'Ronja', etternavn: 'Borkadatter' });
  assert.equal(made?.['larested']?.['organisasjonskode'], '7777');
  assert.deepEqual(made?.['programStudieretter']?.['nodes'], [
    {
      studierettperiode: { fraDato: '2026-01-10', tilDato: '2029-06-30' },
      studierettTerminperiode: { fraTermin: { arstall: 2026 } },
      kull: { id: cohort() },
      studieprogram: { kode: 'TEST-BA' },
      studentstatus: { kode: 'AKTIV' },
    },
  ]);
  assert.deepEqual(await refused(world.call('opprettStudenter', [newStudent()])), [
    'StudentFinnesAllerede input.0.student.fodselsnummer',
  ]);
});

test('whoever is known by the national identity number is used as is', async () => {
  const known = await world.call(
    'opprettFagpersonerGittFodselsnumre',
    [newStaff({ fornavn: 'Ronja', etternavn: 'B', kjonn: 'KVINNE' })],
    'personProfil { id }',
  );
  const [staff] = done(known);
  const [made] = done(await world.call('opprettStudenter', [newStudent()], 'personProfil { id navn { etternavn } }'));
  assert.deepEqual(made?.['personProfil'], { ...staff?.['personProfil'], navn: { etternavn: 'B' } });
});

test('all that is wrong with new students is told at once, each at its place', async () => {
  const rows = [
    newStudent({ fodselsnummer: '12345678901', mobilTelefon: { nummer: 'abc' } }),
    newStudent(),
    newStudent({}, { kullId: cohort('TEST-BA,2025,HØST'), terminId: term('2025,HØST') }),
    newStudent({ fodselsnummer: other }, { kullId: cohort('TEST-GML,2026,VÅR'), tilDato: '2025-01-01' }),
    newStudent({ fodselsnummer: third }, { kullId: cohort('TEST-PHD,2026,VÅR') }),
    { ...newStudent({ fodselsnummer: nationalIds[50] ?? '' }), eierOrganisasjonskode: '0186' },
    newStudent({ fodselsnummer: nationalIds[51] ?? '' }, { kullId: cohort('TEST-OVER,2026,VÅR') }),
  ];
  assert.deepEqual(await refused(world.call('opprettStudenter', rows)), [
    'UgyldigFodselsnummer input.0.student.fodselsnummer',
    'UgyldigTelefonnummer input.0.student.mobilTelefon.nummer',
    'IkkeAutorisertError input.5.eierOrganisasjonskode',
    'UgyldigInput input.2.student.fodselsnummer',
    'KulltermenErStengt input.2.studierett.kullId',
    'StartterminenErStengt input.2.studierett.terminId',
    'StudieprogrammetErUtlopt input.3.studierett.kullId',
    'UgyldigInput input.3.studierett.tilDato',
    'ManglerPhdData input.4.studierett.phd',
    'StudieprogrammetErUtlopt input.6.studierett.kullId',
  ]);
});

test('a PhD student has a unit and an end', async () => {
  const phd = { organisasjonsenhetId: idOf(at.unit, '7777,59,0,0'), beregnetSluttdato: '2029-12-31' };
  const show = 'programStudieretter { nodes { phd { beregnetSluttdato organisasjonsenhet { id } } } }';
  const row = newStudent({}, { kullId: cohort('TEST-PHD,2026,VÅR'), phd });
  const [made] = done(await world.call('opprettStudenter', [row], show));
  assert.deepEqual(made?.['programStudieretter']?.['nodes'], [
    { phd: { beregnetSluttdato: '2029-12-31', organisasjonsenhet: { id: phd.organisasjonsenhetId } } },
  ]);
});

test('students are admitted to further programmes, to each once a term', async () => {
  const row = {
    studentVedLarestedId: student(1),
    kullId: cohort('TEST-PHD,2026,VÅR'),
    terminId: term(),
    ...status,
    fraDato: '2026-01-10',
  };
  const show = 'id studieprogram { kode } student { studentnummer } personProfil { personlopenummer }';
  assert.deepEqual(done(await world.call('taOppStudenterTilStudieprogrammer', [row], show)), [
    {
      id: idOf(at.right, '101,TEST-PHD,2026,VÅR'),
      studieprogram: { kode: 'TEST-PHD' },
      student: { studentnummer: '500101' },
      personProfil: { personlopenummer: '101' },
    },
  ]);
  assert.deepEqual(
    await refused(world.call('taOppStudenterTilStudieprogrammer', [row, { ...row, kullId: cohort() }])),
    ['FinnesAllerede input.0.kullId', 'FinnesAllerede input.1.kullId'],
  );
  const fresh = { ...row, terminId: term('2026,HØST') };
  assert.deepEqual(await refused(world.call('taOppStudenterTilStudieprogrammer', [fresh, fresh])), [
    'UgyldigInput input.1.kullId',
  ]);
});

test('students are placed in classes of their cohort', async () => {
  const show = 'erAktiv klasse { kode } programStudierett { id } studentVedLarested { studentnummer }';
  const row = { programStudierettId: right(2), kullklasseId: klass() };
  assert.deepEqual(done(await world.call('fordelStudenterIKlasser', [row], show)), [
    {
      erAktiv: true,
      klasse: { kode: 'A' },
      programStudierett: { id: right(2) },
      studentVedLarested: { studentnummer: '500102' },
    },
  ]);
  assert.deepEqual(await refused(world.call('fordelStudenterIKlasser', [row])), [
    'FinnesAllerede input.0.kullklasseId',
  ]);
  const rows = [
    { programStudierettId: right(1), kullklasseId: klass('TEST-BA,2026,VÅR,B') },
    { programStudierettId: right(1), kullklasseId: klass('TEST-PHD,2026,VÅR,C') },
    { programStudierettId: right(1), kullklasseId: klass('TEST-BA,2026,VÅR,Z') },
  ];
  assert.deepEqual(await refused(world.call('fordelStudenterIKlasser', rows)), [
    'UgyldigId input.2.kullklasseId',
    'UgyldigInput input.0.kullklasseId',
    'UgyldigInput input.1.kullklasseId',
  ]);
});

test('study rights get a campus, and lose it', async () => {
  const campusId = idOf(at.campus, 'NORD');
  const show = 'campus { kode }';
  const row = { programStudierettId: right(1), campusId };
  assert.deepEqual(done(await world.call('angiCampusForProgramStudieretter', [row], show)), [
    { campus: { kode: 'NORD' } },
  ]);
  const twice = [row, { ...row, campusId: idOf(at.campus, 'SØR') }];
  assert.deepEqual(await refused(world.call('angiCampusForProgramStudieretter', twice)), [
    'UgyldigInput input.1.programStudierettId',
  ]);
  const none = { programStudierettId: right(1), campusId: null };
  assert.deepEqual(done(await world.call('angiCampusForProgramStudieretter', [none], show)), [{ campus: null }]);
});

// --- Staff ---------------------------------------------------------------------------------------------------------------------

test('staff is made active and inactive', async () => {
  const fagpersonId = idOf(at.staff, '104');
  assert.deepEqual(done(await world.call('deaktiverFagpersoner', [{ fagpersonId }], 'erAktiv')), [{ erAktiv: false }]);
  assert.deepEqual(done(await world.call('aktiverFagpersoner', [{ fagpersonId }], 'erAktiv')), [{ erAktiv: true }]);
});

const newStaff = (more: Readonly<Record<string, string>> = {}) => ({
  eierOrganisasjonskode: '7777',
  fodselsnummer: nin,
  fornavn: 'Mattis',
  etternavn: 'Skog',
  kjonn: 'MANN',
  adressebeskyttelse: 'ugradert',
  ...more,
});

test('staff is made by national identity number, with a Feide user that is nobody else’s', async () => {
  const row = newStaff({
    feideBruker: 'mattis@test.no',
    ansattnummer: 'A77',
    ansattVedId: idOf(at.unit, '7777,59,0,0'),
  });
  const show = 'erAktiv ansattVed { id } personProfil { feideBruker ansattnummer navn { etternavn } }';
  assert.deepEqual(done(await world.call('opprettFagpersonerGittFodselsnumre', [row], show)), [
    {
      erAktiv: true,
      ansattVed: { id: idOf(at.unit, '7777,59,0,0') },
      personProfil: { feideBruker: 'mattis@test.no', ansattnummer: 'A77', navn: { etternavn: 'Skog' } },
    },
  ]);
  const rows = [
    row,
    newStaff({ fodselsnummer: other, feideBruker: 'kari@test.no', institusjonsEpost: 'kari@test.no' }),
    newStaff({ fodselsnummer: third, feideBruker: 'Stor@test.no', privatEpost: 'ingen' }),
  ];
  assert.deepEqual(await refused(world.call('opprettFagpersonerGittFodselsnumre', rows)), [
    'UgyldigFeideBruker input.2.feideBruker',
    'UgyldigEpost input.2.privatEpost',
    'FagpersonFinnesAllerede input.0.fodselsnummer',
    'FeideBrukerErIkkeUnik input.1.feideBruker',
    'InstitusjonsepostErIkkeUnik input.1.institusjonsEpost',
  ]);
  const same = [
    newStaff({ fodselsnummer: other, feideBruker: 'x@test.no' }),
    newStaff({ fodselsnummer: third, feideBruker: 'x@test.no' }),
  ];
  assert.deepEqual(await refused(world.call('opprettFagpersonerGittFodselsnumre', same)), [
    'FeideBrukerErIkkeUnik input.1.feideBruker',
  ]);
});

test('staff from abroad is made by passport', async () => {
  const { fodselsnummer: _, ...rest } = newStaff();
  const row = { ...rest, passnummer: 'AB12345', landId: plainId(at.country, 'L2'), fodselsdato: '1980-02-03' };
  const show = 'personProfil { fodselsnummer fodselsdato pass { passnummer land { landkodeAlfa3 } } }';
  assert.deepEqual(done(await world.call('opprettFagpersonerGittPass', [row], show)), [
    {
      personProfil: {
        fodselsnummer: null,
        fodselsdato: '1980-02-03',
        pass: [{ passnummer: 'AB12345', land: { landkodeAlfa3: 'SWE' } }],
      },
    },
  ]);
});

// --- What is known of a person -------------------------------------------------------------------------------------------------

test('user administration writes back, for each person what is nobody else’s', async () => {
  const row = { personProfilId: person(1), feideBruker: 'kari2@test.no', institusjonsEpost: 'kari2@test.no' };
  const show = 'feideBruker institusjonsEpost navn { fornavn }';
  const made = { feideBruker: 'kari2@test.no', institusjonsEpost: 'kari2@test.no', navn: { fornavn: 'Kari' } };
  const call = (rows: readonly object[]) => world.call('angiBrukerinformasjonForPersonProfiler', rows, show);
  assert.deepEqual(done(await call([row])), [made]);
  assert.deepEqual(done(await call([row])), [made]);
  assert.deepEqual(await refused(call([{ personProfilId: person(1), feideBruker: 'ola@test.no' }])), [
    'FeideBrukerErIkkeUnik input.0.feideBruker',
  ]);
  // Of somebody whom the application does not see it is told no more than that it is taken.
  assert.deepEqual(await refused(call([{ personProfilId: person(1), feideBruker: 'hemmelig@test.no' }])), [
    'FeideBrukerErIkkeUnik input.0.feideBruker',
  ]);
  assert.deepEqual(await refused(call([row, row])), [
    'FeideBrukerErIkkeUnik input.1.feideBruker',
    'InstitusjonsepostErIkkeUnik input.1.institusjonsEpost',
  ]);
});

const telephone = (row: object) =>
  world.call(
    'endreTelefonnumre',
    [{ personProfilId: person(1), ...row }],
    'privatTelefon { landnummer nummer } mobilTelefon { nummer }',
  );

test('a telephone number takes the place of the one before as a whole', async () => {
  assert.deepEqual(done(await telephone({ type: 'HJEM', landnummer: '+47', nummer: '22 00 00 00' })), [
    { privatTelefon: { landnummer: '+47', nummer: '22 00 00 00' }, mobilTelefon: null },
  ]);
  assert.deepEqual(done(await telephone({ type: 'HJEM', nummer: '33000000' })), [
    { privatTelefon: { landnummer: null, nummer: '33000000' }, mobilTelefon: null },
  ]);
  assert.deepEqual(done(await telephone({ type: 'MOBIL', nummer: '90000000' })), [
    { privatTelefon: { landnummer: null, nummer: '33000000' }, mobilTelefon: { nummer: '90000000' } },
  ]);
});

const codes = (payload: Payload): readonly unknown[] =>
  [...(done(payload)[0]?.['statsborgerskap']?.['nodes'] ?? [])].map((one) => one['land']?.['landkodeAlfa3']).toSorted();

const citizen = (landId: string) => ({ personProfilId: person(1), landId });

test('citizenships are added, taken away, and set', async () => {
  const [norway, sweden] = [plainId(at.country, 'L1'), plainId(at.country, 'L2')];
  const show = 'statsborgerskap { nodes { land { landkodeAlfa3 } } }';
  assert.deepEqual(codes(await world.call('leggTilStatsborgerskap', [citizen(norway)], show)), ['NOR']);
  assert.deepEqual(
    await refused(world.call('leggTilStatsborgerskap', [citizen(norway), citizen(sweden), citizen(sweden)])),
    ['FinnesAllerede input.0.landId', 'UgyldigInput input.2.landId'],
  );
  assert.deepEqual(codes(await world.call('leggTilStatsborgerskap', [citizen(sweden)], show)), ['NOR', 'SWE']);
  assert.deepEqual(codes(await world.call('fjernStatsborgerskap', [citizen(norway)], show)), ['SWE']);
  assert.deepEqual(await refused(world.call('fjernStatsborgerskap', [citizen(norway)])), [
    'UgyldigInput input.0.landId',
  ]);
  const set = (landIder: readonly string[]) =>
    world.call('angiStatsborgerskap', [{ personProfilId: person(1), landIder }], show);
  assert.deepEqual(codes(await set([norway, sweden])), ['NOR', 'SWE']);
  assert.deepEqual(codes(await set([norway])), ['NOR']);
  assert.deepEqual(codes(await set([norway])), ['NOR']);
  assert.deepEqual(codes(await set([])), []);
  assert.deepEqual(await refused(set([norway, 'tull'])), ['UgyldigId input.0.landIder.1']);
});

test('each European Student Identifier is one student’s', async () => {
  const esiId = 'urn:schac:personalUniqueCode:int:esi:sikt.no:0001';
  const show = 'europeanStudentId { esiId }';
  const row = { studentVedLarestedId: student(1), esiId };
  assert.deepEqual(done(await world.call('registrerEsiForStudenter', [row], show)), [{ europeanStudentId: { esiId } }]);
  assert.deepEqual(
    await refused(world.call('registrerEsiForStudenter', [{ studentVedLarestedId: student(2), esiId }])),
    ['EsiErIkkeUnik input.0.esiId'],
  );
  assert.deepEqual(await refused(world.call('registrerEsiForStudenter', [{ ...row, esiId: 'urn:x' }])), [
    'UgyldigEsi input.0.esiId',
  ]);
});

test('deaths are recorded', async () => {
  assert.deepEqual(done(await world.call('registrerMeldingerOmDodsfall', [{ personProfilId: person(1) }], 'erDod')), [
    { erDod: true },
  ]);
});

test('a new national identity number leaves the old one in the history', async () => {
  const row = { personProfilId: person(1), nyttFodselsnummer: nin };
  const show = 'fodselsnummer fodselsnummerhistorikk { nodes { tidligereFodselsnummer nyttFodselsnummer } }';
  assert.deepEqual(done(await world.call('registrerMeldingerOmFodselsnummerendring', [row], show)), [
    {
      fodselsnummer: nin,
      fodselsnummerhistorikk: { nodes: [{ tidligereFodselsnummer: nationalId(1), nyttFodselsnummer: nin }] },
    },
  ]);
  const rows = [
    { personProfilId: person(2), nyttFodselsnummer: nin },
    { personProfilId: person(4), nyttFodselsnummer: other },
  ];
  assert.deepEqual(await refused(world.call('registrerMeldingerOmFodselsnummerendring', rows)), [
    'FodselsnummerErIkkeUnikt input.0.nyttFodselsnummer',
    'UgyldigInput input.1.personProfilId',
  ]);
});

test('student cards, pictures and consents', async () => {
  const card = {
    studentVedLarestedId: student(1),
    studentkortnummer: 'K-1',
    fraDato: '2026-01-01',
    tilDato: '2026-12-31',
  };
  const show = 'studentkortnummer gyldighetsperiode { fraDato tilDato }';
  assert.deepEqual(done(await world.call('registrerStudentkort', [card], show)), [
    { studentkortnummer: 'K-1', gyldighetsperiode: { fraDato: '2026-01-01', tilDato: '2026-12-31' } },
  ]);
  assert.deepEqual(await refused(world.call('registrerStudentkort', [{ ...card, tilDato: '2025-01-01' }])), [
    'FinnesAllerede input.0.studentkortnummer',
    'UgyldigInput input.0.tilDato',
  ]);
  const bilde = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]).toString('base64');
  const picture = { studentVedLarestedId: student(1), bilde, filtype: 'PNG' };
  assert.deepEqual(done(await world.call('angiStudentbilder', [picture], 'bilde { bilde filtype }')), [
    { bilde: { bilde, filtype: 'PNG' } },
  ]);
  assert.deepEqual(await refused(world.call('angiStudentbilder', [{ ...picture, bilde: 'R0lGODlh' }])), [
    'UgyldigBilde input.0.bilde',
  ]);
  const consent = (gittSamtykke: boolean, demand = 'SK1') =>
    world.call(
      'registrerSamtykkeForPersonProfiler',
      [{ personProfilId: person(1), samtykkekravId: plainId(also.demand, demand), gittSamtykke }],
      'id gittSamtykke svartidspunkt',
    );
  const [first] = done(await consent(true));
  assert.equal(first?.['gittSamtykke'], true);
  assert.equal(first?.['svartidspunkt'], '2026-01-05T08:00:00Z');
  assert.deepEqual(done(await consent(false)), [{ ...first, gittSamtykke: false }]);
  assert.deepEqual(await refused(consent(true, 'SK2')), ['UgyldigInput input.0.samtykkekravId']);
});

// --- Assessment and terms ------------------------------------------------------------------------------------------------------

test('students are registered for assessment once, and withdraw in time', async () => {
  const row = {
    studentVedLarestedId: student(1),
    vurderingsenhetId: idOf(also.examination, '7777,TST1000,1,S,2026,V1'),
  };
  const show = 'id student { studentnummer } emne { kode }';
  const made = done(await world.call('meldStudenterTilVurdering', [row], show));
  const id = idOf(also.entry, '101,7777,TST1000,1,S,2026,V1');
  assert.deepEqual(made, [{ id, student: { studentnummer: '500101' }, emne: { kode: 'TST1000' } }]);
  assert.deepEqual(await refused(world.call('meldStudenterTilVurdering', [row])), [
    'ErAlleredeVurderingsmeldt input.0.vurderingsenhetId',
  ]);
  const late = idOf(also.entry, '101,7777,TST1000,1,S,2025,H1');
  assert.deepEqual(
    await refused(world.call('trekkVurderingsmeldinger', [{ vurderingsmeldingId: id }, { vurderingsmeldingId: late }])),
    ['TrekkfristenErUte input.1.vurderingsmeldingId'],
  );
  // Whatever the result is: it stays.
  const failed = { erBestatt: false, kode: 'STRYK' };
  await put(world, also.outcome, [{ systemId: { identifikatorverdi: 'RS1' }, ...failed }]);
  const known = '102,7777,TST1000,1,S,2026,V1';
  await put(world, also.entry, [
    {
      systemId: { identifikatorverdi: 'VM3' },
      naturligNokkel: { identifikatorverdi: known },
      links: {
        student: [bySystemId(at.student, 'S2')],
        vurderingsenhet: [bySystemId(also.examination, 'VE1')],
        resultatstatus: [bySystemId(also.outcome, 'RS1')],
      },
    },
  ]);
  assert.deepEqual(
    await refused(world.call('trekkVurderingsmeldinger', [{ vurderingsmeldingId: idOf(also.entry, known) }])),
    ['UgyldigInput input.0.vurderingsmeldingId'],
  );
  assert.deepEqual(done(await world.call('trekkVurderingsmeldinger', [{ vurderingsmeldingId: id }], 'studentnummer')), [
    { studentnummer: '500101' },
  ]);
  assert.deepEqual(await refused(world.call('trekkVurderingsmeldinger', [{ vurderingsmeldingId: id }])), [
    'UgyldigId input.0.vurderingsmeldingId',
  ]);
});

test('fees are recorded in the registration of the term, which is made where there is none', async () => {
  const row = {
    studentVedLarestedId: student(1),
    arstall: 2026,
    terminkode: 'HØST',
    erBetalt: true,
    betaltDato: '2026-01-05',
    betalingsformId: plainId(also.payment, 'BF1'),
  };
  const show =
    'id harBetaltSemesteravgiftV2 betaltSemesteravgiftDato termin { id } betalingsform { navnAlleSprak { nb } }';
  const made = {
    id: idOf(at.registration, '101,2026,HØST'),
    harBetaltSemesteravgiftV2: true,
    betaltSemesteravgiftDato: '2026-01-05',
    termin: { id: term('2026,HØST') },
    betalingsform: { navnAlleSprak: { nb: 'Bank' } },
  };
  const call = (one: object) => world.call('registrerSemesteravgiftBetaltForStudenter', [one], show);
  assert.deepEqual(done(await call(row)), [made]);
  assert.deepEqual(done(await call({ ...row, erBetalt: false })), [{ ...made, harBetaltSemesteravgiftV2: false }]);
  const data = await world.data(
    `{ node(id: "${student(1)}") { ... on StudentVedLarested { semesterregistreringer { nodes { id } } } } }`,
  );
  assert.deepEqual(data['node']?.['semesterregistreringer']?.['nodes'], [
    { id: idOf(at.registration, '101,2026,HØST') },
    { id: idOf(at.registration, '101,2026,VÅR') },
  ]);
  assert.deepEqual(await refused(call({ ...row, terminkode: 'VIT' })), ['UgyldigInput input.0.terminkode']);
  assert.deepEqual(await refused(call({ ...row, terminkode: 'VINTER', arstall: 1899 })), [
    'UgyldigInput input.0.arstall',
    'UgyldigInput input.0.terminkode',
  ]);
  const registrering = { semesterregistreringId: idOf(at.registration, '101,2026,HØST') };
  assert.deepEqual(done(await world.call('ugyldiggjorSemesterregistreringer', [registrering], 'erUgyldiggjort')), [
    { erUgyldiggjort: true },
  ]);
  assert.deepEqual(await refused(call(row)), ['UgyldigInput input.0.studentVedLarestedId']);
});

test('leave lies within the study right, and overlaps no other', async () => {
  const row = (fraDato: string, tilDato: string) => ({ programStudierettId: right(1), fraDato, tilDato });
  const show =
    'permisjonsperiode { fraDato tilDato } permisjonsprosent studieprogram { kode } programStudieretter { nodes { id } }';
  const made = await world.call(
    'registrerPermisjonForStudenter',
    [{ ...row('2026-03-01', '2026-04-01'), permisjonsprosent: 50 }],
    show,
  );
  assert.deepEqual(done(made), [
    {
      permisjonsperiode: { fraDato: '2026-03-01', tilDato: '2026-04-01' },
      permisjonsprosent: 50,
      studieprogram: { kode: 'TEST-BA' },
      programStudieretter: { nodes: [{ id: right(1) }] },
    },
  ]);
  const rows = [
    row('2026-02-01', '2026-02-10'),
    row('2026-04-01', '2026-04-02'),
    row('2027-01-01', '2027-02-01'),
    row('2027-02-01', '2027-03-01'),
    row('2028-12-01', '2029-01-01'),
    row('2026-08-02', '2026-08-01'),
  ];
  assert.deepEqual(await refused(world.call('registrerPermisjonForStudenter', rows)), [
    'PermisjonerOverlapper input.0.fraDato',
    'PermisjonerOverlapper input.1.fraDato',
    'PermisjonerOverlapper input.3.fraDato',
    'UgyldigInput input.4.fraDato',
    'UgyldigInput input.5.tilDato',
  ]);
});

// --- Teaching and what is offered ----------------------------------------------------------------------------------------------

test('teaching activities are made in terms that are not locked', async () => {
  const unit = idOf(at.unitOfTeaching, '7777,TST1000,1,2026,VÅR,1');
  const row = {
    undervisningsenhetId: unit,
    kode: 'S1',
    navn: 'Seminar',
    antallPlasser: 20,
    parentId: idOf(at.activity, '7777,TST1000,1,2026,VÅR,1,F1'),
  };
  assert.deepEqual(
    done(await world.call('opprettUndervisningsaktiviteter', [row], 'id kode navnAlleSprak { nb } parent { kode }')),
    [
      {
        id: idOf(at.activity, '7777,TST1000,1,2026,VÅR,1,S1'),
        kode: 'S1',
        navnAlleSprak: { nb: 'Seminar' },
        parent: { kode: 'F1' },
      },
    ],
  );
  const locked = idOf(at.unitOfTeaching, '7777,TST1000,1,2026,SOM,1');
  assert.deepEqual(
    await refused(world.call('opprettUndervisningsaktiviteter', [row, { ...row, undervisningsenhetId: locked }])),
    ['TerminenErSperret input.1.undervisningsenhetId', 'UgyldigInput input.1.parentId', 'FinnesAllerede input.0.kode'],
  );
});

test('timetables and roles', async () => {
  const undervisningsaktivitetId = idOf(at.activity, '7777,TST1000,1,2026,VÅR,1,F1');
  const row = {
    undervisningsaktivitetId,
    timeplannummer: 1,
    fra: '08:15',
    til: '10:00',
    arstall: 2026,
    ukenummer: 3,
    ukedagId: plainId(also.weekday, 'UD1'),
    romIder: [idOf(also.room, 'BYGG,101')],
  };
  const show =
    'timeplannummer klokkeslett { fra til } undervisningsuker { ukenummer } rom { nodes { kode } } ukedag { ukedagnummer }';
  assert.deepEqual(done(await world.call('opprettTimeplaner', [row], show)), [
    {
      timeplannummer: 1,
      klokkeslett: { fra: '08:15', til: '10:00' },
      undervisningsuker: [{ ukenummer: 3 }],
      rom: { nodes: [{ kode: '101' }] },
      ukedag: { ukedagnummer: 1 },
    },
  ]);
  assert.deepEqual(await refused(world.call('opprettTimeplaner', [row, { ...row, timeplannummer: 2, til: '08:00' }])), [
    'FinnesAllerede input.0.timeplannummer',
    'UgyldigInput input.1.til',
  ]);
  const unit = idOf(at.unitOfTeaching, '7777,TST1000,1,2026,VÅR,1');
  const role = {
    undervisningsenhetId: unit,
    fagpersonId: idOf(at.staff, '104'),
    fsRolleId: plainId(at.role, 'FR1'),
    fraDato: '2026-01-01',
  };
  const made = await world.call(
    'opprettUndervisningsenhetsroller',
    [role],
    'fsRolle { kode } personProfil { personlopenummer } undervisningsenhet { id } gyldighetsperiode { fraDato tilDato }',
  );
  assert.deepEqual(done(made), [
    {
      fsRolle: { kode: 'LÆRER' },
      personProfil: { personlopenummer: '104' },
      undervisningsenhet: { id: unit },
      gyldighetsperiode: { fraDato: '2026-01-01', tilDato: null },
    },
  ]);
});

test('cohorts and classes', async () => {
  const row = { studieprogramId: idOf(at.programme, 'TEST-BA'), terminId: term('2026,HØST'), navn: 'Kull høst 2026' };
  assert.deepEqual(done(await world.call('opprettKull', [row], 'id navnAlleSprak { nb }')), [
    { id: cohort('TEST-BA,2026,HØST'), navnAlleSprak: { nb: 'Kull høst 2026' } },
  ]);
  assert.deepEqual(
    await refused(world.call('opprettKull', [row, { ...row, studieprogramId: idOf(at.programme, 'TEST-GML') }])),
    ['StudieprogrammetErUtlopt input.1.studieprogramId', 'FinnesAllerede input.0.terminId'],
  );
  const klasse = { kullId: cohort('TEST-BA,2026,HØST'), kode: 'X,1' };
  assert.deepEqual(await refused(world.call('opprettKlasserForKull', [klasse])), ['UgyldigInput input.0.kode']);
  assert.deepEqual(done(await world.call('opprettKlasserForKull', [{ ...klasse, kode: 'X1' }], 'id kull { id }')), [
    { id: klass('TEST-BA,2026,HØST,X1'), kull: { id: cohort('TEST-BA,2026,HØST') } },
  ]);
});

const section = (sprak: string, innhold: string, category = 'TK1') => ({
  emneId: idOf(at.course, '7777,TST1000,1'),
  sprakId: plainId(also.language, sprak),
  tekstkategoriId: plainId(also.category, category),
  innhold,
});

const texts = (payload: Payload): readonly unknown[] =>
  [...(done(payload)[0]?.['beskrivelsesavsnitt']?.['nodes'] ?? [])].map((one) => one['innhold']).toSorted();

test('texts of courses are set, several of one course at once', async () => {
  const show = 'beskrivelsesavsnitt { nodes { innhold sprak { id } } }';
  assert.deepEqual(
    texts(await world.call('angiEmnebeskrivelse', [section('SP1', 'Mål'), section('SP2', 'Aims')], show)),
    ['Aims', 'Mål'],
  );
  assert.deepEqual(texts(await world.call('angiEmnebeskrivelse', [section('SP1', 'Nye mål')], show)), [
    'Aims',
    'Nye mål',
  ]);
  assert.deepEqual(
    await refused(
      world.call('angiEmnebeskrivelse', [section('SP1', 'A'), section('SP1', 'B'), section('SP2', 'C', 'TK2')]),
    ),
    ['UgyldigInput input.1.tekstkategoriId', 'UgyldigInput input.2.tekstkategoriId'],
  );
});
