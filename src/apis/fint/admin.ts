// Answers the catalogue of a component and its admin addresses (facts 2.1). Called by routes.ts. What adapters do comes through ports.ts.
import { formatInstant } from '#base/clock.ts';
import type { ApiAnswer } from '#apis/api.ts';
import type { Collection } from '#model/model.ts';
import { missing } from './answers.ts';
import { commonHeaders, mediaType, uncached } from './headers.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';
import type { ServedComponent } from './served.ts';

const visible = async (deps: FintDeps, call: FintCall, component: ServedComponent): Promise<readonly Collection[]> => {
  const context = contextOf(call);
  const lists = await Promise.all(component.listed.map((path) => deps.hub.visible(path, context)));
  return lists.flat();
};

const json = (call: FintCall, value: unknown): ApiAnswer => ({
  kind: 'bytes',
  status: 200,
  headers: uncached,
  bytes: JSON.stringify(value),
  type: mediaType(call.request.header('accept')),
});

/** `GET /{domain}/{package}`: the collections that the caller may see, each under its own path. Nothing visible is nothing there. */
export const answerCatalogue = async (
  deps: FintDeps,
  call: FintCall,
  component: ServedComponent,
): Promise<ApiAnswer> => {
  const collections = await visible(deps, call, component);
  if (collections.length === 0) return missing;
  const base = deps.baseUrl();
  return json(
    call,
    Object.fromEntries(collections.map((collection) => [collection.segment, endpoints(base, collection)])),
  );
};

const endpoints = (base: string, collection: Collection): unknown => {
  const url = `${base}/${collection.path}`;
  return {
    collectionUrl: url,
    oneUrl: collection.identifiers.map((field) => `${url}/${field.segment}/{id:.+}`),
    cacheSizeUrl: `${url}/cache/size`,
    lastUpdatedUrl: `${url}/last-updated`,
  };
};

/** `GET …/admin/health`: really asks. `healthy` is false when an adapter is silent or a collection is late or held. */
export const answerHealth = async (deps: FintDeps, call: FintCall, component: ServedComponent): Promise<ApiAnswer> => {
  const shown = new Set((await visible(deps, call, component)).map((collection) => collection.path));
  if (shown.size === 0) return missing;
  const parts = await Promise.all(component.listed.map((path) => deps.admin.health(call.principal, path)));
  const adapters = [...new Map(parts.flatMap((part) => part.adapters).map((one) => [one.adapterId, one])).values()];
  const collections = parts.flatMap((part) => part.collections).filter((one) => shown.has(one.collection));
  const healthy = adapters.every((one) => one.connected) && collections.every((one) => !one.stale && !one.held);
  return json(call, {
    component: component.path,
    time: formatInstant(deps.clock.now()),
    healthy,
    adapters,
    collections,
  });
};

/** `GET …/admin/cache/status`, as Core 2 has it. */
export const answerCacheStatus = async (
  deps: FintDeps,
  call: FintCall,
  component: ServedComponent,
): Promise<ApiAnswer> => {
  const collections = await visible(deps, call, component);
  if (collections.length === 0) return missing;
  const context = contextOf(call);
  const status: Record<string, { readonly lastUpdated: string; readonly size: number }> = {};
  for (const collection of collections) {
    const result = await deps.hub.run({ kind: 'state', collection: collection.path }, context);
    if (result.kind !== 'state') continue;
    const { changedAt, count } = result.state;
    status[collection.segment] = { lastUpdated: formatInstant(changedAt), size: count };
  }
  return json(call, status);
};

/** `GET …/admin/assets`: the one organisation that the token is bound to. */
export const answerAssets = (call: FintCall): ApiAnswer => json(call, [call.principal.tenant]);

/** Addresses that FINT keeps empty. */
export const answerEmptyList = (call: FintCall): ApiAnswer => json(call, []);
export const answerEmptyObject = (call: FintCall): ApiAnswer => json(call, {});

/** `POST …/admin/cache/rebuild`: there is no cache to rebuild; answered as Core 2 does. */
export const rebuilt: ApiAnswer = { kind: 'empty', status: 200, headers: commonHeaders };
