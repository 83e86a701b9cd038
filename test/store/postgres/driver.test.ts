// The driver against a real server: what comes back, whose rows are seen, what is bounded, and what happens when the server or the network
// does what they do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock as clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { addressesOf } from '#store/postgres/address.ts';
import type { Connection, Database, Sql } from '#store/postgres/database.ts';
import { bytesOf, numberOf, openDriver, textOf } from '#store/postgres/driver.ts';
import type { DriverOptions } from '#store/postgres/driver.ts';
import { stateOf } from '#store/postgres/errors.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { startProxy } from '../../postgres/proxy.ts';
import { ownServer } from '../../postgres/server.ts';

let place: TestDatabase;
before(async () => {
  place = await testDatabase();
});
after(() => place.drop());

const withDriver = async (work: (db: Database) => Promise<void>, more: Partial<DriverOptions> = {}): Promise<void> => {
  const db = await openDriver({ url: place.url, clock, ...more });
  try {
    await work(db);
  } finally {
    await db.close();
  }
};

/** Asserts that a promise rejects with a HubError of the code, and gives its problem. */
const fails = async (code: string, asked: Promise<unknown>): Promise<HubError> => {
  const error = await asked.then(
    () => assert.fail(`did not fail, should with ${code}`),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof HubError, String(error));
  assert.equal(error.problem.code, code, `${error.message} ${error.problem.internal ?? ''}`);
  return error;
};

const elapsed = async (work: Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
};

/** The shortest of a few turns: other tests run beside this one. */
const fastest = async (work: () => Promise<unknown>): Promise<number> => {
  const turns: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    turns.push(await elapsed(work()));
    await sleep(80);
  }
  return Math.min(...turns);
};

const eventually = async (what: string, ms: number, holds: () => Promise<boolean> | boolean): Promise<void> => {
  const until = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > until) assert.fail(`${what} did not come within ${ms} ms`);
    await sleep(20);
  }
};

const sql = (name: string, text: string): Sql => ({ name, text });
const echo = sql('echo', 'SELECT $1::bigint AS n');
const whose = sql('whose', `SELECT $1::bigint AS n, current_setting('bindeledd.tenant', true) AS tenant`);
const nap = sql('nap', 'SELECT pg_sleep($1::float8)::text AS done');
const put = sql('put', 'INSERT INTO meta (tenant, name, value) VALUES ($1, $2, $3)');
const names = sql('names', 'SELECT name, value FROM meta WHERE tenant = $1 ORDER BY name');
const backend = sql('backend', 'SELECT pg_backend_pid() AS pid');

describe('values', () => {
  test('come back as they went, of every type that the tables have', () =>
    withDriver(async (db) => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      const all = sql(
        'all',
        `SELECT $1::int2 AS small, $2::int4 AS middle, $3::bigint AS large, $4::text AS text, $5::bytea AS bytes, $6::boolean AS yes,
          $7::bigint[] AS numbers, $8::text[] AS texts, $9::int4[] AS none, $10::text AS missing, $11::float8 AS part`,
      );
      const texts = ['', 'NULL', 'null', 'a"b', String.raw`c\d`, '{}', ',', 'æøå 𝄞', "'", '\n\t'];
      const numbers = [0, -1, 2 ** 52, -(2 ** 40) - 7];
      const [row] = await db.query(7, all, [
        -5,
        2_147_483_647,
        Number.MIN_SAFE_INTEGER,
        'blåbær\u2028',
        bytes,
        true,
        numbers,
        texts,
        [],
        null,
        0.5,
      ]);
      assert.deepEqual(row, {
        small: -5,
        middle: 2_147_483_647,
        large: Number.MIN_SAFE_INTEGER,
        text: 'blåbær\u2028',
        bytes,
        yes: true,
        numbers,
        texts,
        none: [],
        missing: null,
        part: 0.5,
      });
      assert.equal(numberOf(row, 'middle'), 2_147_483_647);
      assert.equal(numberOf(row, 'missing'), 0);
      assert.equal(textOf(row, 'missing'), '');
      assert.equal(bytesOf(row, 'missing').length, 0);
    }));

  test('of a type that is not read are a loud mistake, and the connection goes on', () =>
    withDriver(async (db) => {
      await assert.rejects(db.query(1, sql('odd', 'SELECT 1.5::numeric AS odd'), []), /1700/);
      assert.deepEqual(await db.query(1, echo, [1]), [{ n: 1 }]);
    }));

  test('larger than many packets come whole', () =>
    withDriver(async (db) => {
      const rows = await db.query(
        1,
        sql(
          'bulk',
          `SELECT n::int4, convert_to(repeat(chr(97 + n % 26), 1 + n * 7), 'UTF8') AS body FROM generate_series(0, 2999) n`,
        ),
        [],
        { long: true },
      );
      assert.equal(rows.length, 3_000);
      for (const [index, row] of rows.entries()) {
        const body = bytesOf(row, 'body');
        assert.equal(body.length, 1 + index * 7);
        assert.equal(body[body.length - 1], 97 + (index % 26));
      }
    }));
});

describe('many statements on one connection', () => {
  test('each has its own organisation, and gets its own answer', () =>
    withDriver(async (db) => {
      const asked = Array.from({ length: 3_000 }, (_, n) => db.query(n % 7 === 0 ? null : n, whose, [n]));
      for (const [n, rows] of (await Promise.all(asked)).entries())
        assert.deepEqual(rows, [{ n, tenant: n % 7 === 0 ? (rows[0]?.['tenant'] ?? '') : String(n) }]);
      // Gone with each statement.
      for (let turn = 0; turn < 10; turn += 1)
        assert.ok(['', null].includes((await db.query(null, whose, [1]))[0]?.['tenant'] as string | null));
    }));

  test('one that fails leaves those beside it alone', () =>
    withDriver(
      async (db) => {
        const divide = sql('divide', 'SELECT 100 / $1::int4 AS n');
        const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => db.query(1, divide, [n % 5])));
        for (const [n, outcome] of outcomes.entries())
          if (n % 5 === 0) assert.equal(outcome.status, 'rejected');
          else assert.deepEqual(outcome.status === 'fulfilled' && outcome.value, [{ n: Math.trunc(100 / (n % 5)) }]);
      },
      { shared: 1 },
    ));

  test('one that cannot be prepared at first does not take those behind it with it', () =>
    withDriver(
      async (db) => {
        const later = sql('later', 'SELECT count(*) AS n FROM made_later');
        const first = await Promise.allSettled(Array.from({ length: 5 }, () => db.query(1, later, [])));
        assert.ok(first.every(({ status }) => status === 'rejected'));
        await run(
          place.ownerUrl,
          `CREATE TABLE bindeledd.made_later (n integer); GRANT SELECT ON bindeledd.made_later TO PUBLIC`,
        );
        const second = await Promise.all(Array.from({ length: 5 }, () => db.query(1, later, [])));
        assert.ok(second.every(([row]) => row?.['n'] === 0));
        await run(place.ownerUrl, 'DROP TABLE bindeledd.made_later');
      },
      { shared: 1 },
    ));

  test('without a name every text is its own', () =>
    withDriver(async (db) => {
      const asked = Array.from({ length: 50 }, (_, n) =>
        db.query(3, sql('', `SELECT ${n}::int4 AS n${n}, $1::text AS t`), ['x']),
      );
      for (const [n, rows] of (await Promise.all(asked)).entries()) assert.deepEqual(rows, [{ [`n${n}`]: n, t: 'x' }]);
    }));

  test('what the server says of a value is not passed on', () =>
    withDriver(async (db) => {
      const error = await fails('HUB-500', db.query(1, sql('cast', 'SELECT $1::text::bigint AS n'), ['31854512345 x']));
      assert.equal(stateOf(error), '22P02');
      assert.ok(!JSON.stringify(error.problem).includes('31854512345'));
    }));
});

describe('deadlines', () => {
  test('stop the statement on the server, and leave the connection as it was', () =>
    withDriver(async (db) => {
      const took = await elapsed(
        fails('HUB-501', db.query(1, nap, [5], { deadline: clock.monotonic() + 100, long: true })),
      );
      assert.ok(took < 1_500, `${took} ms`);
      const error = await fails('HUB-501', db.query(1, nap, [5], { deadline: clock.monotonic() + 20 }));
      assert.equal(stateOf(error), '57014');
      const limit = sql('limit', `SELECT current_setting('statement_timeout') AS ms`);
      assert.deepEqual(await db.query(1, limit, [], { long: true }), [{ ms: '30s' }]);
      assert.deepEqual(await db.query(null, limit, []), [{ ms: '30s' }]);
    }));

  test('that have passed send nothing', () =>
    withDriver(async (db) => {
      await fails('HUB-501', db.query(1, echo, [1], { deadline: clock.monotonic() - 1 }));
      await fails(
        'HUB-501',
        db.transaction(1, async () => 1, { deadline: clock.monotonic() - 1 }),
      );
    }));

  test('stop a transaction too, which leaves nothing', () =>
    withDriver(async (db) => {
      const slow = db.transaction(
        11,
        async (c) => {
          await c.query(put, [11, 'slow', '1']);
          await c.query(nap, [5]);
        },
        { deadline: clock.monotonic() + 150 },
      );
      await fails('HUB-501', slow);
      assert.deepEqual(await db.query(11, names, [11]), []);
    }));

  test('of the settings stop what has none of its own', () =>
    withDriver((db) => fails('HUB-501', db.query(1, nap, [5])).then(() => {}), { statementMs: 100 }));
});

describe('transactions', () => {
  test('keep all or nothing', () =>
    withDriver(async (db) => {
      await db.transaction(21, (c) => Promise.all([c.query(put, [21, 'a', '1']), c.query(put, [21, 'b', '2'])]));
      await assert.rejects(
        db.transaction(21, async (c) => {
          await c.query(put, [21, 'c', '3']);
          throw new Error('thought better of it');
        }),
        /thought better/,
      );
      assert.deepEqual(await db.query(21, names, [21]), [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ]);
    }));

  test('in which an error was passed over are not called done', () =>
    withDriver(async (db) => {
      const passed = db.transaction(22, async (c) => {
        await c.query(put, [22, 'a', '1']);
        await c.query(put, [22, 'a', '2']).catch(() => {});
      });
      await fails('HUB-500', passed);
      assert.deepEqual(await db.query(22, names, [22]), []);
    }));

  test('tell the first error, not what followed from it', () =>
    withDriver(async (db) => {
      let second: unknown = null;
      await db
        .transaction(22, async (c) => {
          await c.query(put, [22, 'a', '1']);
          const twice = c.query(put, [22, 'a', '2']);
          twice.catch(() => {});
          const behind = c.query(echo, [1]);
          await behind.catch((error: unknown) => {
            second = error;
          });
          await twice;
        })
        .catch(() => {});
      assert.equal(stateOf(second), '23505');
    }));

  test('go on after going back to a savepoint', () =>
    withDriver(async (db) => {
      await db.transaction(23, async (c) => {
        await c.query(put, [23, 'a', '1']);
        await c.query(sql('savepoint', 'SAVEPOINT work'), []);
        await assert.rejects(c.query(put, [23, 'a', '2']));
        await c.query(sql('back', 'ROLLBACK TO SAVEPOINT work'), []);
        await c.query(put, [23, 'b', '2']);
      });
      assert.equal((await db.query(23, names, [23])).length, 2);
    }));

  test('with a snapshot see one state', () =>
    withDriver(async (db) => {
      await db.transaction(
        24,
        async (c) => {
          await c.query(names, [24]);
          await db.query(24, put, [24, 'a', '1']);
          assert.deepEqual(await c.query(names, [24]), []);
        },
        { snapshot: true },
      );
      assert.equal((await db.query(24, names, [24])).length, 1);
    }));
});

/** Many rows as a delivery writes them: some thousand with each statement, all sent together. */
const putMany = async (c: Connection, total: number): Promise<void> => {
  const sent: Promise<unknown>[] = [];
  for (let from = 0; from < total; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, total - from) }, (_, index) => from + index);
    const [list, values] = [rows.map((n) => `n${n}`), rows.map(() => `verdi-${'æ'.repeat(50)}`)];
    sent.push(c.query(putList, [31, list, values]));
  }
  await Promise.all(sent);
};

const putList = sql(
  'put_list',
  'INSERT INTO meta (tenant, name, value) SELECT $1::int4, n, v FROM unnest($2::text[], $3::text[]) AS w (n, v)',
);
const count = sql('count', 'SELECT count(*) AS n FROM meta WHERE tenant = $1');
const wipe = sql('wipe', 'DELETE FROM meta WHERE tenant = $1');

describe('many rows', () => {
  test('come between other statements of the transaction', () =>
    withDriver(async (db) => {
      await db.transaction(31, (c) => putMany(c, 20_000));
      assert.deepEqual(await db.query(31, count, [31]), [{ n: 20_000 }]);
      await db.query(31, wipe, [31]);
    }));

  test('cut in the middle leave nothing, fail at once, and the next ones come', async () => {
    await using proxy = await startProxy(place.url);
    await withDriver(
      async (db) => {
        await db.transaction(31, (c) => putMany(c, 100));
        await db.query(31, wipe, [31]);
        proxy.cutAfter(300_000);
        await fails(
          'HUB-503',
          db.transaction(31, (c) => putMany(c, 50_000)),
        );
        await eventually(
          'an answer',
          3_000,
          async () => (await db.query(31, count, [31]).catch(() => []))[0]?.['n'] === 0,
        );
        await db.transaction(31, (c) => putMany(c, 20_000));
        assert.deepEqual(await db.query(31, count, [31]), [{ n: 20_000 }]);
        await db.query(31, wipe, [31]);
      },
      { url: proxy.url },
    );
  });
});

describe('bounds', () => {
  test('who waits beyond them is refused at once', () =>
    withDriver(
      async (db) => {
        await Promise.all([1, 2].map((n) => db.query(n, nap, [0.05], { long: true })));
        const all = Array.from({ length: 12 }, (_, n) =>
          db.query(n, nap, [0.3], { long: true }).catch((error: unknown) => error),
        );
        const refused = (await Promise.all(all)).filter((one) => one instanceof HubError);
        assert.equal(refused.length, 6);
        for (const error of refused) assert.equal(error.problem.code, 'HUB-501');
        assert.ok(refused.every((error) => (error.problem.retryAfter ?? 0) > 0));
      },
      { reading: 2, waiting: 4 },
    ));

  test('one organisation that asks for everything does not keep the others waiting', () =>
    withDriver(
      async (db) => {
        let done = 0;
        const greedy = Array.from({ length: 40 }, () =>
          db
            .query(1, nap, [0.2], { long: true })
            .catch(() => {})
            .then(() => (done += 1)),
        );
        await sleep(50);
        await db.query(2, nap, [0.01], { long: true });
        assert.ok(done < 20, `${done} of the greedy ones came first`);
        await Promise.all(greedy);
      },
      { reading: 4, waiting: 100 },
    ));

  test('a transaction waits for its turn, and no longer than its deadline', () =>
    withDriver(
      async (db) => {
        const holding = db.transaction(1, (c) => c.query(nap, [0.8]));
        await sleep(50);
        await fails(
          'HUB-501',
          db.transaction(2, async () => 1, { deadline: clock.monotonic() + 100 }),
        );
        assert.equal(await db.transaction(2, async () => 7), 7);
        await holding;
      },
      { writing: 1 },
    ));

  test('a server without a place left is busy, not away', () =>
    withDriver(async (db) => {
      await db.query(1, echo, [1]);
      await run(place.adminUrl, `ALTER DATABASE ${place.name} CONNECTION LIMIT 1`);
      const all = Array.from({ length: 6 }, (_, n) =>
        fails(
          'HUB-501',
          db.transaction(n, (c) => c.query(nap, [0.05])),
        ),
      );
      await Promise.all(all);
      assert.deepEqual(await db.query(1, echo, [1]), [{ n: 1 }]);
      await run(place.adminUrl, `ALTER DATABASE ${place.name} CONNECTION LIMIT -1`);
      assert.equal(await db.transaction(1, async () => 1), 1);
    }));
});

describe('a connection that breaks', () => {
  test('fails what was under way on it, and is replaced', () =>
    withDriver(
      async (db) => {
        const [row] = await db.query(null, backend, []);
        const under = fails('HUB-503', db.query(1, nap, [5]));
        await sleep(50);
        await run(place.adminUrl, `SELECT pg_terminate_backend(${numberOf(row, 'pid')})`);
        await under;
        await eventually(
          'another connection',
          2_000,
          async () => (await db.query(1, echo, [4]).catch(() => [])).length === 1,
        );
        assert.notEqual(numberOf((await db.query(null, backend, []))[0], 'pid'), numberOf(row, 'pid'));
      },
      { shared: 1 },
    ));

  test('in a transaction takes the transaction with it', () =>
    withDriver(async (db) => {
      const under = db.transaction(41, async (c) => {
        await c.query(put, [41, 'a', '1']);
        const [row] = await c.query(backend, []);
        await run(place.adminUrl, `SELECT pg_terminate_backend(${numberOf(row, 'pid')})`);
        await c.query(put, [41, 'b', '1']);
      });
      await fails('HUB-503', under);
      assert.deepEqual(await db.query(41, names, [41]), []);
      assert.equal(await db.transaction(41, async () => 'again'), 'again');
    }));
});

describe('a server that goes away', () => {
  test('is answered for at once, and is found again by itself', async () => {
    await using server = await ownServer();
    const db = await openDriver({ url: server.url, clock });
    const heard: string[] = [];
    let lost = 0;
    db.listen(
      'news',
      (payload) => heard.push(payload),
      () => (lost += 1),
    );
    await eventually('listening', 2_000, () => lost === 1);
    const under = fails('HUB-503', db.query(null, nap, [20], { long: true }));
    await db.query(null, echo, [1]);
    await server.stop('immediate');
    await under;
    await eventually('that it is known', 500, () =>
      db.query(null, echo, [1]).then(
        () => false,
        () => true,
      ),
    );
    const health = async (): Promise<void> => assert.equal(await db.healthy(), false);
    for (const asking of [
      () => fails('HUB-503', db.query(null, echo, [1])),
      () => fails('HUB-503', db.query(null, echo, [1], { long: true })),
      () =>
        fails(
          'HUB-503',
          db.transaction(null, async () => 1),
        ),
      health,
    ])
      assert.ok((await fastest(asking)) < 200);
    await server.start();
    await eventually('an answer', 5_000, () =>
      db.query(null, echo, [1]).then(
        () => true,
        () => false,
      ),
    );
    await eventually('health', 2_000, () => db.healthy());
    await eventually('that something may have been missed', 2_000, () => lost === 2);
    db.notify('news', 'again');
    await eventually('the notice', 2_000, () => heard.includes('again'));
    await db.close();
  });

  test('that says nothing any more is noticed, and then answered for at once', async () => {
    await using proxy = await startProxy(place.url);
    await withDriver(
      async (db) => {
        await db.query(1, echo, [1]);
        assert.equal(await db.healthy(), true);
        proxy.freeze();
        assert.ok((await fastest(() => db.healthy())) < 200);
        const took = await elapsed(fails('HUB-503', db.query(1, echo, [1])));
        assert.ok(took < 3_000, `${took} ms`);
        assert.ok((await fastest(() => fails('HUB-503', db.query(1, echo, [1])))) < 200);
        proxy.cut();
        proxy.open();
        await eventually('an answer', 6_000, () =>
          db.query(1, echo, [1]).then(
            () => true,
            () => false,
          ),
        );
      },
      { url: proxy.url, connectMs: 500 },
    );
  });

  test('and all who wait are told', async () => {
    await using proxy = await startProxy(place.url);
    await withDriver(
      async (db) => {
        const waiting = Array.from({ length: 10 }, (_, n) =>
          fails(
            'HUB-503',
            db.transaction(n, (c) => c.query(nap, [10])),
          ),
        );
        await sleep(100);
        proxy.refuse();
        assert.ok((await elapsed(Promise.all(waiting))) < 500);
        proxy.open();
        await eventually('an answer', 3_000, () =>
          db.query(1, echo, [1]).then(
            () => true,
            () => false,
          ),
        );
      },
      { url: proxy.url, writing: 2 },
    );
  });
});

const opening = async (url: string): Promise<HubError> => {
  const error = await openDriver({ url, clock, connectMs: 1_000 }).then(
    async (db) => {
      await db.close();
      assert.fail('it opened');
    },
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof HubError, String(error));
  return error;
};

describe('what the hub does not start on', () => {
  test('nobody there, a wrong password, no such database, no address', async () => {
    const nobody = new URL(place.url);
    nobody.port = '1';
    assert.equal((await opening(nobody.href)).problem.code, 'HUB-503');
    const wrong = new URL(place.url);
    wrong.password = 'wrong-one';
    const refused = await opening(wrong.href);
    assert.equal(refused.problem.code, 'HUB-515');
    assert.ok(!JSON.stringify(refused.problem).includes('wrong-one'));
    const none = new URL(place.url);
    none.pathname = '/there_is_no_such_database';
    assert.equal((await opening(none.href)).problem.code, 'HUB-514');
    for (const bad of ['', 'mysql://a:geheim@b/c', 'postgres//x', 'postgres://a:geheim@:port/x']) {
      const error = await opening(bad);
      assert.equal(error.problem.code, 'HUB-700');
      assert.ok(!error.message.includes('geheim'));
    }
  });

  test('several servers in one address', () => {
    assert.deepEqual(addressesOf('postgres://u:p@a:1,b:2/d?sslmode=require'), [
      'postgres://u:p@a:1/d?sslmode=require',
      'postgres://u:p@b:2/d?sslmode=require',
    ]);
    assert.deepEqual(addressesOf('postgresql://a/d'), ['postgresql://a/d']);
    assert.deepEqual(addressesOf('postgres:///d?host=/run/postgresql'), ['postgres:///d?host=/run/postgresql']);
  });

  test('a server in recovery; of several servers the one that takes writes is used', async () => {
    await using standby = await ownServer();
    await standby.stop();
    writeFileSync(path.join(standby.data, 'standby.signal'), '');
    await standby.start();
    assert.equal((await opening(standby.url)).problem.code, 'HUB-502');
    const [here, there] = [new URL(place.url), new URL(standby.url)];
    // The login is that of the first; the standby refuses it, or is in recovery: either way it is passed by.
    const both = place.url.replace(here.host, `${there.host},${here.host}`);
    await withDriver(async (db) => assert.deepEqual(await db.query(1, echo, [1]), [{ n: 1 }]), { url: both });
  });
});

const put51 = (db: Database): Promise<unknown> => db.transaction(51, (c) => c.query(put, [51, 'a', '1']));

/** Gives the server of a folder a certificate that nobody has signed. */
const certificate = (data: string): void => {
  const [key, cert] = [path.join(data, 'server.key'), path.join(data, 'server.crt')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const made = spawnSync('openssl', [
    ...request,
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  assert.equal(made.status, 0, made.stderr.toString());
  const { uid, gid } = statSync(data);
  for (const file of [key, cert]) chownSync(file, uid, gid);
  chmodSync(key, 0o600);
};

test('encrypted connections carry the same, and an unknown certificate is refused', async (t) => {
  if (spawnSync('openssl', ['version']).status !== 0) return t.skip('openssl is not installed');
  await using server = await ownServer(['fsync=off', 'ssl=on'], certificate);
  const cert = path.join(server.data, 'server.crt');
  assert.equal((await opening(`${server.url}?sslmode=verify-full`)).problem.code, 'HUB-503');
  await withDriver(
    async (db) => {
      const cipher = sql('cipher', 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      assert.deepEqual(await db.query(null, cipher, []), [{ ssl: true }]);
      const large = sql('large', `SELECT n::int4, repeat('æ', n) AS text FROM generate_series(0, 999) n`);
      for (const [n, row] of (await db.query(null, large, [])).entries())
        assert.equal(textOf(row, 'text'), 'æ'.repeat(n));
      const asked = Array.from({ length: 200 }, (_, n) => db.query(n, whose, [n]));
      for (const [n, rows] of (await Promise.all(asked)).entries()) assert.deepEqual(rows, [{ n, tenant: String(n) }]);
    },
    { url: `${server.url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(cert)}` },
  );
});

describe('a database that takes no writes', () => {
  test('because it was made read-only', async () => {
    await run(place.adminUrl, `ALTER DATABASE ${place.name} SET default_transaction_read_only = on`);
    try {
      await withDriver(async (db) => {
        const error = await fails('HUB-502', put51(db));
        assert.equal(stateOf(error), '25006');
        assert.deepEqual(await db.query(51, names, [51]), []);
      });
    } finally {
      const admin = place.adminUrl;
      await run(
        admin,
        'SET default_transaction_read_only = off',
        `ALTER DATABASE ${place.name} RESET default_transaction_read_only`,
      );
    }
  });

  test('because its disk is full, is unhealthy until something has been written again', async () => {
    await run(
      place.adminUrl,
      `CREATE FUNCTION bindeledd.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '53100' USING MESSAGE = 'could not extend file'; END $$`,
      'CREATE TRIGGER full_disk BEFORE INSERT ON bindeledd.meta FOR EACH ROW EXECUTE FUNCTION bindeledd.full_disk()',
    );
    await withDriver(async (db) => {
      assert.equal(await db.healthy(), true);
      await fails('HUB-502', put51(db));
      assert.equal(await db.healthy(), false);
      await run(place.adminUrl, 'DROP TRIGGER full_disk ON bindeledd.meta');
      await put51(db);
      assert.equal(await db.healthy(), true);
    });
  });
});

describe('notices', () => {
  test('reach every process that listens, once for each turn', () =>
    withDriver((one) =>
      withDriver(async (other) => {
        const heard: string[] = [];
        let ready = 0;
        const ends = [one, other].map((db, index) =>
          db.listen(
            'news',
            (payload) => heard.push(`${index} ${payload}`),
            () => (ready += 1),
          ),
        );
        await eventually('listening', 2_000, () => ready === 2);
        one.notify('news', 'a');
        one.notify('news', 'a');
        one.notify('news', 'b');
        await eventually('the notices', 2_000, () => heard.length >= 4);
        assert.deepEqual(heard.toSorted(), ['0 a', '0 b', '1 a', '1 b']);
        for (const end of ends) end();
        one.notify('news', 'c');
        await one.query(null, echo, [1]);
        await sleep(50);
        assert.equal(heard.length, 4);
      }),
    ));
});

test('a closed driver says so', async () => {
  const db = await openDriver({ url: place.url, clock });
  await db.query(1, echo, [1]);
  await Promise.all([db.query(1, nap, [0.1]), db.close()]);
  await fails('HUB-503', db.query(1, echo, [1]));
  await fails(
    'HUB-503',
    db.transaction(1, async () => 1),
  );
  assert.equal(await db.healthy(), false);
});
