// The address that stored links begin with, made another one: when the hub is reached by another name. Called by tenant.ts when it opens a file.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { numberOf, statement, textOf } from './driver.ts';

/**
 * Rewrites the address that stored hrefs begin with, within a transaction; gives how many resources there are. Exact: inside JSON text a quote is always escaped, so `"href":"` cannot stand in an
 * attribute's value.
 */
export const rebase = async (db: DatabaseSync, from: string, to: string): Promise<number> => {
  const slice = statement(db, 'SELECT uid, split, own, body FROM resource WHERE uid > ? ORDER BY uid LIMIT 500');
  const rewrite = statement(db, 'UPDATE resource SET split = ?, own = ?, body = ? WHERE uid = ?');
  const moved = (text: string): string => text.replaceAll(`"href":"${from}/`, `"href":"${to}/`);
  let after = 0;
  let count = 0;
  for (;;) {
    const rows = slice.all(after);
    if (rows.length === 0) return count;
    for (const row of rows) {
      const body = textOf(row, 'body');
      const split = numberOf(row, 'split');
      const head = moved(body.slice(0, split));
      rewrite.run(
        head.length,
        typeof row['own'] === 'string' ? moved(row['own']) : null,
        head + moved(body.slice(split)),
        numberOf(row, 'uid'),
      );
    }
    count += rows.length;
    after = numberOf(rows.at(-1), 'uid');
    await yieldToLoop();
  }
};
