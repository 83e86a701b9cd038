// How firm the mark of a part is beside another, and by which word descriptions carry it. Shared by the differences and by whoever judges them.
import type { ChangeKind, Status } from '../contract.ts';

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

/** How much is promised under a status; a word that is none promises nothing. */
export const firmness = (status: string): number => (isStatus(status) ? ranks[status] : 0);

type MarkChange = { readonly kind: ChangeKind; readonly rule: string; readonly text: string };

/** What it is to users that a mark has changed; a part without one is under the contract of the API. Null where as much is promised as before. */
export const markChange = (
  before: string | null,
  after: string | null,
  whole: Status = 'production',
): MarkChange | null => {
  const [was, is] = [before ?? whole, after ?? whole];
  if (firmness(was) === firmness(is)) return null;
  const lower = firmness(is) < firmness(was);
  return {
    kind: lower ? 'breaking' : 'compatible',
    rule: lower ? 'mark-lowered' : 'mark-raised',
    text: `The contract is ${is} now and was ${was}.`,
  };
};
