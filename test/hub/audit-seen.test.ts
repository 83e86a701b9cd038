// Who has seen this person: complete and exact. At random data come, change, go and come back, applications read in every way; then the audit
// must name those answers that held something about each person, as their bodies say, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '#base/random.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import type { AuditTrail } from '#hub/audit-trail.ts';
import type { HubQuery, HubResult } from '#hub/query.ts';
import { createTokens } from '#hub/tokens.ts';
import {
  enrolment,
  fjord,
  grant,
  listQuery,
  model,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  principal,
  pupil,
  put,
  putCounty,
  remove,
  school,
} from './world.ts';
import type { World } from './world.ts';

const people = 8;

/** Numbers from a seed (xorshift), so that a failure can be had again. */
const diceOf = (seed: number) => {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
};

type Entry = Readonly<Record<string, { readonly identifikatorverdi?: string } | undefined>>;

/** The own identifier of a resource. */
const idOf = (entry: Entry): string =>
  entry['fodselsnummer']?.identifikatorverdi ?? entry['systemId']?.identifikatorverdi ?? '?';

/** The resources that an answer held, and those that it said were gone, by uid. */
const shownBy = async (life: Life, collection: string, result: HubResult): Promise<ReadonlySet<number>> => {
  const shown = new Set<number>();
  switch (result.kind) {
    case 'found':
      shown.add(life.uidOf(collection, idOf(JSON.parse(result.body.toString()) as Entry)));
      break;
    case 'page':
      for await (const { bytes } of result.body.plain())
        for (const entry of JSON.parse(`[${bytes.toString()}]`) as Entry[])
          shown.add(life.uidOf(collection, idOf(entry)));
      break;
    case 'changes':
      for (const { uid } of result.changes) shown.add(life.uidBehind(uid));
      break;
    default:
      break;
  }
  return shown;
};

const trailOf = (world: World): AuditTrail =>
  createAuditTrail({
    model,
    clock: world.clock,
    random: systemRandom,
    platform: world.store.platform,
    tenant: world.store.tenant,
    record: async (organisation, record) => (await world.store.tenant(organisation)).appendAudit(record),
    pseudonym: (_organisation, subject) => subject,
    verify: () => Promise.reject(new Error('not asked for')),
  });

const asker = { issuer: 'cli', client: 'cli:test', token: '', request: 'search', api: 'cli', rule: 'operator' };

const requestsAbout = async (trail: AuditTrail, number: number): Promise<readonly string[]> => {
  const who = { collection: paths.person, field: 'fodselsnummer', value: nationalId(number) };
  const found = await trail.search(fjord, { person: who, order: 'oldest' }, asker);
  assert.ok(found.ok);
  const requests: string[] = [];
  for await (const batch of found.value.entries) requests.push(...batch.map(({ record }) => record.request));
  return requests;
};

type Life = {
  readonly step: () => Promise<void>;
  /** The uid of what has the identifier now. */
  readonly uidOf: (collection: string, id: string) => number;
  /** The uid of what the feed calls so. */
  readonly uidBehind: (token: string) => number;
  /** Everything that is or ever was about a person, by uid; each time that something came back it has another one. */
  readonly about: (number: number) => ReadonlySet<number>;
};

const addTo = (sets: Map<number, Set<number>>, key: number, uid: number): void =>
  void sets.set(key, (sets.get(key) ?? new Set<number>()).add(uid));

/** Data that change at random, and what each resource is or was about. */
const createLife = async (world: World, dice: (below: number) => number): Promise<Life> => {
  const tenant = await world.store.tenant(fjord);
  const tokens = await createTokens(world.store.platform, systemRandom);
  const behind = new Map<string, number>();
  const here = new Map<string, number>();
  const persons = new Map<number, Set<number>>();
  const pupils = new Map<number, Set<number>>();
  const enrolments = new Map<number, Set<number>>();
  const incarnations = new Map<string, Set<number>>();
  const told = new Set<number>();
  const pupilOf = new Map([
    ['f-1', 1],
    ['f-2', 2],
    ['f-3', 3],
    ['f-4a', 4],
    ['f-4b', 4],
  ]);
  await putCounty(world);

  const look = async (collection: string, field: string, id: string): Promise<number | undefined> => {
    const [found] = await tenant.reads.resolve([{ collection, field, value: id }]);
    const name = `${collection} ${id}`;
    const uid = found?.uid ?? null;
    if (uid === null) here.delete(name);
    else {
      here.set(name, uid);
      behind.set(tokens.uid(fjord, uid), uid);
    }
    return uid ?? undefined;
  };

  /** Notes what is about what at this moment. */
  const note = async (): Promise<void> => {
    for (let number = 1; number <= people; number += 1) {
      const one = await look(paths.person, 'fodselsnummer', nationalId(number));
      if (one !== undefined) addTo(persons, number, one);
      const other = await look(paths.pupil, 'systemid', `e${number}`);
      if (other !== undefined) {
        addTo(pupils, number, other);
        // Of a pupil who went before the person came nobody could tell whose it was.
        if (persons.has(number)) told.add(number);
      }
    }
    for (const [id, number] of pupilOf) {
      const uid = await look(paths.enrolment, 'systemid', id);
      if (uid === undefined) continue;
      // What comes back under the same identifier is the same: what it was before is about whom it is about now.
      const former = incarnations.get(id) ?? new Set<number>();
      incarnations.set(id, former.add(uid));
      if (pupils.has(number)) for (const each of former) addTo(enrolments, number, each);
    }
  };
  await note();

  return {
    uidOf: (collection, id) => here.get(`${collection} ${id}`) ?? -1,
    uidBehind: (token) => behind.get(token) ?? -1,
    about: (number) => {
      const rest = told.has(number) ? [...(pupils.get(number) ?? []), ...(enrolments.get(number) ?? [])] : [];
      return new Set([...(persons.get(number) ?? []), ...rest]);
    },
    step: async () => {
      const number = 1 + dice(people);
      switch (dice(4)) {
        case 0:
          if (here.has(`${paths.person} ${nationalId(number)}`))
            await remove(world, paths.person, 'fodselsnummer', nationalId(number));
          else await put(world, paths.person, [person(number)]);
          break;
        case 1:
          if (here.has(`${paths.pupil} e${number}`)) await remove(world, paths.pupil, 'systemid', `e${number}`);
          else await put(world, paths.pupil, [pupil(number)]);
          break;
        case 2:
          if (here.has(`${paths.person} ${nationalId(number)}`))
            await put(world, paths.person, [person(number, {}, { bilde: `bilde${dice(1_000_000)}` })]);
          break;
        default: {
          const id = `f-${1 + dice(6)}`;
          if (dice(2) === 0 && here.has(`${paths.enrolment} ${id}`)) {
            await remove(world, paths.enrolment, 'systemid', id);
            await look(paths.enrolment, 'systemid', id);
            pupilOf.delete(id);
          } else {
            // It may move from one pupil to another: what was shown of it was about both.
            await put(world, paths.enrolment, [enrolment(id, number, dice(2) === 0 ? '1001' : '1002')]);
            pupilOf.set(id, number);
          }
        }
      }
      await note();
    },
  };
};

const queryOf = (
  dice: (below: number) => number,
): Extract<HubQuery, { readonly kind: 'read' | 'list' | 'changes' | 'state' }> => {
  const number = 1 + dice(people);
  const path = [paths.person, paths.pupil, paths.enrolment][dice(3)] ?? paths.person;
  switch (dice(6)) {
    case 0:
      return { kind: 'read', collection: paths.person, field: 'fodselsnummer', value: nationalId(number) };
    case 1:
      return { kind: 'read', collection: paths.pupil, field: 'systemid', value: `e${number}` };
    case 2:
      return listQuery(path);
    case 3:
      return listQuery(path, { offset: dice(4), size: 1 + dice(3) });
    case 4:
      return listQuery(paths.person, { filter: `navn/fornavn eq 'Fornavn${number}'` });
    default:
      return { kind: 'changes', collection: path, after: null, size: 1 + dice(40) };
  }
};

for (const seed of [1, 2, 3, 4, 5])
  test(`every answer that held something about a person is found, and no other (seed ${seed})`, async () => {
    const world = await openWorld();
    try {
      const dice = diceOf(seed);
      const life = await createLife(world, dice);
      await onlyGrants(world, { actions: ['read', 'list', 'follow'] });
      await grant(world, { application: 'other', rows: school('1001') });
      const answers: { readonly request: string; readonly shown: ReadonlySet<number> }[] = [];
      for (let step = 0; step < 150; step += 1) {
        world.clock.move(1_000);
        if (dice(3) === 0) await life.step();
        const query = queryOf(dice);
        const request = `request-${step}`;
        const as = query.kind !== 'changes' && dice(4) === 0 ? principal('other') : principal();
        const result = await world.hub.run(query, { principal: as, requestId: request, api: 'test' });
        answers.push({ request, shown: await shownBy(life, query.collection, result) });
      }
      assert.ok(answers.every(({ shown }) => !shown.has(-1)));
      const trail = trailOf(world);
      for (let number = 1; number <= people; number += 1) {
        const about = life.about(number);
        const expected = answers
          .filter(({ shown }) => [...shown].some((uid) => about.has(uid)))
          .map(({ request }) => request);
        assert.deepEqual(await requestsAbout(trail, number), expected, `person ${number}`);
      }
    } finally {
      await world.close();
    }
  });
