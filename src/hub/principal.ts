// Who is calling, after the token has been verified. Made by auth/verify.ts, read by the pipeline and the hub; and the form that
// organisation ids are brought to, wherever one comes in.
import { hash } from 'node:crypto';

/** The id of an organisation as the hub knows it: its FINT org id, lower case with dots (`fjordheim.test`). */
export type TenantId = string;

/** FINT's one form of an organisation id: lower case, dots; dashes and underscores are read as dots (facts 5.3, 6). */
export const normaliseOrganisationId = (id: string): TenantId => id.trim().toLowerCase().replaceAll(/[-_]/g, '.');

/**
 * The same organisation as a UUID, for clients that name it so (flyt-skole facts 0): made of its id, so that it is the same in every hub and need not be
 * kept. It is no secret.
 */
export const tenantUuid = (id: TenantId): string => {
  const bytes = hash('sha256', `organisation\n${id}`, 'buffer').subarray(0, 16);
  // Version 8, whose content is its maker's own affair, and the one variant that is in use (RFC 9562).
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** The scopes of administrators: their own organisation, to look and to change; all organisations, for those who run the hub. */
export const adminScopes = ['admin.read', 'admin.write', 'admin.platform'] as const;
export type AdminScope = (typeof adminScopes)[number];

export type Principal = {
  readonly kind: 'client' | 'adapter' | 'admin';
  /** The application's client id. */
  readonly client: string;
  /** The one organisation that the token is bound to. It comes from nowhere else. */
  readonly tenant: TenantId;
  readonly scopes: ReadonlySet<string>;
  /** Who signed the token. */
  readonly issuer: string;
  /** The token's id (jti), for the audit. */
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
};
