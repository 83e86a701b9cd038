// Turns a delivered resource into what the store holds: checked against the model, canonical, links read. Called by ingest for every
// entry and later by writers. Compiled once per collection into closures, because a county delivers millions of entries. Knows nothing
// of what is stored already, and keeps no value in its findings.
//
// Choices of ours where the facts are silent: members unknown to the model are left out and reported (HUB-614); a missing mandatory
// member is reported (HUB-613); a value of another type keeps the entry back (HUB-611), as does a single value where the model has a
// list; null counts as absent, inside lists too; an identifier without a value counts as absent; dates are never numbers.
import { limits } from '#base/limits.ts';
import { normalise } from '#base/text.ts';
import type { Attribute, Collection, LinkRule, Model, ModelClass } from '#model/model.ts';
import type { IdentifierValue, LinkTarget, OwnLink, PreparedResource } from '#store/store.ts';
import { hrefOf } from '#model/href.ts';
import { createLinkGuard } from './national-id-policy.ts';
import type { NationalIdGuard } from './national-id-policy.ts';
import { reject, shownName, warn } from './prepare-findings.ts';
import type { Finding, Findings } from './prepare-findings.ts';
import { createForeignReader, createLinksReader, readReference } from './prepare-links.ts';
import type { LinksReader } from './prepare-links.ts';
import { createMarkingReader, gathered, isGuarded } from './prepare-protection.ts';
import type { NestedLink } from './prepare-protection.ts';
import { cleanText, isPlainText, oneOfValues, refusal, typeName, valueWriters } from './prepare-values.ts';

/** Either a resource to store with its warnings, or the one reason why it cannot be held. */
export type Prepared =
  | {
      readonly prepared: PreparedResource;
      readonly findings: readonly Finding[];
      /** False when the entry's `identifier` is given and is none of the resource's own. */
      readonly named: boolean;
    }
  | { readonly rejected: Finding };

export type Preparer = (resource: unknown, identifier: string | null) => Prepared;

/** Writes one attribute: its JSON text, or '' when it counts as absent. */
type AttributeWriter = (value: unknown, at: string, findings: Findings) => string;

type Place = {
  readonly collection: Collection;
  readonly model: Model;
  readonly baseUrl: string;
  /** Attribute names from the resource inwards. */
  readonly path: readonly string[];
  /** Where links inside values that protection must follow are put down while an entry is walked. */
  readonly met: NestedLink[];
  /** Looks at values of the sensitivity `national-id`; null = any is taken. */
  readonly guard: NationalIdGuard | null;
  /** The place lies inside a value of that sensitivity. */
  readonly watched: boolean;
};

/** The identifier by which FINT addresses almost every class (facts 5.2): it leads when the delivered identifier does not say. */
export const leadingIdentifier = 'systemid';

const nothing: readonly Finding[] = [];

/**
 * Compiles the preparer of a collection. It takes a parsed JSON value and the entry's `identifier` (raw value, or an address that ends
 * with it), and gives the canonical resource or a rejection. It never throws and keeps no reference to what it was given. With a guard, national
 * ids that it refuses keep the entry back (HUB-417), in attributes and in the addresses of links.
 */
export const createPreparer = (
  collection: Collection,
  model: Model,
  baseUrl: string,
  guard: NationalIdGuard | null = null,
): Preparer => {
  const attributes = collection.class.attributes;
  const place: Place = { collection, model, baseUrl, path: [], met: [], guard, watched: false };
  const identifierSlots = new Map(
    collection.identifiers.map((field) => [
      attributes.findIndex((one) => one.jsonName === field.attribute),
      field.segment,
    ]),
  );
  const members = createMembersWriter(attributes, place, identifierSlots);
  const readLinks = createLinksReader([...collection.links.values()], model);
  const readMarking = createMarkingReader(collection, model);
  const readForeign = createForeignReader(collection, model);
  const guardLinks = createLinkGuard(collection, model, guard);
  const taken: IdentifierValue[] = [];

  return (resource, identifier) => {
    if (typeof resource !== 'object' || resource === null || Array.isArray(resource))
      return { rejected: { code: 'HUB-618', at: '', message: `expected an object, got ${typeName(resource)}` } };
    const findings: Findings = { warnings: [], rejected: null };
    taken.length = 0;
    place.met.length = 0;
    const text = members(resource as Readonly<Record<string, unknown>>, '', findings, taken);
    const own = ownValue(resource, '_links');
    const links = readLinks(own, '/_links', findings);
    guardLinks?.(links, findings);
    if (findings.rejected !== null) return { rejected: findings.rejected };
    const identifiers = taken.slice();
    const first = identifiers[0];
    if (first === undefined)
      return { rejected: { code: 'HUB-610', at: '', message: 'no identifier of the class has a value' } };
    const foreign = readForeign(links);
    const nested = place.met.length === 0 ? foreign : [...gathered(place.met), ...foreign];
    const named = identifier === null ? undefined : identifiers.find((one) => isNamed(one.value, identifier));
    const marking = readMarking(resource, findings);
    const primary = named ?? identifiers.find((one) => one.field === leadingIdentifier) ?? first;
    return {
      prepared: {
        identifiers,
        primary,
        attributes: flatten(text),
        links,
        marking,
        ...(nested.length === 0 ? {} : { nested }),
      },
      findings: findings.warnings.length === 0 ? nothing : findings.warnings,
      named: identifier === null || named !== undefined,
    };
  };
};

/** True when the delivered identifier means this value. Old adapters send an address that ends with the value (facts 5.2). */
const isNamed = (value: string, identifier: string): boolean =>
  value === identifier || namesAfterAll(value, normalise(identifier));

const namesAfterAll = (value: string, identifier: string): boolean =>
  value === identifier || (identifier.length > value.length && identifier.endsWith(`/${value}`));

/** Text put together of many pieces is a tree of them; asking for a character makes it one piece, and lets the pieces go. */
const flatten = (text: string): string => {
  text.charCodeAt(0);
  return text;
};

/**
 * Reads the identifiers that an entry seems to have, whatever else is wrong with it, so that an entry which is kept back can vouch for
 * the resource that it would have updated. Gives the raw identifier under every field of the class when the resource names none.
 */
export const identifiersOf = (
  collection: Collection,
  model: Model,
  resource: unknown,
  identifier: string | null,
): readonly IdentifierValue[] => {
  const found: IdentifierValue[] = [];
  if (typeof resource === 'object' && resource !== null && !Array.isArray(resource))
    for (const field of collection.identifiers) {
      const attribute = collection.class.attributeByName.get(field.attribute);
      const value =
        ownValue(resource, field.attribute) ?? (attribute === undefined ? null : ownValue(resource, attribute.name));
      const raw = typeof value === 'object' && value !== null ? ownValue(value, model.identifierValue) : value;
      const clean = typeof raw === 'string' ? cleanText(raw, limits.identifierBytes) : null;
      if (clean !== null && clean.trim() !== '') found.push({ field: field.segment, value: clean });
    }
  if (identifier === null || found.some((one) => isNamed(one.value, identifier))) return found;
  const { whole, address } = readIdentifier(collection, identifier);
  return [...found, ...whole, ...address];
};

/**
 * What the raw `identifier` of an entry can mean: the whole of it under every field of the class, and, where it is an address as old adapters
 * send it (facts 5.2), the field and value that the address names, else its last part under every field.
 */
export const readIdentifier = (
  collection: Collection,
  identifier: string,
): { readonly whole: readonly IdentifierValue[]; readonly address: readonly IdentifierValue[] } => {
  const everywhere = (text: string): readonly IdentifierValue[] => {
    const value = cleanText(text, limits.identifierBytes);
    if (value === null || value.trim() === '') return [];
    return collection.identifiers.map(({ segment }) => ({ field: segment, value }));
  };
  const whole = everywhere(identifier);
  if (!identifier.includes('://')) return { whole, address: [] };
  const target = readReference(normalise(identifier), collection);
  if (target?.kind === 'resource') return { whole, address: [{ field: target.field, value: target.value }] };
  return { whole, address: everywhere(identifier.slice(identifier.lastIndexOf('/') + 1)) };
};

const ownValue = (holder: object, name: string): unknown =>
  Object.hasOwn(holder, name) ? (holder as Readonly<Record<string, unknown>>)[name] : null;

type MembersWriter = (
  given: Readonly<Record<string, unknown>>,
  at: string,
  findings: Findings,
  identifiers: IdentifierValue[] | null,
) => string;

/** Compiles the walk over the attributes of one class at one place. Gives `"a":1,"b":2`, without braces. */
const createMembersWriter = (
  attributes: readonly Attribute[],
  place: Place,
  identifierSlots: ReadonlyMap<number, string>,
): MembersWriter => {
  const slotOf = new Map<string, number>();
  attributes.forEach((attribute, slot) => {
    if (!slotOf.has(attribute.name)) slotOf.set(attribute.name, slot);
  });
  // The transliterated name leads where a class has both.
  attributes.forEach((attribute, slot) => slotOf.set(attribute.jsonName, slot));
  const count = attributes.length;
  const prefixes = attributes.map((attribute) => `${JSON.stringify(attribute.jsonName)}:`);
  const names = attributes.map((attribute) => attribute.jsonName);
  const mandatory = attributes.map((attribute) => !attribute.optional);
  const fields = attributes.map((_, slot) => identifierSlots.get(slot) ?? null);
  const guards = attributes.map((attribute) => guardOf(attribute, place));
  const writers = attributes.map((attribute) => createAttributeWriter(attribute, place));
  const identifierWriter = createIdentifierWriter(place, attributes);
  // Reused from entry to entry: a place is never walked while it is being walked, since complex types do not hold themselves.
  const values: unknown[] = attributes.map(() => undefined);

  return (given, at, findings, identifiers) => {
    for (let slot = 0; slot < count; slot += 1) values[slot] = undefined;
    for (const key in given) {
      const slot = slotOf.get(key);
      if (slot === undefined) {
        if (key !== '_links') warn(findings, 'HUB-614', `${at}/${shownName(key)}`, 'unknown member, left out');
      } else if (values[slot] === undefined || key === names[slot]) values[slot] = given[key];
    }
    let text = '';
    for (let slot = 0; slot < count; slot += 1) {
      const value = values[slot];
      let written = '';
      if (value !== undefined && value !== null) {
        const field = fields[slot];
        const name = names[slot] ?? '';
        written =
          field === null || field === undefined || identifiers === null
            ? (writers[slot]?.(value, `${at}/${name}`, findings) ?? '')
            : identifierWriter(value, `${at}/${name}`, findings, { field, guard: guards[slot] ?? null }, identifiers);
      }
      if (written !== '') text = text === '' ? `${prefixes[slot]}${written}` : `${text},${prefixes[slot]}${written}`;
      else if (mandatory[slot] === true)
        warn(findings, 'HUB-613', `${at}/${names[slot]}`, 'a mandatory member is missing');
    }
    return text;
  };
};

/** An identifier of the resource itself: written like any complex value, its value noted; absent when it has no value. */
const createIdentifierWriter = (place: Place, attributes: readonly Attribute[]) => {
  const { identifierValue } = place.model;
  const sample = attributes.find((attribute) => attribute.identifier);
  const whole = sample === undefined ? null : createAttributeWriter(sample, place);
  const prefix = `{${JSON.stringify(identifierValue)}:`;
  return (
    value: unknown,
    at: string,
    findings: Findings,
    { field, guard }: { readonly field: string; readonly guard: NationalIdGuard | null },
    identifiers: IdentifierValue[],
  ): string => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      reject(findings, 'HUB-611', at, `expected an object with ${identifierValue}, got ${typeName(value)}`);
      return '';
    }
    const raw = (value as Readonly<Record<string, unknown>>)[identifierValue];
    if (raw === undefined || raw === null) return '';
    if (typeof raw !== 'string') {
      reject(findings, 'HUB-611', `${at}/${identifierValue}`, `expected string, got ${typeName(raw)}`);
      return '';
    }
    if (guard?.refuses(raw) === true) {
      reject(findings, 'HUB-417', `${at}/${identifierValue}`, guard.message);
      return '';
    }
    if (isPlainText(raw, limits.identifierBytes)) {
      if (raw.trim() === '') return '';
      identifiers.push({ field, value: raw });
      let members = 0;
      for (const _ in value) members += 1;
      if (members === 1) return `${prefix}"${raw}"}`;
    } else {
      const clean = cleanText(raw, limits.identifierBytes);
      if (clean === null) {
        const message = `an identifier of ill-formed text, or longer than ${limits.identifierBytes} bytes`;
        reject(findings, 'HUB-619', `${at}/${identifierValue}`, message);
        return '';
      }
      if (clean.trim() === '') return '';
      identifiers.push({ field, value: clean });
    }
    return whole === null ? '' : whole(value, at, findings);
  };
};

/** What looks at the values of an attribute, or at those inside them; null = nothing. */
const guardOf = ({ sensitivity }: Attribute, { guard, watched }: Place): NationalIdGuard | null =>
  watched || sensitivity === 'national-id' ? guard : null;

const createAttributeWriter = (attribute: Attribute, place: Place): AttributeWriter => {
  const guard = guardOf(attribute, place);
  const single =
    attribute.type.kind === 'primitive'
      ? createPrimitiveWriter(attribute, guard)
      : createComplexWriter(attribute, { ...place, watched: guard !== null });
  return attribute.list ? createListWriter(single) : single;
};

const createPrimitiveWriter = (attribute: Attribute, guard: NationalIdGuard | null): AttributeWriter => {
  const kind = attribute.type.kind === 'primitive' ? attribute.type.primitive : 'string';
  const { values } = attribute;
  const write = values === null ? valueWriters[kind] : oneOfValues(values);
  return (value, at, findings) => {
    if (guard !== null && typeof value === 'string' && guard.refuses(value)) {
      reject(findings, 'HUB-417', at, guard.message);
      return '';
    }
    const text = write(value);
    if (text !== null) return text;
    const { code, message } = refusal(kind, value, values);
    reject(findings, code, at, message);
    return '';
  };
};

const createListWriter =
  (single: AttributeWriter): AttributeWriter =>
  (value, at, findings) => {
    if (!Array.isArray(value)) {
      reject(findings, 'HUB-611', at, `expected a list, got ${typeName(value)}`);
      return '';
    }
    if (value.length > limits.listItems) {
      reject(findings, 'HUB-618', at, `more than ${limits.listItems} items`);
      return '';
    }
    let text = '';
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (item === null || item === undefined) continue;
      const written = single(item, `${at}/${index}`, findings);
      if (written !== '') text = text === '' ? written : `${text},${written}`;
    }
    return `[${text}]`;
  };

/** A complex value, or a main class used as one: its members, then its own links as finished addresses. */
const createComplexWriter = (attribute: Attribute, place: Place): AttributeWriter => {
  const type = attribute.type.kind === 'class' ? place.model.classes.get(attribute.type.class) : undefined;
  if (type === undefined) return () => '';
  const inside: Place = { ...place, path: [...place.path, attribute.jsonName] };
  const compiled = compileComplex(type, inside);
  return (value, at, findings) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      reject(findings, 'HUB-611', at, `expected an object, got ${typeName(value)}`);
      return '';
    }
    const { members, readLinks, guarded } = compiled();
    const text = members(value as Readonly<Record<string, unknown>>, at, findings, null);
    const own = ownValue(value, '_links');
    const links = readLinks(own, `${at}/_links`, findings);
    if (links.length === 0) return `{${text}}`;
    for (const { relation, targets } of links) {
      const key = guarded.get(relation);
      if (key !== undefined)
        for (const target of targets) if (target.kind === 'resource') place.met.push({ relation: key, target });
    }
    return `{${text}${text === '' ? '' : ','}"_links":{${links.map((link) => linkText(link, place.baseUrl)).join(',')}}}`;
  };
};

// Compiled when first met, so that a class which could hold itself does not compile for ever.
type Compiled = {
  readonly members: MembersWriter;
  readonly readLinks: LinksReader;
  /** Relations that lead to what can be protected, with their keys. */
  readonly guarded: ReadonlyMap<string, string>;
};

const compileComplex = (type: ModelClass, place: Place): (() => Compiled) => {
  let made: Compiled | null = null;
  const at = place.path.join('.');
  return () => {
    made ??= {
      members: createMembersWriter(type.attributes, place, new Map()),
      readLinks: createLinksReader(rulesAt(type, at, place.collection), place.model),
      guarded: new Map(
        rulesAt(type, at, place.collection)
          .filter(({ target }) => target !== null && isGuarded(place.model, target))
          .map(({ relation: { jsonName } }) => [jsonName, `${at}.${jsonName}`]),
      ),
    };
    return made;
  };
};

const rulesAt = (type: ModelClass, at: string, collection: Collection): readonly LinkRule[] =>
  type.relations
    .map((relation) => collection.nestedLinks.get(`${at}.${relation.jsonName}`))
    .filter((rule) => rule !== undefined);

const linkText = (link: OwnLink, baseUrl: string): string =>
  `${JSON.stringify(link.relation)}:[${link.targets.map((target) => targetText(target, baseUrl)).join(',')}]`;

const targetText = (target: LinkTarget, baseUrl: string): string => {
  if (target.kind === 'resource') return `{"href":"${hrefOf(baseUrl, target.collection, target.field, target.value)}"}`;
  // Nested addresses are given as https (facts 2.4); our own base is what it is.
  const { href } = target;
  const foreign = href.startsWith('http://') && !href.startsWith(`${baseUrl}/`);
  return `{"href":${JSON.stringify(foreign ? `https${href.slice(4)}` : href)}}`;
};
