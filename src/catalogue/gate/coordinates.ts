// How parts stand in each other, read from their coordinates alone (see Coordinate in contract.ts). Used to find the contract of a part and the
// announcement that it is covered by.
import type { Coordinate } from '../contract.ts';

/** The part itself and everything that it stands in, from the inside outwards; the API as a whole comes last. */
export const aroundPart = (coordinate: Coordinate): readonly Coordinate[] => {
  const found: Coordinate[] = [];
  for (let at: Coordinate | null = coordinate; at !== null && at !== '*'; at = outside(at)) found.push(at);
  return [...found, '*'];
};

/** Whether what is said of some part is said of another too. */
export const covers = (said: Coordinate, coordinate: Coordinate): boolean => aroundPart(coordinate).includes(said);

const operation = /^[A-Z]+ \//;

const outside = (coordinate: Coordinate): Coordinate | null => {
  if (operation.test(coordinate)) return outsideOfOperation(coordinate);
  const argument = coordinate.indexOf('(');
  if (argument > 0) return coordinate.slice(0, argument);
  const cut = Math.max(coordinate.lastIndexOf('.'), coordinate.lastIndexOf('/'));
  return cut > 0 ? coordinate.slice(0, cut) : null;
};

/** `GET /path < 200 member.inner` → `GET /path < 200 member` → `GET /path < 200` → `GET /path`. */
const outsideOfOperation = (coordinate: Coordinate): Coordinate | null => {
  const body = / (?:>|< \w+)(?: |$)/.exec(coordinate);
  if (body === null) {
    const query = coordinate.indexOf('?');
    return query > 0 ? coordinate.slice(0, query) : null;
  }
  const head = coordinate.slice(0, body.index);
  const whole = coordinate.slice(0, body.index + body[0].trimEnd().length);
  if (coordinate === whole) return head;
  const dot = coordinate.lastIndexOf('.');
  return dot > whole.length ? coordinate.slice(0, dot) : whole;
};
