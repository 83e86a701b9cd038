// The differences between two artefacts of JSON Schemas: a document of schemas by their addresses. Readers receive all of them; who writes sends those
// that are marked as such.
import type { Differ, GateFinding } from './finding.ts';
import { isMap, readDocument, type JsonMap } from './json-tree.ts';
import { compareSchemas, type SchemaWalk } from './schema-differences.ts';

/** Compares two sets of schemas. Coordinates are the addresses without what all of them begin with: `utdanning/elev/Elev.brukernavn`. */
export const schemaSetDifferences: Differ = (before, after, { api, artefact }) => {
  const [old, now] = [readDocument(before, artefact), readDocument(after, artefact)];
  const found: GateFinding[] = [];
  const walk: SchemaWalk = {
    before: old,
    after: now,
    seen: new Set(),
    nameOf: partOfAddress,
    report: (kind, rule, coordinate, text) => void found.push({ api, coordinate, kind, rule, text, artefact }),
  };
  for (const [address, schema] of Object.entries(old)) {
    const name = partOfAddress(address);
    const other = now[address];
    if (!isMap(other)) {
      walk.report('breaking', 'schema-removed', name, 'The schema is gone.');
      continue;
    }
    const pair = { before: { $ref: address }, after: { $ref: address } };
    compareSchemas(walk, 'response', name, pair);
    if (isMap(schema) && isWritten(schema)) compareSchemas(walk, 'request', name, pair);
  }
  for (const address of Object.keys(now))
    if (!(address in old)) walk.report('compatible', 'schema-added', partOfAddress(address), 'The schema is new.');
  return found;
};

const isWritten = (schema: JsonMap): boolean => schema['x-writeable'] === true;

/** What the schema with this address is called in coordinates. */
export const partOfAddress = (reference: string): string => reference.replace(/^\/?model\/schema\//, '');
