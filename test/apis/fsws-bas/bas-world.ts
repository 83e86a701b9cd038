// The small institution of fs-world.ts with a writing side, behind FSWS-BAS over REST and SOAP: a server that serves both, and a client that asks them.
import { fswsBasApi, fswsBasSoapApi } from '#apis/fsws-bas/fsws-bas-api.ts';
import { systemClock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { failed, ok } from '#base/result.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createTokens } from '#hub/tokens.ts';
import { createTables } from '#tables/create-tables.ts';
import { toyServer } from '../../http/toy.ts';
import { base, bySystemId, dal, identified, model, nationalId, principal, put } from '../../hub/world.ts';
import { at, graphOver } from '../fs-graphql/fs-world.ts';
import { openMutationWorld, type MutationWorld } from '../fs-graphql/mutations/mutation-world.ts';

export const prefix = '/fsrest/rest/bas';
export const soapPath = '/fsservices/bas';
export const namespace = 'http://fsws.usit.no/schemas/bas';

export type Answered = { readonly status: number; readonly text: string; readonly headers: Headers };

export type BasWorld = Omit<MutationWorld, 'post'> & {
  readonly url: string;
  /** Asks the server; as `app` unless the init says otherwise (`Bearer other`, `Bearer dal`). */
  readonly ask: (path: string, init?: RequestInit) => Promise<Answered>;
  /** Sends the members of a person. */
  readonly post: (path: string, members: string) => Promise<Answered>;
  /** Calls an operation over SOAP. */
  readonly soap: (name: string, inner: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  /** Whether the institution has the API over SOAP. */
  readonly switchTo: (on: boolean) => void;
};

/** A clock on which time goes a hundred times as fast: nobody waits long for a source that does not answer. */
const hurried = {
  now: () => systemClock.now() * 100,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal),
};

export const openBasWorld = async (): Promise<BasWorld> => {
  const world = await openMutationWorld();
  const { store, clock } = world;
  await put(world, 'fs/person/fodselsnummerendring', [
    {
      systemId: identified('FE1'),
      // At noon on 5 January 2026.
      naturligNokkel: identified('101,1767610800'),
      tidligereFodselsnummer: nationalId(11),
      nyttFodselsnummer: nationalId(1),
      links: { personProfil: [bySystemId(at.person, 'X1')] },
    },
  ]);
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(1_000_000) });
  const walk = createWalk({
    model,
    store,
    clock,
    authorizer,
    accesses,
    sealing,
    choosing: { baseUrl: () => base, tokens },
  });
  const hub = world.hubOfWrites;
  const tables = createTables({
    model,
    hub,
    graph: await graphOver(world),
    documents: createDocuments({ model, store, clock, authorizer, tokens, accesses, reader }),
    walk,
    clock: hurried,
  });
  const deps = { model, tables, walk, hub, clock, baseUrl: () => server.url(), endingOf: () => [] };
  let on = true;
  const apis = [fswsBasApi(deps), fswsBasSoapApi({ ...deps, switchedOn: async () => on })];
  const callers = new Map([
    ['Bearer app', principal()],
    ['Bearer other', principal('other')],
    ['Bearer dal', principal('app', dal)],
  ]);
  const server = toyServer(
    apis.flatMap(({ routes }) => routes),
    {},
    {
      verify: (authorization) => {
        const caller = callers.get(authorization ?? '');
        return caller === undefined ? failed(problem('HUB-300', 'There is no access token.')) : ok(caller);
      },
    },
  );
  const url = await server.listen();
  const ask: BasWorld['ask'] = async (path, init = {}) => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: 'Bearer app', ...(init.headers as Record<string, string> | undefined) },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    ...world,
    url,
    ask,
    post: (path, members) =>
      ask(`${prefix}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/xml' },
        body: `<person xmlns="${namespace}">${members}</person>`,
      }),
    soap: (name, inner, headers = {}) =>
      ask(soapPath, {
        method: 'POST',
        headers: { 'content-type': 'text/xml', ...headers },
        body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><${name} xmlns="${namespace}">${inner}</${name}></s:Body></s:Envelope>`,
      }),
    switchTo: (value) => {
      on = value;
    },
    close: async () => {
      await server.close();
      await world.close();
    },
  };
};
