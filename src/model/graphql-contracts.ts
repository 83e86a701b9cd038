// Since when the parts of a GraphQL API are offered as they are, and what is announced to go: `graphql/contracts.yaml` of a model folder, and the days that
// stand beside what is announced. Used by graphql-roots.ts; which parts there are, the API knows.
import { memberOf, membersOf, textOf, type Entry, type Reading } from './graphql-entry.ts';

export type GraphqlContracts = {
  /** The day (`2026-11-22`) since which parts are what they are, where `parts` does not say; null = not known. */
  readonly since: string | null;
  /** By coordinate. */
  readonly parts: ReadonlyMap<string, string>;
};

/** What takes the place of a part, the day on which that was announced, and the day that the part goes at the earliest. */
export type Deprecation = {
  readonly instead: string;
  readonly announced: string | null;
  readonly until: string | null;
};

const dayForm = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export const readContracts = (top: Entry, reading: Reading): GraphqlContracts => {
  membersOf(top, reading, ['since', 'parts']);
  return {
    since: readDay(memberOf(top, 'since'), reading),
    parts: new Map(
      membersOf(memberOf(top, 'parts'), reading).flatMap(([name, entry]) => {
        const day = readDay(entry, reading);
        return day === null ? [] : [[name, day] as const];
      }),
    ),
  };
};

/** A day, or null where it is left out. */
const readDay = (entry: Entry, reading: Reading): string | null => {
  const text = textOf(entry, reading);
  if (text === null || dayForm.test(text)) return text;
  reading.complain(entry.at, 'value-type', 'this takes a day, such as 2027-03-31');
  return null;
};

/** Reads the days beside `instead`. Which day is early enough the catalogue knows, and `bindeledd catalogue check` asks it. */
export const readDeprecation = (entry: Entry, instead: string, reading: Reading): Deprecation => {
  const announced = readDay(memberOf(entry, 'announced'), reading);
  const held = memberOf(entry, 'until');
  const until = readDay(held, reading);
  if (until !== null && announced === null)
    reading.complain(entry.at, 'graphql', `'until' takes a day on which it was announced`);
  if (until !== null && announced !== null && until < announced)
    reading.complain(held.at, 'graphql', `what was announced on ${announced} goes no sooner`);
  return { instead, announced, until };
};
