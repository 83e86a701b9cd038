// What a request says beside its body about whether and how often it is to be carried out: If-Match and Idempotency-Key. Called by the operations.
import { readIdempotencyKey } from '#apis/idempotency-key.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import type { WriteManyQuery } from '#hub/query.ts';
import type { VfsCall } from '../operation.ts';
import { badParameters } from '../parameters.ts';

/** The tags of If-Match as sent, with quotes, `*` for any; null without the header. Weak ones are none (RFC 9110, 13.1.1). */
export const ifMatchOf = ({ request }: VfsCall): readonly string[] | null => {
  const header = request.header('if-match');
  return header === null
    ? null
    : header
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag === '*' || /^".*"$/.test(tag));
};

/** The key of a request, with what makes it another request. Fails with HUB-103 when it is none. */
export const idempotencyOf = (call: VfsCall): Result<WriteManyQuery['idempotency']> => {
  const key = readIdempotencyKey(call.request.header('idempotency-key'));
  if (key === null) return ok(null);
  if (key === undefined) {
    const message = `takes 1 to ${limits.idempotencyKeyLength} visible characters`;
    return badParameters([{ at: 'Idempotency-Key', message }]);
  }
  const { method, path } = call.request;
  return ok({ key, request: JSON.stringify([method, path, call.request.query.toString(), call.body]) });
};

/** The headers of the reference. */
export const ifMatchHeader = {
  name: 'If-Match',
  describe: {
    nb: 'ETag fra GET uten fields og include; endres bare det som fortsatt er slik (HUB-412 ellers).',
    en: 'ETag of GET without fields and include; the change is made only while it is the same (else HUB-412).',
  },
} as const;

export const idempotencyHeader = {
  name: 'Idempotency-Key',
  describe: {
    nb: 'Nøkkel for forespørselen: innen et døgn blir den samme forespørselen utført bare én gang.',
    en: 'Key of the request: within a day the same request is carried out once.',
  },
} as const;
