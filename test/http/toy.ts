// A toy API and a server around it, for the tests of the edge. Its routes do nothing but show one behaviour each.
import { connect } from 'node:net';
import type { Api, Route } from '#apis/api.ts';
import type { Verify } from '#auth/verify.ts';
import { systemClock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { HubEvent } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { failed, ok } from '#base/result.ts';
import type { Principal } from '#hub/principal.ts';
import type { HttpLimits } from '#http/limits.ts';
import type { Denial } from '#http/pipeline.ts';
import { createServer, type HttpServer, type ServerPorts } from '#http/server.ts';

export const principalOf = (kind: Principal['kind'], scopes: readonly string[] = ['toy.read']): Principal => ({
  kind,
  client: 'toy-client',
  tenant: 'fjordheim.test',
  scopes: new Set(scopes),
  issuer: 'https://issuer.test',
  token: 'token-1',
  expiresAt: 0,
});

/** Tokens of the tests: `client`, `other-client`, `neighbour` (of another organisation), `adapter`, `narrow`, `later` (verified in a later turn) and `broken` (verification throws). */
export const verifyToy: Verify = (authorization) => {
  switch (authorization) {
    case 'Bearer client':
      return ok(principalOf('client'));
    case 'Bearer other-client':
      return ok({ ...principalOf('client'), client: 'other-client' });
    case 'Bearer neighbour':
      return ok({ ...principalOf('client'), client: 'neighbour', tenant: 'nabo.test' });
    case 'Bearer adapter':
      return ok(principalOf('adapter'));
    case 'Bearer narrow':
      return ok(principalOf('client', []));
    case 'Bearer later':
      return Promise.resolve(ok(principalOf('client')));
    case 'Bearer broken':
      throw new Error('secret of the verifier');
    default:
      return failed(
        problem('HUB-300', authorization === null ? 'There is no access token.' : 'The access token is not valid.'),
      );
  }
};

export const route = (path: string, handle: Route['handle'], more: Partial<Route> = {}): Route => ({
  methods: ['GET'],
  path,
  access: 'open',
  scopes: [],
  body: 'none',
  bodyLimit: 0,
  handle,
  ...more,
});

export const toyApi = (routes: readonly Route[]): Api => ({
  entry: {
    id: 'toy',
    name: { nb: 'Leke', en: 'Toy' },
    description: { nb: 'Leke', en: 'Toy' },
    status: 'production',
    version: '1',
  },
  routes,
  describe: () => [],
});

export type ToyServer = HttpServer & {
  readonly events: HubEvent[];
  readonly denials: Denial[];
  readonly port: () => number;
};

export const toyServer = (
  routes: readonly Route[],
  limits: Partial<HttpLimits> = {},
  more: Partial<ServerPorts> = {},
): ToyServer => {
  const events: HubEvent[] = [];
  const denials: Denial[] = [];
  const server = createServer({
    apis: [toyApi(routes)],
    raw: [],
    verify: verifyToy,
    denied: (denial) => {
      denials.push(denial);
    },
    observe: (event) => {
      events.push(event);
    },
    clock: systemClock,
    random: systemRandom,
    health: { state: () => 'ready', storeHealthy: () => true },
    metrics: { type: 'text/plain; version=0.0.4', text: async () => 'toy 1\n', exposure: 'loopback' },
    settings: { host: '127.0.0.1', port: 0, publicUrl: null, securityContact: 'mailto:security@fjordheim.test' },
    limits: { sweepMs: 20, probeMs: 0, ...limits },
    ...more,
  });
  return { ...server, events, denials, port: () => Number(new URL(server.url()).port) };
};

/** Sends bytes over a socket and gives everything that came back once the other end closed. `pieces` go out one turn apart. */
export const exchangeBytes = (
  port: number,
  pieces: readonly (string | Uint8Array)[],
  options: { readonly end?: boolean; readonly gapMs?: number } = {},
): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    const done = (): void => resolve(Buffer.concat(received).toString('latin1'));
    socket.on('data', (chunk) => received.push(Buffer.from(chunk)));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', done);
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) break;
        socket.write(piece);
        await systemClock.sleep(options.gapMs ?? 1);
      }
      if (options.end === true && !socket.destroyed) socket.end();
    })();
  });
