// Changes of descriptions of XML, planted one at a time: each is found where it is, and is what the rules say that it is (facts 7.5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xmlDifferences } from '#catalogue/gate/xml-differences.ts';
import type { ChangeKind } from '#catalogue/contract.ts';

const of = { api: 'small', artefact: 'small/service.wsdl' };

type Row = readonly [
  name: string,
  from: string,
  to: string,
  found: readonly (readonly [coordinate: string, kind: ChangeKind, rule: string])[],
];

const service = `<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:s="urn:studie" targetNamespace="urn:studie">
  <types>
    <xs:schema targetNamespace="urn:studie" elementFormDefault="qualified">
      <xs:element name="hentStudent"><xs:complexType><xs:sequence>
        <xs:element name="lopenummer" type="xs:int"/>
        <xs:element name="tid" type="xs:date" minOccurs="0"/>
        <xs:element name="spraak" type="s:Spraak" minOccurs="0" maxOccurs="3"/>
      </xs:sequence><xs:attribute name="merke" type="xs:string"/></xs:complexType></xs:element>
      <xs:element name="hentStudentSvar"><xs:complexType><xs:sequence>
        <xs:element name="student" type="s:Student" maxOccurs="unbounded"/>
        <xs:element name="utvidelser"><xs:complexType><xs:sequence>
          <xs:element name="kilde" type="xs:string"/>
          <xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence><xs:anyAttribute processContents="lax"/></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="feil"><xs:complexType><xs:sequence>
        <xs:element name="kode" type="xs:string"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:complexType name="Student"><xs:sequence>
        <xs:element name="fornavn" type="xs:string"/>
        <xs:element name="etternavn" type="xs:string"/>
        <xs:element name="epost" type="xs:string" minOccurs="0" maxOccurs="2"/>
        <xs:element name="status" type="s:Status"/>
        <xs:element name="kull" type="xs:string" nillable="true"/>
      </xs:sequence></xs:complexType>
      <xs:simpleType name="Status"><xs:restriction base="xs:string">
        <xs:enumeration value="AKTIV"/><xs:enumeration value="SLUTTET"/>
      </xs:restriction></xs:simpleType>
      <xs:simpleType name="Spraak"><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>
    </xs:schema>
  </types>
  <message name="Hent"><part name="body" element="s:hentStudent"/></message>
  <message name="Svar"><part name="body" element="s:hentStudentSvar"/></message>
  <message name="Feil"><part name="body" element="s:feil"/></message>
  <portType name="Studie">
    <operation name="hentStudent"><input message="s:Hent"/><output message="s:Svar"/><fault name="feil" message="s:Feil"/></operation>
    <operation name="hentIgjen"><input message="s:Hent"/><output message="s:Svar"/></operation>
  </portType>
  <binding name="StudieSoap" type="s:Studie">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="hentStudent"><soap:operation soapAction="urn:studie/hent"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
    <operation name="hentIgjen"><soap:operation soapAction="urn:studie/igjen"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="StudieTjeneste"><port name="StudiePort" binding="s:StudieSoap">
    <soap:address location="https://hub.example/soap/studie"/></port></service>
</definitions>
`;

const igjen = '<operation name="hentIgjen"><input message="s:Hent"/><output message="s:Svar"/></operation>';
const feil = '<fault name="feil" message="s:Feil"/>';

const inService: readonly Row[] = [
  ['an operation goes', igjen, '', [['Studie/hentIgjen', 'breaking', 'operation-removed']]],
  [
    'an operation comes',
    igjen,
    `${igjen}<operation name="ny"><input message="s:Hent"/></operation>`,
    [['Studie/ny', 'dangerous', 'operation-added']],
  ],
  [
    'an action is another',
    'soapAction="urn:studie/hent"',
    'soapAction="urn:studie/v2/hent"',
    [['StudieSoap/hentStudent', 'breaking', 'soap-action-changed']],
  ],
  ['a fault goes', feil, '', [['Studie/hentStudent', 'breaking', 'fault-removed']]],
  [
    'a fault comes',
    feil,
    `${feil}<fault name="sperret" message="s:Feil"/>`,
    [['Studie/hentStudent', 'dangerous', 'fault-added']],
  ],
  [
    'a fault tells something else',
    '<part name="body" element="s:feil"/>',
    '<part name="body" element="s:hentStudentSvar"/>',
    [['Studie/hentStudent', 'breaking', 'fault-detail-changed']],
  ],
  [
    'the detail of a fault is another',
    '<xs:element name="kode" type="xs:string"/>',
    '<xs:element name="nummer" type="xs:string"/>',
    [
      ['feil/kode', 'breaking', 'element-removed'],
      ['feil/nummer', 'breaking', 'element-added'],
    ],
  ],
  [
    'it is reached elsewhere',
    'hub.example/soap/studie',
    'hub.example/soap/v2/studie',
    [['StudieTjeneste/StudiePort', 'breaking', 'endpoint-changed']],
  ],
  ['it is on another host', 'hub.example/soap', 'test.hub.example/soap', []],
  [
    'a port comes',
    '</port></service>',
    '</port><port name="Ny" binding="s:StudieSoap"/></service>',
    [['StudieTjeneste/Ny', 'compatible', 'port-added']],
  ],
  [
    'a port goes by another name',
    '<port name="StudiePort"',
    '<port name="Annen"',
    [
      ['StudieTjeneste/StudiePort', 'breaking', 'port-removed'],
      ['StudieTjeneste/Annen', 'compatible', 'port-added'],
    ],
  ],
  ['it is bound in another style', 'style="document"', 'style="rpc"', [['StudieSoap', 'breaking', 'binding-changed']]],
  [
    'an answer is of another element',
    '<part name="body" element="s:hentStudentSvar"/>',
    '<part name="body" element="s:feil"/>',
    [
      ['Studie/hentStudent', 'breaking', 'message-changed'],
      ['Studie/hentIgjen', 'breaking', 'message-changed'],
    ],
  ],
  [
    'what may be sent must be sent',
    '<xs:element name="tid" type="xs:date" minOccurs="0"/>',
    '<xs:element name="tid" type="xs:date"/>',
    [['hentStudent/tid', 'breaking', 'min-raised']],
  ],
  [
    'what must be sent may be left out',
    '<xs:element name="lopenummer" type="xs:int"/>',
    '<xs:element name="lopenummer" type="xs:int" minOccurs="0"/>',
    [['hentStudent/lopenummer', 'compatible', 'min-lowered']],
  ],
  [
    'something new may be sent',
    '<xs:element name="tid" type="xs:date" minOccurs="0"/>',
    '<xs:element name="tid" type="xs:date" minOccurs="0"/><xs:element name="nytt" type="xs:string" minOccurs="0"/>',
    [['hentStudent/nytt', 'compatible', 'element-added']],
  ],
  [
    'something new must be sent',
    '<xs:element name="tid" type="xs:date" minOccurs="0"/>',
    '<xs:element name="tid" type="xs:date" minOccurs="0"/><xs:element name="nytt" type="xs:string"/>',
    [['hentStudent/nytt', 'breaking', 'element-required']],
  ],
  ['fewer may be sent', 'maxOccurs="3"', 'maxOccurs="2"', [['hentStudent/spraak', 'breaking', 'max-lowered']]],
  ['more may be sent', 'maxOccurs="3"', 'maxOccurs="5"', [['hentStudent/spraak', 'compatible', 'max-raised']]],
  [
    'numbers are larger',
    'name="lopenummer" type="xs:int"',
    'name="lopenummer" type="xs:long"',
    [['hentStudent/lopenummer', 'compatible', 'type-widened']],
  ],
  [
    'numbers are smaller',
    'name="lopenummer" type="xs:int"',
    'name="lopenummer" type="xs:short"',
    [['hentStudent/lopenummer', 'breaking', 'type-narrowed']],
  ],
  [
    'a number is a text',
    'name="lopenummer" type="xs:int"',
    'name="lopenummer" type="xs:string"',
    [['hentStudent/lopenummer', 'breaking', 'type-changed']],
  ],
  [
    'texts are shorter',
    '<xs:maxLength value="3"/>',
    '<xs:maxLength value="2"/>',
    [['Spraak', 'breaking', 'type-narrowed']],
  ],
  [
    'texts are longer',
    '<xs:maxLength value="3"/>',
    '<xs:maxLength value="5"/>',
    [['Spraak', 'compatible', 'type-widened']],
  ],
  [
    'an attribute must be sent',
    '<xs:attribute name="merke" type="xs:string"/>',
    '<xs:attribute name="merke" type="xs:string" use="required"/>',
    [['hentStudent/@merke', 'breaking', 'attribute-required']],
  ],
  [
    'an attribute goes',
    '<xs:attribute name="merke" type="xs:string"/>',
    '',
    [['hentStudent/@merke', 'breaking', 'attribute-removed']],
  ],
  [
    'an element is renamed',
    'name="etternavn"',
    'name="familienavn"',
    [
      ['Student/etternavn', 'breaking', 'element-removed'],
      ['Student/familienavn', 'breaking', 'element-added'],
    ],
  ],
  [
    'two elements change places',
    '<xs:element name="fornavn" type="xs:string"/>\n        <xs:element name="etternavn" type="xs:string"/>',
    '<xs:element name="etternavn" type="xs:string"/><xs:element name="fornavn" type="xs:string"/>',
    [['Student', 'breaking', 'order-changed']],
  ],
  [
    'something new is answered where nothing may stand',
    '<xs:element name="etternavn" type="xs:string"/>',
    '<xs:element name="etternavn" type="xs:string"/><xs:element name="nytt" type="xs:string" minOccurs="0"/>',
    [['Student/nytt', 'breaking', 'element-added']],
  ],
  [
    'something new is answered where others may stand',
    '<xs:element name="kilde" type="xs:string"/>',
    '<xs:element name="kilde" type="xs:string"/><xs:element name="nytt" type="xs:string"/>',
    [['hentStudentSvar/utvidelser/nytt', 'compatible', 'element-added']],
  ],
  [
    'something new is answered before where others may stand',
    '<xs:element name="kilde" type="xs:string"/>',
    '<xs:element name="nytt" type="xs:string"/><xs:element name="kilde" type="xs:string"/>',
    [['hentStudentSvar/utvidelser/nytt', 'breaking', 'element-added']],
  ],
  [
    'a new attribute is answered where others may stand',
    '<xs:anyAttribute processContents="lax"/>',
    '<xs:attribute name="ny"/><xs:anyAttribute processContents="lax"/>',
    [['hentStudentSvar/utvidelser/@ny', 'compatible', 'attribute-added']],
  ],
  [
    'a new attribute is answered where none may stand',
    'nillable="true"/>\n      </xs:sequence>',
    'nillable="true"/></xs:sequence><xs:attribute name="ny"/>',
    [['Student/@ny', 'breaking', 'attribute-added']],
  ],
  [
    'one becomes many',
    '<xs:element name="fornavn" type="xs:string"/>',
    '<xs:element name="fornavn" type="xs:string" maxOccurs="2"/>',
    [['Student/fornavn', 'breaking', 'max-raised']],
  ],
  [
    'many become one',
    'maxOccurs="unbounded"/>\n        <xs:element name="utv',
    '/>\n        <xs:element name="utv',
    [['hentStudentSvar/student', 'breaking', 'max-lowered']],
  ],
  [
    'what is always answered may be left out',
    '<xs:element name="etternavn" type="xs:string"/>',
    '<xs:element name="etternavn" type="xs:string" minOccurs="0"/>',
    [['Student/etternavn', 'breaking', 'min-lowered']],
  ],
  [
    'what may be left out is always answered',
    'minOccurs="0" maxOccurs="2"',
    'minOccurs="1" maxOccurs="2"',
    [['Student/epost', 'compatible', 'min-raised']],
  ],
  [
    'a value comes',
    '<xs:enumeration value="SLUTTET"/>',
    '<xs:enumeration value="SLUTTET"/><xs:enumeration value="PERMISJON"/>',
    [['Status', 'breaking', 'value-added']],
  ],
  ['a value goes', '<xs:enumeration value="SLUTTET"/>', '', [['Status', 'breaking', 'value-removed']]],
  ['nothing is nil any more', ' nillable="true"', '', [['Student/kull', 'compatible', 'nil-refused']]],
  [
    'it stands in another order',
    '<xs:complexType name="Student"><xs:sequence>',
    '<xs:complexType name="Student"><!-- as before --><xs:sequence>',
    [],
  ],
];

const schema = `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:fil" xmlns="urn:fil" elementFormDefault="qualified">
  <xs:element name="fil"><xs:complexType><xs:sequence>
    <xs:group ref="hode"/>
    <xs:element ref="person" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:group name="hode"><xs:sequence><xs:element name="dato" type="xs:date"/></xs:sequence></xs:group>
  <xs:element name="person" type="Elev"/>
  <xs:complexType name="Person"><xs:sequence><xs:element name="navn" type="xs:string"/></xs:sequence>
    <xs:attribute name="id" type="xs:ID" use="required"/></xs:complexType>
  <xs:complexType name="Elev"><xs:complexContent><xs:extension base="Person"><xs:choice>
    <xs:element name="trinn" type="xs:int"/><xs:element name="gruppe" type="xs:string"/>
  </xs:choice></xs:extension></xs:complexContent></xs:complexType>
</xs:schema>
`;

const inSchema: readonly Row[] = [
  [
    'the namespace is another',
    'targetNamespace="urn:fil" xmlns="urn:fil"',
    'targetNamespace="urn:fil2" xmlns="urn:fil2"',
    [['*', 'breaking', 'namespace-changed']],
  ],
  [
    'elements are in another namespace',
    ' elementFormDefault="qualified"',
    '',
    ['fil/dato', 'Person/navn', 'Elev/navn', 'Elev/<choice>/trinn', 'Elev/<choice>/gruppe']
      .map((at) => at.replace('<choice>/', ''))
      .map((at) => [at, 'breaking', 'element-namespace-changed'] as const),
  ],
  [
    'what a group holds is another',
    'name="dato" type="xs:date"',
    'name="dato" type="xs:dateTime"',
    [['fil/dato', 'breaking', 'type-changed']],
  ],
  [
    'what is extended is another',
    '<xs:attribute name="id" type="xs:ID" use="required"/>',
    '<xs:attribute name="id" type="xs:ID"/>',
    [
      ['Person/@id', 'breaking', 'attribute-optional'],
      ['Elev/@id', 'breaking', 'attribute-optional'],
    ],
  ],
  [
    'a choice goes',
    '<xs:element name="gruppe" type="xs:string"/>',
    '',
    [['Elev/gruppe', 'breaking', 'element-removed']],
  ],
  [
    'a choice comes',
    '<xs:element name="trinn" type="xs:int"/>',
    '<xs:element name="trinn" type="xs:int"/><xs:element name="fag"/>',
    [['Elev/fag', 'breaking', 'element-added']],
  ],
  [
    'a choice becomes a sequence',
    '<xs:choice>\n    <xs:element name="trinn" type="xs:int"/><xs:element name="gruppe" type="xs:string"/>\n  </xs:choice>',
    '<xs:sequence><xs:element name="trinn" type="xs:int"/><xs:element name="gruppe" type="xs:string"/></xs:sequence>',
    [
      ['Elev/trinn', 'breaking', 'element-required'],
      ['Elev/gruppe', 'breaking', 'element-required'],
      ['Elev/trinn', 'breaking', 'element-removed'],
      ['Elev/gruppe', 'breaking', 'element-removed'],
    ],
  ],
  [
    'a new kind of document',
    '<xs:element name="person" type="Elev"/>',
    '<xs:element name="person" type="Elev"/><xs:element name="annet"/>',
    [['annet', 'compatible', 'document-added']],
  ],
];

const orderless = (found: readonly (readonly string[])[]): readonly string[] =>
  found.map((one) => one.join(' ')).toSorted();

for (const [kind, base, rows] of [
  ['service', service, inService],
  ['schema', schema, inSchema],
] as const)
  for (const [name, from, to, found] of rows)
    test(`${kind}: ${name}`, () => {
      assert.equal(base.split(from).length, 2, 'what is changed stands there once');
      const seen = xmlDifferences(base, base.replace(from, to), of);
      assert.deepEqual(
        orderless(seen.map(({ coordinate, kind: is, rule }) => [coordinate, is, rule])),
        orderless(found),
      );
      for (const one of seen) {
        assert.deepEqual({ api: one.api, artefact: one.artefact }, of);
        assert.match(one.text, /^[A-Z].*\.$/);
      }
    });

test('what holds itself is compared once', () => {
  const holding = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:element name="tre"><xs:complexType><xs:sequence>
      <xs:element ref="tre" minOccurs="0"/><xs:group ref="gren"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:group name="gren"><xs:sequence><xs:element name="gren" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:group ref="gren"/><xs:element name="blad" type="xs:int"/>
    </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:group>
    <xs:complexType name="Ring"><xs:complexContent><xs:extension base="Ring"><xs:sequence/></xs:extension></xs:complexContent></xs:complexType>
    <xs:simpleType name="Slange"><xs:restriction base="Slange"/></xs:simpleType>
    <xs:attributeGroup name="krets"><xs:attributeGroup ref="krets"/></xs:attributeGroup>
    <xs:complexType name="Merket"><xs:attributeGroup ref="krets"/><xs:attribute name="a" type="Slange"/></xs:complexType>
  </xs:schema>`;
  assert.deepEqual(xmlDifferences(holding, holding, of), []);
  assert.deepEqual(
    xmlDifferences(holding, holding.replace('type="xs:int"', 'type="xs:date"'), of).map(
      ({ coordinate, kind, rule }) => [coordinate, kind, rule],
    ),
    [['tre/gren/blad', 'breaking', 'type-changed']],
  );
});

test('what is no description of XML is not compared', () => {
  assert.throws(() => xmlDifferences(service, schema, of), /no description/);
  assert.throws(() => xmlDifferences(schema, service, of), /no schema/);
  assert.throws(() => xmlDifferences('<a/>', '<a/>', of), /no schema/);
  assert.throws(() => xmlDifferences(schema, '<a>', of));
  assert.throws(() => xmlDifferences(schema, `<!DOCTYPE a [<!ENTITY b "c">]><a/>`, of), /document type/);
});
