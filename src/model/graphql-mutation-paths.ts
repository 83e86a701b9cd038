// Paths and values of mutations.yaml: from a field of the input, or from what was found, along relations of the model to resources or to a value in
// them; and what values of new resources are made of. Read by graphql-mutations.ts, carried out by the API.
import type { Entry, Reading } from './graphql-entry.ts';
import { listOf, memberOf, membersOf } from './graphql-entry.ts';
import type { MutationField, MutationFind, NodesOperand, NodeSource, Operand, ValueOf } from './graphql-mutation.ts';
import type { Attribute, Collection, ModelClass } from './model.ts';

/** What a path may begin with. */
export type Scope = {
  readonly fields: readonly MutationField[];
  readonly finds: readonly MutationFind[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly item: NodesOperand | null;
  readonly reading: Reading;
};

/** A path as text, `studierettId.kull.navn.nb`; null, with a complaint, where it leads nowhere. */
export const operandOf = ({ at, value }: Entry, scope: Scope): Operand | null => {
  const { complain } = scope.reading;
  if (typeof value !== 'string') {
    complain(at, 'value-type', 'this takes a path');
    return null;
  }
  const names = value.split('.');
  const [first = '', ...rest] = names;
  if (scope.numbers.has(first) && rest.length === 0) return { kind: 'number', name: first };
  if (first === 'item' && scope.item !== null)
    return along({ kind: 'item' }, scope.item.of, rest, { at, value }, scope);
  const find = scope.finds.find(({ name }) => name === first);
  if (find !== undefined)
    return along({ kind: 'find', name: first }, find.collection.class, rest, { at, value }, scope);
  let held: readonly MutationField[] = scope.fields;
  for (const [index, name] of names.entries()) {
    const field = held.find((one) => one.name === name);
    if (field === undefined) break;
    const path = names.slice(0, index + 1);
    if (field.form.kind === 'id')
      return along({ kind: 'id', path }, field.form.collection.class, names.slice(index + 1), { at, value }, scope);
    if (index === names.length - 1) return { kind: 'given', path };
    held = field.form.kind === 'input' ? field.form.fields : [];
  }
  complain(at, 'graphql', `nothing is called '${value}' here`);
  return null;
};

/** On from a resource of a class. */
const along = (
  source: NodeSource,
  from: ModelClass,
  names: readonly string[],
  { at, value }: Entry,
  { reading: { model, complain } }: Scope,
): NodesOperand | null => {
  const relations: string[] = [];
  let end = from;
  let within: { readonly of: ModelClass; readonly names: readonly string[] } | null = null;
  for (const [index, name] of names.entries()) {
    const holder: ModelClass = within?.of ?? end;
    const relation = holder.relationByName.get(name);
    const target = relation === undefined ? undefined : model.classes.get(relation.target);
    if (target !== undefined) {
      relations.push([...(within?.names ?? []), name].join('.'));
      [end, within] = [target, null];
      continue;
    }
    const attribute = holder.attributeByName.get(name);
    if (attribute === undefined) {
      complain(at, 'graphql', `${holder.name} has no '${name}' (${String(value)})`);
      return null;
    }
    const inner = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
    const path: readonly string[] = [...(within?.names ?? []), name];
    if (index === names.length - 1) return { kind: 'nodes', source, from, of: end, relations, attribute: path };
    if (inner === undefined) {
      complain(at, 'graphql', `'${name}' has no members (${String(value)})`);
      return null;
    }
    within = { of: inner, names: path };
  }
  return { kind: 'nodes', source, from, of: end, relations, attribute: null };
};

/**
 * A path (text), a constant (true, a number), a list, an object, or one of `$text`, `$key`, `$first`, `$match`, `$now`. An object may have `$links`: what hangs on
 * the value by relations of its class.
 */
export const valueOf = (entry: Entry, scope: Scope, attribute?: Attribute, holder?: Collection): ValueOf => {
  const { at, value } = entry;
  const { reading } = scope;
  if (typeof value === 'string') {
    const operand = operandOf(entry, scope);
    return operand === null ? { kind: 'constant', value: null } : { kind: 'operand', operand };
  }
  if (typeof value === 'boolean' || typeof value === 'number') return { kind: 'constant', value };
  if (Array.isArray(value))
    return { kind: 'list', of: listOf(entry, reading).map((one) => valueOf(one, scope, attribute, holder)) };
  const members = membersOf(entry, reading);
  const [only] = members;
  if (only !== undefined && members.length === 1) {
    const [key, one] = only;
    if (key === '$text') return { kind: 'constant', value: one.value };
    if (key === '$now') return { kind: 'now' };
    if (key === '$match') return matchOf(one, scope);
    if (key === '$key') return { kind: 'key', parts: listOf(one, reading).map((each) => valueOf(each, scope)) };
    if (key === '$first') return { kind: 'first', of: listOf(one, reading).map((each) => valueOf(each, scope)) };
  }
  const inner = attribute?.type.kind === 'class' ? reading.model.classes.get(attribute.type.class) : undefined;
  if (attribute === undefined || inner === undefined) {
    reading.complain(at, 'value-type', 'this takes a path or a constant');
    return { kind: 'constant', value: null };
  }
  const own = new Map<string, ValueOf>();
  for (const [key, one] of members) {
    if (key === '$links') continue;
    const member = inner.attributeByName.get(key);
    if (member === undefined) reading.complain(one.at, 'graphql', `${inner.name} has no attribute '${key}'`);
    else own.set(key, valueOf(one, scope, member));
  }
  return { kind: 'object', members: own, links: linksOf(memberOf(entry, '$links'), inner, attribute, scope, holder) };
};

/** `[path, { form: value, … }]` */
const matchOf = (entry: Entry, scope: Scope): ValueOf => {
  const [path, cases] = listOf(entry, scope.reading);
  const of = path === undefined ? null : operandOf(path, scope);
  const all = cases === undefined ? [] : membersOf(cases, scope.reading);
  if (of === null || all.length === 0) {
    scope.reading.complain(entry.at, 'value-type', 'this takes a path, and values by forms');
    return { kind: 'constant', value: null };
  }
  return {
    kind: 'match',
    of,
    cases: all.map(([form, one]) => ({ form: new RegExp(`^(?:${form})$`, 'u'), value: one.value })),
  };
};

const linksOf = (
  entry: Entry,
  of: ModelClass,
  attribute: Attribute,
  scope: Scope,
  holder: Collection | undefined,
): Extract<ValueOf, { kind: 'object' }>['links'] =>
  membersOf(entry, scope.reading).flatMap(([relation, one]) => {
    const target = holder?.nestedLinks.get(`${attribute.jsonName}.${relation}`)?.target ?? null;
    const nodes = operandOf(one, scope);
    if (!of.relationByName.has(relation) || target === null) {
      scope.reading.complain(one.at, 'graphql', `${of.name} has no relation '${relation}' here`);
      return [];
    }
    return nodes === null || nodes.kind !== 'nodes' ? [] : [{ relation, target, nodes }];
  });
