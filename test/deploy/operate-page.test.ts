// What the page for operators and the scripts of deploy/postgresql say about tables, held to the tables: a new table or column shows here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { settingRows } from '#config/settings.ts';
import {
  linkTable,
  messageTables,
  platformTables,
  quotaTable,
  registerTables,
} from '#store/postgres/schema/platform-tables.ts';
import { allTenantTables, partitions } from '#store/postgres/schema/steps.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/how-to/operate.md'), 'utf8');
const namesIn = (text: string | undefined): ReadonlySet<string> =>
  new Set([...(text ?? '').matchAll(/'(\w+)'/g)].map(([, name = '']) => name));
const tablesOf = (sql: string): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    [...sql.matchAll(/CREATE TABLE (\w+) \(([^;]*)\);/g)].map(([, name = '', columns = '']) => [
      name,
      columnsOf(columns.replace(/, PRIMARY KEY \([^)]*\)\s*$/, '')),
    ]),
  );
const columnsOf = (columns: string): ReadonlySet<string> =>
  new Set(columns.split(',').map((column) => column.trim().split(/\s+/)[0] ?? ''));

const platform = tablesOf([platformTables, linkTable, quotaTable, registerTables, messageTables].join('\n'));
const columns = new Map([
  ...platform,
  ...allTenantTables.map((table) => [table.name, new Set(['tenant', ...columnsOf(table.columns)])] as const),
]);

describe('the page for operators', () => {
  it('spreads every table, each as it has to be', () => {
    const [references, distributed] = [...page.matchAll(/unnest\(ARRAY\[([^\]]*)\]\)/g)].map(([, names]) =>
      namesIn(names),
    );
    assert.deepEqual(references, new Set(['migration', ...platform.keys()]));
    assert.deepEqual(
      new Set(['tenant_state', ...(distributed ?? [])]),
      new Set(allTenantTables.map(({ name }) => name)),
    );
    assert.ok(
      page.includes(`over ${partitions} partitions`) &&
        page.includes(`'bindeledd.resource'::regclass, ${partitions}, 3,`),
    );
  });

  it('names settings that there are', () => {
    const known = new Set(
      [...settingRows.keys()].map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    );
    const named = [...page.matchAll(/`((?:database|drain|audit|quality|status|answer|run)_[a-z_]+)`/g)].map(
      ([, name = '']) => name,
    );
    assert.ok(named.length > 4);
    for (const name of named) assert.ok(known.has(name) || columns.has(name), name);
  });
});

describe('what is saved around a restore', () => {
  const script = readFileSync(join(root, 'deploy/postgresql/save-record.sql'), 'utf8');
  const saved = [...script.matchAll(/\(SELECT ([\w, ]+) FROM (\w+)(?: ORDER BY \w+)?\) TO/g)].map(
    ([, names = '', table = '']) => [table, columnsOf(names)] as const,
  );

  it('is every column of what must not go back', () => {
    assert.equal(saved.length, 8);
    for (const [table, names] of saved)
      if (table !== 'tenant_state') assert.deepEqual(names, columns.get(table), table);
  });

  it('is put back, but for what is for people', () => {
    const back = readFileSync(join(root, 'deploy/postgresql/after-restore.sql'), 'utf8');
    const read = [...back.matchAll(/^\\copy was_\w+ FROM '(\w+)\.saved'/gm)].map(([, table = '']) => table);
    assert.deepEqual([...read, 'platform_audit'].toSorted(), saved.map(([table]) => table).toSorted());
    for (const table of read) {
      const made = new RegExp(`CREATE TEMP TABLE was_${table} \\(([^;]*)\\) ON COMMIT DROP`).exec(back)?.[1] ?? '';
      assert.deepEqual(columnsOf(made), saved.find(([name]) => name === table)?.[1], table);
    }
  });
});
