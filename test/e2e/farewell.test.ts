// What a client hears when the only grant that it has of an organisation ends, over HTTP against a whole hub: for 60 days its feed tells it what
// to delete, and no other address gives it anything.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { followLifeMs } from '#store/followed-until.ts';
import type { AuditRecord, Grant } from '#store/store.ts';
import { beneath } from '../store/beneath.ts';
import { call, callerOf, tokenFor, type Answer, type Caller } from './caller.ts';
import { deliverPage, json, pupil, several } from './deliveries.ts';
import { fjord, nabo, startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Change = {
  readonly kind: string;
  readonly at: number;
  readonly before: readonly string[];
  readonly resource?: object;
};
type Feed = { readonly _entries: readonly Change[]; readonly next: string; readonly more: boolean };

const pupils = 'utdanning/elev/elev';
const anHour = 3_600_000;
const place = await temporaryPlace();
let hub: HubUnderTest;
let adapter: Caller;

const client = (id: string, grant: TestApplication['grant'] = {}): TestApplication => ({
  id,
  kind: 'client',
  organisation: fjord.id,
  grant,
});

before(async () => {
  hub = await startHub({
    place,
    organisations: [fjord, nabo],
    applications: [
      ...['removed', 'run-out', 'narrowed', 'long-ago', 'long-over', 'back', 'later', 'stopped', 'elsewhere'].map(
        (id) => client(id),
      ),
      client('supplier'),
      client('reader', { actions: ['read', 'list'] }),
      client('writer', { actions: ['read', 'list', 'follow', 'write'] }),
      client('coming', { from: Date.now() + anHour }),
      client('other', { collections: ['felles/*'] }),
      { id: 'adapter', kind: 'adapter', organisation: fjord.id },
      { id: 'leaving', kind: 'adapter', organisation: fjord.id },
      { id: 'neighbour', kind: 'client', organisation: nabo.id },
    ],
  });
  adapter = await hub.as('adapter');
  await deliverPage(adapter, pupils, several(4, pupil), { method: 'PATCH' });
});
after(async () => {
  await hub.close();
  await place.remove();
});

const grantOf = async (id: string): Promise<Grant> => {
  const [grant] = await hub.platform.grantsOf(id);
  assert.ok(grant, id);
  return grant;
};

const end = {
  removed: (id: string) => hub.platform.removeGrant(`${id}-grant`),
  over: async (id: string) => hub.platform.putGrant({ ...(await grantOf(id)), to: Date.now() }),
  narrowed: async (id: string, actions: Grant['actions'] = ['read', 'list']) =>
    hub.platform.putGrant({ ...(await grantOf(id)), actions }),
};

const changesAt = (position: string): string => `/${pupils}/changes?after=${encodeURIComponent(position)}`;

/** Where a client stands that holds everything there is. */
const caughtUp = async (caller: Caller): Promise<string> => {
  const feed = await caller.read<Feed>(`/${pupils}/changes`);
  assert.equal(feed.more, false);
  assert.ok(feed['_entries'].length >= 4);
  return feed.next;
};

/** All that a client is told from a position on, two at a time. */
const heard = async (caller: Caller, position: string): Promise<Feed> => {
  const told: Change[] = [];
  let feed = await caller.read<Feed>(`${changesAt(position)}&size=2`);
  told.push(...feed['_entries']);
  while (feed.more) {
    feed = await caller.read<Feed>(`${changesAt(feed.next)}&size=2`);
    told.push(...feed['_entries']);
  }
  return { ...feed, _entries: told };
};

const kinds = ({ _entries: entries }: Feed): readonly string[] =>
  entries.map(({ kind, resource }) => (resource === undefined ? kind : `${kind}+`)).sort();

const allLost = Array.from({ length: 4 }, () => 'access-lost');

const isToldItsLoss = async (caller: Caller, position: string): Promise<string> => {
  const feed = await heard(caller, position);
  assert.deepEqual(kinds(feed), allLost);
  assert.deepEqual(
    feed['_entries'].flatMap(({ before: known }) => known.filter((href) => href.includes('/systemid/'))).sort(),
    several(4, pupil).map(({ identifier }) => `${hub.url}/${pupils}/systemid/${identifier}`),
  );
  const silence = await caller.read<Feed>(changesAt(feed.next));
  assert.deepEqual([silence['_entries'], silence.next, silence.more], [[], feed.next, false]);
  return feed.next;
};

/** The token endpoint's answer to an application. */
const asked = (id: string, more = ''): Promise<Answer> => {
  const { secret } = hub.credentials.get(id) ?? { secret: '' };
  return call(hub.url, 'POST', '/oauth/token', {
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `grant_type=client_credentials${more}`,
  });
};

const refusal = ({ status, text }: Answer): readonly unknown[] => [
  status,
  (JSON.parse(text) as { error: string }).error,
];

const invalidTarget = [400, 'invalid_target'];

/** A body without what is each request's own. */
const textOf = ({ text, headers }: Answer): string => text.replaceAll(String(headers['x-request-id']), '');

/** Something is written to the platform as time would have left it. */
const age = (sql: string): Promise<void> => beneath.alterPlatform(place.at, sql);

const records = (id: string): Promise<readonly AuditRecord[]> => place.records(fjord.id, id);

describe('a client whose only grant has ended', { timeout: 60_000 }, () => {
  for (const [id, ended] of [
    ['removed', end.removed],
    ['run-out', end.over],
  ] as const)
    it(`is told what it has lost, with the token that it has and with a new one: ${id}`, async () => {
      const held = await hub.as(id);
      const position = await caughtUp(held);
      await ended(id);
      assert.equal((await held.send('GET', `/${pupils}`)).status, 404);
      await isToldItsLoss(held, position);
      const fresh = await hub.as(id);
      const rest = await isToldItsLoss(fresh, position);
      const named = await asked(id, '&organisation=fjord.test');
      assert.equal(named.status, 200, named.text);
      assert.equal((await fresh.send('GET', `/${pupils}/changes`)).status, 404);
      const told = (await records(id)).filter(({ rule }) => rule === 'access-lost');
      assert.ok(told.length > 0 && told.every(({ decision }) => decision === 'allow'));
      assert.equal(told[0]?.count, 2);
      const { length: count } = await records(id);
      await fresh.read(changesAt(rest));
      await fresh.send('GET', `/${pupils}`);
      assert.deepEqual(
        (await records(id)).slice(count).map(({ decision, rule }) => [decision, rule]),
        [
          ['allow', 'access-lost'],
          ['deny', 'no-grant'],
        ],
      );
      const shown = (await hub.platform.grants()).filter(({ application }) => application === id);
      assert.equal(shown.length, id === 'removed' ? 0 : 1);
    });

  it('is told so too when it was first left without following, and then without anything', async () => {
    const held = await hub.as('narrowed');
    const position = await caughtUp(held);
    await end.narrowed('narrowed');
    assert.equal((await held.send('GET', `/${pupils}`)).status, 200);
    await isToldItsLoss(held, position);
    assert.equal((await held.send('GET', `/${pupils}/changes`)).status, 404);
    await end.over('narrowed');
    await isToldItsLoss(held, position);
    await end.removed('narrowed');
    await isToldItsLoss(held, position);
    await isToldItsLoss(await hub.as('narrowed'), position);
  });

  it('hears nothing of what happens afterwards, and not how fresh it is', async () => {
    const held = await hub.as('later');
    const position = await caughtUp(held);
    await end.removed('later');
    await deliverPage(adapter, pupils, [pupil(1, { elevnummer: { identifikatorverdi: '599999' } }), pupil(9)], {
      method: 'PATCH',
    });
    await deliverPage(adapter, pupils, [{ identifier: 'e-2', resource: null }], { method: 'DELETE' });
    try {
      const since = Date.now();
      const answer = await held.send('GET', changesAt(position));
      assert.equal(answer.status, 200);
      // Positions are drawn, and may hold any few letters.
      assert.doesNotMatch(answer.text, /599999|[/"]e-9"/);
      assert.equal(answer.headers['hub-data-as-of'], undefined);
      assert.equal(answer.headers['hub-source'], undefined);
      const feed = JSON.parse(answer.text) as Feed;
      assert.deepEqual(kinds(feed), allLost);
      assert.ok(
        feed['_entries'].every(({ at }) => at >= since),
        'all at the time of the answer',
      );
      await isToldItsLoss(held, position);
    } finally {
      await deliverPage(adapter, pupils, several(4, pupil), { method: 'PATCH' });
      await deliverPage(adapter, pupils, [{ identifier: 'e-9', resource: null }], { method: 'DELETE' });
    }
  });

  it('finds nothing at any other address, as one who has a grant for something else', async () => {
    const gone = await hub.as('writer');
    const position = await caughtUp(gone);
    const location = (
      await gone.send('POST', `/${pupils}`, { headers: json, body: JSON.stringify(pupil(20).resource) })
    ).headers['location'];
    assert.ok(typeof location === 'string');
    await end.removed('writer');
    const stranger = await hub.as('other');
    const nothing = await stranger.send('GET', '/utdanning/elev/finnesikke');
    const body = JSON.stringify(pupil(1).resource);
    const cases: readonly (readonly [string, string, Readonly<Record<string, string>>?, string?])[] = [
      ['GET', `/${pupils}`],
      ['HEAD', `/${pupils}`],
      ['GET', `/${pupils}/systemid/e-1`],
      ['GET', `/${pupils}/systemid/e-1`, { prefer: 'respond-async' }],
      ['GET', `/${pupils}`, { prefer: 'respond-async' }],
      ['GET', `/${pupils}/last-updated`],
      ['GET', `/${pupils}/cache/size`],
      ['POST', `/${pupils}/$query`, { 'content-type': 'text/plain' }, "systemId/identifikatorverdi eq 'e-1'"],
      ['GET', `/${pupils}/changes`],
      ['GET', `/${pupils}/changes?after=x`],
      ['GET', `/utdanning/elev/person/changes?after=${encodeURIComponent(position)}`],
      ['POST', `/${pupils}`, json, body],
      ['POST', `/${pupils}?validate=true`, json, body],
      ['PUT', `/${pupils}/systemid/e-1`, json, body],
      ['DELETE', `/${pupils}/systemid/e-1`],
      ['GET', location.replace(hub.url, '')],
      ['GET', '/utdanning/elev'],
      ['GET', '/utdanning/elev/admin/health'],
      ['GET', '/utdanning/elev/admin/cache/status'],
      ['GET', '/provider/status'],
      ['GET', '/provider/event/utdanning'],
      ['GET', '/provider/sync'],
      ['GET', `/provider/rejections/${pupils}`],
      ['POST', `/provider/${pupils}`, json, '{}'],
      ['GET', '/admin/grants'],
    ];
    for (const [method, target, headers = {}, text] of cases) {
      const sent = { headers, ...(text === undefined ? {} : { body: text }) };
      const [mine, theirs] = [await gone.send(method, target, sent), await stranger.send(method, target, sent)];
      const where = `${method} ${target}`;
      assert.deepEqual([mine.status, textOf(mine)], [theirs.status, textOf(theirs)], where);
      if (target.startsWith('/utdanning') && !target.includes('/status/')) {
        assert.equal(mine.status, 404, where);
        if (method !== 'HEAD') assert.equal(textOf(mine), textOf(nothing), where);
      }
      assert.ok(mine.status >= 400 || mine.text === '{"runs":[]}', `${where} ${mine.text}`);
    }
    await isToldItsLoss(gone, position);
  });

  it('has a token for no other organisation, and a position for no other application', async () => {
    const held = await hub.as('supplier');
    const position = await caughtUp(held);
    await end.removed('supplier');
    const unknown = await asked('supplier', '&organisation=finnesikke.test');
    const neighbour = await asked('supplier', '&organisation=nabo.test');
    assert.deepEqual([refusal(unknown), refusal(neighbour)], [invalidTarget, invalidTarget]);
    assert.equal(neighbour.text, unknown.text);
    assert.equal((await held.send('GET', changesAt(position), { headers: { 'x-org-id': 'nabo.test' } })).status, 403);
    for (const id of ['other', 'neighbour'])
      assert.notEqual((await (await hub.as(id)).send('GET', changesAt(position))).status, 200, id);

    // A grant of another organisation is what a token is for, unless the one that has ended is named.
    const elsewhere: Grant = { ...(await grantOf('neighbour')), id: 'supplier-nabo', application: 'supplier' };
    await hub.platform.putGrant(elsewhere);
    const { id, secret } = hub.credentials.get('supplier') ?? { id: '', secret: '' };
    const usual = callerOf(hub.url, await tokenFor(hub.url, id, secret));
    assert.notEqual((await usual.send('GET', changesAt(position))).status, 200);
    assert.equal((await usual.send('GET', `/${pupils}/changes`)).status, 200);
    await isToldItsLoss(callerOf(hub.url, await tokenFor(hub.url, id, secret, '&organisation=fjord.test')), position);
    await hub.platform.removeGrant('supplier-nabo');
    const either = await asked('supplier');
    assert.deepEqual(refusal(either), [400, 'invalid_request']);
    assert.match(either.text, /fjord\.test, nabo\.test/);
  });

  it('is nobody after 60 days', async () => {
    for (const id of ['long-ago', 'long-over']) {
      const held = await hub.as(id);
      const position = await caughtUp(held);
      const grant = await grantOf(id);
      const day = Date.now() - followLifeMs;
      const leave = (at: number): Promise<void> =>
        age(
          id === 'long-ago'
            ? `UPDATE ended_follow SET at = ${at} WHERE application = '${id}'`
            : `UPDATE access_grant SET created_at = ${at - anHour}, rule = ${beneath.withMember('rule', 'to', at)} WHERE id = '${grant.id}'`,
        );
      if (id === 'long-ago') await end.removed(id);
      await leave(day + anHour);
      await isToldItsLoss(held, position);
      assert.equal((await asked(id)).status, 200);
      await leave(day);
      assert.equal((await held.send('GET', changesAt(position))).status, 401, id);
      assert.equal((await records(id)).at(-1)?.decision, 'deny');
      assert.deepEqual(refusal(await asked(id)), invalidTarget);
      assert.deepEqual(refusal(await asked(id, '&organisation=fjord.test')), invalidTarget);
    }
  });

  it('gains everything again when it is given a grant anew', async () => {
    const held = await hub.as('back');
    const position = await caughtUp(held);
    const grant = await grantOf('back');
    await end.removed('back');
    const rest = await isToldItsLoss(held, position);
    await hub.platform.putGrant({ ...grant, id: 'back-again', createdAt: Date.now() });
    const gained = await heard(held, rest);
    assert.deepEqual(
      kinds(gained).filter((kind) => kind.startsWith('access')),
      Array.from({ length: 4 }, () => 'access-gained+'),
    );
    assert.equal((await held.send('GET', `/${pupils}`)).status, 200);
    await hub.platform.removeGrant('back-again');
    await isToldItsLoss(held, gained.next);
  });

  it('is refused as ever when it is disabled, of another environment, no client, or could never follow', async () => {
    for (const [id, change] of [
      ['stopped', { disabled: true }],
      ['elsewhere', { environment: 'production' }],
    ] as const) {
      const held = await hub.as(id);
      const position = await caughtUp(held);
      await end.removed(id);
      const application = await hub.platform.application(id);
      assert.ok(application);
      await hub.platform.putApplication({ ...application, ...change });
      assert.equal((await held.send('GET', changesAt(position))).status, 401, id);
      assert.deepEqual(refusal(await asked(id)), [401, 'invalid_client'], id);
      await hub.platform.putApplication(application);
      await isToldItsLoss(held, position);
    }
    for (const id of ['reader', 'leaving']) {
      const held = await hub.as(id);
      const address = id === 'leaving' ? '/provider/status' : `/${pupils}`;
      assert.equal((await held.send('GET', address)).status, 200);
      await end.removed(id);
      for (const target of [address, changesAt('x')]) assert.equal((await held.send('GET', target)).status, 401, id);
      assert.deepEqual(refusal(await asked(id)), invalidTarget, id);
    }
    assert.deepEqual(refusal(await asked('coming')), invalidTarget);
    await end.removed('coming');
    assert.deepEqual(refusal(await asked('coming')), invalidTarget);
  });
});
