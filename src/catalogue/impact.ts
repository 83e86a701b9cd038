// Whom a change hits: which of what was used it touches, by which applications, and who of them is told. Used when something is announced, before it is, and when
// those who still use a part are reminded. Pure.
import { dayMs, civilDay } from '#base/clock.ts';
import type { PartUse } from '#store/store.ts';
import type { Coordinate } from './contract.ts';

/** Use counts for so long: a job that runs once a year is hit too (facts 7.7). */
export const hitDays = 400;
/** Who has not used a part for so long is taken to have left it, and not reminded. */
export const stillDays = 90;

/** The first day that counts, so many days back. */
export const sinceDay = (now: number, days: number): string => civilDay(now - days * dayMs).date;

const operation = /^[A-Z]+ \//;

/**
 * Whether who has used one part is hit when another changes. An operation is hit by what changes of its request and answer, a type by what changes of its fields and a
 * field with its arguments. In which operations of a REST API a schema stands is not told by its name: it hits whoever uses the API.
 */
export const touches = (used: Coordinate, changed: Coordinate): boolean => {
  if (changed === '*' || used === changed) return true;
  if (operation.test(used))
    return operation.test(changed) ? changed.startsWith(used) && /^[ ?]/.test(changed.slice(used.length)) : true;
  return used.startsWith(changed) && /^[.(]/.test(used.slice(changed.length));
};

/** That an application has used something that changes. */
export type Hit = {
  readonly application: string;
  readonly count: number;
  /** `2026-11-22`. */
  readonly last: string;
  /** What it has used of it. */
  readonly parts: readonly Coordinate[];
};

/** The applications that have used what changes, by id. */
export const hitsOf = (coordinates: readonly Coordinate[], uses: readonly PartUse[]): readonly Hit[] => {
  const hits = new Map<string, { count: number; last: string; readonly parts: Set<Coordinate> }>();
  // There are rows for every application, part and day: what can be told of a part is told once.
  const isHit = new Map<Coordinate, boolean>();
  for (const { application, part, day, count } of uses) {
    const known = isHit.get(part) ?? coordinates.some((changed) => touches(part, changed));
    isHit.set(part, known);
    if (!known) continue;
    const hit = hits.get(application) ?? { count: 0, last: day, parts: new Set() };
    hits.set(application, hit);
    hit.count += count;
    if (day > hit.last) hit.last = day;
    hit.parts.add(part);
  }
  return [...hits]
    .map(([application, { count, last, parts }]) => ({ application, count, last, parts: [...parts].sort() }))
    .sort((a, b) => (a.application < b.application ? -1 : 1));
};
