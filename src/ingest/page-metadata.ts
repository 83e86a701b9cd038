// The metadata of a sync page (facts 5.2): what it must say, checked. Called by page.ts. Gives every finding at once.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

export type PageMetadata = {
  readonly adapterId: string;
  readonly corrId: string;
  /** As sent; null when left out, since the organisation follows from the token. */
  readonly orgId: string | null;
  readonly totalSize: number;
  readonly page: number;
  readonly pageSize: number | null;
  readonly totalPages: number;
};

const corrIdForm = /^[A-Za-z0-9._:-]{1,100}$/;
const largest = 1_000_000_000;

/** Takes the parsed `metadata` member (undefined when it never came). Fails with HUB-600; the errors name members, never values. */
export const readMetadata = (value: unknown): Result<PageMetadata> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return failed(
      problem('HUB-600', 'The page has no metadata object.', {
        errors: [{ at: '/metadata', message: 'expected an object' }],
      }),
    );
  const errors: ProblemItem[] = [];
  const member = (name: string): unknown =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  const text = (name: string, form: RegExp, expected: string): string => {
    const given = member(name);
    if (typeof given === 'string' && form.test(given)) return given;
    errors.push({ at: `/metadata/${name}`, message: `expected ${expected}` });
    return '';
  };
  const whole = (name: string, least: number): number => {
    const given = member(name);
    if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= largest) return given;
    errors.push({ at: `/metadata/${name}`, message: `expected a whole number from ${least} to ${largest}` });
    return 0;
  };
  const optional = (name: string): number | null =>
    member(name) === undefined || member(name) === null ? null : whole(name, 0);
  const orgId = member('orgId');
  if (orgId !== undefined && orgId !== null && typeof orgId !== 'string')
    errors.push({ at: '/metadata/orgId', message: 'expected text' });
  const metadata: PageMetadata = {
    adapterId: text('adapterId', /^[^\p{Cc}\p{Cs}]{1,512}$/u, 'text of 1 to 512 characters'),
    corrId: text('corrId', corrIdForm, 'a UUID, or up to 100 letters, digits, dots, colons and dashes'),
    orgId: typeof orgId === 'string' ? orgId : null,
    totalSize: whole('totalSize', 0),
    page: whole('page', 0),
    pageSize: optional('pageSize'),
    totalPages: optional('totalPages') ?? 0,
  };
  return errors.length === 0
    ? ok(metadata)
    : failed(problem('HUB-600', 'The metadata of the page is not right.', { errors }));
};
