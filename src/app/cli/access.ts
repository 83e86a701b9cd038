// `bindeledd access …`: vendors ask owners for access packages, owners look at what that shows and decide, through the admin API.
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { badParameters, renderFields, renderTable, splitList, type CommandOutput } from './command.ts';
import { clearances, levelOf, readRows } from './grant.ts';
import type { ProblemItem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';

/** What is asked for or approved; what is absent stays as it was asked. */
export type AccessTermsArgs = {
  readonly packages?: readonly string[] | undefined;
  /** `package:collection=field,field`: fewer fields of a collection; nothing after `=` leaves the collection out. */
  readonly narrow?: readonly string[] | undefined;
  /** `scope=field/value[,value…]` */
  readonly rows?: string | undefined;
  /** A name of the table of grants. */
  readonly clearance?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly agreement?: string | undefined;
  readonly reason?: string | undefined;
};

type Terms = {
  readonly packages: readonly {
    readonly package: string;
    readonly narrowed: readonly { readonly collection: string }[];
  }[];
  readonly rows: { readonly scope: string; readonly values: readonly string[] } | null;
  readonly clearance: number;
  readonly from: string | null;
  readonly to: string | null;
};

export type ShownRequest = {
  readonly id: string;
  readonly application: string;
  readonly vendor: string;
  readonly organisation: string;
  readonly state: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly asked: Terms;
  readonly given: { readonly terms: Terms; readonly agreement: string } | null;
  readonly fourEyes: readonly string[];
  readonly thread: readonly {
    readonly at: string;
    readonly side: string;
    readonly kind: string;
    readonly text: string;
  }[];
  readonly packages: readonly { readonly package: string; readonly approved: boolean; readonly active: boolean }[];
  readonly lastUsed: string | null;
  readonly keys: string;
};

const address = (id: string, what = ''): string => `/admin/access-requests/${encodeURIComponent(id)}${what}`;

const narrowForm = /^([^:=]+):([^:=]+)=([^=]*)$/;

/** Packages with their narrowings, as the admin API takes them. */
const packagesOf = (
  { packages, narrow = [], reason = '' }: AccessTermsArgs,
  errors: ProblemItem[],
): readonly (string | object)[] | undefined => {
  const narrowed = narrow.flatMap((one) => {
    const [, name, collection, fields] = narrowForm.exec(one) ?? [];
    if (name === undefined || collection === undefined || fields === undefined) {
      errors.push({ at: 'narrow', message: 'must be package:collection=field,field' });
      return [];
    }
    return [{ name, collection, fields: splitList([fields]), why: reason }];
  });
  const named = [
    ...new Set([...(packages === undefined ? [] : splitList(packages)), ...narrowed.map(({ name }) => name)]),
  ];
  if (named.length === 0) return undefined;
  return named.map((name) => {
    const fewer = narrowed.flatMap(({ name: of, ...one }) => (of === name ? one : []));
    return fewer.length === 0 ? name : { package: name, narrowed: fewer };
  });
};

/** Terms as the admin API takes them. Fails with HUB-103 for a clearance or narrowing that cannot be read. */
export const termsBody = (args: AccessTermsArgs): Result<object> => {
  const errors: ProblemItem[] = [];
  const { rows, clearance, from, to, agreement, reason } = args;
  const packages = packagesOf(args, errors);
  const level = levelOf(clearance);
  if (level === null) errors.push({ at: 'clearance', message: `must be one of ${clearances.join(', ')}` });
  if (errors.length > 0) return badParameters(errors);
  return ok({ packages, rows: readRows(rows), clearance: level, from, to, agreement, reason });
};

const yes = (is: boolean): string => (is ? 'yes' : '-');

const matrix = (requests: readonly ShownRequest[]): string =>
  renderTable(
    ['REQUEST', 'OWNER', 'APPLICATION', 'STATE', 'ASKED', 'APPROVED', 'ACTIVE', 'USED'],
    requests.flatMap(({ id, organisation, application, state, packages, lastUsed }) =>
      packages.map((one) => [
        id,
        organisation,
        application,
        state,
        one.package,
        yes(one.approved),
        yes(one.active),
        lastUsed ?? '-',
      ]),
    ),
    'There are no such requests.',
  );

const describe = ({ packages, rows, clearance, from, to }: Terms): string => {
  const named = packages.map((one) =>
    one.narrowed.length === 0
      ? one.package
      : `${one.package} (fewer fields of ${one.narrowed.map(({ collection }) => collection).join(', ')})`,
  );
  const only = rows === null ? '' : `, only ${rows.scope} ${rows.values.join(',')}`;
  const cleared = clearance === 0 ? '' : `, clearance ${clearances[clearance] ?? clearance}`;
  const period = from === null && to === null ? '' : `, ${from ?? ''}..${to ?? ''}`;
  return `${named.join(', ')}${only}${cleared}${period}`;
};

const shown = (request: ShownRequest): CommandOutput<ShownRequest> => {
  const { id, state, application, vendor, organisation, asked, given, fourEyes, purpose, legalBasis, thread } = request;
  const fields: (readonly [string, string])[] = [
    ['asked for', describe(asked)],
    ...(given === null ? [] : [['given', `${describe(given.terms)}, by ${given.agreement}`] as const]),
    ...(fourEyes.length === 0 ? [] : [['takes two', fourEyes.join(', ')] as const]),
    ['purpose', purpose],
    ['legal basis', legalBasis],
    ['keys', request.keys],
    ...thread.map(({ at, side, kind, text }) => [`${at} ${side}`, `${kind}: ${text}`] as const),
  ];
  return {
    text: `${id}: ${state}: ${application} of ${vendor} asks ${organisation}\n${renderFields(fields)}`,
    json: request,
  };
};

/** Asks owners. Fails with HUB-103 naming every bad parameter, or HUB-409 for an owner that has been asked already. */
export const requestAccess = async (
  door: AdminDoor,
  args: AccessTermsArgs & {
    readonly application: string;
    readonly organisations: readonly string[];
    readonly purpose: string;
    readonly legalBasis: string;
  },
): Promise<Result<CommandOutput<unknown>>> => {
  const body = termsBody(args);
  if (!body.ok) return body;
  const { application, organisations, purpose, legalBasis } = args;
  const made = await askOne<{ readonly items: readonly ShownRequest[] }>(door, 'POST', '/admin/access-requests', {
    ...body.value,
    application,
    organisations: splitList(organisations),
    purpose,
    legalBasis,
  });
  return made.ok ? ok({ text: matrix(made.value.items), json: made.value }) : made;
};

/** Requests of the own applications and to the own organisation: what is asked for, approved, active, used. */
export const listAccess = async (
  door: AdminDoor,
  query: Readonly<Record<'application' | 'organisation' | 'state', string | undefined>>,
): Promise<Result<CommandOutput<readonly ShownRequest[]>>> => {
  const found = await askAll<ShownRequest>(door, '/admin/access-requests', query);
  return found.ok ? ok({ text: matrix(found.value), json: found.value }) : found;
};

/** One request. Fails with HUB-204. */
export const showAccess = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownRequest>>> => {
  const found = await askOne<ShownRequest>(door, 'GET', address(id));
  return found.ok ? ok(shown(found.value)) : found;
};

/** Approves, as asked or less. Fails with HUB-103, HUB-400 for who may not decide, HUB-409, or HUB-204. */
export const approveAccess = async (
  door: AdminDoor,
  id: string,
  args: AccessTermsArgs,
): Promise<Result<CommandOutput<ShownRequest>>> => {
  const body = termsBody(args);
  if (!body.ok) return body;
  const done = await askOne<ShownRequest>(door, 'POST', address(id, '/approve'), body.value);
  return done.ok ? ok(shown(done.value)) : done;
};

export const accessActs = ['ask', 'answer', 'refuse', 'revoke', 'withdraw', 'escalate'] as const;

/** Says or does one of the acts that take a reason; `to` is whom an escalation goes to. Fails as an approval does. */
export const actOnAccess = async (
  door: AdminDoor,
  id: string,
  act: (typeof accessActs)[number],
  { reason, to }: { readonly reason?: string | undefined; readonly to?: string | undefined },
): Promise<Result<CommandOutput<ShownRequest>>> => {
  const done = await askOne<ShownRequest>(door, 'POST', address(id, `/${act}`), { reason, to });
  return done.ok ? ok(shown(done.value)) : done;
};

type Preview = {
  readonly items: readonly {
    readonly collection: string;
    readonly full: object;
    readonly asked: object;
    readonly approved: object;
    readonly withheld: readonly string[];
  }[];
};

/** What records would look like by terms: an invented one of each collection. */
export const previewAccess = async (
  door: AdminDoor,
  id: string,
  { collection, ...terms }: AccessTermsArgs & { readonly collection?: string | undefined },
): Promise<Result<CommandOutput<Preview>>> => {
  const body = termsBody({ ...terms, agreement: undefined, reason: undefined });
  if (!body.ok) return body;
  const seen = await askOne<Preview>(door, 'POST', address(id, '/preview'), { ...body.value, collection });
  if (!seen.ok) return seen;
  const text = seen.value.items
    .map(({ collection: path, approved, withheld }) => {
      const hidden = withheld.length === 0 ? 'everything' : `all but ${withheld.join(', ')}`;
      return `${path}: shows ${hidden}\n${JSON.stringify(approved, null, 2)}`;
    })
    .join('\n\n');
  return ok({ text, json: seen.value });
};

type KeyLink = { readonly path: string; readonly url: string | null; readonly expiresAt: string };

/** A link that shows the application's first secret once. Fails with HUB-409 when it has keys, or HUB-204 for others than its owner. */
export const linkKeys = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<KeyLink>>> => {
  const made = await askOne<KeyLink>(door, 'POST', address(id, '/keys'));
  if (!made.ok) return made;
  const { url, path, expiresAt } = made.value;
  return ok({ text: `${url ?? path}\nshows the secret once, until ${expiresAt}`, json: made.value });
};

type ShownPackage = {
  readonly package: string;
  readonly name: { readonly nb: string; readonly en: string };
  readonly about: { readonly nb: string; readonly en: string };
  readonly fourEyes: readonly string[];
};

/** What can be asked for. */
export const listPackages = async (
  door: AdminDoor,
  language: 'nb' | 'en',
): Promise<Result<CommandOutput<readonly ShownPackage[]>>> => {
  const found = await askAll<ShownPackage>(door, '/admin/access-packages');
  if (!found.ok) return found;
  const rows = found.value.map((one) => [one.package, one.fourEyes.join(',') || '-', one.about[language]]);
  return ok({
    text: renderTable(['PACKAGE', 'TAKES TWO', 'SHOWS'], rows, 'There are no packages.'),
    json: found.value,
  });
};
