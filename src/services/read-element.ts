// Holds the body of a request against the element that the operation takes, and makes of it what handlers look at. XML comes as elements; JSON is made
// elements of first, so that there is one set of rules. Called by rest.ts and soap.ts. Pure; never repeats what was sent.
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { XmlElement } from '#formats/xml/read-xml.ts';
import type { AttributeForm, ElementForm, ReadElement } from './service.ts';
import { trimmed, valueFault } from './value-forms.ts';

/** Where elements may come from. */
export type Spaces = { readonly namespace: string; readonly unqualifiedToo: boolean };

type Read = string | ReadElement;

/**
 * Reads an element. Fails with HUB-103 that names every place at fault (`/person/epost`), or with HUB-100 where the element itself is another one or of
 * another namespace.
 */
export const readElement = (form: ElementForm, element: XmlElement, spaces: Spaces): Result<Read> => {
  if (element.name !== form.name || !isOurs(element, spaces))
    return failed(problem('HUB-100', `The element must be ${form.name} of the namespace ${spaces.namespace}.`));
  const findings: ProblemItem[] = [];
  const read = readOne(form, element, '', { spaces, findings });
  return findings.length === 0
    ? ok(read)
    : failed(problem('HUB-103', 'The request is not as the operation wants it.', { errors: findings.slice(0, most) }));
};

const most = 50;

type Reading = { readonly spaces: Spaces; readonly findings: ProblemItem[] };

const isOurs = ({ namespace }: XmlElement, { namespace: wanted, unqualifiedToo }: Spaces): boolean =>
  namespace === wanted || (unqualifiedToo && namespace === '');

const readOne = (form: ElementForm, element: XmlElement, above: string, reading: Reading): Read => {
  const at = `${above}/${form.name}`;
  const attributes = readAttributes(form.attributes ?? [], element, at, reading);
  if ('content' in form) {
    const text = trimmed(form.content, element.text);
    if (element.children.length > 0) say(reading, at, 'holds elements where only text may stand');
    else {
      // Left empty is not given: that may be what is wrong, but it is no wrong form.
      const fault = text === '' ? null : valueFault(form.content, text);
      if (fault !== null) say(reading, at, fault);
    }
    return form.attributes === undefined ? text : { ...attributes, '#': text };
  }
  if (element.text.trim() !== '') say(reading, at, 'holds text where only elements may stand');
  if (form.emptyClears === true && element.children.length === 0) return '';
  return { ...attributes, ...readMembers(form, element.children, at, reading) };
};

const say = ({ findings }: Reading, at: string, message: string): void => {
  if (findings.length <= most) findings.push({ at, message });
};

const schemaInstance = '{http://www.w3.org/2001/XMLSchema-instance}';

const readAttributes = (forms: readonly AttributeForm[], element: XmlElement, at: string, reading: Reading) => {
  const read: Record<string, string> = {};
  for (const name of Object.keys(element.attributes)) {
    const known = forms.some((form) => form.name === name);
    // Where a schema is to be found, and what a foreign tool wrote of its own, says nothing of the content. `nil` does.
    const foreign = name.startsWith('{') && name !== `${schemaInstance}nil`;
    if (!known && !foreign) say(reading, at, 'has an attribute that is not known here');
  }
  for (const form of forms) {
    const given = element.attributes[form.name];
    if (given === undefined) {
      if (form.required === true) say(reading, at, `lacks the attribute ${form.name}`);
      continue;
    }
    const text = trimmed(form, given);
    const fault = valueFault(form, text);
    if (fault !== null) say(reading, `${at}/@${form.name}`, fault);
    read[`@${form.name}`] = text;
  }
  return read;
};

type Within = Exclude<ElementForm, { readonly content: unknown }>;

/** Elements in the order of their forms; where one of several may stand, it stands first. */
const readMembers = (
  form: Within,
  children: readonly XmlElement[],
  at: string,
  reading: Reading,
): Readonly<Record<string, Read | readonly Read[]>> => {
  const read: Record<string, Read | readonly Read[]> = {};
  const choice = 'choice' in form ? form.choice : [];
  const members = 'members' in form ? (form.members ?? []) : [];
  let next = 0;
  const takeAll = (one: ElementForm): void => {
    const found: Read[] = [];
    const atMost = one.most === undefined ? 1 : (one.most ?? limits.serviceListItems);
    for (
      let child = children[next];
      child?.name === one.name && isOurs(child, reading.spaces);
      child = children[next]
    ) {
      next += 1;
      if (found.length < atMost) found.push(readOne(one, child, at, reading));
      else if (found.length === atMost) {
        say(reading, `${at}/${one.name}`, `stands more than ${atMost === 1 ? 'once' : `${atMost} times`}`);
        found.push('');
      }
    }
    const given = one.most === undefined && one.emptyClears !== true ? found.filter((value) => value !== '') : found;
    if (one.required === true && given.length === 0) say(reading, `${at}/${one.name}`, 'is missing');
    const [first] = given;
    if (first !== undefined) read[one.name] = one.most === undefined ? first : given;
  };
  // More than one is looked at too: what is empty counts as not given.
  for (;;) {
    const one = choice.find(({ name }) => name === children[next]?.name && read[name] === undefined);
    const before = next;
    if (one !== undefined) takeAll(one);
    if (next === before) break;
  }
  const chosen = choice.filter(({ name }) => read[name] !== undefined);
  if (choice.length > 0 && chosen.length !== 1)
    say(reading, at, `must hold exactly one of ${choice.map(({ name }) => name).join(', ')}`);
  for (const one of members) takeAll(one);
  const left = children[next];
  if (left !== undefined) {
    const known = [...choice, ...members].some(({ name }) => name === left.name);
    const named = known ? `${at}/${left.name}` : at;
    if (known && !isOurs(left, reading.spaces))
      say(reading, named, `must be of the namespace ${reading.spaces.namespace}`);
    else say(reading, named, known ? 'is not expected here' : 'holds an element that is not known here');
  }
  return read;
};

/**
 * Makes an element of JSON: a value its text, a member an element, `@name` an attribute, `#` the text beside attributes, a list several of one name, null
 * nothing, and an object without members nothing where empty clears. What the form knows comes in its order, the rest behind it. Fails with HUB-100 for what is nested too deeply or is no object.
 */
export const elementOfJson = (form: ElementForm, value: unknown, namespace: string): Result<XmlElement> => {
  const made = fromJson(form, form.name, value, namespace, 1);
  return made === null
    ? failed(
        problem(
          'HUB-100',
          'The body must be a JSON object of texts, numbers, lists and objects, not nested deeper than it has to be.',
        ),
      )
    : ok(made);
};

const fromJson = (
  form: ElementForm | null,
  name: string,
  value: unknown,
  namespace: string,
  depth: number,
): XmlElement | null => {
  const leaf = { name, namespace, line: 1, attributes: {}, children: [] };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { ...leaf, text: String(value) };
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > limits.xmlDepth) return null;
  const forms = form === null ? [] : withinOf(form);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const rank = (key: string): number => {
    const found = forms.findIndex((one) => one.name === key);
    return found === -1 ? forms.length : found;
  };
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  const children: XmlElement[] = [];
  let text = '';
  for (const [key, inner] of entries.toSorted(([one], [other]) => rank(one) - rank(other))) {
    if (inner === null) continue;
    if (key === '#' || key.startsWith('@')) {
      if (typeof inner === 'object') return null;
      if (key === '#') text = String(inner);
      else attributes[key.slice(1)] = String(inner);
      continue;
    }
    for (const each of Array.isArray(inner) ? (inner as readonly unknown[]) : [inner]) {
      const of = forms[rank(key)] ?? null;
      const child = fromJson(of, key, each, namespace, depth + 1);
      if (child === null) return null;
      // Only an empty text clears: an object with nothing left in it is what a client writes that knows nothing.
      if (of?.emptyClears === true && typeof each === 'object' && holdsNothing(child)) continue;
      children.push(child);
    }
  }
  return { name, namespace, line: 1, attributes, children, text };
};

const holdsNothing = ({ attributes, children, text }: XmlElement): boolean =>
  Object.keys(attributes).length === 0 && children.length === 0 && text.trim() === '';

/** The elements that may stand in one. */
export const withinOf = (form: ElementForm): readonly ElementForm[] =>
  'content' in form
    ? []
    : [...('choice' in form ? form.choice : []), ...('members' in form ? (form.members ?? []) : [])];
