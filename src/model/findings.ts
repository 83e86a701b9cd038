// Findings about model files: what is wrong, by which rule, in which file and line. Made by the checks, shown by the start of the
// hub and by `bindeledd model check`. Knows how to find a line in a parsed YAML file; knows no rule.
import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** The rules by name; the name stands in every finding and is part of the documented interface. */
export const rules = {
  'yaml-syntax': 'A file is well-formed YAML with unique keys.',
  'missing-file': 'Each folder holds model.yaml, indexes.yaml, scopes.yaml and at least one package.',
  'builds-on': 'One folder names the identifier class; each of the others builds on one of them, never in a circle.',
  'unknown-key': 'Only the documented keys are used.',
  'missing-key': 'Every mandatory key is there.',
  'value-type': 'A key holds the kind of value it is documented with.',
  'package-path': 'A package names its path, its display names say the same path, and the file lies there.',
  name: 'Names hold letters and digits, begin with a letter, and classes begin with a capital.',
  'reserved-name': 'No name takes the place of a word that addresses already use.',
  duplicate:
    'Models, domains, packages, classes, paths, attributes, relations, extensions and scopes are unique over all folders, inherited members included.',
  'class-kind': 'A class is main, abstract, complex or reference; references are empty, only main classes are common.',
  'class-number': 'The number of a class is a whole number from 1, and its own.',
  'class-key':
    'Numbers, keys, events and registers are of main classes or abstract ones; parts of keys and events stand there once, names in other APIs are texts.',
  superclass: 'A superclass exists, is abstract, and no chain runs in a circle.',
  'attribute-type': 'An attribute is of a primitive kind or of a complex or main class, never in a circle.',
  'relation-target': 'A relation leads to a main class or a reference.',
  multiplicity: 'A multiplicity is 1, 0..1, 0..* or 1..*, in quotes.',
  inverse: 'An inverse exists at the target and points back.',
  identifier: 'A main class has an identifier; the identifier class has its value attribute.',
  text: 'Packages, classes and relations are described in both languages; attributes in both or none.',
  contract: 'A contract is production, beta or experimental.',
  values: 'Only texts have values; each stands there once.',
  sensitivity: 'Every attribute has a sensitivity of the list.',
  domain: 'Every domain is described.',
  'index-path': 'An index names an attribute path of a class.',
  'scope-path': 'A scope names collections and relation paths that lead to its target.',
  extension:
    'An extension lies in extensions/, names itself, and adds optional attributes and relations, no identifiers, to classes that exist.',
  'common-from':
    'A package takes common classes from a component with copies of its own, of all those that its relations lead to.',
  protection:
    'Markings, about and not-about name what the model has; about leads to somebody who can be marked, never in a circle.',
  'protection-gap':
    'A collection from which relations lead to a marked class is about somebody, or is named with a reason why not.',
  graphql: 'Data of a GraphQL API name classes, attributes and relations that the model has.',
  catalogue: 'What the catalogue says of APIs, main versions and changes is whole and does not contradict itself.',
  'scope-person': 'A collection that says something about persons is never unaffected by a scope.',
} as const satisfies Readonly<Record<string, string>>;

export type Rule = keyof typeof rules;

export type Finding = {
  /** Relative to the model folder; with the name of the folder before it when there are several. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
};

/** Where in a file something stands: the keys (and list positions) from its top. */
export type At = { readonly file: string; readonly path: readonly (string | number)[] };

/** A finding before its line is known. */
export type Complaint = At & { readonly rule: Rule; readonly message: string };

export type Complain = (at: At, rule: Rule, message: string) => void;

/** The place below a place. */
export const below = (at: At, ...steps: readonly (string | number)[]): At => ({
  file: at.file,
  path: [...at.path, ...steps],
});

type ParsedFile = { readonly document: Document; readonly lines: LineCounter };

/** Parses a model file, with what it takes to find lines in it. */
export const parseFile = (text: string): ParsedFile => {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines };
};

/** Gives the line (from 1) of the key or list item at the path, or of the nearest place above it that the file has. */
const lineOf = (file: ParsedFile | undefined, path: readonly (string | number)[]): number => {
  if (file === undefined) return 1;
  let node: unknown = file.document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) break;
      offset = startOf(node) ?? offset;
    } else break;
  }
  return file.lines.linePos(offset).line;
};

const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/**
 * Gives complaints their lines, in the order of files and lines. Takes the texts of the files: what was parsed is many times their size and is
 * not kept for the sake of complaints that are hardly ever made.
 */
export const located = (complaints: readonly Complaint[], texts: ReadonlyMap<string, string>): readonly Finding[] => {
  const parsed = new Map<string, ParsedFile | undefined>();
  const parsedFile = (file: string): ParsedFile | undefined => {
    const text = texts.get(file);
    if (!parsed.has(file)) parsed.set(file, text === undefined ? undefined : parseFile(text));
    return parsed.get(file);
  };
  return complaints
    .map(({ file, path, rule, message }) => ({ file, line: lineOf(parsedFile(file), path), rule, message }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
};
