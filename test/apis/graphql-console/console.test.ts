// The page at which a GraphQL API is tried: who gets it, that it and all that it loads come from the hub itself under a policy that lets nothing else in,
// how long each may be kept, and which schema it shows.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before as beforeAll, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { consoleRoutes } from '#apis/graphql-console/console-routes.ts';
import { consoleTexts } from '#apis/graphql-console/console-texts.ts';
import { problem } from '#base/errors.ts';
import { call, type Answer } from '../../e2e/caller.ts';
import { toyServer, type ToyServer } from '../../http/toy.ts';

const made: string[] = [];
const routes = consoleRoutes({
  name: { nb: 'Leke <b>', en: 'Toy <b>' },
  about: { nb: 'Om leken', en: 'About the toy' },
  path: '/toy',
  alsoAt: ['/toy/'],
  links: [{ href: '/specs/toy.graphql', text: { nb: 'Skjemaet', en: 'The schema' } }],
  guides: ['how-to/fs-graphql.md', 'how-to/fs-graphql-events.md', 'reference/errors.md'],
  flags: ['beta', 'experimental'],
  examples: {
    owner: 'eier',
    examples: [
      {
        title: { nb: 'Første "eksempel"', en: 'First "example"' },
        flags: ['beta'],
        query: 'query($eier: String!) { toys(of: $eier) { id } } # </code><script>',
        variables: { eier: '' },
      },
    ],
  },
  sdl: (flags) => {
    made.push([...flags].join());
    return `type Query { ${['toy', ...flags].join(': Int ')}: Int }`;
  },
  otherwise: problem('HUB-105', 'Send operations to this address by POST.'),
});

let server: ToyServer;
let url: string;
beforeAll(async () => {
  server = toyServer(routes);
  url = await server.listen();
});
after(() => server.close());

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const read = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const answer = await call(url, 'GET', path, { headers });
  assert.equal(answer.status, 200, path);
  return answer;
};
const pageAt = (path = '/toy', headers: Record<string, string> = {}) => read(path, { ...browser, ...headers });
/** Where the addresses of a page lead, below whatever a proxy has put before it. */
const addressesOf = (text: string, at: string): readonly string[] =>
  [...text.matchAll(/(?:src|href|action)="([^"]+)"/g)]
    .map(([, address = '']) => new URL(address, `http://hub.test/before${at}`))
    .filter(({ protocol }) => protocol !== 'data:')
    .map(({ href }) => href);
const before = 'http://hub.test/before';
const filesOf = (text: string, at = '/toy'): readonly string[] =>
  addressesOf(text, at)
    .filter((one) => one.startsWith(`${before}/toy/assets/`))
    .map((one) => one.slice(before.length));

test('a browser gets the page, at each spelling of the address; everybody else what they got before', async () => {
  for (const path of ['/toy', '/toy/']) {
    const page = await pageAt(path);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers['cache-control'], 'public, no-cache');
    assert.equal(page.headers['vary'], 'Accept-Encoding, Accept, Accept-Language');
  }
  for (const accept of [null, '*/*', 'application/json', 'application/json, text/html', 'text/htmlx']) {
    const answer = await call(url, 'GET', '/toy', { headers: accept === null ? {} : { accept } });
    assert.deepEqual([answer.status, answer.headers['allow']], [405, 'POST'], `${accept}`);
    assert.match(answer.text, /HUB-105/);
  }
});

const language = async (path: string, asked?: string): Promise<string> =>
  /<html lang="(\w+)">/.exec((await pageAt(path, asked === undefined ? {} : { 'accept-language': asked })).text)?.[1] ??
  '';

test('it speaks the language that is asked for, by the address before the browser', async () => {
  assert.equal(await language('/toy'), 'en');
  for (const asked of ['nb-NO,nb;q=0.9', 'nn', 'no']) assert.equal(await language('/toy', asked), 'nb');
  assert.equal(await language('/toy?lang=en', 'nb'), 'en');
  assert.equal(await language('/toy?lang=nb', 'en'), 'nb');
  assert.equal(await language('/toy?lang=xx', 'de'), 'en');
});

test('it says without scripts what it is and where the schemas are, and shows the examples', async () => {
  const { text } = await pageAt('/toy?lang=nb');
  assert.match(text, /<h1>Leke &lt;b&gt;<\/h1>\n<p>Om leken<\/p>/);
  assert.match(text, /<a href="\.\/specs\/toy.graphql">Skjemaet<\/a>/);
  assert.match(text, /<a href="\.\/toy\/guide\/fs-graphql" hreflang="en">Veiledning/);
  assert.match(text, /<summary>Første &quot;eksempel&quot;<\/summary>/);
  assert.match(text, /toys\(of: \$eier\) \{ id \} \} # &lt;\/code&gt;&lt;script&gt;/);
  assert.match(text, /<noscript>/);
  // What only scripts can work is not shown without them: no form could send the secret.
  for (const part of text.match(/<(?:section|p|button)[^>]*data-scripted[^>]*>/g) ?? []) assert.match(part, / hidden/);
  assert.ok(text.indexOf('<form') > text.indexOf('data-scripted hidden'));
  assert.ok(!/<form[^>]*action/.test(text));
});

test('each field and part has a name, and nothing is filled in', async () => {
  for (const path of ['/toy?lang=nb', '/toy?lang=en']) {
    const { text } = await pageAt(path);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const [input = '', id = ''] of text.matchAll(/<input id="([^"]+)"[^>]*>/g)) {
      assert.ok(text.includes(`<label for="${id}">`), id);
      assert.ok(!input.includes('value='), id);
      assert.match(input, /autocomplete="off"/);
    }
    for (const [, id = ''] of text.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g))
      assert.ok(ids.includes(id), id);
    assert.match(text, /<a class="skip" href="#console">/);
    for (const flag of ['beta', 'experimental'])
      assert.ok(text.includes(`<input type="checkbox" name="flag" value="${flag}">`));
  }
});

test('nothing in it runs by itself, and nothing comes from elsewhere', async () => {
  const page = await pageAt();
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /style-src 'self';/);
  assert.match(policy, /form-action 'none'/);
  for (const source of policy.split('; ').flatMap((one) => one.split(' ').slice(1)))
    assert.ok(["'none'", "'self'", 'data:'].includes(source), source);
  assert.equal(page.headers['referrer-policy'], 'no-referrer');
  assert.ok(!/<script(?![^>]* src=")|<style|style="|\son\w+="/.test(page.text));
  for (const at of ['/toy', '/toy/', '/toy/guide/fs-graphql']) {
    const { text } = await pageAt(at);
    const addresses = addressesOf(text, at);
    assert.ok(addresses.length > 3);
    for (const address of addresses) assert.ok(address.startsWith(`${before}/`), `${at} ${address}`);
  }
  assert.deepEqual(filesOf((await pageAt('/toy/')).text, '/toy/'), filesOf(page.text));
  assert.match((await pageAt('/toy/')).text, /data-hub="\.\." data-path="\/toy"/);
  for (const path of filesOf(page.text).filter((one) => one.endsWith('.css')))
    for (const [, address = ''] of (await read(path)).text.matchAll(/url\(["']?([^"')]+)|@import/g))
      assert.match(address, /^data:/);
  const own = readFileSync(new URL('../../../src/apis/graphql-console/browser/console.js', import.meta.url), 'utf8');
  assert.ok(!/https?:|localStorage|sessionStorage|document\.cookie|innerHTML|eval/.test(own));
  // Browsers keep pages that are left for who goes back: without the token.
  assert.match(own, /addEventListener\('pagehide', forget\)/);
});

test('its files are named after what they hold and never asked for again', async () => {
  const paths = filesOf((await pageAt()).text);
  assert.equal(paths.length, 6);
  for (const path of paths) {
    const plain = await read(path);
    assert.ok(path.includes(`/${hash('sha256', plain.bytes, 'base64url').slice(0, 16)}/`), path);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(plain.headers['content-type']), path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    const small = await read(path, { 'accept-encoding': 'gzip' });
    assert.equal(small.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(small.bytes), plain.bytes);
    const again = await call(url, 'GET', path, { headers: { 'if-none-match': String(plain.headers['etag']) } });
    assert.equal(again.status, 304);
  }
  const [known = ''] = paths;
  for (const path of [
    '/toy/assets',
    '/toy/assets/',
    known.replace(/assets\/[^/]+/, 'assets/AAAAAAAAAAAAAAAA'),
    known.replace(/[^/]+$/, 'package.json'),
    '/toy/assets/..%2F..%2Fpackage.json',
    '/toy/assets/constructor',
  ])
    assert.equal((await call(url, 'GET', path)).status, 404, path);
});

test('the guides are pages beside it, with links to each other, and no other file is served', async () => {
  const page = await read('/toy/guide/fs-graphql');
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(page.headers['cache-control'], 'public, no-cache');
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
  assert.match(page.text, /<h2 id="what-is-another-than-in-the-original">/);
  assert.match(page.text, /Reconstructed/);
  for (const wanted of ['/toy/guide/errors', '/toy/guide/fs-graphql-events', '/toy'])
    assert.ok(addressesOf(page.text, '/toy/guide/fs-graphql').includes(`${before}${wanted}`), wanted);
  // Of pages that are not served beside it only the words are left.
  assert.doesNotMatch(page.text, /href="[^"]*(?:\.md|decisions|mutations|limits)/);
  for (const address of addressesOf(page.text, '/toy/guide/fs-graphql'))
    await read(address.slice(before.length).replace(/#.*/, ''), browser);
  for (const rest of [
    '',
    'fs-graphql-mutations',
    'read-data',
    'fs-graphql.md',
    '..%2Freference%2Flimits',
    'constructor',
  ])
    assert.equal((await call(url, 'GET', `/toy/guide/${rest}`)).status, 404, rest);
});

test('the schema is that of the flags that there are, made once for each set of them', async () => {
  const shown = async (query: string): Promise<string> => (await read(`/toy/schema${query}`)).text;
  for (let twice = 0; twice < 2; twice += 1) {
    assert.equal(await shown(''), 'type Query { toy: Int }');
    assert.equal(await shown('?flags=nothing,..,beta'), 'type Query { toy: Int beta: Int }');
    assert.equal(await shown('?flags=experimental'), 'type Query { toy: Int experimental: Int }');
    for (const both of ['beta,experimental', 'experimental,beta,beta'])
      assert.equal(await shown(`?flags=${both}`), 'type Query { toy: Int beta: Int experimental: Int }');
  }
  assert.deepEqual(made, ['', 'beta', 'experimental', 'beta,experimental']);
  const { headers } = await read('/toy/schema');
  assert.equal(headers['cache-control'], 'public, no-cache');
  assert.equal(headers['content-type'], 'application/graphql; charset=utf-8');
});

test('the script finds every word that it shows, and every part that it looks for', async () => {
  const script = readFileSync(new URL('../../../src/apis/graphql-console/browser/console.js', import.meta.url), 'utf8');
  const words = new Set([
    ...[...script.matchAll(/texts\.(\w+)/g)].map(([, word]) => word),
    ...[...script.matchAll(/\['\w+Editor', '(\w+)'\]/g)].map(([, word]) => word),
  ]);
  for (const texts of Object.values(consoleTexts))
    assert.deepEqual(Object.keys(texts.script).toSorted(), [...words].toSorted());
  const { text } = await pageAt();
  for (const [, id = ''] of script.matchAll(/(?:byId|tell)\('([^']+)'/g)) assert.ok(text.includes(` id="${id}"`), id);
});
