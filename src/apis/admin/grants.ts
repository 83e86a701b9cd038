// Operations on grants: an organisation opens some of its data to an application, changes that, and ends it. Rows of operations.ts. What a
// grant then opens is decided in hub/authorize.ts.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { isInForce } from '#hub/authorize.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { administers, may } from './actor.ts';
import { leanOnAgreement, type Leant } from './agreement-rules.ts';
import { badMembers, readBody, readReason } from './body.ts';
import {
  changedAtOf,
  checkMatch,
  claimId,
  decide,
  etagOf,
  missing,
  pageOfList,
  placeByAge,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { blankRule, contradictions, grantMembers, overlaps, readRule } from './grant-rules.ts';
import { findOrganisation } from './organisations.ts';
import type { Application, Grant } from './ports.ts';

/** A grant as it is shown; times as instants. `live`: it opens something at this moment. */
export const showGrant = (grant: Grant, application: Application | null, now: number): object => ({
  ...grant,
  clearance: grant.clearance ?? 0,
  from: grant.from === null ? null : formatInstant(grant.from),
  to: grant.to === null ? null : formatInstant(grant.to),
  createdAt: formatInstant(grant.createdAt),
  ...changedAtOf(grant),
  live:
    application !== null &&
    !application.disabled &&
    application.environment === grant.environment &&
    isInForce(grant, now),
});

/** Live grants that the application has from the organisation and that count for every token of it. */
const liveOf = async ({ ports }: AdminCall, application: string, organisation: string): Promise<readonly Grant[]> => {
  const now = ports.clock.now();
  const all = await ports.platform.grantsOf(application);
  return all.filter(
    (grant) => grant.organisation === organisation && (grant.scope ?? null) === null && isInForce(grant, now),
  );
};

const one = async (
  call: AdminCall,
  grant: Grant,
  more: { readonly status?: number; readonly warnings?: readonly ProblemItem[] } = {},
): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const application = await platform.application(grant.application);
  const { status = 200, warnings = [] } = more;
  const shown = showGrant(grant, application, clock.now());
  return reply(warnings.length === 0 ? shown : { ...shown, warnings }, {
    status,
    headers: { etag: etagOf(grant) },
    organisation: grant.organisation,
    details: grant.id,
  });
};

/** The grant when the actor administers the organisation whose data it opens. Missing otherwise, whichever it was. */
const findGrant = async (call: AdminCall): Promise<Result<Grant>> => {
  const id = call.params['grant'] ?? '';
  const all = await call.ports.platform.grants();
  const found = all.find((grant) => grant.id === id && administers(call.actor, grant.organisation));
  return found === undefined ? missing(`There is no grant ${id}.`) : ok(found);
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const now = clock.now();
  const [application, named, all, ofLink] = ['application', 'organisation', 'all', 'link'].map((name) =>
    call.query.get(name),
  );
  const organisation = named === null || named === undefined ? null : normaliseOrganisationId(named);
  const applications = new Map((await platform.applications()).map((each) => [each.id, each]));
  const chosen = (await platform.grants()).filter(
    (grant) =>
      administers(call.actor, grant.organisation) &&
      (application === null || grant.application === application) &&
      (organisation === null || grant.organisation === organisation) &&
      (grant.link ?? null) === ofLink &&
      (all === 'true' || grant.to === null || grant.to > now),
  );
  return pageOfList(call, chosen, placeByAge, (grant) =>
    showGrant(grant, applications.get(grant.application) ?? null, now),
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findGrant(call);
  return found.ok ? one(call, found.value) : found;
};

const protectedReason = 'when protected persons are to be shown';

/** The application that a body names, to give it access; null and a finding when there is none. */
export const findApplication = async (
  { ports, actor }: AdminCall,
  named: string,
  errors: ProblemItem[],
): Promise<Application | null> => {
  const application = await ports.platform.application(named);
  if (application !== null) return application;
  // Ids of applications are public, but only those who run the hub are helped to guess them.
  const ids = may(actor, 'platform') ? (await ports.platform.applications()).map(({ id }) => id) : [];
  const near = nearest(named, ids);
  errors.push({
    at: '/application',
    message: `there is no application ${named}${near === null ? '' : `. Is it ${near}?`}`,
  });
  return null;
};

const given = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const body = readBody(call.body, ['application', 'organisation', ...grantMembers, 'reason']);
  const { errors } = body;
  const organisation = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!organisation.ok) return organisation;
  const application = await findApplication(call, body.text('application', 200) ?? '', errors);
  if (application === null) return badMembers(errors);
  if (application.kind === 'admin')
    return badMembers([...errors, { at: '/application', message: 'administers, and takes no grants' }]);
  const rule = readRule(body, blankRule, application.kind, ports.model);
  const reason = readReason(body, (rule.clearance ?? 0) > 0 ? protectedReason : null);
  const others = await liveOf(call, application.id, organisation.value.id);
  errors.push(...contradictions(rule, others, ports.model));
  const leant = await lean(call, organisation.value.id, application, rule, errors);
  if (errors.length > 0) return badMembers(errors);
  const id = await claimId(call, `grant-${ports.random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const before = (await ports.platform.grantsOf(application.id)).find((grant) => grant.id === id.value);
  if (before !== undefined) return one(call, before);
  const grant: Grant = {
    ...rule,
    ...leant.period,
    id: id.value,
    application: application.id,
    organisation: organisation.value.id,
    environment: application.environment,
    ...(leant.agreementId === null ? {} : { agreementId: leant.agreementId }),
    createdAt: ports.clock.now(),
  };
  if (!(await keep(call, grant, reason, leant))) return refuse(meanwhile);
  return one(call, grant, { status: 201, warnings: [...overlaps(grant, others), ...leant.warnings] });
};

const meanwhile = problem('HUB-409', 'The agreement has been changed meanwhile; look at it again.');

const lean = (
  call: AdminCall,
  organisation: string,
  application: Application,
  { agreement, from, to }: Pick<Grant, 'agreement' | 'from' | 'to'>,
  errors: ProblemItem[],
): Promise<Leant> =>
  leanOnAgreement(
    call,
    { organisation, application, named: agreement, period: { from, to }, at: { agreement: '/agreement', to: '/to' } },
    errors,
  );

/** False when the agreement that it rests on was changed meanwhile, and nothing is kept. */
const keep = async (
  call: AdminCall,
  grant: Grant,
  reason: string,
  { entries }: Pick<Leant, 'entries'> = { entries: [] },
): Promise<boolean> => {
  const subject = `${grant.id} ${grant.organisation} ${grant.application}`;
  let kept = false;
  await decide(call, { subject, reason, organisations: [grant.organisation] }, async () => {
    kept = await call.ports.platform.putRegister({ entries, grants: [grant] });
  });
  return kept;
};

/** What a link has made is changed and ended with the link; what a request or a delegation has made is not changed. */
const refuseOfLink = ({ link = null }: Grant): Failed | null =>
  link === null ? null : failed(problem('HUB-409', `The grant belongs to the link ${link}: change or end that.`));

const refuseMade = ({ request, delegation }: Grant): Failed | null => {
  const maker = request ?? delegation ?? null;
  return maker === null
    ? null
    : failed(problem('HUB-409', `The grant was given by ${maker}, as it was approved: end it, or ask anew.`));
};

const changed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const found = await findGrant(call);
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const made = refuseOfLink(before) ?? refuseMade(before);
  if (made !== null) return made;
  const now = ports.clock.now();
  if (before.to !== null && before.to <= now) return refuse(problem('HUB-409', 'The grant has ended; give a new one.'));
  const application = await ports.platform.application(before.application);
  const body = readBody(call.body, [...grantMembers, 'reason']);
  const { errors } = body;
  const rule = readRule(body, before, application?.kind ?? 'client', ports.model);
  const widens = (rule.clearance ?? 0) > 0 && body.given('clearance');
  const reason = readReason(body, widens ? protectedReason : null);
  const others = (await liveOf(call, before.application, before.organisation)).filter(({ id }) => id !== before.id);
  errors.push(...contradictions(rule, others, ports.model));
  const leant = application === null ? null : await lean(call, before.organisation, application, rule, errors);
  if (errors.length > 0) return badMembers(errors);
  const agreementId = leant?.agreementId ?? null;
  const after: Grant = { ...before, ...rule, ...leant?.period, agreementId, changedAt: now };
  if (!(await keep(call, after, reason, leant ?? { entries: [] }))) return refuse(meanwhile);
  return one(call, after, { warnings: [...overlaps(after, others), ...(leant?.warnings ?? [])] });
};

const ended = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findGrant(call);
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const ofLink = refuseOfLink(before);
  if (ofLink !== null) return ofLink;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const now = call.ports.clock.now();
  // One that is over stays as it is; one that has not begun ends before it begins, and so is never in force.
  if (before.to !== null && before.to <= now) return one(call, before);
  const after: Grant = { ...before, to: now };
  await keep(call, after, reason);
  return one(call, after);
};

const grantPath = '/admin/grants/{grant}';
const common = { tag: 'Grants', needs: 'write', status: 200, reply: 'Grant', versioned: true } as const;

/** The rows. */
export const grantOperations: readonly Operation[] = [
  {
    id: 'listGrants',
    word: 'grant list',
    method: 'GET',
    path: '/admin/grants',
    needs: 'read',
    tag: 'Grants',
    summary:
      'Grants that open data of the organisations which the caller administers, in the order in which they were given; those of links only when the link is named.',
    query: [
      { name: 'application', description: 'Only those of this application.', schema: { type: 'string' } },
      { name: 'organisation', description: 'Only those of this organisation.', schema: { type: 'string' } },
      { name: 'link', description: 'Those that this link has made, and no others.', schema: { type: 'string' } },
      { name: 'all', description: 'Also those that have ended.', schema: { enum: ['true', 'false'] } },
    ],
    reply: 'GrantList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'giveGrant',
    word: 'grant give',
    method: 'POST',
    path: '/admin/grants',
    summary:
      'Opens data of an organisation to an application. What contradicts itself or the model is refused; what is hardly meant is warned of. Showing protected persons needs a reason.',
    body: 'NewGrant',
    status: 201,
    repeatable: true,
    handle: given,
  },
  {
    ...common,
    id: 'showGrant',
    word: 'grant show',
    method: 'GET',
    path: grantPath,
    needs: 'read',
    summary: 'One grant.',
    handle: shown,
  },
  {
    ...common,
    id: 'setGrant',
    word: 'grant set',
    method: 'PATCH',
    path: grantPath,
    summary:
      'Changes what is given and leaves the rest. In force at once; followers are told what they gained and lost.',
    body: 'GrantChange',
    handle: changed,
  },
  {
    ...common,
    id: 'endGrant',
    word: 'grant end',
    method: 'POST',
    path: `${grantPath}/end`,
    summary: 'Ends a grant now; it stays on record. Ending one that is over changes nothing.',
    body: 'Reason',
    handle: ended,
  },
];
