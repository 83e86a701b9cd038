// Reads what adapters send beside pages: contracts and heartbeats (facts 5.2, 5.3), and addresses of collections. Called by the routes of
// provider-api.ts. Pure; every finding of a body is given at once, and names members, never values.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { normaliseOrganisationId, type Principal } from '#hub/principal.ts';
import type { Collection, Model } from '#model/model.ts';
import { bodyOf, membersOf } from './body.ts';
import type { Members } from './body.ts';
import { operationNames } from './events-parse.ts';
import type { Capability, Contract, EventCapability, EventOperation } from './ports.ts';

/**
 * Takes the segments of an address (decoded, without slashes), gives the collection, or null. Case does not matter; classes of a deeper
 * package answer with its last level left out too, as in the client API (facts 1.6).
 */
export const collectionAt = (model: Model, segments: readonly string[]): Collection | null => {
  const path = segments.map((one) => one.toLowerCase()).join('/');
  const exact = model.collections.get(path);
  if (exact !== undefined || segments.length !== 3) return exact ?? null;
  const [domain, pack, resource] = path.split('/');
  for (const collection of model.collections.values())
    if (collection.segment === resource && collection.component.startsWith(`${domain}/${pack}/`)) return collection;
  return null;
};

/** The part of an address behind its route as decoded segments; null when it is not well-formed. */
export const segmentsOf = (rest: string): readonly string[] | null => {
  try {
    return decodeURIComponent(rest)
      .split('/')
      .filter((one) => one !== '');
  } catch {
    return null;
  }
};

const idForm = /^[^\p{Cc}\p{Cs}]{1,512}$/u;
const isId = (value: unknown): value is string => typeof value === 'string' && idForm.test(value);

/** The organisation in a body must be that of the token; it may be left out. */
const checkOrganisation = (body: Members, principal: Principal): Result<null> => {
  const orgId = body.of('orgId');
  if (orgId === undefined || orgId === null) return ok(null);
  if (typeof orgId === 'string' && normaliseOrganisationId(orgId) === principal.tenant) return ok(null);
  return failed(problem('HUB-401', 'The organisation in the body is not that of the token.'));
};

/** Tokens name no user: the client id counts, and any adapter name of the organisation, as FINT gives them out. */
const isOwnName = (username: string, { client, tenant }: Principal): boolean =>
  username === client ||
  (/^[^@\s]+@adapter\.[^@\s]+$/.test(username) &&
    normaliseOrganisationId(username.slice(username.indexOf('@adapter.') + 9)) === tenant);

const whole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/**
 * Reads the body of a registration. Fails with HUB-101, HUB-103 (an unknown class, an interval outside of 1 to 7 days, wrong members), HUB-401
 * (another organisation) or HUB-400 (another user).
 */
export const readContract = (text: string, principal: Principal, model: Model): Result<Contract> => {
  const body = bodyOf(text);
  if (!body.ok) return body;
  const organisation = checkOrganisation(body.value, principal);
  if (!organisation.ok) return organisation;
  const username = body.value.of('username');
  if (typeof username === 'string' && !isOwnName(username, principal))
    return failed(problem('HUB-400', 'The username is neither the client id nor an adapter name of the organisation.'));

  const errors: ProblemItem[] = [];
  const adapterId = body.value.of('adapterId');
  const interval = body.value.of('heartbeatIntervalInMinutes');
  const given = body.value.of('capabilities');
  if (!isId(adapterId)) errors.push({ at: '/adapterId', message: 'expected text of 1 to 512 characters' });
  if (!isId(username)) errors.push({ at: '/username', message: 'expected text of 1 to 512 characters' });
  if (!whole(interval, 1, 1440))
    errors.push({ at: '/heartbeatIntervalInMinutes', message: 'expected a whole number of minutes from 1 to 1440' });
  if (!Array.isArray(given) || given.length > 1000)
    errors.push({ at: '/capabilities', message: 'expected a list of at most 1000' });
  const capabilities = (Array.isArray(given) ? given.slice(0, 1000) : []).map((one: unknown, index) =>
    readCapability(one, `/capabilities/${index}`, model, errors),
  );
  const eventCapabilities = readEventCapabilities(body.value.of('eventCapabilities'), model, errors);
  if (errors.length > 0 || !isId(adapterId) || !isId(username) || !whole(interval, 1, 1440))
    return failed(
      problem('HUB-103', 'The contract is not right; nothing was registered.', { errors: errors.slice(0, 100) }),
    );
  const byCollection = new Map(capabilities.filter((one) => one !== null).map((one) => [one.collection, one]));
  const contract = { adapterId, username, heartbeatIntervalInMinutes: interval };
  const delivered = { ...contract, capabilities: [...byCollection.values()] };
  return ok(eventCapabilities === null ? delivered : { ...delivered, eventCapabilities });
};

const deltaIntervals = ['IMMEDIATE', 'LEGACY', 'NONE'] as const;

/** The collection that a capability names; null, and a finding, when there is none. */
const readCollection = (members: Members, at: string, model: Model, errors: ProblemItem[]): Collection | null => {
  const names = ['domainName', 'packageName', 'resourceName'].map((name) => members.of(name));
  const segments = names.map((name) => (typeof name === 'string' ? name.replaceAll('.', '/') : ''));
  const path = segments
    .join('/')
    .split('/')
    .filter((one) => one !== '');
  const collection = segments.includes('') ? null : collectionAt(model, path);
  if (collection === null) errors.push({ at, message: 'the model has no class of these names' });
  return collection;
};

const readCapability = (value: unknown, at: string, model: Model, errors: ProblemItem[]): Capability | null => {
  const members = membersOf(value);
  if (members === null) {
    errors.push({ at, message: 'expected an object' });
    return null;
  }
  const collection = readCollection(members, at, model, errors);
  if (collection === null) return null;
  const days = members.of('fullSyncIntervalInDays');
  if (!whole(days, 1, 7))
    errors.push({ at: `${at}/fullSyncIntervalInDays`, message: 'expected a whole number of days from 1 to 7' });
  const delta = members.of('deltaSyncInterval') ?? 'NONE';
  const deltaSyncInterval = deltaIntervals.find((one) => one === delta);
  if (deltaSyncInterval === undefined)
    errors.push({ at: `${at}/deltaSyncInterval`, message: `expected one of ${deltaIntervals.join(', ')}` });
  return whole(days, 1, 7) && deltaSyncInterval !== undefined
    ? { collection: collection.path, fullSyncIntervalInDays: days, deltaSyncInterval }
    : null;
};

/** What an adapter answers of events; null when it does not say. Classes that stand twice answer what both say. */
const readEventCapabilities = (
  given: unknown,
  model: Model,
  errors: ProblemItem[],
): readonly EventCapability[] | null => {
  if (given === undefined || given === null) return null;
  if (!Array.isArray(given) || given.length > 1000) {
    errors.push({ at: '/eventCapabilities', message: 'expected a list of at most 1000' });
    return null;
  }
  const byCollection = new Map<string, ReadonlySet<EventOperation>>();
  for (const [index, one] of given.entries()) {
    const at = `/eventCapabilities/${index}`;
    const members = membersOf(one);
    if (members === null) {
      errors.push({ at, message: 'expected an object' });
      continue;
    }
    const collection = readCollection(members, at, model, errors);
    const operations = readOperations(members.of('operations'));
    if (operations === null)
      errors.push({ at: `${at}/operations`, message: `expected a list of ${[...operationNames.keys()].join(', ')}` });
    if (collection === null || operations === null) continue;
    byCollection.set(collection.path, new Set([...(byCollection.get(collection.path) ?? []), ...operations]));
  }
  return [...byCollection].map(([collection, operations]) => ({ collection, operations: [...operations] }));
};

const readOperations = (given: unknown): readonly EventOperation[] | null => {
  if (!Array.isArray(given)) return null;
  const known = given.map((one: unknown) => (typeof one === 'string' ? operationNames.get(one) : undefined));
  const found = known.filter((one) => one !== undefined);
  return found.length === known.length ? found : null;
};

/** Checks the body of a heartbeat: an object whose organisation is that of the token. Times are ours, not the adapter's (facts 5.2). */
export const readHeartbeat = (text: string, principal: Principal): Result<null> => {
  const body = bodyOf(text);
  return body.ok ? checkOrganisation(body.value, principal) : body;
};
