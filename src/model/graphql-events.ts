// What clients may follow through a GraphQL API, as data: `graphql/events.yaml` of a model folder, held against the model. Read at the start by the
// composition; the API makes fields and types of it, and streams for the hub. Knows no request and no stored data.
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { didYouMean } from '#base/text.ts';
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
  wayOf,
  wordOf,
  type Entry,
  type NamedClasses,
  type Reading,
} from './graphql-entry.ts';
import { contracts } from './graphql-filters.ts';
import { heldAs, readGraphqlFile } from './graphql-file.ts';
import type { FilterPath } from './filter.ts';
import type { Collection, ContractMark, Model, ModelClass, Text } from './model.ts';

/** A change of an attribute or relation (jsonName) of what relations lead to. */
export type EventChange = { readonly way: readonly string[]; readonly name: string };

/** Which changes of a resource make a kind of event. */
export type EventRule = {
  readonly kind: string;
  readonly created: boolean;
  readonly removed: boolean;
  readonly changed: readonly EventChange[];
  /** What must hold of the resource as it is now; of one that is gone nothing is asked. */
  readonly where: readonly { readonly path: readonly string[]; readonly value: string | boolean | number | null }[];
};

/** A day that a resource holds, and whether it counts when it has come or when it is over. */
export type EventDay = { readonly path: FilterPath; readonly when: 'reached' | 'passed' };

/** Resources whose changes make events about a subject. */
export type EventSource = {
  readonly of: Collection;
  /** The relations that lead from one to the subject; none where it is the subject. */
  readonly by: readonly string[];
  /** Events are made by the coming of this day alone, not by changes as such; null = by changes. */
  readonly day: EventDay | null;
  readonly rules: readonly EventRule[];
};

export type EventKind = {
  readonly name: string;
  readonly contract: ContractMark | null;
  /** Why it is never told; null = it is told. */
  readonly untold: Text | null;
};

/** A root field. */
export type EventFamily = {
  readonly name: string;
  readonly contract: ContractMark | null;
  readonly describe: Text;
  /** Name of the type of its events; that of their kinds. */
  readonly type: string;
  readonly kindType: string;
  readonly subject: { readonly name: string; readonly of: ModelClass };
  /** Another name of the argument for kinds, of old; null = none. */
  readonly alias: string | null;
  readonly kinds: readonly EventKind[];
  readonly sources: readonly EventSource[];
};

const words = ['common', 'item', 'kind', 'kinds', 'time', 'about'] as const;

export type GraphqlEvents = {
  /** How the parts of types are called: the interface of all events, the ending of types of items, the fields for kind, time and opaque id of the subject, and the argument for kinds. */
  readonly names: Readonly<Record<(typeof words)[number], string>>;
  readonly owner: string;
  readonly families: readonly EventFamily[];
};

const file = 'graphql/events.yaml';
const familyKeys = ['contract', 'nb', 'en', 'type', 'kindType', 'subject', 'of', 'alias', 'kinds'];
const ruleKeys = [
  'of',
  'by',
  'created',
  'removed',
  'changed',
  'reached',
  'passed',
  'where',
  'untold',
  'contract',
  'also',
];

/**
 * Takes the texts of the graphql files by their names in findings; gives null where there are no events. Fails with HUB-200 and one item
 * (`file:line`, rule and message) per fault: classes, attributes and relations that the model does not have, reasons that are not declared.
 */
export const readGraphqlEvents = (texts: ReadonlyMap<string, string>, model: Model): Result<GraphqlEvents | null> => {
  if (heldAs(texts, file) === undefined) return ok(null);
  return readGraphqlFile(texts, [file], model, (topOf, reading) => readEvents(topOf(file), reading));
};

type Known = {
  readonly reading: Reading;
  readonly classes: NamedClasses;
  readonly reasons: ReadonlyMap<string, Text>;
};

const readEvents = (top: Entry, reading: Reading): GraphqlEvents => {
  membersOf(top, reading, ['packages', 'owner', 'names', 'reasons', 'families']);
  const classes = classesOf(top, reading);
  const names = memberOf(top, 'names');
  membersOf(names, reading, words);
  const known: Known = { reading, classes, reasons: textsBy(memberOf(top, 'reasons'), reading) };
  return {
    names: Object.fromEntries(words.map((word) => [word, textIn(names, word, reading)])) as GraphqlEvents['names'],
    owner: textIn(top, 'owner', reading),
    families: membersOf(memberOf(top, 'families'), reading).flatMap(([name, one]) => readFamily(name, one, known)),
  };
};

const readFamily = (name: string, entry: Entry, known: Known): readonly EventFamily[] => {
  const { reading } = known;
  membersOf(entry, reading, familyKeys);
  const of = classNamed(textIn(entry, 'of', reading), entry.at, known);
  if (of === null) return [];
  const sources: Sources = new Map();
  const kinds = membersOf(memberOf(entry, 'kinds'), reading).map(([kind, one]): EventKind => {
    const untold = memberOf(one, 'untold');
    const reason = textOf(untold, reading);
    if (reason !== null && !known.reasons.has(reason))
      reading.complain(untold.at, 'graphql', `no reason is called '${reason}'`);
    const rules = reason === null ? [one, ...listOf(memberOf(one, 'also'), reading)] : [];
    for (const rule of rules) readRule({ kind, entry: rule, subject: of, sources }, known);
    return {
      name: kind,
      contract: wordOf(memberOf(one, 'contract'), contracts, reading),
      untold: reason === null ? null : (known.reasons.get(reason) ?? null),
    };
  });
  return [
    {
      name,
      contract: wordOf(memberOf(entry, 'contract'), contracts, reading),
      describe: textsIn(entry, reading),
      type: textIn(entry, 'type', reading),
      kindType: textIn(entry, 'kindType', reading),
      subject: { name: textIn(entry, 'subject', reading), of },
      alias: textOf(memberOf(entry, 'alias'), reading),
      kinds,
      sources: [...sources.values()],
    },
  ];
};

type RuleEntry = {
  readonly kind: string;
  readonly entry: Entry;
  readonly subject: ModelClass;
  readonly sources: Sources;
};

type Sources = Map<string, Omit<EventSource, 'rules'> & { readonly rules: EventRule[] }>;

const readRule = ({ kind, entry, subject, sources }: RuleEntry, known: Known): void => {
  const { reading } = known;
  const { complain, model } = reading;
  membersOf(entry, reading, ruleKeys);
  const named = textOf(memberOf(entry, 'of'), reading);
  const of = named === null ? subject : classNamed(named, entry.at, known);
  if (of === null) return;
  const collection = [...model.collections.values()].find((one) => one.class.key === of.key);
  if (collection === undefined) return complain(entry.at, 'graphql', `${of.name} has no collection`);
  const path = textOf(memberOf(entry, 'by'), reading);
  const by = path === null ? [] : (wayOf(of, path, entry.at, reading)?.relations ?? []);
  const end = path === null ? of : wayOf(of, path, entry.at, { model, complain: () => {} })?.end;
  if (end !== undefined && end.key !== subject.key)
    complain(entry.at, 'graphql', `'${path ?? of.name}' does not lead to ${subject.name}`);
  const truth = (key: string): boolean => {
    const { at, value } = memberOf(entry, key);
    if (value !== undefined && typeof value !== 'boolean') complain(at, 'value-type', 'this takes true or false');
    return value === true;
  };
  const changed = listOf(memberOf(entry, 'changed'), reading).flatMap((one) => changeIn(of, one, reading));
  const where = membersOf(memberOf(entry, 'where'), reading).flatMap(([key, one]) => {
    const place = placeOf(of, key, one.at, reading);
    const { value } = one;
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      return place === null ? [] : [{ path: place.path.names, value }];
    complain(one.at, 'value-type', 'this takes a text, a number, true or false');
    return [];
  });
  const rule: EventRule = { kind, created: truth('created'), removed: truth('removed'), changed, where };
  const isChange = rule.created || rule.removed || changed.length > 0;
  const [day, ...more] = daysIn(of, entry, reading);
  if (day !== undefined && (isChange || more.length > 0))
    complain(entry.at, 'graphql', 'what the coming of a day makes takes one day, and no change beside it');
  if (day === undefined && !isChange)
    complain(entry.at, 'graphql', 'nothing makes this kind: say created, removed, changed, reached, passed or untold');
  // Who is gone leads to nobody.
  if (rule.removed && by.length > 0)
    complain(entry.at, 'graphql', `what is removed leads to no ${subject.name} any more`);
  // Each day is followed by itself.
  const key = JSON.stringify([collection.path, by, ...(day === undefined ? [] : [kind, day, where])]);
  const source = sources.get(key) ?? { of: collection, by, day: day ?? null, rules: [] };
  // That a day has come is told like a coming.
  source.rules.push(day === undefined ? rule : { ...rule, created: true });
  sources.set(key, source);
};

/** `reached: studierettperiode/fraDato`. */
const daysIn = (of: ModelClass, entry: Entry, reading: Reading): readonly EventDay[] =>
  (['reached', 'passed'] as const).flatMap((when) => {
    const held = memberOf(entry, when);
    const text = textOf(held, reading);
    const place = text === null ? null : placeOf(of, text, held.at, reading);
    if (place === null) return [];
    if (place.path.kind !== 'date') reading.complain(held.at, 'graphql', `'${text}' is no date`);
    return [{ path: place.path, when }];
  });

/** `personProfil.navn`: relations, then the name of what changes. */
const changeIn = (of: ModelClass, entry: Entry, reading: Reading): readonly EventChange[] => {
  const steps = (textOf(entry, reading) ?? '').split('.');
  const name = steps.pop() ?? '';
  const way = steps.length === 0 ? { relations: [], end: of } : wayOf(of, steps.join('.'), entry.at, reading);
  if (way === null) return [];
  const { attributeByName, relationByName } = way.end;
  if (attributeByName.has(name) || relationByName.has(name)) return [{ way: way.relations, name }];
  const hint = didYouMean(name, [...attributeByName.keys(), ...relationByName.keys()]);
  reading.complain(entry.at, 'graphql', `${way.end.name} has neither attribute nor relation '${name}'${hint}`);
  return [];
};
