// Which access packages open what something needs: the fewest that do, narrowed to the fields that are needed, and whether it takes two to approve that. For
// whoever explains what has to be asked for. Pure; knows no API.
import {
  fourEyes,
  type AccessPackage,
  type AccessPackages,
  type FourEyesReason,
  type PackageTerms,
} from './packages.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Action } from '#store/plan.ts';

/** What has to be opened of one collection. */
export type Needed = {
  readonly collection: CollectionPath;
  readonly actions: readonly Action[];
  readonly fields: readonly string[];
};

/** Something that no package opens. */
export type Uncovered = {
  readonly collection: CollectionPath;
  readonly action: Action;
  readonly fields: readonly string[];
};

export type Covering = {
  /** In the order of the file; narrowed where they show more of a collection than is needed. */
  readonly packages: readonly PackageTerms[];
  readonly fourEyes: readonly FourEyesReason[];
  readonly uncovered: readonly Uncovered[];
};

/** Sets of packages that are tried before the best so far is taken. */
const mostTried = 200_000;
const why = 'Not needed for what is to be run.';

/** Whoever may list may also read. */
const opensAction = (given: readonly Action[], wanted: Action): boolean =>
  given.includes(wanted) || (wanted === 'read' && given.includes('list'));

/** Finds them. Each need is covered field by field: several packages may open one collection together. */
export const coveringOf = (packages: AccessPackages, needs: readonly Needed[]): Covering => {
  const atoms = needs.flatMap(({ collection, actions, fields }) =>
    actions.flatMap((action) => (fields.length === 0 ? [''] : fields).map((field) => ({ collection, action, field }))),
  );
  const candidates = [...packages.values()]
    .map((one) => ({ one, covers: atoms.map((atom) => coversAtom(one, atom)) }))
    .filter(({ covers }) => covers.includes(true));
  const coverable = atoms.map((_, index) => candidates.some(({ covers }) => covers[index] === true));
  const chosen = fewest(
    candidates.map(({ covers }) => covers),
    coverable,
  ).map((index) => candidates[index]?.one);
  const terms = chosen
    .filter((one) => one !== undefined)
    .map(({ id, sight }): PackageTerms => ({
      package: id,
      narrowed: sight.flatMap(({ collection, fields }) => {
        const wanted = new Set(needs.filter((need) => need.collection === collection).flatMap((need) => need.fields));
        const kept = fields.map(({ name }) => name).filter((name) => wanted.has(name));
        return kept.length === fields.length ? [] : [{ collection, fields: kept, why }];
      }),
    }));
  return { packages: terms, fourEyes: fourEyes(packages, terms, 0), uncovered: leftOf(atoms, coverable) };
};

type Atom = { readonly collection: CollectionPath; readonly action: Action; readonly field: string };

const coversAtom = ({ sight }: AccessPackage, { collection, action, field }: Atom): boolean =>
  sight.some(
    (one) =>
      one.collection === collection &&
      opensAction(one.actions, action) &&
      (field === '' || one.fields.some(({ name }) => name === field)),
  );

/** Indexes of the fewest sets that cover all that can be covered, in their order; of two as small the first. */
const fewest = (sets: readonly (readonly boolean[])[], coverable: readonly boolean[]): readonly number[] => {
  let tried = 0;
  const choose = (left: readonly number[], size: number): readonly number[] | null => {
    const [first] = left;
    if (first === undefined) return [];
    if (size === 0) return null;
    for (const [index, covers] of sets.entries()) {
      if (covers[first] !== true) continue;
      tried += 1;
      if (tried > mostTried) return null;
      const rest = choose(
        left.filter((at) => covers[at] !== true),
        size - 1,
      );
      if (rest !== null) return [index, ...rest];
    }
    return null;
  };
  const all = coverable.flatMap((can, index) => (can ? [index] : []));
  for (let size = 0; size <= sets.length; size += 1) {
    const found = choose(all, size);
    if (found !== null) return [...new Set(found)].toSorted((a, b) => a - b);
    if (tried > mostTried) break;
  }
  return greedy(sets, all);
};

/** Where there are too many to try: always the one that covers most of what is left. */
const greedy = (sets: readonly (readonly boolean[])[], all: readonly number[]): readonly number[] => {
  const chosen: number[] = [];
  for (let left = all; left.length > 0;) {
    const gains = sets.map((covers) => left.filter((at) => covers[at] === true).length);
    const best = gains.indexOf(Math.max(...gains));
    chosen.push(best);
    left = left.filter((at) => sets[best]?.[at] !== true);
  }
  return chosen.toSorted((a, b) => a - b);
};

const leftOf = (atoms: readonly Atom[], coverable: readonly boolean[]): readonly Uncovered[] => {
  const found = new Map<string, { collection: CollectionPath; action: Action; fields: string[] }>();
  for (const [index, { collection, action, field }] of atoms.entries()) {
    if (coverable[index] === true) continue;
    const key = `${action} ${collection}`;
    const known = found.get(key) ?? { collection, action, fields: [] };
    if (field !== '') known.fields.push(field);
    found.set(key, known);
  }
  return [...found.values()];
};
