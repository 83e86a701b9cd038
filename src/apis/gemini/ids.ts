// Ids of Gemini: those by which FS GraphQL knows the same things. Written into answers by the mappings, read out of addresses and bodies by whoever
// answers. An id of another institution or of a thing of another kind is like one that nothing has. Asks no hub.
import { decodeNodeId, encodeNodeId } from '#mappings/node-ids.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { IdsOf } from './mappings/field.ts';

/** What FS GraphQL makes ids of, by class. */
export type IdKeys = {
  /** The identifier whose value is the key, by its attribute; null or absent = there is none. */
  readonly keyOf: ReadonlyMap<string, string | null>;
  /** The identifier that all have. */
  readonly fallback: string;
};

/** How something is named by an identifier of it. */
export type Named = { readonly attribute: string; readonly value: string };

export type Ids = {
  /** The attributes that ids of a collection are made of. */
  readonly looksAt: (collection: CollectionPath) => readonly string[];
  /** The id of something, by its attributes; undefined where the caller sees none of what it is made of. */
  readonly show: (owner: string, collection: CollectionPath, values: unknown) => string | undefined;
  /** Throws at start for a collection of which nothing has ids. */
  readonly of: (owner: string) => IdsOf;
  /** The id of what has a key. */
  readonly write: (owner: string, collection: CollectionPath, key: string) => string;
  /** Null for what is no id of such a thing of the institution. */
  readonly read: (owner: string, collection: CollectionPath, id: unknown) => Named | null;
};

/** What an id looks like to whoever sends one. */
export const idSchema = { type: 'string', minLength: 1, maxLength: 2_048 } as const;

export const createIds = (model: Model, { keyOf, fallback }: IdKeys): Ids => {
  const known = (path: CollectionPath) => {
    const of = model.collections.get(path)?.class;
    const number = of?.number ?? null;
    if (of === undefined || number === null) throw new Error(`Nothing of ${path} has an id.`);
    return { number, key: keyOf.get(of.key) ?? null };
  };
  const textOf = (values: unknown, attribute: string): string | undefined => {
    const held = (values as Readonly<Record<string, unknown>>)[attribute];
    const text =
      typeof held === 'object' && held !== null
        ? (held as Readonly<Record<string, unknown>>)[model.identifierValue]
        : undefined;
    return typeof text === 'string' && text !== '' ? text : undefined;
  };
  const looksAt = (path: CollectionPath): readonly string[] => {
    const { key } = known(path);
    return key === null ? [fallback] : [key, fallback];
  };
  const show = (owner: string, path: CollectionPath, values: unknown): string | undefined => {
    const { number, key } = known(path);
    const natural = key === null ? undefined : textOf(values, key);
    if (natural !== undefined) return encodeNodeId({ number, owner, by: { key: natural } });
    const plain = textOf(values, fallback);
    return plain === undefined ? undefined : encodeNodeId({ number, owner, by: { fallback: plain } });
  };
  return {
    looksAt,
    show,
    of: (owner) => (path) => ({
      name: `nodeId:${path}`,
      schema: idSchema,
      looksAt: looksAt(path),
      apply: (values) => show(owner, path, values),
    }),
    write: (owner, path, key) => encodeNodeId({ number: known(path).number, owner, by: { key } }),
    read: (owner, path, id) => {
      const { number, key } = known(path);
      const node = typeof id === 'string' ? decodeNodeId(id) : null;
      if (node === null || node.number !== number || node.owner !== owner) return null;
      if ('fallback' in node.by) return { attribute: fallback, value: node.by.fallback };
      return key === null ? null : { attribute: key, value: node.by.key };
    },
  };
};
