// What the pipeline asks of contracts: what answers are to say of parts that will go, and that what was used be counted. Knows no catalogue; compose.ts
// gives the pipeline what does.
import type { ApiRequest } from '#apis/api.ts';

export type ContractPort = {
  /**
   * The headers that an answer of an API has to carry, as a flat list of names and values; null = none. `part` is the operation that was called, by its
   * coordinate; null = none that can be named.
   */
  readonly headersOf: (api: string, part: string | null, request: ApiRequest) => readonly string[] | null;
  /** The same of an API that retires as a whole, for requests that are refused before their operation is of interest; null = it does not. */
  readonly headersOfRetiring: (api: string, request: ApiRequest) => readonly string[] | null;
  /** Counts that a client has used a part, or several at once. */
  readonly count: (client: string, api: string, parts: string | readonly string[]) => void;
};
