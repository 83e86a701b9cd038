// Reading timetables: lessons of a school, a group, a pupil or an employee in a period, as JSON and as calendar (facts 2.8). Put into operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { dayMs } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { schemasOf } from '#mappings/mapping-schema.ts';
import { civilDateOf, holdsOn } from '#mappings/converters.ts';
import type { LessonFacts } from '../mappings/facts.ts';
import { kindsOf, type Kinds } from '../mappings/kinds.ts';
import { lessonsInWeeks, lessonsOfEmployee, lessonsOfGroups, lessonsOfSchool } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operation, Operations, Parameter, VfsCall, VfsDeps } from '../operation.ts';
import { dateParameter, idParameter, pathId } from '../parameters.ts';
import { missing, refused, turnedAway } from '../problem-answers.ts';
import { badParameter, choiceOf, findOne, findPage, pageAnswer, projectionsOf, uidOf } from './answers.ts';
import { writeCalendar, type CalendarEntry } from './calendar.ts';
import { listAnswers, pageParameters, shownParameters } from './describe.ts';

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The week of a day, after ISO 8601: `2026-W45`. */
const weekOf = (ms: number): string => {
  const thursday = ms + (3 - ((new Date(ms).getUTCDay() + 6) % 7)) * dayMs;
  const year = new Date(thursday).getUTCFullYear();
  return `${year}-W${String(Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * dayMs)) + 1).padStart(2, '0')}`;
};

/** The weeks that days from the first to the last lie in. */
export const weeksOf = (from: string, to: string): readonly string[] => {
  const weeks = new Set<string>();
  for (let day = dayOf(from); day <= dayOf(to); day += dayMs) weeks.add(weekOf(day));
  return [...weeks];
};

const owners = ['schoolId', 'groupId', 'pupilId', 'employeeId'] as const;
type Owner = (typeof owners)[number];

type Period = { readonly from: string; readonly to: string };

/** The civil days asked for, the week of today and the three after it unless they are given; a problem when they are too many. */
const periodIn = (call: VfsCall, today: string): Period | ApiAnswer => {
  const { from: first, to: last } = call.query;
  const from =
    typeof first === 'string' ? first : dateOf(dayOf(today) - ((new Date(dayOf(today)).getUTCDay() + 6) % 7) * dayMs);
  const to = typeof last === 'string' ? last : dateOf(dayOf(from) + 27 * dayMs);
  if (to < from) return badParameter('to', 'takes a date that is not before from');
  return dayOf(to) - dayOf(from) < limits.timetableDays * dayMs
    ? { from, to }
    : badParameter('to', 'takes a date within eight weeks of from');
};

type Chosen = { readonly narrow: Narrow; readonly accept: (facts: LessonFacts, date: string) => boolean };

/** Which lessons are those of somebody; an answer when the caller does not see whoever it is. */
const chosenBy = async (
  deps: VfsDeps,
  call: VfsCall,
  kinds: Kinds,
  owner: Owner,
  uid: number,
): Promise<Chosen | ApiAnswer> => {
  const choice = { ...choiceOf(deps, call), fields: new Set(['id']), includes: new Set<string>() };
  switch (owner) {
    case 'schoolId': {
      const found = await findOne(deps, call, { kinds: [kinds.school], uid, choice });
      if ('answer' in found) return found.answer;
      return { narrow: lessonsOfSchool(uid), accept: ({ school }) => school === uid };
    }
    case 'groupId': {
      const found = await findOne(deps, call, { kinds: kinds.groups, uid, choice });
      if ('answer' in found) return found.answer;
      return { narrow: lessonsOfGroups([uid]), accept: ({ groups }) => groups.includes(uid) };
    }
    case 'pupilId': {
      const found = await findOne(deps, call, { kinds: [kinds.pupilTimetable], uid, choice });
      if ('answer' in found) return found.answer;
      const { groups } = found.document.facts;
      return {
        narrow: lessonsOfGroups([...new Set(groups.map((one) => one.uid))]),
        // Of a group only while the pupil is in it.
        accept: (facts, date) => groups.some((one) => facts.groups.includes(one.uid) && holdsOn(one, date)),
      };
    }
    case 'employeeId': {
      const found = await findOne(deps, call, { kinds: [kinds.employee], uid, choice });
      if ('answer' in found) return found.answer;
      return {
        narrow: lessonsOfEmployee(uid),
        accept: ({ employees }) => employees.includes(uid),
      };
    }
  }
};

type Asked = {
  readonly narrow: readonly (Narrow | null)[];
  readonly accept: (facts: LessonFacts) => boolean;
};

const lessonsAsked = async (
  deps: VfsDeps,
  call: VfsCall,
  kinds: Kinds,
  owner: Owner,
  uid: number,
): Promise<Asked | ApiAnswer> => {
  const period = periodIn(call, choiceOf(deps, call).now.today);
  if ('kind' in period) return period;
  const chosen = await chosenBy(deps, call, kinds, owner, uid);
  if ('kind' in chosen) return chosen;
  return {
    narrow: [allOf([lessonsInWeeks(weeksOf(period.from, period.to)), chosen.narrow])],
    accept: (facts) => {
      const date = Number.isNaN(facts.start) ? undefined : civilDateOf(new Date(facts.start).toISOString());
      return date !== undefined && date >= period.from && date <= period.to && chosen.accept(facts, date);
    },
  };
};

const ownerIn = (call: VfsCall): Owner | ApiAnswer => {
  const [owner, ...more] = owners.filter((name) => call.query[name] !== undefined);
  return owner !== undefined && more.length === 0
    ? owner
    : turnedAway(
        problem('HUB-103', 'Bad parameters: exactly one of whom the timetable is of.', {
          errors: [{ at: 'schoolId', message: `give exactly one of ${owners.join(', ')}` }],
        }),
      );
};

const scopes = ['vfs:timetable.read'];
const tag = 'timetables';

const periodParameters: readonly Parameter[] = [
  dateParameter('from', {
    nb: 'Første dag i Norge; mandag i denne uken hvis den ikke er oppgitt.',
    en: 'First day in Norway; Monday of this week unless it is given.',
  }),
  dateParameter('to', {
    nb: 'Siste dag, høyst åtte uker; fire uker hvis den ikke er oppgitt.',
    en: 'Last day, eight weeks at most; four weeks unless it is given.',
  }),
];

const ownerParameters: readonly Parameter[] = [
  idParameter('schoolId', { nb: 'Hele skolen.', en: 'The whole school.' }),
  idParameter('groupId', { nb: 'En gruppe.', en: 'A group.' }),
  idParameter('pupilId', {
    nb: 'En elev: gruppene eleven er i den dagen.',
    en: 'A pupil: groups that the pupil is in on that day.',
  }),
  idParameter('employeeId', {
    nb: 'En ansatt: øktene den ansatte har.',
    en: 'An employee: lessons that the employee gives.',
  }),
];

const calendarAnswers: Operation['answers'] = {
  200: {
    describe: { nb: 'En kalender etter RFC 5545.', en: 'A calendar after RFC 5545.' },
    schema: { type: 'string' },
    type: 'text/calendar',
  },
};

export const timetableReads: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const { lesson } = kinds;
  const shown = shownParameters([lesson.reading]);

  const list = async (call: VfsCall, owner: Owner, uid: number): Promise<ApiAnswer> => {
    const asked = await lessonsAsked(deps, call, kinds, owner, uid);
    if ('kind' in asked) return asked;
    const found = await findPage(deps, call, { kinds: [lesson], ...asked });
    return 'answer' in found ? found.answer : pageAnswer(deps, call, found.shown);
  };

  const calendar = async (call: VfsCall, owner: Owner, uid: number): Promise<ApiAnswer> => {
    const asked = await lessonsAsked(deps, call, kinds, owner, uid);
    if ('kind' in asked) return asked;
    const choice = { ...choiceOf(deps, call), fields: null, includes: new Set<string>() };
    const entries: CalendarEntry[] = [];
    let sensitive = false;
    let after: { readonly projection: number; readonly uid: number } | null = null;
    do {
      const result: Awaited<ReturnType<typeof deps.documents.find<LessonFacts>>> =
        await deps.documents.find<LessonFacts>(
          { kind: 'list', projections: projectionsOf([lesson], choice), ...asked, after, size: 500 },
          call.context,
        );
      if (result.kind === 'missing') return missing;
      if (result.kind === 'refused') return refused(result.problem);
      for (const { id, facts, bytes } of result.documents) entries.push(entryOf(id, facts, bytes));
      sensitive ||= result.sensitive;
      after = result.next;
    } while (after !== null && entries.length < limits.calendarEntries);
    return {
      kind: 'bytes',
      status: 200,
      headers: {
        'cache-control': sensitive ? 'no-store' : 'private, no-cache',
        vary: 'Authorization',
        'content-disposition': 'attachment; filename="timetable.ics"',
      },
      bytes: writeCalendar(
        'Timeplan',
        entries.toSorted((one, other) => one.start - other.start),
        deps.clock.now(),
      ),
      type: 'text/calendar; charset=utf-8',
    };
  };

  const pupilId = pathId('pupilId', { nb: 'Elevens id.', en: 'Id of the pupil.' });
  return {
    schemas: schemasOf([lesson.reading]),
    operations: [
      {
        id: 'listLessons',
        tag,
        method: 'GET',
        path: '/timetables',
        scopes,
        summary: { nb: 'Timeplan', en: 'Timetable' },
        describe: {
          nb: 'Øktene til en skole, en gruppe, en elev eller en ansatt, også de som er avlyst eller flyttet. Nøyaktig en av dem må være oppgitt.',
          en: 'Lessons of a school, a group, a pupil or an employee, those cancelled or moved too. Exactly one of them must be given.',
        },
        parameters: [...ownerParameters, ...periodParameters, ...shown, ...pageParameters],
        body: null,
        answers: listAnswers('Lesson'),
        examples: [
          {
            summary: 'A class in a week',
            path: '/timetables',
            query: { groupId: '{classId}', from: '{monday}', to: '{friday}' },
            status: 200,
          },
          {
            summary: 'More than eight weeks are refused',
            path: '/timetables',
            query: { schoolId: '{schoolId}', from: '2026-08-01', to: '2027-06-30' },
            status: 400,
          },
        ],
        handle: async (call) => {
          const owner = ownerIn(call);
          return typeof owner === 'string' ? list(call, owner, uidOf(deps, call, String(call.query[owner]))) : owner;
        },
      },
      {
        id: 'getCalendar',
        tag,
        method: 'GET',
        path: '/timetables.ics',
        scopes,
        summary: { nb: 'Timeplan som kalender', en: 'Timetable as calendar' },
        describe: {
          nb: 'De samme øktene som en kalender (iCalendar). Avlyste økter står som avlyst.',
          en: 'The same lessons as a calendar (iCalendar). Lessons that are cancelled stand as such.',
        },
        parameters: [...ownerParameters, ...periodParameters],
        body: null,
        answers: calendarAnswers,
        examples: [
          {
            summary: 'A class in a week',
            path: '/timetables.ics',
            query: { groupId: '{classId}', from: '{monday}', to: '{friday}' },
            status: 200,
          },
        ],
        handle: async (call) => {
          const owner = ownerIn(call);
          return typeof owner === 'string'
            ? calendar(call, owner, uidOf(deps, call, String(call.query[owner])))
            : owner;
        },
      },
      {
        id: 'listPupilLessons',
        tag,
        method: 'GET',
        path: '/pupils/{pupilId}/timetable',
        scopes,
        summary: { nb: 'Timeplanen til en elev', en: 'The timetable of a pupil' },
        describe: {
          nb: 'Øktene til gruppene eleven er i den dagen.',
          en: 'Lessons of the groups that the pupil is in on that day.',
        },
        parameters: [pupilId, ...periodParameters, ...shown, ...pageParameters],
        body: null,
        answers: listAnswers('Lesson'),
        examples: [
          {
            summary: 'A week',
            path: '/pupils/{pupilId}/timetable',
            query: { from: '{monday}', to: '{friday}' },
            status: 200,
          },
        ],
        handle: (call) => list(call, 'pupilId', uidOf(deps, call, call.path['pupilId'] ?? '')),
      },
    ],
  };
};

type Part = { readonly name?: string; readonly fullName?: string };

/** A lesson as an entry of a calendar, from its document. */
const entryOf = (id: string, { start, end }: LessonFacts, bytes: Buffer): CalendarEntry => {
  const document = JSON.parse(bytes.toString()) as {
    readonly title?: string;
    readonly description?: string;
    readonly status?: string;
    readonly rooms?: readonly Part[];
    readonly teachers?: readonly Part[];
    readonly teachingGroups?: readonly Part[];
  };
  const { title = '', description, status, rooms = [], teachers = [], teachingGroups = [] } = document;
  const told = (parts: readonly Part[]): string =>
    parts.flatMap(({ name, fullName }) => fullName ?? name ?? []).join(', ');
  const lines = [description ?? '', told(teachingGroups), told(teachers)].filter((line) => line !== '');
  return {
    id: `${id}@bindeledd`,
    start,
    end: Number.isNaN(end) ? start : end,
    title,
    location: rooms.length === 0 ? null : told(rooms),
    description: lines.length === 0 ? null : lines.join('\n'),
    cancelled: status === 'cancelled',
  };
};
