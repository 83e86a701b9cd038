// Pages and single things as Gemini answers with them. Called by the operations; knows no type.
import { hash } from 'node:crypto';
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import { limits } from '#base/limits.ts';
import type { FoundDocument } from '#hub/documents/document.ts';
import type { Given } from '#tables/table.ts';
import { withHanging } from './hanging.ts';
import type { Holding } from './holdings.ts';
import type { Call, GeminiParts } from './operation.ts';
import { invalid, missing } from './problems.ts';

const jsonType = 'application/json; charset=utf-8';

const headersOf = (sensitive: boolean): AnswerHeaders => ({
  'cache-control': sensitive ? 'no-store' : 'private, no-cache',
  vary: 'Authorization',
});

/** Names of things by the identifier that all have. */
export const asJson = (found: Pick<FoundDocument<unknown>, 'bytes'>): Readonly<Record<string, unknown>> =>
  JSON.parse(found.bytes.toString()) as Readonly<Record<string, unknown>>;

/** What a place is good for: the address and all that is asked but the size of the page. */
const purposeOf = ({ request }: Call): string => {
  const asked = [...request.query].filter(([name]) => name !== 'after' && name !== 'pageSize').toSorted();
  return `gemini ${request.path}?${hash('sha256', JSON.stringify(asked), 'base64url')}`;
};

/** Which of the types, and after which of its rows. */
type Place = { readonly type: number; readonly after: number | null };

const placeIn = ({ sealing }: GeminiParts, call: Call): Place | null => {
  const { after } = call.query;
  if (typeof after !== 'string') return { type: 0, after: null };
  const found = /^(\d{1,2})\.(\d+|-)$/.exec(sealing.open(call.context, purposeOf(call), after) ?? '');
  return found === null ? null : { type: Number(found[1]), after: found[2] === '-' ? null : Number(found[2]) };
};

const nextPage = ({ sealing, baseUrl }: GeminiParts, call: Call, { type, after }: Place): string => {
  const query = new URLSearchParams(call.request.query);
  query.set('after', sealing.seal(call.context, purposeOf(call), `${type}.${after ?? '-'}`));
  return `${baseUrl()}${call.request.path}?${query.toString()}`;
};

const open = Buffer.from('"items":[');
const close = Buffer.from(']}');
const comma = Buffer.from(',');

/** `{nextPage, items}`; without nextPage when there are no more. */
const pageBytes = (items: readonly Buffer[], next: string | null): Buffer =>
  Buffer.concat([
    Buffer.from(next === null ? '{' : `{"nextPage":${JSON.stringify(next)},`),
    open,
    ...items.flatMap((bytes, index) => (index === 0 ? [bytes] : [comma, bytes])),
    close,
  ]);

/** A page of the rows of some types, one after another. Types of which the caller sees nothing are left out; where it sees none, nothing is there. */
export const pageAnswer = async (
  parts: GeminiParts,
  call: Call,
  holdings: readonly Holding[],
  given: Given,
): Promise<ApiAnswer> => {
  const place = placeIn(parts, call);
  if (place === null || place.type >= holdings.length)
    return invalid([{ at: 'after', message: 'må være verdien fra nextPage for samme bruker og spørring' }]);
  const asked = call.query['pageSize'];
  const size = typeof asked === 'number' ? asked : limits.geminiItemsDefault;
  const items: Buffer[] = [];
  let seen = false;
  let sensitive = false;
  for (const [index, holding] of holdings.entries()) {
    if (index < place.type) continue;
    if (items.length === size) return sent(items, nextPage(parts, call, { type: index, after: null }), sensitive);
    const page = { after: index === place.type ? place.after : null, size: size - items.length };
    const list = await parts.tables.list(
      holding.by(parts.keys.fallback),
      holding.projection(),
      { given, page },
      call.context,
    );
    if (list.kind === 'refused') return { kind: 'problem', problem: list.problem };
    if (list.kind === 'missing') continue;
    seen = true;
    sensitive ||= list.sensitive;
    items.push(...(await withHanging(parts, call, holding.type, list.rows)));
    if (list.next !== null) return sent(items, nextPage(parts, call, { type: index, after: list.next }), sensitive);
  }
  return seen || place.type > 0 ? sent(items, null, sensitive) : missing;
};

const sent = (items: readonly Buffer[], next: string | null, sensitive: boolean): ApiAnswer => ({
  kind: 'bytes',
  status: 200,
  headers: headersOf(sensitive),
  bytes: pageBytes(items, next),
  type: jsonType,
});

/** A page without anything on it. */
export const emptyPage: ApiAnswer = sent([], null, true);

/** One thing, as it is. */
export const oneAnswer = (
  found: Pick<FoundDocument<unknown>, 'bytes'>,
  more: { readonly status?: number; readonly headers?: AnswerHeaders } = {},
): ApiAnswer => ({
  kind: 'bytes',
  status: more.status ?? 200,
  headers: { ...headersOf(true), ...more.headers },
  bytes: found.bytes,
  type: jsonType,
});
