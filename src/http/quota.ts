// What the pipeline asks of quotas, and how their standing reads in headers: the fields `RateLimit-Policy` and `RateLimit` of the IETF draft
// (portal facts, conventions). Knows no store; hub/quotas.ts is what compose.ts gives the pipeline.
import { problem, type Problem } from '#base/errors.ts';
import type { Principal } from '#hub/principal.ts';

type Part = { readonly limit: number; readonly left: number; readonly seconds: number };

/** How a quota stands; a part without a limit is null, and `retryAfter` (seconds) is null unless the request is one too many. */
export type Standing = { readonly burst: Part | null; readonly day: Part | null; readonly retryAfter: number | null };

export type QuotaPort = {
  /** Counts a request. */
  readonly take: (principal: Principal) => Standing;
  /** Counts nothing. */
  readonly look: (principal: Principal) => Standing;
};

/** The refusal of a request too many; null when it is none. */
export const quotaProblem = ({ day, retryAfter }: Standing): Problem | null => {
  if (retryAfter === null) return null;
  const detail =
    day?.left === 0
      ? 'The application has used up its requests of today in this organisation.'
      : 'The application has used up its requests of this minute in this organisation.';
  return problem('HUB-108', detail, { retryAfter });
};

/** Adds the headers to a flat list of names and values; none where there is no limit. */
export const pushQuotaHeaders = (list: (string | number)[], { burst, day }: Standing): void => {
  if (burst === null && day === null) return;
  const comma = burst === null || day === null ? '' : ', ';
  const [ofMinute, ofDay] = [
    burst === null ? '' : `"burst";q=${burst.limit};w=60`,
    day === null ? '' : `"day";q=${day.limit};w=86400`,
  ];
  const [leftOfMinute, leftOfDay] = [
    burst === null ? '' : `"burst";r=${burst.left};t=${burst.seconds}`,
    day === null ? '' : `"day";r=${day.left};t=${day.seconds}`,
  ];
  list.push('RateLimit-Policy', ofMinute + comma + ofDay, 'RateLimit', leftOfMinute + comma + leftOfDay);
};
