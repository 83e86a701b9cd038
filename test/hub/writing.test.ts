// What time, restarts, limits and protection do to writes: over the real store, with a clock that is moved by hand.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { limits } from '#base/limits.ts';
import type { WritePart } from '#hub/query.ts';
import type { Grant, Store } from '#store/store.ts';
import { cases } from '../cases.ts';
import {
  entryOf,
  minutes,
  model,
  openWritingWorld,
  persons,
  pupil,
  pupils,
  subject,
  subjects,
  target,
} from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

const text = JSON.stringify;
const identified = (value: string): { readonly identifikatorverdi: string } => ({ identifikatorverdi: value });

let world: WritingWorld;
beforeEach(async () => {
  world = await openWritingWorld();
});
afterEach(() => world.close());

const createPupil = (number: number): Promise<string> =>
  world.write({ operation: 'create', collection: pupils, body: text(pupil(number)) });
const outcomeOfPupil = async (id: string): Promise<string> => (await world.outcome(id, 'client', pupils)).state;

describe('time', () => {
  it('runs out for an adapter at its deadline, looked at or not', async () => {
    const id = await createPupil(1);
    world.wait(minutes(15) - 1);
    assert.equal(await outcomeOfPupil(id), 'waiting');
    assert.equal((await world.poll()).length, 1);
    world.wait(1);
    assert.equal(await outcomeOfPupil(id), 'expired');
    assert.equal((await world.poll()).length, 0);
    assert.equal(await world.answer(id, { resources: [entryOf(pupil(1))] }), 'HUB-621');
    assert.equal(await world.sweep(), 1);
    assert.equal(await world.sweep(), 0);
    assert.equal((await world.tenant.events.event(id))?.state, 'expired');
    assert.equal(await outcomeOfPupil(id), 'expired');
    assert.deepEqual(await world.changes(pupils), []);
  });

  it('is what the organisation says for a collection', async () => {
    await world.settings([{ pattern: 'utdanning/elev/*', policy: 'source', deadlineMinutes: 90 }]);
    const id = await createPupil(1);
    world.wait(minutes(89));
    assert.equal(await outcomeOfPupil(id), 'waiting');
    assert.equal(await world.answer(id, { resources: [entryOf(pupil(1))] }), 'ok');
    world.wait(minutes(5));
    assert.equal(await outcomeOfPupil(id), 'written');
    world.wait(minutes(2));
    assert.equal(await outcomeOfPupil(id), 'forgotten');
  });

  it('takes outcomes away when their retention ends, and their texts with them', async () => {
    const [kept, applied] = [await createPupil(1), await world.write({ operation: 'create', body: text(subject(1)) })];
    assert.match(String((await world.tenant.events.event(kept))?.value), /e-1/);
    const listed = await world.tenant.events.events({ limit: 10 });
    assert.deepEqual([...new Set(listed.map(({ value }) => value))], [null], 'lists are without long texts');
    assert.equal((await world.tenant.events.event(applied))?.value, null);
    assert.equal(await world.answer(kept, { resources: [entryOf(pupil(1))] }), 'ok');
    world.wait(minutes(30) - 1);
    assert.equal((await world.outcome(applied)).state, 'written');
    world.wait(1);
    assert.equal((await world.outcome(applied)).state, 'forgotten');
    assert.equal(await outcomeOfPupil(kept), 'forgotten');
    await world.sweep();
    assert.equal((await world.tenant.events.event(kept))?.value, null);
    world.wait(minutes(31 * 24 * 60));
    await world.write({ operation: 'create', body: text(subject(2)) });
    await world.sweep();
    assert.equal(await world.tenant.events.event(kept), null);
  });

  it('lets a key stand for its request a day, also after a restart', async () => {
    const write = { operation: 'create', body: text(subject(1)), idempotencyKey: 'k' } as const;
    const first = await world.write(write);
    world = await world.reopened();
    assert.equal(await world.write(write), first);
    world.wait(minutes(24 * 60));
    const late = await world.ask({ kind: 'write', collection: subjects, target: null, ifMatch: null, ...write });
    assert.equal(late.kind === 'refused' ? late.problem.code : late.kind, 'HUB-612', 'a new request, of what is there');
    const other = await world.write({ ...write, body: text(subject(2)) });
    assert.notEqual(other, first);
  });

  it('does not run back: states and events are there after a restart', async () => {
    const ids = [await createPupil(1), await createPupil(2), await createPupil(3)] as const;
    assert.equal(await world.answer(ids[0], { resources: [entryOf(pupil(1))] }), 'ok');
    assert.equal(await world.answer(ids[1], { state: 'rejected', message: 'nei\u0000', problems: [] }), 'ok');
    world = await world.reopened();
    assert.deepEqual(await Promise.all(ids.map(outcomeOfPupil)), ['written', 'rejected', 'waiting']);
    const told = await world.outcome(ids[1], 'client', pupils);
    assert.deepEqual(told.state === 'rejected' && told.answer, { message: 'nei', problems: [] });
    assert.equal((await world.poll()).length, 1);
    assert.equal(await world.answer(ids[2], { resources: [entryOf(pupil(3))] }), 'ok');
    assert.equal(await outcomeOfPupil(ids[2]), 'written');
  });
});

describe('the audit of writes', () => {
  it('has every decision once, with whom it concerns and whom it shows', async () => {
    const id = await createPupil(1);
    await world.poll();
    await world.answer(id, { state: 'conflict', resources: [entryOf(pupil(1))] });
    await world.outcome(id, 'client', pupils);
    await world.outcome(id, 'other', pupils);
    await world.write({ operation: 'create', body: text(subject(1)) });
    await world.ask({
      kind: 'write',
      collection: subjects,
      operation: 'delete',
      target: target('none'),
      body: null,
      idempotencyKey: null,
      ifMatch: null,
    });
    const records = [...(await world.tenant.audit({ limit: 100 }))].toReversed();
    assert.deepEqual(
      records.map(({ client, operation, decision, subjects: named, collection }) => [
        client,
        operation,
        decision,
        named.length,
        collection,
      ]),
      [
        ['client', 'create', 'allow', 1, pupils],
        ['adapter', 'poll-events', 'allow', 1, pupils],
        ['adapter', 'answer-event', 'allow', 1, pupils],
        ['client', 'outcome', 'allow', 0, pupils],
        ['other', 'outcome', 'deny', 0, pupils],
        ['client', 'create', 'allow', 1, subjects],
        ['client', 'delete', 'allow', 1, subjects],
      ],
    );
    assert.equal(records[0]?.subjects[0], records[1]?.subjects[0]);
    assert.doesNotMatch(JSON.stringify(records), /e-1\b|f-1\b|p1@/);
  });
});

const pupilOf = (number: number, subjectOf: string): object => ({
  ...pupil(number),
  _links: { person: [{ href: `fodselsnummer/${subjectOf}` }] },
});

const membership = 'utdanning/elev/elevforhold';
const membershipOf = (number: number, school: number): object => ({
  systemId: identified(`m-${number}`),
  beskrivelse: 'x',
  _links: { elev: [{ href: 'systemid/e-1' }], skole: [{ href: `skolenummer/${school}` }] },
});
const schoolOf = (number: number): object => ({
  systemId: identified(`s-${number}`),
  skolenummer: identified(`${number}`),
  navn: 'x',
});

describe('rows', () => {
  it('limit what may be written, and where to', async () => {
    await world.settings([{ pattern: membership, policy: 'hub', deadlineMinutes: null }]);
    await world.deliver('utdanning/utdanningsprogram/skole', [entryOf(schoolOf(1)), entryOf(schoolOf(2))]);
    await world.deliver(pupils, [entryOf(pupil(1))]);
    assert.equal(
      (
        await world.outcome(
          await world.write({ operation: 'create', collection: membership, body: text(membershipOf(1, 1)) }),
          'client',
          membership,
        )
      ).state,
      'written',
    );
    assert.equal(
      (
        await world.outcome(
          await world.write({ operation: 'create', collection: membership, body: text(membershipOf(2, 2)) }),
          'client',
          membership,
        )
      ).state,
      'written',
    );
    await world.grant({
      application: 'other',
      id: 'other-grant',
      actions: ['read', 'list', 'write'],
      rows: { scope: 'skole', field: 'skolenummer', values: ['1'] },
    });
    const put = async (number: number, body: object): Promise<string> => {
      const result = await world.ask(
        {
          kind: 'write',
          collection: membership,
          operation: 'update',
          target: target(`m-${number}`),
          body: text(body),
          idempotencyKey: null,
          ifMatch: null,
        },
        'other',
      );
      return result.kind === 'refused' ? result.problem.code : result.kind;
    };
    const post = async (body: object): Promise<string> => {
      const result = await world.ask(
        {
          kind: 'write',
          collection: membership,
          operation: 'create',
          target: null,
          body: text(body),
          idempotencyKey: null,
          ifMatch: null,
        },
        'other',
      );
      return result.kind === 'refused' ? result.problem.code : result.kind;
    };
    assert.equal(await put(1, { ...membershipOf(1, 1), hovedskole: true }), 'accepted');
    assert.equal(await put(2, membershipOf(2, 2)), 'missing');
    assert.equal(await put(1, membershipOf(1, 2)), 'HUB-400', 'nothing is moved out');
    assert.equal(await post(membershipOf(3, 1)), 'accepted');
    assert.equal(await post(membershipOf(4, 2)), 'HUB-400');
    assert.equal(await post(membershipOf(5, 77)), 'HUB-400');
  });
});

/** Asks for a write; gives what came of it, or the code of the refusal. */
const run = async (
  operation: 'create' | 'update' | 'delete',
  collection: string,
  key: string | null,
  body: object | null,
  client = 'client',
): Promise<string> => {
  const field = collection === persons ? 'fodselsnummer' : 'systemid';
  const result = await world.ask(
    {
      kind: 'write',
      collection,
      operation,
      target: key === null ? null : { field, value: key },
      body: body === null ? null : text(body),
      idempotencyKey: null,
      ifMatch: null,
    },
    client,
  );
  return result.kind === 'refused' ? result.problem.code : result.kind;
};

describe('protection', () => {
  const marking = model.protection.markings.get(persons);
  assert.ok(marking !== undefined);
  const codeOf = (level: number): string => [...marking.levels].find(([, one]) => one === level)?.[0] ?? '';
  const personOf = (number: string, level: number, name = 'Prøve'): Readonly<Record<string, unknown>> => ({
    fodselsnummer: identified(number),
    navn: { fornavn: name, etternavn: 'Person' },
    [marking.attribute]: codeOf(level),
  });
  beforeEach(async () => {
    await world.settings([{ pattern: 'utdanning/elev/*', policy: 'hub', deadlineMinutes: null }]);
    for (const [number, level] of [
      ['1', 0],
      ['2', 2],
    ] as const) {
      await world.grant({ application: 'other', id: 'other-grant', clearance: 3 });
      assert.equal(await run('create', persons, null, personOf(number, level), 'other'), 'accepted');
    }
  });

  it('hides whom a client may not see from its writes as from its reads', async () => {
    assert.equal(await run('update', persons, '2', personOf('2', 2)), 'missing');
    assert.equal(await run('delete', persons, '2', null), 'missing');
    assert.equal(await run('update', persons, '1', personOf('1', 0, 'Ny')), 'accepted');
    assert.equal(await run('update', persons, '2', personOf('2', 2, 'Ny'), 'other'), 'accepted');
  });

  it('is never lowered by a client', async () => {
    assert.equal(await run('update', persons, '2', personOf('2', 0), 'other'), 'HUB-415');
    assert.equal(await run('update', persons, '2', personOf('2', 3), 'other'), 'accepted');
    assert.equal(await run('update', persons, '2', personOf('2', 2), 'other'), 'HUB-415');
    const { [marking.attribute]: _unsent, ...rest } = personOf('1', 0);
    assert.equal(await run('update', persons, '1', rest), 'accepted', 'what is not sent stays');
    assert.equal(await run('update', persons, '1', personOf('1', 0)), 'accepted');
  });

  it('covers what is written about somebody, who is the same as nobody to those who may not know', async () => {
    assert.equal(await run('create', pupils, null, pupilOf(1, '1')), 'accepted');
    assert.equal(await run('create', pupils, null, pupilOf(2, '2')), 'HUB-400');
    assert.equal(await run('create', pupils, null, pupilOf(3, '77')), 'HUB-400');
    assert.equal(await run('create', pupils, null, pupilOf(2, '2'), 'other'), 'accepted');
    assert.equal(await run('update', pupils, 'e-2', pupilOf(2, '2')), 'missing');
    assert.equal(await run('update', pupils, 'e-2', pupilOf(2, '1'), 'other'), 'HUB-415', 'it would be about another');
    assert.equal(await run('update', pupils, 'e-1', pupilOf(1, '2')), 'HUB-400');
  });
});

const wideFields = ['systemId', 'navn', 'beskrivelse'];
const rowsOf = (school: number): Grant['rows'] => ({ scope: 'skole', field: 'skolenummer', values: [`${school}`] });
const mayDo = (more: Partial<Grant>): Promise<void> =>
  world.grant({ application: 'other', id: 'other-grant', actions: ['read', 'list', 'write'], ...more });
const removeAs = (key: string, collection = subjects): Promise<string> => run('delete', collection, key, null, 'other');
const madeSubject: WritePart = {
  collection: subjects,
  operation: 'create',
  target: null,
  values: { systemId: identified('f-9'), navn: 'x', beskrivelse: 'x' },
  links: {},
};
/** As the last of several. */
const asOne = async (
  of: number | string,
  dryRun = false,
  before: readonly WritePart[] = [madeSubject],
): Promise<string> => {
  const at = typeof of === 'number' ? { uid: of } : target(of);
  const gone: WritePart = { collection: subjects, operation: 'delete', target: at, values: {}, links: {} };
  const result = await world.ask(
    {
      kind: 'write-many',
      parts: [...before, gone],
      idempotency: null,
      unchanged: null,
      note: '',
      about: [],
      ...(dryRun ? { dryRun } : {}),
    },
    'other',
  );
  return result.kind === 'refused' ? `${result.problem.code} of part ${result.part}` : result.kind;
};
const uidOf = async (key: string): Promise<number> => {
  const [found] = await world.tenant.reads.resolve([{ collection: subjects, ...target(key) }]);
  return found?.uid ?? assert.fail(key);
};
const there = async (key: string): Promise<boolean> => {
  const [found] = await world.tenant.reads.resolve([{ collection: subjects, ...target(key) }]);
  return found?.uid !== null;
};
const nameOf = async (key: string): Promise<unknown> => {
  const decision = await world.authorizer.decide(world.principal('client'), subjects, 'read');
  assert.ok(decision.allowed);
  const [stored] = await world.tenant.reads.load(decision.plan, [await uidOf(key)]);
  return (JSON.parse(stored?.body.toString() ?? '{}') as { readonly navn?: unknown }).navn;
};

const namesOf = (collection: string): readonly string[] => {
  const found = model.collections.get(collection);
  return [...(found?.class.attributes ?? []).map(({ jsonName }) => jsonName), ...(found?.links.keys() ?? [])];
};
/** Fields of a grant: all, some, or all but one. */
const someFields = (all: readonly string[]): fc.Arbitrary<readonly string[] | null> =>
  fc.oneof(
    fc.constant(null),
    fc.subarray([...all]),
    fc.constantFrom(...all).map((one) => all.filter((name) => name !== one)),
  );

describe('a removal', () => {
  it('takes a grant that shows all of the class, wherever it comes through', async () => {
    await world.write({ operation: 'create', body: text(subject(1)) });
    const uid = await uidOf('f-1');
    for (const [more, byName] of [
      [{ fields: wideFields }, 'HUB-403'],
      [{ fields: ['systemId'] }, 'HUB-403'],
      [{ withhold: ['personal'] }, 'accepted'],
      // Whose identifier does not show is not found by it.
      [{ fields: ['navn'] }, 'missing'],
      [{ withhold: ['open'] }, 'missing'],
    ] as const) {
      await mayDo(more);
      const key = `g-${byName}-${text(more).length}`;
      await world.write({ operation: 'create', body: text({ ...subject(1), systemId: identified(key) }) });
      assert.equal(await removeAs(key), byName, text(more));
      assert.equal(await there(key), byName !== 'accepted', text(more));
      if (byName === 'missing') {
        assert.equal(await asOne(await uidOf(key), false, []), 'HUB-403 of part 0', 'by uid it needs no identifier');
        assert.ok(await there(key));
      }
    }
    await mayDo({ fields: wideFields });
    assert.equal(await asOne('f-1'), 'HUB-403 of part 1');
    assert.equal(await asOne(uid), 'HUB-403 of part 1');
    assert.equal(await asOne(uid, true), 'HUB-403 of part 1');
    assert.equal(await there('f-9'), false, 'nothing of the request is left');
    // What it sees it may still change.
    assert.equal(await run('update', subjects, 'f-1', subject(1, 'Nytt'), 'other'), 'accepted');
    assert.equal(await nameOf('f-1'), 'Nytt');
    await mayDo({});
    assert.equal(await asOne('f-1', true), 'tried');
    assert.equal(await asOne('f-1'), 'accepted');
    assert.deepEqual([await there('f-1'), await there('f-9')], [false, true]);
  });

  it('is not even asked of a source', async () => {
    await world.deliver(pupils, [entryOf(pupil(1))]);
    await mayDo({ withhold: ['protected'] });
    assert.equal(await removeAs('e-1', pupils), 'HUB-403');
    assert.deepEqual(await world.poll(), []);
    await mayDo({});
    assert.equal(await removeAs('e-1', pupils), 'accepted');
    assert.equal((await world.poll()).length, 1);
  });

  it('is told of grants and not of rows: what is not seen is missing, and conditions are not looked at', async () => {
    await world.settings([{ pattern: membership, policy: 'hub', deadlineMinutes: null }]);
    await world.deliver('utdanning/utdanningsprogram/skole', [entryOf(schoolOf(1)), entryOf(schoolOf(2))]);
    await world.deliver(pupils, [entryOf(pupil(1))]);
    for (const number of [1, 2])
      assert.equal(await run('create', membership, null, membershipOf(number, number)), 'accepted');
    await mayDo({ rows: rowsOf(1), withhold: ['special'] });
    const answers: string[] = [];
    for (const key of ['m-1', 'm-2', 'm-77']) answers.push(await removeAs(key, membership));
    assert.deepEqual(answers, ['HUB-403', 'missing', 'missing']);
    const refused = await world.ask(
      {
        kind: 'write',
        collection: membership,
        operation: 'delete',
        target: target('m-1'),
        body: null,
        idempotencyKey: null,
        ifMatch: ['"another"'],
      },
      'other',
    );
    assert.equal(refused.kind === 'refused' && refused.problem.code, 'HUB-403');
    // Another grant shows the rest, of the rows of one school.
    await world.grant({
      application: 'other',
      id: 'whole-grant',
      actions: ['write'],
      rows: rowsOf(2),
      collections: [membership],
    });
    assert.equal(await removeAs('m-1', membership), 'HUB-403');
    assert.equal(await removeAs('m-2', membership), 'accepted');
    // What may only be read is not among what is written.
    await world.grant({ application: 'other', id: 'read-grant', actions: ['read'], collections: [membership] });
    assert.equal(await removeAs('m-1', membership), 'HUB-403');
    const [last] = await world.tenant.audit({ limit: 1 });
    assert.deepEqual([last?.decision, last?.rule, last?.subjects.length], ['deny', 'HUB-403', 1]);
  });

  it('of what links to those out of sight is no other than of what does not', async () => {
    await world.deliver(pupils, [entryOf(pupil(1)), entryOf(pupil(2))]);
    await world.settings([{ pattern: 'utdanning/elev/*', policy: 'hub', deadlineMinutes: null }]);
    // Persons are not among what it sees at all.
    await mayDo({ collections: [pupils] });
    assert.equal(await removeAs('e-1', pupils), 'accepted');
  });

  it('takes nothing away that who asked could not have read', async () => {
    const all = namesOf(subjects);
    const grants = fc.array(fc.record({ fields: someFields(all), write: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    });
    let number = 100;
    await fc.assert(
      fc.asyncProperty(grants, async (given) => {
        number += 1;
        await world.write({ operation: 'create', body: text(subject(number)) });
        await world.store.platform.removeGrant('other-grant');
        for (const at of [0, 1, 2]) await world.store.platform.removeGrant(`g-${at}`);
        for (const [at, { fields, write }] of given.entries())
          await world.grant({ application: 'other', id: `g-${at}`, actions: write ? ['write'] : ['read'], fields });
        const written = given.filter(({ write }) => write);
        const shown = (name: string): boolean => written.some(({ fields }) => fields === null || fields.includes(name));
        const expected =
          written.length === 0 ? 'HUB-400' : !shown('systemId') ? 'missing' : all.every(shown) ? 'accepted' : 'HUB-403';
        assert.equal(await removeAs(`f-${number}`), expected);
        assert.equal(await there(`f-${number}`), expected !== 'accepted');
      }),
      { numRuns: cases(100) },
    );
  });
});

/** Asks the source for a person. */
const askLive = async (value: string, client = 'client'): Promise<string> => {
  const by = { kind: 'identifier', field: 'fodselsnummer', value } as const;
  const result = await world.ask({ kind: 'live', collection: persons, by }, client);
  assert.ok(result.kind === 'accepted', JSON.stringify(result));
  return result.id;
};
/** The adapter promises to answer reads of persons. */
const promise = (): Promise<void> =>
  world.tenant.write(async (tx) => {
    await tx.putContract({
      client: 'adapter',
      adapterId: 'a',
      username: 'adapter',
      heartbeatIntervalInMinutes: 1,
      capabilities: [],
      eventCapabilities: [{ collection: persons, operations: ['read'] }],
      registeredAt: 0,
      heartbeatAt: null,
    });
    await tx.settle();
  });

/** True when the caller sees what the source answers. */
const shown = async (
  resource: { readonly fodselsnummer: { readonly identifikatorverdi: string } },
  client = 'client',
): Promise<boolean> => {
  const id = await askLive(resource.fodselsnummer.identifikatorverdi, client);
  assert.equal(await world.answer(id, { resources: [entryOf(resource)] }), 'ok');
  const told = await world.outcome(id, client, persons);
  assert.ok(told.state === 'read-one');
  return told.body !== null;
};
describe('live reads', () => {
  const marking = model.protection.markings.get(persons);
  assert.ok(marking !== undefined);
  const codeOf = (level: number): string => [...marking.levels].find(([, one]) => one === level)?.[0] ?? '';
  const personOf = (number: string, level: number | null) => ({
    fodselsnummer: identified(number),
    navn: { fornavn: 'Prøve', etternavn: 'Person' },
    ...(level === null ? {} : { [marking.attribute]: codeOf(level) }),
  });
  it('show nobody who is protected, whether stored or not', async () => {
    await promise();
    await world.grant({ application: 'other', id: 'other-grant', clearance: 3 });
    assert.equal(await shown(personOf('70', null)), true, 'nobody is marked');
    await world.deliver(persons, [entryOf(personOf('1', 0)), entryOf(personOf('2', 3))]);
    for (const [resource, open] of [
      [personOf('1', 0), true],
      [personOf('71', 0), true],
      [personOf('1', 2), false],
      [personOf('2', 3), false],
      [personOf('2', 0), false],
      [personOf('2', null), false],
      [personOf('72', 1), false],
      [personOf('73', null), false],
    ] as const) {
      assert.equal(await shown(resource), open, text(resource));
      assert.equal(await shown(resource, 'other'), true, text(resource));
    }
  });

  it('show no row that a limited grant does not hold', async () => {
    await promise();
    await world.grant({
      application: 'other',
      id: 'other-grant',
      actions: ['read'],
      rows: { scope: 'skole', field: 'skolenummer', values: ['1'] },
    });
    await world.deliver(persons, [entryOf(personOf('1', null))]);
    assert.equal(await shown(personOf('1', null), 'other'), false);
    assert.equal(await shown(personOf('70', null), 'other'), false);
    assert.equal(await shown(personOf('70', null)), true);
  });

  it('are not to be had from an adapter that may deliver no more', async () => {
    await promise();
    const by = { kind: 'identifier', field: 'fodselsnummer', value: '1' } as const;
    await world.store.platform.removeGrant('adapter-grant');
    assert.equal((await world.ask({ kind: 'live', collection: persons, by })).kind, 'not-live');
  });
});

describe('limits', () => {
  it('keep what waits within bounds', async () => {
    const { store } = world;
    const full: Store = {
      ...store,
      tenant: async (id) => {
        const tenant = await store.tenant(id);
        return { ...tenant, events: { ...tenant.events, waitingCount: () => limits.waitingEvents } };
      },
    };
    const ask = async (collection: string, body: object): Promise<string> => {
      const result = await world.over(full).run(
        {
          kind: 'write',
          collection,
          operation: 'create',
          target: null,
          body: text(body),
          idempotencyKey: null,
          ifMatch: null,
        },
        { principal: world.principal('client'), requestId: 'r', api: 'fint' },
      );
      return result.kind === 'refused' ? result.problem.code : result.kind;
    };
    assert.equal(await ask(pupils, pupil(1)), 'HUB-107');
    assert.equal(await ask(subjects, subject(1)), 'accepted', 'what the hub owns does not wait');
  });
});
