// What answers say of parts that will go: which announcements touch which operations and parts, how several are one, and that nothing is said where there
// is nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import type { CatalogueApi } from '#catalogue/catalogue.ts';
import { createContractNotes } from '#catalogue/contract-notes.ts';
import type { Change } from '#catalogue/contract.ts';
import { touches } from '#catalogue/impact.ts';
import type { LeaningPart } from '#catalogue/operation-parts.ts';
import { expandPath } from '#catalogue/path-template.ts';

const announcedAt = startOfDay('2026-11-22');

const change = (id: string, coordinates: readonly string[], more: Partial<Change> = {}): Change => ({
  id,
  api: 'rest',
  coordinates,
  kind: 'breaking',
  text: { nb: `${id} går ut.`, en: `${id} goes.` },
  migration: null,
  replacement: null,
  withoutReplacement: { nb: 'x', en: 'x' },
  announcedAt,
  planned: { at: startOfDay('2028-03-31') },
  emergency: null,
  doneAt: null,
  ...more,
});

const apis: readonly Partial<CatalogueApi>[] = [
  { id: 'rest', path: '/', status: 'production' },
  { id: 'below', path: '/vfs/v1', status: 'production' },
  { id: 'graph', path: '/graphql', status: 'beta' },
  {
    id: 'old',
    path: '/old',
    status: 'retiring',
    since: '2026-10-01',
    retiringAt: startOfDay('2027-06-30'),
    successor: { api: 'rest', migration: { nb: 'Flytt.', en: 'Move.' } },
  },
];

const parts: readonly LeaningPart[] = [
  { coordinate: 'GET /people/{id}', leansOn: ['Person'] },
  { coordinate: 'GET /people/{id}?size', leansOn: [] },
  { coordinate: 'POST /people > address', leansOn: ['Address.street'] },
  { coordinate: 'Person.address', leansOn: ['Address'] },
  { coordinate: 'Address', leansOn: ['Person'] },
  { coordinate: 'GET /schools', leansOn: ['School'] },
];

const world = async (...changes: readonly Change[]) => {
  const state = { version: 1, changes, broken: false, asked: 0 };
  const events: HubEvent[] = [];
  const notes = createContractNotes({
    catalogue: {
      apis: new Map(apis.map((api) => [api.id ?? '', api as CatalogueApi])),
      releases: [
        { version: 0, at: announcedAt },
        { version: 1, at: startOfDay('2027-03-31') },
      ],
    },
    announcements: {
      current: async () => {
        if (state.broken) throw new Error('away');
        return { version: state.version, changes: state.changes, kept: [] };
      },
    },
    partsOf: () => {
      state.asked += 1;
      return parts;
    },
    clock: { ...systemClock, every: () => () => undefined },
    observe: (event) => events.push(event),
  });
  await notes.refresh();
  const headers = (part: string | null, address = '/', api = 'rest'): Record<string, string> | null => {
    const [path = '', query = ''] = address.split('?');
    const flat = notes.headersOf(api, part, { path, query: new URLSearchParams(query) });
    if (flat === null) return null;
    const names = flat.filter((_, at) => at % 2 === 0);
    return Object.fromEntries(names.map((name, at) => [name, flat[at * 2 + 1] ?? '']));
  };
  return { ...notes, state, events, headers };
};

const sunset = 'Thu, 30 Mar 2028 22:00:00 GMT';

test('an operation that will go says when that was announced, when it goes at the earliest, and where to read of it', async () => {
  const { headers, state } = await world(change('no-people', ['GET /people/{id}'], { replacement: 'GET /persons' }));
  assert.deepEqual(headers('GET /people/{id}'), {
    Deprecation: `@${announcedAt / 1_000}`,
    Sunset: sunset,
    Link: '</catalogue/apis/rest#no-people>; rel="deprecation", </persons>; rel="successor-version"',
  });
  for (const part of ['GET /people', 'GET /people/{id}/x', 'PUT /people/{id}', null])
    assert.equal(headers(part), null, String(part));
  assert.equal(headers('GET /people/{id}', '/', 'graph'), null, 'of another API');
  assert.equal(headers('GET /people/{id}', '/', 'nobody'), null);
  assert.equal(state.asked, 0, 'descriptions are not read for it');
});

test('members of requests and answers touch their operation, parameters the requests that have them', async () => {
  const { headers } = await world(
    change('member', ['POST /people > name', 'GET /people/{id} < 200 name']),
    change('parameter', ['GET /schools?size', 'GET /schools?page']),
  );
  const link = (part: string, address = '/') => headers(part, address)?.['Link'] ?? null;
  assert.equal(link('POST /people'), '</catalogue/apis/rest#member>; rel="deprecation"');
  assert.equal(link('GET /people/{id}'), '</catalogue/apis/rest#member>; rel="deprecation"');
  assert.equal(link('GET /schools'), null);
  assert.equal(link('GET /schools', '/schools?sized=1'), null);
  for (const query of ['size=1', 'page=1', 'page=1&size=1', 'a=b&size'])
    assert.equal(link('GET /schools', `/schools?${query}`), '</catalogue/apis/rest#parameter>; rel="deprecation"');
});

test('a schema touches the operations that lean on it, however far', async () => {
  const { headers, state } = await world(change('street', ['Address.street']));
  const touched = (part: string) => headers(part) !== null;
  assert.deepEqual(['GET /people/{id}', 'POST /people', 'GET /schools', 'GET /unknown'].map(touched), [
    true,
    true,
    false,
    false,
  ]);
  assert.equal(state.asked, 1);
});

test('several announcements are one: since the first, until the first', async () => {
  const { headers } = await world(
    change('later', ['GET /a'], { announcedAt: announcedAt + 86_400_000 }),
    change('sooner', ['GET /a', 'GET /b'], { planned: { release: 1 } }),
    change('whole', ['*'], { planned: { at: startOfDay('2030-03-31') } }),
  );
  assert.deepEqual(headers('GET /a'), {
    Deprecation: `@${announcedAt / 1_000}`,
    Sunset: 'Tue, 30 Mar 2027 22:00:00 GMT',
    Link: ['later', 'sooner', 'whole'].map((id) => `</catalogue/apis/rest#${id}>; rel="deprecation"`).join(', '),
  });
  assert.equal(headers('GET /z')?.['Link'], '</catalogue/apis/rest#whole>; rel="deprecation"');
  assert.notEqual(headers(null), null, 'every call of the API');
});

test('an API that retires says so with every call, and names what takes its place', async () => {
  const { headers, going } = await world();
  const said = {
    Deprecation: `@${startOfDay('2026-10-01') / 1_000}`,
    Sunset: new Date(startOfDay('2027-06-30')).toUTCString(),
    Link: '</catalogue/apis/old>; rel="deprecation", </>; rel="successor-version"',
  };
  assert.deepEqual(headers('GET /old/x', '/', 'old'), said);
  assert.deepEqual(headers(null, '/', 'old'), said);
  assert.deepEqual(
    going().map(({ api, coordinates }) => [api, ...coordinates]),
    [['old', '*']],
  );
});

test('what is a draft, done, compatible or merely dangerous is not said', async () => {
  const { headers } = await world(
    change('draft', ['GET /a'], { announcedAt: null }),
    change('done', ['GET /a'], { doneAt: announcedAt }),
    change('compatible', ['GET /a'], { kind: 'compatible' }),
    change('dangerous', ['GET /a'], { kind: 'dangerous' }),
    change('never', ['GET /a'], { planned: { release: -1 } }),
  );
  assert.equal(headers('GET /a'), null);
  const { headers: emergency } = await world(change('now', ['GET /a'], { planned: { at: 0 } }));
  assert.equal(emergency('GET /a')?.['Sunset'], new Date(announcedAt).toUTCString(), 'never before the announcement');
});

/** The successor that an answer names, where something else takes the place of an operation. */
const next = async (api: string, replacement: string, address: string): Promise<string | undefined> => {
  const { headers } = await world(change('moved', ['GET /people/{kind}/{value}'], { api, replacement }));
  return /<([^>]*)>; rel="successor-version"/.exec(
    headers('GET /people/{kind}/{value}', address, api)?.['Link'] ?? '',
  )?.[1];
};

test('the successor has the names of the request in it, as they were sent', async () => {
  assert.equal(await next('rest', 'GET /persons/{value}', '/people/id/a%20b'), '/persons/a%20b');
  assert.equal(await next('rest', 'GET /persons/{value}', '/people/id/a/b'), '/persons/a/b');
  assert.equal(await next('below', 'GET /persons/{value}', '/vfs/v1/people/id/7'), '/vfs/v1/persons/7');
  assert.equal(await next('rest', 'GET /persons/{other}', '/people/id/7'), undefined);
  assert.equal(await next('rest', 'https://other.test/api', '/people/id/7'), 'https://other.test/api');
  for (const bad of ['Person.name', 'GET /a b', 'https://x.test/>; rel="next"', 'javascript:alert(1)', 'GET /{a'])
    assert.equal(await next('rest', bad, '/people/id/7'), undefined, bad);
  for (const sent of ['/people/id/x>; rel="next', '/people/id/{a}', '/people/id/a"b'])
    assert.equal(await next('rest', 'GET /persons/{value}', sent), undefined, sent);
});

test('an address that is expanded is of the template it came from, whatever was sent', () =>
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z0-9%.~-]{1,6}$/), { minLength: 2, maxLength: 2 }),
      fc.constantFrom('', '/vfs/v1'),
      ([kind = '', value = ''], base) => {
        const from = '/people/{kind}/{value}';
        const path = `${base}/people/${kind}/${value}`;
        assert.equal(expandPath(from, from, path, base), path);
        assert.equal(expandPath('/x/{value}/{kind}', from, path, base), `${base}/x/${value}/${kind}`);
      },
    ),
  ));

test('documents are told of the parts that they use and that will go, the same list of the same', async () => {
  const { endingOf } = await world(
    change('type', ['Group'], { api: 'graph', replacement: 'Klass' }),
    change('field', ['Pupil.name'], { api: 'graph', planned: { release: 1 } }),
    change('argument', ['Query.pupils(filter:)'], { api: 'graph' }),
  );
  const uses = ['Group.name', 'Pupil.id', 'Pupil.name', 'Query.pupils', 'Query.pupils(filter:)'];
  const list = endingOf('graph', uses);
  assert.deepEqual(list, [
    {
      coordinate: 'Group',
      announced: '2026-11-22',
      earliestRemoval: '2028-03-31',
      replacement: 'Klass',
      message: 'type goes.',
    },
    {
      coordinate: 'Pupil.name',
      announced: '2026-11-22',
      earliestRemoval: '2027-03-31',
      replacement: null,
      message: 'field goes.',
    },
    {
      coordinate: 'Query.pupils(filter:)',
      announced: '2026-11-22',
      earliestRemoval: '2028-03-31',
      replacement: null,
      message: 'argument goes.',
    },
  ]);
  assert.equal(endingOf('graph', uses), list);
  assert.deepEqual(endingOf('graph', ['Pupil.id', 'Query.pupils', 'Groups.name']), []);
  assert.deepEqual(endingOf('rest', uses), []);
});

test('what is told of used parts is what impact says of them', () => {
  const coordinate = fc.constantFrom('A', 'A.b', 'A.b(c:)', 'A.bb', 'AA', 'AA.b', 'B.b', 'B.b(c:)', '*');
  return fc.assert(
    fc.asyncProperty(
      fc.array(coordinate, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(coordinate, { maxLength: 5 }),
      async (changed, used) => {
        const { endingOf } = await world(change('x', changed, { api: 'graph' }));
        const uses = used.filter((one) => one !== '*');
        const told = endingOf('graph', uses).length > 0;
        assert.equal(told, changed.includes('*') || uses.some((use) => changed.some((one) => touches(use, one))));
      },
    ),
  );
});

test('what is announced meanwhile is said after the next look; while that fails, what was known goes on being said', async () => {
  const { headers, state, refresh, events } = await world(change('a', ['GET /a']));
  const before = headers('GET /a');
  state.changes = [change('b', ['GET /b'])];
  await refresh();
  assert.deepEqual(headers('GET /a'), before, 'the same number says the same');
  state.version = 2;
  state.broken = true;
  await refresh();
  await refresh();
  assert.deepEqual([headers('GET /a'), events.length], [before, 1]);
  state.broken = false;
  await refresh();
  assert.equal(headers('GET /a'), null);
  assert.notEqual(headers('GET /b'), null);
});
