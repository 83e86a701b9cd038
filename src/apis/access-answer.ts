// What has to be asked for to run an operation or a document: the answer of /catalogue/access-for and of the command line, and its schema. Shared by the
// API and by whoever works it out (app/access-for.ts).
import type { FourEyesReason, PackageTerms } from '#catalogue/access/packages.ts';

export type AccessQuestion =
  | { readonly kind: 'operation'; readonly operation: string }
  | {
      readonly kind: 'document';
      readonly document: string;
      /** Null = the first GraphQL API that takes it. */
      readonly api: string | null;
      readonly operationName: string | null;
      readonly variables: Readonly<Record<string, unknown>>;
    };

export type AccessAnswer = {
  /** As it is called in its API. */
  readonly operation: string;
  readonly api: string;
  /** Of each list the token must carry one. */
  readonly tokenScopes: readonly (readonly string[])[];
  /** To send in Feature-Flags. */
  readonly flags: readonly string[];
  readonly collections: readonly {
    readonly collection: string;
    readonly actions: readonly string[];
    readonly fields: readonly { readonly name: string; readonly sensitivities: readonly string[] }[];
  }[];
  /** Collections that must be open as well for links to them to show. */
  readonly links: readonly string[];
  /** The fewest access packages that open it, narrowed to what is needed. */
  readonly packages: readonly PackageTerms[];
  /** Why it takes two to approve that; none = one is enough. */
  readonly fourEyes: readonly FourEyesReason[];
  /** What no package opens: a grant or a link has to. */
  readonly uncovered: readonly {
    readonly collection: string;
    readonly action: string;
    readonly fields: readonly string[];
  }[];
  /** Parts of a document that read nothing with these variables, so that more may be needed. */
  readonly undetermined: readonly string[];
};

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const list = (items: object, description: string): object => ({ type: 'array', items, description });

/** JSON Schema of the answer. */
export const accessAnswerSchema = object({
  operation: text,
  api: text,
  tokenScopes: list(texts, 'Of each list the token must carry one.'),
  flags: { ...texts, description: 'To send in Feature-Flags.' },
  collections: list(
    object({
      collection: text,
      actions: texts,
      fields: list(object({ name: text, sensitivities: texts }), 'Attributes and relations.'),
    }),
    'What must be granted.',
  ),
  links: { ...texts, description: 'Collections that must be open as well for links to them to show.' },
  packages: list(
    object({
      package: text,
      narrowed: list(object({ collection: text, fields: texts, why: text }), 'Fewer fields than it shows.'),
    }),
    'The fewest access packages that open it.',
  ),
  fourEyes: { ...texts, description: 'Why it takes two to approve that.' },
  uncovered: list(object({ collection: text, action: text, fields: texts }), 'What no package opens.'),
  undetermined: { ...texts, description: 'What read nothing with these variables: more may be needed.' },
});

/** JSON Schema of the question. */
export const accessQuestionSchema = {
  type: 'object',
  properties: {
    operation: { ...text, description: '`GET /path/{id}`, an address, or an operationId.' },
    document: { ...text, description: 'A GraphQL document.' },
    api: { enum: ['fs-graphql', 'fint-graphql'] },
    operationName: text,
    variables: { type: 'object' },
  },
  additionalProperties: false,
} as const;
