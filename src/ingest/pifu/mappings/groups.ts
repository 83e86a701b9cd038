// Which class of the model each type of group is, who can be a member of it as what, and how owners, schools and groups are written. Data first,
// functions after. Called by the import.
import type { PifuGroup, Typed } from '#formats/pifu/record.ts';
import type { PifuGroupType } from '#formats/pifu/read-words.ts';
import { joinKeys } from '../keys.ts';
import { collectionOf, identified, link, links, type Links } from './links.ts';

/** A membership of a class of its own: the relation to the group, and whether it is by a place in after-school care. */
export type PupilPlace = { readonly collection: string; readonly relation: string; readonly group: string };

/** How staff stand to a group: by a teaching relation, by a membership, or in the group itself. */
export type StaffPlace =
  | { readonly by: 'teaching'; readonly relation: string }
  | { readonly by: 'membership'; readonly collection: string; readonly relation: string }
  | { readonly by: 'group'; readonly relation: string };

export type GroupPlace = {
  readonly collection: string;
  /** Code of the kind, of classes that hold several. */
  readonly kind: string | null;
  readonly year: boolean;
  readonly level: boolean;
  readonly subjects: boolean;
  readonly pupils: PupilPlace | null;
  readonly staff: StaffPlace | null;
  readonly guardians: boolean;
};

const teaching = (relation: string): StaffPlace => ({ by: 'teaching', relation });

const schoolGroup = (kind: string): GroupPlace => ({
  collection: 'grunnskole/gruppe/skolegruppe',
  kind,
  year: true,
  level: true,
  subjects: false,
  pupils: {
    collection: 'grunnskole/gruppe/skolegruppemedlemskap',
    relation: 'skolegruppe',
    group: 'grunnskole/gruppe/skolegruppe',
  },
  staff: {
    by: 'membership',
    collection: 'grunnskole/gruppe/skolegruppemedlemskap',
    relation: 'skolegruppe',
  },
  guardians: true,
});

const none = { kind: null, year: false, level: false, subjects: false, pupils: null, staff: null, guardians: false };

/** Null: what only the import of owners and schools writes. */
export const groupPlaces: Readonly<Record<PifuGroupType, GroupPlace | null>> = {
  owner: null,
  school: null,
  class: {
    ...none,
    collection: 'utdanning/elev/klasse',
    year: true,
    level: true,
    pupils: { collection: 'utdanning/elev/klassemedlemskap', relation: 'klasse', group: 'utdanning/elev/klasse' },
    staff: teaching('klasse'),
  },
  teaching: {
    ...none,
    collection: 'utdanning/timeplan/undervisningsgruppe',
    year: true,
    subjects: true,
    pupils: {
      collection: 'utdanning/timeplan/undervisningsgruppemedlemskap',
      relation: 'undervisningsgruppe',
      group: 'utdanning/timeplan/undervisningsgruppe',
    },
    staff: teaching('undervisningsgruppe'),
  },
  contact: {
    ...none,
    collection: 'utdanning/elev/kontaktlarergruppe',
    year: true,
    pupils: {
      collection: 'utdanning/elev/kontaktlarergruppemedlemskap',
      relation: 'kontaktlarergruppe',
      group: 'utdanning/elev/kontaktlarergruppe',
    },
    staff: teaching('kontaktlarergruppe'),
  },
  level: schoolGroup('TRINN'),
  guardians: schoolGroup('FORESATTE'),
  composite: schoolGroup('SAMMENSATT'),
  'pupil-council': schoolGroup('ELEVRAD'),
  'parents-council': schoolGroup('FAU'),
  'school-board': schoolGroup('SU'),
  'school-environment-board': schoolGroup('SMU'),
  // That somebody gets language training is told of pupils by a class of its own.
  language: {
    ...schoolGroup('SPRAK'),
    pupils: {
      collection: 'grunnskole/gruppe/sprakgruppemedlemskap',
      relation: 'skolegruppe',
      group: 'grunnskole/gruppe/skolegruppe',
    },
  },
  'after-school': {
    ...none,
    collection: 'grunnskole/sfo/sfogruppe',
    year: true,
    pupils: {
      collection: 'grunnskole/sfo/sfogruppemedlemskap',
      relation: 'sfogruppe',
      group: 'grunnskole/sfo/sfogruppe',
    },
    staff: { by: 'group', relation: 'skoleressurs' },
  },
  subject: {
    ...none,
    collection: 'utdanning/timeplan/faggruppe',
    pupils: {
      collection: 'utdanning/timeplan/faggruppemedlemskap',
      relation: 'faggruppe',
      group: 'utdanning/timeplan/faggruppe',
    },
  },
  programme: { ...none, collection: 'utdanning/utdanningsprogram/utdanningsprogram' },
  'programme-area': {
    ...none,
    collection: 'utdanning/utdanningsprogram/programomrade',
    pupils: {
      collection: 'utdanning/utdanningsprogram/programomrademedlemskap',
      relation: 'programomrade',
      group: 'utdanning/utdanningsprogram/programomrade',
    },
  },
  exam: {
    ...none,
    collection: 'utdanning/vurdering/eksamensgruppe',
    year: true,
    pupils: {
      collection: 'utdanning/vurdering/eksamensgruppemedlemskap',
      relation: 'eksamensgruppe',
      group: 'utdanning/vurdering/eksamensgruppe',
    },
    staff: teaching('eksamensgruppe'),
  },
};

const valueOf = (list: readonly Typed[], type: string): string | null => {
  const wanted = type.toLowerCase();
  return list.find((one) => one.type.toLowerCase() === wanted)?.value ?? null;
};

const grepCode = /[A-ZÆØÅ]{3}\d{4}/;
const levelReference = /(?:aarstrinn|årstrinn|trinn)(\d{1,2})$/i;

/** The Grep codes of subjects that a group is said to be of. */
export const subjectCodes = (group: PifuGroup): readonly string[] => [
  ...new Set(
    group.ids.flatMap(({ type, value }) =>
      /^grepcode(?:shortform)?$/i.test(type) ? (grepCode.exec(value)?.[0] ?? []) : [],
    ),
  ),
];

/** The years of school that a group is said to be for, 1 to 13. */
export const levelsOf = (group: PifuGroup): readonly number[] => {
  const named = group.ids.flatMap(({ type, value }) =>
    /^grepcode/i.test(type) ? Number(levelReference.exec(value.trim())?.[1] ?? []) || [] : [],
  );
  const [own] = group.type === 'level' && named.length === 0 ? (/^\d{1,2}/.exec(group.short) ?? []) : [];
  return [...new Set([...named, ...(own === undefined ? [] : [Number(own)])])].filter(
    (level) => level >= 1 && level <= 13,
  );
};

/** How a year of school is called among the code lists. */
export const levelCode = (level: number): string => `T${level}`;

const digits = (text: string | null): string | null => text?.replaceAll(/\D/g, '') ?? null;

/** The nine digits of an organisation number, whether `NO` stands before them or not. */
export const organisationNumber = (group: PifuGroup): string | null => {
  const number = digits(valueOf(group.ids, 'organizationNumber'));
  return number?.length === 9 ? number : null;
};

/** Whether a unit has a name in public registers. */
export const hasLegalName = (group: PifuGroup): boolean => valueOf(group.names, 'legalName') !== null;

const addressOf = (group: PifuGroup, type: string): object | null => {
  const address = group.addresses.find((one) => one.type === type);
  return address === undefined
    ? null
    : {
        ...(address.lines.length === 0 ? {} : { adresselinje: address.lines }),
        ...(address.postalCode === null ? {} : { postnummer: address.postalCode }),
        ...(address.place === null ? {} : { poststed: address.place }),
      };
};

const unit = (group: PifuGroup, key: string): Record<string, unknown> => {
  const number = organisationNumber(group);
  const email = valueOf(group.emails, 'orgEmail') ?? group.email;
  const phone = valueOf(group.phones, 'orgTelephone');
  const site = valueOf(group.urls, 'orgURL') ?? group.url;
  const legal = valueOf(group.names, 'legalName');
  const domain = valueOf(group.ids, 'domainName');
  const visited = addressOf(group, 'orgVisitorAddress');
  const postal = addressOf(group, 'orgPostalAddress');
  return {
    systemId: identified(key),
    navn: valueOf(group.names, 'name') ?? group.long ?? group.short,
    ...(number === null ? {} : { organisasjonsnummer: identified(number) }),
    ...(legal === null ? {} : { organisasjonsnavn: legal }),
    ...(domain === null ? {} : { domenenavn: domain }),
    ...(visited === null ? {} : { forretningsadresse: visited }),
    ...(postal === null ? {} : { postadresse: postal }),
    ...(email === null && phone === null && site === null
      ? {}
      : {
          kontaktinformasjon: {
            ...(email === null ? {} : { epostadresse: email }),
            ...(phone === null ? {} : { telefonnummer: phone }),
            ...(site === null ? {} : { nettsted: site }),
          },
        }),
  };
};

export const ownerCollection = collectionOf('owner');
/** An owner of schools. */
export const ownerResource = (group: PifuGroup, key: string): object => {
  const municipality = digits(valueOf(group.ids, 'municipalityNumber'));
  return {
    ...unit(group, key),
    ...(municipality === null ? {} : { _links: { kommune: link('municipality', municipality) } }),
  };
};

const offers = {
  primary: 'BARNESKOLE',
  'lower-secondary': 'UNGDOMSSKOLE',
  'upper-secondary': 'VIDEREGAENDE',
  'after-school': 'SFO',
} as const;

export const schoolCollection = collectionOf('school');
/** A school. `owner` is null when the file does not hold it. */
export const schoolResource = (group: PifuGroup, key: string, owner: string | null): object => {
  const number = valueOf(group.ids, 'vigoNumber');
  const gsi = valueOf(group.ids, 'gsiNumber');
  const legal = valueOf(group.names, 'legalName');
  const kinds = group.schoolKinds.map((kind) => offers[kind]);
  const relations: Links = {
    ...(owner === null ? {} : { skoleeier: link('owner', owner) }),
    ...(kinds.length === 0 ? {} : { skoleslag: links('offer', kinds) }),
  };
  return {
    ...unit(group, key),
    // Every school has a number; without one of the registers it is the id.
    skolenummer: identified(number ?? gsi ?? key),
    ...(gsi === null ? {} : { gsiNummer: gsi }),
    ...(legal === null ? {} : { juridiskNavn: legal }),
    _links: relations,
  };
};

/** The key of the after-school care of a school, of which the file only tells the groups. */
export const afterSchoolKey = (school: string): string => joinKeys(school, 'sfo');
/** What it is called when nobody says. */
export const afterSchoolName = (school: string | null): string => (school === null ? 'SFO' : `${school} SFO`);

export const afterSchoolCollection = collectionOf('afterSchool');
/** The after-school care of a school. */
export const afterSchoolResource = (key: string, school: string, name: string): object => ({
  systemId: identified(key),
  navn: name,
  _links: { skole: link('school', school) },
});

export const subjectCollection = collectionOf('subject');
/** A subject of a school; `name` as the file has it, else the code. */
export const subjectResource = (key: string, school: string, code: string, name: string): object => ({
  systemId: identified(key),
  navn: name,
  beskrivelse: code,
  _links: { skole: link('school', school) },
});

/** What stands around a group: keys of others. */
export type Around = {
  readonly school: string;
  /** `20262027`. */
  readonly year: string | null;
  readonly levels: readonly number[];
  readonly subjects: readonly string[];
  /** The after-school care that the group is of. */
  readonly afterSchool: string | null;
  /** Of groups that name their staff themselves. */
  readonly staff: readonly string[];
};

/** A group of a school. */
export const groupResource = (group: PifuGroup, key: string, place: GroupPlace, around: Around): object => ({
  systemId: identified(key),
  navn: group.short,
  beskrivelse: group.full ?? group.long ?? group.short,
  _links: {
    ...(around.afterSchool === null
      ? { skole: link('school', around.school) }
      : { sfo: link('afterSchool', around.afterSchool) }),
    ...(place.kind === null ? {} : { type: link('groupKind', place.kind) }),
    ...(place.year && around.year !== null ? { skolear: link('year', around.year) } : {}),
    ...(place.level && around.levels.length > 0
      ? { trinn: links('level', (group.type === 'class' ? around.levels.slice(0, 1) : around.levels).map(levelCode)) }
      : {}),
    ...((place.subjects || group.type === 'subject' || group.type === 'exam') && around.subjects.length > 0
      ? { fag: links('subject', around.subjects) }
      : {}),
    ...(place.staff?.by === 'group' && around.staff.length > 0
      ? { [place.staff.relation]: links('schoolResource', around.staff) }
      : {}),
  },
});

/** Where it is written that guardians are in groups. */
export const guardianPlaceOf = (place: GroupPlace): string | null =>
  place.staff?.by === 'membership' ? place.staff.collection : null;
