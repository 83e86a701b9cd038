// Documents made, changed and removed: from a body that has been sent to an answer. Where a source system decides, it is waited for a moment; then the answer tells
// where the outcome will be. Called by the operations; knows no type and asks tables alone.
import type { AnswerHeaders, ApiAnswer, ApiRequest } from '#apis/api.ts';
import { readIdempotencyKey } from '#apis/idempotency-key.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { QueryContext } from '#hub/query.ts';
import type { TableChange, TableReading, TableWritten, Tables } from '#tables/table.ts';
import { pathOf, prefix } from './addresses.ts';
import { readNoQuery } from './query.ts';
import { jsonType, missing, refused, turnedAway, uncached, type Reader, type ServedResource } from './reading.ts';
import { columnsOf, writtenTable } from './write-schema.ts';

export type WritingDeps = {
  readonly tables: Pick<Tables, 'write' | 'outcome'>;
  readonly reader: Reader;
  readonly baseUrl: () => string;
};

export type Writer = {
  readonly create: (served: ServedResource, request: ApiRequest, context: QueryContext) => Promise<ApiAnswer>;
  readonly patch: (
    served: ServedResource,
    sent: string,
    request: ApiRequest,
    context: QueryContext,
  ) => Promise<ApiAnswer>;
  readonly remove: (
    served: ServedResource,
    sent: string,
    request: ApiRequest,
    context: QueryContext,
  ) => Promise<ApiAnswer>;
  /** What became of a write. */
  readonly outcome: (id: string, context: QueryContext) => Promise<ApiAnswer>;
};

const notWritten = problem('HUB-105', 'Documents of this collection are not written in this way.');
const noBody = problem('HUB-101', 'Send one JSON object.');
const notJson = problem('HUB-104', 'Send the body as application/json.');

/** True for JSON with any parameters, a version among them, and for bodies of which nothing is said. */
const isJson = (contentType: string | null): boolean =>
  contentType === null || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim());

/** What of a write beside its body is not as it has to be. */
const besidesBody = (request: ApiRequest): Result<null> => {
  if (readIdempotencyKey(request.header('idempotency-key')) !== undefined) return readNoQuery(request.query);
  const message = `takes 1 to ${limits.idempotencyKeyLength} visible characters`;
  return failed(problem('HUB-103', 'The headers cannot be read.', { errors: [{ at: 'Idempotency-Key', message }] }));
};

const bodyOf = (request: ApiRequest): Result<Readonly<Record<string, unknown>>> => {
  if (!isJson(request.header('content-type'))) return failed(notJson);
  try {
    const body: unknown = JSON.parse(request.text);
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? ok(body as Readonly<Record<string, unknown>>)
      : failed(noBody);
  } catch {
    return failed(noBody);
  }
};

/** Makes the writer of a hub. */
export const createWriter = ({ tables, reader, baseUrl }: WritingDeps): Writer => {
  const write = (
    reading: TableReading,
    change: TableChange,
    request: ApiRequest,
    context: QueryContext,
  ): Promise<TableWritten> => {
    const key = readIdempotencyKey(request.header('idempotency-key')) ?? null;
    const idempotency = key === null ? null : { key, request: `${request.method} ${request.path}\n${request.text}` };
    return tables.write(reading, [change], { idempotency, note: '', waitMs: limits.fsApiWriteWaitMs }, context);
  };

  const outcomeAddress = (id: string): string => `${baseUrl()}${prefix}/utfall/${id}`;

  const waiting = (id: string, retryAfter: number): ApiAnswer => ({
    kind: 'json',
    status: 202,
    headers: { ...uncached, Location: outcomeAddress(id), 'Retry-After': String(retryAfter) },
    value: { href: outcomeAddress(id), state: 'waiting' },
  });

  /** Null when it has been written. */
  const notDone = (written: TableWritten): ApiAnswer | null => {
    switch (written.kind) {
      case 'written':
        return null;
      case 'would-write':
      case 'missing':
        return missing;
      case 'waiting':
        return waiting(written.id, written.retryAfter);
      case 'rejected':
        return rejection(written);
      case 'refused':
        return refused(written.problem);
    }
  };

  /** The document as it is now, for those who see it. */
  const shown = async (
    reading: TableReading,
    written: TableWritten,
    {
      status,
      headers,
      context,
    }: { readonly status: 200 | 201; readonly headers: AnswerHeaders; readonly context: QueryContext },
  ): Promise<ApiAnswer> => {
    const uid = written.kind === 'written' ? (written.parts[0]?.uid ?? null) : null;
    const bytes = uid === null ? null : await reader.written(reading, uid, context);
    return bytes === null
      ? { kind: 'empty', status: status === 200 ? 204 : status, headers }
      : { kind: 'bytes', status, headers, type: jsonType, bytes };
  };

  return {
    create: async (served, request, context) => {
      const reading = writtenTable(served);
      if (reading === null) return turnedAway(notWritten);
      const besides = besidesBody(request);
      if (!besides.ok) return turnedAway(besides.problem);
      const body = bodyOf(request);
      if (!body.ok) return turnedAway(body.problem);
      const change = {
        operation: 'create',
        target: null,
        values: { ...served.resource.made, ...columnsOf(reading, body.value) },
      } as const;
      const written = await write(reading, change, request, context);
      // Whoever makes what he may not see is told where it is all the same.
      const key = keyIn(reading, change.values);
      const address = key === null ? {} : { Location: `${baseUrl()}${prefix}${pathOf(served.resource.name, key)}` };
      return (
        notDone(written) ?? shown(reading, written, { status: 201, headers: { ...uncached, ...address }, context })
      );
    },

    patch: async (served, sent, request, context) => {
      if (writtenTable(served) === null) return turnedAway(notWritten);
      const besides = besidesBody(request);
      if (!besides.ok) return turnedAway(besides.problem);
      const body = bodyOf(request);
      if (!body.ok) return turnedAway(body.problem);
      const found = await reader.find(served, sent, context);
      if (found.kind !== 'row') return found.kind === 'missing' ? missing : refused(found.problem);
      const { reading, uid } = found;
      if (reading.writes === null) return refused(notWritten);
      const change = { operation: 'patch', target: { uid }, values: columnsOf(reading, body.value) } as const;
      const written = await write(reading, change, request, context);
      return notDone(written) ?? shown(reading, written, { status: 200, headers: uncached, context });
    },

    remove: async (served, sent, request, context) => {
      if (writtenTable(served) === null) return turnedAway(notWritten);
      const besides = besidesBody(request);
      if (!besides.ok) return turnedAway(besides.problem);
      const found = await reader.find(served, sent, context);
      if (found.kind !== 'row') return found.kind === 'missing' ? missing : refused(found.problem);
      const { reading, uid } = found;
      if (reading.writes === null) return refused(notWritten);
      const written = await write(reading, { operation: 'delete', target: { uid }, values: {} }, request, context);
      return notDone(written) ?? { kind: 'empty', status: 204, headers: uncached };
    },

    outcome: async (id, context) => {
      if (!outcomeId.test(id)) return { ...missing, unrecorded: true };
      const told = await tables.outcome(id, context);
      if (told.kind === 'waiting')
        return {
          kind: 'json',
          status: 200,
          headers: { ...uncached, 'Retry-After': String(told.retryAfter) },
          value: { href: outcomeAddress(id), state: 'waiting' },
        };
      return (
        notDone(told) ?? {
          kind: 'json',
          status: 200,
          headers: uncached,
          value: { href: outcomeAddress(id), state: 'written' },
        }
      );
    },
  };
};

/** The key that the columns of a new row make. */
const keyIn = ({ table }: TableReading, columns: Readonly<Record<string, unknown>>): string | null => {
  const member = table.writes?.members.find((one) => 'to' in one && one.to === table.key);
  const key = member?.make(...member.of.map((name) => columns[name]));
  return typeof key === 'string' ? key : null;
};

const outcomeId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A source has said no, or nothing. Its words are for whoever asked. */
const rejection = ({ state, message }: Extract<TableWritten, { kind: 'rejected' }>): ApiAnswer => {
  const said = message === '' ? '' : ` ${message}`;
  switch (state) {
    case 'conflict':
      return refused(problem('HUB-409', `The source system found a conflict.${said}`));
    case 'expired':
      return {
        ...refused(problem('HUB-106', 'The source system has not answered in time; nothing was changed.')),
        status: 504,
      };
    case 'failed':
      return { ...refused(problem('HUB-100', `The source system could not make the change.${said}`)), status: 502 };
    case 'rejected':
      return { ...refused(problem('HUB-100', `The source system did not take the change.${said}`)), status: 422 };
  }
};
