// Since when the parts of a GraphQL API are offered as they are, and when what is announced to go may be gone: `graphql/contracts.yaml` of a model folder,
// and the rule for days of removal (facts 7.3). Used by graphql-roots.ts; which parts there are, the API knows.
import { memberOf, membersOf, textOf, type Entry, type Reading } from './graphql-entry.ts';
import type { ContractMark } from './model.ts';

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

/** Reads the days beside `instead`. Complains about a removal that the contract does not allow so early. */
export const readDeprecation = (
  entry: Entry,
  instead: string,
  contract: ContractMark | null,
  reading: Reading,
): Deprecation => {
  const announced = readDay(memberOf(entry, 'announced'), reading);
  const held = memberOf(entry, 'until');
  const until = readDay(held, reading);
  const earliest = announced === null ? null : earliestRemoval(announced, contract ?? 'production');
  if (until !== null && announced === null)
    reading.complain(entry.at, 'graphql', `'until' takes a day on which it was announced`);
  if (until !== null && earliest !== null && until < earliest)
    reading.complain(held.at, 'graphql', `what was announced on ${announced} may go on ${earliest} at the earliest`);
  return { instead, announced, until };
};

const dayMs = 86_400_000;
// Days that a part in beta stays after its end was announced (R7).
const betaDays = 14;

/**
 * The day that a part may go at the earliest, by the day on which that was announced. What is in production stays through the main version after the
 * one that is current then; a version comes each year, on 31 March at the earliest (R4 to R6).
 */
export const earliestRemoval = (announced: string, contract: ContractMark): string => {
  if (contract === 'experimental') return announced;
  if (contract === 'beta')
    return new Date(Date.parse(`${announced}T00:00:00Z`) + (betaDays + 1) * dayMs).toISOString().slice(0, 10);
  const year = Number(announced.slice(0, 4));
  return `${announced.slice(5) < '03-31' ? year + 1 : year + 2}-03-31`;
};
