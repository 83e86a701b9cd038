// The contracts of the API for machines, in the form that all APIs have: which parts are offered otherwise than the API as a whole, and which should not be used
// any more. Called by fint-graphql-api.ts. Pure.
import type { ApiStatus } from '#apis/api.ts';
import { contractIndex } from '#graphql/contract-index.ts';
import type { Face } from '#graphql/face.ts';

export type Offered = {
  readonly status: ApiStatus;
  /** The main version of the catalogue; null = before the first. */
  readonly catalogueVersion: number | null;
};

/** JSON, an element a line. */
export const contractText = (face: Face, { status, catalogueVersion }: Offered): string => {
  const elements = contractIndex(face)
    .filter((one) => (one.status !== null && one.status !== status) || one.flags.length > 0 || one.deprecated !== null)
    .map(({ coordinate, status: own, flags, deprecated, since }) =>
      JSON.stringify({
        coordinate,
        status: own ?? status,
        since,
        ...(flags.length === 0 ? {} : { flags }),
        deprecated,
        announced: null,
        earliestRemoval: null,
        replacement: null,
      }),
    );
  const whole = JSON.stringify({ api: face.api, catalogueVersion, status, since: null });
  return `${whole.slice(0, -1)},"elements":[\n${elements.join(',\n')}\n]}\n`;
};
