// What status a part of an API has, which may follow which, what may lean on what, and what is there under which flags (facts 7.2, R1 to R3). Used by the gate, by
// promotions and by what shows the catalogue; knows parts by their coordinates alone, and no kind of API.
import type { ContractMark } from '#model/model.ts';
import { statuses, type Coordinate, type Status } from './contract.ts';
import { contracts } from './policies.ts';
import type { RuleFinding } from './rule-finding.ts';

/** How firm a status is: what leans on a part may be as firm as the part, and no firmer. What has an end in sight is less firm than what has none. */
const ranks: Readonly<Record<Status, number>> = {
  retired: 0,
  planned: 1,
  experimental: 2,
  beta: 3,
  retiring: 4,
  production: 5,
  'not-further-developed': 5,
};

/** Whether one status promises at least as much as another. */
export const isAsFirm = (one: Status, other: Status): boolean => ranks[one] >= ranks[other];

const lessFirm = (one: Status, other: Status): Status => (isAsFirm(one, other) ? other : one);

/** Each allowed move of a life, with the contract under which it must have been announced; null = it takes no notice. */
const moves: Readonly<Record<Status, Readonly<Partial<Record<Status, ContractMark | null>>>>> = {
  planned: { experimental: null },
  experimental: { beta: null, retired: null },
  beta: { production: null, experimental: 'beta', retired: 'beta' },
  production: { 'not-further-developed': null, retiring: null },
  'not-further-developed': { production: null, retiring: null },
  retiring: { retired: 'production' },
  retired: {},
};

export type Move = {
  readonly from: Status;
  readonly to: Status;
  /** The contract whose notice the move takes; null = none. */
  readonly notice: ContractMark | null;
};

/** The move from one status to another; null where it is not allowed. */
export const moveOf = (from: Status, to: Status): Move | null => {
  const notice = moves[from][to];
  return notice === undefined ? null : { from, to, notice };
};

/** Every allowed move. */
export const allMoves: readonly Move[] = statuses.flatMap((from) =>
  statuses.flatMap((to) => {
    const move = moveOf(from, to);
    return move === null ? [] : [move];
  }),
);

/** Whether those who send these flags see what has the status (R3). No flag stands for another. */
export const isVisible = (status: Status, flags: ReadonlySet<string>): boolean => {
  const contract = contracts[status];
  return contract === 'production' || (contract !== null && flags.has(contract));
};

/** What somebody wrote about a part. */
export type Mark = {
  readonly coordinate: Coordinate;
  readonly status: Status;
  /** Where that stands, for people: a file, a class. */
  readonly source: string;
};

export type Part = {
  readonly coordinate: Coordinate;
  /** The part that it stands in; null = the API itself. */
  readonly within: Coordinate | null;
  /** What it cannot be used without: the type that it gives, required arguments, members of its input, its errors. */
  readonly leansOn: readonly Coordinate[];
};

/** An API as the rules see it. The API as a whole is `*`. */
export type Structure = {
  readonly status: Status;
  readonly parts: readonly Part[];
  readonly marks: readonly Mark[];
};

export type StatusRule =
  | 'mark-unknown-part'
  | 'mark-contradicts'
  | 'firmer-than-whole'
  | 'leans-on-less-firm'
  | 'part-twice'
  | 'part-unknown'
  | 'part-circle';

export type Statuses = {
  /** The effective status of every part (R1): its own mark, else that of what it stands in; less firm where it may not be that firm. */
  readonly of: ReadonlyMap<Coordinate, Status>;
  readonly findings: readonly RuleFinding<StatusRule>[];
};
