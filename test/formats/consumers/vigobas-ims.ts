// A consumer played: the county connector that reads IMS Enterprise 1.1 into objects and passes it on (LMS facts 6, 9). Objects are made of elements in the order
// of the format; an element in another place is lost, which this one calls a fault. Persons are found by their current id.
import { all, first, textAt, treeOf } from './xml-tree.ts';
import type { Tree } from './xml-tree.ts';

/** What may stand below what, in which order (facts 6). */
const orders: Readonly<Record<string, readonly string[]>> = {
  enterprise: ['comments', 'properties', 'person', 'group', 'membership'],
  properties: ['comments', 'datasource', 'target', 'type', 'datetime', 'extension'],
  person: [
    'comments',
    'sourcedid',
    'userid',
    'name',
    'demographics',
    'email',
    'url',
    'tel',
    'adr',
    'photo',
    'systemrole',
    'institutionrole',
    'datasource',
    'extension',
  ],
  sourcedid: ['source', 'id'],
  group: [
    'comments',
    'sourcedid',
    'grouptype',
    'description',
    'org',
    'timeframe',
    'enrollcontrol',
    'email',
    'url',
    'relationship',
    'datasource',
    'extension',
  ],
  description: ['short', 'long', 'full'],
  org: ['orgname', 'orgunit', 'type', 'id'],
  membership: ['comments', 'sourcedid', 'member'],
  member: ['comments', 'sourcedid', 'idtype', 'role'],
  role: [
    'subrole',
    'status',
    'userid',
    'comments',
    'datetime',
    'timeframe',
    'interimresult',
    'finalresult',
    'email',
    'datasource',
    'extension',
  ],
  timeframe: ['begin', 'end', 'adminperiod'],
};

export type VigobasPerson = {
  readonly former: string | null;
  readonly userIds: Readonly<Record<string, string>>;
  readonly full: string;
  readonly gender: string | null;
  readonly born: string | null;
  readonly roles: readonly string[];
  readonly deleted: boolean;
};
export type Vigobas = {
  readonly source: string;
  readonly persons: ReadonlyMap<string, VigobasPerson>;
  readonly groups: ReadonlyMap<
    string,
    { readonly type: string; readonly name: string; readonly parent: string | null }
  >;
  /** `group person code` → status, and what stands beside it. */
  readonly roles: ReadonlyMap<
    string,
    { readonly status: string; readonly subrole: string | null; readonly end: string | null }
  >;
  readonly faults: readonly string[];
};

const inOrder = (tree: Tree, faults: string[]): void => {
  const order = orders[tree.name];
  let place = 0;
  for (const child of tree.children) {
    const found = order?.indexOf(child.name, place) ?? place;
    if (found === -1) faults.push(`<${child.name}> is lost in <${tree.name}>`);
    else place = found;
    inOrder(child, faults);
  }
};

const currentId = (entry: Tree): string =>
  all(entry, 'sourcedid')
    .filter(({ attributes }) => (attributes['sourcedidtype'] ?? 'New') === 'New')
    .map((one) => textAt(one, 'id') ?? '')
    .join('+');

export const vigobas = (file: string): Vigobas => {
  const root = treeOf(file);
  const faults: string[] = root.namespace === '' ? [] : ['a namespace'];
  inOrder(root, faults);
  const persons = new Map<string, VigobasPerson>();
  for (const entry of all(root, 'person')) {
    const old = all(entry, 'sourcedid').find(({ attributes }) => attributes['sourcedidtype'] === 'Old');
    const id = currentId(entry);
    if (id === '' || id.includes('+')) faults.push('not one current id');
    persons.set(id, {
      former: old === undefined ? null : textAt(old, 'id'),
      userIds: Object.fromEntries(
        all(entry, 'userid').map(({ attributes, text }) => [attributes['useridtype'] ?? '', text]),
      ),
      full: textAt(entry, 'name', 'fn') ?? '',
      gender: textAt(entry, 'demographics', 'gender'),
      born: textAt(entry, 'demographics', 'bday'),
      roles: all(entry, 'institutionrole').map(
        ({ attributes }) => `${attributes['primaryrole']} ${attributes['institutionroletype']}`,
      ),
      deleted: entry.attributes['recstatus'] === '3',
    });
  }
  const groups = new Map<string, { readonly type: string; readonly name: string; readonly parent: string | null }>();
  for (const entry of all(root, 'group')) {
    const type = first(entry, 'grouptype', 'typevalue');
    if (!/^\d+$/.test(type?.attributes['level'] ?? '')) faults.push('a level that is no number');
    groups.set(currentId(entry), {
      type: `${type?.attributes['level']} ${type?.text}`,
      name: textAt(entry, 'description', 'long') ?? '',
      parent: textAt(first(entry, 'relationship'), 'sourcedid', 'id'),
    });
  }
  const roles = new Map<
    string,
    { readonly status: string; readonly subrole: string | null; readonly end: string | null }
  >();
  for (const entry of all(root, 'membership'))
    for (const member of all(entry, 'member'))
      for (const role of all(member, 'role'))
        roles.set(`${currentId(entry)} ${currentId(member)} ${role.attributes['roletype']}`, {
          status: textAt(role, 'status') ?? '',
          subrole: textAt(role, 'subrole'),
          end: textAt(role, 'timeframe', 'end'),
        });
  return { source: textAt(root, 'properties', 'datasource') ?? '', persons, groups, roles, faults };
};
