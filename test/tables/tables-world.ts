// Tables over the small institution of the tests of FS GraphQL, with its writing side: two types as an API could tell them, and short ways to ask.
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
import { civilDate } from '#mappings/converters.ts';
import { birthNumber, flagOf, nationalIdOf, personNumber, readTermCode } from '#mappings/fs-values.ts';
import { joinKey, keyPart } from '#mappings/natural-key.ts';
import { noFacts, projectionOf } from '#mappings/project.ts';
import { readValues } from '#mappings/read-values.ts';
import { day, line } from '#mappings/to-model.ts';
import { createTables } from '#tables/create-tables.ts';
import { readTable } from '#tables/read-table.ts';
import type {
  Given,
  Table,
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
import { at } from '../apis/fs-graphql/fs-world.ts';

const describe = { nb: 'Noe.', en: 'Something.' };
const asText = (text: string): string | undefined => (text === '' ? undefined : text);
const asNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const textOf = (most: number) => (value: unknown) => line(most).apply(value);

/** Persons, by their number: nothing of them is hidden from who has all. */
export const personTable: Table = {
  mapping: {
    name: 'try-person',
    schema: 'Person',
    collection: at.person,
    describe,
    fields: {
      Personlopenr: { kind: 'value', from: 'personlopenummer.identifikatorverdi', describe },
      Fornavn: { kind: 'value', from: 'navn.fornavn', describe },
      Etternavn: { kind: 'value', from: 'navn.etternavn', describe },
      Fodselsdato: { kind: 'value', from: 'fodselsnummer.identifikatorverdi', convert: birthNumber, describe },
      Personnr: { kind: 'value', from: 'fodselsnummer.identifikatorverdi', convert: personNumber, describe },
      Fodt: { kind: 'value', from: 'fodselsdato', describe },
      Epost: { kind: 'value', from: 'institusjonsEpost', describe },
      Status_Dod: { kind: 'value', from: '@self', convert: flagOf('erDod'), describe },
    },
  },
  key: 'personlopenummer',
  filters: [
    { of: ['Personlopenr'], path: 'personlopenummer', read: asText, selective: true },
    { of: ['Fornavn'], path: 'navn.fornavn', read: asText },
    { of: ['Epost'], path: 'institusjonsEpost', read: asText },
    { of: ['Fodt'], path: 'fodselsdato', read: asText },
    { of: ['Fodselsdato', 'Personnr'], path: 'fodselsnummer', read: nationalIdOf, selective: true },
  ],
  writes: {
    operations: ['create', 'patch', 'delete'],
    readOnly: ['Status_Dod'],
    members: [
      { of: ['Personlopenr'], to: 'personlopenummer', required: true, fixed: true, make: textOf(20) },
      { of: ['Personlopenr'], to: 'naturligNokkel', required: true, fixed: true, make: textOf(20) },
      { of: ['Fodselsdato', 'Personnr'], to: 'fodselsnummer', make: nationalIdOf },
      { of: ['Fornavn'], to: 'navn.fornavn', required: true, make: textOf(30) },
      { of: ['Etternavn'], to: 'navn.etternavn', required: true, make: textOf(30) },
      { of: ['Fodt'], to: 'fodselsdato', fixed: true, make: (value) => day.apply(value) },
      { of: ['Epost'], to: 'institusjonsEpost', make: textOf(100) },
    ],
  },
};

/** Students, with what stands in the person written together with them. */
export const studentTable: Table = {
  mapping: {
    name: 'try-student',
    schema: 'Student',
    collection: at.student,
    describe,
    fields: {
      Personlopenr: { kind: 'value', from: 'naturligNokkel.identifikatorverdi', convert: keyPart(0), describe },
      Studentnr: { kind: 'value', from: 'studentnummer.identifikatorverdi', describe },
      Etternavn: { kind: 'value', from: 'personProfil.navn.etternavn', describe },
    },
  },
  key: 'studentnummer',
  filters: [
    { of: ['Studentnr'], path: 'studentnummer', read: asText, selective: true },
    { of: ['Etternavn'], path: 'personProfil.navn.etternavn', read: asText },
    { of: ['Arstall'], path: 'semesterregistreringer.termin.arstall', read: asNumber },
  ],
  writes: {
    operations: ['create', 'patch'],
    readOnly: [],
    members: [
      { of: ['Personlopenr'], to: 'naturligNokkel', required: true, fixed: true, make: textOf(20) },
      {
        of: ['Personlopenr'],
        relation: 'personProfil',
        identifier: 'personlopenummer',
        required: true,
        fixed: true,
        make: (text) => String(text),
      },
      { of: ['Studentnr'], to: 'studentnummer', make: textOf(20) },
      { of: ['Etternavn'], to: 'personProfil.navn.etternavn', make: textOf(30) },
    ],
  },
};

/** Teaching of courses: keys of several parts, and what hangs on complex values. */
export const teachingTable: Table = {
  mapping: {
    name: 'try-teaching',
    schema: 'Undervisning',
    collection: at.unitOfTeaching,
    describe,
    fields: {
      Emnekode: { kind: 'value', from: 'emne.kode', describe },
      Versjonskode: { kind: 'value', from: 'naturligNokkel.identifikatorverdi', convert: keyPart(2), describe },
      Arstall: { kind: 'value', from: 'termin.arstall', describe },
      Begynner: { kind: 'value', from: 'termin.studiesemesterPeriode.fraDato', convert: civilDate, describe },
    },
  },
  key: 'naturligNokkel',
  filters: [
    { of: ['Emnekode'], path: 'emne.kode', read: asText },
    { of: ['Arstall'], path: 'termin.arstall', read: asNumber },
    { of: ['Terminkode'], path: 'termin.betegnelse.kode', read: readTermCode },
    { of: ['Fra'], path: 'emne.undervisesIPeriode.fraTermin.arstall', read: asNumber },
  ],
  writes: {
    operations: ['create'],
    readOnly: ['Versjonskode', 'Begynner'],
    members: [
      {
        of: ['Emnekode', 'Arstall', 'Terminkode'],
        to: 'naturligNokkel',
        required: true,
        make: (code, year, term) => joinKey(['7777', String(code), '1', String(year), readTermCode(term) ?? '', '1']),
      },
      {
        of: ['Emnekode'],
        relation: 'emne',
        identifier: 'naturligNokkel',
        required: true,
        make: (code) => joinKey(['7777', String(code), '1']),
      },
      {
        of: ['Arstall', 'Terminkode'],
        relation: 'termin',
        identifier: 'naturligNokkel',
        required: true,
        make: (year, term) => {
          const code = readTermCode(term);
          return code === undefined ? undefined : joinKey([String(year), code]);
        },
      },
    ],
  },
};

export const readings = {
  person: readTable(personTable, model),
  student: readTable(studentTable, model),
  teaching: readTable(teachingTable, model),
};

export type TablesWorld = MutationWorld & {
  readonly tables: Tables;
  readonly list: (reading: TableReading, given?: Given, page?: TablePage, as?: Principal) => Promise<TableList>;
  /** What the rows of a list show; fails the test when there is none. */
  readonly shown: (reading: TableReading, given?: Given, as?: Principal) => Promise<readonly Row[]>;
  /** What a walk gives; null when there is none for the caller. */
  readonly walked: (reading: TableReading, given?: Given, as?: Principal) => Promise<readonly Row[] | null>;
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
    one: async (reading, key, as = principal()) => {
      const found = await tables.one(reading, projectionIn(reading), key, contextOf(as));
      assert.ok(found.kind !== 'refused', JSON.stringify(found));
      return found.kind === 'missing' ? null : rowOf(found.row);
    },
    write: (reading, changes, options = {}, as = principal()) =>
      tables.write(reading, changes, { idempotency: null, note: '', ...options }, contextOf(as)),
  };
};
