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

/**
 * Gives every part its effective status, and finds marks that contradict each other or lead nowhere, parts that are marked firmer than what they stand in, and
 * parts that lean on something less firm (R2). A part firmer than its API has that status only where all that it leans on has it; else it has that of the API.
 */
export const statusesOf = (structure: Structure): Statuses => {
  const findings: RuleFinding<StatusRule>[] = [];
  const find = (rule: StatusRule, at: Coordinate, text: string): void => void findings.push({ rule, at, text });
  const parts = partsOf(structure, find);
  const marks = marksOf(structure, parts, find);
  const order = fromOutside(parts, find);
  const of = settle(structure.status, order, parts, marks);

  for (const part of order) {
    const own = marks.get(part.coordinate);
    const whole = part.within === null ? structure.status : (of.get(part.within) ?? structure.status);
    const wanted = own ?? whole;
    if (own !== undefined && part.within !== null && !isAsFirm(whole, own))
      find(
        'firmer-than-whole',
        part.coordinate,
        `It is marked ${own} and stands in ${part.within}, which is ${whole}.`,
      );
    for (const other of part.leansOn) {
      const status = of.get(other);
      if (status === undefined) find('part-unknown', part.coordinate, `It leans on ${other}, which is not there.`);
      else if (!isAsFirm(status, wanted))
        find('leans-on-less-firm', part.coordinate, `It is ${wanted} and leans on ${other}, which is ${status}.`);
    }
  }
  return { of, findings };
};

type Find = (rule: StatusRule, at: Coordinate, text: string) => void;
type Parts = ReadonlyMap<Coordinate, Part>;

const partsOf = ({ parts }: Structure, find: Find): Parts => {
  const known = new Map<Coordinate, Part>();
  for (const part of parts)
    if (known.has(part.coordinate)) find('part-twice', part.coordinate, 'It is there twice.');
    else known.set(part.coordinate, part);
  for (const [coordinate, part] of known)
    if (part.within !== null && !known.has(part.within)) {
      find('part-unknown', coordinate, `It stands in ${part.within}, which is not there.`);
      known.set(coordinate, { ...part, within: null });
    }
  return known;
};

/** The own mark of each part that has one: the least firm where they contradict each other. */
const marksOf = ({ status, marks }: Structure, parts: Parts, find: Find): ReadonlyMap<Coordinate, Status> => {
  const first = new Map<Coordinate, Mark>();
  const own = new Map<Coordinate, Status>();
  for (const mark of marks) {
    const { coordinate } = mark;
    const known = coordinate === wholeApi ? { coordinate, status, source: 'the catalogue' } : first.get(coordinate);
    if (coordinate !== wholeApi && !parts.has(coordinate))
      find('mark-unknown-part', coordinate, `${mark.source} marks it ${mark.status}, and it is not there.`);
    else if (known === undefined) {
      first.set(coordinate, mark);
      own.set(coordinate, mark.status);
    } else if (known.status !== mark.status) {
      find(
        'mark-contradicts',
        coordinate,
        `It is ${known.status} by ${known.source} and ${mark.status} by ${mark.source}.`,
      );
      own.set(coordinate, lessFirm(own.get(coordinate) ?? known.status, mark.status));
    }
  }
  own.delete(wholeApi);
  return own;
};

/** Every part after the one that it stands in. */
const fromOutside = (parts: Parts, find: Find): readonly Part[] => {
  const order = new Map<Coordinate, Part>();
  for (const part of parts.values()) {
    const chain: Part[] = [];
    const passed = new Set<Coordinate>();
    for (let one: Part | undefined = part; one !== undefined && !order.has(one.coordinate);) {
      if (passed.has(one.coordinate)) {
        find('part-circle', one.coordinate, 'It stands in itself.');
        // What closes the circle counts as standing in the API.
        const at = chain.findIndex(({ coordinate }) => coordinate === one?.coordinate);
        chain.push(...chain.splice(at, 1).map((closing) => ({ ...closing, within: null })));
        break;
      }
      passed.add(one.coordinate);
      chain.push(one);
      one = one.within === null ? undefined : parts.get(one.within);
    }
    for (const one of chain.toReversed()) order.set(one.coordinate, one);
  }
  return [...order.values()];
};

/** The firmest statuses under which no part is firmer than what it stands in, and none firmer than the API leans on something less firm than itself. */
const settle = (
  api: Status,
  order: readonly Part[],
  parts: Parts,
  marks: ReadonlyMap<Coordinate, Status>,
): ReadonlyMap<Coordinate, Status> => {
  const of = new Map<Coordinate, Status>();
  const around = ({ within }: Part): Status => (within === null ? api : (of.get(within) ?? api));
  const marked = (part: Part): Status => {
    const own = marks.get(part.coordinate);
    if (own === undefined) return around(part);
    return part.within === null ? own : lessFirm(around(part), own);
  };
  const affected = new Map<Coordinate, Part[]>();
  for (const part of order) {
    of.set(part.coordinate, marked(part));
    for (const other of part.within === null ? part.leansOn : [part.within, ...part.leansOn]) {
      const known = affected.get(other);
      if (known === undefined) affected.set(other, [part]);
      else known.push(part);
    }
  }
  const open = new Set<Part>(order);
  for (const part of open) {
    open.delete(part);
    const status = lessFirm(of.get(part.coordinate) ?? api, marked(part));
    const firmer = !isAsFirm(api, status);
    const holds = part.leansOn.every((other) => !parts.has(other) || isAsFirm(of.get(other) ?? api, status));
    const lowered = firmer && !holds ? lessFirm(api, status) : status;
    if (lowered === of.get(part.coordinate)) continue;
    of.set(part.coordinate, lowered);
    for (const one of affected.get(part.coordinate) ?? []) open.add(one);
  }
  return of;
};

/** The API as a whole, as a coordinate. */
export const wholeApi: Coordinate = '*';

/** What has to be lifted with some parts for them to have a status: all that they lean on or stand in, and what that leans on, as far as it is less firm. Sorted. */
export const closureOf = (
  structure: Structure,
  wanted: Iterable<Coordinate>,
  target: Status,
): ReadonlySet<Coordinate> => {
  const { of } = statusesOf(structure);
  const parts = new Map(structure.parts.map((part) => [part.coordinate, part]));
  const lifted = new Set<Coordinate>();
  const open = [...wanted];
  for (let coordinate = open.pop(); coordinate !== undefined; coordinate = open.pop()) {
    const status = coordinate === wholeApi ? structure.status : of.get(coordinate);
    if (status === undefined || lifted.has(coordinate) || isAsFirm(status, target)) continue;
    lifted.add(coordinate);
    const part = parts.get(coordinate);
    if (part !== undefined) open.push(...part.leansOn, ...(part.within === null ? [] : [part.within]));
  }
  return new Set([...lifted].toSorted());
};

/** Parts and all that stands in them. */
export const withinParts = (structure: Structure, coordinates: Iterable<Coordinate>): ReadonlySet<Coordinate> => {
  const inside = Map.groupBy(structure.parts, ({ within }) => within ?? wholeApi);
  const all = new Set(coordinates);
  // A set gives what is added to it while it is gone through.
  for (const coordinate of all) for (const part of inside.get(coordinate) ?? []) all.add(part.coordinate);
  return all;
};

/**
 * The structure after these parts have been lifted, and nothing else: what stands in them and had its status from them is marked with that status.
 */
export const liftedTo = (structure: Structure, lifted: ReadonlySet<Coordinate>, target: Status): Structure => {
  const { of } = statusesOf(structure);
  const marked = new Set(structure.marks.map(({ coordinate }) => coordinate));
  const kept = structure.parts.filter(
    ({ coordinate, within }) => !lifted.has(coordinate) && !marked.has(coordinate) && lifted.has(within ?? wholeApi),
  );
  return {
    ...structure,
    status: lifted.has(wholeApi) ? target : structure.status,
    marks: [
      ...structure.marks.filter(({ coordinate }) => !lifted.has(coordinate)),
      ...kept.map(({ coordinate }) => ({ coordinate, status: of.get(coordinate) ?? structure.status, source: 'kept' })),
      ...[...lifted]
        .filter((coordinate) => coordinate !== wholeApi)
        .map((coordinate) => ({ coordinate, status: target, source: 'lifted' })),
    ],
  };
};
