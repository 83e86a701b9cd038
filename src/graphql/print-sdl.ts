// A face under a set of flags as text of the schema language: for clients that make code of it, and for people. Roots first, then by name; a part that is
// not under the contract of the API says so, by a directive and at the end of its description (facts 2.3). Called by the APIs, for each level of flags.
import { Kind, print } from 'graphql';
import { describePart } from './describe-part.ts';
import { rankOf } from './marks.ts';
import { contractDirective } from './contract-directive.ts';
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
  return `${[...roots, printDirective(), ...[...open.types.values()].map(printer)].join('\n\n')}\n`;
};

const printDirective = (): string => {
  const { name, description, args, locations } = contractDirective;
  const given = args.map((arg) => `${arg.name}: ${String(arg.type)}`).join(', ');
  return `${block(description ?? '', '')}directive @${name}(${given}) on ${locations.join(' | ')}`;
};

const createPrinter = (open: OpenFace): ((type: FaceType) => string) => {
  const { api } = open.face;
  const about = ({ describe, marks }: Part, indent: string): string =>
    block(describePart(describe, marks, api), indent);
  const inputs = (parts: readonly FaceInput[], indent: string): string =>
    parts
      .map((part) => {
        const given = part.default === undefined ? '' : ` = ${literal(part.default, readRef(part.type), open)}`;
        return `${about(part, indent)}${indent}${part.name}: ${part.type}${given}${marked(part.marks)}`;
      })
      .join('\n');
  const fields = (parts: readonly Omit<FaceField, 'source'>[]): string =>
    parts
      .map((field) => {
        const args = field.args.length === 0 ? '' : `(\n${inputs(field.args, '    ')}\n  )`;
        return `${about(field, '  ')}  ${field.name}${args}: ${field.type}${marked(field.marks)}`;
      })
      .join('\n');
  return (type) => {
    const head = (word: string, more = ''): string =>
      `${about(type, '')}${word} ${type.name}${more}${marked(type.marks)}`;
    switch (type.kind) {
      case 'object': {
        const interfaces = type.interfaces.length === 0 ? '' : ` implements ${type.interfaces.join(' & ')}`;
        return `${head('type', interfaces)} {\n${fields(type.fields)}\n}`;
      }
      case 'interface':
        return `${head('interface')} {\n${fields(type.fields)}\n}`;
      case 'union':
        return `${head('union')} = ${type.members.join(' | ')}`;
      case 'enum': {
        const values = type.values.map((value) => `${about(value, '  ')}  ${value.name}${marked(value.marks)}`);
        return `${head('enum')} {\n${values.join('\n')}\n}`;
      }
      case 'input':
        return `${head('input')}${type.oneOf === true ? ' @oneOf' : ''} {\n${inputs(type.fields, '  ')}\n}`;
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

const marked = (marks: Marks): string =>
  (rankOf(marks) === 0 ? '' : ` @contract(status: ${text(marks.contract ?? '')})`) +
  (marks.deprecated === null ? '' : ` @deprecated(reason: ${text(marks.deprecated)})`);

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
