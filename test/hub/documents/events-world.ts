// Followers of entities for the tests of this folder: three kinds of documents over the county of the hub's tests, and clients that take a cursor, read
// everything, and from then on read again only what events name.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import type {
  DocumentNode,
  Documents,
  EntityEvent,
  EntityEvents,
  EventQuery,
  EventStream,
  Projection,
  Sealing,
  ShapePart,
  ShapeSteps,
} from '#hub/documents/document.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createEntityEvents } from '#hub/documents/entity-events.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import type { Store } from '#store/store.ts';
import { model, paths, principal } from '../world.ts';
import type { World } from '../world.ts';

/** What a choice of rows is decided by: the numbers of the schools in the document, and what it is about. */
export type Facts = { readonly schools: readonly string[] };

/** Has no name among the fields, and does not show: what changes of it alone is not told. */
const unnamed = 'tosprakligFagopplaring';

const namesIn = (part: ShapePart, names: readonly string[]): readonly string[] =>
  names
    .filter((name) =>
      part.collection.links.has(name)
        ? [...part.parts.values()].some(({ rule }) => rule?.relation.jsonName === name)
        : name !== unnamed,
    )
    .map((name) => (part.at === '' ? name : `${part.at}.${name}`));

const shownOf = ({ id, collection, values, parts }: DocumentNode): unknown => ({
  id,
  collection,
  values: Object.fromEntries(Object.entries(values).filter(([name]) => name !== unnamed)),
  parts: Object.fromEntries(Object.entries(parts).map(([name, nodes]) => [name, nodes.map(shownOf)])),
});

const schoolsIn = (node: DocumentNode): readonly string[] => {
  const number = node.values['skolenummer'];
  const own = typeof number === 'object' && number !== null ? [String(Reflect.get(number, model.identifierValue))] : [];
  return [...new Set([...own, ...Object.values(node.parts).flatMap((nodes) => nodes.flatMap(schoolsIn))])].sort();
};

const stepsOf = (steps: Readonly<Record<string, ShapeSteps>>): ShapeSteps =>
  Object.fromEntries(Object.entries(steps).map(([relation, below]) => [relation, { relation, steps: below }]));

export const streamOf = (
  type: string,
  collection: string,
  steps: ShapeSteps,
): EventStream<Facts> & { readonly projections: readonly [Projection<Facts>] } => {
  const shape = compileShape({ name: type, collection, steps }, model);
  assert.ok(shape.ok, shape.ok ? '' : shape.problem.detail);
  return {
    type,
    projections: [
      {
        id: type,
        shape: shape.value,
        facts: (root) => ({ schools: schoolsIn(root) }),
        render: (root) => JSON.stringify(shownOf(root)),
      },
    ],
    fieldsOf: (_shape, part, names) => namesIn(part, names),
  };
};

export const pupils = streamOf(
  'pupil',
  paths.pupil,
  stepsOf({
    person: stepsOf({ foreldre: {} }),
    elevforhold: stepsOf({ skole: {}, klassemedlemskap: stepsOf({ klasse: {} }) }),
  }),
);
export const guardians = streamOf(
  'guardian',
  paths.person,
  stepsOf({ foreldreansvar: stepsOf({ elev: stepsOf({ elevforhold: {} }) }) }),
);
export const enrolments = streamOf('enrolment', paths.enrolment, stepsOf({ elev: stepsOf({ person: {} }), skole: {} }));
export const streams = [pupils, guardians, enrolments];

/** The parts of a hub that these tests ask, over the data of a world. */
export type Asked = { readonly documents: Documents; readonly events: EntityEvents; readonly sealing: Sealing };

/** `windowRows`: changes that are looked at together; `retentionDays`: for which cursors are good; `finding` hears whenever events read documents. */
export const askedOf = async (
  { clock }: Pick<World, 'clock'>,
  store: Store,
  windowRows?: number,
  retentionDays?: number,
  finding: () => void = () => {},
): Promise<Asked> => {
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(10_000_000, 'first') });
  const accesses = createAccesses(authorizer);
  const documents = createDocuments({ model, store, clock, authorizer, accesses, reader, tokens });
  const events = createEntityEvents({
    model,
    store,
    clock,
    authorizer,
    accesses,
    reader: {
      ...reader,
      find: (...query) => {
        finding();
        return reader.find(...query);
      },
    },
    sealing,
    tokens,
    ...(windowRows === undefined ? {} : { windowRows }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  });
  return { documents, events, sealing };
};

let requests = 0;
const contextOf = (as: Principal) => {
  requests += 1;
  return { principal: as, requestId: `e${requests}`, api: 'test' };
};

export type Within = EventQuery<Facts>['within'];

/** Follows the entities of a school. */
export const atSchool = (number: string): Within => ({
  key: number,
  narrow: streams.map(() => [null]),
  accept: ({ schools }) => schools.includes(number),
});

export const poll = (
  { events }: Asked,
  after: string | null,
  {
    size = 100,
    within = null,
    of = streams,
    as = principal(),
  }: {
    readonly size?: number;
    readonly within?: Within;
    readonly of?: readonly EventStream<Facts>[];
    readonly as?: Principal;
  } = {},
) => events.follow({ streams: of, within, after, size }, contextOf(as));

/** Every document that the application may list, by stream and id; with its text. */
export const listedBy = async (
  { documents }: Asked,
  within: Within = null,
  as = principal(),
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const { type, projections } of streams) {
    for (let after: { projection: number; uid: number } | null = null; ;) {
      const result: Awaited<ReturnType<typeof documents.find<Facts>>> = await documents.find<Facts>(
        { kind: 'list', projections, narrow: [null], after, size: 100, accept: within?.accept ?? null },
        contextOf(as),
      );
      if (result.kind === 'missing') break;
      assert.ok(result.kind === 'documents', JSON.stringify(result));
      for (const { id, bytes } of result.documents) found.set(`${type} ${id}`, bytes.toString());
      if (result.next === null) break;
      after = result.next;
    }
  }
  return found;
};

/** One document read anew; null when it is gone, or out of the choice. */
export const readBy = async (
  { documents, sealing }: Asked,
  type: string,
  id: string,
  within: Within = null,
  as = principal(),
): Promise<string | null> => {
  const projection = streams.find((one) => one.type === type)?.projections[0];
  const uid = sealing.readId(as.tenant, id);
  assert.ok(projection !== undefined && uid !== null, `${type} ${id}`);
  const result = await documents.find<Facts>(
    { kind: 'by-uid', projection, uids: [uid], accept: within?.accept ?? null },
    contextOf(as),
  );
  if (result.kind === 'missing') return null;
  assert.ok(result.kind === 'documents', JSON.stringify(result));
  return result.documents[0]?.bytes.toString() ?? null;
};

/** What a client has: a place, and the documents that it holds. */
export type Copy = {
  cursor: string | null;
  readonly held: Map<string, string>;
  /** What was told of and not found: it may have been out of sight just then, and is asked for again with the next answer. */
  readonly missed: Set<string>;
};

export const begun = async (asked: Asked, within: Within = null): Promise<Copy> => {
  const first = await poll(asked, null, { within });
  if (first.kind === 'missing') return { cursor: null, held: new Map(), missed: new Set() };
  assert.ok(first.kind === 'events', JSON.stringify(first));
  assert.deepEqual([first.events, first.more], [[], false]);
  return { cursor: first.next, held: new Map(await listedBy(asked, within)), missed: new Set() };
};

/** Takes one answer into a copy. Gives whether there is more, the events, and false for `stands` when everything has to be read anew. */
export const pollInto = async (
  asked: Asked,
  copy: Copy,
  size: number,
  within: Within = null,
): Promise<{ readonly more: boolean; readonly events: readonly EntityEvent<Facts>[]; readonly stands: boolean }> => {
  if (copy.cursor === null) return { more: false, events: [], stands: false };
  const result = await poll(asked, copy.cursor, { size, within });
  if (result.kind === 'missing') return { more: false, events: [], stands: false };
  if (result.kind === 'refused') {
    assert.equal(result.problem.code, 'HUB-416', result.problem.detail);
    return { more: false, events: [], stands: false };
  }
  assert.ok(result.events.length <= size);
  const before = [...copy.missed];
  for (const event of result.events) await takeIn(asked, copy, event, within);
  await lookAgain(asked, copy, before, within);
  copy.cursor = result.next;
  return { more: result.more, events: result.events, stands: true };
};

/** What a client does with one event. */
export const takeIn = async (
  asked: Asked,
  { held, missed }: Pick<Copy, 'held' | 'missed'>,
  { type, entity, change, into, facts, changedFields }: EntityEvent<Facts>,
  within: Within = null,
): Promise<void> => {
  assert.equal(facts === null, change === 'deleted' || change === 'merged');
  assert.equal(into !== null, change === 'merged');
  assert.ok(change === 'updated' || changedFields.length === 0);
  // What is told as gone is not asked for: it may come back before it is told of as such.
  const text = facts === null ? null : await readBy(asked, type, entity, within);
  const key = `${type} ${entity}`;
  if (text === null) held.delete(key);
  else held.set(key, text);
  if (text === null && facts !== null) missed.add(key);
  else missed.delete(key);
};

/** Asks again for what was not found before the answer that has just been taken in. */
export const lookAgain = async (
  asked: Asked,
  { held, missed }: Pick<Copy, 'held' | 'missed'>,
  before: Iterable<string>,
  within: Within = null,
): Promise<void> => {
  for (const key of before) {
    const [type = '', entity = ''] = key.split(' ');
    const text = await readBy(asked, type, entity, within);
    if (text !== null) held.set(key, text);
    missed.delete(key);
  }
};
