// Mutations of FS GraphQL over HTTP, at the university of the sandbox as its adapter delivers it: keys that are made of what is there are those that its
// source has, what a rule closes is closed, and what the hub does not own waits for its source.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { university } from '#sandbox/university.ts';
import { encodeNodeId } from '#mappings/node-ids.ts';
import { hubModel } from '../model/models.ts';
import { deliverSandbox, putWrites } from './deliver-sandbox.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { nationalIds } from './deliveries.ts';
import { temporaryPlace } from './place.ts';

type Tree = { readonly [name: string]: Tree } & readonly Tree[] & string & number & boolean & null;

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { students, cohorts } = made.known;
const place = await temporaryPlace();
let hub: HubUnderTest;

const idOf = (path: string, key: string): string => {
  const number = hubModel().collections.get(path)?.class.number ?? 0;
  return encodeNodeId({ number, owner: made.institutionNumber, by: { key } });
};

/** By the identifier that all have. */
const plainId = (path: string, fallback: string): string => {
  const number = hubModel().collections.get(path)?.class.number ?? 0;
  return encodeNodeId({ number, owner: made.institutionNumber, by: { fallback } });
};

const ask = async (query: string, variables: object, who = 'clerk'): Promise<Tree> => {
  const caller = await hub.as(who);
  const answer = await caller.send('POST', '/graphql', {
    headers: { 'content-type': 'application/json', 'feature-flags': 'beta, experimental' },
    body: JSON.stringify({ query, variables }),
  });
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
  const { data, errors } = JSON.parse(answer.text) as { readonly data: Tree; readonly errors?: unknown };
  assert.equal(errors, undefined, answer.text.slice(0, 500));
  return data;
};

const told = 'errors { ... on Error { __typename path } ... on SvarVentes { id } }';

const call = async (name: string, list: string, input: readonly object[], show = 'id', who = 'clerk') => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const ids = name.startsWith('opprett') ? 'ider' : '';
  const data = await ask(
    `mutation($i: [${type}!]!) { ${name}(input: $i) { ${list} { ${show} } ${ids} ${told} } }`,
    { i: input },
    who,
  );
  const payload = data[name];
  const errors = [...(payload?.['errors'] ?? [])].map(
    (one) => `${one['__typename']} ${[...(one['path'] ?? [])].join('.')}`,
  );
  return { result: payload?.[list] ?? null, errors, payload };
};

const studentWith = async (personlopenummer: string): Promise<Tree> => {
  const data = await ask(
    `query($id: ID!) { node(id: $id) { ... on StudentVedLarested { id studentnummer programStudieretter { nodes { id
      kull { id } klassemedlemskap { nodes { id klasse { id } } } } } } } }`,
    { id: idOf('fs/person/student', personlopenummer) },
  );
  return data['node'] ?? assert.fail('no student');
};

before(
  async () => {
    hub = await startHub({
      place,
      organisations: [{ id: organisation, settings: { institutionNumber: made.institutionNumber, removalGuard: 1 } }],
      applications: [
        { id: 'clerk', kind: 'client', organisation, grant: { actions: ['read', 'list', 'write'] } },
        { id: 'reader', kind: 'client', organisation, grant: { actions: ['read', 'list'] } },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    await deliverSandbox(hub, organisation, made.collections);
    await putWrites(hub, organisation, [
      ...made.ownedByHub.map((pattern) => ({ pattern, policy: 'hub', deadlineMinutes: null }) as const),
      { pattern: 'fs/*', policy: 'source', deadlineMinutes: 5 },
    ]);
  },
  { timeout: 90_000 },
);

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('mutations at the university', () => {
  it('make keys as the source does', async () => {
    const student = await studentWith(students.ordinary.personlopenummer);
    const right = student['programStudieretter']?.['nodes']?.[0];
    const membership = right?.['klassemedlemskap']?.['nodes']?.[0];
    const row = { programStudierettId: right?.['id'], kullklasseId: membership?.['klasse']?.['id'] };
    const again = await call('fordelStudenterIKlasser', 'klassemedlemskap', [row]);
    assert.deepEqual(again.errors, ['FinnesAllerede input.0.kullklasseId']);
    const [year = '', code = ''] = made.known.terms[0].split(',');
    const fee = { studentVedLarestedId: student['id'], arstall: Number(year), terminkode: code, erBetalt: true };
    const paid = await call(
      'registrerSemesteravgiftBetaltForStudenter',
      'semesterregistreringer',
      [fee],
      'id harBetaltSemesteravgiftV2',
    );
    assert.deepEqual(paid.errors, []);
    assert.equal(
      paid.result?.[0]?.['id'],
      idOf('fs/studierett/semesterregistrering', `${students.ordinary.personlopenummer},${made.known.terms[0]}`),
    );
  });

  it('make a student who is there for every API', async () => {
    const fodselsnummer = nationalIds.at(-1) ?? '';
    const status = await ask(
      `query($o: String!) { a: studentStatuser(filter: { eierOrganisasjonskode: $o }, first: 1) { nodes { id } }
        b: studierettstatuser(filter: { eierOrganisasjonskode: $o }, first: 1) { nodes { id } } }`,
      { o: made.institutionNumber },
    );
    const row = (cohort: string, number = fodselsnummer, marking: string | null = 'ugradert') => ({
      eierOrganisasjonskode: made.institutionNumber,
      student: {
        fodselsnummer: number,
        fornavn: 'Ronja',
        etternavn: 'Skog',
        kjonn: 'KVINNE',
        ...(marking === null ? {} : { adressebeskyttelse: marking }),
      },
      studierett: {
        kullId: plainId('fs/studietilbud/kull', cohort),
        terminId: idOf('fs/termin/termin', '2027,VÅR'),
        studentstatusId: status['a']?.['nodes']?.[0]?.['id'],
        studierettstatusId: status['b']?.['nodes']?.[0]?.['id'],
        fraDato: '2027-01-10',
      },
    });
    const closed = await call('opprettStudenter', 'studenter', [
      row(cohorts.open),
      row(cohorts.closed, nationalIds.at(-2)),
      row(cohorts.ofExpired, nationalIds.at(-3)),
    ]);
    assert.deepEqual(closed.errors, [
      'KulltermenErStengt input.1.studierett.kullId',
      // Neither active nor offered.
      'StudieprogrammetErUtlopt input.2.studierett.kullId',
      'StudieprogrammetErUtlopt input.2.studierett.kullId',
    ]);
    const denied = await call('opprettStudenter', 'studenter', [row(cohorts.open)], 'id', 'reader');
    assert.deepEqual(denied.errors, ['IkkeAutorisertError input']);
    const { result, errors } = await call(
      'opprettStudenter',
      'studenter',
      [row(cohorts.open)],
      'studentnummer personProfil { personlopenummer }',
    );
    assert.deepEqual(errors, []);
    const number = result?.[0]?.['studentnummer'] ?? '';
    const reader = await hub.as('reader');
    const student = await reader.read<Tree>(`/fs/person/student/studentnummer/${number}`);
    assert.deepEqual(Object.keys(student['_links'] ?? {}).toSorted(), [
      'larested',
      'personProfil',
      'programStudieretter',
      'self',
    ]);
    // Of whom nobody has said how protected he is, nobody is shown anything.
    const unknown = await call(
      'opprettStudenter',
      'studenter',
      [row(cohorts.open, nationalIds.at(-4), null)],
      'studentnummer',
    );
    assert.deepEqual([unknown.errors, unknown.result], [[], [null]]);
    const id = unknown.payload?.['ider']?.[0];
    assert.equal(typeof id, 'string');
    assert.deepEqual(await ask('query($id: ID!) { node(id: $id) { id } }', { id }), { node: null });
  });

  it('know nothing of the protected', async () => {
    const [hidden] = made.known.protected.strictStudent.persons;
    const id = plainId('fs/person/personprofil', hidden?.value ?? '');
    const { errors } = await call('registrerMeldingerOmDodsfall', 'personProfiler', [{ personProfilId: id }]);
    assert.deepEqual(errors, ['UgyldigId input.0.personProfilId']);
  });

  it('wait for the source of what the hub does not own', { timeout: 30_000 }, async () => {
    const texts = await ask(
      `query($o: String!) { s: sprak(filter: { eierOrganisasjonskode: $o }, first: 1) { nodes { id } }
        t: tekstkategorier(filter: { eierOrganisasjonskode: $o }, first: 100) { nodes { id kanBrukesTilEmnebeskrivelser } } }`,
      { o: made.institutionNumber },
    );
    const category = [...(texts['t']?.['nodes'] ?? [])].find((one) => one['kanBrukesTilEmnebeskrivelser'] === true);
    const row = {
      emneId: idOf('fs/studietilbud/emne', made.known.courses.taught),
      sprakId: texts['s']?.['nodes']?.[0]?.['id'],
      tekstkategoriId: category?.['id'],
      innhold: 'Hva du lærer.',
    };
    const { errors, payload } = await call('angiEmnebeskrivelse', 'emner', [row]);
    assert.deepEqual(errors, ['SvarVentes input']);
    const id = payload?.['errors']?.[0]?.['id'];
    const data = await ask('query($id: ID!) { skriving(id: $id) { tilstand } }', { id });
    assert.deepEqual(data['skriving'], { tilstand: 'VENTER' });
    assert.equal((await ask('query($id: ID!) { skriving(id: $id) { tilstand } }', { id }, 'reader'))['skriving'], null);
  });
});
