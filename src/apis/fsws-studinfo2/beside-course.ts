// What is told of a course of continuing education that no path of a mapping leads to: its texts, whose language and kind hang on values of the course, and its
// teachers, whose roles lead to the course and not the other way. Read for a page of courses together, as the caller sees it. Called by operations.ts.
import type { Narrow, Walk } from '#hub/documents/document.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import { anyOf, rows, through } from '#mappings/narrowing.ts';
import type { Notation } from '#mappings/notation.ts';
import { readLeanMapping, readMapping } from '#mappings/read-mapping.ts';
import { readValues } from '#mappings/read-values.ts';
import { rowText, type RowObject } from '#mappings/row-text.ts';
import { changedSince } from '#services/changed-since.ts';
import { formOfMapping } from '#services/mapping-form.ts';
import type { ElementForm } from '#services/service.ts';
import type { Joined } from '#services/walked-rows.ts';
import {
  categories,
  cdmTextName,
  courseRelation,
  roleMapping,
  roleNeeds,
  rowOfText,
  textAttribute,
  textForm,
  textKindRelation,
  textSelection,
  textsIn,
} from './mappings/course-parts.ts';
import { isPublished, languages, type Language } from './mappings/parts.ts';

export type BesideDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly walk: Walk;
  readonly graph: Pick<Graph, 'read'>;
};

export type BesideCourse = {
  /** The elements that are joined to a document, in their order. */
  readonly forms: readonly ElementForm[];
  /** Makes what joins them to the documents of a page. CDM has texts alone. */
  readonly join: (
    asked: {
      readonly language: Language;
      readonly notation: Notation;
      readonly now: CivilNow;
      readonly element: string;
      readonly cdm: boolean;
    },
    context: QueryContext,
  ) => Joined;
  /** Courses of which something that is joined may have changed; null when so much has that all of them may. */
  readonly changed: (since: number, context: QueryContext) => Promise<Narrow | null>;
};

// A course has few texts; so many courses of a page are asked for together.
const coursesAtOnce = 100;

/** Makes it. Throws a HubError at start when the model does not bear out what is told. */
export const createBesideCourse = (collection: string, { model, hub, walk, graph }: BesideDeps): BesideCourse => {
  const roles = new Map(languages.map((language) => [language, readMapping(roleMapping(language), model, roleNeeds)]));
  const kinds = readLeanMapping(categories, model);
  const [first] = roles.values();
  if (first === undefined) throw new Error('A document has no language.');
  const teachersForm: ElementForm = { ...formOfMapping(first), most: null };
  const selection = textSelection(collection);

  /** By the number of the course; null where the caller may see no roles. */
  const teachersOf = async (
    uids: readonly number[],
    language: Language,
    now: CivilNow,
    context: QueryContext,
  ): Promise<ReadonlyMap<number, readonly RowObject[]> | null> => {
    const reading = roles.get(language) ?? first;
    const valuesOf = readValues<RowObject>(reading);
    const projection = { id: `${reading.mapping.name} of courses`, shape: reading.shape };
    const walked = await walk({ projection, narrow: through([courseRelation], rows(...uids)), exact: true }, context);
    if (walked.kind !== 'walk') return null;
    const found = new Map<number, RowObject[]>();
    for await (const page of walked.pages)
      for (const role of page) {
        if (!isPublished.holds(role.values, now, role)) continue;
        for (const { uid } of role.parts[courseRelation] ?? [])
          found.set(uid, [...(found.get(uid) ?? []), valuesOf(role, now)]);
      }
    return found;
  };

  const textsOf = async (
    uids: readonly number[],
    language: Language,
    cdm: boolean,
    context: QueryContext,
  ): Promise<ReadonlyMap<number, readonly RowObject[]>> => {
    const found = new Map<number, readonly RowObject[]>();
    for (let at = 0; at < uids.length; at += coursesAtOnce) {
      const some = uids.slice(at, at + coursesAtOnce);
      const [answer] = await graph.read([{ kind: 'uids', selection, uids: some }], context);
      if (answer?.kind !== 'nodes') continue;
      for (const node of answer.nodes)
        if (node?.hides(textAttribute) === false)
          found.set(node.uid, textsIn(node, language).map(rowOfText[cdm ? 'cdm' : 'info']));
    }
    return found;
  };

  return {
    forms: [teachersForm, textForm],
    join:
      ({ language, notation, now, element, cdm }, context) =>
      async (page) => {
        const uids = page.map(({ uid }) => uid);
        const texts = await textsOf(uids, language, cdm, context);
        const teachers = cdm ? null : await teachersOf(uids, language, now, context);
        const put = joining(notation, element);
        return ({ uid }, text) => {
          const withTeachers = put(text, teachersForm.name, teachers === null ? undefined : (teachers.get(uid) ?? []));
          return put(withTeachers, cdm ? cdmTextName : textForm.name, texts.get(uid));
        };
      },
    changed: async (since, context) => {
      const [role, kind] = [
        await changedSince(hub, first.shape, since, context),
        await changedSince(hub, kinds.shape, since, context),
      ];
      if (role === null || kind === null) return null;
      return anyOf(
        { kind: 'led-to', by: first.mapping.collection, relation: courseRelation, of: role },
        through([textKindRelation], kind),
      );
    },
  };
};

/** Puts elements of a name behind those of a document, before its end. Undefined: the caller may not see them. */
const joining =
  (notation: Notation, element: string) =>
  (text: string, name: string, parts: readonly RowObject[] | undefined): string => {
    if (parts === undefined) return text;
    const write = rowText(notation, name);
    if (notation.name === 'json') {
      const open = text === '{}' ? '{' : `${text.slice(0, -1)},`;
      return `${open}${JSON.stringify(name)}:[${parts.map(write).join(',')}]}`;
    }
    const close = `</${element}>`;
    return parts.length === 0 ? text : `${text.slice(0, -close.length)}${parts.map(write).join('')}${close}`;
  };
