// Operations on access requests: an application's owner asks other organisations for access packages, answers what they ask, and takes back; both sides see
// how it stands. Rows of operations.ts. What owners decide is in access-decisions.ts.
import { hash } from 'node:crypto';
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Result } from '#base/result.ts';
import { endedGrants } from '#catalogue/access/agreement.ts';
import {
  requestEntry,
  requestOf,
  requestStates,
  type AccessRequest,
  type AccessTerms,
  type RequestMessage,
  type RequestState,
} from '#catalogue/access/access-request.ts';
import { fourEyes } from '#catalogue/access/packages.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { aroundRequests, findRequest, hasKeys, oneRequest, showRequest, type FoundRequest } from './access-shown.ts';
import { blankTerms, readTerms, termMembers } from './access-terms.ts';
import { administers } from './actor.ts';
import { badMembers, readBody, readReason, type Body } from './body.ts';
import {
  checkMatch,
  claimId,
  decide,
  missing,
  pageOfList,
  placeByAge,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { isOrganisationId } from './organisations.ts';
import type { Application, RegisterEntry } from './ports.ts';

const openStates: readonly RequestState[] = ['asked', 'questioned', 'escalated', 'seconding'];

/** True while nobody has decided. */
export const isOpen = ({ state }: AccessRequest): boolean => openStates.includes(state);

/** In which state a request waits for its owner. */
export const waitingState = ({ approvals, escalation }: AccessRequest): RequestState => {
  if (approvals.length > 0) return 'seconding';
  return escalation === null ? 'asked' : 'escalated';
};

export const meanwhile = problem('HUB-409', 'It has been changed meanwhile; look at it again.');

/** Records a change of a request and makes it, with what goes with it. Fails with HUB-409 when it was changed meanwhile. */
export const keepRequest = async (
  call: AdminCall,
  { entry, isOwner, isVendor }: FoundRequest,
  after: AccessRequest,
  more: {
    readonly reason?: string;
    readonly grants?: Parameters<AdminCall['ports']['platform']['putRegister']>[0]['grants'];
    readonly entries?: readonly RegisterEntry[];
  } = {},
): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const { reason = '', grants = [], entries = [] } = more;
  let kept = false;
  const subject = `${after.id} ${after.organisation} ${after.application}: ${after.state}`;
  await decide(
    call,
    { subject, reason, organisations: await known(call, [after.organisation, after.vendor]) },
    async () => {
      kept = await platform.putRegister({
        entries: [requestEntry(after, entry.revision, clock.now()), ...entries],
        grants,
      });
    },
  );
  return kept ? oneRequest(call, { request: after, isOwner, isVendor }) : refuse(meanwhile);
};

/** Those of some organisations that there are: what concerns one that there is not has no audit to stand in. */
const known = async ({ ports }: AdminCall, ids: readonly string[]): Promise<readonly string[]> => {
  const all = new Set((await ports.platform.organisations()).map(({ id }) => id));
  return ids.filter((id) => all.has(id));
};

/** The request with one more message. */
export const withMessage = (
  { ports, actor }: AdminCall,
  request: AccessRequest,
  message: Pick<RequestMessage, 'side' | 'kind' | 'text'>,
): AccessRequest => ({
  ...request,
  thread: [...request.thread, { at: ports.clock.now(), by: actor.client, ...message }],
});

/** A text that one side says to the other; it is needed. Holds no national id, as reasons do not. */
export const readText = (body: Body, request: AccessRequest): string => {
  const text = readReason(body, 'so that the other side knows');
  if (request.thread.length >= limits.accessMessages)
    body.errors.push({ at: '/reason', message: `is one too many: ${limits.accessMessages} have been said` });
  return text;
};

// --- Asking -------------------------------------------------------------------------------------------------------------------

type Ask = Pick<AccessRequest, 'purpose' | 'legalBasis' | 'agreement'> & { readonly terms: AccessTerms };

const needed = (body: Body, name: string, why: string): string => {
  const text = (body.text(name, 1_000) ?? '').trim();
  if (text === '') body.errors.push({ at: `/${name}`, message: `is needed: ${why}` });
  return text;
};

const readAsk = (call: AdminCall, body: Body): Ask => {
  const terms = readTerms(body, blankTerms, call.ports);
  if (!body.given('packages')) body.errors.push({ at: '/packages', message: 'name at least one' });
  if (terms.to !== null && terms.to <= call.ports.clock.now())
    body.errors.push({ at: '/to', message: 'is over already' });
  return {
    terms,
    purpose: needed(body, 'purpose', 'the owner decides by it'),
    legalBasis: needed(body, 'legalBasis', 'by which law or consent the data may be processed'),
    agreement: body.textOrNull('agreement', 200)?.trim() ?? null,
  };
};

const readOwners = (body: Body, vendor: string): readonly string[] => {
  const { errors } = body;
  const given = (body.texts('organisations') ?? []).map(normaliseOrganisationId);
  const owners = [...new Set(given)];
  if (owners.length === 0 || owners.length > limits.accessOwners)
    errors.push({ at: '/organisations', message: `name 1 to ${limits.accessOwners}` });
  for (const owner of owners) {
    if (!isOrganisationId(owner))
      errors.push({ at: '/organisations', message: `${owner} is no id of an organisation` });
    if (owner === vendor)
      errors.push({ at: '/organisations', message: `${owner} owns the application itself: it gives grants directly` });
  }
  return owners;
};

/** The application that asks, when the actor administers its owner; else a finding, whichever it was. */
const findAsking = async (call: AdminCall, id: string, errors: ProblemItem[]): Promise<Application | null> => {
  const application = await call.ports.platform.application(id);
  if (application === null || !administers(call.actor, application.owner)) {
    errors.push({ at: '/application', message: `there is no application ${id}` });
    return null;
  }
  if (application.kind !== 'client')
    errors.push({ at: '/application', message: `is of kind ${application.kind}: access is asked for by clients` });
  return application;
};

const asked = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports, actor } = call;
  const { platform, clock, random } = ports;
  const members = ['application', 'organisations', ...termMembers, 'purpose', 'legalBasis', 'agreement', 'reason'];
  const body = readBody(call.body, members);
  const { errors } = body;
  const application = await findAsking(call, body.text('application', 200) ?? '', errors);
  const owners = readOwners(body, application?.owner ?? '');
  const { terms, ...words } = readAsk(call, body);
  const reason = readReason(body);
  if (application === null || errors.length > 0) return badMembers(errors);
  const id = await claimId(call, `ask-${random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const mine = (await platform.registerEntries({ kind: 'access-request', application: application.id })).map(requestOf);
  const before = mine.filter(({ common }) => common === id.value);
  if (before.length > 0) return together(call, id.value, before, 200);
  const open = mine.filter(isOpen);
  if (open.length + owners.length > limits.accessOpen)
    return refuse(
      problem(
        'HUB-409',
        `The application has ${open.length} requests that nobody has decided; ${limits.accessOpen} may be open.`,
      ),
    );
  const twice = open.find(({ organisation }) => owners.includes(organisation));
  if (twice !== undefined)
    return refuse(
      problem('HUB-409', `${twice.organisation} has been asked already, by ${twice.id}: withdraw that first.`),
    );
  const requests = owners.map((organisation): AccessRequest => ({
    ...words,
    // The same for a request that is sent again, and nothing that tells whom else was asked.
    id: `request-${hash('sha256', `${id.value}\n${organisation}`, 'hex').slice(0, 16)}`,
    common: id.value,
    application: application.id,
    vendor: application.owner,
    organisation,
    environment: application.environment,
    asked: terms,
    state: 'asked',
    askedBy: actor.client,
    thread: [],
    escalation: null,
    approvals: [],
    given: null,
    endedAt: null,
    createdAt: clock.now(),
  }));
  const subject = `${id.value} ${application.id}: ${terms.packages.map((one) => one.package).join(' ')}`;
  await decide(call, { subject, reason, organisations: await known(call, [application.owner, ...owners]) }, () =>
    platform.putRegister({ entries: requests.map((one) => requestEntry(one, 0, clock.now())) }),
  );
  return together(call, id.value, requests, 201);
};

const together = async (
  call: AdminCall,
  common: string,
  requests: readonly AccessRequest[],
  status: number,
): Promise<Result<AdminReply>> => {
  const around = await aroundRequests(call);
  const inOrder = requests.toSorted((a, b) => (a.organisation < b.organisation ? -1 : 1));
  const items = inOrder.map((request) =>
    showRequest(
      { request, isVendor: true, isOwner: administers(call.actor, request.organisation) },
      call.ports,
      around,
    ),
  );
  return reply({ common, items }, { status, count: items.length, details: common });
};

// --- Looking ------------------------------------------------------------------------------------------------------------------

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const [application, named, state, common] = ['application', 'organisation', 'state', 'common'].map((name) =>
    call.query.get(name),
  );
  const organisation = named === null || named === undefined ? null : normaliseOrganisationId(named);
  const around = await aroundRequests(call);
  const entries = await call.ports.platform.registerEntries({ kind: 'access-request' });
  const chosen = entries
    .map(requestOf)
    .map((request) => ({
      request,
      isOwner: administers(call.actor, request.organisation),
      isVendor: administers(call.actor, request.vendor),
    }))
    .filter(
      ({ request, isOwner, isVendor }) =>
        (isOwner || isVendor) &&
        (application === null || request.application === application) &&
        (organisation === null || request.organisation === organisation) &&
        (common === null || request.common === common) &&
        (state === null || (state === 'open' ? isOpen(request) : request.state === state)),
    );
  return pageOfList(
    call,
    chosen,
    ({ request }) => placeByAge(request),
    (found) => showRequest(found, call.ports, around),
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findRequest(call);
  return found.ok ? oneRequest(call, found.value) : found;
};

const listedPackages = async ({ ports }: AdminCall): Promise<Result<AdminReply>> => {
  const items = [...ports.packages.values()].map(({ id, area, name, about, sight }) => ({
    package: id,
    area,
    name,
    about,
    fourEyes: fourEyes(ports.packages, [{ package: id, narrowed: [] }], 0),
    collections: sight.map(({ collection, actions, fields }) => ({
      collection,
      actions,
      fields: fields.map((field) => field.name),
      sensitive: fields.filter(({ sensitivities }) => sensitivities.length > 0),
    })),
  }));
  return reply({ items, next: null }, { count: items.length });
};

// --- What the vendor says and takes back --------------------------------------------------------------------------------------

const answered = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request, isVendor } = found.value;
  const stale = checkMatch(call, request);
  if (stale !== null) return stale;
  if (!isVendor) return refuse(problem('HUB-400', 'Whoever asked answers.'));
  if (request.state !== 'questioned') return refuse(problem('HUB-409', 'Nothing has been asked about the request.'));
  const body = readBody(call.body, ['reason']);
  const text = readText(body, request);
  if (body.errors.length > 0) return badMembers(body.errors);
  const after = withMessage(call, request, { side: 'vendor', kind: 'answer', text });
  return keepRequest(call, found.value, { ...after, state: waitingState(request) });
};

const withdrawn = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request, isVendor } = found.value;
  const stale = checkMatch(call, request);
  if (stale !== null) return stale;
  if (!isVendor) return refuse(problem('HUB-400', 'Whoever asked withdraws; the owner refuses or revokes.'));
  if (!isOpen(request) && request.state !== 'approved')
    return refuse(problem('HUB-409', `The request is ${request.state} already.`));
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  return keepRequest(
    call,
    found.value,
    { ...request, state: 'withdrawn', endedAt: call.ports.clock.now() },
    { reason, grants: await endOf(call, request) },
  );
};

/** The grants that a request has made, ended now. */
export const endOf = async ({ ports }: AdminCall, { id, application }: AccessRequest) =>
  endedGrants(
    (await ports.platform.grantsOf(application)).filter(({ request }) => request === id),
    ports.clock.now(),
  );

const keyLinkBytes = 32;

/** A link that shows a secret once, for an application that has been let in and has no keys of its own. */
const linkedKeys = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock, random, address } = call.ports;
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request, isVendor } = found.value;
  // The owner of the data never touches a secret of whom it lets in.
  if (!isVendor) return missing();
  const now = clock.now();
  if (request.state !== 'approved') return refuse(problem('HUB-409', 'Keys are there when the request is approved.'));
  const application = await platform.application(request.application);
  if (application === null || application.disabled) return refuse(problem('HUB-409', 'The application is shut out.'));
  if (hasKeys(application, now))
    return refuse(problem('HUB-409', 'The application has keys; a new secret is made by rotating the one it has.'));
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const token = random.bytes(keyLinkBytes).toString('base64url');
  const former = await platform.registerEntries({
    kind: 'one-time-link',
    application: application.id,
    state: 'waiting',
  });
  const expiresAt = now + limits.keyLinkMs;
  const id = hash('sha256', token, 'base64url');
  const fresh: RegisterEntry = {
    kind: 'one-time-link',
    id,
    revision: 1,
    organisation: application.owner,
    application: application.id,
    state: 'waiting',
    createdAt: now,
    changedAt: now,
    value: { request: request.id, expiresAt },
  };
  // Only the newest counts: an older one may be in the wrong hands.
  const replaced = former.map((entry): RegisterEntry => ({
    ...entry,
    revision: entry.revision + 1,
    state: 'replaced',
    changedAt: now,
  }));
  let made = false;
  const subject = `${application.id} ${request.id}`;
  await decide(call, { subject, reason, organisations: [application.owner] }, async () => {
    made = await platform.putRegister({ entries: [fresh, ...replaced] });
  });
  if (!made) return refuse(meanwhile);
  const path = `/access/keys/${token}`;
  const base = address();
  return reply(
    {
      application: application.id,
      path,
      url: base === null ? null : `${base}${path}`,
      expiresAt: formatInstant(expiresAt),
    },
    { status: 201, organisation: application.owner, details: request.id, headers: { 'cache-control': 'no-store' } },
  );
};

export const requestPath = '/admin/access-requests/{request}';
const common = { tag: 'Access requests', needs: 'write', status: 200, reply: 'AccessRequest' } as const;

/** The rows. */
export const accessRequestOperations: readonly Operation[] = [
  {
    id: 'listAccessPackages',
    word: 'access packages',
    method: 'GET',
    path: '/admin/access-packages',
    needs: 'read',
    tag: 'Access requests',
    summary:
      'What applications can ask owners for by name: what each package shows, and why it takes two to approve, if it does.',
    reply: 'AccessPackageList',
    status: 200,
    handle: listedPackages,
  },
  {
    id: 'listAccessRequests',
    word: 'access list',
    method: 'GET',
    path: '/admin/access-requests',
    needs: 'read',
    tag: 'Access requests',
    summary:
      'Requests of applications and to owners that the caller administers, in the order in which they were made, with what is asked for, approved and active.',
    query: [
      { name: 'application', description: 'Only those of this application.', schema: { type: 'string' } },
      { name: 'organisation', description: 'Only those to this owner.', schema: { type: 'string' } },
      {
        name: 'state',
        description: 'Only those in this state; open for those that nobody has decided.',
        schema: { enum: ['open', ...requestStates] },
      },
      { name: 'common', description: 'Only those that were made at once under this id.', schema: { type: 'string' } },
    ],
    reply: 'AccessRequestList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'askForAccess',
    word: 'access request',
    method: 'POST',
    path: '/admin/access-requests',
    summary:
      'Asks one or many owners for access packages in the name of an application: a request for each owner. Owners are named by id; whether there is one by that id is not told.',
    body: 'NewAccessRequest',
    reply: 'AccessRequests',
    status: 201,
    repeatable: true,
    handle: asked,
  },
  {
    ...common,
    id: 'showAccessRequest',
    word: 'access show',
    method: 'GET',
    path: requestPath,
    needs: 'read',
    summary: 'One request, as its owner or its asker sees it.',
    versioned: true,
    handle: shown,
  },
  {
    ...common,
    id: 'answerAccessRequest',
    word: 'access answer',
    method: 'POST',
    path: `${requestPath}/answer`,
    summary: 'Answers what the owner asked.',
    body: 'Message',
    versioned: true,
    handle: answered,
  },
  {
    ...common,
    id: 'withdrawAccessRequest',
    word: 'access withdraw',
    method: 'POST',
    path: `${requestPath}/withdraw`,
    summary: 'Takes a request back, and what it has given, if it was approved.',
    body: 'Reason',
    versioned: true,
    handle: withdrawn,
  },
  {
    ...common,
    id: 'linkKeys',
    word: 'access keys',
    method: 'POST',
    path: `${requestPath}/keys`,
    summary:
      'Makes a link that shows a new secret once, within a day, for an application that was let in and has neither a public key nor a secret. For its owner alone.',
    body: 'Reason',
    reply: 'KeyLink',
    status: 201,
    handle: linkedKeys,
  },
];
