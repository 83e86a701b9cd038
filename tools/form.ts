// The rules of form that a machine can see: how a source file is named, begins and exports, which words it may not hold, and which
// folders need a README. Called by check.ts. To add a rule, add a function to the list of its scope and a planted violation to its test.
import { isSource } from './imports.ts';
import { codeOf, standsAt, tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';
import { folderOf, nameOf } from './tree.ts';
import type { Finding, Tree } from './tree.ts';

type File = { readonly path: string; readonly tokens: readonly Token[]; readonly code: readonly Token[] };
type Rule = (file: File) => readonly Finding[];

/** Checks every source file, and the README of every folder that holds code. `modelNames` are the class names of the model. */
export const checkForm = (tree: Tree, modelNames: ReadonlySet<string>): readonly Finding[] => {
  const files = [...tree]
    .filter(([path]) => isSource(path))
    .map(([path, text]) => {
      const tokens = tokensOf(text);
      return { path, tokens, code: codeOf(tokens) };
    });
  const rules: readonly Rule[] = [
    opensWithComment,
    fileName,
    defaultExport,
    barrel,
    enumeration,
    looseType,
    nonNull,
    openTask,
    surroundings,
    madePlan,
    modelWord(modelNames),
  ];
  return [...files.flatMap((file) => rules.flatMap((rule) => rule(file))), ...readmes(tree)];
};

const at = (file: File, line: number, rule: string, message: string): Finding => ({
  path: file.path,
  line,
  rule,
  message,
});

/** One finding for each place where `matches` holds. */
const each = (
  file: File,
  rule: string,
  message: string,
  matches: (index: number, token: Token) => boolean,
): readonly Finding[] =>
  file.code.flatMap((token, index) => (matches(index, token) ? [at(file, token.line, rule, message)] : []));

const opensWithComment: Rule = (file) => {
  const shebang = file.tokens[0]?.text.startsWith('#!') === true;
  const first = file.tokens[shebang ? 1 : 0];
  return first?.kind === 'comment'
    ? []
    : [at(file, 1, 'opening-comment', 'a file opens with a comment that says what it is for')];
};

const vague: ReadonlySet<string> = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'shared',
  'types',
  'manager',
  'index',
]);

const fileName: Rule = (file) => {
  const [name = ''] = nameOf(file.path).split('.');
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.config)?\.(?:ts|mjs)$/.test(nameOf(file.path)))
    return [at(file, 0, 'file-name', 'file names are kebab-case')];
  return vague.has(name)
    ? [at(file, 0, 'file-name', `a file named ${name} says nothing; name it for its main export`)]
    : [];
};

const isConfig = (file: File): boolean => file.path.endsWith('.config.ts') || file.path.endsWith('.config.mjs');

const defaultExport: Rule = (file) =>
  isConfig(file)
    ? []
    : each(
        file,
        'default-export',
        'exports have names',
        (index) =>
          standsAt(file.code, index, 'export', 'default') ||
          (standsAt(file.code, index, 'as', 'default') && ['}', ','].includes(file.code[index + 2]?.text ?? '')),
      );

/** A file that only hands on what others export. */
const barrel: Rule = (file) => {
  let exports = 0;
  let other = 0;
  for (let index = 0; index < file.code.length; index += 1) {
    const opens = standsAt(file.code, index, 'import') || standsAt(file.code, index, 'export');
    const clause = opens ? clauseEnd(file.code, index + 1) : null;
    if (clause === null) other += 1;
    else {
      if (standsAt(file.code, index, 'export')) exports += 1;
      index = clause;
    }
  }
  return exports > 0 && other === 0
    ? [at(file, 0, 'barrel', 'a file that only re-exports hides where things are')]
    : [];
};

/** Index of the last token of an import, re-export or export list that begins before `start`; null for anything else. */
const clauseEnd = (code: readonly Token[], start: number): number | null => {
  let index = standsAt(code, start, 'type') ? start + 1 : start;
  const first = code[index];
  if (first?.kind !== 'string' && first?.text !== '{' && first?.text !== '*' && first?.kind !== 'word') return null;
  for (; index < code.length; index += 1) {
    const token = code[index];
    if (token?.text === ';' && token.kind === 'punctuation') return index;
    if (token?.text === '=' || token?.text === '(' || token?.text === ':') return null;
  }
  return index;
};

const enumeration: Rule = (file) =>
  each(
    file,
    'enum',
    'use a union of literals',
    (index) =>
      standsAt(file.code, index, 'enum') &&
      file.code[index + 1]?.kind === 'word' &&
      standsAt(file.code, index + 2, '{'),
  );

const typePosition: ReadonlySet<string> = new Set([':', '<', '|', '&', 'as', 'extends', 'is', 'satisfies']);
const typeGoesOn: ReadonlySet<string> = new Set([',', ';', ')', '>', '=', '|', '&', '[', '}', ']', '=>', '{']);

const looseType: Rule = (file) =>
  each(
    file,
    'any',
    'say the type, or unknown',
    (index, token) =>
      token.kind === 'word' &&
      token.text === 'any' &&
      typePosition.has(file.code[index - 1]?.text ?? '') &&
      file.code[index - 1]?.kind !== 'string' &&
      typeGoesOn.has(file.code[index + 1]?.text ?? ';'),
  );

const notAValue: ReadonlySet<string> = new Set([
  'return',
  'typeof',
  'in',
  'of',
  'case',
  'await',
  'yield',
  'void',
  'delete',
  'throw',
  'else',
  'do',
]);

const nonNull: Rule = (file) =>
  each(file, 'non-null', 'prove it instead of claiming it', (index, token) => {
    const before = file.code[index - 1];
    if (token.kind !== 'punctuation' || token.text !== '!' || !token.adjacent || before === undefined) return false;
    return before.kind === 'word'
      ? !notAValue.has(before.text)
      : before.kind === 'punctuation' && [')', ']', '}'].includes(before.text);
  });

// Put together from parts, so that this file does not hold what it looks for.
const taskMark = new RegExp(
  `\\b(?:${[
    ['TO', 'DO'],
    ['FIX', 'ME'],
    ['XX', 'X'],
  ]
    .map((parts) => parts.join(''))
    .join('|')})\\b(?! ?\\(?#\\d+)`,
);

const openTask: Rule = (file) =>
  file.tokens.flatMap((token) =>
    token.kind === 'comment' && taskMark.test(token.text)
      ? [at(file, token.line, 'open-task', 'an open task names its issue, like (#12)')]
      : [],
  );

/** Where the surroundings may be asked: what else needs them is given a Clock, a Random or its settings. */
const mayAskSurroundings = (path: string): boolean =>
  !path.startsWith('src/') ||
  path === 'src/base/clock.ts' ||
  path === 'src/base/random.ts' ||
  path.startsWith('src/config/') ||
  path.startsWith('src/app/');

const asked: readonly (readonly string[])[] = [
  ['Date', '.', 'now'],
  ['new', 'Date', '(', ')'],
  ['new', 'Date', ';'],
  ['Math', '.', 'random'],
  ['process', '.', 'env'],
  ['performance', '.', 'now'],
  ['randomBytes', '('],
  ['randomUUID', '('],
];

const surroundings: Rule = (file) =>
  mayAskSurroundings(file.path)
    ? []
    : each(file, 'surroundings', 'clock, randomness and environment are injected', (index) =>
        asked.some((texts) => standsAt(file.code, index, ...texts)),
      );

/** Only one file claims that a value is an authorised plan; tests may. Renaming the type on import would hide the claim. */
const madePlan: Rule = (file) => {
  const plan = 'AuthorizedPlan';
  if (file.path === 'src/hub/authorize.ts' || file.path.startsWith('test/')) return [];
  return each(file, 'made-plan', 'only src/hub/authorize.ts makes an authorised plan', (index, token) => {
    if (standsAt(file.code, index, plan, 'as')) return true;
    if (token.kind !== 'word' || token.text !== 'as') return false;
    let depth = 0;
    for (let next = index + 1; next < Math.min(file.code.length, index + 40); next += 1) {
      const text = file.code[next]?.text ?? '';
      if (text === plan) return true;
      if (['<', '{', '(', '['].includes(text)) depth += 1;
      if (['>', '}', ')', ']'].includes(text)) depth -= 1;
      if (depth < 0 || (depth === 0 && [',', ';', '=', '=>', '&&', '||', '?', '??', 'from'].includes(text)))
        return false;
    }
    return false;
  });
};

/**
 * Class names of the model that are ordinary words in src, English or in a Norwegian text, and say nothing about the class there. Every
 * other class name is for model data, mappings, fixtures and texts to people.
 */
export const ordinaryWords: ReadonlySet<string> = new Set([
  'format',
  'identifikator',
  'organisasjon',
  'part',
  'pass',
  'person',
  'registrering',
  'sprak',
  'status',
  'tilgang',
  'time',
  'varighet',
]);

const modelWord =
  (names: ReadonlySet<string>): Rule =>
  (file) => {
    if (!file.path.startsWith('src/') || file.path.includes('/mappings/') || isVocabulary.test(file.path)) return [];
    return file.code.flatMap((token) => {
      if (token.kind === 'punctuation' || token.kind === 'regex' || isForPeople(file, token)) return [];
      const word = wordsOf(token.text.replaceAll(productName, '')).find(
        (one) => names.has(one) && !ordinaryWords.has(one),
      );
      return word === undefined
        ? []
        : [at(file, token.line, 'model-word', `${word} is a class of the model; code in src knows none`)];
    });
  };

/** The code words of a format of others, as data: some are spelled like classes of the model. */
const isVocabulary = /^src\/formats\/(?:school-words|[a-z-]+\/(?:codes|read-words))\.ts$/;

/** Help texts and the personas of the demo; and sentences with which APIs and settings describe themselves. A single word may be a name. */
const isForPeople = ({ path }: File, { kind, text }: Token): boolean =>
  kind !== 'word' &&
  (path.startsWith('src/app/') || (/^src\/(?:apis|config)\//.test(path) && /\S\s+\S/.test(text.slice(1, -1))));

/** The product whose API one of the catalogue is. */
const productName = /flyt-skole|flytSkole/gi;

/** Lower-case words of a text or an identifier: whole runs of letters, and runs of the parts between capitals. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/\p{L}+/gu)].flatMap(([run]) => {
    const capitals = run === run.toUpperCase();
    const parts = (capitals ? [run] : run.split(/(?=\p{Lu})/u)).map((part) => part.toLowerCase());
    return parts.flatMap((_, start) =>
      parts.slice(start).map((__, length) => parts.slice(start, start + length + 1).join('')),
    );
  });

/** Every folder of the product with code in it, and every folder at the top with code in it, has a README. */
const readmes = (tree: Tree): readonly Finding[] => {
  const folders = new Set(
    [...tree.keys()]
      .filter((path) => isSource(path) && /^(?:src\/|sandbox\/|test\/|bench\/|tools\/)/.test(path))
      .map(folderOf),
  );
  const needed = [...folders].map((folder) => (folder.startsWith('src/') ? folder : (folder.split('/')[0] ?? folder)));
  return [...new Set(needed)]
    .filter((folder) => !tree.has(`${folder}/README.md`))
    .map((folder) => ({
      path: folder,
      line: 0,
      rule: 'readme',
      message: 'a folder says in its README.md what it is for',
    }));
};

/** Long files and functions: worth a look, never a failure. */
export const longParts = (tree: Tree, most: { readonly file: number; readonly function: number }): readonly string[] =>
  [...tree]
    .filter(([path]) => isSource(path) && /^(?:src|sandbox|tools|bench)\//.test(path))
    .flatMap(([path, text]) => {
      const lines = text.split('\n').length;
      const long = lines > most.file ? [`${path}: ${lines} lines`] : [];
      return [...long, ...longFunctions(path, codeOf(tokensOf(text)), most.function)];
    });

const longFunctions = (path: string, code: readonly Token[], most: number): readonly string[] => {
  const found: string[] = [];
  let depth = 0;
  let begin: { readonly name: string; readonly line: number; functional: boolean } | null = null;
  for (const [index, token] of code.entries()) {
    if (token.kind === 'word' && depth === 0 && ['const', 'function'].includes(token.text))
      begin = { name: code[index + 1]?.text ?? '', line: token.line, functional: token.text === 'function' };
    if (token.kind !== 'punctuation') continue;
    if (token.text === '=>' && begin !== null) begin.functional = true;
    if (['{', '(', '['].includes(token.text)) depth += 1;
    if (['}', ')', ']'].includes(token.text)) depth -= 1;
    const ends = depth === 0 && (token.text === ';' || (token.text === '}' && code[index + 1]?.text !== ';'));
    if (ends && begin?.functional === true && token.line - begin.line >= most)
      found.push(`${path}:${begin.line}: ${begin.name} has ${token.line - begin.line + 1} lines`);
    if (ends && token.text === ';') begin = null;
  }
  return found;
};
