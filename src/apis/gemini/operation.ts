// One operation of Gemini as data: address, parameters, body, answers and the function that answers. Routes, the OpenAPI document and the examples that
// tests run are made of the list of these (operations.ts).
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Sealing } from '#hub/documents/document.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Model, Text } from '#model/model.ts';
import type { Tables } from '#tables/table.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Holdings } from './holdings.ts';
import type { IdKeys, Ids } from './ids.ts';

export type GeminiDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly tables: Tables;
  /** For what hangs on values. */
  readonly graph: Pick<Graph, 'read'>;
  readonly sealing: Pick<Sealing, 'seal' | 'open'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly baseUrl: () => string;
  /** What ids are made of, as in FS GraphQL. */
  readonly keys: IdKeys;
  /** The number by which an organisation is known as an institution, without leading zeros; null when it is none. */
  readonly institutionNumber: (tenant: string) => Promise<string | null>;
};

/** What the operations are made with. */
export type GeminiParts = GeminiDeps & { readonly ids: Ids; readonly holdings: Holdings };

export type Schema = Readonly<Record<string, unknown>>;

/** A request whose parameters have been read and held against the operation. */
export type Call = {
  readonly request: ApiRequest;
  readonly context: QueryContext;
  /** The number of the institution. */
  readonly owner: string;
  /** Names in the path, decoded: `personId`. */
  readonly path: Readonly<Record<string, string>>;
  /** What the query gave, as read; what was not given is absent. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The number of the case in the archive; null where the operation takes none. */
  readonly journal: string | null;
  /** `Idempotency-Key`; null = none. */
  readonly idempotencyKey: string | null;
};

export type Parameter = {
  readonly name: string;
  readonly describe: Text;
  readonly schema: Schema;
  readonly required?: true;
  /** Undefined for what is not taken. */
  readonly read: (text: string) => unknown;
  /** What is taken, for who has sent something else: `må være minst 1`. */
  readonly reason: string;
};

/** An example that the description shows and a test runs. `{name}` stands for an id that the test knows. */
export type Example = {
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly status: number;
};

export type Answer = { readonly describe: Text; readonly schema: string | null };

/** What the time of an answer is promised for: a person who waits, or a program that fetches. */
export type Goal = 'application' | 'integration';

export type Operation = {
  readonly id: string;
  readonly tag: 'Person' | 'Godkjenning av utdanning' | 'Felleskoder og registre' | 'Endringer';
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/gemini`: `/personer/{personId}`. */
  readonly path: string;
  readonly summary: Text;
  readonly describe: Text;
  readonly query?: readonly Parameter[];
  readonly body?: Schema;
  /** `X-Journalnummer` has to be given. */
  readonly journal?: true;
  readonly goal: Goal;
  /** What of it is not public and has been drawn by the hub. */
  readonly reconstructed?: Text;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly examples: readonly Example[];
  readonly handle: (call: Call) => Promise<ApiAnswer>;
};

/** Operations of one part, with the schemas that they name beside those of types. */
export type Operations = (parts: GeminiParts) => readonly Operation[];
