// What is told about the entries of a page: as rows that adapter and owner can read, and as the problem of a refused page. Called by run.ts.
// No identifier leaves here save as its pseudonym.
import { HubError, problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Rejection, TenantRuns } from '#store/store.ts';
import type { Note, Notes } from './page.ts';
import { rawValue } from './removals.ts';
import type { PageClaim } from './run-state.ts';

/** Notes that the store may hold of one run. */
export const mostKept = limits.rejectionsPerRun * 2;

/** The problem of a page that is refused for its findings. */
export const refusedPage = (notes: Notes): Problem =>
  problem('HUB-600', `${notes.rejected + notes.warnings} finding(s); the class takes pages without any.`, {
    errors: notes.kept
      .slice(0, limits.rejectionsPerAnswer)
      .map(({ index, at, code, message }) => ({ at: `/resources/${index}${at}`, message, code })),
  });

/** Rolls the page back by throwing its problem, when it has any finding. */
export const refuseNotes = (notes: Notes): void => {
  if (notes.kept.length > 0) throw new HubError(refusedPage(notes));
};

/** Counts of a page that comes again with other entries: its notes give way. As far as they were kept. */
export const notesOfPage = async (
  runs: TenantRuns,
  corrId: string,
  page: number,
): Promise<{ rejected: number; warnings: number }> => {
  const all = await runs.rejections({ corrId, limit: mostKept });
  const mine = all.filter((one) => one.page === page);
  const rejected = mine.filter((one) => one.severity === 'rejected').length;
  return { rejected, warnings: mine.length - rejected };
};

/**
 * The rows of a page's notes, of each severity as many as there is still room for: warnings never take the place of rejections. Pauses, since a
 * pseudonym each for thousands of notes takes a while.
 */
export const rejectionsOf = async (
  notes: Notes,
  claim: PageClaim,
  now: number,
  room: { readonly rejected: number; readonly warnings: number },
  { pseudonym, pause }: { readonly pseudonym: (text: string) => string; readonly pause: () => Promise<void> },
): Promise<readonly Rejection[]> => {
  const of = (wanted: Note['severity'], most: number): readonly Note[] =>
    notes.kept.filter(({ severity }) => severity === wanted).slice(0, Math.max(0, most));
  const told = [...of('rejected', room.rejected), ...of('warning', room.warnings)].sort((a, b) => a.index - b.index);
  const rows: Rejection[] = [];
  for (const { index, severity, code, at, message, identifier } of told) {
    rows.push({
      corrId: claim.corrId,
      collection: claim.collection,
      page: claim.page,
      index,
      severity,
      code,
      at,
      message,
      subject: identifier === null ? '' : pseudonym(rawValue(identifier)),
      seenAt: now,
    });
    if (rows.length % 256 === 0) await pause();
  }
  return rows;
};
