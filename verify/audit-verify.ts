// Proves an organisation's audit, or says exactly what is broken in it. A program of its own that shares no code with the hub and needs
// nothing but the runtime, so that whoever doubts the hub can read these pages and run them:
//   node audit-verify.ts --organisation fjordheim.test --database audit.db --keys audit-keys.json [--checkpoints my-copy.jsonl] [--json]
//   node audit-verify.ts --organisation fjordheim.test --chain audit-chain.jsonl --keys audit-keys.json …
// The database is the file of an embedded store, the chain what any store tells as text. The file may be in use by a running hub; nothing is
// written. What is checked is described in docs/how-to/prove-access.md.
import { createPublicKey, hash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

export type Checkpoint = {
  readonly organisation: string;
  readonly number: number;
  readonly kind: 'head' | 'cut';
  readonly sequence: number;
  readonly hash: string;
  readonly at: number;
  readonly previous: string;
  readonly key: string;
  readonly signature: string;
};

export type Finding = {
  readonly kind:
    | 'file'
    | 'schema'
    | 'index'
    | 'form'
    | 'gap'
    | 'overlap'
    | 'content'
    | 'count'
    | 'period'
    | 'outbox'
    | 'recomputed'
    | 'truncated'
    | 'unsealed'
    | 'checkpoint-form'
    | 'checkpoint-order'
    | 'checkpoint-key'
    | 'checkpoint-signature'
    | 'checkpoint-missing'
    | 'checkpoint-other';
  /** Where: of a commit the sequence of its first record, of a checkpoint its number, of a list the line; 0 = the whole. */
  readonly at: number;
  readonly where: 'file' | 'commit' | 'checkpoint' | 'list';
  readonly message: string;
};

export type Verdict = {
  readonly ok: boolean;
  readonly organisation: string;
  readonly commits: number;
  readonly records: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly checkpoints: number;
  /** Records after the last checkpoint: nothing signed speaks for them yet. */
  readonly unsealed: number;
  readonly broken: readonly Finding[];
  /** Found beyond those listed. */
  readonly more: number;
};

/** Public keys as a JWK set: `{"keys":[{"kid","kty":"OKP","crv":"Ed25519","x"}]}`. */
export type KeySet = { readonly keys: readonly object[] };

export type Question = {
  readonly organisation: string;
  /** Path of audit.db. */
  readonly database: string;
  readonly keys: KeySet;
  /** The list that the hub keeps beside the file; by default audit-checkpoints.jsonl in the same folder. */
  readonly list?: string;
  /** Texts of checkpoints that somebody else has kept: JSON lines, or a JSON list. They need not be all there are. */
  readonly copies?: readonly string[];
};

export type ChainQuestion = Pick<Question, 'organisation' | 'keys' | 'copies'> & {
  /** The chain as text: one JSON object a line, without the line breaks. */
  readonly lines: Iterable<string>;
};

const listedFindings = 100;

type Tell = (kind: Finding['kind'], where: Finding['where'], at: number, message: string) => void;

type Findings = { readonly tell: Tell; readonly sum: () => Pick<Verdict, 'ok' | 'broken' | 'more'> };

const collectFindings = (): Findings => {
  const broken: Finding[] = [];
  let more = 0;
  return {
    tell: (kind, where, at, message) => {
      if (broken.length < listedFindings) broken.push({ kind, where, at, message });
      else more += 1;
    },
    sum: () => ({ ok: broken.length === 0, broken, more }),
  };
};

const verdictOf = (
  organisation: string,
  { commits, records, firstSequence, lastSequence, unsealed }: Walked,
  checkpoints: number,
  { ok, broken, more }: ReturnType<Findings['sum']>,
): Verdict => ({
  ok,
  organisation,
  commits,
  records,
  firstSequence,
  lastSequence,
  checkpoints,
  unsealed,
  broken,
  more,
});

/** Checks everything and gives the verdict. Throws only when the file cannot be opened at all. */
export const verifyAudit = ({ organisation, database, keys, list, copies = [] }: Question): Verdict => {
  const { tell, sum } = collectFindings();
  const db = new DatabaseSync(database, { readOnly: true, timeout: 5_000 });
  try {
    // One state of the file from beginning to end, whatever the hub writes meanwhile.
    db.exec('BEGIN');
    const sound = checkFile(db, tell);
    const authentic = createSignatureCheck(organisation, keys, tell);
    const stored = sound ? storedCheckpoints(db, tell) : [];
    const trusted = [...checkStored(stored, authentic, tell)];
    if (sound) trusted.push(...checkCopies(copies, stored, authentic, tell));
    const walked = sound ? walkChain(commitRows(db), organisation, trusted, tell) : nothingWalked;
    if (sound) checkMoved(db, walked.outbox, tell);
    // Read last: a checkpoint made meanwhile is in the list already and not yet in the state that was read.
    const beside = list ?? join(dirname(database), 'audit-checkpoints.jsonl');
    checkList(beside, stored, () => newerCheckpoints(db, stored), authentic, tell);
    return verdictOf(organisation, walked, stored.length, sum());
  } finally {
    db.close();
  }
};

/** The same for an audit that was told as text; what only a file can have is not looked for. Throws when the lines cannot be read. */
export const verifyChain = ({ organisation, lines, keys, copies = [] }: ChainQuestion): Verdict => {
  const { tell, sum } = collectFindings();
  const authentic = createSignatureCheck(organisation, keys, tell);
  const told = readChain(lines, organisation, tell);
  const trusted = [
    ...checkStored(told.checkpoints, authentic, tell),
    ...checkCopies(copies, told.checkpoints, authentic, tell),
  ];
  const walked = walkChain(told.commits(), organisation, trusted, tell);
  return verdictOf(organisation, walked, told.checkpoints.length, sum());
};

// --- The file --------------------------------------------------------------------------------------------------------------

const applicationId = 0x42444c44;
const knownVersion = 2;

const objects: Readonly<Record<string, string>> = {
  audit_commit: 'table',
  moved: 'table',
  checkpoint: 'table',
  audit: 'view',
  audit_commit_period: 'index',
};

/** Whether it is an audit at all, and one that holds nothing but what belongs there: a trigger could keep records out. */
const checkFile = (db: DatabaseSync, tell: Tell): boolean => {
  try {
    const mark = db.prepare('PRAGMA application_id').get()?.['application_id'];
    const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
    if (mark !== applicationId || version !== knownVersion) {
      tell(
        'file',
        'file',
        0,
        `not an audit of version ${knownVersion} (mark ${String(mark)}, version ${String(version)})`,
      );
      return false;
    }
    const names = new Set(Object.keys(objects));
    for (const row of db.prepare('SELECT type, name FROM sqlite_schema').all()) {
      const [type, name] = [String(row['type']), String(row['name'])];
      if (objects[name] === type) names.delete(name);
      else tell('schema', 'file', 0, `${type} ${name} does not belong here`);
    }
    for (const name of names) tell('schema', 'file', 0, `${objects[name] ?? ''} ${name} is missing`);
    for (const row of db.prepare('PRAGMA integrity_check(20)').all()) {
      const said = String(row['integrity_check']);
      if (said !== 'ok') tell('index', 'file', 0, said);
    }
    return !names.has('audit_commit') && !names.has('checkpoint');
  } catch (error) {
    tell('file', 'file', 0, messageOf(error));
    return false;
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'cannot be read');

// --- The text ----------------------------------------------------------------------------------------------------------------

const chainForm = 'audit chain 1';

type Told = { readonly checkpoints: readonly Stored[]; readonly commits: () => Iterable<Row> };

/**
 * The lines in their order: what it is, the checkpoints, the commits, how many there were. A line is right when it is written exactly as the
 * hub writes it.
 */
const readChain = (lines: Iterable<string>, organisation: string, tell: Tell): Told => {
  const iterator = lines[Symbol.iterator]();
  let at = 0;
  const next = (): string | null => {
    at += 1;
    const { done, value } = iterator.next();
    return done === true ? null : value;
  };
  const header = next();
  if (header !== JSON.stringify({ bindeledd: chainForm, organisation })) {
    tell('file', 'file', 0, `does not begin as the ${chainForm} of ${organisation}`);
    return { checkpoints: [], commits: () => [] };
  }
  const checkpoints: Stored[] = [];
  let line = next();
  for (; line !== null; line = next()) {
    const { checkpoint: number, sequence, record } = objectIn(line);
    if (!isCount(number) || !isCount(sequence) || typeof record !== 'string') break;
    const checkpoint = readCheckpoint(record);
    const fits =
      checkpoint !== null &&
      checkpoint.number === number &&
      checkpoint.sequence === sequence &&
      JSON.stringify({ checkpoint: number, sequence, record }) === line;
    if (!fits) tell('checkpoint-form', 'checkpoint', number, 'is not in the form of a checkpoint');
    checkpoints.push({ number, text: record, checkpoint: fits ? checkpoint : null });
  }
  const commits = function* commits(): Iterable<Row> {
    let count = 0;
    for (; line !== null; line = next()) {
      const row = rowIn(line);
      if (row === null) break;
      count += 1;
      yield row;
    }
    const end = JSON.stringify({ end: chainForm, checkpoints: checkpoints.length, commits: count });
    if (line !== end)
      tell('file', 'file', 0, line === null ? 'the end is missing' : `line ${at} does not belong where it stands`);
    else if (next() !== null) tell('file', 'file', 0, `line ${at} stands behind the end`);
  };
  return { checkpoints, commits };
};

const objectIn = (line: string): Readonly<Record<string, unknown>> => {
  const value = parsed(line);
  return isObject(value) ? value : {};
};

/** A commit as the file has it; null when the line is not one exactly as it is written. */
const rowIn = (line: string): Row | null => {
  const { first, count, from, to, outbox, hash: head, records } = objectIn(line);
  if (typeof head !== 'string' || typeof records !== 'string') return null;
  if (JSON.stringify({ first, count, from, to, outbox, hash: head, records }) !== line) return null;
  const bytes = Buffer.from(head, 'base64url');
  if (bytes.toString('base64url') !== head) return null;
  return { first, count, from_at: from, to_at: to, outbox, hash: bytes, type: 'text', records: Buffer.from(records) };
};

const lineBreak = 0x0a;
const chunkBytes = 1_048_576;

/** The lines of an open file or pipe, one at a time. */
export function* linesOf(file: number): Iterable<string> {
  let rest: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const size = readSome(file, chunk);
    if (size === 0) break;
    let begin = 0;
    for (let end = chunk.indexOf(lineBreak); end !== -1 && end < size; end = chunk.indexOf(lineBreak, begin)) {
      yield Buffer.concat([...rest, chunk.subarray(begin, end)]).toString();
      rest = [];
      begin = end + 1;
    }
    if (begin < size) rest.push(chunk.subarray(begin, size));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString();
}

/** A pipe may have nothing yet, or be at its end in the way of another system. */
const readSome = (file: number, chunk: Buffer): number => {
  for (;;)
    try {
      return readSync(file, chunk, 0, chunk.length, null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, listWaitMs);
    }
};

// --- Checkpoints -----------------------------------------------------------------------------------------------------------

const members = ['organisation', 'number', 'kind', 'sequence', 'hash', 'at', 'previous', 'key', 'signature'] as const;

/** A checkpoint by its text; null unless it is exactly in the form in which checkpoints are written. */
const readCheckpoint = (text: string): Checkpoint | null => {
  try {
    const value: Partial<Record<(typeof members)[number], unknown>> = JSON.parse(text);
    const { organisation, number, kind, sequence, hash: head, at, previous, key, signature } = value;
    if (
      typeof organisation !== 'string' ||
      !isCount(number) ||
      (kind !== 'head' && kind !== 'cut') ||
      !isCount(sequence) ||
      typeof head !== 'string' ||
      !Number.isSafeInteger(at) ||
      typeof at !== 'number' ||
      typeof previous !== 'string' ||
      typeof key !== 'string' ||
      typeof signature !== 'string'
    )
      return null;
    const checkpoint: Checkpoint = { organisation, number, kind, sequence, hash: head, at, previous, key, signature };
    return JSON.stringify(checkpoint) === text ? checkpoint : null;
  } catch {
    return null;
  }
};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

type IsAuthentic = (checkpoint: Checkpoint, where: Finding['where'], at: number) => boolean;

/** True for a checkpoint that one of the keys has signed for this organisation; says what is wrong otherwise. Each text is looked at once. */
const createSignatureCheck = (organisation: string, keys: KeySet, tell: Tell): IsAuthentic => {
  const known = new Map<string, KeyObject>();
  for (const jwk of keys.keys) {
    const { kid, kty, crv, x }: { kid?: unknown; kty?: unknown; crv?: unknown; x?: unknown } = jwk;
    if (typeof kid !== 'string' || kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') continue;
    known.set(kid, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }));
  }
  const right = new Set<string>();
  return (checkpoint, where, at) => {
    const text = JSON.stringify(checkpoint);
    if (right.has(text)) return true;
    const { number, kind, sequence, hash: head, at: moment, previous, key, signature } = checkpoint;
    if (checkpoint.organisation !== organisation) {
      tell('checkpoint-other', where, at, `is about ${checkpoint.organisation}`);
      return false;
    }
    const publicKey = known.get(key);
    if (publicKey === undefined) {
      tell('checkpoint-key', where, at, `signed with an unknown key ${key}`);
      return false;
    }
    const said = ['bindeledd checkpoint 1', organisation, number, kind, sequence, head, moment, previous, key].join(
      '\n',
    );
    const bytes = Buffer.from(signature, 'base64url');
    if (bytes.toString('base64url') !== signature || !verify(null, Buffer.from(said), publicKey, bytes)) {
      tell('checkpoint-signature', where, at, 'the signature does not fit');
      return false;
    }
    right.add(text);
    return true;
  };
};

type Stored = { readonly number: number; readonly text: string; readonly checkpoint: Checkpoint | null };

const storedCheckpoints = (db: DatabaseSync, tell: Tell): readonly Stored[] => {
  const found: Stored[] = [];
  try {
    const rows = db.prepare(
      'SELECT number, sequence, typeof(record) AS type, CAST(record AS BLOB) AS record FROM checkpoint ORDER BY number',
    );
    for (const row of rows.iterate()) {
      const [number, text] = [Number(row['number']), textOf(row['record'])];
      const read = row['type'] === 'text' ? readCheckpoint(text) : null;
      const fits = read !== null && read.number === number && read.sequence === row['sequence'];
      if (!fits) tell('checkpoint-form', 'checkpoint', number, 'is not in the form of a checkpoint');
      found.push({ number, text, checkpoint: fits ? read : null });
    }
  } catch (error) {
    tell('checkpoint-form', 'checkpoint', (found.at(-1)?.number ?? 0) + 1, messageOf(error));
  }
  return found;
};

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : '';

/** The order of the stored checkpoints and their signatures; gives those that can be trusted. */
const checkStored = (stored: readonly Stored[], authentic: IsAuthentic, tell: Tell): readonly Checkpoint[] => {
  const trusted: Checkpoint[] = [];
  let [expected, previous, head, cut]: [number, string | null, number, number] = [1, '', 0, 0];
  for (const { number, checkpoint } of stored) {
    const gap = number !== expected;
    if (gap) tell('checkpoint-missing', 'checkpoint', expected, `${range(expected, number - 1)} missing`);
    expected = number + 1;
    if (checkpoint === null) {
      previous = null;
      continue;
    }
    const follows = gap || previous === null || checkpoint.previous === previous;
    if (!follows) tell('checkpoint-order', 'checkpoint', number, 'does not follow on the one before');
    previous = checkpoint.signature;
    const back = checkpoint.kind === 'head' ? checkpoint.sequence < head : checkpoint.sequence <= cut;
    if (back) tell('checkpoint-order', 'checkpoint', number, 'goes back behind an earlier one');
    if (checkpoint.kind === 'head') head = Math.max(head, checkpoint.sequence);
    else cut = Math.max(cut, checkpoint.sequence);
    if (authentic(checkpoint, 'checkpoint', number)) trusted.push(checkpoint);
  }
  return trusted;
};

const range = (from: number, to: number): string => (from === to ? `${from} is` : `${from} to ${to} are`);

/** Copies kept by others: whatever they hold must be what the file holds. Gives those that can be trusted. */
const checkCopies = (
  copies: readonly string[],
  stored: readonly Stored[],
  authentic: IsAuthentic,
  tell: Tell,
): readonly Checkpoint[] => {
  const byNumber = new Map(stored.map((one) => [one.number, one.text]));
  const trusted: Checkpoint[] = [];
  for (const copy of copies)
    for (const [index, text] of textsOf(copy).entries()) {
      const checkpoint = readCheckpoint(text);
      if (checkpoint === null) {
        tell('checkpoint-form', 'list', index + 1, 'the copy holds something that is not a checkpoint');
        continue;
      }
      if (!authentic(checkpoint, 'list', index + 1)) continue;
      trusted.push(checkpoint);
      const here = byNumber.get(checkpoint.number);
      if (here === undefined)
        tell('checkpoint-missing', 'checkpoint', checkpoint.number, 'is in the copy, and no longer in the file');
      else if (here !== text)
        tell('checkpoint-other', 'checkpoint', checkpoint.number, 'is another one than in the copy');
    }
  return trusted;
};

/** The checkpoints of a text: JSON lines, a JSON list, or an object with one as `checkpoints` or `items`. */
const textsOf = (copy: string): readonly string[] => {
  const whole = parsed(copy);
  const inside = isObject(whole) ? (whole['checkpoints'] ?? whole['items'] ?? null) : null;
  const items = Array.isArray(whole) ? whole : inside;
  if (Array.isArray(items)) return items.map((one) => JSON.stringify(one));
  return copy
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

// A checkpoint is in the file a moment before it is in the list.
const listTries = 10;
const listWaitMs = 50;
const justNowMs = 10_000;

/** The lines of the list; waits a little for one that has just been made. */
const readList = (list: string, newest: Stored | undefined): string[] => {
  for (let tries = 1; ; tries += 1) {
    const text = readFileSync(list, 'utf8');
    const at = newest?.checkpoint?.at ?? 0;
    const isRecent = newest !== undefined && Math.abs(Date.now() - at) < justNowMs;
    if (!isRecent || tries === listTries || text.includes(`${newest.text}\n`)) return text.split('\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, listWaitMs);
  }
};

/** Checkpoints that the file has got since it was read: a new state of it, so this comes after everything else. */
const newerCheckpoints = (db: DatabaseSync, stored: readonly Stored[]): ReadonlySet<string> => {
  db.exec('COMMIT');
  try {
    const rows = db.prepare('SELECT CAST(record AS BLOB) AS record FROM checkpoint WHERE number > ?');
    return new Set(rows.all(stored.at(-1)?.number ?? 0).map((row) => textOf(row['record'])));
  } catch {
    return new Set();
  }
};

/**
 * The list beside the file holds the same checkpoints in the same order; it may have got one or two more since the file was read, which the file
 * then has as well. What only the list has speaks for records that are gone: a file put back from a copy, or another one in its place.
 */
const checkList = (
  list: string,
  stored: readonly Stored[],
  newer: () => ReadonlySet<string>,
  authentic: IsAuthentic,
  tell: Tell,
): void => {
  if (!existsSync(list)) {
    if (stored.length > 0) tell('checkpoint-missing', 'list', 0, 'the list beside the file is missing');
    return;
  }
  const lines = readList(list, stored.at(-1));
  const end = lines.pop() ?? '';
  let index = 0;
  let later: ReadonlySet<string> | null = null;
  for (const [place, line] of lines.entries()) {
    const at = place + 1;
    const here = stored[index];
    if (here !== undefined && here.text === line) {
      index += 1;
      continue;
    }
    // A line that a crash cut off stands again, whole, in the next one.
    if (readCheckpoint(line) === null && (lines[place + 1] ?? '').startsWith(line) && line !== '') continue;
    const checkpoint = readCheckpoint(line);
    if (checkpoint === null) {
      tell('checkpoint-form', 'list', at, 'is not in the form of a checkpoint');
      continue;
    }
    if (!authentic(checkpoint, 'list', at)) continue;
    const { number } = checkpoint;
    if (index < stored.length || number <= (stored.at(-1)?.number ?? 0)) {
      tell('checkpoint-other', 'list', at, `checkpoint ${number} stands here and is not the one in the file`);
      continue;
    }
    later ??= newer();
    if (!later.has(line))
      tell('checkpoint-missing', 'checkpoint', number, 'stands in the list, and the file does not hold it');
  }
  // A crash may have kept back the last line break alone.
  if (end !== '' && stored[index]?.text === end) index += 1;
  const missing = stored[index];
  if (missing !== undefined)
    tell(
      'checkpoint-missing',
      'list',
      0,
      `the list ends before checkpoint ${missing.number}${end === '' ? '' : ', in a torn line'}${
        missing === stored.at(-1) ? ': after a crash the next start of the hub adds it' : ''
      }`,
    );
};

// --- The chain -------------------------------------------------------------------------------------------------------------

type Walked = Pick<Verdict, 'commits' | 'records' | 'firstSequence' | 'lastSequence' | 'unsealed'> & {
  /** The highest number in the outbox. */
  readonly outbox: number;
};

const nothingWalked: Walked = { commits: 0, records: 0, firstSequence: 0, lastSequence: 0, unsealed: 0, outbox: 0 };

type Row = Readonly<Record<string, unknown>>;

const sha256 = (bytes: Buffer | string): Buffer => hash('sha256', bytes, 'buffer');

const walkChain = (rows: Iterable<Row>, organisation: string, trusted: readonly Checkpoint[], tell: Tell): Walked => {
  const cut = trusted.filter(({ kind }) => kind === 'cut').reduce<Checkpoint | null>(latest, null);
  const heads = trusted
    .filter(({ kind, sequence }) => kind === 'head' && sequence > (cut?.sequence ?? 0))
    .toSorted((a, b) => a.sequence - b.sequence);
  let before = cut === null ? sha256(`bindeledd audit 1\n${organisation}\n`) : Buffer.from(cut.hash, 'base64url');
  let next = (cut?.sequence ?? 0) + 1;
  let outbox = 0;
  let place = 0;
  const walked = { commits: 0, records: 0, firstSequence: 0, lastSequence: 0 };
  try {
    for (const row of rows) {
      const commit = readCommit(row);
      if (commit === null) {
        tell('form', 'commit', Number(row['first']), 'the row is not in the form of a commit');
        // What follows is held against the hash that is stored, if that is one.
        const kept = row['hash'];
        if (kept instanceof Uint8Array && kept.length === hashBytes) before = Buffer.from(kept);
        next = Number(row['first']) + Math.max(1, Number(row['count']) || 1);
        continue;
      }
      const { first, count } = commit;
      const last = first + count - 1;
      if (first > next) tell('gap', 'commit', first, `${range(next, first - 1)} missing before it`);
      else if (first < next) tell('overlap', 'commit', first, `comes where ${next} was expected`);
      else if (!hashOf(before, organisation, commit).equals(commit.hash))
        tell('content', 'commit', first, 'does not fit its hash and the one before: the row was altered');
      checkRecords(commit, tell);
      if (commit.outbox !== null) {
        if (commit.outbox <= outbox) tell('outbox', 'commit', first, 'the number in the outbox goes back');
        outbox = Math.max(outbox, commit.outbox);
      }
      for (let head = heads[place]; head !== undefined && head.sequence <= last; head = heads[place]) {
        const said = head.sequence === last && head.hash === commit.hash.toString('base64url');
        if (!said)
          tell(
            'recomputed',
            'commit',
            first,
            `is not what checkpoint ${head.number} says of sequence ${head.sequence}`,
          );
        place += 1;
      }
      before = commit.hash;
      next = Math.max(next, last + 1);
      walked.commits += 1;
      walked.records += count;
      if (walked.firstSequence === 0) walked.firstSequence = first;
      walked.lastSequence = last;
    }
  } catch (error) {
    tell('form', 'commit', next, messageOf(error));
  }
  const beyond = heads[place];
  if (beyond !== undefined)
    tell(
      'truncated',
      'commit',
      next,
      `${range(next, heads.at(-1)?.sequence ?? next)} missing: checkpoint ${beyond.number} speaks for them`,
    );
  if (cut !== null && walked.commits === 0) tell('truncated', 'commit', next, 'nothing is left after the cut');
  if (heads.length === 0 && walked.records > 0)
    tell('unsealed', 'file', 0, 'no checkpoint speaks for these records: they prove nothing');
  const unsealed = Math.max(0, walked.lastSequence - (heads.at(-1)?.sequence ?? cut?.sequence ?? 0));
  return { ...walked, unsealed, outbox };
};

const latest = (best: Checkpoint | null, one: Checkpoint): Checkpoint =>
  best === null || one.sequence > best.sequence ? one : best;

// The bytes of the text as they are: text that is no UTF-8 would be mended on its way.
const rowsInOrder = `SELECT first, count, from_at, to_at, outbox, hash, typeof(records) AS type, CAST(records AS BLOB) AS records
  FROM audit_commit ORDER BY first`;

function* commitRows(db: DatabaseSync): Iterable<Row> {
  yield* db.prepare(rowsInOrder).iterate();
}

const hashBytes = 32;

type Commit = {
  readonly first: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly outbox: number | null;
  readonly hash: Buffer;
  readonly records: Buffer;
};

const readCommit = (row: Row): Commit | null => {
  const { first, count, from_at: from, to_at: to, outbox, hash: kept, records } = row;
  if (!isCount(first) || !isCount(count) || !isWhole(from) || !isWhole(to)) return null;
  if (outbox !== null && !isWhole(outbox)) return null;
  if (!(kept instanceof Uint8Array) || kept.length !== hashBytes) return null;
  if (row['type'] !== 'text' || !(records instanceof Uint8Array)) return null;
  return {
    first,
    count,
    from,
    to,
    outbox,
    hash: Buffer.from(kept),
    records: Buffer.from(records.buffer, records.byteOffset, records.byteLength),
  };
};

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

const hashOf = (before: Buffer, organisation: string, commit: Commit): Buffer => {
  const { first, count, from, to, outbox, records } = commit;
  const head = `bindeledd audit 1\n${organisation}\n${first}\n${count}\n${from}\n${to}\n${outbox ?? ''}\n`;
  return sha256(Buffer.concat([before, Buffer.from(head), records]));
};

/** The list holds as many records as the row says, of the time that the row says. */
const checkRecords = ({ first, count, from, to, records }: Commit, tell: Tell): void => {
  const list = parsed(records.toString());
  if (!Array.isArray(list) || list.length !== count) {
    tell(
      'count',
      'commit',
      first,
      `holds ${Array.isArray(list) ? list.length : 'no list of'} records, and says ${count}`,
    );
    return;
  }
  let [earliest, latestAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const record of list) {
    const at: unknown = isObject(record) ? record['at'] : null;
    if (typeof at !== 'number') {
      tell('count', 'commit', first, 'holds something that is no record');
      return;
    }
    earliest = Math.min(earliest, at);
    latestAt = Math.max(latestAt, at);
  }
  if (earliest !== from || latestAt !== to)
    tell('period', 'commit', first, 'the time of the row is not that of its records');
};

/** What is to come from the outbox begins after this number: a higher one would keep records out. */
const checkMoved = (db: DatabaseSync, outbox: number, tell: Tell): void => {
  try {
    const moved = db.prepare('SELECT number FROM moved').all();
    const known = Number(moved[0]?.['number']);
    if (moved.length !== 1 || (outbox > 0 && known !== outbox))
      tell('outbox', 'file', 0, `says that records up to ${known} of the outbox are here; the last one is ${outbox}`);
  } catch (error) {
    tell('outbox', 'file', 0, messageOf(error));
  }
};

// --- The program -----------------------------------------------------------------------------------------------------------

/** A verdict, also one that has been through JSON. */
export type DescribedVerdict = Omit<Verdict, 'broken'> & {
  readonly broken: readonly (Pick<Finding, 'at' | 'message'> & { readonly kind: string; readonly where: string })[];
};

/** The verdict in words, a line each. */
export const describeVerdict = (verdict: DescribedVerdict): readonly string[] => {
  const { ok, organisation, records, commits, firstSequence, lastSequence, checkpoints, unsealed, broken, more } =
    verdict;
  const sum = `${organisation}: ${records} records in ${commits} commits (${firstSequence} to ${lastSequence}), ${checkpoints} checkpoints`;
  const tail =
    unsealed > 0 ? [`${unsealed} records are newer than the last checkpoint: nothing signed speaks for them yet.`] : [];
  if (ok) return [`${sum}: all as signed.`, ...tail];
  const lines = broken.map(
    ({ kind, where, at, message }) => `${kind}  ${where}${at === 0 ? '' : ` ${at}`}: ${message}`,
  );
  return [`${sum}: BROKEN.`, ...lines, ...(more > 0 ? [`and ${more} more`] : []), ...tail];
};

const usage =
  'node audit-verify.ts --organisation <id> (--database <audit.db> | --chain <audit-chain.jsonl>) --keys <audit-keys.json> [--checkpoints <copy>]… [--json]';

const standardInput = 0;

/** Looks at a chain in a file, or (`-`) from standard input; there the keys may be the first line. */
const verifyText = (question: Pick<Question, 'organisation' | 'copies'>, chain: string, keys: string): Verdict => {
  const file = chain === '-' ? standardInput : openSync(chain, 'r');
  try {
    const lines = linesOf(file)[Symbol.iterator]();
    const isBoth = keys === '-' && file === standardInput;
    const text: unknown = isBoth ? lines.next().value : readFileSync(keys === '-' ? standardInput : keys, 'utf8');
    const keySet: KeySet = JSON.parse(String(text));
    return verifyChain({ ...question, keys: keySet, lines: { [Symbol.iterator]: () => lines } });
  } finally {
    if (file !== standardInput) closeSync(file);
  }
};

const main = (): number => {
  let verdict: Verdict;
  let asJson: boolean;
  try {
    const { values } = parseArgs({
      options: {
        organisation: { type: 'string' },
        database: { type: 'string' },
        chain: { type: 'string' },
        keys: { type: 'string' },
        checkpoints: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
    const { organisation, database, chain, keys, checkpoints = [], json = false } = values;
    const isOne = (database === undefined) !== (chain === undefined);
    if (organisation === undefined || keys === undefined || !isOne) throw new Error(usage);
    const copies = checkpoints.map((file) => readFileSync(file, 'utf8'));
    asJson = json;
    if (database === undefined) verdict = verifyText({ organisation, copies }, chain ?? '', keys);
    else {
      // `-`: from standard input.
      const keySet: KeySet = JSON.parse(readFileSync(keys === '-' ? standardInput : keys, 'utf8'));
      verdict = verifyAudit({ organisation, database, keys: keySet, copies });
    }
  } catch (error) {
    console.error(messageOf(error));
    return 2;
  }
  if (asJson) console.log(JSON.stringify(verdict));
  else for (const line of describeVerdict(verdict)) console.log(line);
  return verdict.ok ? 0 : 7;
};

if (import.meta.main) process.exitCode = main();
