// Which collection answers under which component, aliases included, as maps that a request looks up. Made once by fint-api.ts.
import type { Collection, Model } from '#model/model.ts';
import { domainOf } from '#model/naming.ts';

export type ServedComponent = {
  /** `utdanning/elev` */
  readonly path: string;
  /** The component and those below it (`felles/kodeverk` and `felles/kodeverk/iso`): the catalogue lists them all. */
  readonly listed: readonly string[];
  /** By lower-case path segment: own collections first, then those of components below, then common classes of the domain. */
  readonly bySegment: ReadonlyMap<string, Collection>;
};

/** Gives one entry per component of the model. Code lists of a nested component answer under both path forms (facts 1.6). */
export const deriveServed = (model: Model): readonly ServedComponent[] => {
  const components = [...model.components.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return components.map((component) => {
    const below = components.filter((other) => other.path.startsWith(`${component.path}/`));
    // Links of a component that does not serve a common class lead to the first of its domain that does; so does its own path.
    const domain = components.filter((other) => domainOf(other.path) === domainOf(component.path));
    const common = domain.flatMap((other) => other.collections).filter((collection) => collection.class.common);
    const bySegment = new Map<string, Collection>();
    for (const collection of [...component.collections, ...below.flatMap((other) => other.collections), ...common])
      if (!bySegment.has(collection.segment)) bySegment.set(collection.segment, collection);
    return { path: component.path, listed: [component.path, ...below.map((other) => other.path)], bySegment };
  });
};
