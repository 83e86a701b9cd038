// Who is calling, after the token has been verified. Made by auth/verify.ts, read by the pipeline and the hub.

/** The id of an organisation as the hub knows it: its FINT org id, lower case with dots (`fjordheim.test`). */
export type TenantId = string;

export type Principal = {
  readonly kind: 'client' | 'adapter';
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
