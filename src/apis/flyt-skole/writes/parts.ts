// From a body to what the hub is asked to write: which members of which resources the fields become. Called by the operations. Opaque ids become
// uids, codes are looked up as the caller sees them; what is wrong is told by the name of the field, never by its value.
import type { ProblemItem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import type { PartLink, WritePart } from '#hub/query.ts';
import type { Collection, CollectionPath } from '#model/model.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';
import { badParameters } from '../parameters.ts';
import { createCodes } from './codes.ts';
import type { ReadWriteField } from './write-fields.ts';

/** What becomes of one resource. */
export type Change = Pick<WritePart, 'values' | 'links'>;

/** Changes by place: '' is the resource of the type itself, `person` what it leads to by that relation. Places of which nothing is said are absent. */
export type Changes = ReadonlyMap<string, Change>;

/** Reads the fields of a body that has been held against its schema. Fails with HUB-103, every field named. */
export type ReadChanges = (call: VfsCall, body: Readonly<Record<string, unknown>>) => Promise<Result<Changes>>;

/** Makes the reader of bodies with these fields; other members of the body are left to the caller. */
export const changesReader = (
  deps: Pick<VfsDeps, 'model' | 'documents' | 'sealing'>,
  fields: readonly ReadWriteField[],
): ReadChanges => {
  const codeOf = createCodes(deps);
  return async (call, body) => {
    const errors: ProblemItem[] = [];
    const changes = new Map<string, { values: Values; links: Record<string, readonly PartLink[]> }>();
    const at = (place: string) => {
      const known = changes.get(place) ?? { values: {}, links: {} };
      changes.set(place, known);
      return known;
    };
    for (const field of fields) {
      const given = body[field.name];
      if (given === undefined) continue;
      const { name, place, relation, attributes } = field;
      if (relation === null) {
        const value = given === null ? null : 'convert' in field.field ? field.field.convert.apply(given) : undefined;
        if (value === undefined) errors.push({ at: `/${name}`, message: 'is not a value that can be kept' });
        else put(at(place).values, attributes, value);
        continue;
      }
      const link = given === null ? [] : await linkOf(deps, codeOf, call, field, relation.target, given);
      if (link === null) errors.push({ at: `/${name}`, message: 'there is nothing of this kind with this value' });
      else at(place).links[relation.name] = link;
    }
    return errors.length > 0 ? badParameters(errors) : ok(changes);
  };
};

type Values = { [name: string]: unknown };

/** Puts a value where a path of attributes leads. */
const put = (into: Values, path: readonly string[], value: unknown): void => {
  const [first = '', ...rest] = path;
  if (rest.length === 0) into[first] = value;
  else {
    const inner: Values = { ...(into[first] as Values | undefined) };
    put(inner, rest, value);
    into[first] = inner;
  }
};

const linkOf = async (
  { sealing }: Pick<VfsDeps, 'sealing'>,
  codeOf: ReturnType<typeof createCodes>,
  call: VfsCall,
  { field }: ReadWriteField,
  target: Collection,
  given: unknown,
): Promise<readonly PartLink[] | null> => {
  if (typeof given !== 'string' || !('by' in field)) return null;
  const uid = field.by === 'id' ? sealing.readId(call.principal.tenant, given) : await codeOf(call, target.path, given);
  return uid === null ? null : [{ uid }];
};

/** Facts of a document that a write begins with: the uids of what is at the places that it writes to. */
export type PlaceFacts = {
  readonly uid: number;
  /** Null = there is nothing; absent = the caller may not see what is there. */
  readonly places: Readonly<Record<string, number | null>>;
  /** All resources that a condition of the write is about. */
  readonly watched: readonly number[];
};

/** The uids at some places of a root, each reached by one relation, and of all that `more` lead to. */
export const placesOf = (
  root: DocumentNode,
  places: readonly string[],
  more: readonly (readonly string[])[] = [],
): PlaceFacts => {
  const found: Record<string, number | null> = {};
  for (const place of places) {
    const nodes = root.parts[place];
    if (nodes !== undefined) found[place] = nodes[0]?.uid ?? null;
  }
  const own = Object.values(found).filter((uid) => uid !== null);
  const others = more.flatMap((path) => reached(root, path).map(({ uid }) => uid));
  return { uid: root.uid, places: found, watched: [root.uid, ...own, ...others] };
};

/** What a path of relations leads to, as far as the caller sees it. */
export const reached = (root: DocumentNode, path: readonly string[]): readonly DocumentNode[] =>
  path.reduce<readonly DocumentNode[]>((nodes, step) => nodes.flatMap((node) => node.parts[step] ?? []), [root]);

/** A part that makes something. */
export const making = (
  collection: CollectionPath,
  change: Change | undefined,
  more: Partial<Change> = {},
): WritePart => ({
  collection,
  operation: 'create',
  target: null,
  values: { ...more.values, ...change?.values },
  links: { ...more.links, ...change?.links },
});

/** A part that changes something stored. */
export const changing = (collection: CollectionPath, uid: number, change: Change): WritePart => ({
  collection,
  operation: 'patch',
  target: { uid },
  ...change,
});
