// Owner, schools and groups of PIFU-IMS (LMS facts 5.1 to 5.3, 8). The owner points to itself, schools to the owner, all else to its school. Called by
// write-pifu.ts.
import { endsBeforeItStarts, isDate, isSchoolYear } from '../dates.ts';
import { fitValue, isBlank } from '../fit-value.ts';
import type {
  ExclusionCode,
  RosterAddress,
  RosterChange,
  RosterGroup,
  RosterId,
  RosterOwner,
  RosterSchool,
} from '../roster.ts';
import { recstatus, schoolKindWords } from '../school-words.ts';
import type { TypeWord } from '../school-words.ts';
import { element, elementIf, elementWith, escapeText } from '../xml/write-xml.ts';
import { groupTypes, identifiers, levelAddress, schoolKindsSince, unitAddress, unitPhone, unitTypes } from './codes.ts';
import type { PifuVersionName } from './codes.ts';
import { isGrepCode, isLevel, isOrganisationNumber, isUrl, phoneNumber } from './pifu-forms.ts';
import type { PifuFile } from './pifu-file.ts';
import { emailOf } from './write-person.ts';

export const shortNameLength = 60;
const labelLength = 128;
const streets = 3;

/** Schools must have an organisation number (5.3), and a short name. */
export const refusesSchool = (school: RosterSchool): ExclusionCode | null => {
  if (!isOrganisationNumber(school.organisationNumber)) return 'no-organisation-number';
  return isShortName(school.shortName) ? null : 'no-short-name';
};

/** Types that the version knows; teaching groups with a code of a subject (5.3); a short name that has its place: a cut one may be another's. */
export const refusesGroup = (version: PifuVersionName, group: RosterGroup): ExclusionCode | null => {
  if (groupTypes[group.type].since > version) return 'type-unknown-to-version';
  if (!isShortName(group.shortName)) return 'no-short-name';
  if (group.type === 'teaching' && !group.subjects.some(({ code }) => isGrepCode(code))) return 'no-grep-code';
  return endsBeforeItStarts(group.period) ? 'ends-before-it-starts' : null;
};

const isShortName = (name: string): boolean => !isBlank(name) && shortNameOf(name).length <= shortNameLength;

/** A short name as it stands in a file. */
export const shortNameOf = (name: string): string => fitValue(name, { field: '', most: 1_024 }, () => undefined);

/** An owner without an organisation number is not written: schools stand by themselves then, as the format demands of what is on top (5.3). */
export const writtenOwner = (owner: RosterOwner | null): RosterOwner | null =>
  owner !== null && isOrganisationNumber(owner.organisationNumber) ? owner : null;

type GroupWriter = {
  readonly begin: (owner: RosterOwner | null, schools: readonly RosterSchool[]) => void;
  readonly units: (changes: ReadonlyMap<RosterId, RosterChange> | null) => string;
  readonly group: (group: RosterGroup, change: RosterChange) => string;
};

/** Writes the groups of a file. */
export const groupWriter = (file: PifuFile): GroupWriter => {
  let owner: RosterOwner | null = null;
  let schools: readonly RosterSchool[] = [];
  const names = new Map<RosterId, string>();
  return {
    begin: (given, all) => {
      owner = writtenOwner(given);
      if (given !== owner) file.dropped({ code: 'bad-form', field: 'owner.organisationNumber', value: '' });
      schools = all;
      for (const unit of owner === null ? schools : [owner, ...schools]) names.set(unit.id, unit.name);
    },
    units: (changes) => {
      let written = '';
      const told = (id: RosterId): boolean => changes === null || changes.has(id);
      if (owner !== null && told(owner.id))
        written += unit(file, 'owner', owner, owner, changes?.get(owner.id) ?? null);
      for (const school of schools)
        if (told(school.id))
          written += unit(file, 'school', school, parentOf(owner, school), changes?.get(school.id) ?? null);
      return written;
    },
    group: (group, change) => groupEntry(file, group, names.get(group.school) ?? group.school, change),
  };
};

const parentOf = (owner: RosterOwner | null, school: RosterSchool): RosterOwner | RosterSchool =>
  owner !== null && (school.owner === null || school.owner === owner.id) ? owner : school;

const unit = (
  file: PifuFile,
  kind: 'owner' | 'school',
  one: RosterOwner | RosterSchool,
  parent: { readonly id: RosterId; readonly name: string },
  change: RosterChange,
): string => {
  const short = 'shortName' in one ? one.shortName : one.name;
  return `<group${recstatus(change)}>${file.sourcedid(one.id)}${grouptype(unitTypes[kind])}${description(file, kind, short, one.name, null)}${contact(file, kind, one)}${relationship(file, parent.id, parent.name)}${unitExtension(file, kind, one)}</group>\n`;
};

const groupEntry = (file: PifuFile, group: RosterGroup, schoolName: string, change: RosterChange): string => {
  return `<group${recstatus(change)}>${file.sourcedid(group.id)}${grouptype(groupTypes[group.type])}${description(file, 'group', group.shortName, group.name, group.description)}${timeframe(file, group)}${relationship(file, group.school, schoolName)}${groupExtension(file, group)}</group>\n`;
};

const grouptype = ({ scheme, level, text }: TypeWord): string =>
  `<grouptype><scheme>${scheme}</scheme><typevalue level="${level}">${text}</typevalue></grouptype>`;

const description = (file: PifuFile, field: string, short: string, long: string, full: string | null): string => {
  const fitShort = fitValue(short, { field: `${field}.short`, most: shortNameLength }, file.dropped);
  const fitLong = fitValue(long, { field: `${field}.long`, most: 256 }, file.dropped);
  const fitFull = fitValue(full, { field: `${field}.full`, most: 2_048 }, file.dropped);
  return `<description>${element('short', fitShort === '' ? '-' : fitShort)}${fitLong === fitShort ? '' : elementIf('long', fitLong)}${elementIf('full', fitFull)}</description>`;
};

const relationship = (file: PifuFile, id: RosterId, name: string): string => {
  const label = fitValue(name, { field: 'group.label', most: labelLength }, file.dropped);
  return `<relationship relation="1">${file.sourcedid(id)}<label>${escapeText(label === '' ? '-' : label)}</label></relationship>`;
};

const contact = (file: PifuFile, kind: string, { email, url }: RosterOwner | RosterSchool): string => {
  const fit = fitValue(url, { field: `${kind}.url`, most: 1_024 }, file.dropped);
  if (fit !== '' && !isUrl(fit)) file.dropped({ code: 'bad-form', field: `${kind}.url`, value: '' });
  return `${emailOf(file, email, `${kind}.email`)}${isUrl(fit) ? element('url', fit) : ''}`;
};

const timeframe = (file: PifuFile, group: RosterGroup): string => {
  const { begin, end } = group.period;
  const year = group.schoolYear !== null && isSchoolYear(group.schoolYear) ? group.schoolYear : null;
  if (year !== group.schoolYear) file.dropped({ code: 'bad-form', field: 'group.schoolYear', value: '' });
  const inside = `${day(file, 'begin', begin, 'group.period')}${day(file, 'end', end, 'group.period')}${elementIf('adminperiod', year)}`;
  return inside === '' ? '' : `<timeframe>${inside}</timeframe>`;
};

/** `<begin>` or `<end>`. It tells and does not bind: status says who is in. */
export const day = (file: PifuFile, name: 'begin' | 'end', date: string | null, field: string): string => {
  if (date === null) return '';
  if (isDate(date)) return `<${name} restrict="0">${date}</${name}>`;
  file.dropped({ code: 'bad-form', field, value: '' });
  return '';
};

const identifier = (file: PifuFile, name: keyof typeof identifiers, value: string, field: string): string => {
  const { type, scope, unique, since } = identifiers[name];
  if (since > file.is.version) {
    file.dropped({ code: 'unknown-to-version', field, value: '' });
    return '';
  }
  return `<pifu_id type="${type}"><pifu_value>${escapeText(value)}</pifu_value><pifu_scope>${scope}</pifu_scope><pifu_unique>${unique}</pifu_unique></pifu_id>`;
};

const numberForm = /^\d{1,16}$/;

const unitExtension = (file: PifuFile, kind: 'owner' | 'school', one: RosterOwner | RosterSchool): string => {
  let ids = identifier(file, 'organisation', `${file.is.organisationPrefix}${one.organisationNumber ?? ''}`, kind);
  const numbered = (name: 'municipality' | 'gsi', value: string | null, field: string): void => {
    if (value === null) return;
    if (numberForm.test(value)) ids += identifier(file, name, value, field);
    else file.dropped({ code: 'bad-form', field, value: '' });
  };
  if ('municipalityNumber' in one) numbered('municipality', one.municipalityNumber, 'owner.municipalityNumber');
  const domain = fitValue(one.domain, { field: `${kind}.domain`, most: 256 }, file.dropped);
  if (domain !== '') ids += identifier(file, 'domain', domain, `${kind}.domain`);
  if ('gsiNumber' in one) numbered('gsi', one.gsiNumber, 'school.gsiNumber');
  const legal = fitValue(one.legalName ?? one.name, { field: `${kind}.legalName`, most: 256 }, file.dropped);
  const name = `<pifu_name type="legalName">${element('pifu_value', legal === '' ? '-' : legal)}</pifu_name>`;
  return `<extension>${ids}${name}${unitTelephone(file, kind, one.phone)}${address(file, kind, one.address)}${'kinds' in one ? kinds(file, one) : ''}</extension>`;
};

const unitTelephone = (file: PifuFile, kind: string, phone: string | null): string => {
  if (phone === null || phone === '') return '';
  const number = phoneNumber(phone);
  if (number !== null) return elementWith('pifu_tel', 'type', unitPhone, number);
  file.dropped({ code: 'bad-form', field: `${kind}.phone`, value: '' });
  return '';
};

const address = (file: PifuFile, kind: string, given: RosterAddress | null): string => {
  if (given === null) return '';
  if (given.lines.length > streets) file.dropped({ code: 'no-place', field: `${kind}.address`, value: '' });
  let inside = '';
  for (const line of given.lines.slice(0, streets))
    inside += elementIf('street', fitValue(line, { field: `${kind}.address`, most: 128 }, file.dropped));
  inside += elementIf('locality', fitValue(given.place, { field: `${kind}.address`, most: 64 }, file.dropped));
  inside += elementIf('pcode', fitValue(given.postalCode, { field: `${kind}.address`, most: 32 }, file.dropped));
  return inside === '' ? '' : `<pifu_adr type="${unitAddress}"><adr>${inside}</adr></pifu_adr>`;
};

const kinds = (file: PifuFile, school: RosterSchool): string => {
  let written = '';
  for (const kind of new Set(school.kinds)) {
    if (schoolKindsSince <= file.is.version) written += element('pifu_schoolType', schoolKindWords[kind]);
    else file.dropped({ code: 'unknown-to-version', field: 'school.kind', value: schoolKindWords[kind] });
  }
  return written;
};

const groupExtension = (file: PifuFile, group: RosterGroup): string => {
  let ids = '';
  for (const code of new Set(group.subjects.map((subject) => subject.code))) {
    if (isGrepCode(code)) ids += identifier(file, 'subject', code, 'group.subject');
    else file.dropped({ code: 'bad-form', field: 'group.subject', value: '' });
  }
  for (const level of new Set(group.levels)) {
    if (isLevel(level)) ids += identifier(file, levelIdentifier(file, group), levelAddress(level), 'group.level');
    else file.dropped({ code: 'bad-form', field: 'group.level', value: '' });
  }
  return ids === '' ? '' : `<extension>${ids}</extension>`;
};

const levelIdentifier = (file: PifuFile, group: RosterGroup): 'level' | 'levelBefore' =>
  group.type === 'level' && identifiers.level.since > file.is.version ? 'levelBefore' : 'level';
