// Two organisations with administrators of every kind, one client each, and an adapter that delivers, on a whole hub. Used by the tests of the
// admin API.
import type { Caller } from './caller.ts';
import { callerOf, tokenFor } from './caller.ts';
import { fjord, nabo, startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace, type Place } from './place.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemRandom } from '#base/random.ts';
import type { SettingKey } from '#config/settings.ts';
import type { Application } from '#store/store.ts';

export type AdminWorld = {
  readonly hub: HubUnderTest;
  readonly place: Place;
  readonly as: (id: string) => Promise<Caller>;
  readonly secretOf: (id: string) => string;
  /** Stops the hub; its place stays until `close`. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Administrators by name: organisation and scopes. */
const administrators = {
  reader: { owner: fjord.id, scopes: ['admin.read'] },
  writer: { owner: fjord.id, scopes: ['admin.read', 'admin.write'] },
  operator: { owner: fjord.id, scopes: ['admin.platform'] },
  neighbour: { owner: nabo.id, scopes: ['admin.read', 'admin.write'] },
} as const;

const admin = async (id: string, owner: string, scopes: readonly string[]): Promise<[Application, string]> => {
  const secret = makeClientSecret(systemRandom);
  const application: Application = {
    id,
    name: id,
    kind: 'admin',
    owner,
    describe: '',
    environment: 'sandbox',
    secrets: [{ id: `${id}-1`, hash: await hashSecret(secret, systemRandom), createdAt: 1, expiresAt: null }],
    jwks: null,
    scopes,
    disabled: false,
    createdAt: 1,
  };
  return [application, secret];
};

/** Starts the hub and enters everybody. */
export const startAdminWorld = async (flags: Partial<Record<SettingKey, string>> = {}): Promise<AdminWorld> => {
  const place = await temporaryPlace();
  const hub = await startHub({
    place,
    flags,
    organisations: [fjord, nabo],
    applications: [
      { id: 'client', kind: 'client', organisation: fjord.id },
      { id: 'adapter', kind: 'adapter', organisation: fjord.id },
      { id: 'nabo-client', kind: 'client', organisation: nabo.id },
    ],
  });
  const secrets = new Map([...hub.credentials].map(([id, { secret }]) => [id, secret]));
  for (const [id, { owner, scopes }] of Object.entries(administrators)) {
    const [application, secret] = await admin(id, owner, scopes);
    await hub.platform.putApplication(application);
    secrets.set(id, secret);
  }
  const secretOf = (id: string): string => secrets.get(id) ?? '';
  let closing: Promise<void> | null = null;
  return {
    stop: () => (closing ??= hub.close()),
    hub,
    place,
    secretOf,
    as: async (id) => callerOf(hub.url, await tokenFor(hub.url, id, secretOf(id))),
    close: async () => {
      closing ??= hub.close();
      await closing;
      await place.remove();
    },
  };
};
