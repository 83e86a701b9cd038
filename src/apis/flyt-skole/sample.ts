// A value that a schema describes, for readers: made from its examples, else from its types. Used by openapi.ts. Pure.
import type { Schema, Schemas } from './mapping-schema.ts';

const most = 12;

/** A sample of the schema; references go to the components given. Deeply nested or circular parts are left out. */
export const sampleOf = (schema: Schema, components: Schemas, depth = 0): unknown => {
  if (depth > most) return undefined;
  const { $ref: to, examples, enum: values, const: constant, default: usual } = schema;
  if (typeof to === 'string') return sampleOf(components[to.split('/').at(-1) ?? ''] ?? {}, components, depth + 1);
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  if (constant !== undefined) return constant;
  if (usual !== undefined) return usual;
  if (Array.isArray(values)) return values.find((one) => one !== null);
  for (const choice of ['oneOf', 'anyOf', 'allOf']) {
    const [first] = Array.isArray(schema[choice]) ? (schema[choice] as readonly Schema[]) : [];
    if (first !== undefined) return sampleOf(first, components, depth + 1);
  }
  return plainSample(schema, components, depth);
};

const plainSample = (schema: Schema, components: Schemas, depth: number): unknown => {
  const { type, format, properties, items, minimum } = schema;
  const [kind] = [type].flat();
  switch (kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries((properties ?? {}) as Schemas)
          .map(([name, one]) => [name, sampleOf(one, components, depth + 1)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case 'array': {
      const one = sampleOf((items ?? {}) as Schema, components, depth + 1);
      return one === undefined ? [] : [one];
    }
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? Math.max(1, minimum) : 1;
    case 'boolean':
      return true;
    case 'string':
      return (
        texts[typeof format === 'string' ? format : ''] ?? (schema['maxLength'] === 64 ? 'Vf3kP0aQx9TzR1uW' : 'text')
      );
    default:
      return undefined;
  }
};

const texts: Readonly<Record<string, string>> = {
  date: '2026-08-17',
  'date-time': '2026-08-17T06:15:00Z',
  uri: 'https://hub.example/vfs/v1',
  uuid: '3f0e2a52-6d1a-4f5e-9a57-8d4e1f6a2b10',
  email: 'kari@skole.example',
};
