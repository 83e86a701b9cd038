// The password grant of the FINT compatibility profile (facts 6): off unless the operator turns it on, since RFC 9700 forbids it elsewhere.
// The client is authenticated by the OAuth library as ever; here its user name and password are compared. Used by oauth-provider.ts.
import { hash, timingSafeEqual } from 'node:crypto';
import { isLiveGrant, usableApplication } from './live-grants.ts';
import { issueToken, type GrantContext, type GrantDeps } from './oauth-grant.ts';
import type { RoleComponents } from './oauth-library.ts';
import { retryAfterSeconds } from './secret-check.ts';
import { unmatchableHash } from './secrets.ts';
import { countsFor, patternCovers } from '#hub/authorize.ts';
import type { Application, Grant } from '#store/store.ts';

/** Parameters of the request that the grant reads beside those of every grant. */
export const passwordParameters: readonly string[] = ['username', 'password'];

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** The application as the check of secrets is to see it: its only secret is the password, or one that nothing matches. */
const passwordAsSecret = (application: Application, username: string): Application => {
  const login = application.login ?? null;
  const known = timingSafeEqual(digest(username), digest(login?.username ?? ''));
  const kept = login !== null && known ? login.hash : unmatchableHash;
  return { ...application, secrets: [{ id: 'login', hash: kept, createdAt: 0, expiresAt: null }] };
};

/** FINT's names of what the grants open: `FINT_Client_{domain}_{package}`, sorted. */
const rolesOf = (application: Application, grants: readonly Grant[], components: RoleComponents): readonly string[] => {
  const kind = application.kind === 'adapter' ? 'Adapter' : 'Client';
  const patterns = grants.flatMap(({ collections }) => collections);
  return [...components]
    .filter(([, paths]) => paths.some((path) => patterns.some((pattern) => patternCovers(pattern, path))))
    .map(([component]) => `FINT_${kind}_${component.replaceAll('/', '_')}`)
    .sort();
};

/**
 * Makes the handler. A wrong user name and a wrong password are one answer, invalid_grant, and take the same time; after too many wrong
 * tries it answers 429 as for secrets.
 */
export const passwordGrant =
  (grant: GrantDeps, components: RoleComponents): ((ctx: GrantContext) => Promise<void>) =>
  async (ctx) => {
    const { library, deps } = grant;
    const { errors } = library;
    const { clientId } = ctx.oidc.client;
    const { username = '', password = '' } = ctx.oidc.params;
    if (typeof username !== 'string' || typeof password !== 'string' || username === '' || password === '')
      throw new errors.InvalidRequest('username and password are needed');
    const application = await usableApplication(deps.platform, clientId, deps.environment);
    if (application === null || application.kind === 'admin')
      throw new errors.InvalidClientAuth('no such application for this grant');
    const from = ctx.req.socket.remoteAddress ?? '';
    const verdict = await deps.checkSecret(
      passwordAsSecret(application, username),
      `login ${clientId}`,
      password,
      from,
    );
    if (verdict === 'slow-down' || verdict === 'busy') {
      ctx.set('Retry-After', String(verdict === 'busy' ? 1 : retryAfterSeconds));
      const refusal = new errors.CustomOIDCProviderError(
        'temporarily_unavailable',
        'too many attempts; try again later',
      );
      throw Object.assign(refusal, { status: 429, statusCode: 429 });
    }
    if (verdict === 'wrong') throw new errors.InvalidGrant('user name or password is wrong');
    await issueToken(ctx, application, grant, async (organisation, scopes) => {
      const now = deps.clock.now();
      const grants = (await deps.platform.grantsOf(clientId)).filter(
        (one) =>
          one.organisation === organisation && countsFor(one, new Set(scopes)) && isLiveGrant(one, application, now),
      );
      return { cn: username, fintAssetIDs: organisation, Roles: rolesOf(application, grants, components) };
    });
  };
