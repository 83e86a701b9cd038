// A value that a schema describes, for readers: made from its examples, else from its form, the name of the member and its type. Used by openapi.ts.
// Everybody in it is invented. Pure.
import type { Schema, Schemas } from '#mappings/mapping-schema.ts';

const most = 12;

/** A sample of the schema; references go to the components given. Deeply nested or circular parts are left out. */
export const sampleOf = (schema: Schema, components: Schemas): unknown =>
  sample({ components, depth: 0, name: '', within: '' }, schema);

type Place = {
  readonly components: Schemas;
  readonly depth: number;
  /** The member that it is, and the one that it is within. */
  readonly name: string;
  readonly within: string;
};

const sample = (place: Place, schema: Schema): unknown => {
  if (place.depth > most) return undefined;
  const deeper = { ...place, depth: place.depth + 1 };
  const { $ref: to, examples, enum: values, const: constant, default: usual } = schema;
  if (typeof to === 'string') return sample(deeper, place.components[to.split('/').at(-1) ?? ''] ?? {});
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  if (constant !== undefined) return constant;
  if (usual !== undefined) return usual;
  const named = byName[`${place.within}.${place.name}`] ?? byName[place.name];
  if (Array.isArray(values)) return values.includes(named) ? named : values.find((one) => one !== null);
  for (const choice of ['oneOf', 'anyOf', 'allOf']) {
    const [first] = Array.isArray(schema[choice]) ? (schema[choice] as readonly Schema[]) : [];
    if (first !== undefined) return sample(deeper, first);
  }
  return plainSample(deeper, schema, named);
};

const plainSample = (place: Place, schema: Schema, named: string | undefined): unknown => {
  const { type, properties, items, minimum } = schema;
  const [kind] = [type].flat();
  switch (kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries((properties ?? {}) as Schemas)
          .map(([name, one]) => [name, sample({ ...place, name, within: place.name }, one)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case 'array': {
      const one = sample(place, (items ?? {}) as Schema);
      return one === undefined ? [] : [one];
    }
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? Math.max(1, minimum) : 1;
    case 'boolean':
      return true;
    case 'string':
      return named ?? textSample(schema, place.name);
    default:
      return undefined;
  }
};

const anId = 'Vf3kP0aQx9TzR1uW';

const textSample = ({ format, pattern, maxLength }: Schema, name: string): string => {
  const formed = byForm[typeof pattern === 'string' ? pattern : ''] ?? byForm[typeof format === 'string' ? format : ''];
  return formed ?? (maxLength === 64 || /(?:^i|I)ds?$/.test(name) ? anId : 'text');
};

/** By format or pattern. */
const byForm: Readonly<Record<string, string>> = {
  date: '2026-08-17',
  'date-time': '2026-11-02T08:30:00+01:00',
  uri: 'https://hub.example/vfs/v1',
  uuid: '3f0e2a52-6d1a-4f5e-9a57-8d4e1f6a2b10',
  email: 'kari.nordmann@example.org',
  '^\\d{11}$': '14851461249',
  '^[A-ZÆØÅ]{3}\\d{4}$': 'MAT0006',
};

/** By what the member is called, and within what. */
const byName: Readonly<Record<string, string>> = {
  givenName: 'Kari',
  middleName: 'Lie',
  familyName: 'Nordmann',
  fullName: 'Kari Lie Nordmann',
  gender: 'female',
  birthDate: '2016-03-14',
  registerStatusDate: '2016-03-14',
  from: '2026-08-01',
  to: '2027-07-31',
  endedOn: '2027-01-15',
  start: '2026-11-02T08:30:00+01:00',
  end: '2026-11-02T09:15:00+01:00',
  week: '2026-W45',
  name: '4A',
  'school.name': 'Tindvag school',
  'schools.name': 'Tindvag school',
  'subjects.name': 'Mathematics',
  'rooms.name': 'A 104',
  'afterSchool.name': 'After school',
  'teachingGroups.name': '4A mathematics',
  feideName: 'kari@example.org',
  userName: 'kari',
  email: 'kari.nordmann@example.org',
  workEmail: 'kari.nordmann@example.org',
  phone: '+47 22 00 00 00',
  mobile: '+47 99 00 00 00',
  workPhone: '+47 22 00 00 00',
  employeeNumber: '900001',
  pupilNumber: '20260001',
  localNumber: '140316000001',
  schoolYear: '2026/2027',
  number: '99201',
  organisationNumber: '123456785',
  title: 'Teacher',
  addressLines: 'Storgata 1',
  postalCode: '0000',
  postalPlace: 'Tindvag',
  municipality: '9921',
  writtenLanguage: 'nb',
  nativeLanguage: 'nb',
  language: 'nb',
  citizenships: 'NO',
  role: 'MOR',
  rights: 'VARSLER',
  'positions.kind': 'LAERER',
  basis: 'FOLKEREGISTER',
  source: 'FOLKEREGISTER',
  type: 'pupil',
  change: 'updated',
  changedFields: 'familyName',
  'events.type': 'pupil.updated',
  next: 'q3J0aGVyZSBpcyBtb3Jl',
  cursor: 'q3J0aGVyZSBpcyBtb3Jl',
  mergedInto: anId,
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
