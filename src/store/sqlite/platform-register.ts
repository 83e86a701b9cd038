// The register and the use of parts on SQLite: what the catalogue and access keep beside grants. A part of platform.ts; knows nothing of what
// entries say.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { entriesFollow, oneOf, registerColumns, toPartUse, toRegisterEntry } from '../platform-rows.ts';
import type {
  Application,
  Environment,
  Grant,
  PartUse,
  RegisterChange,
  RegisterEntry,
  RegisterKind,
  RegisterQuery,
} from '../store.ts';

/** Runs work in one transaction that also raises the revision; what turns out to be no change is rolled back. */
export type Change = <T>(work: () => T, isChange?: (result: T) => boolean) => T;

/** How what is made from entries is put, within the transaction of the caller. */
type Putting = { readonly application: (value: Application) => void; readonly grant: (value: Grant) => void };

/** The methods of the register. `change` runs each change as one transaction. */
export const openRegister = (db: DatabaseSync, change: Change, put: Putting) => {
  const entry = db.prepare('SELECT * FROM register_entry WHERE kind = ? AND id = ?');
  const putEntry = db.prepare(`INSERT OR REPLACE INTO register_entry
    (kind, id, revision, organisation, application, state, created_at, changed_at, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const drop = db.prepare('DELETE FROM register_entry WHERE kind = ? AND state = ? AND changed_at < ?');
  const asked = preparedAtNeed(db);
  const registerEntry = (kind: RegisterKind, id: string): RegisterEntry | null =>
    oneOf(entry.get(kind, id), toRegisterEntry);
  return {
    registerEntry,
    registerEntries: ({ kind, organisation, application, state, after, limit }: RegisterQuery) => {
      const wanted = [
        ['kind = ?', kind],
        ['organisation = ?', organisation],
        ['application = ?', application],
        ['state = ?', state],
        ['(created_at, id) > (?, ?)', after === undefined ? undefined : [after.createdAt, after.id]],
      ] as const;
      return asked('register_entry', wanted, 'ORDER BY created_at, id LIMIT ?', limit ?? noLimit).map(toRegisterEntry);
    },
    putRegister: ({ entries, grants = [], applications = [] }: RegisterChange): boolean =>
      change(
        () => {
          if (!entriesFollow(entries, (kind, id) => registerEntry(kind, id)?.revision ?? 0)) return false;
          for (const value of entries) putEntry.run(...registerColumns(value));
          for (const value of applications) put.application(value);
          for (const value of grants) put.grant(value);
          return true;
        },
        (isPut) => isPut,
      ),
    dropRegister: (kind: RegisterKind, states: readonly string[], changedBefore: number): number =>
      change(
        () => states.reduce((dropped, state) => dropped + Number(drop.run(kind, state, changedBefore).changes), 0),
        (dropped) => dropped > 0,
      ),
  };
};

/** The methods of the use of parts. No change that caches would have to hear of. */
export const openPartUse = (db: DatabaseSync) => {
  const add =
    db.prepare(`INSERT INTO part_use (environment, application, api, part, day, count) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count`);
  const drop = db.prepare('DELETE FROM part_use WHERE day < ?');
  const asked = preparedAtNeed(db);
  return {
    addPartUse: (environment: Environment, uses: readonly PartUse[]): void => {
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const { application, api, part, day, count } of uses)
          add.run(environment, application, api, part, day, count);
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    partUse: (
      environment: Environment,
      {
        since,
        application,
        api,
        part,
      }: { readonly since: string; readonly application?: string; readonly api?: string; readonly part?: string },
    ): readonly PartUse[] => {
      const wanted = [
        ['environment = ?', environment],
        ['day >= ?', since],
        ['application = ?', application],
        ['api = ?', api],
        ['part = ?', part],
      ] as const;
      return asked('part_use', wanted, 'ORDER BY application, api, part, day LIMIT ?', noLimit).map(toPartUse);
    },
    dropPartUse: (before: string): void => {
      drop.run(before);
    },
  };
};

const noLimit = -1;

type Wanted = readonly (readonly [condition: string, value: string | readonly (string | number)[] | undefined])[];

/** Asks for rows by those conditions that have a value. A statement is prepared when it is asked for the first time; there are few. */
const preparedAtNeed = (db: DatabaseSync) => {
  const prepared = new Map<string, StatementSync>();
  return (table: string, wanted: Wanted, rest: string, limit: number) => {
    const said = wanted.filter(([, value]) => value !== undefined);
    const text = `SELECT * FROM ${table} WHERE ${said.map(([condition]) => condition).join(' AND ')} ${rest}`;
    const statement = prepared.get(text) ?? db.prepare(text);
    prepared.set(text, statement);
    return statement.all(...said.flatMap(([, value]) => value ?? []), limit);
  };
};
