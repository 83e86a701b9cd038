// A face under a set of flags as text of the schema language: for clients that make code of it, and for people. Roots first, then by name; a part that is
// not under the contract of the API says so, by a directive and at the end of its description (facts 2.3). Called by the APIs, for each level of flags.
import { Kind, print, type GraphQLDirective } from 'graphql';
import { flagsOf } from './build-schema.ts';
import { describePart } from './describe-part.ts';
import { flagsFor, rankOf } from './marks.ts';
import { directivesOf } from './face-directives.ts';
import type { FaceField, FaceInput, FaceType, Marks } from './face.ts';
import type { OpenFace } from './open-face.ts';
import { readRef, type ReadRef } from './type-ref.ts';

type Part = Pick<FaceInput, 'describe' | 'marks'>;

/** The text of an opened face. */
export const printSdl = (open: OpenFace): string => {
  const printer = createPrinter(open);
  const roots =
    open.query === 'Query' && (open.mutation ?? 'Mutation') === 'Mutation'
      ? []
      : [`schema {\n  query: ${open.query}\n${open.mutation === null ? '' : `  mutation: ${open.mutation}\n`}}`];
  return `${[...roots, ...directivesOf(open.face, flagsOf(open.face)).map(printDirective), ...[...open.types.values()].map(printer)].join('\n\n')}\n`;
};

const printDirective = ({ name, description, args, locations }: GraphQLDirective): string => {
  const given = args
    .map(
      (arg) => `${arg.name}: ${String(arg.type)}${arg.default === undefined ? '' : ` = ${plain(arg.default.value)}`}`,
    )
    .join(', ');
  return `${block(description ?? '', '')}directive @${name}${given === '' ? '' : `(${given})`} on ${locations.join(' | ')}`;
};

const createPrinter = (open: OpenFace): ((type: FaceType) => string) => {
  const { api } = open.face;
  const about = ({ describe, marks }: Part, indent: string): string =>
    block(describePart(describe, marks, api), indent);
  const since = (coordinate: string): string | null => open.face.since?.(coordinate) ?? null;
  const marked = (marks: Marks, coordinate: string): string =>
    contractText(marks, since(coordinate)) + goingText(marks);
  // The same as it stands on fields, arguments, values and members of inputs.
  const partMarked = (marks: Marks, coordinate: string): string =>
    contractText(marks, since(coordinate)) + featureText(marks) + goingText(marks);
  const inputs = (parts: readonly FaceInput[], indent: string, at: (name: string) => string): string =>
    parts
      .map((part) => {
        const given = part.default === undefined ? '' : ` = ${literal(part.default, readRef(part.type), open)}`;
        return `${about(part, indent)}${indent}${part.name}: ${part.type}${given}${partMarked(part.marks, at(part.name))}`;
      })
      .join('\n');
  const fields = (parts: readonly Omit<FaceField, 'source'>[], of: string): string =>
    parts
      .map((field) => {
        const at = `${of}.${field.name}`;
        const given = inputs(field.args, '    ', (name) => `${at}(${name}:)`);
        const args = field.args.length === 0 ? '' : `(\n${given}\n  )`;
        return `${about(field, '  ')}  ${field.name}${args}: ${field.type}${partMarked(field.marks, at)}`;
      })
      .join('\n');
  return (type) => {
    const head = (word: string, more = ''): string =>
      `${about(type, '')}${word} ${type.name}${more}${marked(type.marks, type.name)}`;
    switch (type.kind) {
      case 'object': {
        const interfaces = type.interfaces.length === 0 ? '' : ` implements ${type.interfaces.join(' & ')}`;
        return `${head('type', interfaces)} {\n${fields(type.fields, type.name)}\n}`;
      }
      case 'interface':
        return `${head('interface')} {\n${fields(type.fields, type.name)}\n}`;
      case 'union':
        return `${head('union')}${featureText(type.marks)} = ${type.members.join(' | ')}`;
      case 'enum': {
        const values = type.values.map(
          (value) => `${about(value, '  ')}  ${value.name}${partMarked(value.marks, `${type.name}.${value.name}`)}`,
        );
        return `${head('enum')} {\n${values.join('\n')}\n}`;
      }
      case 'input':
        return `${head('input')}${type.oneOf === true ? ' @oneOf' : ''} {\n${inputs(type.fields, '  ', (name) => `${type.name}.${name}`)}\n}`;
      case 'scalar':
        return `${head('scalar')}${type.specifiedBy === null ? '' : ` @specifiedBy(url: ${text(type.specifiedBy)})`}`;
    }
  };
};

const text = (value: string): string => print({ kind: Kind.STRING, value });

const block = (value: string, indent: string): string => {
  const printed = print({ kind: Kind.STRING, value, block: true });
  return `${indent}${printed.replaceAll('\n', `\n${indent}`).replaceAll(/[ ]+\n/g, '\n')}\n`;
};

const featureText = (marks: Marks): string => {
  const flags = flagsFor(marks);
  return flags.length === 0 ? '' : ` @feature(flags: [${flags.map(text).join(', ')}])`;
};

const contractText = (marks: Marks, since: string | null): string =>
  rankOf(marks) === 0
    ? ''
    : ` @contract(status: ${text(marks.contract ?? '')}${since === null ? '' : `, since: ${text(since)}`})`;

const goingText = ({ deprecated }: Marks): string =>
  deprecated === null ? '' : ` @deprecated(reason: ${text(deprecated)})`;

/** A value in JSON as the schema language has it: enums stand there bare. */
const literal = (value: unknown, ref: ReadRef | null, open: OpenFace): string => {
  if (value === null || ref === null) return 'null';
  if (ref.kind === 'non-null') return literal(value, ref.of, open);
  if (ref.kind === 'list')
    return Array.isArray(value)
      ? `[${value.map((one) => literal(one, ref.of, open)).join(', ')}]`
      : literal(value, ref.of, open);
  const type = open.types.get(ref.name);
  if (type?.kind === 'enum') return String(value);
  if (type?.kind !== 'input' || typeof value !== 'object') return plain(value);
  const members = Object.entries(value).map(([name, member]) => {
    const field = type.fields.find((one) => one.name === name);
    return `${name}: ${field === undefined ? plain(member) : literal(member, readRef(field.type), open)}`;
  });
  return `{${members.join(', ')}}`;
};

const plain = (value: unknown): string => {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}: ${plain(member)}`)
    .join(', ')}}`;
};
