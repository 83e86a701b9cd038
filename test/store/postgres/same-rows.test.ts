// The same random works on both engines leave the same rows in every table, column by column: what the working set of a writer loads, overlays
// and writes out is what an engine with its rows at hand does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ignoreEvents } from '#base/events.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { textKept } from '#store/postgres/kept-text.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import type { Database } from '#store/postgres/database.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { LinkTarget, TenantStore, TenantWrite } from '#store/store.ts';
import { testDatabase } from '../../postgres/database.ts';
import {
  base,
  collectionAt,
  elev,
  elevforhold,
  entry,
  model,
  person,
  putEntry,
  setClock,
  skole,
  to,
} from '../conformance/world.ts';
import type { Entry } from '../conformance/world.ts';
import { strictRows } from '../writing/strict-rows.ts';

const paths = [elev, elevforhold, person, skole] as const;

type Operation =
  | {
      readonly kind: 'put';
      readonly path: number;
      readonly ids: readonly (number | null)[];
      readonly primary: number;
      readonly guest: boolean;
      readonly marking: ProtectionLevel | null;
      readonly links: readonly { readonly relation: number; readonly target: number; readonly field: number }[];
    }
  | { readonly kind: 'remove'; readonly path: number; readonly value: number; readonly field: number };

type Work = { readonly operations: readonly Operation[]; readonly announced: boolean; readonly fails: boolean };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      path: fc.constantFrom(0, 0, 1, 1, 2, 2, 3),
      ids: fc.array(fc.option(fc.nat(3), { freq: 4 }), { minLength: 4, maxLength: 4 }),
      primary: fc.nat(3),
      guest: fc.boolean(),
      marking: fc.constantFrom<ProtectionLevel | null>(null, null, null, 0, 1, 2),
      links: fc.array(fc.record({ relation: fc.nat(5), target: fc.nat(3), field: fc.nat(3) }), { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), path: fc.nat(3), value: fc.nat(3), field: fc.nat(3) }),
  },
);

const works: fc.Arbitrary<readonly Work[]> = fc.array(
  fc.record({
    operations: fc.array(operation, { minLength: 1, maxLength: 8 }),
    announced: fc.boolean(),
    fails: fc.constantFrom(false, false, false, false, true),
  }),
  { minLength: 1, maxLength: 8 },
);

const relationsOf = new Map(
  paths.map((each) => [
    each,
    [...collectionAt(each).links.values()].filter(({ target }) => paths.some((one) => one === target)),
  ]),
);

// One value that PostgreSQL cannot hold as it is, and two that it could take for each other.
const valueOf = (field: string, nth: number): string => [`${field}/0`, '\u0000', '\u00010', 'Æ'][nth] ?? '';

const entryOf = (put: Extract<Operation, { kind: 'put' }>): Entry => {
  const at = paths[put.path] ?? elev;
  const { identifiers } = collectionAt(at);
  const ids: Record<string, string> = {};
  for (const [index, { segment }] of identifiers.entries()) {
    const value = put.ids[index];
    if (value !== null && value !== undefined) ids[segment] = valueOf(segment, value);
  }
  const first = identifiers[0]?.segment ?? '';
  if (Object.keys(ids).length === 0) ids[first] = valueOf(first, 0);
  const links: Record<string, LinkTarget[]> = {};
  const rules = relationsOf.get(at) ?? [];
  for (const link of put.links) {
    const rule = rules[link.relation % rules.length];
    if (rule === undefined || rule.target === null) continue;
    const fields = collectionAt(rule.target).identifiers;
    const field = fields[link.field % fields.length]?.segment ?? '';
    (links[rule.relation.jsonName] ??= []).push(to(rule.target, field, valueOf(field, link.target)));
  }
  const segments = Object.keys(ids);
  const primary = segments[put.primary % segments.length];
  return entry(at, ids, {
    links,
    ...(at === elev ? { attributes: { gjest: put.guest } } : {}),
    ...(primary === undefined ? {} : { primary }),
    ...(at === person && put.marking !== null ? { marking: put.marking } : {}),
  });
};

const perform = async (tx: TenantWrite, each: Operation): Promise<void> => {
  if (each.kind === 'remove') {
    const at = paths[each.path] ?? elev;
    const { identifiers } = collectionAt(at);
    const field = identifiers[each.field % identifiers.length]?.segment ?? '';
    const [uid] = await tx.match(at, [{ field, value: valueOf(field, each.value) }]);
    if (uid !== null && uid !== undefined) await tx.remove(at, uid, each.value);
    return;
  }
  const wanted = entryOf(each);
  const uids = await tx.match(wanted.path, wanted.resource.identifiers);
  // What names two resources is nobody's to put.
  if (new Set(uids.filter((uid) => uid !== null)).size < 2) await putEntry(tx, wanted);
};

const run = async (tenant: TenantStore, { operations, announced, fails }: Work): Promise<void> => {
  const failure = new Error('on purpose');
  try {
    await tenant.writeTogether(async (tx) => {
      if (announced) {
        const all = operations.flatMap((each) => (each.kind === 'put' ? [entryOf(each)] : []));
        for (const [at, some] of Map.groupBy(all, (each) => each.path))
          await tx.expect?.(
            at,
            some.map(({ resource }) => resource),
          );
      }
      for (const each of operations) await perform(tx, each);
      await tx.settle();
      if (fails) throw failure;
    });
  } catch (error) {
    if (error !== failure) throw error;
  }
};

const tables: Readonly<Record<string, { readonly columns: string; readonly order: string }>> = {
  collection: { columns: 'id, path, next, count, position, changed_at, marked', order: 'id' },
  word: { columns: 'id, text', order: 'id' },
  resource: { columns: 'uid, position, born, hash, source, protection, keys, split, own, body', order: 'uid' },
  identifier: {
    columns: 'id, collection, field, value, uid, last_uid, protection, removed_by',
    order: 'id',
  },
  link: { columns: 'target, relation, source, source_identifier', order: 'target, relation, source' },
  segment: { columns: 'collection, number, count, position', order: 'collection, number' },
  attribute_index: { columns: 'collection, path, folded, uid', order: 'collection, path, uid, folded' },
  change: { columns: 'position, collection, uid, kind, at, before, level, noticed, fields', order: 'position' },
  past_subject: { columns: 'about, uid', order: 'about, uid' },
  past_life: { columns: 'uid, born, gone', order: 'uid' },
};

const embedded = (db: DatabaseSync, table: string): readonly unknown[] => {
  const { columns, order } = tables[table] ?? { columns: '', order: '' };
  const [from, some] = table === 'word' ? ['name', 'id, name AS text'] : [table, columns];
  return db
    .prepare(`SELECT ${some} FROM ${from} ORDER BY ${order}`)
    .all()
    .map((row) => plain(row));
};

const networked = async (database: Database, tenant: number, table: string): Promise<readonly unknown[]> => {
  const { columns, order } = tables[table] ?? { columns: '', order: '' };
  const text = `SELECT ${columns} FROM ${table} WHERE tenant = $1 ORDER BY ${order.replace('folded', 'folded COLLATE "C"')}`;
  const rows = await database.query(tenant, { name: `same_${table}`, text }, [tenant]);
  return rows.map((row) => plain(table === 'identifier' ? { ...row, value: textKept(String(row['value'])) } : row));
};

/** A row with values of one kind, whichever engine it comes from. */
const plain = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (column === 'marked') return [column, value === true || value === 1];
      if (column === 'keys') return [column, typeof value === 'string' ? JSON.parse(value) : value];
      if (value instanceof Uint8Array)
        return [column, column === 'body' ? Buffer.from(value).toString() : Buffer.from(value).toString('hex')];
      return [column, value];
    }),
  );

const put = (
  at: number,
  ids: readonly (number | null)[],
  links: Extract<Operation, { kind: 'put' }>['links'] = [],
): Operation => ({
  kind: 'put',
  path: at,
  ids,
  primary: 0,
  guest: false,
  marking: null,
  links,
});
const work = (...operations: readonly Operation[]): Work => ({ operations, announced: false, fails: false });
/** The third work meets a resource as the end of a link before it is put itself, as it is. */
const knownAsTarget: readonly Work[] = [
  work(put(1, [2, null, null, null]), put(0, [null, null, null, null])),
  work(put(0, [null, null, null, 1], [{ relation: 3, target: 2, field: 0 }])),
  work(put(0, [null, null, null, 1]), put(1, [2, null, null, null]), { kind: 'remove', path: 0, value: 0, field: 0 }),
  work(put(0, [null, null, null, null])),
];

test('random works leave the same rows as in the embedded store', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'same-'));
  const place = await testDatabase();
  const clock = setClock();
  const common = { model, clock, observe: ignoreEvents, baseUrl: () => base };
  const [sqlite, postgres] = [
    // Looking ahead as well, so that words come in the same order.
    await openSqliteStore({ ...common, folder, rowsThrough: strictRows }),
    await openPostgresStore({ ...common, url: place.url }),
  ];
  let nth = 0;
  try {
    await fc.assert(
      fc.asyncProperty(works, async (all) => {
        nth += 1;
        const id = `r${nth}.test`;
        const [one, other] = [await sqlite.tenant(id), await postgres.tenant(id)];
        for (const [at, each] of all.entries()) {
          clock.set(1_700_000_000_000 + at * 1_000);
          await run(one, each);
          await run(other, each);
        }
        await one.close();
        const db = new DatabaseSync(path.join(folder, 'tenants', id, 'data.db'), { readOnly: true });
        try {
          for (const table of Object.keys(tables))
            assert.deepEqual(await networked(postgres.database, nth, table), embedded(db, table), table);
        } finally {
          db.close();
          await other.close();
        }
      }),
      { numRuns: 60, examples: [[knownAsTarget]] },
    );
  } finally {
    await sqlite.close();
    await postgres.close();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  }
});
