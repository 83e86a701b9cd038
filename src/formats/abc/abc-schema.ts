// Our schema of ABC Enterprise, a reconstruction from how its readers and writers behave (LMS facts 7): the original can not be had. Tighter than they are:
// it holds that every type is declared before it is used, and has only what the writer may write. Addresses are those of organisations and schools.

const enumeration = (name: string, values: Iterable<string>): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${[...values].map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction></xs:simpleType>`;

/** Trimmed, as readers trim. */
const bounded = (name: string, most: number): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string"><xs:maxLength value="${most}"/><xs:pattern value="\\S(.*\\S)?"/></xs:restriction></xs:simpleType>`;

/** An element with text and one attribute that names its type. */
const typed = (name: string, attribute: string, extra = ''): string =>
  `<xs:complexType name="${name}"><xs:simpleContent><xs:extension base="text"><xs:attribute name="${attribute}" type="text" use="required"/>${extra}</xs:extension></xs:simpleContent></xs:complexType>`;

const language =
  '<xs:attribute name="lang" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="no"/></xs:restriction></xs:simpleType></xs:attribute>';

const many = 'minOccurs="0" maxOccurs="unbounded"';

/** What is declared as a type, and where it is used: a key, and what refers to it. */
const declaredBefore = (what: string, uses: readonly string[]): string =>
  `<xs:key name="${what}"><xs:selector xpath="properties/types/${what}"/><xs:field xpath="."/></xs:key>
<xs:keyref name="${what}-used" refer="${what}"><xs:selector xpath="${uses.join('|')}"/><xs:field xpath="@${what}"/></xs:keyref>`;

const declarations = [
  declaredBefore('orgidtype', ['organization/orgid', 'relation/subject/org/orgid']),
  declaredBefore('orgnametype', ['organization/orgname']),
  declaredBefore('ouidtype', ['organization/ou/ouid', 'relation/subject/org/ouid']),
  declaredBefore('ounametype', ['organization/ou/ouname']),
  declaredBefore('personidtype', ['person/personid', 'relation/subject/personid', 'relation/object/personid']),
  declaredBefore('partnametype', ['person/name/n/partname']),
  declaredBefore('groupidtype', ['group/groupid', 'relation/subject/groupid']),
].join('\n');

/** The schema, XSD 1.0 without a namespace. */
export const abcSchema = (): string => `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">
<xs:annotation><xs:documentation>ABC Enterprise, as Bindeledd writes it.</xs:documentation></xs:annotation>
<xs:element name="document"><xs:complexType><xs:sequence>
  <xs:element name="properties" type="properties"/>
  <xs:element name="organization" type="organization" minOccurs="0"/>
  <xs:element name="person" type="person" ${many}/>
  <xs:element name="group" type="group" ${many}/>
  <xs:element name="relation" type="relation" ${many}/>
</xs:sequence></xs:complexType>
${declarations}
</xs:element>
${bounded('text', 1_024)}
${bounded('text32', 32)}
${bounded('text256', 256)}
${enumeration('entity', ['organization', 'ou', 'person', 'group'])}
${enumeration('gender', ['male', 'female', 'unknown'])}
<xs:complexType name="properties"><xs:sequence>
  <xs:element name="datasource" type="text32"/>
  <xs:element name="target" type="text32"/>
  <xs:element name="timestamp"><xs:simpleType><xs:restriction base="xs:dateTime"><xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+\\-][0-9]{2}:[0-9]{2})?"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="types"><xs:complexType><xs:sequence>
    <xs:element name="addresstype" type="declared" ${many}/>
    <xs:element name="contacttype" type="declared" ${many}/>
    <xs:element name="tagtype" type="declared" ${many}/>
    <xs:element name="orgidtype" type="text" ${many}/>
    <xs:element name="orgnametype" type="text" ${many}/>
    <xs:element name="ouidtype" type="text" ${many}/>
    <xs:element name="ounametype" type="text" ${many}/>
    <xs:element name="personidtype" type="text" ${many}/>
    <xs:element name="partnametype" type="text" ${many}/>
    <xs:element name="groupidtype" type="text" ${many}/>
    <xs:element name="relationtype" ${many}><xs:complexType><xs:simpleContent><xs:extension base="text"><xs:attribute name="subject" type="entity" use="required"/><xs:attribute name="object" type="entity" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType>
${typed('declared', 'subject').replace('name="subject" type="text"', 'name="subject" type="entity"')}
${typed('orgid', 'orgidtype')}
${typed('ouid', 'ouidtype')}
${typed('personid', 'personidtype')}
${typed('groupid', 'groupidtype')}
${typed('tag', 'tagtype')}
${typed('contactinfo', 'contacttype')}
${typed('partname', 'partnametype')}
${typed('orgname', 'orgnametype', language)}
${typed('ouname', 'ounametype', language)}
<xs:complexType name="address"><xs:sequence>
  <xs:element name="street" type="text" minOccurs="0"/>
  <xs:element name="postcode" type="text" minOccurs="0"/>
  <xs:element name="city" type="text" minOccurs="0"/>
</xs:sequence><xs:attribute name="addresstype" type="text" use="required"/></xs:complexType>
<xs:complexType name="organization"><xs:sequence>
  <xs:element name="orgid" type="orgid" maxOccurs="unbounded"/>
  <xs:element name="orgname" type="orgname" maxOccurs="unbounded"/>
  <xs:element name="realm" type="text256" minOccurs="0"/>
  <xs:element name="address" type="address" minOccurs="0"/>
  <xs:element name="contactinfo" type="contactinfo" ${many}/>
  <xs:element name="ou" ${many}><xs:complexType><xs:sequence>
    <xs:element name="ouid" type="ouid" maxOccurs="unbounded"/>
    <xs:element name="tag" type="tag" ${many}/>
    <xs:element name="ouname" type="ouname" maxOccurs="unbounded"/>
    <xs:element name="address" type="address" minOccurs="0"/>
    <xs:element name="contactinfo" type="contactinfo" ${many}/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType>
<xs:complexType name="person"><xs:sequence>
  <xs:element name="personid" type="personid" maxOccurs="unbounded"/>
  <xs:element name="name"><xs:complexType><xs:sequence>
    <xs:element name="fn" type="text256"/>
    <xs:element name="n" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="family" type="text256" minOccurs="0"/>
      <xs:element name="given" type="text256" minOccurs="0"/>
      <xs:element name="partname" type="partname" minOccurs="0"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="birthdate" minOccurs="0"><xs:simpleType><xs:restriction base="xs:date"><xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="gender" type="gender"/>
  <xs:element name="contactinfo" type="contactinfo" ${many}/>
</xs:sequence></xs:complexType>
<xs:complexType name="group"><xs:sequence>
  <xs:element name="groupid" type="groupid"/>
  <xs:element name="tag" type="tag" ${many}/>
  <xs:element name="description" type="text256" minOccurs="0"/>
</xs:sequence></xs:complexType>
<xs:complexType name="relation"><xs:sequence>
  <xs:element name="subject"><xs:complexType><xs:choice>
    <xs:element name="org"><xs:complexType><xs:sequence><xs:element name="orgid" type="orgid"/><xs:element name="ouid" type="ouid"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="personid" type="personid"/>
    <xs:element name="groupid" type="groupid"/>
  </xs:choice></xs:complexType></xs:element>
  <xs:element name="object"><xs:complexType><xs:sequence>
    <xs:element name="personid" type="personid" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence><xs:attribute name="relationtype" type="text" use="required"/></xs:complexType>
</xs:schema>
`;
