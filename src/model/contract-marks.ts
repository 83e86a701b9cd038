// Under which contract the model's documents offer parts of classes, by coordinate: what the marks in the OpenAPI documents of all components say, without writing them.
// Called by the API that the documents describe. Pure.
import { flatName, usedClasses } from './json-schema.ts';
import type { ClassKey, ContractMark, Model, ModelClass } from './model.ts';

/** `Schema.member` and `Schema._links.relation` of what is marked. */
export const contractMarks = (model: Model): ReadonlyMap<string, ContractMark> => {
  const classes = new Map<ClassKey, ModelClass>();
  for (const { class: of } of model.collections.values())
    for (const one of [of, ...usedClasses(model, of)]) classes.set(one.key, one);
  return new Map(
    [...classes.values()].flatMap((of) => {
      const schema = flatName(of.key);
      return [
        ...of.attributes.map(({ jsonName, contract }) => [`${schema}.${jsonName}`, contract] as const),
        ...of.relations.map(({ jsonName, contract }) => [`${schema}._links.${jsonName}`, contract] as const),
      ].flatMap(([coordinate, contract]) => (contract === null ? [] : [[coordinate, contract] as const]));
    }),
  );
};
