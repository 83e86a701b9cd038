// What a client calls that which has changed: the fields at the top of a document whose paths go through a place of the shape and an attribute or
// relation there. Used by the event operation. Pure.
import type { Shape, ShapePart } from '#hub/documents/document.ts';
import type { MappingReading, ReadField } from '#mappings/read-mapping.ts';

/**
 * Makes `EventStream.fieldsOf` for readings of one type (several where several classes are one type): names of attributes and relations of a
 * place in, names of fields out, sorted, once each.
 */
export const changedNames = (
  readings: readonly MappingReading[],
): ((shape: Shape, part: ShapePart, names: readonly string[]) => readonly string[]) => {
  const tables = new Map(readings.map((reading) => [reading.shape.name, tableOf(reading)]));
  return (shape, part, names) => {
    const place = tables.get(shape.name)?.get(part.at);
    if (place === undefined) return [];
    return [...new Set(names.flatMap((name) => place.get(name) ?? []))].toSorted();
  };
};

type Table = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const tableOf = ({ fields }: MappingReading): Table => {
  const table = new Map<string, Map<string, string[]>>();
  for (const top of fields)
    for (const { at, names } of looksWithin(top)) {
      const place = table.get(at) ?? new Map<string, string[]>();
      table.set(at, place);
      for (const name of names) place.set(name, [...(place.get(name) ?? []), top.name]);
    }
  return table;
};

const looksWithin = (field: ReadField): ReadField['looks'] => [...field.looks, ...field.fields.flatMap(looksWithin)];
