// The address that stored links begin with, made another one: when the hub is reached by another name. Called by a dialect when it opens an
// organisation.
import { yieldToLoop } from '#base/clock.ts';
import { lookingAhead } from './looking-ahead.ts';
import type { Rows } from './rows.ts';

const atOnce = 500;

/**
 * Rewrites the address that stored hrefs begin with, within a transaction; gives how many resources there are. Exact: inside JSON text a quote
 * is always escaped, so `"href":"` cannot stand in an attribute's value.
 */
export const rebase = async (rows: Rows, from: string, to: string): Promise<number> => {
  const look = lookingAhead(rows);
  const moved = (text: string): string => text.replaceAll(`"href":"${from}/`, `"href":"${to}/`);
  let after = 0;
  let count = 0;
  for (;;) {
    const uids = await rows.resourcesAfter(after, Number.MAX_SAFE_INTEGER, atOnce);
    if (uids.length === 0) return count;
    await look(() => ({ resources: uids }));
    for (const uid of uids) {
      const row = rows.resource(uid);
      if (row === null) continue;
      const head = moved(row.body.slice(0, row.split));
      rows.moveBody({
        uid,
        split: head.length,
        own: row.own === null ? null : moved(row.own),
        body: head + moved(row.body.slice(row.split)),
      });
    }
    count += uids.length;
    after = uids.at(-1) ?? after;
    await rows.flush();
    await yieldToLoop();
  }
};
