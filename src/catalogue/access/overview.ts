// Who has what of an owner's data: everything that opens some of it, by what it was given, since when it has not been used, and what the owner should look at.
// Made for the access overview of the admin API and its reminders. Pure; knows no API and reads nothing.
import type { AccessRequest } from './access-request.ts';
import type { Agreement } from './agreement.ts';
import { chainOf, type Delegation } from './delegation.ts';
import type { Application, Environment, Grant, Link, PartUse } from '#store/store.ts';

/** By what access was given: what is changed or ended where it is not wanted any more. */
export const originKinds = ['request', 'link', 'delegation', 'grant'] as const;
export type AccessOrigin = { readonly kind: (typeof originKinds)[number]; readonly id: string };

export const reminderKinds = [
  'ends-soon',
  'agreement-ends',
  'no-agreement',
  'never-used',
  'unused',
  'confirm',
] as const;
export type ReminderKind = (typeof reminderKinds)[number];

/** Something to look at; `at` is the moment (epoch ms) that it is about. */
export type AccessReminder = { readonly kind: ReminderKind; readonly at: number };

/** What one application has by one origin. Moments are epoch ms; `to` is the first moment outside. */
export type AccessHeld = {
  readonly application: string;
  /** Null where the application is not known any more. */
  readonly name: string | null;
  readonly vendor: string | null;
  readonly environment: Environment;
  readonly by: AccessOrigin;
  /** Of requests and delegations packages, of links scopes; [] for grants of their own. */
  readonly named: readonly string[];
  readonly collections: readonly string[];
  readonly actions: readonly string[];
  readonly clearance: number;
  readonly purpose: string;
  readonly agreement: { readonly id: string | null; readonly reference: string; readonly to: number | null } | null;
  /** Organisations from the owner to whoever the application belongs to. */
  readonly chain: readonly string[];
  readonly from: number | null;
  readonly to: number | null;
  readonly givenAt: number;
  readonly confirmedAt: number | null;
  /** It opens something at this moment. */
  readonly live: boolean;
  /** The last day on which something was let through by it (`2026-11-22`), as far back as use is kept; null = none. */
  readonly lastUsed: string | null;
  /** How often, in that time. */
  readonly uses: number;
  readonly reminders: readonly AccessReminder[];
};

export type AccessFacts = {
  readonly organisation: string;
  readonly applications: readonly Application[];
  readonly grants: readonly Grant[];
  readonly links: readonly Link[];
  readonly requests: readonly AccessRequest[];
  readonly delegations: readonly Delegation[];
  readonly agreements: readonly Agreement[];
  /** What has been used by grants: parts are ids of grants. */
  readonly use: readonly PartUse[];
  /** When the owner last said of an origin that it is still needed, by `kind id`. */
  readonly confirmed: ReadonlyMap<string, number>;
  /** Whether nothing is to be given for an environment without a registered agreement. */
  readonly agreementsRequired: (environment: Environment) => boolean;
};

/** How long before its end, and after how long, the owner is reminded; days. */
export const reminderDays = { endsSoon: 30, agreementEnds: 60, unused: 90, confirm: 365 } as const;

const dayMs = 86_400_000;

/** The name of an origin, as confirmations are kept by. */
export const originKey = ({ kind, id }: AccessOrigin): string => `${kind} ${id}`;

/** By what a grant was given. */
export const originOf = ({ id, request = null, delegation = null, link = null }: Grant): AccessOrigin => {
  if (delegation !== null) return { kind: 'delegation', id: delegation };
  if (request !== null) return { kind: 'request', id: request };
  return link === null ? { kind: 'grant', id } : { kind: 'link', id: link };
};

/** Everything that opens something of an organisation's data at a moment or will, one line for each application and origin, the oldest first. */
export const overviewOf = (facts: AccessFacts, now: number): readonly AccessHeld[] => {
  const groups = Map.groupBy(
    facts.grants.filter(({ organisation, to }) => organisation === facts.organisation && (to === null || to > now)),
    (grant) => `${grant.application} ${originKey(originOf(grant))}`,
  );
  return [...groups.values()]
    .map((grants) => heldBy(grants, facts, now))
    .sort((a, b) => a.givenAt - b.givenAt || (a.by.id < b.by.id ? -1 : 1));
};

const heldBy = (grants: readonly Grant[], facts: AccessFacts, now: number): AccessHeld => {
  const [first] = grants;
  if (first === undefined) throw new Error('A group holds what was grouped.');
  const by = originOf(first);
  const application = facts.applications.find(({ id }) => id === first.application) ?? null;
  const delegation = by.kind === 'delegation' ? (facts.delegations.find(({ id }) => id === by.id) ?? null) : null;
  const vendor = application?.owner ?? null;
  const uses = usesOf(grants, facts.use);
  const held: Omit<AccessHeld, 'reminders'> = {
    application: first.application,
    name: application?.name ?? null,
    vendor,
    environment: first.environment,
    by,
    named: namedBy(by, facts),
    collections: unique(grants.flatMap(({ collections }) => collections)),
    actions: unique(grants.flatMap(({ actions }) => actions)),
    clearance: Math.max(...grants.map(({ clearance = 0 }) => clearance)),
    purpose: first.purpose,
    agreement: agreementOf(first, facts.agreements),
    chain: unique([
      facts.organisation,
      ...(delegation === null ? [] : chainOf(delegation, facts.delegations).map(({ to }) => to)),
      ...(vendor === null ? [] : [vendor]),
    ]),
    from: earliest(grants.map(({ from }) => from)),
    to: latest(grants.map(({ to }) => to)),
    givenAt: Math.min(...grants.map(({ createdAt }) => createdAt)),
    confirmedAt: facts.confirmed.get(originKey(by)) ?? null,
    live:
      application !== null &&
      !application.disabled &&
      application.environment === first.environment &&
      grants.some(({ from }) => from === null || from <= now),
    ...uses,
  };
  return { ...held, reminders: remindersOf(held, facts, now) };
};

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** An open end is earlier, or later, than every other. */
const earliest = (moments: readonly (number | null)[]): number | null =>
  moments.includes(null) ? null : Math.min(...moments.map((one) => one ?? 0));
const latest = (moments: readonly (number | null)[]): number | null =>
  moments.includes(null) ? null : Math.max(...moments.map((one) => one ?? 0));

const usesOf = (grants: readonly Grant[], use: readonly PartUse[]): Pick<AccessHeld, 'lastUsed' | 'uses'> => {
  const ids = new Set(grants.map(({ id }) => id));
  const mine = use.filter(({ part, application }) => application === grants[0]?.application && ids.has(part));
  return {
    lastUsed: mine.reduce<string | null>((last, { day }) => (last === null || day > last ? day : last), null),
    uses: mine.reduce((sum, { count }) => sum + count, 0),
  };
};

const namedBy = ({ kind, id }: AccessOrigin, facts: AccessFacts): readonly string[] => {
  switch (kind) {
    case 'request':
      return packageNames(facts.requests.find((one) => one.id === id)?.given?.terms.packages);
    case 'delegation':
      return packageNames(facts.delegations.find((one) => one.id === id)?.terms.packages);
    case 'link':
      return facts.links.find((one) => one.id === id)?.scopes ?? [];
    case 'grant':
      return [];
  }
};

const packageNames = (packages: readonly { readonly package: string }[] = []): readonly string[] =>
  packages.map((one) => one.package);

const agreementOf = (
  { agreementId = null, agreement }: Grant,
  agreements: readonly Agreement[],
): AccessHeld['agreement'] => {
  const found = agreementId === null ? undefined : agreements.find(({ id }) => id === agreementId);
  if (found !== undefined) return { id: found.id, reference: found.reference, to: found.to };
  return agreement === null || agreement === '' ? null : { id: null, reference: agreement, to: null };
};

const remindersOf = (
  held: Omit<AccessHeld, 'reminders'>,
  { agreementsRequired, organisation }: AccessFacts,
  now: number,
): readonly AccessReminder[] => {
  const { to, agreement, givenAt, confirmedAt, lastUsed, live } = held;
  const within = (at: number | null, days: number): at is number => at !== null && at <= now + days * dayMs;
  const unusedSince = lastUsed === null ? givenAt : Date.parse(`${lastUsed}T00:00:00Z`);
  const idle = live && now - unusedSince >= reminderDays.unused * dayMs;
  const confirmBy = (confirmedAt ?? givenAt) + reminderDays.confirm * dayMs;
  const found: AccessReminder[] = [];
  if (within(to, reminderDays.endsSoon)) found.push({ kind: 'ends-soon', at: to });
  const ending = agreement?.to ?? null;
  if (within(ending, reminderDays.agreementEnds)) found.push({ kind: 'agreement-ends', at: ending });
  const needsOne = held.vendor !== organisation && agreementsRequired(held.environment);
  if (needsOne && (agreement?.id ?? null) === null) found.push({ kind: 'no-agreement', at: givenAt });
  if (idle) found.push({ kind: lastUsed === null ? 'never-used' : 'unused', at: unusedSince });
  if (confirmBy <= now) found.push({ kind: 'confirm', at: confirmBy });
  return found;
};
