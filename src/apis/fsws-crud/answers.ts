// Answers as XML: the element of the operation with its Status, or with rows. Called by the operations, and by the pipeline for problems of these routes, which
// become a Status too. Holds no table.
import { problem, type ErrorCode } from '#base/errors.ts';
import { element, xmlDeclaration } from '#formats/xml/write-xml.ts';
import type { AnswerHeaders, ApiAnswer, ApiRequest, ShownProblem, WrittenProblem } from '#apis/api.ts';
import {
  httpOf,
  saidOf,
  statusOfProblem,
  statusTable,
  toldAs,
  type Status,
  type StatusName,
} from '#services/statuses.ts';
import { crudNamespace } from './request-xml.ts';

export const xmlType = 'application/xml; charset=utf-8';

type Language = 'nb' | 'en';

/** Bokmål, unless English is what the reader asks for first. */
export const languageOf = (request: Pick<ApiRequest, 'header'>): Language =>
  /^\s*en\b/i.test(request.header('accept-language') ?? '') ? 'en' : 'nb';

/** What the status says, in one line. */
export const messageOf = ({ name, about: more }: Status, language: Language): string => {
  const words = statusTable[name].words[language];
  return more === undefined ? words : `${words} (${more[language]})`;
};

const statusXml = (code: number, message: string, reference?: string): string =>
  `<Status>${element('Kode', String(code))}${element('Melding', message)}${reference === undefined ? '' : element('Referanse', reference)}</Status>`;

/** The operations, by the last part of their address, to the names of their elements. */
export const operations = {
  select: { roots: ['doSelectRequest'], answer: 'doSelectResponse' },
  selectMany: { roots: ['doSelectManyRequest', 'doSelectManyAsAttachmentRequest'], answer: 'doSelectManyResponse' },
  upsert: { roots: ['doUpsertRequest'], answer: 'doUpsertResponse' },
} as const;

export type OperationName = keyof typeof operations;

const operationAt = (path: string): OperationName => {
  const name = /\/crud\/([A-Za-z]+)/.exec(path)?.[1] ?? '';
  // What is at no address of ours has the form of the plainest.
  return name === 'select' || name === 'selectMany' ? name : 'upsert';
};

export const openOf = (operation: OperationName): string =>
  `${xmlDeclaration}<${operations[operation].answer} xmlns="${crudNamespace}">`;
export const closeOf = (operation: OperationName): string => `</${operations[operation].answer}>`;

/** An answer that the hub has been asked for. `rows` are texts of row elements, after the Status. */
export const answered = (
  operation: OperationName,
  status: Status,
  request: ApiRequest,
  rows = '',
  headers: AnswerHeaders = {},
): ApiAnswer => {
  const said = statusXml(statusTable[status.name].code, messageOf(status, languageOf(request)), status.reference);
  return {
    kind: 'bytes',
    status: statusTable[status.name].http,
    type: xmlType,
    headers: { 'Cache-Control': 'no-store', ...headers },
    bytes: `${openOf(operation)}${said}${rows}${closeOf(operation)}`,
  };
};

const problemCodes: Partial<Record<StatusName, ErrorCode>> = {
  media: 'HUB-104',
  large: 'HUB-102',
  malformed: 'HUB-100',
  refusedXml: 'HUB-100',
};

/** A request that is refused before the hub has been asked: it goes by the pipeline, which records it. */
export const turnedAway = (status: Status, request: ApiRequest): ApiAnswer => {
  const { http } = statusTable[status.name];
  const message = messageOf(status, languageOf(request));
  return {
    kind: 'problem',
    status: http,
    unrecorded: true,
    problem: toldAs(problem(problemCodes[status.name] ?? 'HUB-103', message), status.name, message),
  };
};

/** How every problem of the routes is written. */
export const writtenProblem = (shown: ShownProblem, request: ApiRequest): WrittenProblem => {
  const operation = operationAt(request.path);
  const said = saidOf(shown.problem);
  const name = statusOfProblem(shown.problem, shown.status, 'tables');
  const text = said?.message ?? messageOf({ name }, languageOf(request));
  return {
    bytes: `${openOf(operation)}${statusXml(statusTable[name].code, text)}${closeOf(operation)}`,
    type: xmlType,
    status: httpOf(name, shown.status),
  };
};
