// The example adapter answers what clients ask, against a whole hub: in both forms of events, with every behaviour, and what it has accepted comes
// back with its deliveries.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { deliver, type AdapterOptions } from '#sandbox/adapter.ts';
import { answerEvents, type EventAdapterOptions } from '#sandbox/event-adapter.ts';
import { county } from '#sandbox/county.ts';
import { createSource, type Source } from '#sandbox/source.ts';
import type { Answer, Caller } from '../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../e2e/hub-under-test.ts';
import { temporaryPlace } from '../e2e/place.ts';

const elev = 'utdanning/elev/elev';
const wanted = new Set([elev, 'utdanning/elev/person']);
const clearance = 3;

type Resource = {
  readonly systemId: { readonly identifikatorverdi: string };
  readonly kontaktinformasjon?: object;
  readonly _links: Readonly<Record<string, unknown>>;
};

const changed = (one: Resource, website: string): object => ({
  ...one,
  kontaktinformasjon: { ...one.kontaktinformasjon, nettsted: website },
});

const place = await temporaryPlace();

describe('the event adapter', { timeout: 120_000 }, () => {
  let hub: HubUnderTest;
  let client: Caller;
  let source: Source;
  let delivery: AdapterOptions;
  const told: string[] = [];

  before(async () => {
    hub = await startHub({
      place,
      organisations: [{ id: 'fjordheim.test' }],
      applications: [
        { id: 'adapter', kind: 'adapter', organisation: 'fjordheim.test' },
        {
          id: 'client',
          kind: 'client',
          organisation: 'fjordheim.test',
          grant: { actions: ['read', 'list', 'follow', 'write'], clearance },
        },
      ],
    });
    client = await hub.as('client');
    const all = county({ seed: 1, size: 'small' }).collections.filter(({ collection }) => wanted.has(collection));
    source = createSource(all);
    delivery = {
      baseUrl: hub.url,
      tokenEndpoint: `${hub.url}/oauth/token`,
      clientId: 'adapter',
      clientSecret: hub.credentials.get('adapter')?.secret ?? '',
      scope: 'fint-adapter',
      orgId: 'fjordheim.test',
      adapterId: 'https://sandbox.test/fjordheim.test/utdanning',
      collections: source.collections,
      operations: ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE'],
      pageSize: 500,
      concurrency: 2,
      gzip: true,
      fetch,
      now: Date.now,
      // Its rests would be most of the time.
      sleep: (milliseconds) => wait(milliseconds / 10),
    };
    const summaries = await deliver(delivery);
    assert.ok(summaries.every(({ state }) => state === 'completed'));
  });
  after(async () => {
    await hub?.close();
    await place.remove();
  });

  /** Runs the adapter while something is done. */
  const answering = async (more: Partial<EventAdapterOptions>, work: () => Promise<void>): Promise<void> => {
    const stop = new AbortController();
    const running = answerEvents(
      {
        ...delivery,
        source,
        generation: 2,
        waitSeconds: 5,
        slowMilliseconds: 300,
        onEvent: ({ operation }, outcome) => told.push(`${operation} ${outcome}`),
        ...more,
      },
      stop.signal,
    );
    try {
      await Promise.race([work(), running.then(() => assert.fail('the adapter stopped'))]);
    } finally {
      stop.abort();
      await running;
    }
  };

  const pupilNumber = (number: number): Promise<Resource> => client.read(`/${elev}/systemid/E${500_000 + number}`);
  const send = (method: string, path: string, body?: object, headers = {}): Promise<Answer> =>
    client.send(method, path, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  /** The status once it is more than 202, asked until then or for as long as given. */
  const outcome = async (taken: Answer, patience = 10_000): Promise<Answer> => {
    assert.equal(taken.status, 202, taken.text);
    const until = Date.now() + patience;
    for (;;) {
      const answer = await client.send('GET', String(taken.headers['location']));
      if (answer.status !== 202 || Date.now() > until) return answer;
      await wait(20);
    }
  };
  const put = async (number: number, mark: string, patience?: number): Promise<Answer> =>
    outcome(
      await send('PUT', `/${elev}/systemid/E${500_000 + number}`, changed(await pupilNumber(number), mark)),
      patience,
    );

  for (const generation of [1, 2] as const)
    it(`answers as the resource asks, in form ${generation}`, async () => {
      const first = generation === 1 ? 30 : 60;
      await answering({ generation }, async () => {
        const done = await put(first, `https://ny${generation}.test`);
        assert.equal(done.status, 201, done.text);
        assert.match(done.text, new RegExp(`ny${generation}`));
        const rejected = await put(first + 1, 'sandbox:reject');
        assert.equal(rejected.status, 400, rejected.text);
        assert.match(rejected.text, /Kildesystemet godtar ikke endringen/);
        const conflict = await put(first + 2, 'sandbox:conflict');
        assert.equal(conflict.status, 409, conflict.text);
        assert.doesNotMatch(conflict.text, /sandbox:conflict/, 'what the source has, not what was sent');
        assert.equal((await put(first + 3, 'sandbox:fail')).status, 500);
        assert.equal((await put(first + 4, 'sandbox:slow')).status, 201);
        assert.equal((await put(first + 5, 'sandbox:silent', 600)).status, 202);
        const deleted = await outcome(await send('DELETE', `/${elev}/systemid/E${500_000 + first + 6}`));
        assert.equal(deleted.status, 204, deleted.text);
        assert.equal((await client.send('GET', `/${elev}/systemid/E${500_000 + first + 6}`)).status, 404);
        const valid = await outcome(
          await send('POST', `/${elev}?validate=true`, changed(await pupilNumber(first + 7), 'x')),
        );
        assert.equal(valid.status, 200, valid.text);
      });
    });

  it('takes a new resource, and treats events as its options say', async () => {
    await answering({ behave: ({ operation }) => (operation === 'DELETE' ? 'reject' : 'accept') }, async () => {
      const { kontaktinformasjon, _links: links } = await pupilNumber(80);
      const fresh = {
        systemId: { identifikatorverdi: 'E-ny' },
        gjest: false,
        kontaktinformasjon,
        _links: { person: links['person'] },
      };
      const made = await outcome(await send('POST', `/${elev}`, fresh));
      assert.equal(made.status, 201, made.text);
      assert.equal((await client.send('GET', `/${elev}/systemid/E-ny`)).status, 200);
      const kept = await outcome(await send('DELETE', `/${elev}/systemid/E-ny`));
      assert.equal(kept.status, 400, kept.text);
    });
    assert.ok(source.find(elev, 'systemid', 'E-ny') !== undefined);
  });

  it('answers live reads by identifier and by equality', async () => {
    const live = { prefer: 'respond-async' };
    await answering({}, async () => {
      const one = await outcome(await send('GET', `/${elev}/systemid/E500070`, undefined, live));
      assert.equal(one.status, 200, one.text);
      assert.equal((JSON.parse(one.text) as Resource).systemId.identifikatorverdi, 'E500070');
      const filter = encodeURIComponent("elevnummer/identifikatorverdi eq '500071'");
      const many = await outcome(await send('GET', `/${elev}?$filter=${filter}`, undefined, live));
      assert.equal(many.status, 200, many.text);
      assert.match(many.text, /E500071/);
      const refused = await outcome(
        await send(
          'GET',
          `/${elev}?$filter=${encodeURIComponent("startswith(brukernavn/identifikatorverdi,'x')")}`,
          undefined,
          live,
        ),
      );
      assert.ok([400, 202].includes(refused.status), `${refused.status} ${refused.text}`);
    });
  });

  it('delivers what it has accepted: as deltas when told to, and in the next full sync', async () => {
    await answering({ deltas: true }, async () => {
      assert.equal((await put(90, 'https://delta.test')).status, 201);
    });
    const [summary] = (await deliver(delivery)).filter(({ collection }) => collection === elev);
    assert.deepEqual([summary?.state, summary?.rejected], ['completed', 0]);
    assert.match((await client.send('GET', `/${elev}/systemid/E500090`)).text, /delta\.test/);
    assert.equal((await client.send('GET', `/${elev}/systemid/E-ny`)).status, 200);
    assert.equal((await client.send('GET', `/${elev}/systemid/E500036`)).status, 404);
  });

  it('ends with the words of the hub when the hub refuses it', async () => {
    await assert.rejects(
      answerEvents({ ...delivery, clientSecret: 'wrong', source, generation: 2 }, new AbortController().signal),
      /the token endpoint did not accept the request: 401/,
    );
  });
});
