// Texts as XML: whatever a text holds, a reader of XML gets it back, but for what XML cannot carry.
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readXml } from '#formats/xml/read-xml.ts';
import {
  cutText,
  element,
  elementIf,
  elementWith,
  escapeAttribute,
  escapeText,
  fitText,
} from '#formats/xml/write-xml.ts';

const readBack = async (xml: string): Promise<{ readonly text: string; readonly attribute: string | undefined }> => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(xml);
  };
  for await (const events of readXml(chunks(), () => true))
    for (const event of events)
      if (event.kind === 'entry') return { text: event.element.text, attribute: event.element.attributes['a'] };
  return assert.fail('nothing was read');
};

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
  fc
    .array(fc.constantFrom('&', '<', '>', '"', "'", ']]>', '\r', '\n', '\t', '\0', '😀', '\ud83d', 'å'), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);

describe('writing XML', () => {
  it('gives every text back, but for what XML cannot carry', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { text: read, attribute } = await readBack(elementWith('n', 'a', text, text));
        assert.equal(read, fitText(text));
        assert.equal(attribute, fitText(text));
        assert.equal((await readBack(element('n', text))).text, fitText(text));
        assert(!/[\r\n]/.test(escapeText(text) + escapeAttribute(text)));
      }),
    );
  });

  it('leaves out what XML cannot carry and nothing else', () => {
    assert.equal(fitText('a\0\u0008\u000b\u001fb\ufffe\uffff'), 'ab');
    assert.equal(fitText('\ud83d\ude00\ud83d x \ude00'), '\ud83d\ude00 x ');
    const fine = 'Åse & <b> \t\n\r 😀 \u0085';
    assert.equal(fitText(fine), fine);
  });

  it('writes references where they are needed', () => {
    assert.equal(escapeText(`a&b<c>d]]>e"f'g\r\n\t`), `a&amp;b&lt;c&gt;d]]&gt;e"f'g&#13;&#10;\t`);
    assert.equal(escapeAttribute('a&b<c>"\r\n\t'), 'a&amp;b&lt;c&gt;&quot;&#13;&#10;&#9;');
    assert.equal(elementIf('n', null) + elementIf('n', '') + elementIf('n', 'x'), '<n>x</n>');
  });

  it('cuts by characters, never through one', () => {
    assert.equal(cutText('abc', 3), 'abc');
    assert.equal(cutText('abcd', 3), 'abc');
    assert.equal(cutText('😀😀😀', 3), '😀😀😀');
    assert.equal(cutText('😀😀😀', 2), '😀😀');
    assert.equal(cutText('a😀b', 2), 'a😀');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(10), (text, most) => {
        assert.equal(cutText(text, most), [...text].slice(0, most).join(''));
      }),
    );
  });
});
