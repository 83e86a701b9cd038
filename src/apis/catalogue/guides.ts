// Pages of the documentation that APIs of the catalogue name, served beside it: `/catalogue/guides/<name>`. Read from the repository when they are first asked for.
// Called by catalogue-api.ts.
import { readFile } from 'node:fs/promises';
import { guideHtml } from '#apis/graphql-console/guide-html.ts';
import { pageFile, type PageFile } from '#apis/page-files.ts';
import { madeOnce } from '#base/memory.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { framed, linkFrom } from './page-frame.ts';

const prefix = '/catalogue/guides/';

const folders = [
  new URL('../../../docs/how-to', import.meta.url),
  new URL('../../../docs/reference', import.meta.url),
] as const;

/** The names of the guides that the catalogue speaks of, and of what those lean on. */
export const guideNames = ({ apis }: Catalogue): ReadonlySet<string> =>
  new Set([
    'errors',
    'limits',
    ...[...apis.values()].flatMap(({ documents }) =>
      documents.flatMap(({ path }) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])),
    ),
  ]);

/** A guide by its name; null = there is none. Rejects with what the file system says; the next call tries again. */
export const createGuides = (names: ReadonlySet<string>): ((name: string) => Promise<PageFile> | null) => {
  const made = madeOnce(async (name: string): Promise<PageFile> => {
    const { title, body } = guideHtml(await textOf(name), (href) => linkTo(href, names));
    const at = `${prefix}${name}`;
    const html = framed({
      at,
      language: 'en',
      translated: false,
      title: plain(title),
      head: `<p><a href="${linkFrom(at)('/')}">The API catalogue</a></p>`,
      main: body,
      foot: '',
    });
    return pageFile('text/html; charset=utf-8', Buffer.from(html));
  });
  return (name) => (names.has(name) ? made(name) : null);
};

/** Links between guides stay; others are left out, for what they lead to is not served. */
const linkTo = (href: string, names: ReadonlySet<string>): string | null => {
  if (href.startsWith('#')) return href;
  const [, file = '', anchor = ''] = /^(?:(?:\.\.\/)?(?:how-to|reference)\/)?([\w-]*)\.md(#.*)?$/.exec(href) ?? [];
  return names.has(file) ? `${file}${anchor}` : null;
};

const textOf = async (name: string): Promise<string> => {
  const [first, second] = folders;
  try {
    return await readFile(new URL(`${first.href}/${name}.md`), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return readFile(new URL(`${second.href}/${name}.md`), 'utf8');
  }
};

/** A title without the marks of Markdown. */
const plain = (title: string): string => title.replaceAll(/[`*]/g, '');
