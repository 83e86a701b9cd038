// How the county writes links: the input forms a FINT source may use (fint.md 2.4), varied on purpose.
// Called by the files that build collections. It must not know what a link means.

export type Link = { readonly href: string };
export type Links = Readonly<Record<string, readonly Link[]>>;

/** A place that links can point to: one collection, by one of its identifiers. */
export type Target = { readonly placeholder: string; readonly short: string; readonly path: string };

/**
 * Describes a target: the collection (`utdanning/elev/elev`), the identifier as links spell it, and for a class that many
 * components serve the name its placeholder carries (`felles.person`).
 */
export const target = (collection: string, identifier = 'systemid', placeholderName?: string): Target => ({
  placeholder: `\${${placeholderName ?? collection.replaceAll('/', '.')}}/${identifier}/`,
  short: `${identifier}/`,
  path: `/${collection}/${identifier}/`,
});

/** Writes one link value; of eight variants four use the placeholder, three the short form and one the path. */
export const href = (goal: Target, value: string, variant: number): Link => {
  const form = variant & 7;
  return { href: (form < 4 ? goal.placeholder : form < 7 ? goal.short : goal.path) + value };
};

/** Writes a relation with exactly one link. */
export const to = (goal: Target, value: string, variant = 0): readonly Link[] => [href(goal, value, variant)];

/** Writes a relation with a link for every value. */
export const toAll = (goal: Target, values: readonly string[], variant = 0): readonly Link[] =>
  values.map((value) => href(goal, value, variant));
