// Holds documents against a schema (XSD 1.0), with libxml2 as WebAssembly. Called by the formats with schemas of ours, for every part of a file before it
// leaves. Reads nothing but what it is given: no file, no network, no declared entity. What it finds it says in words of its own: those of libxml2
// repeat what stands in the document, which may be a name or a number of somebody.
import { ParseOption, XmlDocument, XmlError, XmlLibError, XsdValidator } from 'libxml2-wasm';
import { limits } from '#base/limits.ts';
import type { RosterFinding, SchemaCheck } from '../roster.ts';

type ErrorDetail = Pick<XmlLibError['details'][number], 'message' | 'line'>;

const options = {
  option:
    ParseOption.XML_PARSE_NONET |
    ParseOption.XML_PARSE_NO_XXE |
    ParseOption.XML_PARSE_NO_SYS_CATALOG |
    ParseOption.XML_PARSE_BIG_LINES |
    ParseOption.XML_PARSE_NODICT,
};

/**
 * A check against the schema, which is its text. `idOf` finds the id of an entry in the line that it stands in. The check gives no more findings than are
 * kept (`limits.exportFindings`); `close` gives back the memory that the schema takes. Throws when the schema is none.
 */
export const xsdCheck = (schema: string, idOf: (line: string) => string | null): SchemaCheck => {
  const validator = validatorOf(schema);
  return {
    check: (document) => {
      const details = detailsOf(validator, document);
      return details.length === 0 ? [] : findingsOf(details, document, idOf);
    },
    close: () => validator.dispose(),
  };
};

const validatorOf = (schema: string): XsdValidator => {
  const document = XmlDocument.fromBuffer(Buffer.from(schema), options);
  try {
    return XsdValidator.fromDoc(document);
  } finally {
    document.dispose();
  }
};

const detailsOf = (validator: XsdValidator, document: Buffer): readonly ErrorDetail[] => {
  let parsed: XmlDocument | null = null;
  try {
    parsed = XmlDocument.fromBuffer(document, options);
    validator.validate(parsed);
    return [];
  } catch (error) {
    if (error instanceof XmlLibError) return error.details;
    // What libxml2 cannot hold against a schema at all, as references to entities.
    if (error instanceof XmlError) return [{ message: '', line: 1 }];
    throw error;
  } finally {
    parsed?.dispose();
  }
};

const findingsOf = (
  details: readonly ErrorDetail[],
  document: Buffer,
  idOf: (line: string) => string | null,
): readonly RosterFinding[] => {
  const lineOf = linesOf(document);
  const findings = new Map<string, RosterFinding>();
  for (const detail of details) {
    if (findings.size >= limits.exportFindings) break;
    const { rule, message } = saidOf(detail.message);
    const key = `${detail.line} ${message}`;
    if (!findings.has(key)) findings.set(key, { rule, at: idOf(lineOf(detail.line)), message });
  }
  return [...findings.values()];
};

// `Element '{urn:x}n', attribute 'a': [facet 'pattern'] The value …`
const about = /^Element '(?:\{[^}]*\})?([\w.-]{1,64})'(?:, attribute '([\w.-]{1,64})')?: (?:\[facet '(\w+)'\] )?(.*)/s;
const ofAttribute = /^The attribute '([\w.-]{1,64})'/;

/** What libxml2 says of a place, by how it begins, to what is said of it here. */
const sayings: readonly (readonly [RegExp, string, string])[] = [
  [/^This element is not expected/, 'schema-order', 'is not expected here'],
  [/^Missing child element/, 'schema-missing', 'lacks an element'],
  [/^The attribute '[^']*' is required/, 'schema-missing', 'lacks an attribute'],
  [/^The attribute '[^']*' is not allowed/, 'schema-attribute', 'has an attribute that it may not have'],
  [/^Character content/, 'schema-content', 'holds text where only elements may stand'],
  [/^Element content/, 'schema-content', 'holds elements where only text may stand'],
  [/^'.*' is not a valid value/s, 'schema-value', 'has a value of the wrong form'],
  [/^No matching global/, 'schema-root', 'is no root of such a document'],
];

/** What libxml2 says, without anything of what it was said about but the names of elements and attributes. */
const saidOf = (said: string): { readonly rule: string; readonly message: string } => {
  const [, element, attribute, facet, rest = ''] = about.exec(said) ?? [];
  if (element === undefined) return { rule: 'well-formed', message: 'The document is no well-formed XML.' };
  const named = attribute ?? ofAttribute.exec(rest)?.[1];
  const place = named === undefined ? `<${element}>` : `<${element} ${named}>`;
  if (facet !== undefined)
    return { rule: 'schema-value', message: `${place} has a value that it may not have: ${facet}` };
  const [, rule, words] = sayings.find(([begins]) => begins.test(rest)) ?? [
    null,
    'schema',
    'is not as the schema says',
  ];
  return { rule, message: `${place} ${words}` };
};

const newline = 0x0a;

/** Finds lines of a document by number, from 1. Asked with numbers that do not go down it looks at every byte once. */
const linesOf = (document: Buffer): ((line: number) => string) => {
  let [line, start] = [1, 0];
  return (wanted) => {
    if (wanted < line) [line, start] = [1, 0];
    for (; line < wanted; line += 1) {
      const end = document.indexOf(newline, start);
      if (end === -1) return '';
      start = end + 1;
    }
    const end = document.indexOf(newline, start);
    return document.toString('utf8', start, end === -1 ? document.length : end);
  };
};
