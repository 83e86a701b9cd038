// What the audit says of mutations: who was asked for, also when nobody is there, nobody may be told of, or nothing came of it; each part with whom it
// concerns and no others; and never a value.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { systemRandom } from '#base/random.ts';
import { createTokens } from '#hub/tokens.ts';
import type { AuditRecord } from '#store/store.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { fjord, grant, nationalId, principal } from '../../../hub/world.ts';
import { at, idOf, plainId } from '../fs-world.ts';
import { also, done, everything, openMutationWorld, wrong, type MutationWorld } from './mutation-world.ts';

let world: MutationWorld;
let open: MutationWorld | null = null;
let pseudonym: (text: string) => string;
beforeEach(async () => {
  await open?.close();
  open = world = await openMutationWorld();
  const tokens = await createTokens(world.store.platform, systemRandom);
  pseudonym = (text) => tokens.pseudonym(fjord, text);
});
after(() => open?.close());

const [nin = '', second = ''] = nationalIds.slice(90);
const newStudent = (fodselsnummer: string, more: object = {}, rightMore: object = {}) => ({
  eierOrganisasjonskode: '7777',
  student: { fodselsnummer, fornavn: 'Ronja', etternavn: 'Borkadatter', kjonn: 'KVINNE', ...more },
  studierett: {
    kullId: idOf(at.cohort, 'TEST-BA,2026,VÅR'),
    terminId: idOf(at.term, '2026,VÅR'),
    studentstatusId: plainId(also.studentStatus, 'SS1'),
    studierettstatusId: plainId(also.rightStatus, 'SR1'),
    fraDato: '2026-01-10',
    ...rightMore,
  },
});

const recordsOf = async (work: () => Promise<unknown>): Promise<readonly AuditRecord[]> => {
  const tenant = await world.store.tenant(fjord);
  const before = (await tenant.audit({ limit: 1_000 })).length;
  await work();
  const all = await tenant.audit({ limit: 1_000 });
  return all.slice(0, all.length - before);
};

/** As it stands for whom nobody has stored. */
const unstored = (number: string): string => pseudonym(`${at.person} fodselsnummer ${number}`);
const uidOf = async (number: string): Promise<string> => {
  const tenant = await world.store.tenant(fjord);
  const [found] = await tenant.reads.resolve([{ collection: at.person, field: 'fodselsnummer', value: number }]);
  return pseudonym(`${found?.uid}`);
};
const names = (records: readonly AuditRecord[], subject: string, decision?: string): boolean =>
  records.some((one) => one.subjects.includes(subject) && (decision === undefined || one.decision === decision));

test('who was asked for is named, when nobody is there and nothing is written', async () => {
  // Refused by a rule, and by a value that lets nobody be looked for.
  for (const row of [
    newStudent(nin, {}, { kullId: idOf(at.cohort, 'TEST-BA,2025,HØST') }),
    newStudent(nin, { mobilTelefon: { nummer: 'abc' } }),
  ]) {
    const records = await recordsOf(async () => wrong(await world.call('opprettStudenter', [row])));
    assert.ok(names(records, unstored(nin), 'deny'), JSON.stringify(records));
    assert.ok(
      records.some(({ details, decision }) => decision === 'deny' && details === 'opprettStudenter rows 1 refused'),
    );
    assert.ok(!JSON.stringify(records).includes(nin));
  }
});

test('who was asked for and may not be seen is named by the pseudonym that his own records have', async () => {
  await grant(world, { ...everything, application: 'other', clearance: 3 } as Parameters<typeof grant>[1]);
  const hidden = newStudent(nin, { adressebeskyttelse: 'fortrolig' });
  const made = await recordsOf(() => world.call('opprettStudenter', [hidden], 'id', { as: principal('other') }));
  const subject = await uidOf(nin);
  assert.ok(names(made, subject, 'allow'));
  const taken = await recordsOf(async () => wrong(await world.call('opprettStudenter', [newStudent(nin)])));
  assert.ok(names(taken, subject, 'deny'), JSON.stringify(taken));
  const closed = newStudent(nin, {}, { kullId: idOf(at.cohort, 'TEST-BA,2025,HØST') });
  const ruled = await recordsOf(async () => wrong(await world.call('opprettStudenter', [closed])));
  assert.ok(names(ruled, subject, 'deny'), JSON.stringify(ruled));
});

test('look-ups by number name whom they asked for, found, hidden and unknown', async () => {
  const query = `query($n: [String!]!) { personProfilerGittFodselsnumre(eierOrganisasjonskode: "7777", fodselsnumre: $n) { id } }`;
  const numbers = [nationalId(1), nationalId(3), nin];
  const records = await recordsOf(() => world.data(query, { n: numbers }));
  for (const subject of [await uidOf(nationalId(1)), await uidOf(nationalId(3)), unstored(nin)])
    assert.ok(names(records, subject), JSON.stringify(records));
  for (const number of numbers) assert.ok(!JSON.stringify(records).includes(number));
});

const right = (number: number) => idOf(at.right, `10${number},TEST-BA,2026,VÅR`);

test('filters by number name whom they asked for, found, hidden and unknown, through whatever they lead', async () => {
  const query = `query($n: [String!]!) {
    personProfiler(filter: { eierOrganisasjonskode: "7777", fodselsnumre: $n }) { totalCount nodes { id } }
    studenter(filter: { eierOrganisasjonskode: "7777", fodselsnumre: $n }) { totalCount nodes { id } } }`;
  const numbers = [nationalId(3), nin];
  const records = await recordsOf(() => world.data(query, { n: numbers }));
  for (const path of [at.person, at.student]) {
    const own = records.filter(({ collection }) => collection === path);
    for (const subject of [await uidOf(nationalId(3)), unstored(nin)])
      assert.ok(names(own, subject), JSON.stringify(records));
  }
  for (const number of numbers) assert.ok(!JSON.stringify(records).includes(number));
});

test('each part names whom it concerns, and nobody else of the call', async () => {
  const rows = [1, 2].map((number) => ({ programStudierettId: right(number), campusId: idOf(at.campus, 'NORD') }));
  const records = await recordsOf(async () => done(await world.call('angiCampusForProgramStudieretter', rows)));
  const written = records.filter(({ operation }) => operation === 'update');
  assert.equal(written.length, 2);
  const [first, other] = written.map(({ subjects }) => new Set(subjects));
  assert.equal(first?.size, 2);
  assert.equal(other?.size, 2);
  assert.equal(first?.intersection(other ?? new Set()).size, 0);
});

test('no record holds a value of a row', async () => {
  const secrets = {
    fornavn: 'Hemmeligfornavn',
    etternavn: 'Hemmeligetternavn',
    privatEpost: 'hemmelig.adresse@skog.test',
  };
  const records = await recordsOf(async () => {
    await world.call('opprettStudenter', [newStudent(second, secrets)]);
    await world.call('opprettStudenter', [newStudent(second, { ...secrets, mobilTelefon: { nummer: 'x' } })]);
  });
  const text = JSON.stringify(records);
  for (const secret of [second, ...Object.values(secrets)]) assert.ok(!text.includes(secret), secret);
});
