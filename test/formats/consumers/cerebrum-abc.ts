// A consumer played: the reader of ABC Enterprise that a university kept (LMS facts 7). It counts attributes, knows only types that are declared, expects the
// source and target that it is set to, and takes elements in the order of the format. Whatever is wrong stops it.
import { all, first, textAt, treeOf } from './xml-tree.ts';
import type { Tree } from './xml-tree.ts';

export type CerebrumSettings = {
  readonly datasource: string;
  readonly target: string;
  readonly unitName: string;
  readonly groupId: string;
};

export type CerebrumPerson = {
  readonly ids: Readonly<Record<string, string>>;
  readonly full: string;
  readonly names: Readonly<Record<string, string>>;
  readonly born: string | null;
  readonly gender: string;
  readonly contacts: readonly string[];
};
export type Cerebrum = {
  readonly organization: { readonly ids: Readonly<Record<string, string>>; readonly name: string } | null;
  readonly units: ReadonlyMap<string, { readonly name: string; readonly tags: readonly string[] }>;
  readonly persons: readonly CerebrumPerson[];
  readonly groups: ReadonlyMap<string, { readonly description: string; readonly tags: readonly string[] }>;
  /** `relation subject object`: each of an id. */
  readonly relations: ReadonlySet<string>;
};

const fail = (message: string): never => {
  throw new Error(message);
};

const counted = (tree: Tree, count: number): Tree =>
  Object.keys(tree.attributes).length === count ? tree : fail(`<${tree.name}> has not ${count} attributes`);

const order = (tree: Tree, names: readonly string[]): Tree => {
  let place = 0;
  for (const { name } of tree.children) {
    place = names.indexOf(name, place);
    if (place === -1) fail(`<${name}> is not expected in <${tree.name}>`);
  }
  return tree;
};

type Declared = { readonly has: (kind: string, name: string) => void };

const declaredTypes = [
  'addresstype',
  'contacttype',
  'tagtype',
  'orgidtype',
  'orgnametype',
  'ouidtype',
  'ounametype',
  'personidtype',
  'partnametype',
  'groupidtype',
  'relationtype',
];

const declarationsOf = (types: Tree): Declared => {
  const words = new Set<string>();
  for (const type of order(types, declaredTypes).children) {
    const { subject, object } = counted(
      type,
      type.name === 'relationtype' ? 2 : ['addresstype', 'contacttype', 'tagtype'].includes(type.name) ? 1 : 0,
    ).attributes;
    const parts = [type.name, subject, object, type.text.trim()].filter((part) => part !== undefined);
    words.add(parts.join(' '));
  }
  return { has: (kind, name) => void (words.has(`${kind} ${name}`) || fail(`${kind} ${name} is not declared`)) };
};

/** Ids by type. */
const idsOf = (entry: Tree, name: string, declared: Declared): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all(entry, name).map((id) => {
      const type = counted(id, 1).attributes[`${name}type`] ?? fail(`an id without ${name}type`);
      declared.has(`${name}type`, type);
      return [type, id.text.trim() || fail('an id is empty')];
    }),
  );

const tagsOf = (entry: Tree, subject: string, declared: Declared): readonly string[] =>
  all(entry, 'tag').map((tag) => {
    const type = counted(tag, 1).attributes['tagtype'] ?? '';
    declared.has('tagtype', `${subject} ${type}`);
    return `${type} ${tag.text.trim()}`;
  });

const contactsOf = (entry: Tree, subject: string, declared: Declared): readonly string[] =>
  all(entry, 'contactinfo').map((contact) => {
    const type = counted(contact, 1).attributes['contacttype'] ?? '';
    declared.has('contacttype', `${subject} ${type}`);
    return `${type} ${contact.text.trim()}`;
  });

const addresses = (entry: Tree, subject: string, declared: Declared): void => {
  for (const address of all(entry, 'address'))
    declared.has('addresstype', `${subject} ${counted(address, 1).attributes['addresstype']}`);
};

const nameOf = (entry: Tree, name: string, type: string, declared: Declared): string => {
  for (const one of all(entry, name)) declared.has(`${name}type`, counted(one, 2).attributes[`${name}type`] ?? '');
  return (
    all(entry, name)
      .find(({ attributes }) => attributes[`${name}type`] === type)
      ?.text.trim() ?? fail('no main name')
  );
};

/** Reads a file. Throws at the first thing that is wrong. */
export const cerebrum = (file: string, settings: CerebrumSettings): Cerebrum => {
  const root = order(treeOf(file), ['properties', 'organization', 'person', 'group', 'relation']);
  if (root.name !== 'document' || root.namespace !== '') fail('no document');
  const properties = order(first(root, 'properties') ?? fail('no properties'), [
    'datasource',
    'target',
    'timestamp',
    'types',
  ]);
  for (const name of ['datasource', 'target'] as const)
    if (textAt(properties, name)?.trim() !== settings[name]) fail(`another ${name}`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(textAt(properties, 'timestamp') ?? '')) fail('no timestamp');
  const declared = declarationsOf(first(properties, 'types') ?? fail('no types'));

  const [organization] = all(root, 'organization');
  const units = new Map<string, { readonly name: string; readonly tags: readonly string[] }>();
  if (organization !== undefined) {
    order(organization, ['orgid', 'orgname', 'realm', 'address', 'contactinfo', 'ou']);
    addresses(organization, 'organization', declared);
    contactsOf(organization, 'organization', declared);
    for (const ou of all(organization, 'ou')) {
      order(ou, ['ouid', 'tag', 'ouname', 'parentid', 'address', 'contactinfo']);
      addresses(ou, 'ou', declared);
      contactsOf(ou, 'ou', declared);
      const unit = { name: nameOf(ou, 'ouname', settings.unitName, declared), tags: tagsOf(ou, 'ou', declared) };
      for (const [type, id] of Object.entries(idsOf(ou, 'ouid', declared))) units.set(`${type} ${id}`, unit);
    }
  }
  const persons = all(root, 'person').map((entry): CerebrumPerson => {
    order(entry, ['personid', 'tag', 'name', 'birthdate', 'gender', 'address', 'contactinfo']);
    const n = first(entry, 'name', 'n');
    for (const part of all(n, 'partname'))
      declared.has('partnametype', counted(part, 1).attributes['partnametype'] ?? '');
    const gender = textAt(entry, 'gender')?.trim() ?? '';
    return {
      ids: idsOf(entry, 'personid', declared),
      full: textAt(entry, 'name', 'fn')?.trim() ?? fail('no name'),
      names: Object.fromEntries(n?.children.map(({ name, text }) => [name, text.trim()]) ?? []),
      born: textAt(entry, 'birthdate')?.trim() ?? null,
      gender: ['male', 'female'].includes(gender) ? gender : 'unknown',
      contacts: contactsOf(entry, 'person', declared),
    };
  });
  const groups = new Map<string, { readonly description: string; readonly tags: readonly string[] }>();
  for (const entry of all(root, 'group')) {
    order(entry, ['groupid', 'tag', 'description']);
    const id = idsOf(entry, 'groupid', declared)[settings.groupId] ?? fail('a group without the id that is its name');
    groups.set(id, { description: textAt(entry, 'description')?.trim() ?? '', tags: tagsOf(entry, 'group', declared) });
  }
  const relations = new Set<string>();
  for (const entry of all(root, 'relation'))
    readRelation(order(counted(entry, 1), ['subject', 'object']), declared, relations);
  return {
    organization:
      organization === undefined
        ? null
        : {
            ids: idsOf(organization, 'orgid', declared),
            name: nameOf(organization, 'orgname', settings.unitName, declared),
          },
    units,
    persons,
    groups,
    relations,
  };
};

/** The kind of what is referred to, and its ids. */
const referred = (side: Tree, declared: Declared): readonly (readonly [string, string])[] =>
  side.children.map((one): readonly [string, string] => {
    if (one.name === 'org') {
      idsOf(one, 'orgid', declared);
      const unit = Object.entries(idsOf(one, 'ouid', declared)).map((id) => id.join(' '));
      return ['ou', unit[0] ?? fail('no unit')];
    }
    if (one.name !== 'personid' && one.name !== 'groupid') return fail(`<${one.name}> is no side of a relation`);
    return [one.name.slice(0, -2), Object.values(idsOf({ ...side, children: [one] }, one.name, declared))[0] ?? ''];
  });

const readRelation = (entry: Tree, declared: Declared, relations: Set<string>): void => {
  const type = entry.attributes['relationtype'] ?? fail('a relation without type');
  const subjects = referred(first(entry, 'subject') ?? fail('no subject'), declared);
  const [subject] = subjects;
  if (subject === undefined || subjects.length !== 1) return fail('not one subject');
  for (const [kind, object] of referred(first(entry, 'object') ?? fail('no object'), declared)) {
    declared.has('relationtype', `${subject[0]} ${kind} ${type}`);
    relations.add(`${type} ${subject[1]} ${object}`);
  }
};
