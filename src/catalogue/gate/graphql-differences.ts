// Two texts of one GraphQL schema, and what the step from one to the other is to those who use it (facts 7.5). Called by the gate. Alone for one text, or
// for all levels of flags together, which tells a part whose mark is lowered from one that is gone. Knows no dates and no announcements.
import { Kind, print } from 'graphql';
import type { ConstValueNode } from 'graphql';
import type { ChangeKind } from '../contract.ts';
import type { Compared, Differ, GateFinding } from './finding.ts';
import { graphqlParts, namedIn } from './graphql-parts.ts';
import type { FieldPart, InputPart, PartMarks, SchemaParts, TypePart } from './graphql-parts.ts';

/** Differences between two texts of a schema. Throws where a text is no schema. */
export const graphqlDifferences: Differ = (before, after, of) =>
  schemaDifferences(graphqlParts(before), graphqlParts(after), of, true);

/** The same artefact before and now, of one level of flags. */
export type SchemaLevel = { readonly artefact: string; readonly before: string; readonly after: string };

/**
 * Differences of an API whose schema is told once for each level of flags, the firmest level first; each of them has what the firmer ones have. A finding
 * stands under the firmest level in which it shows. What leaves a level and stays in a less firm one is lowered, what comes from there is raised. Throws
 * where a text is no schema.
 */
export const graphqlLevelDifferences = (levels: readonly SchemaLevel[], api: string): readonly GateFinding[] => {
  const read = levels.map(({ artefact, before, after }) => ({
    artefact,
    before: graphqlParts(before),
    after: graphqlParts(after),
  }));
  const told = new Set<string>();
  return read.flatMap(({ artefact, before, after }, at) =>
    schemaDifferences(before, after, { api, artefact }, false)
      .map((finding) => {
        const wider = read.slice(at + 1);
        if (removals.has(finding.rule) && wider.some((level) => holds(level.after, finding.coordinate)))
          return { ...finding, ...lowered };
        // What is dangerous to those who have not sent a flag stays so.
        const isMove = additions.has(finding.rule) && finding.kind === 'compatible';
        return isMove && wider.some((level) => holds(level.before, finding.coordinate))
          ? { ...finding, ...raised }
          : finding;
      })
      .filter(({ coordinate, rule, text }) => {
        const key = `${coordinate} ${rule} ${several.has(rule) ? text : ''}`;
        const isNew = !told.has(key);
        told.add(key);
        return isNew;
      }),
  );
};

const removals: ReadonlySet<string> = new Set([
  'type-removed',
  'field-removed',
  'argument-removed',
  'input-member-removed',
  'value-removed',
]);
const additions: ReadonlySet<string> = new Set(['type-added', 'field-added', 'argument-added', 'input-member-added']);

/** Rules of which one coordinate may break several at once. */
const several: ReadonlySet<string> = new Set([
  'interface-removed',
  'interface-added',
  'union-member-removed',
  'union-member-added',
  'directive-location-removed',
  'directive-location-added',
]);

type Judgement = Pick<GateFinding, 'kind' | 'rule' | 'text'>;

const judge = (kind: ChangeKind, rule: string, text: string): Judgement => ({ kind, rule, text });

const lowered = judge('breaking', 'mark-lowered', 'Asks for a flag from now on: its contract is less firm.');
const raised = judge('compatible', 'mark-raised', 'Is under a firmer contract.');

type Say = (coordinate: string, judgement: Judgement) => void;

const schemaDifferences = (
  before: SchemaParts,
  after: SchemaParts,
  { api, artefact }: Compared,
  withMarks: boolean,
): readonly GateFinding[] => {
  const found: GateFinding[] = [];
  const say: Say = (coordinate, judgement) => found.push({ api, coordinate, ...judgement, artefact });
  compareRoots(before, after, say);
  compareDirectives(before, after, say);
  const [gone, come] = [standingAlone(before, after), standingAlone(after, before)];
  const roots = new Set([...before.roots.values(), ...after.roots.values()]);
  for (const [name, type] of before.types) {
    const now = after.types.get(name);
    if (now === undefined) {
      if (gone.has(name) && !roots.has(name)) say(name, judge('breaking', 'type-removed', 'The type is gone.'));
    } else if (now.kind !== type.kind)
      say(name, judge('breaking', 'type-kind-changed', `Was of the kind ${type.kind} and is of the kind ${now.kind}.`));
    else compareTypes(name, type, now, { before, after, say, withMarks });
  }
  for (const name of after.types.keys())
    if (!before.types.has(name) && come.has(name) && !roots.has(name))
      say(name, judge('compatible', 'type-added', 'A new type.'));
  return found;
};

type Comparing = {
  readonly before: SchemaParts;
  readonly after: SchemaParts;
  readonly say: Say;
  /** Whether directives are asked for the contract of a part; not where levels of flags tell it. */
  readonly withMarks: boolean;
};

const compareRoots = (before: SchemaParts, after: SchemaParts, say: Say): void => {
  for (const [word, name] of before.roots) {
    const now = after.roots.get(word);
    if (now === undefined) say(name, judge('breaking', 'root-removed', `There is no ${word} any more.`));
    else if (now !== name)
      say(name, judge('breaking', 'root-changed', `Was where each ${word} begins; that is ${now} now.`));
  }
  for (const [word, name] of after.roots)
    if (!before.roots.has(word)) say(name, judge('compatible', 'root-added', `There is a ${word} now.`));
};

/** Directives that documents may hold; those that only schemas hold are read where they are applied, and are nothing that clients write. */
const inDocuments: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

const compareDirectives = (before: SchemaParts, after: SchemaParts, say: Say): void => {
  for (const [name, directive] of before.directives) {
    const now = after.directives.get(name);
    if (now === undefined) {
      say(`@${name}`, judge('breaking', 'directive-removed', 'The directive is gone.'));
      continue;
    }
    for (const location of directive.locations)
      if (!now.locations.has(location))
        say(`@${name}`, judge('breaking', 'directive-location-removed', `May not stand on ${location} any more.`));
    for (const location of now.locations)
      if (!directive.locations.has(location))
        say(`@${name}`, judge('compatible', 'directive-location-added', `May stand on ${location}, too.`));
    if (directive.repeatable && !now.repeatable)
      say(`@${name}`, judge('breaking', 'directive-once-only', 'May not be repeated any more.'));
    compareInputs(directive.args, now.args, {
      at: (arg) => `@${name}(${arg}:)`,
      word: 'argument',
      isFilter: () => false,
      whole: null,
      say,
      withMarks: false,
    });
  }
  for (const [name, { locations }] of after.directives)
    if (!before.directives.has(name))
      say(
        `@${name}`,
        judge(
          'compatible',
          'directive-added',
          [...locations].some((location) => inDocuments.has(location))
            ? 'A new directive for documents.'
            : 'A new directive for schemas.',
        ),
      );
};

const compareTypes = (name: string, was: TypePart, is: TypePart, comparing: Comparing): void => {
  const { say } = comparing;
  compareMarks(name, [was.marks, is.marks], null, comparing);
  compareSets(was.interfaces, is.interfaces, {
    gone: (one) => say(name, judge('breaking', 'interface-removed', `Is no ${one} any more.`)),
    come: (one) =>
      say(name, judge('dangerous', 'interface-added', `Is a ${one}, too: where one is answered, this may be it.`)),
  });
  compareSets(was.members, is.members, {
    gone: (one) => say(name, judge('breaking', 'union-member-removed', `Is never a ${one} any more.`)),
    come: (one) => say(name, judge('dangerous', 'union-member-added', `May be a ${one}, too.`)),
  });
  if (is.oneOf && !was.oneOf)
    say(name, judge('breaking', 'input-one-of', 'Takes exactly one of its members from now on.'));
  if (was.oneOf && !is.oneOf) say(name, judge('compatible', 'input-any-of', 'Takes more than one of its members.'));
  if (was.specifiedBy !== is.specifiedBy)
    say(
      name,
      judge(
        'breaking',
        'format-changed',
        `Was specified by ${was.specifiedBy ?? 'nothing'} and is by ${is.specifiedBy ?? 'nothing'}.`,
      ),
    );
  compareValues(name, was, is, comparing);
  compareFields(name, was, is, comparing);
  compareInputs(was.inputs, is.inputs, {
    at: (member) => `${name}.${member}`,
    word: 'input-member',
    isFilter: () => filterInputs(comparing.before).has(name),
    whole: [was.marks, is.marks],
    say,
    withMarks: comparing.withMarks,
  });
};

type Steps = { readonly gone: (one: string) => void; readonly come: (one: string) => void };

const compareSets = (was: ReadonlySet<string>, is: ReadonlySet<string>, { gone, come }: Steps): void => {
  for (const one of was) if (!is.has(one)) gone(one);
  for (const one of is) if (!was.has(one)) come(one);
};

const compareValues = (name: string, was: TypePart, is: TypePart, comparing: Comparing): void => {
  const { say } = comparing;
  for (const [value, marks] of was.values) {
    const now = is.values.get(value);
    if (now === undefined) say(`${name}.${value}`, judge('breaking', 'value-removed', 'The value is gone.'));
    else compareMarks(`${name}.${value}`, [marks, now], [was.marks, is.marks], comparing);
  }
  for (const value of is.values.keys())
    if (!was.values.has(value))
      say(
        `${name}.${value}`,
        judge('dangerous', 'value-added', 'A new value: clients may meet what they do not know.'),
      );
};

const compareFields = (type: string, was: TypePart, is: TypePart, comparing: Comparing): void => {
  const { say } = comparing;
  for (const [name, field] of was.fields) {
    const at = `${type}.${name}`;
    const now = is.fields.get(name);
    if (now === undefined) {
      say(at, judge('breaking', 'field-removed', 'The field is gone.'));
      continue;
    }
    const whole = [was.marks, is.marks] as const;
    compareMarks(at, [field.marks, now.marks], whole, comparing);
    if (field.type !== now.type) {
      const text = `Was ${field.type} and is ${now.type}.`;
      say(
        at,
        answersAsBefore(field.type, now.type)
          ? judge('compatible', 'field-type-firmer', text)
          : judge('breaking', 'field-type-changed', text),
      );
    }
    compareInputs(field.args, now.args, {
      at: (arg) => `${at}(${arg}:)`,
      word: 'argument',
      isFilter: (arg) => arg === 'filter',
      whole: [under(was.marks, field.marks), under(is.marks, now.marks)],
      say,
      withMarks: comparing.withMarks,
    });
  }
  for (const name of is.fields.keys())
    if (!was.fields.has(name)) say(`${type}.${name}`, judge('compatible', 'field-added', 'A new field.'));
};

type InputsOf = Pick<Comparing, 'say' | 'withMarks'> & {
  readonly at: (name: string) => string;
  readonly word: 'argument' | 'input-member';
  /** Whether a default decides what is answered and what is not. */
  readonly isFilter: (name: string) => boolean;
  readonly whole: readonly [PartMarks, PartMarks] | null;
};

const compareInputs = (was: ReadonlyMap<string, InputPart>, is: ReadonlyMap<string, InputPart>, of: InputsOf): void => {
  const { at, word, isFilter, whole, say } = of;
  const noun = word === 'argument' ? 'argument' : 'member';
  for (const [name, input] of was) {
    const now = is.get(name);
    if (now === undefined) {
      say(at(name), judge('breaking', `${word}-removed`, `The ${noun} is gone.`));
      continue;
    }
    compareMarks(at(name), [input.marks, now.marks], whole, of);
    const becameRequired = isRequired(now) && !isRequired(input);
    const typeNow = becameRequired && !input.type.endsWith('!') ? now.type.slice(0, -1) : now.type;
    if (input.type !== typeNow) {
      const text = `Was ${input.type} and is ${now.type}.`;
      say(
        at(name),
        takesAsBefore(input.type, typeNow)
          ? judge('compatible', `${word}-type-looser`, text)
          : judge('breaking', `${word}-type-changed`, text),
      );
    }
    if (becameRequired) say(at(name), judge('breaking', `${word}-required`, `The ${noun} must be given from now on.`));
    else compareDefaults(name, input, now, of);
  }
  for (const [name, input] of is) {
    if (was.has(name)) continue;
    if (isRequired(input)) say(at(name), judge('breaking', `${word}-required`, `A new ${noun} that must be given.`));
    else if (input.given === null || input.given.kind === Kind.NULL)
      say(at(name), judge('compatible', `${word}-added`, `A new ${noun} that changes nothing where it is left out.`));
    else if (isFilter(name))
      say(
        at(name),
        judge(
          'breaking',
          'default-narrowed',
          `A new ${noun} that leaves out what is not ${print(input.given)} where it is not given.`,
        ),
      );
    else
      say(
        at(name),
        judge('dangerous', `${word}-added`, `A new ${noun} that counts as ${print(input.given)} where it is left out.`),
      );
  }
};

const isRequired = ({ type, given }: InputPart): boolean => type.endsWith('!') && given === null;

const compareDefaults = (name: string, was: InputPart, is: InputPart, { at, isFilter, say }: InputsOf): void => {
  const [before, now] = [wordsOf(was.given), wordsOf(is.given)];
  if (before === now) return;
  const text = `Where it is left out it counted as ${before} and counts as ${now}.`;
  if (name === 'first' && was.given?.kind === Kind.INT && is.given?.kind === Kind.INT)
    return say(
      at(name),
      Number(is.given.value) < Number(was.given.value)
        ? judge('breaking', 'default-first-lowered', text)
        : judge('dangerous', 'default-changed', text),
    );
  // Any of the items, in whatever order.
  if (isFilter(name) && is.given?.kind === Kind.LIST && widens(was.given, is.given) && widens(is.given, was.given))
    return;
  const narrowed = isFilter(name) && !widens(was.given, is.given);
  say(at(name), narrowed ? judge('breaking', 'default-narrowed', text) : judge('dangerous', 'default-changed', text));
};

/** Whether what a default of a filter lets through is let through by another one: a list is any of its items, nothing is everything. */
const widens = (was: ConstValueNode | null, is: ConstValueNode | null): boolean => {
  if (is === null || is.kind === Kind.NULL) return true;
  if (was?.kind !== Kind.LIST || is.kind !== Kind.LIST) return false;
  const now = new Set(is.values.map(wordsOf));
  return was.values.length > 0 && was.values.every((value) => now.has(wordsOf(value)));
};

/** A value as text, in which the order of members says nothing. */
const wordsOf = (value: ConstValueNode | null): string => {
  if (value === null) return 'nothing';
  if (value.kind === Kind.OBJECT)
    return `{${value.fields
      .map((field) => `${field.name.value}: ${wordsOf(field.value)}`)
      .toSorted()
      .join(', ')}}`;
  if (value.kind === Kind.LIST) return `[${value.values.map(wordsOf).join(', ')}]`;
  return print(value);
};

/** Whether everything that is answered under the new type could be answered under the old one: non-null may come to it, nothing else. */
const answersAsBefore = (was: string, is: string): boolean => {
  if (was === is) return true;
  if (is.endsWith('!')) return answersAsBefore(was.endsWith('!') ? was.slice(0, -1) : was, is.slice(0, -1));
  return isList(was) && isList(is) && answersAsBefore(was.slice(1, -1), is.slice(1, -1));
};

/** Whether everything that could be given is taken: non-null may go. */
const takesAsBefore = (was: string, is: string): boolean => {
  if (was === is) return true;
  if (was.endsWith('!')) return takesAsBefore(was.slice(0, -1), is.endsWith('!') ? is.slice(0, -1) : is);
  if (is.endsWith('!')) return false;
  return isList(was) && isList(is) && takesAsBefore(was.slice(1, -1), is.slice(1, -1));
};

const isList = (type: string): boolean => type.startsWith('[') && type.endsWith(']');

const under = (whole: PartMarks, part: PartMarks): PartMarks => ({
  ...part,
  rank: Math.max(whole.rank, part.rank),
  flags: part.flags.length === 0 ? whole.flags : part.flags,
});

/** What the marks of a part say that those of the whole it stands in do not say already. */
const compareMarks = (
  coordinate: string,
  [was, is]: readonly [PartMarks, PartMarks],
  whole: readonly [PartMarks, PartMarks] | null,
  { say, withMarks }: Pick<Comparing, 'say' | 'withMarks'>,
): void => {
  if (was.deprecated === null && is.deprecated !== null)
    say(coordinate, judge('compatible', 'deprecated', 'Should not be used any more.'));
  if (was.deprecated !== null && is.deprecated === null)
    say(coordinate, judge('compatible', 'deprecation-lifted', 'May be used again.'));
  if (is.weight !== null && is.weight > (was.weight ?? 1))
    say(coordinate, judge('dangerous', 'cost-raised', `Costs ${is.weight} where it cost ${was.weight ?? 1}.`));
  const [wasIn, isIn] = whole === null ? [was, is] : [under(whole[0], was), under(whole[1], is)];
  const isFlagged =
    isIn.flags.length > 0 && (wasIn.flags.length === 0 || wasIn.flags.some((flag) => !isIn.flags.includes(flag)));
  const isByWhole = whole !== null && is.flags.length === 0;
  if (isFlagged && !isByWhole)
    say(coordinate, judge('breaking', 'flag-required', `Asks for one of the flags ${isIn.flags.join(', ')}.`));
  if (!withMarks) return;
  const [wholeWas, wholeIs] = [whole?.[0].rank ?? 0, whole?.[1].rank ?? 0];
  if (isIn.rank > wasIn.rank && isIn.rank > wholeIs) say(coordinate, lowered);
  if (isIn.rank < wasIn.rank && wasIn.rank > wholeWas) say(coordinate, raised);
};

/** Types of one schema that another does not have, and of which nothing else that is missing there tells: what only missing fields lead to goes with them. */
const standingAlone = (one: SchemaParts, other: SchemaParts): ReadonlySet<string> => {
  const missing = [...one.types.keys()].filter((name) => !other.types.has(name));
  if (missing.length === 0) return new Set();
  const all = reached(one, () => true);
  const stayed = reached(one, (coordinate) => holds(other, coordinate));
  return new Set(missing.filter((name) => stayed.has(name) || !all.has(name)));
};

/** Types that the roots lead to, by parts that count. A union leads to its members where `counts` has them, an interface to all that are it. */
const reached = (schema: SchemaParts, counts: (coordinate: string) => boolean): ReadonlySet<string> => {
  const implementing = implementors(schema);
  const seen = new Set<string>();
  const waiting = [...schema.roots.values()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = schema.types.get(name);
    if (type === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const [field, part] of type.fields) {
      if (!counts(`${name}.${field}`)) continue;
      waiting.push(namedIn(part.type));
      for (const [arg, input] of part.args) if (counts(`${name}.${field}(${arg}:)`)) waiting.push(namedIn(input.type));
    }
    for (const [member, input] of type.inputs) if (counts(`${name}.${member}`)) waiting.push(namedIn(input.type));
    for (const member of type.members) if (counts(member)) waiting.push(member);
    waiting.push(...type.interfaces, ...(implementing.get(name) ?? []));
  }
  for (const { args } of schema.directives.values()) for (const { type } of args.values()) seen.add(namedIn(type));
  return seen;
};

const implementors = (schema: SchemaParts): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const [name, { interfaces }] of schema.types)
    for (const one of interfaces) found.set(one, [...(found.get(one) ?? []), name]);
  return found;
};

const coordinateForm = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/;

/** Whether a schema has a part. */
const holds = (schema: SchemaParts, coordinate: string): boolean => {
  const [, typeName = '', part, arg] = coordinateForm.exec(coordinate) ?? [];
  const type = schema.types.get(typeName);
  if (type === undefined || part === undefined) return type !== undefined;
  const field: FieldPart | undefined = type.fields.get(part);
  if (arg !== undefined) return field?.args.has(arg) === true;
  return field !== undefined || type.inputs.has(part) || type.values.has(part);
};

const filters = new WeakMap<SchemaParts, ReadonlySet<string>>();

/** Types of inputs that an argument `filter` leads to. */
const filterInputs = (schema: SchemaParts): ReadonlySet<string> => {
  const before = filters.get(schema);
  if (before !== undefined) return before;
  const seen = new Set<string>();
  const waiting: string[] = [];
  for (const { fields } of schema.types.values())
    for (const { args } of fields.values()) {
      const filter = args.get('filter');
      if (filter !== undefined) waiting.push(namedIn(filter.type));
    }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = schema.types.get(name);
    if (type?.kind !== 'input' || seen.has(name)) continue;
    seen.add(name);
    for (const { type: inner } of type.inputs.values()) waiting.push(namedIn(inner));
  }
  filters.set(schema, seen);
  return seen;
};
