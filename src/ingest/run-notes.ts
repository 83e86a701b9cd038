// What is told about the entries of a page: as rows that adapter and owner can read, and as the problem of a refused page. Called by run.ts.
// No identifier leaves here save as its pseudonym.
import { HubError, problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Rejection, TenantRuns } from '#store/store.ts';
import type { Note, Notes } from './page.ts';
import { rawValue } from './removals.ts';
import type { PageClaim } from './run-state.ts';

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
  const all = await runs.rejections({ corrId, limit: limits.rejectionsPerRun });
  const mine = all.filter((one) => one.page === page);
  const rejected = mine.filter((one) => one.severity === 'rejected').length;
  return { rejected, warnings: mine.length - rejected };
};

const rank = (note: Note): number => (note.severity === 'rejected' ? 0 : 1);

/** The rows of a page's notes, at most `room` of them, rejections before warnings. */
export const rejectionsOf = (
  notes: Notes,
  claim: PageClaim,
  now: number,
  room: number,
  pseudonym: (text: string) => string,
): readonly Rejection[] => {
  const kept =
    notes.kept.length <= room ? notes.kept : [...notes.kept].sort((a, b) => rank(a) - rank(b)).slice(0, room);
  return [...kept]
    .sort((a, b) => a.index - b.index)
    .map(({ index, severity, code, at, message, identifier }) => ({
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
    }));
};
