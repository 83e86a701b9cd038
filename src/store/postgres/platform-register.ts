// The register and the use of parts on PostgreSQL: what the catalogue and access keep beside grants. A part of platform.ts; knows nothing of what
// entries say.
import { entriesFollow, oneOf, registerColumns, toPartUse, toRegisterEntry } from '../platform-rows.ts';
import type { PlatformRow } from '../platform-rows.ts';
import type {
  Application,
  Environment,
  Grant,
  PartUse,
  RegisterChange,
  RegisterKind,
  RegisterQuery,
} from '../store.ts';
import type { Cell, QueryOptions, Sql } from './database.ts';
import { keptText } from './kept-text.ts';

export type Ask = (statement: Sql, values?: readonly Cell[], options?: QueryOptions) => Promise<readonly PlatformRow[]>;

/** Runs work in one transaction that also raises the revision, unless its result is no change: it must have changed nothing then. */
export type ChangeIf = <T>(work: (ask: Ask) => Promise<T>, isChange: (result: T) => boolean) => Promise<T>;

/** How what is made from entries is put, within the transaction that the statements are asked in. */
type Putting = {
  readonly application: (ask: Ask, value: Application) => Promise<void>;
  readonly grant: (ask: Ask, value: Grant) => Promise<void>;
};

/** The methods of the register. `change` runs each change as one transaction, one after the other. */
export const createRegister = (ask: Ask, change: ChangeIf, put: Putting) => ({
  registerEntry: async (kind: RegisterKind, id: string) => oneOf((await ask(entry, [kind, id]))[0], toRegisterEntry),
  registerEntries: async ({ kind, organisation, application, state, after, limit }: RegisterQuery) => {
    const [statement, values] = selecting(
      'register_entry',
      [
        ['kind = ?', kind],
        ['organisation = ?', organisation],
        ['application = ?', application],
        ['state = ?', state],
        ['(created_at, id COLLATE "C") > (?, ?)', after === undefined ? undefined : [after.createdAt, after.id]],
      ],
      'created_at, id COLLATE "C"',
      limit ?? null,
    );
    return (await ask(statement, values)).map(toRegisterEntry);
  },
  putRegister: ({ entries, grants = [], applications = [] }: RegisterChange): Promise<boolean> =>
    change(
      async (asked) => {
        const revisions = new Map<string, number>();
        for (const { kind, id } of entries)
          revisions.set(`${kind} ${id}`, oneOf((await asked(entry, [kind, id]))[0], toRegisterEntry)?.revision ?? 0);
        if (!entriesFollow(entries, (kind, id) => revisions.get(`${kind} ${id}`) ?? 0)) return false;
        for (const value of entries) await asked(putEntry, registerColumns(value));
        for (const value of applications) await put.application(asked, value);
        for (const value of grants) await put.grant(asked, value);
        return true;
      },
      (isPut) => isPut,
    ),
  dropRegister: (kind: RegisterKind, states: readonly string[], changedBefore: number): Promise<number> =>
    change(
      async (asked) => (await asked(dropEntries, [kind, states.map(keptText), changedBefore])).length,
      (dropped) => dropped > 0,
    ),
});

/** The methods of the use of parts. No change that caches would have to hear of. */
export const createPartUse = (ask: Ask) => ({
  addPartUse: async (environment: Environment, uses: readonly PartUse[]): Promise<void> => {
    await ask(
      addUse,
      [
        environment,
        uses.map(({ application }) => keptText(application)),
        uses.map(({ api }) => keptText(api)),
        uses.map(({ part }) => keptText(part)),
        uses.map(({ day }) => day),
        uses.map(({ count }) => count),
      ],
      // Waits for the disk, so not on the connections that point reads share.
      { durable: true },
    );
  },
  partUse: async (
    environment: Environment,
    {
      since,
      application,
      api,
      part,
    }: { readonly since: string; readonly application?: string; readonly api?: string; readonly part?: string },
  ): Promise<readonly PartUse[]> => {
    const [statement, values] = selecting(
      'part_use',
      [
        ['environment = ?', environment],
        ['day >= ?', since],
        ['application = ?', application],
        ['api = ?', api],
        ['part = ?', part],
      ],
      'application COLLATE "C", api COLLATE "C", part COLLATE "C", day',
      null,
    );
    return (await ask(statement, values)).map(toPartUse);
  },
  dropPartUse: async (before: string): Promise<void> => {
    await ask(dropUse, [before], { durable: true });
  },
});

type Wanted = readonly (readonly [condition: string, value: string | readonly (string | number)[] | undefined])[];

/**
 * The statement that gives rows by those conditions that have a value. Each combination is one of its own, since a statement keeps one plan; there
 * are few.
 */
const selecting = (
  table: string,
  wanted: Wanted,
  order: string,
  limit: number | null,
): readonly [Sql, readonly Cell[]] => {
  const said = wanted.filter(([, value]) => value !== undefined);
  let place = 0;
  const conditions = said.map(([condition]) => condition.replaceAll('?', () => `$${(place += 1)}`));
  const text = `SELECT * FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT $${place + 1}::bigint`;
  const name = `platform ${table} ${wanted.map(([, value]) => (value === undefined ? '-' : '+')).join('')}`;
  return [{ name, text }, [...said.flatMap(([, value]) => value ?? []), limit]];
};

const entry: Sql = { name: 'platform entry', text: 'SELECT * FROM register_entry WHERE kind = $1 AND id = $2' };
const putEntry: Sql = {
  name: 'platform putEntry',
  text: `INSERT INTO register_entry (kind, id, revision, organisation, application, state, created_at, changed_at, value)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (kind, id) DO UPDATE SET revision = $3, organisation = $4, application = $5, state = $6, created_at = $7,
      changed_at = $8, value = $9`,
};
const dropEntries: Sql = {
  name: 'platform dropEntries',
  text: 'DELETE FROM register_entry WHERE kind = $1 AND state = ANY ($2::text[]) AND changed_at < $3 RETURNING id',
};
// Each row once and all in one order, so that processes which tell of the same ones do not wait for each other in a circle.
const addUse: Sql = {
  name: 'platform addPartUse',
  text: `INSERT INTO part_use (environment, application, api, part, day, count)
    SELECT $1, application, api, part, day, sum(count)::bigint
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS told (application, api, part, day, count)
      GROUP BY application, api, part, day ORDER BY application COLLATE "C", api COLLATE "C", part COLLATE "C", day
    ON CONFLICT (environment, application, api, part, day) DO UPDATE SET count = part_use.count + excluded.count`,
};
const dropUse: Sql = { name: 'platform dropPartUse', text: 'DELETE FROM part_use WHERE day < $1' };
