// The reader of XML: what it gives, and what it refuses.
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { limits } from '#base/limits.ts';
import { readXml } from '#formats/xml/read-xml.ts';
import { XmlFault } from '#formats/xml/xml-fault.ts';
import type { XmlEvent } from '#formats/xml/read-xml.ts';
import type { XmlFaultCode } from '#formats/xml/xml-fault.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that something still leads to: what only waits to be collected depends on how much else the machine does. */
const heldNow = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const isEntry = (name: string): boolean => name === 'e';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = async (document: string | Uint8Array, size = 1 << 20): Promise<readonly XmlEvent[]> => {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  const events: XmlEvent[] = [];
  for await (const some of readXml(pieces(bytes, size), isEntry)) events.push(...some);
  return events;
};

const faultOf = async (document: string | Uint8Array, size?: number): Promise<{ code: XmlFaultCode; line: number }> => {
  try {
    await read(document, size);
  } catch (error) {
    assert(error instanceof XmlFault, String(error));
    assert(!error.message.includes('Kari'));
    return { code: error.code, line: error.line };
  }
  return assert.fail('was read');
};

const textOf = async (document: Uint8Array, size?: number): Promise<string | undefined> => {
  const entry = (await read(document, size)).find((event) => event.kind === 'entry');
  return entry?.kind === 'entry' ? entry.element.text : undefined;
};

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

const body = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><r><e>Bjørg Æsøy €</e></r>`;
const latin = (encoding: string): string => `<?xml version='1.0' encoding='${encoding}'?><r><e>Bjørg Æsøy</e></r>`;
const nested = (depth: number): string => '<r>'.repeat(depth) + '</r>'.repeat(depth);
const named = (length: number): string => `<${'n'.repeat(length)}/>`;
const attributed = (count: number): string =>
  `<r ${Array.from({ length: count }, (_, at) => `a${at}="1"`).join(' ')}/>`;
const entries = (count: number): string =>
  `<r><e>${'<f/>'.repeat(count - 1)}</e><e>${'<f/>'.repeat(count - 1)}</e></r>`;

describe('reading XML', () => {
  it('gives entries as a whole, with lines, and what stands around them', async () => {
    const document =
      '<?xml version="1.0"?>\n<!-- c --><root xmlns="urn:x" a="1">\n<e b="2" p:c="3" xmlns:p="urn:p">t<f>u&amp;&#229;</f><![CDATA[<v>]]></e>\n <w><e/></w></root>\n';
    for (const size of [1, 3, 1_000]) {
      const events = await read(document, size);
      assert.deepEqual(
        events.map((event) =>
          event.kind === 'entry' ? [event.kind, event.element.line] : [event.kind, event.name, event.line],
        ),
        [
          ['open', 'root', 2],
          ['entry', 3],
          ['open', 'w', 4],
          ['entry', 4],
          ['close', 'w', 4],
          ['close', 'root', 4],
        ],
      );
      const [root, entry] = events;
      assert(root?.kind === 'open' && entry?.kind === 'entry');
      assert.equal(root.namespace, 'urn:x');
      assert.deepEqual({ ...root.attributes }, { a: '1' });
      assert.deepEqual({ ...entry.element.attributes }, { b: '2' });
      assert.equal(entry.element.text, 't<v>');
      assert.equal(entry.element.namespace, 'urn:x');
      assert.deepEqual(
        entry.element.children.map(({ name, text }) => [name, text]),
        [['f', 'u&å']],
      );
    }
  });

  it('takes attributes of any name for what they are', async () => {
    const [, entry] = await read('<r><e __proto__="x" constructor="y"/></r>');
    assert(entry?.kind === 'entry');
    assert.deepEqual(Object.entries(entry.element.attributes), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('reads the encodings that it knows, in pieces of any size', async () => {
    const windows = Buffer.from(body('windows-1252').replace('€', '\u0080'), 'latin1');
    for (const size of [1, 2, 7, 1_000]) {
      assert.equal(await textOf(Buffer.from(body('UTF-8')), size), 'Bjørg Æsøy €');
      assert.equal(await textOf(Buffer.from(`\ufeff${body('utf-8')}`), size), 'Bjørg Æsøy €');
      assert.equal(await textOf(Buffer.from(`\ufeff${body('UTF-16')}`, 'utf16le'), size), 'Bjørg Æsøy €');
      assert.equal(await textOf(Buffer.from(body('UTF-16'), 'utf16le'), size), 'Bjørg Æsøy €');
      assert.equal(await textOf(utf16be(body('UTF-16BE')), size), 'Bjørg Æsøy €');
      assert.equal(await textOf(Buffer.from(latin('ISO-8859-1'), 'latin1'), size), 'Bjørg Æsøy');
      assert.equal(await textOf(windows, size), 'Bjørg Æsøy €');
      assert.equal(await textOf(Buffer.from('<r><e>Bjørg</e></r>'), size), 'Bjørg');
      assert.equal(
        await textOf(Buffer.from('<?xml version="1.0" encoding="US-ASCII"?><r><e>Ola</e></r>'), size),
        'Ola',
      );
    }
  });

  it('refuses a file that is not in the encoding that it says, and says where', async () => {
    const lines = '\n'.repeat(5);
    const said = (encoding: string, sign: string): string =>
      `<?xml version="1.0" encoding="${encoding}"?>${lines}<r><e>Kari ${sign}</e></r>`;
    const bytes = (encoding: string, sign: string): Buffer => Buffer.from(said(encoding, sign), 'latin1');
    for (const size of [1, 1_000]) {
      assert.deepEqual(await faultOf(bytes('UTF-8', 'ø'), size), { code: 'encoding-invalid', line: 6 });
      assert.deepEqual(await faultOf(bytes('ISO-8859-1', '\u0080'), size), { code: 'encoding-invalid', line: 6 });
      assert.deepEqual(await faultOf(bytes('windows-1252', '\u0081'), size), { code: 'encoding-invalid', line: 6 });
      assert.deepEqual(await faultOf(bytes('us-ascii', 'ø'), size), { code: 'encoding-invalid', line: 6 });
      assert.deepEqual(await faultOf(Buffer.from(said('ISO-8859-1', 'æ')), size), {
        code: 'encoding-conflict',
        line: 6,
      });
      assert.deepEqual(await faultOf(Buffer.from(said('ISO-8859-1', 'Å')), size), {
        code: 'encoding-invalid',
        line: 6,
      });
      assert.equal((await faultOf(bytes('UTF-16', ''), size)).code, 'encoding-conflict');
      assert.equal((await faultOf(Buffer.from(`\ufeff${said('ISO-8859-1', '')}`), size)).code, 'encoding-conflict');
      assert.equal(
        (await faultOf(Buffer.from(`\ufeff${said('UTF-8', '')}`, 'utf16le'), size)).code,
        'encoding-conflict',
      );
      assert.equal((await faultOf(bytes('IBM037', ''), size)).code, 'encoding-unknown');
      assert.equal((await faultOf(bytes('UTF-7', ''), size)).code, 'encoding-unknown');
      for (const word of ['constructor', '__proto__', 'toString'])
        for (const mark of ['', '\ufeff'])
          assert.equal((await faultOf(Buffer.from(`${mark}${said(word, '')}`), size)).code, 'encoding-unknown', word);
    }
    assert.equal((await faultOf(Buffer.from('<r><e>\ud83d</e></r>', 'utf16le'))).code, 'encoding-invalid');
    assert.equal((await faultOf(Buffer.from('<r><e>ø</e></r>').subarray(0, 7))).code, 'encoding-invalid');
  });

  it('refuses what is no XML', async () => {
    for (const document of [
      '<r>',
      '<r></s>',
      '<r><e>&nbsp;</e></r>',
      '<r><e>&#0;</e></r>',
      '<r a="1" a="2"/>',
      '<r><p:e/></r>',
      'Kari',
      '<r/><r/>',
      '\n<?xml version="1.0"?><r/>',
    ])
      assert.equal((await faultOf(document)).code, 'not-well-formed', document);
    assert.equal((await faultOf('')).code, 'empty');
  });

  it('refuses what XML can be made to do harm with', async () => {
    const bomb = `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r><e>&b;</e></r>`;
    assert.equal((await faultOf(bomb)).code, 'doctype');
    assert.equal((await faultOf('<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>')).code, 'doctype');
    assert.equal((await faultOf('<?xml-stylesheet href="http://x/"?><r/>')).code, 'instruction');
  });

  it('holds the limits on both sides', async () => {
    const {
      xmlDepth,
      xmlNameLength,
      xmlAttributeLength,
      xmlAttributes,
      xmlTextLength,
      xmlTokenLength,
      xmlEntryElements,
    } = limits;
    const cases: readonly (readonly [XmlFaultCode, (size: number) => string, number])[] = [
      ['too-deep', nested, xmlDepth],
      ['name-too-long', named, xmlNameLength],
      ['name-too-long', (length) => `<r ${'n'.repeat(length)}="1"/>`, xmlNameLength],
      ['attribute-too-long', (length) => `<r a="${'v'.repeat(length)}"/>`, xmlAttributeLength],
      ['too-many-attributes', attributed, xmlAttributes],
      ['text-too-long', (length) => `<r><e>${'t'.repeat(length)}</e></r>`, xmlTextLength],
      ['text-too-long', (length) => `<r><e>${'t'.repeat(length - 1)}<![CDATA[t]]></e></r>`, xmlTextLength],
      ['entry-too-large', entries, xmlEntryElements],
    ];
    for (const [code, make, limit] of cases) {
      await read(make(limit));
      assert.equal((await faultOf(make(limit + 1))).code, code);
    }
    // Looked at between pieces of 64 KiB.
    const tokens: readonly ((size: number) => string)[] = [
      (length) => `<r><!--${'c'.repeat(length)}--></r>`,
      (length) => `<r>${' '.repeat(length)}</r>`,
      (length) => `<r ${' '.repeat(length)}/>`,
    ];
    for (const make of tokens) {
      await read(make(xmlTokenLength - 65_536));
      assert.equal((await faultOf(make(xmlTokenLength + 131_072))).code, 'token-too-long');
    }
  });

  it('reads two million elements in flat memory', async () => {
    const line = Buffer.from(`${'<e a="1"><f>text</f></e>\n'.repeat(1_000)}`);
    async function* many(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('<r>');
      for (let times = 0; times < 1_000; times += 1) yield line;
      yield Buffer.from('</r>');
    }
    const before = heldNow();
    let [count, most] = [0, 0];
    for await (const events of readXml(many(), isEntry)) {
      for (const event of events) if (event.kind === 'entry') count += 1;
      if (count % 100_000 < 1_000) most = Math.max(most, heldNow());
    }
    assert.equal(count, 1_000_000);
    assert(most - before < 20 * 1_048_576, `${most - before}`);
  });
});
