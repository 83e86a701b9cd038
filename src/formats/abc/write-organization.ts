// The organisation of an ABC file, with a unit for each school (LMS facts 7). Called by write-abc.ts.
import { exactValue, fitValue, isEmail } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import type { DroppedValue, RosterAddress, RosterOwner, RosterSchool } from '../roster.ts';
import { schoolKindWords } from '../school-words.ts';
import { elementIf, elementWith, escapeText } from '../xml/write-xml.ts';
import { types } from './codes.ts';

type Dropped = (value: DroppedValue) => void;

const places = {
  name: { field: 'organization.name', most: 256 },
  shortName: { field: 'ou.shortName', most: 256 },
  realm: { field: 'organization.realm', most: 256 },
  number: { field: 'organization.number', most: 9 },
  street: { field: 'address.street', most: 512 },
  postcode: { field: 'address.postcode', most: 16 },
  city: { field: 'address.city', most: 128 },
  email: { field: 'contact.email', most: 256 },
  phone: { field: 'contact.phone', most: 32 },
  web: { field: 'contact.web', most: 1_024 },
} as const satisfies Record<string, Place>;

const isNumber = (text: string): boolean => /^\d{9}$/.test(text);

/** What relations refer to the organisation by: its number, else its id; that of the source where the caller does not see the owner. */
export const organizationIdOf = (owner: RosterOwner | null, source: string): string => {
  const number = owner === null ? '' : exactValue(owner.organisationNumber, places.number, () => undefined, isNumber);
  return number === ''
    ? elementWith('orgid', 'orgidtype', types.organisationId, owner?.id ?? source)
    : elementWith('orgid', 'orgidtype', types.organisationNumber, number);
};

/** The whole organisation, a line for each school. */
export const writeOrganization = (
  dropped: Dropped,
  owner: RosterOwner | null,
  schools: readonly RosterSchool[],
  source: string,
): string => {
  let written = `<organization>${organization(dropped, owner, source)}\n`;
  for (const school of schools) written += `${unit(dropped, school)}\n`;
  return `${written}</organization>\n`;
};

const organization = (dropped: Dropped, owner: RosterOwner | null, source: string): string => {
  const id = elementWith('orgid', 'orgidtype', types.organisationId, owner?.id ?? source);
  if (owner === null) return `${id}${named('orgname', types.name, source)}`;
  if (owner.legalName !== null && owner.legalName !== owner.name) unplaced(dropped, 'organization.legalName');
  const name = named('orgname', types.name, fitValue(owner.name, places.name, dropped) || owner.id);
  return `${number(dropped, 'orgid', owner)}${id}${name}${elementIf('realm', fitValue(owner.domain, places.realm, dropped))}${contact(dropped, owner)}`;
};

const unit = (dropped: Dropped, school: RosterSchool): string => {
  if (school.legalName !== null && school.legalName !== school.name) unplaced(dropped, 'ou.legalName');
  if (school.gsiNumber !== null) unplaced(dropped, 'ou.gsiNumber');
  if (school.domain !== null) unplaced(dropped, 'ou.domain');
  const kinds = school.kinds
    .map((kind) => elementWith('tag', 'tagtype', types.schoolKind, schoolKindWords[kind]))
    .join('');
  const name = named('ouname', types.name, fitValue(school.name, places.name, dropped));
  const short = fitValue(school.shortName, places.shortName, dropped);
  return `<ou>${number(dropped, 'ouid', school)}${elementWith('ouid', 'ouidtype', types.schoolId, school.id)}${kinds}${name}${short === '' ? '' : named('ouname', types.schoolShortName, short)}${contact(dropped, school)}</ou>`;
};

const unplaced = (dropped: Dropped, field: string): void => dropped({ code: 'no-place', field, value: '' });

const number = (dropped: Dropped, name: 'orgid' | 'ouid', unitOf: RosterOwner | RosterSchool): string => {
  const value = exactValue(unitOf.organisationNumber, places.number, dropped, isNumber);
  return value === '' ? '' : elementWith(name, `${name}type`, types.organisationNumber, value);
};

/** Two attributes, as readers count them. */
const named = (name: 'orgname' | 'ouname', type: string, text: string): string =>
  `<${name} ${name}type="${type}" lang="no">${escapeText(text)}</${name}>`;

const of = (type: string, text: string): string =>
  text === '' ? '' : elementWith('contactinfo', 'contacttype', type, text);

const contact = (dropped: Dropped, { address, email, phone, url }: RosterOwner | RosterSchool): string => {
  return `${address === null ? '' : addressOf(dropped, address)}${of(types.email, exactValue(email, places.email, dropped, isEmail))}${of(types.officePhone, exactValue(phone, places.phone, dropped))}${of(types.web, exactValue(url, places.web, dropped))}`;
};

const addressOf = (dropped: Dropped, { lines, postalCode, place }: RosterAddress): string => {
  const street = fitValue(lines.filter((line) => line.trim() !== '').join(', '), places.street, dropped);
  const parts = `${elementIf('street', street)}${elementIf('postcode', fitValue(postalCode, places.postcode, dropped))}${elementIf('city', fitValue(place, places.city, dropped))}`;
  return parts === '' ? '' : `<address addresstype="${types.address}">${parts}</address>`;
};
