// A consumer played: itslearning's import of IMS Enterprise 1.1 (LMS facts 6, 9). It knows XML. Persons without id, given or family name are refused; the role
// that is primary decides what somebody may do, and nobody else's word does. Deltas change what has been read before.
import { all, first, textAt, treeOf } from './xml-tree.ts';
import type { Tree } from './xml-tree.ts';

export type ItslearningPerson = {
  readonly given: string;
  readonly family: string;
  readonly userId: string | null;
  readonly born: string | null;
  readonly email: string | null;
  readonly phones: readonly string[];
  readonly profile: string;
};

export type Itslearning = {
  readonly read: (fileName: string, file: string) => void;
  readonly persons: ReadonlyMap<string, ItslearningPerson>;
  readonly groups: ReadonlyMap<string, { readonly name: string; readonly parent: string | null }>;
  /** By group and person: codes of roles in force. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  readonly faults: readonly string[];
};

const profiles: ReadonlySet<string> = new Set(['Administrator', 'Staff', 'Student', 'Guest']);

export const itslearning = (): Itslearning => {
  const persons = new Map<string, ItslearningPerson>();
  const groups = new Map<string, { readonly name: string; readonly parent: string | null }>();
  const members = new Map<string, Set<string>>();
  const faults: string[] = [];
  const person = (entry: Tree): void => {
    const id = textAt(entry, 'sourcedid', 'id') ?? '';
    const [given, family] = [textAt(entry, 'name', 'n', 'given') ?? '', textAt(entry, 'name', 'n', 'family') ?? ''];
    if (id === '' || given === '' || family === '') return void faults.push(`a person lacks id or name: ${id}`);
    if (entry.attributes['recstatus'] === '3') return void persons.delete(id);
    const userId = first(entry, 'userid');
    if (userId !== undefined && Object.hasOwn(userId.attributes, 'password')) faults.push(`a password: ${id}`);
    const born = textAt(entry, 'demographics', 'bday');
    if (born !== null && !/^\d{4}-\d{2}-\d{2}$/.test(born)) faults.push(`a birth date: ${id}`);
    const phones = all(entry, 'tel').map(({ attributes, text }) => `${attributes['teltype'] ?? ''} ${text}`);
    if (phones.some((phone) => !/^(?:Voice|Mobile) /.test(phone))) faults.push(`a telephone: ${id}`);
    const primary = all(entry, 'institutionrole').filter(({ attributes }) => attributes['primaryrole'] === 'Yes');
    if (primary.length > 1) faults.push(`two primary roles: ${id}`);
    const profile = primary[0]?.attributes['institutionroletype'] ?? 'Student';
    if (!profiles.has(profile)) faults.push(`an unknown profile ${profile}: ${id}`);
    persons.set(id, {
      given,
      family,
      userId: userId?.text ?? null,
      born,
      email: textAt(entry, 'email'),
      phones,
      profile,
    });
  };
  const group = (entry: Tree): void => {
    const id = textAt(entry, 'sourcedid', 'id') ?? '';
    if (entry.attributes['recstatus'] === '3') return void groups.delete(id);
    const parent = all(entry, 'relationship').find(({ attributes }) => attributes['relation'] === '1');
    groups.set(id, {
      name: textAt(entry, 'description', 'short') ?? '',
      parent: parent === undefined ? null : textAt(parent, 'sourcedid', 'id'),
    });
  };
  const membership = (entry: Tree): void => {
    const holder = textAt(entry, 'sourcedid', 'id') ?? '';
    if (!groups.has(holder)) return void faults.push(`members of an unknown group: ${holder}`);
    for (const member of all(entry, 'member')) {
      const id = textAt(member, 'sourcedid', 'id') ?? '';
      const key = `${holder} ${id}`;
      const roles = members.get(key) ?? new Set();
      for (const role of all(member, 'role')) {
        const code = role.attributes['roletype'] ?? '01';
        if (textAt(role, 'status') !== '1' || role.attributes['recstatus'] === '3') roles.delete(code);
        else if (persons.has(id)) roles.add(code);
        else faults.push(`an unknown member: ${id}`);
      }
      members.set(key, roles);
    }
  };
  return {
    persons,
    groups,
    members,
    faults,
    read: (fileName, file) => {
      if (fileName !== 'IMS-EnterpriseData.xml') return void faults.push(`a file that nobody asked for: ${fileName}`);
      const root = treeOf(file);
      if (root.namespace !== '') faults.push('a namespace');
      for (const entry of all(root, 'person')) person(entry);
      for (const entry of all(root, 'group')) group(entry);
      for (const entry of all(root, 'membership')) membership(entry);
    },
  };
};
