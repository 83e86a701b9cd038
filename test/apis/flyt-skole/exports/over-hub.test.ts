// Exports on a whole hub with the municipality of the sandbox: what is in a file for whom, what is refused, what is held and who lets it out, what
// happens when several are asked for at once, and what is on record.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { hashSecret } from '#auth/secrets.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import { tenantUuid } from '#hub/principal.ts';
import { callerOf, tokenFor, type Answer, type Caller } from '../../../e2e/caller.ts';
import { temporaryPlace } from '../../../e2e/place.ts';
import { prefix, startVfsWorld, valueOf, type VfsWorld } from '../vfs-world.ts';

type Item = Readonly<Record<string, unknown>>;

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Caller;
let admin: Caller;

const administrator = async (id: string): Promise<Caller> => {
  const secret = 'known-to-this-test-alone';
  await world.hub.platform.putApplication({
    id,
    name: id,
    kind: 'admin',
    owner: world.organisation,
    describe: '',
    environment: 'sandbox',
    secrets: [{ id: '1', hash: await hashSecret(secret, systemRandom), createdAt: 1, expiresAt: null }],
    jwks: null,
    scopes: ['admin.read', 'admin.write'],
    disabled: false,
    createdAt: 1,
  });
  return callerOf(world.hub.url, await tokenFor(world.hub.url, id, secret));
};

before(
  async () => {
    world = await startVfsWorld(place, ['lms'], ['school', 'bare', 'guarded', 'crowd', 'cleared']);
    await world.link('bare', { scopes: ['vfs:lmsexport'] });
    await world.link('school', { schools: ['SK99201'] });
    await world.link('guarded');
    await world.link('crowd');
    await world.link('cleared', { clearance: 3 });
    lms = await world.as('lms');
    admin = await administrator('owner');
  },
  { timeout: 180_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const json = (body: object) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const order = (caller: Caller, body: object): Promise<Answer> =>
  caller.send('POST', `${prefix}/lms-exports`, json(body));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const tokenOf = async (id: string): Promise<string> => {
  const { secret } = world.hub.credentials.get(id) ?? { secret: '' };
  return tokenFor(world.hub.url, id, secret, `&tenant_id=${tenantUuid(world.organisation)}`);
};

/** The report of a run once it is over. */
const over = async (caller: Caller, id: string): Promise<Item> => {
  for (;;) {
    const report = valueOf(await caller.send('GET', `${prefix}/lms-exports/${id}`));
    if (report['state'] !== 'queued' && report['state'] !== 'running') return report;
    await pause(40);
  }
};
const made = async (caller: Caller, body: object): Promise<Item> =>
  over(caller, String(valueOf(await order(caller, body), 202)['id']));

const fileOf = async (caller: Caller, { id }: Item): Promise<string> => {
  const answer = await caller.send('GET', `${prefix}/lms-exports/${String(id)}/content`);
  assert.equal(answer.status, 200, answer.text.slice(0, 400));
  return answer.text;
};
const ready = async (caller: Caller, body: object): Promise<{ readonly report: Item; readonly file: string }> => {
  const report = await made(caller, body);
  assert.equal(report['state'], 'ready', JSON.stringify(report['reason']));
  return { report, file: await fileOf(caller, report) };
};
const stream = (caller: Caller, query: string): Promise<Answer> => caller.send('GET', `${prefix}/lms-export?${query}`);

const problem = (answer: Answer, status: number, code: string): Item => {
  assert.equal(answer.status, status, answer.text.slice(0, 400));
  const value = JSON.parse(answer.text) as Item;
  assert.equal(value['code'], code, answer.text);
  return value;
};
const wrongIn = (answer: Answer): readonly string[] =>
  (problem(answer, 400, 'HUB-103')['errors'] as readonly { readonly at: string }[]).map(({ at }) => at);

const everyPage = async (caller: Caller, address: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  for (let target: string | null = `${prefix}${address}`; target !== null;) {
    const answer: Answer = await caller.send('GET', target);
    items.push(...(valueOf(answer)['items'] as readonly Item[]));
    target = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1] ?? null;
  }
  return items;
};
const personsIn = (file: string): readonly string[] =>
  [...file.matchAll(/<person[^>]*><sourcedid[^>]*><source>[^<]*<\/source><id>([^<]+)<\/id>/g)].map(([, id = '']) => id);

describe('a file', () => {
  it('holds the pupils that the API shows, by the same ids', async () => {
    const { report, file } = await ready(lms, { format: 'pifu' });
    const inFile = new Set(personsIn(file));
    const pupils = await everyPage(lms, '/pupils?limit=500&fields=id');
    assert.ok(pupils.length > 250);
    assert.deepEqual(
      pupils.map(({ id }) => String(id)).filter((id) => !inFile.has(id)),
      [],
    );
    assert.equal((report['exported'] as Item)['pupils'], pupils.length);
    assert.equal(report['sha256'], createHash('sha256').update(file).digest('hex'));
    assert.equal(report['bytes'], Buffer.byteLength(file));
    const told = valueOf(await lms.send('GET', `${prefix}/lms-exports/${String(report['id'])}`));
    assert.deepEqual(
      (told['fetched'] as readonly Item[]).map(({ by, whole }) => [by, whole]),
      [['lms', true]],
    );
  });

  it('is the same streamed as fetched, and says where its run is', async () => {
    const streamed = await stream(lms, 'format=ims');
    assert.equal(streamed.status, 200);
    const address = String(streamed.headers['location']);
    const fetched = await lms.send('GET', `${address}/content`);
    assert.equal(fetched.text, streamed.text);
    assert.equal(valueOf(await lms.send('GET', address))['trigger'], 'stream');
  });

  it('holds what the scopes of the link open, and nothing else', async () => {
    const bare = await world.as('bare', ['vfsapi:lmsexport']);
    for (const format of ['pifu', 'ims', 'abc']) {
      const { file, report } = await ready(bare, { format });
      assert.doesNotMatch(file, /\b\d{11}\b/, `${format}: no national id`);
      assert.equal((report['exported'] as Item)['guardians'], 0, format);
    }
    const { file } = await ready(lms, { format: 'pifu' });
    assert.match(file, /useridtype="personNIN">\d{11}</);
    assert.match(file, /pifu_hasContactPerson/);
    for (const word of ['password', 'pwencryptiontype']) assert.ok(!file.includes(word), word);
    const persons = file.split('\n').filter((line) => line.startsWith('<person'));
    assert.ok(persons.length > 500 && !persons.some((line) => line.includes('<adr>')), 'no address of anybody');
  });

  it('of some schools holds those, and no others can be asked for', async () => {
    const school = await world.as('school');
    const [own] = await everyPage(school, '/metadata/schools');
    const other = (await everyPage(lms, '/metadata/schools')).find(({ id }) => id !== own?.['id']);
    const { report } = await ready(school, { format: 'pifu' });
    assert.equal((report['exported'] as Item)['schools'], 1);
    const { report: same } = await ready(lms, { format: 'pifu', schoolIds: [String(own?.['id'])] });
    assert.equal((same['exported'] as Item)['pupils'], (report['exported'] as Item)['pupils']);
    for (const id of [String(other?.['id']), 'AAAAAAAAAAAAAAAAAAAAAA'])
      assert.deepEqual(wrongIn(await order(school, { format: 'pifu', schoolIds: [String(own?.['id']), id] })), [
        '/schoolIds/1',
      ]);
    assert.deepEqual(wrongIn(await stream(school, `format=pifu&schoolIds=${String(other?.['id'])}`)), ['schoolIds']);
  });
});

describe('protected persons', () => {
  const hidden = ['strictPupil', 'confidentialPupil', 'clientAddressPupil', 'confidentialTeacher'] as const;
  const numbersOf = (): readonly string[] => hidden.map((name) => world.world.known.protected[name].nationalId);

  it('are in no file and no report without clearance, and with it by name and group alone', async () => {
    const cleared = await world.as('cleared');
    const seen = new Set(personsIn((await ready(lms, { format: 'pifu' })).file));
    const { file, report } = await ready(cleared, { format: 'pifu' });
    const more = personsIn(file).filter((id) => !seen.has(id));
    assert.ok(more.length >= hidden.length, `${more.length} are seen with clearance alone`);
    for (const format of ['pifu', 'ims', 'abc']) {
      const told = await ready(lms, { format });
      const text = `${told.file}${JSON.stringify(told.report)}`;
      for (const id of more) assert.ok(!text.includes(id), format);
      for (const number of numbersOf()) assert.ok(!text.includes(number), format);
    }
    for (const id of more) {
      const line = file.split('\n').find((one) => one.startsWith('<person') && one.includes(`<id>${id}</id>`)) ?? '';
      assert.match(line, /<fn>/);
      assert.doesNotMatch(line, /<tel|<email|pifu_tel|pifu_email|<adr|hasContactPerson/);
    }
    assert.equal(report['state'], 'ready');
  });
});

describe('a delta', () => {
  it('holds what has changed since the file that was fetched, and its position goes on', async () => {
    const first = await ready(lms, { format: 'pifu', profile: 'pifu-ims-1.1' });
    const empty = await ready(lms, { format: 'pifu', profile: 'pifu-ims-1.1', type: 'delta' });
    assert.deepEqual(personsIn(empty.file), []);
    const [group] = await everyPage(lms, '/groups?type=class&active=true&limit=1');
    const patched = await lms.send('PATCH', `${prefix}/groups/${String(group?.['id'])}`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ name: 'Fjellklassen' }),
    });
    assert.equal(patched.status, 200, patched.text);
    const changed = await stream(
      lms,
      `format=pifu&profile=pifu-ims-1.1&type=delta&since=${String(first.report['position'])}`,
    );
    assert.equal(changed.status, 200, changed.text.slice(0, 400));
    assert.match(changed.text, /<group recstatus="2">.*Fjellklassen/);
    assert.equal(changed.text.match(/<group /g)?.length, 1);
    assert.deepEqual(personsIn(changed.text), []);
    const later = valueOf(await lms.send('GET', String(changed.headers['location'])));
    const none = await stream(lms, `format=pifu&profile=pifu-ims-1.1&type=delta&since=${String(later['position'])}`);
    assert.ok(!none.text.includes('Fjellklassen'));
  });

  it('since what nobody has told, or of another kind, is refused with what to do', async () => {
    problem(await order(lms, { format: 'pifu', type: 'delta', since: 'bm90LWEtcG9zaXRpb24' }), 410, 'HUB-419');
    assert.deepEqual(wrongIn(await stream(lms, 'format=ims&profile=ims-1.1-legacy-nin&type=delta')), ['profile']);
    problem(await stream(lms, 'format=ims&profile=ims-1.1-itslearning&type=delta'), 410, 'HUB-419');
    const { report } = await ready(lms, { format: 'pifu', profile: 'pifu-ims-1.2' });
    assert.deepEqual(
      wrongIn(await order(lms, { format: 'pifu', profile: 'pifu-ims-1.3', type: 'delta', since: report['position'] })),
      ['/since'],
    );
    problem(
      await order(await world.as('crowd'), {
        format: 'pifu',
        profile: 'pifu-ims-1.2',
        type: 'delta',
        since: report['position'],
      }),
      410,
      'HUB-419',
    );
  });

  it('of what knows none, and other orders that make no sense, are refused by name', async () => {
    for (const [body, at] of [
      [{ format: 'abc', type: 'delta' }, ['/type']],
      [{ format: 'pifu', profile: 'ims-1.1' }, ['/profile']],
      [{ format: 'ims', profile: 'ims-1.0' }, ['/profile']],
      [{ format: 'csv' }, ['/format']],
      [{ format: 'pifu', since: 'abc' }, ['/since']],
      [{ format: 'pifu', schoolYear: '2026/2028' }, ['/schoolYear']],
      [{ format: 'pifu', everything: true }, ['/everything']],
    ] as const)
      assert.deepEqual(wrongIn(await order(lms, body)), at, JSON.stringify(body));
  });
});

describe('the guard', () => {
  it('holds what would take away much until the owner lets it out, and breaks a stream off', async () => {
    const guarded = await world.as('guarded');
    await ready(guarded, { format: 'pifu' });
    await world.link('guarded', { schools: ['SK99201'] });
    const held = await made(guarded, { format: 'pifu' });
    assert.equal(held['state'], 'held');
    const id = String(held['id']);
    problem(await guarded.send('GET', `${prefix}/lms-exports/${id}/content`), 409, 'HUB-420');
    await assert.rejects(
      stream(guarded, 'format=pifu').then((answer) => {
        // Held before its first byte: then it is said instead.
        problem(answer, 409, 'HUB-420');
        throw new Error('refused');
      }),
    );
    const base = `/admin/organisations/${world.organisation}/exports`;
    const runs = valueOf(await admin.send('GET', `${base}?state=held&application=guarded`))['items'] as readonly Item[];
    assert.ok(runs.some((run) => run['id'] === id));
    assert.equal((await admin.send('POST', `${base}/${id}/confirm`, json({}))).status, 400);
    valueOf(await admin.send('POST', `${base}/${id}/confirm`, json({ reason: 'Only one school uses it now' })));
    const confirmed = await over(guarded, id);
    assert.deepEqual([confirmed['state'], confirmed['confirmedBy']], ['ready', 'owner']);
    assert.match(await fileOf(guarded, confirmed), /<group/);
    // The owner sees what was given, and does not get the file.
    assert.equal((await admin.send('GET', `${prefix}/lms-exports/${id}/content`)).status, 403);
    assert.equal((await lms.send('GET', `${prefix}/lms-exports/${id}`)).status, 404);
  });

  it('holds nothing of a first file, and what is rejected is never given out', async () => {
    const guarded = await world.as('guarded');
    await world.link('guarded');
    await ready(guarded, { format: 'ims' });
    await world.link('guarded', { schools: ['SK99204'] });
    const held = await made(guarded, { format: 'ims' });
    assert.equal(held['state'], 'held');
    const path = `${prefix}/lms-exports/${String(held['id'])}`;
    const rejected = valueOf(
      await guarded.send('POST', `${path}/reject`, json({ reason: 'Half of them are missing' })),
    );
    assert.equal(rejected['state'], 'rejected');
    assert.equal((await guarded.send('GET', `${path}/content`)).status, 409);
    problem(await guarded.send('POST', `${path}/confirm`, json({ reason: 'After all' })), 409, 'HUB-409');
  });
});

describe('several at once', () => {
  it('are made one after the other, and one too many is told to wait', async () => {
    const crowd = await world.as('crowd');
    const answers = await Promise.all(
      Array.from({ length: limits.exportsPerApplication + 3 }, () => order(crowd, { format: 'pifu' })),
    );
    const taken = answers.filter(({ status }) => status === 202);
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      problem(answer, 429, 'HUB-107');
      assert.ok(Number(answer.headers['retry-after']) > 0);
    }
    assert.ok(taken.length >= limits.exportsPerApplication - 1);
    for (const answer of taken) assert.equal((await over(crowd, String(valueOf(answer, 202)['id'])))['state'], 'ready');
    const items = valueOf(await crowd.send('GET', `${prefix}/lms-exports?limit=200`))['items'] as readonly Item[];
    assert.deepEqual(
      items.map(({ id }) => String(id)).toSorted(),
      taken.map((one) => String(valueOf(one, 202)['id'])).toSorted(),
    );
  });

  it('with one key are one', async () => {
    const crowd = await world.as('crowd');
    const once = (body: object): Promise<Answer> => {
      const sent = json(body);
      return crowd.send('POST', `${prefix}/lms-exports`, {
        ...sent,
        headers: { ...sent.headers, 'idempotency-key': 'tonight' },
      });
    };
    const all = await Promise.all([1, 2, 3].map(() => once({ format: 'abc' })));
    assert.equal(new Set(all.map((answer) => String(valueOf(answer, 202)['id']))).size, 1);
    problem(await once({ format: 'pifu' }), 422, 'HUB-413');
    await over(crowd, String(valueOf(await once({ format: 'abc' }), 202)['id']));
  });
});

/** The run of the stream that the crowd has asked for last, once it is ready. */
const finished = async (caller: Caller, earlier: number): Promise<Item> => {
  for (;;) {
    const answer = await caller.send('GET', `${prefix}/lms-exports?limit=200`);
    const streams = (valueOf(answer)['items'] as readonly Item[]).filter(({ trigger }) => trigger === 'stream');
    if (streams.length > earlier && streams[0]?.['state'] === 'ready') return streams[0];
    await pause(40);
  }
};

describe('a reader that stops', () => {
  it('or leaves does not stop the run', { timeout: 60_000 }, async () => {
    const crowd = await world.as('crowd');
    const token = await tokenOf('crowd');
    for (const [earlier, leaves] of [false, true].entries()) {
      const { hostname, port } = new URL(world.hub.url);
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.pause();
      socket.write(
        `GET ${prefix}/lms-export?format=pifu HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      if (leaves) {
        await pause(60);
        socket.destroy();
      }
      const run = await finished(crowd, earlier);
      assert.match(await fileOf(crowd, run), /<\/enterprise>\s*$/);
      socket.destroy();
    }
  });
});

describe('what is set for an application', () => {
  it('is what it gets when it asks for nothing else', async () => {
    const base = `/admin/organisations/${world.organisation}/export-settings`;
    const set = await admin.send(
      'PATCH',
      `${base}/bare`,
      json({ profiles: { pifu: 'pifu-ims-1.1' }, target: 'lms-1', source: 'flyt@tindvag' }),
    );
    assert.equal(set.status, 200, set.text);
    const { file, report } = await ready(await world.as('bare'), { format: 'pifu' });
    assert.equal(report['profile'], 'pifu-ims-1.1');
    assert.match(file, /pifu-ims_sas-1\.1"/);
    assert.match(file, /<datasource>flyt@tindvag<\/datasource><target>lms-1<\/target>/);
    assert.equal((await admin.send('GET', `${base}/nobody`)).status, 404);
  });
});

describe('the record', () => {
  it('tells who asked, who fetched, who decided and who was refused', async () => {
    const search = await admin.send(
      'POST',
      `/admin/organisations/${world.organisation}/audit/search`,
      json({ limit: 1_000 }),
    );
    const records = valueOf(search)['items'] as readonly Item[];
    const operations = new Set(records.map(({ operation }) => String(operation)));
    for (const name of ['export-start', 'export-fetch', 'export-stream', 'export-confirm', 'export-reject'])
      assert.ok(operations.has(name), `${name} in ${[...operations].join(', ')}`);
    assert.ok(records.some(({ decision, client }) => decision === 'deny' && client === 'guarded'));
    assert.doesNotMatch(JSON.stringify(records), /\b\d{11}\b/);
  });
});
