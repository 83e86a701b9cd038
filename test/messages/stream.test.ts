// Streams of messages by themselves: when they end, what they say of a hole, and that a reader who takes nothing is given nothing more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { changesTopic, createSignals } from '#hub/signals.ts';
import { createReadChanges } from '#messages/read-changes.ts';
import { createStanding } from '#messages/standing.ts';
import { createStreams, type StreamAsked } from '#messages/stream.ts';
import { at } from '../apis/fs-graphql/fs-world.ts';
import { base, fjord, identified, model, principal, put, type World } from '../hub/world.ts';
import { openInstitution } from './messages-world.ts';

const course = (id: string) => ({ systemId: identified(id), naturligNokkel: identified(`7777,${id},1`), links: {} });
const asked: StreamAsked = { resources: ['emner'], after: null, from: 'beginning' };

/** What happens while somebody waits: after so many milliseconds, in their order. */
type Meanwhile = { readonly at: number; readonly happens: () => Promise<void> };

/** Streams over a world whose clock stands still: each wait is over at once, and takes as long as it says unless something happens meanwhile. */
const streamsOver = ({ store, hub, clock }: World, meanwhile: readonly Meanwhile[] = []) => {
  const asleep: number[] = [];
  const begun = clock.now();
  const coming = [...meanwhile];
  const sleep = async (ms: number): Promise<void> => {
    asleep.push(ms);
    const [next] = coming;
    const until = begun + (next?.at ?? Infinity) - clock.now();
    if (next !== undefined && until <= ms) {
      coming.shift();
      clock.move(Math.max(0, until));
      await next.happens();
      signals.tell(changesTopic(fjord));
      return;
    }
    clock.move(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const still = { ...clock, sleep };
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const signals = createSignals({ sleep });
  const streams = createStreams({
    read: createReadChanges({ model, hub, baseUrl: () => base }),
    standing: createStanding({ authorizer, store, clock }),
    signals,
    clock: still,
    platform: store.platform,
    environment: 'test',
    baseUrl: () => base,
  });
  return { streams, asleep };
};

const open = async (world: World, more: Partial<StreamAsked> = {}, expiresAt?: number) => {
  const { streams } = streamsOver(world);
  const as = expiresAt === undefined ? principal() : { ...principal(), expiresAt };
  const opened = await streams.open(
    { ...asked, ...more },
    { principal: as, requestId: 'r', api: 'fs-api' },
    new AbortController().signal,
  );
  assert.ok(opened.kind === 'stream');
  return { streams, chunks: opened.chunks };
};

const textOf = async (chunks: AsyncIterable<Buffer>): Promise<string> => {
  let text = '';
  for await (const chunk of chunks) {
    assert.ok(chunk.length >= 64, 'a smaller piece would wait for the next');
    text += chunk.toString();
  }
  return text;
};

test('a stream ends with its token, and after as long as streams last', async () => {
  for (const [expiresIn, lasts] of [
    [90_000, 90_000],
    [limits.messageStreamMs * 2, limits.messageStreamMs],
  ] as const) {
    const world = await openInstitution();
    await put(world, at.course, [course('A')]);
    const begun = world.clock.now();
    const { chunks } = await open(world, {}, begun + expiresIn);
    const text = await textOf(chunks);
    assert.match(text, /^: no.fs\nretry: 5000\n\n/);
    assert.equal([...text.matchAll(/^data: .*"subject":"emner\/7777,A,1"/gm)].length, 1);
    const lasted = world.clock.now() - begun;
    assert.ok(lasted >= lasts && lasted < lasts + 30_000, String(lasted));
    // Proxies hear something in between.
    assert.ok([...text.matchAll(/^: {2,}$/gm)].length >= lasts / 60_000);
    await world.close();
  }
});

test('a position that is not kept any more is said, and everything that is there follows', async () => {
  const world = await openInstitution();
  await put(world, at.course, [course('A'), course('B')]);
  const first = await open(world, {}, world.clock.now() + 1_000);
  const id = [...(await textOf(first.chunks)).matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
  assert.match(id, /^\d+\.[\w-]+$/);
  const lost = `${id.split('.')[0] ?? ''}.${'A'.repeat(87)}`;
  const { chunks } = await open(world, { after: lost }, world.clock.now() + 1_000);
  const types = [...(await textOf(chunks)).matchAll(/"type":"([^"]*)","subject":"([^"]*)"/g)].map(
    ([, type, subject]) => `${type} ${subject}`,
  );
  assert.deepEqual(types, [
    'no.fs.emner.restart emner',
    'no.fs.emner.create emner/7777,A,1',
    'no.fs.emner.create emner/7777,B,1',
  ]);
  await world.close();
});

test('a reader who has gone before its stream begins holds no place', async () => {
  const world = await openInstitution();
  const { streams } = streamsOver(world);
  const context = { principal: principal(), requestId: 'r', api: 'fs-api' };
  for (let left = 0; left <= limits.messageStreams; left += 1) {
    const leaving = new AbortController();
    const opening = streams.open(asked, context, leaving.signal);
    leaving.abort();
    assert.equal((await opening).kind, 'stream');
  }
  assert.equal((await streams.open(asked, context, new AbortController().signal)).kind, 'stream');
  await world.close();
});

test('a reader who goes gives its place back, whether it has read anything or not', async () => {
  const world = await openInstitution();
  const { streams } = streamsOver(world);
  const context = { principal: principal(), requestId: 'r', api: 'fs-api' };
  const leaving = Array.from({ length: limits.messageStreams }, () => new AbortController());
  for (const { signal } of leaving) assert.equal((await streams.open(asked, context, signal)).kind, 'stream');
  const never = new AbortController().signal;
  const refused = await streams.open(asked, context, never);
  assert.ok(refused.kind === 'refused' && refused.problem.code === 'HUB-107');
  // Another application has places of its own.
  assert.equal((await streams.open(asked, { ...context, principal: principal('other') }, never)).kind, 'missing');
  leaving[0]?.abort();
  const last = await streams.open(asked, context, never);
  assert.ok(last.kind === 'stream');
  const reading = last.chunks[Symbol.asyncIterator]();
  await reading.next();
  await reading.return?.();
  assert.equal((await streams.open(asked, context, never)).kind, 'stream');
  await world.close();
});

const person = (key: string, adressebeskyttelse: string) => ({
  systemId: identified(`X${key}`),
  naturligNokkel: identified(key),
  personlopenummer: identified(key),
  navn: { fornavn: 'Kari', etternavn: 'Åsen' },
  adressebeskyttelse,
  links: {},
});

/** When each piece of two minutes comes, and what it is but for where it stands. */
const heard = async (of: (world: World) => readonly Meanwhile[], after: string | null = null) => {
  const world = await openInstitution();
  await put(world, at.person, [person('1', 'ugradert')]);
  const { streams } = streamsOver(world, of(world));
  const begun = world.clock.now();
  const opened = await streams.open(
    { resources: ['personer'], after, from: 'now' },
    { principal: { ...principal(), expiresAt: begun + 120_000 }, requestId: 'r', api: 'fs-api' },
    new AbortController().signal,
  );
  assert.ok(opened.kind === 'stream');
  const pieces: { readonly at: number; readonly text: string }[] = [];
  for await (const chunk of opened.chunks)
    pieces.push({ at: world.clock.now() - begun, text: chunk.toString().replaceAll(/^id: .*\n\n/gm, '') });
  await world.close();
  return pieces;
};

/** Somebody protected, and somebody without the key that messages name: both move on where the reader stands, or may. */
const hidden =
  (...times: readonly number[]) =>
  (world: World): readonly Meanwhile[] =>
    times.map((time) => ({
      at: time,
      happens: async () => {
        const { naturligNokkel: _key, ...unnamed } = person(`${time}1`, 'ugradert');
        await put(world, at.person, [person(`${time}`, 'strengtFortrolig'), unnamed]);
      },
    }));

test('what changes out of sight is not told by its time', async () => {
  const quiet = await heard(() => []);
  assert.deepEqual(
    quiet.slice(0, 4).map((piece) => piece.at),
    [0, 0, 15_000, 30_000],
  );
  assert.deepEqual(await heard(hidden(1_000, 1_100, 14_900, 20_000, 29_999, 60_000, 100_001)), quiet);
  const seen = await heard((world) => [{ at: 7_000, happens: () => put(world, at.person, [person('2', 'ugradert')]) }]);
  assert.deepEqual(
    seen.slice(0, 5).map((piece) => [piece.at, /"subject":"([^"]*)"/.exec(piece.text)?.[1] ?? null]),
    [
      [0, null],
      [0, null],
      [7_000, 'personer/2'],
      [7_000, null],
      [22_000, null],
    ],
  );
});
