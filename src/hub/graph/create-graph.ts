// Trees of resources at work: decide, read a level at a time, record, answer. Called by APIs through the type Graph; knows no HTTP, no query language
// and no name of the model. What is shown is recorded durably before it is given.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import type { Store, TenantStore } from '#store/store.ts';
import type { Authorizer } from '../authorize.ts';
import type { Sealing } from '../documents/document.ts';
import { createRecords } from '../records.ts';
import type { Tokens } from '../tokens.ts';
import { nextLevel } from './edges.ts';
import type { Standing } from './edges.ts';
import type { Graph, GraphAnswer, GraphRoot } from './graph.ts';
import { nextNested } from './nested.ts';
import { createGraphMemory, createRequest, Ended, ended } from './request.ts';
import type { Request } from './request.ts';
import { readRoot } from './roots.ts';

export type GraphDeps = {
  readonly model: Model;
  readonly store: Pick<Store, 'tenant'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly tokens: Pick<Tokens, 'pseudonym'>;
  readonly sealing: Pick<Sealing, 'id' | 'readId'>;
  readonly baseUrl: () => string;
  /** `limits.graphNodes`; for tests. */
  readonly mostNodes?: number;
  /** `limits.graphSorted`; for tests. */
  readonly mostSorted?: number;
  /** Rows that a choice must leave to be remembered; for tests. */
  readonly fewestChosen?: number;
};

/** Makes it over what decides and what stores. */
export const createGraph = (deps: GraphDeps): Graph => {
  const { model, store, clock, authorizer, tokens, sealing, baseUrl } = deps;
  const { mostNodes = limits.graphNodes, mostSorted = limits.graphSorted } = deps;
  const tenants = new Map<string, TenantStore>();
  const records = createRecords(model, clock);
  const memory = createGraphMemory(deps.fewestChosen);

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  return {
    read: async (roots, context) => {
      const { principal } = context;
      const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
      const ids = {
        of: (uid: number): string => sealing.id(tenant.id, uid),
        read: (id: string): number | null => sealing.readId(tenant.id, id),
      };
      const { reads } = tenant;
      const request = createRequest(
        { model, reads, clock, authorizer, records, ids, baseUrl: baseUrl(), memory, mostNodes, mostSorted },
        context,
      );
      const answers = await readAll(request, tokens, roots);
      await Promise.all(request.records().map((record) => tenant.appendAudit(record)));
      return answers.map((answer, index): GraphAnswer => {
        const why = request.refused(index);
        return why === null ? answer : { kind: 'refused', problem: why };
      });
    },
  };
};

/** Level after level, for as long as somebody waits for it; refuses everything when nobody does. */
const readAll = async (
  request: Request,
  { pseudonym }: Pick<Tokens, 'pseudonym'>,
  roots: readonly GraphRoot[],
): Promise<readonly GraphAnswer[]> => {
  try {
    request.goOn();
    const read = await Promise.all(roots.map((root, index) => readRoot(request, pseudonym, root, index)));
    let level: readonly Standing[] = read.flatMap(({ standing }) => standing);
    while ((level = level.filter((each) => each.nodes.length > 0 && request.refused(each.root) === null)).length > 0) {
      request.goOn();
      const [plain, nested] = await Promise.all([nextLevel(request, level), nextNested(request, level)]);
      level = [...plain, ...nested];
    }
    return read.map(({ answer }) => answer);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    return roots.map((_, index) => {
      request.refuse(index, ended);
      return { kind: 'refused', problem: ended };
    });
  }
};
