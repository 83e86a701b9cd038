// The requests under way, for looking after their deadlines. Used by the pipeline. Not a Set: a Set that is added to and deleted from all the
// time leaves old tables behind that hold on to finished requests, and the garbage collector moves them about for nothing.
import type { Exchange } from './exchange.ts';

export type Roster = {
  readonly add: (exchange: Exchange) => void;
  /** Does nothing for one that is not in it. */
  readonly remove: (exchange: Exchange) => void;
  /** Those in it now, in no order; may be removed while walking. */
  readonly all: () => readonly Exchange[];
};

/** An empty roster. Each exchange knows its place in the list. */
export const createRoster = (): Roster => {
  const list: Exchange[] = [];
  return {
    add: (exchange) => {
      exchange.place = list.length;
      list.push(exchange);
    },
    remove: (exchange) => {
      const { place } = exchange;
      if (place === -1) return;
      exchange.place = -1;
      const last = list.pop();
      if (last === undefined || last === exchange) return;
      list[place] = last;
      last.place = place;
    },
    all: () => [...list],
  };
};
