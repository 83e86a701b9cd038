// From which clearance on two forms of the links of a resource look different, when links to what is protected more highly are taken out.
// Used by protection-writer.ts; pure.
import type { ProtectionLevel } from '#model/model.ts';
import { parseLinks } from './links.ts';

/** How protected what a link leads to was before, and is after. */
export type LinkLevels = { readonly before: ProtectionLevel; readonly after: ProtectionLevel };

/** `before` and `after` are texts of `_links`. Gives the lowest clearance from `floor` on that sees a difference; 3 also when nobody does. */
export const noticedFrom = (
  before: string,
  after: string,
  levelsOf: (href: string) => LinkLevels,
  floor: ProtectionLevel,
): ProtectionLevel => {
  const [old, now] = [parseLinks(before), parseLinks(after)];
  const [levelBefore, levelAfter] = [(href: string) => levelsOf(href).before, (href: string) => levelsOf(href).after];
  let lowest: ProtectionLevel = 3;
  for (const relation of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(relation) ?? [], now.get(relation) ?? []];
    if (relation === 'self') {
      if (was.join(' ') !== is.join(' ')) return floor;
      continue;
    }
    for (const clearance of [0, 1, 2] as const) {
      if (clearance < floor) continue;
      if (clearance >= lowest) break;
      if (differs(was, is, levelBefore, levelAfter, clearance)) lowest = clearance;
    }
    if (lowest === floor) break;
  }
  return lowest;
};

/** The clearances (bit 0 to 3) to which a relation shows other links than before, whatever their order. */
export const clearancesNoticing = (
  was: readonly string[],
  is: readonly string[],
  levelsOf: (href: string) => LinkLevels,
): number => {
  const [old, now] = [new Set(was), new Set(is)];
  let noticing = 0;
  for (const href of old.union(now)) {
    const { before, after } = levelsOf(href);
    // A link shows from its level on.
    const [seenBefore, seenNow] = [old.has(href) ? 16 - (1 << before) : 0, now.has(href) ? 16 - (1 << after) : 0];
    noticing |= seenBefore ^ seenNow;
  }
  return noticing;
};

const differs = (
  was: readonly string[],
  is: readonly string[],
  levelBefore: (href: string) => ProtectionLevel,
  levelAfter: (href: string) => ProtectionLevel,
  clearance: ProtectionLevel,
): boolean => {
  let at = 0;
  for (const href of was) {
    if (levelBefore(href) > clearance) continue;
    // The next that shows now has to be the same.
    while (at < is.length && levelAfter(is[at] ?? '') > clearance) at += 1;
    if (is[at] !== href) return true;
    at += 1;
  }
  return is.slice(at).some((href) => levelAfter(href) <= clearance);
};
