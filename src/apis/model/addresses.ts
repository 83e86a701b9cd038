// Every address below /model with the JSON text that answers it. Texts are made when first asked for and kept: there are as many as the
// model has parts, whatever callers send. Used by api.ts and its tests.
import { createHash } from 'node:crypto';
import { fold } from '#base/text.ts';
import { explainClass, listModel } from '#model/explain.ts';
import { publishedClasses, publishedSchema, schemaId } from '#model/json-schema.ts';
import type { Collection, Model, ModelClass } from '#model/model.ts';
import { domainOf, dotted } from '#model/naming.ts';
import { openApiDocument } from '#model/openapi.ts';
import type { OpenApiOptions } from '#model/openapi.ts';
import { metamodelResource } from './metamodel.ts';

export type Prepared = { readonly text: string; readonly type: string; readonly etag: string };

/** Answers by address: `rest` is the part after `/model`, as sent; null when the model has nothing there. */
export type Addresses = {
  readonly find: (rest: string) => Prepared | null;
  /** Every address, without the leading `/model`; the empty one is `/model` itself. */
  readonly list: () => readonly string[];
};

type Maker = { readonly type: string; readonly make: () => unknown };

const json = 'application/json';
const schemaType = 'application/schema+json';

const classOf = (of: ModelClass): string => `${of.package}/${of.className}`;

/** Builds the table of addresses of a model. Names match without regard to case; a trailing slash is tolerated. */
export const modelAddresses = (model: Model, options: OpenApiOptions): Addresses => {
  const makers = new Map<string, Maker>();
  const add = (address: string, make: () => unknown, type: string = json): void => {
    if (!makers.has(fold(address))) makers.set(fold(address), { type, make });
  };
  const resources = (keep: (one: Collection) => boolean): unknown =>
    [...model.collections.values()].filter(keep).map((one) => metamodelResource(model, one));

  add('', () => resources(() => true));
  add('components', () => [...model.components.keys()].map(dotted));
  add('classes', () => listModel(model));
  for (const of of model.classes.values()) add(`classes/${classOf(of)}`, () => explainClass(model, of));
  add('schema', () => publishedClasses(model).map(schemaId));
  for (const of of publishedClasses(model)) add(`schema/${classOf(of)}`, () => publishedSchema(model, of), schemaType);
  add('openapi', () => [...model.components.keys()].map((path) => `/model/openapi/${path}`));
  for (const component of model.components.values())
    add(`openapi/${component.path}`, () => openApiDocument(model, component, options));
  for (const path of model.components.keys()) {
    add(domainOf(path), () => resources((one) => domainOf(one.path) === domainOf(path)));
    add(path, () => resources((one) => one.component === path));
  }
  for (const one of model.collections.values()) add(one.path, () => metamodelResource(model, one));
  // Packages of three levels answer on the two-level form too, as their collections do (facts 1.6). What is really there goes first.
  for (const one of model.collections.values()) {
    const [domain, pack, ...deeper] = one.component.split('/');
    if (deeper.length > 0) add(`${domain}/${pack}/${one.segment}`, () => metamodelResource(model, one));
  }

  const prepared = new Map<string, Prepared>();
  return {
    list: () => [...makers.keys()],
    find: (rest) => {
      const address = addressOf(rest);
      const maker = address === null ? undefined : makers.get(address);
      if (address === null || maker === undefined) return null;
      const held = prepared.get(address) ?? prepare(maker);
      prepared.set(address, held);
      return held;
    },
  };
};

/** The address as the table knows it; null when the text is not well-formed percent-encoding. */
const addressOf = (rest: string): string | null => {
  try {
    return fold(decodeURIComponent(rest)).replaceAll(/^\/|\/$/g, '');
  } catch {
    return null;
  }
};

const prepare = (maker: Maker): Prepared => {
  const text = JSON.stringify(maker.make());
  return { text, type: maker.type, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
};
