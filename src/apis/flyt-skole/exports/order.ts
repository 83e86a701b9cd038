// What a client asks of an export, read from a body or from a query: values are there by then, and here they are held against each other and against what
// the client may see. Called by the operations of this folder.
import { problem, type ProblemItem } from '#base/errors.ts';
import { holdsNationalId } from '#base/national-id.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { civilNow } from '#mappings/converters.ts';
import { kindsOf } from '../mappings/kinds.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';
import { badParameters } from '../parameters.ts';
import { projectionsOf, uidOf } from '../reads/answers.ts';
import { exportProfiles, profilesOf, type ExportAsked, type ExportFormat, type ExportProfile } from './ports.ts';

/** Members of an order as they were sent: each of the form that its schema has. */
type Given = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The format and the profile; the profile has to be one of the format. */
const profileOf = (given: Given, format: ExportFormat, at: (name: string) => string, errors: ProblemItem[]) => {
  const name = textOf(given['profile']);
  if (name === null) return null;
  const profile = exportProfiles.find((one) => one === name) ?? null;
  const own: readonly ExportProfile[] = profilesOf[format];
  if (profile === null || !own.includes(profile))
    errors.push({ at: at('profile'), message: `is not of ${format}, which has ${own.join(', ')}` });
  return profile;
};

const yearOf = (given: Given, at: (name: string) => string, errors: ProblemItem[]): string | null => {
  const year = textOf(given['schoolYear']);
  const [from, to] = (year ?? '').split('/').map(Number);
  if (year !== null && to !== (from ?? 0) + 1)
    errors.push({ at: at('schoolYear'), message: 'takes a school year, like 2026/2027' });
  return year;
};

const list = (value: unknown): readonly string[] | null => {
  if (value instanceof Set) return [...(value as ReadonlySet<string>)];
  return Array.isArray(value) ? (value as readonly string[]) : null;
};

/**
 * The order. Fails with HUB-103 for a profile of another format, for `since` of a full file, for a school year that is none, and for schools that are
 * not there for the client. `at` names a member as the client knows it.
 */
export const readOrder = async (
  deps: VfsDeps,
  call: VfsCall,
  given: Given,
  at: (name: string) => string,
): Promise<Result<ExportAsked>> => {
  const errors: ProblemItem[] = [];
  const format: ExportFormat = given['format'] === 'ims' || given['format'] === 'abc' ? given['format'] : 'pifu';
  const type = given['type'] === 'delta' ? 'delta' : 'full';
  const since = textOf(given['since']);
  if (since !== null && type === 'full')
    errors.push({ at: at('since'), message: 'is of a delta only: say type delta, or leave it out' });
  if (type === 'delta' && format === 'abc')
    errors.push({ at: at('type'), message: 'abc knows no delta: ask for a full file' });
  const profile = profileOf(given, format, at, errors);
  const schoolYear = yearOf(given, at, errors);
  const schools = list(given['schoolIds']);
  if (errors.length === 0 && schools !== null) errors.push(...(await unseen(deps, call, schools, at)));
  if (errors.length > 0) return badParameters(errors);
  return ok({ format, profile, type, since, schools, schoolYear });
};

/** Schools that are not there for the client: of nothing, of others, or not opened. */
const unseen = async (
  deps: VfsDeps,
  call: VfsCall,
  schools: readonly string[],
  at: (name: string) => string,
): Promise<readonly ProblemItem[]> => {
  const { school } = kindsOf(deps.model);
  const choice = { fields: new Set(['id']), includes: new Set<string>(), now: civilNow(deps.clock.now()) };
  const uids = schools.map((id) => uidOf(deps, call, id));
  const [projection] = projectionsOf([school], choice);
  const known = uids.filter((uid) => uid >= 0);
  const result =
    projection === undefined || known.length === 0
      ? null
      : await deps.documents.find({ kind: 'by-uid', projection, uids: known, accept: null }, call.context);
  const seen = new Set(result?.kind === 'documents' ? result.documents.map(({ uid }) => uid) : []);
  return uids.flatMap((uid, index) =>
    seen.has(uid)
      ? []
      : [
          {
            at: schools.length === 1 ? at('schoolIds') : `${at('schoolIds')}/${index}`,
            message: 'there is no such school that this application may see',
          },
        ],
  );
};

/** The reason of a decision: it stands in the audit, which holds no national id. */
export const readReason = (body: VfsCall['body']): Result<string> => {
  const reason = textOf(body?.['reason'])?.trim() ?? '';
  if (holdsNationalId(reason))
    return failed(
      problem('HUB-103', 'Bad parameters: /reason.', {
        errors: [{ at: '/reason', message: 'must not hold a national id' }],
      }),
    );
  if (reason.length < 3)
    return failed(
      problem('HUB-103', 'Bad parameters: /reason.', { errors: [{ at: '/reason', message: 'is needed' }] }),
    );
  return ok(reason);
};
