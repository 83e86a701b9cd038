// How sensitive a value of an attribute can be, with all that it holds. Asked by what decides what grants show, and by access packages. Pure.
import type { Attribute, Model, Sensitivity } from './model.ts';

/** Every sensitivity found in an attribute: its own and, for a value object, those of its members. Withholding any of them hides it whole. */
export const sensitivitiesOf = (model: Model, attribute: Attribute): ReadonlySet<Sensitivity> => {
  const found = new Set<Sensitivity>();
  collect(model, attribute, found, new Set());
  return found;
};

const collect = (model: Model, attribute: Attribute, found: Set<Sensitivity>, seen: Set<string>): void => {
  found.add(attribute.sensitivity);
  if (attribute.type.kind !== 'class' || seen.has(attribute.type.class)) return;
  seen.add(attribute.type.class);
  for (const member of model.classes.get(attribute.type.class)?.attributes ?? []) collect(model, member, found, seen);
};
