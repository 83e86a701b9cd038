// What leaves quality: samples without anything that says who, tables that no spreadsheet runs, history by day; and the work in the background.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from './csv-reader.ts';
import { toCsv, toNdjson } from '#quality/csv.ts';
import { nationalIdAt } from '#sandbox/national-id.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { damaged, found, links, openWorld, organisation, systemId } from './world.ts';
import type { World } from './world.ts';

const pupil = 'utdanning/elev/elev';
const person = 'utdanning/elev/person';
const school = 'utdanning/utdanningsprogram/skole';
const ids = [0, 1, 2].map((slot) => nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, slot, true));
const [nationalId = '', other = '', third = ''] = ids;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const flawedPupil = (id: string, to = nationalId): Promise<void> =>
  world.deliver(pupil, [
    {
      identifier: id,
      resource: {
        ...systemId(id),
        feidenavn: { identifikatorverdi: `kari.${id}@hemmelig.test` },
        ...links({ person: [`fodselsnummer/${to}`] }),
      },
    },
  ]);

const flawedPerson = (id: string, more: object = {}): Promise<void> =>
  world.deliver(person, [
    {
      identifier: id,
      resource: {
        fodselsnummer: { identifikatorverdi: id },
        navn: { fornavn: 'Hemmelig', etternavn: 'BjÃ¸rk' },
        fodselsdato: '1999-01-01T00:00:00Z',
        ...more,
      },
    },
  ]);

describe('samples', () => {
  test('name no person: hub id, keyed hash, and an address by the system id only', async () => {
    await flawedPupil('E1', other);
    await flawedPerson(nationalId);
    await world.quality.catchUp(organisation);
    const samples = await world.quality.samples(organisation, {});
    assert.deepEqual(
      samples.map(({ collection, rule, place, self }) => [collection, rule, place, self]),
      [
        [pupil, 'missing-target', 'person', 'https://hub.test/utdanning/elev/elev/systemid/E1'],
        [person, 'birth-date', 'fodselsdato', null],
        [person, 'damaged-text', 'navn/etternavn', null],
      ],
    );
    for (const format of ['csv', 'ndjson'] as const) {
      for (const what of ['summary', 'samples', 'trend'] as const) {
        const text = await world.quality.text(organisation, what, format, {});
        for (const secret of [...ids, 'Hemmelig', 'BjÃ¸rk', 'hemmelig.test', '1999'])
          assert.ok(!text.includes(secret), `${what} ${format} ${secret}`);
      }
    }
  });

  test('a system id that is a national id is not shown', async () => {
    await flawedPupil(third, other);
    await world.quality.catchUp(organisation);
    const [sample] = await world.quality.samples(organisation, {});
    assert.equal(sample?.self, null);
  });

  test('of what is protected, or links to what is, there is no address', async () => {
    await flawedPerson(nationalId, { adressebeskyttelse: 'fortrolig' });
    await flawedPupil('E1', nationalId);
    await world.deliver(pupil, [{ identifier: 'E2', resource: { ...systemId('E2') } }]);
    await world.quality.catchUp(organisation);
    const opened = await world.quality.samples(organisation, { collection: pupil });
    assert.deepEqual(
      opened.map(({ rule, self }) => [rule, self]),
      [['missing-mandatory', null]],
    );
  });

  test('at most 20 of each', async () => {
    for (let index = 0; index < 25; index += 1) await flawedPupil(`E${index}`, other);
    await world.quality.catchUp(organisation);
    assert.equal((await world.quality.samples(organisation, { part: 'links' })).length, 20);
    assert.equal((await world.quality.samples(organisation, { part: 'rules' })).length, 0);
    const { lines } = await world.quality.summary(organisation, { part: 'links' });
    assert.equal(lines[0]?.resources, 25);
  });

  test('an unknown collection and an unknown organisation have nothing', async () => {
    assert.deepEqual(await world.quality.samples(organisation, { collection: 'a/b/c' }), []);
    assert.equal((await world.quality.summary('nobody.test', {})).examined, false);
  });
});

describe('text', () => {
  test('no cell begins a formula, and every cell comes back', () => {
    const cells = ['=1+1', '+1', '-1', '@a', '\t=1', '\r=1', ' =1', 'a,b', 'a"b', 'a\nb', 'a;b', '', 'æ', "'x"];
    const read = parse(
      toCsv(
        ['a', 'n'],
        cells.map((a, n) => ({ a, n })),
      ),
    );
    assert.deepEqual(read[0], ['a', 'n']);
    read.slice(1).forEach(([cell = '', number], index) => {
      assert.equal(number, String(index));
      assert.doesNotMatch(cell, /^\s*[=+\-@]/);
      assert.equal(cell.replace(/^'(?=\s*[=+\-@])/, ''), cells[index]);
    });
  });

  test('one object a line', () => assert.equal(toNdjson([{ a: 'x\ny' }, { a: 1 }]), '{"a":"x\\ny"}\n{"a":1}\n'));

  test('the head is there without rows', async () => {
    assert.match(await world.quality.text(organisation, 'summary', 'csv', {}), /^collection,source,part,rule,/);
    assert.equal(await world.quality.text(organisation, 'summary', 'ndjson', {}), '');
  });
});

const points = async (rule?: string): Promise<readonly (readonly unknown[])[]> =>
  (await world.quality.trend(organisation, rule === undefined ? {} : { rule })).map((one) => [
    one.day,
    one.collection,
    one.rule,
    one.count,
    one.examined,
  ]);

describe('history', () => {
  const day = 86_400_000;

  test('keeps the last value of each day', async () => {
    await flawedPupil('E1');
    await world.quality.catchUp(organisation);
    await flawedPupil('E2');
    await world.quality.catchUp(organisation);
    world.clock.move(day);
    await flawedPerson(nationalId);
    await world.quality.catchUp(organisation);
    assert.deepEqual(await points('missing-target'), [['2026-01-05', pupil, 'missing-target', 2, null]]);
    assert.deepEqual(await points(''), [
      ['2026-01-05', pupil, '', 2, 2],
      ['2026-01-06', pupil, '', 0, 2],
      ['2026-01-06', person, '', 1, 1],
    ]);
  });

  test('is kept 400 days, and through a new beginning', async () => {
    await flawedPupil('E1');
    await world.quality.catchUp(organisation);
    world.clock.move(399 * day);
    await world.extraBackLinks(false);
    await world.quality.catchUp(organisation);
    const all = { from: '0000-01-01', to: '9999-12-31', rule: 'missing-target' };
    assert.equal((await world.quality.trend(organisation, all)).length, 2);
    world.clock.move(2 * day);
    await world.quality.catchUp(organisation);
    assert.deepEqual(
      (await world.quality.trend(organisation, all)).map((one) => one.day),
      ['2027-02-08', '2027-02-10'],
    );
  });

  test('a day without changes has its row too', async () => {
    await flawedPupil('E1');
    await world.quality.work([organisation]);
    world.clock.move(day);
    await world.quality.work([organisation]);
    assert.deepEqual(
      (await points('missing-target')).map(([when]) => when),
      ['2026-01-05', '2026-01-06'],
    );
  });
});

describe('the work', () => {
  test('in the background ends where the other way ends, and shows what is left', async () => {
    for (let index = 0; index < 40; index += 1) await flawedPupil(`E${index}`);
    await world.slices(2, 5);
    const before = (await world.quality.summary(organisation, {})).backlog;
    assert.deepEqual([before.complete, before.changes + before.collections.length > 0], [false, true]);
    await world.quality.work([organisation, 'nobody.test']);
    const { backlog, score } = await world.quality.summary(organisation, {});
    assert.deepEqual(backlog, { changes: 0, resources: 0, collections: [], complete: true });
    assert.equal(score.flawed, 40);
  });

  test('goes on with the others when one cannot be opened', async () => {
    await flawedPupil('E1');
    await assert.rejects(world.quality.work([damaged, organisation]), { name: 'HubError' });
    assert.equal((await world.quality.summary(organisation, {})).score.flawed, 1);
  });

  test('stops when it is closed', async () => {
    for (let index = 0; index < 40; index += 1) await flawedPupil(`E${index}`);
    const working = world.quality.work([organisation]);
    await world.again();
    await working;
    await world.quality.catchUp(organisation);
    assert.deepEqual(await found(world), { [`${pupil} missing-target person`]: '40/40' });
  });

  test('a change during the work is not lost', async () => {
    for (let index = 0; index < 30; index += 1) await flawedPupil(`E${index}`);
    const working = world.quality.catchUp(organisation);
    await flawedPerson(nationalId);
    await working;
    await world.quality.catchUp(organisation);
    assert.deepEqual(Object.keys(await found(world, pupil)), []);
    assert.deepEqual(Object.keys(await found(world, person)), [
      `${person} birth-date fodselsdato`,
      `${person} damaged-text navn/etternavn`,
      `${person} too-many elev`,
    ]);
  });

  test('a target of many is followed bit by bit', async () => {
    const school1 = {
      identifier: 'S1',
      resource: { ...systemId('S1'), navn: 'Skole', skolenummer: { identifikatorverdi: '1' } },
    };
    const many = Array.from({ length: 500 }, (_, index) => ({
      identifier: `F${index}`,
      resource: { ...systemId(`F${index}`), beskrivelse: 'Elev', ...links({ skole: ['systemid/S1'] }) },
    }));
    await world.deliver(school, [school1]);
    await world.deliver('utdanning/elev/elevforhold', many);
    await world.quality.catchUp(organisation);
    await world.remove(school, 'systemid', 'S1');
    await world.slices(1, 10);
    const { backlog } = await world.quality.summary(organisation, {});
    assert.equal(backlog.complete, false);
    await world.again();
    await world.quality.catchUp(organisation);
    const { lines } = await world.quality.summary(organisation, {});
    assert.deepEqual(
      lines.filter(({ rule }) => rule === 'missing-target').map(({ place, count }) => [place, count]),
      [['skole', 500]],
    );
    await world.deliver(school, [school1]);
    await world.quality.catchUp(organisation);
    assert.deepEqual(
      (await world.quality.summary(organisation, {})).lines.filter(({ rule }) => rule === 'missing-target'),
      [],
    );
  });

  test('what is erased leaves nothing behind, and is missed by none', async () => {
    await flawedPerson(nationalId);
    await flawedPerson(other, { ...links({ foreldre: [`fodselsnummer/${nationalId}`] }) });
    await world.quality.catchUp(organisation);
    await world.tenant.write(async (tx) => {
      const uids = await tx.match(person, [{ field: 'fodselsnummer', value: nationalId }]);
      await tx.erase(
        uids.filter((uid) => uid !== null),
        'asked for',
      );
      await tx.settle();
    });
    await world.quality.catchUp(organisation);
    const left = { [`${person} birth-date fodselsdato`]: '1/1', [`${person} damaged-text navn/etternavn`]: '1/1' };
    assert.deepEqual(await found(world), left);
    await world.again(true);
    await world.quality.catchUp(organisation);
    assert.deepEqual(await found(world), left);
  });

  // A database guards its own pages; files are the product's to mend.
  test('a damaged file is made anew', { skip: testDialect.name !== 'sqlite' }, async () => {
    await flawedPupil('E1');
    await world.quality.catchUp(organisation);
    await world.quality.close();
    const file = path.join(world.at, 'tenants', organisation, 'quality.db');
    assert.ok(existsSync(file));
    writeFileSync(file, readFileSync(file).fill(7, 0, 50));
    await world.again();
    await world.quality.catchUp(organisation);
    assert.equal((await world.quality.summary(organisation, {})).score.flawed, 1);
  });
});
