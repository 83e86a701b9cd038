// The memberships that an earlier run told, a million in a city: kept as the bytes that they were written as, outside of what the garbage collector looks
// through, and read one holder at a time. Made by manifest.ts, which says how they are written; asked by export-run.ts.
import { createUidMap } from '#base/uid-map.ts';
import type { RosterHolder, RosterMember } from '#formats/roster.ts';
import { memberBytes, memberOf, isMember } from './member-bytes.ts';
import type { ToldMember } from './member-bytes.ts';

export type ToldHolder = {
  readonly uid: number;
  readonly kind: RosterHolder['kind'];
  /** By person. */
  readonly members: ReadonlyMap<number, readonly ToldMember[]>;
};

export type ToldMembers = {
  /** Takes the memberships of a holder out; null when none were told, or when they have been taken. */
  readonly takeHolder: (uid: number) => ToldHolder | null;
  /** The same where they are these very ones, in this order (`uids` index-aligned): how many of them are in force. Null, and nothing is taken, where they are not. */
  readonly takeSame: (uid: number, members: readonly RosterMember[], uids: readonly number[]) => number | null;
  readonly restOfHolders: () => Iterable<ToldHolder>;
};

export type ToldMembersGathered = ToldMembers & {
  /** More of a holder: some of a piece, which stays as it is. */
  readonly add: (uid: number, kind: RosterHolder['kind'], piece: Buffer, from: number, to: number) => void;
};

const none = -1;

/** Has none yet. */
export const createToldMembers = (): ToldMembersGathered => {
  // Places of holders by uid, and of each its stretches of bytes, one behind the other.
  const places = createUidMap();
  const uids: number[] = [];
  const kinds: RosterHolder['kind'][] = [];
  const [firsts, lasts]: [number[], number[]] = [[], []];
  const pieces: Buffer[] = [];
  const [pieceOf, froms, tos, nexts]: [number[], number[], number[], number[]] = [[], [], [], []];

  const placeOf = (uid: number): number | null => {
    const place = places.get(uid);
    return place === undefined || place === none ? null : place;
  };
  const take = (uid: number): void => places.set(uid, none);

  /** Every membership of a holder, as the piece and the place in it. */
  const stretches = function* (place: number): Generator<{ piece: Buffer; from: number; to: number }> {
    for (let at = firsts[place] ?? none; at !== none; at = nexts[at] ?? none) {
      const piece = pieces[pieceOf[at] ?? none];
      if (piece !== undefined) yield { piece, from: froms[at] ?? 0, to: tos[at] ?? 0 };
    }
  };

  const holderAt = (place: number): ToldHolder => {
    const members = new Map<number, ToldMember[]>();
    for (const { piece, from, to } of stretches(place))
      for (let at = from; at < to; at += memberBytes) {
        const member = memberOf(piece, at);
        const known = members.get(member.person);
        if (known === undefined) members.set(member.person, [member]);
        else known.push(member);
      }
    return { uid: uids[place] ?? 0, kind: kinds[place] ?? 'group', members };
  };

  return {
    add: (uid, kind, piece, from, to) => {
      if (pieces.at(-1) !== piece) pieces.push(piece);
      const stretch = pieceOf.push(pieces.length - 1) - 1;
      froms.push(from);
      tos.push(to);
      nexts.push(none);
      const known = places.get(uid);
      if (known === undefined) {
        places.set(uid, uids.push(uid) - 1);
        kinds.push(kind);
        firsts.push(stretch);
        lasts.push(stretch);
        return;
      }
      nexts[lasts[known] ?? none] = stretch;
      lasts[known] = stretch;
    },
    takeHolder: (uid) => {
      const place = placeOf(uid);
      if (place === null) return null;
      take(uid);
      return holderAt(place);
    },
    takeSame: (uid, members, personUids) => {
      const place = placeOf(uid);
      if (place === null) return null;
      let [index, active] = [0, 0];
      for (const { piece, from, to } of stretches(place))
        for (let at = from; at < to; at += memberBytes) {
          const member = members[index];
          if (member === undefined || !isMember(piece, at, member, personUids[index] ?? 0)) return null;
          if (member.active) active += 1;
          index += 1;
        }
      if (index < members.length) return null;
      take(uid);
      return active;
    },
    restOfHolders: function* () {
      for (let place = 0; place < uids.length; place += 1)
        if (placeOf(uids[place] ?? 0) !== null) yield holderAt(place);
    },
  };
};
