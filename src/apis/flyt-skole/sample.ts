// A value that a schema describes, for readers: made from its examples, else from its form, the name of the member and its type. Used by openapi.ts.
// Everybody in it is invented. Pure.
import type { Schema, Schemas } from './mapping-schema.ts';

const most = 12;

/** A sample of the schema; references go to the components given. Deeply nested or circular parts are left out. */
export const sampleOf = (schema: Schema, components: Schemas, depth = 0, name = ''): unknown => {
  if (depth > most) return undefined;
  const { $ref: to, examples, enum: values, const: constant, default: usual } = schema;
  if (typeof to === 'string')
    return sampleOf(components[to.split('/').at(-1) ?? ''] ?? {}, components, depth + 1, name);
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  if (constant !== undefined) return constant;
  if (usual !== undefined) return usual;
  if (Array.isArray(values)) return values.find((one) => one !== null);
  for (const choice of ['oneOf', 'anyOf', 'allOf']) {
    const [first] = Array.isArray(schema[choice]) ? (schema[choice] as readonly Schema[]) : [];
    if (first !== undefined) return sampleOf(first, components, depth + 1, name);
  }
  return plainSample(schema, components, depth, name);
};

const plainSample = (schema: Schema, components: Schemas, depth: number, name: string): unknown => {
  const { type, format, properties, items, minimum } = schema;
  const [kind] = [type].flat();
  switch (kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries((properties ?? {}) as Schemas)
          .map(([member, one]) => [member, sampleOf(one, components, depth + 1, member)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case 'array': {
      const one = sampleOf((items ?? {}) as Schema, components, depth + 1, name);
      return one === undefined ? [] : [one];
    }
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? Math.max(1, minimum) : 1;
    case 'boolean':
      return true;
    case 'string':
      return textSample(schema, typeof format === 'string' ? format : '', name);
    default:
      return undefined;
  }
};

const anId = 'Vf3kP0aQx9TzR1uW';

const textSample = ({ pattern, maxLength }: Schema, format: string, name: string): string => {
  const formed = byForm[typeof pattern === 'string' ? pattern : ''] ?? byForm[format];
  return formed ?? byName[name] ?? (maxLength === 64 || /(?:^i|I)ds?$/.test(name) ? anId : 'text');
};

/** By format or pattern. */
const byForm: Readonly<Record<string, string>> = {
  date: '2026-08-17',
  'date-time': '2026-08-17T08:15:00+02:00',
  uri: 'https://hub.example/vfs/v1',
  uuid: '3f0e2a52-6d1a-4f5e-9a57-8d4e1f6a2b10',
  email: 'kari.nordmann@example.org',
  '^\\d{11}$': '14851461249',
  '^[A-ZÆØÅ]{3}\\d{4}$': 'MAT0006',
};

/** By what the member is called. */
const byName: Readonly<Record<string, string>> = {
  givenName: 'Kari',
  middleName: 'Lie',
  familyName: 'Nordmann',
  fullName: 'Kari Lie Nordmann',
  name: '4A',
  schoolName: 'Tindvag skole',
  feideName: 'kari@example.org',
  userName: 'kari',
  email: 'kari.nordmann@example.org',
  workEmail: 'kari.nordmann@example.org',
  phone: '+47 22 00 00 00',
  mobile: '+47 99 00 00 00',
  workPhone: '+47 22 00 00 00',
  employeeNumber: '900001',
  pupilNumber: '20260001',
  schoolYear: '2026/2027',
  schoolNumber: '990101',
  organisationNumber: '123456785',
  title: 'Lærer',
  street: 'Skoleveien 1',
  postalCode: '0000',
  city: 'Tindvag',
  municipality: '9921',
  room: 'A 104',
};

/** By the name of a placeholder in an example. */
const byPlaceholder: Readonly<Record<string, string>> = {
  newEmployeeNumber: '900001',
  schoolYear: '2026/2027',
  today: '2026-11-04',
  monday: '2026-11-02',
  friday: '2026-11-06',
  key: '3f0e2a52-6d1a-4f5e-9a57-8d4e1f6a2b10',
};

/** An example with something in the place of its placeholders. */
export const withSamples = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      name.toLowerCase().endsWith('nin') ? '14851461249' : (byPlaceholder[name] ?? anId),
    ),
  );
