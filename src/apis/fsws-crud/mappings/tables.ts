// The tables of the API, in the order in which they are told. Read by fsws-crud-api.ts. Those beyond the list that is known stand at the end.
import type { CrudTable } from '../crud-table.ts';
import { activity } from './activity.ts';
import { applicationChoice } from './application-choice.ts';
import { application } from './application.ts';
import { assessmentEntry, assessmentResult } from './assessment-entry.ts';
import { classStudent } from './class-student.ts';
import { cohortClass } from './cohort-class.ts';
import { cohort } from './cohort.ts';
import { course } from './course.ts';
import { person } from './person.ts';
import { personConsent } from './person-consent.ts';
import { personPhone } from './person-phone.ts';
import { personRole } from './person-role.ts';
import { place } from './place.ts';
import { programme } from './programme.ts';
import { programmeStudent } from './programme-student.ts';
import { room } from './room.ts';
import { student } from './student.ts';
import { teacher } from './teacher.ts';
import { teachingEntry } from './teaching-entry.ts';
import { teaching } from './teaching.ts';

export const crudTables: readonly CrudTable[] = [
  person,
  application,
  applicationChoice,
  student,
  assessmentEntry,
  teachingEntry,
  programmeStudent,
  classStudent,
  assessmentResult,
  course,
  programme,
  activity,
  teaching,
  teacher,
  cohort,
  cohortClass,
  room,
  place,
  personRole,
  personPhone,
  personConsent,
];
