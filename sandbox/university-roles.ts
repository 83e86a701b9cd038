// Who does what at the university as collections: roles at units, programmes, cohorts, classes, courses, teaching units, activities and timetables,
// courses for professionals with those who take them, applications and grants, and what the source itself has noted. Called by university.ts. It must
// not know names of people.

import { noon } from './calendar.ts';
import { collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { target, to, type Link, type Links } from './links.ts';
import { at } from './random.ts';
import { trilingual } from './university-catalogue.ts';
import { taught, type Roll } from './university-courses.ts';
import { instituteUnit, organisationId, toUnit } from './university-organisation.ts';
import {
  isOpenCohort,
  teacherOf,
  teachingRole,
  termEnd,
  termNumberOf,
  termStart,
  termYear,
  type Institute,
  type UniversityPlan,
} from './university-plan.ts';
import { classes, cohorts } from './university-programmes.ts';
import { participantFacts, profileNumber, REALM, staffFacts, studentOfCase } from './university-people.ts';
import { participantCount, participantId } from './university-persons.ts';
import { activities, timetableOf } from './university-teaching.ts';
import {
  activityId,
  classId,
  code,
  cohortId,
  days,
  entity,
  profileId,
  programmeId,
  roleId,
  roleNumber,
  studentId,
  TARGETS,
  teacherId,
  teachingUnitId,
  text,
  toCourse,
  toProgramme,
  type Attributes,
  type RoleKind,
} from './university-values.ts';

const FS_ROLE = target('fs/rolle/fsrolle');

type Holder = { readonly staff: number } | { readonly person: number };

type Role = {
  readonly kind: RoleKind;
  readonly index: number;
  readonly holder: Holder;
  readonly role: string;
  readonly from: number;
  readonly until?: number;
  readonly links: Links;
};

const roleEntry = (
  plan: UniversityPlan,
  { kind, index, holder, role, from, until, links }: Role,
  own: (active: boolean, status: string) => Attributes,
): SandboxEntry => {
  const number = roleNumber(kind, index);
  const person = 'staff' in holder ? staffFacts(plan, holder.staff).number : holder.person;
  const status = from > plan.asOf ? 'FREMTIDIG' : until !== undefined && until < plan.asOf ? 'AVSLUTTET' : 'AKTIV';
  return entity(
    roleId(kind, index),
    [person, number],
    { gyldighetsperiode: days(from, until), ...own(status === 'AKTIV', status) },
    {
      fsRolle: to(FS_ROLE, role, index),
      personProfil: to(TARGETS.profile, profileId(person), index),
      ...('staff' in holder ? { fagperson: to(TARGETS.teacher, teacherId(holder.staff), index) } : {}),
      ...links,
    },
  );
};

const status = (_: boolean, aktivStatus: string): Attributes => ({ aktivStatus });
const both = (erAktiv: boolean, aktivStatus: string): Attributes => ({ erAktiv, aktivStatus });
const onlyActive = (erAktiv: boolean): Attributes => ({ erAktiv });

const memberOf = (plan: UniversityPlan, { firstStaff }: Institute, number: number): { readonly staff: number } => ({
  staff: firstStaff + (number % plan.staffOfInstitute),
});

const roles = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const begun = termStart(plan.now - 4);
  const make = (
    path: string,
    walk: () => Iterable<Role>,
    own: (active: boolean, status: string) => Attributes,
  ): SandboxCollection => collection(path, walk, (role) => roleEntry(plan, role, own));
  return [
    make(
      'fs/rolle/organisasjonsenhetsrolle',
      () =>
        plan.institutes.flatMap((institute, index): readonly Role[] => {
          const links = {
            organisasjon: to(TARGETS.organisation, organisationId()),
            organisasjonsenhet: toUnit(instituteUnit(institute), index),
          };
          const own = { kind: 'unit', links } as const;
          // The head, and who was it before.
          return [
            { ...own, index: index * 2, holder: memberOf(plan, institute, 0), role: 'LEDER', from: begun },
            {
              ...own,
              index: index * 2 + 1,
              holder: memberOf(plan, institute, 1),
              role: 'LEDER',
              from: termStart(plan.now - 12),
              until: begun - 1,
            },
          ];
        }),
      (aktiv, aktivStatus) => ({ aktiv, aktivStatus }),
    ),
    make(
      'fs/rolle/studieprogramrolle',
      () =>
        plan.programmes.map((programme): Role => ({
          kind: 'programme',
          index: programme.index,
          holder: memberOf(plan, programme.institute, programme.local + 2),
          role: 'PROGLEDER',
          from: begun,
          ...(programme.expired ? { until: termEnd(plan.now - 3) } : {}),
          links: { studieprogram: toProgramme(programme, programme.index) },
        })),
      onlyActive,
    ),
    make(
      'fs/rolle/kullrolle',
      function* () {
        let index = 0;
        for (const { programme, year, start } of cohorts(plan)) {
          yield {
            kind: 'cohort',
            index,
            holder: memberOf(plan, programme.institute, year + programme.local),
            role: 'KULLANSV',
            from: termStart(start),
            ...(isOpenCohort(plan, programme, year) ? {} : { until: termEnd(start + programme.terms - 1) }),
            links: { kull: to(TARGETS.cohort, cohortId(programme, start), index) },
          };
          index += 1;
        }
      },
      status,
    ),
    make(
      'fs/rolle/klasserolle',
      function* () {
        let index = 0;
        for (const { programme, start, number } of classes(plan)) {
          yield {
            kind: 'class',
            index,
            holder: memberOf(plan, programme.institute, number + programme.local + 5),
            role: 'KLASSEKONT',
            from: termStart(start),
            until: termEnd(start + programme.terms - 1),
            links: { klasse: to(TARGETS.class, classId(programme, start, number), index) },
          };
          index += 1;
        }
      },
      both,
    ),
    make(
      'fs/rolle/emnerolle',
      () =>
        plan.courses.flatMap((course): readonly Role[] => {
          const own = { kind: 'course', links: { emne: toCourse(course, course.index) } } as const;
          return [
            {
              ...own,
              index: course.index * 2,
              holder: { staff: teacherOf(plan, course) },
              role: 'EMNEANSV',
              from: begun,
            },
            ...(course.index % 10 === 6
              ? [
                  {
                    ...own,
                    index: course.index * 2 + 1,
                    holder: memberOf(plan, course.institute, course.index * 7 + 1),
                    role: 'EMNEANSV',
                    from: termStart(plan.now - 9),
                    until: begun - 1,
                  },
                ]
              : []),
          ];
        }),
      onlyActive,
    ),
    make(
      'fs/rolle/undervisningsenhetsrolle',
      function* () {
        for (const { course, term } of taught(plan))
          yield {
            kind: 'teachingUnit',
            index: teachingRole(plan, course, term),
            holder: { staff: teacherOf(plan, course) },
            role: 'LÆRER',
            from: termStart(term),
            until: termEnd(term),
            links: {
              undervisningsenhet: to(
                TARGETS.teachingUnit,
                teachingUnitId(course, term, termNumberOf(course, term)),
                course.index,
              ),
            },
          };
      },
      both,
    ),
    make(
      'fs/rolle/undervisningsaktivitetsrolle',
      function* () {
        const assistant = profileNumber(studentOfCase(plan, 'teachingAssistant'));
        let index = 0;
        for (const { course, term, unit, kode, group } of activities(plan, roll)) {
          // Groups of the first course are led by a student.
          const assisted = group > 0 && course.index === 0;
          yield {
            kind: 'activity',
            index,
            holder: assisted ? { person: assistant } : memberOf(plan, course.institute, course.index * 7 + group),
            role: assisted ? 'HJELPELÆR' : 'LÆRER',
            from: termStart(term),
            until: termEnd(term),
            links: { undervisningsaktivitet: to(TARGETS.activity, activityId(unit, kode), index) },
          };
          index += 1;
        }
      },
      both,
    ),
    make(
      'fs/rolle/timeplanrolle',
      function* () {
        let index = 0;
        for (const activity of activities(plan, roll)) {
          if (activity.kind === 'FOR')
            yield {
              kind: 'timetable',
              index,
              holder: { staff: teacherOf(plan, activity.course) },
              role: 'LÆRER',
              from: termStart(activity.term),
              until: termEnd(activity.term),
              links: { timeplan: to(target('fs/undervisning/timeplan'), timetableOf(activity), index) },
            };
          index += 1;
        }
      },
      status,
    ),
  ];
};

const EVU = target('fs/studietilbud/evukurs');
const EVU_APPLICATION = target('fs/studietilbud/evukurssoknad');

/** How many courses for professionals there are, every sixth over and every seventh not begun. */
const evuCount = ({ size }: UniversityPlan): number => (size === 'small' ? 6 : 300);
const evuCode = (index: number): string => `EVU${101 + index}`;
const evuTime = (plan: UniversityPlan, index: number): number =>
  index % 6 === 5 ? plan.now - 3 : index % 7 === 6 ? plan.now + 1 : plan.now;
const evuPeriodCode = (plan: UniversityPlan, index: number): string =>
  `${termYear(evuTime(plan, index))}-${(index % 2) + 1}`;
const evuId = (plan: UniversityPlan, index: number): string => `EVU-${evuCode(index)}-${evuPeriodCode(plan, index)}`;
const evuOf = (plan: UniversityPlan, participant: number): number => participant % evuCount(plan);
const EVU_STATUS = [
  'MOTT',
  'MOTT',
  'MOTT',
  'INNVILGET',
  'SOKNAD_REGISTRERT',
  'PA_VENTELISTE',
  'AVSLATT',
  'SOKNAD_TRUKKET',
  'TILBUD_SENDT',
];
const evuStatus = (participant: number): string => at(EVU_STATUS, participant % EVU_STATUS.length);
const takesPart = (participant: number): boolean => evuStatus(participant) === 'MOTT';

const evu = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const institute = (index: number): Institute => at(plan.institutes, index % plan.institutes.length);
  const person = (participant: number): Links => ({
    deltaker: to(TARGETS.participant, participantId(participant)),
    personProfil: to(TARGETS.profile, profileId(participantFacts(plan, participant).number), participant),
  });
  return [
    collection(
      'fs/studietilbud/evukurs',
      () => range(evuCount(plan)),
      (index) => {
        const term = evuTime(plan, index);
        const { nb, nn, en } = institute(index).discipline.name;
        const follows = index % 10 === 4;
        return entity(
          evuId(plan, index),
          [evuCode(index), evuPeriodCode(plan, index)],
          {
            kode: evuCode(index),
            tidsangivelseskode: evuPeriodCode(plan, index),
            navnAlleSprak: text({
              nb: `Videreutdanning i ${nb}`,
              nn: `Vidareutdanning i ${nn}`,
              en: `Further education in ${en}`,
            }),
            avholdes: index % 9 !== 8,
            beskrivelsesavsnitt: [
              {
                innhold: `Kurset gir innsikt i ${nb} for deg som er i jobb.`,
                originalinnhold: `<p>Kurset gir innsikt i ${nb} for deg som er i jobb.</p>`,
                _links: {
                  sprak: to(TARGETS.language, 'nob'),
                  tekstkategori: to(target('fs/studietilbud/tekstkategori'), 'INNHOLD'),
                },
              },
            ],
            deltakereSkalHaItKonto: index % 2 === 0,
            erAktiv: term >= plan.now,
            kursperiode: days(termStart(term) + 20, termEnd(term) - 20),
            lmsRomkode: `${evuCode(index)}-ROM`,
            rapporteringsar: termYear(term),
            skalEksporteresTilLms: true,
            tjenestenummerForLms: String(index + 1),
          },
          {
            administrativtAnsvarligOrganisasjonsEnhet: toUnit([90, 0, 0], index),
            fagligAnsvarligEnhet: toUnit(instituteUnit(institute(index)), index),
            studierettstatus: to(target('fs/studierett/studierettstatus'), 'EVU'),
            ...(follows
              ? { folgerUndervisningForKurs: to(EVU, evuId(plan, index - 1)) }
              : index % 10 === 3 && index + 1 < evuCount(plan)
                ? { undervisningFolgesAvKurs: to(EVU, evuId(plan, index + 1)) }
                : {}),
          },
        );
      },
    ),
    collection(
      'fs/studietilbud/evukursaktivitet',
      () => Array.from(range(evuCount(plan))).flatMap((index) => [1, 2].map((number) => ({ index, number }))),
      ({ index, number }) =>
        entity(
          `EVA-${evuCode(index)}-${number}`,
          null,
          {
            kode: `${evuCode(index)}-${number}`,
            navnAlleSprak: text({ nb: `Samling ${number}`, nn: `Samling ${number}`, en: `Gathering ${number}` }),
            innledningskommentarAlleSprak: text(trilingual('Velkommen;Velkomen;Welcome')),
            lmsRomkode: `${evuCode(index)}-${number}`,
            sekvensnummer: number,
          },
          {
            evuKurs: to(EVU, evuId(plan, index), index),
            ...(number === 2
              ? { parent: to(target('fs/studietilbud/evukursaktivitet'), `EVA-${evuCode(index)}-1`) }
              : {}),
          },
        ),
    ),
    collection(
      'fs/studietilbud/evukurssoknad',
      () => range(participantCount(plan)),
      (participant) =>
        entity(
          `EVS-${participant + 1}`,
          null,
          {
            soknadsstatus: evuStatus(participant),
            ...(evuStatus(participant) === 'SOKNAD_TRUKKET'
              ? { trukketAarsak: code('TID', trilingual('Mangler tid;Manglar tid;No time')) }
              : {}),
          },
          { ...person(participant), evuKurs: to(EVU, evuId(plan, evuOf(plan, participant)), participant) },
        ),
    ),
    collection(
      'fs/studietilbud/evukursdeltakelse',
      () => range(participantCount(plan), takesPart),
      (participant) => {
        const index = evuOf(plan, participant);
        return entity(
          `EVD-${participant + 1}`,
          [500_001 + participant, evuCode(index), evuPeriodCode(plan, index)],
          { gjennomforingErGodkjent: evuTime(plan, index) < plan.now },
          {
            ...person(participant),
            kurs: to(EVU, evuId(plan, index), participant),
            kurssoknad: to(EVU_APPLICATION, `EVS-${participant + 1}`),
          },
        );
      },
    ),
    collection(
      'fs/rolle/evukursrolle',
      () => range(evuCount(plan)),
      (index) =>
        roleEntry(
          plan,
          {
            kind: 'evu',
            index,
            holder: memberOf(plan, institute(index), index + 3),
            role: 'KURSLEDER',
            from: termStart(evuTime(plan, index)),
            until: termEnd(evuTime(plan, index)),
            links: { kurs: to(EVU, evuId(plan, index), index) },
          },
          status,
        ),
    ),
  ];
};

const owner = (): readonly Link[] => to(TARGETS.organisation, organisationId());

const access = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const names = ['LMS-kobling', 'Timeplanverktøy', 'Gammel rapport'];
  return [
    collection(
      'fs/tilgang/applikasjon',
      () => names.map((name, index) => ({ name, index })),
      ({ name, index }) =>
        entity(
          `APP-${index + 1}`,
          null,
          {
            navn: identified(name),
            beskrivelse: `${name} ved lærestedet`,
            identitetsleverandor: 'FEIDE',
            eksternId: `app-${index + 1}.${REALM}`,
            erAktiv: index < 2,
            opprettetTidspunkt: noon(termStart(plan.now - 4)),
            endretTidspunkt: noon(termStart(plan.now - 1)),
            sistBruktTidspunkt: noon(plan.asOf - 1),
            kontaktEpost: `it@${REALM}`,
          },
          { eier: owner() },
        ),
    ),
    collection(
      'fs/tilgang/tilgang',
      () => names.slice(0, 2).map((_, index) => index),
      (index) =>
        entity(
          `TIL-${index + 1}`,
          null,
          {
            tilgangskode: index === 0 ? 'LMS' : 'TIMEPLAN',
            beskrivelse: 'Leser det som trengs',
            miljo: 'TEST',
            tilknytning: 'DIREKTE',
            gittTidspunkt: noon(termStart(plan.now - 4) + 1),
            gittAv: 'Studieavdelingen',
          },
          {
            applikasjon: to(target('fs/tilgang/applikasjon'), `APP-${index + 1}`),
            organisasjon: owner(),
            ...(index === 1 ? { arvetFra: to(target('fs/tilgang/tilgang'), 'TIL-1') } : {}),
          },
        ),
    ),
  ];
};

/** A collection of a single entry. */
const one = (path: string, entry: SandboxEntry): SandboxCollection =>
  collection(
    path,
    () => [entry],
    (key) => key,
  );

/** What the source itself has noted lately: one event of each kind of subject. The hub tells changes by its own feed. */
const events = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const ordinary = studentOfCase(plan, 'ordinary');
  const event = (number: number, hendelsestype: string, relation: string, links: readonly Link[]): SandboxEntry =>
    entity(
      `HEN-${number}`,
      null,
      { hendelsestype, tidspunkt: noon(plan.asOf - 2), sekvens: number },
      { [relation]: links },
    );
  return [
    one(
      'fs/hendelse/studenthendelse',
      event(1, 'ENDRET_NAVN', 'student', to(TARGETS.student, studentId(ordinary.number))),
    ),
    one('fs/hendelse/emnehendelse', event(2, 'EMNE_NAVN_ENDRET', 'emne', toCourse(at(plan.courses, 0)))),
    one(
      'fs/hendelse/personprofilhendelse',
      event(3, 'PERSONPROFIL_ENDRET_NAVN', 'personProfil', to(TARGETS.profile, profileId(profileNumber(ordinary)))),
    ),
    one(
      'fs/hendelse/studieprogramhendelse',
      event(
        4,
        'STUDIEPROGRAM_NAVN_ENDRET',
        'studieprogram',
        to(TARGETS.programme, programmeId(at(plan.programmes, 0))),
      ),
    ),
  ];
};

/** Gives the collections of roles, courses for professionals, access and events. */
export const universityRoles = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => [
  ...roles(plan, roll),
  ...evu(plan),
  ...access(plan),
  ...events(plan),
];
