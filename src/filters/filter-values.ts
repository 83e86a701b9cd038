// Turns the literals of a filter into values of the attribute's kind, and links into their targets. Called by parse-filter.ts only. Knows no
// grammar. Messages never repeat a literal: it may be personal.
import { limits } from '#base/limits.ts';
import { normalise } from '#base/text.ts';
import type { ComparisonOperator, FilterValue } from '#model/filter.ts';
import { parseInstant } from '#model/kinds.ts';
import type { Collection, PrimitiveKind } from '#model/model.ts';
import type { Token } from './filter-tokens.ts';

const ordered: readonly ComparisonOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

type ValueRow = {
  readonly operators: readonly ComparisonOperator[];
  readonly read: (token: Token) => FilterValue | null;
  /** What the attribute takes, for the message when `read` gives null. */
  readonly expects: string;
};

const readText = (token: Token): FilterValue | null =>
  token.kind === 'text' ? { kind: 'text', value: token.text } : null;

const readBoolean = (token: Token): FilterValue | null => {
  const text = token.text.toLowerCase();
  return text === 'true' || text === 'false' ? { kind: 'boolean', value: text === 'true' } : null;
};

const number = /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

const readNumber = (token: Token): FilterValue | null => {
  if (!number.test(token.text)) return null;
  const value = Number(token.text);
  // Beyond this, digits are lost and a neighbour would match.
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return null;
  return { kind: 'number', value: value === 0 ? 0 : value };
};

/** A plus sign that was sent raw in an address arrives as a blank. */
const blankZone = / (?=\d{2}(?::?\d{2})?$)/;

const readInstant = (token: Token): FilterValue | null => {
  if (token.kind === 'word') return null;
  const value = parseInstant(token.text.trim().replace(blankZone, '+'));
  return value === null ? null : { kind: 'instant', value: Math.floor(value / 1000) * 1000 };
};

const textual: ValueRow = {
  operators: [...ordered, 'contains', 'startswith', 'endswith'],
  read: readText,
  expects: 'a text in quotes',
};
const numeric: ValueRow = { operators: ordered, read: readNumber, expects: 'a number, in quotes or not' };
const instant: ValueRow = {
  operators: ordered,
  read: readInstant,
  expects: "a date or an instant with zone, like '2026-01-31' or '2026-01-31T12:00:00Z'",
};

/** What may be done with an attribute of each kind, and what a literal for it looks like. */
export const valueRows: Readonly<Record<PrimitiveKind, ValueRow>> = {
  string: textual,
  boolean: { operators: ['eq', 'ne'], read: readBoolean, expects: 'true or false' },
  int: numeric,
  long: numeric,
  float: numeric,
  double: numeric,
  decimal: numeric,
  date: instant,
  dateTime: instant,
  // As they are written: `08:15`, `PT45M`.
  time: textual,
  duration: textual,
};

/**
 * Reads a link as clients see it (absolute, from the root, or only `field/value`), gives the identifier that it addresses, or null
 * when it does not lead to the collection. The part after the field is percent-decoded, as in addresses.
 */
export const readLink = (
  href: string,
  target: Collection,
): { readonly field: string; readonly value: string } | null => {
  const tail = tailOf(href, target);
  if (tail === null) return null;
  const slash = tail.indexOf('/');
  if (slash === -1) return null;
  const field = target.identifierBySegment.get(tail.slice(0, slash).toLowerCase());
  const value = decode(tail.slice(slash + 1));
  if (field === undefined || value === null || value === '' || Buffer.byteLength(value) > limits.identifierBytes)
    return null;
  return { field: field.segment, value: normalise(value) };
};

const tailOf = (href: string, target: Collection): string | null => {
  const own = `${target.path}/`;
  if (href.startsWith(own)) return href.slice(own.length);
  if (!href.includes('://') && !href.startsWith('/')) return href;
  const at = href.indexOf(`/${own}`);
  if (at !== -1) return href.slice(at + own.length + 1);
  // Another address of the same class: the short form of a code list, or a common class under another component.
  const parts = href.split('/');
  return parts.at(-3) === target.segment ? parts.slice(-2).join('/') : null;
};

const decode = (text: string): string | null => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
