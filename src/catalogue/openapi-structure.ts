// The parts of a REST API as its OpenAPI document tells them: what stands in what, what leans on what, which marks they bear and which of them are described. Used for
// announcements and promotions. Pure.
import type { Coordinate, Status } from './contract.ts';
import { statuses } from './contract.ts';
import { isMap, textOf, type JsonMap } from './gate/json-tree.ts';
import { partMark } from './gate/marks.ts';
import type { Mark, Part } from './status-rules.ts';

/** An API as a document of it tells. */
export type DescribedParts = {
  readonly parts: readonly Part[];
  readonly marks: readonly Mark[];
  /** Parts of which the document says nothing to people. */
  readonly undescribed: readonly Coordinate[];
};

const verbs = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const isStatus = (text: string): text is Status => statuses.some((status) => status === text);

type Walk = {
  readonly add: (
    coordinate: Coordinate,
    within: Coordinate | null,
    described: JsonMap,
    leansOn?: readonly string[],
  ) => void;
  readonly document: JsonMap;
};

const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

/** Names of the component schemas that a piece of the document refers to, however deep. */
const schemasIn = (value: unknown, found = new Set<string>()): readonly string[] => {
  if (Array.isArray(value)) for (const one of value) schemasIn(one, found);
  else if (isMap(value))
    for (const [name, member] of Object.entries(value)) {
      const reference = name === '$ref' ? textOf(member) : null;
      const schema = reference === null ? null : /^#\/components\/schemas\/(.+)$/.exec(reference)?.[1];
      if (schema !== null && schema !== undefined) found.add(schema.replaceAll('~1', '/').replaceAll('~0', '~'));
      else if (name !== 'example' && name !== 'examples') schemasIn(member, found);
    }
  return [...found];
};

/** What a reference within the document stands for. */
const resolved = (value: unknown, document: JsonMap): JsonMap => {
  const map = mapOf(value);
  const reference = textOf(map['$ref']);
  if (reference === null || !reference.startsWith('#/')) return map;
  let at: unknown = document;
  for (const step of reference.slice(2).split('/'))
    at = mapOf(at)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
  return mapOf(at);
};

/** Members of a schema that is written out where it stands; `join` is what stands between. */
const addMembers = (walk: Walk, at: Coordinate, within: Coordinate, schema: unknown, join: string): void => {
  const map = mapOf(schema);
  for (const form of ['allOf', 'oneOf', 'anyOf'] as const) {
    const some = map[form];
    if (Array.isArray(some)) for (const one of some) addMembers(walk, at, within, one, join);
  }
  if (isMap(map['items'])) addMembers(walk, at, within, map['items'], join);
  for (const [name, member] of Object.entries(mapOf(map['properties']))) {
    const coordinate = `${at}${join}${name}`;
    walk.add(coordinate, within, mapOf(member), schemasIn(member));
    addMembers(walk, coordinate, coordinate, member, '.');
  }
};

const addBodies = (walk: Walk, at: Coordinate, operation: Coordinate, content: unknown): void => {
  for (const media of Object.values(mapOf(content))) addMembers(walk, at, operation, mapOf(media)['schema'], ' ');
};

const addOperation = (walk: Walk, coordinate: Coordinate, path: JsonMap, operation: JsonMap): void => {
  const { document } = walk;
  const parameters = [path['parameters'], operation['parameters']].flatMap((list) => (Array.isArray(list) ? list : []));
  walk.add(coordinate, null, operation, schemasIn([operation['requestBody'], operation['responses'], parameters]));
  for (const one of parameters) {
    const parameter = resolved(one, document);
    const name = textOf(parameter['name']);
    if (name !== null && parameter['in'] === 'query') walk.add(`${coordinate}?${name}`, coordinate, parameter);
  }
  addBodies(walk, `${coordinate} >`, coordinate, resolved(operation['requestBody'], document)['content']);
  for (const [status, response] of Object.entries(mapOf(operation['responses'])))
    addBodies(walk, `${coordinate} < ${status}`, coordinate, resolved(response, document)['content']);
};

const isDescribed = (map: JsonMap): boolean =>
  ['description', 'summary', 'title', '$ref'].some((name) => (textOf(map[name]) ?? '').trim() !== '') ||
  ['enum', 'const', 'items', 'allOf', 'oneOf'].some((name) => map[name] !== undefined);

/** Reads a document. */
export const openApiStructure = (document: JsonMap): DescribedParts => {
  const parts = new Map<Coordinate, Part>();
  const marks: Mark[] = [];
  const undescribed: Coordinate[] = [];
  const schemas = mapOf(mapOf(document['components'])['schemas']);
  const walk: Walk = {
    document,
    add: (coordinate, within, described, leansOn = []) => {
      if (parts.has(coordinate)) return;
      parts.set(coordinate, { coordinate, within, leansOn: leansOn.filter((name) => name in schemas) });
      const status = textOf(described[partMark]);
      if (status !== null && isStatus(status)) marks.push({ coordinate, status, source: 'its description' });
      if (!isDescribed(described)) undescribed.push(coordinate);
    },
  };
  for (const [path, value] of Object.entries(mapOf(document['paths']))) {
    const item = mapOf(value);
    for (const verb of verbs)
      if (isMap(item[verb])) addOperation(walk, `${verb.toUpperCase()} ${path}`, item, item[verb]);
  }
  for (const [name, schema] of Object.entries(schemas)) {
    walk.add(name, null, mapOf(schema));
    addMembers(walk, name, name, schema, '.');
  }
  return { parts: [...parts.values()], marks, undescribed };
};
