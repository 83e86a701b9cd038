// Our schema of IMS Enterprise 1.1, written from what is known of the format (LMS facts 6), and tighter: it has only what the writer may write, with the
// code lists that the format leaves open. Addresses, photos and passwords have no place in it, so that none can leave. One text for each profile.
import { ownerWord, schoolWord, subroleWords } from '../school-words.ts';
import { groupTypes, userIdTypes } from './codes.ts';
import { imsProfiles } from './ims-profile.ts';
import type { ImsProfile, ImsProfileName } from './ims-profile.ts';

/** The schema of a profile, XSD 1.0 without a namespace. */
export const imsSchema = (profile: ImsProfileName): string => {
  const is = imsProfiles[profile];
  return `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">
<xs:annotation><xs:documentation>IMS Enterprise 1.1, profile ${profile} of Bindeledd.</xs:documentation></xs:annotation>
<xs:element name="enterprise"><xs:complexType><xs:sequence>
  <xs:element name="properties" type="properties"/>
  <xs:element name="person" type="person" minOccurs="0" maxOccurs="unbounded"/>
  <xs:element name="group" type="group" minOccurs="0" maxOccurs="unbounded"/>
  <xs:element name="membership" type="membership" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>
${texts}
${properties(is)}
${sourcedid(is)}
${person(is)}
${group(is)}
${membership(is)}
</xs:schema>
`;
};

const enumeration = (name: string, values: Iterable<string>): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${[...new Set(values)].map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction></xs:simpleType>`;

/** Texts are trimmed: something in them that is no blank, at both ends. */
const bounded = (name: string, most: number): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="xs:string"><xs:maxLength value="${most}"/><xs:pattern value="\\S(.*\\S)?"/></xs:restriction></xs:simpleType>`;

const shaped = (name: string, base: string, pattern: string): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="${base}"><xs:pattern value="${pattern}"/></xs:restriction></xs:simpleType>`;

const texts = [
  bounded('text32', 32),
  bounded('text60', 60),
  bounded('text128', 128),
  bounded('text256', 256),
  bounded('text1024', 1_024),
  bounded('text2048', 2_048),
  shaped('email', 'text256', '[^@\\s]+@[^@\\s]+\\.[^@\\s]+'),
  shaped('day', 'xs:date', '[0-9]{4}-[0-9]{2}-[0-9]{2}'),
  shaped('schoolYear', 'xs:string', '[0-9]{4}/[0-9]{4}'),
  shaped('phone', 'xs:string', '\\+?[0-9]{3,31}'),
  enumeration('recstatus', ['1', '2', '3']),
  enumeration('yes', ['1']),
].join('\n');

const properties = ({ decodes }: ImsProfile): string => `<xs:complexType name="properties"><xs:sequence>
  <xs:element name="datasource" type="text32"/>
  <xs:element name="target" type="text32"/>
  <xs:element name="type"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="full"/><xs:enumeration value="delta"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="datetime"><xs:simpleType><xs:restriction base="xs:dateTime"><xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"/></xs:restriction></xs:simpleType></xs:element>
</xs:sequence>${decodes ? '<xs:attribute name="lang" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="nb"/></xs:restriction></xs:simpleType></xs:attribute>' : ''}</xs:complexType>`;

const opaqueSourcedid = (name: string): string =>
  `<xs:complexType name="${name}"><xs:sequence><xs:element name="source" type="text32"/><xs:element name="id" type="opaqueId"/></xs:sequence></xs:complexType>`;

/** Typed ones only where a national id may have changed, and only for persons. Elsewhere ids hold no national id: not one of eleven digits alone. */
const sourcedid = (is: ImsProfile): string => {
  const nationalId =
    '<xs:simpleType name="nationalId"><xs:restriction base="xs:string"><xs:pattern value="[0-9]{11}"/></xs:restriction></xs:simpleType>';
  const opaque = shaped('opaqueId', 'text256', '\\S{1,10}|\\S{12,}|\\S*[^0-9\\s]\\S*');
  const typed = `<xs:complexType name="personId"><xs:sequence><xs:element name="source" type="text32"/><xs:element name="id" type="nationalId"/></xs:sequence><xs:attribute name="sourcedidtype"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="New"/><xs:enumeration value="Old"/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType>
<xs:complexType name="memberId"><xs:sequence><xs:element name="source" type="text32"/><xs:element name="id" type="nationalId"/></xs:sequence></xs:complexType>`;
  return is.id === 'national-id'
    ? [nationalId, opaque, typed, opaqueSourcedid('groupId')].join('\n')
    : [opaque, opaqueSourcedid('personId'), opaqueSourcedid('memberId'), opaqueSourcedid('groupId')].join('\n');
};

const institutionTypes = ({ institutionRoles }: ImsProfile): readonly string[] =>
  institutionRoles === 'staff' ? ['Student', 'Staff', 'Guest'] : ['Student', 'Staff', 'Guest', 'Faculty'];

const person = (is: ImsProfile): string => {
  const userid =
    is.userIds === 'login'
      ? '<xs:element name="userid" type="text256" minOccurs="0"/>'
      : '<xs:element name="userid" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:simpleContent><xs:extension base="text256"><xs:attribute name="useridtype" type="useridtype" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>';
  const details = is.details
    ? '<xs:element name="demographics" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="gender"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="0"/><xs:enumeration value="1"/><xs:enumeration value="2"/></xs:restriction></xs:simpleType></xs:element><xs:element name="bday" type="day" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>'
    : '';
  const phones = is.details
    ? '<xs:element name="tel" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:simpleContent><xs:extension base="phone"><xs:attribute name="teltype" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="Voice"/><xs:enumeration value="Mobile"/></xs:restriction></xs:simpleType></xs:attribute></xs:extension></xs:simpleContent></xs:complexType></xs:element>'
    : '';
  const institution =
    is.institutionRoles === null
      ? ''
      : '<xs:element name="institutionrole" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:attribute name="primaryrole" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="Yes"/><xs:enumeration value="No"/></xs:restriction></xs:simpleType></xs:attribute><xs:attribute name="institutionroletype" type="institutionroletype" use="required"/></xs:complexType></xs:element>';
  const name = is.wholeNames ? '' : ' minOccurs="0"';
  return `${enumeration('useridtype', Object.values(userIdTypes))}
${enumeration('institutionroletype', institutionTypes(is))}
<xs:complexType name="person"><xs:sequence>
  <xs:element name="sourcedid" type="personId"${is.id === 'national-id' ? ' maxOccurs="2"' : ''}/>
  ${userid}
  <xs:element name="name"><xs:complexType><xs:sequence><xs:element name="fn" type="text256"/><xs:element name="n"><xs:complexType><xs:sequence><xs:element name="family" type="text256"${name}/><xs:element name="given" type="text256"${name}/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
  ${details}
  <xs:element name="email" type="email" minOccurs="0"/>
  ${phones}
  ${institution}
</xs:sequence><xs:attribute name="recstatus" type="recstatus"/></xs:complexType>`;
};

const group = (is: ImsProfile): string => {
  const types = [...Object.values(groupTypes), ...(is.schools === 'groups' ? [ownerWord, schoolWord] : [])];
  const known = types.flatMap((type) => (type === null ? [] : [type]));
  const relationship =
    is.schools === 'groups'
      ? '<xs:element name="relationship" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="sourcedid" type="groupId"/><xs:element name="label" type="text128"/></xs:sequence><xs:attribute name="relation" type="yes" use="required"/></xs:complexType></xs:element>'
      : '';
  const told =
    '<xs:complexType><xs:simpleContent><xs:extension base="day"><xs:attribute name="restrict" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="0"/></xs:restriction></xs:simpleType></xs:attribute></xs:extension></xs:simpleContent></xs:complexType>';
  return `${enumeration(
    'scheme',
    known.map(({ scheme }) => scheme),
  )}
${enumeration(
  'typevalue',
  known.map(({ text }) => text),
)}
${enumeration(
  'level',
  known.map(({ level }) => level),
)}
<xs:complexType name="group"><xs:sequence>
  <xs:element name="sourcedid" type="groupId"/>
  <xs:element name="grouptype"><xs:complexType><xs:sequence><xs:element name="scheme" type="scheme"/><xs:element name="typevalue"><xs:complexType><xs:simpleContent><xs:extension base="typevalue"><xs:attribute name="level" type="level" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
  <xs:element name="description"><xs:complexType><xs:sequence><xs:element name="short" type="text60"/><xs:element name="long" type="text256" minOccurs="0"/><xs:element name="full" type="text2048" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="org" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="orgname" type="text256" minOccurs="0"/><xs:element name="orgunit" type="text256"/><xs:element name="id" type="opaqueId"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="timeframe" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="begin" minOccurs="0">${told}</xs:element><xs:element name="end" minOccurs="0">${told}</xs:element><xs:element name="adminperiod" type="schoolYear" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  ${is.schools === 'groups' ? '<xs:element name="email" type="email" minOccurs="0"/><xs:element name="url" type="text1024" minOccurs="0"/>' : ''}
  ${relationship}
</xs:sequence><xs:attribute name="recstatus" type="recstatus"/></xs:complexType>`;
};

const membership = (is: ImsProfile): string => {
  const bound = `<xs:complexType><xs:simpleContent><xs:extension base="day"><xs:attribute name="restrict" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="${is.restrict}"/></xs:restriction></xs:simpleType></xs:attribute></xs:extension></xs:simpleContent></xs:complexType>`;
  return `${enumeration('subrole', Object.values(subroleWords))}
${enumeration('roletype', ['01', '02', '04', '05', '07', '08'])}
<xs:complexType name="membership"><xs:sequence>
  <xs:element name="sourcedid" type="groupId"/>
  <xs:element name="member" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="sourcedid" type="memberId"/>
    <xs:element name="idtype" type="yes"/>
    <xs:element name="role"><xs:complexType><xs:sequence>
      ${is.subroles ? '<xs:element name="subrole" type="subrole" minOccurs="0"/>' : ''}
      <xs:element name="status"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="0"/><xs:enumeration value="1"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="timeframe" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="begin" minOccurs="0">${bound}</xs:element><xs:element name="end" minOccurs="0">${bound}</xs:element></xs:sequence></xs:complexType></xs:element>
    </xs:sequence><xs:attribute name="roletype" type="roletype" use="required"/><xs:attribute name="recstatus" type="recstatus"/></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType>`;
};
