// Services over SOAP: an independent client reads the description and calls them; envelopes that are not as they should be are answered with faults, in the
// version of the client, and everything answered is as the served schema says.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { createClientAsync, type Client } from 'soap';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { wsdlParts } from '#catalogue/gate/wsdl-parts.ts';
import { xmlTree } from '#formats/xml/xml-tree.ts';
import { asker, namespace, openToy, port, textPort, type Answered, type ToyWorld } from './toy-service.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

const envelope = (body: string, { header: block = '', space = soap11 } = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${space}">${block === '' ? '' : `<s:Header>${block}</s:Header>`}<s:Body>${body}</s:Body></s:Envelope>`;
const get = (id: number | string, space = namespace): string => `<getThing xmlns="${space}"><id>${id}</id></getThing>`;
const start = '<start dtf="yyyy-MM-dd">2026-08-15</start>';

const header = (must: string, more = ''): string =>
  `<w:Security xmlns:w="urn:w" s:mustUnderstand="${must}"${more}><w:User>x</w:User></w:Security>`;

/** What stands in the body of an envelope. */
const bodyOf = (text: string): string => /<soap:Body>(.*)<\/soap:Body>/s.exec(text)?.[1] ?? '';

const ending = {
  coordinate: '*',
  announced: '2026-11-22',
  earliestRemoval: '2028-03-31',
  replacement: '/fsrest/rest/toy',
  message: 'The API retires.',
};

describe('a service over SOAP', () => {
  let world: ToyWorld;
  let ask: (path: string, init?: RequestInit) => Promise<Answered>;
  const checks = new Map<string, ReturnType<typeof xsdCheck>>();

  before(async () => {
    world = await openToy({ endingOf: (_api, uses) => (uses.includes('Toy/findThing') ? [ending] : []) });
    ask = asker(world);
    for (const path of [port, textPort])
      checks.set(
        path,
        xsdCheck((await ask(`${path}?xsd=toy`)).text, () => null),
      );
  });
  after(async () => {
    for (const check of checks.values()) check.close();
    await world.server.close();
  });

  const valid = (text: string, path = port): void =>
    assert.deepEqual(checks.get(path)?.check(Buffer.from(text)), [], text);

  const call = (text: string, headers: Readonly<Record<string, string>> = {}, path = port): Promise<Answered> =>
    ask(path, { method: 'POST', body: text, headers: { 'content-type': 'text/xml; charset=utf-8', ...headers } });
  const call12 = (text: string, type = 'application/soap+xml; charset=utf-8'): Promise<Answered> =>
    call(text, { 'content-type': type });

  /** A fault, with what it says of itself held against the schema. */
  const fault = async (answer: Promise<Answered>, code: string, status = 500): Promise<string> => {
    const given = await answer;
    assert.equal(given.status, status, given.text);
    assert.match(given.text, new RegExp(`<(?:faultcode|soap:Value)>soap:${code}</`));
    const detail = /<(?:soap:D|d)etail>(.*?)<\/(?:soap:D|d)etail>/s.exec(given.text)?.[1] ?? '';
    assert.match(detail, /<kode>\d+<\/kode><melding>[^<]+<\/melding><referanse>[^<]+<\/referanse>/);
    valid(detail);
    return given.text;
  };

  describe('with an independent client', () => {
    let client: Client;
    const method = async (name: string, args: unknown): Promise<unknown> => {
      const invoke: unknown = client[`${name}Async`];
      assert.ok(typeof invoke === 'function', name);
      const [result] = (await Reflect.apply(invoke, client, [args])) as readonly [unknown];
      return result;
    };

    before(async () => {
      client = await createClientAsync(`${world.server.url()}${port}?wsdl`);
      client.addHttpHeader('Authorization', 'Bearer client');
    });

    it('is described with its operations, messages and addresses', () => {
      const described = client.describe() as Readonly<Record<string, Readonly<Record<string, object>>>>;
      assert.deepEqual(Object.keys(described), ['ToyService']);
      assert.deepEqual(Object.keys(described['ToyService']?.['ToySoap11'] ?? {}), [
        'getThing',
        'listThings',
        'writeThing',
        'findThing',
      ]);
    });

    it('answers with the same rows as over REST', async () => {
      const one = (await method('getThing', { id: 7 })) as { readonly thing: Readonly<Record<string, unknown>> };
      assert.equal(one.thing['name'], 'Æ & <Ø>');
      assert.deepEqual(one.thing['attributes'], { kind: 'toy' });
      const all = (await method('listThings', { most: 250 })) as {
        readonly things: { readonly thing: readonly unknown[] };
      };
      assert.equal(all.things.thing.length, 250);
    });

    it('writes, and gets faults with their detail', async () => {
      const written = (await method('writeThing', {
        thing: { id: 1, start: { attributes: { dtf: 'yyyy-MM-dd' }, $value: '2026-08-15' }, tag: ['a', 'b'] },
      })) as { readonly status: Readonly<Record<string, unknown>> };
      assert.deepEqual(written.status, { kode: 0, melding: 'OK' });
      assert.deepEqual(world.seen.calls.at(-1)?.body?.['tag'], ['a', 'b']);
      await assert.rejects(method('getThing', { id: 404 }), (error: unknown) => {
        const { root } = error as { root: { Envelope: { Body: { Fault: { detail: { feil: { kode: unknown } } } } } } };
        assert.equal(String(root.Envelope.Body.Fault.detail.feil.kode), '100');
        return true;
      });
    });
  });

  it('is described by documents that the gate can read, with addresses of this hub', async () => {
    for (const path of [port, textPort]) {
      const wsdl = await ask(`${path}?wsdl`, { headers: { authorization: '' } });
      assert.equal(wsdl.status, 200);
      const parts = wsdlParts(xmlTree(wsdl.text));
      assert.deepEqual(
        [...parts.ports.values()].map((one) => one.path),
        [path, path],
      );
      assert.match(wsdl.text, new RegExp(`location="${world.server.url()}${path}"`));
      assert.match(wsdl.text, /Drawn from examples/);
    }
    assert.equal((await ask(`${port}?WSDL`)).status, 200);
    assert.equal((await ask(port)).status, 405);
    assert.equal((await ask(`${port}?xsd=other`)).status, 405);
  });

  it('answers by its schema, in both versions', async () => {
    for (const [answer, type] of [
      [await call(envelope(get(7))), 'text/xml; charset=utf-8'],
      [await call(envelope(get(7)), { soapaction: `"${namespace}/getThing"` }), 'text/xml; charset=utf-8'],
      [await call(envelope(get(7)), { soapaction: '""' }), 'text/xml; charset=utf-8'],
      [await call12(envelope(get(7), { space: soap12 })), 'application/soap+xml; charset=utf-8'],
      [
        await call12(envelope(get(7), { space: soap12 }), `application/soap+xml; action="${namespace}/getThing"`),
        'application/soap+xml; charset=utf-8',
      ],
    ] as const) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.type, type);
      assert.match(bodyOf(answer.text), /^<getThingResponse xmlns="[^"]*"><thing kind="toy"><id>7</);
      valid(bodyOf(answer.text));
    }
    for (const body of [
      `<listThings xmlns="${namespace}"><most>120</most></listThings>`,
      `<writeThing xmlns="${namespace}"><thing><id>1</id>${start}</thing></writeThing>`,
      `<findThing xmlns="${namespace}"><a>x</a><b/></findThing>`,
    ]) {
      valid(body);
      const answer = await call(envelope(body));
      assert.equal(answer.status, 200, answer.text);
      valid(bodyOf(answer.text));
    }
  });

  it('gives the document as one string where old clients take it so', async () => {
    const answer = await call(envelope(`<listThings xmlns="${namespace}"><most>2</most></listThings>`), {}, textPort);
    const body = bodyOf(answer.text);
    valid(body, textPort);
    const [, escaped = ''] = /<listThingsReturn>(.*)<\/listThingsReturn>/s.exec(body) ?? [];
    assert.doesNotMatch(escaped, /</);
    const inner = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    valid(inner);
    assert.match(inner, /^<things xmlns=.*<id>2<\/id>/);
  });

  it('tells in a header what will go, of what was called', async () => {
    const answer = await call(envelope(`<findThing xmlns="${namespace}"><a>x</a></findThing>`));
    assert.match(
      answer.text,
      /<soap:Header><deprecations xmlns="urn:bindeledd:contract" soap:mustUnderstand="0"><deprecation><coordinate>\*<.*<earliestRemoval>2028-03-31<\/earliestRemoval><replacement>\/fsrest\/rest\/toy</,
    );
    assert.doesNotMatch((await call(envelope(get(1)))).text, /soap:Header/);
  });

  it('answers with faults to envelopes that are not as they should be', async () => {
    const calls = world.seen.calls.length;
    await fault(call(envelope('')), 'Client');
    await fault(call(`<s:Envelope xmlns:s="${soap11}"/>`), 'Client');
    await fault(call(envelope(get(1) + get(2))), 'Client');
    const twice = envelope(get(1)).replace('</s:Envelope>', `<s:Body>${get(2)}</s:Body></s:Envelope>`);
    assert.match(await fault(call(twice), 'Client'), /more than one body/);
    await fault(call(envelope(get(1)).replace('</s:Envelope>', `<other/></s:Envelope>`)), 'Client');
    await fault(call(envelope(get(1, 'urn:other'))), 'Client');
    await fault(call(envelope('<listThings xmlns="urn:other"/>')), 'Client');
    await fault(call(envelope('<listThings/>')), 'Client');
    await fault(call(envelope(`<getThing xmlns="${namespace}"><id xmlns="">1</id></getThing>`)), 'Client');
    await fault(call(envelope(`<noThing xmlns="${namespace}"/>`)), 'Client');
    await fault(call(envelope(get(1)), { soapaction: `"${namespace}/listThings"` }), 'Client');
    await fault(call(envelope(get(1)), { soapaction: '"urn:other"' }), 'Client');
    await fault(call(envelope(`<writeThing xmlns="${namespace}"/>`)), 'Client');
    await fault(call(envelope(`<getThing xmlns="${namespace}"><id><b/></id></getThing>`)), 'Client');
    await fault(call(get(1)), 'Client');
    await fault(call(''), 'Client');
    await fault(call('no XML'), 'Client');
    await fault(call(envelope(get(1), { space: soap12 })), 'VersionMismatch');
    await fault(call12(envelope(get(1))), 'VersionMismatch', 500);
    await fault(call12(envelope('', { space: soap12 })), 'Sender', 400);
    assert.equal(world.seen.calls.length, calls);
    assert.match(await fault(call(envelope(get('x'))), 'Client'), /<kode>220<.*\/id must be a whole number/);
    await fault(call12(envelope(get(404), { space: soap12 })), 'Sender', 400);
    assert.doesNotMatch(await fault(call(envelope(get(500))), 'Server'), /secret/);
  });

  it('refuses headers that have to be understood, and passes by the others', async () => {
    await fault(call(envelope(get(1), { header: header('1') })), 'MustUnderstand');
    await fault(
      call(envelope(get(1), { header: header('1', ` s:actor="http://schemas.xmlsoap.org/soap/actor/next"`) })),
      'MustUnderstand',
    );
    await fault(call12(envelope(get(1), { header: header('true'), space: soap12 })), 'MustUnderstand');
    assert.equal((await call(envelope(get(1), { header: header('0') }))).status, 200);
    assert.equal((await call(envelope(get(1), { header: header('1', ' s:actor="urn:somebody-else"') }))).status, 200);
  });

  it('refuses attachments, document types and what is too much, and says who is not let in', async () => {
    await fault(
      call(envelope(get(1)), { 'content-type': 'multipart/related; boundary=x; type="text/xml"' }),
      'Client',
      415,
    );
    await fault(call(envelope(get(1)), { 'content-type': 'application/json' }), 'Client', 415);
    for (const doctype of [
      '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
      '<!DOCTYPE s SYSTEM "file:///etc/passwd">',
    ])
      await fault(call(envelope(get('&b;')).replace('?>', `?>${doctype}`)), 'Client');
    await fault(call(envelope('<a>'.repeat(40) + '</a>'.repeat(40))), 'Client');
    await fault(call(envelope(get(1)).padEnd(1_048_577)), 'Client', 413);
    const unknown = call(envelope(get(1)), { authorization: 'Bearer wrong' });
    await fault(unknown, 'Client', 401);
  });
});

describe('a port that an organisation has not', () => {
  it('is as if nothing were there, and is described all the same', async () => {
    const world = await openToy({ offered: async ({ tenant }) => tenant !== 'fjordheim.test' });
    const ask = asker(world);
    const post = (authorization: string) =>
      ask(port, { method: 'POST', body: envelope(get(1)), headers: { 'content-type': 'text/xml', authorization } });
    const off = await post('Bearer client');
    assert.equal(off.status, 404);
    assert.match(off.text, /<kode>100</);
    assert.equal(world.seen.calls.length, 0);
    assert.equal((await post('Bearer neighbour')).status, 200);
    assert.equal((await ask(`${port}?wsdl`)).status, 200);
    await world.server.close();
  });
});
