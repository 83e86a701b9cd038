// Gemini over the small institution of fs-world.ts with a writing side: more terms, a plan, an external result, stays and registers, and a client that
// asks the API as its routes give it.
import assert from 'node:assert/strict';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { geminiApi } from '#apis/gemini/gemini-api.ts';
import { createHoldings } from '#apis/gemini/holdings.ts';
import { createIds } from '#apis/gemini/ids.ts';
import type { GeminiParts, Operation } from '#apis/gemini/operation.ts';
import { allOperations } from '#apis/gemini/operations.ts';
import type { Clock } from '#base/clock.ts';
import { systemRandom, type Random } from '#base/random.ts';
import { shownOf, statusOf } from '#http/problem.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import { createTables } from '#tables/create-tables.ts';
import {
  base,
  bySystemId,
  fjord,
  identified,
  model,
  principal,
  put,
  type Links,
  type Resource,
} from '../../hub/world.ts';
import { fsRoots } from '../fs-graphql/face-under-test.ts';
import { at, idOf, numberOf, owner, plainId } from '../fs-graphql/fs-world.ts';
import { openMutationWorld, type MutationWorld } from '../fs-graphql/mutations/mutation-world.ts';

export { at, idOf, numberOf, owner, plainId };

export const more = {
  plan: 'fs/studierett/utdanningsplan',
  place: 'fs/studierett/emneiutdanningsplan',
  outgoing: 'fs/studierett/utreisendeutveksling',
  incoming: 'fs/studierett/innreisendeutveksling',
  agreement: 'fs/studierett/utvekslingsavtale',
  weighting: 'fs/felles/vektingstype',
  language: 'fs/felles/sprak',
  external: 'hoyereutdanning/godkjenning/eksternresultat',
  exemption: 'hoyereutdanning/godkjenning/emnefritak',
  order: 'hoyereutdanning/godkjenning/resultatutveksling',
  countryKind: 'hoyereutdanning/register/landtype',
  levels: 'hoyereutdanning/register/studienivaintervall',
} as const;

type Ends = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const entry = (id: string, values: object, ends: Ends = {}): Resource => ({
  systemId: identified(id),
  ...values,
  links: Object.fromEntries(
    Object.entries(ends).map(([name, list]) => [name, list.map(([path, end]) => bySystemId(path, end))]),
  ) as Links,
});

const dates = (from: string, to: string) => ({ fraDato: `${from}T00:00:00Z`, tilDato: `${to}T00:00:00Z` });

const alsoThere: readonly (readonly [string, readonly Resource[]])[] = [
  [
    more.language,
    [
      entry('SPNOB', { iso6391Kode: 'nb', iso6392Kode: 'nob', navn: { nb: 'Bokmål' } }),
      entry('SPSWE', { iso6391Kode: 'sv', iso6392Kode: 'swe', navn: { nb: 'Svensk' } }),
    ],
  ],
  [
    at.organisation,
    [entry('O2', { organisasjonskode: identified('186'), navnAlleSprak: { nb: 'Et annet lærested' } })],
  ],
  [
    more.weighting,
    [entry('SP', { kode: 'SP', erAktiv: true, vektenheterPerSemester: '30', navnAlleSprak: { nb: 'Studiepoeng' } })],
  ],
  [
    more.countryKind,
    [
      entry('LT1', { kode: 'STAT', navnAlleSprak: { nb: 'Stat' } }),
      entry('LT2', { kode: 'OMR' }),
      entry('LT3', { kode: 'HAV' }),
    ],
  ],
  [
    more.levels,
    [entry('SN1', { kode: 'BA' }, { studienivaFra: [[at.level, 'N1']], studienivaTil: [[at.level, 'N2']] })],
  ],
  [
    at.course,
    [
      entry('E9', {
        naturligNokkel: identified('7777,VEKT,1'),
        kode: 'VEKT',
        vekting: { verdi: '10', _links: { vektingstype: [{ href: bySystemId(more.weighting, 'SP') }] } },
      }),
    ],
  ],
  [
    at.person,
    [
      entry('X9', {
        naturligNokkel: identified('109'),
        personlopenummer: identified('109'),
        adressebeskyttelse: 'ugradert',
        kjonn: 'MANN',
        navn: { fornavn: 'Pass', etternavn: 'Holder' },
        pass: [
          { passnummer: 'A1', _links: { land: [{ href: bySystemId(at.country, 'L1') }] } },
          { passnummer: 'B2', _links: { land: [{ href: bySystemId(at.country, 'L2') }] } },
        ],
      }),
    ],
  ],
  [
    more.plan,
    [1, 3].map((number) =>
      entry(
        `UP${number}`,
        {},
        { student: [[at.student, `S${number}`]], programStudierett: [[at.right, `R${number}`]] },
      ),
    ),
  ],
  [
    more.place,
    [
      entry(
        'UPE1',
        {
          erErstattet: false,
          planlagtVekting: { verdi: '7.5', _links: { vektingstype: [{ href: bySystemId(more.weighting, 'SP') }] } },
        },
        {
          student: [[at.student, 'S1']],
          utdanningsplan: [[more.plan, 'UP1']],
          emne: [[at.course, 'E1']],
          undervisningstermin: [[at.term, 'T2']],
          vurderingstermin: [[at.term, 'T2']],
        },
      ),
    ],
  ],
  [
    more.external,
    [
      entry(
        'ER1',
        { kode: 'HIS1', arstall: 2025, kreverKontroll: true, navnAlleSprak: { und: 'Historia' } },
        { student: [[at.student, 'S1']], institusjon: [[at.organisation, 'O2']] },
      ),
      entry('ER3', { kode: 'HIS3' }, { student: [[at.student, 'S3']], institusjon: [[at.organisation, 'O2']] }),
    ],
  ],
  [
    more.agreement,
    [
      entry('A1', {
        avtaleId: 'A1',
        gyldighetsperiode: dates('2020-01-01', '2030-01-01'),
        utvekslingsprogram: { kode: 'ERASMUS' },
      }),
    ],
  ],
  [
    more.outgoing,
    [
      entry(
        'UU1',
        {
          utvekslingsperiode: dates('2025-08-01', '2025-12-20'),
          utreiseperiode: dates('2025-07-28', '2025-12-22'),
          oppholdstype: { kode: 'STUDIER' },
        },
        { student: [[at.student, 'S1']], land: [[at.country, 'L2']], avtale: [[more.agreement, 'A1']] },
      ),
    ],
  ],
  [
    more.incoming,
    [
      entry(
        'IU1',
        { utvekslingsperiode: dates('2026-01-01', '2026-06-20'), innreiseperiode: dates('2025-12-28', '2026-06-22') },
        { student: [[at.student, 'S1']], land: [[at.country, 'L1']], avtale: [[more.agreement, 'A1']] },
      ),
    ],
  ],
];

export type GeminiWorld = MutationWorld & {
  readonly operations: readonly Operation[];
  /** `woken` is done each time that a change has waited a little for the source that decides. */
  readonly waits: { woken: (() => Promise<void>) | null };
  readonly parts: GeminiParts;
  readonly ask: (method: string, path: string, sent?: Sent) => Promise<Answered>;
};

export type Sent = {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Principal;
};

// What a test looks at, however deep.
export type Tree = { readonly [name: string]: Tree } & readonly Tree[];

export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string;
  readonly text: string;
  readonly body: Tree;
};

export const journal = { 'x-journalnummer': '2026/1234-5' };

/** Opens the institution. */
export const openGeminiWorld = async (random: Random = systemRandom): Promise<GeminiWorld> => {
  const world = await openMutationWorld();
  const { store, clock, graph, hubOfWrites } = world;
  for (const [path, resources] of alsoThere) await put(world, path, resources);
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(10_000_000) });
  const documents = createDocuments({ model, store, clock, authorizer, tokens, accesses, reader });
  const walk = createWalk({
    model,
    store,
    clock,
    authorizer,
    accesses,
    sealing,
    choosing: { baseUrl: () => base, tokens },
  });
  const waits: GeminiWorld['waits'] = { woken: null };
  // Who waits for a source waits for no real time.
  const quick: Pick<Clock, 'now' | 'sleep'> = {
    now: clock.now,
    sleep: async (ms) => {
      clock.move(ms);
      await waits.woken?.();
    },
  };
  const tables = createTables({ model, hub: hubOfWrites, graph, documents, walk, clock: quick });
  const deps = {
    model,
    hub: hubOfWrites,
    tables,
    graph,
    sealing,
    clock,
    random,
    baseUrl: () => base,
    keys: fsRoots().ids,
    institutionNumber: async (tenant: string) => (tenant === fjord ? owner : '186'),
  };
  const ids = createIds(model, deps.keys);
  const parts: GeminiParts = { ...deps, ids, holdings: createHoldings({ ...deps, ids }) };
  const api = geminiApi(deps);
  let requests = 0;
  return {
    ...world,
    waits,
    parts,
    operations: allOperations(parts),
    ask: async (method, path, { query = {}, body, headers = {}, as = principal() } = {}) => {
      const route =
        api.routes.find((one) => one.path === path && one.methods.includes(method)) ??
        api.routes.find((one) => one.path === '/gemini/*' && one.methods.includes(method));
      assert.ok(route !== undefined, `${method} ${path}`);
      requests += 1;
      const { signal } = new AbortController();
      const request: ApiRequest = {
        id: `g${requests}`,
        method,
        path,
        rest: '',
        query: new URLSearchParams(query),
        header: (name) => headers[name] ?? (name === 'content-type' && body !== undefined ? 'application/json' : null),
        principal: route.access === 'open' ? null : as,
        signal,
        leaving: signal,
        text: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
        stream: null,
        gzip: false,
      };
      return answered(await route.handle(request), (found) => {
        const status = found.status ?? statusOf[found.problem.code];
        const written = route.problems?.(
          { problem: shownOf(found.problem), status, title: 'Noe er galt', language: 'nb' },
          request,
        );
        assert.ok(written !== undefined);
        return { status: written.status ?? status, type: written.type, text: String(written.bytes) };
      });
    },
  };
};

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

const answered = (
  answer: ApiAnswer,
  problemOf: (found: ProblemAnswer) => Pick<Answered, 'status' | 'type' | 'text'>,
): Answered => {
  const headers = answer.headers ?? {};
  const made =
    answer.kind === 'problem'
      ? problemOf(answer)
      : answer.kind === 'bytes'
        ? { status: answer.status, type: answer.type, text: String(answer.bytes) }
        : answer.kind === 'json'
          ? { status: answer.status, type: 'application/json', text: JSON.stringify(answer.value) }
          : { status: answer.status, type: '', text: '' };
  return { headers, ...made, body: (made.type.includes('json') ? JSON.parse(made.text) : {}) as Tree };
};

/** The names at fault of a bad request. */
export const faults = ({ status, body }: Answered): readonly string[] => {
  assert.equal(status, 400);
  return (body['invalidParameters'] as unknown as readonly { readonly name: string }[]).map(({ name }) => name);
};
