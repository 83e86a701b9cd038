// `bindeledd app …`: applications are registered, listed, shown, disabled, enabled and given new secrets, keys or credentials, through the admin
// API. A secret is in the output of the command that makes it and nowhere else.
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { badParameters, renderFields, renderTable, type CommandOutput } from './command.ts';
import { ok, type Result } from '#base/result.ts';
import type { UseHealth } from '#catalogue/use-health.ts';

export type AddApplicationArgs = {
  readonly name: string;
  readonly kind: 'client' | 'adapter' | 'admin' | string;
  /** The organisation that answers for it. */
  readonly owner: string;
  readonly describe?: string | undefined;
  readonly environment?: string | undefined;
  /** A JWK set as text, for private_key_jwt. */
  readonly jwks?: string | undefined;
  /** False: no secret is made, keys are needed. */
  readonly secret?: boolean | undefined;
  /** Neither secret nor keys: they come when access is approved. */
  readonly keysLater?: boolean | undefined;
  /** Of an administrator. */
  readonly scopes?: readonly string[] | undefined;
};

/** What is shown of an application: no hash, no secret. */
export type ShownApplication = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly owner: string;
  readonly describe: string;
  readonly environment: string;
  readonly disabled: boolean;
  readonly scope: string;
  readonly secrets: readonly { readonly id: string; readonly createdAt: string; readonly expiresAt: string | null }[];
  readonly keys: number;
  readonly username: string | null;
  readonly createdAt: string;
};

/** `secret` is set once, in the answer of the command that made it. */
export type ApplicationWithSecret = ShownApplication & { readonly secret: string | null };

export type Credentials = {
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly assetIds: readonly string[];
  readonly scope: string;
  readonly idpUri: string | null;
};

const address = (id: string): string => `/admin/applications/${encodeURIComponent(id)}`;

const render = (
  shown: ShownApplication & { readonly secret?: string | null },
): CommandOutput<ApplicationWithSecret> => {
  const secrets = shown.secrets.map((one) => (one.expiresAt === null ? one.id : `${one.id} until ${one.expiresAt}`));
  const { secret = null } = shown;
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
    ['username', shown.username ?? '-'],
    ['state', shown.disabled ? 'disabled' : 'enabled'],
    ['created', shown.createdAt],
  ];
  if (secret !== null) fields.push(['secret', `${secret}   (shown this once)`]);
  return { text: renderFields(fields), json: { ...shown, secret } };
};

const one = async (
  door: AdminDoor,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
): Promise<Result<CommandOutput<ApplicationWithSecret>>> => {
  const answer = await askOne<ApplicationWithSecret>(door, method, path, body);
  return answer.ok ? ok(render(answer.value)) : answer;
};

/** Keys as they go into a body: JSON when the file holds JSON; whatever else it holds is refused by the API. */
const keysOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** Registers an application and shows its secret once. Fails with HUB-103 on bad parameters and HUB-204 for an unknown owner. */
export const addApplication = (
  door: AdminDoor,
  args: AddApplicationArgs,
): Promise<Result<CommandOutput<ApplicationWithSecret>>> =>
  one(door, 'POST', '/admin/applications', {
    ...args,
    jwks: args.jwks === undefined ? undefined : keysOf(args.jwks),
  });

/** Stops an application: no new tokens, and the tokens that it holds end at their next use. Fails with HUB-204. */
export const disableApplication = (door: AdminDoor, id: string): Promise<Result<CommandOutput>> =>
  one(door, 'PATCH', address(id), { disabled: true });

/** Lets a stopped application in again. Fails with HUB-204. */
export const enableApplication = (door: AdminDoor, id: string): Promise<Result<CommandOutput>> =>
  one(door, 'PATCH', address(id), { disabled: false });

/** Makes a new secret, shown once. The newest former one goes on working for the given hours (0: not at all), older ones end. Fails with HUB-103 or HUB-204. */
export const rotateApplicationSecret = (
  door: AdminDoor,
  { id, overlapHours }: { readonly id: string; readonly overlapHours?: number | undefined },
): Promise<Result<CommandOutput<ApplicationWithSecret>>> => {
  if (overlapHours !== undefined && !Number.isFinite(overlapHours))
    return Promise.resolve(badParameters([{ at: 'overlap-hours', message: 'must be a number' }]));
  return one(door, 'POST', `${address(id)}/secret`, { overlapHours });
};

/** Sets the public keys of an application; null takes them away. Fails with HUB-103 or HUB-204. */
export const setApplicationKeys = (
  door: AdminDoor,
  { id, jwks }: { readonly id: string; readonly jwks: string | null },
): Promise<Result<CommandOutput>> => one(door, 'PATCH', address(id), { jwks: jwks === null ? null : keysOf(jwks) });

/** Makes what clients of FINT take: user name, password and a new secret, shown this once. Fails with HUB-103, HUB-204 or HUB-409. */
export const makeCredentials = async (
  door: AdminDoor,
  args: { readonly id: string; readonly name?: string | undefined; readonly organisation?: string | undefined },
): Promise<Result<CommandOutput<Credentials>>> => {
  const { id, ...body } = args;
  const made = await askOne<Credentials>(door, 'POST', `${address(id)}/credentials`, body);
  if (!made.ok) return made;
  const fields = Object.entries(made.value).map(([name, value]): readonly [string, string] => [
    name,
    Array.isArray(value) ? value.join(',') : String(value ?? '-'),
  ]);
  return ok({ text: renderFields(fields), json: made.value });
};

/** One application, without its secrets. Fails with HUB-204. */
export const showApplication = (door: AdminDoor, id: string): Promise<Result<CommandOutput>> =>
  one(door, 'GET', address(id));

/** What an application uses that will go, and until when it is there. Fails with HUB-204, and HUB-409 where no hub runs. */
export const showHealth = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<UseHealth>>> => {
  const health = await askOne<UseHealth>(door, 'GET', `${address(id)}/health`);
  if (!health.ok) return health;
  const { light, since, parts } = health.value;
  const rows = parts.map((part) => [
    part.urgency === null ? part.light : `${part.light} (${part.urgency})`,
    part.earliestRemoval,
    part.api,
    part.change ?? '*',
    String(part.count),
    part.lastUsed,
    part.replacement ?? '-',
  ]);
  const headings = ['LIGHT', 'GONE FROM', 'API', 'CHANGE', 'REQUESTS', 'LAST USED', 'INSTEAD'];
  const table = renderTable(headings, rows, 'Nothing that it has used will go.');
  return ok({ text: `${light}, use since ${since}\n${table}`, json: health.value });
};

/** All applications in order of registration. */
export const listApplications = async (
  door: AdminDoor,
): Promise<Result<CommandOutput<readonly ShownApplication[]>>> => {
  const all = await askAll<ShownApplication>(door, '/admin/applications');
  if (!all.ok) return all;
  const rows = all.value.map((each) => [
    each.id,
    each.name,
    each.kind,
    each.owner,
    each.environment,
    each.disabled ? 'disabled' : 'enabled',
  ]);
  return ok({
    text: renderTable(
      ['ID', 'NAME', 'KIND', 'OWNER', 'ENVIRONMENT', 'STATE'],
      rows,
      'There are no applications yet: add one with app add.',
    ),
    json: all.value,
  });
};
