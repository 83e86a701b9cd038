// Who is calling, after the token has been verified. Made by auth/verify.ts, read by the pipeline and the hub; and the form that
// organisation ids are brought to, wherever one comes in.

/** The id of an organisation as the hub knows it: its FINT org id, lower case with dots (`fjordheim.test`). */
export type TenantId = string;

/** FINT's one form of an organisation id: lower case, dots; dashes and underscores are read as dots (facts 5.3, 6). */
export const normaliseOrganisationId = (id: string): TenantId => id.trim().toLowerCase().replaceAll(/[-_]/g, '.');

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
