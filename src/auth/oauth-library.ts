// What the parts of the token endpoint share: the OAuth library as imported, and what they are built from. Types only.
import type { SecretCheck } from './secret-check.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { Environment, PlatformStore, SigningKey } from '#store/store.ts';

/** The library as it was imported: it costs some 100 ms, so the caller decides when. */
export type OauthLibrary = Pick<typeof import('oidc-provider'), 'Provider' | 'errors'>;

/** Paths of collections, by component (`utdanning/elev`): what the roles of the FINT profile are made from. */
export type RoleComponents = ReadonlyMap<string, readonly string[]>;

export type ProviderDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  /** Applications and grants of another environment count for nothing. */
  readonly environment: Environment;
  readonly observe: Observe;
  readonly checkSecret: SecretCheck;
  /** Issuer and audience, without a trailing slash. */
  readonly issuer: string;
  /** The FINT compatibility profile with its password grant, and what its roles are made from; null = off. */
  readonly fintProfile: RoleComponents | null;
  /** The scopes by which organisations let applications in. */
  readonly bundles: ScopeBundles;
  /** The key that signs. */
  readonly key: SigningKey;
};
