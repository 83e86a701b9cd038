// FSWS-STUDINFO2 as a service: documents of the study catalogue, over REST and over SOAP. Called by fsws-studinfo2-api.ts; the frame reads requests and writes
// answers.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { DocumentNode, Narrow, Walk } from '#hub/documents/document.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { civilNow } from '#mappings/converters.ts';
import { readFlag, readTermCode } from '#mappings/fs-values.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { allOf, anyOf, texts } from '#mappings/narrowing.ts';
import { splitKey } from '#mappings/natural-key.ts';
import type { FactsMaker } from '#mappings/project.ts';
import { type MappingReading, readMapping } from '#mappings/read-mapping.ts';
import { formOfMapping } from '#services/mapping-form.ts';
import type {
  ElementForm,
  Handled,
  OtherType,
  Service,
  ServiceCall,
  ServiceOperation,
  ServiceParameter,
} from '#services/service.ts';
import { codeOfTerm } from '#services/term-parameters.ts';
import { taggedRows } from '#services/tagged-rows.ts';
import { notThere, walkedRows } from '#services/walked-rows.ts';
import { changedSince, momentOf } from '#services/changed-since.ts';
import { refusedParameter } from '#services/refused-parameter.ts';
import { createBesideCourse, type BesideCourse } from './beside-course.ts';
import type { InfoType } from './info-type.ts';
import { createTermPeriods, type TermPeriods } from './in-term.ts';
import { courses } from './mappings/courses.ts';
import { languages, type Language } from './mappings/parts.ts';
import { programmes } from './mappings/programmes.ts';
import { shortCourses } from './mappings/short-courses.ts';
import { periodOfTexts } from './mappings/terms.ts';

export const apiId = 'fsws-studinfo2';

export type StudinfoDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly walk: Walk;
  readonly clock: Pick<Clock, 'now'>;
  readonly graph: Pick<Graph, 'read'>;
  readonly institutionNumber: (tenant: string) => Promise<string | null>;
};

const cdmType = 'application/cdm+xml';

const cdm: OtherType = {
  type: cdmType,
  sent: `${cdmType}; charset=utf-8`,
  describe: {
    nb: 'Det viktigste av det samme i CDM, course description metadata.',
    en: 'The most important of the same as CDM, course description metadata.',
  },
  open: '<?xml version="1.0" encoding="UTF-8"?>\n<CDM xmlns="http://fsws.usit.no/schemas/cdm">',
  between: '',
  close: '</CDM>',
};

const unitNames = ['fakultetsnr', 'instituttnr', 'gruppenr'] as const;

const parametersOf = ({ chosenBy, onRequest }: InfoType): readonly ServiceParameter[] => [
  {
    name: 'arstall',
    type: 'string',
    pattern: '[0-9]{4}',
    describe: {
      nb: 'Året til terminen det gjelder; sammen med terminkode. Uten dem er alle med.',
      en: 'The year of the term; together with terminkode. Without them all are told.',
    },
  },
  codeOfTerm,
  {
    name: 'sprak',
    type: 'string',
    values: languages.map(({ letter }) => letter),
    describe: { nb: 'B, N eller E; B når det mangler.', en: 'B, N or E; B where it is missing.' },
  },
  {
    name: 'institusjonsnr',
    type: 'string',
    pattern: '-1|[0-9]{1,8}',
    describe: {
      nb: 'Institusjonens nummer. Et annet enn det som gir tilgangen, gir ingenting.',
      en: 'Number of the institution. Another than the one that gives access gives nothing.',
    },
  },
  ...unitNames.map((name): ServiceParameter => ({
    name,
    type: 'string',
    pattern: '-1|[0-9]{1,4}',
    describe: {
      nb: 'Bare det denne enheten har ansvaret for; -1 er alle.',
      en: 'Only what this unit answers for; -1 means all.',
    },
  })),
  ...chosenBy,
  ...(onRequest === null
    ? []
    : [
        {
          name: onRequest,
          type: 'string',
          values: ['J', 'N', 'true', 'false'],
          describe: { nb: 'J for å få med utdanningsplanen.', en: 'J to have the plan told too.' },
        } as const,
      ]),
  {
    name: 'endretSiden',
    type: 'string',
    maxLength: 40,
    describe: {
      nb: 'Bare det som kan ha endret seg siden denne dagen eller dette tidspunktet, 2026-11-22 eller 2026-11-22T08:00:00Z.',
      en: 'Only what may have changed since this day or moment, 2026-11-22 or 2026-11-22T08:00:00Z.',
    },
  },
];

type Facts = {
  readonly unit: string | undefined;
  readonly chosen: readonly unknown[];
  readonly row: DocumentNode;
};

/** A type in all its languages, held against the model. */
type InfoReading = {
  readonly type: InfoType;
  readonly documents: ReadonlyMap<Language, MappingReading>;
  readonly cdms: ReadonlyMap<Language, MappingReading>;
  readonly facts: FactsMaker<Facts>;
  readonly beside: BesideCourse | null;
};

const readInfo = (type: InfoType, deps: StudinfoDeps): InfoReading => {
  const { model } = deps;
  const mappingOf = (language: Language, kind: 'info' | 'cdm'): Mapping => ({
    name: `studinfo-${kind}-${type.name}-${language.name}`,
    schema: kind === 'info' ? type.name : type.cdm.element,
    collection: type.collection,
    describe: type.summary,
    fields: (kind === 'info' ? type : type.cdm).fields(language),
  });
  const readings = (kind: 'info' | 'cdm') =>
    new Map(languages.map((language) => [language, readMapping(mappingOf(language, kind), model)]));
  return {
    type,
    documents: readings('info'),
    cdms: readings('cdm'),
    beside: type.joins === true ? createBesideCourse(type.collection, deps) : null,
    facts: {
      name: `studinfo ${type.name}`,
      needs: [type.unit],
      of: (row) => ({
        unit: textAt(row.parts[type.unit]?.[0]?.values ?? {}, 'naturligNokkel.identifikatorverdi'),
        chosen: type.chosenBy.map(({ path }) => textAt(row.values, path)),
        row,
      }),
    },
  };
};

const textAt = (values: Readonly<Record<string, unknown>>, path: string): string | undefined => {
  const found = path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      values,
    );
  return typeof found === 'string' ? found : undefined;
};

/** The word of the language, which each document carries: as an attribute of its element. */
const marked = (text: string, element: string, { word }: Language, isJson: boolean): string => {
  if (isJson) return text === '{}' ? `{"@sprak":"${word}"}` : `{"@sprak":"${word}",${text.slice(1)}`;
  return `<${element} sprak="${word}"${text.slice(element.length + 1)}`;
};

const markedForm = (form: ElementForm): ElementForm => ({
  ...form,
  attributes: [
    {
      name: 'sprak',
      type: 'string',
      values: languages.map(({ word }) => word),
      required: true,
      describe: { nb: 'Språket i dokumentet.', en: 'Language of the document.' },
    },
  ],
});

/** Whether a unit is one of those asked for: -1, and what is not said, is all. */
const isOfUnit = (key: string | undefined, values: ServiceCall['values']): boolean => {
  const [, ...parts] = splitKey(key ?? '');
  return unitNames.every((name, index) => {
    const asked = values[name] ?? '-1';
    return asked === '-1' || (/^\d+$/.test(parts[index] ?? '') && Number(parts[index]) === Number(asked));
  });
};

/** The days that belong to a term: the first half of the year, or the second. */
const daysOf = (year: string, code: string) =>
  code.startsWith('V')
    ? { from: `${year}-01-01`, to: `${year}-07-31` }
    : { from: `${year}-08-01`, to: `${year}-12-31` };

/** The row without the texts that are of other terms. */
const withTexts = (row: DocumentNode, relation: string, kept: ReadonlySet<number>): DocumentNode => ({
  uid: row.uid,
  id: row.id,
  collection: row.collection,
  level: row.level,
  values: row.values,
  hides: row.hides,
  parts: { ...row.parts, [relation]: (row.parts[relation] ?? []).filter(({ uid }) => kept.has(uid)) },
});

/** It is the same in every language. */
const rowForm = ({ documents, beside }: InfoReading): ElementForm => {
  const [first] = [...documents.values()];
  if (first === undefined) throw new Error('A document has no language.');
  const form = markedForm(formOfMapping(first));
  return 'members' in form ? { ...form, members: [...(form.members ?? []), ...(beside?.forms ?? [])] } : form;
};

const operationOf = (
  info: InfoReading,
  among: readonly ElementForm[],
  periods: TermPeriods,
  deps: StudinfoDeps,
): ServiceOperation => {
  const { type } = info;
  return {
    name: type.operation,
    rest: { method: 'GET', path: `/${type.name}` },
    soap: true,
    summary: type.summary,
    describe: {
      nb: 'Parametrene er forgjengerens, og endretSiden i tillegg. Svar som ikke er for lange, har en ETag for hele dokumentet.',
      en: 'The parameters are those of the predecessor, and endretSiden besides. Answers that are not too long have an ETag of the whole document.',
    },
    parameters: parametersOf(type),
    answer: {
      kind: 'rows',
      name: 'fs-studieinfo',
      describe: { nb: 'Dokumenter fra studiekatalogen.', en: 'Documents of the study catalogue.' },
      row: rowForm(info),
      among,
    },
    others: [cdm],
    reconstructed: true,
    examples: [{ summary: type.summary, values: { arstall: '2026', terminkode: 'VÅR', sprak: 'B' }, status: 200 }],
    handle: async (call) => {
      const { values, principal, context, notation } = call;
      const language = languages.find(({ letter }) => letter === (values['sprak'] ?? 'B'));
      if (language === undefined) return refusedParameter('sprak', 'must be B, N or E');
      const [year, code] = [values['arstall'], readTermCode(values['terminkode'])];
      if ((year === undefined) !== (values['terminkode'] === undefined))
        return refusedParameter('terminkode', 'goes together with arstall');
      if (values['terminkode'] !== undefined && code === undefined)
        return refusedParameter('terminkode', 'must be VÅR, HØST, SOM, VIT, VÅT or HØT');
      const since = values['endretSiden'] === undefined ? null : momentOf(values['endretSiden']);
      if (since === undefined)
        return refusedParameter('endretSiden', 'must be a day, or a moment with its distance from UTC');

      const institution = await deps.institutionNumber(principal.tenant);
      const asked = values['institusjonsnr'] ?? '-1';
      if (institution === null || (asked !== '-1' && Number(asked) !== Number(institution))) return notThere;

      const isCdm = call.type === cdmType;
      const reading = (isCdm ? info.cdms : info.documents).get(language);
      if (reading === undefined) return notThere;
      const term =
        year === undefined || code === undefined ? null : { key: `${year},${code}`, days: daysOf(year, code) };
      const holding = term === null ? null : await periods.holding(term.key, context);
      if (term !== null && holding === null) return notThere;

      const chosen = type.chosenBy.map(({ name }) => values[name]?.normalize('NFC'));
      const narrow = allOf([
        ...type.chosenBy.map(({ path }, index) => {
          const value = chosen[index];
          return value === undefined ? null : texts(path.split('.'), 'eq', value);
        }),
        holding === null || type.period === null ? null : holding(type.period),
        since === null ? null : await changedIn(deps, info, reading, since, context),
      ]);
      const kept =
        holding === null || type.texts === null
          ? null
          : await periods.textsOf(
              {
                collection: type.collection,
                relation: type.texts,
                of: narrow ?? everything,
                period: holding(periodOfTexts),
              },
              context,
            );
      const { texts: relation, onRequest } = type;
      const now = civilNow(deps.clock.now());
      const element = isCdm ? type.cdm.element : type.name;
      const rows = await walkedRows(
        deps.walk,
        {
          reading,
          notation,
          now,
          narrow,
          facts: info.facts,
          accept: ({ unit, chosen: found, row }) =>
            chosen.every((value, index) => value === undefined || value === found[index]) &&
            isOfUnit(unit, values) &&
            type.counts(row, term?.days ?? null),
          ...(onRequest !== null && readFlag(values[onRequest]) === true ? { includes: new Set([onRequest]) } : {}),
          ...(kept === null || relation === null
            ? {}
            : { shown: (row: DocumentNode) => withTexts(row, relation, kept) }),
          ...(info.beside === null
            ? {}
            : { joined: info.beside.join({ language, notation, now, element, cdm: isCdm }, context) }),
        },
        context,
      );
      const told = isCdm ? rows : inLanguage(rows, type.name, language, notation.name === 'json');
      return call.via === 'soap' ? told : taggedRows(told, `${call.type} ${language.letter}`, limits.infoTagLetters);
    },
  };
};

/** Documents that may have changed since, by anything that they are made of; null = all of them. */
const changedIn = async (
  { hub }: StudinfoDeps,
  { beside }: InfoReading,
  { shape }: MappingReading,
  since: number,
  context: QueryContext,
): Promise<Narrow | null> => {
  const [own, joined] = [
    await changedSince(hub, shape, since, context),
    beside === null ? none : await beside.changed(since, context),
  ];
  return own === null || joined === null ? null : anyOf(own, joined);
};

const none: Narrow = anyOf();

const everything: Narrow = { kind: 'all', of: [] };

const inLanguage = (handled: Handled, element: string, language: Language, isJson: boolean): Handled =>
  handled.kind === 'rows'
    ? {
        ...handled,
        rows: (async function* () {
          for await (const some of handled.rows) yield some.map((text) => marked(text, element, language, isJson));
        })(),
      }
    : handled;

/** The service. Throws a HubError at start when the model does not bear out what it tells. */
export const studinfoService = (deps: StudinfoDeps): Service => {
  const periods = createTermPeriods(deps.model, deps.walk);
  const infos = [courses, programmes, shortCourses].map((type) => readInfo(type, deps));
  const among = infos.map(rowForm);
  return {
    id: apiId,
    name: 'studinfo',
    title: { nb: 'FSWS-STUDINFO2', en: 'FSWS-STUDINFO2' },
    status: 'not-further-developed',
    describe: {
      nb: 'Studiekatalogen for nettsider: studieprogram, emner og kurs.',
      en: 'The study catalogue for web pages: programmes, courses and short courses.',
    },
    version: '1.0.0',
    namespace: 'http://fsws.usit.no/schemas/studinfo',
    prefix: '/fsrest/rest/studinfo2',
    ports: [
      { path: '/fsservices/studinfo', answers: 'text' },
      { path: '/fsservices/studinfo/native', answers: 'nested' },
    ],
    reconstructed: {
      nb: 'Operasjonene, parametrene og navnene på hoveddelene er forgjengerens. Hva som står i hver del, adressene over REST og CDM-formen er vår tolkning.',
      en: 'Operations, parameters and names of the main parts are those of the predecessor. What stands in each part, the addresses over REST and the form of CDM are our interpretation.',
    },
    operations: infos.map((info) => operationOf(info, among, periods, deps)),
  };
};
