// Tokens in: a table of forged and odd tokens, none of which may pass, and what ends the life of a good one.
import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { askToken, grantOf, register, startHub, type TestHub } from './hub.ts';
import { hasRepeatedMember } from '#auth/compact-token.ts';
import { ownIssuerPolicy } from '#auth/issuer-policy.ts';
import { createVerifier } from '#auth/verify.ts';
import { activeKey, publicJwk } from '#auth/signing-keys.ts';
import { limits } from '#base/limits.ts';

let hub: TestHub;
let real: string;
let ownKey: JWK;
before(async () => {
  hub = await startHub();
  const { secret } = await register(hub.platform, 'reader', ['fjordheim.test', 'havnes.test']);
  real = String(
    (await askToken(hub.url, { organisation: 'fjordheim.test' }, { id: 'reader', secret })).body['access_token'],
  );
  const key = activeKey(await hub.platform.signingKeys());
  ownKey = JSON.parse(key?.jwk ?? '{}') as JWK;
});
after(() => hub.close());

const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url');
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Signs any header and claims, given as values or as raw JSON text. */
const forge = (header: unknown, claims: unknown, key: JWK = ownKey): string => {
  const head = `${encode(asText(header))}.${encode(asText(claims))}`;
  return `${head}.${encode(sign('sha256', Buffer.from(head), { key: createPrivateKey({ key: key as never, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }))}`;
};

const parts = (): [string, string, string] => real.split('.') as [string, string, string];
const header = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  alg: 'ES256',
  typ: 'at+jwt',
  kid: ownKey.kid,
  ...change,
});
const nowSeconds = (): number => Math.floor(hub.clock.now() / 1_000);
const claims = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  organisation: 'fjordheim.test',
  kind: 'client',
  jti: 'j',
  sub: 'reader',
  iat: nowSeconds(),
  exp: nowSeconds() + 300,
  scope: 'fint-client',
  client_id: 'reader',
  iss: hub.url,
  aud: hub.url,
  ...change,
});
/** Claims as text with one member written raw, for numbers that JavaScript would not write. */
const rawClaims = (member: string, raw: string): string => {
  const { [member]: _gone, ...rest } = claims();
  return `${JSON.stringify(rest).slice(0, -1)},"${member}":${raw}}`;
};

test('processes on machines whose clocks differ by a minute sign for each other', async () => {
  const { platform, clock, url } = hub;
  const verify = createVerifier({
    platform,
    clock,
    environment: 'test',
    policies: [ownIssuerPolicy({ platform, clock, issuer: () => url, skewSeconds: 70 })],
  });
  const ahead = async (seconds: number): Promise<boolean> => {
    const at = nowSeconds() + seconds;
    return (await verify(`Bearer ${forge(header(), claims({ iat: at, exp: at + 300 }))}`)).ok;
  };
  assert.deepEqual([await ahead(60), await ahead(70), await ahead(72)], [true, true, false]);
  assert.equal((await hub.tokens.verifier(`Bearer ${forge(header(), claims({ iat: nowSeconds() + 60 }))}`)).ok, false);
});

test('keys that cannot be had are no fault of the token', async () => {
  const { platform, clock, url } = hub;
  const away = { ...platform, signingKeys: () => Promise.reject(new Error('away')) };
  const policies = [ownIssuerPolicy({ platform: away, clock, issuer: () => url })];
  const verify = createVerifier({ platform, clock, environment: 'test', policies });
  await assert.rejects(async () => verify(`Bearer ${real}`), /away/);
});

test('the forger’s own good token passes, so that the table below means something', async () => {
  assert.equal((await hub.tokens.verifier(`Bearer ${forge(header(), claims())}`)).ok, true);
  assert.equal((await hub.tokens.verifier(`Bearer ${real}`)).ok, true);
  assert.equal(
    (await hub.tokens.verifier(`Bearer ${forge(header(), claims({ nbf: nowSeconds() + 9 }))}`)).ok,
    true,
    'nbf 9 s ahead',
  );
  assert.equal(
    (await hub.tokens.verifier(`Bearer ${forge(header(), claims({ exp: nowSeconds() + 1 }))}`)).ok,
    true,
    'one second left',
  );
  assert.equal(
    (await hub.tokens.verifier(`Bearer ${forge(header(), claims({ iat: nowSeconds() + 9 }))}`)).ok,
    true,
    'iat 9 s ahead',
  );
});

const changed = (index: 0 | 1 | 2, change: (text: string) => string): string => {
  const three = parts();
  three[index] = change(three[index]);
  return three.join('.');
};

const forgeries = async (): Promise<readonly (readonly [string, string])[]> => {
  const other = (await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)) as JWK;
  const [head, body, signature] = parts();
  const published = publicJwk(activeKey(await hub.platform.signingKeys()) ?? assert.fail());
  const hmac = (secret: string): string => {
    const start = `${encode(JSON.stringify(header({ alg: 'HS256' })))}.${body}`;
    return `${start}.${createHmac('sha256', secret).update(start).digest('base64url')}`;
  };
  const table: [string, string][] = [
    ['alg none, no signature', `${encode(JSON.stringify(header({ alg: 'none' })))}.${body}.`],
    ['alg none, old signature', `${encode(JSON.stringify(header({ alg: 'none' })))}.${body}.${signature}`],
    ['alg nOnE', `${encode(JSON.stringify(header({ alg: 'nOnE' })))}.${body}.${signature}`],
    ['HS256 with the public key as JWK', hmac(JSON.stringify(published))],
    ['HS256 with the public x', hmac(String(published.x))],
    ['HS256 with nothing', hmac('')],
    ['RS256 named', forge(header({ alg: 'RS256' }), claims())],
    ['ES512 named', forge(header({ alg: 'ES512' }), claims())],
    ['alg in lower case', forge(header({ alg: 'es256' }), claims())],
    ['alg missing', forge({ typ: 'at+jwt', kid: ownKey.kid }, claims())],
    ['alg as list', forge(header({ alg: ['ES256'] }), claims())],
    ['another key under our kid', forge(header(), claims(), other)],
    ['another key under its own kid', forge(header({ kid: 'theirs' }), claims(), other)],
    ['empty signature', `${head}.${body}.`],
    ['no signature part', `${head}.${body}`],
    ['r = s = 0', `${head}.${body}.${encode(Buffer.alloc(64))}`],
    [
      'r = s = n',
      `${head}.${body}.${encode(Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex'))}`,
    ],
    [
      'DER signature',
      `${head}.${body}.${encode(sign('sha256', Buffer.from(`${head}.${body}`), createPrivateKey({ key: ownKey as never, format: 'jwk' })))}`,
    ],
    ['signature cut', real.slice(0, -4)],
    ['signature longer', `${real}AAAA`],
    [
      'one bit of the signature',
      changed(2, (text) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)),
    ],
    [
      'stray bits at the end',
      changed(
        2,
        (text) =>
          text.slice(0, -1) + (text.endsWith('A') ? 'B' : String.fromCharCode(text.charCodeAt(text.length - 1) + 1)),
      ),
    ],
    ['padding', `${real}==`],
    ['four parts', `${real}.x`],
    ['five parts', `${real}.x.y`],
    [
      'claims of another organisation, old signature',
      changed(1, () => encode(JSON.stringify(claims({ organisation: 'havnes.test' })))),
    ],
    ['claims and header swapped', `${body}.${head}.${signature}`],
    ['jku', forge(header({ jku: 'http://127.0.0.1:9/jwks' }), claims(), other)],
    ['jku with our key', forge(header({ jku: 'http://127.0.0.1:9/jwks' }), claims())],
    ['x5u', forge(header({ x5u: 'http://127.0.0.1:9/cert' }), claims(), other)],
    ['jwk embedded', forge(header({ jwk: { kty: 'EC', crv: 'P-256', x: other.x, y: other.y } }), claims(), other)],
    ['x5c embedded', forge(header({ x5c: ['MIIB'] }), claims(), other)],
    ['crit', forge(header({ crit: ['exp'], exp: 1 }), claims())],
    ['b64 false', forge(header({ crit: ['b64'], b64: false }), claims())],
    ['cty', forge(header({ cty: 'JWT' }), claims())],
    ['zip', forge(header({ zip: 'DEF' }), claims())],
    ['kid as path', forge(header({ kid: '../../../../etc/passwd' }), claims(), other)],
    ['kid as device', forge(header({ kid: '/dev/null' }), claims(), other)],
    ['kid as SQL', forge(header({ kid: "x' UNION SELECT jwk FROM signing_key --" }), claims(), other)],
    ['kid as number', forge(header({ kid: 1 }), claims())],
    ['kid missing', forge({ alg: 'ES256', typ: 'at+jwt' }, claims())],
    ['kid __proto__', forge(header({ kid: '__proto__' }), claims(), other)],
    ['typ JWT', forge(header({ typ: 'JWT' }), claims())],
    ['typ missing', forge({ alg: 'ES256', kid: ownKey.kid }, claims())],
    ['typ in capitals', forge(header({ typ: 'AT+JWT' }), claims())],
    ['typ long form', forge(header({ typ: 'application/at+jwt' }), claims())],
    ['typ of a client assertion', forge(header({ typ: 'client-authentication+jwt' }), claims())],
    [
      'id token',
      forge(header({ typ: 'JWT' }), {
        iss: hub.url,
        sub: 'reader',
        aud: 'reader',
        iat: nowSeconds(),
        exp: nowSeconds() + 300,
        nonce: 'n',
      }),
    ],
    ['logout token', forge(header({ typ: 'logout+jwt' }), claims())],
    ['exp 1 s past', forge(header(), claims({ iat: nowSeconds() - 60, exp: nowSeconds() - 1 }))],
    ['exp now', forge(header(), claims({ iat: nowSeconds() - 60, exp: nowSeconds() }))],
    ['exp missing', forge(header(), claims({ exp: undefined }))],
    ['exp null', forge(header(), claims({ exp: null }))],
    ['exp as text', forge(header(), claims({ exp: String(nowSeconds() + 300) }))],
    ['exp 1e400', forge(header(), rawClaims('exp', '1e400'))],
    ['exp 1e18', forge(header(), rawClaims('exp', '1e18'))],
    ['exp negative', forge(header(), claims({ exp: -1 }))],
    ['exp with a fraction', forge(header(), rawClaims('exp', `${nowSeconds() + 200}.5`))],
    ['exp as list', forge(header(), claims({ exp: [nowSeconds() + 300] }))],
    ['exp true', forge(header(), claims({ exp: true }))],
    ['exp in milliseconds', forge(header(), claims({ exp: hub.clock.now() + 300_000 }))],
    ['life longer than allowed', forge(header(), claims({ exp: nowSeconds() + 301 }))],
    ['iat far past', forge(header(), claims({ iat: 1 }))],
    ['iat missing', forge(header(), claims({ iat: undefined }))],
    ['iat ahead by 12 s', forge(header(), claims({ iat: nowSeconds() + 12 }))],
    ['iat after exp', forge(header(), claims({ iat: nowSeconds() + 5, exp: nowSeconds() + 4 }))],
    ['iat as text', forge(header(), claims({ iat: String(nowSeconds()) }))],
    ['nbf 12 s ahead', forge(header(), claims({ nbf: nowSeconds() + 12 }))],
    ['nbf 61 s ahead', forge(header(), claims({ nbf: nowSeconds() + 61 }))],
    ['nbf as text', forge(header(), claims({ nbf: '1' }))],
    ['nbf 1e400', forge(header(), rawClaims('nbf', '1e400'))],
    ['aud missing', forge(header(), claims({ aud: undefined }))],
    ['aud list with ours alone', forge(header(), claims({ aud: [hub.url] }))],
    ['aud list with extra', forge(header(), claims({ aud: [hub.url, 'https://other.example'] }))],
    ['aud prefix', forge(header(), claims({ aud: hub.url.slice(0, -1) }))],
    ['aud with more', forge(header(), claims({ aud: `${hub.url}.evil.example` }))],
    ['aud trailing slash', forge(header(), claims({ aud: `${hub.url}/` }))],
    ['aud unspecified', forge(header(), claims({ aud: 'unspecified' }))],
    ['aud null', forge(header(), claims({ aud: null }))],
    ['aud in capitals', forge(header(), claims({ aud: hub.url.toUpperCase() }))],
    ['iss other', forge(header(), claims({ iss: 'https://other.example' }))],
    ['iss trailing slash', forge(header(), claims({ iss: `${hub.url}/` }))],
    ['iss missing', forge(header(), claims({ iss: undefined }))],
    ['iss list', forge(header(), claims({ iss: [hub.url] }))],
    ['sub of another', forge(header(), claims({ sub: 'someone' }))],
    ['client unknown', forge(header(), claims({ sub: 'nobody', client_id: 'nobody' }))],
    ['client_id missing', forge(header(), claims({ client_id: undefined }))],
    ['kind adapter of a client', forge(header(), claims({ kind: 'adapter' }))],
    ['kind unknown', forge(header(), claims({ kind: 'operator' }))],
    ['organisation without a grant', forge(header(), claims({ organisation: 'skogvik.test' }))],
    ['organisation missing', forge(header(), claims({ organisation: undefined }))],
    ['organisation list', forge(header(), claims({ organisation: ['fjordheim.test', 'havnes.test'] }))],
    ['organisation in capitals', forge(header(), claims({ organisation: 'FJORDHEIM.TEST' }))],
    ['scope missing', forge(header(), claims({ scope: undefined }))],
    ['scope list', forge(header(), claims({ scope: ['fint-client'] }))],
    ['jti missing', forge(header(), claims({ jti: undefined }))],
    ['jti long', forge(header(), claims({ jti: 'j'.repeat(129) }))],
    ['organisation twice', forge(header(), `${JSON.stringify(claims()).slice(0, -1)},"organisation":"havnes.test"}`)],
    [
      'organisation twice, once escaped',
      forge(header(), `${JSON.stringify(claims()).slice(0, -1)},"\\u006frganisation":"havnes.test"}`),
    ],
    ['alg twice', forge(`{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${String(ownKey.kid)}"}`, claims())],
    ['claims are a list', forge(header(), [claims()])],
    ['claims are text', forge(header(), '"x"')],
    ['claims are no JSON', forge(header(), '{"a":')],
    ['claims are not UTF-8', (() => `${head}.${encode(Buffer.from([0x7b, 0xff, 0x7d]))}.${signature}`)()],
    ['claims with a BOM', forge(header(), `\uFEFF${JSON.stringify(claims())}`)],
    ['header is no JSON', `${encode('{')}.${body}.${signature}`],
    ['deep nesting', forge(header(), `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`)],
    ['huge', `${head}.${encode('x'.repeat(limits.tokenBytes))}.${signature}`],
    ['very huge', 'A'.repeat(1_000_000)],
    ['opaque', 'f3b9cac2fc632551'],
    ['dots', '..'],
    ['empty', ''],
  ];
  return table;
};

test('no forged or odd token passes, and no answer says why', async () => {
  const table = await forgeries();
  assert.ok(table.length > 100);
  for (const [name, token] of table) {
    const answer = await hub.tokens.verifier(`Bearer ${token}`);
    assert.equal(answer.ok, false, name);
    if (answer.ok) continue;
    assert.ok(answer.problem.code === 'HUB-300' || answer.problem.code === 'HUB-301', name);
    assert.ok(answer.problem.detail === 'A valid access token is needed.' || name.startsWith('exp '), name);
  }
});

test('the header must be exactly Bearer, one blank, one token', async () => {
  for (const value of [
    null,
    '',
    'Bearer',
    'Bearer ',
    `bearer ${real}`,
    `Bearer  ${real}`,
    ` Bearer ${real}`,
    `Bearer ${real} `,
    `Bearer ${real}, Bearer ${real}`,
    `Bearer\t${real}`,
    `Basic ${real}`,
    `DPoP ${real}`,
    real,
    `Bearer ${real}\n`,
    `Bearer "${real}"`,
  ]) {
    assert.equal((await hub.tokens.verifier(value)).ok, false, JSON.stringify(value)?.slice(0, 20));
  }
});

test('boundaries of time are exact by the injected clock', async () => {
  let now = 1_800_000_000_000;
  const clock = { ...hub.clock, now: () => now };
  const verify = createVerifier({
    platform: hub.platform,
    clock,
    environment: 'test',
    policies: [ownIssuerPolicy({ platform: hub.platform, clock, issuer: () => hub.url })],
  });
  const at = 1_800_000_000;
  const token = (change: Record<string, unknown>): string =>
    `Bearer ${forge(header(), claims({ iat: at, exp: at + 300, ...change }))}`;
  const passes = async (change: Record<string, unknown>): Promise<boolean> => (await verify(token(change))).ok;
  assert.deepEqual(
    [
      await passes({ nbf: at + 9 }),
      await passes({ nbf: at + 10 }),
      await passes({ nbf: at + 11 }),
      await passes({ nbf: at + 61 }),
    ],
    [true, true, false, false],
  );
  assert.deepEqual([await passes({ iat: at + 10 }), await passes({ iat: at + 11 })], [true, false]);
  const living = token({ jti: 'living' });
  now += 299_999;
  assert.equal((await verify(living)).ok, true);
  now += 1;
  const over = await verify(living);
  assert.equal(over.ok ? '' : over.problem.code, 'HUB-301');
  assert.equal((await verify(token({ jti: 'fresh' }))).ok, false);
});

test('a token seen before is answered at once, and what ends its rights ends it at the next request', async () => {
  const bearer = `Bearer ${forge(header(), claims({ jti: 'cached' }))}`;
  const first = await hub.tokens.verifier(bearer);
  const second = hub.tokens.verifier(bearer);
  assert.ok(!(second instanceof Promise), 'synchronous');
  assert.equal(second, first);
  await hub.platform.removeGrant('reader-havnes.test');
  assert.equal((await hub.tokens.verifier(bearer)).ok, true, 'the grant of another organisation does not matter');
  await hub.platform.removeGrant('reader-fjordheim.test');
  assert.equal((await hub.tokens.verifier(bearer)).ok, false);
  const end = hub.clock.now() + 5_000;
  await hub.platform.putGrant(grantOf('reader', 'fjordheim.test', { to: end }));
  assert.equal((await hub.tokens.verifier(bearer)).ok, true);
  hub.shift(5_000);
  assert.equal((await hub.tokens.verifier(bearer)).ok, false, 'the grant ran out without any change');
  hub.shift(-5_000);
});

test('repeated members are found at every depth, in no place where there are none', () => {
  for (const json of [
    '{"a":1,"a":2}',
    '{"b":{"a":1,"a":2}}',
    '{"b":[{"a":1,"a":2}]}',
    '{"a":[],"a":1}',
    '{"a":"{","a":1}',
    '{"a":{},"\\u0061":1}',
  ]) {
    assert.equal(hasRepeatedMember(json), true, json);
  }
  for (const json of [
    '{}',
    '{"a":1,"b":1}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\",\\"a\\":"}',
    '[1,2]',
  ]) {
    assert.equal(hasRepeatedMember(json), false, json);
  }
});
