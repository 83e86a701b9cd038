// A connection that can COPY, one statement after the other: what the floor of a delivery is written with. Used by postgres-floor.ts; the product
// writes lists of rows and has no use for it.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type Copying = {
  readonly command: (text: string) => Promise<void>;
  /** A number that a statement gives, as its only column. */
  readonly number: (text: string) => Promise<number>;
  readonly copy: (text: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Connects with settings (`name=value`). Rejects as the driver does. */
export const openCopying = async (url: string, settings: readonly string[]): Promise<Copying> => {
  const client = new Client({
    connectionString: url,
    application_name: 'bench-floor',
    connectionTimeoutMillis: 5_000,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  });
  await client.connect();
  return {
    command: async (text) => void (await client.query(text)),
    number: async (text) => {
      const { rows } = await client.query<Record<string, unknown>>(text);
      return Number(Object.values(rows[0] ?? {})[0]);
    },
    copy: (text, chunks) => pipeline(Readable.from(chunks, { objectMode: true }), client.query(copyFrom(text))),
    close: () => client.end(),
  };
};
