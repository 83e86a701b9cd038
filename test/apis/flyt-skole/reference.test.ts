// The reference page: it loads with every asset from the hub itself, compressed and revalidated, under a policy that lets it reach nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assetNames } from '#apis/flyt-skole/reference.ts';
import { flytSkoleApi } from '#apis/flyt-skole/vfs-api.ts';
import { call, type Answer } from '../../e2e/caller.ts';
import { toyServer, type ToyServer } from '../../http/toy.ts';
import { describedDeps } from './api-under-test.ts';

/** Addresses that a page or a style sheet makes the browser fetch. */
const loadedBy = (text: string): readonly string[] =>
  [...text.matchAll(/(?:src|href)="([^"]+)"|url\(["']?([^"')]+)["']?\)/g)].map(([, one, other]) => one ?? other ?? '');

describe('the reference', () => {
  let server: ToyServer;
  let url: string;
  before(async () => {
    server = toyServer(flytSkoleApi({ ...describedDeps(), baseUrl: () => url }).routes);
    url = await server.listen();
  });
  after(() => server.close());

  const read = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await call(url, 'GET', path, { headers });
    assert.equal(answer.status, 200, path);
    return answer;
  };

  it('is a page that everybody may read, with all that it loads', async () => {
    for (const path of ['/docs', '/docs/']) assert.match((await read(path)).text, /<h1>Flyt Skole External API<\/h1>/);
    const page = await read('/docs');
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(page.text, /not public/);
    assert.match(page.text, /lang="nb"/);
    const loaded = loadedBy(page.text);
    assert.ok(loaded.includes('/vfs/v1/openapi.json'));
    for (const name of assetNames) assert.ok(loaded.includes(`/docs/assets/${name}`), name);
    for (const path of loaded) {
      assert.match(path, /^\/[^/]/, 'an address of this hub');
      await read(path);
    }
  });

  it('reaches no other host', async () => {
    const page = await read('/docs');
    const policy = String(page.headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    for (const source of policy.split('; ').flatMap((one) => one.split(' ').slice(1)))
      assert.ok(["'none'", "'self'", 'data:'].includes(source), source);
    assert.ok(!/<script>|<style|style="|onload=/.test(page.text), 'nothing in the page itself runs or styles');
    const style = await read('/docs/assets/swagger-ui.css');
    for (const one of loadedBy(style.text)) assert.match(one, /^data:/);
    const script = (await read('/docs/assets/page.js')).text;
    assert.match(script, /validatorUrl: null/);
    assert.ok(!/https?:/.test(script));
  });

  it('is sent compressed to whoever takes that, and only once', async () => {
    for (const name of assetNames) {
      const plain = await read(`/docs/assets/${name}`);
      const small = await read(`/docs/assets/${name}`, { 'accept-encoding': 'gzip' });
      assert.equal(small.headers['content-encoding'], 'gzip');
      assert.equal(small.headers['vary'], 'Accept-Encoding');
      assert.deepEqual(gunzipSync(small.bytes), plain.bytes, name);
      const etag = String(plain.headers['etag']);
      assert.equal(small.headers['etag'], etag);
      const again = await call(url, 'GET', `/docs/assets/${name}`, { headers: { 'if-none-match': etag } });
      assert.equal(again.status, 304);
      assert.equal(again.bytes.length, 0);
    }
    const whole = await read('/docs/assets/swagger-ui-bundle.js', { 'accept-encoding': 'gzip' });
    assert.ok(whole.bytes.length < 500_000);
  });

  it('has nothing else', async () => {
    for (const path of [
      '/docs/x',
      '/docs/assets/',
      '/docs/assets/package.json',
      '/docs/assets/..%2Fpackage.json',
      '/docs/assets/constructor',
    ])
      assert.equal((await call(url, 'GET', path)).status, 404, path);
  });

  it('leads to the document of this hub', async () => {
    const answer = await read('/vfs/v1/openapi.json');
    const document = JSON.parse(answer.text) as {
      readonly openapi: string;
      readonly servers: readonly { readonly url: string }[];
      readonly components: {
        readonly securitySchemes: {
          readonly oauth: { readonly flows: { readonly clientCredentials: { readonly tokenUrl: string } } };
        };
      };
    };
    assert.equal(document.openapi, '3.1.0');
    assert.equal(document.servers[0]?.url, `${url}/vfs/v1`);
    assert.equal(document.components.securitySchemes.oauth.flows.clientCredentials.tokenUrl, `${url}/oauth/token`);
    const etag = String(answer.headers['etag']);
    assert.equal((await call(url, 'GET', '/vfs/v1/openapi.json', { headers: { 'if-none-match': etag } })).status, 304);
  });
});
