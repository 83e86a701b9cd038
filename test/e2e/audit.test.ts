// The audit of a whole hub at work: beside it, it is searched, exported and proved from the command line; nothing in it tells a value, a name
// or a national id; once altered, it is found out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { verifyAudit, verifyChain } from '#verify/audit-verify.ts';
import type { KeySet } from '#verify/audit-verify.ts';
import { beneath } from '../store/beneath.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import type { Caller } from './caller.ts';
import { deliverPage, nationalIds, person, pupil, school, several } from './deliveries.ts';
import { startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import { nationalIdsIn } from './national-ids.ts';
import { answerEvent, eventsOf, register, write, writeTo } from './writers.ts';
import { doneBefore } from '../done-before.ts';

const elev = 'utdanning/elev/elev';
const persons = 'utdanning/elev/person';
const skole = 'utdanning/utdanningsprogram/skole';
const fag = 'utdanning/timeplan/fag';

const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', organisation: 'fjord.test' },
  { id: 'client', kind: 'client', organisation: 'fjord.test', grant: { actions: ['read', 'list', 'follow', 'write'] } },
  { id: 'nosy', kind: 'client', organisation: 'fjord.test', grant: { collections: [skole] } },
];

const script = join(import.meta.dirname, '../../bin/bindeledd.mjs');
const place = await temporaryPlace();
let hub: HubUnderTest;
let client: Caller;
let nosy: Caller;
let running = false;

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };

const bindeledd = (words: readonly string[], input = ''): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...words, ...place.words], {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore, ...place.env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (exit) => resolve({ exit, out, err }));
    child.stdin.end(input);
  });

const audit = (command: string, words: readonly string[] = [], input = ''): Promise<Run> =>
  bindeledd(['audit', command, '--organisation', 'fjord.test', ...words], input);

type Record = {
  readonly client: string;
  readonly operation: string;
  readonly collection: string;
  readonly decision: string;
  readonly at: number;
  readonly details: string;
};
type Entry = { readonly sequence: number; readonly record: Record };

const entriesOf = ({ exit, out, err }: Run): readonly Entry[] => {
  assert.equal(exit, 0, err);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
};

/** What a client, an adapter and somebody without a grant do in a day. */
const traffic = async (): Promise<void> => {
  const adapter = await hub.as('adapter');
  await register(adapter);
  await deliverPage(adapter, skole, [school]);
  await deliverPage(adapter, persons, several(5, person));
  await deliverPage(adapter, elev, several(5, pupil));
  await deliverPage(adapter, persons, [{ identifier: 'x', resource: { navn: { fornavn: 'Ingenting' } } }]);
  for (const as of [client, nosy]) {
    for (const number of [0, 1, 4, 7]) await as.send('GET', `/${persons}/fodselsnummer/${nationalIds[number] ?? ''}`);
    for (const number of [0, 1]) await as.send('GET', `/${elev}/elevnummer/${500_000 + number}`);
    await as.send('GET', `/${persons}`);
    await as.send('GET', `/${persons}?size=2&offset=1`);
    await as.send('GET', `/${elev}/changes`);
    await as.send('GET', `/${persons}/navn/Fornavnesen`);
    await as.send('GET', `/utdanning/elev/${nationalIds[2] ?? ''}`);
    await as.send('GET', `/${persons}?$filter=${encodeURIComponent("navn/fornavn eq 'Prøve1'")}`);
    await as.send('POST', `/${persons}/$query`, {
      headers: { 'content-type': 'text/plain' },
      body: `fodselsnummer/identifikatorverdi eq '${nationalIds[3] ?? ''}'`,
    });
    await as.send('GET', `/${persons}?$filter=hemmelig%20eq%20'Prøvesen'`);
    await write(as, 'POST', `/${fag}`, {
      systemId: { identifikatorverdi: 'f-1' },
      navn: 'Hemmelig fag',
      beskrivelse: 'x',
    });
    await write(as, 'PUT', `/${persons}/fodselsnummer/${nationalIds[0] ?? ''}`, person(0).resource ?? {});
  }
  const status = await writeTo(client, 'PUT', `/${elev}/systemid/e-1`, pupil(1).resource ?? {});
  for (const event of await eventsOf(adapter, 'utdanning/elev'))
    await answerEvent(adapter, event, {
      rejected: true,
      rejectReason: `Prøve1 med ${nationalIds[1] ?? ''} finnes ikke`,
    });
  await client.send('GET', status);
  await client.send('GET', `/${persons}/status/${nationalIds[1] ?? ''}`);
};

before(
  async () => {
    hub = await startHub({
      place,
      organisations: [
        { id: 'fjord.test', settings: { writes: [{ pattern: fag, policy: 'hub', deadlineMinutes: null }] } },
      ],
      applications,
    });
    running = true;
    [client, nosy] = [await hub.as('client'), await hub.as('nosy')];
    await traffic();
  },
  { timeout: 60_000 },
);

after(async () => {
  if (running) await hub.close();
  await place.remove();
});

describe('the audit of a running hub', { timeout: 120_000 }, () => {
  it('holds no national id, no name and no value, whatever was asked, written, delivered and refused', async () => {
    const run = await audit('export', ['--format', 'json']);
    const entries = entriesOf(run);
    assert.ok(entries.length > 40, `${entries.length} records`);
    const operations = new Set(entries.map(({ record }) => record.operation));
    for (const operation of ['read', 'list', 'changes', 'create', 'update'])
      assert.ok(operations.has(operation), `${operation} among ${[...operations].join(' ')}`);
    assert.ok(entries.some(({ record }) => record.decision === 'deny'));
    assert.deepEqual(nationalIdsIn(run.out), []);
    for (const id of nationalIds.slice(0, 10)) assert.equal(run.out.includes(id), false);
    for (const secret of [
      'Prøve',
      'Fornavnesen',
      'Ingenting',
      'Hemmelig',
      'hemmelig',
      'Fjordvik',
      '@fjord.test',
      '50000',
      'finnes ikke',
    ])
      assert.equal(run.out.includes(secret), false, secret);
    // And as it is stored.
    const bytes = await beneath.auditBytes(place.at, 'fjord.test');
    assert.ok(bytes.includes('"decision"'));
    for (const id of nationalIds.slice(0, 10)) assert.equal(bytes.includes(id), false);
  });

  it('tells who has seen a person, by an identifier that need not stand on the command line', async () => {
    const asked = [`${persons}/fodselsnummer/${nationalIds[1] ?? ''}\n`, '--person', '-', '--ndjson'] as const;
    const entries = entriesOf(await audit('search', asked.slice(1), asked[0]));
    assert.ok(entries.length >= 7, JSON.stringify(entries));
    assert.ok(entries.every(({ record }) => record.client !== 'nosy'));
    const reads = entries.filter(({ record }) => record.operation === 'read').map(({ record }) => record.collection);
    assert.deepEqual(reads.toSorted(), [elev, persons]);
    assert.ok(entries.some(({ record }) => record.operation === 'list' && record.collection === persons));
    assert.ok(entries.some(({ record }) => record.operation === 'changes' && record.collection === elev));
    // By the identifier alone, wherever it may be; and as a table.
    const table = await audit('search', ['--person', `fodselsnummer/${nationalIds[1] ?? ''}`]);
    assert.equal(table.exit, 0, table.err);
    assert.equal(table.out.trimEnd().split('\n').length, entries.length + 1);
    assert.match(table.out, /^TIME +NUMBER +APPLICATION +OPERATION +COLLECTION/);
    const never = await audit('search', ['--person', '-', '--json'], `fodselsnummer/${nationalIds[99] ?? ''}`);
    assert.deepEqual(JSON.parse(never.out), { known: false, entries: [] });
    assert.equal((await audit('search', ['--person', '-'], 'nothing')).exit, 2);
  });

  it('is searched by application, class, period and decision; the search leaves a trace of its own without the person', async () => {
    const denied = entriesOf(await audit('search', ['--application', 'nosy', '--decision', 'deny', '--ndjson']));
    assert.ok(denied.length > 5);
    assert.ok(denied.every(({ record }) => record.client === 'nosy' && record.decision === 'deny'));
    const some = entriesOf(await audit('search', ['--class', 'Elev', '--order', 'oldest', '--limit', '3', '--ndjson']));
    assert.equal(some.length, 3);
    assert.ok(some.every(({ record }) => record.collection === elev));
    assert.deepEqual(entriesOf(await audit('search', ['--to', '2001-01-01', '--ndjson'])), []);
    assert.equal((await audit('search', ['--class', 'Finnesikke'])).exit, 2);
    assert.equal((await bindeledd(['audit', 'search', '--organisation', 'ukjent.test'])).exit, 5);
    const waiting = await hub.platform.auditNotices(100);
    const searches = waiting.map(({ record }) => record).filter(({ operation }) => operation === 'audit-search');
    assert.ok(searches.some(({ details }) => details === 'person'));
    assert.ok(searches.some(({ details }) => details === 'class Elev'));
    assert.ok(searches.every(({ client: by }) => by.startsWith('cli:')));
    assert.deepEqual(nationalIdsIn(JSON.stringify(waiting)), []);
  });

  it('goes to other systems as OCSF API Activity', async () => {
    const { out, exit } = await audit('export', ['--format', 'ocsf', '--application', 'client']);
    assert.equal(exit, 0);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { [name: string]: unknown; class_uid: number; activity_id: number });
    const times = events.map(({ time }) => Number(time));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    for (const event of events) {
      assert.equal(event['class_uid'], 6003);
      assert.equal(event['category_uid'], 6);
      assert.equal(event['type_uid'], event['class_uid'] * 100 + event['activity_id']);
      assert.ok([1, 2].includes(Number(event['status_id'])));
      for (const name of ['metadata', 'actor', 'api', 'src_endpoint', 'severity_id', 'time'])
        assert.ok(event[name] !== undefined, name);
    }
    assert.deepEqual([...new Set(events.map((event) => event['activity_id']))].toSorted(), [1, 2, 3]);
  });

  it('is proved beside the hub, with the keys that it publishes and the checkpoints that somebody kept', async () => {
    const kept = join(place.folder, 'kept.jsonl');
    const made = await audit('checkpoint');
    assert.equal(made.exit, 0, made.err);
    writeFileSync(kept, made.out);
    const listed = await audit('checkpoints');
    assert.equal(listed.out.split('\n')[0], made.out.trimEnd());
    const served = await client.send('GET', '/.well-known/audit-keys.json');
    assert.equal(served.status, 200);
    assert.equal(served.text.includes('"d"'), false);
    const keys = join(place.folder, 'keys.json');
    writeFileSync(keys, served.text);
    await client.read(`/${persons}`);
    const proof = await audit('verify', ['--checkpoints', kept, '--keys', keys]);
    assert.equal(proof.exit, 0, proof.out + proof.err);
    assert.match(
      proof.out,
      /^fjord\.test: \d+ records in \d+ commits \(1 to \d+\), [1-9]\d* checkpoints: all as signed\./,
    );
    // The same by the program alone, from the text that any store tells, which is recorded like every export.
    const chain = await audit('export', ['--format', 'chain']);
    assert.equal(chain.exit, 0, chain.err);
    const lines = chain.out.trimEnd().split('\n');
    const told = { organisation: 'fjord.test', keys: JSON.parse(served.text) as KeySet, copies: [made.out] };
    assert.deepEqual(verifyChain({ ...told, lines }).broken, []);
    const altered = lines.map((line) => line.replace('\\"client\\":\\"nosy\\"', '\\"client\\":\\"demo\\"'));
    assert.ok(verifyChain({ ...told, lines: altered }).broken.some(({ kind }) => kind === 'content'));
    assert.equal((await audit('export', ['--format', 'chain', '--application', 'client'])).exit, 2);
    const waiting = await hub.platform.auditNotices(1_000);
    assert.ok(waiting.some(({ record }) => record.operation === 'audit-export'));
  });

  // A database has no file that could be taken away.
  it('is proved on copies of its files', { skip: testDialect.name !== 'sqlite' }, async () => {
    const made = await audit('checkpoint');
    const served = await client.send('GET', '/.well-known/audit-keys.json');
    const live = join(place.at, 'tenants/fjord.test');
    const database = join(place.folder, 'taken.db');
    new DatabaseSync(join(live, 'audit.db'), { readOnly: true }).exec(`VACUUM INTO '${database}'`);
    copyFileSync(join(live, 'audit-checkpoints.jsonl'), join(place.folder, 'audit-checkpoints.jsonl'));
    const question = { organisation: 'fjord.test', database, keys: JSON.parse(served.text) as KeySet };
    assert.deepEqual(verifyAudit({ ...question, copies: [made.out] }).broken, []);
    const copy = new DatabaseSync(database);
    copy.exec('UPDATE audit_commit SET records = replace(records, \'"client":"nosy"\', \'"client":"demo"\')');
    copy.close();
    assert.ok(verifyAudit(question).broken.some(({ kind }) => kind === 'content'));
  });

  it('answers nobody while it cannot be written, whatever else works, and goes on afterwards', async () => {
    const release = await beneath.holdAudit(place.at, 'fjord.test');
    const refused = await Promise.all(
      [`/${persons}`, `/${elev}/systemid/e-1`, `/${persons}/fodselsnummer/0`, `/${elev}/changes`].map((path) =>
        client.send('GET', path),
      ),
    );
    await release();
    for (const { status, text, headers } of refused) {
      assert.equal(status, 503);
      assert.equal((JSON.parse(text) as { code: string }).code, 'HUB-504');
      assert.ok(headers['retry-after'] !== undefined);
      // With its quote: the id of a request may hold the rest by chance.
      assert.equal(text.includes('e-1"'), false);
    }
    assert.equal((await client.send('GET', `/${elev}/systemid/e-1`)).status, 200);
  });

  it('is sealed with another key after a rotation; what the former one sealed stays proved', async () => {
    const rotated = await bindeledd(['audit', 'rotate-key', '--json']);
    assert.equal(rotated.exit, 0, rotated.err);
    await client.read(`/${persons}`);
    const { key } = JSON.parse((await audit('checkpoint')).out) as { key: string };
    const { keys } = await client.read<{ keys: { kid: string; retiredAt: number | null }[] }>(
      '/.well-known/audit-keys.json',
    );
    assert.equal(keys.length, 2);
    assert.deepEqual(
      keys.map(({ kid, retiredAt }) => [kid === key, retiredAt === null]),
      [
        [false, false],
        [true, true],
      ],
    );
    assert.equal((await audit('verify')).exit, 0);
  });

  it('has the searches in it after a restart, sealed at the stop; an alteration shows and ends with 7', async () => {
    await hub.close();
    running = false;
    hub = await startHub({ place, known: hub.credentials });
    await hub.close();
    const entries = entriesOf(await audit('search', ['--ndjson', '--limit', '100']));
    assert.ok(entries.some(({ record }) => record.operation === 'audit-search' && record.details === 'person'));
    const proof = await audit('verify', ['--json']);
    assert.equal(proof.exit, 0, proof.out);
    assert.equal((JSON.parse(proof.out) as { unsealed: number }).unsealed, 0);
    const last = 'DELETE FROM audit_commit WHERE first = (SELECT max(first) FROM audit_commit)';
    await beneath.alterAudit(place.at, 'fjord.test', last);
    const spoilt = await audit('verify');
    assert.equal(spoilt.exit, 7);
    assert.match(spoilt.out, /BROKEN\.\ntruncated {2}commit/);
  });
});
