// A stored resource as the contract gives it, and which of its changes a clearance could notice. Used by the reading and the writing halves of
// the dialects; pure.
import type { StoredResource } from '../store.ts';
import { linkedIn, ownIn } from './protection-bits.ts';
import type { ChangeRow } from './rows.ts';

/** A change of a resource; `noticed` is null where everybody noticed it. */
export type NoticedChange = Pick<ChangeRow, 'position' | 'at' | 'level' | 'noticed'>;

/** `protection` is the column, `change` the last one of the resource. Position and time are those of the last change that the clearance could notice: what happens to that which it does not see moves neither. */
export const storedResource = (
  row: { readonly uid: number; readonly born: number; readonly protection: number; readonly body: Buffer },
  change: NoticedChange,
  clearance: number,
): StoredResource => {
  const [position, changedAt] = noticedIn(change, clearance);
  return {
    uid: row.uid,
    position,
    changedAt,
    born: row.born,
    protection: ownIn(row.protection),
    linked: linkedIn(row.protection),
    body: row.body,
  };
};

/** Position and time of the last change up to this one that a clearance could notice. */
export const noticedIn = (
  { position, at, level, noticed }: NoticedChange,
  clearance: number,
): readonly [position: number, at: number] => {
  // Nothing before it could be noticed: it is not there for such a clearance.
  if (level <= clearance || noticed === null || noticed === '') return [position, at];
  // Written by change-writer.ts.
  const before: readonly (readonly [number, number])[] = JSON.parse(noticed);
  return before[clearance] ?? [position, at];
};

const linksBegin = ',"_links":'.length;

/** What stands before the links in the text of a body, which may be cut off anywhere behind `split` (`ResourceRow`), as JSON text. */
export const valuesTextIn = (text: string, split: number): string => `${text.slice(0, split - linksBegin)}}`;

/** The same as a value. */
export const valuesIn = (text: string, split: number): unknown => {
  const value: unknown = JSON.parse(valuesTextIn(text, split));
  return value;
};
