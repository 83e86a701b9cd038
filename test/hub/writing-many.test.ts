// Several writes as one: all or none where the hub owns them, one outcome where a source does, and nothing at all where owners differ.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { partId } from '#hub/writing-many.ts';
import type { HubResult, ManyOutcome, WriteManyQuery, WritePart } from '#hub/query.ts';
import type { Store } from '#store/store.ts';
import { askMany, countHired, employeePart, hired, hireParts, nationalId, owned, part, personPart } from './hiring.ts';
import { base, entryOf, minutes, openWritingWorld, organisation, subjects } from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

const { persons, employees, staff } = hired;
const schools = 'utdanning/utdanningsprogram/skole';

let world: WritingWorld;
beforeEach(async () => {
  world = await openWritingWorld();
  await owned(world, 'hub');
});
afterEach(() => world.close());

const id = (identifikatorverdi: string) => ({ identifikatorverdi });

const ask = (parts: readonly WritePart[], more: Partial<WriteManyQuery> = {}, client?: string): Promise<HubResult> =>
  askMany(world, parts, more, client);

type Accepted = Extract<HubResult, { kind: 'accepted' }>;

const taken = async (...asked: Parameters<typeof ask>): Promise<Accepted> => {
  const result = await ask(...asked);
  assert.ok(result.kind === 'accepted', JSON.stringify(result));
  return result;
};

const code = (result: HubResult): string => (result.kind === 'refused' ? result.problem.code : result.kind);

const outcome = async (of: string, client?: string): Promise<ManyOutcome> => {
  const result = await world.ask({ kind: 'outcome-many', id: of }, client);
  assert.ok(result.kind === 'outcome-many');
  return result.outcome;
};

const stored = async (collection: string, uid: number | null | undefined): Promise<Record<string, unknown> | null> => {
  const decision = await world.authorizer.decide(world.principal('client'), collection, 'read');
  assert.ok(decision.allowed);
  const [found] = await world.tenant.reads.load(decision.plan, typeof uid === 'number' ? [uid] : []);
  return found === undefined ? null : (JSON.parse(found.body.toString()) as Record<string, unknown>);
};

const count = async (collection: string): Promise<number> => {
  const decision = await world.authorizer.decide(world.principal('client'), collection, 'list');
  assert.ok(decision.allowed);
  return (await world.tenant.reads.uids(decision.plan)).length;
};

const counts = (): Promise<readonly number[]> => countHired(world);

const linksOf = (resource: Record<string, unknown> | null, relation: string): readonly string[] => {
  const links = resource?.['_links'] as Readonly<Record<string, readonly { href: string }[]>> | undefined;
  return (links?.[relation] ?? []).map(({ href }) => href);
};

describe('several writes of the hub', () => {
  it('are one: later ones link to earlier ones, and are all there', async () => {
    const { uids = [], retryAfter, id: event } = await taken(hireParts(1), { note: 'as one', about: [42] });
    assert.equal(retryAfter, 0);
    const [person, employee, school] = uids;
    assert.deepEqual(linksOf(await stored(employees, employee), 'person'), [
      `${base}/${persons}/fodselsnummer/${nationalId(1)}`,
    ]);
    assert.deepEqual(linksOf(await stored(staff, school), 'personalressurs').length, 1);
    assert.equal(linksOf(await stored(persons, person), 'personalressurs').length, 1, 'and back');
    const told = await outcome(event);
    assert.ok(told.state === 'written');
    assert.deepEqual(
      told.parts.map(({ collection, uid, state }) => [collection, uid, state]),
      [
        [persons, person, 'written'],
        [employees, employee, 'written'],
        [staff, school, 'written'],
      ],
    );
    assert.equal((await outcome(event, 'other')).state, 'forgotten');
    assert.equal((await outcome('00000000-0000-4000-8000-000000000000')).state, 'forgotten');
  });

  it('are none when one of them cannot be', async () => {
    const broken = [...hireParts(1).slice(0, 2), part({ collection: staff, values: { oppdiktet: 1 } })];
    const result = await ask(broken);
    assert.ok(result.kind === 'refused');
    assert.deepEqual([result.problem.code, result.part], ['HUB-415', 2]);
    assert.deepEqual(await counts(), [0, 0, 0]);
    assert.deepEqual(await world.changes(persons), []);
    assert.deepEqual((await world.tenant.events.events({ limit: 10 })).length, 0);
    await taken(hireParts(1));
    const second = await ask([personPart(2), employeePart(1)]);
    assert.deepEqual([code(second), 'part' in second ? second.part : null], ['HUB-612', 1]);
    assert.deepEqual(await counts(), [1, 1, 1]);
    const missing = await ask([personPart(2), part({ collection: staff, operation: 'delete', target: { uid: 9999 } })]);
    assert.equal(missing.kind, 'missing');
    assert.deepEqual(await counts(), [1, 1, 1]);
  });

  it('are none when the store fails at the last of them', async () => {
    let left = 1;
    const failing: Store = {
      ...world.store,
      tenant: async (name) => {
        const tenant = await world.store.tenant(name);
        return {
          ...tenant,
          writeTogether: (work) =>
            tenant.writeTogether((tx) =>
              work({
                ...tx,
                put: (...given) => {
                  left -= 1;
                  if (left < 0) throw new Error('the disk is gone');
                  return tx.put(...given);
                },
              }),
            ),
        };
      },
    };
    const asking = { principal: world.principal('client'), requestId: 'r', api: 'test' };
    const query = {
      kind: 'write-many',
      parts: hireParts(1),
      idempotency: null,
      unchanged: null,
      note: '',
      about: [],
    } as const;
    await assert.rejects(world.over(failing).run(query, asking));
    assert.deepEqual(await counts(), [0, 0, 0]);
    world = await world.reopened();
    assert.deepEqual(await counts(), [0, 0, 0]);
    left = 100;
    await taken(hireParts(1));
  });

  it('are carried out once under a key, and another request under it is refused', async () => {
    const idempotency = { key: 'k', request: 'POST /employees {"a":1}' };
    const first = await taken(hireParts(1), { idempotency });
    const again = await taken(hireParts(1), { idempotency });
    assert.deepEqual([again.id, again.replayed, again.uids], [first.id, true, first.uids]);
    assert.deepEqual(await counts(), [1, 1, 1]);
    assert.equal(code(await ask(hireParts(1), { idempotency: { ...idempotency, request: 'other' } })), 'HUB-413');
    world = await world.reopened();
    assert.equal((await taken(hireParts(1), { idempotency })).id, first.id);
    const together = await Promise.all(
      [0, 1, 2].map(() => taken(hireParts(2), { idempotency: { key: 'l', request: 'x' } })),
    );
    assert.equal(new Set(together.map((one) => one.id)).size, 1);
    assert.deepEqual(await counts(), [2, 2, 2]);
  });

  it('change what is named and leave the rest', async () => {
    const { uids = [] } = await taken(hireParts(1));
    const target = { uid: Number(uids[1]) };
    const patch = (values: object, more: Partial<WritePart> = {}) =>
      ask([part({ collection: employees, operation: 'patch', target, values: { ...values }, ...more })]);
    assert.equal(
      code(await patch({ jobbtittel: 'Lærer', kontaktinformasjon: { epostadresse: 'a@b.test' } })),
      'accepted',
    );
    assert.equal(code(await patch({ kontaktinformasjon: { telefonnummer: '12345678' } })), 'accepted');
    let now = await stored(employees, target.uid);
    assert.deepEqual(now?.['kontaktinformasjon'], { epostadresse: 'a@b.test', telefonnummer: '12345678' });
    assert.equal(now?.['jobbtittel'], 'Lærer');
    assert.equal(linksOf(now, 'person').length, 1);
    assert.equal(code(await patch({ jobbtittel: null, kontaktinformasjon: { epostadresse: null } })), 'accepted');
    now = await stored(employees, target.uid);
    assert.deepEqual(now?.['kontaktinformasjon'], { telefonnummer: '12345678' });
    assert.equal('jobbtittel' in (now ?? {}), false);
    assert.equal(code(await patch({ oppdiktet: null })), 'HUB-415');
    assert.equal(code(await patch({ jobbtittel: 7 })), 'HUB-415');
    assert.equal(code(await patch({ ansattnummer: null, systemId: null })), 'HUB-415');
    const moved = await patch({}, { links: { personalressurskategori: [{ field: 'systemid', value: 'M' }] } });
    assert.equal(code(moved), 'accepted');
    assert.deepEqual(
      linksOf(await stored(employees, target.uid), 'personalressurskategori').map((one) => one.at(-1)),
      ['M'],
    );
  });

  it('need not bring what is mandatory and was never there, and cannot take away what is', async () => {
    await owned(world, 'source');
    const employee = { ansattnummer: id('77'), _links: { personalressurskategori: [{ href: 'systemid/F' }] } };
    assert.equal(await world.deliver(employees, [entryOf(employee)]), 'ok');
    await owned(world, 'hub');
    const target = { field: 'ansattnummer', value: '77' };
    const patch = (values: Readonly<Record<string, unknown>>) =>
      ask([part({ collection: employees, operation: 'patch', target, values })]);
    assert.equal(code(await patch({ jobbtittel: 'Lærer' })), 'accepted');
    assert.equal(code(await patch({ ansettelsesperiode: null })), 'HUB-415');
    assert.equal(code(await patch({ ansettelsesperiode: { start: '2026-01-01T00:00:00Z' } })), 'accepted');
    assert.equal(code(await patch({ ansettelsesperiode: null })), 'HUB-415');
  });

  it('leave what is out of sight, and take no protection away', async () => {
    const contact = { epostadresse: 'a@b.test' };
    const [person, employee, role] = hireParts(1);
    assert.ok(person !== undefined && employee !== undefined && role !== undefined);
    const { uids = [] } = await taken([
      { ...person, values: { ...person.values, kontaktinformasjon: contact } },
      { ...employee, values: { ...employee.values, kontaktinformasjon: contact, jobbtittel: 'Lærer' } },
      role,
    ]);
    const grant = { application: 'other', collections: [employees], id: 'other-grant' };
    await world.grant({ ...grant, fields: ['jobbtittel'], actions: ['write'] });
    const target = { uid: Number(uids[1]) };
    const change = (values: object, more: Partial<WritePart> = {}) =>
      ask([part({ collection: employees, operation: 'patch', target, values: { ...values }, ...more })], {}, 'other');
    assert.equal(code(await change({ jobbtittel: 'Rektor' })), 'accepted');
    const now = await stored(employees, target.uid);
    assert.deepEqual([now?.['jobbtittel'], now?.['kontaktinformasjon']], ['Rektor', contact]);
    assert.equal(linksOf(now, 'person').length, 1);
    assert.equal(linksOf(now, 'skoleressurs').length, 1);
    for (const values of [{ kontaktinformasjon: null }, { ansattnummer: id('2') }, { brukernavn: null }])
      assert.equal(code(await change(values)), 'HUB-415');
    assert.equal(code(await change({}, { links: { person: [] } })), 'HUB-415');
    await world.grant({ application: 'client', id: 'client-grant', clearance: 3 });
    const mark = (adressebeskyttelse: string | null) =>
      ask([
        part({
          collection: persons,
          operation: 'patch',
          target: { uid: Number(uids[0]) },
          values: { adressebeskyttelse },
        }),
      ]);
    assert.equal(code(await mark('fortrolig')), 'accepted');
    assert.equal(code(await mark('ugradert')), 'HUB-415');
    assert.equal(code(await mark(null)), 'accepted', 'what is not said stays');
    assert.equal((await stored(persons, uids[0]))?.['adressebeskyttelse'], 'fortrolig');
    assert.equal(code(await change({ jobbtittel: 'X' })), 'missing', 'who is protected now is not there');
  });

  it('are refused when what they change has changed since, of two at once the second', async () => {
    const { uids = [] } = await taken(hireParts(1));
    const target = { uid: Number(uids[1]) };
    const since = await world.tenant.reads.lastPosition();
    const unchanged = { since, uids: [target.uid] };
    const rename = (jobbtittel: string) =>
      ask([part({ collection: employees, operation: 'patch', target, values: { jobbtittel } })], { unchanged });
    const both = await Promise.all([rename('A'), rename('B')]);
    assert.deepEqual(both.map(code).toSorted(), ['HUB-412', 'accepted']);
    assert.equal(code(await rename('C')), 'HUB-412');
  });

  it('are refused outside of the rows that were given, and within them when they hang together', async () => {
    await world.deliver(
      schools,
      ['1', '2'].map((number) =>
        entryOf({ systemId: id(`s${number}`), skolenummer: id(number), navn: number, _links: {} }),
      ),
    );
    const limited = { scope: 'skole', field: 'skolenummer', values: ['1'] };
    await world.grant({ application: 'other', id: 'other-grant', rows: limited });
    const parts = hireParts(1);
    const at = (number: string): readonly WritePart[] => {
      const [person, employee, school] = parts;
      assert.ok(person !== undefined && employee !== undefined && school !== undefined);
      return [
        person,
        employee,
        { ...school, links: { ...school.links, skole: [{ field: 'skolenummer', value: number }] } },
      ];
    };
    const outer = await ask(at('2'), {}, 'other');
    assert.equal(code(outer), 'HUB-400');
    assert.equal(code(await ask(hireParts(1).slice(0, 2), {}, 'other')), 'HUB-400');
    assert.deepEqual(await counts(), [0, 0, 0]);
  });

  it('link by uid to nothing that the caller may not know, and to nothing of another kind', async () => {
    const { uids = [] } = await taken(hireParts(1));
    const link = (uid: number) => ask([part({ collection: staff, links: { personalressurs: [{ uid }] } })]);
    assert.equal(code(await link(Number(uids[0]))), 'HUB-415', 'a person is no employee');
    assert.equal(code(await link(123_456)), 'HUB-415');
    assert.equal(code(await link(Number(uids[1]))), 'accepted');
    const marked = { ...personPart(2), values: { ...personPart(2).values, adressebeskyttelse: 'fortrolig' } };
    assert.equal(code(await ask([marked, employeePart(2)])), 'HUB-400', 'about somebody whom it may not know');
    assert.deepEqual((await counts())[0], 1);
  });

  it('are recorded, each once, with what they are about and no value', async () => {
    const { uids = [] } = await taken(hireParts(1), { note: 'note of it', about: [7] });
    assert.equal(uids.length, 3);
    const records = (await world.tenant.audit({ limit: 20 })).filter(({ operation }) => operation === 'create');
    assert.equal(records.length, 3);
    for (const record of records) {
      assert.equal(record.decision, 'allow');
      assert.match(record.details, /^event [0-9a-f-]{36} applied note of it$/);
      assert.equal(record.subjects.length, 2);
      assert.doesNotMatch(JSON.stringify(record), /Navn1|Prøve|01819/);
    }
  });
});

const answerAll = async (): Promise<void> => {
  for (const collection of [persons, employees, staff])
    for (const event of await world.poll(collection)) {
      const resource: unknown = JSON.parse(event.value ?? '{}');
      assert.equal(await world.answer(event.id, { resources: [entryOf(resource as object)] }), 'ok');
    }
};

describe('several writes to sources', () => {
  beforeEach(() => owned(world, 'source'));

  it('wait together, and are written when all are', async () => {
    const { id: first, retryAfter, uids = [] } = await taken(hireParts(1));
    assert.ok(retryAfter > 0);
    assert.deepEqual(uids, [null, null, null]);
    assert.equal((await world.poll(persons)).length, 1);
    const before = (await world.tenant.audit({ limit: 1_000 })).length;
    assert.equal((await outcome(first)).state, 'waiting');
    // Of what waits nothing is told but that: one record, however many parts there are.
    const [record, ...others] = await world.tenant.audit({ limit: 1_000 });
    assert.equal(others.length, before);
    assert.deepEqual([record?.operation, record?.decision, record?.seen], ['outcome', 'allow', null]);
    const [event] = await world.poll(persons);
    assert.equal(event?.id, first);
    const resource: unknown = JSON.parse(event?.value ?? '{}');
    await world.answer(first, { resources: [entryOf(resource as object)] });
    assert.equal((await outcome(first)).state, 'waiting');
    await answerAll();
    const told = await outcome(first);
    assert.ok(told.state === 'written', JSON.stringify(told));
    assert.ok(told.parts.every(({ uid }) => uid !== null));
    const employee = await stored(employees, told.parts[1]?.uid);
    assert.equal(linksOf(employee, 'person').length, 1);
    world.wait(minutes(31));
    assert.equal((await outcome(first)).state, 'forgotten');
  });

  it('are not written when one is rejected, and say which', async () => {
    const { id: first } = await taken(hireParts(1));
    const second = partId(first, 1);
    await world.answer(second, { state: 'rejected', message: 'nei', problems: [] });
    assert.equal((await outcome(first)).state, 'waiting', 'the others are not answered');
    await answerAll();
    const told = await outcome(first);
    assert.ok(told.state === 'rejected', JSON.stringify(told));
    assert.deepEqual(
      told.parts.map(({ state, answer }) => [state, answer?.message ?? null]),
      [
        ['written', null],
        ['rejected', 'nei'],
      ],
      'the third is about somebody who is not there, and so out of sight',
    );
  });

  it('expire together', async () => {
    const { id: first } = await taken(hireParts(1));
    world.wait(minutes(16));
    assert.equal((await outcome(first)).state, 'expired');
  });

  it('are refused where owners differ, before anything has happened', async () => {
    const result = await ask([
      personPart(1),
      part({ collection: subjects, values: { navn: 'Fag', beskrivelse: 'x' } }),
    ]);
    assert.ok(result.kind === 'refused');
    assert.equal(result.problem.code, 'HUB-415');
    assert.deepEqual(
      result.problem.errors?.map(({ at }) => at),
      ['/0', '/1'],
    );
    assert.equal((await world.tenant.events.events({ limit: 10 })).length, 0);
    assert.equal(await count(subjects), 0);
  });

  it('are changed by no second condition while one waits', async () => {
    await owned(world, 'hub');
    const { uids = [] } = await taken(hireParts(1));
    await owned(world, 'source');
    const target = { uid: Number(uids[1]) };
    const since = await world.tenant.reads.lastPosition();
    const unchanged = { since, uids: [target.uid] };
    const rename = (jobbtittel: string) =>
      ask([part({ collection: employees, operation: 'patch', target, values: { jobbtittel } })], { unchanged });
    assert.deepEqual((await Promise.all([rename('A'), rename('B')])).map(code).toSorted(), ['HUB-412', 'accepted']);
    const [event] = await world.poll(employees);
    assert.equal(event?.operation, 'update');
    assert.equal(event?.target?.field, 'systemid', 'the source is told which');
  });
});

/** All that a write leaves, beside the audit. */
const state = async (): Promise<unknown> => ({
  counts: await counts(),
  position: await world.tenant.reads.lastPosition(),
  events: (await world.tenant.events.events({ limit: 100 })).length,
});

const tried = (parts: readonly WritePart[], more: Partial<WriteManyQuery> = {}, client?: string) =>
  ask(parts, { dryRun: true, ...more }, client);

describe('dry runs', () => {
  for (const policy of ['hub', 'source'] as const)
    it(`write nothing where the ${policy} decides, and are recorded`, async () => {
      await taken(hireParts(1));
      await owned(world, policy);
      const before = await state();
      const found = (await world.tenant.audit({ limit: 1_000 })).length;
      const rename = part({
        collection: persons,
        operation: 'patch',
        target: { field: 'fodselsnummer', value: nationalId(1) },
        values: { navn: { fornavn: 'Ny' } },
      });
      const idempotency = { key: 'k', request: 'r' };
      assert.deepEqual(await tried([...hireParts(2), rename], { note: 'case 1', idempotency }), { kind: 'tried' });
      assert.deepEqual(await state(), before);
      const records = await world.tenant.audit({ limit: 1_000 });
      assert.deepEqual(
        records
          .slice(0, records.length - found)
          .map(({ operation, decision, details, ...one }) => [operation, decision, details, one.subjects.length]),
        // Only of the one that is there is said who it is.
        [1, 0, 0, 0].map((named) => ['validate', 'allow', 'dry run case 1', named]),
      );
      // Under the key nothing has been done yet.
      assert.equal((await taken([...hireParts(2), rename], { idempotency })).replayed, false);
      assert.notDeepEqual(await state(), before);
    });

  it('say what the write would say', async () => {
    await taken(hireParts(1));
    const missing = { field: 'fodselsnummer', value: nationalId(9) };
    const cases: readonly (readonly WritePart[])[] = [
      [...hireParts(2).slice(0, 2), part({ collection: staff, values: { oppdiktet: 1 } })],
      [...hireParts(2), personPart(1)],
      [personPart(2), personPart(2)],
      [personPart(2), part({ collection: persons, operation: 'delete', target: missing })],
      [part({ collection: employees, links: { person: [{ uid: 987_654 }] } })],
    ];
    const answers: string[] = [];
    for (const parts of cases) {
      const before = await state();
      const told = await tried(parts);
      assert.deepEqual(told, await ask(parts));
      assert.deepEqual(await state(), before);
      answers.push(code(told));
    }
    assert.deepEqual(answers, ['HUB-415', 'HUB-612', 'HUB-612', 'missing', 'HUB-415']);
  });

  it('do not tell that somebody out of sight has an identifier', async () => {
    const [hidden] = [personPart(3)];
    await taken([{ ...hidden, values: { ...hidden.values, adressebeskyttelse: 'strengtFortrolig' } }]);
    await world.grant({ application: 'other', id: 'o1', collections: [persons, employees, staff] });
    const before = await state();
    assert.equal(code(await tried(hireParts(3), {}, 'other')), 'tried');
    const rename = part({
      collection: persons,
      operation: 'patch',
      target: { field: 'fodselsnummer', value: nationalId(3) },
      values: { navn: { fornavn: 'Ny' } },
    });
    assert.equal(code(await tried([rename], {}, 'other')), 'missing');
    assert.deepEqual(await state(), before);
    assert.equal(code(await ask(hireParts(3), {}, 'other')), 'HUB-612');
  });

  it('take nothing from a write that shares their transaction, and give nothing to it', async () => {
    const [one, other, third] = await Promise.all([tried(hireParts(1)), ask(hireParts(1)), tried(hireParts(2))]);
    assert.deepEqual([one, other, third].map(code), ['tried', 'accepted', 'tried']);
    assert.deepEqual(await counts(), [1, 1, 1]);
  });
});

describe('who may', () => {
  it('is asked for every part', async () => {
    await world.grant({ application: 'other', id: 'other-grant', collections: [persons, employees] });
    assert.equal(code(await ask(hireParts(1), {}, 'other')), 'missing', 'a class that it does not know');
    await world.grant({ application: 'other', id: 'o2', collections: [staff], actions: ['read'] });
    assert.equal(code(await ask(hireParts(1), {}, 'other')), 'HUB-400');
    await world.settings([
      { pattern: persons, policy: 'hub', deadlineMinutes: null },
      { pattern: schools, policy: 'closed', deadlineMinutes: null },
    ]);
    assert.equal(code(await ask([personPart(1), part({ collection: schools, values: { navn: 'x' } })])), 'HUB-105');
    assert.deepEqual(await counts(), [0, 0, 0]);
    assert.equal(world.principal('client').tenant, organisation);
  });
});

describe('limits', () => {
  it('bound how many are made as one', async () => {
    const parts = Array.from({ length: limits.writeParts }, (_, number) => personPart(number));
    assert.equal((await taken(parts)).uids?.length, limits.writeParts);
    await assert.rejects(ask([...parts, personPart(limits.writeParts)]), /a request of 401 parts/);
  });
});
