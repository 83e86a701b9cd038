// The schemas of exports and their schedules, each with an example, by name. Part of schemas.ts. Data only.
import { application } from './organisation-schemas.ts';
import { exportFormats, exportProfiles, exportStates, weekdays } from './ports.ts';
import { text, whole, flag, instant, orNull, list, object, body, reason, type NamedSchema } from './schema-words.ts';

const profileOf = (format: string): object => ({
  enum: [...exportProfiles.filter((one) => one.startsWith(format)), null],
});
const counted = object({
  persons: whole,
  pupils: whole,
  employees: whole,
  guardians: whole,
  schools: whole,
  groups: whole,
  memberships: whole,
});
const changes = object({ added: whole, updated: whole, removed: whole });
const exportMembers = {
  id: text,
  application: text,
  format: { enum: exportFormats },
  profile: { enum: exportProfiles },
  type: { enum: ['full', 'delta'] },
  schools: { type: ['array', 'null'], items: text, description: 'Opaque ids of the schools asked for; null for all.' },
  schoolYear: text,
  state: { enum: exportStates },
  trigger: { enum: ['request', 'stream', 'schedule'] },
  createdAt: instant,
  finishedAt: orNull(instant),
  expiresAt: instant,
  exported: { oneOf: [counted, { type: 'null' }] },
  fileName: text,
  sha256: orNull(text),
  bytes: orNull(whole),
};
const exportRun = {
  id: 'exp-5f0c4be21f5b4c56',
  application: application.id,
  format: 'pifu',
  profile: 'pifu-ims-1.3',
  type: 'full',
  schools: null,
  schoolYear: '2026/2027',
  state: 'held',
  trigger: 'schedule',
  createdAt: '2026-11-02T01:30:00Z',
  finishedAt: '2026-11-02T01:31:12Z',
  expiresAt: '2026-11-09T01:30:00Z',
  exported: {
    persons: 12_400,
    pupils: 7_000,
    employees: 900,
    guardians: 4_500,
    schools: 12,
    groups: 800,
    memberships: 31_000,
  },
  fileName: 'pifu-ims-1.3.xml',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  bytes: 18_400_000,
};
const exportSettings = {
  profiles: {
    ...object({ pifu: profileOf('pifu'), ims: profileOf('ims'), abc: profileOf('abc') }, exportFormats),
    description: 'The edition of each format; what is not set is the newest, or plain.',
  },
  source: { ...orNull(text), maxLength: 32, description: 'What files name as their source; null for the usual one.' },
  target: { ...orNull(text), maxLength: 32, description: 'What files name as their target; null for none.' },
  dropGuard: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'The share of memberships that a file may take away without being confirmed.',
  },
};
const scheduleMembers = {
  application: text,
  format: { enum: exportFormats },
  profile: { enum: [...exportProfiles, null] },
  type: { enum: ['full', 'delta'] },
  schools: { type: ['array', 'null'], items: text, description: 'Opaque ids of schools; null for all.' },
  schoolYear: { ...orNull(text), description: 'Null for the one that runs on the day.' },
  at: { ...text, pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'A time of day in Norway.' },
  days: list({ enum: weekdays }),
  target: { ...text, description: 'Name of a place in the file of the operator.' },
  fileName: { ...orNull(text), description: 'What the file is called there; null for the usual name of the format.' },
};
const schedule = {
  application: application.id,
  format: 'pifu',
  profile: null,
  type: 'full',
  schools: null,
  schoolYear: null,
  at: '02:30',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  target: 'lms',
  fileName: null,
};

/** By name. */
export const exportSchemas: Readonly<Record<string, NamedSchema>> = {
  ExportRun: { schema: object(exportMembers), example: exportRun },
  ExportRunReport: {
    schema: object({
      ...exportMembers,
      startedAt: orNull(instant),
      progress: object({ step: text, done: whole, total: orNull(whole) }),
      position: { ...orNull(text), description: 'What the application asks for changes since with.' },
      excluded: object({
        counts: list(object({ code: text, what: text, count: whole })),
        list: list(object({ code: text, what: text, id: text })),
      }),
      dropped: list(object({ code: text, field: text, value: text, count: whole })),
      changes: {
        oneOf: [object({ persons: changes, groups: changes, memberships: changes }), { type: 'null' }],
      },
      check: object({
        schema: { enum: ['valid', 'invalid', 'unchecked'] },
        rules: { enum: ['kept', 'broken', 'unchecked'] },
        findings: list(object({ rule: text, at: orNull(text), message: text })),
        count: whole,
      }),
      reason: { oneOf: [object({ code: text, detail: text }), { type: 'null' }] },
      confirmedBy: orNull(text),
      fetched: list(object({ by: text, at: instant, bytes: whole, whole: flag })),
      delivered: list(object({ target: text, at: instant, ok: flag, message: orNull(text) })),
    }),
    example: {
      ...exportRun,
      startedAt: '2026-11-02T01:30:01Z',
      progress: { step: 'done', done: 31_000, total: 31_000 },
      position: null,
      excluded: { counts: [{ code: 'no-name', what: 'person', count: 1 }], list: [] },
      dropped: [],
      changes: null,
      check: { schema: 'valid', rules: 'kept', findings: [], count: 0 },
      reason: { code: 'HUB-420', detail: 'It would take away 12 % of the memberships.' },
      confirmedBy: null,
      fetched: [],
      delivered: [],
    },
  },
  ExportSettings: {
    schema: object({ application: text, ...exportSettings }),
    example: {
      application: application.id,
      profiles: { pifu: 'pifu-ims-1.1' },
      source: null,
      target: 'lms',
      dropGuard: 0.05,
    },
  },
  ExportSettingsChange: {
    schema: body({ ...exportSettings, reason }),
    example: { profiles: { ims: 'ims-1.1-itslearning' }, dropGuard: 0.1, reason: 'itslearning reads it' },
  },
  ExportSchedule: {
    schema: object({
      id: text,
      ...scheduleMembers,
      next: instant,
      last: {
        oneOf: [object({ run: orNull(text), at: instant, ok: flag, message: orNull(text) }), { type: 'null' }],
        description: 'What has become of the latest run; null before the first.',
      },
      pending: { ...orNull(text), description: 'A run that is under way, held, or waits to be brought again.' },
    }),
    example: { id: 'sch-1', ...schedule, next: '2026-11-03T01:30:00Z', last: null, pending: null },
  },
  NewExportSchedule: {
    schema: body({ ...scheduleMembers, reason }, ['application', 'format', 'at', 'target']),
    example: { application: application.id, format: 'pifu', at: '02:30', target: 'lms' },
  },
  ExportScheduleChange: { schema: body({ ...scheduleMembers, reason }), example: { at: '03:15' } },
  ExportTarget: { schema: object({ name: text }), example: { name: 'lms' } },
};
