// A face as the flags of a request open it: whatever is closed is gone, and so is whatever has nothing left without it or is reached by nothing.
// What is made of a face (schema, schema text, index, plans) is made of this, so that a closed part can show nowhere.
import { isOpen, type Flags } from './marks.ts';
import { madeTypes } from './made-types.ts';
import { namedOf } from './type-ref.ts';
import type { Face, FaceType } from './face.ts';

export type OpenFace = {
  readonly face: Face;
  readonly query: string;
  /** Null = the flags open none. */
  readonly mutation: string | null;
  /** By name, those of connections included; the standard scalars are not among them. Roots first, then by name. */
  readonly types: ReadonlyMap<string, FaceType>;
  /** Types that an interface or union may be, by its name. */
  readonly members: ReadonlyMap<string, readonly string[]>;
};

export const standardScalars: ReadonlySet<string> = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

type Types = ReadonlyMap<string, FaceType>;

/** What a set of flags opens of a face that has passed its check. Throws when nothing is left to ask for. */
export const openFace = (face: Face, flags: Flags): OpenFace => {
  let types: Types = new Map(
    [...face.types, ...madeTypes(face)]
      .filter(({ marks }) => isOpen(marks, flags))
      .map((type) => [type.name, openParts(type, flags)]),
  );
  // Each round may leave something else without what it needs.
  for (let before = -1; before !== sizeOf(types);) {
    before = sizeOf(types);
    types = resolved(types);
  }
  if (!types.has(face.query)) throw new Error(`Nothing of the face ${face.api} is open.`);
  const mutation = face.mutation !== null && types.has(face.mutation) ? face.mutation : null;
  const roots = mutation === null ? [face.query] : [face.query, mutation];
  const reached = reachedFrom(roots, types);
  const names = [...reached].toSorted((a, b) => order(a, roots) - order(b, roots) || (a < b ? -1 : 1));
  const kept = new Map(names.flatMap((name) => namedType(name, types)));
  return { face, query: face.query, mutation, types: kept, members: membersOf(kept) };
};

const namedType = (name: string, types: Types): readonly (readonly [string, FaceType])[] => {
  const type = types.get(name);
  return type === undefined ? [] : [[name, type]];
};

const order = (name: string, roots: readonly string[]): number => {
  const at = roots.indexOf(name);
  return at === -1 ? roots.length : at;
};

const openParts = (type: FaceType, flags: Flags): FaceType => {
  const open = <T extends { readonly marks: FaceType['marks'] }>(parts: readonly T[]): readonly T[] =>
    parts.filter(({ marks }) => isOpen(marks, flags));
  switch (type.kind) {
    case 'object':
      return { ...type, fields: open(type.fields).map((field) => ({ ...field, args: open(field.args) })) };
    case 'interface':
      return { ...type, fields: open(type.fields).map((field) => ({ ...field, args: open(field.args) })) };
    case 'enum':
      return { ...type, values: open(type.values) };
    case 'input':
      return { ...type, fields: open(type.fields) };
    case 'union':
    case 'scalar':
      return type;
  }
};

const resolved = (types: Types): Types => {
  const isThere = (ref: string): boolean => standardScalars.has(namedOf(ref)) || types.has(namedOf(ref));
  const parts = <T extends { readonly type: string }>(all: readonly T[]): readonly T[] =>
    all.filter(({ type }) => isThere(type));
  const fields = <T extends { readonly type: string; readonly args: readonly { readonly type: string }[] }>(
    all: readonly T[],
  ): readonly T[] => parts(all).map((field) => ({ ...field, args: parts(field.args) }));
  const known = membersOf(types);
  const left = [...types.values()].flatMap((type): readonly FaceType[] => {
    switch (type.kind) {
      case 'object': {
        const own = fields(type.fields);
        const interfaces = type.interfaces.filter((name) => types.has(name));
        return own.length === 0 ? [] : [{ ...type, interfaces, fields: own }];
      }
      case 'interface': {
        const objects = known.get(type.name) ?? [];
        const own = fields(type.fields).filter(({ name }) => objects.every((one) => hasField(types.get(one), name)));
        return own.length === 0 || objects.length === 0 ? [] : [{ ...type, fields: own }];
      }
      case 'union': {
        const members = type.members.filter((name) => types.has(name));
        return members.length === 0 ? [] : [{ ...type, members }];
      }
      case 'enum':
        return type.values.length === 0 ? [] : [type];
      case 'input': {
        const own = parts(type.fields);
        return own.length === 0 ? [] : [{ ...type, fields: own }];
      }
      case 'scalar':
        return [type];
    }
  });
  return new Map(left.map((type) => [type.name, type]));
};

const hasField = (type: FaceType | undefined, name: string): boolean =>
  type?.kind === 'object' && type.fields.some((field) => field.name === name);

const sizeOf = (types: Types): number => [...types.values()].reduce((sum, type) => sum + 1 + partCount(type), 0);

const partCount = (type: FaceType): number => {
  switch (type.kind) {
    case 'object':
      return type.interfaces.length + type.fields.reduce((sum, { args }) => sum + 1 + args.length, 0);
    case 'interface':
      return type.fields.reduce((sum, { args }) => sum + 1 + args.length, 0);
    case 'union':
      return type.members.length;
    case 'enum':
      return type.values.length;
    case 'input':
      return type.fields.length;
    case 'scalar':
      return 0;
  }
};

/** An object leads to its interfaces; an interface leads to its objects only where a field leads to it, and not where it stands apart from them. */
const reachedFrom = (roots: readonly string[], types: Types): ReadonlySet<string> => {
  const members = membersOf(types);
  const named = new Set<string>();
  const reached = new Set<string>();
  const waiting = [...roots];
  const lead = (ref: string): void => {
    const name = namedOf(ref);
    if (named.has(name)) return;
    named.add(name);
    const type = types.get(name);
    waiting.push(name, ...(type?.kind === 'interface' && type.apart === true ? [] : (members.get(name) ?? [])));
  };
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = types.get(name);
    if (type === undefined || reached.has(name)) continue;
    reached.add(name);
    if (type.kind === 'object' || type.kind === 'interface')
      for (const field of type.fields) {
        lead(field.type);
        for (const { type: ref } of field.args) lead(ref);
      }
    if (type.kind === 'object') waiting.push(...type.interfaces);
    if (type.kind === 'input') for (const { type: ref } of type.fields) lead(ref);
  }
  return reached;
};

const membersOf = (types: Types): ReadonlyMap<string, readonly string[]> => {
  const members = new Map<string, string[]>();
  for (const type of types.values()) {
    if (type.kind === 'union') members.set(type.name, [...type.members]);
    if (type.kind !== 'object') continue;
    for (const name of type.interfaces) members.set(name, [...(members.get(name) ?? []), type.name]);
  }
  return members;
};
