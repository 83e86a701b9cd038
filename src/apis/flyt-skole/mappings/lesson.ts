// Lesson: one on the timetable, with who has it, who gives it, where, and what has become of it (facts 2.8). Read by reads/timetables.ts, as JSON and
// as calendar.
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { fullName, instant, lessonStatus, subjectCode } from '#mappings/converters.ts';
import { objects, value } from '#mappings/field.ts';
import type { Converter } from '#mappings/mapping.ts';

const group: Fields = {
  groupId: value('Gruppens id.', 'Id of the group.', '@id'),
  name: value('Gruppens navn.', 'Name of the group.', 'navn'),
};

/** A lesson without a status is held as planned. */
const status: Converter = {
  ...lessonStatus,
  looksAt: ['status.kode'],
  apply: (_values, now, row) => {
    const [code] = row.parts['status'] ?? [];
    return code === undefined ? 'planned' : lessonStatus.apply(code.values['kode'], now, row);
  },
};

const titles: Fields = {
  subjectId: value('Fagets id.', 'Id of the subject.', '@id'),
  code: value('Fagkoden i Grep.', 'Code of the subject in Grep.', '@self', { convert: subjectCode }),
  name: value('Fagets navn.', 'Name of the subject.', 'navn'),
};

export const lesson: Mapping = {
  name: 'lesson',
  schema: 'Lesson',
  collection: 'utdanning/timeplan/time',
  describe: { nb: 'En økt på timeplanen.', en: 'A lesson on the timetable.' },
  fields: {
    title: value('Øktens navn.', 'Title of the lesson.', 'navn'),
    description: value('Hva som er spesielt ved økten.', 'What is particular to the lesson.', 'beskrivelse'),
    start: value('Når økten begynner.', 'When the lesson begins.', 'tidsrom.start', { convert: instant }),
    end: value('Når økten slutter.', 'When the lesson ends.', 'tidsrom.slutt', { convert: instant }),
    week: value('Uken etter ISO 8601.', 'The week after ISO 8601.', 'uke'),
    status: value('Hva som har skjedd med økten.', 'What has become of the lesson.', '@self', { convert: status }),
    schoolId: value('Skolen.', 'The school.', 'skole.@id'),
    subjects: objects('Fagene i økten.', 'Subjects of the lesson.', 'fag', titles),
    rooms: objects('Rommene.', 'The rooms.', 'rom', {
      roomId: value('Rommets id.', 'Id of the room.', '@id'),
      name: value('Rommets navn.', 'Name of the room.', 'navn'),
    }),
    teachers: objects('Lærerne.', 'The teachers.', 'undervisningsforhold', {
      employeeId: value('Den ansattes id.', 'Id of the employee.', 'skoleressurs.personalressurs.@id'),
      fullName: value('Hele navnet.', 'The whole name.', 'skoleressurs.personalressurs.person.navn', {
        convert: fullName,
      }),
    }),
    teachingGroups: objects('Undervisningsgruppene.', 'Teaching groups.', 'undervisningsgruppe', group),
    classes: objects('Klassene som har økten samlet.', 'Classes that have the lesson as a whole.', 'klasse', group),
    schoolGroups: objects('Skolegruppene.', 'School groups.', 'skolegruppe', group),
    afterSchoolGroups: objects('Gruppene i SFO.', 'Groups of SFO (after-school care).', 'sfogruppe', group),
  },
};
