// What every answering file of the FINT API is handed: the surroundings made once, and the call at hand. Made by routes.ts.
import type { Clock } from '#base/clock.ts';
import type { ApiRequest } from '#apis/api.ts';
import type { Principal } from '#hub/principal.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import type { FintAdminPort } from './ports.ts';

export type FintDeps = {
  readonly model: Model;
  readonly hub: Hub;
  readonly clock: Clock;
  /** Where clients reach the hub, without trailing slash; begins every href. */
  readonly baseUrl: () => string;
  readonly admin: FintAdminPort;
};

/** A request with the principal that access `client` vouches for. */
export type FintCall = { readonly request: ApiRequest; readonly principal: Principal };

/** The catalogue id of this API, as it stands in the audit. */
export const apiId = 'fint';

/** Who asks, for the hub. */
export const contextOf = ({ request, principal }: FintCall): QueryContext => ({
  principal,
  requestId: request.id,
  api: apiId,
});
