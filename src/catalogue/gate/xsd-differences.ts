// Two schemas of XML, and what the step from one to the other is to those who send what they describe and to those who read it (facts 7.5). Called by
// xml-differences.ts, for schemas alone and for those of services. Knows no dates and no announcements.
import type { ChangeKind } from '../contract.ts';
import { localOf, xsdNamespace } from './xsd-parts.ts';
import type {
  XmlName,
  XsdAny,
  XsdAttribute,
  XsdElement,
  XsdFacets,
  XsdGroup,
  XsdParticle,
  XsdParts,
  XsdType,
} from './xsd-parts.ts';

/** Who writes what the schema describes: clients (`request`), or the hub (`response`), whose clients hold it against the schema that they know. */
export type XmlWay = 'request' | 'response';

export type XmlJudgement = {
  readonly coordinate: string;
  readonly kind: ChangeKind;
  readonly rule: string;
  readonly text: string;
};

/** Where comparing begins: elements by their names, types by theirs. */
export type XmlStart = { readonly elements: readonly XmlName[]; readonly types: readonly XmlName[] };

/**
 * Differences of what is written one way, in no promised order. Names are compared without the namespaces that the schemas are for: that one has changed is
 * told by the caller, once.
 */
export const xsdDifferences = (
  before: XsdParts,
  after: XsdParts,
  way: XmlWay,
  start: XmlStart,
): readonly XmlJudgement[] => {
  const found: XmlJudgement[] = [];
  const renamed = renaming(before, after);
  const comparing: Comparing = {
    before,
    after,
    way,
    renamed,
    seen: new Set(),
    say: (coordinate, [kind, rule, text]) => found.push({ coordinate, kind, rule, text }),
  };
  for (const name of start.elements) {
    const [was, is] = [before.elements.get(name), after.elements.get(renamed(name))];
    if (was === undefined) continue;
    if (is === undefined) comparing.say(localOf(name), ['breaking', 'element-removed', 'The element is gone.']);
    else compareElements(localOf(name), was, is, comparing);
  }
  for (const name of start.types) {
    const [was, is] = [before.types.get(name), after.types.get(renamed(name))];
    if (was === undefined) continue;
    if (is === undefined) comparing.say(localOf(name), ['breaking', 'type-removed', 'The type is gone.']);
    else compareNamed(name, comparing);
  }
  return found;
};

type Said = readonly [kind: ChangeKind, rule: string, text: string];

type Comparing = {
  readonly before: XsdParts;
  readonly after: XsdParts;
  readonly way: XmlWay;
  /** What a name is called now: where a file has one namespace of its own, before and now, they are one. */
  readonly renamed: (name: XmlName) => XmlName;
  readonly seen: Set<string>;
  readonly say: (coordinate: string, said: Said) => void;
};

const renaming = (before: XsdParts, after: XsdParts): ((name: XmlName) => XmlName) => {
  const gone = [...before.targets].filter((target) => !after.targets.has(target));
  const come = [...after.targets].filter((target) => !before.targets.has(target));
  const [was, is] = [gone[0], come[0]];
  if (gone.length !== 1 || come.length !== 1 || was === undefined || is === undefined) return (name) => name;
  return (name) => name.replace(`{${was}}`, `{${is}}`);
};

/** What makes the hub's answers say what was not said before, or takes away what clients may send. */
const inWay = ({ way }: Comparing, to: Readonly<Record<XmlWay, ChangeKind>>): ChangeKind => to[way];
const ifSent = { request: 'breaking', response: 'compatible' } as const;
const ifRead = { request: 'compatible', response: 'breaking' } as const;

// --- Elements and what stands in them -----------------------------------------------------------------------------------------

const compareElements = (at: string, was: XsdElement, is: XsdElement, comparing: Comparing): void => {
  const { say } = comparing;
  compareTimes(at, was, is, comparing);
  if (comparing.renamed(was.name) !== is.name && localOf(was.name) === localOf(is.name))
    say(at, ['breaking', 'element-namespace-changed', 'The element is in another namespace.']);
  if (!was.nillable && is.nillable)
    say(at, [inWay(comparing, ifRead), 'nil-allowed', 'May be nil, which it never was.']);
  if (was.nillable && !is.nillable) say(at, [inWay(comparing, ifSent), 'nil-refused', 'May not be nil any more.']);
  if (was.abstract !== is.abstract)
    say(at, [
      'breaking',
      'element-abstract',
      is.abstract ? 'Others stand in its place now.' : 'Stands for itself now.',
    ]);
  if (was.value !== is.value)
    say(at, [
      'breaking',
      'default-changed',
      `What stands where nothing is given has changed: ${is.value || 'nothing'}.`,
    ]);
  if (was.constraints !== is.constraints)
    say(at, ['breaking', 'constraint-changed', 'What must be unique, or may stand in its place, has changed.']);
  compareTypes(at, was.type, is.type, comparing);
};

const times = (max: number): string => (max === Infinity ? 'any number of times' : `${max} times`);

const compareTimes = (
  at: string,
  was: { readonly min: number; readonly max: number },
  is: { readonly min: number; readonly max: number },
  comparing: Comparing,
): void => {
  const { say } = comparing;
  if (is.min > was.min)
    say(at, [inWay(comparing, ifSent), 'min-raised', `Must stand ${is.min} times at least; ${was.min} before.`]);
  if (is.min < was.min)
    say(at, [inWay(comparing, ifRead), 'min-lowered', `Need stand ${is.min} times only; ${was.min} before.`]);
  if (is.max < was.max)
    say(at, ['breaking', 'max-lowered', `Stands ${times(is.max)} at most; ${times(was.max)} before.`]);
  if (is.max > was.max)
    say(at, [
      // What stood once is no list in the programs that are made of the schema.
      was.max <= 1 ? 'breaking' : inWay(comparing, ifRead),
      'max-raised',
      `May stand ${times(is.max)}; ${times(was.max)} before.`,
    ]);
};

const isGroup = (item: XsdParticle): item is XsdGroup => item.kind !== 'element' && item.kind !== 'any';

const words = { sequence: 'in this order', choice: 'one of them', all: 'in any order' } as const;

const compareGroups = (at: string, was: XsdGroup, is: XsdGroup, comparing: Comparing): void => {
  const { say } = comparing;
  if (was.items.length === 0 && was.kind !== is.kind) {
    compareGroups(at, { ...was, kind: is.kind, min: is.min, max: is.max }, is, comparing);
    return;
  }
  if (was.kind !== is.kind && is.items.length > 0 && !(was.items.length === 1 && is.items.length === 1)) {
    say(at, ['breaking', 'compositor-changed', `Its parts stood ${words[was.kind]}, and stand ${words[is.kind]} now.`]);
    // Who reads them in whatever order still has to know which they are.
    compareItems(at, was, { ...is, kind: was.kind }, comparing, false);
    return;
  }
  compareTimes(at, was, is, comparing);
  compareItems(at, was, is, comparing, was.kind === 'sequence');
};

type Keyed = ReadonlyMap<string, XsdParticle>;

/** Parts by what they are called: elements by name, groups without one by their number among those of their kind. */
const keyed = ({ items }: XsdGroup): Keyed => {
  const counts = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const key = item.kind === 'element' ? localOf(item.name) : `<${item.kind}>`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return [count === 0 ? key : `${key} ${count}`, item];
    }),
  );
};

const compareItems = (at: string, was: XsdGroup, is: XsdGroup, comparing: Comparing, ordered: boolean): void => {
  const { say } = comparing;
  const [before, now] = [keyed(was), keyed(is)];
  const inChoice = was.kind === 'choice';
  for (const [key, item] of before) {
    const other = now.get(key);
    if (other === undefined) sayGone(at, item, comparing);
    else if (item.kind === 'element' && other.kind === 'element')
      compareElements(`${at}/${localOf(item.name)}`, item, other, comparing);
    else if (item.kind === 'any' && other.kind === 'any') compareAny(at, item, other, comparing);
    else if (isGroup(item) && isGroup(other)) compareGroups(at, item, other, comparing);
  }
  for (const [key, item] of now)
    if (!before.has(key)) sayCome(at, item, { comparing, inChoice, isOpen: isOpenTo(key, item, { before, now, was }) });
  if (!ordered) return;
  const stayed = [...before.keys()].filter((key) => now.has(key));
  const order = [...now.keys()].filter((key) => before.has(key));
  const moved = stayed.find((key, index) => order[index] !== key);
  if (moved !== undefined)
    say(at, ['breaking', 'order-changed', `Its parts stand in another order, from ${moved} on.`]);
};

const sayGone = (at: string, item: XsdParticle, comparing: Comparing): void => {
  const { say } = comparing;
  if (item.kind === 'element')
    say(`${at}/${localOf(item.name)}`, ['breaking', 'element-removed', 'The element is gone.']);
  else if (item.kind === 'any')
    say(at, [
      item.min > 0 ? 'breaking' : inWay(comparing, ifSent),
      'extension-point-removed',
      'Holds no elements of others any more.',
    ]);
  else for (const inner of item.items) sayGone(at, inner, comparing);
};

type Coming = { readonly comparing: Comparing; readonly inChoice: boolean; readonly isOpen: boolean };

const sayCome = (at: string, item: XsdParticle, coming: Coming): void => {
  const { comparing, inChoice, isOpen } = coming;
  const { say, way } = comparing;
  if (isGroup(item)) {
    const isOptional = inChoice || item.min === 0 || item.kind === 'choice';
    for (const inner of item.items) sayCome(at, inner, { comparing, inChoice: isOptional, isOpen: false });
    if (item.kind === 'choice' && item.min > 0 && !inChoice && item.items.every(({ min }) => min > 0))
      say(at, [inWay(comparing, ifSent), 'element-required', 'One more of its parts must be given.']);
    return;
  }
  if (item.kind === 'any') {
    const isRequired = item.min > 0 && !inChoice;
    say(at, [
      isRequired ? 'breaking' : inWay(comparing, ifRead),
      'extension-point-added',
      'May hold elements of others.',
    ]);
    return;
  }
  const coordinate = `${at}/${localOf(item.name)}`;
  if (way === 'request')
    say(
      coordinate,
      item.min > 0 && !inChoice
        ? ['breaking', 'element-required', 'A new element that must be sent.']
        : ['compatible', 'element-added', 'A new element that may be sent.'],
    );
  else
    say(
      coordinate,
      isOpen
        ? ['compatible', 'element-added', 'A new element, where elements of others could stand before.']
        : ['breaking', 'element-added', 'A new element, where the schema that clients know lets none stand.'],
    );
};

/** Whether a new element stands where the schema of before lets such a one stand: at a point of extension between the same neighbours. */
const isOpenTo = (
  key: string,
  item: XsdParticle,
  { before, now, was }: { readonly before: Keyed; readonly now: Keyed; readonly was: XsdGroup },
): boolean => {
  if (item.kind !== 'element' || was.kind !== 'sequence') return false;
  const known = (one: string): boolean => before.has(one) && !one.startsWith('<any>');
  const keys = [...now.keys()];
  const place = keys.indexOf(key);
  const previous = keys.slice(0, place).findLast(known);
  const next = keys.slice(place + 1).find(known);
  const old = [...before.keys()];
  const between = old.slice(
    previous === undefined ? 0 : old.indexOf(previous) + 1,
    next === undefined ? old.length : old.indexOf(next),
  );
  return between.some((one) => {
    const any = before.get(one);
    return any?.kind === 'any' && !any.strict && any.max === Infinity && lets(any, item.name);
  });
};

const lets = ({ namespaces, target }: XsdAny, name: XmlName): boolean => {
  const of = name.slice(1, name.indexOf('}'));
  if (namespaces === '##any') return true;
  if (namespaces === '##other') return of !== target && of !== '';
  return namespaces
    .split(/\s+/)
    .some((one) => (one === '##targetNamespace' ? target : one === '##local' ? '' : one) === of);
};

const compareAny = (at: string, was: XsdAny, is: XsdAny, comparing: Comparing): void => {
  compareTimes(at, was, is, comparing);
  if (was.namespaces === is.namespaces && was.strict === is.strict) return;
  const isWider = is.namespaces === '##any' && (was.strict || !is.strict);
  const isNarrower = was.namespaces === '##any' && (is.strict || !was.strict);
  const kind = isWider ? inWay(comparing, ifRead) : isNarrower ? inWay(comparing, ifSent) : 'breaking';
  comparing.say(at, [
    kind,
    'extension-point-changed',
    `Elements of others were ${was.namespaces}, and are ${is.namespaces}.`,
  ]);
};

// --- Types --------------------------------------------------------------------------------------------------------------------

const compareNamed = (name: XmlName, comparing: Comparing): void => {
  if (comparing.seen.has(name)) return;
  comparing.seen.add(name);
  const [was, is] = [comparing.before.types.get(name), comparing.after.types.get(comparing.renamed(name))];
  if (was !== undefined && is !== undefined) compareTypes(localOf(name), was, is, comparing);
};

const compareTypes = (at: string, was: XsdType, is: XsdType, comparing: Comparing): void => {
  const { before, after, renamed, say } = comparing;
  if (was.kind === 'named' && is.kind === 'named' && renamed(was.name) === is.name)
    return compareNamed(was.name, comparing);
  const [old, now] = [resolved(was, before), resolved(is, after)];
  if (old.kind === 'complex' || now.kind === 'complex') {
    if (was.kind === 'named' || is.kind === 'named') {
      const pair = `${nameOf(was)} ${nameOf(is)}`;
      if (comparing.seen.has(pair)) return;
      comparing.seen.add(pair);
    }
    if (old.kind === 'complex' && now.kind === 'complex') return compareComplex(at, old, now, comparing);
    say(at, ['breaking', 'type-changed', `Was ${nameOf(was)} and is ${nameOf(is)}.`]);
    return;
  }
  compareSimple(at, simpleForm(was, before), simpleForm(is, after), comparing);
};

const resolved = (type: XsdType, parts: XsdParts): XsdType =>
  type.kind === 'named' ? (parts.types.get(type.name) ?? type) : type;

const nameOf = (type: XsdType): string =>
  type.kind === 'named' || type.kind === 'foreign'
    ? localOf(type.name)
    : type.kind === 'simple'
      ? `a ${nameOf(type.base)} with rules`
      : type.kind === 'complex'
        ? 'a type with parts'
        : 'a list or a union';

type Complex = Extract<XsdType, { kind: 'complex' }>;

const compareComplex = (at: string, was: Complex, is: Complex, comparing: Comparing): void => {
  const { say, before, after } = comparing;
  if (was.mixed && !is.mixed)
    say(at, [inWay(comparing, ifSent), 'text-refused', 'Holds no text between its parts any more.']);
  if (!was.mixed && is.mixed) say(at, [inWay(comparing, ifRead), 'text-allowed', 'May hold text between its parts.']);
  compareAttributes(at, was, is, comparing);
  if (was.simple !== null && is.simple !== null)
    return compareSimple(at, simpleForm(was.simple, before), simpleForm(is.simple, after), comparing);
  if (was.simple !== null || is.simple !== null)
    return say(at, ['breaking', 'type-changed', 'Holds text where it held parts, or the other way.']);
  compareGroups(at, was.content, is.content, comparing);
};

const compareAttributes = (at: string, was: Complex, is: Complex, comparing: Comparing): void => {
  const { say } = comparing;
  const byLocal = (of: Complex): ReadonlyMap<string, XsdAttribute> =>
    new Map([...of.attributes].map(([name, attribute]) => [localOf(name), attribute]));
  const [before, now] = [byLocal(was), byLocal(is)];
  for (const [name, attribute] of before) {
    const coordinate = `${at}/@${name}`;
    const other = now.get(name);
    if (other === undefined) {
      say(coordinate, ['breaking', 'attribute-removed', 'The attribute is gone.']);
      continue;
    }
    if (other.required && !attribute.required)
      say(coordinate, [inWay(comparing, ifSent), 'attribute-required', 'Must be given from now on.']);
    if (!other.required && attribute.required)
      say(coordinate, [inWay(comparing, ifRead), 'attribute-optional', 'May be left out, which it never was.']);
    if (other.value !== attribute.value)
      say(coordinate, [
        'breaking',
        'default-changed',
        `What counts where it is left out has changed: ${other.value || 'nothing'}.`,
      ]);
    compareTypes(coordinate, attribute.type, other.type, comparing);
  }
  for (const [name, { required }] of now) {
    if (before.has(name)) continue;
    const coordinate = `${at}/@${name}`;
    if (comparing.way === 'request')
      say(
        coordinate,
        required
          ? ['breaking', 'attribute-required', 'A new attribute that must be sent.']
          : ['compatible', 'attribute-added', 'A new attribute that may be sent.'],
      );
    else
      say(
        coordinate,
        was.anyAttribute
          ? ['compatible', 'attribute-added', 'A new attribute, where attributes of others could stand before.']
          : ['breaking', 'attribute-added', 'A new attribute, where the schema that clients know lets none stand.'],
      );
  }
  if (was.anyAttribute && !is.anyAttribute)
    say(at, [inWay(comparing, ifSent), 'extension-point-removed', 'Holds no attributes of others any more.']);
  if (!was.anyAttribute && is.anyAttribute)
    say(at, [inWay(comparing, ifRead), 'extension-point-added', 'May hold attributes of others.']);
};

/** What a text may be: of which type of the schema language it is, and all rules on the way there, the innermost first. */
type SimpleForm = { readonly base: string; readonly facets: XsdFacets };

const simpleForm = (type: XsdType, parts: XsdParts): SimpleForm => {
  const steps: XsdFacets[] = [];
  const seen = new Set<XsdType>();
  let one = resolved(type, parts);
  while (one.kind === 'simple' && !seen.has(one)) {
    seen.add(one);
    steps.push(one.facets);
    one = resolved(one.base, parts);
  }
  // The outermost step is the strictest, but every pattern on the way holds; those of one step are alternatives.
  const facets = new Map<string, readonly string[]>();
  for (const step of steps)
    for (const [name, values] of step)
      if (name === 'pattern') facets.set(name, [...(facets.get(name) ?? []), values.toSorted().join('|')]);
      else if (!facets.has(name)) facets.set(name, values);
  return {
    base: one.kind === 'foreign' || one.kind === 'named' ? one.name : one.kind === 'other' ? one.text : '',
    facets,
  };
};

const compareSimple = (at: string, was: SimpleForm, is: SimpleForm, comparing: Comparing): void => {
  const { say } = comparing;
  const base = comparing.renamed(was.base);
  if (base !== is.base) {
    const [old, now] = [localOf(was.base), localOf(is.base)];
    const text = `Was ${old} and is ${now}.`;
    if (isBuiltIn(base) && isBuiltIn(is.base) && isWithin(now, old)) say(at, ['breaking', 'type-narrowed', text]);
    else if (isBuiltIn(base) && isBuiltIn(is.base) && isWithin(old, now))
      say(at, [inWay(comparing, ifRead), 'type-widened', text]);
    else return say(at, ['breaking', 'type-changed', text]);
  }
  const [values, others] = [was.facets.get('enumeration'), is.facets.get('enumeration')];
  if (values !== undefined && others !== undefined) {
    for (const value of values)
      if (!others.includes(value)) say(at, ['breaking', 'value-removed', `May not be ${value} any more.`]);
    for (const value of others)
      if (!values.includes(value)) say(at, [inWay(comparing, ifRead), 'value-added', `May be ${value}, too.`]);
  } else if (others !== undefined)
    say(at, ['breaking', 'type-narrowed', `May only be one of ${others.join(', ')} from now on.`]);
  else if (values !== undefined)
    say(at, [inWay(comparing, ifRead), 'type-widened', `May be something else than ${values.join(', ')}.`]);
  for (const name of new Set([...was.facets.keys(), ...is.facets.keys()])) {
    if (name === 'enumeration') continue;
    const [old, now] = [was.facets.get(name), is.facets.get(name)];
    if (String(old) === String(now)) continue;
    const text = `The rule ${name} was ${old?.join(' and ') ?? 'none'} and is ${now?.join(' and ') ?? 'none'}.`;
    const step = stepOf(name, old, now);
    if (step === 'wider') say(at, [inWay(comparing, ifRead), 'type-widened', text]);
    else say(at, ['breaking', step === 'narrower' ? 'type-narrowed' : 'type-changed', text]);
  }
};

const most = ['maxLength', 'maxInclusive', 'maxExclusive', 'totalDigits', 'fractionDigits'];
const least = ['minLength', 'minInclusive', 'minExclusive'];

const stepOf = (
  name: string,
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
): 'narrower' | 'wider' | 'other' => {
  if (name === 'whiteSpace') return 'other';
  if (was === undefined) return 'narrower';
  if (is === undefined) return 'wider';
  if (name === 'pattern') {
    if (was.every((one) => is.includes(one))) return 'narrower';
    return is.every((one) => was.includes(one)) ? 'wider' : 'other';
  }
  const [old, now] = [Number(was[0]), Number(is[0])];
  if (Number.isNaN(old) || Number.isNaN(now)) return 'other';
  if (most.includes(name)) return now < old ? 'narrower' : 'wider';
  if (least.includes(name)) return now > old ? 'narrower' : 'wider';
  return 'other';
};

const isBuiltIn = (name: string): boolean => name.startsWith(`{${xsdNamespace}}`);

/** Types of the schema language, to what they are a part of. */
const parents: Readonly<Record<string, string>> = {
  normalizedString: 'string',
  token: 'normalizedString',
  language: 'token',
  NMTOKEN: 'token',
  Name: 'token',
  NCName: 'Name',
  ID: 'NCName',
  IDREF: 'NCName',
  ENTITY: 'NCName',
  integer: 'decimal',
  nonPositiveInteger: 'integer',
  negativeInteger: 'nonPositiveInteger',
  nonNegativeInteger: 'integer',
  positiveInteger: 'nonNegativeInteger',
  unsignedLong: 'nonNegativeInteger',
  unsignedInt: 'unsignedLong',
  unsignedShort: 'unsignedInt',
  unsignedByte: 'unsignedShort',
  long: 'integer',
  int: 'long',
  short: 'int',
  byte: 'short',
  anySimpleType: 'anyType',
};

const isWithin = (inner: string, outer: string): boolean => {
  if (outer === 'anyType') return true;
  if (outer === 'anySimpleType') return inner !== 'anyType';
  for (let name: string | undefined = inner; name !== undefined; name = parents[name]) if (name === outer) return true;
  return false;
};
