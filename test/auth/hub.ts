// A token server on a port of its own, over a platform of either engine, for the tests of this folder.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { createTokenServer, type TokenServer } from '#auth/token-server.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { noBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import type { Application, Grant, Link, PlatformStore } from '#store/store.ts';
import { testDialect, type TestPlatform } from '../store/conformance/dialects.ts';

export type TestHub = {
  readonly platform: TestPlatform;
  readonly tokens: TokenServer;
  readonly url: string;
  readonly clock: Clock;
  readonly events: readonly HubEvent[];
  /** Moves the injected clock; the library's own stays. */
  readonly shift: (ms: number) => void;
  readonly close: () => Promise<void>;
};

export type TestServer = { readonly server: Server; readonly url: string; readonly close: () => Promise<void> };

/** Listens on a free port and answers with whatever `handle` gives by then. */
export const listen = async (handle: () => TokenServer['handle']): Promise<TestServer> => {
  const server = createServer((req, res) => handle()(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { server, url: `http://127.0.0.1:${port}`, close };
};

/** Starts a hub's token side, at a place of the tests' engine or one of its own. With `fintProfile` it takes passwords too. */
export const startHub = async (
  at: string | null = null,
  fintProfile: ReadonlyMap<string, readonly string[]> | null = null,
  bundles: ScopeBundles = noBundles,
): Promise<TestHub> => {
  const own = at === null ? await testDialect.place() : null;
  let offset = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + offset };
  const platform = await testDialect.openPlatform(own?.at ?? at ?? '', clock);
  const events: HubEvent[] = [];
  let tokens: TokenServer | null = null;
  const listener = await listen(() => (req, res) => tokens?.handle(req, res));
  tokens = await createTokenServer({
    platform,
    clock,
    random: systemRandom,
    issuer: () => listener.url,
    environment: 'test',
    fintProfile,
    bundles,
    observe: (event) => events.push(event),
  });
  const made = tokens;
  const close = async (): Promise<void> => {
    made.close();
    await listener.close();
    await platform.close();
    await own?.dispose();
  };
  return { platform, tokens: made, url: listener.url, clock, events, shift: (ms) => void (offset += ms), close };
};

/** An application with one secret, and grants from the organisations named. */
export const register = async (
  platform: PlatformStore,
  id: string,
  organisations: readonly string[],
  more: Partial<Application> = {},
): Promise<{ readonly application: Application; readonly secret: string }> => {
  const secret = makeClientSecret(systemRandom);
  const application: Application = {
    id,
    name: id,
    kind: 'client',
    owner: 'fjordheim.test',
    describe: '',
    environment: 'test',
    secrets: [{ id: 's1', hash: await hashSecret(secret, systemRandom), createdAt: 1, expiresAt: null }],
    jwks: null,
    disabled: false,
    createdAt: 1,
    ...more,
  };
  await platform.putApplication(application);
  for (const organisation of organisations) await platform.putGrant(grantOf(id, organisation));
  return { application, secret };
};

export const grantOf = (application: string, organisation: string, more: Partial<Grant> = {}): Grant => ({
  id: `${application}-${organisation}`,
  application,
  organisation,
  collections: ['*'],
  actions: ['read', 'list'],
  fields: null,
  withhold: [],
  rows: null,
  environment: 'test',
  from: null,
  to: null,
  purpose: 'test',
  agreement: null,
  createdAt: 1,
  ...more,
});

export const linkOf = (application: string, organisation: string, more: Partial<Link> = {}): Link => ({
  id: `link-${application}-${organisation}`,
  application,
  organisation,
  environment: 'test',
  scopes: ['vfs:events.read', 'vfs:pupils.read'],
  schools: null,
  agreement: { reference: 'DBA-1', from: null, to: null },
  purpose: 'test',
  clearance: 0,
  createdAt: 1,
  endedAt: null,
  ...more,
});

/** One request to the token endpoint: form fields in the body, secret by HTTP Basic when given. */
export const askToken = async (
  url: string,
  fields: Readonly<Record<string, string>>,
  basic?: { readonly id: string; readonly secret: string },
): Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}> => {
  const headers = new Headers({ accept: 'text/html' });
  if (basic !== undefined)
    headers.set('authorization', `Basic ${Buffer.from(`${basic.id}:${basic.secret}`).toString('base64')}`);
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
};
