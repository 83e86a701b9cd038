// Holds the shape of a document, as an API writes it down, against the model. Called by APIs when they are made, so that a path that the model does
// not bear out stops the start; reads no data.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import type { Collection, Model } from '#model/model.ts';
import type { Shape, ShapePart, ShapeSource, ShapeStep } from './document.ts';

type Source = Pick<ShapeStep, 'steps' | 'bare' | 'attributes'>;

/** The shape with its collections and rules. Fails with HUB-200, naming the path or attribute that the model does not have. */
export const compileShape = (source: ShapeSource, model: Model): Result<Shape> => {
  const { name, collection: path } = source;
  const all: ShapePart[] = [];

  const partOf = (
    at: string,
    collection: Collection,
    rule: ShapePart['rule'],
    { steps, bare, attributes }: Source,
  ): ShapePart | string => {
    const parts = new Map<string, ShapePart>();
    const wanted = attributes === undefined ? null : new Set(attributes);
    const part: ShapePart = { at, collection, rule, parts, bare: bare === true, attributes: wanted };
    all.push(part);
    if (part.bare && (wanted !== null || Object.keys(steps).length > 0))
      return `${at}: of what is bare nothing is read, and nothing is behind it`;
    for (const attribute of wanted ?? [])
      if (!collection.class.attributes.some(({ jsonName }) => jsonName === attribute))
        return `${at}: ${collection.path} has no attribute ${attribute}`;
    for (const [step, behind] of Object.entries(steps)) {
      const below = at === '' ? step : `${at}.${step}`;
      const link = collection.links.get(behind.relation);
      if (link === undefined) return missing(below, collection, behind.relation);
      const target = link.target === null ? undefined : model.collections.get(link.target);
      if (target === undefined) return `${below}: ${behind.relation} of ${collection.path} leads out of the model`;
      const made = partOf(below, target, link, behind);
      if (typeof made === 'string') return made;
      parts.set(step, made);
    }
    return part;
  };

  const collection = model.collections.get(path);
  if (collection === undefined) return refused(name, `the model has no collection ${path}`);
  const root = partOf('', collection, null, source);
  return typeof root === 'string' ? refused(name, root) : ok({ name, root, all });
};

const refused = (name: string, what: string): Result<never> =>
  failed(problem('HUB-200', `The document ${name} cannot be made from the model: ${what}.`));

const missing = (at: string, collection: Collection, relation: string): string => {
  const near = nearest(relation, [...collection.links.keys()]);
  return `${at}: ${collection.path} has no relation ${relation}${near === null ? '' : `; the nearest is ${near}`}`;
};
