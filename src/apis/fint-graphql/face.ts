// The whole API as data, made from the model and nothing else: a class that is added to the model is here, with all that it has. Called by
// fint-graphql-api.ts.
import { problem } from '#base/errors.ts';
import type { Face, FaceType } from '#graphql/face.ts';
import type { Collection, Model, ModelClass } from '#model/model.ts';
import { apiId } from './api-id.ts';
import { classNames } from './names.ts';
import { rootFields } from './roots.ts';
import { plain, scalars } from './scalars.ts';
import { connectionOf, nodeTypes, valueTypes, type CollectionsOf } from './class-types.ts';

const queryName = 'Query';

/** No grant opens what a root field asks for: a matter of the class, not of any resource. Those that the caller does not see are null like unknown ones. */
const unopened = problem(
  'HUB-400',
  'No grant opens this class to the application. Ask the organisation that owns the data.',
);

/** Makes the face of a model. It is checked where schemas are made of it. */
export const fintFace = (model: Model): Face => {
  const names = classNames(model);
  const collectionsOf = collectionsIn(model);
  const nodes = nodeTypes({ model, names }, collectionsOf);
  const query: FaceType = {
    kind: 'object',
    name: queryName,
    describe: {
      nb: 'Alle klassene i informasjonsmodellen: én ressurs etter en identifikator, eller en liste.',
      en: 'All classes of the information model: one resource by an identifier, or a list.',
    },
    marks: plain,
    interfaces: [],
    of: 'root',
    fields: rootFields(model, names, collectionsOf),
  };
  return {
    api: apiId,
    query: queryName,
    mutation: null,
    types: [query, ...nodes, ...valueTypes({ model, names }), ...scalars],
    connections: new Map(nodes.map(({ name }) => [connectionOf(name), { node: name, marks: plain }])),
    typeOf: (path) => {
      const collection = model.collections.get(path);
      if (collection === undefined) throw new Error(`no collection ${path}`);
      return names.typeOf(collection.class);
    },
    ids: null,
    missing: unopened,
  };
};

const collectionsIn = (model: Model): CollectionsOf => {
  const byClass = Map.groupBy(
    [...model.collections.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    (collection: Collection) => collection.class.key,
  );
  return (of: ModelClass) => byClass.get(of.key) ?? [];
};
