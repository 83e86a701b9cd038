// What a client asks of an export, read from a body or from a query whose values have the form of their schemas. What they come to together is for
// exports to judge. Called by the operations of this folder.
import { problem, type Problem } from '#base/errors.ts';
import { holdsNationalId } from '#base/national-id.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { VfsCall } from '../operation.ts';
import { exportProfiles, type ExportAsked } from './ports.ts';

/** Members of an order as they were sent. */
type Given = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const list = (value: unknown): readonly string[] | null => {
  if (value instanceof Set) return [...(value as ReadonlySet<string>)];
  return Array.isArray(value) ? (value as readonly string[]) : null;
};

/** The order. */
export const readOrder = (given: Given): ExportAsked => {
  const { format, profile } = given;
  return {
    format: format === 'ims' || format === 'abc' ? format : 'pifu',
    profile: exportProfiles.find((one) => one === profile) ?? null,
    type: given['type'] === 'delta' ? 'delta' : 'full',
    since: textOf(given['since']),
    schools: list(given['schoolIds']),
    schoolYear: textOf(given['schoolYear']),
  };
};

/** What is wrong with an order that came as a query: by the names of parameters, not by pointers into a body that nobody wrote. */
export const forQuery = (value: Problem): Problem =>
  value.errors === undefined
    ? value
    : { ...value, errors: value.errors.map((item) => ({ ...item, at: item.at.replace(/^\/(\w+)(?:\/\d+)?$/, '$1') })) };

/** The reason of a decision: it stands in the audit, which holds no national id. */
export const readReason = (body: VfsCall['body']): Result<string> => {
  const reason = textOf(body?.['reason'])?.trim() ?? '';
  const wrong = holdsNationalId(reason) ? 'must not hold a national id' : reason.length < 3 ? 'is needed' : null;
  return wrong === null
    ? ok(reason)
    : failed(problem('HUB-103', 'Bad parameters: /reason.', { errors: [{ at: '/reason', message: wrong }] }));
};
