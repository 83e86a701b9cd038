// Leaves as JSON text: scalars and enums. Called by complete.ts; tells by undefined that a value does not fit its type.
import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString } from 'graphql';
import type { OpenFace } from './open-face.ts';

export type WriteLeaf = (value: unknown) => string | undefined;

// What has nothing to escape; halves of pairs are escaped by JSON.stringify.
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** A text as JSON. */
export const quote = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

const json = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
};

type Coerce = { readonly coerceOutputValue: (value: unknown) => unknown };

const coerced =
  ({ coerceOutputValue }: Coerce): WriteLeaf =>
  (value) => {
    try {
      return json(coerceOutputValue(value));
    } catch {
      return undefined;
    }
  };

const [string, int, float, boolean, id] = [GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID].map(
  coerced,
);

const text =
  (otherwise: WriteLeaf | undefined): WriteLeaf =>
  (value) =>
    typeof value === 'string' ? quote(value) : otherwise?.(value);

const standard: ReadonlyMap<string, WriteLeaf> = new Map<string, WriteLeaf>([
  ['String', text(string)],
  ['ID', text(id)],
  ['Int', (value) => int?.(value)],
  ['Float', (value) => float?.(value)],
  ['Boolean', (value) => (value === true ? 'true' : value === false ? 'false' : boolean?.(value))],
]);

/** What writes the values of a leaf type, and what of them shows at all: null = all. Null where the type is no leaf. */
export const leafOf = (
  name: string,
  open: OpenFace,
): { readonly write: WriteLeaf; readonly seen: ((value: unknown) => unknown) | null } | null => {
  const known = standard.get(name);
  if (known !== undefined) return { write: known, seen: null };
  const type = open.types.get(name);
  if (type?.kind === 'scalar')
    return { write: coerced({ coerceOutputValue: (value) => type.write(value) }), seen: null };
  if (type?.kind !== 'enum') return null;
  const shown = new Map<unknown, string>(type.values.map((value) => [value.name, `"${value.name}"`]));
  const whole = open.face.types.find((one) => one.name === name);
  const all = new Set<unknown>(whole?.kind === 'enum' ? whole.values.map((value) => value.name) : []);
  // A value that the flags do not open is not there; one that no flag would open is a fault.
  return {
    write: (value) => shown.get(value),
    seen: (value) => (all.has(value) && !shown.has(value) ? null : value),
  };
};
