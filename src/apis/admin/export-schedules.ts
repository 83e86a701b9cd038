// Operations on schedules of exports: which file is made for which application, at what time of day, and to which place it is brought. Rows of
// operations.ts. Addresses and secrets of places are the operator's; here they have names only.
import { ok, type Result } from '#base/result.ts';
import { badMembers, isMembers, readBody, readReason, type Body } from './body.ts';
import { checkMatch, decide, etagOf, missing, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { askedOf, knownApplication } from './exports.ts';
import { exportFormats, exportProfiles, weekdays, type ExportSchedule, type ScheduleAsked } from './ports.ts';

const members = [
  'application',
  'format',
  'profile',
  'type',
  'schools',
  'schoolYear',
  'at',
  'days',
  'target',
  'fileName',
] as const;

/** One level, as bodies have it. */
const showSchedule = ({ asked, ...schedule }: ExportSchedule): object => ({ ...schedule, ...asked });

const one = (schedule: ExportSchedule, status = 200): Result<AdminReply> =>
  reply(showSchedule(schedule), { status, headers: { etag: etagOf(askedIn(schedule)) }, details: schedule.id });

/** What somebody has set of it: the rest changes by itself. */
const askedIn = ({ id: _id, next: _next, last: _last, pending: _pending, ...asked }: ExportSchedule): ScheduleAsked =>
  asked;

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const items = (await asked.value.exports.schedules(asked.value.asker)).map(showSchedule);
  return reply({ items, next: null }, { count: items.length });
};

const targets = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const items = asked.value.exports.targets(asked.value.asker).map((name) => ({ name }));
  return reply({ items, next: null }, { count: items.length });
};

const oneOf = <T extends string>(
  body: Body,
  name: string,
  values: readonly T[],
  before: T | undefined,
): T | undefined => {
  const given = body.text(name, 100);
  if (given === undefined) return before;
  const value = values.find((each) => each === given);
  if (value === undefined) body.errors.push({ at: `/${name}`, message: `must be one of ${values.join(', ')}` });
  return value;
};

const timeForm = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const readDays = (body: Body, before: ScheduleAsked['days']): ScheduleAsked['days'] => {
  const given = body.texts('days');
  if (given === undefined) return before;
  const days = weekdays.filter((day) => given.includes(day));
  if (days.length !== given.length || days.length === 0)
    body.errors.push({ at: '/days', message: `must be some of ${weekdays.join(', ')}` });
  return days;
};

/** Reads the members of a schedule on top of what it said before. Findings go into the body's list. */
const readSchedule = (body: Body, before: ScheduleAsked | null): ScheduleAsked => {
  const { errors } = body;
  const format = oneOf(body, 'format', exportFormats, before?.asked.format);
  if (format === undefined && !body.given('format')) errors.push({ at: '/format', message: 'has to be given' });
  const profile =
    body.value('profile') === null ? null : oneOf(body, 'profile', exportProfiles, before?.asked.profile ?? undefined);
  if (profile !== undefined && profile !== null && format !== undefined && !profile.startsWith(format))
    errors.push({ at: '/profile', message: `is not of ${format}` });
  const type = oneOf(body, 'type', ['full', 'delta'] as const, before?.asked.type ?? 'full') ?? 'full';
  if (type === 'delta' && format === 'abc') errors.push({ at: '/type', message: 'abc knows no delta' });
  const at = body.text('at', 5) ?? before?.at ?? '';
  if (!timeForm.test(at)) errors.push({ at: '/at', message: 'must be a time in Norway, like 02:30' });
  const target = body.text('target', 100) ?? before?.target ?? '';
  if (target === '') errors.push({ at: '/target', message: 'has to be given' });
  const [schools, schoolYear, fileName] = [
    body.textsOrNull('schools'),
    body.textOrNull('schoolYear', 9),
    body.textOrNull('fileName', 100),
  ];
  return {
    application: body.text('application', 200) ?? before?.application ?? '',
    asked: {
      format: format ?? 'pifu',
      profile: profile ?? null,
      type,
      schools: schools === undefined ? (before?.asked.schools ?? null) : schools,
      schoolYear: schoolYear === undefined ? (before?.asked.schoolYear ?? null) : schoolYear,
    },
    at,
    days: readDays(body, before?.days ?? weekdays),
    target,
    fileName: fileName === undefined ? (before?.fileName ?? null) : fileName,
  };
};

const kept = async (call: AdminCall, id: string | null, before: ScheduleAsked | null): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const { exports, asker } = asked.value;
  const body = readBody(call.body, [...members, 'reason']);
  const schedule = readSchedule(body, before);
  const reason = readReason(body);
  if (!(await knownApplication(call, asker.organisation, schedule.application)))
    body.errors.push({ at: '/application', message: 'is not let in by the organisation' });
  if (body.errors.length > 0) return badMembers(body.errors);
  let result: Result<ExportSchedule> | null = null;
  const { application, asked: what, at, target } = schedule;
  const subject = `${id ?? 'new'} ${application}: ${what.format} ${what.type} at ${at} to ${target}`;
  await decide(call, { subject, reason, organisations: [asker.organisation] }, async () => {
    result = await exports.putSchedule(id, schedule, asker);
  });
  const made = result as Result<ExportSchedule> | null;
  if (made === null) return missing();
  return made.ok ? one(made.value, id === null ? 201 : 200) : made;
};

const find = async (call: AdminCall): Promise<Result<ExportSchedule>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const id = call.params['schedule'] ?? '';
  const found = (await asked.value.exports.schedules(asked.value.asker)).find((schedule) => schedule.id === id);
  return found === undefined ? missing(`There is no schedule ${id}.`) : ok(found);
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call);
  return found.ok ? one(found.value) : found;
};

const changed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call);
  if (!found.ok) return found;
  const before = askedIn(found.value);
  return checkMatch(call, before) ?? kept(call, found.value.id, before);
};

const removed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const [found, asked] = [await find(call), await askedOf(call)];
  if (!found.ok) return found;
  if (!asked.ok) return asked;
  const { exports, asker } = asked.value;
  const { id, application } = found.value;
  const body = readBody(isMembers(call.body) ? call.body : {}, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  let result: Result<null> = ok(null);
  await decide(call, { subject: `${id} ${application}`, reason, organisations: [asker.organisation] }, async () => {
    result = await exports.removeSchedule(id, asker);
  });
  return result.ok ? one(found.value) : result;
};

const base = '/admin/organisations/{organisation}';
const schedules = `${base}/export-schedules`;
const schedule = `${schedules}/{schedule}`;
const common = { tag: 'Exports', needs: 'write', status: 200, reply: 'ExportSchedule', versioned: true } as const;

/** The rows. */
export const exportScheduleOperations: readonly Operation[] = [
  {
    id: 'listExportSchedules',
    word: 'export schedules',
    method: 'GET',
    path: schedules,
    needs: 'read',
    tag: 'Exports',
    summary: 'Files that are made by themselves, with what has become of the latest.',
    reply: 'ExportScheduleList',
    status: 200,
    handle: listed,
  },
  {
    ...common,
    id: 'addExportSchedule',
    word: 'export schedule add',
    method: 'POST',
    path: schedules,
    summary:
      'Makes a file for an application at a time of day, on all days unless some are named, and brings it to a place.',
    body: 'NewExportSchedule',
    status: 201,
    handle: (call) => kept(call, null, null),
  },
  {
    ...common,
    id: 'showExportSchedule',
    word: 'export schedule show',
    method: 'GET',
    path: schedule,
    needs: 'read',
    summary: 'One schedule.',
    handle: shown,
  },
  {
    ...common,
    id: 'setExportSchedule',
    word: 'export schedule set',
    method: 'PATCH',
    path: schedule,
    summary: 'Changes what is given and leaves the rest.',
    body: 'ExportScheduleChange',
    handle: changed,
  },
  {
    ...common,
    id: 'removeExportSchedule',
    word: 'export schedule remove',
    method: 'DELETE',
    path: schedule,
    summary: 'Ends a schedule; files that are made already stay.',
    body: 'Reason',
    handle: removed,
  },
  {
    id: 'listExportTargets',
    word: 'export targets',
    method: 'GET',
    path: `${base}/export-targets`,
    needs: 'read',
    tag: 'Exports',
    summary: 'Names of the places that files of the organisation may be brought to.',
    reply: 'ExportTargetList',
    status: 200,
    handle: targets,
  },
];
