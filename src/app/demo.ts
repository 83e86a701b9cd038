// `npm run demo`: a hub in the sandbox, a synthetic county whose adapter delivers over HTTP like any other, and clients to try. Called by the
// command line. Uses only what an operator has: the platform store and the public APIs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliver } from '#sandbox/adapter.ts';
import { county } from '#sandbox/county.ts';
import type { SandboxCounty } from '#sandbox/county.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { scopeOfKind } from '#auth/scopes.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import type { Grant, PlatformStore } from '#store/store.ts';
import { compose } from './compose.ts';
import type { DemoOptions, RunDemo, Running } from './running.ts';

type Persona = {
  readonly id: string;
  readonly kind: 'client' | 'adapter';
  readonly organisation: string;
  readonly name: string;
  readonly nb: string;
  readonly en: string;
  readonly grant: Pick<Grant, 'collections' | 'actions' | 'fields' | 'withhold' | 'rows' | 'purpose'>;
};

type Ready = {
  readonly url: string;
  readonly token_endpoint: string;
  readonly organisations: readonly { readonly id: string; readonly name: string }[];
  readonly clients: readonly {
    readonly id: string;
    readonly secret: string;
    readonly kind: 'client' | 'adapter';
    readonly scope: string;
    readonly organisation: string;
    readonly describe: string;
  }[];
};

const neighbour = { id: 'vestmark.test', name: 'Vestmark fylkeskommune', orgNumber: null } as const;
const asOf = '2026-11-01';

/** Starts the hub and delivers the county; resolves when both are done. The hub goes on serving until it is closed. */
export const runDemo: RunDemo = async (options) => {
  const folder = options.temporary ? mkdtempSync(join(tmpdir(), 'bindeledd-demo-')) : options.settings.data;
  const settings: Settings = {
    ...options.settings,
    data: folder,
    logLevel: options.settings.logLevel === 'info' ? 'warn' : options.settings.logLevel,
  };
  const hub = await compose(settings);
  let closing: Promise<void> | null = null;
  const close: Running['close'] = () => {
    closing ??= hub.close().finally(() => {
      if (options.temporary) rmSync(folder, { recursive: true, force: true });
    });
    return closing;
  };
  options.opened?.({ close });
  try {
    const world = county({ seed: options.seed, size: options.size, asOf });
    const personas = personasOf(world);
    await setUp(hub.platform, world, settings);
    const clients = await Promise.all(
      personas.map((persona) => register(hub.platform, persona, settings, options.language)),
    );
    const url = await hub.listen();
    const ready: Ready = {
      url,
      token_endpoint: `${url}/oauth/token`,
      organisations: [world.organisation, neighbour].map(({ id, name }) => ({ id, name })),
      clients,
    };
    await deliverCounty(world, ready, options);
    if (options.json) options.out(JSON.stringify(ready));
    else for (const line of describe(ready, world, options.language)) options.out(line);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
};

const everything = { collections: ['*'], fields: null, withhold: [], rows: null } as const;

const personasOf = (world: SandboxCounty): readonly Persona[] => {
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
      grant: { ...everything, actions: ['read', 'list', 'follow'], purpose: 'Demonstration of the whole model' },
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

const setUp = async (platform: PlatformStore, world: SandboxCounty, settings: Settings): Promise<void> => {
  for (const { id, name, orgNumber } of [world.organisation, neighbour]) {
    const known = await platform.organisation(id);
    if (known !== null) continue;
    await platform.putOrganisation({
      id,
      name,
      orgNumber,
      settings: { removalGuard: settings.removalGuard, extraBackLinks: settings.extraBackLinks, strictness: [] },
      createdAt: systemClock.now(),
    });
  }
};

/** Registers a persona anew: a demo on a data directory that was used before gets fresh secrets. */
const register = async (
  platform: PlatformStore,
  persona: Persona,
  settings: Settings,
  language: 'nb' | 'en',
): Promise<Ready['clients'][number]> => {
  const { id, kind, organisation, name } = persona;
  const now = systemClock.now();
  const secret = makeClientSecret(systemRandom);
  const describe = persona[language];
  await platform.putApplication({
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
    disabled: false,
    createdAt: now,
  });
  await platform.putGrant({
    ...persona.grant,
    id: `${id}-grant`,
    application: id,
    organisation,
    environment: settings.environment,
    from: null,
    to: null,
    agreement: null,
    createdAt: now,
  });
  return { id, secret, kind, scope: scopeOfKind[kind], organisation, describe };
};

const deliverCounty = async (world: SandboxCounty, ready: Ready, { progress, say }: DemoOptions): Promise<void> => {
  const adapter = ready.clients.find(({ id }) => id === 'demo-adapter');
  if (adapter === undefined) return;
  const summary = await deliver({
    baseUrl: ready.url,
    tokenEndpoint: ready.token_endpoint,
    clientId: adapter.id,
    clientSecret: adapter.secret,
    scope: adapter.scope,
    orgId: world.organisation.id,
    adapterId: `https://sandbox.test/${world.organisation.id}`,
    collections: world.collections,
    pageSize: 5_000,
    concurrency: 4,
    gzip: true,
    fetch,
    now: systemClock.now,
    sleep: systemClock.sleep,
    onProgress: ({ collection, sent, total }) => progress.update(collection, sent, total),
  });
  progress.finish();
  for (const { collection, state, rejected } of summary) {
    if (state !== 'completed' || rejected > 0) say(`${collection}: ${state}, ${rejected} rejected`);
  }
};

const describe = (ready: Ready, world: SandboxCounty, language: 'nb' | 'en'): readonly string[] => {
  const nb = language === 'nb';
  const reader = ready.clients[0];
  const feidenavn = world.known.ordinaryPupil.feidenavn;
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
    `  TOKEN=$(curl -s -u '${reader?.id ?? ''}:${reader?.secret ?? ''}' -d grant_type=client_credentials ${ready.token_endpoint} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${ready.url}/utdanning/elev/elev?size=3'`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${ready.url}/utdanning/elev/elev/feidenavn/${feidenavn}'`,
    '',
    nb ? 'Stans med Ctrl-C.' : 'Stop with Ctrl-C.',
  ];
};
