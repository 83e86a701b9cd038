// Runs the independent verifier over an organisation's audit, in a process of its own: it shares no code with the hub and holds up nobody.
// Used by engine.ts for a running hub, and by the command line over a database.
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { HubError, problem } from '#base/errors.ts';
import type { AuditVerdict } from '#hub/audit-trail.ts';
import { auditPathIn } from '#store/sqlite/audit-beside.ts';
import { tenantFolder } from '#store/sqlite/sqlite-store.ts';

const verifier = fileURLToPath(import.meta.resolve('#verify/audit-verify.ts'));

/** Public keys as a JWK set. */
type Keys = { readonly keys: readonly object[] };

// What the verifier ends with when something is broken.
const found = 7;

/** Runs it with something to read. Rejects with HUB-500 when the verifier itself fails, and with what the input rejects with. */
const run = async (
  words: readonly string[],
  input: Iterable<string> | AsyncIterable<string>,
): Promise<AuditVerdict> => {
  const child = spawn(process.execPath, [verifier, ...words, '--json'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', resolve).once('error', () => resolve(null)),
  );
  let failure: unknown = null;
  // A program that could not be started, or has seen enough, reads nothing.
  const told = pipeline(Readable.from(input), child.stdin).catch((error: unknown) => {
    if (error instanceof HubError) failure = error;
    child.stdin.destroy();
  });
  const [out, internal, code] = await Promise.all([text(child.stdout), text(child.stderr), ended, told]);
  if (failure !== null) throw failure;
  if (code !== 0 && code !== found)
    throw new HubError(problem('HUB-500', 'The audit cannot be verified.', { internal }));
  const verdict: AuditVerdict = JSON.parse(out);
  return verdict;
};

/** Verifies the file of an organisation of a data directory. */
export const verifyFile = (data: string, organisation: string, keys: Keys): Promise<AuditVerdict> => {
  const database = auditPathIn(tenantFolder(data, organisation));
  return run(['--organisation', organisation, '--database', database, '--keys', '-'], [JSON.stringify(keys)]);
};

/**
 * Verifies an audit that is told as text (`TenantTrail.chain`), a piece at a time, however long it is. `checkpoints` = files with those that were
 * kept elsewhere.
 */
export const verifyChain = (
  organisation: string,
  chain: AsyncIterable<string>,
  keys: Keys,
  checkpoints: readonly string[] = [],
): Promise<AuditVerdict> => {
  const copies = checkpoints.flatMap((one) => ['--checkpoints', one]);
  return run(['--organisation', organisation, '--keys', '-', '--chain', '-', ...copies], keysFirst(keys, chain));
};

async function* keysFirst(keys: Keys, chain: AsyncIterable<string>): AsyncIterable<string> {
  yield `${JSON.stringify(keys)}\n`;
  yield* chain;
}
