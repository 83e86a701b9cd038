// Members of classes under other names than in the model, and under older ones that are to go. Read of `graphql/roots.yaml` by graphql-roots.ts; the API
// makes fields of them that show what the members show.
import { didYouMean } from '#base/text.ts';
import { memberOf, membersOf, textOf, type Entry, type Reading } from './graphql-entry.ts';
import { readDeprecation, type Deprecation } from './graphql-contracts.ts';
import type { ClassKey, ModelClass } from './model.ts';

/** A deprecated name of a member (jsonName of an attribute or a relation) of a class. */
export type OlderName = { readonly name: string; readonly of: string; readonly deprecated: Deprecation };

export type MemberNames = {
  /** What a member (jsonName) of a class is called: its own name where nothing else is said. */
  readonly nameOf: (of: ClassKey, jsonName: string) => string;
  readonly olderOf: (of: ClassKey) => readonly OlderName[];
};

type ClassNamed = (name: string, at: Entry['at']) => ModelClass | null;

/** Complains about classes and members that the model does not have, and about names that a class has already. */
export const readNames = (top: Entry, classNamed: ClassNamed, reading: Reading): MemberNames => {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const take = (of: ModelClass, name: string, at: Entry['at']): void => {
    const isOwn = memberNames(of).includes(name) && !names.has(`${of.key} ${name}`);
    if (isOwn || taken.has(`${of.key} ${name}`))
      reading.complain(at, 'duplicate', `${of.name} has a member '${name}' already`);
    taken.add(`${of.key} ${name}`);
  };
  const holds = (of: ModelClass, member: string, at: Entry['at']): boolean => {
    if (memberNames(of).includes(member)) return true;
    const hint = didYouMean(member, memberNames(of));
    reading.complain(at, 'graphql', `${of.name} has no member '${member}'${hint}`);
    return false;
  };
  for (const [className, held] of membersOf(memberOf(top, 'names'), reading)) {
    const of = classNamed(className, held.at);
    if (of === null) continue;
    for (const [member, entry] of membersOf(held, reading)) {
      const name = textOf(entry, reading);
      if (name === null || !holds(of, member, entry.at)) continue;
      take(of, name, entry.at);
      names.set(`${of.key} ${member}`, name);
    }
  }
  const nameOf: MemberNames['nameOf'] = (of, jsonName) => names.get(`${of} ${jsonName}`) ?? jsonName;
  const older = memberOf(top, 'older');
  membersOf(older, reading, ['announced', 'until', 'members']);
  const olderNames = new Map<ClassKey, OlderName[]>();
  for (const [className, held] of membersOf(memberOf(older, 'members'), reading)) {
    const of = classNamed(className, held.at);
    if (of === null) continue;
    const own: OlderName[] = [];
    for (const [name, entry] of membersOf(held, reading)) {
      const member = textOf(entry, reading);
      if (member === null || !holds(of, member, entry.at)) continue;
      take(of, name, entry.at);
      own.push({ name, of: member, deprecated: readDeprecation(older, nameOf(of.key, member), reading) });
    }
    olderNames.set(of.key, own);
  }
  return { nameOf, olderOf: (of) => olderNames.get(of) ?? [] };
};

const memberNames = (of: ModelClass): readonly string[] => [...of.attributeByName.keys(), ...of.relationByName.keys()];
