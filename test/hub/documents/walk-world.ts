// Walks over the small county of the hub's tests.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import type { DocumentNode, Narrow, Shape, Walk, WalkedDocuments, WalkResult } from '#hub/documents/document.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Principal } from '#hub/principal.ts';
import type { Store } from '#store/store.ts';
import { createTokens } from '#hub/tokens.ts';
import { base, model, principal } from '../world.ts';
import type { World } from '../world.ts';

export const openWalk = async (
  world: World,
  { rootsAtOnce = 2, store = world.store }: { readonly rootsAtOnce?: number; readonly store?: Store } = {},
): Promise<Walk> => {
  const authorizer = createAuthorizer({ model, store, clock: world.clock, environment: 'test' });
  const tokens = await createTokens(world.store.platform, systemRandom);
  return createWalk({
    model,
    store,
    clock: world.clock,
    authorizer,
    accesses: createAccesses(authorizer),
    sealing: await createSealing(world.store.platform, systemRandom),
    choosing: { baseUrl: () => base, tokens },
    rootsAtOnce,
  });
};

let requestNumber = 0;

export type Walking = {
  readonly shape: Shape;
  readonly only?: ReadonlySet<string>;
  readonly narrow?: Narrow | null;
  readonly exact?: true;
  readonly as?: Principal;
};

export const start = (
  walk: Walk,
  { shape, only, narrow = null, exact, as = principal() }: Walking,
): Promise<WalkResult> => {
  requestNumber += 1;
  const id = only === undefined ? 'all' : [...only].join(' ');
  const projection = { id, shape, ...(only === undefined ? {} : { only }) };
  const query = { projection, narrow, ...(exact === undefined ? {} : { exact }) };
  return walk(query, { principal: as, requestId: `w${requestNumber}`, api: 'test' });
};

/** Fails the test when it is no walk. */
export const pagesOf = async (walk: Walk, asked: Walking): Promise<AsyncIterator<WalkedDocuments>> => {
  const result = await start(walk, asked);
  assert.ok(result.kind === 'walk', result.kind);
  return result.pages[Symbol.asyncIterator]();
};

export const rest = async (pages: AsyncIterator<WalkedDocuments>): Promise<readonly DocumentNode[]> => {
  const all: DocumentNode[] = [];
  for (let page = await pages.next(); page.done !== true; page = await pages.next()) {
    assert.ok(page.value.length > 0, 'an empty page');
    all.push(...page.value);
  }
  return all;
};

export const walked = async (walk: Walk, asked: Walking): Promise<readonly DocumentNode[]> =>
  rest(await pagesOf(walk, asked));
