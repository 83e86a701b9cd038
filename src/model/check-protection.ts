// The rules for protection.yaml, checked against the derived model: that it names what exists, and that nothing which leads to a protected
// person has been forgotten. Called by load after derive. Pure.
import { isProtectionLevel } from './derive-protection.ts';
import { ruleOf } from './link-rule.ts';
import { below } from './findings.ts';
import type { At, Complain } from './findings.ts';
import type { ClassKey, Collection, CollectionPath, Model, ModelClass } from './model.ts';
import type { SourceAbout, SourceMarking, SourceProtection, Sources } from './source.ts';

/** Checks markings, `about` and `not-about`; complaints go to `complain`. A model without markings needs neither of the others. */
export const checkProtection = (
  { protection: source, protectionOf }: Sources,
  model: Model,
  complain: Complain,
): void => {
  for (const [place, marking] of source.markings.entries()) {
    checkMarking(model, marking, complain);
    if (source.markings.findIndex((one) => one.class === marking.class) !== place)
      complain(marking.at, 'protection', `${marking.class} has a marking already`);
  }
  const named = new Map<ClassKey, string>();
  const name = (at: At, key: ClassKey, as: string): void => {
    const of = model.classes.get(key);
    if (of === undefined) complain(at, 'protection', `class ${key} does not exist`);
    else if (of.kind !== 'main') complain(at, 'protection', `${key} is ${of.kind}; only main classes are served`);
    const other = named.get(key);
    if (other !== undefined) complain(at, 'protection', `${key} is also named in '${other}'`);
    named.set(key, as);
  };
  for (const one of source.about) name(one.at, one.class, 'about');
  for (const one of source.notAbout) {
    name(one.at, one.class, 'not-about');
    if (one.reason.trim() === '') complain(one.at, 'protection', `${one.class} has no reason`);
  }
  for (const one of source.about) checkAbout(model, one, complain);
  checkCircles(model, source, complain);
  checkGaps(model, source, protectionOf, complain);
};

const checkMarking = (model: Model, { at, class: key, attribute, levels }: SourceMarking, complain: Complain): void => {
  const of = model.classes.get(key);
  if (of === undefined) return complain(at, 'protection', `class ${key} does not exist`);
  const found = of.attributeByName.get(attribute);
  if (found === undefined || found.list || found.type.kind !== 'primitive' || found.type.primitive !== 'string')
    complain(below(at, 'attribute'), 'protection', `${of.className} has no single text attribute '${attribute}'`);
  if (levels.size === 0) complain(below(at, 'levels'), 'protection', `no value of '${attribute}' has a level`);
  for (const [code, level] of levels)
    if (!isProtectionLevel(level))
      complain(below(at, 'levels', code), 'protection', `the level of '${code}' is none of 0, 1, 2, 3`);
};

const collectionsOf = (model: Model, key: ClassKey): readonly Collection[] =>
  [...model.collections.values()].filter((one) => one.class.key === key);

/** Each relation exists and leads to a collection that is marked or itself about somebody, or nothing would follow from it. */
const checkAbout = (model: Model, { at, class: key, relations }: SourceAbout, complain: Complain): void => {
  const { markings, about } = model.protection;
  if (relations.length === 0) complain(at, 'protection', `${key} names no relation`);
  for (const [position, relation] of relations.entries())
    for (const collection of collectionsOf(model, key)) {
      const target = ruleOf(collection, relation)?.target ?? null;
      const here = below(at, position);
      if (target === null)
        complain(here, 'protection', `${collection.path} has no relation '${relation}' to a collection of the model`);
      else if (!markings.has(target) && !about.has(target))
        complain(here, 'protection', `'${relation}' of ${collection.path} leads to ${target}, which is about nobody`);
    }
};

/** What is about itself by way of others would keep its protection for ever. */
const checkCircles = (model: Model, source: SourceProtection, complain: Complain): void => {
  const targetsOf = (path: CollectionPath): readonly CollectionPath[] => {
    const collection = model.collections.get(path);
    return (model.protection.about.get(path) ?? []).flatMap(({ relation }) => {
      const target = collection === undefined ? null : (ruleOf(collection, relation)?.target ?? null);
      return target === null ? [] : [target];
    });
  };
  for (const one of source.about)
    for (const { path } of collectionsOf(model, one.class))
      if (reached(targetsOf(path), targetsOf).has(path))
        complain(one.at, 'protection', `${path} is about itself, by way of what it is about`);
};

/** Everything that the steps lead to, the first ones included. */
const reached = (
  first: readonly CollectionPath[],
  next: (path: CollectionPath) => readonly CollectionPath[],
): ReadonlySet<CollectionPath> => {
  const seen = new Set(first);
  const open = [...first];
  for (let path = open.pop(); path !== undefined; path = open.pop())
    for (const each of next(path))
      if (!seen.has(each)) {
        seen.add(each);
        open.push(each);
      }
  return seen;
};

const checkGaps = (
  model: Model,
  source: SourceProtection,
  homes: ReadonlyMap<string, At>,
  complain: Complain,
): void => {
  const leading = leadingToMarked(model);
  const excused = new Set(source.notAbout.map((one) => one.class));
  const about = new Set(source.about.map((one) => one.class));
  const gaps = new Set<ModelClass>();
  for (const path of leading) {
    const of = model.collections.get(path)?.class;
    if (of !== undefined && !model.protection.markings.has(path) && !about.has(of.key) && !excused.has(of.key))
      gaps.add(of);
  }
  for (const of of gaps)
    complain(
      below(homes.get(of.package) ?? source.at, 'about'),
      'protection-gap',
      `${of.key} leads to persons that can be protected: say in 'about' by which relations it is about them, or in 'not-about' why it is not`,
    );
  for (const one of source.notAbout)
    if (model.classes.has(one.class) && !collectionsOf(model, one.class).some(({ path }) => leading.has(path)))
      complain(one.at, 'protection', `${one.class} leads to nobody who can be protected and need not be named`);
};

/** The collections from which some chain of relations, those inside values included, leads to a marked one. */
const leadingToMarked = (model: Model): ReadonlySet<CollectionPath> => {
  const sources = new Map<CollectionPath, CollectionPath[]>();
  for (const collection of model.collections.values())
    for (const rule of [...collection.links.values(), ...collection.nestedLinks.values()])
      if (rule.target !== null) sources.set(rule.target, [...(sources.get(rule.target) ?? []), collection.path]);
  return reached([...model.protection.markings.keys()], (path) => sources.get(path) ?? []);
};
