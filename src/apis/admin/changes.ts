// Operations on announcements: what is to change is checked, shown with those whom it hits, announced, brought to mind, done or called off. Rows of operations.ts. What is
// lawful is decided in #catalogue, who is told in #notices.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { keptChange, type AnnouncedChange, type ChangeState, type KeptChange } from '#catalogue/announcements.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import { noticeEntry, noticeOfChange, type Around } from '#catalogue/compose-notice.ts';
import { changeKinds, type Change, type ChangeKind, type Status, type Words } from '#catalogue/contract.ts';
import { checkDraft, datesOf, promiseOf, type ChangeDates, type Draft } from '#catalogue/draft.ts';
import { hitDays, hitsOf, sinceDay, stillDays, type Hit } from '#catalogue/impact.ts';
import { wayOf, type Notice, type Subscription } from '#catalogue/subscription.ts';
import { writeChanges } from '#catalogue/write-changes.ts';
import { administers } from './actor.ts';
import { badMembers, isMembers, readBody, readReason, type Body, type Members } from './body.ts';
import {
  decide,
  missing,
  notHere,
  pageOfList,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import type { AnnouncingPort } from './ports.ts';

/** A change as it stands here: announced in this hub, or delivered with its catalogue. */
type Standing = {
  readonly change: Change;
  readonly status: Status;
  readonly state: ChangeState;
  readonly kept: KeptChange | null;
};

const draftMembers = [
  'id',
  'api',
  'coordinates',
  'kind',
  'text',
  'migration',
  'replacement',
  'withoutReplacement',
  'planned',
  'emergency',
] as const;

// --- What it shows ------------------------------------------------------------------------------------------------------------

const instantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** Whether it broke, or is to break, what was promised: shown for ever (facts R10). */
const isBreach = ({ doneAt, emergency }: Change, { lawfulAt, effectAt }: ChangeDates): boolean => {
  const at = doneAt ?? (emergency === null ? null : effectAt);
  return at !== null && at < lawfulAt;
};

const showChange = ({ change, status, state, kept }: Standing, { catalogue }: AnnouncingPort): object => {
  const dates = datesOf(change, status, catalogue);
  return {
    id: change.id,
    api: change.api,
    coordinates: change.coordinates,
    kind: change.kind,
    status,
    state,
    text: change.text,
    migration: change.migration,
    replacement: change.replacement,
    withoutReplacement: change.withoutReplacement,
    announcedAt: instantOrNull(change.announcedAt),
    planned: 'at' in change.planned ? { at: formatInstant(change.planned.at) } : change.planned,
    lawfulFrom: instantOrNull(dates?.lawfulAt ?? null),
    earliest: instantOrNull(dates?.effectAt ?? null),
    emergency: change.emergency,
    breach: dates !== null && isBreach(change, dates),
    doneAt: instantOrNull(change.doneAt),
    withdrawn:
      kept?.withdrawn === undefined || kept.withdrawn === null
        ? null
        : { at: formatInstant(kept.withdrawn.at), reason: kept.withdrawn.reason },
    delivered: kept === null,
  };
};

/** Those whom a change hits, as far as the actor administers who answers for them, and by which ways each is told at once. */
const impactOf = async (call: AdminCall, hits: readonly Hit[], notice: Notice): Promise<readonly object[]> => {
  const { platform } = call.ports;
  const applications = new Map((await platform.applications()).map((one) => [one.id, one]));
  const owners = new Map([...applications.values()].map(({ id, owner }) => [id, owner]));
  const subscriptions = (await platform.registerEntries({ kind: 'subscription', state: 'standing' })).map(
    ({ value }) => value as Subscription,
  );
  return hits.flatMap(({ application, count, last, parts }) => {
    const owner = owners.get(application) ?? null;
    if (owner === null ? !administers(call.actor, '') : !administers(call.actor, owner)) return [];
    const loud = subscriptions.filter((one) => wayOf(one, { ...notice, affected: [application] }, owners) === 'loud');
    return [
      {
        application,
        name: applications.get(application)?.name ?? null,
        owner,
        count,
        last,
        parts,
        told: [...new Set(loud.map(({ channel }) => channel.kind))].sort(),
      },
    ];
  });
};

const hitsFor = async (
  call: AdminCall,
  { uses }: AnnouncingPort,
  { api, coordinates }: Pick<Change, 'api' | 'coordinates'>,
  days: number,
): Promise<readonly Hit[]> => hitsOf(coordinates, await uses(api, sinceDay(call.ports.clock.now(), days)));

// --- Finding ------------------------------------------------------------------------------------------------------------------

const allStanding = async (call: AdminCall, port: AnnouncingPort): Promise<readonly Standing[]> => {
  const kept = (await call.ports.platform.registerEntries({ kind: 'change' })).map(keptChange);
  const own = new Set(kept.map(({ change }) => change.id));
  const delivered = port
    .delivered()
    .filter(({ id, announcedAt }) => announcedAt !== null && !own.has(id))
    .map((change): Standing => ({
      change,
      status: promiseOf(change, port),
      state: change.doneAt === null ? 'announced' : 'done',
      kept: null,
    }));
  return [...delivered, ...kept.map((one): Standing => ({ ...one, kept: one }))];
};

const findStanding = async (call: AdminCall, port: AnnouncingPort): Promise<Result<Standing>> => {
  const id = call.params['change'] ?? '';
  const all = await allStanding(call, port);
  const found = all.find(({ change }) => change.id === id);
  if (found !== undefined) return ok(found);
  const near = nearest(
    id,
    all.map(({ change }) => change.id),
  );
  return missing(`There is no change ${id}.${near === null ? '' : ` Is it ${near}?`}`);
};

/** A change of this hub that stands: neither done nor called off. Fails with HUB-204, or HUB-409 for others. */
const findOpen = async (call: AdminCall, port: AnnouncingPort): Promise<Result<KeptChange>> => {
  const found = await findStanding(call, port);
  if (!found.ok) return found;
  const { kept, state, change } = found.value;
  if (kept === null)
    return refuse(
      problem('HUB-409', `${change.id} comes with the catalogue of the hub: it is changed in catalogue/changes.yaml.`),
    );
  return state === 'announced' ? ok(kept) : refuse(problem('HUB-409', `${change.id} is ${state} already.`));
};

// --- What is said -------------------------------------------------------------------------------------------------------------

const readWords = (body: Body, name: 'text' | 'migration' | 'withoutReplacement'): Words | null => {
  const given = body.value(name);
  if (given === undefined || given === null) return null;
  if (!isMembers(given)) {
    body.errors.push({ at: `/${name}`, message: 'must be nb, en and, if there is one, nn' });
    return null;
  }
  const members = readBody(given, ['nb', 'nn', 'en'], body.errors, `/${name}`);
  const [nb, nn, en] = (['nb', 'nn', 'en'] as const).map((language) =>
    members.text(language, limits.changeTextLength)?.trim(),
  );
  return nn === undefined ? { nb: nb ?? '', en: en ?? '' } : { nb: nb ?? '', nn, en: en ?? '' };
};

const dateForm = /^\d{4}-\d{2}-\d{2}$/;
const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** A day, which is its first moment in Norway, or an instant in UTC; null for what is none. */
const momentIn = (text: string): number | null => {
  if (!dateForm.test(text) && !instantForm.test(text)) return null;
  const at = Date.parse(text);
  // The round trip refuses days that the month does not have.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text.slice(0, 10))) return null;
  return dateForm.test(text) ? startOfDay(text) : at;
};

const readPlanned = (body: Body): Change['planned'] => {
  const given: Members = isMembers(body.value('planned')) ? (body.value('planned') as Members) : {};
  const members = readBody(given, ['release', 'at'], body.errors, '/planned');
  const [release, text] = [members.number('release'), members.text('at', 40)];
  const at = text === undefined ? null : momentIn(text);
  if (release !== undefined && text === undefined && Number.isSafeInteger(release)) return { release };
  if (release === undefined && at !== null) return { at };
  body.errors.push({
    at: '/planned',
    message: 'must be {"release": 2}, or {"at": "2028-03-31"} with a day or an instant in UTC',
  });
  return { at: 0 };
};

/** Why a breach is allowed, and by whom: by another than the one who asks. */
const readEmergency = (call: AdminCall, body: Body): Change['emergency'] => {
  const given = body.value('emergency');
  if (given === undefined || given === null) return null;
  const members = readBody(isMembers(given) ? given : {}, ['reason', 'approver'], body.errors, '/emergency');
  const [reason = '', approver = ''] = [members.text('reason', 1_000)?.trim(), members.text('approver', 200)?.trim()];
  if (reason.length < 3)
    body.errors.push({ at: '/emergency/reason', message: 'is needed: it is shown with the breach' });
  if (approver.length < 3)
    body.errors.push({ at: '/emergency/approver', message: 'is needed: who answers for the breach' });
  const { name, client } = call.actor;
  if ([name, client, name.split(':')[1]].some((one) => one?.toLowerCase() === approver.toLowerCase()))
    body.errors.push({ at: '/emergency/approver', message: 'must be another than the one who asks' });
  return { reason, approver };
};

const readDraft = (call: AdminCall, body: Body): Draft => {
  const kind = body.text('kind', 20);
  if (!changeKinds.some((one) => one === kind))
    body.errors.push({ at: '/kind', message: `must be one of ${changeKinds.join(', ')}` });
  return {
    id: body.text('id', 200)?.trim() ?? '',
    api: body.text('api', 200)?.trim() ?? '',
    coordinates: (body.texts('coordinates') ?? []).map((one) => one.trim()),
    kind: (kind ?? 'breaking') as ChangeKind,
    text: readWords(body, 'text') ?? { nb: '', en: '' },
    migration: readWords(body, 'migration'),
    replacement: body.textOrNull('replacement', 1_000)?.trim() ?? null,
    withoutReplacement: readWords(body, 'withoutReplacement'),
    planned: readPlanned(body),
    emergency: readEmergency(call, body),
  };
};

// --- The operations -----------------------------------------------------------------------------------------------------------

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const [api, state, format] = ['api', 'state', 'format'].map((name) => call.query.get(name));
  const chosen = (await allStanding(call, port)).filter(
    (one) => (api === null || one.change.api === api) && (state === null || one.state === state),
  );
  if (format === 'yaml')
    return reply(writeChanges(chosen.filter((one) => one.state !== 'withdrawn').map(({ change }) => change)), {
      type: 'application/yaml; charset=utf-8',
      count: chosen.length,
    });
  return pageOfList(
    call,
    chosen,
    ({ change }) => `${String(change.announcedAt ?? 0).padStart(15, '0')} ${change.id}`,
    (one) => showChange(one, port),
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const found = await findStanding(call, port);
  if (!found.ok) return found;
  const { change, status } = found.value;
  const api = port.catalogue.apis.get(change.api);
  const dates = datesOf(change, status, port.catalogue);
  const hits = await hitsFor(call, port, change, hitDays);
  const notice =
    api === undefined || dates === null
      ? null
      : noticeOfChange('announced', change, { api, status, dates, now: call.ports.clock.now(), affected: [] });
  return reply({ ...showChange(found.value, port), hits: notice === null ? [] : await impactOf(call, hits, notice) });
};

const announced = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const port = ports.announcing;
  if (port === null) return notHere();
  const body = readBody(call.body, [...draftMembers, 'dryRun', 'reason']);
  const draft = readDraft(call, body);
  const dryRun = body.flag('dryRun') === true;
  const reason = readReason(body);
  const now = ports.clock.now();
  const verdict = checkDraft(draft, { catalogue: port.catalogue, parts: port.parts, now });
  const said = new Set(body.errors.map(({ at }) => at));
  // What was no value at all is told once.
  const errors: readonly ProblemItem[] = [...body.errors, ...verdict.errors.filter(({ at }) => !said.has(at))];
  if (errors.length > 0) return badMembers(errors);
  if ((await allStanding(call, port)).some(({ change }) => change.id === draft.id))
    return refuse(problem('HUB-409', `There is a change ${draft.id} already.`));

  const change: Change = { ...draft, announcedAt: now, doneAt: null };
  const { status } = verdict;
  const api = port.catalogue.apis.get(draft.api);
  const dates = datesOf(change, status, port.catalogue);
  if (api === undefined || dates === null) return badMembers([{ at: '/api', message: 'is not known' }]);
  const hits = await hitsFor(call, port, draft, hitDays);
  const around: Around = { api, status, dates, now, affected: hits.map(({ application }) => application) };
  const notice = noticeOfChange('announced', change, around);
  const impact = await impactOf(call, hits, notice);
  const standing: Standing = { change, status, state: 'announced', kept: null };
  const answer = {
    ...showChange(standing, port),
    delivered: false,
    hits: impact,
    notice: { subject: notice.subject, text: notice.text },
    published: !dryRun,
  };
  if (dryRun) return reply({ ...answer, announcedAt: null }, { status: 200 });

  const value: AnnouncedChange = { change, status, withdrawn: null };
  const entry = {
    kind: 'change',
    id: change.id,
    revision: 1,
    organisation: null,
    application: null,
    state: 'announced',
    createdAt: now,
    changedAt: now,
    value,
  } as const;
  const put = await recorded(call, `${change.api} ${change.id}: ${change.coordinates.join(', ')}`, reason, () =>
    ports.platform.putRegister({ entries: [entry, noticeEntry(notice)] }),
  );
  if (!put) return refuse(problem('HUB-409', `There is a change ${draft.id} already.`));
  port.tell();
  return reply(answer, { status: 201 });
};

/** Records a decision and makes it. False when somebody else was there first. */
const recorded = async (
  call: AdminCall,
  subject: string,
  reason: string,
  work: () => boolean | Promise<boolean>,
): Promise<boolean> => {
  let put = false;
  await decide(call, { subject: subject.slice(0, 500), reason, organisations: [] }, async () => {
    put = await work();
  });
  return put;
};

const conflict = problem('HUB-409', 'Somebody else has changed it meanwhile: look at it once more.');

/** What stands around a change of the register when a notice of it is made; hits within some days. */
const aroundOf = async (
  call: AdminCall,
  port: AnnouncingPort,
  { change, status }: KeptChange,
  days: number,
): Promise<Around | null> => {
  const api = port.catalogue.apis.get(change.api);
  const dates = datesOf(change, status, port.catalogue);
  if (api === undefined || dates === null) return null;
  const hits = await hitsFor(call, port, change, days);
  return { api, status, dates, now: call.ports.clock.now(), affected: hits.map(({ application }) => application) };
};

const reminded = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const port = ports.announcing;
  if (port === null) return notHere();
  const found = await findOpen(call, port);
  if (!found.ok) return found;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const around = await aroundOf(call, port, found.value, stillDays);
  const { change } = found.value;
  const none = { change: change.id, reminded: 0, hits: [] };
  if (around === null || around.affected.length === 0) return reply(none);
  // Once a day at the most, however often it is asked for.
  const notice = noticeOfChange('reminder', change, around, { mark: formatInstant(around.now).slice(0, 10) });
  if ((await ports.platform.registerEntry('notice', notice.id)) !== null)
    return refuse(problem('HUB-409', `Those who use ${change.id} have been reminded today.`));
  const put = await recorded(call, `${change.id}: ${around.affected.length}`, reason, () =>
    ports.platform.putRegister({ entries: [noticeEntry(notice)] }),
  );
  if (!put) return refuse(conflict);
  port.tell();
  const hits = await impactOf(call, await hitsFor(call, port, change, stillDays), notice);
  return reply({ change: change.id, reminded: around.affected.length, hits });
};

/** Puts a change into its last state, with the notice of it. */
const settled = async (
  call: AdminCall,
  port: AnnouncingPort,
  kept: KeptChange,
  to: { readonly state: 'done' | 'withdrawn'; readonly value: AnnouncedChange; readonly reason: string },
): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const { state, value, reason } = to;
  const around = await aroundOf(call, port, { ...kept, change: value.change }, hitDays);
  if (around === null) return refuse(problem('HUB-409', `There is no API ${value.change.api} any more.`));
  const notice = noticeOfChange(state, value.change, around, { why: reason });
  const { entry } = kept;
  const next = { ...entry, revision: entry.revision + 1, state, changedAt: around.now, value };
  const put = await recorded(call, value.change.id, reason, () =>
    ports.platform.putRegister({ entries: [next, noticeEntry(notice)] }),
  );
  if (!put) return refuse(conflict);
  port.tell();
  return reply(showChange({ ...value, state, kept: keptChange(next) }, port));
};

const done = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const found = await findOpen(call, port);
  if (!found.ok) return found;
  const kept = found.value;
  const body = readBody(call.body, ['emergency', 'reason']);
  const emergency = readEmergency(call, body) ?? kept.change.emergency;
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const now = call.ports.clock.now();
  const change: Change = { ...kept.change, emergency, doneAt: now };
  const dates = datesOf(kept.change, kept.status, port.catalogue);
  const early = dates !== null && now < dates.effectAt;
  if (early && emergency === null && kept.change.kind !== 'compatible')
    return refuse(
      problem(
        'HUB-409',
        `${change.id} may not be done before ${formatInstant(dates.effectAt)}. An emergency needs a reason and somebody who approves it.`,
      ),
    );
  return settled(call, port, kept, {
    state: 'done',
    value: {
      change: early ? change : { ...change, emergency: kept.change.emergency },
      status: kept.status,
      withdrawn: null,
    },
    reason,
  });
};

const withdrawn = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const found = await findOpen(call, port);
  if (!found.ok) return found;
  const { change, status } = found.value;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body, 'when an announcement is called off');
  if (body.errors.length > 0) return badMembers(body.errors);
  return settled(call, port, found.value, {
    state: 'withdrawn',
    value: { change, status, withdrawn: { at: call.ports.clock.now(), reason } },
    reason,
  });
};

const changePath = '/admin/changes/{change}';
const common = { tag: 'Changes', needs: 'platform', status: 200, method: 'POST', reply: 'Change' } as const;

/** The rows. */
export const changeOperations: readonly Operation[] = [
  {
    id: 'listChanges',
    word: 'change list',
    method: 'GET',
    path: '/admin/changes',
    needs: 'read',
    tag: 'Changes',
    summary:
      'What changes in the APIs, in the order of the announcements: announced in this hub or delivered with its catalogue. As YAML it has the form of catalogue/changes.yaml.',
    query: [
      { name: 'api', description: 'Only those of this API.', schema: { type: 'string' } },
      { name: 'state', description: 'Only those in this state.', schema: { enum: ['announced', 'done', 'withdrawn'] } },
      { name: 'format', description: 'json unless given.', schema: { enum: ['json', 'yaml'] } },
    ],
    reply: 'ChangeList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'announceChange',
    word: 'change announce',
    path: '/admin/changes',
    summary:
      'Announces a change: at once in the feeds and headers, and to those who want to be told. Refused when it is planned for a moment before the earliest lawful one. With dryRun nothing is announced: the answer says whom it would hit.',
    body: 'NewChange',
    reply: 'Announcement',
    status: 201,
    handle: announced,
  },
  {
    ...common,
    id: 'showChange',
    word: 'change show',
    method: 'GET',
    path: changePath,
    needs: 'read',
    summary:
      'One change, with the applications of the organisations that the caller administers that have used what it is about within 400 days.',
    reply: 'ChangeWithHits',
    handle: shown,
  },
  {
    ...common,
    id: 'remindOfChange',
    word: 'change remind',
    path: `${changePath}/remind`,
    summary: 'Reminds those who have used what goes within 90 days, once a day at the most.',
    body: 'Reason',
    reply: 'Reminder',
    handle: reminded,
  },
  {
    ...common,
    id: 'finishChange',
    word: 'change done',
    path: `${changePath}/done`,
    summary:
      'Says that a change is done. Refused before its lawful moment, unless it is an emergency that somebody else approves: that is shown as a breach of the contract for ever.',
    body: 'ChangeDone',
    handle: done,
  },
  {
    ...common,
    id: 'withdrawChange',
    word: 'change withdraw',
    path: `${changePath}/withdraw`,
    summary: 'Calls an announcement off. Those who were told are told so.',
    body: 'Reason',
    handle: withdrawn,
  },
];
