// What may be sent that nobody in good faith would send: text that is none, days that do not exist, lists without end, numbers that look like others, and
// institutions that are none. Each is refused at its place, and nothing is written or broken.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { limits } from '#base/limits.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { everyFlag, at, idOf, plainId } from '../fs-world.ts';
import {
  also,
  done,
  openMutationWorld,
  wrong,
  type MutationWorld,
  type Opening,
  type Payload,
} from './mutation-world.ts';

let world: MutationWorld;
let open: MutationWorld | null = null;
const begin = async (opening: Opening = {}): Promise<void> => {
  await open?.close();
  open = world = await openMutationWorld(opening);
};
beforeEach(() => begin());
after(() => open?.close());

const [nin = ''] = nationalIds.slice(5);
const staff = (more: object = {}) => ({
  eierOrganisasjonskode: '7777',
  fodselsnummer: nin,
  fornavn: 'Mattis',
  etternavn: 'Skog',
  kjonn: 'MANN',
  adressebeskyttelse: 'ugradert',
  ...more,
});
const makeStaff = (more: object, show = 'id') => world.call('opprettFagpersonerGittFodselsnumre', [staff(more)], show);
const citizenships = (landIder: readonly string[]) =>
  world.call('angiStatsborgerskap', [{ personProfilId: idOf(at.person, '101'), landIder }]);
const refused = async (call: () => Promise<Payload>): Promise<readonly string[]> => {
  const before = await world.position();
  const errors = wrong(await call());
  assert.equal(await world.position(), before);
  return errors;
};

/** Code of the error of an operation of which nothing was run. */
const codeOf = async (name: string, input: readonly object[]): Promise<string | undefined> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($i: [${type}!]!) { ${name}(input: $i) { errors { __typename } } }`;
  const { body } = await world.post({ query, variables: { i: input } }, { headers: everyFlag });
  return body.errors?.[0]?.extensions.code;
};

const section = (innhold: string) => ({
  emneId: idOf(at.course, '7777,TST1000,1'),
  sprakId: plainId(also.language, 'SP1'),
  tekstkategoriId: plainId(also.category, 'TK1'),
  innhold,
});

test('text that is none is refused at its place', async () => {
  for (const text of ['A\u0000B', '\ud800', 'A\udfffB', '', '   ', 'A\nB', 'A'.repeat(121)])
    assert.deepEqual(
      await refused(() => makeStaff({ fornavn: text })),
      ['UgyldigInput input.0.fornavn'],
      JSON.stringify(text),
    );
  for (const text of ['A\u0000B', '\ud800', 'A'.repeat(20_001)])
    assert.deepEqual(await refused(() => world.call('angiEmnebeskrivelse', [section(text)])), [
      'UgyldigInput input.0.innhold',
    ]);
  assert.equal(done(await world.call('angiEmnebeskrivelse', [section(`A\nB${'C'.repeat(19_997)}`)])).length, 1);
  assert.equal(done(await makeStaff({ fornavn: 'A'.repeat(120) })).length, 1);
});

test('identifiers and codes of odd text are refused, and look for nobody', async () => {
  for (const fodselsnummer of ['0000000000\u0000', '\ud800', '٠١٢٣٤٥٦٧٨٩٠', `${nin} `, `${nin}0`])
    assert.deepEqual(await refused(() => makeStaff({ fodselsnummer })), ['UgyldigFodselsnummer input.0.fodselsnummer']);
  for (const feideBruker of ['a@b.no\u0000', 'a@b.no\n', 'A@b.no', `${'a'.repeat(196)}@b.no`])
    assert.deepEqual(await refused(() => makeStaff({ feideBruker })), ['UgyldigFeideBruker input.0.feideBruker']);
  for (const id of ['', '\u0000', '\ud800', 'A'.repeat(3_000), '='])
    assert.deepEqual(
      await refused(() => world.call('aktiverFagpersoner', [{ fagpersonId: id }])),
      ['UgyldigId input.0.fagpersonId'],
      JSON.stringify(id),
    );
});

const leave = (fraDato: unknown, tilDato: unknown = '2026-04-01') => [
  { programStudierettId: idOf(at.right, '101,TEST-BA,2026,VÅR'), fraDato, tilDato },
];

test('days that do not exist are no days', async () => {
  for (const day of [
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '26-01-01',
    '2026-3-1',
    '',
    20_260_301,
    '2026-03-01T00:00:00Z',
  ])
    assert.equal(await codeOf('registrerPermisjonForStudenter', leave(day)), 'HUB-133', String(day));
  assert.equal(await codeOf('registrerPermisjonForStudenter', leave('2026-03-01', '2026-06-31')), 'HUB-133');
  for (const fodselsnummer of ['30028012345', '00018012345', '31048012345'])
    assert.deepEqual(await refused(() => makeStaff({ fodselsnummer })), ['UgyldigFodselsnummer input.0.fodselsnummer']);
});

const ids = (count: number) => Array.from({ length: count }, () => plainId(at.country, 'L1'));

test('lists have an end', async () => {
  assert.deepEqual(await refused(() => citizenships(ids(limits.mutationListItems + 1))), [
    'UgyldigInput input.0.landIder',
  ]);
  assert.equal(done(await citizenships(ids(limits.mutationListItems))).length, 1);
  // As many as a body holds: told at once, not one by one.
  const { errors } = await citizenships(Array.from({ length: 150_000 }, () => 'A'));
  assert.deepEqual(
    errors.map(({ __typename, path }) => `${__typename} ${path.join('.')}`),
    ['UgyldigInput input.0.landIder'],
  );
});

test('ids within lists are named by their place', async () => {
  assert.deepEqual(await refused(() => citizenships([plainId(at.country, 'L1'), 'tull', plainId(at.country, 'L9')])), [
    'UgyldigId input.0.landIder.1',
    'UgyldigId input.0.landIder.2',
  ]);
});

test('a number that the environment does not take is told by an error that the mutation has', async () => {
  await begin({ environment: 'production' });
  assert.deepEqual(await refused(() => makeStaff({})), ['UgyldigFodselsnummer input.0.fodselsnummer']);
  const { fodselsnummer: _, ...rest } = staff();
  const pass = { ...rest, passnummer: nin, landId: plainId(at.country, 'L2'), fodselsdato: '1980-02-03' };
  assert.deepEqual(await refused(() => world.call('opprettFagpersonerGittPass', [pass])), [
    'UgyldigInput input.0.passnummer',
  ]);
});

test('the institution is the one of the token, however its number is written, and never another', async () => {
  const show = 'personProfil { larested { organisasjonskode } }';
  for (const [index, eierOrganisasjonskode] of ['7777', '07777', ' 7777 '].entries()) {
    const made = done(await makeStaff({ eierOrganisasjonskode, fodselsnummer: nationalIds[80 + index] }, show));
    assert.deepEqual(made, [{ personProfil: { larested: { organisasjonskode: '7777' } } }], eierOrganisasjonskode);
  }
  for (const eierOrganisasjonskode of ['0186', '77770', '', 'abc', '7777,0186', '7777\u0000'])
    assert.deepEqual(await refused(() => makeStaff({ eierOrganisasjonskode })), [
      'IkkeAutorisertError input.0.eierOrganisasjonskode',
    ]);
});

test('an organisation that is no institution writes nothing, by whatever name', async () => {
  await begin({ institution: null });
  for (const eierOrganisasjonskode of ['7777', 'abc', ''])
    assert.deepEqual(await refused(() => makeStaff({ eierOrganisasjonskode })), [
      'IkkeAutorisertError input.0.eierOrganisasjonskode',
    ]);
});
