// The OAuth 2 server of the hub: metadata, public keys and the token endpoint, as one request listener, and the verifier of its tokens.
// Built by compose.ts, which mounts `handle` under `paths` with the body still unread. Knows no pipeline and no API.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ownIssuerPolicy, usualSkewSeconds } from './issuer-policy.ts';
import { authorizationServerMetadata, tokenPaths } from './metadata.ts';
import type { OauthLibrary, RoleComponents } from './oauth-library.ts';
import { createBasic } from './basic.ts';
import { createOauthProvider } from './oauth-provider.ts';
import { createSecretCheck } from './secret-check.ts';
import { activeKey, isPublished, keysNeedCare, maintainKeys, publicJwk } from './signing-keys.ts';
import { createVerifier, type Verify, type VerifyBasic } from './verify.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import { noBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import type { Environment, PlatformStore } from '#store/store.ts';

export type TokenServerDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The hub's base address without a trailing slash: issuer and audience of its tokens. Asked when needed, as the port may be chosen late. */
  readonly issuer: () => string;
  /** Applications and grants of another environment count for nothing. */
  readonly environment: Environment;
  /** Collections by component when the password grant of FINT is to be offered (facts 6); absent or null = off. */
  readonly fintProfile?: RoleComponents | null;
  /** The scopes by which organisations let applications in; absent = none. */
  readonly bundles?: ScopeBundles;
  readonly observe: Observe;
  /** Does work while no other process on the same data does; absent = there is no other. */
  readonly inTurn?: (work: () => Promise<void>) => Promise<void>;
  /** By how much the clock of a process that signs may be ahead of this one's, seconds. */
  readonly skewSeconds?: number;
};

export type TokenServer = {
  /** Answers every request on `paths`, errors included. */
  readonly handle: (req: IncomingMessage, res: ServerResponse) => void;
  readonly paths: readonly string[];
  readonly verifier: Verify;
  /** The same for HTTP Basic, which some routes take. */
  readonly basic: VerifyBasic;
  /** Stops looking after the keys. */
  readonly close: () => void;
};

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

const bodyBytes = 16_384;
const maintainEveryMs = 3_600_000;
const cacheSeconds = 300;

// The library warns on every runtime that does not carry an LTS name, as the one from npm does not; nothing else is held back.
const loadQuietly = async (): Promise<OauthLibrary> => {
  const warn = console.warn;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
};

const answerJson = (
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = JSON.stringify(value);
  res.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(body);
};

const refuse = (
  res: ServerResponse,
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): void => answerJson(res, status, { error, error_description: description }, headers);

const publicDocument = async (
  { platform, clock, issuer, fintProfile = null, bundles = noBundles }: TokenServerDeps,
  path: string,
): Promise<unknown> => {
  if (path !== tokenPaths.jwks) return authorizationServerMetadata(issuer(), { fintProfile, bundles });
  const keys = await platform.signingKeys();
  return { keys: keys.filter((key) => isPublished(key, clock.now())).map(publicJwk) };
};

const answerPublic = (deps: TokenServerDeps, path: string, req: IncomingMessage, res: ServerResponse): void => {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    return refuse(res, 405, 'invalid_request', 'use GET', { Allow: 'GET, HEAD' });
  }
  publicDocument(deps, path)
    .then((document) => answerJson(res, 200, document, { 'Cache-Control': `public, max-age=${cacheSeconds}` }))
    .catch(() => refuse(res, 503, 'temporarily_unavailable', 'try again later', { 'Retry-After': '1' }));
};

/** Makes the server and, on first use of a platform, its signing keys. Rejects only when the store does. */
export const createTokenServer = async (deps: TokenServerDeps): Promise<TokenServer> => {
  const {
    platform,
    clock,
    random,
    issuer,
    environment,
    observe,
    fintProfile = null,
    bundles = noBundles,
    skewSeconds = usualSkewSeconds,
  } = deps;
  // Processes that start together would each make keys.
  const maintain = async (): Promise<void> => {
    const work = (): Promise<void> => maintainKeys({ platform, clock, random });
    await (deps.inTurn === undefined || !(await keysNeedCare({ platform, clock })) ? work() : deps.inTurn(work));
  };
  await maintain();
  const stop = clock.every(maintainEveryMs, () => {
    maintain().catch((error: unknown) => {
      observe({
        kind: 'setting',
        message: `Signing keys could not be looked after: ${error instanceof Error ? error.message : 'unknown'}`,
      });
    });
  });
  const checkSecret = createSecretCheck(clock, random);
  let library: Promise<OauthLibrary> | null = null;
  let listener: {
    readonly revision: number;
    readonly key: string;
    readonly issuer: string;
    readonly call: Listener;
  } | null = null;

  // The library takes its key when it is built, so a new key or address means a new one. Clients and grants are looked up live.
  const currentListener = async (): Promise<Listener> => {
    library ??= loadQuietly();
    const loaded = await library;
    const revision = await platform.revision();
    if (listener?.revision === revision && listener.issuer === issuer()) return listener.call;
    const key = activeKey(await platform.signingKeys());
    if (key === null) throw new Error('There is no active signing key.');
    const same = listener?.key === key.id && listener.issuer === issuer() ? listener.call : null;
    const call =
      same ??
      createOauthProvider(loaded, {
        platform,
        clock,
        environment,
        observe,
        checkSecret,
        fintProfile,
        bundles,
        issuer: issuer(),
        key,
      });
    listener = { revision, key: key.id, issuer: issuer(), call };
    return call;
  };

  const handleToken = (req: IncomingMessage, res: ServerResponse): void => {
    if (req.method !== 'POST') return refuse(res, 405, 'invalid_request', 'use POST', { Allow: 'POST' });
    if (Number(req.headers['content-length'] ?? 0) > bodyBytes) {
      return refuse(res, 413, 'invalid_request', `the body may hold ${bodyBytes} bytes`, { Connection: 'close' });
    }
    currentListener()
      .then((call) => call(req, res))
      .catch((error: unknown) => {
        observe({ kind: 'token-refused', client: null, reason: error instanceof Error ? error.message : 'unknown' });
        if (!res.headersSent) refuse(res, 503, 'temporarily_unavailable', 'try again later', { 'Retry-After': '1' });
      });
  };

  const paths: readonly string[] = Object.values(tokenPaths);
  return {
    paths,
    verifier: createVerifier({
      platform,
      clock,
      environment,
      policies: [ownIssuerPolicy({ platform, clock, issuer, bundles, skewSeconds })],
    }),
    basic: createBasic({ platform, clock, random, environment, issuer, checkSecret, observe }),
    handle: (req, res) => {
      const path = (req.url ?? '').split('?', 1)[0] ?? '';
      if (path === tokenPaths.token) handleToken(req, res);
      else if (paths.includes(path)) answerPublic(deps, path, req, res);
      else refuse(res, 404, 'invalid_request', 'there is nothing at this address');
    },
    close: stop,
  };
};
