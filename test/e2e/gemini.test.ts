// Gemini in a whole hub, over HTTP, at the university of the sandbox: by password and by token, what is refused and in which form, and what nobody is told.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { encodeNodeId } from '#mappings/node-ids.ts';
import { university } from '#sandbox/university.ts';
import { call, type Answer } from './caller.ts';
import { deliverSandbox, putWrites } from './deliver-sandbox.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const owner = made.institutionNumber;
const { students } = made.known;
const place = await temporaryPlace();
let hub: HubUnderTest;

const passwordOf = (who: string): string => {
  const { id, secret } = hub.credentials.get(who) ?? assert.fail(who);
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
};

type Sent = {
  readonly who?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const send = (method: string, path: string, { who = 'clerk', headers = {}, body }: Sent = {}): Promise<Answer> =>
  call(hub.url, method, path, {
    headers: {
      ...(who === null ? {} : { authorization: passwordOf(who) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });

type Json = Readonly<Record<string, unknown>>;
const jsonOf = ({ text }: Answer): Json => JSON.parse(text) as Json;
const itemsOf = (answer: Answer): readonly Json[] => {
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
  return jsonOf(answer)['items'] as readonly Json[];
};

/** A problem in the form of the original. */
const problemOf = (answer: Answer, status: number): Json => {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  const problem = jsonOf(answer);
  assert.deepEqual(Object.keys(problem).slice(0, 5), ['type', 'title', 'status', 'detail', 'instance']);
  assert.equal(problem['status'], status);
  assert.equal(status === 400, Array.isArray(problem['invalidParameters']));
  return problem;
};
const namesOf = (problem: Json): readonly string[] =>
  (problem['invalidParameters'] as readonly { readonly name: string }[]).map(({ name }) => name);

const personOf = (number: string): string => encodeNodeId({ number: 13, owner, by: { key: number } });

before(
  async () => {
    const everything = { actions: ['read', 'list', 'write'] } as const;
    hub = await startHub({
      place,
      organisations: [
        { id: organisation, settings: { institutionNumber: owner, removalGuard: 1 } },
        { id: 'nabo.test', settings: { institutionNumber: '186' } },
      ],
      applications: [
        { id: 'clerk', kind: 'client', organisation, grant: { actions: [...everything.actions] } },
        { id: 'stranger', kind: 'client', organisation: 'nabo.test', grant: { actions: [...everything.actions] } },
        {
          id: 'nobody',
          kind: 'client',
          organisation,
          grant: { actions: ['read', 'list'], collections: ['fs/termin/*'] },
        },
        { id: 'several', kind: 'client', organisation, grant: { actions: ['read', 'list'] } },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    await deliverSandbox(hub, organisation, made.collections);
    await putWrites(hub, organisation, [{ pattern: '*', policy: 'hub', deadlineMinutes: null }]);
  },
  { timeout: 90_000 },
);

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('signing in', () => {
  it('is by password or by token, and gives the same', async () => {
    const asked = await fetch(`${hub.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: passwordOf('clerk') },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'fint-client' }),
    });
    const { access_token: token } = (await asked.json()) as { readonly access_token?: string };
    const byToken = await send('GET', '/gemini/termintyper', {
      who: null,
      headers: { authorization: `Bearer ${token ?? ''}` },
    });
    assert.deepEqual(jsonOf(byToken), jsonOf(await send('GET', '/gemini/termintyper')));
    assert.ok(itemsOf(byToken).length > 0);
  });

  it('fails with a bare text, whatever was asked for', async () => {
    for (const headers of [{}, { authorization: 'Basic bm9ib2R5Ong=' }, { authorization: 'Bearer x' }])
      for (const path of ['/gemini/land', '/gemini/personer/x', '/gemini/finnes-ikke']) {
        const answer = await send('GET', path, { who: null, headers });
        assert.equal(answer.status, 401, `${path} ${answer.text}`);
        assert.equal(typeof JSON.parse(answer.text), 'string');
        assert.match(String(answer.headers['content-type']), /^application\/json/);
      }
  });

  it('takes nobody to whom several institutions give access, whichever he names', async () => {
    assert.equal((await send('GET', '/gemini/land', { who: 'several' })).status, 200);
    const given = (await hub.platform.grantsOf('several')).at(0) ?? assert.fail();
    await hub.platform.putGrant({ ...given, id: 'several-elsewhere', organisation: 'nabo.test' });
    const { id, secret } = hub.credentials.get('several') ?? assert.fail();
    for (const user of [id, `${id}@${organisation}`, `${id}@nabo.test`]) {
      const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
      problemOf(await send('GET', '/gemini/land', { who: null, headers: { authorization } }), 403);
    }
  });

  it('shows of another institution what it has, and of the university nothing', async () => {
    const id = personOf(students.ordinary.personlopenummer);
    assert.equal((await send('GET', `/gemini/personer/${id}`)).status, 200);
    problemOf(await send('GET', `/gemini/personer/${id}`, { who: 'stranger' }), 404);
    problemOf(await send('GET', `/gemini/personer?eierinstitusjonsnummer=${owner}`, { who: 'stranger' }), 404);
    problemOf(await send('GET', '/gemini/land', { who: 'nobody' }), 404);
    assert.ok(itemsOf(await send('GET', '/gemini/terminer', { who: 'nobody' })).length > 0);
  });
});

describe('the description', () => {
  it('is there for everybody, at both addresses', async () => {
    for (const path of ['/gemini/docs/openapi-bundle.yaml', '/docs/gemini/openapi-bundle.yaml']) {
      const answer = await send('GET', path, { who: null });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /^openapi: 3\.0\.3\n/);
      assert.ok(answer.text.includes(`${hub.url}/gemini`));
    }
  });
});

describe('what the university has', () => {
  it('stands in every register', async () => {
    const { paths } = jsonOf(await send('GET', '/gemini/docs/openapi.json', { who: null })) as {
      readonly paths: Readonly<Record<string, unknown>>;
    };
    const registers = Object.keys(paths).filter((path) => /^\/[a-z]+$/.test(path) && path !== '/personer');
    assert.equal(registers.length, 33);
    for (const path of registers) assert.ok(itemsOf(await send('GET', `/gemini${path}?pageSize=1`)).length === 1, path);
  });

  it('is told of students: what they bring from elsewhere, are exempt from, have ordered and where they have been', async () => {
    const of = async (student: keyof typeof students, what: string): Promise<readonly Json[]> =>
      itemsOf(await send('GET', `/gemini/personer/${personOf(students[student].personlopenummer)}/${what}`));
    assert.equal((await of('ordinary', 'emnefritak'))[0]?.['fritakstype'], 'EKSTERN');
    const [order] = await of('ordinary', 'resultatutveksling');
    const results = await of('ordinary', 'eksternresultater');
    assert.deepEqual([order?.['status'], order?.['antallResultater']], ['FULLFORT', results.length]);
    const [plan] = await of('ordinary', 'utdanningsplaner');
    const { emner, eksternresultater } = (plan ?? {}) as Readonly<Record<string, readonly unknown[]>>;
    assert.ok((emner ?? []).length > 0);
    assert.equal(eksternresultater?.length, 1);
    assert.equal((await of('abroad', 'utvekslingsopphold')).length, 1);
    const { personlopenummer } = students.strictlyProtected;
    for (const what of ['emnefritak', 'eksternresultater', 'resultatutveksling'])
      problemOf(await send('GET', `/gemini/personer/${personOf(personlopenummer)}/${what}`), 404);
  });
});

describe('pages', () => {
  it('go through a whole register, each thing once', async () => {
    const whole = itemsOf(await send('GET', `/gemini/emner?pageSize=${limits.geminiItems}`)).map(
      ({ emneId }) => emneId,
    );
    const seen: unknown[] = [];
    let path: string | null = '/gemini/emner?pageSize=7';
    while (path !== null) {
      const answer: Answer = await send('GET', path);
      seen.push(...itemsOf(answer).map(({ emneId }) => emneId));
      const next = jsonOf(answer)['nextPage'];
      if (typeof next === 'string') assert.ok(next.startsWith(`${hub.url}/gemini/emner?`));
      path = typeof next === 'string' ? next.slice(hub.url.length) : null;
    }
    assert.ok(whole.length > 20);
    assert.deepEqual(seen, whole);
    assert.equal(new Set(seen).size, seen.length);
  });
});

describe('what is bad', () => {
  it('is told by name, never by value, in the form of the original', async () => {
    const cases: readonly (readonly [path: string, names: readonly string[]])[] = [
      ['/gemini/land?pageSize=0', ['pageSize']],
      ['/gemini/land?pageSize=-1', ['pageSize']],
      [`/gemini/land?pageSize=${limits.geminiItems + 1}`, ['pageSize']],
      ['/gemini/land?pageSize=1&pageSize=2', ['pageSize']],
      ['/gemini/land?after=%00', ['after']],
      ['/gemini/land?annet=fortrolig', ['annet']],
      ['/gemini/personer', ['eierinstitusjonsnummer']],
      [
        '/gemini/personer?eierinstitusjonsnummer=x&fodselsnummer=fortrolig',
        ['eierinstitusjonsnummer', 'fodselsnummer'],
      ],
    ];
    for (const [path, names] of cases) {
      const answer = await send('GET', path);
      assert.deepEqual(namesOf(problemOf(answer, 400)), names, path);
      assert.ok(!answer.text.includes('fortrolig'), answer.text);
    }
  });

  it('has the same form where the pipeline finds it', async () => {
    problemOf(await send('GET', '/gemini/finnes-ikke'), 404);
    problemOf(await send('GET', '/gemini/personer/%E0%A4%A'), 404);
    problemOf(await send('DELETE', '/gemini/land'), 405);
    problemOf(await send('POST', '/gemini/personer', { body: '<a/>', headers: { 'content-type': 'text/xml' } }), 415);
    problemOf(await send('POST', '/gemini/personer', { body: `{"fornavn":"${'x'.repeat(limits.bodyBytes)}"}` }), 413);
    assert.deepEqual(namesOf(problemOf(await send('POST', '/gemini/personer', { body: '{' }), 400)), ['body']);
  });

  it('a change without the number of its case does not happen', async () => {
    const id = personOf(students.ordinary.personlopenummer);
    const [course] = itemsOf(await send('GET', '/gemini/emner?pageSize=1'));
    const body = JSON.stringify({ emneId: course?.['emneId'], fritakstype: 'EKSTERN' });
    const path = `/gemini/personer/${id}/emnefritak`;
    const held = itemsOf(await send('GET', path));
    assert.equal(held.length, 1);
    assert.deepEqual(namesOf(problemOf(await send('POST', path, { body }), 400)), ['X-Journalnummer']);
    assert.deepEqual(itemsOf(await send('GET', path)), held);
    const taken = await send('POST', path, { body, headers: { 'X-Journalnummer': '2026/77-1' } });
    assert.equal(taken.status, 201, taken.text);
    assert.equal(taken.headers['cache-control'], 'no-store');
    assert.deepEqual(itemsOf(await send('GET', path)), [...held, jsonOf(taken)]);
  });
});

describe('who is protected', () => {
  it('is found by no page, no filter and no id', async () => {
    const persons: Json[] = [];
    let path: string | null = `/gemini/personer?eierinstitusjonsnummer=${owner}&pageSize=${limits.geminiItems}`;
    while (path !== null) {
      const answer: Answer = await send('GET', path);
      persons.push(...itemsOf(answer));
      assert.equal(answer.headers['cache-control'], 'no-store');
      const next = jsonOf(answer)['nextPage'];
      path = typeof next === 'string' ? next.slice(hub.url.length) : null;
    }
    assert.ok(persons.length > 20);
    const text = JSON.stringify(persons);
    const hidden = Object.values(made.known.protected).filter(({ marking }) => marking !== 'ugradert');
    assert.ok(hidden.length > 1);
    for (const { nationalId } of hidden) {
      assert.ok(!text.includes(nationalId));
      const found = `/gemini/personer?eierinstitusjonsnummer=${owner}&fodselsnummer=${nationalId}`;
      assert.deepEqual(itemsOf(await send('GET', found)), []);
    }
  });
});
