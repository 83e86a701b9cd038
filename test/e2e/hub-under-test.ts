// A whole hub for one test file: put together as in production, with organisations, applications and grants of the test. Used by the
// end-to-end tests; may run in this process, or only fill a place for a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose, type Composed } from '#app/compose.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { resolveSettings, type SettingKey, type Settings } from '#config/settings.ts';
import type { Environment, Grant, OrganisationSettings, PlatformStore } from '#store/store.ts';
import { callerOf, tokenFor, type Caller } from './caller.ts';
import type { Place } from './place.ts';

export type TestApplication = {
  readonly id: string;
  readonly kind: 'client' | 'adapter';
  readonly organisation: string;
  /** What is opened to it; null = no grant at all. */
  readonly grant?: Partial<Grant> | null;
};

export type TestOrganisation = { readonly id: string; readonly settings?: Partial<OrganisationSettings> };

export type Credentials = { readonly id: string; readonly secret: string };

export const fjord: TestOrganisation = { id: 'fjord.test' };
export const nabo: TestOrganisation = { id: 'nabo.test' };

const everything = { collections: ['*'], fields: null, withhold: [], rows: null } as const;
const anHour = 3_600_000;

/** Settings for a hub in a folder; everything else as by default, in the sandbox. */
export const settingsFor = (data: string, flags: Partial<Record<SettingKey, string>> = {}): Settings => {
  const resolved = resolveSettings({
    flags: { data, port: '0', environment: 'sandbox', logLevel: 'silent', ...flags },
    environment: {},
    file: null,
    readSecret: () => null,
  });
  if (!resolved.ok) throw new Error(resolved.problem.detail);
  return resolved.value.settings;
};

/** Enters organisations and applications with a fresh secret each; gives the secrets by application. */
export const enrol = async (
  platform: PlatformStore,
  organisations: readonly TestOrganisation[],
  applications: readonly TestApplication[],
  environment: Environment = 'sandbox',
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<ReadonlyMap<string, Credentials>> => {
  const createdAt = clock.now() - anHour;
  for (const { id, settings } of organisations)
    await platform.putOrganisation({
      id,
      name: id,
      orgNumber: null,
      settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [], ...settings },
      createdAt,
    });
  const credentials = new Map<string, Credentials>();
  for (const { id, kind, organisation, grant } of applications) {
    const secret = makeClientSecret(systemRandom);
    await platform.putApplication({
      id,
      name: id,
      kind,
      owner: organisation,
      describe: '',
      environment,
      secrets: [{ id: `${id}-1`, hash: await hashSecret(secret, systemRandom), createdAt, expiresAt: null }],
      jwks: null,
      disabled: false,
      createdAt,
    });
    credentials.set(id, { id, secret });
    if (grant === null) continue;
    await platform.putGrant({
      ...everything,
      id: `${id}-grant`,
      application: id,
      organisation,
      actions: kind === 'adapter' ? ['deliver'] : ['read', 'list', 'follow'],
      environment,
      from: null,
      to: null,
      purpose: 'test',
      agreement: null,
      createdAt,
      ...grant,
    });
  }
  return credentials;
};

/** A folder that is removed by `remove`. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'bindeledd-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

export type HubUnderTest = {
  readonly url: string;
  readonly platform: PlatformStore;
  readonly credentials: ReadonlyMap<string, Credentials>;
  /** A caller with a fresh token of the application. */
  readonly as: (application: string) => Promise<Caller>;
  readonly close: () => Promise<void>;
};

export type HubOptions = {
  readonly place: Pick<Place, 'settings'>;
  readonly flags?: Partial<Record<SettingKey, string>>;
  readonly organisations?: readonly TestOrganisation[];
  readonly applications?: readonly TestApplication[];
  /** Secrets of an earlier start on the same place. */
  readonly known?: ReadonlyMap<string, Credentials>;
  /** That of the machine unless a test moves one. */
  readonly clock?: Clock;
};

/** Starts a hub in this process on a free port. */
export const startHub = async (options: HubOptions): Promise<HubUnderTest> => {
  const settings = options.place.settings(options.flags);
  const { clock = systemClock } = options;
  const hub: Composed = await compose(settings, undefined, clock);
  const { environment } = settings;
  const fresh = await enrol(hub.platform, options.organisations ?? [], options.applications ?? [], environment, clock);
  const credentials = new Map([...(options.known ?? []), ...fresh]);
  const url = await hub.listen();
  return {
    url,
    platform: hub.platform,
    credentials,
    as: async (application) => {
      const { id, secret } = credentials.get(application) ?? { id: application, secret: '' };
      return callerOf(url, await tokenFor(url, id, secret));
    },
    close: hub.close,
  };
};

/** Puts organisations and applications into a data directory, for a process of its own. */
export const prepareFolder = (
  folder: string,
  organisations: readonly TestOrganisation[],
  applications: readonly TestApplication[],
): Promise<ReadonlyMap<string, Credentials>> => prepare(settingsFor(folder), organisations, applications);

/** Puts organisations and applications where the settings say, for a process of its own. */
export const prepare = async (
  settings: Settings,
  organisations: readonly TestOrganisation[],
  applications: readonly TestApplication[],
): Promise<ReadonlyMap<string, Credentials>> => {
  const hub = await compose(settings);
  const credentials = await enrol(hub.platform, organisations, applications, settings.environment);
  await hub.close();
  return credentials;
};
