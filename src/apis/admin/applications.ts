// Operations on applications: registered, changed, given new secrets, keys or a login. Rows of operations.ts. A secret is in the answer of the
// request that made it and nowhere else.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { handsEntry } from '#catalogue/access/hands.ts';
import { isInForce } from '#hub/authorize.ts';
import { adminScopes, normaliseOrganisationId } from '#hub/principal.ts';
import { administers, may } from './actor.ts';
import { badMembers, readBody, readReason, type Body } from './body.ts';
import {
  checkMatch,
  claimId,
  decide,
  etagOf,
  missing,
  pageOfList,
  placeByAge,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';
import { environments } from './ports.ts';
import type { Application, ApplicationSecret, Environment } from './ports.ts';

const kinds = ['client', 'adapter', 'admin'] as const;
type Kind = (typeof kinds)[number];
const isKind = (text: string): text is Kind => kinds.some((kind) => kind === text);
export const isEnvironment = (text: string): text is Environment => environments.some((one) => one === text);
const fintScopes = { client: 'fint-client', adapter: 'fint-adapter' } as const;

/** How long the former secret works beside a new one, unless the request says otherwise. */
const secretOverlapHours = 24;
const overlapMost = 744;
const secretsAtOnce = 2;

const scopeOf = ({ kind, scopes = [] }: Application): string =>
  kind === 'admin' ? scopes.join(' ') : fintScopes[kind];

/** An application as it is shown: no hash, no secret. */
export const showApplication = (application: Application): object => {
  const { secrets, jwks, createdAt, login, scopes: _scopes, ...plain } = application;
  return {
    ...plain,
    scope: scopeOf(application),
    secrets: secrets.map((one) => ({
      id: one.id,
      createdAt: formatInstant(one.createdAt),
      expiresAt: one.expiresAt === null ? null : formatInstant(one.expiresAt),
    })),
    keys: jwks === null ? 0 : (JSON.parse(jwks) as { keys: unknown[] }).keys.length,
    username: login?.username ?? null,
    createdAt: formatInstant(createdAt),
  };
};

const one = (application: Application, more: object = {}, status = 200): Result<AdminReply> =>
  reply(
    { ...showApplication(application), ...more },
    { status, headers: { etag: etagOf(application) }, organisation: application.owner, details: application.id },
  );

/** The application by its client id, when the actor administers its owner. Missing otherwise, whichever it was. */
export const findApplication = async (call: AdminCall): Promise<Result<Application>> => {
  const id = call.params['application'] ?? '';
  const { platform } = call.ports;
  const found = await platform.application(id);
  if (found !== null && administers(call.actor, found.owner)) return ok(found);
  if (!may(call.actor, 'platform')) return missing();
  const near = nearest(
    id,
    (await platform.applications()).map((each) => each.id),
  );
  return missing(`There is no application ${id}.${near === null ? '' : ` Is it ${near}?`}`);
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const wanted = call.query.get('organisation');
  const owner = wanted === null ? null : normaliseOrganisationId(wanted);
  const all = await call.ports.platform.applications();
  const mine = all.filter((each) => administers(call.actor, each.owner) && (owner === null || each.owner === owner));
  return pageOfList(call, mine, placeByAge, showApplication);
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findApplication(call);
  return found.ok ? one(found.value) : found;
};

const makeSecret = async ({
  ports,
}: AdminCall): Promise<{ readonly secret: string; readonly kept: ApplicationSecret }> => {
  const secret = ports.makeSecret();
  const id = `s-${ports.random.bytes(4).toString('hex')}`;
  return { secret, kept: { id, hash: await ports.hashSecret(secret), createdAt: ports.clock.now(), expiresAt: null } };
};

const checkName = (name: string, errors: ProblemItem[]): void => {
  if (name.trim() === '') errors.push({ at: '/name', message: 'must be 1 to 200 letters' });
};

/** The scopes of an administrator. Nobody hands out what he does not have himself. */
const readScopes = (
  call: AdminCall,
  body: Body,
  kind: Kind,
  before: readonly string[] | undefined,
): readonly string[] | undefined => {
  const given = body.texts('scopes');
  const say = (message: string): void => void body.errors.push({ at: '/scopes', message });
  if (kind !== 'admin') {
    if (given !== undefined) say('are for applications of kind admin');
    return undefined;
  }
  const scopes = adminScopes.filter((scope) => (given ?? before ?? []).includes(scope));
  if (scopes.length === 0 || scopes.length !== (given ?? scopes).length)
    say(`must be one or more of ${adminScopes.join(', ')}`);
  if (given === undefined) return scopes;
  const added = scopes.filter((scope) => before?.includes(scope) !== true);
  const beyond = added.filter(
    (scope) => !may(call.actor, scope === 'admin.read' ? 'read' : scope === 'admin.write' ? 'write' : 'platform'),
  );
  if (beyond.length > 0) say(`${beyond.join(', ')} cannot be given by one who does not have it`);
  return scopes;
};

const readKeys = async (call: AdminCall, body: Body): Promise<Result<string | null | undefined>> => {
  const value = body.value('jwks');
  if (value === undefined || value === null) return ok(value);
  const keys = await call.ports.readPublicKeys(typeof value === 'string' ? value : JSON.stringify(value));
  if (keys.ok) return keys;
  const errors = keys.problem.errors?.map(({ at, message }) => ({ at: `/jwks${at}`, message }));
  return errors === undefined ? badMembers([{ at: '/jwks', message: keys.problem.detail }]) : badMembers(errors);
};

const added = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const known = [
    'name',
    'kind',
    'owner',
    'describe',
    'environment',
    'jwks',
    'secret',
    'keysLater',
    'scopes',
    'reason',
  ] as const;
  const body = readBody(call.body, known);
  const { errors } = body;
  const owner = await findOrganisation(call, body.text('owner', 200) ?? call.actor.organisation ?? '');
  if (!owner.ok) return owner;
  const name = body.text('name', 200) ?? '';
  checkName(name, errors);
  const describe = body.text('describe', 1_000) ?? '';
  const kind = body.text('kind', 20) ?? '';
  if (!isKind(kind)) errors.push({ at: '/kind', message: `must be one of ${kinds.join(', ')}` });
  const environment = body.text('environment', 20) ?? 'production';
  if (!isEnvironment(environment))
    errors.push({ at: '/environment', message: `must be one of ${environments.join(', ')}` });
  const keysLater = body.flag('keysLater') ?? false;
  const wantsSecret = !keysLater && (body.flag('secret') ?? true);
  if (keysLater && (kind !== 'client' || body.given('jwks')))
    errors.push({ at: '/keysLater', message: 'is for clients without keys: they come when access is approved' });
  else if (!keysLater && !wantsSecret && !body.given('jwks'))
    errors.push({ at: '/jwks', message: 'is needed for an application without a secret' });
  const scopes = isKind(kind) ? readScopes(call, body, kind, undefined) : undefined;
  const reason = readReason(body);
  if (errors.length > 0 || !isKind(kind) || !isEnvironment(environment)) return badMembers(errors);
  const keys = await readKeys(call, body);
  if (!keys.ok) return keys;
  const id = await claimId(call, ports.makeClientId(kind));
  if (!id.ok) return id;
  const before = await ports.platform.application(id.value);
  if (before !== null) return one(before, { secret: null });
  const made = wantsSecret ? await makeSecret(call) : null;
  const application: Application = {
    id: id.value,
    name,
    kind,
    owner: owner.value.id,
    describe,
    environment,
    secrets: made === null ? [] : [made.kept],
    jwks: keys.value ?? null,
    ...(scopes === undefined ? {} : { scopes }),
    disabled: false,
    createdAt: ports.clock.now(),
  };
  await keep(call, application, { reason, handed: true });
  return one(application, { secret: made?.secret ?? null }, 201);
};

/** `handed`: the actor has had its keys in hand, which of an administrator is kept. */
const keep = (
  call: AdminCall,
  application: Application,
  { reason = '', handed = false }: { readonly reason?: string; readonly handed?: boolean } = {},
): Promise<void> =>
  decide(call, { subject: application.id, reason, organisations: [application.owner] }, () =>
    handed && application.kind === 'admin'
      ? putHanded(call, application)
      : call.ports.platform.putApplication(application),
  );

const putHanded = async ({ ports, actor }: AdminCall, application: Application): Promise<void> => {
  const { platform, clock } = ports;
  const hand = { client: actor.client, runsHub: may(actor, 'platform') };
  // Who hands out keys of the same administrator at the same moment is kept as well.
  for (let kept = false; !kept;) {
    const before = await platform.registerEntry('key-holder', application.id);
    const entries = [handsEntry(application, before, hand, clock.now())];
    kept = await platform.putRegister({ entries, applications: [application] });
  }
};

/** Nobody widens what he may do himself, or shuts himself out of undoing it. */
const refuseOwn = (call: AdminCall, application: Application): Failed | null =>
  call.actor.client === application.id
    ? failed(problem('HUB-400', 'An application does not change its own rights; another administrator does.'))
    : null;

/** An administrator is not taken over by one who may do less, by a new secret or key for it. */
const refuseStronger = ({ actor }: AdminCall, { kind, scopes = [] }: Application): Failed | null =>
  kind === 'admin' && scopes.includes('admin.platform') && !may(actor, 'platform')
    ? failed(problem('HUB-400', 'An application that runs the hub is looked after by those who do.'))
    : null;

const changed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findApplication(call);
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['name', 'describe', 'disabled', 'jwks', 'scopes', 'reason']);
  const { errors } = body;
  const refused =
    refuseStronger(call, before) ?? (body.given('scopes') || body.given('disabled') ? refuseOwn(call, before) : null);
  if (refused !== null) return refused;
  const name = body.text('name', 200) ?? before.name;
  checkName(name, errors);
  const scopes = readScopes(call, body, before.kind, before.scopes);
  const describe = body.text('describe', 1_000) ?? before.describe;
  const disabled = body.flag('disabled') ?? before.disabled;
  const reason = readReason(body);
  if (errors.length > 0) return badMembers(errors);
  const keys = await readKeys(call, body);
  if (!keys.ok) return keys;
  const jwks = keys.value === undefined ? before.jwks : keys.value;
  const after: Application = { ...before, name, describe, disabled, jwks, ...(scopes === undefined ? {} : { scopes }) };
  await keep(call, after, { reason, handed: keys.value !== undefined });
  return one(after);
};

const rotated = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findApplication(call);
  if (!found.ok) return found;
  const before = found.value;
  const stronger = refuseStronger(call, before);
  if (stronger !== null) return stronger;
  const body = readBody(call.body, ['overlapHours']);
  const hours = body.number('overlapHours') ?? secretOverlapHours;
  if (!Number.isFinite(hours) || hours < 0 || hours > overlapMost)
    body.errors.push({ at: '/overlapHours', message: `must be 0 to ${overlapMost}` });
  if (body.errors.length > 0) return badMembers(body.errors);
  const { secret, kept } = await makeSecret(call);
  const id = await claimId(call, kept.id);
  if (!id.ok) return id;
  if (before.secrets.some((each) => each.id === id.value)) return one(before, { secret: null });
  const now = call.ports.clock.now();
  const end = now + hours * 3_600_000;
  const former = before.secrets
    .filter((each) => each.expiresAt === null || each.expiresAt > now)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, hours === 0 ? 0 : secretsAtOnce - 1)
    .map((each) => ({ ...each, expiresAt: Math.min(each.expiresAt ?? end, end) }));
  const after = { ...before, secrets: [...former, { ...kept, id: id.value }] };
  await keep(call, after, { handed: true });
  return one(after, { secret });
};

const loginName = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** A user name and a password for the FINT profile, with a new secret: all that FINT's portal hands out (facts 6). */
const credentialed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const found = await findApplication(call);
  if (!found.ok) return found;
  const before = found.value;
  const body = readBody(call.body, ['name', 'organisation']);
  const { errors } = body;
  if (before.kind === 'admin')
    return refuse(problem('HUB-409', 'The password grant is for clients and adapters, not for administrators.'));
  const organisation = normaliseOrganisationId(body.text('organisation', 200) ?? before.owner);
  const given = body.text('name', 100) ?? before.id;
  if (!loginName.test(given)) errors.push({ at: '/name', message: 'must be letters a-z, digits, dots and dashes' });
  const username = `${given}@${before.kind}.${organisation}`;
  const other = await ports.platform.applicationByLogin(username);
  if (other !== null && other.id !== before.id) errors.push({ at: '/name', message: 'is taken' });
  // Unknown and without a grant are one answer, so that nobody learns which organisations exist.
  const now = ports.clock.now();
  const granting = (await ports.platform.grantsOf(before.id)).filter(
    (grant) => (grant.scope ?? null) === null && isInForce(grant, now),
  );
  if (organisation !== before.owner && !granting.some((grant) => grant.organisation === organisation))
    errors.push({ at: '/organisation', message: 'has given this application no grant' });
  if (errors.length > 0) return badMembers(errors);
  const [password, made] = [ports.makeSecret(), await makeSecret(call)];
  const after: Application = {
    ...before,
    login: { username, hash: await ports.hashSecret(password) },
    secrets: [...before.secrets.slice(-1), made.kept],
  };
  await keep(call, after);
  return reply(
    {
      username,
      password,
      clientId: before.id,
      clientSecret: made.secret,
      assetIds: [organisation],
      scope: scopeOf(before),
      idpUri: ports.fintTokenEndpoint(),
    },
    { status: 201, organisation: before.owner, details: before.id },
  );
};

const applicationPath = '/admin/applications/{application}';
const common = { tag: 'Applications', needs: 'write', status: 200 } as const;

/** The rows. */
export const applicationOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listApplications',
    word: 'app list',
    method: 'GET',
    path: '/admin/applications',
    needs: 'read',
    summary: 'Applications of the organisations that the caller administers, in order of registration.',
    query: [{ name: 'organisation', description: 'Only those that it owns.', schema: { type: 'string' } }],
    reply: 'ApplicationList',
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'addApplication',
    word: 'app add',
    method: 'POST',
    path: '/admin/applications',
    summary: 'Registers an application. Its secret is in this answer and in no other.',
    body: 'NewApplication',
    reply: 'ApplicationWithSecret',
    status: 201,
    repeatable: true,
    versioned: true,
    handle: added,
  },
  {
    ...common,
    id: 'showApplication',
    word: 'app show',
    method: 'GET',
    path: applicationPath,
    needs: 'read',
    summary: 'One application, without its secrets.',
    reply: 'Application',
    versioned: true,
    handle: shown,
  },
  {
    ...common,
    id: 'setApplication',
    word: 'app set',
    method: 'PATCH',
    path: applicationPath,
    summary:
      'Changes what is given: name, description, public keys, scopes of an administrator, whether it is shut out.',
    body: 'ApplicationChange',
    reply: 'Application',
    versioned: true,
    handle: changed,
  },
  {
    ...common,
    id: 'rotateSecret',
    word: 'app rotate-secret',
    method: 'POST',
    path: `${applicationPath}/secret`,
    summary: 'Makes a new secret, shown in this answer only; the newest former one goes on working for a while.',
    body: 'SecretRotation',
    reply: 'ApplicationWithSecret',
    repeatable: true,
    versioned: true,
    handle: rotated,
  },
  {
    ...common,
    id: 'makeCredentials',
    word: 'app credentials',
    method: 'POST',
    path: `${applicationPath}/credentials`,
    summary:
      'Makes the bundle that clients of FINT take: user name, password and a new secret, shown in this answer only.',
    body: 'CredentialsRequest',
    reply: 'Credentials',
    status: 201,
    handle: credentialed,
  },
];
