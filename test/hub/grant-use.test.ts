// Which grants are told of as used: those of records that are kept, and no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countingStore } from '#hub/grant-use.ts';
import type { AuditRecord, Store, TenantStore, TenantWrite } from '#store/store.ts';

const record = (more: Partial<AuditRecord>): AuditRecord => ({
  id: 'r',
  at: 1,
  request: 'q',
  issuer: 'i',
  client: 'lms',
  token: 't',
  api: 'fint',
  operation: 'list',
  collection: 'a/b/c',
  decision: 'allow',
  rule: 'grant-1 grant-2',
  count: 1,
  subjects: [],
  seen: null,
  details: '',
  ...more,
});

const setUp = (refuse: () => boolean = () => false) => {
  const kept: AuditRecord[] = [];
  const keep = (one: AuditRecord): void => {
    if (refuse()) throw new Error('full');
    kept.push(one);
  };
  const tx = { audit: keep } as unknown as TenantWrite;
  const write = async <T>(work: (tx: TenantWrite) => Promise<T>): Promise<T> => {
    const before = kept.length;
    try {
      return await work(tx);
    } catch (error) {
      kept.length = before;
      throw error;
    }
  };
  const tenant = {
    id: 'o',
    appendAudit: async (one: AuditRecord) => keep(one),
    write,
    writeTogether: write,
  } as unknown as TenantStore;
  const used: string[] = [];
  const store = countingStore({ tenant: async () => tenant } as unknown as Store, (application, grants) =>
    used.push(`${application}: ${grants.join('+')}`),
  );
  return { store, used, kept };
};

test('what was let through is told by its grants, once its record is kept', async () => {
  const { store, used, kept } = setUp();
  const tenant = await store.tenant('o');
  await tenant.appendAudit(record({}));
  await tenant.appendAudit(record({ decision: 'deny', rule: 'no-grant' }));
  await tenant.appendAudit(record({ api: 'admin', rule: 'admin.read admin.write' }));
  await tenant.appendAudit(record({ api: 'access-keys', collection: '', rule: 'one-time-link' }));
  assert.deepEqual(used, ['lms: grant-1+grant-2']);
  await tenant.write(async (tx) => {
    await tx.audit(record({ rule: 'grant-3' }));
    assert.equal(used.length, 1, 'not before it is durable');
  });
  await tenant.writeTogether(async (tx) => tx.audit(record({ client: 'sis', rule: 'grant-4' })));
  assert.deepEqual(used.slice(1), ['lms: grant-3', 'sis: grant-4']);
  assert.equal(kept.length, 6);
  assert.equal(await store.tenant('o'), tenant, 'the same object for the same store');
});

test('what is not kept is not told', async () => {
  const { store, used } = setUp(() => true);
  const tenant = await store.tenant('o');
  await assert.rejects(tenant.appendAudit(record({})));
  await assert.rejects(tenant.write(async (tx) => tx.audit(record({}))));
  const working = await setUp().store.tenant('o');
  await assert.rejects(
    working.write(async (tx) => {
      await tx.audit(record({}));
      throw new Error('rolled back');
    }),
  );
  assert.deepEqual(used, []);
});
