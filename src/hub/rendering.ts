// A resource as a caller gets it: its bytes, its version and its address, as the caller's plan shows them. Used by everything in the hub that
// answers with resources (run.ts, following.ts, writing.ts), so that no two ways of asking show different things. Decides nothing itself.
import { hash } from 'node:crypto';
import type { Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { StoredResource, TenantReads } from '#store/store.ts';
import { linkClearance } from './protection.ts';
import { createPruner, selfLinks, viewOfRow } from './prune.ts';
import type { Tokens } from './tokens.ts';
import type { Versions } from './versions.ts';

export type Rendering = {
  /** The resource as the plan shows it; null when it is hidden. The very bytes that are stored when nothing is taken out. */
  readonly body: (
    plan: AuthorizedPlan,
    reads: Pick<TenantReads, 'resolve'>,
    stored: StoredResource,
  ) => Promise<Buffer | null> | Buffer | null;
  /** The ETag of one resource, from the bytes that `body` gave: equal for equal bytes, and different for every application. */
  readonly etagOf: (plan: AuthorizedPlan, client: string, body: Buffer) => string;
  /** The ETag of any other answer, from whatever changes with it. */
  readonly etagOfAnswer: (plan: AuthorizedPlan, client: string, parts: readonly (string | number)[]) => string;
  /** The address of the resource, of those that the body shows; null when it shows none. */
  readonly selfOf: (body: Buffer) => string | null;
};

export type RenderingDeps = {
  readonly model: Model;
  readonly tokens: Tokens;
  readonly versions: Versions;
  readonly baseUrl: () => string;
};

/** Makes the rendering of one hub. */
export const createRendering = ({ model, tokens, versions, baseUrl }: RenderingDeps): Rendering => ({
  body: (plan, reads, stored) =>
    plan.plain && stored.linked <= linkClearance(plan)
      ? viewOfRow(plan, stored.uid, stored.protection) && stored.body
      : createPruner(baseUrl(), plan, reads).prune(stored),
  // The bytes themselves are the version: what is stored may change in ways that the caller does not see.
  etagOf: (plan, client, body) =>
    tokens.etag([plan.tenant, client, plan.collection.path, 'read', hash('sha1', body, 'base64url')]),
  etagOfAnswer: (plan, client, parts) =>
    tokens.etag([plan.tenant, client, plan.collection.path, model.hash, baseUrl(), versions.ofAccess(plan), ...parts]),
  selfOf: (body) => selfLinks(body)[0] ?? null,
});
