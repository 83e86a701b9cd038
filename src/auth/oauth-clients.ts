// How the OAuth library comes to know clients and their secrets: looked up live, compared by hash, and the trace of used assertions. Used by
// oauth-provider.ts. Knows nothing of organisations and tokens.
import type { Adapter, AdapterPayload, Provider } from 'oidc-provider';
import { grantTypes } from './metadata.ts';
import { usableApplication } from './live-grants.ts';
import type { OauthLibrary, ProviderDeps } from './oauth-library.ts';
import { retryAfterSeconds } from './secret-check.ts';

type ClientDeps = Pick<ProviderDeps, 'platform' | 'environment' | 'checkSecret' | 'fintProfile'>;

const clientIdForm = /^[A-Za-z0-9._-]{1,128}$/;

// The library wants a secret on clients that authenticate with one; ours are compared by hash below and this text is never looked at.
const secretPlaceholder = 'kept-as-a-hash-elsewhere';

/** What the library may know of a client. The method follows the request, so that an application can have a secret and a key at once. */
const clientMetadata = async (
  id: string,
  usesAssertion: boolean,
  { platform, environment, fintProfile }: ClientDeps,
): Promise<AdapterPayload | undefined> => {
  if (!clientIdForm.test(id)) return undefined;
  const common = { client_id: id, grant_types: grantTypes({ fintProfile }), redirect_uris: [], response_types: [] };
  if (!usesAssertion) {
    return { ...common, token_endpoint_auth_method: 'client_secret_basic', client_secret: secretPlaceholder };
  }
  // An unknown client is a client without keys or secrets: it goes the same way and takes the same time.
  const application = await usableApplication(platform, id, environment);
  const jwks = JSON.parse(application?.jwks ?? '{"keys":[]}') as { keys: [] };
  return { ...common, token_endpoint_auth_method: 'private_key_jwt', jwks };
};

/** The library's storage: clients come from the platform, used assertions go to it, nothing else is kept. */
export const clientAdapter =
  ({ errors, Provider: ProviderClass }: OauthLibrary, deps: ClientDeps): ((model: string) => Adapter) =>
  (model) => ({
    find: (id) =>
      model === 'Client'
        ? clientMetadata(id, ProviderClass.ctx?.oidc.params?.['client_assertion'] !== undefined, deps)
        : Promise.resolve(undefined),
    // One atomic step decides who was first, over all processes.
    upsert: async (id, payload) => {
      if (model !== 'ReplayDetection') return;
      const expiresAt = (payload.exp ?? 0) * 1_000;
      if (!(await deps.platform.useOnce(`assertion:${String(payload['iss'])}:${id}`, expiresAt))) {
        throw new errors.InvalidClientAuth('client assertion used before');
      }
    },
    findByUserCode: () => Promise.resolve(undefined),
    findByUid: () => Promise.resolve(undefined),
    consume: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  });

/**
 * Replaces the library's comparison of secrets, which needs the secret itself, by ours. It is the hook that the library's author names for
 * hashed secrets.
 */
export const useSecretCheck = (
  provider: Provider,
  { errors, Provider: ProviderClass }: OauthLibrary,
  { platform, environment, checkSecret }: ClientDeps,
): void => {
  provider.Client.prototype.compareClientSecret = async function compareClientSecret(secret: string): Promise<boolean> {
    const ctx = ProviderClass.ctx;
    const application = await usableApplication(platform, this.clientId, environment);
    const verdict = await checkSecret(application, this.clientId, secret, ctx?.req.socket.remoteAddress ?? '');
    if (verdict === 'right' || verdict === 'wrong') return verdict === 'right';
    ctx?.set('Retry-After', String(verdict === 'busy' ? 1 : retryAfterSeconds));
    const refusal = new errors.CustomOIDCProviderError('temporarily_unavailable', 'too many attempts; try again later');
    throw Object.assign(refusal, { status: 429, statusCode: 429 });
  };
};
