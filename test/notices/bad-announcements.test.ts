// Announcements and subscriptions that may not be: without texts or replacement, about parts that are not there, too early, for addresses that lead inwards, with headers
// of their own. Nothing of what is refused is kept, and each bound holds on both sides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { announcedWorld, chief, draft } from './announced-world.ts';

const without = (name: string): object =>
  Object.fromEntries(Object.entries(draft).filter(([member]) => member !== name));

test('announcements that break a rule are refused with every finding, and tell nobody', async (context) => {
  const { ask, bench, notices, carried, clock } = await announcedWorld(context);
  const words = { nb: 'x', en: 'x' };
  const long = 'x'.repeat(limits.changeTextLength + 1);
  const many = Array.from({ length: limits.changeParts + 1 }, (_, index) => `*${index}`);
  for (const [body, at, message] of [
    [without('replacement'), ['/replacement'], /withoutReplacement/],
    [{ ...draft, replacement: null }, ['/replacement'], /./],
    [{ ...draft, withoutReplacement: words }, ['/withoutReplacement'], /there is one/],
    [without('migration'), ['/migration'], /./],
    [{ ...draft, text: { nb: 'Bare bokmål' } }, ['/text/en'], /./],
    [{ ...draft, text: { en: 'English only', nb: '  ' } }, ['/text/nb'], /./],
    [{ ...draft, text: 'x' }, ['/text', '/text/nb', '/text/en'], /./],
    [{ ...draft, text: { nb: long, en: 'x' } }, ['/text/nb'], /4000/],
    [{ ...draft, text: { nb: 'a\u0000b', en: 'x' } }, ['/text/nb'], /./],
    [{ ...draft, text: { nb: 'a\u001bb', en: 'x' } }, ['/text/nb'], /./],
    [{ ...draft, coordinates: [] }, ['/coordinates'], /1 to 200/],
    [
      { ...draft, coordinates: ['GET /utdanning/elev/elevv'] },
      ['/coordinates/0'],
      /did you mean 'GET \/utdanning\/elev\/elev'/,
    ],
    [{ ...draft, coordinates: many }, ['/coordinates'], /1 to 200/],
    [{ ...draft, api: 'fimt' }, ['/api'], /did you mean 'fint'/],
    [{ ...draft, kind: 'nasty' }, ['/kind'], /breaking/],
    [{ ...draft, id: 'Has Capitals' }, ['/id'], /./],
    [{ ...draft, id: `a${'b'.repeat(80)}` }, ['/id'], /80/],
    // Announced while version 0 is current, it may come with version 2, and on no other day.
    [{ ...draft, planned: { release: 1 } }, ['/planned'], /2028-03-30T22:00:00Z/],
    [{ ...draft, planned: { at: '2027-12-24' } }, ['/planned'], /2028-03-30T22:00:00Z/],
    [{ ...draft, planned: { at: '2028-04-01' } }, ['/planned'], /main version/],
    [{ ...draft, planned: { at: '2028-02-30' } }, ['/planned'], /./],
    [{ ...draft, planned: { release: -1 } }, ['/planned'], /./],
    [{ ...draft, planned: { release: 2, at: '2028-03-31' } }, ['/planned'], /./],
    [without('planned'), ['/planned'], /./],
    [
      { ...draft, coordinates: ['GET /utdanning/elev/elev?size'], planned: { at: '2026-12-01' } },
      ['/planned'],
      /2026-12-06T11:00:00Z/,
    ],
    [{ ...draft, emergency: { reason: 'A leak', approver: 'tester' } }, ['/emergency/approver'], /another/],
    [{ ...draft, emergency: { reason: 'A leak', approver: 'CLI:Tester' } }, ['/emergency/approver'], /another/],
    [{ ...draft, emergency: { approver: 'The director' } }, ['/emergency/reason'], /./],
    [{ ...draft, emergency: { reason: 'A leak' } }, ['/emergency/approver'], /./],
    [
      {
        ...draft,
        kind: 'dangerous',
        emergency: { reason: 'A leak', approver: 'The director' },
        planned: { release: 2 },
      },
      ['/emergency'],
      /./,
    ],
    [{ ...draft, surprise: true }, ['/surprise'], /./],
  ] as const) {
    const answer = await ask('POST', '/admin/changes', body);
    assert.equal(answer.code, 'HUB-103', JSON.stringify(body));
    const found = answer.errors.map((one) => one.at);
    for (const one of at) assert.ok(found.includes(one), `${JSON.stringify(body)}: ${JSON.stringify(answer.errors)}`);
    assert.match(answer.detail, message);
  }
  await notices.round();
  assert.equal(carried.length, 0);
  assert.deepEqual(await bench.platform.registerEntries({ kind: 'change' }), []);
  assert.deepEqual(await bench.platform.registerEntries({ kind: 'notice' }), []);

  // On the other side of each bound.
  const right = {
    ...draft,
    text: { nb: long.slice(1), en: 'x' },
    id: `a${'b'.repeat(79)}`,
    planned: { at: '2028-03-31' },
  };
  assert.equal((await ask('POST', '/admin/changes', right)).status, 201);
  const beta = { ...draft, coordinates: ['GET /utdanning/elev/elev?size'] };
  assert.equal(
    (await ask('POST', '/admin/changes', { ...beta, id: 'beta', planned: { at: '2026-12-06T11:00:00Z' } })).status,
    201,
  );
  const none = { ...draft, replacement: null, withoutReplacement: { nb: 'Ingen bruker det.', en: 'Nobody uses it.' } };
  assert.equal((await ask('POST', '/admin/changes', { ...none, id: 'none' })).status, 201);
  const free = { ...draft, coordinates: ['GET /utdanning/elev/fravar'], planned: { at: '2026-11-23' } };
  assert.equal((await ask('POST', '/admin/changes', { ...free, id: 'experimental' })).status, 201);
  // Twice the same name is refused, and so is what is no change.
  assert.equal((await ask('POST', '/admin/changes', { ...none, id: 'none' })).code, 'HUB-409');
  assert.equal((await ask('POST', '/admin/changes/nonne/done')).code, 'HUB-204');
  // What is in beta is done after two weeks, to the second.
  clock.now = Date.parse('2026-12-06T10:59:59.999Z');
  assert.equal((await ask('POST', '/admin/changes/beta/done')).code, 'HUB-409');
  clock.now += 1;
  assert.equal((await ask('POST', '/admin/changes/beta/done')).value['breach'], false);
});

test('subscriptions for addresses that lead inwards, with headers of their own, or for others are refused', async (context) => {
  const { ask, bench } = await announcedWorld(context);
  const email = { kind: 'email', address: 'drift@vendor.no' };
  for (const [body, at] of [
    [{ channel: { kind: 'webhook', url: 'https://127.0.0.1/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'https://169.254.169.254/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'https://[::ffff:10.0.0.1]/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'https://[fd00::1]/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'https://a:b@hooks.vendor.no/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'http://hooks.vendor.no/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'http://localhost:8081/' } }, '/channel/url'],
    [{ channel: { kind: 'webhook' } }, '/channel/url'],
    [{ channel: { kind: 'webhook', url: 'https://hooks.vendor.no/', secret: 'whsec_x' } }, '/channel/secret'],
    [{ channel: { kind: 'email', address: 'drift@vendor.no\r\nBcc: all@vendor.no' } }, '/channel/address'],
    [{ channel: { kind: 'email', address: 'a@vendor.no, b@vendor.no' } }, '/channel/address'],
    [{ channel: { ...email, name: 'Drift\r\nBcc: all@vendor.no' } }, '/channel/name'],
    [{ channel: { ...email, name: 'x'.repeat(limits.mailHeaderLength + 1) } }, '/channel/name'],
    [{ channel: { ...email, url: 'https://hooks.vendor.no/' } }, '/channel/url'],
    [{ channel: { kind: 'pigeon' } }, '/channel/kind'],
    [{ channel: null }, '/channel'],
    [{}, '/channel'],
    [{ channel: email, digest: 'hourly' }, '/digest'],
    [{ channel: email, apis: ['fimt'] }, '/apis'],
    [{ channel: email, apis: [] }, '/apis'],
    [{ channel: email, statuses: ['firm'] }, '/statuses'],
    [{ channel: email, topics: [] }, '/topics'],
    // Somebody else's application.
    [{ channel: email, application: 'library' }, '/application'],
  ] as const) {
    const answer = await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', ...body });
    assert.equal(answer.code, 'HUB-103', JSON.stringify(body));
    assert.ok(
      answer.errors.some((one) => one.at === at),
      JSON.stringify([body, answer.errors]),
    );
  }
  const actor = { ...chief, organisation: 'other.test', scopes: ['admin.write'] };
  assert.equal(
    (await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email }, actor)).code,
    'HUB-204',
  );
  assert.deepEqual(await bench.platform.registerEntries({ kind: 'subscription' }), []);

  // A secret is shown once, and to nobody after that.
  const made = await ask('POST', '/admin/subscriptions', {
    organisation: 'vendor.test',
    channel: { kind: 'webhook', url: 'https://hooks.vendor.no/' },
  });
  assert.match(String(made.value['secret']), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal(JSON.stringify((await ask('GET', '/admin/subscriptions')).value).includes('whsec_'), false);
  assert.equal(JSON.stringify(await bench.platform.platformAudit(10)).includes('whsec_'), false);

  for (let count = 1; count < limits.subscriptionsPerOrganisation; count += 1)
    assert.equal(
      (await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email })).status,
      201,
    );
  assert.equal(
    (await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email })).code,
    'HUB-409',
  );
  assert.equal((await ask('POST', '/admin/subscriptions', { organisation: 'other.test', channel: email })).status, 201);
});
