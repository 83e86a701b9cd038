// Reads what each source file imports, type-only and dynamic imports included, and resolves it to a file of the project or a package.
// Called by layers.ts and form.ts. Own scanner, because the tools that do this follow the compiler's API, which is in motion.
import { codeOf, standsAt, tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';
import { folderOf } from './tree.ts';
import type { Tree } from './tree.ts';

export type Import = {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  /** The file of the project that it leads to, or null for packages, `node:` modules and addresses that lead nowhere. */
  readonly to: string | null;
  /** `hub` in `#hub/…`, `..` and so on: how the address was written. */
  readonly form: 'alias' | 'relative' | 'package';
};

/** Files that are scanned. */
export const isSource = (path: string): boolean => /\.(?:ts|mjs)$/.test(path) && !path.endsWith('.d.ts');

/** Every import of every source file in the tree. `aliases` is the `imports` map of package.json. */
export const importsOf = (tree: Tree, aliases: Readonly<Record<string, string>>): readonly Import[] =>
  [...tree]
    .filter(([path]) => isSource(path))
    .flatMap(([path, text]) =>
      specifiersOf(codeOf(tokensOf(text))).map(({ specifier, line }) => {
        const form = specifier.startsWith('#') ? 'alias' : specifier.startsWith('.') ? 'relative' : 'package';
        const target =
          form === 'alias'
            ? fromAlias(specifier, aliases)
            : form === 'relative'
              ? join(folderOf(path), specifier)
              : null;
        return { from: path, line, specifier, form, to: target !== null && tree.has(target) ? target : null } as const;
      }),
    );

/** The name of the package that a bare specifier leads to: `@scope/name/sub` → `@scope/name`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

type Specifier = { readonly specifier: string; readonly line: number };

const specifiersOf = (code: readonly Token[]): readonly Specifier[] => {
  const found: Specifier[] = [];
  const take = (token: Token | undefined): void => {
    if (token?.kind === 'string' || token?.kind === 'template') found.push({ specifier: token.text, line: token.line });
  };
  for (let index = 0; index < code.length; index += 1) {
    const previous = code[index - 1];
    if (previous?.text === '.' && previous.kind === 'punctuation') continue;
    if (standsAt(code, index, 'import', '(')) take(code[index + 2]);
    else if (standsAt(code, index, 'import', '.', 'meta', '.', 'resolve', '(')) take(code[index + 6]);
    else if (standsAt(code, index, 'import') && code[index + 1]?.kind === 'string') take(code[index + 1]);
    else if (standsAt(code, index, 'import') || standsAt(code, index, 'export')) take(clauseSource(code, index + 1));
    // Workers name their file this way.
    else if (
      standsAt(code, index, 'new', 'URL', '(') &&
      standsAt(code, index + 4, ',', 'import', '.', 'meta', '.', 'url') &&
      /\.(?:ts|mjs)$/.test(code[index + 3]?.text ?? '')
    )
      take(code[index + 3]);
  }
  return found;
};

/** The string after `from`, when what follows `import` or `export` is a clause and not a declaration. */
const clauseSource = (code: readonly Token[], start: number): Token | undefined => {
  for (let index = start; index < code.length; index += 1) {
    const token = code[index];
    if (token === undefined || token.kind === 'string') return undefined;
    if (standsAt(code, index, 'from') && code[index + 1]?.kind === 'string') return code[index + 1];
    const inClause = token.kind === 'word' || ['{', '}', ',', '*'].includes(token.text);
    if (!inClause || ['const', 'function', 'async', 'class', 'let', 'import', 'export'].includes(token.text))
      return undefined;
  }
  return undefined;
};

const fromAlias = (specifier: string, aliases: Readonly<Record<string, string>>): string | null => {
  for (const [pattern, target] of Object.entries(aliases)) {
    const prefix = pattern.slice(0, pattern.indexOf('*'));
    if (pattern.includes('*') && specifier.startsWith(prefix))
      return join('', target.replace('*', specifier.slice(prefix.length)));
  }
  return null;
};

const join = (folder: string, relative: string): string => {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
};
