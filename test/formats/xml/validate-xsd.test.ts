// The check against schemas: what it finds, where, and that it repeats nothing of what it finds it in.
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { limits } from '#base/limits.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';

const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:x" targetNamespace="urn:x" elementFormDefault="qualified">
<xs:simpleType name="short"><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>
<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="e" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
<xs:sequence><xs:element name="id" type="xs:string"/><xs:element name="day" type="xs:date" minOccurs="0"/>
<xs:element name="n" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="short"><xs:attribute name="a" type="short" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`;

const idOf = (line: string): string | null => /<id>([^<]*)/.exec(line)?.[1] ?? null;

const wrong = (count: number): string[] => Array.from({ length: count }, () => '<e><id>1</id><n>x</n></e>');

describe('checking against a schema', () => {
  const check = xsdCheck(schema, idOf);
  after(() => check.close());
  const find = (lines: readonly string[]): readonly (readonly [string, string | null, string])[] =>
    check
      .check(Buffer.from(`<r xmlns="urn:x">\n${lines.join('\n')}\n</r>`))
      .map(({ rule, at, message }) => [rule, at, message]);

  it('finds nothing in what is valid', () => {
    assert.deepEqual(find(['<e><id>1</id><day>2026-08-01</day><n a="x">abc</n></e>', '<e><id>2</id></e>']), []);
  });

  it('says what is wrong and in which entry, and repeats no value', () => {
    const secret = 'Kari 14851461249';
    assert.deepEqual(
      find([
        '<e><id>1</id></e>',
        `<e><id>2</id><day>${secret}</day></e>`,
        `<e><id>3</id><n a="${secret}">${secret}</n></e>`,
        `<e><id>4</id><n b="${secret}">x</n></e>`,
        `<e><id>5</id>${secret}</e>`,
        `<e><id>6</id><q>${secret}</q></e>`,
        '<e/>',
        '<e><id>8</id><day>2026-08-01<q/></day></e>',
      ]),
      [
        ['schema-value', '2', '<day> has a value of the wrong form'],
        ['schema-value', '3', '<n a> has a value that it may not have: maxLength'],
        ['schema-value', '3', '<n> has a value that it may not have: maxLength'],
        ['schema-attribute', '4', '<n b> has an attribute that it may not have'],
        ['schema-missing', '4', '<n a> lacks an attribute'],
        ['schema-content', '5', '<e> holds text where only elements may stand'],
        ['schema-order', '6', '<q> is not expected here'],
        ['schema-missing', null, '<e> lacks an element'],
        ['schema-content', '8', '<day> holds elements where only text may stand'],
      ],
    );
  });

  it('says of what is no XML only that it is none', () => {
    for (const document of [
      '',
      '<r',
      '<r>&kari;</r>',
      '<!DOCTYPE r [<!ENTITY k SYSTEM "file:///etc/passwd">]><r xmlns="urn:x">&k;</r>',
    ]) {
      const findings = check.check(Buffer.from(document));
      assert(findings.length > 0);
      assert(findings.every(({ message }) => !message.includes('kari') && !message.includes('root:')));
    }
    assert.equal(check.check(Buffer.from('<q/>'))[0]?.rule, 'schema-root');
  });

  it('knows lines beyond what sixteen bits count', () => {
    const lines = Array.from({ length: 70_000 }, (_, at) => `<e><id>${at}</id></e>`);
    lines[69_000] = '<e><id>69000</id><n>x</n></e>';
    assert.deepEqual(find(lines), [['schema-missing', '69000', '<n a> lacks an attribute']]);
  });

  it('gives no more findings than are kept', () => {
    assert.equal(find(wrong(limits.exportFindings)).length, limits.exportFindings);
    assert.equal(find(wrong(limits.exportFindings + 1)).length, limits.exportFindings);
  });

  it('gives its memory back', () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `<e><id>${at}</id></e>`);
    find(lines);
    const before = process.memoryUsage().rss;
    for (let times = 0; times < 40; times += 1) find(lines);
    assert(process.memoryUsage().rss - before < 100 * 1_048_576);
  });

  it('refuses a schema that is none', () => {
    assert.throws(() =>
      xsdCheck('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:nothing/></xs:schema>', idOf),
    );
  });
});
