// What all pages of the catalogue have alike: head, way past the head, languages, style. They need no script. Used by the pages of this folder. Pure.
import { hubFrom } from '#apis/graphql-console/hub-from.ts';
import { escapeHtml } from '#base/text.ts';
import { inLanguage, languageNames, pageLanguages, pageTexts, type PageLanguage } from './page-texts.ts';

export const stylePath = '/catalogue/assets/catalogue.css';

/** Contrast of each pair of colours is at least 4.5 to 1; what a colour says, words say too. */
export const style = `:root { color-scheme: light; --ink: #1c2430; --quiet: #4a5568; --link: #0b4f8a; --line: #8c96a3; --ground: #ffffff; --shade: #f2f5f8; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.6 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; display: inline-block; padding: 0.5rem 1rem; }
body > header, main, body > footer { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem; }
body > header { border-bottom: 0.25rem solid var(--link); }
nav.languages ul { list-style: none; display: flex; flex-wrap: wrap; gap: 1rem; margin: 0; padding: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.75rem 0 0.5rem; }
h2 { font-size: 1.35rem; margin: 2rem 0 0.5rem; }
p, li, dd { max-width: 75ch; }
a { color: var(--link); text-decoration: underline; text-underline-offset: 0.15em; }
a:focus-visible, .wide:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--shade); }
dt { font-weight: 600; margin-top: 0.75rem; }
dd { margin: 0; }
.status { border: 1px solid var(--ink); border-radius: 0.25rem; padding: 0.1rem 0.5rem; white-space: nowrap; }
.quiet { color: var(--quiet); }
code, pre { font: 0.95em ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--shade); padding: 0.75rem 1rem; overflow-x: auto; }
body > footer { border-top: 1px solid var(--line); margin-top: 3rem; }
@media print { .skip, nav.languages { display: none; } }
`;

export type Frame = {
  /** The address of the page in the hub. */
  readonly at: string;
  readonly language: PageLanguage;
  readonly title: string;
  /** HTML. */
  readonly head: string;
  readonly main: string;
  readonly foot: string;
  /** False where there is the one language alone. */
  readonly translated: boolean;
};

/** From a page to an address of the hub, wherever the hub is put. */
export const linkFrom =
  (at: string) =>
  (path: string): string =>
    `${hubFrom(at)}${path}`;

export const framed = ({ at, language, title, head, main, foot, translated }: Frame): string => {
  const link = linkFrom(at);
  const say = (key: keyof typeof pageTexts): string => escapeHtml(inLanguage(pageTexts[key], language));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${link(stylePath)}">
<link rel="api-catalog" href="${link('/.well-known/api-catalog')}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<a class="skip" href="#content">${say('skip')}</a>
<header>
${translated ? languagesPart(language) : ''}
${head}
</header>
<main id="content" tabindex="-1">
${main}
</main>
<footer>
${foot}
</footer>
</body>
</html>
`;
};

const languagesPart = (language: PageLanguage): string =>
  `<nav class="languages" aria-label="${escapeHtml(inLanguage(pageTexts.languages, language))}"><ul>
${pageLanguages
  .map(
    (one) =>
      `<li><a href="?lang=${one}" lang="${one}" hreflang="${one}"${one === language ? ' aria-current="true"' : ''}>${languageNames[one]}</a></li>`,
  )
  .join('\n')}
</ul></nav>`;
