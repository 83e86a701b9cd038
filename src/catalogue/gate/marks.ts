// How firm the mark of a part is beside another, and by which word descriptions carry it. Shared by the differences and by whoever judges them.
import type { Status } from '../contract.ts';

/** The word by which OpenAPI and JSON Schema carry the mark of a part. */
export const partMark = 'x-bindeledd-status';

// Production, what is not developed further and what is being retired are promised alike (facts 1.2).
const ranks: Readonly<Record<Status, number>> = {
  planned: 0,
  experimental: 1,
  beta: 2,
  production: 3,
  'not-further-developed': 3,
  retiring: 3,
  retired: 0,
};

const isStatus = (text: string): text is Status => Object.hasOwn(ranks, text);

/** How much is promised of a part with this mark; parts without one, or with one that is no status, promise what everything around them does. */
export const firmness = (mark: string): number => (isStatus(mark) ? ranks[mark] : ranks.production);
