// What has to be asked for to run an operation or a document, from the model and what the APIs describe: no data, no grant and no hub. Built by compose.ts
// for the API and by the command line.
import type { AccessAnswer, AccessQuestion } from '#apis/access-answer.ts';
import { fintFace } from '#apis/fint-graphql/face.ts';
import { parseAddress } from '#apis/fint/parse.ts';
import { deriveServed } from '#apis/fint/served.ts';
import { describedOperations, type DescribedOperation } from '#apis/flyt-skole/described-operations.ts';
import { fsFace } from '#apis/fs-graphql/face/fs-face.ts';
import { decodeNodeId } from '#mappings/node-ids.ts';
import { institutionNumber } from '#apis/fs-graphql/owner.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { coveringOf } from '#catalogue/access/covering.ts';
import type { AccessPackages } from '#catalogue/access/packages.ts';
import { createDocumentReading, type DocumentReading, type ReadDocument } from '#graphql/document-needs.ts';
import { needsOf, type AccessNeed } from '#hub/graph/needs.ts';
import type { Principal } from '#hub/principal.ts';
import { covers } from '#model/derive-scopes.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Collection, Model } from '#model/model.ts';
import { clientScope, openApiDocument } from '#model/openapi.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';

export type AccessFor = (question: AccessQuestion) => Promise<Result<AccessAnswer>>;

export type AccessForDeps = {
  readonly model: Model;
  readonly bundles: ScopeBundles;
  readonly packages: AccessPackages;
  /** Null where the model has no FS GraphQL. */
  readonly roots: GraphqlRoots | null;
};

/** Builds it; what is costly is made when it is first asked for. */
export const createAccessFor = (deps: AccessForDeps): AccessFor => {
  const { model, bundles } = deps;
  const readings = once(() => readingsOf(deps));
  const described = once(() => describedOperations(model, bundles));
  const addresses = once(() => addressesById(model));
  return async (question) => {
    if (question.kind === 'document') return ofDocument(deps, readings(), question);
    const named = addresses().get(question.operation.trim()) ?? question.operation.trim();
    const [, method = 'GET', address = ''] = /^(?:([A-Za-z]+)\s+)?(\S+)$/.exec(named) ?? [];
    const path = address.split('?')[0] ?? '';
    const flyt = described().find((one) => one.id === path || isThere(one, method.toUpperCase(), path));
    if (flyt !== undefined) return ok(ofScopes(deps, flyt));
    const found = fintNeeds(model, method.toUpperCase(), path);
    return found === null
      ? failed(
          problem(
            'HUB-204',
            'No API has such an operation. Write it as `GET /utdanning/elev/elev`, or by its operationId.',
          ),
        )
      : ok(answerOf(deps, { ...found, api: 'fint', tokenScopes: [[clientScope]] }));
  };
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
};

type Found = Pick<AccessAnswer, 'operation' | 'api' | 'tokenScopes'> &
  Partial<Pick<AccessAnswer, 'flags' | 'links' | 'undetermined'>> & { readonly needs: readonly AccessNeed[] };

const answerOf = ({ model, packages }: AccessForDeps, found: Found): AccessAnswer => {
  const { operation, api, tokenScopes, needs, flags = [], links = [], undetermined = [] } = found;
  const covering = coveringOf(packages, needs);
  return {
    operation,
    api,
    tokenScopes,
    flags,
    collections: needs.map(({ collection, actions, fields }) => ({
      collection,
      actions,
      fields: fields.map((name) => ({ name, sensitivities: kindsOf(model, collection, name) })),
    })),
    links,
    ...covering,
    undetermined,
  };
};

/** How sensitive a field is beyond open; of a relation nothing is said. */
const kindsOf = (model: Model, path: string, name: string): readonly string[] => {
  const attribute = model.collections.get(path)?.class.attributes.find(({ jsonName }) => jsonName === name);
  return attribute === undefined ? [] : [...sensitivitiesOf(model, attribute)].filter((kind) => kind !== 'open');
};

// --- FINT ---------------------------------------------------------------------------------------------------------------------

const allFields = ({ class: of, links }: Collection): readonly string[] => [
  ...of.attributes.map(({ jsonName }) => jsonName),
  ...[...links.values()].map(({ relation }) => relation.jsonName),
];

const placeholder = /^\{[^}]+\}$/;

/** What an address of the FINT API takes; null when there is none such. Anything may stand for the value of an identifier, and a placeholder for its name. */
const fintNeeds = (model: Model, method: string, path: string): Omit<Found, 'api' | 'tokenScopes'> | null => {
  const served = deriveServed(model).filter((one) => path.toLowerCase().startsWith(`/${one.path}/`));
  const component = served.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (component === undefined) return null;
  const [name = '', field = '', ...value] = path.slice(component.path.length + 2).split('/');
  const collection = component.bySegment.get(name.toLowerCase());
  const [leading] = collection?.identifiers ?? [];
  const segment = placeholder.test(field) && value.length > 0 ? (leading?.segment ?? field) : field;
  const rest = [name, ...(field === '' ? [] : [segment]), ...value.map((one) => (placeholder.test(one) ? 'x' : one))];
  const address = parseAddress(component, rest.join('/'));
  if (address === null || !('collection' in address)) return null;
  const action = actionOf(method, address.kind);
  if (action === null) return null;
  const whole =
    address.kind === 'list' || address.kind === 'query' || address.kind === 'resource' || address.kind === 'changes';
  const fields = whole ? allFields(address.collection) : [];
  const links = new Set(
    [...address.collection.links.values(), ...address.collection.nestedLinks.values()].flatMap(({ target }) =>
      target === null || target === address.collection.path ? [] : [target],
    ),
  );
  return {
    operation: `${method} ${path}`,
    needs: [{ collection: address.collection.path, actions: [action], fields }],
    links: whole && action !== 'write' ? [...links].toSorted() : [],
  };
};

const actionOf = (method: string, kind: string): AccessNeed['actions'][number] | null => {
  if (method === 'GET' || method === 'HEAD')
    return kind === 'list' ? 'list' : kind === 'changes' ? 'follow' : kind === 'status' ? 'write' : 'read';
  if (method === 'POST') return kind === 'query' ? 'list' : kind === 'list' ? 'write' : null;
  return (method === 'PUT' || method === 'DELETE') && kind === 'resource' ? 'write' : null;
};

/** `GET /utdanning/elev/elev` of every operationId of the FINT API. */
const addressesById = (model: Model): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const component of model.components.values()) {
    const { paths = {} } = openApiDocument(model, component) as {
      readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
    };
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { operationId }] of Object.entries(methods))
        if (operationId !== undefined) found.set(operationId, `${method.toUpperCase()} ${path}`);
  }
  return found;
};

// --- Flyt Skole ---------------------------------------------------------------------------------------------------------------

/** True when an address is one of an operation, or its template. */
const isThere = (operation: DescribedOperation, method: string, path: string): boolean => {
  const [wanted, given] = [operation.path.split('/'), path.split('/')];
  return (
    operation.method === method &&
    wanted.length === given.length &&
    wanted.every((segment, index) => placeholder.test(segment) || segment === given[index])
  );
};

/** What is opened by scopes: a link gives them, and the bundles of the model say what that is. */
const ofScopes = (deps: AccessForDeps, { id, method, path, scopes }: DescribedOperation): AccessAnswer => {
  const { model, bundles } = deps;
  const found = new Map<string, { readonly actions: Set<'read' | 'list' | 'write'>; readonly fields: Set<string> }>();
  for (const scope of scopes.flatMap((some) => some.slice(0, 1)))
    for (const { collections, actions, fields, shows } of bundles.bundles.get(scope)?.opens ?? [])
      for (const collection of model.collections.values()) {
        if (!collections.some((pattern) => covers(pattern, collection.path))) continue;
        const known = found.get(collection.path) ?? { actions: new Set(), fields: new Set<string>() };
        found.set(collection.path, known);
        actions.forEach((action) => known.actions.add(action));
        for (const name of allFields(collection)) {
          const kinds = kindsOf(model, collection.path, name).filter((kind) => kind !== 'personal');
          const isShown = kinds.every((kind) => shows.some((one) => one === kind));
          if (isShown && (fields === null || fields.includes(name))) known.fields.add(name);
        }
      }
  const needs = [...found].map(([collection, { actions, fields }]): AccessNeed => ({
    collection,
    actions: [...actions].filter((action) => action !== 'read' || !actions.has('list')).toSorted(),
    fields: [...fields],
  }));
  const operation = `${id} (${method} ${path})`;
  return answerOf(deps, { operation, api: 'flyt-skole', tokenScopes: scopes, needs });
};

// --- GraphQL ------------------------------------------------------------------------------------------------------------------

type Reading = { readonly api: string; readonly read: DocumentReading };

const readingsOf = ({ model, roots }: AccessForDeps): readonly Reading[] => [
  ...(roots === null
    ? []
    : [
        {
          api: 'fs-graphql',
          // Whichever institution a document names is the one that it is asked of.
          read: createDocumentReading(
            (graph) =>
              fsFace('fs-graphql', {
                model,
                roots,
                graph,
                owners: { numberOf: async (tenant) => tenant, known: (tenant) => tenant },
              }),
            model,
          ),
        },
      ]),
  { api: 'fint-graphql', read: createDocumentReading(() => fintFace(model), model) },
];

/** Institutions that are tried. */
const mostOwners = 4;

/** Numbers that a document or its variables may name an institution by, those within ids too. Made-up variables are 1. */
const ownersIn = (document: string, variables: Readonly<Record<string, unknown>>): readonly string[] => {
  const text = `${document} ${JSON.stringify(variables)}`;
  const numbers = [...text.matchAll(/"(\d{1,9})"/g)].map(([, digits = '']) => institutionNumber(digits) ?? '1');
  const inIds = [...text.matchAll(/"([A-Za-z0-9+/_=-]{8,200})"/g)].flatMap(([, id = '']) => {
    const owner = decodeNodeId(id)?.owner;
    return owner === undefined ? [] : [institutionNumber(owner) ?? '1'];
  });
  return [...new Set([...inIds, ...numbers, '1'])].slice(0, mostOwners);
};

const principalOf = (tenant: string): Principal => ({
  kind: 'client',
  client: 'access-for',
  tenant,
  scopes: new Set([clientScope]),
  issuer: '',
  token: '',
  expiresAt: Number.POSITIVE_INFINITY,
});

const ofDocument = async (
  deps: AccessForDeps,
  readings: readonly Reading[],
  { document, api, operationName, variables }: Extract<AccessQuestion, { kind: 'document' }>,
): Promise<Result<AccessAnswer>> => {
  const asked = { text: document, operationName, variables };
  let refused: Result<AccessAnswer> | null = null;
  for (const { api: name, read } of readings) {
    if (api !== null && api !== name) continue;
    let best: ReadDocument | null = null;
    for (const owner of ownersIn(document, variables)) {
      const context = { principal: principalOf(owner), requestId: 'access-for', api: name };
      const found = await read(asked, { context, now: 0 });
      if (!found.ok) {
        refused ??= found;
        break;
      }
      if (best === null || found.value.errors.length < best.errors.length) best = found.value;
      if (best.errors.length === 0) break;
    }
    if (best === null) continue;
    const { flags, roots, errors } = best;
    const operation = operationName ?? 'GraphQL';
    const needs = needsOf(deps.model, roots);
    return ok(
      answerOf(deps, { operation, api: name, tokenScopes: [[clientScope]], needs, flags, undetermined: errors }),
    );
  }
  return refused ?? failed(problem('HUB-103', 'There is no GraphQL API of this name.'));
};
