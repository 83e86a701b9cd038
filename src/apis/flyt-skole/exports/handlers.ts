// What is answered to those who ask for exports: each handler asks the port and renders what it says. Given to the rows of operations.ts.
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import { errorTable } from '#base/errors.ts';
import { addressOf } from '../addresses.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';
import { turnedAway } from '../problem-answers.ts';
import { idempotencyOf } from '../writes/conditions.ts';
import { contentAnswer, fileHeaders, fileType, zipped } from './content.ts';
import { forQuery, readOrder, readReason } from './order.ts';
import type { ExportCaller, ExportReport } from './ports.ts';
import { reportText } from './report-text.ts';

const uncached: AnswerHeaders = { 'cache-control': 'no-store' };

/** Runs in a list, unless another number is asked for. */
export const usualRuns = 20;

const callerOf = ({ principal, request }: VfsCall): ExportCaller => ({ principal, trace: request.id });
const idOf = ({ path }: VfsCall): string => path['exportId'] ?? '';

/** As it is shown: why without what is not for clients. */
const shownReport = (report: ExportReport): object => ({ ...report, reason: shownReason(report) });
const shownReason = ({ reason }: ExportReport): object | null =>
  reason === null ? null : { code: reason.code, title: errorTable[reason.code].en, detail: reason.detail };

/** What a list says of a run. */
const summaryMembers = [
  'id',
  'application',
  'format',
  'profile',
  'type',
  'schools',
  'schoolYear',
  'state',
  'trigger',
  'createdAt',
  'finishedAt',
  'expiresAt',
  'position',
  'exported',
  'fileName',
  'sha256',
  'bytes',
] as const satisfies readonly (keyof ExportReport)[];

const summaryOf = (report: ExportReport): object =>
  Object.fromEntries(summaryMembers.map((name) => [name, report[name]]));

const reportAnswer = (report: ExportReport, status = 200, headers: AnswerHeaders = {}): ApiAnswer => ({
  kind: 'json',
  status,
  headers: { ...uncached, ...headers },
  value: shownReport(report),
});

/** What a run that is under way is told: look again soon. */
const soon = ({ state }: ExportReport): AnswerHeaders =>
  state === 'queued' || state === 'running' ? { 'retry-after': '1' } : {};

const prefersNorwegian = (accepted: string | null): boolean => /^\s*(?:nb|nn|no)\b/i.test(accepted ?? '');

/** True when text is asked for by the query, or by a header that does not take JSON before it. */
const wantsText = ({ query, request }: VfsCall): boolean => {
  const { format } = query;
  if (format !== undefined) return format === 'text';
  const accepted = (request.header('accept') ?? '').toLowerCase();
  const [plain, json] = [accepted.indexOf('text/plain'), accepted.indexOf('application/json')];
  return plain >= 0 && (json < 0 || plain < json);
};

/** The function that answers each operation. */
export const exportHandlers = (deps: Pick<VfsDeps, 'exports' | 'baseUrl'>) => {
  const { exports } = deps;

  const start = async (call: VfsCall): Promise<ApiAnswer> => {
    const key = idempotencyOf(call);
    if (!key.ok) return turnedAway(key.problem);
    const made = await exports.start(readOrder(call.body ?? {}), callerOf(call), 'request', key.value);
    if (!made.ok) return turnedAway(made.problem);
    const location = addressOf(deps, `/lms-exports/${made.value.id}`);
    return reportAnswer(made.value, 202, { location, 'retry-after': '1' });
  };

  const list = async (call: VfsCall): Promise<ApiAnswer> => {
    const { limit } = call.query;
    const found = await exports.reports(callerOf(call), typeof limit === 'number' ? limit : usualRuns);
    if (!found.ok) return turnedAway(found.problem);
    return { kind: 'json', status: 200, headers: uncached, value: { items: found.value.map(summaryOf) } };
  };

  const show = async (call: VfsCall): Promise<ApiAnswer> => {
    const found = await exports.report(idOf(call), callerOf(call));
    return found.ok ? reportAnswer(found.value, 200, soon(found.value)) : turnedAway(found.problem);
  };

  const read = async (call: VfsCall): Promise<ApiAnswer> => {
    const found = await exports.report(idOf(call), callerOf(call));
    if (!found.ok) return turnedAway(found.problem);
    const headers = { ...soon(found.value), vary: 'Authorization, Accept, Accept-Language' };
    if (!wantsText(call)) return reportAnswer(found.value, 200, headers);
    const language = prefersNorwegian(call.request.header('accept-language')) ? 'nb' : 'en';
    return {
      kind: 'bytes',
      status: 200,
      headers: { ...uncached, ...headers, 'content-language': language },
      bytes: reportText(found.value, language),
      type: 'text/plain; charset=utf-8',
    };
  };

  const fetchFile = async (call: VfsCall): Promise<ApiAnswer> => {
    const found = await exports.content(idOf(call), callerOf(call));
    return found.ok ? contentAnswer(call.request, found.value, call.principal.client) : turnedAway(found.problem);
  };

  const decide =
    (decision: 'confirm' | 'reject') =>
    async (call: VfsCall): Promise<ApiAnswer> => {
      const reason = readReason(call.body);
      if (!reason.ok) return turnedAway(reason.problem);
      const decided = await exports.decide(idOf(call), decision, callerOf(call), reason.value);
      return decided.ok ? reportAnswer(decided.value) : turnedAway(decided.problem);
    };

  const cancel = async (call: VfsCall): Promise<ApiAnswer> => {
    const decided = await exports.decide(idOf(call), 'cancel', callerOf(call), '');
    return decided.ok ? reportAnswer(decided.value) : turnedAway(decided.problem);
  };

  const stream = async (call: VfsCall): Promise<ApiAnswer> => {
    const { request } = call;
    // Nothing is made for somebody who only looks whether it could be.
    if (request.method === 'HEAD') return { kind: 'bytes', status: 200, headers: uncached, bytes: '', type: fileType };
    const made = await exports.start(readOrder(call.query), callerOf(call), 'stream', null);
    if (!made.ok) return turnedAway(forQuery(made.problem));
    const { id, fileName } = made.value;
    const location = addressOf(deps, `/lms-exports/${id}`);
    const begun = await exports.stream(id, callerOf(call), request.signal);
    // What is not made now is made in its turn, and can be fetched there.
    if (!begun.ok) return turnedAway(begun.problem, { location });
    const bytes = begun.value;
    return {
      kind: 'stream',
      status: 200,
      type: fileType,
      headers: {
        ...fileHeaders(fileName),
        location,
        link: `<${location}/report>; rel="describedby"`,
        ...(request.gzip ? { 'content-encoding': 'gzip' } : {}),
      },
      chunks: request.gzip ? zipped(bytes) : bytes,
    };
  };

  return { start, list, show, read, fetchFile, decide, cancel, stream };
};
