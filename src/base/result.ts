// Result values: how a function says that it may fail in an expected way. Used everywhere; knows only the error table.
import type { Problem } from './errors.ts';

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Failed = { readonly ok: false; readonly problem: Problem };
export type Result<T> = Ok<T> | Failed;

/** Wraps a value as a success. */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** Wraps a problem as a failure. */
export const failed = (problem: Problem): Failed => ({ ok: false, problem });
