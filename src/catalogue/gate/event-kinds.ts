// The kinds of events that an API tells of, as a small artefact of its own: consumers name kinds, so that what becomes of them is part of the contract
// (facts 7.5, 9). Made by APIs that tell events, compared by event-differences.ts.

export type EventKindDescription = {
  /** Names of members by what they are, in words of the API: `DateTime!`, `string`. */
  readonly members: Readonly<Record<string, string>>;
  /** The member by which events about the same thing are known to belong together. */
  readonly key: string;
  /** Within what events come in the order in which they happened. */
  readonly order: 'feed' | 'key';
};

export type EventKindsDescription = { readonly kinds: Readonly<Record<string, EventKindDescription>> };

export const eventKindsType = 'application/vnd.bindeledd.events+json';

const sorted = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The text of the artefact: kinds and members in alphabetical order, whatever order they come in. */
export const eventKindsText = ({ kinds }: EventKindsDescription): string => {
  const all = Object.entries(kinds).map(([name, kind]) => [name, { ...kind, members: sorted(kind.members) }]);
  return `${JSON.stringify({ kinds: sorted(Object.fromEntries(all)) }, null, 1)}\n`;
};
