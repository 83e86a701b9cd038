// Runs the independent verifier over an organisation's audit, in a process of its own: it shares no code with the hub and holds up nobody.
// Supplied to hub/audit-trail.ts by compose.ts.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { HubError, problem } from '#base/errors.ts';
import type { AuditVerdict, PublicAuditKey } from '#hub/audit-trail.ts';
import { auditPathIn } from '#store/sqlite/audit-beside.ts';
import { tenantFolder } from '#store/sqlite/sqlite-store.ts';

const verifier = fileURLToPath(import.meta.resolve('#verify/audit-verify.ts'));

/** Gives what verifies the audit of an organisation of a data directory. It rejects with HUB-500 when the verifier itself fails. */
export const createAuditVerification =
  (data: string, keys: () => Promise<readonly PublicAuditKey[]>) =>
  async (organisation: string): Promise<AuditVerdict> => {
    const database = auditPathIn(tenantFolder(data, organisation));
    const args = [verifier, '--organisation', organisation, '--database', database, '--keys', '-', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) =>
      child.once('close', resolve).once('error', () => resolve(null)),
    );
    // A program that could not be started reads nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify({ keys: await keys() }));
    const [out, internal, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code !== 0 && code !== found)
      throw new HubError(problem('HUB-500', 'The audit cannot be verified.', { internal }));
    const verdict: AuditVerdict = JSON.parse(out);
    return verdict;
  };

// What the verifier ends with when something is broken.
const found = 7;
