// Reads of a process that has heard nothing of what another has committed: rows put in by plain SQL. What became protected shows nowhere from the
// commit on; what a page says of its copies ends with what is heard; plans are made anew for tables that have grown; times that are none fail nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { FilterExpr } from '#model/filter.ts';
import { parseInstant } from '#model/kinds.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { Cell, Database } from '#store/postgres/database.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { createReads } from '#store/postgres/reads.ts';
import type { ChunkHandle, TenantReads } from '#store/store.ts';
import { testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { elev, elevforhold, model, partsOf, person, planFor } from '../conformance/world.ts';

const collection = 1;
const first = 2 ** 40;

const plan = (clearance: ProtectionLevel) => planFor(elev, 'a.test', clearance);

const rowsIn = (text: string): readonly number[] => [...text.matchAll(/"n":(\d+)/g)].map((match) => Number(match[1]));

const literal = (cell: Cell): string => {
  if (cell === null || typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  return Array.isArray(cell) ? `'{${cell.map((each) => `"${each}"`).join(',')}}'` : `'${String(cell)}'`;
};

describe('reads of PostgreSQL while others write', () => {
  let place: TestDatabase;
  let database: Database;
  let replans = 0;
  let tenants = 0;

  before(async () => {
    place = await testDatabase();
    ({ database } = await openDatabase({ url: place.url, clock: systemClock }));
  });
  after(async () => {
    await database.close();
    await place.drop();
  });

  const sql = (tenant: number, text: string, ...values: readonly (string | number)[]) =>
    database.transaction(tenant, (connection) => connection.query({ name: '', text }, [tenant, ...values]));

  /** An organisation with some rows in one collection; gives its number. `bits` = the protection column by number of row. */
  const organisation = async (rows: number, body: (index: number) => string, bits = '0'): Promise<number> => {
    const tenant = (tenants += 1);
    await sql(tenant, 'INSERT INTO tenant_state (tenant, position) VALUES ($1, $2)', rows);
    await sql(tenant, "INSERT INTO word (tenant, id, text) VALUES ($1, 1, 'systemid')");
    await sql(
      tenant,
      'INSERT INTO collection (tenant, id, path, next, count, position, changed_at) VALUES ($1, 1, $2, $3::bigint, $3::bigint, $3::bigint, 5)',
      elev,
      rows,
    );
    const bodies = Array.from({ length: rows }, (_, index) => body(index));
    await database.transaction(tenant, (connection) =>
      connection.query(
        {
          name: '',
          text: `INSERT INTO resource (tenant, uid, position, born, hash, source, protection, keys, split, own, body)
            SELECT $1, ${first} + n - 1, n, n, '', 's', ${bits}, ARRAY[n], length(b) + 9, NULL, convert_to(b, 'UTF8')
            FROM unnest($2::text[]) WITH ORDINALITY AS w (b, n)`,
        },
        [tenant, bodies],
      ),
    );
    await sql(
      tenant,
      `INSERT INTO change (tenant, position, collection, uid, kind, at, level)
       SELECT $1, n, 1, ${first} + n - 1, 1, 5, 0 FROM generate_series(1, $2::bigint) n`,
      rows,
    );
    await sql(
      tenant,
      `INSERT INTO segment (tenant, collection, number, count, position)
       SELECT $1, 1, n / 256, count(*), max(n + 1) FROM generate_series(0, $2::bigint - 1) n GROUP BY n / 256`,
      rows,
    );
    return tenant;
  };

  /** What another process would commit: the row has other bits, and the feed says so. */
  const protect = (tenant: number, index: number, bits: number): Promise<unknown> =>
    database.transaction(tenant, async (connection) => {
      const ask = (text: string, ...values: readonly number[]) =>
        connection.query({ name: '', text }, [tenant, ...values]);
      const [state] = await ask('UPDATE tenant_state SET position = position + 1 WHERE tenant = $1 RETURNING position');
      const position = Number(state?.['position']);
      const uid = first + index;
      await ask(
        'UPDATE resource SET protection = $2, position = $3 WHERE tenant = $1 AND uid = $4',
        bits,
        position,
        uid,
      );
      await ask(
        'INSERT INTO change (tenant, position, collection, uid, kind, at, level) VALUES ($1, $2, 1, $3, 2, 6, $4)',
        position,
        uid,
        bits & 3,
      );
      await ask('UPDATE collection SET position = $2, changed_at = 6 WHERE tenant = $1 AND id = 1', position);
      await ask(
        'UPDATE segment SET position = $2 WHERE tenant = $1 AND collection = 1 AND number = $3',
        position,
        Math.floor(index / 256),
      );
    });

  /** What another process would commit: the row is gone, and the collection stands elsewhere. */
  const remove = async (tenant: number, index: number): Promise<void> => {
    await database.transaction(tenant, async (connection) => {
      const ask = (text: string, ...values: readonly number[]) =>
        connection.query({ name: '', text }, [tenant, ...values]);
      await ask('DELETE FROM resource WHERE tenant = $1 AND uid = $2', first + index);
      await ask('UPDATE collection SET position = position + 1, count = count - 1 WHERE tenant = $1 AND id = 1');
      await ask(
        `UPDATE segment SET position = (SELECT position FROM collection WHERE tenant = $1 AND id = 1), count = count - 1
         WHERE tenant = $1 AND collection = 1 AND number = $2`,
        Math.floor(index / 256),
      );
    });
  };

  const readsOf = (tenant: number, heard: () => number, clock: Clock = systemClock): TenantReads =>
    createReads({
      database: {
        query: database.query,
        replan: () => {
          replans += 1;
          database.replan();
        },
      },
      tenant,
      model,
      clock,
      heard,
      stale: () => {},
    });

  test('a row that becomes protected is in no byte from the commit on, heard of or not, and its segment is nobody else’s', async () => {
    const tenant = await organisation(2_000, (index) => `{"n":${index}}`);
    let heard = 0;
    const reads = readsOf(tenant, () => heard);
    for (const silent of [true, false]) {
      const parts: ChunkHandle[] = [];
      for await (const part of partsOf(reads, plan(0), { offset: 0, size: 0 })) {
        if ('read' in part) parts.push(part);
        else for (const piece of part.pieces()) if ('read' in piece) parts.push(piece);
      }
      const seen: number[] = [];
      const hidden = silent ? 700 : 1_300;
      for (const [at, part] of parts.entries()) {
        const { bytes, count, segment } = await part.read();
        seen.push(...rowsIn(bytes.toString()));
        assert.ok(count <= 256);
        if (at === 0) {
          if (silent) assert.ok(segment !== null);
          await protect(tenant, hidden, 3);
          if (!silent) heard += 1;
        }
        // Two segments are read with one statement, and the third ahead: later ones come after the commit.
        if (seen.includes(hidden)) assert.fail(`row ${hidden} shows`);
        if (seen.at(-1) === (silent ? 1_999 : 1_299)) assert.equal(segment, null);
      }
      assert.equal(seen.length, silent ? 1_999 : 1_998);
    }
    assert.equal((await reads.stats(plan(0))).count, 1_998);
    assert.equal((await reads.stats(plan(3))).count, 2_000);
    assert.deepEqual([...(await reads.guarded(elev)).uids], [first + 700, first + 1_300]);
    const page = await reads.page(plan(0), { offset: 699, size: 2 });
    assert.deepEqual([page?.from, page?.to], [first + 699, first + 701]);
  });

  test('copies stand until something is heard', async () => {
    const tenant = await organisation(600, (index) => `{"n":${index}}`, 'CASE n WHEN 300 THEN 3 ELSE 0 END');
    let heard = 0;
    const reads = readsOf(tenant, () => heard);
    for await (const part of partsOf(reads, plan(0), { offset: 0, size: 0 })) {
      if ('read' in part) continue;
      assert.equal(part.stands(), true);
      heard += 1;
      assert.equal(part.stands(), false);
      await reads.stats(plan(0));
      assert.equal(part.stands(), true);
      await protect(tenant, 10, 1);
      await reads.stats(plan(0));
      assert.equal(part.stands(), false);
    }
  });

  test('what was found of a page after a change of which nothing was heard stands for nothing', async () => {
    const tenant = await organisation(600, (index) => `{"n":${index}}`, 'CASE n WHEN 301 THEN 3 ELSE 0 END');
    const reads = readsOf(tenant, () => 0, { ...systemClock, monotonic: () => 1_000 });
    const found = () => reads.page(plan(0), { offset: 0, size: 400 });
    const [one, undisturbed] = [await found(), await found()];
    assert.ok(one !== null && undisturbed !== null);
    for await (const part of undisturbed.parts()) assert.ok(part.segment !== null);
    await remove(tenant, 310);
    const two = await found();
    assert.ok(two !== null && two.position === one.position);
    assert.deepEqual([one.to, two.to], [first + 400, first + 401], 'the end was looked for later');
    for (const page of [one, two]) {
      const shown: number[] = [];
      for await (const part of page.parts()) {
        if ('pieces' in part) assert.deepEqual([part.segment, part.stands()], [null, false]);
        for (const piece of 'pieces' in part ? part.pieces() : [part]) {
          assert.ok('read' in piece);
          const { bytes, segment } = await piece.read();
          assert.equal(segment, null);
          shown.push(...rowsIn(bytes.toString()));
        }
      }
      assert.deepEqual([shown[0], shown.length, shown.at(-1)], [0, page === one ? 399 : 400, page.to - first]);
    }
  });

  test('thousands of protected rows, and changes by the thousand, are taken in', async () => {
    const tenant = await organisation(9_000, (index) => `{"n":${index}}`, 'CASE WHEN n > 100 THEN 2 ELSE 0 END');
    const reads = readsOf(tenant, () => 0);
    const guarded = await reads.guarded(elev);
    assert.equal(guarded.uids.length, 8_900);
    assert.ok(guarded.own.every((own) => own === 2));
    assert.equal((await reads.stats(plan(1))).count, 100);
    assert.equal((await reads.stats(plan(2))).count, 9_000);
    assert.equal(await reads.guarded(elev), guarded);
    await sql(
      tenant,
      `WITH moved AS (
         UPDATE resource SET protection = 0, position = position + 9000 WHERE tenant = $1 AND uid >= ${first + 4_000} RETURNING uid, position),
       told AS (
         INSERT INTO change (tenant, position, collection, uid, kind, at, level) SELECT $1, position, ${collection}, uid, 2, 7, 2 FROM moved)
       UPDATE collection SET position = 18000, changed_at = 7 WHERE tenant = $1 AND id = 1`,
    );
    assert.equal((await reads.stats(plan(1))).count, 5_100);
    assert.equal((await reads.guarded(elev)).uids.length, 3_900);
    assert.ok(replans > 0);
  });

  test('times are compared as the hub reads them; what is no time fails nothing', async () => {
    const texts = [
      '2024-02-29T00:00:00Z',
      '2024-02-29',
      '2024-02-29T01:30:00+01:30',
      '2024-02-28T22:00-0200',
      '2024-02-29T00:00:00.999Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '1969-12-31T23:59:59Z',
      'soon',
      '',
      '2024-13-01T00:00:00Z',
      '2024-02-29T25:00:00Z',
      '2024-02-29 00:00:00',
    ];
    const tenant = await organisation(texts.length, (index) => `{"t":${JSON.stringify(texts[index])},"n":${index}}`);
    const reads = readsOf(tenant, () => 0);
    const at = Date.parse('2024-02-29T00:00:00Z');
    for (const [operator, holds] of [
      ['eq', (ms: number) => ms === at],
      ['ne', (ms: number) => ms !== at],
      ['lt', (ms: number) => ms < at],
      ['ge', (ms: number) => ms >= at],
    ] as const) {
      const filter: FilterExpr = {
        kind: 'compare',
        path: { names: ['t'], kind: 'dateTime' },
        operator,
        value: { kind: 'instant', value: at },
      };
      const found = await reads.select(plan(3), { filter, since: null }, Number.POSITIVE_INFINITY);
      const expected = texts.flatMap((text, index) => {
        const ms = parseInstant(text);
        return ms !== null && holds(Math.floor(ms / 1_000) * 1_000) ? [first + index] : [];
      });
      assert.deepEqual([...(found ?? [])], expected, operator);
    }
  });

  test('bodies with escapes that PostgreSQL has no text for are searched all the same', async () => {
    const bodies = [
      String.raw`{"navn":"a\u0000b","n":0}`,
      String.raw`{"navn":"\ud800","n":1}`,
      String.raw`{"navn":"a\\u0000b","n":2}`,
      String.raw`{"navn":"\\\u0000","n":3}`,
      String.raw`{"navn":"\u001f\u0000\u0000","n":4}`,
      '{"navn":"plain","n":5}',
    ];
    const tenant = await organisation(bodies.length, (index) => bodies[index] ?? '');
    const reads = readsOf(tenant, () => 0);
    const holding = async (value: string): Promise<readonly number[]> => {
      const path = { names: ['navn'], kind: 'string' } as const;
      const filter: FilterExpr = { kind: 'compare', path, operator: 'contains', value: { kind: 'text', value } };
      const found = await reads.select(plan(3), { filter, since: null }, Number.POSITIVE_INFINITY);
      return [...(found ?? [])].map((uid) => uid - first);
    };
    assert.deepEqual(await holding('plain'), [5]);
    assert.deepEqual(await holding('\\u0000'), [2]);
    assert.deepEqual(await holding('\\'), [2, 3]);
    assert.deepEqual(await holding('\u001f'), [4]);
  });

  test('no statement reads all that an organisation has, though the server has counted nothing', async () => {
    const rows = 3_000;
    const tenant = await organisation(rows, (index) => `{"navn":"n${index}","n":${index}}`);
    await sql(
      tenant,
      "INSERT INTO word (tenant, id, text) VALUES ($1, 2, 'person'), ($1, 3, 'elevforhold'), ($1, 4, 'elev')",
    );
    await sql(
      tenant,
      `INSERT INTO identifier (tenant, id, collection, field, value, uid)
       SELECT $1, n, 1, 1, 'E' || n, ${first} + n - 1 FROM generate_series(1, $2::bigint) n`,
      rows,
    );
    await sql(
      tenant,
      `INSERT INTO link (tenant, target, relation, source, source_identifier)
       SELECT $1, n, 2 + n % 2, ${first} + (n * 7) % $2, 1 + (n * 7) % $2 FROM generate_series(1, $2::bigint) n`,
      rows,
    );
    const pupils = Array.from({ length: 200 }, (_, index) => first + index);
    let statements = 0;
    const asked = new Map<string, { readonly text: string; readonly values: readonly Cell[] }>();
    const reads = createReads({
      database: {
        query: (scope, statement, values, options) => {
          statements += 1;
          asked.set(statement.name === '' ? statement.text : statement.name, { text: statement.text, values });
          return database.query(scope, statement, values, options);
        },
        replan: database.replan,
      },
      tenant,
      model,
      clock: systemClock,
      heard: () => 0,
      stale: () => {},
    });
    const some = [first + 5, first + 700, first + 2_999];
    const names: FilterExpr = {
      kind: 'in',
      path: { names: ['systemId', 'identifikatorverdi'], kind: 'string' },
      values: [{ kind: 'text', value: 'E5' }],
    };
    const linked: FilterExpr = { kind: 'linked', relation: 'person', target: elev, field: 'systemid', value: 'E8' };
    await reads.read(plan(3), { field: 'systemid', value: 'E7' });
    await reads.load(plan(3), some);
    for await (const part of partsOf(reads, plan(3), { offset: 1_000, size: 10 }))
      if ('read' in part) await part.read();
    await reads.changes(plan(3), 2_990, 100);
    await reads.select(plan(3), { filter: names, since: null }, Number.POSITIVE_INFINITY);
    await reads.select(plan(3), { filter: linked, since: null }, Number.POSITIVE_INFINITY);
    await reads.resolve(['E1', 'E2', 'nobody'].map((value) => ({ collection: elev, field: 'systemid', value })));
    await reads.aboutOf(first + 9);
    await reads.lives(some);
    await reads.linkedFrom('person', elev, 'elevforhold', Float64Array.from(some));
    for (const from of [person, elevforhold]) {
      const asMany = statements;
      assert.ok((await reads.related(planFor(from), 'elev', [...pupils])).from.length > 0);
      assert.equal(statements, asMany + 1);
    }
    await reads.uidsAfter(plan(3), first + 2_990, 100);
    for (const wanted of ['levels', 'values'] as const) await reads.heads(plan(3), some, wanted);
    await reads.changesOf([plan(3), planFor(person)], 2_990, 100);
    await protect(tenant, 4, 1);
    await reads.stats(plan(0));
    assert.ok(asked.size > 17);
    for (const [name, { text, values }] of asked) {
      // Reads everything on purpose, or the few rows that there are of it.
      if (['read_words', 'read_paths', 'any_marked'].includes(name)) continue;
      const told = await planOf(tenant, text, values);
      assert.doesNotMatch(told, /Seq Scan on (?:resource|identifier|link|change)/, `${name}\n${told}`);
      for (const [, removed] of told.matchAll(/Rows Removed by (?:Join )?Filter: (\d+)/g))
        assert.ok(Number(removed) < 100, `${name}\n${told}`);
      for (const [, found] of told.matchAll(/Scan [^\n]*actual rows=(\d+)/g))
        assert.ok(Number(found) <= 300, `${name}\n${told}`);
    }
  });

  /** How the server goes about a statement of an organisation, as it keeps plans. */
  const planOf = (tenant: number, text: string, values: readonly Cell[]): Promise<string> =>
    database.transaction(tenant, async (connection) => {
      const ask = (each: string) => connection.query({ name: '', text: each }, []);
      await ask(`PREPARE one AS ${text}`);
      const args = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
      const rows = await ask(`EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, SUMMARY OFF) EXECUTE one${args}`);
      await ask('DEALLOCATE one');
      return rows.map((row) => String(Object.values(row)[0])).join('\n');
    });

  test('an organisation sees its own rows only', async () => {
    const mine = await organisation(3, (index) => `{"n":${index}}`);
    const other = await organisation(5, (index) => `{"n":${index + 10}}`);
    const reads = readsOf(mine, () => 0);
    assert.equal((await reads.uids(plan(3))).length, 3);
    // Asked for the other's rows within its own sight: there are none.
    const rows = await database.query(mine, { name: '', text: 'SELECT uid FROM resource WHERE tenant = $1' }, [other]);
    assert.equal(rows.length, 0);
  });
});
