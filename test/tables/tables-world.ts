// Tables over the small institution of the tests of FS GraphQL, with its writing side: short ways to ask.
import assert from 'node:assert/strict';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import type { DocumentNode, FoundDocument } from '#hub/documents/document.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Principal } from '#hub/principal.ts';
import type { Hub } from '#hub/query.ts';
import { createTokens } from '#hub/tokens.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import { noFacts, projectionOf } from '#mappings/project.ts';
import { readValues } from '#mappings/read-values.ts';
import { createTables } from '#tables/create-tables.ts';
import type {
  Given,
  TableChange,
  TableList,
  TablePage,
  TableReading,
  Tables,
  TableWritten,
  WriteOptions,
} from '#tables/table.ts';
import { base, model, principal, type World } from '../hub/world.ts';
import { openMutationWorld, type MutationWorld, type Opening } from '../apis/fs-graphql/mutations/mutation-world.ts';

export type TablesWorld = MutationWorld & {
  readonly tables: Tables;
  readonly list: (reading: TableReading, given?: Given, page?: TablePage, as?: Principal) => Promise<TableList>;
  /** What the rows of a list show; fails the test when there is none. */
  readonly shown: (reading: TableReading, given?: Given, as?: Principal) => Promise<readonly Row[]>;
  /** What a walk gives; null when there is none for the caller. */
  readonly walked: (reading: TableReading, given?: Given, as?: Principal) => Promise<readonly Row[] | null>;
  /** The same as texts. */
  readonly texts: (reading: TableReading, given?: Given, as?: Principal) => Promise<readonly Row[] | null>;
  readonly one: (reading: TableReading, key: string, as?: Principal) => Promise<Row | null>;
  readonly write: (
    reading: TableReading,
    changes: readonly TableChange[],
    options?: Partial<WriteOptions>,
    as?: Principal,
  ) => Promise<TableWritten>;
};

export type Row = Readonly<Record<string, unknown>>;

const now = { today: '2026-01-05' };

export const projectionIn = (reading: TableReading) =>
  projectionOf(reading.mapping, { fields: null, includes: new Set(), now }, noFacts, {
    notation: jsonNotation,
    id: null,
  });

const rowOf = ({ bytes }: FoundDocument<unknown>): Row => JSON.parse(bytes.toString()) as Row;

/** Tables over what a world holds, written through a hub. Nothing is remembered of documents, so that none is asked for twice. */
export const tablesOver = async (world: World & Pick<MutationWorld, 'graph'>, hub: Hub): Promise<Tables> => {
  const { store, clock, graph } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(1_000_000) });
  const choosing = { baseUrl: () => base, tokens };
  return createTables({
    model,
    hub,
    graph,
    documents: createDocuments({ model, store, clock, authorizer, tokens, accesses, reader }),
    walk: createWalk({ model, store, clock, authorizer, accesses, sealing, choosing, rootsAtOnce: 2 }),
    clock: systemClock,
  });
};

/** Opens the institution. */
export const openTablesWorld = async (opening: Opening = {}): Promise<TablesWorld> => {
  const world = await openMutationWorld(opening);
  const tables = await tablesOver(world, world.hubOfWrites);
  let requests = 0;
  const contextOf = (as: Principal) => {
    requests += 1;
    return { principal: as, requestId: `t${requests}`, api: 'test' };
  };
  const list: TablesWorld['list'] = (reading, given = {}, page = { offset: 0, size: 100 }, as = principal()) =>
    tables.list(reading, projectionIn(reading), { given, page }, contextOf(as));
  return {
    ...world,
    tables,
    list,
    shown: async (reading, given, as) => {
      const found = await list(reading, given, undefined, as);
      assert.ok(found.kind === 'rows', JSON.stringify(found));
      assert.equal(found.total, found.rows.length);
      return found.rows.map(rowOf);
    },
    walked: async (reading, given = {}, as = principal()) => {
      const found = await tables.walk(reading, projectionIn(reading), given, contextOf(as));
      if (found.kind === 'missing') return null;
      assert.ok(found.kind === 'walk', JSON.stringify(found));
      const values = readValues<Row>(reading.mapping);
      const rows: Row[] = [];
      for await (const page of found.pages)
        for (const node of page as Iterable<DocumentNode>) rows.push(values(node, now));
      return rows;
    },
    texts: async (reading, given = {}, as = principal()) => {
      const found = await tables.texts(reading, projectionIn(reading), given, contextOf(as));
      if (found.kind === 'missing') return null;
      assert.ok(found.kind === 'texts', JSON.stringify(found));
      const rows: Row[] = [];
      for await (const { text, count } of found.pages) {
        const page = JSON.parse(`[${text.toString()}]`) as readonly Row[];
        assert.equal(page.length, count);
        rows.push(...page);
      }
      return rows;
    },
    one: async (reading, key, as = principal()) => {
      const found = await tables.one(reading, projectionIn(reading), key, contextOf(as));
      assert.ok(found.kind !== 'refused', JSON.stringify(found));
      return found.kind === 'missing' ? null : rowOf(found.row);
    },
    write: (reading, changes, options = {}, as = principal()) =>
      tables.write(reading, changes, { idempotency: null, note: '', ...options }, contextOf(as)),
  };
};
