// A store that says by which grants something was let through, as its records come into the audit: so that owners see what is used, and what never is. Put
// around the real one by app/compose.ts; holds no data and no policy.
import type { AuditRecord, Store, TenantWrite } from '#store/store.ts';
import { aroundStore } from './around-store.ts';

/** Told of an application and the grants by which something of it was let through; `grants` is the same object for the same grants, mostly. */
export type GrantsUsed = (application: string, grants: readonly string[]) => void;

/** Lists of grants that are known again; each is some hundred bytes. */
const rememberedLists = 10_000;

/** The same store; whatever was let through by grants is told once its record is kept. */
export const countingStore = (store: Store, used: GrantsUsed): Store => {
  const lists = new Map<string, readonly string[]>();
  const listOf = (rule: string): readonly string[] => {
    let list = lists.get(rule);
    if (list === undefined) {
      if (lists.size >= rememberedLists) lists.clear();
      list = rule.split(' ');
      lists.set(rule, list);
    }
    return list;
  };
  // The rule of administrators are their scopes, and what is about no data needs no grant.
  const tell = ({ api, client, collection, decision, rule }: AuditRecord): void => {
    if (decision === 'allow' && api !== 'admin' && collection !== '' && rule !== '') used(client, listOf(rule));
  };

  return aroundStore(store, (tenant) => ({
    write: (work) => told(tell, (toldOf) => tenant.write((tx) => work(toldOf(tx)))),
    writeTogether: (work) => told(tell, (toldOf) => tenant.writeTogether((tx) => work(toldOf(tx)))),
    appendAudit: async (record) => {
      await tenant.appendAudit(record);
      tell(record);
    },
  }));
};

type Tell = (record: AuditRecord) => void;

/** Runs a write, and tells of its records when it is durable: what is rolled back was not let through. */
const told = async <T>(tell: Tell, write: (told: (tx: TenantWrite) => TenantWrite) => Promise<T>): Promise<T> => {
  const records: AuditRecord[] = [];
  const done = await write((tx) => {
    // It may be run again.
    records.length = 0;
    return {
      ...tx,
      audit: (record) => {
        records.push(record);
        return tx.audit(record);
      },
    };
  });
  for (const record of records) tell(record);
  return done;
};
