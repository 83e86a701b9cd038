// An audit as text, so that it can be proved away from the store that holds it: what the independent verifier reads where there is no file of
// one organisation. Used by every dialect's trail. The verifier has its own copy of the form on purpose (verify/audit-verify.ts).
import { yieldToLoop } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { AuditCommit } from './audit-chain.ts';
import type { ChainPart, Eventually } from './store.ts';

export type ChainSource = {
  readonly organisation: string;
  /** First sequences of the oldest and the newest commit, and the number of the newest checkpoint, all of one state; 0 = none. */
  readonly extent: () => Eventually<{ readonly first: number; readonly last: number; readonly checkpoint: number }>;
  /** Some of those with a number beyond one and up to another, ascending; none when there are none. `record`: the text as it is kept. */
  readonly checkpoints: (
    after: number,
    upTo: number,
  ) => Eventually<readonly { readonly number: number; readonly sequence: number; readonly record: string }[]>;
  /** All whose first sequence is within these bounds, ascending. */
  readonly commits: (
    from: number,
    upTo: number,
  ) => Eventually<readonly { readonly commit: AuditCommit; readonly hash: Buffer }[]>;
  /** Whether records have been dropped under a checkpoint beyond this number. */
  readonly wasCut: (after: number) => Eventually<boolean>;
};

const form = 'audit chain 1';

// Sequences of one piece: a megabyte or so.
const stretch = 2_000;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** Where a piece begins: how far checkpoints and commits go, and how far they have been told. */
type Place = {
  readonly newest: number;
  readonly last: number;
  /** Number of the last checkpoint told, and how many were. */
  readonly after: number;
  readonly checkpoints: number;
  /** First sequence of what comes next, and how many commits were told. */
  readonly from: number;
  readonly commits: number;
};

const members = ['newest', 'last', 'after', 'checkpoints', 'from', 'commits'] as const;

const placeText = (place: Place): string => members.map((name) => place[name]).join('.');

const placeOf = (text: string): Place => {
  const numbers = /^\d{1,15}(?:\.\d{1,15}){5}$/.test(text) ? text.split('.').map(Number) : [];
  const [newest, last, after, checkpoints, from, commits] = numbers;
  if (
    newest === undefined ||
    last === undefined ||
    after === undefined ||
    checkpoints === undefined ||
    from === undefined ||
    commits === undefined
  )
    throw new HubError(problem('HUB-103', 'This is no place in the chain of an audit.'));
  return { newest, last, after, checkpoints, from, commits };
};

/**
 * A piece of the text from a place, null = from its beginning. One JSON object a line, members in this order: what it is, the checkpoints from
 * the first, the commits from the first that is kept, and how many of each there were, so that a missing end is seen. The state is that of the
 * first piece; no transaction stays open. Rejects with HUB-501 at the end when records were dropped meanwhile, since what was told would look
 * broken, and with HUB-103 for a place that no piece gave.
 */
export const tellPart = async (source: ChainSource, from: string | null): Promise<ChainPart> => {
  if (from === null) {
    const { first, last, checkpoint: newest } = await source.extent();
    const place = { newest, last, after: 0, checkpoints: 0, from: first, commits: 0 };
    return { text: line({ bindeledd: form, organisation: source.organisation }), next: placeText(place) };
  }
  const place = placeOf(from);
  if (place.after < place.newest) {
    const some = await source.checkpoints(place.after, place.newest);
    const text = some.map(checkpointLine).join('');
    const after = some.at(-1)?.number ?? place.newest;
    return { text, next: placeText({ ...place, after, checkpoints: place.checkpoints + some.length }) };
  }
  if (place.from > 0 && place.from <= place.last) {
    const some = await source.commits(place.from, Math.min(place.last, place.from + stretch - 1));
    const next = { ...place, from: place.from + stretch, commits: place.commits + some.length };
    return { text: some.map(commitLine).join(''), next: placeText(next) };
  }
  if (await source.wasCut(place.newest))
    throw new HubError(
      problem('HUB-501', 'Old records were dropped from the audit meanwhile: ask again.', { retryAfter: 1 }),
    );
  return { text: line({ end: form, checkpoints: place.checkpoints, commits: place.commits }), next: null };
};

/** All pieces, one after the other. */
export async function* tellChain(source: ChainSource): AsyncIterable<string> {
  let from: string | null = null;
  do {
    const part: ChainPart = await tellPart(source, from);
    if (part.text !== '') yield part.text;
    from = part.next;
    await yieldToLoop();
  } while (from !== null);
}

/** The same text of rows that are at hand, checkpoints before commits, each ascending and all of one state. */
export async function* tellRows(
  organisation: string,
  checkpoints: AsyncIterable<
    readonly { readonly number: number; readonly sequence: number; readonly record: string }[]
  >,
  commits: AsyncIterable<readonly { readonly commit: AuditCommit; readonly hash: Buffer }[]>,
): AsyncIterable<string> {
  let [told, counted] = [0, 0];
  yield line({ bindeledd: form, organisation });
  for await (const some of checkpoints) {
    told += some.length;
    yield some.map(checkpointLine).join('');
  }
  for await (const some of commits) {
    counted += some.length;
    yield some.map(commitLine).join('');
  }
  yield line({ end: form, checkpoints: told, commits: counted });
}

const checkpointLine = ({
  number,
  sequence,
  record,
}: {
  readonly number: number;
  readonly sequence: number;
  readonly record: string;
}): string => line({ checkpoint: number, sequence, record });

const commitLine = ({ commit, hash }: { readonly commit: AuditCommit; readonly hash: Buffer }): string => {
  const { first, count, from, to, outbox, records } = commit;
  return line({ first, count, from, to, outbox, hash: hash.toString('base64url'), records });
};
