// Pages of the documentation, beside the page of the API that they are about: what holds, what is another than in the original, what is reconstructed.
// Read from the repository when they are first asked for. Called by console-routes.ts.
import { readFile } from 'node:fs/promises';
import { pageFile, type PageFile } from '#apis/page-files.ts';
import { madeOnce } from '#base/memory.ts';
import { consoleFiles, type ConsoleFiles } from './console-files.ts';
import { guideHtml } from './guide-html.ts';
import { hubFrom } from './hub-from.ts';

/** Folders of pages, by the name that they have in links. */
const folders: Readonly<Record<'how-to' | 'reference', URL>> = {
  'how-to': new URL('../../../docs/how-to', import.meta.url),
  reference: new URL('../../../docs/reference', import.meta.url),
};

/** `how-to/<name>.md` or `reference/<name>.md`. */
export type GuideName = `${keyof typeof folders}/${string}.md`;

export type GuidePages = {
  /** The address of a page in the hub. */
  readonly at: (name: GuideName) => string;
  /** By what stands behind the prefix in the address; null = there is none. Rejects with what the file system says; the next call tries again. */
  readonly page: (rest: string) => Promise<PageFile> | null;
};

/** Pages below `<path>/guide/`, those that are named alone; links to others are left out of them. */
export const guidePages = (path: string, names: readonly GuideName[]): GuidePages => {
  const known = new Map(names.map((name) => [shortOf(name), name]));
  const at = (name: GuideName): string => `${path}/guide/${shortOf(name)}`;
  const linkTo = (href: string): string | null => {
    const [, file = '', anchor = ''] =
      /^(?:(?:\.\.\/)?(?:how-to|reference)\/)?([\w-]*)(?:\.md)?(#.*)?$/.exec(href) ?? [];
    if (href.startsWith('#')) return href;
    const name = href.includes('.md') ? known.get(file) : undefined;
    // They all stand in one place.
    return name === undefined ? null : `${shortOf(name)}${anchor}`;
  };
  const made = madeOnce(async (name: GuideName): Promise<PageFile> => {
    const [folder, file] = name.split('/');
    const text = await readFile(new URL(`${folders[folder as keyof typeof folders].href}/${file}`), 'utf8');
    const { title, body } = guideHtml(text, linkTo);
    return pageFile('text/html; charset=utf-8', Buffer.from(pageOf(path, title, body, await consoleFiles())));
  });
  return {
    at,
    page: (rest) => {
      const name = known.get(rest);
      return name === undefined ? null : made(name);
    },
  };
};

/** The name in addresses. */
const shortOf = (name: GuideName): string => name.slice(name.indexOf('/') + 1, -'.md'.length);

const pageOf = (path: string, title: string, body: string, { ownStyle }: ConsoleFiles): string => {
  const home = `${hubFrom(`${path}/guide/`)}${path}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>
<link rel="stylesheet" href="${home}/assets/${ownStyle}">
</head>
<body class="guide">
<header><p><a href="${home}">GraphiQL</a></p></header>
<main>
${body}
</main>
</body>
</html>
`;
};
