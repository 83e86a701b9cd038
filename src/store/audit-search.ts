// Which records of an audit a question finds, commit by commit, by the text that a commit keeps. Used by every dialect's trail; knows no file
// and no statement. Pure.
import { showsAny } from './audit-seen.ts';
import type { AuditCheckpoint, AuditEntry, AuditRecord, AuditScan, AuditSubjects } from './store.ts';

export type AuditMatcher = {
  /** Texts that stand in every list of records with one that matches. */
  readonly hints: readonly string[];
  readonly seen: AuditSubjects | null;
  readonly record: (record: AuditRecord) => boolean;
};

/** What a question wants, ready to be held against many commits. */
export const matcherOf = (query: AuditScan): AuditMatcher => {
  const { client = null, request = null, collections = null, decision = null, seen = null } = query;
  const [from, to] = [query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER];
  const hints = [
    ...(client === null ? [] : [`"client":${JSON.stringify(client)}`]),
    ...(request === null ? [] : [`"request":${JSON.stringify(request)}`]),
    ...(decision === null ? [] : [`"decision":"${decision}"`]),
  ];
  return {
    hints,
    seen,
    record: (record) =>
      record.at >= from &&
      record.at <= to &&
      (client === null || record.client === client) &&
      (request === null || record.request === request) &&
      (decision === null || record.decision === decision) &&
      (collections === null || collections.some((one) => isWithin(record.collection, one))) &&
      (seen === null || shows(record, seen)),
  };
};

// Records of before it was kept what answers showed have no `seen` at all.
const shows = (record: AuditRecord, subjects: AuditSubjects): boolean => {
  const shown: AuditRecord['seen'] | undefined = record.seen;
  return (shown !== null && shown !== undefined && showsAny(shown, subjects)) || names(record, subjects);
};

const names = ({ operation, count, subjects }: AuditRecord, { named }: AuditSubjects): boolean =>
  named !== undefined &&
  (count ?? 0) > 0 &&
  named.operations.includes(operation) &&
  subjects.some((subject) => named.subjects.includes(subject));

/** `x/*` stands for x and what is below it. */
const isWithin = (collection: string, pattern: string): boolean =>
  pattern.endsWith('/*')
    ? collection === pattern.slice(0, -2) || collection.startsWith(pattern.slice(0, -1))
    : collection === pattern;

// Inside a JSON text a quote is always escaped, so this stands nowhere but at a member of a record; the object has no other in it.
const seenIn = /"seen":(\{[^}]*\})/g;

/** The records of one commit that match, in their order; `first` = the sequence of its first, `records` = its JSON list. */
export const entriesIn = (
  first: number,
  records: string,
  { hints, seen, record: wanted }: AuditMatcher,
): readonly AuditEntry[] => {
  if (!hints.every((hint) => records.includes(hint))) return [];
  // Most commits have shown none of those looked for: they need not be parsed whole.
  if (seen !== null) {
    let any = seen.named?.subjects.some((subject) => records.includes(subject)) === true;
    if (!any)
      for (const [, text = ''] of records.matchAll(seenIn)) {
        const shown: NonNullable<AuditRecord['seen']> = JSON.parse(text);
        any = showsAny(shown, seen);
        if (any) break;
      }
    if (!any) return [];
  }
  return recordsOf(records).flatMap((record, index) => (wanted(record) ? [{ sequence: first + index, record }] : []));
};

/** The records of a commit. Written by this program; the version of what keeps them guards their shape. */
export const recordsOf = (text: string): readonly AuditRecord[] => {
  const records: readonly AuditRecord[] = JSON.parse(text);
  return records;
};

/** A checkpoint by its text, as it was written. */
export const checkpointOf = (text: string): AuditCheckpoint => {
  const checkpoint: AuditCheckpoint = JSON.parse(text);
  return checkpoint;
};
