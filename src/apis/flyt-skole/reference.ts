// The interactive reference at /docs: a page that shows the OpenAPI document and tries its operations, with every script and style served by the
// hub itself, so that it works where nothing else can be reached. Open to all: a description is no personal data. Called by vfs-api.ts.
import { fileURLToPath } from 'node:url';
import { openGet, type ApiAnswer, type ApiRequest, type CatalogueEntry, type Route } from '#apis/api.ts';
import { checkedAgain, pageFile, pageFileAnswer, pagePolicy, readPageFile, type PageFile } from '#apis/page-files.ts';
import { madeOnce } from '#base/memory.ts';
import { nothingNamed } from './problem-answers.ts';

/** Files of the package by the name that they have here; their types. */
const packaged: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const assetsBelow = '/docs/assets';

const page = ({ name, description }: CatalogueEntry, document: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name.en}</title>
<link rel="icon" type="image/png" href="${assetsBelow}/favicon-32x32.png">
<link rel="stylesheet" href="${assetsBelow}/swagger-ui.css">
<link rel="stylesheet" href="${assetsBelow}/page.css">
</head>
<body>
<header>
<h1>${name.en}</h1>
<p>${description.en}</p>
<p lang="nb">${description.nb}</p>
<ul><li><a href="${document}">OpenAPI 3.1: ${document}</a></li></ul>
</header>
<main id="reference"><noscript><p>The reference needs scripts. The description is at <a href="${document}">${document}</a>.</p></noscript></main>
<script src="${assetsBelow}/swagger-ui-bundle.js"></script>
<script src="${assetsBelow}/page.js"></script>
</body>
</html>
`;

const script = (document: string): string => `window.addEventListener('load', () => {
  SwaggerUIBundle({
    url: ${JSON.stringify(document)},
    dom_id: '#reference',
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    filter: true,
    requestSnippetsEnabled: true,
    syntaxHighlight: { activated: true },
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
`;

const style = `body { margin: 0; font-family: system-ui, sans-serif; color: #1c2430; background: #fff; }
body > header { max-width: 1400px; margin: 0 auto; padding: 1rem 20px 0; box-sizing: border-box; }
body > header h1 { margin: 0 0 0.5rem; font-size: 1.5rem; }
body > header p, body > header ul { margin: 0.25rem 0; max-width: 75ch; }
a { color: #0b5394; }
`;

/** Made when first asked for and kept: there are few. */
const createAssets = (
  texts: ReadonlyMap<string, { readonly type: string; readonly text: string }>,
): ((name: string) => Promise<PageFile> | null) => {
  const made = madeOnce(async (name: string): Promise<PageFile> => {
    const own = texts.get(name);
    return own === undefined
      ? readPageFile(packaged[name] ?? '', fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)))
      : pageFile(own.type, Buffer.from(own.text));
  });
  return (name) => (texts.has(name) || Object.hasOwn(packaged, name) ? made(name) : null);
};

/** The names below `/docs/assets/`. */
export const assetNames: readonly string[] = [...Object.keys(packaged), 'page.css', 'page.js'];

/** Routes of the page and its assets. `document` is the address of the OpenAPI document on this hub. */
export const referenceRoutes = (entry: CatalogueEntry, document: string): readonly Route[] => {
  const html = 'text/html; charset=utf-8';
  const assets = createAssets(
    new Map([
      ['', { type: html, text: page(entry, document) }],
      ['page.js', { type: 'text/javascript; charset=utf-8', text: script(document) }],
      ['page.css', { type: 'text/css; charset=utf-8', text: style }],
    ]),
  );
  const handle = async (request: ApiRequest): Promise<ApiAnswer> => {
    const name = nameOf(request.rest);
    const asset = name === null ? null : assets(name);
    if (asset === null) return nothingNamed;
    return pageFileAnswer(request, await asset, { headers });
  };
  return [
    {
      ...openGet,
      path: '/docs/*',
      closedToNationalIds: true,
      handle,
    },
  ];
};

/** The page itself is the asset without a name. */
const nameOf = (rest: string): string | null =>
  rest === '' ? '' : rest.startsWith('assets/') && rest !== 'assets/' ? rest.slice('assets/'.length) : null;

const headers = { 'Cache-Control': checkedAgain, 'Content-Security-Policy': pagePolicy };
