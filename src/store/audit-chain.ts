// What makes an audit provable: each commit's hash over the one before, and signed checkpoints over those. Used by every dialect's writer.
// The verifier (verify/) has its own copy of these rules on purpose: a change here is a new format, and must be made there as well.
import { createPrivateKey, hash, sign } from 'node:crypto';
import type { AuditCheckpoint, AuditKey } from './store.ts';

/** What one commit holds. `records` is a JSON list of `count` records, of which the first has the sequence `first`. */
export type AuditCommit = {
  readonly first: number;
  readonly count: number;
  /** Time of its earliest and latest record, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Number in the outbox of the last record, of those that came from there. */
  readonly outbox: number | null;
  readonly records: string;
};

const sha256 = (bytes: Buffer | string): Buffer => hash('sha256', bytes, 'buffer');

/** What the first commit of an organisation's audit is chained to: other organisations begin elsewhere, so that no row can change hands. */
export const chainBeginning = (organisation: string): Buffer => sha256(`bindeledd audit 1\n${organisation}\n`);

/** The hash (32 bytes) of a commit that follows on `before`. */
export const chainHash = (before: Buffer, organisation: string, commit: AuditCommit): Buffer => {
  const { first, count, from, to, outbox, records } = commit;
  const head = `bindeledd audit 1\n${organisation}\n${first}\n${count}\n${from}\n${to}\n${outbox ?? ''}\n`;
  return sha256(Buffer.concat([before, Buffer.from(head + records)]));
};

/** Signs a statement. Throws when the key has no private half. */
export const signCheckpoint = (
  statement: Omit<AuditCheckpoint, 'key' | 'signature'>,
  key: Pick<AuditKey, 'id' | 'privateJwk'>,
): AuditCheckpoint => {
  const { organisation, number, kind, sequence, hash: head, at, previous } = statement;
  const text = ['bindeledd checkpoint 1', organisation, number, kind, sequence, head, at, previous, key.id].join('\n');
  const jwk: object = JSON.parse(key.privateJwk ?? '{}');
  const signature = sign(null, Buffer.from(text), createPrivateKey({ key: jwk, format: 'jwk' })).toString('base64url');
  return { organisation, number, kind, sequence, hash: head, at, previous, key: key.id, signature };
};
