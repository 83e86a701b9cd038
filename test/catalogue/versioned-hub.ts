// A whole hub that is started anew over the same data with other versions of the model, while its clock is moved by a test: a field of FS GraphQL has its old name
// alone, both names, or the new one alone. Used by the test of versioning.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundledModel } from '#app/bundled-model.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { deliver } from '#sandbox/adapter.ts';
import { university } from '#sandbox/university.ts';
import { callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../e2e/hub-under-test.ts';
import { temporaryPlace, type Place } from '../e2e/place.ts';

/** How the field is offered: with its old name, with both and nothing announced, as the data that come with the hub say it, or with the new name. */
export const versions = ['old', 'both', 'announced', 'new'] as const;
export type Version = (typeof versions)[number];

export type MovedClock = Clock & {
  /** Moves it, and lets everything that looks at the time now and then do so. */
  readonly moveTo: (at: number) => void;
};

/** What a webhook was told, and when by the moved clock. */
export type Told = { readonly to: string; readonly type: string; readonly affects: unknown; readonly at: number };

export type VersionedHub = {
  readonly place: Place;
  readonly clock: MovedClock;
  /** Folders of the model of a version. */
  readonly folders: (version: Version) => readonly string[];
  /** Stops the hub, and starts it with another version of the model. */
  readonly restart: (version: Version) => Promise<void>;
  readonly hub: () => HubUnderTest;
  /** Somebody with a fresh token: tokens do not last for as long as the clock is moved. */
  readonly as: (application: string) => Promise<Caller>;
  readonly told: readonly Told[];
  /** Waits for what the hub does by itself, now and then; it gets many turns without the time moving. */
  readonly until: (holds: () => boolean | Promise<boolean>, what: string) => Promise<void>;
};

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });

/** The number by which the institution is asked for. */
export const { institutionNumber } = made;

const roots = 'graphql/roots.yaml';

/** The text with a part of it put otherwise. Throws where it does not have it. */
const put = (text: string, from: string | RegExp, to: string): string => {
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`There is no ${String(from)} in ${roots}.`);
  return edited;
};

// The older names of other members are as old as this one; before there was a successor there were none.
const edits: Readonly<Record<Version, ((text: string) => string) | null>> = {
  old: (text) =>
    put(put(text, /^older:\n(?: .*\n)+/m, ''), '  Kodeverdi: {', '  FlerspraakligTekst: { nb: nob }\n  Kodeverdi: {'),
  both: (text) => put(text, /^older:\n(?: .*\n)+/m, 'older:\n  members:\n    FlerspraakligTekst: { nob: nb }\n'),
  announced: null,
  new: (text) => put(text, 'nob: nb, ', ''),
};

const modelOf = (version: Version, within: string): readonly string[] => {
  const edit = edits[version];
  if (edit === null) return bundledModel;
  return bundledModel.map((folder) => {
    if (basename(folder) !== 'fs') return folder;
    const copy = join(within, version);
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, roots), edit(readFileSync(join(copy, roots), 'utf8')));
    return copy;
  });
};

// The library that issues tokens asks the machine for the time, and cannot be given a clock.
const movedClock = (context: TestContext, start: number): MovedClock => {
  const { timers } = context.mock;
  timers.enable({ apis: ['Date'], now: start });
  const calls = new Set<() => void>();
  return {
    ...systemClock,
    every: (ms, call) => {
      calls.add(call);
      const stop = systemClock.every(ms, call);
      return () => {
        calls.delete(call);
        stop();
      };
    },
    moveTo: (at) => {
      timers.setTime(at);
      for (const call of calls) call();
    },
  };
};

/** A receiver of webhooks on this machine; the path says to whom it was sent. */
const receiver = async (context: TestContext, now: () => number): Promise<{ port: number; told: Told[] }> => {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly type: string;
        readonly data: { readonly affects?: unknown };
      };
      told.push({ to: (request.url ?? '').slice(1), type, affects: data.affects, at: now() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, told };
};

/**
 * Starts a hub with the old name. `lms` of `vendor.test` and `portal` of `other.test` read courses; `operator` announces; both organisations have asked to be told by
 * webhook of what hits them.
 */
export const openVersionedHub = async (context: TestContext, start: number): Promise<VersionedHub> => {
  const place = await temporaryPlace();
  const clock = movedClock(context, start);
  const organisation = made.organisation.id;
  const known = new Map(versions.map((version) => [version, modelOf(version, place.folder)]));
  const folders: VersionedHub['folders'] = (version) => known.get(version) ?? [];
  const flags = (version: Version) => ({
    model: folders(version).join(','),
    webhooksToLoopback: 'true',
    qualityIntervalSeconds: '0',
  });
  let hub = await startHub({
    place,
    clock,
    flags: flags('old'),
    organisations: [{ id: organisation, settings: { institutionNumber } }, { id: 'vendor.test' }, { id: 'other.test' }],
    applications: [
      { id: 'lms', kind: 'client', organisation },
      { id: 'portal', kind: 'client', organisation },
      { id: 'adapter', kind: 'adapter', organisation },
    ],
  });
  context.after(async () => {
    await hub.close();
    await place.remove();
  });
  const { platform } = hub;
  // They read the data of the university and are of others, who are told.
  for (const [id, owner] of [
    ['lms', 'vendor.test'],
    ['portal', 'other.test'],
  ] as const) {
    const application = await platform.application(id);
    assert.ok(application !== null);
    await platform.putApplication({ ...application, owner });
  }
  const secret = makeClientSecret(systemRandom);
  const hash = await hashSecret(secret, systemRandom);
  await platform.putApplication({
    id: 'operator',
    name: 'operator',
    kind: 'admin',
    owner: organisation,
    describe: '',
    environment: 'sandbox',
    secrets: [{ id: 'operator-1', hash, createdAt: start, expiresAt: null }],
    jwks: null,
    scopes: ['admin.platform'],
    disabled: false,
    createdAt: start,
  });
  const credentials = new Map([...hub.credentials, ['operator', { id: 'operator', secret }]]);
  const { id: clientId, secret: clientSecret } = credentials.get('adapter') ?? { id: '', secret: '' };
  const [delivered] = await deliver({
    baseUrl: hub.url,
    tokenEndpoint: `${hub.url}/oauth/token`,
    clientId,
    clientSecret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections: made.collections.filter(({ collection }) => collection === 'fs/studietilbud/emne'),
    pageSize: 1_000,
    concurrency: 1,
    gzip: true,
    fetch,
    now: clock.now,
    sleep: (milliseconds) => sleep(milliseconds),
  });
  assert.deepEqual([delivered?.state, delivered?.rejected], ['completed', 0]);
  const { port, told } = await receiver(context, clock.now);
  const restart: VersionedHub['restart'] = async (version) => {
    await hub.close();
    hub = await startHub({ place, clock, flags: flags(version), known: credentials });
  };
  const as: VersionedHub['as'] = async (application) => {
    const { id, secret: own } = credentials.get(application) ?? { id: application, secret: '' };
    return callerOf(hub.url, await tokenFor(hub.url, id, own));
  };
  const operator = await as('operator');
  for (const owner of ['vendor.test', 'other.test']) {
    const answer = await operator.send('POST', '/admin/subscriptions', {
      body: JSON.stringify({
        organisation: owner,
        channel: { kind: 'webhook', url: `http://127.0.0.1:${port}/${owner}` },
      }),
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(answer.status, 201, answer.text);
  }
  return {
    place,
    clock,
    folders,
    restart,
    hub: () => hub,
    as,
    told,
    until: async (holds, what) => {
      for (let tries = 0; tries < 1_200; tries += 1) {
        clock.moveTo(clock.now());
        if (await holds()) return;
        await sleep(50);
      }
      assert.fail(`It did not come about: ${what}`);
    },
  };
};
