// Documents over the small county of the hub's tests: shapes, a projection that shows all there is, and short ways to ask.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import type {
  DocumentNode,
  DocumentQuery,
  DocumentResult,
  Documents,
  Projection,
  Sealing,
  Shape,
  ShapeSource,
} from '#hub/documents/document.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { fjord, model, paths, principal } from '../world.ts';
import type { World } from '../world.ts';

export const step = (relation: string, steps: ShapeSource['steps'] = {}): ShapeSource['steps'] => ({
  [relation]: { relation, steps },
});

export const shapeOf = (source: ShapeSource): Shape => {
  const made = compileShape(source, model);
  assert.ok(made.ok, made.ok ? '' : made.problem.detail);
  return made.value;
};

/** A pupil with the person and its parents, and the enrolments with school and classes. */
export const pupilShape = shapeOf({
  name: 'pupil',
  collection: paths.pupil,
  steps: {
    ...step('person', step('foreldre')),
    ...step('elevforhold', { ...step('skole'), ...step('klassemedlemskap', step('klasse')) }),
  },
});

/** A class with those who are in it. */
export const groupShape = shapeOf({
  name: 'group',
  collection: paths.group,
  steps: { ...step('skole'), ...step('klassemedlemskap', step('elevforhold', step('elev', step('person')))) },
});

/** A parent with the children, and where those go. */
export const parentShape = shapeOf({
  name: 'parent',
  collection: paths.person,
  steps: step('foreldreansvar', step('elev', step('elevforhold', step('skole')))),
});

export type Tree = Readonly<Record<string, unknown>>;
export type Facts = { readonly name: string; readonly schools: readonly string[] };

/** Everything that a node holds, and what it hides of the attributes that are asked about. */
export const treeOf = (node: DocumentNode): Tree => ({
  ...node.values,
  '@id': node.id,
  ...Object.fromEntries(Object.entries(node.parts).map(([name, nodes]) => [name, nodes.map(treeOf)])),
});

const textsAt = (node: DocumentNode, path: readonly string[]): readonly string[] => {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  if (rest.length === 0) {
    const found: unknown = node.values[first];
    return typeof found === 'string' ? [found] : [];
  }
  return (node.parts[first] ?? []).flatMap((each) => textsAt(each, rest));
};

export const whole = (shape: Shape, only?: ReadonlySet<string>): Projection<Facts> => ({
  id: `whole ${only === undefined ? 'all' : [...only].join(' ')}`,
  shape,
  ...(only === undefined ? {} : { only }),
  facts: (root) => ({
    name: textsAt(root, ['navn']).join(' '),
    schools: textsAt(root, ['elevforhold', 'skole', 'navn']),
  }),
  render: (root) => JSON.stringify(treeOf(root)),
});

export const pupils = whole(pupilShape);
export const groups = whole(groupShape);
export const parents = whole(parentShape);

export type DocumentWorld = {
  readonly documents: Documents;
  readonly sealing: Sealing;
  readonly uid: (path: string, field: string, value: string) => Promise<number>;
};

export const openDocuments = async (
  world: World,
  { cacheBytes = 10_000_000, store = world.store }: { readonly cacheBytes?: number; readonly store?: Store } = {},
): Promise<DocumentWorld> => {
  const sealing = await createSealing(world.store.platform, systemRandom);
  const authorizer = createAuthorizer({ model, store, clock: world.clock, environment: 'test' });
  const documents = createDocuments({
    model,
    store,
    clock: world.clock,
    authorizer,
    tokens: await createTokens(store.platform, systemRandom),
    accesses: createAccesses(authorizer),
    reader: createDocumentReader({ model, sealing, cache: createDocumentCache(cacheBytes, 'first') }),
  });
  return {
    documents,
    sealing,
    uid: async (path, field, value) => {
      const { reads } = await world.store.tenant(fjord);
      const [found] = await reads.resolve([{ collection: path, field, value }]);
      assert.ok(typeof found?.uid === 'number', `no ${path} ${value}`);
      return found.uid;
    },
  };
};

let requestNumber = 0;

export const find = <F>(
  { documents }: Pick<DocumentWorld, 'documents'>,
  query: DocumentQuery<F>,
  as: Principal = principal(),
): Promise<DocumentResult<F>> => {
  requestNumber += 1;
  return documents.find(query, { principal: as, requestId: `d${requestNumber}`, api: 'test' });
};

type Found<F> = Extract<DocumentResult<F>, { kind: 'documents' }>;

/** Fails the test when it is anything but documents. */
export const found = async <F>(
  world: Pick<DocumentWorld, 'documents'>,
  query: DocumentQuery<F>,
  as?: Principal,
): Promise<Found<F>> => {
  const result = await find(world, query, as);
  assert.ok(result.kind === 'documents', JSON.stringify(result));
  return result;
};

export const trees = ({ documents }: Found<unknown>): readonly Tree[] =>
  documents.map(({ bytes }) => JSON.parse(bytes.toString()) as Tree);

export const listOf = <F>(
  projection: Projection<F>,
  more: Partial<Extract<DocumentQuery<F>, { kind: 'list' }>> = {},
): Extract<DocumentQuery<F>, { kind: 'list' }> => ({
  kind: 'list',
  projections: [projection],
  narrow: [null],
  after: null,
  size: 500,
  accept: null,
  ...more,
});

export const byUid = <F>(projection: Projection<F>, ...uids: readonly number[]): DocumentQuery<F> => ({
  kind: 'by-uid',
  projection,
  uids,
  accept: null,
});

/** The value of an identifier of each document. */
export const idsIn = (result: Found<unknown>, attribute = 'systemId'): readonly unknown[] =>
  trees(result).map((tree) => {
    const held = tree[attribute];
    return typeof held === 'object' && held !== null && 'identifikatorverdi' in held ? held.identifikatorverdi : null;
  });

/** The same store, with the names of what is asked of its reads. */
export const countingStore = async (store: Store, asked: string[]): Promise<Store> => {
  const tenant = await store.tenant(fjord);
  const reads = new Proxy(tenant.reads, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        asked.push(String(name));
        return Reflect.apply(member, target, args);
      };
    },
  });
  const counted: TenantStore = { ...tenant, reads };
  return { ...store, tenant: async () => counted };
};
