// Contracts and flags: what the flags of a request open, and which part is firmer than another. Used by all that reads a face.
import type { ContractMark } from '#model/model.ts';
import type { Marks } from './face.ts';

/** The flags of a request, as sent; names that an API does not know open nothing. */
export type Flags = ReadonlySet<string>;

const ranks: Readonly<Record<ContractMark, number>> = { production: 0, beta: 1, experimental: 2 };

/** How far from firm: 0 is the contract of the API itself. */
export const rankOf = ({ contract }: Marks): number => (contract === null ? 0 : ranks[contract]);

/** The flags of which one must be sent: further ones where a part has some, else that of its contract. */
export const flagsFor = ({ contract, flags }: Marks): readonly string[] =>
  flags !== undefined && flags.length > 0 ? flags : contract === null || contract === 'production' ? [] : [contract];

/** Whether a part is there for those who send the flags. */
export const isOpen = ({ contract, flags }: Marks, sent: Flags): boolean =>
  (contract === null || contract === 'production' || sent.has(contract)) &&
  (flags === undefined || flags.length === 0 || flags.some((flag) => sent.has(flag)));

/** The mark of a part within a whole: the less firm of the two, and the flags of both. */
export const within = (whole: Marks, part: Marks): Marks => {
  const flags = part.flags ?? whole.flags;
  return {
    contract: rankOf(part) >= rankOf(whole) ? part.contract : whole.contract,
    ...(flags === undefined ? {} : { flags }),
    deprecated: part.deprecated,
  };
};

/** Whether a part is there whenever another is, that leans on it. */
export const asFirmAs = (part: Marks, leaning: Marks): boolean =>
  rankOf(part) <= rankOf(leaning) &&
  ((part.flags ?? []).length === 0 ||
    ((leaning.flags ?? []).length > 0 && (leaning.flags ?? []).every((flag) => part.flags?.includes(flag))));

const flagName = /^[\w.-]{1,64}$/;

/**
 * Reads the header `Feature-Flags` (`beta, experimental`). With `implied`, a flag for what is less firm opens what is firmer. What is no flag, or
 * beyond 20 of them, is left out.
 */
export const readFlags = (header: string | null, implied = false): Flags => {
  const sent = new Set(
    (header ?? '')
      .split(',')
      .slice(0, 20)
      .map((one) => one.trim().toLowerCase())
      .filter((one) => flagName.test(one)),
  );
  if (implied && sent.has('experimental')) sent.add('beta');
  return sent;
};

/** Every choice of some flags, the smallest first. */
export const subsetsOf = (flags: readonly string[]): readonly (readonly string[])[] => {
  // A face has few flags; with more than these all are sent at once where none is not enough.
  if (flags.length > 3) return [[], flags];
  const subsets = Array.from({ length: 2 ** flags.length }, (_, bits) =>
    flags.filter((_flag, index) => (bits & (1 << index)) !== 0),
  );
  return subsets.toSorted((a, b) => a.length - b.length);
};
