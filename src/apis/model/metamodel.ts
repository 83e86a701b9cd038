// The shapes of FINT's metamodel service (facts 1.7), made from the model. Used by addresses.ts only; knows no class name.
import type { Collection, Model, Multiplicity } from '#model/model.ts';
import { domainOf, dotted } from '#model/naming.ts';

export type MetamodelRelation = {
  readonly name: string;
  readonly multiplicity: string;
  readonly classPackageName: string;
};

export type MetamodelResource = {
  readonly domainName: string;
  readonly packageName: string;
  readonly resourceName: string;
  readonly fields: readonly string[];
  readonly idFields: readonly string[];
  readonly writeable: boolean;
  readonly relations: readonly MetamodelRelation[];
};

const multiplicityNames: Readonly<Record<Multiplicity, string>> = {
  '1': 'ONE_TO_ONE',
  '0..1': 'NONE_TO_ONE',
  '1..*': 'ONE_TO_MANY',
  '0..*': 'NONE_TO_MANY',
};

/** Takes a collection, gives the object by which FINT's metamodel describes it. Fields and identifiers carry their JSON names. */
export const metamodelResource = (model: Model, collection: Collection): MetamodelResource => {
  const domain = domainOf(collection.component);
  return {
    domainName: domain,
    packageName: dotted(collection.component.slice(domain.length + 1)),
    resourceName: collection.class.className,
    fields: collection.class.attributes.map((attribute) => attribute.jsonName),
    idFields: collection.identifiers.map((field) => field.attribute),
    writeable: collection.class.writeable,
    relations: collection.class.relations.map((relation) => ({
      name: relation.jsonName,
      multiplicity: multiplicityNames[relation.multiplicity],
      classPackageName: javaName(model, relation.target),
    })),
  };
};

/** The qualified name that FINT's generated classes have. */
const javaName = (model: Model, key: string): string => {
  const of = model.classes.get(key);
  return of === undefined ? key : `no.fint.model.${dotted(of.package)}.${of.className}`;
};
