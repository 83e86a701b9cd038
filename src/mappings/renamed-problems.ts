// What the hub says against a write, in the names of the API that asked: places in a resource become members of what was sent. Used by mapped APIs. Pure.
import type { Problem, ProblemItem } from '#base/errors.ts';

/** The problem with each item at the members that `namesAt` gives for its place in the resource; at the whole ('') where it gives none. */
export const renamed = (value: Problem, namesAt: (at: string) => readonly string[]): Problem => {
  if (value.errors === undefined) return value;
  const errors = value.errors.flatMap((item): readonly ProblemItem[] => {
    const names = namesAt(item.at);
    const message = messageOf(item);
    return names.length === 0
      ? [{ ...item, at: '', message }]
      : names.map((name) => ({ ...item, at: `/${name}`, message }));
  });
  // Two attributes may be one member.
  const told = new Map(errors.map((item) => [JSON.stringify(item), item]));
  return { ...value, errors: [...told.values()] };
};

/** True when a place in a resource is where a member is written, above it or within it. */
export const isWrittenAt = (at: string, own: string): boolean =>
  at === own || own.startsWith(`${at}/`) || (at !== '' && at.startsWith(`${own}/`));

/** Says what of a problem an API has no name for in the words of the whole. */
const messageOf = ({ code, message }: ProblemItem): string => {
  switch (code) {
    case 'HUB-613':
      return 'has to be given, and cannot be taken away';
    case 'HUB-614':
      return 'may not be written by this application';
    default:
      return message;
  }
};
