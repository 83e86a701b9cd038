// The HTTP server: node's server with our limits, Fastify's router, one pipeline behind every address. Built by app/compose.ts and by tests.
// Fastify only finds the route, where the address does not say it straight away; everything after that is in pipeline.ts.
import { createServer as createNodeServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import fastify, { type InjectOptions, type LightMyRequestResponse } from 'fastify';
import type { Api } from '#apis/api.ts';
import { formatInstant, type Clock } from '#base/clock.ts';
import { HubError, problem, type ErrorCode } from '#base/errors.ts';
import { httpLimits, type HttpLimits } from './limits.ts';
import { createPages, type HealthPort, type MetricsPort } from './pages.ts';
import { createPipeline, type PipelinePorts } from './pipeline.ts';
import { problemType, renderProblem, statusOf } from './problem.ts';
import { buildEntries, nowhere, straightTo, unreadableTo, type Entry, type RawMount } from './routes.ts';

export type ServerPorts = Omit<PipelinePorts, 'limits' | 'publicUrl'> & {
  readonly apis: readonly Api[];
  /** What libraries answer by themselves: the token server. */
  readonly raw: readonly RawMount[];
  readonly health: HealthPort;
  readonly metrics: MetricsPort;
  readonly settings: {
    readonly host: string;
    /** 0 = any free port. */
    readonly port: number;
    /** Where clients reach the hub, without a trailing slash; null = where it listens. */
    readonly publicUrl: string | null;
    /** Where findings about security go: a `mailto:` or `https:` address; null = nowhere. */
    readonly securityContact: string | null;
  };
  readonly limits?: Partial<HttpLimits>;
};

/** How a server ends. From the first moment every answer closes its connection. */
export type Closing = {
  /** So long it says that it is not ready, and serves as before; then connections that wait for a request may be closed without one. 0 = no such time. */
  readonly noticeMs?: number;
  /**
   * Another process has taken over the port: it is ready until the end, takes no connection from now on, and leaves those that wait for a request
   * alone until their time is over, so that no client finds one closed under its hands.
   */
  readonly replaced?: boolean;
  /** Called when no more connections are taken: what waits for something need not any more. */
  readonly shut?: () => void;
};

export type HttpServer = {
  /** Opens the port; resolves with the public address, rejects with HUB-700 when the port cannot be had. */
  readonly listen: () => Promise<string>;
  /** Takes no more connections, waits for what is under way, at most the drain limit, then cuts what is left. */
  readonly close: (closing?: Closing) => Promise<void>;
  /** A request without a socket, for tests. */
  readonly inject: (request: InjectOptions) => Promise<LightMyRequestResponse>;
  /** The public address, without a trailing slash. */
  readonly url: () => string;
};

const year = 31_536_000_000;
/** How often a stopping server looks for connections that have become idle. */
const idleMs = 100;
/** What had been taken just before the end has sent its request by then. */
const arrivingMs = 1_000;

/** Builds the server; nothing listens yet. Throws when two routes claim the same address. */
export const createServer = (ports: ServerPorts): HttpServer => {
  const limits: HttpLimits = { ...httpLimits, ...ports.limits };
  const { settings, clock } = ports;
  let address = settings.publicUrl ?? `http://${hostInUrl(settings.host)}:${settings.port}`;
  let closing = false;
  const publicUrl = (): string => address;

  const pipeline = createPipeline({ ...ports, limits, publicUrl });
  const pages = createPages({
    health: {
      state: () => (closing ? 'stopping' : ports.health.state()),
      storeHealthy: askedSeldom(ports.health.storeHealthy, clock, limits.probeMs),
    },
    metrics: ports.metrics,
    publicUrl,
    contact: settings.securityContact,
    securityTextExpires: () => formatInstant(clock.now() + year),
  });

  let server: Server | null = null;
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: false,
    requestIdHeader: false,
    // The query is read by whoever asks for it: exchange.ts.
    routerOptions: { maxParamLength: limits.urlBytes, querystringParser: noQuery },
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      pipeline.serve(request.raw, reply.raw, unreadable(request.raw.url) ?? nowhere);
    },
    clientErrorHandler: (error, socket) => refuseUnparsed(error, socket),
    serverFactory: (handler) => {
      server = nodeServer((request, response) => {
        const entry = straight(request.method, request.url);
        if (entry === null) handler(request, response);
        else pipeline.serve(request, response, entry);
      }, limits);
      return server;
    },
  });

  // The request is taken over before Fastify looks at content types and bodies: those are stages of the pipeline.
  const mount = (url: string, entry: Entry): void => {
    app.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url,
      onRequest: (request, reply) => {
        reply.hijack();
        pipeline.serve(request.raw, reply.raw, entry);
      },
      handler: () => undefined,
    });
  };
  const entries = buildEntries(
    [...ports.apis.flatMap(({ entry, routes }) => routes.map((route) => ({ ...route, api: entry.id }))), ...pages],
    ports.raw,
  );
  const straight = straightTo(entries);
  const unreadable = unreadableTo(entries);
  const patterns = new Set(entries.map((one) => one.pattern));
  for (const one of entries) {
    mount(one.pattern, one);
    const bare = one.pattern.slice(0, -2);
    if (one.pattern.endsWith('/*') && bare !== '' && !patterns.has(bare)) mount(bare, one);
  }
  if (!patterns.has('/*')) mount('/*', nowhere);
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    pipeline.serve(request.raw, reply.raw, nowhere);
  });

  const refuseUnparsed = (error: NodeJS.ErrnoException, socket: Socket): void => {
    const busy = (socket as Socket & { readonly _httpMessage?: ServerResponse })['_httpMessage']?.headersSent === true;
    if (error.code === 'ECONNRESET' || !socket.writable || busy) {
      socket.destroy(error);
      return;
    }
    const [code, detail] = unparsed[error.code ?? ''] ?? (['HUB-100', 'The request is not well-formed HTTP.'] as const);
    const requestId = ports.random.uuid();
    const status = statusOf[code];
    const body = renderProblem(problem(code, detail), status, { publicUrl: address, requestId, language: 'en' });
    socket.end(
      `HTTP/1.1 ${status} ${reasons[status] ?? 'Bad Request'}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `X-Request-Id: ${requestId}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
      () => socket.destroySoon(),
    );
    ports.observe({
      kind: 'request',
      id: requestId,
      method: '-',
      route: '(unparsed)',
      status,
      ms: 0,
      bytes: Buffer.byteLength(body),
      client: null,
      tenant: null,
      code,
    });
  };

  let stopSweep: (() => void) | null = null;
  const listen = async (): Promise<string> => {
    await app.ready();
    const open = server;
    if (open === null) throw new Error('The server was not made.');
    await new Promise<void>((resolve, reject) => {
      const refused = (error: NodeJS.ErrnoException): void =>
        reject(new HubError(portProblem(error, settings), { cause: error }));
      open.once('error', refused);
      open.listen({ host: settings.host, port: settings.port }, () => {
        open.off('error', refused);
        resolve();
      });
    });
    if (settings.publicUrl === null)
      address = `http://${hostInUrl(settings.host)}:${(open.address() as AddressInfo).port}`;
    stopSweep = clock.every(limits.sweepMs, pipeline.sweep);
    return address;
  };

  const close = async ({ noticeMs = 0, replaced = false, shut }: Closing = {}): Promise<void> => {
    closing ||= !replaced;
    pipeline.drain();
    const open = server;
    if (open?.listening === true) {
      if (!replaced && noticeMs > 0) await clock.sleep(noticeMs);
      const cut = new AbortController();
      // Not node's own way for HTTP, which ends at once what waits for a request, also one that is on its way.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(open, () => resolve()));
      shut?.();
      const patient = replaced ? limits.keepAliveMs + arrivingMs : noticeMs > 0 ? arrivingMs : 0;
      const from = clock.monotonic() + patient;
      // A connection whose answer had begun before the stop would go on waiting for another request.
      const endIdle = (): void => {
        if (clock.monotonic() >= from) open.closeIdleConnections();
      };
      endIdle();
      const stopIdle = clock.every(idleMs, endIdle);
      await Promise.race([closed, clock.sleep(Math.max(limits.drainMs, patient), cut.signal)]);
      stopIdle();
      cut.abort();
      open.closeAllConnections();
      await closed;
    } else shut?.();
    stopSweep?.();
    await app.close();
  };

  return { listen, close, inject: (request) => app.inject(request), url: publicUrl };
};

/** The same question; whoever asks again within `ms` gets the answer of before. */
const askedSeldom = (ask: HealthPort['storeHealthy'], clock: Clock, ms: number): HealthPort['storeHealthy'] => {
  let last: { readonly at: number; readonly answer: ReturnType<HealthPort['storeHealthy']> } | null = null;
  return () => {
    const at = clock.monotonic();
    if (last === null || at - last.at >= ms) last = { at, answer: ask() };
    return last.answer;
  };
};

const noQuery = (): Record<string, unknown> => ({});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const nodeServer = (handler: Handler, limits: HttpLimits): Server => {
  const server = createNodeServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      // The longest that any route allows; shorter ones are kept by the pipeline.
      requestTimeout: limits.pageRequestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.sweepMs,
      insecureHTTPParser: false,
      // Asked for by the pipeline, which answers with a problem document.
      requireHostHeader: false,
    },
    handler,
  );
  server.maxConnections = limits.connections;
  // Headers are counted by the pipeline: node would drop what is too much without a word.
  server.maxHeadersCount = 0;
  // A client may end its side after the request and still read the answer; node would drop the answer.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  // The pipeline says 100 Continue once it knows that it wants the body.
  server.on('checkContinue', handler);
  server.on('checkExpectation', handler);
  return server;
};

const unparsed: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HUB-110', 'The header block is too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['HUB-102', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['HUB-106', 'The request did not arrive in time.'],
};

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

const hostInUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

const portProblem = (error: NodeJS.ErrnoException, at: { readonly host: string; readonly port: number }) => {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'is in use'
      : error.code === 'EACCES'
        ? 'needs more rights'
        : `cannot be opened (${error.code ?? 'unknown'})`;
  return problem('HUB-700', `Port ${at.port} on ${at.host} ${reason}.`);
};
