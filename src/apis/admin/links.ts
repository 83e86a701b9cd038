// Operations on links: an organisation lets an application in with some scopes, by itself and at once, changes that, and ends it. Rows of operations.ts.
// What the scopes open is the model's to say, what grants that makes is decided in hub/link-grants.ts.
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { showsAttribute } from '#hub/field-view.ts';
import { canonicalScope, grantsOfLink, isLinkInForce } from '#hub/link-grants.ts';
import { leanedOn } from '#catalogue/access/agreement.ts';
import { normaliseOrganisationId, tenantUuid } from '#hub/principal.ts';
import { covers } from '#model/derive-scopes.ts';
import type { Collection } from '#model/model.ts';
import { administers } from './actor.ts';
import { leanOnAgreement, type Leant } from './agreement-rules.ts';
import { badMembers, isMembers, readBody, readReason, type Body } from './body.ts';
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
import { findApplication } from './grants.ts';
import { readClearance, readMoment } from './grant-rules.ts';
import { findOrganisation } from './organisations.ts';
import type { AdminPorts, Application, Grant, Link, RegisterEntry } from './ports.ts';
import { readQuota } from './usage.ts';

const linkMembers = ['scopes', 'schools', 'agreement', 'purpose', 'clearance', 'quota'] as const;
type Terms = Pick<Link, (typeof linkMembers)[number]>;

const blankTerms: Terms = {
  scopes: [],
  schools: null,
  agreement: { reference: '', from: null, to: null },
  purpose: '',
  clearance: 0,
  quota: null,
};

const instantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** A link as it is shown; times as instants. `live`: tokens may be had by it at this moment. */
export const showLink = (link: Link, application: Application | null, { bundles, clock }: AdminPorts): object => ({
  ...link,
  quota: link.quota ?? null,
  tenantId: tenantUuid(link.organisation),
  agreement: {
    reference: link.agreement.reference,
    from: instantOrNull(link.agreement.from),
    to: instantOrNull(link.agreement.to),
  },
  createdAt: formatInstant(link.createdAt),
  ...changedAtOf(link),
  endedAt: instantOrNull(link.endedAt),
  live:
    application !== null &&
    !application.disabled &&
    application.environment === link.environment &&
    isLinkInForce(link, clock.now()),
  opens: link.scopes.map((scope) => {
    const bundle = bundles.bundles.get(scope);
    return {
      scope,
      description: bundle?.description ?? { nb: '', en: '' },
      collections: [...new Set(bundle?.opens.flatMap(({ collections }) => collections))].sort(),
    };
  }),
});

const one = async (
  { ports }: AdminCall,
  link: Link,
  more: { readonly status?: number; readonly warnings?: readonly ProblemItem[] } = {},
): Promise<Result<AdminReply>> => {
  const { status = 200, warnings = [] } = more;
  const shown = showLink(link, await ports.platform.application(link.application), ports);
  return reply(warnings.length === 0 ? shown : { ...shown, warnings }, {
    status,
    headers: { etag: etagOf(link) },
    organisation: link.organisation,
    details: link.id,
  });
};

/** The link when the actor administers the organisation whose data it opens. Missing otherwise, whichever it was. */
const findLink = async (call: AdminCall): Promise<Result<Link>> => {
  const id = call.params['link'] ?? '';
  const found = (await call.ports.platform.links()).find(
    (link) => link.id === id && administers(call.actor, link.organisation),
  );
  return found === undefined ? missing(`There is no link ${id}.`) : ok(found);
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const [application, named, all] = ['application', 'organisation', 'all'].map((name) => call.query.get(name));
  const organisation = named === null || named === undefined ? null : normaliseOrganisationId(named);
  const applications = new Map((await platform.applications()).map((each) => [each.id, each]));
  const now = clock.now();
  const chosen = (await platform.links()).filter(
    (link) =>
      administers(call.actor, link.organisation) &&
      (application === null || link.application === application) &&
      (organisation === null || link.organisation === organisation) &&
      (all === 'true' || link.endedAt === null || link.endedAt > now),
  );
  return pageOfList(call, chosen, placeByAge, (link) =>
    showLink(link, applications.get(link.application) ?? null, call.ports),
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findLink(call);
  return found.ok ? one(call, found.value) : found;
};

// --- What it shows ------------------------------------------------------------------------------------------------------------

const opensTo = (grants: readonly Grant[], { path }: Collection): readonly Grant[] =>
  grants.filter(({ collections }) => collections.some((pattern) => covers(pattern, path)));

/** What grants show of a collection, for those who decide about access: names of attributes and relations, never a value. */
const sightOf = ({ model }: AdminPorts, grants: readonly Grant[], collection: Collection): object | null => {
  const opening = opensTo(grants, collection);
  if (opening.length === 0) return null;
  const reading = opening.filter(({ actions }) => actions.some((action) => action === 'read' || action === 'list'));
  const attributes = collection.class.attributes.filter((attribute) =>
    reading.some((grant) => showsAttribute(model, grant, attribute)),
  );
  const relations = [...collection.links.values()].filter(({ relation: { jsonName }, target }) => {
    const end = target === null ? undefined : model.collections.get(target);
    const named = reading.some(({ fields }) => fields === null || fields.includes(jsonName));
    return named && (target === null || (end !== undefined && opensTo(grants, end).length > 0));
  });
  return {
    collection: collection.path,
    actions: [...new Set(opening.flatMap(({ actions }) => actions))].sort(),
    scopes: [...new Set(opening.flatMap(({ scope }) => scope?.split(' ') ?? []))].sort(),
    attributes: attributes.map(({ jsonName }) => jsonName),
    relations: relations.map(({ relation }) => relation.jsonName),
    sensitive: attributes
      .filter(({ sensitivity }) => sensitivity !== 'open' && sensitivity !== 'personal')
      .map(({ jsonName, sensitivity }) => ({ attribute: jsonName, sensitivity })),
  };
};

const explained = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findLink(call);
  if (!found.ok) return found;
  const { id, organisation, schools, clearance, endedAt } = found.value;
  const { model, platform, clock } = call.ports;
  const over = endedAt !== null && endedAt <= clock.now();
  // Those that are in force, whatever has become of the bundles since they were made.
  const grants = over ? [] : (await platform.grantsOf(found.value.application)).filter(({ link }) => link === id);
  const items = [...model.collections.values()].flatMap((collection) => sightOf(call.ports, grants, collection) ?? []);
  return reply({ link: id, schools, clearance, items }, { organisation, details: id, count: items.length });
};

// --- What it says -------------------------------------------------------------------------------------------------------------

const readScopes = ({ bundles }: AdminPorts, body: Body, before: readonly string[]): readonly string[] => {
  const { errors } = body;
  const given = body.texts('scopes');
  const names = [...bundles.bundles.keys()];
  const scopes = (given ?? before).flatMap((name) => {
    const scope = canonicalScope(bundles, name);
    if (scope !== null) return scope;
    const near = nearest(name, names);
    errors.push({ at: '/scopes', message: `${name} is unknown${near === null ? '' : `; is it ${near}?`}` });
    return [];
  });
  if (scopes.length === 0) errors.push({ at: '/scopes', message: `name at least one of ${names.join(', ')}` });
  else if (scopes.every((scope) => bundles.bundles.get(scope)?.follows === true))
    errors.push({ at: '/scopes', message: `${scopes.join(' ')} opens nothing alone: name what is to be followed` });
  return [...new Set(scopes)].sort();
};

const readSchools = ({ bundles }: AdminPorts, body: Body, before: Link['schools']): Link['schools'] => {
  const given = body.textsOrNull('schools');
  if (given === undefined) return before;
  if (given === null) return null;
  if (bundles.rows === null) body.errors.push({ at: '/schools', message: 'the model has none' });
  if (given.length === 0)
    body.errors.push({ at: '/schools', message: 'name at least one, or leave it out for all schools' });
  return [...given].sort();
};

const readAgreement = (body: Body, before: Link['agreement'], now: number): Link['agreement'] => {
  const given = body.value('agreement');
  const { errors } = body;
  if (given !== undefined && !isMembers(given)) {
    errors.push({ at: '/agreement', message: 'must be reference, from and to' });
    return before;
  }
  const members = readBody(given ?? {}, ['reference', 'from', 'to'], errors, '/agreement');
  const agreement = {
    reference: (members.text('reference', 200) ?? before.reference).trim(),
    from: readMoment(members, 'from', before.from, '/agreement'),
    to: readMoment(members, 'to', before.to, '/agreement'),
  };
  if (agreement.reference === '')
    errors.push({ at: '/agreement/reference', message: 'is needed: nobody is let in without an agreement' });
  else if (!isLinkInForce({ agreement, endedAt: null }, now))
    errors.push({ at: '/agreement', message: 'is not in force now: nobody is let in without one that is' });
  return agreement;
};

/** Reads the members of a link on top of what it said before. Findings go into the body's list. */
const readTerms = (call: AdminCall, body: Body, before: Terms): Terms => {
  const { ports } = call;
  const terms: Terms = {
    scopes: readScopes(ports, body, before.scopes),
    schools: readSchools(ports, body, before.schools),
    agreement: readAgreement(body, before.agreement, ports.clock.now()),
    purpose: (body.text('purpose', 1_000) ?? before.purpose).trim(),
    clearance: readClearance(body, before.clearance),
    quota: readQuota(call, body, before.quota),
  };
  if (terms.purpose === '') body.errors.push({ at: '/purpose', message: 'is needed: it stands in the audit' });
  return terms;
};

/** Schools that nobody has delivered: what they name may come later, or never. */
const unknownSchools = async (
  { bundles, knows }: AdminPorts,
  { organisation, schools }: Link,
): Promise<readonly ProblemItem[]> => {
  if (schools === null || bundles.rows === null || knows === null) return [];
  const { target, field } = bundles.rows;
  const found: ProblemItem[] = [];
  for (const value of schools)
    if (!(await knows(organisation, { collection: target, field, value })))
      found.push({ at: '/schools', message: `${value} is not known here yet: the link shows nothing of it` });
  return found;
};

const protectedReason = 'when protected persons are to be shown';

const keep = (
  call: AdminCall,
  link: Link,
  reason: string,
  { entries }: Pick<Leant, 'entries'> = { entries: [] },
): Promise<void> => {
  const subject = `${link.id} ${link.organisation} ${link.application}: ${link.scopes.join(' ')}`;
  const { platform, bundles, model } = call.ports;
  return decide(call, { subject, reason, organisations: [link.organisation] }, async () => {
    await platform.putLink(link, grantsOfLink(link, bundles, model));
    for (const entry of entries) {
      if (await restOn(call, entry)) continue;
      // The agreement was ended by another process while the link was made: the link goes with it.
      const over = { ...link, endedAt: call.ports.clock.now() };
      await platform.putLink(over, grantsOfLink(over, bundles, model));
    }
  });
};

/** Puts an agreement a revision further now that a link rests on it, so that whoever is ending it looks for links once more; false when it has ended. */
const restOn = async ({ ports }: AdminCall, entry: RegisterEntry): Promise<boolean> => {
  for (let next = entry; !(await ports.platform.putRegister({ entries: [next] }));) {
    const meanwhile = await ports.platform.registerEntry(entry.kind, entry.id);
    if (meanwhile?.state !== 'live') return false;
    next = leanedOn(meanwhile, ports.clock.now());
  }
  return true;
};

const lean = (
  call: AdminCall,
  organisation: string,
  application: Application,
  { agreement }: Terms,
  errors: ProblemItem[],
): Promise<Leant> =>
  leanOnAgreement(
    call,
    {
      organisation,
      application,
      named: agreement.reference,
      period: agreement,
      at: { agreement: '/agreement/reference', to: '/agreement/to' },
    },
    errors,
  );

const made = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const body = readBody(call.body, ['application', 'organisation', ...linkMembers, 'reason']);
  const { errors } = body;
  const organisation = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!organisation.ok) return organisation;
  const application = await findApplication(call, body.text('application', 200) ?? '', errors);
  if (application !== null && application.kind !== 'client')
    errors.push({ at: '/application', message: `is of kind ${application.kind}: links are for clients` });
  const terms = readTerms(call, body, blankTerms);
  const reason = readReason(body, terms.clearance > 0 ? protectedReason : null);
  const leant = application === null ? null : await lean(call, organisation.value.id, application, terms, errors);
  if (application === null || leant === null || errors.length > 0) return badMembers(errors);
  const id = await claimId(call, `link-${ports.random.bytes(8).toString('hex')}`);
  if (!id.ok) return id;
  const others = (await ports.platform.linksOf(application.id)).filter(
    (link) => link.organisation === organisation.value.id,
  );
  const before = others.find((link) => link.id === id.value);
  if (before !== undefined) return one(call, before);
  const standing = others.find(
    ({ endedAt, environment }) => endedAt === null && environment === application.environment,
  );
  if (standing !== undefined)
    return refuse(problem('HUB-409', `The application is linked already, by ${standing.id}: change that link.`));
  const link: Link = {
    ...terms,
    agreement: { reference: terms.agreement.reference, ...leant.period },
    id: id.value,
    application: application.id,
    organisation: organisation.value.id,
    environment: application.environment,
    ...(leant.agreementId === null ? {} : { agreementId: leant.agreementId }),
    createdAt: ports.clock.now(),
    endedAt: null,
  };
  await keep(call, link, reason, leant);
  return one(call, link, { status: 201, warnings: [...(await unknownSchools(ports, link)), ...leant.warnings] });
};

const changed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findLink(call);
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  if (before.endedAt !== null) return refuse(problem('HUB-409', 'The link has ended; make a new one.'));
  const body = readBody(call.body, [...linkMembers, 'reason']);
  const terms = readTerms(call, body, before);
  const widens = terms.clearance > 0 && body.given('clearance');
  const reason = readReason(body, widens ? protectedReason : null);
  const application = await call.ports.platform.application(before.application);
  const leant = application === null ? null : await lean(call, before.organisation, application, terms, body.errors);
  if (body.errors.length > 0) return badMembers(body.errors);
  const after: Link = {
    ...before,
    ...terms,
    agreement: { ...terms.agreement, ...leant?.period },
    agreementId: leant?.agreementId ?? null,
    changedAt: call.ports.clock.now(),
  };
  await keep(call, after, reason, leant ?? { entries: [] });
  return one(call, after, { warnings: [...(await unknownSchools(call.ports, after)), ...(leant?.warnings ?? [])] });
};

const ended = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findLink(call);
  if (!found.ok) return found;
  const before = found.value;
  const stale = checkMatch(call, before);
  if (stale !== null) return stale;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  if (before.endedAt !== null) return one(call, before);
  const after: Link = { ...before, endedAt: call.ports.clock.now() };
  await keep(call, after, reason);
  return one(call, after);
};

const linkPath = '/admin/links/{link}';
const common = { tag: 'Links', needs: 'write', status: 200, reply: 'Link', versioned: true } as const;

/** The rows. */
export const linkOperations: readonly Operation[] = [
  {
    id: 'listLinks',
    word: 'link list',
    method: 'GET',
    path: '/admin/links',
    needs: 'read',
    tag: 'Links',
    summary:
      'Applications that are let in by the organisations which the caller administers, with what their scopes open, in the order in which they were let in.',
    query: [
      { name: 'application', description: 'Only those of this application.', schema: { type: 'string' } },
      { name: 'organisation', description: 'Only those of this organisation.', schema: { type: 'string' } },
      { name: 'all', description: 'Also those that have ended.', schema: { enum: ['true', 'false'] } },
    ],
    reply: 'LinkList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'makeLink',
    word: 'link give',
    method: 'POST',
    path: '/admin/links',
    summary:
      'Lets an application in with some scopes, at all schools or some, under an agreement that is in force. All its grants are made at once. Showing protected persons needs a reason.',
    body: 'NewLink',
    status: 201,
    repeatable: true,
    handle: made,
  },
  {
    ...common,
    id: 'showLink',
    word: 'link show',
    method: 'GET',
    path: linkPath,
    needs: 'read',
    summary: 'One link.',
    handle: shown,
  },
  {
    id: 'explainLink',
    word: 'link explain',
    method: 'GET',
    path: `${linkPath}/explain`,
    needs: 'read',
    tag: 'Links',
    summary:
      'What the application can see by a link: collections, attributes and relations, and what of it is sensitive.',
    reply: 'LinkExplanation',
    status: 200,
    handle: explained,
  },
  {
    ...common,
    id: 'setLink',
    word: 'link set',
    method: 'PATCH',
    path: linkPath,
    summary: 'Changes what is given and leaves the rest; its grants are made again. In force at once.',
    body: 'LinkChange',
    handle: changed,
  },
  {
    ...common,
    id: 'endLink',
    word: 'link end',
    method: 'DELETE',
    path: linkPath,
    summary: 'Ends a link and its grants now; it stays on record. Ending one that is over changes nothing.',
    body: 'Reason',
    handle: ended,
  },
];
