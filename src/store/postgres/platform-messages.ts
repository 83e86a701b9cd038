// How far telling of changes has come, and what was not taken, on PostgreSQL. A part of platform.ts; knows nothing of what states and letters say. Each is one
// statement, and none of them raises the revision: every batch that is told would throw away what is remembered of grants.
import { oneOf, toMessageLetter, toMessageTurn } from '../platform-rows.ts';
import type { PlatformRow } from '../platform-rows.ts';
import type { PlatformStore } from '../store.ts';
import type { Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { Ask } from './platform-register.ts';

type Kept = Parameters<PlatformStore['putMessageState']>[1];

const stateOf = ({ state }: PlatformRow): string => (typeof state === 'string' ? state : '');

// They wait for the disk, so not on the connections that point reads share.
const durable = { durable: true } as const;

/** The methods of messages. */
export const createMessages = (ask: Ask) => ({
  messageTurns: async () => (await ask(sql.turns)).map(toMessageTurn),
  takeMessageTurn: async (
    destination: string,
    { holder, now, until }: { readonly holder: string; readonly now: number; readonly until: number },
  ) => oneOf((await ask(sql.take, [destination, holder, until, now], durable))[0], stateOf),
  putMessageState: async (destination: string, { holder, state, letters, dropped }: Kept): Promise<boolean> =>
    (
      await ask(
        sql.keep,
        [
          destination,
          holder,
          state,
          dropped,
          letters.map(({ number }) => number),
          letters.map(({ subject }) => keptText(subject)),
          letters.map(({ at }) => at),
          letters.map(({ record }) => keptText(record)),
        ],
        durable,
      )
    ).length === 1,
  messageLetters: async ({
    destination,
    after,
    limit,
  }: {
    readonly destination: string;
    readonly after: number;
    readonly limit: number;
  }) => (await ask(sql.letters, [destination, after, limit])).map(toMessageLetter),
  messageLetterCount: async (destination: string): Promise<number> =>
    Number((await ask(sql.count, [destination]))[0]?.['many']),
  resendMessageLetters: async (destination: string, subjects: readonly string[] | null): Promise<number> =>
    (await ask(sql.resend, [destination, subjects === null, (subjects ?? []).map(keptText)], durable)).length,
  dropMessageLetters: async (
    destination: string,
    { subjects, before }: { readonly subjects: readonly string[] | null; readonly before: number },
  ): Promise<number> =>
    (await ask(sql.drop, [destination, before, subjects === null, (subjects ?? []).map(keptText)], durable)).length,
  dropMessages: async (destination: string): Promise<void> => {
    await ask(sql.dropAll, [destination], durable);
  },
});

const sql = {
  turns: { name: 'platform messageTurns', text: 'SELECT * FROM message_turn ORDER BY destination COLLATE "C"' },
  take: {
    name: 'platform takeMessageTurn',
    text: `INSERT INTO message_turn (destination, holder, until, state) VALUES ($1, $2, $3, '')
      ON CONFLICT (destination) DO UPDATE SET holder = $2, until = $3 WHERE message_turn.holder = $2 OR message_turn.until <= $4
      RETURNING state`,
  },
  // The row of the turn is what holders wait for each other at.
  keep: {
    name: 'platform putMessageState',
    text: `WITH mine AS (UPDATE message_turn SET state = $3 WHERE destination = $1 AND holder = $2 RETURNING destination),
      gone AS (DELETE FROM message_letter WHERE destination IN (SELECT destination FROM mine) AND number = ANY ($4::bigint[])),
      laid AS (INSERT INTO message_letter (destination, number, subject, at, resend, record)
        SELECT mine.destination, one.number, one.subject, one.at, 0, one.record
          FROM mine, unnest($5::bigint[], $6::text[], $7::bigint[], $8::text[]) AS one (number, subject, at, record))
      SELECT destination FROM mine`,
  },
  letters: {
    name: 'platform messageLetters',
    text: 'SELECT * FROM message_letter WHERE destination = $1 AND number > $2 ORDER BY number LIMIT $3',
  },
  count: {
    name: 'platform messageLetterCount',
    text: 'SELECT count(*) AS many FROM message_letter WHERE destination = $1',
  },
  resend: {
    name: 'platform resendMessageLetters',
    text: `UPDATE message_letter SET resend = 1 WHERE destination = $1 AND resend = 0 AND ($2::boolean OR subject = ANY ($3::text[]))
      RETURNING number`,
  },
  drop: {
    name: 'platform dropMessageLetters',
    text: `DELETE FROM message_letter WHERE destination = $1 AND at < $2 AND ($3::boolean OR subject = ANY ($4::text[]))
      RETURNING number`,
  },
  dropAll: {
    name: 'platform dropMessages',
    text: `WITH gone AS (DELETE FROM message_letter WHERE destination = $1)
      DELETE FROM message_turn WHERE destination = $1`,
  },
} as const satisfies Readonly<Record<string, Sql>>;
