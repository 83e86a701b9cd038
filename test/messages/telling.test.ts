// What a destination is told of changes, in which order, and what becomes of it when its receiver is away, refuses, or the process dies at the worst moment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { readLetter, triesInAll } from '#messages/destination.ts';
import { at } from '../apis/fs-graphql/fs-world.ts';
import { bySystemId, fjord, grant, identified, put, remove, start, type World } from '../hub/world.ts';
import {
  allTaken,
  type Fate,
  messagesOver,
  openInstitution,
  progressOf,
  putDestination,
  receiver,
  restarted,
} from './messages-world.ts';

const course = (id: string, key: string, name = key) => ({
  systemId: identified(id),
  naturligNokkel: identified(key),
  kode: name,
  links: {},
});
const putCourse = (world: World, id: string, key = `7777,${id},1`, name = key) =>
  put(world, at.course, [course(id, key, name)]);

test('each change is told once, by the key of the API, as what it is', async () => {
  const world = await openInstitution();
  const { carrier, said, got } = receiver();
  await putDestination(world, { resources: ['emner'] });
  const messages = messagesOver(world, carrier);
  await putCourse(world, 'E1');
  await messages.round();
  const [first] = got;
  assert.ok(first !== undefined);
  assert.deepEqual(JSON.parse(first.message.body), {
    sub: 'emner/7777,E1,1',
    emner_id: '7777,E1,1',
    iss: 'FS-TEST',
    iat: String(start),
    operation: 'create',
    jti: first.message.id,
  });
  assert.deepEqual(said(), ['create emner/7777,E1,1']);
  await messages.round();
  assert.deepEqual(said(), []);
  await putCourse(world, 'E1', '7777,E1,1', 'new name');
  await putCourse(world, 'E2');
  await messages.round();
  assert.deepEqual(said(), ['update emner/7777,E1,1', 'create emner/7777,E2,1']);
  await putCourse(world, 'E2', '7777,E2,2');
  await remove(world, at.course, 'systemid', 'E1');
  await messages.round();
  assert.deepEqual(said(), ['delete emner/7777,E2,1', 'create emner/7777,E2,2', 'delete emner/7777,E1,1']);
  assert.equal((await progressOf(world)).told, 6);
  await messages.close();
  await world.close();
});

/** Opens it with one destination and five courses that nobody has been told of. */
const withCourses = async (resources: readonly string[] | null = ['emner']) => {
  const world = await openInstitution();
  const told = receiver();
  await putDestination(world, { resources });
  for (const id of ['A', 'B', 'C', 'D', 'E']) await putCourse(world, id);
  const messages = messagesOver(world, told.carrier);
  return { ...told, world, messages, close: async () => (await messages.close(), await world.close()) };
};

const created = (...ids: readonly string[]): readonly string[] => ids.map((id) => `create emner/7777,${id},1`);

const unreached: Fate = () => ({ taken: 0, refused: [], trouble: { kind: 'unreached', why: 'Nobody is there.' } });

const refusing: Fate = (batch) => {
  const index = batch.findIndex(({ subject }) => subject === 'emner/7777,B,1');
  return index === -1
    ? { taken: batch.length, refused: [], trouble: null }
    : { taken: index, refused: [], trouble: { kind: 'refused', why: 'The receiver answered 422.' } };
};

const person = (key: string, adressebeskyttelse = 'ugradert') => ({
  systemId: identified(`X${key}`),
  naturligNokkel: identified(key),
  personlopenummer: identified(key),
  navn: { fornavn: 'Kari', etternavn: 'Åsen' },
  adressebeskyttelse,
  links: {},
});

const student = (key: string, mail: string) => ({
  systemId: identified(`S${key}`),
  naturligNokkel: identified(key),
  institusjonsEpost: mail,
  links: { personProfil: [bySystemId(at.person, `X${key}`)] },
});

test('what a receiver that is away was not told waits, and is told when it is back, with the same ids', async () => {
  const { world, messages, at: receives, said, got, close } = await withCourses();
  const seen: string[] = [];
  receives.fate = (batch) => {
    seen.push(...batch.map(({ id }) => id));
    return { taken: 2, refused: [], trouble: { kind: 'unreached', why: 'The connection was broken off.' } };
  };
  await messages.round();
  assert.deepEqual(said(), created('A', 'B'));
  const waiting = await progressOf(world);
  assert.deepEqual(
    [waiting.told, waiting.misses, waiting.failure, waiting.oldest, waiting.waitsSince],
    [2, 1, 'The connection was broken off.', start, start],
  );
  // Not before its time, and then later and later.
  await messages.round();
  assert.deepEqual(said(), []);
  receives.fate = unreached;
  for (const expected of [2, 3, 4]) {
    world.clock.move(10 * 60_000);
    await messages.round();
    assert.equal((await progressOf(world)).misses, expected);
  }
  receives.fate = allTaken;
  world.clock.move(10 * 60_000);
  await messages.round();
  assert.deepEqual(
    got.map(({ message }) => message.id),
    seen.slice(2, 5),
  );
  assert.deepEqual(said(), created('C', 'D', 'E'));
  const after = await progressOf(world);
  assert.deepEqual([after.told, after.misses, after.failure, after.waitsSince, after.oldest], [5, 0, null, null, null]);
  await close();
});

test('what a process that died had told and not kept is told again, in order', async () => {
  const { world, messages, at: receives, said, got, carrier, close } = await withCourses();
  // It has all of them, and nobody gets to keep that.
  receives.fate = (batch) => {
    got.push(...batch.map((message) => ({ destination: 'destination-1', message })));
    throw new Error('killed');
  };
  const broken: unknown[] = [];
  const dying = messagesOver(world, carrier, (error) => void broken.push(error));
  await dying.round();
  assert.equal(broken.length, 1);
  const before = got.map(({ message }) => message.id);
  assert.deepEqual(said(), created('A', 'B', 'C', 'D', 'E'));
  receives.fate = allTaken;
  // The other one has to wait until it is sure that nobody else tells.
  await messages.round();
  assert.deepEqual(said(), []);
  world.clock.move(120_000);
  await messages.round();
  assert.deepEqual(
    got.map(({ message }) => message.id),
    before,
  );
  assert.deepEqual(said(), created('A', 'B', 'C', 'D', 'E'));
  await dying.close();
  await close();
});

test('whoever comes after one that has stopped, or that cannot be there any more, does not wait', async () => {
  const { world, messages, said, carrier, close } = await withCourses();
  await messages.round();
  said();
  await putCourse(world, 'F');
  const other = messagesOver(world, carrier);
  await other.round();
  assert.deepEqual(said(), []);
  await messages.close();
  await other.round();
  assert.deepEqual(said(), created('F'));
  // Where data are one process's own, whoever had a turn is gone.
  await putCourse(world, 'G');
  const only = messagesOver(world, carrier, assert.ifError, true);
  await only.round();
  assert.deepEqual(said(), created('G'));
  await only.close();
  await other.close();
  await close();
});

test('one whose turn is over keeps nothing, whatever it has still told', async () => {
  const { world, messages, at: receives, said, carrier, close } = await withCourses();
  const other = messagesOver(world, carrier);
  receives.fate = async (batch) => {
    receives.fate = allTaken;
    // While it waits for its receiver, it is taken to be gone.
    world.clock.move(120_000);
    await other.round();
    return { taken: batch.length, refused: [], trouble: null };
  };
  await messages.round();
  // Told twice, the second time by the one that was late: and how far telling has come is what the other says.
  assert.deepEqual(said(), [...created('A', 'B', 'C', 'D', 'E'), ...created('A', 'B', 'C', 'D', 'E')]);
  assert.equal((await progressOf(world)).told, 5);
  await putCourse(world, 'F');
  await messages.round();
  assert.deepEqual(said(), []);
  await other.round();
  assert.deepEqual(said(), created('F'));
  await other.close();
  await close();
});

test('what is refused too often is laid aside with all that comes of the same after it, and told again when somebody says so', async () => {
  const { world, messages, at: receives, said, close } = await withCourses();
  receives.fate = refusing;
  for (let tries = 1; tries < triesInAll; tries += 1) {
    await messages.round();
    assert.equal((await progressOf(world)).tries, tries);
    world.clock.move(3_600_000);
  }
  assert.deepEqual(said(), created('A'));
  await messages.round();
  assert.deepEqual(said(), created('C', 'D', 'E'));
  await putCourse(world, 'B', '7777,B,1', 'changed');
  await putCourse(world, 'C', '7777,C,1', 'changed');
  await messages.round();
  assert.deepEqual(said(), ['update emner/7777,C,1']);
  const { platform } = world.store;
  const letters = async () =>
    (await platform.messageLetters({ destination: 'destination-1', after: 0, limit: 100 })).map(
      ({ subject, resend, record }) => {
        const { message, why } = readLetter(record);
        return [subject, message.operation, why, resend];
      },
    );
  const aside = [
    ['emner/7777,B,1', 'create', 'The receiver answered 422.', false],
    ['emner/7777,B,1', 'update', 'An earlier message about the same waits.', false],
  ];
  assert.deepEqual(await letters(), aside);
  // Still refused: it is not tried again by itself.
  await platform.resendMessageLetters('destination-1', ['emner/7777,B,1']);
  await putDestination(world, { resources: ['emner'] });
  await messages.round();
  assert.deepEqual(await letters(), aside);
  // The receiver is away: it goes on by itself.
  await platform.resendMessageLetters('destination-1', null);
  receives.fate = unreached;
  await putDestination(world, { resources: ['emner'] });
  await messages.round();
  assert.deepEqual(
    (await letters()).map(([, , , resend]) => resend),
    [true, true],
  );
  receives.fate = allTaken;
  await putCourse(world, 'B', '7777,B,1', 'once more');
  world.clock.move(600_000);
  await messages.round();
  assert.deepEqual(said(), ['create emner/7777,B,1', 'update emner/7777,B,1', 'update emner/7777,B,1']);
  assert.deepEqual(await letters(), []);
  await close();
});

test('what no queue takes is laid aside, and the rest of the batch is not told twice', async () => {
  const { world, messages, at: receives, said, close } = await withCourses();
  await putCourse(world, 'B', '7777,B,1', 'changed');
  receives.fate = (batch) => ({
    taken: batch.length,
    refused: batch.flatMap(({ subject, operation }, index) =>
      subject === 'emner/7777,B,1' && operation === 'create' ? [{ index, why: 'No queue takes it.' }] : [],
    ),
    trouble: null,
  });
  await messages.round();
  assert.deepEqual(said(), [...created('A', 'C', 'D', 'E'), 'update emner/7777,B,1'].toSorted());
  assert.equal((await progressOf(world)).told, 5);
  await close();
});

test('with as many messages laid aside as may be, nothing more is told and nothing is lost', async () => {
  const { world, messages, at: receives, said, close } = await withCourses();
  const { platform } = world.store;
  const fill = async (many: number): Promise<void> => {
    await platform.takeMessageTurn('destination-1', { holder: 'filler', now: 0, until: 1 });
    const letters = Array.from({ length: many }, (_, index) => ({
      number: index + 1,
      subject: `kull/${index}`,
      at: start,
      record: JSON.stringify({ why: '', message: {} }),
    }));
    await platform.putMessageState('destination-1', { holder: 'filler', state: '', letters, dropped: [] });
  };
  await fill(limits.messageLetters);
  receives.fate = allTaken;
  await messages.round();
  assert.deepEqual(said(), []);
  assert.match((await progressOf(world)).failure ?? '', /laid aside/);
  await platform.dropMessageLetters('destination-1', { subjects: ['kull/0'], before: start + 1 });
  world.clock.move(60_000);
  await messages.round();
  assert.deepEqual(said(), created('A', 'B', 'C', 'D', 'E'));
  await close();
});

test('a receiver that wants no more is told no more', async () => {
  const { world, messages, at: receives, said, close } = await withCourses();
  receives.fate = () => ({ taken: 0, refused: [], trouble: { kind: 'gone', why: 'The receiver answered 410.' } });
  await messages.round();
  const entry = await world.store.platform.registerEntry('message-destination', 'destination-1');
  assert.equal(entry?.state, 'paused');
  receives.fate = allTaken;
  await messages.round();
  assert.deepEqual(said(), []);
  // Set going again, it is told what it missed.
  await putDestination(world, { resources: ['emner'] });
  await messages.round();
  assert.deepEqual(said(), created('A', 'B', 'C', 'D', 'E'));
  await close();
});

test('one that is away holds nobody else up', async () => {
  const { world, messages, at: receives, got, close } = await withCourses();
  await putDestination(world, { id: 'destination-2', resources: ['emner'] });
  const held = Promise.withResolvers<void>();
  receives.fate = async (batch, destination) => {
    if (destination === 'destination-1') await held.promise;
    return { taken: batch.length, refused: [], trouble: null };
  };
  const round = messages.round();
  while (got.length < 5) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(new Set(got.map(({ destination }) => destination)), new Set(['destination-2']));
  held.resolve();
  await round;
  assert.equal(got.length, 10);
  await close();
});

test('what is there already is told to those alone who want it', async () => {
  const { world, messages, said, close } = await withCourses([]);
  await putDestination(world, { resources: ['emner'], from: 'now' });
  await messages.round();
  assert.deepEqual(said(), []);
  await remove(world, at.course, 'systemid', 'A');
  await putCourse(world, 'F');
  await messages.round();
  assert.deepEqual(said(), ['delete emner/7777,A,1', ...created('F')]);
  await close();
});

test('exactly what the application sees is told, also when that becomes more or less', async () => {
  const { world, messages, said, close } = await withCourses(null);
  await messages.round();
  said();
  const { platform } = world.store;
  await platform.removeGrant(world.grantId);
  await messages.round();
  assert.deepEqual(
    said().toSorted(),
    ['A', 'B', 'C', 'D', 'E'].map((id) => `delete emner/7777,${id},1`),
  );
  await putCourse(world, 'F');
  await messages.round();
  assert.deepEqual(said(), []);
  await grant(world, { collections: [at.course], actions: ['read', 'list', 'follow'] });
  await messages.round();
  assert.deepEqual(said().toSorted(), created('A', 'B', 'C', 'D', 'E', 'F'));
  // Another application's grant opens nothing to this one.
  await grant(world, { application: 'other', collections: ['fs/*'], actions: ['read', 'list', 'follow'] });
  await put(world, at.cohort, [{ systemId: identified('K'), naturligNokkel: identified('TEST,2026,VÅR'), links: {} }]);
  await messages.round();
  assert.deepEqual(said(), []);
  await close();
});

test('a part of a person is told as a change of the person, and not of one who may not be seen', async () => {
  const { world, messages, said, close } = await withCourses(['personer']);
  await put(world, at.person, [person('101'), person('102'), person('103', 'strengtFortrolig')]);
  await put(world, at.student, [student('101', 'a@test.no')]);
  await messages.round();
  assert.deepEqual(said(), ['create personer/101', 'create personer/102', 'update personer/101']);
  await put(world, at.student, [student('102', 'b@test.no'), student('103', 'c@test.no')]);
  await messages.round();
  assert.deepEqual(said(), ['update personer/102']);
  await remove(world, at.student, 'systemid', 'S102');
  await remove(world, at.person, 'systemid', 'X102');
  await messages.round();
  assert.deepEqual(said(), ['delete personer/102']);
  await close();
});

test('a position that is older than what is kept begins anew, and says so', async () => {
  const { world, messages, said, close } = await withCourses();
  await messages.round();
  said();
  const { platform } = world.store;
  const holder = (await platform.messageTurns())[0]?.holder ?? '';
  const progress = await progressOf(world);
  const state = JSON.stringify({ ...progress, positions: { ...progress.positions, [at.course]: 'lost' }, seen: {} });
  await platform.putMessageState('destination-1', { holder, state, letters: [], dropped: [] });
  await putCourse(world, 'F');
  await messages.round();
  assert.deepEqual(said(), ['restart emner', ...created('A', 'B', 'C', 'D', 'E', 'F')]);
  assert.deepEqual((await progressOf(world)).restarts, [{ resource: 'emner', at: start }]);
  assert.deepEqual(restarted, ['destination-1 emner']);
  await close();
});

test('nothing is told of an organisation without a number, or for an application that may not be here', async () => {
  const { world, messages, said, close } = await withCourses();
  const { platform } = world.store;
  const app = await platform.application('app');
  assert.ok(app !== null);
  await platform.putApplication({ ...app, disabled: true });
  await messages.round();
  assert.deepEqual(said(), []);
  await platform.putApplication(app);
  const organisation = await platform.organisation(fjord);
  assert.ok(organisation !== null);
  const { institutionNumber: _none, ...settings } = organisation.settings;
  await platform.putOrganisation({ ...organisation, settings });
  await messages.round();
  assert.deepEqual(said(), []);
  await platform.putOrganisation(organisation);
  await messages.round();
  assert.deepEqual(said(), created('A', 'B', 'C', 'D', 'E'));
  await close();
});

test('what is told stands in the audit, and rounds without news do not', async () => {
  const { world, messages, close } = await withCourses();
  await messages.round();
  // The key that seals the audit was made meanwhile: that is a decision of the platform, and a reason to look once more.
  await messages.round();
  const audit = async () => (await world.store.tenant(fjord)).audit({ limit: 100, client: 'app' });
  const after = await audit();
  const [record] = after.filter(({ count }) => count === 5);
  assert.deepEqual(
    [record?.operation, record?.api, record?.token, record?.count],
    ['changes', 'fs-api', 'destination-1', 5],
  );
  for (let rounds = 0; rounds < 5; rounds += 1) {
    world.clock.move(1_000);
    await messages.round();
  }
  assert.deepEqual(await audit(), after);
  await close();
});

test('more than is read and told at a time comes whole, once, and in order', async () => {
  const world = await openInstitution();
  const { carrier, said, at: receives } = receiver();
  await putDestination(world, { resources: ['emner'] });
  const many = limits.messagesPerRead * 2 + 1;
  const ids = Array.from({ length: many }, (_, number) => `N${number}`);
  await put(
    world,
    at.course,
    ids.map((id) => course(id, `7777,${id},1`)),
  );
  const batches: number[] = [];
  receives.fate = (batch) => {
    batches.push(batch.length);
    return { taken: batch.length, refused: [], trouble: null };
  };
  const messages = messagesOver(world, carrier);
  await messages.round();
  assert.deepEqual(said(), created(...ids));
  assert.ok(batches.every((size) => size <= limits.messagesPerBatch) && batches.includes(limits.messagesPerBatch));
  await messages.close();
  await world.close();
});

test('what is over goes: letters that are too old, and all of a destination that has been ended', async () => {
  const { world, messages, close } = await withCourses();
  const { platform } = world.store;
  const lay = async (id: string): Promise<void> => {
    await platform.takeMessageTurn(id, { holder: 'filler', now: 0, until: 1 });
    const letters = [start, start + 1].map((laid, index) => ({
      number: index + 1,
      subject: `kull/${index}`,
      at: laid,
      record: JSON.stringify({ why: '', message: {} }),
    }));
    await platform.putMessageState(id, { holder: 'filler', state: '', letters, dropped: [] });
  };
  await lay('destination-1');
  await lay('destination-2');
  await putDestination(world, { id: 'destination-2' }, 'ended');
  const left = async (id: string): Promise<number> => platform.messageLetterCount(id);
  world.clock.move(limits.messageLetterDays * 86_400_000);
  await messages.round();
  assert.deepEqual([await left('destination-1'), await left('destination-2')], [2, 0]);
  assert.deepEqual(
    (await platform.messageTurns()).map(({ destination }) => destination),
    ['destination-1'],
  );
  world.clock.move(3_600_000);
  await messages.round();
  assert.equal(await left('destination-1'), 0);
  await close();
});
