// Whether a caller sees all that a projection looks at, in every row that nobody protects: for figures that have to be the same whoever asks. Called by
// those that count; tells of no row. The policy is the authorizer's.
import type { Principal } from '../principal.ts';
import type { Accesses, Place } from './access.ts';
import type { Projection } from './document.ts';

/** `whole`, or `part` of it, or nothing at all. */
export type Sight = 'whole' | 'part' | 'missing';

export type WholeSight = (
  principal: Principal,
  projection: Pick<Projection<unknown>, 'id' | 'shape' | 'only'>,
) => Promise<Sight>;

/** Makes the look. It fails only when a store does. */
export const createWholeSight =
  (accesses: Accesses): WholeSight =>
  async (principal, projection) => {
    const access = await accesses.decide(principal, 'list', projection);
    if ('denied' in access) return 'missing';
    const sees = ({ part, below }: Place): boolean => {
      const { portions } = access.plans.get(part.collection.path) ?? { portions: [] };
      const wanted = part.attributes ?? part.collection.class.attributeByName.keys();
      const names = part.bare ? [] : [...wanted];
      const relations = below.map(([, { part: next }]) => next.rule?.relation.jsonName ?? '');
      const isWhole = portions.some(
        ({ rows, view }) =>
          rows === 'all' &&
          (view.full ||
            (names.every((name) => view.attributes.has(name)) && relations.every((name) => view.linked.has(name)))),
      );
      return isWhole && below.every(([, next]) => sees(next));
    };
    return sees(access.places.root) ? 'whole' : 'part';
  };
