// The small university of the sandbox delivered to a real hub by its adapter: nothing is kept back, one comes from a student to all around and back, and
// nothing of the protected shows to an ordinary client, while one with clearance sees them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { noExamples, readGraphqlExamples } from '#model/graphql-examples.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { deliver, type CollectionSummary } from '#sandbox/adapter.ts';
import { university } from '#sandbox/university.ts';
import type { Answer } from './caller.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Resource = Readonly<Record<string, unknown>> & {
  readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>>;
};

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { students, teachers, protected: hidden } = made.known;

const place = await temporaryPlace();
let hub: HubUnderTest;
let summary: readonly CollectionSummary[] = [];

const ask = async (who: string, address: string): Promise<Answer> => (await hub.as(who)).send('GET', `/${address}`);
const read = async (who: string, address: string): Promise<Resource> => {
  const answer = await ask(who, address);
  assert.equal(answer.status, 200, `${who} ${address}: ${answer.text.slice(0, 200)}`);
  return JSON.parse(answer.text) as Resource;
};
const linked = (resource: Resource, relation: string): readonly string[] =>
  (resource['_links'][relation] ?? []).map(({ href }) => new URL(href).pathname.slice(1));

before(
  async () => {
    const actions = ['read', 'list', 'follow'] as const;
    hub = await startHub({
      place,
      flags: { qualityIntervalSeconds: '0' },
      organisations: [{ id: organisation, settings: { institutionNumber: made.institutionNumber } }],
      applications: [
        { id: 'plain', kind: 'client', organisation, grant: { actions } },
        { id: 'cleared', kind: 'client', organisation, grant: { actions, clearance: 3 } },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
    summary = await deliver({
      baseUrl: hub.url,
      tokenEndpoint: `${hub.url}/oauth/token`,
      clientId: id,
      clientSecret: secret,
      scope: 'fint-adapter',
      orgId: organisation,
      adapterId: `https://sandbox.test/${organisation}`,
      collections: made.collections,
      pageSize: 1_000,
      concurrency: 2,
      gzip: true,
      fetch,
      now: Date.now,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  },
  { timeout: 90_000 },
);

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('the university in a hub', () => {
  it('is taken whole', () => {
    assert.equal(summary.length, made.collections.length);
    for (const { collection, state, rejected, warnings, problems } of summary)
      assert.deepEqual([state, rejected, warnings, problems], ['completed', 0, 0, []], collection);
  });

  it('leads from a student to rights, cohort, class, courses and results, and back', async () => {
    const { ordinary } = students;
    const student = await read('plain', `fs/person/student/studentnummer/${ordinary.studentnummer}`);
    const [profileAt = ''] = linked(student, 'personProfil');
    const profile = await read('plain', profileAt);
    assert.equal(
      (profile['personlopenummer'] as { readonly identifikatorverdi: string }).identifikatorverdi,
      ordinary.personlopenummer,
    );
    assert.equal(linked(profile, 'student').length, 1);
    assert.equal(linked(profile, 'statsborgerskap').length, 1);
    assert.equal(linked(student, 'programStudieretter').length, ordinary.studieretter.length);
    for (const relation of [
      'emneStudieretter',
      'semesterregistreringer',
      'vurderingsmeldinger',
      'resultaterV2',
      'studentkort',
      'studieprogramISemester',
      'fakturaer',
      'utdanningsplaner',
    ])
      assert.ok(linked(student, relation).length > 0, relation);
    const right = await read('plain', linked(student, 'programStudieretter')[0] ?? '');
    const cohort = await read('plain', linked(right, 'kull')[0] ?? '');
    assert.ok(linked(cohort, 'studenter').length > 20);
    assert.ok(linked(cohort, 'klasser').length > 0);
    const [courseKey = ''] = ordinary.emner;
    const course = await read('plain', `fs/studietilbud/emne/naturlignokkel/${encodeURIComponent(courseKey)}`);
    assert.ok(linked(course, 'undervisningsenheter').length > 0);
    assert.ok(linked(course, 'vurderingsenheter').length > 0);
  });

  it('answers every example of the page at /graphql', async () => {
    const examples = readGraphqlExamples(readGraphqlFiles(bundledModel));
    assert.ok(examples.ok);
    const { owner, examples: own } = examples.value.get('fs-graphql') ?? noExamples;
    const caller = await hub.as('plain');
    for (const { query, flags, variables, title } of own) {
      const filled =
        owner !== null && owner in variables ? { ...variables, [owner]: made.institutionNumber } : variables;
      const answer = await caller.send('POST', '/graphql', {
        headers: {
          'content-type': 'application/json',
          ...(flags.length === 0 ? {} : { 'feature-flags': flags.join(', ') }),
        },
        body: JSON.stringify({ query, variables: filled }),
      });
      const body = JSON.parse(answer.text) as { readonly data?: Readonly<Record<string, unknown>>; errors?: unknown };
      assert.equal(body.errors, undefined, `${title.en}: ${answer.text.slice(0, 300)}`);
      const [told] = Object.values(body.data ?? {}) as readonly { readonly nodes?: readonly unknown[] }[];
      assert.ok(told !== undefined && told !== null, title.en);
      if ('antall' in variables) assert.ok((told.nodes ?? []).length > 0, `${title.en} finds something`);
    }
  });

  it('knows one human as student and teacher, and one whose number has changed', async () => {
    const profile = await read('plain', `fs/person/personprofil/personlopenummer/${teachers.student.personlopenummer}`);
    assert.deepEqual([linked(profile, 'student').length, linked(profile, 'fagperson').length], [1, 1]);
    const changed = await read('plain', `fs/person/personprofil/systemid/${students.changedNumber.personProfil}`);
    const [history = ''] = linked(changed, 'fodselsnummerhistorikk');
    assert.equal((await read('plain', history))['nyttFodselsnummer'], students.changedNumber.fodselsnummer);
  });

  it('shows nothing of the protected to an ordinary client, and all to one with clearance', async () => {
    for (const [name, { marking, persons, about, beside, nationalId }] of Object.entries(hidden)) {
      const open = marking === 'ugradert';
      for (const { collection, field, value } of [...persons, ...about]) {
        const address = `${collection}/${field}/${encodeURIComponent(value)}`;
        assert.equal((await ask('plain', address)).status, open ? 200 : 404, `${name} ${address}`);
        assert.equal((await ask('cleared', address)).status, 200, `${name} ${address}`);
      }
      for (const { collection, field, value } of beside) {
        const seen = await ask('plain', `${collection}/${field}/${encodeURIComponent(value)}`);
        assert.equal(seen.status, 200);
        if (!open) for (const { value: part } of about) assert.ok(!seen.text.includes(part), `${name}: ${part}`);
      }
      assert.equal((await ask('plain', `fs/person/personprofil/fodselsnummer/${nationalId}`)).status, open ? 200 : 404);
    }
  });
});
