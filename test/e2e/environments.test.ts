// What the environment of a whole hub decides: which national ids are taken when they are delivered and when they are written. And that a national id
// which stands in an address is nowhere afterwards: not in the answer, the log, the metrics, the audit or any file.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Environment } from '#store/store.ts';
import { nobodysNumbers } from '../base/nobodys-numbers.ts';
import { call, callerOf, tokenFor } from './caller.ts';
import { deliverPage, nationalIds, person, type Entry } from './deliveries.ts';
import { startProcess } from './hub-process.ts';
import { prepare, startHub, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace, type Place } from './place.ts';
import { statusOf, write } from './writers.ts';

const persons = 'utdanning/elev/person';
const pupils = 'utdanning/elev/elev';
const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', organisation: 'fjord.test' },
  { id: 'client', kind: 'client', organisation: 'fjord.test', grant: { actions: ['read', 'list', 'write'] } },
];
const organisations = [
  { id: 'fjord.test', settings: { writes: [{ pattern: pupils, policy: 'hub' as const, deadlineMinutes: null }] } },
];

const numbers = {
  real: nobodysNumbers(3),
  dNumber: nobodysNumbers(3, { day: 40 }),
  synthetic: nationalIds.slice(0, 3),
  older: nobodysNumbers(3, { month: 40 }),
} as const;
const taken: Readonly<Record<Environment, readonly (keyof typeof numbers)[]>> = {
  production: ['real', 'dNumber'],
  test: ['real', 'dNumber', 'synthetic', 'older'],
  sandbox: ['synthetic', 'older'],
};

const id = (identifikatorverdi: string): object => ({ identifikatorverdi });
const personOf = (number: string): Entry => ({
  identifier: number,
  resource: { ...person(0).resource, fodselsnummer: id(number) },
});
/** A pupil who is tied to a person by a national id. */
const pupilOf = (name: string, number: string): object => ({
  systemId: id(name),
  _links: { person: [{ href: `${persons}/fodselsnummer/${number}` }] },
});

const places: Place[] = [];
const newPlace = async (): Promise<Place> => {
  const place = await temporaryPlace();
  places.push(place);
  return place;
};
after(async () => {
  for (const place of places) await place.remove();
});

/** Everything that the hub has written to files, as far as there are any. */
const filesBelow = (folder: string): readonly Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));

describe('the environment', { timeout: 120_000 }, () => {
  for (const environment of ['production', 'test', 'sandbox'] as const)
    it(`of ${environment} takes its own national ids, in deliveries and in writes`, async () => {
      const place = await newPlace();
      const hub = await startHub({ place, flags: { environment }, organisations, applications });
      try {
        const [adapter, client] = [await hub.as('adapter'), await hub.as('client')];
        const kinds = Object.keys(numbers) as (keyof typeof numbers)[];
        const all = kinds.flatMap((kind) => numbers[kind]);
        const run = await deliverPage(adapter, persons, all.map(personOf));
        const expected = taken[environment].length * 3;
        assert.deepEqual([run.created, run.rejected], [expected, all.length - expected]);
        assert.ok(
          run.problems.every(
            ({ severity, code, at }) => severity !== 'rejected' || (code === 'HUB-417' && at.includes('fodselsnummer')),
          ),
        );
        assert.ok(
          all.every((number) => !JSON.stringify(run).includes(number)),
          'findings repeat no number',
        );
        for (const kind of kinds)
          for (const [at, number] of numbers[kind].entries()) {
            const fine = taken[environment].includes(kind);
            const stored = await client.send('GET', `/${persons}/fodselsnummer/${number}`);
            assert.equal(stored.status, fine ? 200 : 404, `${kind} ${stored.text}`);
            const answer = await write(client, 'POST', `/${pupils}`, pupilOf(`${kind}-${at}`, number));
            const told = fine ? await statusOf(client, String(answer.headers['location'])) : answer;
            assert.equal(told.status, fine ? 201 : 422, `${kind}: ${answer.text} ${told.text}`);
            if (!fine) assert.equal((JSON.parse(told.text) as { code: string }).code, 'HUB-417');
            assert.ok(fine || !told.text.includes(number));
          }
        const records = JSON.stringify(await place.records('fjord.test'));
        assert.ok(
          all.every((number) => !records.includes(number)),
          'nor does the audit',
        );
      } finally {
        await hub.close();
      }
    });
});

const randomId = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

describe('a national id in an address', { timeout: 120_000 }, () => {
  it('is refused below /vfs, and then nowhere', async () => {
    const place = await newPlace();
    const secrets = await prepare(place.settings(), organisations, applications);
    const words = ['start', ...place.words, '--port', '0', '--environment', 'sandbox', '--log-level', 'debug'];
    const hub = await startProcess(words, { env: place.env });
    const number = nationalIds[7] ?? '';
    const [date, rest] = [number.slice(0, 6), number.slice(6)];
    const encoded = Array.from(number, (digit) => `%3${digit}`).join('');
    const forms = [number, `${date}%20${rest}`, `${date}+${rest}`, `${date}-${rest}`, encoded];
    const traces = [...forms, Buffer.from(number).toString('base64'), Buffer.from(number).toString('hex')];
    // Five digits stand in random ids, times and measures by chance; wherever else they do, somebody has written them.
    const restIn = (text: string): boolean => new RegExp(`(?<!\\d)${rest}(?!\\d)`).test(text.replaceAll(randomId, ''));
    const seen: string[] = [];
    try {
      const { url } = hub.ready as { readonly url: string };
      const token = await tokenFor(url, 'client', secrets.get('client')?.secret ?? '');
      for (const as of [callerOf(url, token), callerOf(url, null), callerOf(url, 'none')])
        for (const form of forms)
          for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
            for (const address of [
              `/vfs/v1/pupils/${form}`,
              `/vfs/v1/pupils?nin=${form}&limit=5`,
              `/vfs/v1/employees/${form}/positions?x=1`,
              `/vfs/v1/events?after=${form}`,
              `/vfs/v1/openapi.json?x=${form}`,
              `/vfs/v1/nothing/${form}`,
              `/vfs/${form}`,
            ]) {
              const answer = await as.send(method, address);
              seen.push(JSON.stringify(answer.headers) + answer.text);
              const { code } = JSON.parse(answer.text) as { readonly code: string };
              assert.equal(`${answer.status} ${code}`, '400 HUB-111', `${method} ${address}: ${answer.text}`);
            }
      seen.push((await call(url, 'GET', '/metrics')).text);
    } finally {
      await hub.stop();
    }
    seen.push(
      hub.stdout(),
      hub.stderr(),
      JSON.stringify(await place.records('fjord.test')),
      JSON.stringify(await place.platformAudit()),
    );
    assert.match(hub.stderr(), /HUB-111/);
    assert.ok(
      seen.every((text) => !restIn(text)),
      'nobody has written a part of it',
    );
    for (const bytes of [...filesBelow(place.folder), ...(place.at.startsWith('/') ? filesBelow(place.at) : [])])
      assert.equal(restIn(bytes.toString('latin1')), false);
    for (const trace of traces) {
      assert.ok(
        seen.every((text) => !text.includes(trace)),
        'nobody has written it',
      );
      for (const bytes of filesBelow(place.folder)) assert.equal(bytes.indexOf(trace), -1);
      if (place.at.startsWith('/')) for (const bytes of filesBelow(place.at)) assert.equal(bytes.indexOf(trace), -1);
    }
  });
});
