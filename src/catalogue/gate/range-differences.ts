// What is said of a value beside its type: lengths, ranges, pattern, format, whether items differ. Narrower breaks those who send it, wider those who
// receive it. Used by schema-differences.ts.
import type { ChangeKind } from '../contract.ts';
import type { JsonMap } from './json-tree.ts';

type Difference = { readonly kind: ChangeKind; readonly rule: string; readonly text: string };

const lowest = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const;
const highest = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const;

/** Gives the differences between the rules of two schemas, in one direction. */
export const rangeDifferences = (
  direction: 'request' | 'response',
  before: JsonMap,
  after: JsonMap,
): readonly Difference[] => {
  const sends = direction === 'request';
  const narrower = (what: string, text: string): Difference => ({
    kind: sends ? 'breaking' : 'compatible',
    rule: `${direction}-${what}-narrowed`,
    text,
  });
  const wider = (what: string, text: string): Difference => ({
    kind: sends ? 'compatible' : 'breaking',
    rule: `${direction}-${what}-widened`,
    text,
  });
  const found: Difference[] = [];
  const bound = (word: string, upper: boolean): void => {
    const far = upper ? Infinity : -Infinity;
    const [was, is] = [numberOr(before[word], far), numberOr(after[word], far)];
    if (was === is) return;
    const text = `${word} has changed from ${shown(was)} to ${shown(is)}.`;
    found.push(upper === is < was ? narrower('range', text) : wider('range', text));
  };
  for (const word of lowest) bound(word, false);
  for (const word of highest) bound(word, true);
  for (const word of ['format', 'pattern', 'multipleOf'] as const) {
    const [was, is] = [before[word], after[word]];
    if (was === is) continue;
    const text = `The ${word} has changed from ${told(was)} to ${told(is)}.`;
    if (was === undefined) found.push(narrower(word, text));
    else if (is === undefined) found.push(wider(word, text));
    // Another form altogether: neither side can go on as before.
    else found.push({ kind: 'breaking', rule: `${direction}-${word}-changed`, text });
  }
  const [was, is] = [before['uniqueItems'] === true, after['uniqueItems'] === true];
  if (!was && is) found.push(narrower('items', 'Items must differ from each other now.'));
  if (was && !is) found.push(wider('items', 'Items may be alike now.'));
  return found;
};

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const shown = (value: number): string => (Number.isFinite(value) ? String(value) : 'none');
const told = (value: unknown): string => (value === undefined ? 'none' : String(value));
