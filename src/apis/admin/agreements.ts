// Operations on the agreement register: an owner says by which agreements others may process its data, and ends them. Rows of operations.ts. With an
// agreement everything ends that rests on it.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import {
  agreementEntry,
  agreementOf,
  endedGrants,
  isAgreementLive,
  isAgreementStanding,
  type Agreement,
} from '#catalogue/access/agreement.ts';
import { delegationOf } from '#catalogue/access/delegation.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { administers } from './actor.ts';
import { badMembers, readBody, readReason } from './body.ts';
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
import { withdrawalOf } from './delegations.ts';
import { readMoment } from './grant-rules.ts';
import { findOrganisation, isOrganisationId } from './organisations.ts';
import type { Grant, RegisterEntry } from './ports.ts';

const instantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** An agreement as it is shown; times as instants. `live`: something may rest on it at this moment. */
export const showAgreement = (agreement: Agreement, now: number): object => ({
  ...agreement,
  from: instantOrNull(agreement.from),
  to: instantOrNull(agreement.to),
  endedAt: instantOrNull(agreement.endedAt),
  createdAt: formatInstant(agreement.createdAt),
  live: isAgreementLive(agreement, now),
});

const one = ({ ports }: AdminCall, agreement: Agreement, status = 200): Result<AdminReply> =>
  reply(showAgreement(agreement, ports.clock.now()), {
    status,
    headers: { etag: etagOf(agreement) },
    organisation: agreement.organisation,
    details: agreement.id,
  });

/** The agreement when the actor administers its owner. Missing otherwise, whichever it was. */
const findAgreement = async (call: AdminCall): Promise<Result<RegisterEntry>> => {
  const id = call.params['agreement'] ?? '';
  const entry = await call.ports.platform.registerEntry('agreement', id);
  return entry !== null && administers(call.actor, entry.organisation ?? '')
    ? ok(entry)
    : missing(`There is no agreement ${id}.`);
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const now = clock.now();
  const [named, processor, all] = ['organisation', 'processor', 'all'].map((name) => call.query.get(name));
  const organisation = named === null || named === undefined ? null : normaliseOrganisationId(named);
  const other = processor === null || processor === undefined ? null : normaliseOrganisationId(processor);
  const entries = await platform.registerEntries({ kind: 'agreement' });
  const chosen = entries
    .map(agreementOf)
    .filter(
      (agreement) =>
        administers(call.actor, agreement.organisation) &&
        (organisation === null || agreement.organisation === organisation) &&
        (other === null || agreement.processor === other) &&
        (all === 'true' || isAgreementStanding(agreement, now)),
    );
  return pageOfList(call, chosen, placeByAge, (agreement) => showAgreement(agreement, now));
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findAgreement(call);
  return found.ok ? one(call, agreementOf(found.value)) : found;
};

const added = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock, random } = call.ports;
  const now = clock.now();
  const body = readBody(call.body, ['organisation', 'processor', 'reference', 'from', 'to', 'reason']);
  const { errors } = body;
  const owner = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!owner.ok) return owner;
  const organisation = owner.value.id;
  const processor = normaliseOrganisationId(body.text('processor', 200) ?? '');
  // Whether there is such an organisation is not told: nothing comes of an agreement with one that is not there.
  if (!isOrganisationId(processor)) errors.push({ at: '/processor', message: 'must be the id of an organisation' });
  else if (processor === organisation)
    errors.push({ at: '/processor', message: 'must be another one: nobody needs an agreement with itself' });
  const reference = (body.text('reference', 200) ?? '').trim();
  if (reference === '') errors.push({ at: '/reference', message: 'is needed: what both call the agreement' });
  const [from, to] = [readMoment(body, 'from', null), readMoment(body, 'to', null)];
  if (from !== null && to !== null && from >= to) errors.push({ at: '/to', message: 'must come after from' });
  else if (to !== null && to <= now) errors.push({ at: '/to', message: 'is over already' });
  const reason = readReason(body);
  if (errors.length > 0) return badMembers(errors);
  const id = await claimId(call, `agreement-${random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const before = await platform.registerEntry('agreement', id.value);
  if (before !== null) return one(call, agreementOf(before));
  const others = (await platform.registerEntries({ kind: 'agreement', organisation, state: 'live' })).map(agreementOf);
  const same = others.find(
    (other) => other.processor === processor && other.reference === reference && isAgreementStanding(other, now),
  );
  if (same !== undefined) return refuse(problem('HUB-409', `The agreement is registered already, as ${same.id}.`));
  const agreement: Agreement = {
    id: id.value,
    organisation,
    processor,
    reference,
    from,
    to,
    state: 'live',
    endedAt: null,
    registeredBy: call.actor.client,
    createdAt: now,
  };
  const subject = `${agreement.id} ${organisation} ${processor}: ${reference}`;
  await decide(call, { subject, reason, organisations: [organisation] }, () =>
    platform.putRegister({ entries: [agreementEntry(agreement, 0, now)] }),
  );
  return one(call, agreement, 201);
};

// One that is leant on at the same moment is tried again; more than a few times in a row is somebody who never stops.
const attempts = 5;

const ended = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findAgreement(call);
  if (!found.ok) return found;
  const before = agreementOf(found.value);
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  if (before.state === 'ended') return one(call, before);
  const now = call.ports.clock.now();
  const after: Agreement = { ...before, state: 'ended', endedAt: now };
  let done = false;
  await decide(
    call,
    {
      subject: `${before.id} ${before.organisation} ${before.processor}`,
      reason,
      organisations: [before.organisation],
    },
    async () => {
      for (let attempt = 0; attempt < attempts && !done; attempt += 1) done = await endNow(call, after, now);
    },
  );
  return done ? one(call, after) : refuse(problem('HUB-409', 'It is being leant on just now; try again.'));
};

/** Ends an agreement with all that rests on it; false when something was put to rest on it meanwhile. */
const endNow = async (call: AdminCall, agreement: Agreement, now: number): Promise<boolean> => {
  const { platform, bundles, model } = call.ports;
  const entry = await platform.registerEntry('agreement', agreement.id);
  // Links keep grants of their own: they go first, so that nothing outlives the agreement if this is cut short.
  for (const link of await platform.links())
    if (link.agreementId === agreement.id && link.endedAt === null) {
      const over = { ...link, endedAt: now };
      await platform.putLink(over, grantsOfLink(over, bundles, model));
    }
  const grants = (await platform.grants()).filter(
    ({ agreementId, link }) => agreementId === agreement.id && (link ?? null) === null,
  );
  const fallen = await fallenWith(call, agreement);
  // What was given by a delegation rests on the agreement, too.
  const ending = new Map([...endedGrants(grants, now), ...fallen.grants].map((grant) => [grant.id, grant]));
  return platform.putRegister({
    entries: [agreementEntry(agreement, entry?.revision ?? 0, now), ...fallen.entries],
    grants: [...ending.values()],
  });
};

/** Delegations that rest on an agreement, of whosever data, with what stands on them. */
const fallenWith = async (
  call: AdminCall,
  { id, reference }: Agreement,
): Promise<{ readonly entries: readonly RegisterEntry[]; readonly grants: readonly Grant[] }> => {
  const all = (await call.ports.platform.registerEntries({ kind: 'delegation' })).map(delegationOf);
  const resting = Map.groupBy(
    all.filter(({ agreement, state }) => agreement === id && state !== 'withdrawn'),
    ({ organisation }) => organisation,
  );
  const fallen = [];
  for (const [organisation, delegations] of resting)
    fallen.push(
      await withdrawalOf(
        call,
        delegations.map(({ id: given }) => given),
        organisation,
        `The agreement ${reference} has ended.`,
      ),
    );
  return { entries: fallen.flatMap(({ entries }) => entries), grants: fallen.flatMap(({ grants }) => grants) };
};

const agreementPath = '/admin/agreements/{agreement}';
const common = { tag: 'Agreements', needs: 'write', status: 200, reply: 'Agreement', versioned: true } as const;

/** The rows. */
export const agreementOperations: readonly Operation[] = [
  {
    id: 'listAgreements',
    word: 'agreement list',
    method: 'GET',
    path: '/admin/agreements',
    needs: 'read',
    tag: 'Agreements',
    summary:
      'Agreements by which others may process data of the organisations that the caller administers, in the order in which they were registered.',
    query: [
      { name: 'organisation', description: 'Only those of this owner.', schema: { type: 'string' } },
      { name: 'processor', description: 'Only those with this organisation.', schema: { type: 'string' } },
      { name: 'all', description: 'Also those that have ended.', schema: { enum: ['true', 'false'] } },
    ],
    reply: 'AgreementList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'addAgreement',
    word: 'agreement add',
    method: 'POST',
    path: '/admin/agreements',
    summary:
      'Registers an agreement between the owner of data and the organisation that is to process them. What rests on it lasts no longer than it does.',
    body: 'NewAgreement',
    status: 201,
    repeatable: true,
    handle: added,
  },
  {
    ...common,
    id: 'showAgreement',
    word: 'agreement show',
    method: 'GET',
    path: agreementPath,
    needs: 'read',
    summary: 'One agreement.',
    handle: shown,
  },
  {
    ...common,
    id: 'endAgreement',
    word: 'agreement end',
    method: 'POST',
    path: `${agreementPath}/end`,
    summary:
      'Ends an agreement now, and with it every grant and link that rests on it; it stays on record. Ending one that is over changes nothing.',
    body: 'Reason',
    handle: ended,
  },
];
