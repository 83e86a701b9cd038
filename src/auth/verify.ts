// Tokens in: an Authorization header becomes a principal, or a problem that says no more than it must. Called by the pipeline for every
// request that needs a token. Verified tokens are remembered, so the usual request costs a look-up; a disabled application or an ended
// grant takes effect at the next request all the same, because the platform's revision is compared each time.
import { compactVerify } from 'jose';
import { readCompactToken } from './compact-token.ts';
import type { IssuerPolicy, TokenSubject } from './issuer-policy.ts';
import { farewells, grantedUntil, standingOf, usableApplication } from './live-grants.ts';
import { scopesOf } from './scopes.ts';
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Failed, type Ok, type Result } from '#base/result.ts';
import type { Principal } from '#hub/principal.ts';
import type { Application, Environment, PlatformStore } from '#store/store.ts';

/** A refusal; `principal` is who holds a token that is right in itself, but whose application or grants have ended. */
type Refused = Failed & { readonly principal?: Principal };
export type Verified = Ok<Principal> | Refused;

/** Takes the whole header value. Answers at once for a token seen before, else later. Fails with HUB-300 or HUB-301; rejects only when the store does. */
export type Verify = (authorization: string | null) => Verified | Promise<Verified>;

/** What is known of a request beside its header. */
export type BasicRequest = {
  /** The address that it comes from. */
  readonly from: string;
  /** Nobody on the way can have read it. */
  readonly secure: boolean;
  /** Only applications to which one organisation gives access are taken. */
  readonly oneInstitution: boolean;
};

/** The same for a header of HTTP Basic, where it is taken. Fails with HUB-107, HUB-303, HUB-304, HUB-305 or HUB-401. Made by basic.ts. */
export type VerifyBasic = (authorization: string, request: BasicRequest) => Verified | Promise<Verified>;

type VerifyDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  /** Applications and grants of another environment count for nothing. */
  readonly environment: Environment;
  readonly policies: readonly IssuerPolicy[];
};

type Remembered = {
  readonly answer: Ok<Principal>;
  /** Revision of the platform under which application and grants were looked at last. */
  revision: number;
  /** The earlier of the token's end and the end of what it stands on, epoch ms. */
  until: number;
};

const scheme = /^Bearer ([A-Za-z0-9_.-]+)$/;

const refuse = (internal: string): Failed =>
  failed(problem('HUB-300', 'A valid access token is needed.', { internal }));
const expired = (): Failed => failed(problem('HUB-301', 'The access token has expired.'));

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

// exp is exact; nbf and iat may lie ahead by the skew that the issuer's clock is assumed to have.
const checkTimes = (claims: Readonly<Record<string, unknown>>, now: number, policy: IssuerPolicy): Failed | null => {
  const { exp, iat, nbf } = claims;
  if (!isSeconds(exp) || !isSeconds(iat) || (nbf !== undefined && !isSeconds(nbf))) return refuse('times');
  if (exp <= iat || exp - iat > policy.maxAgeSeconds) return refuse('life');
  const ahead = now / 1_000 + policy.skewSeconds;
  if (iat > ahead || (nbf !== undefined && nbf > ahead)) return refuse('not yet');
  return exp * 1_000 <= now ? expired() : null;
};

/** An administrator acts for the organisation that owns the application, with scopes that it still has. */
const administers = (application: Application, { tenant, scopes }: Principal): boolean => {
  const has = scopesOf(application);
  return application.owner === tenant && [...scopes].every((scope) => has.includes(scope));
};

/** Everything about a token that does not change while it lives. */
const verifyToken = async (
  token: string,
  now: number,
  policies: readonly IssuerPolicy[],
): Promise<Result<Principal>> => {
  const parts = readCompactToken(token);
  if (parts === null) return refuse('form');
  const { header, claims } = parts;
  const policy = policies.find((one) => one.issuer() === claims['iss']);
  if (policy === undefined) return refuse('issuer');
  if (header['typ'] !== policy.type) return refuse('type');
  if (!policy.algorithms.some((algorithm) => algorithm === header['alg'])) return refuse('algorithm');
  if (typeof header['kid'] !== 'string' || Object.keys(header).some((name) => !policy.headers.has(name)))
    return refuse('header');
  // Keys that cannot be had say nothing about the token.
  const keys = await policy.keys();
  try {
    await compactVerify(token, keys, { algorithms: [...policy.algorithms] });
  } catch {
    return refuse('signature');
  }
  if (!policy.acceptsAudience(claims['aud'])) return refuse('audience');
  const timing = checkTimes(claims, now, policy);
  if (timing !== null) return timing;
  const subject: TokenSubject | null = policy.subject(claims);
  const { jti, exp } = claims;
  if (subject === null || typeof jti !== 'string' || jti === '' || jti.length > 128) return refuse('claims');
  return ok({ ...subject, issuer: policy.issuer(), token: jti, expiresAt: Number(exp) * 1_000 });
};

/** Makes the verifier. Its memory holds at most `limits.verifiedTokens` tokens, each no longer than the token lives. */
export const createVerifier = ({ platform, clock, environment, policies }: VerifyDeps): Verify => {
  // In order of arrival: the first is the nearest to its end, so it is the one to drop.
  const memory = new Map<string, Remembered>();

  /** Until when the principal may act as things stand in the platform; null when it may not. */
  const standing = async (principal: Principal, now: number): Promise<number | null> => {
    const application = await usableApplication(platform, principal.client, environment);
    if (application === null || application.kind !== principal.kind) return null;
    if (application.kind === 'admin') return administers(application, principal) ? Number.POSITIVE_INFINITY : null;
    const all = await standingOf(platform, application.id);
    const granted = grantedUntil(all.grants, application, principal.tenant, now);
    // Without any grant no address shows anything, but the feed says what has gone to who holds a position of before.
    return granted ?? farewells(all, application, now).get(principal.tenant) ?? null;
  };

  const remember = (key: string, principal: Ok<Principal>, revision: number, granted: number): void => {
    memory.delete(key);
    memory.set(key, { answer: principal, revision, until: Math.min(principal.value.expiresAt, granted) });
    if (memory.size <= limits.verifiedTokens) return;
    for (const oldest of memory.keys()) {
      memory.delete(oldest);
      return;
    }
  };

  const admit = async (key: string, answer: Ok<Principal>, revision: number): Promise<Verified> => {
    const now = clock.now();
    const granted = await standing(answer.value, now);
    if (granted === null) {
      memory.delete(key);
      return { ...refuse('application or grant'), principal: answer.value };
    }
    remember(key, answer, revision, granted);
    return answer;
  };

  const meet = async (authorization: string | null, revision: number): Promise<Verified> => {
    const token =
      authorization === null || authorization.length > limits.tokenBytes + 7 ? null : scheme.exec(authorization)?.[1];
    if (authorization === null || token === null || token === undefined) return refuse('scheme');
    const verified = await verifyToken(token, clock.now(), policies);
    return verified.ok ? admit(authorization, verified, revision) : verified;
  };

  const answer = (authorization: string | null, revision: number): Verified | Promise<Verified> => {
    const known = authorization === null ? undefined : memory.get(authorization);
    if (authorization === null || known === undefined) return meet(authorization, revision);
    const now = clock.now();
    if (known.answer.value.expiresAt <= now) {
      memory.delete(authorization);
      return expired();
    }
    // A clock that was set back, a change of the platform, or the end of a grant: look again.
    if (known.revision !== revision || known.until <= now) return admit(authorization, known.answer, revision);
    return known.answer;
  };

  return (authorization) => {
    const revision = platform.revision();
    return typeof revision === 'number'
      ? answer(authorization, revision)
      : revision.then((value) => answer(authorization, value));
  };
};
