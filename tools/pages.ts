// Checks of the written pages: every path that they name exists, and no file of the repository holds a word that belongs to a machine or
// to the tools of whoever wrote it. Called by check.ts.
import { folderOf } from './tree.ts';
import type { Finding, Tree } from './tree.ts';

const pathLike = /^\.?[\w-]+(?:\/[\w.-]+)+\/?$|^[\w-]+\.(?:ts|mjs|md|json|yaml)$/;
const extension = /\.(?:ts|mjs|md|json|yaml|sql)$/;
const topFolders = ['src', 'model', 'docs', 'test', 'tools', 'bench', 'sandbox', 'bin', 'console', 'verify', '.ci'];

/** Checks links and paths in backticks of every page. A path may be given from the root, from src, or from the folder of the page. */
export const checkPaths = (tree: Tree): readonly Finding[] => {
  const known = new Set(tree.keys());
  for (const path of tree.keys())
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) known.add(folder);
  return [...tree]
    .filter(([path]) => path.endsWith('.md') && !path.startsWith('test/fixtures/') && !path.startsWith('test/golden/'))
    .flatMap(([page, text]) =>
      text.split('\n').flatMap((line, index) =>
        pathsIn(line)
          .filter((named) => !exists(known, page, named))
          .map((named) => ({ path: page, line: index + 1, rule: 'page-path', message: `${named} does not exist` })),
      ),
    );
};

const pathsIn = (line: string): readonly string[] => {
  const links = [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  const ticked = [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code).filter(isPath);
  return [...links, ...ticked];
};

/** A path of the repository, not an address, a media type or a pattern: it begins with one of our folders or ends as our files do. */
const isPath = (text: string): boolean => {
  if (!pathLike.test(text) || text.includes('//')) return false;
  const [first = ''] = text.split('/');
  return text.includes('/') ? topFolders.includes(first) || extension.test(text) : extension.test(text);
};

/** Files that documents speak of and users make. */
const madeByUsers: ReadonlySet<string> = new Set(['bindeledd.yaml']);

const exists = (known: ReadonlySet<string>, page: string, named: string): boolean => {
  const bare = named.replace(/\/$/, '');
  if (madeByUsers.has(bare)) return true;
  const local = resolve(folderOf(page), bare);
  const places = [bare, local, `src/${bare}`, `model/${bare}`];
  if (places.some((place) => known.has(place))) return true;
  return !bare.includes('/') && [...known].some((path) => path.endsWith(`/${bare}`));
};

const resolve = (folder: string, relative: string): string => {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
};

// Each is put together from parts, so that this file does not hold what it looks for.
const forbidden: readonly RegExp[] = [
  ['/wor', 'k/'],
  ['/tm', 'p/'],
  ['/ho', 'me/'],
  ['/Use', 'rs/'],
  ['registry\\.npm', 'js'],
  ['registry\\.yarn', 'pkg'],
  ['deb\\.deb', 'ian'],
  ['Cla', 'ude'],
  ['Anthro', 'pic'],
  ['Chat', 'GPT'],
  ['Open', 'AI\\b'],
  ['Copi', 'lot'],
  ['language mo', 'del\\b'],
].map((parts) => new RegExp(parts.join(''), 'i'));

/** Checks every text file but the lock file, whose format names where packages come from. */
export const checkWords = (tree: Tree): readonly Finding[] =>
  [...tree]
    .filter(([path]) => path !== 'package-lock.json')
    .flatMap(([path, text]) =>
      text.split('\n').flatMap((line, index) =>
        forbidden.some((pattern) => pattern.test(line))
          ? [
              {
                path,
                line: index + 1,
                rule: 'foreign-word',
                message: 'names a machine, a registry host or a tool of the writer',
              },
            ]
          : [],
      ),
    );
