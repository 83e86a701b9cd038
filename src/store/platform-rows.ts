// What the platform's rows say, for every dialect's platform store: columns have the same names everywhere. Pure; knows no SQL.
import type {
  Application,
  AuditKey,
  AuditRecord,
  EndedFollow,
  Grant,
  Link,
  MessageLetter,
  MessageTurn,
  Organisation,
  PartUse,
  QuotaUse,
  RegisterEntry,
  RegisterKind,
  SigningKey,
} from './store.ts';

/** A row as a driver gives it; flags are 0 and 1 or booleans. */
export type PlatformRow = Readonly<Record<string, unknown>>;

/** A platform audit record as it is read back, for the owner's review and for tests. */
export type PlatformAuditRow = {
  readonly at: number;
  readonly actor: string;
  readonly operation: string;
  readonly subject: string;
  readonly reason: string;
};

const text = (row: PlatformRow, name: string): string => String(row[name]);
const number = (row: PlatformRow, name: string): number => Number(row[name]);
const textOrNull = (row: PlatformRow, name: string): string | null => (row[name] === null ? null : String(row[name]));

/** The first row read, or null. */
export const oneOf = <T>(row: PlatformRow | undefined, read: (row: PlatformRow) => T): T | null =>
  row === undefined ? null : read(row);

export const toOrganisation = (row: PlatformRow): Organisation => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  orgNumber: textOrNull(row, 'org_number'),
  settings: JSON.parse(text(row, 'settings')) as Organisation['settings'],
  createdAt: number(row, 'created_at'),
});

const loginOf = (row: PlatformRow): Pick<Application, 'login'> => {
  const [username, hash] = [textOrNull(row, 'username'), textOrNull(row, 'password')];
  return username === null || hash === null ? {} : { login: { username, hash } };
};

export const toApplication = (row: PlatformRow): Application => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  kind: text(row, 'kind') as Application['kind'],
  owner: text(row, 'owner'),
  describe: text(row, 'describe'),
  environment: text(row, 'environment') as Application['environment'],
  secrets: JSON.parse(text(row, 'secrets')) as Application['secrets'],
  jwks: textOrNull(row, 'jwks'),
  ...(row['scopes'] === null ? {} : { scopes: JSON.parse(text(row, 'scopes')) as readonly string[] }),
  ...loginOf(row),
  disabled: row['disabled'] === 1 || row['disabled'] === true,
  createdAt: number(row, 'created_at'),
});

/** The columns of a grant: id, application, organisation, the rule (what has no column of its own), time of creation. */
export const grantColumns = (value: Grant): readonly [string, string, string, string, number] => {
  const { id, application, organisation, createdAt, ...rule } = value;
  return [id, application, organisation, JSON.stringify(rule), createdAt];
};

/** The columns of a link: as those of a grant, with the grants that it has made before the time of creation. */
export const linkColumns = (
  value: Link,
  grants: readonly Grant[],
): readonly [string, string, string, string, string, number] => {
  const { id, application, organisation, createdAt, ...rule } = value;
  return [id, application, organisation, JSON.stringify(rule), JSON.stringify(grants), createdAt];
};

/** The columns of an application: `id` to `jwks`, then the flag, the time of creation, and what came later. */
export const applicationColumns = (
  value: Application,
): {
  readonly first: readonly [string, string, string, string, string, string, string, string | null];
  readonly disabled: boolean;
  readonly last: readonly [number, string | null, string | null, string | null];
} => {
  const { id, name, kind, owner, describe, environment, jwks, disabled, createdAt, scopes, login } = value;
  return {
    first: [id, name, kind, owner, describe, environment, JSON.stringify(value.secrets), jwks],
    disabled,
    last: [
      createdAt,
      scopes === undefined ? null : JSON.stringify(scopes),
      login?.username ?? null,
      login?.hash ?? null,
    ],
  };
};

export const toGrant = (row: PlatformRow): Grant => ({
  ...(JSON.parse(text(row, 'rule')) as Omit<Grant, 'id' | 'application' | 'organisation' | 'createdAt'>),
  id: text(row, 'id'),
  application: text(row, 'application'),
  organisation: text(row, 'organisation'),
  createdAt: number(row, 'created_at'),
});

export const toLink = (row: PlatformRow): Link => ({
  ...(JSON.parse(text(row, 'rule')) as Omit<Link, 'id' | 'application' | 'organisation' | 'createdAt'>),
  id: text(row, 'id'),
  application: text(row, 'application'),
  organisation: text(row, 'organisation'),
  createdAt: number(row, 'created_at'),
});

/** The grants that a link has made. */
export const toGrantsOfLink = (row: PlatformRow): readonly Grant[] =>
  JSON.parse(text(row, 'grants')) as readonly Grant[];

const orderOf = ({ createdAt, id }: Grant): string => `${String(createdAt).padStart(15, '0')} ${id}`;

/** Grants of their own and of links, in the order in which they were given. */
export const allGrants = (own: readonly PlatformRow[], links: readonly PlatformRow[]): readonly Grant[] => {
  const grants = own.map(toGrant);
  if (links.length === 0) return grants;
  return [...grants, ...links.flatMap(toGrantsOfLink)].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
};

export const toEndedFollow = (row: PlatformRow): EndedFollow => ({
  organisation: text(row, 'organisation'),
  environment: text(row, 'environment') as EndedFollow['environment'],
  at: number(row, 'at'),
});

export const toQuotaUse = (row: PlatformRow): QuotaUse => ({
  application: text(row, 'application'),
  organisation: text(row, 'organisation'),
  day: text(row, 'day'),
  used: number(row, 'used'),
  weight: number(row, 'weight'),
  at: number(row, 'at'),
});

export const toPartUse = (row: PlatformRow): PartUse => ({
  application: text(row, 'application'),
  api: text(row, 'api'),
  part: text(row, 'part'),
  day: text(row, 'day'),
  count: number(row, 'count'),
});

export const toMessageTurn = (row: PlatformRow): MessageTurn => ({
  destination: text(row, 'destination'),
  holder: text(row, 'holder'),
  until: number(row, 'until'),
  state: text(row, 'state'),
});

export const toMessageLetter = (row: PlatformRow): MessageLetter => ({
  destination: text(row, 'destination'),
  number: number(row, 'number'),
  subject: text(row, 'subject'),
  at: number(row, 'at'),
  resend: number(row, 'resend') === 1,
  record: text(row, 'record'),
});

export const toRegisterEntry = (row: PlatformRow): RegisterEntry => ({
  kind: text(row, 'kind') as RegisterKind,
  id: text(row, 'id'),
  revision: number(row, 'revision'),
  organisation: textOrNull(row, 'organisation'),
  application: textOrNull(row, 'application'),
  state: text(row, 'state'),
  createdAt: number(row, 'created_at'),
  changedAt: number(row, 'changed_at'),
  value: JSON.parse(text(row, 'value')),
});

/** The columns of an entry of the register, in the order of the table. */
export const registerColumns = (
  value: RegisterEntry,
): readonly [string, string, number, string | null, string | null, string, number, number, string] => [
  value.kind,
  value.id,
  value.revision,
  value.organisation,
  value.application,
  value.state,
  value.createdAt,
  value.changedAt,
  JSON.stringify(value.value),
];

/** Whether each entry is the next one of what there is (0 = nothing), or of one before it among them. */
export const entriesFollow = (
  entries: readonly RegisterEntry[],
  revisionOf: (kind: RegisterKind, id: string) => number,
): boolean => {
  const put = new Map<string, number>();
  return entries.every(({ kind, id, revision }) => {
    const key = `${kind} ${id}`;
    const before = put.get(key) ?? revisionOf(kind, id);
    put.set(key, revision);
    return revision === before + 1;
  });
};

export const toSigningKey = (row: PlatformRow): SigningKey => ({
  id: text(row, 'id'),
  jwk: text(row, 'jwk'),
  state: text(row, 'state') as SigningKey['state'],
  since: number(row, 'since'),
  createdAt: number(row, 'created_at'),
});

export const toAuditKey = (row: PlatformRow): AuditKey => ({
  id: text(row, 'id'),
  publicJwk: text(row, 'public_jwk'),
  privateJwk: textOrNull(row, 'private_jwk'),
  createdAt: number(row, 'created_at'),
  retiredAt: row['retired_at'] === null ? null : number(row, 'retired_at'),
});

export const toClaim = (row: PlatformRow): { readonly request: string; readonly subject: string } => ({
  request: text(row, 'request'),
  subject: text(row, 'subject'),
});

/** A record that waits for the audit of its organisation. */
export const toNotice = (
  row: PlatformRow,
): { readonly number: number; readonly organisation: string; readonly record: AuditRecord } => ({
  number: number(row, 'number'),
  organisation: text(row, 'organisation'),
  record: JSON.parse(text(row, 'record')) as AuditRecord,
});

export const toPlatformAudit = (row: PlatformRow): PlatformAuditRow => ({
  at: number(row, 'at'),
  actor: text(row, 'actor'),
  operation: text(row, 'operation'),
  subject: text(row, 'subject'),
  reason: text(row, 'reason'),
});
