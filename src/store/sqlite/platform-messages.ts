// How far telling of changes has come, and what was not taken, on SQLite. A part of platform.ts; knows nothing of what states and letters say. None of it raises the
// revision: every batch that is told would throw away what is remembered of grants.
import type { DatabaseSync } from 'node:sqlite';
import { toMessageLetter, toMessageTurn } from '../platform-rows.ts';
import type { PlatformStore } from '../store.ts';

type Kept = Parameters<PlatformStore['putMessageState']>[1];

/** The methods of messages. */
export const openMessages = (db: DatabaseSync) => {
  const turns = db.prepare('SELECT * FROM message_turn ORDER BY destination');
  const take = db.prepare(`INSERT INTO message_turn (destination, holder, until, state) VALUES (?1, ?2, ?3, '')
    ON CONFLICT (destination) DO UPDATE SET holder = ?2, until = ?3 WHERE message_turn.holder = ?2 OR message_turn.until <= ?4
    RETURNING state`);
  const keep = db.prepare('UPDATE message_turn SET state = ? WHERE destination = ? AND holder = ?');
  const add = db.prepare(
    'INSERT INTO message_letter (destination, number, subject, at, resend, record) VALUES (?, ?, ?, ?, 0, ?)',
  );
  const dropOne = db.prepare('DELETE FROM message_letter WHERE destination = ? AND number = ?');
  const letters = db.prepare(
    'SELECT * FROM message_letter WHERE destination = ? AND number > ? ORDER BY number LIMIT ?',
  );
  const count = db.prepare('SELECT count(*) AS many FROM message_letter WHERE destination = ?');
  const resendAll = db.prepare('UPDATE message_letter SET resend = 1 WHERE destination = ? AND resend = 0');
  const resendOf = db.prepare(
    'UPDATE message_letter SET resend = 1 WHERE destination = ? AND subject = ? AND resend = 0',
  );
  const dropAll = db.prepare('DELETE FROM message_letter WHERE destination = ? AND at < ?');
  const dropOf = db.prepare('DELETE FROM message_letter WHERE destination = ? AND at < ? AND subject = ?');
  const dropTurn = db.prepare('DELETE FROM message_turn WHERE destination = ?');
  const together = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    messageTurns: () => turns.all().map(toMessageTurn),
    takeMessageTurn: (
      destination: string,
      { holder, now, until }: { readonly holder: string; readonly now: number; readonly until: number },
    ): string | null => {
      const state = take.get(destination, holder, until, now)?.['state'];
      return typeof state === 'string' ? state : null;
    },
    putMessageState: (destination: string, { holder, state, letters: added, dropped }: Kept): boolean =>
      together(() => {
        if (keep.run(state, destination, holder).changes === 0) return false;
        for (const number of dropped) dropOne.run(destination, number);
        for (const { number, subject, at, record } of added) add.run(destination, number, subject, at, record);
        return true;
      }),
    messageLetters: ({
      destination,
      after,
      limit,
    }: {
      readonly destination: string;
      readonly after: number;
      readonly limit: number;
    }) => letters.all(destination, after, limit).map(toMessageLetter),
    messageLetterCount: (destination: string): number => Number(count.get(destination)?.['many']),
    resendMessageLetters: (destination: string, subjects: readonly string[] | null): number =>
      together(() =>
        subjects === null
          ? Number(resendAll.run(destination).changes)
          : subjects.reduce((said, subject) => said + Number(resendOf.run(destination, subject).changes), 0),
      ),
    dropMessageLetters: (
      destination: string,
      { subjects, before }: { readonly subjects: readonly string[] | null; readonly before: number },
    ): number =>
      together(() =>
        subjects === null
          ? Number(dropAll.run(destination, before).changes)
          : subjects.reduce((gone, subject) => gone + Number(dropOf.run(destination, before, subject).changes), 0),
      ),
    dropMessages: (destination: string): void =>
      together(() => {
        dropTurn.run(destination);
        dropAll.run(destination, Number.MAX_SAFE_INTEGER);
      }),
  };
};
