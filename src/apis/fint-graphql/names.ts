// What the classes of the model are called in this API: the type of each, and the root field of those that have one. Made once, by face.ts. Names that
// clients know never change because another part of the model, or another kind of class, brings a class of the same name.
import type { ClassKey, Model, ModelClass } from '#model/model.ts';
import { className, graphqlRootField, graphqlType } from '#model/naming.ts';
import { apiId } from './api-id.ts';

export type ClassNames = {
  readonly typeOf: (of: ModelClass) => string;
  /** Of a main class. */
  readonly rootOf: (of: ModelClass) => string;
};

/**
 * A class has its own name, with the package before it where another class has the name with the same right or a better one: a part of the model gives
 * way to those before it, and any kind of class to the main ones of its part. What the model says that this API calls a class comes before all.
 */
export const classNames = (model: Model): ClassNames => {
  const rank = rankOf(model);
  const classes = [...model.classes.values()].filter((one) => one.kind === 'main' || one.kind === 'complex');
  const alike = Map.groupBy(classes, ({ name }) => className(name));
  const shared = new Map<ClassKey, boolean>();
  for (const group of alike.values())
    for (const one of group)
      shared.set(
        one.key,
        group.some((other) => other !== one && (hasAlias(other) || rank(other) <= rank(one))),
      );
  const called = (of: ModelClass, plain: typeof graphqlType): string => {
    const alias = of.aliases.get(apiId);
    return alias === undefined
      ? plain(of.name, of.package, shared.get(of.key) ?? false)
      : plain(alias, of.package, false);
  };
  return { typeOf: (of) => called(of, graphqlType), rootOf: (of) => called(of, graphqlRootField) };
};

const hasAlias = (of: ModelClass): boolean => of.aliases.has(apiId);

const rankOf = (model: Model) => {
  const parts = [...model.parts.keys()];
  return (of: ModelClass): number =>
    parts.indexOf(model.packages.get(of.package)?.part ?? '') * 2 + (of.kind === 'main' ? 0 : 1);
};
