// The schemas of the documents that applications register, each with an example, by name. Part of schemas.ts. Data only.
import { body, instant, object, reason, text, type NamedSchema } from './schema-words.ts';

const members = {
  api: { ...text, description: 'The id of an API that takes GraphQL documents.' },
  name: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What the application calls it; unique within the API.',
  },
  flags: { type: 'array', items: text, maxItems: 20, description: 'The feature flags that it is sent with.' },
  text: { ...text, description: 'The document. Whom it asks for belongs in its variables.' },
} as const;

const example = {
  api: 'fs-graphql',
  name: 'Course names',
  flags: [],
  text: 'query ($owner: String!) { emnerV2(filter: { eierOrganisasjonskode: $owner }) { nodes { kode } } }',
};

/** By name. */
export const documentSchemas: Readonly<Record<string, NamedSchema>> = {
  Document: {
    schema: object({ id: text, application: text, ...members, createdAt: instant }),
    example: {
      id: 'document-5b1f0c2a9d3e4f60',
      application: 'client-8a2b3f4e5d6c7b8a7d0c',
      ...example,
      createdAt: '2026-11-22T09:00:00Z',
    },
  },
  NewDocument: {
    schema: body({ ...members, reason }, ['api', 'name', 'text']),
    example,
  },
};
