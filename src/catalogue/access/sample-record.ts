// A record that never was: what a resource of a collection looks like, made from the model alone, so that owners can see what a package shows without anybody's
// data being looked at. Used by previews. Pure.
import { exampleValue } from '#model/json-schema.ts';
import type { JsonValue } from '#model/kinds.ts';
import type { Collection, Model } from '#model/model.ts';

/** Each field of a collection by name, with an invented value; of relations, where they lead. */
export const sampleRecord = (model: Model, { class: of, links }: Collection): Readonly<Record<string, JsonValue>> => {
  const record: Record<string, JsonValue> = {};
  for (const attribute of of.attributes) {
    const value = exampleValue(model, attribute);
    record[attribute.jsonName] = attribute.list ? [value] : value;
  }
  for (const { relation, target } of links.values()) record[relation.jsonName] = target === null ? '…' : `${target}/…`;
  return record;
};
