// Whole documents: short ones are read in one go by a reader that is kept, and say and refuse just what they do as a file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { readDocument } from '#formats/xml/read-document.ts';
import { readXml, type XmlElement, type XmlReading } from '#formats/xml/read-xml.ts';
import { XmlFault } from '#formats/xml/xml-fault.ts';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const asFile = async (text: string, reading: XmlReading): Promise<XmlElement | XmlFault> => {
  let root: XmlElement | null = null;
  try {
    for await (const events of readXml(bytesOf(text), () => true, reading))
      for (const event of events) if (event.kind === 'entry') root = event.element;
  } catch (error) {
    if (error instanceof XmlFault) return error;
    throw error;
  }
  assert.ok(root !== null);
  return root;
};

const told = (read: XmlElement | XmlFault): unknown =>
  read instanceof XmlFault ? { code: read.code, line: read.line, message: read.message } : read;

const declared = (encoding: string, letters: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?>\n<a>${letters}</a>`;
const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

const texts: Readonly<Record<string, string>> = {
  plain: '<a xmlns="urn:x" b="1"><c>æ &amp; ø</c>\n<d><![CDATA[<]]></d></a>',
  prefixed: '<p:a xmlns:p="urn:x" p:b="1" c="2"/>',
  'prefix of the one before': '<p:a/>',
  'entity of the one before': '<a>&x;</a>',
  'as it is': declared('UTF-8', 'æ'),
  'of letters alone': declared('us-ascii', 'a'),
  'said to be another': declared('iso-8859-1', 'æ'),
  'said to be wide': declared('utf-16', 'a'),
  'said to be nothing known': declared('ebcdic', 'a'),
  'with a mark': '\ufeff<a/>',
  'half a letter': '<a>\ud800</a>',
  'a nought': '<\0a/>',
  empty: '',
  blank: ' \n',
  'behind a line': '\n<a/>',
  doctype: '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  instruction: '<a><?php x?></a>',
  open: '<a>\n<b>',
  crossed: '<a><b></a></b>',
  twice: '<a/><a/>',
  behind: '<a/>text',
  deepest: nested(limits.xmlDepth),
  'too deep': nested(limits.xmlDepth + 1),
  'long text': `<a>${'x'.repeat(9_000)}</a>`,
  'longer than is read in one go': `<a>${'x'.repeat(20_000)}</a>`,
};

const readings: readonly XmlReading[] = [{}, { prefixed: true }, { textLength: 10 }];

describe('a document of a request', () => {
  for (const [name, text] of Object.entries(texts))
    it(`says what it says as a file, whatever was read before it: ${name}`, async () => {
      for (const reading of readings) {
        const wanted = told(await asFile(text, reading));
        for (const before of ['<a xmlns:p="urn:p"><p:b/></a>', '<a>\n\n<b x="', text]) {
          await readDocument(before, reading);
          assert.deepEqual(told(await readDocument(text, reading)), wanted, before);
        }
      }
    });
});
