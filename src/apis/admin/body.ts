// Reads the JSON bodies of the admin API: every finding at once, by pointer, never a value. Used by the handlers. Pure.
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { isCleanText } from '#base/text.ts';

export type Members = Readonly<Record<string, unknown>>;

/** A body under reading. Members that are absent read as undefined; of a wrong kind as undefined too, with a finding. */
export type Body = {
  readonly errors: ProblemItem[];
  readonly given: (name: string) => boolean;
  readonly text: (name: string, most: number) => string | undefined;
  readonly textOrNull: (name: string, most: number) => string | null | undefined;
  readonly texts: (name: string) => readonly string[] | undefined;
  readonly textsOrNull: (name: string) => readonly string[] | null | undefined;
  readonly number: (name: string) => number | undefined;
  readonly flag: (name: string) => boolean | undefined;
  readonly value: (name: string) => unknown;
};

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fails with HUB-101 for what is no JSON and HUB-100 for what is no object. An empty text is an empty object. */
export const parseBody = (text: string): Result<Members> => {
  if (text.trim() === '') return ok({});
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? ok(value) : failed(problem('HUB-100', 'The body must be a JSON object.'));
  } catch {
    return failed(problem('HUB-101', 'The body is not well-formed JSON.'));
  }
};

/** A failure that lists every member at fault. */
export const badMembers = (errors: readonly ProblemItem[]): Failed =>
  failed(problem('HUB-103', errors.map(({ at, message }) => `${at}: ${message}`).join('; '), { errors }));

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && isCleanText(value);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= 1_000 && value.every((one) => isText(one, 1_000));

/** Begins to read a body; members beside the known ones are findings. `within` is the pointer of a nested object. */
export const readBody = (members: Members, known: readonly string[], errors: ProblemItem[] = [], within = ''): Body => {
  const say = (name: string, message: string): undefined => void errors.push({ at: `${within}/${name}`, message });
  for (const name of Object.keys(members)) if (!known.includes(name)) say(name, 'is not known here');
  const given = (name: string): boolean => members[name] !== undefined;
  const text: Body['text'] = (name, most) => {
    const value = members[name];
    if (value === undefined || isText(value, most)) return value;
    return say(name, `must be at most ${most} letters`);
  };
  const texts: Body['texts'] = (name) => {
    const value = members[name];
    if (value === undefined) return undefined;
    return isTexts(value) ? [...new Set(value)] : say(name, 'must be a list of texts');
  };
  return {
    errors,
    given,
    text,
    texts,
    textOrNull: (name, most) => (members[name] === null ? null : text(name, most)),
    textsOrNull: (name) => (members[name] === null ? null : texts(name)),
    number: (name) => {
      const value = members[name];
      if (value === undefined || typeof value === 'number') return value;
      return say(name, 'must be a number');
    },
    flag: (name) => {
      const value = members[name];
      if (value === undefined || typeof value === 'boolean') return value;
      return say(name, 'must be true or false');
    },
    value: (name) => members[name],
  };
};

// Reasons stand in the audit, which holds no national id (trust facts 3.6): eleven digits in a row, or parted as people part them when the
// first six can be a date of birth with what is added to day or month in D-numbers, help numbers and synthetic ones.
const elevenDigits = /(?<!\d)\d{11}(?!\d)/;
const between = String.raw`[\s.,:;/_\-\u2010-\u2015]*`;
const partedDigits = new RegExp(`(?=((?<!\\d)\\d(?:${between}\\d){10}(?!\\d)))`, 'g');
const birthDate =
  /^(?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])(?:0[1-9]|1[0-2]|4[1-9]|5[0-2]|6[6-9]|7[0-7]|8[1-9]|9[0-2])/;

/** Whether a text holds what looks like a national id. */
export const holdsNationalId = (text: string): boolean => {
  // Full-width digits are digits too.
  const plain = text.normalize('NFKC');
  return (
    elevenDigits.test(plain) ||
    [...plain.matchAll(partedDigits)].some(([, found = '']) => birthDate.test(found.replaceAll(/\D/g, '')))
  );
};

const reasonAtMost = 500;

/** The `reason` of a body: empty when it has none. With `needed`, why it must be there. */
export const readReason = (body: Body, needed: string | null = null): string => {
  const reason = body.text('reason', reasonAtMost)?.trim() ?? '';
  if (holdsNationalId(reason)) body.errors.push({ at: '/reason', message: 'must not hold a national id' });
  else if (needed !== null && reason.length < 3) body.errors.push({ at: '/reason', message: `is needed ${needed}` });
  return reason;
};
