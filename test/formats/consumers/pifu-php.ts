// A municipal reader of PIFU-IMS 1.1 in PHP, as far as its documented habits go (LMS facts 9): it removes the literal declaration of the namespace and
// reads what is left without namespaces, so that a file of any other version has no schools, and nobody is told.
import { all, first, textAt, treeOf } from './xml-tree.ts';
import type { Tree } from './xml-tree.ts';

const declaration = ' xmlns="http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.1"';

export type PhpReader = {
  readonly schools: () => readonly { readonly id: string; readonly name: string }[];
  /** Of one level at a school: by short name, so that a second one of the name takes the place of the first; ordered by name. */
  readonly groups: (school: string, level: string) => readonly { readonly id: string; readonly short: string }[];
  /** By status, and by role if that is asked for. */
  readonly members: (group: string, status?: string, role?: string) => readonly string[];
  readonly personBy: (type: string, value: string) => string | null;
};

const idOf = (tree: Tree | undefined): string => textAt(tree, 'sourcedid', 'id') ?? '';

/** Reads a file. */
export const phpReader = (document: string): PhpReader => {
  const root = treeOf(document.replace(declaration, ''));
  const plain = (name: string): readonly Tree[] => all(root, name).filter(({ namespace }) => namespace === '');
  const groups = plain('group');
  const ofLevel = (scheme: string, level: string): readonly Tree[] =>
    groups.filter(
      (group) =>
        textAt(group, 'grouptype', 'scheme') === scheme &&
        first(group, 'grouptype', 'typevalue')?.attributes['level'] === level,
    );
  return {
    schools: () =>
      ofLevel('pifu-ims-go-org', '2').map((group) => ({
        id: idOf(group),
        name: textAt(group, 'description', 'short') ?? '',
      })),
    groups: (school, level) => {
      const found = new Map<string, string>();
      for (const group of ofLevel('pifu-ims-go-grp', level))
        if (idOf(first(group, 'relationship')) === school)
          found.set(textAt(group, 'description', 'short') ?? '', idOf(group));
      return [...found]
        .map(([short, id]) => ({ id, short }))
        .toSorted((one, other) => (one.short < other.short ? -1 : 1));
    },
    members: (group, status = '1', role) =>
      plain('membership')
        .filter((membership) => idOf(membership) === group)
        .flatMap((membership) => all(membership, 'member'))
        .filter((member) =>
          all(member, 'role').some(
            (one) => textAt(one, 'status') === status && (role === undefined || one.attributes['roletype'] === role),
          ),
        )
        .map(idOf),
    personBy: (type, value) => {
      const person = plain('person').find((one) =>
        all(one, 'userid').some((user) => user.attributes['useridtype'] === type && user.text === value),
      );
      return person === undefined ? null : idOf(person);
    },
  };
};
