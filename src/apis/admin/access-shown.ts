// Access requests as owners and vendors see them, and how a request is found by one who may. Used by the operations on requests.
import { formatInstant } from '#base/clock.ts';
import { ok, type Result } from '#base/result.ts';
import { requestOf, type AccessRequest } from '#catalogue/access/access-request.ts';
import { fourEyes } from '#catalogue/access/packages.ts';
import { isInForce } from '#hub/authorize.ts';
import { administers } from './actor.ts';
import { showTerms } from './access-terms.ts';
import { etagOf, missing, reply, type AdminCall, type AdminReply } from './call.ts';
import type { Application, Grant, QuotaUse, RegisterEntry } from './ports.ts';

/** A request that the caller may see, and on which side he stands; whoever runs the hub stands on both. */
export type FoundRequest = {
  readonly request: AccessRequest;
  readonly entry: RegisterEntry;
  readonly isOwner: boolean;
  readonly isVendor: boolean;
};

/** The request of the address when the actor administers one of its sides. Missing otherwise, whichever it was. */
export const findRequest = async (call: AdminCall): Promise<Result<FoundRequest>> => {
  const id = call.params['request'] ?? '';
  const entry = await call.ports.platform.registerEntry('access-request', id);
  if (entry === null) return missing(`There is no request ${id}.`);
  const request = requestOf(entry);
  const isOwner = administers(call.actor, request.organisation);
  const isVendor = administers(call.actor, request.vendor);
  return isOwner || isVendor ? ok({ request, entry, isOwner, isVendor }) : missing(`There is no request ${id}.`);
};

/** Of what is shown about requests beside what they say themselves. */
export type Around = {
  readonly applications: ReadonlyMap<string, Application>;
  readonly grants: readonly Grant[];
  readonly uses: readonly QuotaUse[];
};

const usesSinceMs = 400 * 86_400_000;

export const aroundRequests = async ({ ports }: AdminCall): Promise<Around> => {
  const { platform, clock } = ports;
  const applications = await platform.applications();
  const environments = [...new Set(applications.map(({ environment }) => environment))];
  const uses: QuotaUse[] = [];
  for (const environment of environments)
    uses.push(...(await platform.quotaUse(environment, clock.now() - usesSinceMs)));
  return {
    applications: new Map(applications.map((one) => [one.id, one])),
    grants: (await platform.grants()).filter(({ request }) => (request ?? null) !== null),
    uses,
  };
};

/** True when an application can ask for tokens: it has a public key, or a secret that works. */
export const hasKeys = ({ jwks, secrets }: Application, now: number): boolean =>
  jwks !== null || secrets.some(({ expiresAt }) => expiresAt === null || expiresAt > now);

const keysOf = (application: Application | undefined, now: number): string => {
  if (application === undefined) return 'none';
  if (application.jwks !== null) return 'public-key';
  return hasKeys(application, now) ? 'secret' : 'none';
};

/**
 * A request as one of its sides sees it. The vendor is not told who of the owner's people did what, and the owner not who of the vendor's. `packages` is a
 * row of asked, approved, active; `lastUsed` the last day on which the application asked for anything of the owner.
 */
export const showRequest = (
  { request, isOwner, isVendor }: Omit<FoundRequest, 'entry'>,
  { packages: known, clock }: AdminCall['ports'],
  { applications, grants, uses }: Around,
): object => {
  const now = clock.now();
  const application = applications.get(request.application);
  const made = grants.filter((grant) => grant.request === request.id && isInForce(grant, now));
  const usable = application !== undefined && !application.disabled;
  const terms = request.given?.terms ?? request.approvals.at(-1)?.terms ?? request.asked;
  const days = uses
    .filter((use) => use.application === request.application && use.organisation === request.organisation)
    .map(({ day }) => day);
  const by = (side: 'owner' | 'vendor', client: string): string | null =>
    (side === 'owner' ? isOwner : isVendor) ? client : null;
  return {
    id: request.id,
    common: request.common,
    application: request.application,
    applicationName: application?.name ?? request.application,
    vendor: request.vendor,
    organisation: request.organisation,
    environment: request.environment,
    purpose: request.purpose,
    legalBasis: request.legalBasis,
    agreement: request.agreement,
    state: request.state,
    asked: showTerms(request.asked),
    fourEyes: fourEyes(known, terms.packages, terms.clearance),
    askedBy: by('vendor', request.askedBy),
    createdAt: formatInstant(request.createdAt),
    endedAt: request.endedAt === null ? null : formatInstant(request.endedAt),
    thread: request.thread
      .filter(({ kind }) => isOwner || kind !== 'escalation')
      .map((message) => ({ ...message, at: formatInstant(message.at), by: by(message.side, message.by) })),
    escalation: isOwner ? request.escalation : null,
    approvals: request.approvals.map(({ by: client, at, terms: approved, agreement }) => ({
      by: by('owner', client),
      at: formatInstant(at),
      agreement,
      terms: showTerms(approved),
    })),
    given:
      request.given === null
        ? null
        : {
            at: formatInstant(request.given.at),
            agreement: request.given.agreement,
            terms: showTerms(request.given.terms),
          },
    packages: request.asked.packages.map(({ package: id }) => ({
      package: id,
      name: known.get(id)?.name ?? { nb: id, en: id },
      approved: request.given?.terms.packages.some((one) => one.package === id) ?? false,
      active: usable && made.some((grant) => grant.id.startsWith(`${request.id}/${id}/`)),
    })),
    lastUsed: days.toSorted().at(-1) ?? null,
    keys: keysOf(application, now),
  };
};

/** The answer that shows one request. */
export const oneRequest = async (
  call: AdminCall,
  found: Omit<FoundRequest, 'entry'>,
  status = 200,
): Promise<Result<AdminReply>> => {
  const { request, isOwner } = found;
  return reply(showRequest(found, call.ports, await aroundRequests(call)), {
    status,
    headers: { etag: etagOf(request) },
    // In the audit of the side that looked; the operator's looks are the owner's to know.
    organisation: isOwner ? request.organisation : request.vendor,
    details: request.id,
  });
};
