// An audit as text, so that it can be proved away from the store that holds it: what the independent verifier reads where there is no file of
// one organisation. Used by every dialect's trail. The verifier has its own copy of the form on purpose (verify/audit-verify.ts).
import { yieldToLoop } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { AuditCommit } from './audit-chain.ts';
import type { Eventually } from './store.ts';

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

// Sequences of one piece: some megabytes.
const stretch = 8_000;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/**
 * One JSON object a line, members in this order: what it is, the checkpoints from the first, the commits from the first that is kept, and how
 * many of each there were, so that a missing end is seen. No transaction stays open; rejects with HUB-501 when records were dropped meanwhile,
 * since what was told would look broken.
 */
export async function* tellChain(source: ChainSource): AsyncIterable<string> {
  const { first: oldest, last, checkpoint: newest } = await source.extent();
  yield line({ bindeledd: form, organisation: source.organisation });
  let checkpoints = 0;
  for (let after = 0; after < newest;) {
    const some = await source.checkpoints(after, newest);
    if (some.length === 0) break;
    yield some.map(({ number, sequence, record }) => line({ checkpoint: number, sequence, record })).join('');
    checkpoints += some.length;
    after = some.at(-1)?.number ?? newest;
  }
  let commits = 0;
  for (let from = oldest; from > 0 && from <= last; from += stretch) {
    const some = await source.commits(from, Math.min(last, from + stretch - 1));
    if (some.length > 0) yield some.map(commitLine).join('');
    commits += some.length;
    await yieldToLoop();
  }
  if (await source.wasCut(newest))
    throw new HubError(
      problem('HUB-501', 'Old records were dropped from the audit meanwhile: ask again.', { retryAfter: 1 }),
    );
  yield line({ end: form, checkpoints, commits });
}

const commitLine = ({ commit, hash }: { readonly commit: AuditCommit; readonly hash: Buffer }): string => {
  const { first, count, from, to, outbox, records } = commit;
  return line({ first, count, from, to, outbox, hash: hash.toString('base64url'), records });
};
