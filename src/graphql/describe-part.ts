// The descriptions of parts as clients see them, in introspection and in the schema text: bokmål first, then English, then the contract under which
// a part is offered when it is not that of the API (facts 2.3).
import type { Text } from '#model/model.ts';
import { rankOf } from './marks.ts';
import type { Marks } from './face.ts';

/** Where the contracts of an API can be read. */
const contractAddress = (api: string): string => `/catalogue/apis/${api}/contracts.json`;

/** The description of a part: its text, and at its end the statement of its contract. */
export const describePart = ({ nb, en }: Text, marks: Marks, api: string): string =>
  [nb, ...(en === nb ? [] : [en]), ...statements(marks, api)].join('\n\n');

const statements = (marks: Marks, api: string): readonly string[] => [
  ...(rankOf(marks) === 0
    ? []
    : [
        `Hører til kontrakten [${marks.contract}](${contractAddress(api)}#${marks.contract}). ` +
          `Offered under the contract [${marks.contract}](${contractAddress(api)}#${marks.contract}).`,
      ]),
  ...((marks.flags ?? []).length === 0 ? [] : [`Feature-Flags: ${(marks.flags ?? []).join(' | ')}`]),
];
