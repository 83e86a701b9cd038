// How two protection levels share the column `resource.protection`: the resource's own in the lowest two bits, the highest among what its
// links lead to in the next two. Used by the reading and the writing half of a tenant.
import type { ProtectionLevel } from '#model/model.ts';

const levels = [0, 1, 2, 3] as const;

/** The level in the lowest two bits of a number. */
export const protectionOf = (bits: number): ProtectionLevel => levels[bits & 3] ?? 3;

/** The own level of a resource. */
export const ownIn = (bits: number): ProtectionLevel => protectionOf(bits);

/** The highest level among what the links of a resource lead to. */
export const linkedIn = (bits: number): ProtectionLevel => protectionOf(bits >> 2);

/** Both as the column has them. */
export const packed = (own: ProtectionLevel, linked: ProtectionLevel): number => own + 4 * linked;
