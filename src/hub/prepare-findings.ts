// What is found wrong with one delivered entry, collected while it is walked. Called by the parts of prepare.ts. Texts name members and
// types of the model; values, and names that could be values, never.
import type { ErrorCode } from '#base/errors.ts';

/** `at` is a JSON pointer inside the resource; `message` holds no value. */
export type Finding = { readonly code: ErrorCode; readonly at: string; readonly message: string };

/** Warnings so far, and the first reason to keep the entry back. */
export type Findings = { warnings: Finding[]; rejected: Finding | null };

/** Warnings kept of one entry: the rest say the same about the same entry. */
const warningsPerEntry = 100;

export const warn = (findings: Findings, code: ErrorCode, at: string, message: string): void => {
  if (findings.warnings.length < warningsPerEntry) findings.warnings.push({ code, at, message });
};

export const reject = (findings: Findings, code: ErrorCode, at: string, message: string): void => {
  findings.rejected ??= { code, at, message };
};

const showable = /^[A-Za-zÆØÅæøå_][A-Za-z0-9ÆØÅæøå_]{0,63}$/;

/** A member name as a pointer may show it: one that does not look like a name of the model might be data, and shows as `?`. */
export const shownName = (name: string): string => (showable.test(name) && !/\d{5}/.test(name) ? name : '?');
