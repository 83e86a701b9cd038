// A county's reader of PIFU-IMS, as far as its documented habits go (LMS facts 9): versions 1.1 and 1.2 only; of each source exactly one current id;
// one type for each group, with a level that is a whole number; no aliases; a group whose parent is missing is dropped; subroles are ignored.
import { all, first, textAt, treeOf } from './xml-tree.ts';
import type { Tree } from './xml-tree.ts';

const versions: ReadonlySet<string> = new Set([
  'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.1',
  'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.2',
]);

export type VigoPerson = {
  readonly id: string;
  readonly full: string;
  readonly family: string;
  readonly given: string;
  readonly gender: string | null;
  readonly born: string | null;
  readonly email: string | null;
  readonly phones: readonly string[];
  readonly users: ReadonlyMap<string, string>;
};
export type VigoGroup = {
  readonly id: string;
  readonly level: number;
  readonly type: string;
  readonly short: string;
  readonly parent: string;
};
export type VigoMember = {
  readonly group: string;
  readonly person: string;
  readonly role: string;
  readonly active: boolean;
};
export type VigoFile = {
  readonly persons: readonly VigoPerson[];
  readonly groups: readonly VigoGroup[];
  readonly members: readonly VigoMember[];
};

/** Reads a file; throws where the reader would stop. */
export const readVigo = (document: string): VigoFile => {
  const root = treeOf(document);
  if (root.name !== 'enterprise' || !versions.has(root.namespace)) throw new Error('not a version that is read');
  const groups = all(root, 'group').map(groupOf);
  const known = new Set(groups.map(({ id }) => id));
  return {
    persons: all(root, 'person').map(personOf),
    groups: groups.filter(({ parent }) => known.has(parent)),
    members: all(root, 'membership').flatMap((membership) =>
      all(membership, 'member').flatMap((member) =>
        all(member, 'role').map((role) => ({
          group: currentId(membership),
          person: currentId(member),
          role: role.attributes['roletype'] ?? '',
          active: textAt(role, 'status') === '1',
        })),
      ),
    ),
  };
};

/** The one id that is current: without a type, or New. */
const currentId = (tree: Tree | undefined): string => {
  const current = all(tree, 'sourcedid').filter(({ attributes }) =>
    [undefined, 'New'].includes(attributes['sourcedidtype']),
  );
  const sources = new Set(current.map((one) => textAt(one, 'source')));
  const id = textAt(current[0], 'id');
  if (current.length !== 1 || sources.size !== 1 || id === null) throw new Error('not one current id');
  return id;
};

const groupOf = (group: Tree): VigoGroup => {
  const types = all(group, 'grouptype');
  const value = first(types[0], 'typevalue');
  const level = value?.attributes['level'] ?? '';
  if (types.length !== 1 || !/^\d+$/.test(level)) throw new Error('not one type with a level');
  const relations = all(group, 'relationship');
  if (relations.some(({ attributes }) => attributes['relation'] !== '1')) throw new Error('an alias');
  return {
    id: currentId(group),
    level: Number(level),
    type: value?.text ?? '',
    short: textAt(group, 'description', 'short') ?? '',
    parent: currentId(relations[0]),
  };
};

const personOf = (person: Tree): VigoPerson => ({
  id: currentId(person),
  full: textAt(person, 'name', 'fn') ?? '',
  family: textAt(person, 'name', 'n', 'family') ?? '',
  given: textAt(person, 'name', 'n', 'given') ?? '',
  gender: textAt(person, 'demographics', 'gender'),
  born: textAt(person, 'demographics', 'bday'),
  email: textAt(person, 'email'),
  phones: all(person, 'tel').map(({ text }) => text),
  users: new Map(all(person, 'userid').map((user) => [user.attributes['useridtype'] ?? '', user.text])),
});
