// Operations on exports: the owner of the data sees what every application was given, lets a held run out or stops it, and sets how files are made
// for an application. Rows of operations.ts. The files themselves are for the applications alone.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { badMembers, isMembers, readBody, readReason, type Body } from './body.ts';
import {
  checkMatch,
  decide,
  etagOf,
  missing,
  notHere,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';
import {
  exportFormats,
  exportProfiles,
  exportStates,
  type ExportAsker,
  type ExportRun,
  type ExportSettings,
  type ExportsPort,
} from './ports.ts';

type Asked = { readonly exports: ExportsPort; readonly asker: ExportAsker };

/** The organisation of the address, and who asks about its exports. */
export const askedOf = async (call: AdminCall): Promise<Result<Asked>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { exports } = call.ports;
  if (exports === null) return notHere();
  const { actor, requestId } = call;
  return ok({ exports, asker: { organisation: found.value.id, actor, requestId } });
};

/** Why, without what is not for readers. */
const showRun = ({ reason, ...run }: ExportRun): object => ({
  ...run,
  reason: reason === null ? null : { code: reason.code, detail: reason.detail },
});

const summaryMembers = [
  'id',
  'application',
  'format',
  'profile',
  'type',
  'schools',
  'schoolYear',
  'state',
  'trigger',
  'createdAt',
  'finishedAt',
  'expiresAt',
  'exported',
  'fileName',
  'sha256',
  'bytes',
] as const satisfies readonly (keyof ExportRun)[];

const summaryOf = (run: ExportRun): object => Object.fromEntries(summaryMembers.map((name) => [name, run[name]]));

const badQuery = (at: string, message: string): Failed =>
  failed(problem('HUB-103', 'A parameter is not right.', { errors: [{ at, message }] }));

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const [application, state] = ['application', 'state'].map((name) => call.query.get(name));
  const given = call.query.get('limit') ?? String(limits.exportRuns);
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > 1_000) return badQuery('limit', 'must be 1 to 1000');
  if (state !== null && !exportStates.some((one) => one === state))
    return badQuery('state', `must be one of ${exportStates.join(', ')}`);
  const runs = await asked.value.exports.runs(asked.value.asker, limits.exportRuns);
  if (!runs.ok) return runs;
  const items = runs.value
    .filter(
      (run) => (application === null || run.application === application) && (state === null || run.state === state),
    )
    .slice(0, limit)
    .map(summaryOf);
  return reply({ items, next: null }, { count: items.length });
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const run = await asked.value.exports.run(call.params['export'] ?? '', asked.value.asker);
  return run.ok ? reply(showRun(run.value), { details: run.value.id }) : run;
};

const needed = { confirm: 'when a held export is confirmed', reject: null, cancel: null } as const;
const waiting = {
  confirm: ['held'],
  reject: ['held'],
  cancel: ['queued', 'running', 'held'],
} as const satisfies Readonly<Record<string, readonly ExportRun['state'][]>>;

const decided =
  (decision: 'confirm' | 'reject' | 'cancel') =>
  async (call: AdminCall): Promise<Result<AdminReply>> => {
    const asked = await askedOf(call);
    if (!asked.ok) return asked;
    const { exports, asker } = asked.value;
    const id = call.params['export'] ?? '';
    const run = await exports.run(id, asker);
    if (!run.ok) return run;
    const body = readBody(call.body, ['reason']);
    const reason = readReason(body, needed[decision]);
    if (body.errors.length > 0) return badMembers(body.errors);
    const states: readonly ExportRun['state'][] = waiting[decision];
    if (!states.includes(run.value.state))
      return failed(problem('HUB-409', `Only a run that is ${states.join(' or ')} can be decided so.`));
    let result: Result<ExportRun> = run;
    const subject = `${id} ${run.value.application}`;
    await decide(call, { subject, reason, organisations: [asker.organisation] }, async () => {
      result = await exports.decide(id, decision, asker, reason);
    });
    return result.ok ? reply(showRun(result.value), { details: id }) : result;
  };

// --- Settings -----------------------------------------------------------------------------------------------------------------

/** An application that the organisation has let in, now or before; others are as if they were not there. */
export const knownApplication = async (call: AdminCall, organisation: string, id: string): Promise<boolean> => {
  const { platform } = call.ports;
  const application = await platform.application(id);
  if (application === null || application.kind !== 'client') return false;
  const [links, grants] = [await platform.linksOf(id), await platform.grantsOf(id)];
  return [...links, ...grants].some((one) => one.organisation === organisation);
};

const settingsOf = async (
  call: AdminCall,
): Promise<Result<Asked & { application: string; settings: ExportSettings }>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const application = call.params['application'] ?? '';
  if (!(await knownApplication(call, asked.value.asker.organisation, application)))
    return missing(`There is no application ${application} that is let in.`);
  const settings = await asked.value.exports.settings(application, asked.value.asker);
  return settings.ok ? ok({ ...asked.value, application, settings: settings.value }) : settings;
};

const oneSettings = (application: string, settings: ExportSettings): Result<AdminReply> =>
  reply({ application, ...settings }, { headers: { etag: etagOf(settings) }, details: application });

const shownSettings = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await settingsOf(call);
  return found.ok ? oneSettings(found.value.application, found.value.settings) : found;
};

const readProfiles = (body: Body, before: ExportSettings['profiles']): ExportSettings['profiles'] => {
  const given = body.value('profiles');
  if (given === undefined) return before;
  if (!isMembers(given)) {
    body.errors.push({ at: '/profiles', message: `must be ${exportFormats.join(', ')}` });
    return before;
  }
  const members = readBody(given, exportFormats, body.errors, '/profiles');
  const profiles: { -readonly [Name in keyof ExportSettings['profiles']]: ExportSettings['profiles'][Name] } = {
    ...before,
  };
  for (const format of exportFormats) {
    const name = members.textOrNull(format, 100);
    if (name === undefined) continue;
    const profile = exportProfiles.find((one) => one === name && one.startsWith(format));
    if (name === null) delete profiles[format];
    else if (profile === undefined)
      body.errors.push({
        at: `/profiles/${format}`,
        message: `must be one of ${exportProfiles.filter((one) => one.startsWith(format)).join(', ')}`,
      });
    else profiles[format] = profile;
  }
  return profiles;
};

const changedSettings = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await settingsOf(call);
  if (!found.ok) return found;
  const { application, asker, exports, settings: before } = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['profiles', 'source', 'target', 'dropGuard', 'reason']);
  const [source, target] = (['source', 'target'] as const).map((name) =>
    body.textOrNull(name, limits.exportSourceLength),
  );
  const dropGuard = body.number('dropGuard');
  if (dropGuard !== undefined && !(dropGuard >= 0 && dropGuard <= 1))
    body.errors.push({ at: '/dropGuard', message: 'must be a share from 0 to 1' });
  const settings: ExportSettings = {
    profiles: readProfiles(body, before.profiles),
    source: source === undefined ? before.source : source,
    target: target === undefined ? before.target : target,
    dropGuard: dropGuard ?? before.dropGuard,
  };
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  let result: Result<ExportSettings> = ok(before);
  const subject = `${application}: ${JSON.stringify(settings)}`;
  await decide(call, { subject, reason, organisations: [asker.organisation] }, async () => {
    result = await exports.putSettings(application, settings, asker);
  });
  return result.ok ? oneSettings(application, result.value) : result;
};

const base = '/admin/organisations/{organisation}';
const run = `${base}/exports/{export}`;
const settings = `${base}/export-settings/{application}`;
const common = { needs: 'read', tag: 'Exports', status: 200, reply: 'ExportRunReport' } as const;

/** The rows. */
export const exportOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listExports',
    word: 'export list',
    method: 'GET',
    path: `${base}/exports`,
    summary: `Exports of all applications, the newest first; the latest ${limits.exportRuns} are looked at.`,
    query: [
      { name: 'application', description: 'Only those of this application.', schema: { type: 'string' } },
      { name: 'state', description: 'Only those in this state.', schema: { enum: exportStates } },
      {
        name: 'limit',
        description: 'How many, at most.',
        schema: { type: 'integer', minimum: 1, maximum: 1_000 },
      },
    ],
    reply: 'ExportRunList',
    handle: listed,
  },
  {
    ...common,
    id: 'showExport',
    word: 'export show',
    method: 'GET',
    path: run,
    summary:
      'Everything about a run: what was given out, what was left out and why, the check, and who has fetched it. The file is for the application alone.',
    handle: shown,
  },
  {
    ...common,
    id: 'confirmExport',
    word: 'export confirm',
    method: 'POST',
    path: `${run}/confirm`,
    needs: 'write',
    summary: 'Lets a held file out, which takes away more memberships than the setting allows. Needs a reason.',
    body: 'NeededReason',
    handle: decided('confirm'),
  },
  {
    ...common,
    id: 'rejectExport',
    word: 'export reject',
    method: 'POST',
    path: `${run}/reject`,
    needs: 'write',
    summary: 'Keeps a held file from ever being given out.',
    body: 'Reason',
    handle: decided('reject'),
  },
  {
    ...common,
    id: 'cancelExport',
    word: 'export cancel',
    method: 'POST',
    path: `${run}/cancel`,
    needs: 'write',
    summary: 'Stops a run that waits or is under way.',
    body: 'Reason',
    handle: decided('cancel'),
  },
  {
    ...common,
    id: 'showExportSettings',
    word: 'export settings',
    method: 'GET',
    path: settings,
    summary:
      'How files are made for an application: profile of each format, source and target as files name them, and the guard.',
    reply: 'ExportSettings',
    versioned: true,
    handle: shownSettings,
  },
  {
    ...common,
    id: 'setExportSettings',
    word: 'export set',
    method: 'PATCH',
    path: settings,
    needs: 'write',
    summary:
      'Changes what is given and leaves the rest. Another source makes every id in the files another one for those who read them.',
    body: 'ExportSettingsChange',
    reply: 'ExportSettings',
    versioned: true,
    handle: changedSettings,
  },
];
