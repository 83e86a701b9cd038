// What a course of continuing education is told with that no path leads to: roles, which lead to the course, and texts, whose language and kind hang on values of
// it. Used by beside-course.ts, which reads them; in the words of the other documents.
import type { GraphNode, GraphSelection } from '#hub/graph/graph.ts';
import { unshown } from '#mappings/field.ts';
import type { Mapping } from '#mappings/mapping.ts';
import type { RowObject } from '#mappings/row-text.ts';
import type { Text } from '#model/model.ts';
import type { ElementForm } from '#services/service.ts';
import { isTextIn, nameOf, teacherFields, textElement, type Language } from './parts.ts';

/** From a role to its course. */
export const courseRelation = 'kurs';

/** A teacher by name. */
export const roleMapping = (language: Language): Mapping => ({
  name: `studinfo-kurs-fagperson-${language.name}`,
  schema: 'fagperson',
  collection: 'fs/rolle/evukursrolle',
  describe: { nb: 'En fagperson som er publisert.', en: 'A teacher who is published.' },
  fields: teacherFields(language),
});

/** What is read of roles beside what is told of them: whose they are, and whether they are published. */
export const roleNeeds: readonly string[] = [courseRelation, 'fsRolle'];

/** The attribute of a course that holds its texts, and what hangs on each. */
export const textAttribute = 'beskrivelsesavsnitt';
const [languageLink, kindLink] = ['sprak', 'tekstkategori'] as const;
export const textKindRelation = `${textAttribute}.${kindLink}`;

/** Kinds of texts, as far as their change is looked for. */
export const categories: Mapping = {
  name: 'studinfo-kurs-text-kind',
  schema: 'tekstkategori',
  collection: 'fs/studietilbud/tekstkategori',
  describe: { nb: '', en: '' },
  fields: { code: unshown('kode') },
};

const nothingMore = { narrow: null, order: null, page: null, count: false } as const;

const hanging = (link: string, collection: string, attributes: readonly string[]) => ({
  name: link,
  relation: `${textAttribute}.${link}`,
  to: { collection, attributes, edges: [] },
  ...nothingMore,
});

/** What is read of courses for their texts. */
export const textSelection = (collection: string): GraphSelection => ({
  collection,
  attributes: [textAttribute],
  edges: [
    hanging(languageLink, 'fs/felles/sprak', ['iso6391Kode', 'iso6392Kode']),
    hanging(kindLink, categories.collection, ['kode', 'navnAlleSprak', 'kanPubliseresTilWeb']),
  ],
});

type Held = {
  readonly innhold?: string;
  readonly ['_links']?: Readonly<Record<string, readonly { readonly href: string }[]>>;
};

export type TextParts = { readonly code: unknown; readonly name: string | undefined; readonly text: string };

/** The texts of a course in a language, in their order; those that are not for the web are not among them. */
export const textsIn = (node: GraphNode, language: Language): readonly TextParts[] => {
  const held = node.values[textAttribute];
  return (Array.isArray(held) ? (held as readonly Held[]) : []).flatMap((one) => {
    const linked = (link: string): readonly GraphNode[] =>
      (one['_links']?.[link] ?? []).flatMap(({ href }) => node.nested[link]?.get(href) ?? []);
    const kinds = linked(kindLink);
    const spoken = linked(languageLink).map(({ values }) => values);
    if (!isTextIn(language, spoken, kinds) || one.innhold === undefined) return [];
    const kind = kinds[0]?.values;
    return [{ code: kind?.['kode'], name: nameOf(language, kind?.['navnAlleSprak']), text: one.innhold }];
  });
};

const bothOf = ([nb, en]: readonly [nb: string, en: string]): Text => ({ nb, en });

/** The element of a text, as the other documents have it. */
export const textForm: ElementForm = {
  name: textElement.name,
  describe: bothOf(textElement.words),
  most: null,
  members: Object.entries(textElement.members).map(([name, words]) => ({
    name,
    describe: bothOf(words),
    content: { type: 'string' },
  })),
};

export const cdmTextName = 'infoBlock';

/** How a text is written down. */
export const rowOfText = {
  info: ({ code, name, text }: TextParts): RowObject => ({ infotypekode: code, infotypenavn: name, tekst: text }),
  cdm: ({ name, text }: TextParts): RowObject => ({ header: name, text }),
} as const;
