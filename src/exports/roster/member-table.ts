// Who is in what, as numbers: a million rows in some twenty megabytes, gathered in any order and given holder by holder. Knows no model and no format.
import type { MemberRole, MemberSubrole, RosterDate, RosterMember } from '#formats/roster.ts';
import { createDays, numberOfDay } from './civil-numbers.ts';

/** A row: holder and person by their places in lists of the caller. */
export type Membership = {
  readonly holder: number;
  readonly person: number;
  readonly role: MemberRole;
  readonly subrole: MemberSubrole | null;
  readonly active: boolean;
  readonly begin: RosterDate | undefined;
  readonly end: RosterDate | undefined;
};

export type MemberTable = {
  readonly add: (row: Membership) => void;
  readonly size: () => number;
  /** Those of every holder, in the order of holders. Of somebody who is in a holder several times as the same, what holds now, else what came last. */
  readonly byHolder: (
    holders: number,
    idOf: (person: number) => string,
  ) => Generator<{ readonly holder: number; readonly members: readonly RosterMember[] }>;
};

// Rows are kept in pieces, so that nothing is copied when the table grows.
const pieceRows = 65_536;

type Piece = {
  readonly holder: Int32Array;
  readonly person: Int32Array;
  readonly begin: Int32Array;
  readonly end: Int32Array;
  /** Place among the roles, times two, and one more when it is active. */
  readonly role: Uint16Array;
};

const newPiece = (): Piece => ({
  holder: new Int32Array(pieceRows),
  person: new Int32Array(pieceRows),
  begin: new Int32Array(pieceRows),
  end: new Int32Array(pieceRows),
  role: new Uint16Array(pieceRows),
});

export const createMemberTable = (): MemberTable => {
  const pieces: Piece[] = [];
  const roles: { readonly role: MemberRole; readonly subrole: MemberSubrole | null }[] = [];
  const rolePlaces = new Map<string, number>();
  const dayOf = createDays();
  let rows = 0;

  const roleOf = (role: MemberRole, subrole: MemberSubrole | null): number => {
    const key = `${role} ${subrole ?? ''}`;
    let place = rolePlaces.get(key);
    if (place === undefined) {
      place = roles.push({ role, subrole }) - 1;
      rolePlaces.set(key, place);
    }
    return place;
  };

  const pieceOf = (row: number): Piece => {
    const at = Math.floor(row / pieceRows);
    let piece = pieces[at];
    if (piece === undefined) pieces[at] = piece = newPiece();
    return piece;
  };

  /** Rows in the order of their holders, those of one in the order in which they came; and where those of each begin. */
  const sorted = (holders: number): { readonly order: Int32Array; readonly from: Int32Array } => {
    const from = new Int32Array(holders + 1);
    for (let row = 0; row < rows; row += 1) {
      const holder = pieceOf(row).holder[row % pieceRows] ?? 0;
      from[holder + 1] = (from[holder + 1] ?? 0) + 1;
    }
    for (let holder = 0; holder < holders; holder += 1)
      from[holder + 1] = (from[holder + 1] ?? 0) + (from[holder] ?? 0);
    const next = from.slice();
    const order = new Int32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      const holder = pieceOf(row).holder[row % pieceRows] ?? 0;
      const place = next[holder] ?? 0;
      order[place] = row;
      next[holder] = place + 1;
    }
    return { order, from };
  };

  type Kept = { readonly person: number; readonly role: number; readonly begin: number; readonly end: number };

  const outweighs = (one: Kept, other: Kept): boolean => {
    const [active, otherActive] = [one.role % 2, other.role % 2];
    if (active !== otherActive) return active > otherActive;
    return one.begin > other.begin;
  };

  const membersOf = (order: Int32Array, idOf: (person: number) => string): readonly RosterMember[] => {
    const kept = new Map<number, Kept>();
    for (const row of order) {
      const piece = pieceOf(row);
      const at = row % pieceRows;
      const [person = 0, role = 0] = [piece.person[at], piece.role[at]];
      const one: Kept = { person, role, begin: piece.begin[at] ?? 0, end: piece.end[at] ?? 0 };
      const key = person * roles.length + (role >> 1);
      const known = kept.get(key);
      if (known === undefined || outweighs(one, known)) kept.set(key, one);
    }
    const members: RosterMember[] = [];
    for (const { person, role, begin, end } of kept.values()) {
      const what = roles[role >> 1];
      if (what === undefined) continue;
      const period = { begin: dayOf(begin) ?? null, end: dayOf(end) ?? null };
      members.push({ person: idOf(person), ...what, active: role % 2 === 1, period, change: null });
    }
    return members;
  };

  return {
    add: ({ holder, person, role, subrole, active, begin, end }) => {
      const piece = pieceOf(rows);
      const at = rows % pieceRows;
      piece.holder[at] = holder;
      piece.person[at] = person;
      piece.begin[at] = numberOfDay(begin);
      piece.end[at] = numberOfDay(end);
      piece.role[at] = roleOf(role, subrole) * 2 + (active ? 1 : 0);
      rows += 1;
    },
    size: () => rows,
    byHolder: function* (holders, idOf) {
      const { order, from } = sorted(holders);
      for (let holder = 0; holder < holders; holder += 1) {
        const some = order.subarray(from[holder] ?? 0, from[holder + 1] ?? 0);
        if (some.length > 0) yield { holder, members: membersOf(some, idOf) };
      }
    },
  };
};
