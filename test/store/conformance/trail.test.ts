// The audit as its owner uses it: found by every question, in either order; sealed in time; trimmed with a signature.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#base/errors.ts';
import { packUids } from '#base/packed-uids.ts';
import type { AuditKey, AuditRecord, AuditScan, AuditSubjects, ChainPart, TenantStore } from '#store/store.ts';
import { verifyChain } from '#verify/audit-verify.ts';
import { onEveryDialect } from './dialects.ts';
import { elev, inWorld, person } from './world.ts';

const publicKey = ({ id, publicJwk }: AuditKey): object => ({ ...(JSON.parse(publicJwk) as object), kid: id });

const at = 1_700_000_000_000;

const record = (id: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id,
  at,
  request: 'req',
  issuer: 'hub',
  client: 'c1',
  token: 'jti',
  api: 'fint',
  operation: 'read',
  collection: elev,
  decision: 'allow',
  rule: 'g1',
  count: 1,
  subjects: [],
  seen: null,
  details: '',
  ...more,
});

const uids = (...list: readonly number[]): AuditRecord['seen'] => ({
  kind: 'uids',
  uids: packUids(list).toString('base64url'),
});

const range = (from: number, to: number, position: number, ...without: readonly number[]): AuditRecord['seen'] => ({
  kind: 'range',
  from,
  to,
  position,
  without: packUids(without).toString('base64url'),
});

/** One resource that was there from `born` to before `gone`. */
const subject = (uid: number, born = 0, gone: number | null = null): AuditSubjects => ({
  uids: Float64Array.of(uid),
  lives: [{ born, gone }],
});

const found = async ({ trail }: TenantStore, query: Partial<AuditScan>): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const batch of trail.scan({ order: 'oldest', ...query })) ids.push(...batch.map((one) => one.record.id));
  return ids;
};

onEveryDialect('the audit trail', (dialect) => {
  test('records are found by application, class, period and decision, in either order, and from where one stopped', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      for (let index = 1; index <= 40; index += 1)
        await tenant.appendAudit(
          record(`${index}`, {
            at: at + index * 1_000,
            client: `c${index % 3}`,
            collection: index % 2 === 0 ? person : elev,
            decision: index % 5 === 0 ? 'deny' : 'allow',
          }),
        );
      const all = Array.from({ length: 40 }, (_, index) => `${index + 1}`);
      assert.deepEqual(await found(tenant, {}), all);
      assert.deepEqual(await found(tenant, { order: 'newest' }), all.toReversed());
      assert.deepEqual(await found(tenant, { client: 'c0', decision: 'deny' }), ['15', '30']);
      assert.deepEqual(await found(tenant, { collections: [person], from: at + 35_000 }), ['36', '38', '40']);
      assert.deepEqual(await found(tenant, { collections: ['utdanning/*'], to: at + 3_000 }), ['1', '2', '3']);
      assert.deepEqual(await found(tenant, { collections: ['administrasjon/*'] }), []);
      assert.deepEqual(await found(tenant, { beyond: 38 }), ['39', '40']);
      assert.deepEqual(await found(tenant, { order: 'newest', beyond: 3 }), ['2', '1']);
      assert.deepEqual(await found(tenant, { client: 'c' }), []);
    }));

  test('records are found by the request that they are of, whole and of whichever application', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          tenant.appendAudit(
            record(`${index}`, { at: at + index, request: `r${index % 10}`, client: `c${index % 2}` }),
          ),
        ),
      );
      await tenant.appendAudit(record('odd', { request: 'with "quotes" and \\ and %' }));
      await tenant.appendAudit(record('details', { request: 'other', details: '"request":"r3"' }));
      assert.deepEqual(await found(tenant, { request: 'r3' }), ['3', '13', '23']);
      assert.deepEqual(await found(tenant, { request: 'r3', client: 'c1', from: at + 10 }), ['13', '23']);
      assert.deepEqual(await found(tenant, { request: 'r3', client: 'c0' }), []);
      assert.deepEqual(await found(tenant, { request: 'r3', order: 'newest' }), ['23', '13', '3']);
      assert.deepEqual(await found(tenant, { request: 'with "quotes" and \\ and %' }), ['odd']);
      for (const request of ['r', 'R3', 'r33', '%', '']) assert.deepEqual(await found(tenant, { request }), []);
    }));

  test('only the latest records are looked at where no more are wanted', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      for (let index = 1; index <= 12; index += 1)
        await tenant.appendAudit(record(`${index}`, { at: at + index, request: `r${index}` }));
      assert.deepEqual(await found(tenant, { latest: 4, order: 'newest' }), ['12', '11', '10', '9', '8']);
      assert.deepEqual(await found(tenant, { latest: 4, to: at + 6 }), ['2', '3', '4', '5', '6']);
      assert.deepEqual(await found(tenant, { latest: 4, request: 'r8' }), ['8']);
      assert.deepEqual(await found(tenant, { latest: 4, request: 'r7' }), []);
      assert.equal((await found(tenant, { latest: 100 })).length, 12);
    }));

  test('records of one commit are told apart, and what a write recorded is among them', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => tenant.appendAudit(record(`${index + 1}`, { at: at + index }))),
      );
      await tenant.write(async (tx) => {
        await tx.audit(record('w', { at: at + 500, operation: 'deliver' }));
        await tx.settle();
      });
      assert.deepEqual(await found(tenant, { from: at + 97, to: at + 500 }), ['98', '99', '100', 'w']);
      assert.deepEqual(await found(tenant, { beyond: 99 }), ['100', 'w']);
      assert.deepEqual(await found(tenant, { order: 'newest', beyond: 4 }), ['3', '2', '1']);
    }));

  test('who has seen: named resources, and those of a range that were there and not left out', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const base = 5 * 2 ** 40;
      const shown: readonly (readonly [string, AuditRecord['seen']])[] = [
        ['nobody', null],
        ['one', uids(base + 7)],
        ['another', uids(base + 8)],
        ['many', uids(base + 1, base + 7, base + 900)],
        ['list', range(base, base + 100, 50)],
        ['elsewhere', range(base + 8, base + 100, 50)],
        ['without', range(base, base + 100, 50, base + 3, base + 7)],
        ['later', range(base, base + 7, 90)],
      ];
      for (const [id, seen] of shown) await tenant.appendAudit(record(id, { seen }));
      assert.deepEqual(await found(tenant, { seen: subject(base + 7) }), ['one', 'many', 'list', 'later']);
      // Not yet there at position 50, or gone by 90.
      assert.deepEqual(await found(tenant, { seen: subject(base + 7, 51) }), ['one', 'many', 'later']);
      assert.deepEqual(await found(tenant, { seen: subject(base + 7, 50, 90) }), ['one', 'many', 'list']);
      assert.deepEqual(await found(tenant, { seen: subject(base + 7, 50, 50) }), ['one', 'many']);
      assert.deepEqual(await found(tenant, { seen: subject(base + 2_000) }), []);
      const two: AuditSubjects = {
        uids: Float64Array.of(base + 8, base + 900),
        lives: [
          { born: 0, gone: null },
          { born: 0, gone: null },
        ],
      };
      assert.deepEqual(await found(tenant, { seen: two }), ['another', 'many', 'list', 'elsewhere', 'without']);
    }));

  test('a checkpoint is made when asked for, once for the same state, and at a clean stop', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      assert.equal(await tenant.trail.seal(), null);
      await tenant.appendAudit(record('1'));
      const first = await tenant.trail.seal();
      assert.deepEqual([first?.number, first?.kind, first?.sequence, first?.previous], [1, 'head', 1, '']);
      assert.deepEqual(await tenant.trail.seal(), first);
      await tenant.appendAudit(record('2'));
      const again = await (await reopen()).tenant('a.test');
      const [newest, ...rest] = await again.trail.checkpoints({ limit: 10 });
      assert.deepEqual([newest?.number, newest?.sequence, newest?.previous], [2, 2, first?.signature]);
      assert.deepEqual(rest, [first]);
      assert.deepEqual(await again.trail.checkpoints({ before: 2, limit: 10 }), [first]);
    }));

  test('a checkpoint is made after 10,000 records', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      // The first signature may be for a few thousand of them.
      for (let round = 0; round < 24; round += 1)
        await Promise.all(Array.from({ length: 1_000 }, (_, index) => tenant.appendAudit(record(`${round}-${index}`))));
      const sealed = async (): Promise<number> => (await tenant.trail.checkpoints({ limit: 1 }))[0]?.sequence ?? 0;
      // The first records are sealed at once: what is waited for is the one after.
      for (let wait = 0; wait < 500 && (await sealed()) < 10_000; wait += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
      assert.ok((await sealed()) >= 10_000);
    }));

  test('old records are dropped under a signed cut; newer ones are found as before', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      for (let index = 1; index <= 10; index += 1) await tenant.appendAudit(record(`${index}`, { at: at + index }));
      await tenant.trail.seal();
      assert.equal(await tenant.trail.trim(at + 4), 3);
      assert.equal(await tenant.trail.trim(at + 4), 0);
      const [cut] = await tenant.trail.checkpoints({ limit: 1 });
      assert.deepEqual([cut?.kind, cut?.sequence], ['cut', 3]);
      await tenant.appendAudit(record('11', { at: at + 11 }));
      const again = await (await reopen()).tenant('a.test');
      assert.deepEqual(await found(again, {}), ['4', '5', '6', '7', '8', '9', '10', '11']);
      // The newest stays, so that the chain has an end.
      assert.equal(await again.trail.trim(at + 1_000), 7);
      assert.deepEqual(await found(again, {}), ['11']);
    }));

  test('the whole is told as text that the verifier proves, at once or a piece at a time, and only from places that were given', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const whole = async (): Promise<string> => {
        let text = '';
        for await (const piece of tenant.trail.chain()) text += piece;
        return text;
      };
      const proved = async (): Promise<readonly object[]> => {
        const lines = (await whole()).trimEnd().split('\n');
        const keys = await Promise.all((await store.platform.auditKeys()).map(publicKey));
        return verifyChain({ organisation: 'a.test', lines, keys: { keys } }).broken;
      };
      assert.deepEqual(await proved(), []);
      for (let round = 0; round < 5; round += 1)
        await Promise.all(Array.from({ length: 900 }, (_, index) => tenant.appendAudit(record(`${round}-${index}`))));
      await tenant.trail.seal();
      assert.deepEqual(await proved(), []);
      const text = await whole();
      let [joined, pieces]: [string, number] = ['', 0];
      for (let from: string | null = null; ;) {
        const part: ChainPart = await tenant.trail.chainPart(from);
        joined += part.text;
        pieces += 1;
        if (part.next === null) break;
        from = part.next;
      }
      assert.equal(joined, text);
      assert.ok(pieces > 4, `${pieces} pieces`);
      for (const place of ['', 'x', '1.2.3', '1.2.3.4.5.6.7', '-1.2.3.4.5.6', '1.2.3.4.5.x'])
        await assert.rejects(
          async () => tenant.trail.chainPart(place),
          (error: unknown) => error instanceof HubError && error.problem.code === 'HUB-103',
          place,
        );
    }));
});
