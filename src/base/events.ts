// Everything worth noticing while the hub runs. Code emits, sinks (log, metrics) decide. The audit trail is not a sink.
// Events hold no personal data: no identifier values, no names, no query strings.
import type { ErrorCode } from './errors.ts';

export type HubEvent =
  | { readonly kind: 'started'; readonly url: string; readonly ms: number }
  | { readonly kind: 'stopping'; readonly signal: string }
  | { readonly kind: 'stopped'; readonly ms: number }
  | {
      readonly kind: 'request';
      readonly id: string;
      readonly method: string;
      /** The route pattern, never the address as sent. */
      readonly route: string;
      readonly status: number;
      readonly ms: number;
      readonly bytes: number;
      readonly client: string | null;
      readonly tenant: string | null;
      readonly code: ErrorCode | null;
      /** Trace id of the caller's W3C traceparent. */
      readonly trace?: string;
    }
  | {
      readonly kind: 'failure';
      readonly id: string;
      readonly route: string;
      readonly code: ErrorCode;
      readonly internal: string;
    }
  | { readonly kind: 'token-issued'; readonly client: string; readonly tenant: string }
  | { readonly kind: 'token-refused'; readonly client: string | null; readonly reason: string }
  | {
      readonly kind: 'sync-page';
      readonly tenant: string;
      readonly collection: string;
      readonly type: string;
      readonly entries: number;
      readonly rejected: number;
      readonly ms: number;
    }
  | {
      readonly kind: 'sync-run';
      readonly tenant: string;
      readonly collection: string;
      readonly type: string;
      readonly state: string;
      readonly removed: number;
    }
  | {
      /** A run of an export has ended. */
      readonly kind: 'export-run';
      readonly tenant: string;
      readonly profile: string;
      readonly type: string;
      readonly state: string;
      readonly memberships: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly kind: 'heartbeat'; readonly tenant: string; readonly adapter: string }
  | { readonly kind: 'store-opened'; readonly file: string; readonly version: number; readonly ms: number }
  | { readonly kind: 'links-rebased'; readonly tenant: string; readonly resources: number; readonly ms: number }
  | { readonly kind: 'audit-failed'; readonly tenant: string; readonly reason: string }
  | {
      /** One of the processes that share a port. */
      readonly kind: 'worker';
      readonly state: 'ready' | 'ended' | 'replaced' | 'kept' | 'given-up';
      readonly pid: number;
      readonly detail: string;
    }
  | { readonly kind: 'setting'; readonly message: string };

export type Observe = (event: HubEvent) => void;

/** Notices nothing: for tests and tools. */
export const ignoreEvents: Observe = () => {};
