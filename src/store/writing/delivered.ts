// What was delivered of a resource, told apart from what other resources have brought to it: for writers that change a part and must keep the
// rest. A part of every write transaction; called by writing.ts.
import type { IdentifierValue, TenantWrite } from '../store.ts';
import { parseLinks } from './links.ts';
import { afterwards } from './looking-ahead.ts';
import type { Look } from './looking-ahead.ts';
import type { ResourceRows } from './rows.ts';

/** `valuesOf` gives the identifiers of identifier rows, index-aligned. */
export const createDelivered =
  (
    rows: ResourceRows,
    look: Look,
    valuesOf: (keys: readonly number[]) => readonly IdentifierValue[],
  ): TenantWrite['delivered'] =>
  (uid) =>
    afterwards(
      look(() => ({ resources: [uid] })),
      () => {
        const row = rows.resource(uid);
        if (row === null) return null;
        // The first key is the primary identifier.
        const [primary] = valuesOf(row.keys.slice(0, 1));
        if (primary === undefined) return null;
        const links = parseLinks(row.own ?? row.body.slice(row.split, -1));
        links.delete('self');
        return { primary, links };
      },
    );
