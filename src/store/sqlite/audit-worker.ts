// The thread that writes audit records to disk, so that waiting for the disk never holds up requests. Started by audit-writer.ts, which
// sends work and gets one answer for each. Holds one file per organisation; knows nothing else of the hub.
import { parentPort } from 'node:worker_threads';
import type { AuditCheckpoint } from '../store.ts';
import { openAuditFile } from './audit-file.ts';
import type { AuditBatch, AuditFile, AuditSigner, OutboxRow } from './audit-file.ts';

/** Which file, and whose it is. */
export type AuditPlace = { readonly path: string; readonly organisation: string };

export type AuditMessage = { readonly place: AuditPlace } & (
  | { readonly kind: 'append'; readonly batch: AuditBatch }
  | { readonly kind: 'move'; readonly rows: readonly OutboxRow[] }
  | { readonly kind: 'seal'; readonly signer: AuditSigner }
  | { readonly kind: 'trim'; readonly signer: AuditSigner; readonly before: number }
  | { readonly kind: 'close' }
);

export type AuditReply = {
  readonly error: string | null;
  /** Sequence of the last record of the file. */
  readonly last: number;
  readonly checkpoint: AuditCheckpoint | null;
  readonly dropped: number;
};

const files = new Map<string, AuditFile>();

const fileAt = ({ path, organisation }: AuditPlace): AuditFile => {
  const known = files.get(path);
  if (known !== undefined) return known;
  const file = openAuditFile(path, organisation);
  files.set(path, file);
  return file;
};

const nothing: AuditReply = { error: null, last: 0, checkpoint: null, dropped: 0 };

const answer = (message: AuditMessage): AuditReply => {
  const { place } = message;
  if (message.kind === 'close') {
    files.get(place.path)?.close();
    files.delete(place.path);
    return nothing;
  }
  const file = fileAt(place);
  switch (message.kind) {
    case 'append':
      return { ...nothing, last: file.append(message.batch) };
    case 'move':
      file.move(message.rows);
      break;
    case 'seal':
      return { ...nothing, checkpoint: file.seal(message.signer), last: file.last() };
    case 'trim':
      return { ...nothing, dropped: file.trim(message.before, message.signer), last: file.last() };
  }
  return { ...nothing, last: file.last() };
};

parentPort?.on('message', (message: AuditMessage) => {
  let reply: AuditReply;
  try {
    reply = answer(message);
  } catch (cause) {
    reply = { ...nothing, error: cause instanceof Error ? cause.message : 'unknown' };
  }
  parentPort?.postMessage(reply, []);
});
