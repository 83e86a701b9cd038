// Documents of the study catalogue over a small institution: which are of a term, in which language, and which persons they show.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { studinfoService } from '#apis/fsws-studinfo2/operations.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createTokens } from '#hub/tokens.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import type { Handled, Service, ServiceCall } from '#services/service.ts';
import { base, bySystemId, identified, model, onlyGrants, principal, put } from '../../hub/world.ts';
import { at, graphOver, inTerms, openFsWorld, type FsWorld } from '../fs-graphql/fs-world.ts';

let world: FsWorld;
let service: Service;

const section = 'fs/studietilbud/emnebeskrivelse';
const language = 'fs/felles/sprak';
const category = 'fs/studietilbud/tekstkategori';
const evuCourse = 'fs/studietilbud/evukurs';

/** A text of a course, of a language and for some terms. */
const text = (id: string, of: string, kind: string, from: string | null, until: string | null) => ({
  systemId: identified(id),
  innhold: `Tekst ${id}`,
  periode: inTerms(from, until),
  links: { sprak: [bySystemId(language, of)], tekstkategori: [bySystemId(category, kind)] },
});

before(async () => {
  world = await openFsWorld();
  await put(world, language, [
    { systemId: identified('nob'), iso6391Kode: 'nb', iso6392Kode: 'nob' },
    { systemId: identified('eng'), iso6391Kode: 'en', iso6392Kode: 'eng' },
  ]);
  await put(world, category, [
    { systemId: identified('INNHOLD'), kode: 'INNHOLD', navnAlleSprak: { nb: 'Innhold' } },
    { systemId: identified('INTERN'), kode: 'INTERN', kanPubliseresTilWeb: false },
  ]);
  await put(world, section, [
    text('old', 'nob', 'INNHOLD', 'T1', 'T1'),
    text('new', 'nob', 'INNHOLD', 'T2', null),
    text('english', 'eng', 'INNHOLD', null, null),
    text('hidden', 'nob', 'INTERN', null, null),
  ]);
  const course = { kode: 'TST1000', versjonskode: '1', navnAlleSprak: { nb: 'Testlære', en: 'Testing' } };
  await put(world, at.course, [
    {
      ...course,
      systemId: identified('E1'),
      naturligNokkel: identified('7777,TST1000,1'),
      vekting: { verdi: '7.5' },
      undervisesIPeriode: inTerms('T1', null),
      links: {
        studieansvarligOrganisasjonsenhet: [bySystemId(at.unit, 'U1')],
        studieniva: [bySystemId(at.level, 'N1')],
        beskrivelsesavsnitt: ['old', 'new', 'english', 'hidden'].map((id) => bySystemId(section, id)),
      },
    },
  ]);
  const { store, clock, hub } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  service = studinfoService({
    model,
    hub,
    clock,
    walk: createWalk({
      model,
      store,
      clock,
      authorizer,
      accesses: createAccesses(authorizer),
      sealing: await createSealing(store.platform, systemRandom),
      choosing: { baseUrl: () => base, tokens: await createTokens(store.platform, systemRandom) },
    }),
    graph: await graphOver(world),
    institutionNumber: async () => '7777',
  });
});
after(() => world.close());

const handle = (values: ServiceCall['values'], name = 'getEmneSI'): Promise<Handled> => {
  const operation = service.operations.find((one) => one.name === name);
  assert.ok(operation !== undefined, name);
  const context = { principal: principal(), requestId: name, api: service.id };
  // The request itself is not looked at.
  const request = {} as ServiceCall['request'];
  return operation.handle({ request, principal: principal(), context, via: 'rest', values, body: null, type: 'application/json', notation: jsonNotation }); // prettier-ignore
};

type Told = {
  readonly emneid: { readonly emnekode: string };
  readonly emnenavn?: string;
  readonly infotekst?: readonly { readonly tekst: string }[];
  readonly fagperson?: readonly { readonly etternavn: string }[];
};

const told = async (values: ServiceCall['values']): Promise<readonly Told[]> => {
  const handled = await handle(values);
  assert.ok(handled.kind === 'rows', JSON.stringify(handled));
  return (await Array.fromAsync(handled.rows)).flat().map((row) => JSON.parse(row) as Told);
};

const codes = async (values: ServiceCall['values']) => (await told(values)).map(({ emneid }) => emneid.emnekode);

const textsOf = async (values: ServiceCall['values']) =>
  (await told({ emnekode: 'TST1000', ...values }))[0]?.infotekst?.map(({ tekst }) => tekst);
const names = async (sprak: string) => (await told({ sprak })).map(({ emnenavn }) => emnenavn);
const teachers = async () => (await told({ emnekode: 'TST1000' }))[0]?.fagperson;

test('a course is of the terms in which it is taught, and of all where nobody says', async () => {
  assert.deepEqual(await codes({}), ['TST1000', 'TST2000', 'ABC']);
  assert.deepEqual(await codes({ arstall: '2025', terminkode: 'VAR' }), ['TST2000']);
  assert.deepEqual(await codes({ arstall: '2025', terminkode: 'HOST' }), ['TST1000', 'TST2000', 'ABC']);
  assert.deepEqual(await codes({ arstall: '2026', terminkode: 'VÅR' }), ['TST1000', 'TST2000']);
});

test('texts are those of the language and of the term, and none that is not for the web', async () => {
  assert.deepEqual(await textsOf({ arstall: '2025', terminkode: 'HOST' }), ['Tekst old']);
  assert.deepEqual(await textsOf({ arstall: '2026', terminkode: 'HOST' }), ['Tekst new']);
  assert.deepEqual(await textsOf({}), ['Tekst old', 'Tekst new']);
  assert.deepEqual(await textsOf({ sprak: 'E', arstall: '2026', terminkode: 'HOST' }), ['Tekst english']);
  assert.deepEqual(await textsOf({ sprak: 'N' }), []);
});

/** All of the catalogue but the kinds of its texts, and these besides with the fields that are let be seen. */
const withoutKinds = ['fs/studietilbud/emne', 'fs/studietilbud/emnebeskrivelse', 'fs/studietilbud/evukurs', language];

test('a text is told to nobody who does not see whether it is for the web', async () => {
  await put(world, category, [{ systemId: identified('VISES'), kode: 'VISES', kanPubliseresTilWeb: true }]);
  const all = ['Tekst old', 'Tekst new'];
  const seen = async (kinds: Parameters<typeof onlyGrants>[1] | null) => {
    await onlyGrants(
      world,
      { collections: withoutKinds },
      ...(kinds === null ? [] : [{ collections: [category], ...kinds }]),
    );
    return textsOf({});
  };
  try {
    assert.deepEqual(await seen({}), all);
    assert.deepEqual(await seen({ fields: ['kode', 'kanPubliseresTilWeb'] }), all);
    assert.deepEqual(await seen({ fields: ['kode'] }), []);
    assert.deepEqual((await seen(null)) ?? [], []);
  } finally {
    await onlyGrants(world, {});
  }
});

test('a name that is not there in the language is told in another', async () => {
  assert.deepEqual(await names('E'), ['Testing', 'Advanced testing', 'Gammelt emne']);
  assert.deepEqual(await names('N'), ['Testlære', 'Videregående testlære', 'Gammelt emne']);
});

test('a choice is exact, and by the unit that answers for it', async () => {
  assert.deepEqual(await codes({ emnekode: 'TST1000', versjonskode: '1' }), ['TST1000']);
  assert.deepEqual(await codes({ emnekode: 'tst1000' }), []);
  assert.deepEqual(await codes({ emnekode: 'TST1000', versjonskode: '2' }), []);
  assert.deepEqual(await codes({ fakultetsnr: '59' }), ['TST1000']);
  assert.deepEqual(await codes({ fakultetsnr: '59', instituttnr: '0', gruppenr: '-1' }), ['TST1000']);
  assert.deepEqual(await codes({ fakultetsnr: '59', instituttnr: '1' }), []);
});

const rolesWithoutPersons = ['fs/studietilbud/*', 'fs/organisasjon/*', 'fs/felles/*', 'fs/rolle/*'];

test('a teacher is named once the role may be published, and only while it is in force', async () => {
  const role = { systemId: identified('FR1'), kode: identified('LÆRER'), navnAlleSprak: { nb: 'Lærer' } };
  assert.deepEqual(await teachers(), []);
  await put(world, at.role, [{ ...role, harTilgangTilFagpersonweb: true, kanPubliseres: true }]);
  assert.deepEqual(await teachers(), [{ fornavn: 'Lars', etternavn: 'Lærer', rollenavn: 'Lærer' }]);
  world.clock.set(Date.UTC(2026, 6, 2));
  assert.deepEqual(await teachers(), []);
  world.clock.set(Date.UTC(2026, 0, 5));
  // Who sees no persons gets the course without them.
  await onlyGrants(world, { collections: ['fs/studietilbud/*', 'fs/organisasjon/*'] });
  const [alone] = await told({ emnekode: 'TST1000' });
  assert.deepEqual([alone?.emneid.emnekode, alone?.fagperson], ['TST1000', undefined]);
  // Of a role whose person is not seen, or has no name that is seen, nobody is made.
  await onlyGrants(world, { collections: rolesWithoutPersons });
  assert.deepEqual(await teachers(), []);
  await onlyGrants(
    world,
    { collections: rolesWithoutPersons },
    { collections: [at.person], fields: ['personlopenummer'] },
  );
  assert.deepEqual(await teachers(), []);
  await onlyGrants(world, {});
});

type ToldCourse = {
  readonly kursid: { readonly etterutdkurskode: string };
  readonly infotekst?: readonly {
    readonly infotypekode: string;
    readonly infotypenavn?: string;
    readonly tekst: string;
  }[];
  readonly fagperson?: readonly { readonly fornavn: string; readonly etternavn: string; readonly rollenavn?: string }[];
};

const shortCourses = async (values: ServiceCall['values'] = {}): Promise<readonly ToldCourse[]> => {
  const handled = await handle(values, 'getKursSI');
  assert.ok(handled.kind === 'rows', JSON.stringify(handled));
  return (await Array.fromAsync(handled.rows)).flat().map((row) => JSON.parse(row) as ToldCourse);
};

/** A text of a course of continuing education. */
const passage = (innhold: string, of: string, kind: string) => ({
  innhold,
  _links: {
    sprak: [{ href: bySystemId(language, of) }],
    tekstkategori: [{ href: bySystemId(category, kind) }],
  },
});

const [teacher, hiddenTeacher] = [
  ['X4', 'F1'],
  ['X3', 'F3'],
] as const;

/** A role of a person for one of them. */
const leads = (id: string, [person, staff]: readonly [string, string], of: string, more: object = {}) => ({
  systemId: identified(id),
  naturligNokkel: identified(`${id.length},${id}`),
  ...more,
  links: {
    kurs: [bySystemId(evuCourse, of)],
    personProfil: [bySystemId(at.person, person)],
    fagperson: [bySystemId(at.staff, staff)],
    fsRolle: [bySystemId(at.role, 'FR1')],
  },
});

const evu = (id: string, texts: readonly object[]) => ({
  systemId: identified(id),
  naturligNokkel: identified(`${id},2026`),
  kode: id,
  tidsangivelseskode: '2026',
  navnAlleSprak: { nb: `Kurs ${id}` },
  beskrivelsesavsnitt: texts,
  links: { fagligAnsvarligEnhet: [bySystemId(at.unit, 'U1')] },
});

test('a course of continuing education has its texts in the language, and the teachers that are published', async () => {
  const role = {
    systemId: identified('FR1'),
    kode: identified('LÆRER'),
    navnAlleSprak: { nb: 'Lærer', en: 'Teacher' },
  };
  await put(world, at.role, [{ ...role, harTilgangTilFagpersonweb: true, kanPubliseres: true }]);
  await put(world, evuCourse, [
    evu('EVU1', [
      passage('Et kurs.', 'nob', 'INNHOLD'),
      passage('A course.', 'eng', 'INNHOLD'),
      passage('Bare internt.', 'nob', 'INTERN'),
      { innhold: 'På et språk som ingen kjenner.' },
    ]),
    evu('EVU2', []),
  ]);
  await put(world, at.staff, [
    {
      systemId: identified('F3'),
      naturligNokkel: identified('103'),
      erAktiv: true,
      links: { personProfil: [bySystemId(at.person, 'X3')] },
    },
  ]);
  await put(world, 'fs/rolle/evukursrolle', [
    leads('L1', teacher, 'EVU1'),
    leads('L2', hiddenTeacher, 'EVU1'),
    leads('L3', teacher, 'EVU1', { erAktiv: false }),
    leads('L4', teacher, 'EVU2', { gyldighetsperiode: { tilDato: '2020-01-01T00:00:00Z' } }),
  ]);
  const [first, second] = await shortCourses();
  assert.deepEqual(first?.infotekst, [{ infotypekode: 'INNHOLD', infotypenavn: 'Innhold', tekst: 'Et kurs.' }]);
  // The second is protected, the third no longer active.
  assert.deepEqual(first?.fagperson, [{ fornavn: 'Lars', etternavn: 'Lærer', rollenavn: 'Lærer' }]);
  assert.deepEqual([second?.kursid.etterutdkurskode, second?.infotekst, second?.fagperson], ['EVU2', [], []]);
  const [english] = await shortCourses({ sprak: 'E' });
  assert.deepEqual(
    english?.infotekst?.map(({ tekst }) => tekst),
    ['A course.'],
  );
  assert.deepEqual(
    english?.fagperson?.map(({ rollenavn }) => rollenavn),
    ['Teacher'],
  );
  assert.deepEqual((await shortCourses({ sprak: 'N' }))[0]?.infotekst, []);

  // Who is cleared sees the protected one, who sees no persons sees none, and who sees no roles is told nothing of teachers.
  await onlyGrants(world, { clearance: 3 });
  assert.equal((await shortCourses())[0]?.fagperson?.length, 2);
  await onlyGrants(world, { collections: ['fs/studietilbud/*', 'fs/organisasjon/*', 'fs/felles/*'] });
  const [alone] = await shortCourses();
  assert.deepEqual([alone?.infotekst?.length, alone?.fagperson], [1, undefined]);
  await onlyGrants(world, { collections: rolesWithoutPersons });
  assert.deepEqual((await shortCourses())[0]?.fagperson, []);
  await onlyGrants(world, { collections: ['fs/studietilbud/evukurs'] });
  assert.deepEqual((await shortCourses())[0]?.infotekst, []);
  await onlyGrants(world, {});
});

const changedSince = async (endretSiden: string) =>
  (await shortCourses({ endretSiden })).map(({ kursid }) => kursid.etterutdkurskode);

test('a course of continuing education has changed when its teachers or the kinds of its texts have', async () => {
  const later = '2026-02-01T00:00:00Z';
  world.clock.set(Date.UTC(2026, 1, 2));
  assert.deepEqual(await changedSince(later), []);
  await put(world, 'fs/rolle/evukursrolle', [leads('L5', teacher, 'EVU2')]);
  assert.deepEqual(await changedSince(later), ['EVU2']);
  await put(world, category, [
    { systemId: identified('INNHOLD'), kode: 'INNHOLD', navnAlleSprak: { nb: 'Om kurset' } },
  ]);
  assert.deepEqual(await changedSince(later), ['EVU1', 'EVU2']);
  world.clock.set(Date.UTC(2026, 0, 5));
});

test('who may see no courses gets what one gets for what does not exist', async () => {
  await onlyGrants(world, { collections: ['utdanning/elev/elev'] });
  for (const values of [{}, { arstall: '2026', terminkode: 'HOST' }]) {
    const handled = await handle(values);
    assert.ok(handled.kind === 'problem' && handled.problem.code === 'HUB-204');
  }
  await onlyGrants(world, {});
});
