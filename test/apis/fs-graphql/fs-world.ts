// A small institution, 7777, over the store (of either engine): a term or two, courses, a programme, students and staff, one of them dead and one
// protected; and a client that asks the API as its routes give it.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { fsGraphqlApi, type FsGraphqlDeps } from '#apis/fs-graphql/fs-graphql-api.ts';
import { encodeNodeId } from '#mappings/node-ids.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import {
  base,
  bySystemId,
  fjord,
  grant,
  identified,
  model,
  nationalId,
  openWorld,
  principal,
  put,
  type World,
} from '../../hub/world.ts';
import { fsRoots } from './face-under-test.ts';

export const owner = '7777';

export const at = {
  organisation: 'fs/organisasjon/organisasjon',
  unit: 'fs/organisasjon/organisasjonsenhet',
  campus: 'fs/organisasjon/campus',
  person: 'fs/person/personprofil',
  student: 'fs/person/student',
  staff: 'fs/person/fagperson',
  term: 'fs/termin/termin',
  termName: 'fs/termin/terminbetegnelse',
  programme: 'fs/studietilbud/studieprogram',
  cohort: 'fs/studietilbud/kull',
  klass: 'fs/studietilbud/klasse',
  course: 'fs/studietilbud/emne',
  courseCampus: 'fs/studietilbud/emnecampus',
  level: 'fs/studietilbud/studieniva',
  unitOfTeaching: 'fs/undervisning/undervisningsenhet',
  activity: 'fs/undervisning/undervisningsaktivitet',
  right: 'fs/studierett/programstudierett',
  membership: 'fs/studierett/klassemedlemskap',
  registration: 'fs/studierett/semesterregistrering',
  leave: 'fs/studierett/permisjon',
  role: 'fs/rolle/fsrolle',
  courseRole: 'fs/rolle/emnerolle',
  cohortRole: 'fs/rolle/kullrolle',
  assessment: 'fs/vurdering/vurderingsenhet',
  entry: 'fs/vurdering/vurderingsmelding',
  result: 'fs/vurdering/resultat',
  country: 'fs/felles/land',
} as const;

/** The number of the class of a collection, for ids. */
export const numberOf = (path: string): number => {
  const number = model.collections.get(path)?.class.number;
  assert.ok(typeof number === 'number', path);
  return number;
};

/** The id of something by its natural key. */
export const idOf = (path: string, key: string, of = owner): string =>
  encodeNodeId({ number: numberOf(path), owner: of, by: { key } });

/** The id of something that has no key. */
export const plainId = (path: string, systemId: string, of = owner): string =>
  encodeNodeId({ number: numberOf(path), owner: of, by: { fallback: systemId } });

const words = (nb: string, en: string | null = null) => (en === null ? { nb } : { nb, en });
const dates = (fraDato: string, tilDato: string | null = null) => ({
  fraDato: `${fraDato}T00:00:00Z`,
  ...(tilDato === null ? {} : { tilDato: `${tilDato}T00:00:00Z` }),
});

/** A period of terms, which are named by their systemId. */
export const inTerms = (from: string | null, to: string | null) => ({
  _links: {
    ...(from === null ? {} : { fraTermin: [{ href: bySystemId(at.term, from) }] }),
    ...(to === null ? {} : { tilTermin: [{ href: bySystemId(at.term, to) }] }),
  },
});

type Links = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const one = (id: string, key: string | null, values: Readonly<Record<string, unknown>>, links: Links = {}) => ({
  systemId: identified(id),
  ...(key === null ? {} : { naturligNokkel: identified(key) }),
  ...values,
  links: Object.fromEntries(
    Object.entries(links).map(([name, ends]) => [name, ends.map(([path, end]) => bySystemId(path, end))]),
  ),
});

/** The persons with other markings; the third is protected at first. */
export const markedPersons = (markings: readonly string[]): readonly ReturnType<typeof one>[] => [
  one('X1', '101', {
    personlopenummer: identified('101'),
    adressebeskyttelse: markings[0] ?? 'ugradert',
    feideBruker: identified('kari@test.no'),
    fodselsnummer: identified(nationalId(1)),
    fodselsdato: '2001-01-09T00:00:00Z',
    kjonn: 'KVINNE',
    navn: { fornavn: 'Kari', etternavn: 'Åsen' },
    institusjonsEpost: 'kari@test.no',
    erDod: false,
  }),
  one('X2', '102', {
    personlopenummer: identified('102'),
    adressebeskyttelse: markings[1] ?? 'ugradert',
    feideBruker: identified('ola@test.no'),
    fodselsnummer: identified(nationalId(2)),
    kjonn: 'MANN',
    navn: { fornavn: 'Ola', etternavn: 'Berg' },
    erDod: true,
  }),
  one('X3', '103', {
    personlopenummer: identified('103'),
    feideBruker: identified('hemmelig@test.no'),
    fodselsnummer: identified(nationalId(3)),
    kjonn: 'KVINNE',
    navn: { fornavn: 'Hemmelig', etternavn: 'Person' },
    adressebeskyttelse: markings[2] ?? 'ugradert',
  }),
  one('X4', '104', {
    personlopenummer: identified('104'),
    adressebeskyttelse: markings[3] ?? 'ugradert',
    feideBruker: identified('lars@test.no'),
    kjonn: 'MANN',
    navn: { fornavn: 'Lars', etternavn: 'Lærer' },
  }),
];

/** What the institution holds, by collection. */
const institution: readonly (readonly [string, readonly ReturnType<typeof one>[]])[] = [
  [
    at.organisation,
    [one('O', null, { organisasjonskode: identified('7777'), navnAlleSprak: words('Sikthøyskolen', 'Sikt UC') })],
  ],
  [
    at.unit,
    [
      one(
        'U1',
        '7777,59,0,0',
        {
          erAktiv: true,
          navnAlleSprak: words('Institutt for testing', 'Department of tests'),
          organisasjonsnivaa: { kode: '3', navn: words('Institutt'), felleskode: true },
        },
        { organisasjon: [[at.organisation, 'O']] },
      ),
      one('U2', '7777,60,0,0', { erAktiv: false, navnAlleSprak: words('Nedlagt institutt') }),
      one('U3', '7777,61,0,0', { navnAlleSprak: words('Uten status') }),
    ],
  ],
  [
    at.campus,
    [
      one('C1', 'NORD', { kode: identified('NORD'), navnAlleSprak: words('Nord') }),
      one('C2', 'SØR', { kode: identified('SØR') }),
    ],
  ],
  [
    at.country,
    [
      one('L1', null, { landkodeAlfa3: identified('NOR'), navnAlleSprak: words('Norge', 'Norway') }),
      one('L2', null, { landkodeAlfa3: identified('SWE'), navnAlleSprak: words('Sverige', 'Sweden') }),
    ],
  ],
  [
    at.termName,
    [
      one('TN1', 'VÅR', { kode: identified('VÅR'), navnAlleSprak: words('Vår') }),
      one('TN2', 'HØST', { kode: identified('HØST'), navnAlleSprak: words('Høst') }),
    ],
  ],
  [
    at.term,
    [
      one(
        'T1',
        '2025,HØST',
        { arstall: 2025, studiesemesterPeriode: dates('2025-08-01', '2025-12-31') },
        { betegnelse: [[at.termName, 'TN2']] },
      ),
      one(
        'T2',
        '2026,VÅR',
        { arstall: 2026, studiesemesterPeriode: dates('2026-01-01', '2026-07-31') },
        { betegnelse: [[at.termName, 'TN1']] },
      ),
      one(
        'T3',
        '2026,HØST',
        { arstall: 2026, studiesemesterPeriode: dates('2026-08-01', '2026-12-31') },
        { betegnelse: [[at.termName, 'TN2']] },
      ),
    ],
  ],
  [
    at.level,
    [
      one('N1', null, { kode: identified('B'), eqfnivakode: 6, navnAlleSprak: words('Bachelor') }),
      one('N2', null, { kode: identified('M'), eqfnivakode: 7 }),
    ],
  ],
  [
    at.course,
    [
      one(
        'E1',
        '7777,TST1000,1',
        {
          kode: 'TST1000',
          versjonskode: '1',
          navnAlleSprak: words('Testlære', 'Testing'),
          emnetype: 'UNDERVISN',
          vekting: { verdi: '7.5' },
          undervisesIPeriode: inTerms('T1', null),
        },
        { studieansvarligOrganisasjonsenhet: [[at.unit, 'U1']], studieniva: [[at.level, 'N1']] },
      ),
      one(
        'E2',
        '7777,TST2000,1',
        {
          kode: 'TST2000',
          versjonskode: '1',
          navnAlleSprak: words('Videregående testlære', 'Advanced testing'),
          skalEksporteresTilUtdanningsregisteret: true,
          vurderesIPeriode: inTerms('T3', null),
        },
        { studieniva: [[at.level, 'N2']] },
      ),
      one('E3', '7777,ABC,1', {
        kode: 'ABC',
        versjonskode: '1',
        navnAlleSprak: words('Gammelt emne'),
        undervisesIPeriode: inTerms('T1', 'T1'),
      }),
    ],
  ],
  [
    at.courseCampus,
    [
      one('EC1', null, {}, { emne: [[at.course, 'E1']], campus: [[at.campus, 'C1']] }),
      one('EC2', null, {}, { emne: [[at.course, 'E2']], campus: [[at.campus, 'C1']] }),
    ],
  ],
  [
    at.programme,
    [
      one(
        'P1',
        'TEST-BA',
        { kode: identified('TEST-BA'), erAktiv: true, navnAlleSprak: words('Bachelor i testing') },
        { studieniva: [[at.level, 'N1']] },
      ),
      one('P2', 'TEST-GML', { kode: identified('TEST-GML'), erAktiv: false, navnAlleSprak: words('Nedlagt program') }),
    ],
  ],
  [
    at.cohort,
    [
      one(
        'K1',
        'TEST-BA,2026,VÅR',
        {
          erAktiv: true,
          navnAlleSprak: words('Kull vår 2026'),
          tjenestenummerForLms: 'LMS1',
          skalEksporteresTilLms: true,
        },
        { studieprogram: [[at.programme, 'P1']], terminV2: [[at.term, 'T2']] },
      ),
    ],
  ],
  [
    at.klass,
    [
      one(
        'A',
        'TEST-BA,2026,VÅR,A',
        { kode: 'A', erAktiv: true, navnAlleSprak: words('Klasse A') },
        { kull: [[at.cohort, 'K1']] },
      ),
      one(
        'B',
        'TEST-BA,2026,VÅR,B',
        { kode: 'B', erAktiv: false, navnAlleSprak: words('Klasse B') },
        { kull: [[at.cohort, 'K1']] },
      ),
    ],
  ],
  [at.person, markedPersons(['ugradert', 'ugradert', 'strengtFortrolig', 'ugradert'])],
  [
    at.student,
    [
      one(
        'S1',
        '101',
        { studentnummer: identified('500101') },
        { personProfil: [[at.person, 'X1']], semesterregistreringer: [[at.registration, 'G1']] },
      ),
      one(
        'S2',
        '102',
        { studentnummer: identified('500102'), europeanStudentId: { esiId: identified('urn:esi:500102') } },
        { personProfil: [[at.person, 'X2']], semesterregistreringer: [[at.registration, 'G2']] },
      ),
      one(
        'S3',
        '103',
        { studentnummer: identified('500103') },
        { personProfil: [[at.person, 'X3']], semesterregistreringer: [[at.registration, 'G3']] },
      ),
    ],
  ],
  [at.staff, [one('F1', '104', { erAktiv: true }, { personProfil: [[at.person, 'X4']], campus: [[at.campus, 'C1']] })]],
  [
    at.right,
    [1, 2, 3].map((number) =>
      one(
        `R${number}`,
        `10${number},TEST-BA,2026,VÅR`,
        { studierettperiode: dates('2026-01-01', '2028-12-31') },
        {
          student: [[at.student, `S${number}`]],
          personProfil: [[at.person, `X${number}`]],
          studieprogram: [[at.programme, 'P1']],
          kull: [[at.cohort, 'K1']],
        },
      ),
    ),
  ],
  [
    at.membership,
    [
      one(
        'M1',
        '101,TEST-BA,2026,VÅR,A',
        { erAktiv: true },
        { klasse: [[at.klass, 'A']], programStudierett: [[at.right, 'R1']], studentVedLarested: [[at.student, 'S1']] },
      ),
    ],
  ],
  [
    at.registration,
    [
      one(
        'G1',
        '101,2026,VÅR',
        { erSemesterregistrert: true, harBetaltSemesteravgiftV2: true },
        { student: [[at.student, 'S1']], termin: [[at.term, 'T2']] },
      ),
      one(
        'G2',
        '102,2025,HØST',
        { erSemesterregistrert: true, harBetaltSemesteravgiftV2: true, erUgyldiggjort: true },
        { student: [[at.student, 'S2']], termin: [[at.term, 'T1']] },
      ),
      one(
        'G3',
        '103,2026,VÅR',
        { erSemesterregistrert: true },
        { student: [[at.student, 'S3']], termin: [[at.term, 'T2']] },
      ),
    ],
  ],
  [
    at.leave,
    [
      one(
        'D1',
        null,
        { permisjonsperiode: dates('2026-01-01', '2026-02-01') },
        { student: [[at.student, 'S1']], programStudieretter: [[at.right, 'R1']] },
      ),
    ],
  ],
  [
    at.role,
    [
      one('FR1', null, {
        kode: identified('LÆRER'),
        erAktiv: true,
        harTilgangTilFagpersonweb: true,
        imsRolle: 'INSTRUCTOR',
        navnAlleSprak: words('Lærer'),
      }),
    ],
  ],
  [
    at.courseRole,
    [
      one(
        'ER1',
        '104,1',
        { gyldighetsperiode: dates('2026-01-01', '2026-06-30') },
        {
          personProfil: [[at.person, 'X4']],
          fagperson: [[at.staff, 'F1']],
          fsRolle: [[at.role, 'FR1']],
          emne: [[at.course, 'E1']],
        },
      ),
    ],
  ],
  [
    at.cohortRole,
    [
      one(
        'KR1',
        '104,2',
        { gyldighetsperiode: dates('2025-01-01', '2025-06-30') },
        {
          personProfil: [[at.person, 'X4']],
          fagperson: [[at.staff, 'F1']],
          fsRolle: [[at.role, 'FR1']],
          kull: [[at.cohort, 'K1']],
        },
      ),
    ],
  ],
  [
    at.unitOfTeaching,
    [
      one(
        'UE1',
        '7777,TST1000,1,2026,VÅR,1',
        { terminnummer: 1 },
        { emne: [[at.course, 'E1']], termin: [[at.term, 'T2']] },
      ),
      one(
        'UE2',
        '7777,TST2000,1,2026,HØST,1',
        { terminnummer: 2 },
        { emne: [[at.course, 'E2']], termin: [[at.term, 'T3']] },
      ),
    ],
  ],
  [
    at.activity,
    [
      one(
        'UA1',
        '7777,TST1000,1,2026,VÅR,1,F1',
        { kode: 'F1', navnAlleSprak: words('Forelesning', 'Lecture') },
        { undervisningsenhet: [[at.unitOfTeaching, 'UE1']] },
      ),
    ],
  ],
];

export type FsWorld = World & {
  readonly graph: Graph;
  /** Asks the API; `as` and the headers as a client would send them. */
  readonly post: (body: unknown, more?: Sent) => Promise<Answered>;
  /** The data of an answer without errors. */
  readonly data: (query: string, variables?: Readonly<Record<string, unknown>>, more?: Sent) => Promise<Tree>;
};

export type Sent = {
  readonly as?: Principal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly signal?: AbortSignal;
};

// What a test looks at, however deep.
export type Tree = { readonly [name: string]: Tree } & readonly Tree[];

export type Answered = {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: { readonly data?: Tree; readonly errors?: readonly GraphqlError[]; readonly extensions?: Tree };
};

export type GraphqlError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string };
};

export const everyFlag = { 'feature-flags': 'beta, experimental' };

/** Opens the institution. `more` says otherwise what the API is made with. */
export const openFsWorld = async (more: Partial<FsGraphqlDeps> = {}): Promise<FsWorld> => {
  const world = await openWorld();
  await grant(world);
  for (const [path, resources] of institution) await put(world, path, resources);
  return fsOver(world, more);
};

/** The API over what a world holds. */
export const fsOver = async (world: World, more: Partial<FsGraphqlDeps> = {}): Promise<FsWorld> => {
  const graph = await graphOver(world);
  const api = fsGraphqlApi({
    model,
    roots: fsRoots(),
    graph,
    clock: world.clock,
    flagsImply: false,
    observe: (error) => assert.fail(error instanceof Error ? error.stack : String(error)),
    institutionNumber: async (tenant) => (tenant === fjord ? owner : '0186'),
    ...more,
  });
  const post: FsWorld['post'] = async (
    body,
    { as = principal(), headers = {}, method = 'POST', path = '/graphql', signal = new AbortController().signal } = {},
  ) => {
    const route = api.routes.find((each) => each.path === path && each.methods.includes(method));
    assert.ok(route !== undefined, `${method} ${path}`);
    requests += 1;
    const request: ApiRequest = {
      id: `q${requests}`,
      method,
      path,
      rest: '',
      query: new URLSearchParams(),
      header: (name) => (name === 'content-type' ? 'application/json' : null) ?? headers[name] ?? null,
      principal: route.access === 'open' ? null : as,
      signal,
      leaving: signal,
      text: typeof body === 'string' ? body : JSON.stringify(body),
      stream: null,
      gzip: false,
    };
    return answered(await route.handle({ ...request, header: (name) => headers[name] ?? request.header(name) }));
  };
  return {
    ...world,
    graph,
    post,
    data: async (query, variables = {}, sent = {}) => {
      const { body, text } = await post({ query, variables }, { headers: everyFlag, ...sent });
      assert.equal(body.errors, undefined, text.slice(0, 1_000));
      assert.ok(body.data !== undefined, text);
      return body.data;
    },
  };
};

let requests = 0;

export const graphOver = async (world: World): Promise<Graph> =>
  createGraph({
    model,
    store: world.store,
    clock: world.clock,
    authorizer: createAuthorizer({ model, store: world.store, clock: world.clock, environment: 'test' }),
    tokens: await createTokens(world.store.platform, systemRandom),
    sealing: await createSealing(world.store.platform, systemRandom),
    baseUrl: () => base,
  });

const answered = (answer: ApiAnswer): Answered => {
  if (answer.kind !== 'bytes') {
    const status = 'status' in answer && typeof answer.status === 'number' ? answer.status : 0;
    const text = answer.kind === 'problem' ? JSON.stringify(answer.problem) : '';
    return { status, type: '', headers: answer.headers ?? {}, text, body: {} };
  }
  const text = String(answer.bytes);
  const isJson = answer.type.includes('json');
  return {
    status: answer.status,
    type: answer.type,
    headers: answer.headers ?? {},
    text,
    body: isJson ? (JSON.parse(text) as Answered['body']) : {},
  };
};
