// What is wrong with a face: said all at once, when the server starts. A face that passes gives a schema under every set of flags.
import { asFirmAs, within } from './marks.ts';
import { madeTypes, type ObjectType } from './made-types.ts';
import { standardScalars } from './open-face.ts';
import { namedOf, readRef, type ReadRef } from './type-ref.ts';
import type { Face, FaceField, FaceInput, FaceType, Marks, Source } from './face.ts';

type Types = ReadonlyMap<string, FaceType>;

/** What is wrong, each with the coordinate of the part; empty = nothing. */
export const checkFace = (face: Face): readonly string[] => {
  const all = [...face.types, ...madeTypes(face)];
  const types: Types = new Map(all.map((type) => [type.name, type]));
  return [
    ...repeated(all.map(({ name }) => name)).map((name) => `${name}: stands twice`),
    ...all.filter(({ name }) => standardScalars.has(name)).map(({ name }) => `${name}: is a standard scalar`),
    ...rootFindings(face, types),
    ...all.flatMap((type) => typeFindings(type, types, face)),
    ...[...face.connections].flatMap(([name, { node, marks }]) => {
      const of = types.get(node);
      if (of === undefined || !['object', 'interface', 'union'].includes(of.kind))
        return [`${name}: no type of objects ${node}`];
      return asFirmAs(of.marks, marks) ? [] : [`${name}: is firmer than ${node}`];
    }),
  ];
};

const rootFindings = (face: Face, types: Types): readonly string[] =>
  [face.query, ...(face.mutation === null ? [] : [face.mutation])].flatMap((name) => {
    const type = types.get(name);
    return type?.kind === 'object' && type.of === 'root' ? [] : [`${name}: is no root`];
  });

const typeFindings = (type: FaceType, types: Types, face: Face): readonly string[] => [
  ...nameFindings(type.name, type.name),
  ...describeFindings(type, type.name),
  ...partFindings(type, types, face),
];

const partFindings = (type: FaceType, types: Types, face: Face): readonly string[] => {
  switch (type.kind) {
    case 'object':
      return [
        ...fieldsFindings(type, type.fields, types),
        ...type.interfaces.flatMap((name) => interfaceFindings(type, name, types)),
        ...(type.of === 'node' && (type.collections ?? []).length === 0 ? [`${type.name}: is of no collection`] : []),
        ...(type.collections ?? [])
          .filter((path) => face.typeOf(path) !== type.name)
          .map((path) => `${type.name}: ${path} is of another type`),
        ...type.fields.flatMap((field) => sourceFindings(type, field, types, face)),
      ];
    case 'interface':
      return fieldsFindings(type, type.fields, types);
    case 'union':
      return [
        ...(type.members.length === 0 ? [`${type.name}: has no members`] : []),
        ...repeated(type.members).map((name) => `${type.name}: ${name} stands twice`),
        ...type.members
          .filter((name) => types.get(name)?.kind !== 'object')
          .map((name) => `${type.name}: no object ${name}`),
      ];
    case 'enum':
      return [
        ...(type.values.length === 0 ? [`${type.name}: has no values`] : []),
        ...repeated(type.values.map(({ name }) => name)).map((name) => `${type.name}.${name}: stands twice`),
        ...type.values.flatMap((value) => [
          ...nameFindings(value.name, `${type.name}.${value.name}`),
          ...(['true', 'false', 'null'].includes(value.name) ? [`${type.name}.${value.name}: is no name`] : []),
        ]),
      ];
    case 'input':
      return [
        ...(type.fields.length === 0 ? [`${type.name}: has no fields`] : []),
        ...repeated(type.fields.map(({ name }) => name)).map((name) => `${type.name}.${name}: stands twice`),
        ...type.fields.flatMap((field) => inputFindings(field, `${type.name}.${field.name}`, type.marks, types)),
        ...(type.oneOf === true
          ? type.fields
              .filter((field) => field.type.endsWith('!') || field.default !== undefined)
              .map(({ name }) => `${type.name}.${name}: has to be given, among those of which one is`)
          : []),
      ];
    case 'scalar':
      return [];
  }
};

const nameFindings = (name: string, at: string): readonly string[] =>
  /^[A-Za-z]\w*$/.test(name) ? [] : [`${at}: is no name`];

const describeFindings = ({ describe }: Pick<FaceType, 'describe'>, at: string): readonly string[] =>
  describe.nb === '' || describe.en === '' ? [`${at}: is not described`] : [];

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

type BareField = Omit<FaceField, 'source'>;

const fieldsFindings = (
  { name, marks, ...rest }: FaceType,
  fields: readonly BareField[],
  types: Types,
): readonly string[] => [
  ...(fields.length === 0 ? [`${name}: has no fields`] : []),
  ...repeated(fields.map((field) => field.name)).map((one) => `${name}.${one}: stands twice`),
  ...fields.flatMap((field) => {
    const at = `${name}.${field.name}`;
    return [
      ...nameFindings(field.name, at),
      ...describeFindings(field, at),
      ...refFindings(field.type, at, within(marks, field.marks), types, 'output'),
      ...repeated(field.args.map((arg) => arg.name)).map((one) => `${at}(${one}:): stands twice`),
      ...field.args.flatMap((arg) => inputFindings(arg, `${at}(${arg.name}:)`, within(marks, field.marks), types)),
      ...('of' in rest && rest.of === 'made' && field.args.length > 0
        ? [`${at}: takes arguments that nobody reads`]
        : []),
    ];
  }),
];

const inputFindings = (input: FaceInput, at: string, whole: Marks, types: Types): readonly string[] => [
  ...nameFindings(input.name, at),
  ...describeFindings(input, at),
  ...refFindings(input.type, at, within(whole, input.marks), types, 'input'),
  ...(input.default === undefined
    ? []
    : defaultFindings(input.default, readRef(input.type), within(whole, input.marks), types).map(
        (finding) => `${at}: its default ${finding}`,
      )),
];

/** A default holds only what its type takes, and what is there whenever it is. */
const defaultFindings = (value: unknown, ref: ReadRef | null, marks: Marks, types: Types): readonly string[] => {
  if (ref === null) return [];
  if (ref.kind === 'non-null') return value === null ? ['is null'] : defaultFindings(value, ref.of, marks, types);
  if (value === null) return [];
  if (ref.kind === 'list')
    return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
      defaultFindings(one, ref.of, marks, types),
    );
  const type = types.get(ref.name);
  if (type?.kind === 'enum') {
    const found = type.values.find(({ name }) => name === value);
    if (found === undefined) return [`is no ${ref.name}`];
    return asFirmAs(found.marks, marks) ? [] : [`is firmer than ${ref.name}.${found.name}`];
  }
  if (type?.kind === 'scalar') return 'wrong' in type.read(value) ? [`is no ${ref.name}`] : [];
  if (type?.kind !== 'input') return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [`is no ${ref.name}`];
  return Object.entries(value).flatMap(([name, member]) => {
    const field = type.fields.find((one) => one.name === name);
    if (field === undefined) return [`has a member ${name} that ${ref.name} lacks`];
    return [
      ...(asFirmAs(field.marks, marks) ? [] : [`is firmer than ${ref.name}.${name}`]),
      ...defaultFindings(member, readRef(field.type), marks, types),
    ];
  });
};

const refFindings = (
  text: string,
  at: string,
  marks: Marks,
  types: Types,
  use: 'input' | 'output',
): readonly string[] => {
  if (readRef(text) === null) return [`${at}: ${text} is no reference to a type`];
  const name = namedOf(text);
  if (standardScalars.has(name)) return [];
  const type = types.get(name);
  if (type === undefined) return [`${at}: no type ${name}`];
  const fits =
    type.kind === 'scalar' || type.kind === 'enum' || (use === 'input' ? type.kind === 'input' : type.kind !== 'input');
  return [
    ...(fits ? [] : [`${at}: ${name} cannot be ${use}`]),
    ...(asFirmAs(type.marks, marks) ? [] : [`${at}: is firmer than ${name}`]),
  ];
};

const interfaceFindings = (type: ObjectType, name: string, types: Types): readonly string[] => {
  const of = types.get(name);
  if (of?.kind !== 'interface') return [`${type.name}: no interface ${name}`];
  return of.fields.flatMap((wanted) => {
    const at = `${type.name}.${wanted.name}`;
    const field = type.fields.find((one) => one.name === wanted.name);
    if (field === undefined) return [`${at}: is missing, ${name} has it`];
    const leaning = within(within(type.marks, of.marks), wanted.marks);
    return [
      ...(fits(readRef(field.type), readRef(wanted.type), types) ? [] : [`${at}: is of another type than in ${name}`]),
      ...(asFirmAs(field.marks, leaning) ? [] : [`${at}: is less firm than in ${name}`]),
      ...wanted.args
        .filter((arg) => field.args.find((one) => one.name === arg.name)?.type !== arg.type)
        .map((arg) => `${at}(${arg.name}:): is another than in ${name}`),
      ...field.args
        .filter(
          (arg) =>
            arg.type.endsWith('!') && arg.default === undefined && !wanted.args.some((one) => one.name === arg.name),
        )
        .map((arg) => `${at}(${arg.name}:): has to be given, ${name} does not have it`),
    ];
  });
};

const fits = (own: ReadRef | null, wanted: ReadRef | null, types: Types): boolean => {
  if (own === null || wanted === null) return false;
  if (own.kind === 'non-null') return fits(own.of, wanted.kind === 'non-null' ? wanted.of : wanted, types);
  if (wanted.kind === 'non-null') return false;
  if (own.kind === 'list') return wanted.kind === 'list' && fits(own.of, wanted.of, types);
  if (wanted.kind === 'list') return false;
  if (own.name === wanted.name) return true;
  const [type, of] = [types.get(own.name), types.get(wanted.name)];
  if (of?.kind === 'union') return of.members.includes(own.name);
  return of?.kind === 'interface' && type?.kind === 'object' && type.interfaces.includes(of.name);
};

const sourcesOf: Readonly<Record<ObjectType['of'], readonly Source['kind'][]>> = {
  root: ['root', 'produced'],
  node: ['value', 'made-of', 'link', 'connection', 'address', 'id'],
  value: ['value', 'link', 'address'],
  made: ['value'],
};

const sourceFindings = (type: ObjectType, field: FaceField, types: Types, face: Face): readonly string[] => {
  const { source } = field;
  const at = `${type.name}.${field.name}`;
  if (!sourcesOf[type.of].includes(source.kind)) return [`${at}: cannot come from ${source.kind} of a ${type.of}`];
  const named = namedOf(field.type);
  const to = types.get(named);
  const isList = isListRef(readRef(field.type));
  const objects = to?.kind === 'object' || to?.kind === 'interface' || to?.kind === 'union';
  switch (source.kind) {
    case 'value':
      return [
        ...(source.path.length === 0 ? [`${at}: has no path`] : []),
        ...(type.of !== 'made' && to?.kind === 'object' && to.of !== 'value' ? [`${at}: ${named} is of no value`] : []),
        ...(type.of !== 'made' && (to?.kind === 'interface' || to?.kind === 'union')
          ? [`${at}: a value cannot be one of several types`]
          : []),
      ];
    case 'made-of':
      return objects && !(to.kind === 'object' && (to.of === 'made' || to.of === 'value') && !hasLinks(to, types))
        ? [`${at}: ${named} cannot be made of attributes`]
        : [];
    case 'id':
      return [
        ...(face.ids === null ? [`${at}: the face has no ids`] : []),
        ...(isList || objects ? [`${at}: is no id`] : []),
      ];
    case 'link':
      return [
        ...(isList === source.many ? [] : [`${at}: leads to ${source.many ? 'many' : 'one'}, its type does not`]),
        ...(objects && !face.connections.has(named) ? [] : [`${at}: ${named} is no resource`]),
        ...targetFindings(source.collections, named, at, types, face),
      ];
    case 'connection': {
      const node = face.connections.get(named)?.node;
      return [
        ...(node === undefined || isList ? [`${at}: ${field.type} is no connection`] : []),
        ...targetFindings(source.collections, node ?? '', at, types, face),
      ];
    }
    case 'address':
      return [
        ...(isList === source.many ? [] : [`${at}: holds ${source.many ? 'many' : 'one'}, its type does not`]),
        ...(objects ? [`${at}: ${named} is no text`] : []),
      ];
    case 'root':
      return objects ? [] : [`${at}: ${named} is no resource`];
    case 'produced':
      return [];
  }
};

const targetFindings = (
  collections: readonly string[],
  named: string,
  at: string,
  types: Types,
  face: Face,
): readonly string[] => [
  ...(collections.length === 0 ? [`${at}: leads to no collection`] : []),
  ...collections
    .filter((path) => {
      const [type, of] = [types.get(face.typeOf(path)), types.get(named)];
      if (type?.kind !== 'object' || type.of !== 'node') return true;
      if (of?.kind === 'union') return !of.members.includes(type.name);
      return of?.kind === 'interface' ? !type.interfaces.includes(named) : type.name !== named;
    })
    .map((path) => `${at}: ${path} is no ${named}`),
];

const isListRef = (ref: ReadRef | null): boolean =>
  ref !== null && (ref.kind === 'list' || (ref.kind === 'non-null' && isListRef(ref.of)));

/** Whether something in a value, however deep, leads to a resource. */
const hasLinks = (type: ObjectType, types: Types, seen: ReadonlySet<string> = new Set()): boolean =>
  !seen.has(type.name) &&
  type.fields.some(({ source, type: ref }) => {
    if (source.kind === 'link') return true;
    const inner = types.get(namedOf(ref));
    return inner?.kind === 'object' && inner.of === 'value' && hasLinks(inner, types, new Set([...seen, type.name]));
  });
