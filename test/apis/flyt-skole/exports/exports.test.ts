// Exports as clients ask for them, over a server and runs in memory: what is asked for, what is told of a run, how a file is sent, and what is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exclusionCodes, dropCodes, exportProfiles } from '#apis/flyt-skole/exports/ports.ts';
import { exportOperations } from '#apis/flyt-skole/exports/operations.ts';
import { readRange } from '#apis/flyt-skole/exports/content.ts';
import { reportText } from '#apis/flyt-skole/exports/report-text.ts';
import { createChecks } from '#apis/flyt-skole/body-check.ts';
import { schemaRef } from '#mappings/mapping-schema.ts';
import { systemClock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { defaultProfiles } from '#exports/export.ts';
import { rosterProfiles, type DropCode, type ExclusionCode } from '#formats/roster.ts';
import { root } from '../../../model/models.ts';
import type { ToyServer } from '../../../http/toy.ts';
import { exportDeps, exportServer } from './export-server.ts';
import { fakeExports, pieces, reportOf } from './fake-exports.ts';

type Problem = {
  readonly code: string;
  readonly errors?: readonly { readonly at: string; readonly message: string }[];
};

// Letters of more than one byte, so that bytes and letters are not taken for each other.
const file = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?><enterprise>${'<person>Åse Ærø 🎈</person>\n'.repeat(40)}</enterprise>`,
);
const sha256 = createHash('sha256').update(file).digest('hex');

const exports = fakeExports();
let server: ToyServer;
let url: string;

before(async () => {
  server = exportServer(exports, { stalledReaderMs: 200 });
  url = await server.listen();
});
after(() => server.close());

const send = (
  method: string,
  address: string,
  {
    body,
    headers = {},
    client = 'toy-client',
    scopes = 'vfs:lmsexport',
  }: {
    body?: unknown;
    headers?: Record<string, string>;
    client?: string;
    scopes?: string;
  } = {},
): Promise<Response> =>
  fetch(`${url}/vfs/v1${address}`, {
    method,
    headers: {
      authorization: `Bearer ${client} ${scopes}`,
      'accept-encoding': 'identity',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const refused = async (answer: Promise<Response>, status: number, code: string): Promise<Problem> => {
  const got = await answer;
  const text = await got.text();
  assert.equal(got.status, status, text);
  const value = JSON.parse(text) as Problem;
  assert.equal(value.code, code, text);
  return value;
};

/** `member: message` of everything that is wrong with an order. */
const wrongWith = async (body: unknown): Promise<readonly string[]> => {
  const { errors = [] } = await refused(send('POST', '/lms-exports', { body }), 400, 'HUB-103');
  return errors.map(({ at, message }) => `${at} ${message}`);
};

const known = (code: ExclusionCode): (typeof exclusionCodes)[number] => code;
const kept = (code: DropCode): (typeof dropCodes)[number] => code;

describe('the names that this API has for exports', () => {
  it('are those of exports themselves', () => {
    assert.deepEqual([...exportProfiles].toSorted(), [...rosterProfiles].toSorted());
    assert.deepEqual(
      Object.values(defaultProfiles).filter((name) => !exportProfiles.includes(name)),
      [],
    );
    const page = readFileSync(join(root, 'docs/how-to/lms-exports.md'), 'utf8');
    assert.deepEqual(
      [...exclusionCodes, ...dropCodes, ...exportProfiles].filter((name) => !page.includes(`\`${name}\``)),
      [],
      'the page for developers names each',
    );
    // Held by the compiler: each list knows every code of the other.
    const excluded: readonly ExclusionCode[] = exclusionCodes;
    const dropped: readonly DropCode[] = dropCodes;
    assert.deepEqual(excluded.map(known), excluded);
    assert.deepEqual(dropped.map(kept), dropped);
  });
});

const schools = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `school-${at + 10}`);

describe('an order', () => {
  it('is taken with 202, an address and the report so far', async () => {
    const answer = await send('POST', '/lms-exports', {
      body: {
        format: 'ims',
        profile: 'ims-1.1-moodle',
        type: 'delta',
        since: 'abc',
        schoolIds: ['school-1', 'school-2'],
        schoolYear: '2026/2027',
      },
    });
    assert.equal(answer.status, 202);
    const report = (await answer.json()) as { readonly id: string; readonly state: string };
    assert.equal(answer.headers.get('location'), `https://hub.example/vfs/v1/lms-exports/${report.id}`);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.equal(report.state, 'queued');
    const [last] = exports.asked.slice(-1);
    assert.deepEqual(last?.asked, {
      format: 'ims',
      profile: 'ims-1.1-moodle',
      type: 'delta',
      since: 'abc',
      schools: ['school-1', 'school-2'],
      schoolYear: '2026/2027',
    });
    assert.equal(last?.trigger, 'request');
    assert.equal(last?.caller.principal.client, 'toy-client');
  });

  it('is made once for one key', async () => {
    const once = (): Promise<Response> =>
      send('POST', '/lms-exports', { body: { format: 'abc' }, headers: { 'idempotency-key': 'night-1' } });
    const [one, other] = [await (await once()).json(), await (await once()).json()] as { readonly id: string }[];
    assert.equal(one?.id, other?.id);
    await refused(
      send('POST', '/lms-exports', {
        body: { format: 'abc' },
        headers: { 'idempotency-key': 'å'.normalize('NFD').replace('a', 'x'.repeat(500)).slice(0, 400) },
      }),
      400,
      'HUB-103',
    );
  });

  it('says what is wrong with it, each by its name', async () => {
    assert.deepEqual(await wrongWith({}), ['/format has to be given']);
    assert.deepEqual(await wrongWith({ format: 'csv' }), ['/format must be one of pifu, ims, abc']);
    assert.deepEqual(await wrongWith({ format: 'pifu', profile: 'ims-1.1' }), ['/profile is of another format']);
    assert.match(
      (await wrongWith({ format: 'pifu', profile: 'pifu-ims-0.9' }))[0] ?? '',
      /^\/profile must be one of pifu-ims-1\.3/,
    );
    assert.deepEqual(await wrongWith({ format: 'pifu', schoolIds: ['school-1', 'nothing'] }), [
      '/schoolIds/1 is no school',
    ]);
    assert.match(
      (await wrongWith({ format: 'pifu', schoolYear: '2026' }))[0] ?? '',
      /^\/schoolYear must match pattern/,
    );
    assert.match((await wrongWith({ format: 'pifu', since: 'a b' }))[0] ?? '', /^\/since must match pattern/);
    assert.deepEqual(await wrongWith({ format: 'pifu', type: 'event' }), ['/type must be one of full, delta']);
    assert.equal((await wrongWith({ format: 'pifu', schoolIds: [] })).length, 1);
    assert.deepEqual(await wrongWith({ format: 'pifu', schools: ['school-1'] }), ['/schools is not known here']);
  });

  it('takes as many schools as are allowed, and no more', async () => {
    const taken = await send('POST', '/lms-exports', {
      body: { format: 'pifu', schoolIds: schools(limits.exportSchools) },
    });
    assert.equal(taken.status, 202);
    const [more] = await wrongWith({ format: 'pifu', schoolIds: schools(limits.exportSchools + 1) });
    assert.match(more ?? '', /^\/schoolIds must NOT have more than/);
  });

  it('of a delta since what has expired is gone for good', async () => {
    await refused(
      send('POST', '/lms-exports', { body: { format: 'pifu', type: 'delta', since: 'expired' } }),
      410,
      'HUB-419',
    );
  });

  it('needs the scope', async () => {
    await refused(
      send('POST', '/lms-exports', { body: { format: 'pifu' }, scopes: 'vfs:pupils.read' }),
      403,
      'HUB-302',
    );
    await refused(send('GET', '/lms-export?format=pifu', { scopes: 'vfs:pupils.read' }), 403, 'HUB-302');
  });
});

describe('a run', () => {
  before(() => exports.put(reportOf({ id: 'told', state: 'running' }), file));

  it('is told of to its own application and to nobody else', async () => {
    const answer = await send('GET', '/lms-exports/told');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    await refused(send('GET', '/lms-exports/told', { client: 'other' }), 404, 'HUB-204');
    await refused(send('GET', '/lms-exports/none'), 404, 'HUB-204');
    await refused(send('DELETE', '/lms-exports/told', { client: 'other' }), 404, 'HUB-204');
  });

  it('is as its schema says, also when it was held', async () => {
    const group = exportOperations(exportDeps(exports));
    const check = createChecks(group.schemas)(schemaRef('ExportReport'));
    exports.put(
      reportOf({
        id: 'odd',
        state: 'held',
        changes: null,
        exported: null,
        reason: problem('HUB-420', 'Too much would go.', { internal: 'secret' }),
      }),
    );
    for (const id of ['told', 'odd']) {
      const text = await (await send('GET', `/lms-exports/${id}`)).text();
      assert.equal(check(JSON.parse(text)), null, text);
      assert.ok(!text.includes('secret'));
    }
  });

  it('stands in the list without everything about it', async () => {
    const { items } = (await (await send('GET', '/lms-exports?limit=200')).json()) as {
      readonly items: readonly Record<string, unknown>[];
    };
    assert.ok(items.some(({ id }) => id === 'told'));
    assert.ok(items.every((one) => !('excluded' in one)));
    assert.equal(
      ((await (await send('GET', '/lms-exports?limit=1')).json()) as { readonly items: readonly unknown[] }).items
        .length,
      1,
    );
    await refused(send('GET', `/lms-exports?limit=${limits.exportRuns + 1}`), 400, 'HUB-103');
  });

  it('is reported as a page of text to whoever asks for it', async () => {
    const plain = await send('GET', '/lms-exports/told/report?format=text', { headers: { 'accept-language': 'nb' } });
    assert.equal(plain.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(plain.headers.get('content-language'), 'nb');
    const text = await plain.text();
    assert.match(text, /12 345/);
    assert.match(text, /mangler fornavn/);
    const english = await send('GET', '/lms-exports/told/report', {
      headers: { accept: 'text/plain, application/json' },
    });
    assert.match(await english.text(), /has no given name/);
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json, text/plain' }]) {
      const json = await send('GET', '/lms-exports/told/report', { headers });
      assert.equal(json.headers.get('content-type'), 'application/json');
    }
    await refused(send('GET', '/lms-exports/told/report?format=pdf'), 400, 'HUB-103');
  });

  it('is confirmed, rejected and given up, with a reason that names nobody', async () => {
    const decide = (id: string, what: string, body: unknown): Promise<Response> =>
      send('POST', `/lms-exports/${id}/${what}`, { body });
    exports.put(reportOf({ id: 'held', state: 'held' }));
    await refused(decide('held', 'confirm', {}), 400, 'HUB-103');
    await refused(decide('held', 'confirm', { reason: 'no' }), 400, 'HUB-103');
    await refused(decide('held', 'confirm', { reason: ' '.repeat(9) }), 400, 'HUB-103');
    const named = await refused(decide('held', 'confirm', { reason: 'It was 14851461249 who left' }), 400, 'HUB-103');
    assert.equal(named.errors?.[0]?.message, 'must not hold a national id');
    assert.equal((await decide('held', 'confirm', { reason: 'The school was closed' })).status, 200);
    await refused(decide('held', 'confirm', { reason: 'The school was closed' }), 409, 'HUB-409');
    exports.put(reportOf({ id: 'bad', state: 'held' }));
    assert.equal((await decide('bad', 'reject', { reason: 'Half of it was missing' })).status, 200);
    exports.put(reportOf({ id: 'queued', state: 'queued' }));
    assert.equal((await send('DELETE', '/lms-exports/queued')).status, 200);
    await refused(send('DELETE', '/lms-exports/queued'), 409, 'HUB-409');
    assert.deepEqual(exports.decisions, [
      'confirm held The school was closed',
      'reject bad Half of it was missing',
      'cancel queued ',
    ]);
  });
});

describe('the page of text', () => {
  it('says everything that the report says, in both languages', () => {
    const held = reportOf({
      state: 'held',
      reason: problem('HUB-420', 'It would take away 30 % of the memberships.'),
      check: {
        schema: 'invalid',
        rules: 'broken',
        count: 3,
        findings: [{ rule: 'unique-short', at: 'g1', message: 'stands twice' }],
      },
      confirmedBy: 'admin',
    });
    for (const language of ['nb', 'en'] as const) {
      const text = reportText(held, language);
      for (const word of [
        'HUB-420',
        '30 %',
        'unique-short (g1): stands twice',
        'no-grep-code',
        'unknown-to-version',
        'grouptype = 15',
        '8 000',
        held.sha256 ?? '',
        'lms',
        'admin',
      ])
        assert.ok(text.includes(word), `${language}: ${word}\n${text}`);
      assert.ok(text.endsWith('\n') && !text.includes('undefined'));
    }
    assert.match(reportText(held, 'nb'), /og 2 til/);
    assert.match(
      reportText(
        reportOf({ changes: null, fetched: [], delivered: [], dropped: [], excluded: { counts: [], list: [] } }),
        'en',
      ),
      /no earlier run/,
    );
    const running = reportOf({ state: 'running', progress: { step: 'memberships', done: 5_000, total: 20_000 } });
    assert.match(reportText(running, 'en'), /memberships 5 000\/20 000/);
  });
});

describe('a range', () => {
  it('is read as HTTP says', () => {
    assert.deepEqual(readRange('bytes=0-9', 100), { from: 0, to: 9 });
    assert.deepEqual(readRange('bytes=90-', 100), { from: 90, to: 99 });
    assert.deepEqual(readRange('bytes=-10', 100), { from: 90, to: 99 });
    assert.deepEqual(readRange('bytes=-1000', 100), { from: 0, to: 99 });
    assert.deepEqual(readRange('bytes=99-1000', 100), { from: 99, to: 99 });
    assert.deepEqual(readRange('Bytes = 1 - 2', 100), { from: 1, to: 2 });
    for (const header of [
      null,
      '',
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=0-1,3-4',
      'lines=0-1',
      'bytes=5-4',
      `bytes=${'9'.repeat(30)}-`,
    ])
      assert.equal(readRange(header, 100), null, String(header));
    for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0'])
      assert.equal(readRange(header, 100), 'outside', header);
  });
});

const fetchFile = (headers: Record<string, string> = {}): Promise<Response> =>
  send('GET', '/lms-exports/ready/content', { headers });
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

describe('a file', () => {
  before(() => exports.put(reportOf({ id: 'ready', fileName: 'IMS-EnterpriseData.xml' }), file));
  it('is sent whole, under its name, and that is told', async () => {
    const answer = await fetchFile();
    assert.equal(answer.status, 200);
    assert.deepEqual(await bytesOf(answer), file);
    assert.equal(answer.headers.get('content-length'), String(file.length));
    assert.equal(answer.headers.get('content-type'), 'application/xml; charset=utf-8');
    assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="IMS-EnterpriseData.xml"');
    assert.equal(answer.headers.get('etag'), `"${sha256}"`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('accept-ranges'), 'bytes');
    assert.deepEqual(exports.sent.at(-1), { by: 'toy-client', bytes: file.length, whole: true });
  });

  it('is compressed for those who take it', async () => {
    const answer = await fetchFile({ 'accept-encoding': 'gzip' });
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    assert.notEqual(answer.headers.get('etag'), `"${sha256}"`);
    assert.deepEqual(await bytesOf(answer), file);
  });

  it('is not sent to whoever has it', async () => {
    const tag = (await fetchFile({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? '';
    for (const tags of [`"${sha256}"`, `W/"${sha256}"`, tag, '*', `"other", "${sha256}"`]) {
      const answer = await fetchFile({ 'if-none-match': tags });
      assert.equal(answer.status, 304, tags);
      assert.equal((await bytesOf(answer)).length, 0);
    }
    assert.equal((await fetchFile({ 'if-none-match': '"other"' })).status, 200);
  });

  it('is sent in parts that make it whole', async () => {
    const half = Math.floor(file.length / 2);
    const first = await fetchFile({ range: `bytes=0-${half - 1}`, 'accept-encoding': 'gzip' });
    assert.equal(first.status, 206);
    assert.equal(first.headers.get('content-range'), `bytes 0-${half - 1}/${file.length}`);
    assert.equal(first.headers.get('content-length'), String(half));
    assert.equal(first.headers.get('content-encoding'), null, 'a range is of the file itself');
    const rest = await fetchFile({ range: `bytes=${half}-`, 'if-range': `"${sha256}"` });
    assert.equal(rest.status, 206);
    assert.deepEqual(Buffer.concat([await bytesOf(first), await bytesOf(rest)]), file);
    assert.equal(exports.sent.at(-1)?.whole, false);
    const changed = await fetchFile({ range: `bytes=${half}-`, 'if-range': '"other"' });
    assert.equal(changed.status, 200);
    assert.deepEqual(await bytesOf(changed), file);
    const several = await fetchFile({ range: 'bytes=0-1,4-5' });
    assert.equal(several.status, 200);
    await several.arrayBuffer();
  });

  it('ends before a range that lies behind it', async () => {
    const answer = await fetchFile({ range: `bytes=${file.length}-` });
    assert.equal(answer.status, 416);
    assert.equal(answer.headers.get('content-range'), `bytes */${file.length}`);
    await answer.arrayBuffer();
  });

  it('is described by HEAD and not read', async () => {
    const told = exports.sent.length;
    const answer = await send('HEAD', '/lms-exports/ready/content');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), String(file.length));
    assert.equal(exports.sent.length, told);
  });

  it('is not given out before it may be, after it has gone, or to others', async () => {
    exports.put(reportOf({ id: 'h', state: 'held' }));
    exports.put(reportOf({ id: 'q', state: 'queued' }));
    exports.put(reportOf({ id: 'x', state: 'expired' }));
    await refused(send('GET', '/lms-exports/h/content'), 409, 'HUB-420');
    await refused(send('GET', '/lms-exports/q/content'), 409, 'HUB-409');
    await refused(send('GET', '/lms-exports/x/content'), 410, 'HUB-419');
    await refused(send('GET', '/lms-exports/ready/content', { client: 'other' }), 404, 'HUB-204');
    assert.ok(
      server.denials.some(({ code }) => code === 'HUB-420'),
      'what is refused is on record',
    );
  });

  it('that nobody reads any more is told as a part, and the connection is dropped', { timeout: 20_000 }, async () => {
    const long = Buffer.alloc(30_000_000, 'a');
    exports.put(reportOf({ id: 'long' }), long);
    const told = exports.sent.length;
    const socket = connect({ port: server.port(), host: '127.0.0.1' });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.write(
      'GET /vfs/v1/lms-exports/long/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer toy-client vfs:lmsexport\r\n\r\n',
    );
    socket.pause();
    while (exports.sent.length === told) await systemClock.sleep(20);
    assert.equal(exports.sent.at(-1)?.whole, false);
    socket.resume();
    await closed;
  });
});

const start = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
  send('GET', `/lms-export?${query}`, { headers });

describe('a stream', () => {
  it('is the file, with the address of its run', async () => {
    for (const encoding of ['identity', 'gzip']) {
      exports.streams.push(() => pieces(file));
      const answer = await start('format=pifu&type=full&schoolIds=school-1,school-2', { 'accept-encoding': encoding });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-encoding'), encoding === 'gzip' ? 'gzip' : null);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), file);
      assert.match(answer.headers.get('location') ?? '', /^https:\/\/hub\.example\/vfs\/v1\/lms-exports\/run-\d+$/);
      assert.match(answer.headers.get('link') ?? '', /\/report>; rel="describedby"$/);
      assert.match(answer.headers.get('content-disposition') ?? '', /filename="pifu-ims-1\.3\.xml"/);
    }
    const { asked, trigger } = exports.asked.at(-1) ?? {};
    assert.deepEqual([asked?.schools, trigger], [['school-1', 'school-2'], 'stream']);
  });

  it('comes as it is made, compressed or not', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const { promise: gate, resolve: release } = Promise.withResolvers<void>();
      exports.streams.push(async function* () {
        yield file;
        await gate;
        yield file;
      });
      const answer = await start('format=pifu', { 'accept-encoding': encoding });
      const reader = answer.body?.getReader();
      const first = await reader?.read();
      assert.ok((first?.value?.length ?? 0) > 0, encoding);
      release();
      let length = first?.value?.length ?? 0;
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
        length += next.value.length;
      assert.equal(length, file.length * 2, encoding);
    }
  });

  it('breaks off when the run fails on the way', async () => {
    for (const encoding of ['identity', 'gzip']) {
      exports.streams.push(async function* () {
        yield file;
        await systemClock.sleep(30);
        throw new Error('held');
      });
      const answer = await start('format=pifu', { 'accept-encoding': encoding });
      assert.equal(answer.status, 200);
      await assert.rejects(answer.arrayBuffer(), encoding);
    }
  });

  it('that does not begin in time is told where it will be', async () => {
    exports.streams.push('busy');
    const answer = await start('format=pifu');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '30');
    assert.match(answer.headers.get('location') ?? '', /lms-exports\/run-/);
    assert.ok(limits.exportStreamWaitMs < limits.requestMs, 'the answer is not late');
  });

  it('is refused with what is wrong', async () => {
    for (const [query, at] of [
      ['', 'format'],
      ['format=csv', 'format'],
      ['format=pifu&profile=ims-1.1', 'profile'],
      ['format=pifu&type=event', 'type'],
      ['format=pifu&schoolIds=school-7,nothing', 'schoolIds'],
      ['format=pifu&schoolIds=a,,b', 'schoolIds'],
      ['format=pifu&schoolYear=2026', 'schoolYear'],
      ['format=pifu&school=1', 'school'],
    ] as const) {
      const { errors = [] } = await refused(start(query), 400, 'HUB-103');
      assert.equal(errors[0]?.at, at, query);
    }
    await refused(start('format=pifu&type=delta&since=expired'), 410, 'HUB-419');
  });

  it('is not begun by HEAD', async () => {
    const begun = exports.asked.length;
    assert.equal((await send('HEAD', '/lms-export?format=pifu')).status, 200);
    assert.equal((await send('HEAD', '/lms-export?format=csv')).status, 400);
    assert.equal(exports.asked.length, begun);
  });
});
