// Operations on delegations: an owner lets a supplier give its own applications access, the supplier may pass that on, each gives its applications what it has,
// and all of it ends when a link of the chain is withdrawn. Rows of operations.ts. What stands on what is said in catalogue/access/delegation.ts.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { agreementOf, exceedsAgreement, leanedOn, withinAgreement } from '#catalogue/access/agreement.ts';
import type { AccessTerms } from '#catalogue/access/access-request.ts';
import {
  chainOf,
  delegationEntry,
  delegationOf,
  isDelegationLive,
  withdrawal,
  type Delegation,
} from '#catalogue/access/delegation.ts';
import { fourEyes } from '#catalogue/access/packages.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { administers } from './actor.ts';
import { grantsOfTerms } from './access-grants.ts';
import { blankTerms, checkWithin, readTerms, showTerms, termMembers } from './access-terms.ts';
import { standingAgreements } from './agreement-rules.ts';
import { isEnvironment } from './applications.ts';
import { badMembers, readBody, readReason, type Body } from './body.ts';
import {
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
import { showGrant } from './grants.ts';
import { findOrganisation, isOrganisationId } from './organisations.ts';
import { takesBoth } from './two-hands.ts';
import { environments, type Environment, type Grant, type RegisterEntry } from './ports.ts';

/** Delegations of the data of one owner, with the entries that hold them. */
type Kept = { readonly all: readonly Delegation[]; readonly entries: ReadonlyMap<string, RegisterEntry> };

const keptOf = async ({ ports }: AdminCall, organisation: string): Promise<Kept> => {
  const entries = await ports.platform.registerEntries({ kind: 'delegation', organisation });
  return { all: entries.map(delegationOf), entries: new Map(entries.map((entry) => [entry.id, entry])) };
};

/** Who may know of a delegation: the owner, and whoever stands in its chain or has it passed on. */
const maySee = ({ actor }: AdminCall, delegation: Delegation, all: readonly Delegation[]): boolean =>
  administers(actor, delegation.organisation) ||
  [...chainOf(delegation, all), ...all.filter((one) => chainOf(one, all).includes(delegation))].some(
    ({ from, to }) => administers(actor, from) || administers(actor, to),
  );

const show = (delegation: Delegation, all: readonly Delegation[], call: AdminCall): object => {
  const { terms, withdrawn, createdAt, to, ...rest } = delegation;
  const { packages, clock } = call.ports;
  return {
    ...rest,
    supplier: to,
    terms: showTerms(terms),
    fourEyes: fourEyes(packages, terms.packages, terms.clearance),
    withdrawn: withdrawn === null ? null : { ...withdrawn, at: formatInstant(withdrawn.at) },
    createdAt: formatInstant(createdAt),
    live: isDelegationLive(delegation, all, clock.now()),
    chain: [
      { organisation: delegation.organisation, delegation: null },
      ...chainOf(delegation, all).map((one) => ({ organisation: one.to, delegation: one.id })),
    ],
  };
};

const one = (call: AdminCall, delegation: Delegation, all: readonly Delegation[], status = 200): Result<AdminReply> =>
  reply(show(delegation, all, call), {
    status,
    headers: { etag: etagOf(delegation) },
    organisation: delegation.organisation,
    details: delegation.id,
  });

type Found = Kept & { readonly delegation: Delegation };

/** The delegation of an id. Missing for whoever may not know of it, whichever it was. */
const find = async (call: AdminCall, id: string): Promise<Result<Found>> => {
  const nothing = missing(`There is no delegation ${id}.`);
  const entry = await call.ports.platform.registerEntry('delegation', id);
  if (entry === null) return nothing;
  const delegation = delegationOf(entry);
  const kept = await keptOf(call, delegation.organisation);
  return maySee(call, delegation, kept.all) ? ok({ ...kept, delegation }) : nothing;
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform } = call.ports;
  const [named, supplier, all] = ['organisation', 'supplier', 'all'].map((name) => call.query.get(name) ?? null);
  const organisation = named === null || named === undefined ? null : normaliseOrganisationId(named);
  const other = supplier === null || supplier === undefined ? null : normaliseOrganisationId(supplier);
  const every = (await platform.registerEntries({ kind: 'delegation' })).map(delegationOf);
  const owned = Map.groupBy(every, (each) => each.organisation);
  const chosen = every.filter(
    (each) =>
      (organisation === null || each.organisation === organisation) &&
      (other === null || each.to === other) &&
      (all === 'true' || each.state !== 'withdrawn') &&
      maySee(call, each, owned.get(each.organisation) ?? []),
  );
  return pageOfList(call, chosen, placeByAge, (each) => show(each, owned.get(each.organisation) ?? [], call));
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call, call.params['delegation'] ?? '');
  return found.ok ? one(call, found.value.delegation, found.value.all) : found;
};

// --- Making one ---------------------------------------------------------------------------------------------------------------

/** Sees that terms stay within what they come from. */
const checkPassedOn = (body: Body, terms: AccessTerms, within: AccessTerms, call: AdminCall): void => {
  const beyond = readBody({}, []);
  checkWithin(beyond, terms, within, call.ports);
  body.errors.push(...beyond.errors.map(({ at }) => ({ at, message: 'goes beyond what was delegated' })));
};

/** Whose data, and what it is passed on from. Fails with HUB-204 for what the actor may not pass on. */
const originOf = async (
  call: AdminCall,
  body: Body,
): Promise<
  Result<Kept & { readonly organisation: string; readonly from: string; readonly parent: Delegation | null }>
> => {
  const named = body.textOrNull('parent', 200) ?? null;
  if (named === null) {
    const owner = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
    if (!owner.ok) return owner;
    const { id } = owner.value;
    return ok({ ...(await keptOf(call, id)), organisation: id, from: id, parent: null });
  }
  const found = await find(call, named);
  if (!found.ok) return found;
  const { delegation, all, entries } = found.value;
  const given = body.text('organisation', 200);
  if (given !== undefined && normaliseOrganisationId(given) !== delegation.organisation)
    body.errors.push({ at: '/organisation', message: 'is not the one whose data were delegated' });
  if (!administers(call.actor, delegation.to)) return missing(`There is no delegation ${named} to pass on.`);
  return ok({ all, entries, organisation: delegation.organisation, from: delegation.to, parent: delegation });
};

const checkParent = (body: Body, parent: Delegation, all: readonly Delegation[], now: number): void => {
  const say = (message: string): void => void body.errors.push({ at: '/parent', message });
  if (!parent.mayPassOn) say('may not be passed on');
  if (!isDelegationLive(parent, all, now)) say('is not in force');
  if (chainOf(parent, all).length + 1 > limits.delegationDepth)
    say(`would be passed on more than ${limits.delegationDepth} times`);
};

const readEnvironment = (body: Body, parent: Delegation | null): Environment => {
  const given = body.text('environment', 20) ?? parent?.environment ?? 'production';
  if (isEnvironment(given) && (parent === null || parent.environment === given)) return given;
  const message =
    parent === null ? `must be one of ${environments.join(', ')}` : `must be ${parent.environment}, as delegated`;
  body.errors.push({ at: '/environment', message });
  return 'test';
};

const needed = (body: Body, name: 'purpose' | 'legalBasis', before: string): string => {
  const text = (body.text(name, 1_000) ?? before).trim();
  if (text === '') body.errors.push({ at: `/${name}`, message: 'is needed: it stands in the audit' });
  return text;
};

/** The registered agreement between the two by its id or reference, or the only one that there is. */
const readAgreement = async (
  call: AdminCall,
  body: Body,
  between: { readonly from: string; readonly to: string },
): Promise<{ readonly id: string; readonly entry: RegisterEntry } | null> => {
  const named = body.textOrNull('agreement', 200) ?? null;
  const standing = await standingAgreements(call.ports, between.from, between.to);
  const fitting = standing.filter(
    ({ agreement: { id, reference } }) => named === null || id === named || reference === named,
  );
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return { id: first.agreement.id, entry: first.entry };
  const message =
    fitting.length > 1
      ? `name one of ${fitting.map(({ agreement: { id } }) => id).join(', ')}`
      : `must be a registered agreement of ${between.from} with ${between.to} that is live`;
  body.errors.push({ at: '/agreement', message });
  return null;
};

const made = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { clock, random, packages } = call.ports;
  const now = clock.now();
  const body = readBody(call.body, [
    'organisation',
    'parent',
    'supplier',
    'environment',
    ...termMembers,
    'purpose',
    'legalBasis',
    'agreement',
    'mayPassOn',
    'reason',
  ]);
  const { errors } = body;
  const origin = await originOf(call, body);
  if (!origin.ok) return origin;
  const { organisation, from, parent, all, entries } = origin.value;
  const to = normaliseOrganisationId(body.text('supplier', 200) ?? '');
  const before = parent === null ? [] : chainOf(parent, all);
  if (!isOrganisationId(to)) errors.push({ at: '/supplier', message: 'must be the id of an organisation' });
  else if (to === organisation || before.some((each) => each.to === to))
    errors.push({ at: '/supplier', message: 'stands in the chain already' });
  if (parent !== null) checkParent(body, parent, all, now);
  const read = readTerms(body, parent?.terms ?? blankTerms, call.ports);
  if (read.packages.length === 0 && errors.length === 0)
    errors.push({ at: '/packages', message: `name at least one of ${[...packages.keys()].join(', ')}` });
  const environment = readEnvironment(body, parent);
  const purpose = needed(body, 'purpose', parent?.purpose ?? '');
  const legalBasis = needed(body, 'legalBasis', parent?.legalBasis ?? '');
  const mayPassOn = body.flag('mayPassOn') ?? false;
  const reason = readReason(body, read.clearance > 0 ? 'when protected persons are to be shown' : null);
  const agreement = await readAgreement(call, body, { from, to });
  const rests = agreement === null ? null : agreementOf(agreement.entry);
  if (rests !== null && exceedsAgreement(read, rests))
    errors.push({ at: '/to', message: `the agreement ends ${rests.to === null ? '' : formatInstant(rests.to)}` });
  const terms = rests === null ? read : { ...read, ...withinAgreement(read, rests) };
  if (parent !== null) checkPassedOn(body, terms, parent.terms, call);
  if (all.filter(({ state }) => state !== 'withdrawn').length >= limits.delegationsPerOrganisation)
    errors.push({
      at: '/organisation',
      message: `has ${limits.delegationsPerOrganisation} delegations: withdraw some`,
    });
  if (errors.length > 0 || agreement === null) return badMembers(errors);
  const id = await claimId(call, `delegation-${random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const same = all.find((each) => each.id === id.value);
  if (same !== undefined) return one(call, same, all);
  const alone = fourEyes(packages, terms.packages, terms.clearance).length === 0;
  const delegation: Delegation = {
    id: id.value,
    organisation,
    from,
    to,
    parent: parent?.id ?? null,
    environment,
    terms,
    purpose,
    legalBasis,
    agreement: agreement.id,
    mayPassOn,
    state: alone ? 'live' : 'seconding',
    approvedBy: [call.actor.client],
    withdrawn: null,
    createdAt: now,
  };
  const put = await keep(call, {
    delegation,
    before: 0,
    reason,
    rest: [agreement.entry, ...leant(before, entries)],
    grants: [],
  });
  return put ? one(call, delegation, [...all, delegation], 201) : busy();
};

const leant = (chain: readonly Delegation[], entries: Kept['entries']): readonly RegisterEntry[] =>
  chain.flatMap(({ id }) => entries.get(id) ?? []);

const busy = () => refuse(problem('HUB-409', 'What it stands on was changed just now; try again.'));

/** Puts a delegation with what it opens, a revision of everything that it stands on further: of an end and a grant at once, one fails. */
const keep = async (
  call: AdminCall,
  what: {
    readonly delegation: Delegation;
    readonly before: number;
    readonly reason: string;
    readonly rest: readonly RegisterEntry[];
    readonly grants: readonly Grant[];
  },
): Promise<boolean> => {
  const { delegation, before, reason, rest, grants } = what;
  const { platform, clock } = call.ports;
  const now = clock.now();
  let done = false;
  await decide(
    call,
    { subject: subjectOf(delegation, grants), reason, organisations: concerned(delegation) },
    async () => {
      done = await platform.putRegister({
        entries: [delegationEntry(delegation, before, now), ...rest.map((entry) => leanedOn(entry, now))],
        grants,
      });
    },
  );
  return done;
};

const subjectOf = ({ id, organisation, from, to, terms }: Delegation, grants: readonly Grant[]): string => {
  const applications = [...new Set(grants.map(({ application }) => application))].join(' ');
  const named = terms.packages.map((each) => each.package).join(' ');
  return `${id} ${organisation}: ${from} to ${to}: ${named}${applications === '' ? '' : ` for ${applications}`}`;
};

/** Organisations in whose audit it belongs: the owner's first. */
const concerned = ({ organisation, from, to }: Delegation): readonly string[] => [organisation, from, to];

// --- Approving, giving and withdrawing -----------------------------------------------------------------------------------------

const approved = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call, call.params['delegation'] ?? '');
  if (!found.ok) return found;
  const { delegation, all, entries } = found.value;
  if (!administers(call.actor, delegation.from)) return missing(`There is no delegation ${delegation.id} to approve.`);
  const stale = checkMatch(call, delegation);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  if (delegation.state === 'live') return one(call, delegation, all);
  if (delegation.state === 'withdrawn') return refuse(problem('HUB-409', 'The delegation has been withdrawn.'));
  if (delegation.approvedBy.includes(call.actor.client))
    return refuse(problem('HUB-400', 'Somebody else has to approve it: it shows what takes two.'));
  for (const other of delegation.approvedBy)
    if (!(await takesBoth(call, other)))
      return refuse(problem('HUB-400', 'It takes two whose keys have not been in the same hands.'));
  const standing = await readAgreementOf(call, delegation);
  if (standing === null) return refuse(problem('HUB-409', 'The agreement that it rests on has ended.'));
  const after: Delegation = { ...delegation, state: 'live', approvedBy: [...delegation.approvedBy, call.actor.client] };
  const chain = chainOf(delegation, all).slice(0, -1);
  if (chain.length > 0 && !chain.every((each) => isDelegationLive(each, all, call.ports.clock.now())))
    return refuse(problem('HUB-409', 'What it was passed on from is not in force.'));
  const put = await keep(call, {
    delegation: after,
    before: entries.get(delegation.id)?.revision ?? 0,
    reason,
    rest: [standing, ...leant(chain, entries)],
    grants: [],
  });
  return put
    ? one(
        call,
        after,
        all.map((each) => (each.id === after.id ? after : each)),
      )
    : busy();
};

/** The entry of the agreement that a delegation rests on, while it stands. */
const readAgreementOf = async (
  { ports }: AdminCall,
  { agreement, from, to }: Delegation,
): Promise<RegisterEntry | null> =>
  (await standingAgreements(ports, from, to)).find((each) => each.agreement.id === agreement)?.entry ?? null;

const given = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call, call.params['delegation'] ?? '');
  if (!found.ok) return found;
  const { delegation, all, entries } = found.value;
  if (!administers(call.actor, delegation.to)) return missing(`There is no delegation ${delegation.id} to give by.`);
  const { platform, clock, random, packages, model } = call.ports;
  const now = clock.now();
  const body = readBody(call.body, ['application', ...termMembers, 'reason']);
  const { errors } = body;
  const application = await platform.application(body.text('application', 200) ?? '');
  // Whose it is otherwise is nobody's business here.
  if (application === null || application.owner !== delegation.to)
    errors.push({ at: '/application', message: `must be one of ${delegation.to}` });
  else if (application.kind !== 'client')
    errors.push({ at: '/application', message: `is of kind ${application.kind}: packages are for clients` });
  else if (application.environment !== delegation.environment)
    errors.push({
      at: '/application',
      message: `is of environment ${application.environment}, and this is for ${delegation.environment}`,
    });
  const terms = readTerms(body, delegation.terms, call.ports);
  checkPassedOn(body, terms, delegation.terms, call);
  const reason = readReason(body);
  if (errors.length > 0 || application === null) return badMembers(errors);
  if (!isDelegationLive(delegation, all, now)) return refuse(problem('HUB-409', 'The delegation is not in force.'));
  const agreement = await readAgreementOf(call, delegation);
  if (agreement === null) return refuse(problem('HUB-409', 'The agreement that it rests on has ended.'));
  const id = await claimId(call, `grant-${random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const before = (await platform.grantsOf(application.id)).filter((grant) => grant.id.startsWith(`${id.value}/`));
  const grants = grantsOfTerms(
    terms,
    {
      id: id.value,
      application: application.id,
      organisation: delegation.organisation,
      environment: application.environment,
      purpose: delegation.purpose,
      agreement: agreementOf(agreement).reference,
      agreementId: delegation.agreement,
      delegation: delegation.id,
      createdAt: now,
    },
    { packages, model },
  );
  if (before.length === 0) {
    const chain = chainOf(delegation, all).slice(0, -1);
    const revision = entries.get(delegation.id)?.revision ?? 0;
    const rest = [agreement, ...leant(chain, entries)];
    if (!(await keep(call, { delegation, before: revision, reason, rest, grants }))) return busy();
  }
  const kept = before.length === 0 ? grants : before;
  return reply(
    { delegation: delegation.id, items: kept.map((grant) => showGrant(grant, application, now)) },
    { status: 201, organisation: delegation.organisation, details: delegation.id, count: kept.length },
  );
};

// What is given at the same moment is read again; more than a few times in a row is somebody who never stops.
const attempts = 5;

const withdrawn = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call, call.params['delegation'] ?? '');
  if (!found.ok) return found;
  const { delegation } = found.value;
  const mine = [delegation.organisation, delegation.from, delegation.to];
  if (!mine.some((each) => administers(call.actor, each)))
    return missing(`There is no delegation ${delegation.id} to withdraw.`);
  const stale = checkMatch(call, delegation);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  if (delegation.state === 'withdrawn') return one(call, delegation, found.value.all);
  let done = false;
  await decide(call, { subject: subjectOf(delegation, []), reason, organisations: concerned(delegation) }, async () => {
    for (let attempt = 0; attempt < attempts && !done; attempt += 1)
      done = await call.ports.platform.putRegister(
        await withdrawalOf(call, [delegation.id], delegation.organisation, reason),
      );
  });
  if (!done) return busy();
  const { all } = await keptOf(call, delegation.organisation);
  const after = all.find(({ id }) => id === delegation.id);
  return after === undefined ? failed(problem('HUB-204', 'There is nothing at this address.')) : one(call, after, all);
};

/** What has to be put so that some delegations of an owner, all that stands on them and all grants by these end now. */
export const withdrawalOf = async (
  call: AdminCall,
  ids: readonly string[],
  organisation: string,
  reason: string,
): Promise<{ readonly entries: readonly RegisterEntry[]; readonly grants: readonly Grant[] }> => {
  const { platform, clock } = call.ports;
  const now = clock.now();
  const { all, entries } = await keptOf(call, organisation);
  const over = withdrawal(ids, all, await platform.grants(), { at: now, by: call.actor.client, reason });
  return {
    entries: over.delegations.map((each) => delegationEntry(each, entries.get(each.id)?.revision ?? 0, now)),
    grants: over.grants.map((grant) => ({ ...grant, to: now })),
  };
};

const path = '/admin/delegations/{delegation}';
const common = { tag: 'Delegations', needs: 'write', status: 200, reply: 'Delegation', versioned: true } as const;

/** The rows. */
export const delegationOperations: readonly Operation[] = [
  {
    id: 'listDelegations',
    word: 'delegation list',
    method: 'GET',
    path: '/admin/delegations',
    needs: 'read',
    tag: 'Delegations',
    summary:
      'Delegations that the caller owns the data of, has given or was given, and those passed on from them, in the order in which they were made.',
    query: [
      { name: 'organisation', description: 'Only those of the data of this organisation.', schema: { type: 'string' } },
      { name: 'supplier', description: 'Only those to this organisation.', schema: { type: 'string' } },
      { name: 'all', description: 'Also those that have been withdrawn.', schema: { enum: ['true', 'false'] } },
    ],
    reply: 'DelegationList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'makeDelegation',
    word: 'delegation give',
    method: 'POST',
    path: '/admin/delegations',
    summary:
      'Lets a supplier give its own applications access to some packages of the data of the owner, or passes on what was delegated, under a registered agreement. What takes two to approve waits for the second.',
    body: 'NewDelegation',
    status: 201,
    repeatable: true,
    handle: made,
  },
  {
    ...common,
    id: 'showDelegation',
    word: 'delegation show',
    method: 'GET',
    path,
    needs: 'read',
    summary: 'One delegation, with its chain from the owner.',
    handle: shown,
  },
  {
    ...common,
    id: 'approveDelegation',
    word: 'delegation approve',
    method: 'POST',
    path: `${path}/approve`,
    summary: 'Approves, as the second, a delegation that takes two. Nobody approves what they made themselves.',
    body: 'Reason',
    handle: approved,
  },
  {
    id: 'giveByDelegation',
    word: 'delegation grant',
    tag: 'Delegations',
    needs: 'write',
    method: 'POST',
    path: `${path}/grants`,
    summary: 'Gives an application of the supplier what was delegated, or less. It ends with the delegation.',
    body: 'DelegatedGrant',
    reply: 'DelegatedGrants',
    status: 201,
    repeatable: true,
    handle: given,
  },
  {
    ...common,
    id: 'withdrawDelegation',
    word: 'delegation withdraw',
    method: 'POST',
    path: `${path}/withdraw`,
    summary:
      'Withdraws a delegation now, with whatever was passed on from it and every grant by any of these; all stays on record. Owner, giver and supplier may.',
    body: 'Reason',
    handle: withdrawn,
  },
];
