// `bindeledd token`: gets an access token from a running hub as any client would, by HTTP. Called by the command line and by other commands
// that need one. A secret comes from a file, the environment or standard input, never from a flag.
import { readFile } from 'node:fs/promises';
import { badParameters, type CommandOutput } from './command.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';

export type TokenArgs = {
  /** Base address of the hub. */
  readonly url: string;
  readonly client: string;
  readonly organisation?: string | undefined;
  /** The organisation by its UUID or id, for scopes of links. */
  readonly tenant?: string | undefined;
  readonly scope?: string | undefined;
  readonly secretFile?: string | undefined;
};

/** Where a secret may come from besides a file: handed in, so that this file reads neither environment nor input. */
export type SecretSources = {
  /** The value of BINDELEDD_CLIENT_SECRET. */
  readonly environment: string | null;
  /** All of standard input; null when it is a terminal. */
  readonly input: (() => Promise<string>) | null;
};

export type IssuedToken = { readonly accessToken: string; readonly expiresIn: number; readonly scope: string };

const answerMs = 15_000;

const trimmed = (text: string): Result<string> =>
  text.trim() === '' ? badParameters([{ at: 'secret', message: 'is empty' }]) : ok(text.trim());

const readSecret = async (args: TokenArgs, sources: SecretSources): Promise<Result<string>> => {
  if (args.secretFile !== undefined) {
    try {
      return trimmed(await readFile(args.secretFile, 'utf8'));
    } catch {
      return badParameters([{ at: 'secret-file', message: 'cannot be read' }]);
    }
  }
  if (sources.environment !== null) return trimmed(sources.environment);
  if (sources.input !== null) return trimmed(await sources.input());
  return badParameters([
    { at: 'secret-file', message: 'give a file, set BINDELEDD_CLIENT_SECRET, or pipe the secret in' },
  ]);
};

const textOf = (body: Readonly<Record<string, unknown>>, name: string): string =>
  typeof body[name] === 'string' ? body[name] : '';

// OAuth's answers in the product's own words and codes.
const refusalOf = (
  status: number,
  body: Readonly<Record<string, unknown>>,
  retryAfter: string | null,
): Result<never> => {
  const said = textOf(body, 'error_description') || textOf(body, 'error') || `status ${status}`;
  if (status === 429 || status === 503)
    return failed(problem('HUB-107', said, { retryAfter: Number(retryAfter ?? 1) || 1 }));
  if (textOf(body, 'error') === 'invalid_client') return failed(problem('HUB-300', said));
  return textOf(body, 'error') === 'invalid_target'
    ? failed(problem('HUB-400', said))
    : failed(problem('HUB-100', said));
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Asks the hub's token endpoint. Fails with HUB-103 when no hub answers, else with the code that fits the refusal. */
export const requestToken = async (args: TokenArgs, secret: string): Promise<Result<IssuedToken>> => {
  const base = URL.parse(args.url);
  if (base === null || !/^https?:$/.test(base.protocol))
    return badParameters([{ at: 'url', message: 'must be a web address' }]);
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (args.organisation !== undefined) form.set('organisation', args.organisation);
  if (args.tenant !== undefined) form.set('tenant_id', args.tenant);
  if (args.scope !== undefined) form.set('scope', args.scope);
  const credentials = `${encodeURIComponent(args.client)}:${encodeURIComponent(secret)}`;
  try {
    const answer = await fetch(`${args.url.replace(/\/+$/, '')}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, Accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    const body: unknown = await answer.json();
    if (!isObject(body)) return badParameters([{ at: 'url', message: 'the answer is not that of a token server' }]);
    const accessToken = textOf(body, 'access_token');
    if (!answer.ok || accessToken === '') return refusalOf(answer.status, body, answer.headers.get('retry-after'));
    return ok({ accessToken, expiresIn: Number(body['expires_in']), scope: textOf(body, 'scope') });
  } catch {
    return badParameters([{ at: 'url', message: `no hub answers at ${args.url}` }]);
  }
};

/** The command: its text is the token and nothing else. */
export const getToken = async (
  args: TokenArgs,
  sources: SecretSources,
): Promise<Result<CommandOutput<IssuedToken>>> => {
  const secret = await readSecret(args, sources);
  if (!secret.ok) return secret;
  const issued = await requestToken(args, secret.value);
  return issued.ok ? ok({ text: issued.value.accessToken, json: issued.value }) : issued;
};
