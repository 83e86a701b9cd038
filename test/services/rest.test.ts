// Services over REST, as clients meet them: what is negotiated, what is refused and how, and that everything answered is as the served schema says.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { asker, namespace, openToy, prefix, type Answered, type ToyWorld } from './toy-service.ts';

// Synthetic: eighty is added to the month.
const fnr = '01819000001';
const start = '<start dtf="yyyy-MM-dd">2026-08-15</start>';
const of = (inner: string, more = ''): string => `<thing xmlns="${namespace}"${more}>${inner}</thing>`;
/** An answer without what is of the request alone. */
const plain = ({ status, text }: Answered) => ({ status, text: text.replace(/<referanse>.*?</, '<') });

describe('a service over REST', () => {
  let world: ToyWorld;
  let ask: (path: string, init?: RequestInit) => Promise<Answered>;
  let valid: (text: string, schema?: string) => Promise<void>;

  before(async () => {
    world = await openToy();
    ask = asker(world);
    valid = async (text, schema = 'toy.xsd') => {
      const served = await ask(`${prefix}/schema/${schema}`, { headers: { authorization: '' } });
      assert.equal(served.status, 200);
      const check = xsdCheck(served.text, () => null);
      assert.deepEqual(check.check(Buffer.from(text)), [], text);
      check.close();
    };
  });
  after(() => world.server.close());

  const post = (text: string, type = 'application/xml', path = '/write'): Promise<Answered> =>
    ask(`${prefix}${path}`, { method: 'POST', body: text, headers: { 'content-type': type } });

  it('answers in XML by its schema, and in JSON and more by Accept', async () => {
    const one = await ask(`${prefix}/things/7`);
    assert.equal(one.status, 200);
    assert.equal(one.type, 'application/xml; charset=utf-8');
    assert.match(
      one.text,
      new RegExp(`^<\\?xml[^>]*>\\n<thing xmlns="${namespace}" kind="toy"><id>7</id><name>Æ &amp; &lt;Ø&gt;`),
    );
    await valid(one.text);
    for (const [accept, type] of [
      ['application/json', 'application/json'],
      ['text/html, application/json;q=0.9, */*;q=0.1', 'application/json'],
      ['text/xml', 'text/xml; charset=utf-8'],
      ['text/plain', 'text/plain'],
      ['application/*;q=0.5, text/plain;q=0.4', 'application/xml; charset=utf-8'],
      ['application/xml;q=0, */*', 'application/json'],
      ['', 'application/xml; charset=utf-8'],
    ] as const)
      assert.equal((await ask(`${prefix}/things/7`, { headers: { accept } })).type, type, accept);
    const json = await ask(`${prefix}/things/7`, { headers: { accept: 'application/json' } });
    assert.deepEqual(JSON.parse(json.text), {
      '@kind': 'toy',
      id: 7,
      name: 'Æ & <Ø>',
      alive: 'J',
      born: '2001-02-28',
      tag: ['a', 'b'],
    });
    const refused = await ask(`${prefix}/things/7`, { headers: { accept: 'image/png' } });
    assert.equal(refused.status, 406);
    await valid(refused.text);
  });

  it('reads an address decoded, however it is written', async () => {
    const one = await ask(`${prefix}/things/7`);
    for (const path of ['/things/%37', '/thing%73/7', '/%74hings/%37'])
      assert.deepEqual(await ask(`${prefix}${path}`).then(plain), plain(one), path);
    const ofToys = await ask(`${prefix.replace('toy', 't%6Fy')}/things/7`);
    assert.deepEqual(plain(ofToys), plain(one));
    for (const path of ['/things/', '/things/7/', '/things/%E0%A4%A'])
      assert.equal((await ask(`${prefix}${path}`)).status, 404, path);
    // A slash that is a part of the value parts nothing.
    assert.equal((await ask(`${prefix}/things/7%2F8`)).status, 400);
  });

  it('puts rows into the document that they belong to', async () => {
    const xml = await ask(`${prefix}/things?most=2`);
    assert.match(xml.text, /<things xmlns="[^"]*" term="HØST &quot;2026&quot;"><thing /);
    await valid(xml.text);
    await valid((await ask(`${prefix}/things?most=0`)).text);
    const json = await ask(`${prefix}/things?most=2`, { headers: { accept: 'application/json' } });
    const value = JSON.parse(json.text) as {
      readonly term: string;
      readonly thing: readonly { readonly id: number }[];
    };
    assert.equal(value.term, 'HØST "2026"');
    assert.deepEqual(
      value.thing.map(({ id }) => id),
      [1, 2],
    );
    const csv = await ask(`${prefix}/things?most=3`, { headers: { accept: 'text/csv' } });
    assert.equal(csv.text, 'id\r\n1\r\n2\r\n3\r\n');
    assert.equal(csv.headers.get('etag'), '"v1"');
  });

  it('sends what the client has not, and asks for no rows otherwise', async () => {
    const given = world.seen.given;
    const known = await ask(`${prefix}/things?most=5`, { headers: { 'if-none-match': 'W/"v1"' } });
    assert.equal(known.status, 304);
    assert.equal(world.seen.given, given);
  });

  it('streams as fast as it is read, and ends what nobody reads', async () => {
    const { given, ended } = world.seen;
    const left = new AbortController();
    const response = await fetch(`${world.server.url()}${prefix}/things?most=5000000`, {
      headers: { authorization: 'Bearer client' },
      signal: left.signal,
    });
    const reader = response.body?.getReader();
    for (let chunks = 0; chunks < 4; chunks += 1) await reader?.read();
    left.abort();
    await reader?.read().catch(() => null);
    while (world.seen.ended === ended) await new Promise((done) => setTimeout(done, 5));
    // What has been made is what buffers hold, not what was asked for.
    assert.ok(world.seen.given - given < 500_000, String(world.seen.given - given));
  });

  const refusedWith = async (path: string, place: RegExp, status = 400): Promise<void> => {
    const answer = await ask(`${prefix}${path}`);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, place);
    await valid(answer.text);
  };

  it('refuses parameters that are unknown, given twice, missing or of the wrong form', async () => {
    await refusedWith('/things?nothing=1', /<kode>220<.*\/ holds a parameter that is not known here/);
    await refusedWith('/things?most=1&most=2', /\/most is given twice/);
    await refusedWith('/things?most=x', /\/most must be a whole number/);
    await refusedWith('/things?day=2026-02-30', /\/day must be a date/);
    await refusedWith('/things/0', /\/id must be at least 1/);
    await refusedWith('/things/1?id=2', /\/id is given twice/);
    await refusedWith('/find', /exactly one of a, b/);
    await refusedWith('/find?a=', /exactly one of a, b/);
    await refusedWith('/find?a=1&b=2', /exactly one of a, b/);
    assert.equal((await ask(`${prefix}/find?a=1&b=`)).status, 200);
    assert.equal((await ask(`${prefix}/things?most=`)).status, 200);
  });

  it('says what went wrong in its own form, whoever found it', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/things/404', 404],
      ['/things/500', 500],
      ['/things/1/2', 404],
      ['/write', 405],
    ] as const)
      await refusedWith(path, /<status xmlns=.*<kode>\d+<\/kode><melding>.*<referanse>[^<]+<\/referanse>/, status);
    const unknown = await ask(`${prefix}/things/1`, { headers: { authorization: 'Bearer wrong' } });
    assert.equal(unknown.status, 401);
    await valid(unknown.text);
    const json = await ask(`${prefix}/things/404`, { headers: { accept: 'application/json' } });
    assert.equal((JSON.parse(json.text) as { readonly kode: number }).kode, 100);
    assert.doesNotMatch((await ask(`${prefix}/things/500`)).text, /secret/);
  });

  it('takes national ids in addresses where an operation has them, and nowhere else', async () => {
    assert.equal((await ask(`${prefix}/things?fnr=${fnr}`)).status, 200);
    const refused = await ask(`${prefix}/find?a=${fnr}`);
    assert.equal(refused.status, 400);
    assert.doesNotMatch(refused.text, new RegExp(fnr));
  });

  it('reads bodies, with the namespace, without one where that is known, and as JSON', async () => {
    const wanted = { name: 'Æ', start: { '@dtf': 'yyyy-MM-dd', '#': '2026-08-15' }, tag: ['a', 'b'], state: 'new' };
    const inner = `<name>Æ</name>${start}<tag>a</tag><tag>b</tag><state>new</state>`;
    await valid(of(inner), 'writeThing.xsd');
    for (const [text, type] of [
      [of(inner), 'application/xml'],
      [`<thing>${inner}</thing>`, 'text/xml; charset=utf-8'],
      [
        `<?xml version="1.0" encoding="UTF-8"?><!-- a --><t:thing xmlns:t="${namespace}">${inner.replaceAll(/<(\/?)/g, '<$1t:')}</t:thing>`,
        'application/xml',
      ],
      [JSON.stringify({ state: 'new', tag: ['a', 'b'], start: wanted.start, name: 'Æ' }), 'application/json'],
    ] as const) {
      const answer = await post(text, type);
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.text, /<kode>0<\/kode><melding>OK</);
      await valid(answer.text);
      assert.deepEqual(JSON.parse(JSON.stringify(world.seen.calls.at(-1)?.body)), wanted);
    }
  });

  it('refuses bodies that are not as the operation wants them, and names the place', async () => {
    const calls = world.seen.calls.length;
    const bad: readonly (readonly [string, RegExp])[] = [
      [of(start), /\/thing must hold exactly one of id, name/],
      [of(`<id>1</id><name>x</name>${start}`), /exactly one of id, name/],
      [of(`<id>1</id><id>2</id>${start}`), /\/thing\/id stands more than once/],
      [of('<id>1</id>'), /\/thing\/start is missing/],
      [of('<id>1</id><start>2026-08-15</start>'), /\/thing\/start lacks the attribute dtf/],
      [of('<id>1</id><start dtf="x">15.08.2026</start>'), /\/thing\/start must be a date/],
      [of(`<id>0</id>${start}`), /\/thing\/id must be at least 1/],
      [of(`<name>12345678901</name>${start}`), /\/thing\/name has more than 10 characters/],
      [of(`<id>1</id>${start}<tag>A</tag>`), /\/thing\/tag has not the form/],
      [of(`<id>1</id>${start}<state>x</state>`), /\/thing\/state must be one of new, old/],
      [of(`<id>1</id><tag>a</tag>${start}`), /\/thing\/tag|\/thing\/start/],
      [of(`<id>1</id>${start}<other>secret</other>`), /\/thing holds an element that is not known here/],
      [of(`<id>1</id>${start}words`), /\/thing holds text/],
      [of(`<id>1<b/></id>${start}`), /\/thing\/id holds elements/],
      [of(`<id>1</id>${start}`, ' more="1"'), /\/thing has an attribute/],
      [`<thing xmlns="urn:other"><id>1</id>${start}</thing>`, /must be thing of the namespace/],
      [of(`<id xmlns="urn:other">1</id>${start}`), /\/thing\/id must be of the namespace/],
      [`<other xmlns="${namespace}"/>`, /must be thing of the namespace/],
      ['', /cannot be read/],
      ['<thing>', /cannot be read/],
      [`${of(`<id>1</id>${start}`)}<thing/>`, /cannot be read/],
      [`<?xml version="1.0" encoding="UTF-16"?>${of('')}`, /cannot be read/],
      [`<?xml-stylesheet href="x"?>${of('')}`, /processing instruction/],
    ];
    for (const [text, place] of bad) {
      const answer = await post(text);
      assert.equal(answer.status, 400, text);
      assert.match(answer.text, place);
      assert.doesNotMatch(answer.text, /secret/);
    }
    assert.equal(world.seen.calls.length, calls);
  });

  it('refuses what XML can be made to do harm with', async () => {
    const bomb = `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, at) => `<!ENTITY ${'abcdefghij'[at + 1]} "${`&${'abcdefghij'[at]};`.repeat(10)}">`).join('')}]>`;
    for (const text of [
      `${bomb}<thing>&j;</thing>`,
      `<!DOCTYPE t SYSTEM "file:///etc/passwd"><thing/>`,
      `<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><thing><id>&x;</id></thing>`,
      `<thing>&x;</thing>`,
      `<thing>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</thing>`,
      `<thing>${'<a/>'.repeat(10_001)}</thing>`,
      `<thing ${Array.from({ length: 40 }, (_, at) => `a${at}="x"`).join(' ')}/>`,
    ]) {
      const answer = await post(text);
      assert.equal(answer.status, 400, text.slice(0, 100));
      assert.doesNotMatch(answer.text, /root:/);
    }
    assert.equal((await post(of(`<id>1</id>${start}`.padEnd(100_001)))).status, 413);
    assert.equal((await post('{"id":'.repeat(100), 'application/json')).status, 400);
    assert.equal((await post(`{"a":${'{"b":'.repeat(50)}1${'}'.repeat(50)}}`, 'application/json')).status, 400);
    assert.equal((await post('{"__proto__":{"id":1}}', 'application/json')).status, 400);
    for (const type of ['text/plain', 'multipart/related', 'application/x-www-form-urlencoded'])
      assert.equal((await post(of(''), type)).status, 415);
  });

  it('tells of itself in OpenAPI', async () => {
    const document = JSON.parse((await ask(`${prefix}/openapi.json`)).text) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
    };
    assert.deepEqual(Object.keys(document.paths), ['/things/{id}', '/things', '/write', '/find']);
    assert.equal(document.paths['/things/{id}']?.['get']?.['x-reconstructed'], true);
    assert.equal(document.paths['/find']?.['get']?.['x-reconstructed'], undefined);
  });
});

describe('a service that an organisation has not', () => {
  it('answers like an address where nothing is', async () => {
    const world = await openToy({ offered: async () => false });
    const ask = asker(world);
    assert.deepEqual(plain(await ask(`${prefix}/things/7`)), plain(await ask(`${prefix}/nothing`)));
    assert.equal(world.seen.calls.length, 0);
    await world.server.close();
  });
});
