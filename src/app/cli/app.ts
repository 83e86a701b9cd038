// `bindeledd app …`: applications are registered, listed, shown, disabled, enabled and given new secrets or keys. Called by the command line
// and by the demo. A secret is in the output of the command that makes it and nowhere else.
import { badParameters, decide, renderFields, renderTable, type CommandDeps, type CommandOutput } from './command.ts';
import { findOrganisation } from './org.ts';
import { readPublicKeys } from '#auth/public-keys.ts';
import { hashSecret, makeClientId, makeClientSecret } from '#auth/secrets.ts';
import { scopeOfKind } from '#auth/scopes.ts';
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { isCleanText, nearest } from '#base/text.ts';
import type { Application, ApplicationSecret, Environment } from '#store/store.ts';

export type AddApplicationArgs = {
  readonly name: string;
  readonly kind: 'client' | 'adapter' | string;
  /** The organisation that answers for it. */
  readonly owner: string;
  readonly describe?: string | undefined;
  readonly environment?: Environment | string | undefined;
  /** A JWK set as text, for private_key_jwt. */
  readonly jwks?: string | undefined;
  /** False: no secret is made, keys are needed. */
  readonly secret?: boolean | undefined;
};

/** What is shown of an application: no hash, no secret. */
export type ShownApplication = Omit<Application, 'secrets' | 'jwks' | 'createdAt'> & {
  readonly scope: string;
  readonly secrets: readonly { readonly id: string; readonly createdAt: string; readonly expiresAt: string | null }[];
  readonly keys: number;
  readonly createdAt: string;
};

/** `secret` is set once, in the answer of the command that made it. */
export type ApplicationWithSecret = ShownApplication & { readonly secret: string | null };

const environments: readonly Environment[] = ['production', 'test', 'sandbox'];
const isEnvironment = (text: string): text is Environment => environments.some((one) => one === text);

/** How long the former secret works beside a new one, unless the command says otherwise. */
export const secretOverlapHours = 24;
const secretsAtOnce = 2;

const show = (application: Application): ShownApplication => {
  const { secrets, jwks, createdAt, ...plain } = application;
  return {
    ...plain,
    scope: scopeOfKind[application.kind],
    secrets: secrets.map((one) => ({
      id: one.id,
      createdAt: formatInstant(one.createdAt),
      expiresAt: one.expiresAt === null ? null : formatInstant(one.expiresAt),
    })),
    keys: jwks === null ? 0 : (JSON.parse(jwks) as { keys: unknown[] }).keys.length,
    createdAt: formatInstant(createdAt),
  };
};

const render = (application: Application, secret: string | null = null): CommandOutput<ApplicationWithSecret> => {
  const shown = show(application);
  const secrets = shown.secrets.map((one) => (one.expiresAt === null ? one.id : `${one.id} until ${one.expiresAt}`));
  const fields: (readonly [string, string])[] = [
    ['id', shown.id],
    ['name', shown.name],
    ['kind', shown.kind],
    ['scope', shown.scope],
    ['owner', shown.owner],
    ['environment', shown.environment],
    ['describe', shown.describe === '' ? '-' : shown.describe],
    ['secrets', secrets.length === 0 ? 'none' : secrets.join(', ')],
    ['keys', String(shown.keys)],
    ['state', shown.disabled ? 'disabled' : 'enabled'],
    ['created', shown.createdAt],
  ];
  if (secret !== null) fields.push(['secret', `${secret}   (shown this once)`]);
  return { text: renderFields(fields), json: { ...shown, secret } };
};

const makeSecret = async (
  deps: CommandDeps,
): Promise<{ readonly secret: string; readonly kept: ApplicationSecret }> => {
  const secret = makeClientSecret(deps.random);
  const id = `s-${deps.random.bytes(4).toString('hex')}`;
  return {
    secret,
    kept: { id, hash: await hashSecret(secret, deps.random), createdAt: deps.clock.now(), expiresAt: null },
  };
};

/** The application by its client id; HUB-204 with the nearest id when there is none. */
export const findApplication = async (deps: CommandDeps, id: string): Promise<Result<Application>> => {
  const found = await deps.platform.application(id);
  if (found !== null) return ok(found);
  const near = nearest(
    id,
    (await deps.platform.applications()).map((one) => one.id),
  );
  const hint = near === null ? '' : ` Is it ${near}?`;
  return failed(problem('HUB-204', `There is no application ${id}.${hint}`));
};

/** Registers an application and shows its secret once. Fails with HUB-103 on bad parameters and HUB-204 for an unknown owner. */
export const addApplication = async (
  deps: CommandDeps,
  args: AddApplicationArgs,
): Promise<Result<CommandOutput<ApplicationWithSecret>>> => {
  const { name, kind, describe = '', environment = 'production' } = args;
  const errors: ProblemItem[] = [];
  if (name.trim() === '' || name.length > 200 || !isCleanText(name))
    errors.push({ at: 'name', message: 'must be 1 to 200 letters' });
  if (describe.length > 1_000 || !isCleanText(describe))
    errors.push({ at: 'describe', message: 'must be at most 1000 letters' });
  if (kind !== 'client' && kind !== 'adapter') errors.push({ at: 'kind', message: 'must be client or adapter' });
  if (!isEnvironment(environment))
    errors.push({ at: 'environment', message: `must be one of ${environments.join(', ')}` });
  if (args.secret === false && args.jwks === undefined)
    errors.push({ at: 'jwks', message: 'is needed for an application without a secret' });
  if (errors.length > 0 || (kind !== 'client' && kind !== 'adapter') || !isEnvironment(environment))
    return badParameters(errors);
  const owner = await findOrganisation(deps, args.owner);
  if (!owner.ok) return owner;
  const keys = args.jwks === undefined ? ok(null) : await readPublicKeys(args.jwks);
  if (!keys.ok) return keys;
  const made = args.secret === false ? null : await makeSecret(deps);
  const application: Application = {
    id: makeClientId(kind, deps.random),
    name,
    kind,
    owner: owner.value.id,
    describe,
    environment,
    secrets: made === null ? [] : [made.kept],
    jwks: keys.value,
    disabled: false,
    createdAt: deps.clock.now(),
  };
  await decide(deps, 'app add', application.id, () => deps.platform.putApplication(application));
  return ok(render(application, made?.secret ?? null));
};

const change = async (
  deps: CommandDeps,
  operation: string,
  id: string,
  edit: (application: Application) => Application,
): Promise<Result<CommandOutput<ApplicationWithSecret>>> => {
  const found = await findApplication(deps, id);
  if (!found.ok) return found;
  const edited = edit(found.value);
  await decide(deps, operation, id, () => deps.platform.putApplication(edited));
  return ok(render(edited));
};

/** Stops an application: no new tokens, and the tokens that it holds end at their next use. Fails with HUB-204. */
export const disableApplication = (deps: CommandDeps, id: string): Promise<Result<CommandOutput>> =>
  change(deps, 'app disable', id, (application) => ({ ...application, disabled: true }));

/** Lets a stopped application in again. Fails with HUB-204. */
export const enableApplication = (deps: CommandDeps, id: string): Promise<Result<CommandOutput>> =>
  change(deps, 'app enable', id, (application) => ({ ...application, disabled: false }));

/** Makes a new secret, shown once. The newest former one goes on working for the given hours (0: not at all), older ones end. Fails with HUB-103 or HUB-204. */
export const rotateApplicationSecret = async (
  deps: CommandDeps,
  args: { readonly id: string; readonly overlapHours?: number | undefined },
): Promise<Result<CommandOutput<ApplicationWithSecret>>> => {
  const { id, overlapHours = secretOverlapHours } = args;
  if (!Number.isFinite(overlapHours) || overlapHours < 0 || overlapHours > 24 * 31) {
    return badParameters([{ at: 'overlap-hours', message: 'must be 0 to 744' }]);
  }
  const found = await findApplication(deps, id);
  if (!found.ok) return found;
  const now = deps.clock.now();
  const end = now + overlapHours * 3_600_000;
  const former = found.value.secrets
    .filter((one) => one.expiresAt === null || one.expiresAt > now)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, overlapHours === 0 ? 0 : secretsAtOnce - 1)
    .map((one) => ({ ...one, expiresAt: Math.min(one.expiresAt ?? end, end) }));
  const { secret, kept } = await makeSecret(deps);
  const application = { ...found.value, secrets: [...former, kept] };
  await decide(deps, 'app rotate-secret', id, () => deps.platform.putApplication(application));
  return ok(render(application, secret));
};

/** Sets the public keys of an application; null takes them away. Fails with HUB-103 or HUB-204. */
export const setApplicationKeys = async (
  deps: CommandDeps,
  args: { readonly id: string; readonly jwks: string | null },
): Promise<Result<CommandOutput>> => {
  const keys = args.jwks === null ? ok(null) : await readPublicKeys(args.jwks);
  return keys.ok
    ? change(deps, 'app set-jwks', args.id, (application) => ({ ...application, jwks: keys.value }))
    : keys;
};

/** One application, without its secrets. Fails with HUB-204. */
export const showApplication = async (deps: CommandDeps, id: string): Promise<Result<CommandOutput>> => {
  const found = await findApplication(deps, id);
  return found.ok ? ok(render(found.value)) : found;
};

/** All applications in order of registration. */
export const listApplications = async (
  deps: CommandDeps,
): Promise<Result<CommandOutput<readonly ShownApplication[]>>> => {
  const applications = await deps.platform.applications();
  const rows = applications.map((one) => [
    one.id,
    one.name,
    one.kind,
    one.owner,
    one.environment,
    one.disabled ? 'disabled' : 'enabled',
  ]);
  return ok({
    text: renderTable(
      ['ID', 'NAME', 'KIND', 'OWNER', 'ENVIRONMENT', 'STATE'],
      rows,
      'There are no applications yet: add one with app add.',
    ),
    json: applications.map(show),
  });
};
