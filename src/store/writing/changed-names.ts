// What has changed of a resource, by name: which members of its attributes and which relations of its links differ between two of its texts, and how
// the feed keeps their names. Never a value. Used within this folder and by read-changes.ts; pure text work.
import type { Collection } from '#model/model.ts';

/** Names of a work's changes of one resource, as numbers of words: twice the number, and one more for a relation. Each once. */
export type ChangedNames = number[];

/** Adds a name. */
export const noteName = (names: ChangedNames, word: number, isRelation: boolean): void => {
  const name = word * 2 + (isRelation ? 1 : 0);
  if (!names.includes(name)) names.push(name);
};

/** Numbers of the words among them that are relations, or attributes. */
export const wordsAmong = (names: ChangedNames | null, areRelations: boolean): readonly number[] =>
  names === null ? [] : names.flatMap((name) => ((name % 2 === 1) === areRelations ? [Math.floor(name / 2)] : []));

/** The number of a word, and the clearances (bit 0 to 3) that notice a difference in what it names. */
export type NoticedName = readonly [word: number, clearances: number];

export const everyClearance = 15;

/** What everybody notices. */
export const noticedByAll = (names: ChangedNames | null): readonly NoticedName[] =>
  names === null ? [] : names.map((name) => [Math.floor(name / 2), everyClearance]);

/** The column of the feed: for each name sixteen times the number of its word and the clearances, ascending. Null when there are none. */
export const namesKept = (names: readonly NoticedName[]): string | null =>
  names.length === 0
    ? null
    : names
        .map(([word, clearances]) => word * 16 + clearances)
        .sort((a, b) => a - b)
        .join(',');

/** Numbers of the words in the column (text, '' = none) that a clearance notices (null = any); one may come twice. */
export const namesIn = (kept: string, clearance: number | null): readonly number[] =>
  kept === ''
    ? []
    : kept.split(',').flatMap((each) => {
        const name = Number(each);
        return clearance === null || ((name >> clearance) & 1) === 1 ? [Math.floor(name / 16)] : [];
      });

/** Attributes of the class that are not the same in two texts of members (canonical JSON without the outer braces). */
export const changedAttributes = (collection: Collection, before: string, after: string): readonly string[] => {
  if (before === after) return [];
  const { attributeByName } = collection.class;
  // The model's own texts: parts of a body would keep all of it in memory.
  return differing({ before, after, valueEnd, isOther }).flatMap((name) => attributeByName.get(name)?.jsonName ?? []);
};

/** Relations of the class that do not show the same set of links in two texts of `_links`, as renderLinks gives them. */
export const changedRelations = (collection: Collection, before: string, after: string): readonly string[] => {
  if (before === after) return [];
  const { relationByName } = collection.class;
  const texts = { before: before.slice(1, -1), after: after.slice(1, -1), valueEnd: linksEnd, isOther: isOtherSet };
  return differing(texts).flatMap((name) => relationByName.get(name)?.jsonName ?? []);
};

type Texts = {
  /** Members as they stand in canonical JSON. Nothing is parsed, so that no number loses a digit and what is long costs little. */
  readonly before: string;
  readonly after: string;
  /** Where a value ends that begins at a place: at the comma after it, or with the text. */
  readonly valueEnd: (text: string, from: number) => number;
  readonly isOther: (was: string, is: string) => boolean;
};

/** Names of the members that are not the same. */
const differing = ({ before, after, valueEnd: endOf, isOther: differs }: Texts): readonly string[] => {
  const found: string[] = [];
  let [old, now] = [0, 0];
  // Both are in the order of the model: member by member, until one is missing.
  while (old < before.length) {
    const valueAt = stringEnd(before, old) + 2;
    if (!after.startsWith(before.slice(old, valueAt), now)) break;
    const end = endOf(before, valueAt);
    const start = now + valueAt - old;
    const was = before.slice(valueAt, end);
    const sameEnd = start + was.length;
    const isSame = after.startsWith(was, start) && (sameEnd === after.length || after.charCodeAt(sameEnd) === comma);
    const nowEnd = isSame ? sameEnd : endOf(after, start);
    if (!isSame && differs(was, after.slice(start, nowEnd))) found.push(before.slice(old + 1, valueAt - 2));
    [old, now] = [end + 1, nowEnd + 1];
  }
  const [rest, coming] = [membersFrom(before, old, endOf), membersFrom(after, now, endOf)];
  for (const [name, value] of coming) {
    const was = rest.get(name);
    rest.delete(name);
    if (was === undefined || differs(was, value)) found.push(name);
  }
  return rest.size === 0 ? found : [...found, ...rest.keys()];
};

const membersFrom = (text: string, from: number, endOf: Texts['valueEnd']): Map<string, string> => {
  const members = new Map<string, string>();
  for (let at = from; at < text.length;) {
    const nameEnd = stringEnd(text, at);
    const end = endOf(text, nameEnd + 2);
    members.set(text.slice(at + 1, nameEnd), text.slice(nameEnd + 2, end));
    at = end + 1;
  }
  return members;
};

const isOther = (was: string, is: string): boolean => was !== is;

/** In a list nothing stands twice, so that lists of other lengths are other sets. */
const isOtherSet = (was: string, is: string): boolean => {
  if (was.length !== is.length) return true;
  // Mostly one link has taken the place of another, in a list that may be as long as a school is large.
  const at = firstDifference(was, is);
  if (!is.includes(linkAround(was, at)) || !was.includes(linkAround(is, at))) return true;
  return linksIn(was).symmetricDifference(linksIn(is)).size > 0;
};

/** Where two texts of the same length, which are not the same, begin to differ. */
const firstDifference = (one: string, other: string): number => {
  let [same, differs] = [0, one.length];
  while (differs - same > 1) {
    const middle = (same + differs) >>> 1;
    if (other.startsWith(one.slice(same, middle), same)) same = middle;
    else differs = middle;
  }
  return same;
};

const linkBegins = '{"href":';

/** The link of a list in which a place is. */
const linkAround = (list: string, at: number): string => {
  const from = list.lastIndexOf(linkBegins, at);
  return list.slice(from, stringEnd(list, from + linkBegins.length) + 2);
};

/** The links of a list, each as the text of its address. */
const linksIn = (list: string): Set<string> => new Set(list.slice(1 + linkBegins.length, -2).split(`},${linkBegins}`));

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [squareOpens, squareCloses, curlyOpens, curlyCloses] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A quote that is no part of a string's own text. */
const isBare = (text: string, at: number): boolean => {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
  return slashes % 2 === 0;
};

/** Where a string ends that begins at a place: its closing quote. */
const stringEnd = (text: string, from: number): number => {
  let at = text.indexOf('"', from + 1);
  while (at !== -1 && !isBare(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
};

const valueEnd = (text: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at);
    else if (code === curlyOpens || code === squareOpens) depth += 1;
    else if (code === curlyCloses || code === squareCloses) depth -= 1;
    else if (code === comma && depth === 0) return at;
  }
  return text.length;
};

/** The same of a list of links, which may be as long as a school is large: it ends with the first bracket that no address holds. */
const linksEnd = (text: string, from: number): number => {
  let at = text.indexOf(']', from);
  while (at > from + 1 && !(text.startsWith('"}', at - 2) && isBare(text, at - 2))) at = text.indexOf(']', at + 1);
  return at === -1 ? text.length : at + 1;
};
