// HTTP Basic in: the client id and a secret of an application become the principal that a token of it would make. Called by the pipeline for routes that
// take it. Right credentials are remembered for a moment by a keyed hash, and looked at again as soon as anything in the platform changes.
import { createHmac } from 'node:crypto';
import { farewells, grantedUntil, standingOf, usableApplication } from './live-grants.ts';
import { chooseOrganisation } from './organisation-choice.ts';
import { scopesOf } from './scopes.ts';
import { retryAfterSeconds, type SecretCheck } from './secret-check.ts';
import { createTries, dropOldest } from './tries.ts';
import type { BasicRequest, Verified, VerifyBasic } from './verify.ts';
import type { Clock } from '#base/clock.ts';
import { problem, type ErrorCode } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import { failed, ok, type Failed, type Ok } from '#base/result.ts';
import { countsFor } from '#hub/authorize.ts';
import type { Principal } from '#hub/principal.ts';
import type { Application, Environment, PlatformStore } from '#store/store.ts';

export type BasicDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Applications and grants of another environment count for nothing. */
  readonly environment: Environment;
  readonly issuer: () => string;
  /** The one of the token endpoint: a wrong secret is a wrong secret wherever it is tried. */
  readonly checkSecret: SecretCheck;
  readonly observe: Observe;
};

type Credentials = { readonly client: string; readonly organisation: string | null; readonly secret: string };

type Remembered = {
  readonly answer: Ok<Principal>;
  /** More than one organisation gives the application access. */
  readonly several: boolean;
  /** Of the platform, before anything was looked at. */
  readonly revision: number;
  /** Epoch ms. */
  readonly until: number;
};

/** What stands in the audit in place of a token's id. */
const method = 'http-basic';

const form = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const clientIdForm = /^[A-Za-z0-9._-]{1,128}$/;

const refuse = (code: ErrorCode, detail: string, retryAfter?: number): Failed =>
  failed(problem(code, detail, retryAfter === undefined ? {} : { retryAfter }));

const wrong = (): Failed => refuse('HUB-304', 'The user name or the password is not right.');
const insecure = (): Failed =>
  refuse('HUB-303', 'HTTP Basic is taken over TLS only, and from the machine of the hub itself. It was not looked at.');
const foreign = (): Failed => refuse('HUB-401', 'The organisation is unknown or has given this application no grant.');
const severalInstitutions = (): Failed =>
  refuse(
    'HUB-305',
    'This API takes users of one organisation only; several give this application access. Use a token.',
  );

/** The text that the octets are: as UTF-8 (RFC 7617), or as the older clients that know one octet a letter. */
const textOf = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return text.includes('\u{FFFD}') ? bytes.toString('latin1') : text;
};

/** What a header says; null when it says nothing. */
const readCredentials = (authorization: string): Credentials | null => {
  if (authorization.length > limits.basicBytes) return null;
  const encoded = form.exec(authorization.trimEnd())?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  // Whatever else the decoder lets through would be another way of writing the same.
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return null;
  const text = textOf(bytes);
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  const user = text.slice(0, colon);
  const at = user.indexOf('@');
  return {
    client: at === -1 ? user : user.slice(0, at),
    organisation: at === -1 ? null : user.slice(at + 1),
    secret: text.slice(colon + 1),
  };
};

/** The first moment at which one of the application's secrets ends; the one that was sent is among them. */
const firstEnd = ({ secrets }: Application, now: number): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...secrets.flatMap(({ expiresAt }) => ((expiresAt ?? 0) > now ? [expiresAt ?? 0] : [])),
  );

/** Makes the verifier, with a memory and a count of wrong tries of its own. */
export const createBasic = (deps: BasicDeps): VerifyBasic => {
  const { platform, clock, environment, issuer, checkSecret, observe } = deps;
  const key = deps.random.bytes(32);
  const memory = new Map<string, Remembered>();
  /** What is being looked at: many requests of one program begin at once, and one hash is enough for them. */
  const underWay = new Map<string, Promise<Verified>>();
  const ofAddress = createTries(clock, limits.basicTriesPerAddress, 1_000);

  const refused = (client: string | null, reason: string, answer: Failed): Failed => {
    observe({ kind: 'token-refused', client, reason: `HTTP Basic: ${reason}` });
    return answer;
  };

  /** Whom the application may speak for, as things stand. */
  const admit = async (
    application: Application,
    named: string | null,
  ): Promise<Failed | Omit<Remembered, 'revision'>> => {
    const now = clock.now();
    const scopes = new Set(scopesOf(application));
    const { grants, ended } = await standingOf(platform, application.id);
    const standing = { grants: grants.filter((grant) => countsFor(grant, scopes)), ended };
    const choose = (organisation: string | null) =>
      chooseOrganisation({ organisation, resource: null }, application, standing, now, issuer());
    const choice = choose(named);
    if (choice.kind === 'ambiguous') {
      const detail = `Name one organisation in the user name, ${application.id}@organisation: ${choice.organisations.join(', ')}.`;
      return refused(application.id, 'several organisations', refuse('HUB-305', detail));
    }
    if (choice.kind !== 'chosen') return refused(application.id, 'organisation', foreign());
    const tenant = choice.organisation;
    const granted =
      application.kind === 'admin'
        ? Number.POSITIVE_INFINITY
        : (grantedUntil(standing.grants, application, tenant, now) ??
          farewells(standing, application, now).get(tenant));
    const until = Math.min(now + limits.basicMs, granted ?? now, firstEnd(application, now));
    const { kind, id } = application;
    return {
      answer: ok({ kind, client: id, tenant, scopes, issuer: issuer(), token: method, expiresAt: until }),
      several: choose(null).kind === 'ambiguous',
      until,
    };
  };

  const meet = async (
    authorization: string,
    { from, oneInstitution }: BasicRequest,
    mark: string,
    revision: number,
  ): Promise<Verified> => {
    const given = readCredentials(authorization);
    if (given === null) return refused(null, 'form', wrong());
    const { client, organisation, secret } = given;
    const application = clientIdForm.test(client) ? await usableApplication(platform, client, environment) : null;
    const verdict = await checkSecret(application, client, secret, from, ofAddress);
    if (verdict === 'slow-down' || verdict === 'busy') {
      const wait = verdict === 'busy' ? 1 : retryAfterSeconds;
      return refuse('HUB-107', 'There have been too many attempts; try again later.', wait);
    }
    if (verdict === 'wrong' || application === null) return refused(application?.id ?? null, 'secret', wrong());
    const admitted = await admit(application, organisation);
    if (!('answer' in admitted)) return admitted;
    memory.delete(mark);
    memory.set(mark, { ...admitted, revision });
    dropOldest(memory, limits.basicRemembered);
    return oneInstitution && admitted.several ? severalInstitutions() : admitted.answer;
  };

  const answer = (authorization: string, request: BasicRequest, revision: number): Verified | Promise<Verified> => {
    const mark = createHmac('sha256', key).update(authorization).digest('base64');
    const known = memory.get(mark);
    if (known !== undefined && known.revision === revision && clock.now() < known.until)
      return request.oneInstitution && known.several ? severalInstitutions() : known.answer;
    memory.delete(mark);
    const alike = `${mark} ${revision} ${request.oneInstitution} ${request.from}`;
    const before = underWay.get(alike);
    if (before !== undefined) return before;
    const meeting = meet(authorization, request, mark, revision).finally(() => underWay.delete(alike));
    underWay.set(alike, meeting);
    return meeting;
  };

  return (authorization, request) => {
    if (!request.secure) return insecure();
    const revision = platform.revision();
    return typeof revision === 'number'
      ? answer(authorization, request, revision)
      : revision.then((value) => answer(authorization, request, value));
  };
};
