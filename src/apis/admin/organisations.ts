// Operations on organisations: who owns data, and how the hub treats them. Rows of operations.ts.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { patternCovers } from '#hub/authorize.ts';
import { normaliseOrganisationId, tenantUuid } from '#hub/principal.ts';
import { administers, may } from './actor.ts';
import { badMembers, isMembers, readBody, readReason, type Body, type Members } from './body.ts';
import {
  checkMatch,
  decide,
  etagOf,
  missing,
  pageOfList,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { modes, policies } from './ports.ts';
import { switchedApis } from '#catalogue/switched-apis.ts';
import type { Organisation, OrganisationSettings } from './ports.ts';

const idForm = /^[a-z0-9]+(?:\.[a-z0-9]+)*$/;
const idLength = 100;
const deadlineMost = 10_080;
const ruleMembers = { strictness: ['pattern', 'mode'], writes: ['pattern', 'policy', 'deadlineMinutes'] } as const;

/** True for what can be the id of an organisation, whether or not there is one. */
export const isOrganisationId = (text: string): boolean => text.length <= idLength && idForm.test(text);

/** An organisation as it is shown; `createdAt` as an instant. */
export const showOrganisation = ({ id, name, orgNumber, settings, createdAt }: Organisation): object => ({
  id,
  tenantId: tenantUuid(id),
  name,
  orgNumber,
  settings: {
    ...settings,
    writes: settings.writes ?? [],
    institutionNumber: settings.institutionNumber ?? null,
    retiringApis: settings.retiringApis ?? [],
  },
  createdAt: formatInstant(createdAt),
});

/** The organisation by any spelling of its id, when the actor administers it. Missing otherwise, whichever it was. */
export const findOrganisation = async (call: AdminCall, id: string): Promise<Result<Organisation>> => {
  const { platform } = call.ports;
  const normal = normaliseOrganisationId(id);
  if (!administers(call.actor, normal)) return missing();
  const found = await platform.organisation(normal);
  if (found !== null) return ok(found);
  const near = nearest(
    id,
    (await platform.organisations()).map((one) => one.id),
  );
  return missing(`There is no organisation ${id}.${near === null ? '' : ` Is it ${near}?`}`);
};

const one = (organisation: Organisation, status = 200): Result<AdminReply> =>
  reply(showOrganisation(organisation), {
    status,
    headers: { etag: etagOf(organisation) },
    organisation: organisation.id,
  });

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const all = await call.ports.platform.organisations();
  const mine = all.filter(({ id }) => administers(call.actor, id));
  return pageOfList(call, mine, ({ id }) => id, showOrganisation);
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  return found.ok ? one(found.value) : found;
};

/** A list of rules (`strictness`, `writes`): each an object without members of other names, of which `read` makes the rule or null. */
const readRules = <T>(
  settings: Body,
  name: keyof typeof ruleMembers,
  read: (rule: Members) => T | null,
  message: string,
): readonly T[] | undefined => {
  const value = settings.value(name);
  if (value === undefined) return undefined;
  const known: readonly string[] = ruleMembers[name];
  if (Array.isArray(value) && value.length <= 200) {
    const found = value.flatMap((rule: unknown) => {
      const fits = isMembers(rule) && Object.keys(rule).every((member) => known.includes(member));
      return (fits ? read(rule) : null) ?? [];
    });
    if (found.length === value.length) return found;
  }
  settings.errors.push({ at: `/settings/${name}`, message });
  return undefined;
};

const patternForm = /^(?:\*|[a-z0-9]+(?:\/[a-z0-9]+)*(?:\/\*)?)$/;
const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  list.some((known) => known === value);

const isPattern = (pattern: unknown): pattern is string => typeof pattern === 'string' && patternForm.test(pattern);

/** Whole minutes up to a week; null for no rule of its own. */
const isDeadline = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= deadlineMost);

/** Reads `institutionNumber`: null takes it away, nothing leaves it. Only the operator says which institution an organisation is. */
const readInstitution = ({ actor }: AdminCall, body: Body, base: OrganisationSettings): string | undefined => {
  const given = body.textOrNull('institutionNumber', 20);
  const number = given === undefined ? base.institutionNumber : (given ?? undefined);
  const at = '/settings/institutionNumber';
  if (number !== undefined && !/^\d{1,5}$/.test(number))
    body.errors.push({ at, message: 'must be one to five digits' });
  else if (number !== base.institutionNumber && !may(actor, 'platform'))
    body.errors.push({ at, message: 'is changed by the operator of the hub' });
  return number;
};

/** The refusal (HUB-409) where another organisation is the institution already: numbers are the same with and without leading zeros. */
const takenInstitution = async (
  { ports }: AdminCall,
  id: string,
  { institutionNumber: number }: OrganisationSettings,
): Promise<Result<never> | null> => {
  if (number === undefined) return null;
  const other = (await ports.platform.organisations()).find(
    (each) =>
      each.id !== id &&
      each.settings.institutionNumber !== undefined &&
      Number(each.settings.institutionNumber) === Number(number),
  );
  return other === undefined
    ? null
    : refuse(problem('HUB-409', `${other.id} is institution ${Number(number)} already.`));
};

const readSettings = (
  call: AdminCall,
  members: unknown,
  base: OrganisationSettings,
  errors: ProblemItem[],
): OrganisationSettings => {
  if (members === undefined) return base;
  if (!isMembers(members)) {
    errors.push({ at: '/settings', message: 'must be an object' });
    return base;
  }
  const body = readBody(
    members,
    ['removalGuard', 'extraBackLinks', 'strictness', 'writes', 'institutionNumber', 'retiringApis'],
    errors,
    '/settings',
  );
  const guard = body.number('removalGuard') ?? base.removalGuard;
  if (!(guard >= 0 && guard <= 1)) errors.push({ at: '/settings/removalGuard', message: 'must be a share, 0 to 1' });
  const extraBackLinks = body.flag('extraBackLinks') ?? base.extraBackLinks;
  const known = [...call.ports.model.collections.keys()];
  const strictness = readRules(
    body,
    'strictness',
    ({ pattern, mode }) => (isPattern(pattern) && isOneOf(modes, mode) ? { pattern, mode } : null),
    `must be a list of pattern and mode, with one of the modes ${modes.join(', ')}`,
  );
  const writes = readRules(
    body,
    'writes',
    ({ pattern, policy, deadlineMinutes = null }) =>
      isPattern(pattern) && isOneOf(policies, policy) && isDeadline(deadlineMinutes)
        ? { pattern, policy, deadlineMinutes }
        : null,
    `must be a list of pattern, policy (${policies.join(', ')}) and deadlineMinutes (1 to ${deadlineMost}, or null)`,
  );
  for (const { pattern } of writes ?? [])
    if (!known.some((path) => patternCovers(pattern, path)))
      errors.push({ at: '/settings/writes', message: `${pattern} covers nothing in the model` });
  const kept = writes ?? base.writes;
  const institutionNumber = readInstitution(call, body, base);
  const retiringApis = readRetiring(body) ?? base.retiringApis;
  return {
    removalGuard: guard,
    extraBackLinks,
    strictness: strictness ?? base.strictness,
    ...(kept === undefined ? {} : { writes: kept }),
    ...(institutionNumber === undefined ? {} : { institutionNumber }),
    ...(retiringApis === undefined ? {} : { retiringApis }),
  };
};

/** Which of the APIs that have to be switched on are: all of the list, and no others. Undefined when nothing is said. */
const readRetiring = (body: Body): readonly string[] | undefined => {
  const given = body.value('retiringApis');
  if (given === undefined) return undefined;
  const ids = Array.isArray(given) ? (given as readonly unknown[]) : [null];
  if (ids.every((id) => typeof id === 'string' && switchedApis.includes(id))) return [...new Set(ids as string[])];
  const message = `must be a list of APIs that have to be switched on: ${switchedApis.join(', ')}`;
  body.errors.push({ at: '/settings/retiringApis', message });
  return undefined;
};

const checkName = (name: string, errors: ProblemItem[]): void => {
  if (name.trim() === '') errors.push({ at: '/name', message: 'must be 1 to 200 letters' });
};

const checkNumber = (digits: string | null, errors: ProblemItem[]): void => {
  if (digits !== null && !/^\d{9}$/.test(digits)) errors.push({ at: '/orgNumber', message: 'must be nine digits' });
};

const added = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock, defaults } = call.ports;
  const body = readBody(call.body, ['id', 'name', 'orgNumber', 'settings']);
  const { errors } = body;
  const id = normaliseOrganisationId(body.text('id', 200) ?? '');
  if (!idForm.test(id) || id.length > idLength)
    errors.push({ at: '/id', message: 'must be letters a-z and digits, parted by dots' });
  const name = body.text('name', 200) ?? '';
  checkName(name, errors);
  const orgNumber = body.textOrNull('orgNumber', 20) ?? null;
  checkNumber(orgNumber, errors);
  const settings = readSettings(call, body.value('settings'), defaults, errors);
  if (errors.length > 0) return badMembers(errors);
  if ((await platform.organisation(id)) !== null)
    return refuse(problem('HUB-409', `There is an organisation ${id} already.`));
  const taken = await takenInstitution(call, id, settings);
  if (taken !== null) return taken;
  const organisation: Organisation = { id, name, orgNumber, settings, createdAt: clock.now() };
  await decide(call, { subject: id, organisations: [id] }, () => platform.putOrganisation(organisation));
  return one(organisation, 201);
};

const changed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform } = call.ports;
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['name', 'orgNumber', 'settings', 'reason']);
  const { errors } = body;
  const name = body.text('name', 200) ?? before.name;
  checkName(name, errors);
  const number = body.textOrNull('orgNumber', 20);
  const orgNumber = number === undefined ? before.orgNumber : number;
  checkNumber(orgNumber, errors);
  if (orgNumber !== before.orgNumber && !may(call.actor, 'platform'))
    errors.push({ at: '/orgNumber', message: 'is changed by the operator of the hub' });
  const settings = readSettings(call, body.value('settings'), before.settings, errors);
  const reason = readReason(body);
  if (errors.length > 0) return badMembers(errors);
  const taken =
    settings.institutionNumber === before.settings.institutionNumber
      ? null
      : await takenInstitution(call, before.id, settings);
  if (taken !== null) return taken;
  const after = { ...before, name, orgNumber, settings };
  await decide(call, { subject: before.id, reason, organisations: [before.id] }, () => platform.putOrganisation(after));
  return one(after);
};

/** The rows. */
export const organisationOperations: readonly Operation[] = [
  {
    id: 'listOrganisations',
    word: 'org list',
    method: 'GET',
    path: '/admin/organisations',
    needs: 'read',
    tag: 'Organisations',
    summary: 'The organisations that the caller administers.',
    reply: 'OrganisationList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    id: 'addOrganisation',
    word: 'org add',
    method: 'POST',
    path: '/admin/organisations',
    needs: 'platform',
    tag: 'Organisations',
    summary: 'Adds an organisation.',
    body: 'NewOrganisation',
    reply: 'Organisation',
    status: 201,
    versioned: true,
    handle: added,
  },
  {
    id: 'showOrganisation',
    word: 'org show',
    method: 'GET',
    path: '/admin/organisations/{organisation}',
    needs: 'read',
    tag: 'Organisations',
    summary: 'One organisation with its settings.',
    reply: 'Organisation',
    status: 200,
    versioned: true,
    handle: shown,
  },
  {
    id: 'setOrganisation',
    word: 'org set',
    method: 'PATCH',
    path: '/admin/organisations/{organisation}',
    needs: 'write',
    tag: 'Organisations',
    summary: 'Changes what is given and leaves the rest; lists of rules are replaced whole.',
    body: 'OrganisationChange',
    reply: 'Organisation',
    status: 200,
    versioned: true,
    handle: changed,
  },
];
