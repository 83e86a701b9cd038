// Whose data a request is about: `eierOrganisasjonskode` must be the number of the organisation that the token is bound to. Any other number, of nobody
// or of somebody else, gets one answer. Used by the root fields and by ids.
import type { Clock } from '#base/clock.ts';

export type OwnerPort = {
  /** The number by which an organisation is known as an institution, `7777`; null when it has none. */
  readonly institutionNumber: (tenant: string) => Promise<string | null>;
};

export type Owners = {
  /** The number of an organisation without leading zeros; null when it is no institution. Read again after a minute. */
  readonly numberOf: (tenant: string) => Promise<string | null>;
  /** The same as it was last read; null before. */
  readonly known: (tenant: string) => string | null;
};

const keptMs = 60_000;

/** `0203` and `203` are the same institution (facts 2.4). Null for what is no number. */
export const institutionNumber = (text: unknown): string | null =>
  typeof text === 'string' && /^\s*\d{1,9}\s*$/.test(text) ? String(Number(text)) : null;

export const createOwners = (port: OwnerPort, clock: Pick<Clock, 'now'>): Owners => {
  const kept = new Map<string, { readonly number: string | null; readonly at: number }>();
  return {
    numberOf: async (tenant) => {
      const held = kept.get(tenant);
      const now = clock.now();
      if (held !== undefined && now - held.at < keptMs && now >= held.at) return held.number;
      const number = institutionNumber(await port.institutionNumber(tenant));
      kept.set(tenant, { number, at: now });
      return number;
    },
    known: (tenant) => kept.get(tenant)?.number ?? null,
  };
};
