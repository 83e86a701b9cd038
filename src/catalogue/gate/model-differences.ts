// The differences between two information models as model/describe-model.ts tells them: for those who build on the model itself, and not on one of its
// faces. What a change does to an API is told by the description of that API.
import type { DescribedAttribute, DescribedClass, DescribedModel, DescribedRelation } from '#model/describe-model.ts';
import type { ChangeKind } from '../contract.ts';
import type { Differ, GateFinding } from './finding.ts';
import { isMap, readDocument } from './json-tree.ts';
import { markChange } from './marks.ts';

type Tell = (kind: ChangeKind, rule: string, coordinate: string, text: string) => void;

/** Compares two artefacts of the model. */
export const modelDifferences: Differ = (before, after, { api, artefact }) => {
  const found: GateFinding[] = [];
  const tell: Tell = (kind, rule, coordinate, text) => void found.push({ api, coordinate, kind, rule, text, artefact });
  const [old, now] = [classesIn(before, artefact), classesIn(after, artefact)];
  for (const [name, one] of Object.entries(old)) {
    const other = now[name];
    if (other === undefined) tell('breaking', 'class-removed', name, 'The class is gone.');
    else compareClasses(tell, name, one, other);
  }
  for (const name of Object.keys(now)) if (!(name in old)) tell('compatible', 'class-added', name, 'The class is new.');
  return found;
};

/** What our own maker wrote, and a manifest vouches for. */
const classesIn = (text: string, artefact: string): DescribedModel['classes'] => {
  const { classes } = readDocument(text, artefact);
  if (!isMap(classes)) throw new Error(`${artefact} holds no classes.`);
  return classes as DescribedModel['classes'];
};

const compareClasses = (tell: Tell, name: string, was: DescribedClass, is: DescribedClass): void => {
  if (was.kind !== is.kind)
    tell('breaking', 'class-kind-changed', name, `The class is ${is.kind} now and was ${was.kind}.`);
  if (was.superclass !== is.superclass)
    tell(
      was.superclass === null ? 'compatible' : 'breaking',
      'superclass-changed',
      name,
      `The class is a kind of ${is.superclass ?? 'nothing'} now, and was one of ${was.superclass ?? 'nothing'}.`,
    );
  if (was.writeable !== is.writeable)
    tell(
      is.writeable ? 'compatible' : 'breaking',
      is.writeable ? 'class-writeable' : 'class-not-writeable',
      name,
      is.writeable ? 'Clients may write the class now.' : 'Clients may not write the class any more.',
    );
  if (was.naturalKey.join() !== is.naturalKey.join())
    tell(
      'breaking',
      'natural-key-changed',
      name,
      `What it is known by is ${told(is.naturalKey)} now and was ${told(was.naturalKey)}.`,
    );
  if (was.number !== is.number)
    tell(
      was.number === null ? 'compatible' : 'breaking',
      'id-form-changed',
      name,
      `Ids that are made of keys begin with ${is.number ?? 'nothing'} now and began with ${was.number ?? 'nothing'}.`,
    );
  for (const path of was.servedAt)
    if (!is.servedAt.includes(path))
      tell('breaking', 'collection-removed', name, `It is not served at ${path} any more.`);
  for (const path of is.servedAt)
    if (!was.servedAt.includes(path)) tell('compatible', 'collection-added', name, `It is served at ${path} too.`);
  compareAttributes(tell, name, was.attributes, is.attributes);
  compareRelations(tell, name, was.relations, is.relations);
};

const told = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(' and '));

const compareAttributes = (
  tell: Tell,
  name: string,
  old: DescribedClass['attributes'],
  now: DescribedClass['attributes'],
): void => {
  for (const [member, was] of Object.entries(old)) {
    const is = now[member];
    const at = `${name}.${member}`;
    if (is !== undefined) compareAttribute(tell, at, was, is);
    else if (was.identifier) tell('breaking', 'identifier-removed', at, 'The identifier is gone.');
    else tell('breaking', 'attribute-removed', at, 'The attribute is gone.');
  }
  for (const [member, is] of Object.entries(now)) {
    if (member in old) continue;
    const at = `${name}.${member}`;
    if (is.optional || !is.writeable) tell('compatible', 'attribute-added', at, 'The attribute is new.');
    else tell('breaking', 'attribute-required', at, 'The attribute is new, and who writes must give it.');
  }
};

const compareAttribute = (tell: Tell, at: string, was: DescribedAttribute, is: DescribedAttribute): void => {
  if (was.type !== is.type)
    tell('breaking', 'attribute-type-changed', at, `The type is ${is.type} now and was ${was.type}.`);
  if (was.list !== is.list)
    tell(
      'breaking',
      'multiplicity-changed',
      at,
      is.list ? 'There may be several values now.' : 'There is one value at most now.',
    );
  if (!was.optional && is.optional) tell('breaking', 'attribute-optional', at, 'The attribute may be absent now.');
  if (was.optional && !is.optional)
    tell(
      is.writeable ? 'breaking' : 'compatible',
      'attribute-required',
      at,
      is.writeable ? 'Who writes must give the attribute now.' : 'The attribute is always there now.',
    );
  if (was.identifier !== is.identifier)
    tell(
      is.identifier ? 'compatible' : 'breaking',
      is.identifier ? 'identifier-added' : 'identifier-removed',
      at,
      is.identifier ? 'It identifies now.' : 'It does not identify any more.',
    );
  if (was.writeable && !is.writeable)
    tell('breaking', 'attribute-not-writeable', at, 'Clients may not write the attribute any more.');
  if (!was.writeable && is.writeable)
    tell('compatible', 'attribute-writeable', at, 'Clients may write the attribute now.');
  // Who had been given what was open has not been given what is personal.
  if (was.sensitivity !== is.sensitivity)
    tell('breaking', 'sensitivity-changed', at, `Its sensitivity is ${is.sensitivity} now and was ${was.sensitivity}.`);
  compareValues(tell, at, was.values, is.values);
  tellMark(tell, at, markChange(was.contract, is.contract));
};

const tellMark = (tell: Tell, at: string, change: ReturnType<typeof markChange>): void => {
  if (change !== null) tell(change.kind, change.rule, at, change.text);
};

const compareValues = (tell: Tell, at: string, was: readonly string[] | null, is: readonly string[] | null): void => {
  if (was === null && is === null) return;
  if (was === null) return tell('breaking', 'values-closed', at, `Only ${told(is ?? [])} are possible now.`);
  if (is === null) return tell('breaking', 'values-opened', at, 'Any value is possible now.');
  for (const value of was)
    if (!is.includes(value)) tell('breaking', 'value-removed', at, `The value ${value} is gone.`);
  for (const value of is) if (!was.includes(value)) tell('dangerous', 'value-added', at, `The value ${value} is new.`);
};

const compareRelations = (
  tell: Tell,
  name: string,
  old: DescribedClass['relations'],
  now: DescribedClass['relations'],
): void => {
  for (const [member, was] of Object.entries(old)) {
    const is = now[member];
    const at = `${name}.${member}`;
    if (is === undefined) tell('breaking', 'relation-removed', at, 'The relation is gone.');
    else compareRelation(tell, at, was, is);
  }
  for (const member of Object.keys(now)) {
    if (member in old) continue;
    const asked = now[member]?.multiplicity.startsWith('1') === true;
    // A link that must be there is asked of those who write, and is no more than news to those who read.
    tell(asked ? 'dangerous' : 'compatible', 'relation-added', `${name}.${member}`, 'The relation is new.');
  }
};

const compareRelation = (tell: Tell, at: string, was: DescribedRelation, is: DescribedRelation): void => {
  if (was.target !== is.target)
    tell('breaking', 'relation-target-changed', at, `It leads to ${is.target} now and led to ${was.target}.`);
  if (was.multiplicity !== is.multiplicity) {
    // More may come than a reader counts on, or less than it relies on; fewer may be sent than a writer has. One case is told of all.
    const text = `There are ${is.multiplicity} of it now and were ${was.multiplicity}.`;
    tell('breaking', 'multiplicity-changed', at, text);
  }
  if (was.inverse !== is.inverse)
    tell(
      was.inverse === null ? 'compatible' : 'breaking',
      'inverse-changed',
      at,
      `What leads back is ${is.inverse ?? 'nothing'} now and was ${was.inverse ?? 'nothing'}.`,
    );
  tellMark(tell, at, markChange(was.contract, is.contract));
};
