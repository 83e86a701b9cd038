// The way of every request, from the parsed head to the last byte of the answer: the one place where the stages stand in order, and the
// only one that catches. Called by http/server.ts for each request; knows no particular API.
import { validateHeaderName, validateHeaderValue, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ApiAnswer, WrittenProblem } from '#apis/api.ts';
import type { Verify, VerifyBasic } from '#auth/verify.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem, type ErrorCode, type Problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { holdsNationalId } from '#base/national-id.ts';
import type { Random } from '#base/random.ts';
import { createShares, type Shares } from '#base/shares.ts';
import type { Principal } from '#hub/principal.ts';
import { commonHeaders, statusOfAnswer, writeAnswer, type Edge } from './answer.ts';
import { boundsOf, discardRest, hasBody, openBody, readBytes, textOfBytes } from './body.ts';
import type { ContractPort } from './contracts.ts';
import { createCrowd, type Crowd } from './crowd.ts';
import { edgeRefusal, foreignOrganisation, givenRequestId, traceOf } from './edge.ts';
import { Exchange } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import { loopbackNetworks, peerOf, trustOf, type Trust } from './peer.ts';
import { notFound } from './problem.ts';
import { quotaProblem, type QuotaPort } from './quota.ts';
import { createRoster } from './roster.ts';
import { nowhere, routeAt, type Entry, type ServedRoute } from './routes.ts';
import { createTurnstile, type Turnstile } from './turnstile.ts';

/** A verified caller whom the pipeline turned away: for the audit. */
export type Denial = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly route: string;
  readonly method: string;
  readonly code: ErrorCode;
};

export type PipelinePorts = {
  readonly verify: Verify;
  /** For routes that take HTTP Basic; they take none when it is left out. */
  readonly basic?: VerifyBasic;
  /** Addresses and networks of proxies whose word on TLS is taken; this machine when left out. */
  readonly trustedProxies?: readonly string[];
  /** Awaited before the refusal is answered; a failure becomes HUB-504. */
  readonly denied?: (denial: Denial) => Promise<void> | void;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: HttpLimits;
  /** Shared with whatever else works for organisations in the process; its own when left out. */
  readonly shares?: Shares;
  /** For routes with a quota; none is held when left out. */
  readonly quotas?: QuotaPort;
  /** What answers say of parts that will go, and who counts what was used; nothing is said and counted when left out. */
  readonly contracts?: ContractPort;
  /** Address of the hub without a trailing slash. */
  readonly publicUrl: () => string;
};

export type Pipeline = {
  readonly serve: (incoming: IncomingMessage, outgoing: ServerResponse, entry: Entry) => void;
  /** Ends what has run past its deadline. */
  readonly sweep: () => void;
  /** From now on every answer closes its connection. */
  readonly drain: () => void;
};

const tooSlow = problem('HUB-106', 'The request did not arrive in time.');
const tooMany = problem('HUB-107', 'This application has too many requests under way.', { retryAfter: 1 });
const shed = problem('HUB-501', 'Too many requests of this organisation wait in this process; nothing was changed.', {
  retryAfter: 1,
});
const nationalIdInAddress = problem(
  'HUB-111',
  'The address holds what looks like a national id. It was neither looked up nor kept.',
);
const tookTooLong = problem('HUB-106', 'The answer took too long to make.');
// A body where none belongs is read and thrown away up to this size.
const toleratedBody = 65_536;

type Stages = PipelinePorts & { readonly trusts: Trust };

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

const refusal = (value: Problem, more: Omit<ProblemAnswer, 'kind' | 'problem'> = {}): ProblemAnswer => ({
  kind: 'problem',
  problem: value,
  ...more,
});

// The stages. Whatever comes at once is not waited for: a poll with nothing new runs through without a turn of the event loop.
const answer = async (ports: Stages, crowd: Crowd, turnstile: Turnstile, exchange: Exchange): Promise<ApiAnswer> => {
  const { incoming, entry, method } = exchange;

  // What may not stand in an address is refused before anybody asks what it is the address of.
  if (entry.closedToNationalIds && holdsNationalId(incoming.url ?? '')) return refusal(nationalIdInAddress);

  // Route and method: which rules hold. The routes are public, so this tells nobody anything.
  if (entry === nowhere) return refusal(notFound);
  const route = routeAt(entry, method);
  if (route === undefined) {
    return refusal(problem('HUB-105', `This address takes ${entry.allow}.`), { headers: { Allow: entry.allow } });
  }
  // Only what comes as long as it likes is a delivery: whoever sends a short body slowly holds up nobody's.
  const isDelivery = route.body === 'stream';
  if (isDelivery) exchange.deadline = exchange.startedAt + ports.limits.pageRequestMs;
  else if (route.deadlineMs !== undefined) exchange.deadline = exchange.startedAt + route.deadlineMs;

  // That an API goes as a whole is said with refusals too: whoever gets nothing else has to know as well.
  if (ports.contracts !== undefined && route.api !== undefined)
    exchange.notes = ports.contracts.headersOfRetiring(route.api, exchange);

  // Who is calling, for whom, and whether the route is for them.
  if (route.access !== 'open') {
    if (route.basic === true && ports.basic !== undefined) exchange.peer = peerOf(exchange, ports.trusts);
    const pending = verify(ports, exchange, route);
    const verified = pending instanceof Promise ? await pending : pending;
    if (!verified.ok) {
      const { principal, problem: why } = verified;
      return principal === undefined
        ? refusal(withBasic(exchange, why))
        : deny(ports, exchange, principal, refusal(why));
    }
    exchange.principal = verified.value;
    const denial = overQuota(ports, exchange, route, verified.value) ?? denialOf(incoming, route, verified.value);
    if (denial !== null) return deny(ports, exchange, verified.value, refusal(denial));
    exchange.admitted = crowd.enter(verified.value.client);
    if (!exchange.admitted) return refusal(tooMany);
    if (route.waits?.(exchange) !== true) {
      const lane = isDelivery ? 'delivery' : 'work';
      const entering = turnstile.enter(verified.value.tenant, lane);
      if (!(entering instanceof Promise ? await entering : entering)) return refusal(shed);
      exchange.lane = lane;
      // Whoever has left while it waited wants nothing any more.
      if (exchange.gone || exchange.abandoned) return { kind: 'empty', status: 499 };
    }
  }

  if (ports.contracts !== undefined) note(ports.contracts, exchange, route);

  // The body: bounded and decompressed, and only now wanted from clients that ask first.
  const taking = takeBody(exchange, route, ports.limits);
  const refused = taking instanceof Promise ? await taking : taking;
  const given = refused === null ? await route.handle(exchange) : refusal(refused, { unrecorded: true });
  const { principal } = exchange;
  if (principal !== null && ports.contracts !== undefined) countUse(ports.contracts, exchange, route, principal, given);
  if (given.kind !== 'problem' || given.unrecorded !== true || principal === null) return given;
  return deny(ports, exchange, principal, given);
};

/** To whom brought no token: that a password would be taken too. */
const withBasic = ({ incoming, peer }: Exchange, value: Problem): Problem =>
  value.code === 'HUB-300' && peer?.secure === true && !/^bearer /i.test(incoming.headers.authorization ?? '')
    ? { ...value, detail: 'User name and password (HTTP Basic), or a valid access token, are needed.' }
    : value;

const basicScheme = /^basic(?: |$)/i;

/** Asks who is calling, by what the route takes. */
const verify = (ports: PipelinePorts, exchange: Exchange, route: ServedRoute): ReturnType<Verify> => {
  const authorization = exchange.incoming.headers.authorization ?? null;
  const { peer } = exchange;
  if (peer === null || ports.basic === undefined || authorization === null || !basicScheme.test(authorization))
    return ports.verify(authorization);
  const oneInstitution = route.oneInstitution === true;
  return ports.basic(authorization, { from: peer.address, secure: peer.secure, oneInstitution });
};

/** Finds out which operation is called, and what its answer has to say. */
const note = (contracts: ContractPort, exchange: Exchange, { api, part }: ServedRoute): void => {
  if (api === undefined) return;
  exchange.part = part?.(exchange) ?? null;
  exchange.notes = contracts.headersOf(api, exchange.part, exchange);
};

/** Counts what was used, by callers who are known and with success. */
const countUse = (
  contracts: ContractPort,
  { part }: Exchange,
  { api }: ServedRoute,
  { client }: Principal,
  given: ApiAnswer,
): void => {
  const uses = given.kind === 'bytes' && given.uses !== undefined ? given.uses : part;
  if (api !== undefined && uses !== null && statusOfAnswer(given) < 400) contracts.count(client, api, uses);
};

/** Counts the request, where requests are counted; gives why it is one too many, or null. */
const overQuota = (
  { quotas }: PipelinePorts,
  exchange: Exchange,
  { quota, waits }: ServedRoute,
  principal: Principal,
): Problem | null => {
  if (quota === undefined || quotas === undefined) return null;
  const counts = waits?.(exchange) !== true && (quota === true || quota(exchange));
  exchange.standing = counts ? quotas.take(principal) : quotas.look(principal);
  return quotaProblem(exchange.standing);
};

const takeBody = (
  exchange: Exchange,
  route: ServedRoute,
  limits: HttpLimits,
): Problem | null | Promise<Problem | null> => {
  const { incoming, outgoing } = exchange;
  const { body, bodyLimit } = route;
  const sent = hasBody(incoming);
  if (!sent && body !== 'stream') return null;
  if (body === 'none') {
    const small = Number(incoming.headers['content-length']) <= toleratedBody;
    return small ? null : problem('HUB-102', 'This address takes no body.');
  }
  const bounds = boundsOf(body, bodyLimit, limits);
  const opened = body === 'stream' ? openBody(incoming, bounds) : readBytes(incoming, bounds, body === 'bytes');
  if (!opened.ok) return opened.problem;
  if (sent && incoming.headers.expect !== undefined) outgoing.writeContinue();
  if (!(opened.value instanceof Promise)) {
    exchange.stream = opened.value;
    return null;
  }
  return opened.value
    .then((bytes) => {
      if (body === 'bytes') exchange.bytes = bytes;
      else exchange.text = textOfBytes(bytes);
      return null;
    })
    .catch((error: unknown) => {
      if (error instanceof HubError) return error.problem;
      throw error;
    });
};

/** For whom the routes are. An administrator's token is good nowhere else, and nobody else's is good there. */
const holders: Readonly<Record<Exclude<ServedRoute['access'], 'open'>, string>> = {
  client: 'client applications',
  adapter: 'adapters',
  any: 'client applications and adapters',
  admin: 'applications of administrators',
};

const denialOf = (incoming: IncomingMessage, route: ServedRoute, principal: Principal): Problem | null => {
  if (foreignOrganisation(incoming, principal.tenant) !== null) {
    return problem('HUB-401', 'The request names another organisation than the token is for.');
  }
  const fits = route.access === 'any' ? principal.kind !== 'admin' : route.access === principal.kind;
  if (!fits && route.access !== 'open') return problem('HUB-400', `This address is for ${holders[route.access]}.`);
  if (route.scopes.length > 0 && !route.scopes.some((scope) => principal.scopes.has(scope))) {
    return problem('HUB-302', `The token must carry one of the scopes ${route.scopes.join(', ')}.`);
  }
  return null;
};

const deny = async (
  ports: PipelinePorts,
  exchange: Exchange,
  principal: Principal,
  value: ProblemAnswer,
): Promise<ApiAnswer> => {
  const { id, entry, method } = exchange;
  try {
    await ports.denied?.({ principal, requestId: id, route: entry.pattern, method, code: value.problem.code });
    return value;
  } catch (cause) {
    return refusal(problem('HUB-504', 'The refusal could not be recorded.', { internal: textOfError(cause) }));
  }
};

const failureAnswer = (error: unknown): ApiAnswer =>
  refusal(
    error instanceof HubError
      ? error.problem
      : problem('HUB-500', 'Something went wrong inside the hub.', { internal: textOfError(error) }),
  );

// A handler that was given up may still hand over a producer: it is told to stop.
const abandon = async (value: ApiAnswer): Promise<void> => {
  if (value.kind === 'stream') await value.chunks[Symbol.asyncIterator]().return?.();
};

const report = (ports: PipelinePorts, exchange: Exchange, value: ApiAnswer, bytes: number): void => {
  const { id, method, principal, entry, outgoing } = exchange;
  const code = value.kind === 'problem' ? value.problem.code : null;
  const trace = traceOf(exchange.incoming.headers['traceparent']);
  if (value.kind === 'problem' && value.problem.internal !== undefined) {
    const { internal } = value.problem;
    ports.observe({ kind: 'failure', id, route: entry.pattern, code: value.problem.code, internal });
  }
  ports.observe({
    kind: 'request',
    id,
    method,
    route: entry.pattern,
    // 499: the client left before an answer was begun.
    status: outgoing.headersSent ? outgoing.statusCode : exchange.gone ? 499 : statusOfAnswer(value),
    ms: ports.clock.monotonic() - exchange.startedAt,
    bytes,
    client: principal?.client ?? null,
    tenant: principal?.tenant ?? null,
    code,
    ...(trace === null ? undefined : { trace }),
  });
};

/** Builds the pipeline. Nothing that `serve` does throws. */
export const createPipeline = (ports: PipelinePorts): Pipeline => {
  const { clock, limits, random } = ports;
  const underWay = createRoster();
  const crowd = createCrowd(limits.requestsPerClient);
  const turnstile = createTurnstile(limits, clock, ports.shares ?? createShares(clock));
  const stages: Stages = { ...ports, trusts: trustOf(ports.trustedProxies ?? loopbackNetworks) };
  let draining = false;

  const makePlace = (exchange: Exchange): void => {
    const { lane, principal } = exchange;
    exchange.lane = null;
    if (lane !== null && principal !== null) turnstile.leave(principal.tenant, lane);
  };
  const step: Edge['step'] = ({ principal }, work) =>
    principal === null ? work() : turnstile.step(principal.tenant, work);
  const turn: Edge['turn'] = ({ principal }) => (principal === null ? null : turnstile.turn(principal.tenant));
  // What an API writes of problems must not become one: the usual form is sent instead, and the log is told.
  const ownForm: Edge['ownForm'] = (exchange, shown) => {
    const { entry, id } = exchange;
    const write = routeAt(entry, exchange.method)?.problems ?? entry.problems;
    if (write === null) return null;
    try {
      return sound(write(shown, exchange));
    } catch (error) {
      ports.observe({ kind: 'failure', id, route: entry.pattern, code: 'HUB-500', internal: textOfError(error) });
      return null;
    }
  };
  const edgeOf = (closing: boolean): Edge => {
    const { stalledReaderMs } = limits;
    return { publicUrl: ports.publicUrl(), closing, stalledReaderMs, begun: makePlace, step, turn, ownForm };
  };

  const write = (exchange: Exchange, value: ApiAnswer, closing = draining): number | Promise<number> =>
    writeAnswer(exchange, value, edgeOf(closing));

  // A refusal that needs no route: written at once, and the connection is closed after it.
  const refuse = (exchange: Exchange, value: ApiAnswer): void => {
    const bytes = write(exchange, value, true);
    report(ports, exchange, value, typeof bytes === 'number' ? bytes : 0);
  };

  const run = async (exchange: Exchange): Promise<void> => {
    let value: ApiAnswer;
    let bytes = 0;
    try {
      value = await answer(stages, crowd, turnstile, exchange);
      if (exchange.abandoned) return await abandon(value);
      const written = write(exchange, value);
      bytes = typeof written === 'number' ? written : await written;
      if (exchange.abandoned) return;
    } catch (error) {
      if (exchange.abandoned) return;
      // What fails because the client has left is no failure of ours.
      value = exchange.gone ? { kind: 'empty', status: 499 } : failureAnswer(error);
      // Half an answer must not look like a whole one.
      if (exchange.outgoing.headersSent) exchange.outgoing.destroy();
      else if (!exchange.gone) bytes = await write(exchange, value);
    } finally {
      underWay.remove(exchange);
      if (exchange.admitted && exchange.principal !== null) crowd.leave(exchange.principal.client);
      makePlace(exchange);
    }
    if (!exchange.incoming.complete) discardRest(exchange.incoming, limits.lingerBytes);
    report(ports, exchange, value, bytes);
  };

  // A library answers: it gets the request as it came, and its answer the headers of the house.
  const mounted = (exchange: Exchange, handle: NonNullable<Entry['raw']>): void => {
    const { incoming, outgoing } = exchange;
    const list = commonHeaders(exchange.id, edgeOf(draining));
    for (let at = 0; at < list.length; at += 2) outgoing.setHeader(String(list[at]), String(list[at + 1]));
    outgoing.setHeader('Cache-Control', 'no-store');
    outgoing.once('close', () => {
      underWay.remove(exchange);
      const length = Number(outgoing.getHeader('content-length') ?? 0);
      report(ports, exchange, { kind: 'empty', status: outgoing.statusCode }, length);
    });
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    handle(incoming, outgoing);
  };

  const serve: Pipeline['serve'] = (incoming, outgoing, entry) => {
    const now = clock.monotonic();
    const id = givenRequestId(incoming.headers['x-request-id']) ?? random.uuid();
    const exchange = new Exchange(incoming, outgoing, entry, id, now, now + limits.requestMs);
    // A connection that breaks is no failure of the hub: whoever waits for it hears of it by itself.
    incoming.on('error', ignore);
    outgoing.on('error', ignore);

    const refused = edgeRefusal(incoming, limits);
    if (refused !== null) {
      refuse(exchange, refusal(refused.problem, refused));
      return;
    }
    underWay.add(exchange);
    if (entry.raw === null) void run(exchange);
    else mounted(exchange, entry.raw);
  };

  const expire = (exchange: Exchange): void => {
    underWay.remove(exchange);
    // An answer that has begun may take as long as its reader keeps reading.
    if (exchange.outgoing.headersSent) return;
    exchange.abandon();
    if (exchange.gone) return;
    const late = !exchange.incoming.complete;
    if (late) exchange.outgoing.once('finish', () => exchange.incoming.destroy());
    refuse(exchange, late ? refusal(tooSlow) : refusal(tookTooLong, { status: 503 }));
  };

  return {
    serve,
    sweep: () => {
      turnstile.sweep();
      const now = clock.monotonic();
      for (const exchange of underWay.all()) if (exchange.deadline < now) expire(exchange);
    },
    drain: () => {
      draining = true;
    },
  };
};

/** The same, when it can be sent as it is; throws otherwise, before anything is. */
const sound = (written: WrittenProblem): WrittenProblem => {
  const { bytes, type, status = 500, headers = {} } = written;
  if (typeof bytes !== 'string' && !Buffer.isBuffer(bytes))
    throw new TypeError('A problem is written as text or bytes.');
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError(`There is no status ${status}.`);
  validateHeaderValue('Content-Type', type);
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return written;
};

const ignore = (): void => {};

const textOfError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
