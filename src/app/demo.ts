// `npm run demo`: a hub in the sandbox, a synthetic county, municipality and university whose adapters deliver over HTTP like any other, and
// clients to try. Called by the command line. Uses only what an operator has: the platform store and the public APIs.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliver, type AdapterOptions } from '#sandbox/adapter.ts';
import { county } from '#sandbox/county.ts';
import type { SandboxCounty } from '#sandbox/county.ts';
import { municipality } from '#sandbox/municipality.ts';
import type { SandboxMunicipality } from '#sandbox/municipality.ts';
import { university } from '#sandbox/university.ts';
import type { SandboxUniversity } from '#sandbox/university.ts';
import { answerEvents } from '#sandbox/event-adapter.ts';
import { createSource, type Source } from '#sandbox/source.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { scopesOf } from '#auth/scopes.ts';
import { civilDay, systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { tenantUuid } from '#hub/principal.ts';
import type { Settings } from '#config/settings.ts';
import type { Application, Grant, Link, OrganisationSettings, PlatformStore } from '#store/store.ts';
import { compose, type Composed } from './compose.ts';
import type { DemoOptions, RunDemo, Running } from './running.ts';

type Kind = Application['kind'];

type Persona = {
  readonly id: string;
  readonly kind: Kind;
  readonly organisation: string;
  readonly name: string;
  readonly nb: string;
  readonly en: string;
  /** What is opened to it; null for an administrator, who needs no grant. */
  readonly grant: Pick<
    Grant,
    'collections' | 'actions' | 'fields' | 'withhold' | 'rows' | 'clearance' | 'purpose'
  > | null;
  /** How the organisation has let it in instead. */
  readonly link?: Pick<Link, 'scopes' | 'schools' | 'purpose'>;
  /** Of an administrator. */
  readonly scopes?: readonly string[];
  /** The name before @client.<org>, of one that signs in as FINT's clients do. */
  readonly login?: string;
};

/** What FINT's portal hands out (facts 6). */
type FintCredentials = {
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly assetIds: readonly string[];
  readonly scope: string;
  readonly idpUri: string;
};

type Ready = {
  readonly url: string;
  readonly token_endpoint: string;
  readonly organisations: readonly { readonly id: string; readonly tenant_id: string; readonly name: string }[];
  readonly clients: readonly {
    readonly id: string;
    readonly secret: string;
    readonly kind: Kind;
    readonly scope: string;
    readonly organisation: string;
    /** What one that is let in by a link asks for tokens with. */
    readonly tenant_id?: string;
    readonly describe: string;
    /** For the password grant of the FINT profile. */
    readonly fint?: FintCredentials;
  }[];
  /** Collections that may be written: one that its source answers for, one that the hub owns. */
  readonly writable: { readonly source: string; readonly hub: string };
};

/** What the demo's writing client may write: the adapter answers for the first, the hub owns the second. */
const writable = { source: 'utdanning/elev/elev', hub: 'ressurs/kodeverk/produsent' } as const;

/**
 * What the hub owns of the municipality, once its source has delivered it: whatever vendors write through /vfs/v1, save for groups of a school's own,
 * about which the adapter decides.
 */
const ownedInMunicipality: readonly string[] = [
  'administrasjon/personal/person',
  'administrasjon/personal/personalressurs',
  'utdanning/elev/skoleressurs',
  'grunnskole/stilling/skolestilling',
  'grunnskole/tilgang/tilgangsgruppemedlemskap',
  'utdanning/elev/klasse',
  'utdanning/elev/kontaktlarergruppe',
  'utdanning/timeplan/undervisningsgruppe',
  'grunnskole/sfo/sfogruppe',
];

const neighbour = {
  id: 'vestmark.test',
  name: 'Vestmark fylkeskommune',
  orgNumber: null,
  institutionNumber: null,
} as const;
// The county is the same on every day.
const asOf = '2026-11-01';
/** In a directory that stays: for which day municipality and university were made, since a source does not turn into another one over night. */
const dayFile = 'demo-day';

type Worlds = {
  readonly county: SandboxCounty;
  readonly municipality: SandboxMunicipality;
  readonly university: SandboxUniversity;
};

/** County, municipality and university of a size: the one that it is the size of, and the others small. Mistakes are planted in the county only. */
const worldsOf = ({ seed, size, flaws = 'none' }: DemoOptions, today: string): Worlds => ({
  county: county({ seed, size: size === 'county' || size === 'county-full' ? size : 'small', flaws, asOf }),
  municipality: municipality({ seed, size: size === 'municipality' || size === 'oslo' ? size : 'small', asOf: today }),
  university: university({ seed, size: size === 'university' ? size : 'small', asOf: today }),
});

/** `YYYY-MM-DD` for which municipality and university are: pupils and students have lessons now. */
const dayOf = (folder: string): string => {
  const file = join(folder, dayFile);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const today = civilDay(systemClock.now()).date;
  // With a database there may be no directory yet.
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${today}\n`);
  return today;
};

/** Starts the hub and delivers county, municipality and university; resolves when all of it is done. The hub goes on serving until it is closed. */
export const runDemo: RunDemo = async (options) => {
  const folder = options.temporary ? mkdtempSync(join(tmpdir(), 'bindeledd-demo-')) : options.settings.data;
  const settings: Settings = {
    ...options.settings,
    data: folder,
    fintPasswordGrant: true,
    logLevel: options.settings.logLevel === 'info' ? 'warn' : options.settings.logLevel,
  };
  const leave = (): void => {
    if (options.temporary) rmSync(folder, { recursive: true, force: true });
  };
  const hub = await compose(settings).catch((error: unknown) => {
    leave();
    throw error;
  });
  let closing: Promise<void> | null = null;
  const stopAnswering = new AbortController();
  const close: Running['close'] = () => {
    stopAnswering.abort();
    closing ??= hub.close().finally(leave);
    return closing;
  };
  options.opened?.({ close });
  try {
    const worlds = worldsOf(options, dayOf(folder));
    const organisations: readonly Named[] = [
      { ...worlds.county.organisation, institutionNumber: null },
      { ...worlds.municipality.organisation, institutionNumber: null },
      { ...worlds.university.organisation, institutionNumber: worlds.university.institutionNumber },
      neighbour,
    ];
    const personas = personasOf(worlds);
    await setUp(hub.platform, organisations, settings);
    const entered = await Promise.all(personas.map((persona) => register(hub, persona, settings, options.language)));
    const url = await hub.listen();
    const tokenEndpoint = `${url}/oauth/token`;
    const ready: Ready = {
      url,
      token_endpoint: tokenEndpoint,
      organisations: organisations.map(({ id, name }) => ({ id, tenant_id: tenantUuid(id), name })),
      clients: entered.map(({ fint, ...client }) =>
        fint === null ? client : { ...client, fint: { ...fint, idpUri: tokenEndpoint } },
      ),
      writable,
    };
    // Side by side: each waits for the hub now and then.
    await Promise.all(
      sourcesOf(worlds).map(async ({ organisation: { id }, collections, client, ownedByHub }) => {
        const source = createSource(collections);
        const whole = adapterOf(id, client, ready, source);
        const owned = await ownedOf(hub.platform, id);
        // A demo on a directory that was used before: what the hub owns by now is taken from nobody.
        const adapter = { ...whole, collections: whole.collections.filter(({ collection }) => !owned.has(collection)) };
        await deliverAll(adapter, options);
        await takeOver(hub.platform, id, ownedByHub);
        answer(adapter, source, stopAnswering.signal, options);
      }),
    );
    options.progress.finish();
    if (options.json) options.out(JSON.stringify(ready));
    else for (const line of describe(ready, worlds, options.language)) options.out(line);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Who delivers what, and what the hub owns of it from then on. */
const sourcesOf = (worlds: Worlds) => [
  { ...worlds.county, client: 'demo-adapter', ownedByHub: [] },
  { ...worlds.municipality, client: 'demo-municipality-adapter', ownedByHub: ownedInMunicipality },
  { ...worlds.university, client: 'demo-university-adapter' },
];

/** Stands for all that the model's bundles have. */
const everyScope: readonly string[] = ['*'];

const everything = { collections: ['*'], fields: null, withhold: [], rows: null } as const;

const personasOf = (worlds: Worlds): readonly Persona[] => [
  ...personasOfCounty(worlds.county),
  ...personasOfMunicipality(worlds.municipality),
  ...personasOfUniversity(worlds.university),
];

const personasOfUniversity = ({ organisation: { id: organisation } }: SandboxUniversity): readonly Persona[] => [
  {
    id: 'demo-fs-client',
    kind: 'client',
    organisation,
    name: 'Studieadministrasjonen',
    nb: 'System for studieadministrasjon ved lærestedet: leser og skriver alt i FS-modellen',
    en: 'System of study administration at the university: reads and writes all of the FS model',
    grant: {
      ...everything,
      collections: ['fs/*', 'hoyereutdanning/*'],
      actions: ['read', 'list', 'follow', 'write'],
      purpose: 'Demonstration of study administration',
    },
  },
  {
    id: 'demo-fs-lms',
    kind: 'client',
    organisation,
    name: 'Lærestedets læringsplattform',
    nb: 'Læringsplattform ved lærestedet: emner, undervisning og deltakere uten fødselsnummer, adresser og særlige opplysninger',
    en: 'Learning platform of the university: courses, teaching and who takes part, without national ids, addresses and special categories',
    grant: {
      collections: [
        'fs/felles/*',
        'fs/organisasjon/*',
        'fs/person/*',
        'fs/rolle/*',
        'fs/studietilbud/*',
        'fs/termin/*',
        'fs/undervisning/*',
      ],
      actions: ['read', 'list', 'follow'],
      fields: null,
      withhold: ['national-id', 'protected', 'special'],
      rows: null,
      purpose: 'Courses and groups in the learning platform',
    },
  },
  {
    id: 'demo-university-admin',
    kind: 'admin',
    organisation,
    name: 'Lærestedets administrator',
    nb: 'Administrator ved lærestedet: gir tilganger og følger adaptere og hendelser',
    en: 'Administrator of the university: gives access, follows adapters and events',
    grant: null,
    scopes: ['admin.read', 'admin.write'],
  },
  {
    id: 'demo-university-adapter',
    kind: 'adapter',
    organisation,
    name: 'Lærestedets adapter',
    nb: 'Adapteren som leverer lærestedets data',
    en: 'The adapter that delivers the data of the university',
    grant: { ...everything, actions: ['deliver'], purpose: 'Delivery from the source systems' },
  },
];

const personasOfMunicipality = ({
  organisation: { id: organisation },
  known,
}: SandboxMunicipality): readonly Persona[] => [
  {
    id: 'demo-municipality-client',
    kind: 'client',
    organisation,
    name: 'Kommunens fagsystem',
    nb: 'Fagsystem i kommunen: barneskoler, ungdomsskoler og SFO, foresatte, grupper og timeplan',
    en: 'Business system of the municipality: primary schools with SFO (after-school care), guardians, groups and timetable',
    grant: { ...everything, actions: ['read', 'list', 'follow'], purpose: 'Demonstration of primary schools' },
  },
  {
    id: 'demo-municipality-protected',
    kind: 'client',
    organisation,
    name: 'Kommunens barnevern',
    nb: 'System i kommunen som også får se personer med adressesperre',
    en: 'System of the municipality that may see protected persons too',
    grant: { ...everything, actions: ['read', 'list', 'follow'], clearance: 3, purpose: 'Demonstration of clearance' },
  },
  {
    id: 'demo-vfs-client',
    kind: 'client',
    organisation,
    name: 'Samarbeidspartneren',
    nb: 'Leverandør som kommunen har sluppet inn med alle omfang i /vfs/v1',
    en: 'Vendor whom the municipality has let in with every scope of /vfs/v1',
    grant: null,
    link: { scopes: everyScope, schools: null, purpose: 'Demonstration of the API for primary schools' },
  },
  {
    id: 'demo-vfs-school',
    kind: 'client',
    organisation,
    name: 'Skolens timeplanverktøy',
    nb: `Leverandør som er sluppet inn ved én skole (${known.schools[0]?.navn ?? ''}), uten fødselsnummer og adresser`,
    en: `Vendor who is let in at one school (${known.schools[0]?.navn ?? ''}), without national ids and addresses`,
    grant: null,
    link: {
      scopes: ['vfs:pupils.read', 'vfs:groups.read', 'vfs:timetable.read', 'vfs:metadata.read', 'vfs:events.read'],
      schools: [known.schools[0]?.systemId ?? ''],
      purpose: 'Timetables of one school',
    },
  },
  {
    id: 'demo-vfs-lms',
    kind: 'client',
    organisation,
    name: 'Kommunens læringsplattform',
    nb: 'Læringsplattform med det gamle omfangsnavnet vfsapi:lmsexport, som også følger endringer',
    en: 'Learning platform with the old name of its scope, vfsapi:lmsexport, which follows changes too',
    grant: null,
    link: { scopes: ['vfs:lmsexport', 'vfs:events.read'], schools: null, purpose: 'Classes in the learning platform' },
  },
  {
    id: 'demo-municipality-admin',
    kind: 'admin',
    organisation,
    name: 'Kommunens administrator',
    nb: 'Administrator i kommunen: slipper leverandører inn og ut',
    en: 'Administrator of the municipality: lets vendors in and out',
    grant: null,
    scopes: ['admin.read', 'admin.write'],
  },
  {
    id: 'demo-municipality-adapter',
    kind: 'adapter',
    organisation,
    name: 'Kommunens adapter',
    nb: 'Adapteren som leverer kommunens data',
    en: 'The adapter that delivers the data of the municipality',
    grant: { ...everything, actions: ['deliver'], purpose: 'Delivery from the source systems' },
  },
];

const personasOfCounty = (world: SandboxCounty): readonly Persona[] => {
  const organisation = world.organisation.id;
  const school = world.known.schools[0];
  const reader = { kind: 'client', organisation } as const;
  return [
    {
      ...reader,
      id: 'demo-fint-client',
      name: 'FINT-klient',
      nb: 'Fagsystem med tilgang til alle klasser',
      en: 'Business system that may read every class',
      login: 'demo-fint-client',
      grant: {
        ...everything,
        actions: ['read', 'list', 'follow', 'write'],
        purpose: 'Demonstration of the whole model',
      },
    },
    {
      ...reader,
      id: 'demo-protected',
      name: 'Barnevernets system',
      nb: 'System som også får se personer med adressesperre, for eksempel i barnevernet',
      en: 'System that may see protected persons too, such as that of the child welfare service',
      grant: {
        ...everything,
        collections: ['utdanning/elev/*', 'utdanning/timeplan/*', 'felles/kodeverk/*'],
        actions: ['read', 'list', 'follow'],
        clearance: 3,
        purpose: 'Demonstration of clearance',
      },
    },
    {
      id: 'demo-admin',
      kind: 'admin',
      organisation,
      name: 'Fylkets administrator',
      nb: 'Administrator i fylket: gir tilganger, følger adaptere og hendelser, leser revisjonsloggen',
      en: 'Administrator of the county: gives access, follows adapters and events, reads the audit',
      grant: null,
      scopes: ['admin.read', 'admin.write'],
    },
    {
      id: 'demo-operator',
      kind: 'admin',
      organisation,
      name: 'Drift',
      nb: 'Driver tjenesten: alle organisasjoner, men ikke det personer har skrevet',
      en: 'Runs the hub: all organisations, but not what persons wrote',
      grant: null,
      scopes: ['admin.platform'],
    },
    {
      ...reader,
      id: 'demo-lms',
      name: 'Læringsplattform',
      nb: 'Læringsplattform: elever, grupper og lærere uten fødselsnummer, adresse og særlige opplysninger',
      en: 'Learning platform: pupils, groups and teachers without national ids, addresses and special categories',
      grant: {
        collections: [
          'utdanning/elev/*',
          'utdanning/timeplan/*',
          'utdanning/utdanningsprogram/*',
          'utdanning/kodeverk/*',
        ],
        actions: ['read', 'list', 'follow'],
        fields: null,
        withhold: ['national-id', 'protected', 'special'],
        rows: null,
        purpose: 'Classes and groups in the learning platform',
      },
    },
    {
      ...reader,
      id: 'demo-identity',
      name: 'Identitetssystem',
      nb: 'Identitetssystem: navn, brukernavn og fødselsnummer for elever og ansatte',
      en: 'Identity system: names, user names and national ids of pupils and staff',
      grant: {
        collections: [
          'utdanning/elev/elev',
          'utdanning/elev/skoleressurs',
          'utdanning/elev/person',
          'administrasjon/personal/personalressurs',
          'administrasjon/personal/person',
        ],
        actions: ['read', 'list', 'follow'],
        fields: [
          'systemId',
          'feidenavn',
          'brukernavn',
          'elevnummer',
          'ansattnummer',
          'navn',
          'person',
          'elev',
          'personalressurs',
          'skoleressurs',
          'fodselsnummer',
        ],
        withhold: [],
        rows: null,
        purpose: 'Accounts for pupils and staff',
      },
    },
    {
      ...reader,
      id: 'demo-school',
      name: 'Skolens eget system',
      nb: `System for én skole (${school?.navn ?? ''}): bare skolens elever, grupper og ansatte`,
      en: `System of one school (${school?.navn ?? ''}): its pupils, groups and staff only`,
      grant: {
        collections: ['utdanning/*', 'felles/kodeverk/*'],
        actions: ['read', 'list'],
        fields: null,
        withhold: ['special'],
        rows: { scope: 'skole', field: 'systemid', values: [school?.systemId ?? ''] },
        purpose: 'The daily work of one school',
      },
    },
    {
      id: 'demo-adapter',
      kind: 'adapter',
      organisation,
      name: 'Fylkets adapter',
      nb: 'Adapteren som leverer fylkets data',
      en: 'The adapter that delivers the data of the county',
      login: 'demo-adapter',
      grant: { ...everything, actions: ['deliver'], purpose: 'Delivery from the source systems' },
    },
    {
      id: 'demo-neighbour-client',
      kind: 'client',
      organisation: neighbour.id,
      name: 'Naboens klient',
      nb: 'Klient i et annet fylke, som ikke ser noe av dette',
      en: 'Client of another county, which sees nothing of this one',
      grant: { ...everything, actions: ['read', 'list', 'follow'], purpose: 'Demonstration of separation' },
    },
    {
      id: 'demo-neighbour-adapter',
      kind: 'adapter',
      organisation: neighbour.id,
      name: 'Naboens adapter',
      nb: 'Adapter i det andre fylket; har ikke levert noe',
      en: 'Adapter of the other county; has delivered nothing',
      grant: { ...everything, actions: ['deliver'], purpose: 'Demonstration of separation' },
    },
  ];
};

type Named = {
  readonly id: string;
  readonly name: string;
  readonly orgNumber: string | null;
  /** By which an institution of higher education is known. */
  readonly institutionNumber: string | null;
};

const setUp = async (platform: PlatformStore, organisations: readonly Named[], settings: Settings): Promise<void> => {
  for (const { id, name, orgNumber, institutionNumber } of organisations) {
    const known = await platform.organisation(id);
    if (known !== null) continue;
    const { removalGuard, extraBackLinks } = settings;
    const writes: OrganisationSettings['writes'] =
      institutionNumber === null
        ? [
            { pattern: writable.source, policy: 'source', deadlineMinutes: 5 },
            { pattern: writable.hub, policy: 'hub', deadlineMinutes: null },
          ]
        : [{ pattern: 'fs/*', policy: 'source', deadlineMinutes: 5 }];
    await platform.putOrganisation({
      id,
      name,
      orgNumber,
      settings: {
        removalGuard,
        extraBackLinks,
        strictness: [],
        writes,
        ...(institutionNumber === null ? {} : { institutionNumber }),
      },
      createdAt: systemClock.now(),
    });
  }
};

/** The collections of an organisation that the hub owns. */
const ownedOf = async (platform: PlatformStore, id: string): Promise<ReadonlySet<string>> => {
  const organisation = await platform.organisation(id);
  const rules = organisation?.settings.writes ?? [];
  return new Set(rules.flatMap(({ pattern, policy }) => (policy === 'hub' ? [pattern] : [])));
};

/** From now on the hub owns what has been delivered, so that clients may write it at once. */
const takeOver = async (platform: PlatformStore, id: string, ownedByHub: readonly string[]): Promise<void> => {
  const organisation = await platform.organisation(id);
  const owned = await ownedOf(platform, id);
  const missing = ownedByHub.filter((pattern) => !owned.has(pattern));
  if (organisation === null || missing.length === 0) return;
  const writes: OrganisationSettings['writes'] = [
    // Ahead of what is said of all: the first rule that covers a collection counts.
    ...missing.map((pattern) => ({ pattern, policy: 'hub', deadlineMinutes: null }) as const),
    ...(organisation.settings.writes ?? []),
  ];
  await platform.putOrganisation({ ...organisation, settings: { ...organisation.settings, writes } });
};

type Entered = Omit<Ready['clients'][number], 'fint'> & { readonly fint: Omit<FintCredentials, 'idpUri'> | null };

/** Registers a persona anew: a demo on a data directory that was used before gets fresh secrets. */
const register = async (
  { platform, model, bundles }: Pick<Composed, 'platform' | 'model' | 'bundles'>,
  persona: Persona,
  settings: Settings,
  language: 'nb' | 'en',
): Promise<Entered> => {
  const { id, kind, organisation, name, scopes = [], grant, login } = persona;
  const now = systemClock.now();
  const [secret, password] = [makeClientSecret(systemRandom), makeClientSecret(systemRandom)];
  const username = login === undefined ? null : `${login}@${kind}.${organisation}`;
  const application: Application = {
    id,
    name,
    kind,
    owner: organisation,
    describe: persona.nb,
    environment: settings.environment,
    secrets: [
      { id: systemRandom.uuid(), hash: await hashSecret(secret, systemRandom), createdAt: now, expiresAt: null },
    ],
    jwks: null,
    ...(kind === 'admin' ? { scopes } : {}),
    login: username === null ? null : { username, hash: await hashSecret(password, systemRandom) },
    disabled: false,
    createdAt: now,
  };
  await platform.putApplication(application);
  if (grant !== null)
    await platform.putGrant({
      ...grant,
      id: `${id}-grant`,
      application: id,
      organisation,
      environment: settings.environment,
      from: null,
      to: null,
      agreement: null,
      createdAt: now,
    });
  const { link } = persona;
  const linked = link === undefined ? null : link.scopes === everyScope ? [...bundles.bundles.keys()] : link.scopes;
  if (link !== undefined && linked !== null) {
    const made: Link = {
      ...link,
      id: `${id}-link`,
      application: id,
      organisation,
      environment: settings.environment,
      scopes: linked.toSorted(),
      agreement: { reference: 'DEMO-1', from: null, to: null },
      clearance: 0,
      createdAt: now,
      endedAt: null,
    };
    await platform.putLink(made, grantsOfLink(made, bundles, model));
  }
  const scope = (linked ?? scopesOf(application)).join(' ');
  const fint =
    username === null
      ? null
      : { username, password, clientId: id, clientSecret: secret, assetIds: [organisation], scope };
  const tenant = link === undefined ? {} : { tenant_id: tenantUuid(organisation) };
  return { id, secret, kind, scope, organisation, ...tenant, describe: persona[language], fint };
};

/** The adapter of one of them, as an adapter anywhere would be set up. */
const adapterOf = (organisation: string, client: string, ready: Ready, source: Source): AdapterOptions => {
  const { id, secret, scope } = ready.clients.find((one) => one.id === client) ?? {
    id: '',
    secret: '',
    scope: '',
  };
  return {
    baseUrl: ready.url,
    tokenEndpoint: ready.token_endpoint,
    clientId: id,
    clientSecret: secret,
    scope,
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections: source.collections,
    operations: ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE'],
    pageSize: 5_000,
    concurrency: 4,
    gzip: true,
    fetch,
    now: systemClock.now,
    sleep: systemClock.sleep,
  };
};

const deliverAll = async (adapter: AdapterOptions, { progress, say }: DemoOptions): Promise<void> => {
  const summary = await deliver({
    ...adapter,
    onProgress: ({ collection, sent, total }) => progress.update(`${adapter.orgId}  ${collection}`, sent, total),
  });
  for (const { collection, state, rejected } of summary) {
    if (state !== 'completed' || rejected > 0) say(`${adapter.orgId} ${collection}: ${state}, ${rejected} rejected`);
  }
};

/** Answers what clients write and read live, until the demo ends. */
const answer = (adapter: AdapterOptions, source: Source, signal: AbortSignal, { say }: DemoOptions): void => {
  answerEvents({ ...adapter, source, generation: 2 }, signal).catch((error: unknown) => {
    if (!signal.aborted) say(`The adapter answers no more: ${error instanceof Error ? error.message : 'unknown'}`);
  });
};

/** The lines to paste that get a token for a client into a variable. */
const tokenLine = (ready: Ready, id: string, variable: string): string => {
  const { secret = '', tenant_id } = ready.clients.find((one) => one.id === id) ?? {};
  const named = tenant_id === undefined ? '' : ` -d tenant_id=${tenant_id}`;
  return `  ${variable}=$(curl -s -u '${id}:${secret}' -d grant_type=client_credentials${named} ${ready.token_endpoint} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
};

/** A GraphQL request for two students of an institution with what they study, as JSON to paste between single quotes. */
const askForStudents = ({ institutionNumber }: SandboxUniversity): string =>
  JSON.stringify({
    query: `{ studenter(filter: { eierOrganisasjonskode: "${institutionNumber}" }, first: 2) { totalCount nodes { studentnummer personProfil { navn { fornavn etternavn } } programStudieretter { nodes { studieprogram { kode } } } } } }`,
  });

const describe = (ready: Ready, worlds: Worlds, language: 'nb' | 'en'): readonly string[] => {
  const nb = language === 'nb';
  const feidenavn = worlds.county.known.ordinaryPupil.feidenavn;
  const child = worlds.municipality.known.pupils.ordinary.elevnummer;
  const student = worlds.university.known.students.ordinary.studentnummer;
  return [
    '',
    nb ? `Tjenesten svarer på ${ready.url}` : `The hub answers at ${ready.url}`,
    nb ? `Tokenadresse: ${ready.token_endpoint}` : `Token endpoint: ${ready.token_endpoint}`,
    '',
    nb ? 'Klienter:' : 'Clients:',
    ...ready.clients.flatMap(({ id, secret, kind, organisation, describe: text }) => [
      `  ${id} (${kind}, ${organisation})`,
      `    ${text}`,
      `    ${nb ? 'hemmelighet' : 'secret'}: ${secret}`,
    ]),
    '',
    nb ? 'Prøv:' : 'Try:',
    tokenLine(ready, 'demo-fint-client', 'TOKEN'),
    `  curl -s -H "Authorization: Bearer $TOKEN" '${ready.url}/utdanning/elev/elev?size=3'`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${ready.url}/utdanning/elev/elev/feidenavn/${feidenavn}'`,
    '',
    nb
      ? '  # Skriv: en samling som huben eier, og en som adapteren svarer for; Location gir adressen til svaret.'
      : '  # Write: a collection that the hub owns, and one that the adapter answers for; Location gives the address of the outcome.',
    `  curl -s -i -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"systemId":{"identifikatorverdi":"fjordtek"},"kode":"FJORDTEK","navn":"Fjordtek"}' '${ready.url}/${writable.hub}'`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${ready.url}/${writable.source}/feidenavn/${feidenavn}' | curl -s -i -X PUT -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data-binary @- '${ready.url}/${writable.source}/feidenavn/${feidenavn}'`,
    '',
    nb
      ? '  # Kommunen: grunnskoler og SFO, en elev med plass der, og hvem som er foresatt for hvem.'
      : '  # The municipality: primary schools and SFO (after-school care), a pupil with a place there, and who is guardian of whom.',
    tokenLine(ready, 'demo-municipality-client', 'MUNICIPALITY'),
    `  curl -s -H "Authorization: Bearer $MUNICIPALITY" '${ready.url}/utdanning/elev/elev/elevnummer/${child}'`,
    `  curl -s -H "Authorization: Bearer $MUNICIPALITY" '${ready.url}/grunnskole/foresatt/foresattforhold?size=3'`,
    '',
    nb
      ? '  # Kommunens API for leverandører: tokenet er for én kommune, og gir det kommunen har sluppet leverandøren inn med.'
      : '  # The API of the municipality for vendors: the token is for one municipality, and gives what it has let the vendor in with.',
    tokenLine(ready, 'demo-vfs-client', 'VFS'),
    `  curl -s -H "Authorization: Bearer $VFS" '${ready.url}/vfs/v1/pupils?limit=2'`,
    `  curl -s -H "Authorization: Bearer $VFS" '${ready.url}/vfs/v1/lms-export?format=pifu' -o pifu.xml`,
    '',
    nb
      ? '  # Lærestedet: studenter slik studieadministrasjonen kjenner dem, én av dem med lenker til studieretter, emner og resultater.'
      : '  # The university: students as study administration knows them, one of them with links to study rights, courses and results.',
    tokenLine(ready, 'demo-fs-client', 'FS'),
    `  curl -s -H "Authorization: Bearer $FS" '${ready.url}/fs/person/student?size=2'`,
    `  curl -s -H "Authorization: Bearer $FS" '${ready.url}/fs/person/student/studentnummer/${student}'`,
    nb
      ? '  # Det samme som FS GraphQL: det som spørres etter, i ett kall.'
      : '  # The same as FS GraphQL: what is asked for, in one request.',
    `  curl -s -H "Authorization: Bearer $FS" -H 'Content-Type: application/json' -d '${askForStudents(worlds.university)}' '${ready.url}/graphql'`,
    '',
    nb
      ? '  # I nettleseren: API-katalogen, med det hvert API lover, og hva som er på vei.'
      : '  # In a browser: the API catalogue, with what each API promises, and what is coming.',
    `  # ${ready.url}/`,
    nb
      ? '  # I nettleseren: sider der GraphQL kan prøves. Klient-id og hemmelighet er de over; institusjonsnummeret står i parentes.'
      : '  # In a browser: pages to try GraphQL at. Client id and secret are those above; the institution number is in brackets.',
    `  # ${ready.url}/graphql/graphql   demo-fint-client`,
    `  # ${ready.url}/graphql   demo-fs-client (${worlds.university.institutionNumber})`,
    '',
    nb ? 'Stans med Ctrl-C.' : 'Stop with Ctrl-C.',
  ];
};
