// Operations on sync runs: listed, shown with what was kept back, and decided about when they are held. Rows of operations.ts.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { badMembers, readBody, readReason } from './body.ts';
import {
  decide,
  missing,
  pageOf,
  placeNumber,
  readPaging,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';
import { runStates, type Rejection, type SyncRun, type TenantPort } from './ports.ts';

const showRun = ({ order: _order, openedAt, touchedAt, closedAt, ...run }: SyncRun): object => ({
  ...run,
  openedAt: formatInstant(openedAt),
  touchedAt: formatInstant(touchedAt),
  closedAt: closedAt === null ? null : formatInstant(closedAt),
});

const showRejection = ({ seenAt, ...rejection }: Rejection): object => ({
  ...rejection,
  seenAt: formatInstant(seenAt),
});

/** The store of the organisation of the address. */
const tenantOf = async (call: AdminCall): Promise<Result<{ readonly id: string; readonly tenant: TenantPort }>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  return found.ok ? ok({ id: found.value.id, tenant: await call.ports.tenant(found.value.id) }) : found;
};

/** `collection` of the query: undefined when it was not given. */
const readCollection = ({ ports, query }: AdminCall): Result<string | undefined> => {
  const given = query.get('collection')?.toLowerCase();
  if (given === undefined || ports.model.collections.has(given)) return ok(given);
  return badQuery('collection', 'the model has no such class');
};

const badQuery = (at: string, message: string): Failed =>
  failed(problem('HUB-103', 'A parameter is not right.', { errors: [{ at, message }] }));

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await tenantOf(call);
  if (!found.ok) return found;
  const [paging, collection] = [readPaging(call, placeNumber), readCollection(call)];
  if (!paging.ok) return paging;
  if (!collection.ok) return collection;
  const wanted = call.query.get('state');
  const state = runStates.find((one) => one === wanted);
  if (wanted !== null && state === undefined) return badQuery('state', `must be one of ${runStates.join(', ')}`);
  const { limit, cursor } = paging.value;
  const runs = await found.value.tenant.runs.runs({
    ...(collection.value === undefined ? {} : { collection: collection.value }),
    ...(state === undefined ? {} : { state }),
    ...(cursor === null ? {} : { before: Number(cursor) }),
    limit: limit + 1,
  });
  const page = runs.slice(0, limit);
  return pageOf(call, page.map(showRun), runs.length > limit ? String(page.at(-1)?.order ?? 0) : null);
};

const findRun = async (tenant: TenantPort, corrId: string): Promise<Result<SyncRun>> => {
  const run = await tenant.runs.run(corrId);
  return run === null ? missing(`There is no run ${corrId}.`) : ok(run);
};

const shownRun = async (tenant: TenantPort, run: SyncRun): Promise<Result<AdminReply>> => {
  const problems = await tenant.runs.rejections({ corrId: run.corrId, limit: limits.rejectionsPerAnswer });
  return reply({ ...showRun(run), problems: problems.map(showRejection) }, { details: run.corrId });
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await tenantOf(call);
  if (!found.ok) return found;
  const run = await findRun(found.value.tenant, call.params['corrId'] ?? '');
  return run.ok ? shownRun(found.value.tenant, run.value) : run;
};

const decided =
  (decision: 'confirm' | 'reject') =>
  async (call: AdminCall): Promise<Result<AdminReply>> => {
    const found = await tenantOf(call);
    if (!found.ok) return found;
    const { id, tenant } = found.value;
    const corrId = call.params['corrId'] ?? '';
    const run = await findRun(tenant, corrId);
    if (!run.ok) return run;
    const body = readBody(call.body, ['reason']);
    const reason = readReason(body, decision === 'confirm' ? 'when a held run is confirmed' : null);
    if (body.errors.length > 0) return badMembers(body.errors);
    if (run.value.state !== 'held') return failed(problem('HUB-409', 'Only a held run can be confirmed or rejected.'));
    const decideRun = await call.ports.runDecisions();
    let result: Result<null> = ok(null);
    const subject = `${corrId} ${id}`;
    await decide(call, { subject, reason, organisations: [id], collection: run.value.collection }, async () => {
      const { actor, requestId } = call;
      result = await decideRun({ organisation: id, corrId, decision, actor, requestId });
    });
    if (!result.ok) return result;
    const after = await findRun(tenant, corrId);
    return after.ok ? shownRun(tenant, after.value) : after;
  };

const rejections = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await tenantOf(call);
  if (!found.ok) return found;
  const collection = readCollection(call);
  if (!collection.ok) return collection;
  const rows = await found.value.tenant.runs.rejections({
    ...(collection.value === undefined ? {} : { collection: collection.value }),
    limit: limits.rejectionsPerAnswer,
  });
  return reply({ items: rows.map(showRejection), next: null }, { count: rows.length });
};

const base = '/admin/organisations/{organisation}';
const run = `${base}/runs/{corrId}`;
const common = { needs: 'read', tag: 'Runs', status: 200 } as const;
const collectionParameter = {
  name: 'collection',
  description: 'Only those of this collection, such as domain/package/class.',
  schema: { type: 'string' },
};

/** The rows. */
export const runOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listRuns',
    word: 'run list',
    method: 'GET',
    path: `${base}/runs`,
    summary: 'Sync runs, the newest first.',
    query: [
      collectionParameter,
      { name: 'state', description: 'Only those in this state.', schema: { enum: runStates } },
    ],
    reply: 'RunList',
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'showRun',
    word: 'run show',
    method: 'GET',
    path: run,
    summary: 'One run, with what was kept back and why.',
    reply: 'RunReport',
    handle: shown,
  },
  {
    ...common,
    id: 'confirmRun',
    word: 'run confirm',
    method: 'POST',
    path: `${run}/confirm`,
    needs: 'write',
    summary: 'Lets a held run remove what it would remove. Needs a reason.',
    body: 'NeededReason',
    reply: 'RunReport',
    handle: decided('confirm'),
  },
  {
    ...common,
    id: 'rejectRun',
    word: 'run reject',
    method: 'POST',
    path: `${run}/reject`,
    needs: 'write',
    summary: 'Keeps what a held run would remove.',
    body: 'Reason',
    reply: 'RunReport',
    handle: decided('reject'),
  },
  {
    ...common,
    id: 'listRejections',
    word: 'rejection list',
    method: 'GET',
    path: `${base}/rejections`,
    summary: 'What was kept back or reported lately, at most a thousand.',
    query: [collectionParameter],
    reply: 'RejectionList',
    handle: rejections,
  },
];
