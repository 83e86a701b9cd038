// The differences between two OpenAPI documents of one API, classed as facts 7.5 say: operations, parameters, bodies, answers, access. What members
// mean to senders and receivers is told by schema-differences.ts. Called by the table of kinds of artefacts; knows no dates.
import { openApiStructure, type DescribedParts } from '../openapi-structure.ts';
import { statusesOf } from '../status-rules.ts';
import { markChange } from './marks.ts';
import type { Differ, GateFinding } from './finding.ts';
import { accessDifferences, schemeDifferences } from './access-differences.ts';
import { isMap, mapOf, readDocument, textOf, type JsonMap } from './json-tree.ts';
import { answerDifferences } from './answer-differences.ts';
import { dereferenced, type OperationPair, type OperationWalk } from './operation-walk.ts';
import { parameterDifferences } from './parameter-differences.ts';
import { compareSchemas } from './schema-differences.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

type Operation = {
  readonly coordinate: string;
  /** Method and path with the names of its parameters left out: what a caller sends. */
  readonly key: string;
  readonly path: string;
  readonly item: JsonMap;
  readonly operation: JsonMap;
};

/** Compares two OpenAPI documents (3.0 or 3.1, JSON). */
export const openApiDifferences: Differ = (before, after, { api, artefact, status }) => {
  const documents = { before: readDocument(before, artefact), after: readDocument(after, artefact) };
  const found: GateFinding[] = [];
  const walk: OperationWalk = {
    ...documents,
    seen: new Set(),
    status,
    report: (kind, rule, coordinate, text) => void found.push({ api, coordinate, kind, rule, text, artefact }),
  };
  const [old, now] = [operationsOf(documents.before), operationsOf(documents.after)];
  schemeDifferences(walk);
  markDifferences(walk);
  serverDifferences(walk);
  for (const one of old.values()) {
    const other = now.get(one.key);
    if (other === undefined) gone(walk, one, now);
    else compareOperations(walk, one, other);
  }
  for (const one of now.values())
    if (!old.has(one.key)) walk.report('compatible', 'operation-added', one.coordinate, 'The operation is new.');
  return found;
};

const operationsOf = (document: JsonMap): ReadonlyMap<string, Operation> => {
  const operations = Object.entries(mapOf(document['paths'])).flatMap(([path, item]) =>
    methods
      .filter((method) => isMap(mapOf(item)[method]))
      .map((method): Operation => {
        const verb = method.toUpperCase();
        return {
          coordinate: `${verb} ${path}`,
          key: `${verb} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`,
          path,
          item: mapOf(item),
          operation: mapOf(mapOf(item)[method]),
        };
      }),
  );
  return new Map(operations.map((one) => [one.key, one]));
};

const gone = (walk: OperationWalk, one: Operation, now: ReadonlyMap<string, Operation>): void => {
  const id = textOf(one.operation['operationId']);
  const renamed = [...now.values()].find(({ operation }) => id !== null && operation['operationId'] === id);
  if (renamed !== undefined)
    return walk.report(
      'breaking',
      'operation-renamed',
      one.coordinate,
      `The operation has moved to ${renamed.coordinate}.`,
    );
  const path = one.key.slice(one.key.indexOf(' '));
  const whole = ![...now.keys()].some((key) => key.slice(key.indexOf(' ')) === path);
  walk.report(
    'breaking',
    whole ? 'path-removed' : 'method-removed',
    one.coordinate,
    whole ? 'The path is gone.' : 'The method is gone from the path.',
  );
};

/** Parts that are there still, and are promised more or less than they were. */
const markDifferences = (walk: OperationWalk): void => {
  const [old, now] = [openApiStructure(walk.before), openApiStructure(walk.after)];
  const [was, is] = [ownMarks(old), ownMarks(now)];
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((part) => was.get(part) !== is.get(part));
  if (differing.length === 0) return;
  const status = walk.status ?? 'production';
  const [before, after] = [statusesOf({ status, ...old }).of, statusesOf({ status, ...now }).of];
  for (const part of differing) {
    const [one, other] = [before.get(part), after.get(part)];
    const change = one === undefined || other === undefined ? null : markChange(one, other);
    if (change !== null) walk.report(change.kind, change.rule, part, change.text);
  }
};

const ownMarks = ({ marks }: DescribedParts): ReadonlyMap<string, string> =>
  new Map(marks.map(({ coordinate, status }) => [coordinate, status]));

/** Every path begins with that of the server. */
const serverDifferences = (walk: OperationWalk): void => {
  const [was, is] = [basePath(walk.before), basePath(walk.after)];
  if (was !== is)
    walk.report(
      'breaking',
      'server-path-changed',
      '*',
      `What every path begins with has changed from ${was} to ${is}.`,
    );
};

const basePath = (document: JsonMap): string => {
  const [server] = Array.isArray(document['servers']) ? document['servers'] : [];
  const url = textOf(mapOf(server)['url']) ?? '/';
  const parsed = URL.parse(url, 'https://hub.example');
  return (parsed?.pathname ?? url).replace(/\/$/, '') || '/';
};

const compareOperations = (walk: OperationWalk, one: Operation, other: Operation): void => {
  if (one.path !== other.path)
    walk.report('compatible', 'path-parameter-renamed', one.coordinate, `The path is written ${other.path} now.`);
  const pair = { coordinate: one.coordinate, before: one.operation, after: other.operation };
  accessDifferences(walk, pair);
  parameterDifferences(walk, { ...pair, itemBefore: one.item, itemAfter: other.item });
  compareBodies(walk, pair);
  answerDifferences(walk, pair);
};

const compareBodies = (walk: OperationWalk, { coordinate, before, after }: OperationPair): void => {
  const at = `${coordinate} >`;
  const [was, is] = [dereferenced(before['requestBody'], walk.before), dereferenced(after['requestBody'], walk.after)];
  if (was === null && is === null) return;
  if (was === null) {
    const required = is?.['required'] === true;
    return walk.report(
      required ? 'breaking' : 'compatible',
      required ? 'request-body-required' : 'request-body-added',
      at,
      required ? 'A body must be sent now.' : 'A body may be sent now.',
    );
  }
  if (is === null) return walk.report('breaking', 'request-body-removed', at, 'No body is taken any more.');
  if (was['required'] !== true && is['required'] === true)
    walk.report('breaking', 'request-body-required', at, 'A body must be sent now.');
  const [old, now] = [mapOf(was['content']), mapOf(is['content'])];
  for (const [type, media] of Object.entries(old)) {
    if (!(type in now)) walk.report('breaking', 'media-type-removed', at, `${type} is not taken any more.`);
    else compareSchemas(walk, 'request', at, { before: mapOf(media)['schema'], after: mapOf(now[type])['schema'] });
  }
  for (const type of Object.keys(now))
    if (!(type in old)) walk.report('compatible', 'media-type-added', at, `${type} is taken too.`);
};
