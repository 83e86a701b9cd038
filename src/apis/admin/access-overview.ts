// Operations on the whole of the access that an owner has given: who has what, when it was last used, what to look at; that something is still needed; and
// all of it as a file. Rows of operations.ts. What stands in a line is decided in catalogue/access/overview.ts.
import { formatInstant } from '#base/clock.ts';
import type { Result } from '#base/result.ts';
import { requestOf } from '#catalogue/access/access-request.ts';
import { agreementOf, isAgreementStanding, type Agreement } from '#catalogue/access/agreement.ts';
import { delegationOf } from '#catalogue/access/delegation.ts';
import { originKey, overviewOf, type AccessFacts, type AccessHeld } from '#catalogue/access/overview.ts';
import { hitDays, sinceDay } from '#catalogue/impact.ts';
import { isAgreementRequired } from './agreement-rules.ts';
import { badMembers, readBody, readReason } from './body.ts';
import {
  decide,
  missing,
  pageOfList,
  placeByAge,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';
import { environments, type Grant, type Link } from './ports.ts';

/** What grants have let through is counted as parts of this. */
export const grantsAsParts = 'access';

/** Ids of confirmations: of an organisation and an origin, whatever signs these hold. */
const confirmationId = (organisation: string, key: string): string => `${organisation} ${key}`;

const factsOf = async ({ ports }: AdminCall, organisation: string): Promise<AccessFacts> => {
  const { platform, agreements, clock } = ports;
  const since = sinceDay(clock.now(), hitDays);
  const [requests, delegations, registered, confirmations] = await Promise.all(
    (['access-request', 'delegation', 'agreement', 'confirmation'] as const).map((kind) =>
      platform.registerEntries({ kind, organisation }),
    ),
  );
  const uses = await Promise.all(
    environments.map((environment) => platform.partUse(environment, { since, api: grantsAsParts })),
  );
  return {
    organisation,
    applications: await platform.applications(),
    grants: await platform.grants(),
    links: await platform.links(),
    requests: (requests ?? []).map(requestOf),
    delegations: (delegations ?? []).map(delegationOf),
    agreements: (registered ?? []).map(agreementOf),
    use: uses.flat(),
    confirmed: new Map(
      (confirmations ?? []).map(({ id, changedAt }) => [id.slice(organisation.length + 1), changedAt]),
    ),
    agreementsRequired: (environment) => isAgreementRequired(agreements, environment),
  };
};

const instantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));

const show = (held: AccessHeld): object => ({
  ...held,
  agreement: held.agreement === null ? null : { ...held.agreement, to: instantOrNull(held.agreement.to) },
  from: instantOrNull(held.from),
  to: instantOrNull(held.to),
  givenAt: formatInstant(held.givenAt),
  confirmedAt: instantOrNull(held.confirmedAt),
  reminders: held.reminders.map(({ kind, at }) => ({ kind, at: formatInstant(at) })),
});

const placeOf = ({ givenAt, application, by }: AccessHeld): string =>
  placeByAge({ createdAt: givenAt, id: `${originKey(by)} ${application}` });

const seen = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const owner = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!owner.ok) return owner;
  const [application, look] = ['application', 'reminders'].map((name) => call.query.get(name) ?? null);
  const all = overviewOf(await factsOf(call, owner.value.id), call.ports.clock.now());
  const chosen = all.filter(
    (held) =>
      (application === null || held.application === application) && (look !== 'true' || held.reminders.length > 0),
  );
  return pageOfList(call, chosen, placeOf, show);
};

const confirmed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const owner = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!owner.ok) return owner;
  const { platform, clock } = call.ports;
  const [organisation, now] = [owner.value.id, clock.now()];
  const body = readBody(call.body, ['kind', 'id', 'reason']);
  const [kind, id] = [body.text('kind', 20) ?? '', body.text('id', 200) ?? ''];
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const held = overviewOf(await factsOf(call, organisation), now).find(({ by }) => by.kind === kind && by.id === id);
  if (held === undefined) return missing(`Nothing was given by the ${kind} ${id}.`);
  const key = confirmationId(organisation, originKey(held.by));
  const subject = `${originKey(held.by)} ${organisation}`;
  await decide(call, { subject, reason, organisations: [organisation] }, async () => {
    const before = await platform.registerEntry('confirmation', key);
    // Whoever says the same at the same moment has said it.
    await platform.putRegister({
      entries: [
        {
          kind: 'confirmation',
          id: key,
          revision: (before?.revision ?? 0) + 1,
          organisation,
          application: held.application,
          state: 'confirmed',
          createdAt: before?.createdAt ?? now,
          changedAt: now,
          value: { by: call.actor.client },
        },
      ],
    });
  });
  return reply(show({ ...held, confirmedAt: now, reminders: held.reminders.filter((one) => one.kind !== 'confirm') }), {
    organisation,
  });
};

// --- As a file ----------------------------------------------------------------------------------------------------------------

const agreementLine = ({ id, processor, reference, from, to }: Agreement): object => ({
  id,
  processor,
  reference,
  from: instantOrNull(from),
  to: instantOrNull(to),
});

/** A grant as it can be given again: what is as usual is left out. */
const grantLine = (
  { application, from, to, agreement, agreementId = null, ...grant }: Grant,
  agreements: readonly Agreement[],
): object => {
  const { id, collections, actions, fields, withhold, rows, clearance = 0, purpose } = grant;
  return {
    id,
    application,
    collections,
    actions,
    ...(fields === null ? {} : { fields }),
    ...(withhold.length === 0 ? {} : { withhold }),
    ...(rows === null ? {} : { rows }),
    ...(clearance === 0 ? {} : { clearance }),
    from: instantOrNull(from),
    to: instantOrNull(to),
    purpose,
    // Ids are another hub's own; what both call the agreement is not.
    agreement: agreements.find((one) => one.id === agreementId)?.reference ?? agreement,
  };
};

const linkLine = ({ id, application, scopes, schools, agreement, purpose, clearance, quota = null }: Link): object => ({
  id,
  application,
  scopes,
  schools,
  agreement: {
    reference: agreement.reference,
    from: instantOrNull(agreement.from),
    to: instantOrNull(agreement.to),
  },
  purpose,
  ...(clearance === 0 ? {} : { clearance }),
  ...(quota === null ? {} : { quota }),
});

/**
 * What an owner has given, as a file that `bindeledd access import` takes: agreements, grants of their own and links. What came by requests and delegations
 * has its own ways to be given and ended; it stands there to be read.
 */
const exported = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const owner = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!owner.ok) return owner;
  const organisation = owner.value.id;
  const now = call.ports.clock.now();
  const facts = await factsOf(call, organisation);
  const own = facts.grants.filter(
    (grant) => grant.organisation === organisation && (grant.to === null || grant.to > now),
  );
  const byHand = own.filter(
    ({ link = null, request = null, delegation = null }) => link === null && request === null && delegation === null,
  );
  const file = {
    organisation,
    agreements: facts.agreements.filter((agreement) => isAgreementStanding(agreement, now)).map(agreementLine),
    grants: byHand.map((grant) => grantLine(grant, facts.agreements)),
    links: facts.links
      .filter((link) => link.organisation === organisation && (link.endedAt === null || link.endedAt > now))
      .map(linkLine),
    others: overviewOf(facts, now)
      .filter(({ by }) => by.kind === 'request' || by.kind === 'delegation')
      .map(({ application, by, named, agreement, chain, to }) => ({
        application,
        [by.kind]: by.id,
        packages: named,
        agreement: agreement?.id ?? null,
        chain,
        to: instantOrNull(to),
      })),
  };
  return reply(file, { organisation, count: file.grants.length + file.links.length + file.others.length });
};

const path = '/admin/organisations/{organisation}/access';
const common = { tag: 'Access', needs: 'read', status: 200 } as const;

/** The rows. */
export const accessOverviewOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listAccess',
    word: 'access overview',
    method: 'GET',
    path,
    summary:
      'Who has what of the data of an organisation, by which grant, link, request or delegation, through whom, when it was last used, and what to look at.',
    query: [
      { name: 'application', description: 'Only of this application.', schema: { type: 'string' } },
      {
        name: 'reminders',
        description: 'Only what there is something to look at of.',
        schema: { enum: ['true', 'false'] },
      },
    ],
    reply: 'AccessHeldList',
    paged: true,
    handle: seen,
  },
  {
    ...common,
    id: 'confirmAccess',
    word: 'access confirm',
    method: 'POST',
    path: `${path}/confirm`,
    needs: 'write',
    summary: 'Says that something that was given is still needed. It is asked once a year.',
    body: 'AccessConfirmation',
    reply: 'AccessHeld',
    handle: confirmed,
  },
  {
    ...common,
    id: 'exportAccess',
    word: 'access export',
    method: 'GET',
    path: `${path}/export`,
    summary: 'What the organisation has given as a file: to be read, compared, and taken in again.',
    reply: 'AccessFile',
    handle: exported,
  },
];
