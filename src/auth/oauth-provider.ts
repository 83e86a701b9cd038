// The token endpoint on oidc-provider: client authentication and the client_credentials grant, everything else off. Built by
// token-server.ts, once per signing key and issuer. The library reads the system clock itself; what is decided here uses the injected one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Adapter,
  AdapterPayload,
  Configuration,
  KoaContextWithOIDC,
  Provider,
  TokenEndpointGrantContext,
} from 'oidc-provider';
import { assertionFault } from './assertion.ts';
import { assertionAlgorithms, clientAuthMethods, tokenPaths } from './metadata.ts';
import { chooseOrganisation, organisationResource } from './organisation-choice.ts';
import { allScopes, scopeOfKind } from './scopes.ts';
import { retryAfterSeconds, type SecretCheck } from './secret-check.ts';
import { signingAlgorithm } from './signing-keys.ts';
import type { Clock } from '#base/clock.ts';
import type { HubEvent, Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { PlatformStore, SigningKey } from '#store/store.ts';

/** The library as it was imported: it costs some 100 ms, so the caller decides when. */
export type OauthLibrary = Pick<typeof import('oidc-provider'), 'Provider' | 'errors'>;

export type ProviderDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly observe: Observe;
  readonly checkSecret: SecretCheck;
  readonly issuer: string;
  readonly key: SigningKey;
};

/** What the library throws; the detail is for logs and names no person. */
type OauthFailure = Error & { readonly error_detail?: string | undefined };

const clientIdForm = /^[A-Za-z0-9._-]{1,128}$/;
const noFeatures = { enabled: false } as const;

// The library wants a secret on clients that authenticate with one; ours are compared by hash below and this text is never looked at.
const secretPlaceholder = 'kept-as-a-hash-elsewhere';

/** What the library may know of a client. The method follows the request, so that an application can have a secret and a key at once. */
const clientMetadata = async (
  id: string,
  usesAssertion: boolean,
  platform: PlatformStore,
): Promise<AdapterPayload | undefined> => {
  if (!clientIdForm.test(id)) return undefined;
  const application = await platform.application(id);
  const usable = application === null || application.disabled ? null : application;
  const common = { client_id: id, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  // An unknown client is a client without keys or secrets: it goes the same way and takes the same time.
  return usesAssertion
    ? {
        ...common,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: JSON.parse(usable?.jwks ?? '{"keys":[]}') as { keys: [] },
      }
    : { ...common, token_endpoint_auth_method: 'client_secret_basic', client_secret: secretPlaceholder };
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Builds the provider and gives its request listener. Throws when the issuer is no web address or the key cannot be used. */
export const createOauthProvider = (
  library: OauthLibrary,
  deps: ProviderDeps,
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const { errors, Provider: ProviderClass } = library;
  const { platform, clock, observe, checkSecret, issuer, key } = deps;
  const organisationOfToken = new WeakMap<object, { readonly organisation: string; readonly kind: string }>();

  const adapter = (model: string): Adapter => ({
    find: (id) =>
      model === 'Client'
        ? clientMetadata(id, ProviderClass.ctx?.oidc.params?.['client_assertion'] !== undefined, platform)
        : Promise.resolve(undefined),
    // The only thing stored is the trace of a used assertion: one atomic step decides who was first, over all processes.
    upsert: async (id, payload) => {
      if (model !== 'ReplayDetection') return;
      const expiresAt = (payload.exp ?? 0) * 1_000;
      if (!(await platform.useOnce(`assertion:${String(payload['iss'])}:${id}`, expiresAt))) {
        throw new errors.InvalidClientAuth('client assertion used before');
      }
    },
    findByUserCode: () => Promise.resolve(undefined),
    findByUid: () => Promise.resolve(undefined),
    consume: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  });

  const configuration: Configuration = {
    adapter,
    jwks: { keys: [JSON.parse(key.jwk) as { kty: 'EC' }] },
    clientAuthMethods: [...clientAuthMethods],
    enabledJWA: { clientAuthSigningAlgValues: [...assertionAlgorithms] },
    clientDefaults: {
      id_token_signed_response_alg: signingAlgorithm,
      grant_types: ['client_credentials'],
      response_types: [],
    },
    // The library's own skew would also lengthen `exp`; assertionFault takes that back.
    clockTolerance: 10,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => {
      const fault = assertionFault(claims, issuer, clock.now());
      if (fault !== null) throw new errors.InvalidClientAuth(fault);
    },
    scopes: [...allScopes],
    routes: { token: tokenPaths.token, jwks: tokenPaths.jwks },
    ttl: { ClientCredentials: limits.accessTokenSeconds },
    clientBasedCORS: () => false,
    extraTokenClaims: (_ctx, token) => organisationOfToken.get(token),
    // Errors of the token endpoint keep OAuth's own form, whatever Accept says.
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
    features: {
      devInteractions: noFeatures,
      userinfo: noFeatures,
      rpInitiatedLogout: noFeatures,
      pushedAuthorizationRequests: noFeatures,
      dPoP: noFeatures,
      resourceIndicators: noFeatures,
      clientCredentials: noFeatures,
    },
  };

  const grant = async (ctx: TokenEndpointGrantContext<{ organisation?: string }>): Promise<void> => {
    const { client, params, provider } = ctx.oidc;
    const application = await platform.application(client.clientId);
    if (application === null || application.disabled) throw new errors.InvalidClientAuth('application is gone');
    const scope = scopeOfKind[application.kind];
    const foreign = text(params.scope)
      ?.split(' ')
      .find((asked) => asked !== scope);
    if (foreign !== undefined) throw new errors.InvalidScope(`this application may have ${scope} only`, foreign);
    const asked = { organisation: text(params.organisation), resource: text(params.resource) };
    const grants = await platform.grantsOf(application.id);
    const choice = chooseOrganisation(asked, application, grants, clock.now(), issuer);
    if (choice.kind === 'contradiction')
      throw new errors.InvalidRequest('organisation and resource name different organisations');
    if (choice.kind === 'ambiguous') {
      throw new errors.InvalidRequest(
        `name one organisation by the parameter organisation: ${choice.organisations.join(', ')}`,
      );
    }
    if (choice.kind === 'refused')
      throw new errors.InvalidTarget('the organisation is unknown or has given this application no grant');
    const token = new provider.ClientCredentials({ client, scope });
    token.resourceServer = new provider.ResourceServer(organisationResource(issuer, choice.organisation), {
      scope,
      audience: issuer,
      accessTokenFormat: 'jwt',
      accessTokenTTL: limits.accessTokenSeconds,
      jwt: { sign: { alg: signingAlgorithm, kid: key.id } },
    });
    organisationOfToken.set(token, { organisation: choice.organisation, kind: application.kind });
    ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope };
    observe({ kind: 'token-issued', client: application.id, tenant: choice.organisation });
  };

  const provider = new ProviderClass(issuer, configuration);
  provider.silent = true;
  provider.registerGrantType('client_credentials', grant, ['scope', 'organisation', 'resource']);
  useSecretCheck(provider, library, platform, checkSecret);
  const refused = (ctx: KoaContextWithOIDC, error: OauthFailure): void => {
    reasonsOf(ctx, error, platform).then(observe, () =>
      observe({ kind: 'token-refused', client: null, reason: error.message }),
    );
  };
  provider.on('grant.error', refused);
  provider.on('server_error', refused);
  return provider.callback();
};

// An id that no application has is left out: it may be anything.
const reasonsOf = async (ctx: KoaContextWithOIDC, error: OauthFailure, platform: PlatformStore): Promise<HubEvent> => {
  const tried = ctx.oidc.entities.Client?.clientId;
  const known = tried === undefined ? null : await platform.application(tried);
  return { kind: 'token-refused', client: known?.id ?? null, reason: error.error_detail ?? error.message };
};

// The library compares a secret that it holds; the hub holds none. This is the hook that the library's author names for hashed secrets.
const useSecretCheck = (
  provider: Provider,
  { errors, Provider: ProviderClass }: OauthLibrary,
  platform: PlatformStore,
  check: SecretCheck,
): void => {
  provider.Client.prototype.compareClientSecret = async function compareClientSecret(secret: string): Promise<boolean> {
    const ctx = ProviderClass.ctx;
    const application = await platform.application(this.clientId);
    const verdict = await check(application, this.clientId, secret, ctx?.req.socket.remoteAddress ?? '');
    if (verdict === 'right' || verdict === 'wrong') return verdict === 'right';
    ctx?.set('Retry-After', String(verdict === 'busy' ? 1 : retryAfterSeconds));
    const refusal = new errors.CustomOIDCProviderError('temporarily_unavailable', 'too many attempts; try again later');
    throw Object.assign(refusal, { status: 429, statusCode: 429 });
  };
};
