// Resources by what links them, and by their order: what documents put together of several resources are made from. Used by tenant-reads.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { TenantReads } from '../store.ts';
import { endUid, firstUid } from '../writing/uids.ts';
import { guard, numberOf, statement } from './driver.ts';
import type { Names } from './names.ts';

export type RelatedReadsDeps = { readonly db: DatabaseSync; readonly names: Names };

/** Prepares the statements of one connection. Each read is one statement, however many uids it is asked for. */
export const createRelatedReads = ({ db, names }: RelatedReadsDeps): Pick<TenantReads, 'uidsAfter' | 'related'> => {
  const readAfter = statement(db, 'SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  // CROSS JOIN keeps the order of the tables: each is looked into by a key. Relation 0 is nobody's.
  const readRelated = statement(
    db,
    `SELECT w.value AS source, i.uid AS target
       FROM json_each(?1) w CROSS JOIN link l ON l.source = w.value CROSS JOIN identifier i ON i.id = l.target
       WHERE l.relation = ?2 AND i.uid >= ?4 AND i.uid < ?5
     UNION
     SELECT w.value, l.source
       FROM json_each(?1) w CROSS JOIN resource r ON r.uid = w.value CROSS JOIN json_each(r.keys) k
         CROSS JOIN link l ON l.target = k.value AND l.relation = ?3
       WHERE l.source >= ?4 AND l.source < ?5
     ORDER BY 1, 2`,
  );
  return {
    uidsAfter: guard((plan, after, size) => {
      const id = names.collection(plan.collection.path);
      if (id === null) return [];
      return readAfter.all(Math.max(after, firstUid(id) - 1), endUid(id), size).map((row) => numberOf(row, 'uid'));
    }),
    related: guard((plan, relation, from) => {
      const rule = plan.collection.links.get(relation);
      const target = rule === undefined || rule.target === null ? null : names.collection(rule.target);
      const own = names.find(relation) ?? 0;
      const inverse = rule === undefined || rule.inverse === null ? 0 : (names.find(rule.inverse) ?? 0);
      if (from.length === 0 || target === null || (own === 0 && inverse === 0))
        return { from: new Float64Array(), to: new Float64Array() };
      const rows = readRelated.all(JSON.stringify(from), own, inverse, firstUid(target), endUid(target));
      return {
        from: Float64Array.from(rows, (row) => numberOf(row, 'source')),
        to: Float64Array.from(rows, (row) => numberOf(row, 'target')),
      };
    }),
  };
};
