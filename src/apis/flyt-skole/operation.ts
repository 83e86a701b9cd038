// One operation of the API as data: address, scopes, parameters, body, answers and the function that answers. The routes, the OpenAPI document,
// the examples that tests run and the reference page are all made from the list of these (operations.ts).
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import type { Clock } from '#base/clock.ts';
import type { NationalIdPolicy } from '#base/national-id.ts';
import type { Documents, EntityEvents, Sealing } from '#hub/documents/document.ts';
import type { Principal } from '#hub/principal.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Quotas } from '#hub/quotas.ts';
import type { Signals } from '#hub/signals.ts';
import type { ContractMark, Model, Text } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { Result } from '#base/result.ts';
import type { ExportPort } from './exports/ports.ts';

export type VfsDeps = {
  readonly model: Model;
  readonly hub: Hub;
  readonly documents: Documents;
  readonly events: EntityEvents;
  readonly sealing: Sealing;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly baseUrl: () => string;
  readonly quotas: Pick<Quotas, 'usage'>;
  /** Says which national ids a lookup takes. */
  readonly environment: NationalIdPolicy;
  /** What the scopes open, in words. */
  readonly bundles: ScopeBundles;
  readonly exports: ExportPort;
};

/** A request whose parameters have been read and held against the operation. */
export type VfsCall = {
  readonly request: ApiRequest;
  readonly principal: Principal;
  readonly context: QueryContext;
  /** Names in the path, decoded: `pupilId`. */
  readonly path: Readonly<Record<string, string>>;
  /** What the query gave, each as its parameter read it; what was not given is absent. Unknown ones have been refused. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The body, held against its schema; null without one. */
  readonly body: Readonly<Record<string, unknown>> | null;
};

export type Parameter = {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly describe: Text;
  /** JSON Schema 2020-12 of one value; a list is given comma-separated (`style: form, explode: false`). */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly required?: true;
  /** From the text as sent to what `VfsCall.query` holds. Fails with a message that names what is taken and never repeats the value. */
  readonly read: (text: string) => Result<unknown>;
};

/** An example that the reference shows and a test runs against the sandbox municipality. `{name}` in path, query and body is filled in by the test. */
export type Example = {
  readonly summary: string;
  /** With placeholders such as `{pupilId}`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Scopes that it takes beside those of the operation. */
  readonly scopes?: readonly string[];
  readonly status: number;
};

export type Answer = {
  readonly describe: Text;
  /** Name of a schema in components, or a schema; null when there is no body. */
  readonly schema: string | Readonly<Record<string, unknown>> | null;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The same in other content types: their schemas, by type. */
  readonly besides?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export type Operation = {
  /** `listPupils`: the name in OpenAPI and in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/vfs/v1`: `/pupils/{pupilId}`. */
  readonly path: string;
  /** The token must carry one of them. */
  readonly scopes: readonly string[];
  /** And one of these besides: what is shown is opened by them. */
  readonly also?: readonly string[];
  readonly summary: Text;
  readonly describe: Text;
  /** Under which contract it is offered; absent = that of the API. */
  readonly contract?: ContractMark;
  readonly parameters: readonly Parameter[];
  readonly body: {
    /** Of an object; may refer to the schemas of components. */
    readonly schema: Readonly<Record<string, unknown>>;
    readonly type: 'application/json' | 'application/merge-patch+json';
    /** Members that the type has and that nobody writes: refused as such, and not as unknown. */
    readonly readOnly?: readonly string[];
    /** Absent = there must be one. */
    readonly required?: false;
  } | null;
  /** Headers that it looks at, `Idempotency-Key` … */
  readonly headers?: readonly { readonly name: string; readonly required?: true; readonly describe: Text }[];
  readonly answers: Readonly<Record<number, Answer>>;
  readonly examples: readonly Example[];
  /** True when the request may wait without working. */
  readonly waits?: (call: ApiRequest) => boolean;
  readonly handle: (call: VfsCall) => Promise<ApiAnswer>;
};

/** A group of operations (pupils, employees …) with the schemas that they name, made with what they need. */
export type OperationGroup = {
  readonly operations: readonly Operation[];
  /** Schemas of the components, by name; two groups may bring the same one. */
  readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
export type Operations = (deps: VfsDeps) => OperationGroup;
