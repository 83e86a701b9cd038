// Short names that tell things apart: two groups of one type at a school never have the same (facts 9). What came first keeps its name; what comes later gets
// some of its own id behind it, so that nobody's name depends on what else comes and goes after it. Pure.
import { fold } from '#base/text.ts';
import { cutTo } from './plain-text.ts';

export const shortNameLength = 60;

/** Takes a scope, the name and the id of what is named, in the order of creation; gives a name that no other of the scope has got. */
export type ShortNames = (scope: string, name: string, id: string) => string;

/** Makes the memory of one file. */
export const createShortNames = (): ShortNames => {
  const taken = new Set<string>();
  const take = (scope: string, name: string): boolean => {
    const key = `${scope} ${fold(name)}`;
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  };
  return (scope, name, id) => {
    const whole = cutTo(name, shortNameLength);
    if (take(scope, whole)) return whole;
    const letters = id.replaceAll(/[^\p{L}\p{N}]/gu, '');
    for (let length = 4; ; length += 1) {
      // Ids are longer than names may be alike.
      const mark = length <= letters.length ? letters.slice(0, length) : `${letters}${length}`;
      const marked = `${cutTo(name, shortNameLength - mark.length - 3)} (${mark})`;
      if (take(scope, marked)) return marked;
    }
  };
};
