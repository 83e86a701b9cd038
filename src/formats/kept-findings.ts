// What the rules of every format have in common: findings counted and kept, ids, and what stands at the head of a file. Used by the rules of the formats,
// made for one file.
import { limits } from '#base/limits.ts';
import { namesNationalId } from '#base/national-id.ts';
import type { RosterFinding, RosterHead, RosterId } from './roster.ts';

export type Say = (rule: string, at: RosterId | null, message: string) => void;

export type KeptFindings = {
  /** An id that holds a national id may not stand in a file, and does not stand in a report either. */
  readonly say: Say;
  readonly found: () => number;
  readonly end: () => { readonly findings: readonly RosterFinding[]; readonly count: number };
};

/** Counts all and keeps as many as are kept (`limits.exportFindings`). */
export const keptFindings = (): KeptFindings => {
  const findings: RosterFinding[] = [];
  let count = 0;
  return {
    say: (rule, at, message) => {
      count += 1;
      if (findings.length < limits.exportFindings)
        findings.push({ rule, at: at !== null && namesNationalId(at) ? null : at, message });
    },
    found: () => count,
    end: () => ({ findings, count }),
  };
};

const idLength = 256;

/** Ids are there, are of one entry of `seen`, and hold no national id (LMS facts 5.6, 11). `seen` has the id afterwards. */
export const checkId = (id: RosterId, seen: Set<RosterId>, say: Say): void => {
  if (id === '' || id.length > idLength || /\s/.test(id))
    say('id', null, 'An id is empty, too long, or has a blank in it.');
  else if (namesNationalId(id)) say('id-national', null, 'An id holds a national id.');
  else if (seen.has(id)) say('id-twice', id, 'Two entries have the same id.');
  seen.add(id);
};

/** Source and target say something, and no more than consumers take (LMS facts 5.3). */
export const checkHead = (head: RosterHead, say: Say): void => {
  for (const [what, value] of [
    ['source', head.source],
    ['target', head.target],
  ] as const)
    if (value !== null && (value.trim() === '' || value.length > limits.exportSourceLength))
      say(what, null, `The ${what} is empty, or longer than ${limits.exportSourceLength} characters.`);
};

/** Of members, one holder after the other: true when the person has been told of with the very word. */
export type ToldTwice = (holder: RosterId, person: RosterId, word: string) => boolean;

/** Remembers one holder at a time. */
export const toldTwice = (): ToldTwice => {
  let last: RosterId | null = null;
  const words = new Map<RosterId, string>();
  return (holder, person, word) => {
    if (holder !== last) words.clear();
    last = holder;
    const told = words.get(person);
    const isTold = told?.includes(`|${word}|`) ?? false;
    if (!isTold) words.set(person, told === undefined ? `|${word}|` : `${told}${word}|`);
    return isTold;
  };
};
