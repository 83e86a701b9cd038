// A graph of statements, and its two spellings: Turtle and JSON-LD, the second with its context inside, so that nobody has to fetch one. Used by dcat.ts. Knows no
// vocabulary.

export type Literal = { readonly text: string; readonly lang?: string; readonly datatype?: string };
export type Reference = { readonly iri: string };
/** What has no name of its own stands within what speaks of it. */
export type Unnamed = { readonly properties: Properties };
export type Value = Literal | Reference | Unnamed;

/** By prefixed name, `dct:title`. */
export type Properties = readonly (readonly [predicate: string, values: readonly Value[]])[];

export type Named = { readonly iri: string; readonly properties: Properties };

/** Subjects with what is said of them; `types` are prefixed names, under `a` among the properties. */
export type Graph = { readonly prefixes: Readonly<Record<string, string>>; readonly subjects: readonly Named[] };

/** A prefixed name as a reference. */
export const named = (prefixes: Graph['prefixes'], name: string): Reference => {
  const [prefix = '', local = ''] = name.split(':', 2);
  return { iri: `${prefixes[prefix] ?? ''}${local}` };
};

const said = (properties: Properties): Properties => properties.filter(([, values]) => values.length > 0);

/** The graph as Turtle. */
export const turtleOf = ({ prefixes, subjects }: Graph): string => {
  const lines = (properties: Properties, depth: number): string =>
    said(properties)
      .map(
        ([predicate, values]) =>
          `${'  '.repeat(depth)}${predicate} ${values.map((value) => valueIn(value, depth)).join(', ')}`,
      )
      .join(' ;\n');
  const valueIn = (value: Value, depth: number): string => {
    if ('iri' in value) return iriIn(value.iri);
    if ('properties' in value) return `[\n${lines(value.properties, depth + 1)}\n${'  '.repeat(depth)}]`;
    return `"${escaped(value.text)}"${value.lang === undefined ? '' : `@${value.lang}`}${value.datatype === undefined ? '' : `^^${value.datatype}`}`;
  };
  const head = Object.entries(prefixes).map(([prefix, iri]) => `@prefix ${prefix}: ${iriIn(iri)} .`);
  const bodies = subjects.map(({ iri, properties }) => `${iriIn(iri)}\n${lines(properties, 1)} .`);
  return `${head.join('\n')}\n\n${bodies.join('\n\n')}\n`;
};

/** What neither an address nor a text may hold as it is, in the escapes of Turtle. */
const escapedWhere = (text: string, stands: (code: number, letter: string) => boolean): string =>
  [...text]
    .map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      return stands(code, letter) ? letter : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
    })
    .join('');

const iriIn = (iri: string): string =>
  `<${escapedWhere(iri, (code, letter) => code > 0x20 && !'<>"{}|^`\\'.includes(letter))}>`;

const escaped = (text: string): string =>
  escapedWhere(text, (code, letter) => code >= 0x20 && letter !== '"' && letter !== '\\');

/** The same graph as a JSON-LD document. */
export const jsonLdOf = ({ prefixes, subjects }: Graph): object => {
  const within = (properties: Properties): object => Object.fromEntries(said(properties).map(memberOf));
  const memberOf = ([predicate, values]: Properties[number]): readonly [string, unknown] =>
    predicate === 'a'
      ? ['@type', values.flatMap((one) => ('iri' in one ? one.iri : []))]
      : [predicate, values.map(valueIn)];
  const valueIn = (value: Value): object => {
    if ('iri' in value) return { '@id': value.iri };
    if ('properties' in value) return within(value.properties);
    return {
      '@value': value.text,
      ...(value.lang === undefined ? {} : { '@language': value.lang }),
      ...(value.datatype === undefined ? {} : { '@type': value.datatype }),
    };
  };
  return {
    '@context': prefixes,
    '@graph': subjects.map(({ iri, properties }) => ({ '@id': iri, ...within(properties) })),
  };
};
