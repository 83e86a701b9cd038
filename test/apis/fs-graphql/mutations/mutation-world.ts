// The small institution of fs-world.ts with a writing side: a client that may write, collections that the hub owns unless a test says otherwise, an
// adapter that answers for a source, and short ways to change and to look.
import assert from 'node:assert/strict';
import { createOwners } from '#apis/fs-graphql/owner.ts';
import type { FsGraphqlDeps } from '#apis/fs-graphql/fs-graphql-api.ts';
import { makes } from '#apis/fs-graphql/mutations/call-entries.ts';
import { mutationParts } from '#apis/fs-graphql/mutations/mutation-parts.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom, type Random } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createFreshness } from '#hub/freshness.ts';
import type { Hub } from '#hub/query.ts';
import { createHub } from '#hub/run.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import { createSignals } from '#hub/signals.ts';
import { createTokens } from '#hub/tokens.ts';
import { createWriting } from '#hub/writing.ts';
import { createAdapterEvents } from '#ingest/events.ts';
import { ingestDefaults } from '#ingest/run.ts';
import type { AnswerToEvent } from '#ingest/events-answer.ts';
import type { Environment, Grant, WriteEvent, WriteRule } from '#store/store.ts';
import {
  base,
  bySystemId,
  fjord,
  identified,
  model,
  onlyGrants,
  principal,
  put,
  start,
  type Links,
  type Resource,
} from '../../../hub/world.ts';
import { fsRoots } from '../face-under-test.ts';
import { at, fsOver, openFsWorld, owner, type FsWorld, type Sent, type Tree } from '../fs-world.ts';
import { fsMutations } from './mutations-under-test.ts';

export type MutationWorld = FsWorld & {
  readonly hubOfWrites: Hub;
  /** Calls one mutation; gives its payload. `show` is what of the result is wanted. */
  readonly call: (name: string, input: readonly object[], show?: string, sent?: Sent) => Promise<Payload>;
  /** The rules by which clients may write. */
  readonly owned: (rules: readonly WriteRule[], organisation?: string) => Promise<void>;
  readonly poll: (collection: string) => Promise<readonly WriteEvent[]>;
  /** `ok`, or the code of the refusal. */
  readonly answer: (id: string, more?: Partial<AnswerToEvent>) => Promise<string>;
  /** How far the feed has come: what a refused call must leave alone. */
  readonly position: () => Promise<number>;
  /** Calls as another process over the same data, which shares nothing else with this one. */
  readonly elsewhere: () => Promise<MutationWorld['call']>;
};

export type Payload = {
  readonly result: Tree;
  /** Where the mutation makes something. */
  readonly ids?: readonly (string | null)[];
  readonly errors: readonly Told[];
};
export type Told = {
  readonly __typename: string;
  readonly message: string;
  readonly path: readonly string[];
  readonly id?: string;
};

export const everything: Partial<Grant> = { actions: ['read', 'list', 'write'] };
export const hubOwned: readonly WriteRule[] = [{ pattern: '*', policy: 'hub', deadlineMinutes: null }];
export const sourceOwned: readonly WriteRule[] = [{ pattern: '*', policy: 'source', deadlineMinutes: 15 }];

export const also = {
  studentStatus: 'fs/studierett/studentstatus',
  rightStatus: 'fs/studierett/studierettstatus',
  language: 'fs/felles/sprak',
  category: 'fs/studietilbud/tekstkategori',
  demand: 'fs/person/samtykkekrav',
  payment: 'fs/studierett/betalingsform',
  examination: 'fs/vurdering/vurderingsenhet',
  entry: 'fs/vurdering/vurderingsmelding',
  outcome: 'fs/vurdering/vurderingsresultatstatus',
  room: 'fs/organisasjon/rom',
  weekday: 'fs/undervisning/ukedag',
} as const;

const entry = (id: string, key: string | null, values: object, links: Links = {}): Resource => ({
  systemId: identified(id),
  ...(key === null ? {} : { naturligNokkel: identified(key) }),
  ...values,
  links,
});

const to = (path: string, id: string): readonly string[] => [bySystemId(path, id)];
const named = (nb: string): object => ({ navnAlleSprak: { nb } });

/** What mutations are about, beside what stands in fs-world.ts. */
const alsoThere: readonly (readonly [string, readonly Resource[]])[] = [
  [also.studentStatus, [entry('SS1', null, { kode: identified('AKTIV'), felleskode: true })]],
  [also.rightStatus, [entry('SR1', null, { kode: identified('AKTIV'), felleskode: true, beholdVedOvergang: false })]],
  [also.language, [entry('SP1', null, named('Bokmål')), entry('SP2', null, named('Engelsk'))]],
  [
    also.category,
    [
      entry('TK1', null, { kanBrukesTilEmnebeskrivelser: true, kode: 'MAL' }),
      entry('TK2', null, { kanBrukesTilEmnebeskrivelser: false, kode: 'STED' }),
    ],
  ],
  [also.demand, [entry('SK1', null, { aktiv: true }), entry('SK2', null, { aktiv: false })]],
  [also.payment, [entry('BF1', null, { erAktiv: true, erFelleskode: true, ...named('Bank') })]],
  [also.weekday, [entry('UD1', null, { ukedagnummer: 1 })]],
  [also.room, [entry('RO1', 'BYGG,101', { kode: '101' })]],
  [
    at.term,
    [
      entry('T4', '2026,SOM', {
        arstall: 2026,
        studiesemesterPeriode: { fraDato: '2026-06-01', tilDato: '2026-08-01' },
        oppdateringssperrer: { undervisningsaktiviteter: true },
      }),
    ],
  ],
  [
    at.programme,
    [
      entry('P3', 'TEST-PHD', {
        kode: identified('TEST-PHD'),
        erAktiv: true,
        studienivaintervallkode: 'PHD',
        ...named('Ph.d.'),
      }),
      entry('P4', 'TEST-OVER', {
        kode: identified('TEST-OVER'),
        erAktiv: true,
        tilbysIPeriode: { _links: { tilTermin: [{ href: bySystemId(at.term, 'T1') }] } },
        ...named('Utløpt'),
      }),
    ],
  ],
  [
    at.cohort,
    [
      entry(
        'K2',
        'TEST-BA,2025,HØST',
        { erAktiv: false, ...named('Gammelt') },
        { studieprogram: to(at.programme, 'P1') },
      ),
      entry('K3', 'TEST-PHD,2026,VÅR', { erAktiv: true, ...named('Ph.d.') }, { studieprogram: to(at.programme, 'P3') }),
      entry(
        'K4',
        'TEST-GML,2026,VÅR',
        { erAktiv: true, ...named('Nedlagt') },
        { studieprogram: to(at.programme, 'P2') },
      ),
      entry(
        'K5',
        'TEST-OVER,2026,VÅR',
        { erAktiv: true, ...named('Utløpt') },
        { studieprogram: to(at.programme, 'P4') },
      ),
    ],
  ],
  [at.klass, [entry('C', 'TEST-PHD,2026,VÅR,C', { kode: 'C', erAktiv: true }, { kull: to(at.cohort, 'K3') })]],
  [
    at.unitOfTeaching,
    [
      entry(
        'UE3',
        '7777,TST1000,1,2026,SOM,1',
        { terminnummer: 1 },
        { emne: to(at.course, 'E1'), termin: to(at.term, 'T4') },
      ),
    ],
  ],
  [
    also.examination,
    [
      entry('VE1', '7777,TST1000,1,S,2026,V1', { trekkfrist: '2026-05-01T10:00:00Z' }, { emne: to(at.course, 'E1') }),
      entry('VE2', '7777,TST1000,1,S,2025,H1', { trekkfrist: '2025-11-01T10:00:00Z' }, { emne: to(at.course, 'E1') }),
    ],
  ],
  [
    also.entry,
    [
      entry(
        'VM2',
        '101,7777,TST1000,1,S,2025,H1',
        {},
        { student: to(at.student, 'S1'), vurderingsenhet: to(also.examination, 'VE2') },
      ),
    ],
  ],
];

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const mutations = fsMutations();

export type Opening = {
  /** How long a source is waited for. */
  readonly waitMs?: number;
  readonly random?: Random;
  /** Which national ids can be written. */
  readonly environment?: Environment;
  /** Of the institution, as its organisation says; null = it is none. */
  readonly institution?: string | null;
};

/** What serves mutations, over a world that is opened with it. */
const servedBy = async (
  open: (parts: NonNullable<FsGraphqlDeps['parts']>) => Promise<FsWorld>,
  { waitMs = 1_500, random = systemRandom, environment, institution = owner }: Opening,
) => {
  const held: { world: FsWorld | null; hub: Hub | null } = { world: null, hub: null };
  const worldOf = (): FsWorld => held.world ?? assert.fail('not open');
  const parts = mutationParts({
    model,
    mutations,
    roots: fsRoots(),
    owners: createOwners({ institutionNumber: async () => institution }, { now: () => start }),
    graph: { read: (...asked) => worldOf().graph.read(...asked) },
    hub: { run: (...asked) => held.hub?.run(...asked) ?? assert.fail('not open') },
    clock: systemClock,
    random,
    waitMs,
  });
  const world = await open([parts]);
  held.world = world;
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const signals = createSignals(clock);
  const hub = createHub({
    model,
    store,
    clock,
    authorizer,
    tokens,
    freshness: createFreshness(clock),
    segments: createSegmentCache(1_000_000),
    baseUrl: () => base,
    writing: createWriting({
      model,
      store,
      clock,
      random: systemRandom,
      authorizer,
      tokens,
      signals,
      baseUrl: () => base,
      times: { answerMs: 900_000, statusMs: 1_800_000 },
      ...(environment === undefined ? {} : { environment }),
    }),
  });
  held.hub = hub;
  return { world, hub, authorizer, tokens, signals };
};

const callOf =
  (world: FsWorld): MutationWorld['call'] =>
  async (name, input, show = 'id', sent = {}) => {
    const mutation = mutations.mutations.find((one) => one.name === name);
    assert.ok(mutation !== undefined, name);
    const result = mutation.result.name;
    const errors = '... on Error { __typename message path } ... on SvarVentes { id }';
    const ids = makes(mutation) ? 'ids: ider' : '';
    const query = `mutation($i: [${pascal(name)}Input!]!) { ${name}(input: $i) { result: ${result} { ${show} } ${ids} errors { ${errors} } } }`;
    const data = await world.data(query, { i: input }, sent);
    return data[name] as unknown as Payload;
  };

/** Opens it. */
export const openMutationWorld = async (opening: Opening = {}): Promise<MutationWorld> => {
  const { world, hub, authorizer, tokens, signals } = await servedBy((parts) => openFsWorld({ parts }), opening);
  const { store, clock } = world;
  await store.platform.putApplication({
    id: 'adapter',
    name: 'adapter',
    kind: 'adapter',
    owner: fjord,
    describe: '',
    environment: 'test',
    secrets: [],
    jwks: null,
    disabled: false,
    createdAt: start,
  });
  const events = createAdapterEvents({
    model,
    baseUrl: () => base,
    clock,
    random: systemRandom,
    observe: () => {},
    tenant: store.tenant,
    settings: async () => (await store.platform.organisation(fjord))?.settings ?? assert.fail('no organisation'),
    decide: authorizer.decide,
    pseudonym: async (tenant: string) => (text: string) => tokens.pseudonym(tenant, text),
    ...ingestDefaults,
    signals,
  });
  const asking = { principal: { ...principal('adapter'), kind: 'adapter' as const }, requestId: 'request' };
  const owned: MutationWorld['owned'] = async (writes, organisation = fjord) => {
    const found = await store.platform.organisation(organisation);
    assert.ok(found !== null);
    await store.platform.putOrganisation({ ...found, settings: { ...found.settings, writes } });
  };
  for (const [path, resources] of alsoThere) await put(world, path, resources);
  await owned(hubOwned);
  await onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });
  return {
    ...world,
    hubOfWrites: hub,
    owned,
    call: callOf(world),
    elsewhere: async () => {
      const other = await world.beside();
      return callOf((await servedBy((parts) => fsOver(other, { parts }), opening)).world);
    },
    poll: async (collection) => {
      const { signal } = new AbortController();
      const found = await events.poll({
        ...asking,
        collections: [collection],
        generation: 2,
        size: 0,
        waitMs: 0,
        signal,
      });
      assert.ok(found.ok);
      return found.value;
    },
    answer: async (id, more) => {
      const result = await events.answer({
        ...asking,
        corrId: id,
        orgId: null,
        adapterId: null,
        operation: null,
        state: 'accepted',
        message: '',
        problems: [],
        resources: [],
        tooLarge: false,
        ...more,
      });
      return result.ok ? 'ok' : result.problem.code;
    },
    position: async () => {
      const found = await hub.run({ kind: 'position' }, { principal: principal(), requestId: 'p', api: 'test' });
      assert.ok(found.kind === 'position');
      return found.position;
    },
  };
};

/** The payload of a call that must have been carried out. */
export const done = ({ result, errors }: Payload): Tree => {
  assert.deepEqual(errors, []);
  assert.ok(result !== null);
  return result;
};

/** Type and path of each error of a call that must have been refused. */
export const wrong = ({ result, errors }: Payload): readonly string[] => {
  assert.equal(result, null);
  assert.ok(errors.length > 0);
  return errors.map(({ __typename, path }) => `${__typename} ${path.join('.')}`);
};
