// Bugs that the checker must find, each as a piece of source and what it is replaced by. A piece that is no longer there fails the run: so the
// list stays true. Read by plant.ts and planted.ts.

export type Bug = {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How long it takes to show. */
  readonly kills: number;
  readonly longestMs: number;
};

export const bugs: readonly Bug[] = [];
