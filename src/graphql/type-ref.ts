// References to types in the syntax of the schema language, read once: `[Emne!]!`. Used wherever a face is read.
import { createMemory } from '#base/memory.ts';

export type ReadRef =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly of: ReadRef }
  | { readonly kind: 'non-null'; readonly of: ReadRef };

const known = createMemory<ReadRef | { readonly kind: 'none' }>(2_000);
const name = /^[_A-Za-z]\w*$/;

/** Reads a reference; null where it is none. */
export const readRef = (text: string): ReadRef | null => {
  const before = known.get(text);
  const ref = before ?? parse(text) ?? { kind: 'none' };
  if (before === undefined) known.set(text, ref);
  return ref.kind === 'none' ? null : ref;
};

const parse = (text: string): ReadRef | null => {
  const nonNull = text.endsWith('!');
  const inner = nonNull ? text.slice(0, -1) : text;
  if (inner.endsWith('!')) return null;
  const isList = inner.startsWith('[') && inner.endsWith(']');
  const item = isList ? parse(inner.slice(1, -1)) : null;
  const ref: ReadRef | null = isList
    ? item === null
      ? null
      : { kind: 'list', of: item }
    : name.test(inner)
      ? { kind: 'named', name: inner }
      : null;
  return ref !== null && nonNull ? { kind: 'non-null', of: ref } : ref;
};

/** The name of the type within lists and non-nulls. */
export const nameIn = (ref: ReadRef): string => (ref.kind === 'named' ? ref.name : nameIn(ref.of));

/** How many lists are around it. */
export const listsOf = (ref: ReadRef): number =>
  ref.kind === 'named' ? 0 : listsOf(ref.of) + (ref.kind === 'list' ? 1 : 0);

/** The name of the type of a text; `''` where it is no reference. */
export const namedOf = (text: string): string => {
  const ref = readRef(text);
  return ref === null ? '' : nameIn(ref);
};
