// What owners decide about access requests: approve, approve less, ask back, refuse, hand on, revoke. Rows of operations.ts. Whoever asked never approves, and
// national ids, protected and special data, and protected persons take two.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import type { Failed, Result } from '#base/result.ts';
import {
  isAgreementStanding,
  leanedOn,
  withinAgreement,
  exceedsAgreement,
  type Agreement,
} from '#catalogue/access/agreement.ts';
import type { AccessRequest, AccessTerms, Approval } from '#catalogue/access/access-request.ts';
import { fourEyes } from '#catalogue/access/packages.ts';
import { grantsOfTerms } from './access-grants.ts';
import { endOf, isOpen, keepRequest, readText, requestPath, waitingState, withMessage } from './access-requests.ts';
import { findRequest, type FoundRequest } from './access-shown.ts';
import { checkWithin, readTerms, termMembers } from './access-terms.ts';
import { takesBoth } from './two-hands.ts';
import { standingAgreements } from './agreement-rules.ts';
import { badMembers, readBody, readReason, type Body } from './body.ts';
import { checkMatch, refuse, type AdminCall, type AdminReply, type Operation } from './call.ts';
import type { Actor, Application, RegisterEntry } from './ports.ts';

/** Why an actor may not decide about a request; null when he may. */
const whyNot = (actor: Actor, { request, isOwner }: FoundRequest): string | null => {
  const { askedBy, vendor, escalation, approvals } = request;
  if (!isOwner) return 'The organisation whose data it is decides.';
  if (actor.client === askedBy) return 'Whoever asked for access does not decide about it.';
  if (actor.organisation === vendor) return 'Nobody decides about access for the own organisation.';
  if (escalation === null) return null;
  if (escalation.by.includes(actor.client)) return 'You have handed it on: somebody else decides.';
  const hasDecided = approvals.some(({ by }) => by === escalation.to);
  if (escalation.to !== null && escalation.to !== actor.client && !hasDecided)
    return `It has been handed on to ${escalation.to}.`;
  return null;
};

/** A request that is open and the actor's to decide. Fails with HUB-204, HUB-400, HUB-409 or HUB-412. */
const findToDecide = async (call: AdminCall): Promise<Result<FoundRequest>> => {
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request } = found.value;
  const why = whyNot(call.actor, found.value);
  if (why !== null) return refuse(problem('HUB-400', why));
  const stale = checkMatch(call, request);
  if (stale !== null) return stale;
  return isOpen(request) ? found : refuse(problem('HUB-409', `The request is ${request.state} already.`));
};

// --- Approving ----------------------------------------------------------------------------------------------------------------

/** The agreement by which the owner approves: the one named, else the one that was asked under, else the only one there is. */
const agreementFor = async (
  { ports }: AdminCall,
  { organisation, vendor, agreement: asked, approvals }: AccessRequest,
  body: Body,
): Promise<{ readonly agreement: Agreement; readonly entry: RegisterEntry } | null> => {
  const standing = await standingAgreements(ports, organisation, vendor);
  const named = body.text('agreement', 200) ?? approvals.at(-1)?.agreement ?? null;
  const by = (name: string) => standing.find(({ agreement }) => agreement.id === name || agreement.reference === name);
  const only = standing.length === 1 ? standing[0] : undefined;
  const found = named === null ? (asked === null ? only : by(asked)) : by(named);
  if (found !== undefined && isAgreementStanding(found.agreement, ports.clock.now())) return found;
  const choice = standing.length > 1 && named === null && asked === null ? ': name one of several' : '';
  body.errors.push({
    at: '/agreement',
    message: `must be a registered agreement with ${vendor} that is live${choice}`,
  });
  return null;
};

/** Terms cut to the agreement; a time that the approval itself names is refused beyond it. */
const withinPeriod = (body: Body, terms: AccessTerms, agreement: Agreement, now: number): AccessTerms => {
  if (body.given('to') && exceedsAgreement(terms, agreement))
    body.errors.push({
      at: '/to',
      message: `the agreement ends ${agreement.to === null ? '' : formatInstant(agreement.to)}`,
    });
  const cut = withinAgreement(terms, agreement);
  if ((cut.to !== null && cut.to <= now) || (cut.from !== null && cut.to !== null && cut.from >= cut.to))
    body.errors.push({ at: '/to', message: 'nothing is left of the period under the agreement' });
  return { ...terms, ...cut };
};

const approved = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports, actor } = call;
  const now = ports.clock.now();
  const found = await findToDecide(call);
  if (!found.ok) return found;
  const { request } = found.value;
  const first = request.approvals.at(-1);
  if (first?.by === actor.client)
    return refuse(problem('HUB-400', 'You have approved it: it takes another who does too.'));
  if (first !== undefined && !(await takesBoth(call, first.by)))
    return refuse(problem('HUB-400', 'It takes two whose keys have not been in the same hands.'));
  for (const other of [request.askedBy, ...(request.escalation?.by ?? [])])
    if (!(await takesBoth(call, other)))
      return refuse(problem('HUB-400', 'Whoever asked or handed it on has had your keys in hand.'));
  const body = readBody(call.body, [...termMembers, 'agreement', 'reason']);
  const { errors } = body;
  const before = first?.terms ?? request.asked;
  const wished = readTerms(body, before, ports);
  checkWithin(body, wished, before, ports);
  const reason = readReason(body);
  const resting = await agreementFor(call, request, body);
  const application = await ports.platform.application(request.application);
  if (application === null) return refuse(problem('HUB-409', 'The application is there no more.'));
  if (resting === null || errors.length > 0) return badMembers(errors);
  const terms = withinPeriod(body, wished, resting.agreement, now);
  if (errors.length > 0) return badMembers(errors);
  const approval: Approval = { by: actor.client, at: now, terms, agreement: resting.agreement.id };
  const approvals = [...request.approvals, approval];
  const needsTwo = fourEyes(ports.packages, terms.packages, terms.clearance).length > 0;
  if (needsTwo && approvals.length < 2)
    return keepRequest(call, found.value, { ...request, approvals, state: 'seconding' }, { reason });
  const given = { terms, agreement: resting.agreement.id, at: now };
  return keepRequest(
    call,
    found.value,
    { ...request, approvals, given, state: 'approved' },
    { reason, grants: grantsFor(call, request, application, given), entries: [leanedOn(resting.entry, now)] },
  );
};

const grantsFor = (
  { ports }: AdminCall,
  request: AccessRequest,
  application: Application,
  { terms, agreement, at }: { readonly terms: AccessTerms; readonly agreement: string; readonly at: number },
) =>
  grantsOfTerms(
    terms,
    {
      id: request.id,
      application: application.id,
      organisation: request.organisation,
      environment: request.environment,
      purpose: request.purpose,
      agreement,
      agreementId: agreement,
      request: request.id,
      createdAt: at,
    },
    ports,
  );

// --- Everything else ----------------------------------------------------------------------------------------------------------

const questioned = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findToDecide(call);
  if (!found.ok) return found;
  const { request } = found.value;
  const body = readBody(call.body, ['reason']);
  const text = readText(body, request);
  if (body.errors.length > 0) return badMembers(body.errors);
  const after = withMessage(call, request, { side: 'owner', kind: 'question', text });
  return keepRequest(call, found.value, { ...after, state: 'questioned' });
};

const refused = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findToDecide(call);
  if (!found.ok) return found;
  const { request } = found.value;
  const body = readBody(call.body, ['reason']);
  const text = readReason(body, 'so that the other side knows');
  if (body.errors.length > 0) return badMembers(body.errors);
  const after = withMessage(call, request, { side: 'owner', kind: 'refusal', text });
  return keepRequest(
    call,
    found.value,
    { ...after, state: 'refused', endedAt: call.ports.clock.now() },
    { reason: text },
  );
};

/** Whom it is handed on to: another administrator of the owner, who may change things and has not handed it on. */
const checkHeir = async (
  { ports, actor }: AdminCall,
  { organisation, escalation }: AccessRequest,
  to: string,
  errors: ProblemItem[],
): Promise<void> => {
  const heir = await ports.platform.application(to);
  const may = heir?.scopes?.some((scope) => scope === 'admin.write' || scope === 'admin.platform') === true;
  if (heir === null || heir.kind !== 'admin' || heir.owner !== organisation || heir.disabled || !may)
    errors.push({ at: '/to', message: `must be another administrator of ${organisation}, or nobody for all of them` });
  else if (to === actor.client || escalation?.by.includes(to) === true)
    errors.push({ at: '/to', message: 'must be somebody who has not handed it on' });
};

const escalated = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findToDecide(call);
  if (!found.ok) return found;
  const { request } = found.value;
  const body = readBody(call.body, ['to', 'reason']);
  const to = body.textOrNull('to', 200) ?? null;
  if (to !== null) await checkHeir(call, request, to, body.errors);
  const text = readText(body, request);
  if (body.errors.length > 0) return badMembers(body.errors);
  const escalation = { to, by: [...(request.escalation?.by ?? []), call.actor.client] };
  const after = withMessage(call, request, { side: 'owner', kind: 'escalation', text });
  // A question that waits for its answer goes on waiting.
  const state = request.state === 'questioned' ? 'questioned' : waitingState({ ...request, escalation });
  return keepRequest(call, found.value, { ...after, escalation, state }, { reason: text });
};

/** What was given is taken back by anybody of the owner, and by nobody asked twice. */
const revoked = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request, isOwner } = found.value;
  const stale: Failed | null = checkMatch(call, request);
  if (stale !== null) return stale;
  if (!isOwner)
    return refuse(problem('HUB-400', 'The organisation whose data it is revokes; whoever asked withdraws.'));
  if (request.state !== 'approved')
    return refuse(problem('HUB-409', `The request is ${request.state}: nothing is to be revoked.`));
  const body = readBody(call.body, ['reason']);
  const text = readReason(body, 'so that the other side knows');
  if (body.errors.length > 0) return badMembers(body.errors);
  const after = withMessage(call, request, { side: 'owner', kind: 'revocation', text });
  return keepRequest(
    call,
    found.value,
    { ...after, state: 'revoked', endedAt: call.ports.clock.now() },
    { reason: text, grants: await endOf(call, request) },
  );
};

const common = {
  tag: 'Access requests',
  method: 'POST',
  needs: 'write',
  status: 200,
  reply: 'AccessRequest',
  versioned: true,
} as const;

/** The rows. */
export const accessDecisionOperations: readonly Operation[] = [
  {
    ...common,
    id: 'approveAccessRequest',
    word: 'access approve',
    path: `${requestPath}/approve`,
    summary:
      'Approves a request, or less of it: fewer packages, fields or rows, a shorter time. Two have to where national ids, protected or special data, or protected persons are shown; then its grants are there at once.',
    body: 'AccessApproval',
    handle: approved,
  },
  {
    ...common,
    id: 'questionAccessRequest',
    word: 'access ask',
    path: `${requestPath}/ask`,
    summary: 'Asks back; the request waits for the answer.',
    body: 'Message',
    handle: questioned,
  },
  {
    ...common,
    id: 'refuseAccessRequest',
    word: 'access refuse',
    path: `${requestPath}/refuse`,
    summary: 'Refuses a request, with the reason that the asker is told.',
    body: 'Message',
    handle: refused,
  },
  {
    ...common,
    id: 'escalateAccessRequest',
    word: 'access escalate',
    path: `${requestPath}/escalate`,
    summary:
      'Hands a request on to another administrator of the owner, or to all others; who hands it on does not decide.',
    body: 'Escalation',
    handle: escalated,
  },
  {
    ...common,
    id: 'revokeAccessRequest',
    word: 'access revoke',
    path: `${requestPath}/revoke`,
    summary: 'Takes back what was approved: its grants end now.',
    body: 'Message',
    handle: revoked,
  },
];
