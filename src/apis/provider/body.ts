// Bodies as adapters send them: JSON objects whose members are looked at one by one. Used by the files that read what adapters send.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

export type Members = { readonly of: (name: string) => unknown };

/** The members of a body that is a JSON object; fails with HUB-101 or HUB-100 otherwise. */
export const bodyOf = (text: string): Result<Members> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(problem('HUB-101', 'The body is not well-formed JSON.'));
  }
  const members = membersOf(value);
  return members === null ? failed(problem('HUB-100', 'The body is not a JSON object.')) : ok(members);
};

/** Own members by name; null when the value is no object. */
export const membersOf = (value: unknown): Members | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { of: (name) => (Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined) }
    : null;
