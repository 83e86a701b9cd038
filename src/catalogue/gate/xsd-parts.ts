// Schemas of XML (XSD 1.0) as parts that can be compared: elements, types and what stands in them, groups resolved and extensions joined with what they
// extend. Called by xsd-differences.ts and wsdl-parts.ts; knows nothing of before and after.
import type { XmlTree } from '#formats/xml/xml-tree.ts';

export const xsdNamespace = 'http://www.w3.org/2001/XMLSchema';

/** `{namespace}name`. */
export type XmlName = string;

export type XsdElement = {
  readonly kind: 'element';
  readonly name: XmlName;
  readonly min: number;
  readonly max: number;
  readonly type: XsdType;
  readonly nillable: boolean;
  readonly abstract: boolean;
  /** What stands where nothing is given, and what alone may be given; as text with the word. */
  readonly value: string;
  /** Keys, uniqueness and substitution, as text. */
  readonly constraints: string;
};

export type XsdAny = {
  readonly kind: 'any';
  readonly min: number;
  readonly max: number;
  readonly namespaces: string;
  readonly strict: boolean;
  /** Of the schema in which it stands: what its words for namespaces are about. */
  readonly target: string;
};

export type XsdGroup = {
  readonly kind: 'sequence' | 'choice' | 'all';
  readonly min: number;
  readonly max: number;
  readonly items: readonly XsdParticle[];
};

export type XsdParticle = XsdElement | XsdAny | XsdGroup;

export type XsdAttribute = { readonly required: boolean; readonly type: XsdType; readonly value: string };

export type XsdFacets = ReadonlyMap<string, readonly string[]>;

export type XsdType =
  /** Of the schema language, or of a schema that is not at hand. */
  | { readonly kind: 'foreign'; readonly name: XmlName }
  | { readonly kind: 'named'; readonly name: XmlName }
  | { readonly kind: 'simple'; readonly base: XsdType; readonly facets: XsdFacets }
  /** Lists and unions, as text. */
  | { readonly kind: 'other'; readonly text: string }
  | {
      readonly kind: 'complex';
      /** Empty content is a sequence of nothing. */
      readonly content: XsdGroup;
      /** What the text of an element is of, where it holds no elements. */
      readonly simple: XsdType | null;
      readonly mixed: boolean;
      readonly attributes: ReadonlyMap<XmlName, XsdAttribute>;
      readonly anyAttribute: boolean;
    };

export type XsdParts = {
  readonly targets: ReadonlySet<string>;
  readonly elements: ReadonlyMap<XmlName, XsdElement>;
  readonly types: ReadonlyMap<XmlName, XsdType>;
};

/** Reads schemas that know each other: those of one file. Names that none of them has stay names. Throws where one of them is no schema. */
export const xsdParts = (schemas: readonly XmlTree[]): XsdParts => {
  const sources: Sources = {
    element: new Map(),
    attribute: new Map(),
    type: new Map(),
    group: new Map(),
    attributeGroup: new Map(),
  };
  for (const root of schemas) {
    if (root.name !== 'schema' || root.namespace !== xsdNamespace) throw new Error('This is no schema of XML.');
    const schema: Of = {
      sources,
      target: root.attributes.get('targetNamespace') ?? '',
      qualified: root.attributes.get('elementFormDefault') === 'qualified',
      qualifiedAttributes: root.attributes.get('attributeFormDefault') === 'qualified',
    };
    for (const node of own(root)) {
      const kind = node.name === 'simpleType' || node.name === 'complexType' ? 'type' : node.name;
      const name = node.attributes.get('name');
      if (name !== undefined && isSource(kind)) sources[kind].set(`{${schema.target}}${name}`, { node, schema });
    }
  }
  return {
    targets: new Set(schemas.map(({ attributes }) => attributes.get('targetNamespace') ?? '')),
    elements: eachOf(sources.element, ({ node, schema }) => elementOf(node, schema, true, new Set())),
    types: new Map([
      ...eachOf(sources.type, ({ node, schema }) => typeOf(node, schema, new Set())),
      ...[...sources.element].flatMap(([name, { node, schema }]) => {
        const inline = inlineType(node);
        return inline === undefined ? [] : [[ownType(name), typeOf(inline, schema, new Set())] as const];
      }),
    ]),
  };
};

const eachOf = <T>(of: ReadonlyMap<XmlName, Source>, make: (source: Source) => T): ReadonlyMap<XmlName, T> =>
  new Map([...of].map(([name, source]) => [name, make(source)]));

/** The name without its namespace. */
export const localOf = (name: XmlName): string => name.slice(name.indexOf('}') + 1);

/** What a prefixed name means where it stands. */
export const named = (node: XmlTree, value: string): XmlName => {
  const [prefix, local] = value.includes(':') ? value.split(':') : ['', value];
  return `{${node.prefixes.get(prefix ?? '') ?? ''}}${local ?? ''}`;
};

type Source = { readonly node: XmlTree; readonly schema: Of };
type SourceKind = 'element' | 'attribute' | 'type' | 'group' | 'attributeGroup';
type Sources = Readonly<Record<SourceKind, Map<XmlName, Source>>>;
type Of = {
  readonly sources: Sources;
  readonly target: string;
  readonly qualified: boolean;
  readonly qualifiedAttributes: boolean;
};

const isSource = (name: string): name is SourceKind =>
  ['element', 'attribute', 'type', 'group', 'attributeGroup'].includes(name);

const inlineType = (node: XmlTree): XmlTree | undefined =>
  own(node).find(({ name }) => name === 'simpleType' || name === 'complexType');

/** The type that a global element has of its own goes by the name of the element: elements may hold themselves. */
const ownType = (element: XmlName): XmlName => `@${element}`;

/** What stands in an element of a schema, without what is said about it. */
const own = ({ children }: XmlTree): readonly XmlTree[] =>
  children.filter(({ name, namespace }) => namespace === xsdNamespace && name !== 'annotation');

const times = (node: XmlTree): { readonly min: number; readonly max: number } => {
  const max = node.attributes.get('maxOccurs') ?? '1';
  return { min: Number(node.attributes.get('minOccurs') ?? '1'), max: max === 'unbounded' ? Infinity : Number(max) };
};

const anything: XsdType = { kind: 'foreign', name: `{${xsdNamespace}}anyType` };
const anySimple: XsdType = { kind: 'foreign', name: `{${xsdNamespace}}anySimpleType` };

const refTo = (name: XmlName, { sources }: Of): XsdType =>
  sources.type.has(name) ? { kind: 'named', name } : { kind: 'foreign', name };

const valueOf = ({ attributes }: XmlTree): string =>
  ['default', 'fixed']
    .flatMap((word) => (attributes.has(word) ? [`${word} ${attributes.get(word) ?? ''}`] : []))
    .join();

/** `within` as of types: a group may hold an element that holds the group. */
const elementOf = (node: XmlTree, schema: Of, isGlobal: boolean, within: ReadonlySet<XmlName>): XsdElement => {
  const ref = node.attributes.get('ref');
  if (ref !== undefined) return { ...referred(named(node, ref), schema), ...times(node) };
  const form = node.attributes.get('form');
  const isQualified = isGlobal || (form === undefined ? schema.qualified : form === 'qualified');
  const type = node.attributes.get('type');
  const inline = inlineType(node);
  const name = `{${isQualified ? schema.target : ''}}${node.attributes.get('name') ?? ''}`;
  return {
    kind: 'element',
    name,
    ...times(node),
    type:
      type !== undefined
        ? refTo(named(node, type), schema)
        : inline === undefined
          ? anything
          : isGlobal
            ? { kind: 'named', name: ownType(name) }
            : typeOf(inline, schema, within),
    nillable: node.attributes.get('nillable') === 'true',
    abstract: node.attributes.get('abstract') === 'true',
    value: valueOf(node),
    constraints: [
      ...own(node)
        .filter(({ name: word }) => ['key', 'keyref', 'unique'].includes(word))
        .map(textOf),
      node.attributes.get('substitutionGroup') ?? '',
    ].join(' '),
  };
};

const referred = (name: XmlName, { sources }: Of): XsdElement => {
  const source = sources.element.get(name);
  return source === undefined
    ? { ...blankElement, name, type: { kind: 'foreign', name } }
    : elementOf(source.node, source.schema, true, new Set());
};

const blankElement: Omit<XsdElement, 'name' | 'type'> = {
  kind: 'element',
  min: 1,
  max: 1,
  nillable: false,
  abstract: false,
  value: '',
  constraints: '',
};

/** An element as text, for what is compared no further. */
const textOf = (node: XmlTree): string =>
  `<${node.name} ${[...node.attributes]
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(' ')}>${own(node).map(textOf).join('')}`;

/** `within`: names of types and groups that are being read, so that a circle ends. */
const typeOf = (node: XmlTree, schema: Of, within: ReadonlySet<XmlName>): XsdType =>
  node.name === 'simpleType' ? simpleOf(node, schema) : complexOf(node, schema, within);

const simpleOf = (node: XmlTree, schema: Of): XsdType => {
  const [how] = own(node);
  if (how === undefined) return anySimple;
  if (how.name !== 'restriction') return { kind: 'other', text: namedText(how) };
  return restrictionOf(how, schema);
};

/** As text, with the names in it resolved. */
const namedText = (node: XmlTree): string => {
  const attributes = [...node.attributes].map(([name, value]) =>
    name === 'itemType' || name === 'memberTypes' || name === 'base'
      ? `${name}=${value
          .trim()
          .split(/\s+/)
          .map((one) => named(node, one))
          .join(' ')}`
      : `${name}=${value}`,
  );
  return `<${node.name} ${attributes.toSorted().join(' ')}>${own(node).map(namedText).join('')}`;
};

const restrictionOf = (node: XmlTree, schema: Of): XsdType => {
  const base = node.attributes.get('base');
  const inline = own(node).find(({ name }) => name === 'simpleType');
  const facets = new Map<string, readonly string[]>();
  for (const facet of own(node)) {
    const value = facet.attributes.get('value');
    if (value !== undefined) facets.set(facet.name, [...(facets.get(facet.name) ?? []), value]);
  }
  return {
    kind: 'simple',
    base:
      base !== undefined
        ? refTo(named(node, base), schema)
        : inline === undefined
          ? anySimple
          : simpleOf(inline, schema),
    facets,
  };
};

type Complex = Extract<XsdType, { kind: 'complex' }>;

const nothing: XsdGroup = { kind: 'sequence', min: 1, max: 1, items: [] };

const complexOf = (node: XmlTree, schema: Of, within: ReadonlySet<XmlName>): Complex => {
  const mixed = node.attributes.get('mixed') === 'true';
  const wrapped = own(node).find(({ name }) => name === 'simpleContent' || name === 'complexContent');
  if (wrapped === undefined) return { kind: 'complex', simple: null, mixed, ...partsOf(node, schema, within) };
  const [how] = own(wrapped);
  if (how === undefined) return { kind: 'complex', simple: null, mixed, ...partsOf(wrapped, schema, within) };
  const baseName = named(how, how.attributes.get('base') ?? '');
  const base = baseOf(baseName, schema, within);
  const parts = partsOf(how, schema, new Set([...within, baseName]));
  const attributes = new Map([...(base?.attributes ?? []), ...parts.attributes]);
  for (const name of parts.prohibited) attributes.delete(name);
  const isExtension = how.name === 'extension';
  return {
    kind: 'complex',
    simple:
      wrapped.name === 'complexContent'
        ? null
        : isExtension
          ? (base?.simple ?? refTo(baseName, schema))
          : restrictionOf(how, schema),
    mixed: mixed || wrapped.attributes.get('mixed') === 'true' || (isExtension && base?.mixed === true),
    content: isExtension ? joined([base?.content ?? nothing, parts.content]) : parts.content,
    attributes,
    anyAttribute: parts.anyAttribute || (isExtension && base?.anyAttribute === true),
  };
};

/** The type that another one extends or restricts, where it is at hand and holds elements or attributes. */
const baseOf = (name: XmlName, { sources }: Of, within: ReadonlySet<XmlName>): Complex | null => {
  const source = sources.type.get(name);
  if (source === undefined || source.node.name !== 'complexType' || within.has(name)) return null;
  return complexOf(source.node, source.schema, new Set([...within, name]));
};

type Parts = Pick<Complex, 'content' | 'attributes' | 'anyAttribute'> & { readonly prohibited: ReadonlySet<XmlName> };

const partsOf = (node: XmlTree, schema: Of, within: ReadonlySet<XmlName>): Parts => {
  const particles = own(node).flatMap((child) => particleOf(child, schema, within) ?? []);
  const [only] = particles;
  const content =
    particles.length === 1 && only !== undefined && only.kind !== 'element' && only.kind !== 'any'
      ? only
      : joined(particles);
  return { content, ...attributesOf(node, schema, within) };
};

const attributesOf = (node: XmlTree, schema: Of, within: ReadonlySet<XmlName>): Omit<Parts, 'content'> => {
  const attributes = new Map<XmlName, XsdAttribute>();
  const prohibited = new Set<XmlName>();
  let anyAttribute = false;
  for (const child of own(node)) {
    if (child.name === 'anyAttribute') anyAttribute = true;
    if (child.name === 'attribute') {
      const [name, attribute] = attributeOf(child, schema);
      if (child.attributes.get('use') === 'prohibited') prohibited.add(name);
      else attributes.set(name, attribute);
    }
    if (child.name !== 'attributeGroup') continue;
    const ref = named(child, child.attributes.get('ref') ?? '');
    const source = schema.sources.attributeGroup.get(ref);
    if (source === undefined || within.has(ref)) continue;
    const group = attributesOf(source.node, source.schema, new Set([...within, ref]));
    for (const [name, attribute] of group.attributes) attributes.set(name, attribute);
    anyAttribute ||= group.anyAttribute;
  }
  return { attributes, prohibited, anyAttribute };
};

const attributeOf = (node: XmlTree, schema: Of): readonly [XmlName, XsdAttribute] => {
  const required = node.attributes.get('use') === 'required';
  const ref = node.attributes.get('ref');
  if (ref !== undefined) {
    const name = named(node, ref);
    const source = schema.sources.attribute.get(name);
    const type = source === undefined ? anySimple : attributeOf(source.node, source.schema)[1].type;
    return [name, { required, type, value: valueOf(node) }];
  }
  const form = node.attributes.get('form');
  const isQualified = form === undefined ? schema.qualifiedAttributes : form === 'qualified';
  const type = node.attributes.get('type');
  const inline = own(node).find(({ name }) => name === 'simpleType');
  return [
    `{${isQualified ? schema.target : ''}}${node.attributes.get('name') ?? ''}`,
    {
      required,
      type:
        type !== undefined
          ? refTo(named(node, type), schema)
          : inline === undefined
            ? anySimple
            : simpleOf(inline, schema),
      value: valueOf(node),
    },
  ];
};

const particleOf = (node: XmlTree, schema: Of, within: ReadonlySet<XmlName>): XsdParticle | null => {
  switch (node.name) {
    case 'element':
      return elementOf(node, schema, false, within);
    case 'any':
      return {
        kind: 'any',
        ...times(node),
        namespaces: node.attributes.get('namespace') ?? '##any',
        strict: (node.attributes.get('processContents') ?? 'strict') === 'strict',
        target: schema.target,
      };
    case 'sequence':
    case 'choice':
    case 'all':
      return simplified({
        kind: node.name,
        ...times(node),
        items: own(node).flatMap((child) => particleOf(child, schema, within) ?? []),
      });
    case 'group': {
      const ref = named(node, node.attributes.get('ref') ?? '');
      const source = schema.sources.group.get(ref);
      if (source === undefined || within.has(ref)) return null;
      const [inner] = own(source.node);
      const made = inner === undefined ? null : particleOf(inner, source.schema, new Set([...within, ref]));
      return made === null ? null : simplified({ kind: 'sequence', ...times(node), items: [made] });
    }
    default:
      return null;
  }
};

const joined = (items: readonly XsdParticle[]): XsdGroup => simplified({ kind: 'sequence', min: 1, max: 1, items });

/** What says the same in fewer words: groups that stand in their own kind once, and those of one group, are none of their own. */
const simplified = (group: XsdGroup): XsdGroup => {
  const items = group.items
    .filter((item) => item.max > 0)
    .flatMap((item): readonly XsdParticle[] =>
      item.kind === group.kind && item.min === 1 && item.max === 1
        ? item.items
        : isGroup(item) && item.items.length === 0 && item.kind !== 'choice'
          ? []
          : [item],
    );
  const [only] = items;
  if (items.length !== 1 || only === undefined || !isGroup(only)) return { ...group, items };
  if (group.min === 1 && group.max === 1) return only;
  return only.min === 1 && only.max === 1 ? { ...only, min: group.min, max: group.max } : { ...group, items };
};

const isGroup = (item: XsdParticle): item is XsdGroup => item.kind !== 'element' && item.kind !== 'any';
