// How the protection levels of a resource share the column `resource.protection`: two bits each, from the lowest, its own level, the highest
// among what its links lead to, what its marking says, and what it keeps of those whom it was about. Used by both halves of every dialect.
import type { ProtectionLevel } from '#model/model.ts';

const levels = [0, 1, 2, 3] as const;

/** The level in the lowest two bits of a number: the own level of a resource. */
export const ownIn = (bits: number): ProtectionLevel => levels[bits & 3] ?? 3;

/** The highest level among what the links of a resource lead to. */
export const linkedIn = (bits: number): ProtectionLevel => ownIn(bits >> 2);

/** What the marking of a resource says by itself. */
export const markIn = (bits: number): ProtectionLevel => ownIn(bits >> 4);

/** What a resource keeps of one that it was about, who is gone or names it no more, until it is about somebody again. */
export const keptIn = (bits: number): ProtectionLevel => ownIn(bits >> 6);

/** The column. A mark or something kept without an own level cannot be: so a column of 0 says that nothing is guarded. */
export const packed = (
  own: ProtectionLevel,
  linked: ProtectionLevel,
  mark: ProtectionLevel,
  kept: ProtectionLevel,
): number => own + 4 * linked + 16 * mark + 64 * kept;

/** The stricter of two. */
export const stricter = (a: ProtectionLevel, b: ProtectionLevel): ProtectionLevel => (a > b ? a : b);
