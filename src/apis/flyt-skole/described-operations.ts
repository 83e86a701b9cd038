// The operations of the API as they are described, without a hub behind them: for whoever explains what has to be asked for. Called by app/access-for.ts.
import { systemClock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { createSignals } from '#hub/signals.ts';
import type { Model } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import { prefix } from './addresses.ts';
import { allOperations } from './operations.ts';

export type DescribedOperation = {
  readonly id: string;
  readonly method: string;
  /** With placeholders: `/vfs/v1/pupils/{pupilId}`. */
  readonly path: string;
  /** Of each list the token must carry one. */
  readonly scopes: readonly (readonly string[])[];
};

const nobody = (): never => {
  throw new Error('there is no hub behind what is only described');
};

/** Lists them in the order of the description. Throws when the mappings do not fit the model. */
export const describedOperations = (model: Model, bundles: ScopeBundles): readonly DescribedOperation[] =>
  allOperations({
    model,
    bundles,
    hub: { run: nobody, visible: nobody },
    documents: { find: nobody },
    events: { retentionDays: limits.eventRetentionDays, follow: nobody, factsNow: nobody },
    sealing: { id: nobody, readId: nobody, seal: nobody, open: nobody },
    signals: createSignals({ sleep: systemClock.sleep }),
    clock: systemClock,
    baseUrl: () => '',
    quotas: { usage: nobody },
    environment: 'sandbox',
    exports: { start: nobody, reports: nobody, report: nobody, content: nobody, stream: nobody, decide: nobody },
  }).operations.map(({ id, method, path, scopes, also }) => ({
    id,
    method,
    path: `${prefix}${path}`,
    scopes: [scopes, ...(also === undefined ? [] : [also])].filter((some) => some.length > 0),
  }));
