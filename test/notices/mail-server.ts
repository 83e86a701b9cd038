// Starts the mail server of smtp-process.ts for a test, and tells which letters it was given. Used by tests of letters.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

export type Letter = {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly raw: string;
};

/** A server with a key and a certificate; `manner` is what it does otherwise than taking every letter, over TLS when asked for it. */
export const startMailServer = async (
  context: TestContext,
  certified: { readonly key: string; readonly certificate: string },
  manner: object,
): Promise<{ readonly port: number; readonly letters: Letter[] }> => {
  const { key, certificate } = certified;
  const usual = { secure: false, starttls: true, key, cert: certificate, login: null, unknown: [], status: 0 };
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'smtp-process.ts'), JSON.stringify({ ...usual, ...manner })],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  context.after(() => void child.kill());
  const letters: Letter[] = [];
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the mail server did not start')));
    lines.once('line', (line) => {
      lines.on('line', (letter) => letters.push(JSON.parse(letter) as Letter));
      resolve(Number(line));
    });
  });
  return { port, letters };
};
