// What reading a request comes to: a value, or the `Status` that says why there is none. Used by the files of this API.
import type { Status } from '#services/statuses.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: Status };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failed = (status: Status): { readonly ok: false; readonly status: Status } => ({ ok: false, status });
