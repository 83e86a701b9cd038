// What clients may change through a GraphQL API, as data: `graphql/mutations.yaml` of a model folder, held against the model. Read at the start by the
// composition; the API makes types of it and runs it. How paths and values are written stands in graphql-mutation-paths.ts, how rules are in
// graphql-mutation-rules.ts. Knows no request.
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import {
  classesOf,
  classNamed,
  listOf,
  memberOf,
  membersOf,
  placeOf,
  textIn,
  textOf,
  textsBy,
  textsIn,
  wordOf,
  type Entry,
  type Reading,
} from './graphql-entry.ts';
import { contracts } from './graphql-filters.ts';
import { heldAs, readGraphqlFile } from './graphql-file.ts';
import { errorRoles, messageNames, outcomeStates, scalarWords } from './graphql-mutation.ts';
import type {
  LinkOperand,
  Mutation,
  MutationCheck,
  MutationField,
  MutationFind,
  MutationPart,
  Mutations,
  ValueOf,
} from './graphql-mutation.ts';
import { valueOf, type Scope } from './graphql-mutation-paths.ts';
import { errorIn, fieldPath, nodesOf, readConditions, readRule, type Known } from './graphql-mutation-rules.ts';
import type { Attribute, Collection, Model, ModelClass } from './model.ts';

const file = 'graphql/mutations.yaml';
const topKeys = [
  'packages',
  'key',
  'owner',
  'roles',
  'errors',
  'enums',
  'checks',
  'messages',
  'ids',
  'outcome',
  'mutations',
];
const outcomeKeys = ['field', 'argument', 'type', 'state', 'retry', 'messages', 'objects', 'contract', 'nb', 'en'];
const mutationKeys = [
  'contract',
  'nb',
  'en',
  'input',
  'numbers',
  'finds',
  'rules',
  'parts',
  'result',
  'watched',
  'about',
];
const fieldKeys = ['id', 'type', 'enum', 'input', 'name', 'optional', 'list', 'check', 'nb', 'en'];
const partKeys = ['create', 'patch', 'delete', 'each', 'when', 'without', 'values', 'links', 'key', 'taken'];

/**
 * Takes the texts of the graphql files by their names in findings; gives null where there are no mutations. Fails with HUB-200 and one item
 * (`file:line`, rule and message) per fault: names that the model does not have, paths that lead nowhere, errors that are not declared.
 */
export const readGraphqlMutations = (texts: ReadonlyMap<string, string>, model: Model): Result<Mutations | null> => {
  if (heldAs(texts, file) === undefined) return ok(null);
  return readGraphqlFile(texts, [file], model, (topOf, reading) => readMutations(topOf(file), reading));
};

const readMutations = (top: Entry, reading: Reading): Mutations => {
  const { complain } = reading;
  membersOf(top, reading, topKeys);
  const classes = classesOf(top, reading);
  const errors = textsBy(memberOf(top, 'errors'), reading);
  const known: Known = {
    reading,
    classes,
    key: textIn(top, 'key', reading),
    errors: new Set(errors.keys()),
    checks: new Set(membersOf(memberOf(top, 'checks'), reading).map(([key]) => key)),
  };
  const roles = memberOf(top, 'roles');
  membersOf(roles, reading, errorRoles);
  const messages = textsBy(memberOf(top, 'messages'), reading);
  for (const name of messages.keys())
    if (!messageNames.some((one) => one === name)) complain(memberOf(top, 'messages').at, 'unknown-key', `'${name}'`);
  const ids = memberOf(top, 'ids');
  membersOf(ids, reading, ['name', 'nb', 'en']);
  const outcome = memberOf(top, 'outcome');
  membersOf(outcome, reading, outcomeKeys);
  const state = memberOf(outcome, 'state');
  membersOf(state, reading, ['name', 'type', 'values']);
  const values = memberOf(state, 'values');
  membersOf(values, reading, outcomeStates);
  return {
    owner: textIn(top, 'owner', reading),
    roles: recordOf(errorRoles, (role) => errorIn(memberOf(roles, role), textIn(roles, role, reading), known)),
    errors,
    enums: new Map(membersOf(memberOf(top, 'enums'), reading).map(([name, one]) => [name, textsBy(one, reading)])),
    checks: new Map(
      membersOf(memberOf(top, 'checks'), reading).map(([name, one]) => [name, readCheck(name, one, known)]),
    ),
    ids: { name: textIn(ids, 'name', reading), describe: textsIn(ids, reading) },
    outcome: {
      field: textIn(outcome, 'field', reading),
      argument: textIn(outcome, 'argument', reading),
      type: textIn(outcome, 'type', reading),
      state: {
        name: textIn(state, 'name', reading),
        type: textIn(state, 'type', reading),
        values: recordOf(outcomeStates, (one) => textIn(values, one, reading)),
      },
      retry: textIn(outcome, 'retry', reading),
      messages: textIn(outcome, 'messages', reading),
      objects: textIn(outcome, 'objects', reading),
      contract: wordOf(memberOf(outcome, 'contract'), contracts, reading),
      describe: textsIn(outcome, reading),
    },
    messages: recordOf(messageNames, (name) => {
      const text = messages.get(name);
      if (text === undefined) complain(memberOf(top, 'messages').at, 'missing-key', `'${name}' is missing`);
      return text ?? { nb: '', en: '' };
    }),
    mutations: membersOf(memberOf(top, 'mutations'), reading).map(([name, one]) => readMutation(name, one, known)),
  };
};

const recordOf = <K extends string, V>(keys: readonly K[], of: (key: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>;

const readCheck = (name: string, entry: Entry, known: Known): MutationCheck => {
  const { reading } = known;
  membersOf(entry, reading, ['pattern', 'max', 'error', 'nb', 'en']);
  const pattern = textOf(memberOf(entry, 'pattern'), reading);
  const max = memberOf(entry, 'max').value;
  return {
    name,
    pattern: pattern === null ? null : patternOf(pattern, memberOf(entry, 'pattern'), reading),
    max: typeof max === 'number' ? max : null,
    error: errorIn(memberOf(entry, 'error'), textIn(entry, 'error', reading), known),
    message: textsIn(entry, reading),
  };
};

const patternOf = (text: string, { at }: Entry, { complain }: Reading): RegExp | null => {
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch {
    complain(at, 'value-type', 'this takes a regular expression');
    return null;
  }
};

const classIn = (entry: Entry, known: Known): ModelClass | null =>
  classNamed(textOf(entry, known.reading) ?? '', entry.at, known);

/** The one collection of a class. */
const collectionOf = (of: ModelClass | null, entry: Entry, { reading }: Known): Collection | null => {
  if (of === null) return null;
  const found = [...reading.model.collections.values()].filter((one) => one.class.key === of.key);
  if (found.length !== 1) reading.complain(entry.at, 'graphql', `${of.name} is not served at one path`);
  return found[0] ?? null;
};

const readMutation = (name: string, entry: Entry, known: Known): Mutation => {
  const { reading } = known;
  membersOf(entry, reading, mutationKeys);
  const raw = membersOf(memberOf(entry, 'input'), reading);
  const typeName = name.charAt(0).toUpperCase() + name.slice(1);
  const bare = raw.map(([key, one]) => readField(key, one, typeName, known));
  const numbers = new Map<string, number>();
  for (const [key, one] of membersOf(memberOf(entry, 'numbers'), reading))
    if (typeof one.value === 'number' && one.value >= 3 && one.value <= 12) numbers.set(key, one.value);
    else reading.complain(one.at, 'value-type', 'this takes a number of digits, 3 to 12');
  const finds: MutationFind[] = [];
  const scope: Scope = { fields: bare, finds, numbers, item: null, reading };
  for (const [key, one] of membersOf(memberOf(entry, 'finds'), reading))
    finds.push(...readFind(key, one, scope, known));
  const partEntries = membersOf(memberOf(entry, 'parts'), reading);
  const parts = partEntries.flatMap(([key, one]) =>
    readPart(key, one, { scope, known, parts: partEntries.map(([each]) => each) }),
  );
  const rules = listOf(memberOf(entry, 'rules'), reading).flatMap((one) => readRule(one, scope, known));
  const fields = bare.map((one) => described(one, [], { parts, reading, at: entry }));
  return {
    name,
    contract: wordOf(memberOf(entry, 'contract'), contracts, reading),
    describe: textsIn(entry, reading),
    fields,
    numbers,
    finds,
    rules,
    parts,
    result: readResult(memberOf(entry, 'result'), parts, scope),
    watched: listOf(memberOf(entry, 'watched'), reading).flatMap((one) => nodesOf(one, scope)),
    about: listOf(memberOf(entry, 'about'), reading).flatMap((one) => nodesOf(one, scope)),
  };
};

/** A field before it is described: what it becomes may say what it is. */
const readField = (name: string, entry: Entry, typeName: string, known: Known): MutationField => {
  const { reading } = known;
  membersOf(entry, reading, fieldKeys);
  const [id, type, named, input] = ['id', 'type', 'enum', 'input'].map((key) => memberOf(entry, key));
  const check = textOf(memberOf(entry, 'check'), reading);
  if (check !== null && !known.checks.has(check))
    reading.complain(memberOf(entry, 'check').at, 'graphql', `no check is called '${check}'`);
  const form = ((): MutationField['form'] => {
    if (id?.value !== undefined) {
      const collection = collectionOf(classIn(id, known), id, known);
      if (collection !== null) return { kind: 'id', collection };
    }
    if (named?.value !== undefined) return { kind: 'enum', name: textOf(named, reading) ?? '' };
    if (input?.value !== undefined) {
      const own =
        textOf(memberOf(entry, 'name'), reading) ?? `${typeName}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return {
        kind: 'input',
        name: own,
        fields: membersOf(input, reading).map(([key, one]) => readField(key, one, own, known)),
      };
    }
    return { kind: 'scalar', type: type === undefined ? 'text' : (wordOf(type, scalarWords, reading) ?? 'text') };
  })();
  return {
    name,
    describe: {
      nb: textOf(memberOf(entry, 'nb'), reading) ?? '',
      en: textOf(memberOf(entry, 'en'), reading) ?? '',
    },
    optional: memberOf(entry, 'optional').value === true,
    list: memberOf(entry, 'list').value === true,
    form,
    check,
  };
};

type Describing = { readonly parts: readonly MutationPart[]; readonly reading: Reading; readonly at: Entry };

/** What is said of a field: its own words, what it leads to, or the attribute that it becomes. */
const described = (field: MutationField, above: readonly string[], known: Describing): MutationField => {
  const path = [...above, field.name];
  const { form } = field;
  const told =
    field.describe.nb !== ''
      ? field.describe
      : form.kind === 'id'
        ? { nb: `Id. ${form.collection.class.description.nb}`, en: `Id. ${form.collection.class.description.en}` }
        : attributeOf(path, known)?.description;
  if (told === undefined || told === null)
    known.reading.complain(
      known.at.at,
      'text',
      `'${path.join('.')}' is not described, and becomes no attribute as it is`,
    );
  const inner =
    form.kind === 'input' ? { ...form, fields: form.fields.map((one) => described(one, path, known)) } : form;
  return { ...field, describe: told ?? field.describe, form: inner };
};

/** The attribute that a field becomes as it is. */
const attributeOf = (path: readonly string[], { parts, reading: { model } }: Describing): Attribute | null => {
  const within = (of: ModelClass, name: string, value: ValueOf): Attribute | null => {
    const attribute = of.attributeByName.get(name);
    if (attribute === undefined) return null;
    if (value.kind === 'operand')
      return value.operand.kind === 'given' && value.operand.path.join('.') === path.join('.') ? attribute : null;
    const inner = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
    if (inner === undefined) return null;
    for (const one of value.kind === 'list' ? value.of : [value])
      if (one.kind === 'object')
        for (const [key, each] of one.members) {
          const found = within(inner, key, each);
          if (found !== null) return found;
        }
    return null;
  };
  for (const part of parts)
    for (const [name, value] of part.values) {
      const found = within(part.collection.class, name, value);
      if (found !== null) return found;
    }
  return null;
};

const readFind = (name: string, entry: Entry, scope: Scope, known: Known): readonly MutationFind[] => {
  const { reading } = known;
  membersOf(entry, reading, ['of', 'by', 'value', 'key', 'among', 'where']);
  const among = memberOf(entry, 'among');
  if (among.value !== undefined) {
    const [nodes] = nodesOf(among, scope);
    const of = nodes === undefined ? null : collectionOf(nodes.of, among, known);
    if (nodes === undefined || of === null) return [];
    const where = membersOf(memberOf(entry, 'where'), reading).flatMap(([relation, one]) => {
      if (nodes.of.relationByName.get(relation) === undefined)
        reading.complain(one.at, 'graphql', `${nodes.of.name} has no relation '${relation}'`);
      return nodesOf(one, scope).map((is) => ({ relation, is }));
    });
    return [{ kind: 'among', name, collection: of, nodes, where }];
  }
  const ofEntry = memberOf(entry, 'of');
  const collection = collectionOf(classIn(ofEntry, known), ofEntry, known);
  if (collection === null) return [];
  const keyed = memberOf(entry, 'key');
  if (keyed.value !== undefined) {
    const identifier = segmentOf(collection, known.key, keyed, reading);
    const value: ValueOf = { kind: 'key', parts: listOf(keyed, reading).map((one) => valueOf(one, scope)) };
    return [{ kind: 'by', name, collection, by: { identifier }, value }];
  }
  const by = textIn(entry, 'by', reading);
  const value = valueOf(memberOf(entry, 'value'), scope);
  const identifier = collection.identifiers.find(({ attribute }) => attribute === by)?.segment;
  if (identifier !== undefined) return [{ kind: 'by', name, collection, by: { identifier }, value }];
  const place = placeOf(collection.class, by.replaceAll('.', '/'), memberOf(entry, 'by').at, reading);
  return place === null ? [] : [{ kind: 'by', name, collection, by: { attribute: place.path.names }, value }];
};

const segmentOf = (collection: Collection, attribute: string, { at }: Entry, { complain }: Reading): string => {
  const found = collection.identifiers.find((one) => one.attribute === attribute);
  if (found === undefined) complain(at, 'graphql', `${collection.class.name} has no identifier '${attribute}'`);
  return found?.segment ?? '';
};

type PartReading = { readonly scope: Scope; readonly known: Known; readonly parts: readonly string[] };

const readPart = (name: string, entry: Entry, { scope: outer, known, parts }: PartReading): readonly MutationPart[] => {
  const { reading } = known;
  membersOf(entry, reading, partKeys);
  const eachEntry = memberOf(entry, 'each');
  const [each = null] = eachEntry.value === undefined ? [] : nodesOf(eachEntry, outer);
  const scope: Scope = { ...outer, item: each };
  const [operation] = (['create', 'patch', 'delete'] as const).filter(
    (one) => memberOf(entry, one).value !== undefined,
  );
  if (operation === undefined) {
    reading.complain(entry.at, 'missing-key', 'this takes create, patch or delete');
    return [];
  }
  const head = memberOf(entry, operation);
  const [target = null] = operation === 'create' ? [] : nodesOf(head, scope);
  const of = operation === 'create' ? classIn(head, known) : (target?.of ?? null);
  const collection = collectionOf(of, head, known);
  if (of === null || collection === null) return [];
  const values = new Map(
    membersOf(memberOf(entry, 'values'), reading).map(([key, one]) => {
      if (!of.attributeByName.has(key)) reading.complain(one.at, 'graphql', `${of.name} has no attribute '${key}'`);
      return [key, valueOf(one, scope, of.attributeByName.get(key), collection)];
    }),
  );
  const links = new Map(
    membersOf(memberOf(entry, 'links'), reading).map(([key, one]) => {
      if (!collection.links.has(key)) reading.complain(one.at, 'graphql', `${of.name} has no relation '${key}'`);
      const all = Array.isArray(one.value) ? listOf(one, reading) : [one];
      return [key, all.flatMap((link) => readLink(link, scope, parts))];
    }),
  );
  const keyEntry = memberOf(entry, 'key');
  const keyAttribute = of.attributeByName.get(known.key);
  if (keyEntry.value !== undefined && keyAttribute === undefined)
    reading.complain(keyEntry.at, 'graphql', `${of.name} has no '${known.key}'`);
  const withoutEntry = memberOf(entry, 'without');
  const [left, right] = listOf(withoutEntry, reading).flatMap((one) => nodesOf(one, scope));
  const takenEntry = memberOf(entry, 'taken');
  return [
    {
      name,
      operation,
      collection,
      target,
      each,
      when: readConditions(memberOf(entry, 'when'), scope),
      without: left === undefined || right === undefined ? null : [left, right],
      values,
      links,
      key:
        keyEntry.value === undefined || keyAttribute === undefined
          ? null
          : {
              attribute: keyAttribute,
              value: { kind: 'key', parts: listOf(keyEntry, reading).map((one) => valueOf(one, scope)) },
            },
      taken:
        takenEntry.value === undefined
          ? null
          : {
              error: errorIn(memberOf(takenEntry, 'error'), textIn(takenEntry, 'error', reading), known),
              at: fieldPath(memberOf(takenEntry, 'at'), textIn(takenEntry, 'at', reading), scope),
            },
    },
  ];
};

const readLink = (entry: Entry, scope: Scope, parts: readonly string[]): readonly LinkOperand[] => {
  const text = typeof entry.value === 'string' ? entry.value : '';
  if (!text.startsWith('part:')) return nodesOf(entry, scope);
  const part = text.slice('part:'.length);
  if (!parts.includes(part)) scope.reading.complain(entry.at, 'graphql', `no part is called '${part}'`);
  return [{ kind: 'part', part }];
};

const readResult = (entry: Entry, parts: readonly MutationPart[], scope: Scope): Mutation['result'] => {
  const { reading } = scope;
  const [only] = membersOf(entry, reading);
  const [name, one] = only ?? ['', entry];
  const texts = Array.isArray(one.value) ? listOf(one, reading) : [one];
  const names = texts.map((each) => (typeof each.value === 'string' ? each.value : ''));
  const found = names.flatMap((each) => parts.filter((part) => part.name === each));
  const [part] = found;
  if (part !== undefined && found.length === names.length)
    return { name, collection: part.collection, of: { parts: names } };
  const [nodes] = nodesOf(one, scope);
  const collection = [...reading.model.collections.values()].find((each) => each.class.key === nodes?.of.key);
  if (nodes === undefined || collection === undefined) {
    reading.complain(entry.at, 'graphql', 'a result is a part, or a path to resources');
    return { name, collection: emptyCollection(reading.model), of: { parts: [] } };
  }
  return { name, collection, of: { nodes } };
};

/** For what is found wanting in any case. */
const emptyCollection = (model: Model): Collection => {
  const [first] = model.collections.values();
  if (first === undefined) throw new Error('a model without collections');
  return first;
};
