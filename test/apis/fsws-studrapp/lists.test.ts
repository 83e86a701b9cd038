// What FSWS-STUDRAPP puts together itself, over a real store: collisions of those who are placed, as far as the caller sees them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { studrappService } from '#apis/fsws-studrapp/operations.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createTokens } from '#hub/tokens.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import type { Handled, Service, ServiceCall } from '#services/service.ts';
import {
  base,
  bySystemId,
  identified,
  model,
  onlyGrants,
  openWorld,
  principal,
  put,
  type World,
} from '../../hub/world.ts';
import { at } from '../fs-graphql/fs-world.ts';

const timetable = 'fs/undervisning/timeplan';
const weekday = 'fs/undervisning/ukedag';
const placement = 'fs/undervisning/partiplassering';

let world: World;
let service: Service;

const thing = (
  id: string,
  key: string | null,
  values: object,
  links: Readonly<Record<string, readonly [string, string]>> = {},
) => ({
  systemId: identified(id),
  ...(key === null ? {} : { naturligNokkel: identified(key) }),
  ...values,
  links: Object.fromEntries(Object.entries(links).map(([name, [path, end]]) => [name, [bySystemId(path, end)]])),
});

const activityKey = (code: string): string => `7777,TST1000,1,2026,VÅR,1,${code}`;

before(async () => {
  world = await openWorld();
  await put(world, at.term, [thing('T1', '2026,VÅR', { arstall: 2026 }), thing('T2', '2026,HØST', { arstall: 2026 })]);
  await put(world, at.unitOfTeaching, [
    thing('UE1', '7777,TST1000,1,2026,VÅR,1', { terminnummer: 1 }, { termin: [at.term, 'T1'] }),
  ]);
  await put(world, weekday, [thing('1', null, { ukedagnummer: 1 })]);
  await put(
    world,
    at.activity,
    ['F1', 'F2', 'F3'].map((code) =>
      thing(code, activityKey(code), { kode: code }, { undervisningsenhet: [at.unitOfTeaching, 'UE1'] }),
    ),
  );
  const weeks = [34, 35].map((ukenummer) => ({ arstall: 2026, ukenummer, harUndervisning: ukenummer === 34 }));
  const held = (id: string, activity: string, fra: string, til: string) =>
    thing(id, null, { klokkeslett: { fra, til }, undervisningsuker: weeks }, { undervisningsaktivitet: [at.activity, activity], ukedag: [weekday, '1'] }); // prettier-ignore
  await put(world, timetable, [
    held('H1', 'F1', '08:15:00', '10:00:00'),
    held('H2', 'F2', '09:15:00', '11:00:00'),
    held('H3', 'F3', '10:00:00', '12:00:00'),
  ]);
  for (const [id, marking] of [
    ['1', 'ugradert'],
    ['2', 'ugradert'],
    ['3', 'fortrolig'],
  ] as const) {
    await put(world, at.person, [
      thing(`X${id}`, id, {
        personlopenummer: identified(id),
        adressebeskyttelse: marking,
        navn: { fornavn: 'Test', etternavn: id },
      }),
    ]);
    await put(world, at.student, [
      thing(`S${id}`, id, { studentnummer: identified(`50${id}`) }, { personProfil: [at.person, `X${id}`] }),
    ]);
    // The second is placed in what does not collide.
    for (const activity of id === '2' ? ['F1', 'F3'] : ['F1', 'F2'])
      await put(world, placement, [
        thing(`B${id}${activity}`, `${id},${activityKey(activity)}`, {}, {
          student: [at.student, `S${id}`],
          personProfil: [at.person, `X${id}`],
          undervisningsaktivitet: [at.activity, activity],
        }), // prettier-ignore
      ]);
  }
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const choosing = { baseUrl: () => base, tokens: await createTokens(store.platform, systemRandom) };
  service = studrappService({
    model,
    clock,
    walk: createWalk({
      model,
      store,
      clock,
      authorizer,
      accesses: createAccesses(authorizer),
      sealing: await createSealing(store.platform, systemRandom),
      choosing,
    }),
    tables: {
      write: () => assert.fail('nothing is written here'),
      outcome: () => assert.fail('nothing is written here'),
    },
    institutionNumber: async () => '7777',
  });
});
after(() => world.close());

const handle = (name: string, values: ServiceCall['values']): Promise<Handled> => {
  const operation = service.operations.find((one) => one.name === name);
  assert.ok(operation !== undefined, name);
  const context = { principal: principal(), requestId: name, api: service.id };
  // The request itself is not looked at.
  const request = {} as ServiceCall['request'];
  return operation.handle({ request, principal: principal(), context, via: 'rest', values, body: null, type: 'application/json', notation: jsonNotation }); // prettier-ignore
};

const rowsOf = async (name: string, values: ServiceCall['values']): Promise<readonly unknown[]> => {
  const handled = await handle(name, values);
  assert.ok(handled.kind === 'rows', JSON.stringify(handled));
  return (await Array.fromAsync(handled.rows)).flat().map((text) => JSON.parse(text) as unknown);
};

const spring = { arstall: '2026', terminkode: 'VAR' };

const collision = (...students: readonly string[]) => ({
  aktivitet1: activityKey('F1'),
  aktivitet2: activityKey('F2'),
  ukedag: 1,
  fra: '09:15',
  til: '10:00',
  uke: ['2026-34'],
  studentnr: students,
});

test('collisions are told of those whom the caller sees', async () => {
  await onlyGrants(world, {});
  assert.deepEqual(await rowsOf('timeplanKollisjoner', spring), [collision('501')]);
  await onlyGrants(world, { clearance: 3 });
  assert.deepEqual(await rowsOf('timeplanKollisjoner', spring), [collision('501', '503')]);
  assert.deepEqual(await rowsOf('timeplanKollisjoner', { ...spring, terminkode: 'HØST' }), []);
});

test('placements are those of the activity, of those whom the caller sees', async () => {
  await onlyGrants(world, {});
  const placed = (number: string) => ({ studentnr: number, aktivitet: activityKey('F1') });
  assert.deepEqual(await rowsOf('timeplanStudentplasseringer', { aktivitet: activityKey('F1') }), [placed('501'), placed('502')]); // prettier-ignore
  const otherwise = activityKey('F1').replace('VÅR', 'VAR');
  assert.notEqual(otherwise, activityKey('F1'));
  for (const aktivitet of [otherwise, activityKey('F1').normalize('NFD')])
    assert.deepEqual(await rowsOf('timeplanStudentplasseringer', { aktivitet }), [placed('501'), placed('502')]);
  assert.deepEqual(await rowsOf('timeplanStudentplasseringer', { aktivitet: activityKey('F1').toLowerCase() }), []);
});

test('an activity is told with when it is held', async () => {
  await onlyGrants(world, {});
  const [first, ...others] = await rowsOf('timeplanUndervisningsaktiviteter', spring);
  assert.equal(others.length, 2);
  assert.deepEqual(first, {
    aktivitet: activityKey('F1'),
    terminnr: 1,
    aktivitetskode: 'F1',
    timeplan: [{ ukedag: 1, fra: '08:15', til: '10:00', romkode: [], uke: ['2026-34'] }],
  });
});

test('who may see nothing of it gets what one gets for what does not exist', async () => {
  await onlyGrants(world, { collections: ['utdanning/elev/elev'] });
  for (const name of ['timeplanKollisjoner', 'timeplanUndervisningsaktiviteter', 'lanekassenStudenter']) {
    const handled = await handle(name, spring);
    assert.ok(handled.kind === 'problem' && handled.problem.code === 'HUB-204', name);
  }
});
