// Changes through Gemini: columns of a body become those of the table, and what became of the change becomes an answer. Called by the operations that
// change something. All of it goes by the one path of the hub.
import { hash } from 'node:crypto';
import type { ApiAnswer } from '#apis/api.ts';
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { problem } from '#base/errors.ts';
import type { TableWritten } from '#tables/table.ts';
import { prefix } from './addresses.ts';
import { withHanging } from './hanging.ts';
import { plainColumn, type Holding } from './holdings.ts';
import type { GeminiType } from './mappings/gemini-type.ts';
import type { Call, GeminiParts } from './operation.ts';
import { oneAnswer } from './pages.ts';
import { decidedAgainst, missing } from './problems.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the ids among values: each becomes the column of the identifier that it holds. Of a column that has two names either is taken; two that differ are
 * refused. Fails with the names of what is no id of such a thing of the institution.
 */
export const readLinks = (
  { ids, keys }: GeminiParts,
  call: Call,
  { writes }: GeminiType,
  given: Values,
): Result<Values> => {
  const errors: ProblemItem[] = [];
  const columns: Record<string, unknown> = { ...given };
  for (const { column, older, to } of writes?.links ?? []) {
    const [now, before] = [given[column], older === undefined ? undefined : given[older]];
    delete columns[column];
    if (older !== undefined) delete columns[older];
    if (now !== undefined && before !== undefined && now !== before) {
      errors.push({ at: older ?? column, message: `er noe annet enn ${column}` });
      continue;
    }
    const id = now ?? before;
    if (id === undefined || id === null) continue;
    const named = ids.read(call.owner, to, id);
    if (named === null)
      errors.push({ at: now === undefined ? (older ?? column) : column, message: 'er ingen id av rett slag' });
    else columns[named.attribute === keys.fallback ? plainColumn(column) : column] = named.value;
  }
  return errors.length === 0 ? ok(columns) : failed(problem('HUB-103', 'Ugyldige parametre.', { errors }));
};

/** What is to go is named by the query. */
const idempotencyOf = ({
  request: { method, path, query, text },
  idempotencyKey: key,
}: Call): { readonly key: string; readonly request: string } | null =>
  key === null ? null : { key, request: hash('sha256', JSON.stringify([method, path, `${query}`, text]), 'base64url') };

const optionsOf = (call: Call, id: string) => ({
  idempotency: idempotencyOf(call),
  note: call.journal === null ? `gemini ${id}` : `gemini ${id} journal ${call.journal}`,
  waitMs: limits.geminiWaitMs,
});

/** Who asks for a change, and by which operation. */
export type Asked = { readonly parts: GeminiParts; readonly call: Call; readonly operation: string };

/** What a row that is made is known by beforehand: its id, and where it is shown. */
export type KnownId = { readonly member: string; readonly id: string; readonly location: string };

/**
 * Makes one row. The answer shows it as it is now, under the status given. What the caller may write and not see is answered by its id, where that is known
 * beforehand, and by nothing otherwise.
 */
export const create = async (
  { parts, call, operation }: Asked,
  shown: Holding,
  values: Values,
  status: 201 | 202,
  known: KnownId | null = null,
): Promise<ApiAnswer> => {
  const reading = shown.by(parts.keys.fallback);
  const written = await parts.tables.write(
    reading,
    [{ operation: 'create', target: null, values }],
    optionsOf(call, operation),
    call.context,
  );
  if (written.kind !== 'written') return notWritten(written);
  const headers = known === null ? {} : { location: known.location };
  const systemId = written.parts[0]?.identifiers.find(({ field }) => field === reading.key.segment)?.value;
  const found =
    systemId === undefined ? null : await parts.tables.one(reading, shown.projection(), systemId, call.context);
  if (found?.kind === 'row') {
    const [bytes = found.row.bytes] = await withHanging(parts, call, shown.type, [found.row]);
    return oneAnswer({ bytes }, { status, headers });
  }
  return known === null
    ? { kind: 'empty', status }
    : {
        kind: 'json',
        status,
        headers: { ...headers, 'cache-control': 'no-store' },
        value: { [known.member]: known.id },
      };
};

/** Takes one row away. */
export const remove = async ({ parts, call, operation }: Asked, of: Holding, key: string): Promise<ApiAnswer> => {
  const written = await parts.tables.write(
    of.by(parts.keys.fallback),
    [{ operation: 'delete', target: { key }, values: {} }],
    optionsOf(call, operation),
    call.context,
  );
  return written.kind === 'written' ? { kind: 'empty', status: 204 } : notWritten(written);
};

const notWritten = (written: Exclude<TableWritten, { readonly kind: 'written' }>): ApiAnswer => {
  switch (written.kind) {
    case 'waiting':
      return {
        kind: 'json',
        status: 202,
        headers: {
          location: `${prefix}/endringer/${written.id}`,
          'retry-after': String(written.retryAfter),
          'cache-control': 'no-store',
        },
        value: { endringId: written.id, status: 'VENTER' },
      };
    case 'would-write':
      return { kind: 'empty', status: 204 };
    case 'rejected':
      return decidedAgainst(written);
    case 'missing':
      return missing;
    case 'refused':
      return { kind: 'problem', problem: written.problem };
  }
};
