// Group: five classes of the model that are one type here (facts 2.3, 10). Who is in a group is told by memberships; the staff in charge of it stand
// in the group. Read by reads/groups.ts, by PATCH and by the events.
import type { Field, Fields, Mapping } from '#mappings/mapping.ts';
import { constant, fullName, level, schoolYear, subjectCode, trueUnlessSaid } from '#mappings/converters.ts';
import { object, objects, value, values } from '#mappings/field.ts';
import { schoolFields } from './parts.ts';

/** The types of groups, as `type` shows and takes them. */
export const groupTypes = ['class', 'contact-group', 'teaching-group', 'sfo-group', 'school-group'] as const;
export type GroupType = (typeof groupTypes)[number];

const describe = { nb: 'En gruppe ved en skole.', en: 'A group of a school.' } as const;

const common = (type: GroupType, school: string): Fields => ({
  type: value('Gruppens type.', 'Type of the group.', '@self', { convert: constant(type, groupTypes) }),
  name: value('Gruppens navn.', 'Name of the group.', 'navn', { writable: true }),
  description: value('Hva gruppen er.', 'What the group is.', 'beskrivelse'),
  notes: value(
    'Skolens eget notat; fri tekst som kan røpe noe om enkeltpersoner.',
    "The school's own notes: free text that may tell something of single persons.",
    'notat',
    { writable: true },
  ),
  active: value('Usann når gruppen er tatt ut av bruk.', 'False when the group has been taken out of use.', '@self', {
    convert: trueUnlessSaid,
    writable: true,
  }),
  schoolId: value('Skolen gruppen hører til.', 'School of the group.', `${school}.@id`),
  school: object('Skolen.', 'The school.', school, schoolFields, { include: 'school' }),
  schoolYear: value('Skoleåret gruppen er for.', 'School year of the group.', 'skolear.kode', { convert: schoolYear }),
});

const terms = values('Koder for terminene.', 'Codes of the terms.', 'termin.kode');

const staff = (from: string, to: string): Field =>
  objects('De ansatte som har gruppen.', 'Staff in charge of the group.', from, {
    employeeId: value('Den ansattes id.', 'Id of the employee.', `${to}personalressurs.@id`),
    fullName: value('Hele navnet.', 'The whole name.', `${to}personalressurs.person.navn`, { convert: fullName }),
  });

const teachers = staff('undervisningsforhold', 'skoleressurs.');
const inCharge = staff('skoleressurs', '');

export const classGroup: Mapping = {
  name: 'group-klasse',
  schema: 'Group',
  collection: 'utdanning/elev/klasse',
  describe,
  fields: {
    ...common('class', 'skole'),
    levels: values('Trinnene gruppen er for.', 'Levels that the group is for.', 'trinn.navn', { convert: level }),
    terms,
    employees: teachers,
  },
};

const contactGroup: Mapping = {
  name: 'group-kontaktlarergruppe',
  schema: 'Group',
  collection: 'utdanning/elev/kontaktlarergruppe',
  describe,
  fields: {
    ...common('contact-group', 'skole'),
    levels: values('Trinnene gruppen er for.', 'Levels that the group is for.', 'klasse.trinn.navn', {
      convert: level,
    }),
    classIds: values('Klassene gruppen er satt sammen av.', 'Classes that the group is composed of.', 'klasse.@id'),
    terms,
    employees: teachers,
  },
};

export const teachingGroup: Mapping = {
  name: 'group-undervisningsgruppe',
  schema: 'Group',
  collection: 'utdanning/timeplan/undervisningsgruppe',
  describe,
  fields: {
    ...common('teaching-group', 'skole'),
    subjects: objects('Fagene gruppen undervises i.', 'Subjects that the group is taught.', 'fag', {
      id: value('Fagets id.', 'Id of the subject.', '@id'),
      code: value('Fagkoden i Grep.', 'Code of the subject in Grep.', '@self', { convert: subjectCode }),
      name: value('Fagets navn.', 'Name of the subject.', 'navn'),
    }),
    terms,
    employees: teachers,
  },
};

const afterSchoolGroup: Mapping = {
  name: 'group-sfogruppe',
  schema: 'Group',
  collection: 'grunnskole/sfo/sfogruppe',
  describe,
  fields: { ...common('sfo-group', 'sfo.skole'), employees: inCharge },
};

export const schoolGroup: Mapping = {
  name: 'group-skolegruppe',
  schema: 'Group',
  collection: 'grunnskole/gruppe/skolegruppe',
  describe,
  fields: {
    ...common('school-group', 'skole'),
    kind: value(
      'Kode for gruppens slag, fra kodelisten group-kinds.',
      'Code of the kind of group, of the code list group-kinds.',
      'type.kode',
    ),
    levels: values('Trinnene gruppen er for.', 'Levels that the group is for.', 'trinn.navn', { convert: level }),
    classIds: values('Klassene gruppen er for.', 'Classes that the group is for.', 'klasse.@id'),
    employees: inCharge,
  },
};

/** In the order of `groupTypes`. */
export const groups: readonly Mapping[] = [classGroup, contactGroup, teachingGroup, afterSchoolGroup, schoolGroup];
