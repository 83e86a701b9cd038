// What a mapping gives as JSON text. Used by projections; called for every member of every row, so nothing is made here that can be made before. Pure.
import type { Notation } from './notation.ts';

/** Of what JSON has no form for there is no text. */
const text = (value: unknown): string | undefined => JSON.stringify(value) as string | undefined;

export const jsonNotation: Notation = {
  name: 'json',
  between: ',',
  member: ({ name }) => {
    const start = `${JSON.stringify(name)}:`;
    return {
      value: (value) => {
        const written = text(value);
        return written === undefined ? undefined : start + written;
      },
      object: (members) => `${start}{${members}}`,
      item: text,
      objectItem: (members) => `{${members}}`,
      list: (items) => `${start}[${items.join(',')}]`,
    };
  },
  document: () => (members) => `{${members}}`,
};
