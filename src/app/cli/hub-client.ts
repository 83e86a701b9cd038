// How commands call a hub: over HTTP like everyone else, with a token that is given or fetched. Used by get, sync and the commands of
// administration. The token goes to the
// hub's own address only.
import { readFileSync } from 'node:fs';
import { exitCodes, exitOfCode, exitOfStatus } from './exit-codes.ts';
import { CommandFailure, type Language } from './terminal.ts';
import { requestToken } from './token.ts';
import { errorTable } from '#base/errors.ts';
import type { Settings } from '#config/settings.ts';

export type CallOptions = {
  /** File with a ready token; null without. */
  readonly tokenFile: string | null;
  /** JSON file `{"id","secret"}` of an application, as the demo prints them; null without. */
  readonly credentialsFile: string | null;
  /** The organisation whose link the token is to be of, as UUID or id; absent = that of the credentials, if they name one. */
  readonly tenant?: string | null;
};

export type SendOptions = { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal };

export type HubClient = {
  /**
   * Sends one request to a path of the hub, or to an address below it; bytes as lines of JSON, anything else as JSON. Fails with the exit code of the
   * answer when it is no success.
   */
  readonly send: (method: string, path: string, body?: unknown, more?: SendOptions) => Promise<Response>;
  /** What the token says of its holder: `client`, `adapter` or `admin`; null without a token of the hub's own. */
  readonly kind: () => Promise<string | null>;
};

const readSecretFile = (file: string, what: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CommandFailure(exitCodes.usage, `${what} ${file} cannot be read.`, {
      hint: 'Check the path and who may read it.',
    });
  }
};

/** Only the path and query of an address count: it is asked of the hub that the settings name, so that a token never goes elsewhere. */
const addressOf = (base: string, target: string): string => {
  if (!/^https?:/i.test(target)) return `${base}${target.startsWith('/') ? '' : '/'}${target}`;
  const address = new URL(target);
  const prefix = new URL(base).pathname.replace(/\/$/, '');
  const path = address.pathname.startsWith(`${prefix}/`) ? address.pathname.slice(prefix.length) : address.pathname;
  return `${base}${path}${address.search}`;
};

const call = async (address: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(address, { redirect: 'error', ...init });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    const cause =
      error instanceof Error && error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : null;
    throw new CommandFailure(
      exitCodes.remote,
      `No answer from ${new URL(address).origin} (${cause?.code ?? 'network failure'}).`,
      {
        hint: 'Is the hub running? Name its address with --url.',
      },
    );
  }
};

const failureOfAnswer = async (answer: Response): Promise<CommandFailure> => {
  const text = (await answer.text()).slice(0, 10_000);
  const document = parseObject(text);
  const say = (name: string): string | null => (typeof document[name] === 'string' ? document[name] : null);
  const detail = say('detail') ?? '';
  const title = say('title') ?? answer.statusText;
  const hint = say('hint');
  const code = say('code');
  const requestId = answer.headers.get('x-request-id');
  return new CommandFailure(
    exitOfStatus(answer.status),
    `${answer.status} ${title}${detail === '' ? '' : `: ${detail}`}`,
    {
      ...(hint === null ? {} : { hint }),
      ...(code === null ? {} : { code }),
      ...(requestId === null ? {} : { requestId }),
    },
  );
};

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
};

type Credentials = { readonly id: string; readonly secret: string; readonly tenant: string | null };

const credentialsOf = (settings: Settings, file: string | null): Credentials | null => {
  if (file !== null) {
    const { id, secret, tenant_id: tenant } = parseObject(readSecretFile(file, 'The credentials file'));
    if (typeof id === 'string' && typeof secret === 'string')
      return { id, secret, tenant: typeof tenant === 'string' ? tenant : null };
    throw new CommandFailure(exitCodes.usage, 'The credentials file must be JSON with id and secret.');
  }
  return settings.clientId !== null && settings.clientSecret !== null
    ? { id: settings.clientId, secret: settings.clientSecret, tenant: null }
    : null;
};

const fetchToken = async (base: string, { id, secret, tenant }: Credentials): Promise<string> => {
  const issued = await requestToken({ url: base, client: id, tenant: tenant ?? undefined }, secret);
  if (issued.ok) return issued.value.accessToken;
  const { code, detail } = issued.problem;
  throw new CommandFailure(code === 'HUB-103' ? exitCodes.remote : exitOfCode(code), detail, {
    code,
    hint: errorTable[code].hint,
  });
};

/** A client for the hub that the settings name. The token is fetched with the first request, and again when it has run out on the way. */
export const createHubClient = (settings: Settings, options: CallOptions, language: Language): HubClient => {
  const base = settings.url;
  const found =
    options.tokenFile === null && settings.token === null ? credentialsOf(settings, options.credentialsFile) : null;
  const credentials = found === null ? null : { ...found, tenant: options.tenant ?? found.tenant };
  const given = options.tokenFile === null ? settings.token : readSecretFile(options.tokenFile, 'The token file');
  let token: string | null = given;

  const send: HubClient['send'] = async (method, path, body, { headers = {}, signal } = {}) => {
    const address = addressOf(base, path);
    if (token === null && credentials !== null) token = await fetchToken(base, credentials);
    for (let attempt = 0; ; attempt += 1) {
      const answer = await call(address, {
        method,
        headers: {
          accept: 'application/json',
          'accept-language': language,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined
            ? {}
            : { 'content-type': body instanceof Uint8Array ? 'application/x-ndjson' : 'application/json' }),
          ...headers,
        },
        ...(signal === undefined ? {} : { signal }),
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
      });
      if (answer.ok) return answer;
      if (answer.status !== 401 || credentials === null || attempt > 0) throw await failureOfAnswer(answer);
      token = await fetchToken(base, credentials);
    }
  };
  const kind: HubClient['kind'] = async () => {
    if (token === null && credentials !== null) token = await fetchToken(base, credentials);
    const claims = parseObject(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims['kind'] === 'string' ? claims['kind'] : null;
  };
  return { send, kind };
};
