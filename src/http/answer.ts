// Writing an answer to the connection. Called by the pipeline only. Knows the kinds of answers and back-pressure, not what they mean.
import type { ServerResponse } from 'node:http';
import { shownOf, statusOf, type Language, languageOf, problemType, renderProblem } from './problem.ts';
import type { ApiAnswer, AnswerHeaders, ShownProblem, WrittenProblem } from '#apis/api.ts';
import { errorTable, type Problem } from '#base/errors.ts';
import type { Exchange } from './exchange.ts';
import { pushQuotaHeaders } from './quota.ts';
import { routeAt } from './routes.ts';
import type { Step } from './turnstile.ts';

/** What every answer carries beside its own headers. */
export type Edge = {
  readonly publicUrl: string;
  readonly closing: boolean;
  readonly stalledReaderMs: number;
  /** Called when an answer begins that is made while it is written: from then on it takes steps. */
  readonly begun: (exchange: Exchange) => void;
  readonly step: (exchange: Exchange, work: Step) => ReturnType<Step>;
  /** To wait for between slices of a piece; null = write on. */
  readonly turn: (exchange: Exchange) => Promise<void> | null;
  /** A problem in the form of the route; null where the usual form is to be sent. Never throws. */
  readonly ownForm: (exchange: Exchange, shown: ShownProblem) => WrittenProblem | null;
};

// Shorter pieces of a stream wait for the next one.
const aloneBytes = 64;
// Handing more than this to the kernel at once would hold up others.
const sliceBytes = 65_536;

/** Headers in the flat form of node. */
type HeaderList = (string | number)[];

/** The headers that every answer of the hub has, whoever writes it. */
export const commonHeaders = (requestId: string, edge: Pick<Edge, 'publicUrl' | 'closing'>): HeaderList => {
  const list: HeaderList = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  if (edge.publicUrl.startsWith('https:')) list.push('Strict-Transport-Security', 'max-age=31536000');
  if (edge.closing) list.push('Connection', 'close');
  return list;
};

const head = (
  exchange: Exchange,
  edge: Edge,
  answer: ApiAnswer,
  type: string | null,
  length: number | null,
): HeaderList => {
  const list = commonHeaders(exchange.id, edge);
  if (exchange.standing !== null) pushQuotaHeaders(list, exchange.standing);
  if (exchange.notes !== null) list.push(...exchange.notes);
  let cached = false;
  if (answer.headers !== undefined) cached = pushAll(list, answer.headers);
  if (!cached) list.push('Cache-Control', 'no-store');
  if (type !== null) list.push('Content-Type', type);
  if (length !== null) list.push('Content-Length', length);
  return list;
};

/** What is not there and what may not be seen must not differ in their headers either: only those that an API gives to all its answers. */
const ofTheApi = (headers: AnswerHeaders): AnswerHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'x-core-version' || name === 'vary'));

const pushAll = (list: HeaderList, headers: AnswerHeaders): boolean => {
  let cached = false;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (name.length === 13 && name.toLowerCase() === 'cache-control') cached = true;
    list.push(name, value);
  }
  return cached;
};

/** What to come back with. HTTP Basic is named where it would be taken as the request came. */
const challenge = ({ incoming, peer }: Exchange, value: Problem, scopes: readonly string[]): string => {
  const realm = 'realm="bindeledd"';
  if (value.code === 'HUB-302') return `Bearer ${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`;
  const { authorization } = incoming.headers;
  const takesBasic = peer?.secure === true;
  const isToken = authorization !== undefined && !(takesBasic && /^basic/i.test(authorization));
  const bearer = isToken ? `Bearer ${realm}, error="invalid_token"` : `Bearer ${realm}`;
  return takesBasic ? `Basic ${realm}, charset="UTF-8", ${bearer}` : bearer;
};

/** The status that an answer will have. */
export const statusOfAnswer = (answer: ApiAnswer): number =>
  answer.kind === 'problem' ? (answer.status ?? statusOf[answer.problem.code]) : answer.status;

/**
 * Writes an answer; gives the bytes of its body. Small answers are written at once; a stream resolves when its last chunk has been taken,
 * or when the client has gone. Rejects with what the producer threw: before the first chunk nothing has been sent.
 */
export const writeAnswer = (exchange: Exchange, answer: ApiAnswer, edge: Edge): number | Promise<number> => {
  const response = exchange.outgoing;
  switch (answer.kind) {
    case 'json':
      return send(exchange, edge, answer, answer.type ?? 'application/json', JSON.stringify(answer.value));
    case 'bytes':
      return send(exchange, edge, answer, answer.type, answer.bytes);
    case 'problem':
      return sendProblem(exchange, edge, answer);
    case 'empty': {
      const bodyless = answer.status === 204 || answer.status === 304;
      response.writeHead(answer.status, head(exchange, edge, answer, null, bodyless ? null : 0));
      response.end();
      return 0;
    }
    case 'stream':
      return stream(exchange, edge, answer);
  }
};

const send = (exchange: Exchange, edge: Edge, answer: ApiAnswer, type: string, body: string | Buffer): number => {
  const { outgoing } = exchange;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  outgoing.writeHead(statusOfAnswer(answer), head(exchange, edge, answer, type, length));
  // Text without other letters than ASCII goes out byte for character, headers included: that is several times cheaper.
  if (typeof body === 'string' && length === body.length) outgoing.end(body, 'latin1');
  else outgoing.end(body);
  // What the kernel did not take waits for a reader that may never come.
  if (length > 65_536 && (outgoing.socket?.writableLength ?? 0) > 0) outgoing.socket?.setTimeout(edge.stalledReaderMs);
  return exchange.method === 'HEAD' ? 0 : length;
};

// Of these an own form of problems says nothing: they are the pipeline's.
const ofTheHouse: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-content-type-options',
  'strict-transport-security',
  'connection',
  'transfer-encoding',
  'content-type',
  'content-length',
  'cache-control',
  'ratelimit',
  'ratelimit-policy',
  'deprecation',
  'sunset',
  'www-authenticate',
  'retry-after',
  'allow',
]);

/** The headers of a problem in an own form: those that it adds, and all that the problem has without it. */
const withAdded = (added: AnswerHeaders, own: AnswerHeaders): AnswerHeaders => {
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const more = Object.entries(added).filter(([name]) => {
    const lower = name.toLowerCase();
    return !ofTheHouse.has(lower) && !taken.has(lower);
  });
  return { ...Object.fromEntries(more), ...own };
};

const sendProblem = (exchange: Exchange, edge: Edge, answer: Extract<ApiAnswer, { kind: 'problem' }>): number => {
  const value = shownOf(answer.problem);
  const { headers: sent } = exchange.incoming;
  const status = statusOfAnswer(answer);
  const language: Language = languageOf(sent['accept-language']);
  const more: Record<string, string> = {
    ...(value.code === 'HUB-204' ? ofTheApi(answer.headers ?? {}) : answer.headers),
  };
  const temporary = status === 503 || status === 429;
  const said = more['Retry-After'] ?? more['retry-after'];
  if (said === undefined && (value.retryAfter !== undefined || temporary))
    more['Retry-After'] = String(value.retryAfter ?? 1);
  if (status === 401 || value.code === 'HUB-302') {
    const scopes = routeAt(exchange.entry, exchange.method)?.scopes ?? [];
    // An API that serves several operations at one address knows best which scopes this one takes.
    more['WWW-Authenticate'] ??= challenge(exchange, value, scopes);
  }
  const { internal: _internal, ...open } = value;
  const own = edge.ownForm(exchange, { problem: open, status, title: errorTable[value.code][language], language });
  if (own !== null) {
    const written = { ...answer, status: own.status ?? status, headers: withAdded(own.headers ?? {}, more) };
    return send(exchange, edge, written, own.type, own.bytes);
  }
  const body = renderProblem(value, status, { publicUrl: edge.publicUrl, requestId: exchange.id, language });
  return send(exchange, edge, { ...answer, headers: more }, problemType, body);
};

const stream = async (
  exchange: Exchange,
  edge: Edge,
  answer: Extract<ApiAnswer, { kind: 'stream' }>,
): Promise<number> => {
  const { outgoing } = exchange;
  const chunks = answer.chunks[Symbol.asyncIterator]();
  edge.begun(exchange);
  const made = (): ReturnType<Step> => chunks.next();
  const following = answer.waits === true ? made : (): ReturnType<Step> => edge.step(exchange, made);
  let sent = 0;
  let finished = false;
  let waiting: Buffer | null = null;
  try {
    if (exchange.method !== 'HEAD') {
      // The first chunk before the head: a producer that fails at once still gets a problem document.
      let next = await following();
      if (exchange.abandoned) return 0;
      outgoing.writeHead(answer.status, head(exchange, edge, answer, answer.type, null));
      while (next.done !== true && !outgoing.destroyed) {
        sent += next.value.length;
        // Two writes of one turn go out together: a comma waits for what comes after it.
        if (waiting === null && answer.waits !== true && next.value.length < aloneBytes) {
          waiting = next.value;
          next = await following();
          continue;
        }
        if (waiting !== null) outgoing.write(waiting);
        waiting = null;
        if (!(await writeSlices(exchange, edge, next.value))) await drained(outgoing, edge.stalledReaderMs);
        next = outgoing.destroyed ? next : await following();
      }
      finished = next.done === true;
    } else outgoing.writeHead(answer.status, head(exchange, edge, answer, answer.type, null));
    outgoing.end(waiting ?? undefined);
    if ((outgoing.socket?.writableLength ?? 0) > 0) outgoing.socket?.setTimeout(edge.stalledReaderMs);
    return sent;
  } finally {
    if (!finished) await chunks.return?.();
  }
};

/** Writes a piece, in slices where others wait for the loop too. Gives false when the connection takes no more for now. */
const writeSlices = async (exchange: Exchange, edge: Edge, bytes: Buffer): Promise<boolean> => {
  const { outgoing } = exchange;
  let at = 0;
  while (bytes.length - at > sliceBytes && !outgoing.destroyed) {
    const turn = edge.turn(exchange);
    if (turn === null) break;
    outgoing.write(bytes.subarray(at, at + sliceBytes));
    at += sliceBytes;
    await turn;
  }
  return outgoing.destroyed || outgoing.write(bytes.subarray(at));
};

// Resolves when the buffered bytes are out or the connection is gone. The timeout of the socket starts anew whenever the kernel takes some,
// and closes the connection when it runs out.
const drained = (response: ServerResponse, stalledReaderMs: number): Promise<void> =>
  new Promise((resolve) => {
    const { socket } = response;
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      socket?.setTimeout(0);
      resolve();
    };
    socket?.setTimeout(stalledReaderMs);
    response.once('drain', done);
    response.once('close', done);
  });
