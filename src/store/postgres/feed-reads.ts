// The change feed: of one collection, and of several at once. Used by reads.ts.
import { changeOf } from '../read-changes.ts';
import type { TenantReads } from '../store.ts';
import { namesIn } from '../writing/changed-names.ts';
import { numberOf, textOf } from './cells.ts';
import type { Database, QueryOptions, Row, Sql } from './database.ts';
import type { ReadWords } from './words.ts';

export type FeedReadsDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly words: ReadWords;
};

// More than this is no short statement.
const manyRows = 32;
const long: QueryOptions = { long: true };

const columns = 'position, uid, kind, at, before, level, fields';

const readChanges: Sql = {
  name: 'read_changes',
  text: `SELECT ${columns} FROM change WHERE tenant = $1 AND collection = $2 AND position > $3 ORDER BY position LIMIT $4`,
};
// The next places of each collection, then the rows of those that come first. Collections by path: most are known by number, but one that nothing
// has come of is not, and would be looked for each time. `n` = place in the list of paths.
const readSeveral: Sql = {
  name: 'read_changes_of',
  text: `SELECT w.n, c.position, c.uid, c.kind, c.at, c.before, c.level, c.fields FROM (
      SELECT p.n, x.position FROM unnest($2::text[]) WITH ORDINALITY AS p (path, n)
        CROSS JOIN LATERAL (SELECT id FROM collection WHERE tenant = $1 AND path = p.path LIMIT 1) k
        CROSS JOIN LATERAL (
          SELECT position FROM change WHERE tenant = $1 AND collection = k.id AND position > $3 ORDER BY position LIMIT $4) x
      ORDER BY x.position LIMIT $4) w
    CROSS JOIN LATERAL (SELECT ${columns} FROM change WHERE tenant = $1 AND position = w.position LIMIT 1) c
    ORDER BY w.position`,
};

/** Knows no more than the words do. */
export const createFeedReads = ({
  database,
  tenant,
  words,
}: FeedReadsDeps): Pick<TenantReads, 'changes' | 'changesOf'> => {
  /** The words that rows name are looked for where they are not known: once for each, in the life of a process. */
  const readyFor = async (rows: readonly Row[]): Promise<void> => {
    await words.readyIds([], new Set(rows.flatMap((row) => namesIn(textOf(row, 'fields'), null))));
  };
  const changeIn = (row: Row, clearance: number) =>
    changeOf(
      {
        position: numberOf(row, 'position'),
        uid: numberOf(row, 'uid'),
        kind: numberOf(row, 'kind'),
        at: numberOf(row, 'at'),
        before: textOf(row, 'before'),
        level: numberOf(row, 'level'),
        fields: textOf(row, 'fields'),
      },
      clearance,
      words.words.text,
    );
  return {
    changes: async (plan, after, size) => {
      const { path } = plan.collection;
      await words.ready([path], []);
      const id = words.collections.id(path);
      if (id === null) return [];
      const options = size > manyRows ? long : {};
      const rows = await database.query(tenant, readChanges, [tenant, id, after, size], options);
      await readyFor(rows);
      return rows.map((row) => changeIn(row, plan.clearance));
    },
    changesOf: async (plans, after, size) => {
      const asked = [...new Map(plans.map((plan) => [plan.collection.path, plan])).values()];
      if (asked.length === 0) return [];
      const paths = asked.map(({ collection }) => collection.path);
      const rows = await database.query(tenant, readSeveral, [tenant, paths, after, size], long);
      await readyFor(rows);
      return rows.flatMap((row) => {
        const plan = asked[numberOf(row, 'n') - 1];
        return plan === undefined ? [] : [{ ...changeIn(row, plan.clearance), collection: plan.collection.path }];
      });
    },
  };
};
