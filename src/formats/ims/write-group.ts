// Groups of IMS Enterprise 1.1, and owner and schools as groups (LMS facts 6, 8, 9.1). Called by write-ims.ts.
import { cutText, elementIf, elementWith, escapeText } from '../xml/write-xml.ts';
import type { RosterChange, RosterGroup, RosterId, RosterOwner, RosterSchool } from '../roster.ts';
import { isBlank, isEmail } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import { ownerWord, recstatus, schoolWord } from '../school-words.ts';
import type { TypeWord } from '../school-words.ts';
import { groupTypes } from './codes.ts';
import { exact, tag, text } from './ims-file.ts';
import type { ImsFile } from './ims-file.ts';

const places = {
  short: { field: 'group.short', most: 60 },
  long: { field: 'group.long', most: 256 },
  full: { field: 'group.full', most: 2_048 },
  orgName: { field: 'group.orgname', most: 256 },
  orgUnit: { field: 'group.orgunit', most: 256 },
} as const satisfies Record<string, Place>;

type GroupWriter = {
  /** Owner and schools as groups: all, or those that have changed. */
  readonly units: (
    owner: RosterOwner | null,
    schools: readonly RosterSchool[],
    changes: ReadonlyMap<RosterId, RosterChange> | null,
  ) => string;
  readonly group: (group: RosterGroup, change: RosterChange) => string;
};

/** Writes the groups of a file whose schools are known. */
export const groupWriter = (
  file: ImsFile,
  owner: RosterOwner | null,
  schools: readonly RosterSchool[],
): GroupWriter => {
  const known = new Map(schools.map((school) => [school.id, school]));
  const orgs = new Map(schools.map((school) => [school.id, orgOf(file, owner, school)]));
  return {
    units: (_, all, changes) => {
      const changed = (id: RosterId): boolean => changes === null || changes.has(id);
      const change = (id: RosterId): RosterChange => changes?.get(id) ?? null;
      let written = owner !== null && changed(owner.id) ? ownerGroup(file, owner, change(owner.id)) : '';
      for (const school of all)
        if (changed(school.id))
          written += schoolGroup(file, owner, school, orgs.get(school.id) ?? '', change(school.id));
      return written;
    },
    group: (group, change) => {
      const type = groupTypes[group.type];
      if (type === null) return '';
      unplaced(file, group);
      const school = known.get(group.school);
      return `<group${recstatus(change)}>${file.sourcedid(group.id)}${grouptype(type)}${describe(file, shortName(file, group, school), group.name, group.description)}${orgs.get(group.school) ?? ''}${timeframe(group)}${file.is.schools === 'groups' ? parent(file, group.school, schoolWord.text) : ''}</group>\n`;
    },
  };
};

const grouptype = ({ scheme, level, text: word }: TypeWord): string =>
  `<grouptype><scheme>${scheme}</scheme>${elementWith('typevalue', 'level', level, word)}</grouptype>`;

/** Led by that of the school where all groups share one place. It is the name of the group that gives way when both are too long. */
const shortName = (file: ImsFile, { shortName: own }: RosterGroup, school: RosterSchool | undefined): string =>
  file.is.schoolInShortName && school !== undefined ? `${cutText(school.shortName, schoolLetters)} ${own}` : own;

const schoolLetters = 20;

/** Consumers that take words from wherever they are told to get all of them. */
const describe = (file: ImsFile, short: string, long: string, full: string | null): string => {
  const more = full !== null && !isBlank(full) ? full : file.is.schools === 'words' ? long : null;
  return `<description><short>${text(file, short, places.short)}</short>${tag('long', text(file, long, places.long))}${tag('full', text(file, more, places.full))}</description>`;
};

/** Owner and school as words. The id is that of the school: names change. */
const orgOf = (file: ImsFile, owner: RosterOwner | null, school: RosterSchool): string => {
  const name = owner === null ? '' : tag('orgname', text(file, owner.name, places.orgName));
  return `<org>${name}${tag('orgunit', text(file, school.name, places.orgUnit))}<id>${escapeText(school.id)}</id></org>`;
};

const timeframe = ({ period: { begin, end }, schoolYear }: RosterGroup): string =>
  begin === null && end === null && schoolYear === null
    ? ''
    : `<timeframe>${begin === null ? '' : `<begin restrict="0">${begin}</begin>`}${end === null ? '' : `<end restrict="0">${end}</end>`}${elementIf('adminperiod', schoolYear)}</timeframe>`;

const parent = (file: ImsFile, id: RosterId, label: string): string =>
  `<relationship relation="1">${file.sourcedid(id)}<label>${label}</label></relationship>`;

const ownerGroup = (file: ImsFile, owner: RosterOwner, change: RosterChange): string => {
  const name = isBlank(owner.name) ? owner.id : owner.name;
  return `<group${recstatus(change)}>${file.sourcedid(owner.id)}${grouptype(ownerWord)}${describe(file, name, name, owner.legalName)}${contact(file, 'owner', owner)}</group>\n`;
};

const schoolGroup = (
  file: ImsFile,
  owner: RosterOwner | null,
  school: RosterSchool,
  org: string,
  change: RosterChange,
): string =>
  `<group${recstatus(change)}>${file.sourcedid(school.id)}${grouptype(schoolWord)}${describe(file, school.shortName, school.name, school.legalName)}${org}${contact(file, 'school', school)}${owner === null ? '' : parent(file, owner.id, ownerWord.text)}</group>\n`;

const contact = (file: ImsFile, kind: 'owner' | 'school', unit: RosterOwner | RosterSchool): string => {
  const say = (field: string): void => file.dropped({ code: 'no-place', field: `${kind}.${field}`, value: '' });
  if (unit.organisationNumber !== null) say('organisationNumber');
  if (unit.phone !== null) say('phone');
  if (unit.address !== null) say('address');
  return `${tag('email', exact(file, unit.email, { field: `${kind}.email`, most: 256 }, isEmail))}${tag('url', exact(file, unit.url, { field: `${kind}.url`, most: 1_024 }))}`;
};

const unplaced = (file: ImsFile, group: RosterGroup): void => {
  if (group.subjects.length > 0) file.dropped({ code: 'no-place', field: 'group.subjects', value: '' });
  if (group.levels.length > 0) file.dropped({ code: 'no-place', field: 'group.levels', value: '' });
};
