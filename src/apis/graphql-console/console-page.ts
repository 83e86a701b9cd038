// The page as HTML: what the API is, where its schemas are, a form for a token, flags, examples, and the place where GraphiQL comes. All of it but the
// forms can be read without scripts. Called by console-routes.ts.
import { escapeHtml } from '#base/text.ts';
import type { GraphqlExample, GraphqlExamples } from '#model/graphql-examples.ts';
import type { Text } from '#model/model.ts';
import type { ConsoleFiles } from './console-files.ts';
import { consoleTexts, type ConsoleLanguage, type ConsoleTexts } from './console-texts.ts';
import type { GuideName } from './guide-pages.ts';
import { hubFrom } from './hub-from.ts';

export type ConsolePage = {
  readonly name: Text;
  readonly about: Text;
  /** Where operations are sent to, `/graphql`. */
  readonly path: string;
  /** Schemas and what else tells about the API, at addresses of the hub. */
  readonly links: readonly { readonly href: string; readonly text: Text }[];
  /** Pages of the documentation that are served beside it; the first is that for developers of clients. */
  readonly guides: readonly [GuideName, ...GuideName[]];
  readonly flags: readonly string[];
  readonly examples: GraphqlExamples;
};

/** Where a page is, and where that leads which it names. */
export type ConsolePlace = { readonly at: string; readonly files: ConsoleFiles; readonly guide: string };

/** The page in a language, as it stands at an address. */
export const consolePage = (
  page: ConsolePage,
  language: ConsoleLanguage,
  { at, files, guide }: ConsolePlace,
): string => {
  const texts = consoleTexts[language];
  const other = language === 'nb' ? 'en' : 'nb';
  const hub = hubFrom(at);
  const below = (address: string): string => `${hub}${page.path}/assets/${address}`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escapeHtml(page.name[language])} – GraphiQL</title>
${files.styles.map((one) => `<link rel="stylesheet" href="${below(one)}">`).join('\n')}
${files.scripts.map((one) => `<script defer src="${below(one)}"></script>`).join('\n')}
<script type="module" src="${below(files.module)}"></script>
</head>
<body>
<a class="skip" href="#console">${texts.skip}</a>
<header>
<p class="language"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${texts.otherLanguage}</a></p>
<h1>${escapeHtml(page.name[language])}</h1>
<p>${escapeHtml(page.about[language])}</p>
<nav aria-label="${texts.links}"><ul>
${page.links.map(({ href, text }) => `<li><a href="${escapeHtml(`${hub}${href}`)}">${escapeHtml(text[language])}</a></li>`).join('\n')}
</ul></nav>
<p><a href="${hub}${guide}" hreflang="en">${texts.guide}</a></p>
<noscript><p>${texts.noScript}</p></noscript>
</header>
<main data-hub="${hub}" data-path="${page.path}" data-texts="${escapeHtml(JSON.stringify(texts.script))}">
<div class="choices">
${tokenPart(texts)}
${flagsPart(page.flags, texts)}
</div>
${examplesPart(page.examples, language, texts)}
<section id="console-part" aria-labelledby="console-title" hidden>
<h2 id="console-title">${texts.console}</h2>
<p>${texts.consoleAbout}</p>
<p id="schema-state" role="status"></p>
<div id="console" lang="en" tabindex="-1"></div>
</section>
</main>
</body>
</html>
`;
};

/** Hidden until there is a script that works it: the secret must not be sent in any other way. */
const tokenPart = (texts: ConsoleTexts): string => `<section aria-labelledby="token-title" data-scripted hidden>
<h2 id="token-title">${texts.token}</h2>
<p id="token-about">${texts.tokenAbout}</p>
<form id="token-form" autocomplete="off">
<p><label for="client-id">${texts.clientId}</label> <input id="client-id" required spellcheck="false" autocapitalize="off" autocomplete="off"></p>
<p><label for="client-secret">${texts.clientSecret}</label> <input id="client-secret" type="password" required autocomplete="off" aria-describedby="token-about"></p>
<p><label for="tenant">${texts.tenant}</label> <input id="tenant" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="tenant-about"> <small id="tenant-about">${texts.tenantAbout}</small></p>
<p><button type="submit">${texts.getToken}</button> <button type="button" id="forget" disabled>${texts.forget}</button></p>
</form>
<form id="own-token-form" autocomplete="off">
<p><label for="own-token">${texts.ownToken}</label> <input id="own-token" type="password" required autocomplete="off"></p>
<p><button type="submit">${texts.useToken}</button></p>
</form>
<p id="token-state" role="status"></p>
</section>`;

const flagsPart = (flags: readonly string[], texts: ConsoleTexts): string =>
  flags.length === 0
    ? ''
    : `<section aria-labelledby="flags-title" data-scripted hidden>
<h2 id="flags-title">${texts.flags}</h2>
<p id="flags-about">${texts.flagsAbout}</p>
<fieldset aria-labelledby="flags-title" aria-describedby="flags-about">
${flags
  .map(
    (flag) =>
      `<label lang="en"><input type="checkbox" name="flag" value="${escapeHtml(flag)}"> ${escapeHtml(flag)}</label>`,
  )
  .join('\n')}
</fieldset>
</section>`;

const examplesPart = ({ owner, examples }: GraphqlExamples, language: ConsoleLanguage, texts: ConsoleTexts): string =>
  examples.length === 0
    ? ''
    : `<section aria-labelledby="examples-title">
<h2 id="examples-title">${texts.examples}</h2>
${
  owner === null
    ? ''
    : `<p data-scripted hidden><label for="owner">${texts.owner}</label> <input id="owner" inputmode="numeric" autocomplete="off" size="8" data-variable="${escapeHtml(owner)}" aria-describedby="owner-about"> <small id="owner-about">${texts.ownerAbout}</small></p>`
}
<ul class="examples">
${examples.map((example, index) => exampleItem(example, index, language, texts)).join('\n')}
</ul>
<p id="example-state" role="status"></p>
</section>`;

const exampleItem = (
  { title, flags, query, variables }: GraphqlExample,
  index: number,
  language: ConsoleLanguage,
  texts: ConsoleTexts,
): string => `<li>
<details>
<summary>${escapeHtml(title[language])}</summary>
${flags.length === 0 ? '' : `<p>${texts.needsFlags}: <code>Feature-Flags: ${escapeHtml(flags.join(', '))}</code></p>`}
<pre tabindex="0"><code id="example-${index}">${escapeHtml(query)}</code></pre>
<p>${texts.variables}: <code>${escapeHtml(JSON.stringify(variables))}</code></p>
</details>
<button type="button" data-scripted hidden data-example="example-${index}" data-flags="${escapeHtml(flags.join(','))}" data-variables="${escapeHtml(JSON.stringify(variables))}" aria-label="${escapeHtml(`${texts.load}: ${title[language]}`)}">${texts.load}</button>
</li>`;
