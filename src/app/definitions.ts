// What a hub is run by that is data and no setting: the model with all that is written in its words, the catalogue and the access packages. Read by compose.ts at the
// start; knows nothing of what is stored.
import { HubError } from '#base/errors.ts';
import type { Result } from '#base/result.ts';
import type { AccessPackages } from '#catalogue/access/packages.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { readGraphqlEvents, type GraphqlEvents } from '#model/graphql-events.ts';
import { readGraphqlExamples, type GraphqlExamples } from '#model/graphql-examples.ts';
import type { Mutations } from '#model/graphql-mutation.ts';
import { readGraphqlMutations } from '#model/graphql-mutations.ts';
import { readGraphqlRoots, type GraphqlRoots } from '#model/graphql-roots.ts';
import { loadModel, readBundleFiles, readGraphqlFiles, readQualityFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readQualityRules, type QualityRules } from '#model/quality-rules.ts';
import { readScopeBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import { loadCatalogue } from './bundled-catalogue.ts';
import { bundledPackages } from './bundled-packages.ts';

/** What FS GraphQL shows of the model; each is null where the model has none. */
export type GraphqlDefinitions = {
  readonly roots: GraphqlRoots | null;
  readonly mutations: Mutations | null;
  readonly events: GraphqlEvents | null;
  /** By the id of the API that they are of. */
  readonly examples: ReadonlyMap<string, GraphqlExamples>;
};

export type Definitions = {
  readonly model: Model;
  readonly catalogue: Catalogue;
  readonly qualityRules: QualityRules;
  readonly bundles: ScopeBundles;
  readonly packages: AccessPackages;
  readonly graphql: GraphqlDefinitions;
};

/** Takes the folders of a model. Throws a HubError with the findings of the first of these that is not right. */
export const loadDefinitions = (modelFolders: readonly string[]): Definitions => {
  const model = heldTo(loadModel(...modelFolders));
  const catalogue = heldTo(loadCatalogue());
  const qualityRules = heldTo(readQualityRules(readQualityFiles(modelFolders), model));
  const bundles = heldTo(readScopeBundles(readBundleFiles(modelFolders), model));
  const packages = bundledPackages(model, bundles);
  const graphqlFiles = readGraphqlFiles(modelFolders);
  return {
    model,
    catalogue,
    qualityRules,
    bundles,
    packages,
    graphql: {
      roots: heldTo(readGraphqlRoots(graphqlFiles, model)),
      mutations: heldTo(readGraphqlMutations(graphqlFiles, model)),
      events: heldTo(readGraphqlEvents(graphqlFiles, model)),
      examples: heldTo(readGraphqlExamples(graphqlFiles)),
    },
  };
};

const heldTo = <T>(read: Result<T>): T => {
  if (!read.ok) throw new HubError(read.problem);
  return read.value;
};
