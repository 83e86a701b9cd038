// What may be told of a count of persons, and how counts become a sheet of figures. The rule that keeps persons hidden stands here and nowhere else
// (decision 69): cells of one sheet share no person's row, small cells are left out, all others are rounded, and nothing is ever added up before that.
// Pure; knows no mapping and no API.

/** Counts of fewer persons than this are left out. */
export const leastShown = 3;

/** All figures are multiples of it, so that whatever is added up of them or taken from each other is one too: never one person, never two. */
export const roundedTo = 5;

/** What is told of a count; null for what is left out. Each figure stands for at least `leastShown` counts, and none below it. */
export const figureOf = (count: number): number | null =>
  count < leastShown ? null : Math.max(roundedTo, Math.round(count / roundedTo) * roundedTo);

/** A row of a sheet: the values of its columns, and the figure last. */
export type FigureRow = readonly [...(readonly string[]), number];

/** Counts persons by cell, each once in a cell however many rows say it. */
export type Counter = {
  readonly add: (cell: readonly string[], person: number) => void;
  /** Rows of the cells that may be shown, in the order of their columns, by code point: the same for the same counts, whatever came first. */
  readonly rows: () => readonly FigureRow[];
  /** Cells so far, those that will not be shown too. */
  readonly size: () => number;
};

export const createCounter = (): Counter => {
  const cells = new Map<string, { readonly cell: readonly string[]; readonly persons: Set<number> }>();
  return {
    add: (cell, person) => {
      const key = JSON.stringify(cell);
      const held = cells.get(key);
      if (held === undefined) cells.set(key, { cell, persons: new Set([person]) });
      else held.persons.add(person);
    },
    rows: () =>
      [...cells]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .flatMap(([, { cell, persons }]) => {
          const figure = figureOf(persons.size);
          return figure === null ? [] : [[...cell, figure] as const];
        }),
    size: () => cells.size,
  };
};
