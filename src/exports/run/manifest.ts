// What a run told, kept so that the next one can tell what has changed: hashes of persons, the records of owner, schools and groups, and each
// membership as it was. Written and read by export-run.ts. Holds no name of a person; national ids only where consumers know people by them.
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { dayMs } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type {
  MemberRole,
  MemberSubrole,
  RosterDate,
  RosterGroup,
  RosterHolder,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';

/** What the manifest is of. */
export type ManifestHead = { readonly schoolYear: string; readonly memberships: number; readonly active: number };

/** A membership as it was told, of one person in one holder. */
export type ToldMember = Pick<RosterMember, 'role' | 'subrole' | 'active' | 'period'> & { readonly person: number };

export type ToldHolder = {
  readonly uid: number;
  readonly kind: RosterHolder['kind'];
  /** By person. */
  readonly members: ReadonlyMap<number, readonly ToldMember[]>;
};

/** What an earlier run told. Whoever compares takes out what is there still: what is left has gone. */
export type Told = {
  readonly head: ManifestHead;
  /** Hash by uid. */
  readonly persons: Map<number, number>;
  /** By uid, what consumers know people by that is not the id (`RosterWriter.keyOf`). */
  readonly keys: ReadonlyMap<number, string>;
  readonly owner: RosterOwner | null;
  /** By id. */
  readonly schools: ReadonlyMap<string, RosterSchool>;
  /** By uid. */
  readonly groups: Map<number, RosterGroup>;
  /** Takes the memberships of a holder out; null when none were told. */
  readonly takeHolder: (uid: number) => ToldHolder | null;
  readonly restOfHolders: () => Iterable<ToldHolder>;
};

export type ManifestWriter = {
  readonly unit: (unit: { readonly owner: RosterOwner } | { readonly school: RosterSchool }) => Promise<void> | null;
  readonly person: (uid: number, hashed: number, key: string | null) => Promise<void> | null;
  readonly group: (group: RosterGroup) => Promise<void> | null;
  readonly members: (
    holder: RosterHolder & { readonly uid: number },
    members: readonly ToldMember[],
  ) => Promise<void> | null;
  /** Puts down what is left, the head last. `spoken`: uids of those whom a delta says anything of; null = the file holds all. */
  readonly end: (schoolYear: string, spoken: ReadonlySet<number> | null) => Promise<void>;
};

// The first byte of a piece.
const kinds = { head: 1, persons: 2, records: 3, members: 4, spoken: 5 } as const;
const pieceBytes = 1_048_576;
const personBytes = 14;
const holderBytes = 13;
const memberBytes = 19;
const openDay = 0x7fffffff;

const roles: readonly MemberRole[] = [
  'pupil',
  'teacher',
  'contact-teacher',
  'leader',
  'assistant',
  'administrator',
  'guardian',
  'other',
];
const subroles: readonly (MemberSubrole | null)[] = [
  null,
  'subject-teacher',
  'student-teacher',
  'substitute',
  'adviser',
  'clerk',
  'school-health',
  'librarian',
  'caretaker',
  'cleaner',
  'guardian-representative',
  'social-teacher',
  'examiner',
  'educational-psychologist',
  'head-teacher',
  'deputy-head',
  'it-manager',
];
const roleNumbers = new Map(roles.map((role, index) => [role, index]));
const subroleNumbers = new Map(subroles.map((subrole, index) => [subrole, index]));

const days = new Map<string, number>();
const dayOf = (date: RosterDate | null): number => {
  if (date === null) return openDay;
  const known = days.get(date);
  if (known !== undefined) return known;
  const day = Math.floor(Date.parse(date) / dayMs);
  if (!Number.isSafeInteger(day)) throw new RangeError('not a date');
  if (days.size > 100_000) days.clear();
  days.set(date, day);
  return day;
};
const dates = new Map<number, RosterDate>();
const dateOf = (day: number): RosterDate | null => {
  if (day === openDay) return null;
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * dayMs).toISOString().slice(0, 10);
    if (dates.size > 100_000) dates.clear();
    dates.set(day, date);
  }
  return date;
};

/** What a file tells of a person. The compiler names the field that is missing. */
const told = {
  id: true,
  given: true,
  family: true,
  full: true,
  nationalId: true,
  localId: true,
  feideName: true,
  userName: true,
  pupilNumber: true,
  employeeNumber: true,
  gender: true,
  birthDate: true,
  email: true,
  phones: true,
  roles: true,
  title: true,
  preferredLanguage: true,
  nativeLanguages: true,
  contacts: true,
} as const satisfies Readonly<Record<Exclude<keyof RosterPerson, 'uid' | 'formerKey'>, true>>;
const toldFields = Object.keys(told) as readonly (keyof typeof told)[];

/** 48 bits of what the file tells of a person, whatever was told before; in the order of the fields above. */
export const hashOfPerson = (person: RosterPerson): number =>
  hash('sha256', JSON.stringify(toldFields.map((name) => person[name])), 'buffer').readUIntLE(0, 6);

const [deflate, inflate] = [promisify(deflateRaw), promisify(inflateRaw)];

/** Begins a manifest; pieces are handed to `put` as they fill, numbered from 0. */
export const createManifestWriter = (put: (seq: number, bytes: Buffer) => Promise<void>): ManifestWriter => {
  let seq = 0;
  let [memberships, active] = [0, 0];
  const keys: [number, string][] = [];
  const persons = Buffer.allocUnsafe(pieceBytes);
  const members = Buffer.allocUnsafe(pieceBytes);
  let [personsAt, membersAt] = [0, 0];
  let records: string[] = [];
  let recordsLength = 0;

  const piece = async (kind: number, bytes: Buffer): Promise<void> => {
    const number = seq;
    seq += 1;
    await put(number, Buffer.concat([Buffer.from([kind]), await deflate(bytes, { level: 1 })]));
  };
  const putPersons = (): Promise<void> => {
    const bytes = Buffer.from(persons.subarray(0, personsAt));
    personsAt = 0;
    return piece(kinds.persons, bytes);
  };
  const putMembers = (): Promise<void> => {
    const bytes = Buffer.from(members.subarray(0, membersAt));
    membersAt = 0;
    return piece(kinds.members, bytes);
  };
  const putRecords = (): Promise<void> => {
    const bytes = Buffer.from(records.join('\n'));
    [records, recordsLength] = [[], 0];
    return piece(kinds.records, bytes);
  };
  const record = (value: object): Promise<void> | null => {
    const text = JSON.stringify(value);
    records.push(text);
    recordsLength += text.length;
    return recordsLength >= pieceBytes ? putRecords() : null;
  };

  /** At most as many as a piece takes. */
  const entryOf = (holder: RosterHolder & { readonly uid: number }, some: readonly ToldMember[]): void => {
    membersAt = members.writeDoubleLE(holder.uid, membersAt);
    membersAt = members.writeUInt8(holder.kind === 'group' ? 1 : 0, membersAt);
    membersAt = members.writeUInt32LE(some.length, membersAt);
    for (const member of some) {
      membersAt = members.writeDoubleLE(member.person, membersAt);
      membersAt = members.writeUInt8(roleNumbers.get(member.role) ?? 0, membersAt);
      membersAt = members.writeUInt8(subroleNumbers.get(member.subrole) ?? 0, membersAt);
      membersAt = members.writeUInt8(member.active ? 1 : 0, membersAt);
      membersAt = members.writeInt32LE(dayOf(member.period.begin), membersAt);
      membersAt = members.writeInt32LE(dayOf(member.period.end), membersAt);
      if (member.active) active += 1;
    }
    memberships += some.length;
  };
  const most = Math.floor((pieceBytes - holderBytes) / memberBytes);
  const many = async (holder: RosterHolder & { readonly uid: number }, all: readonly ToldMember[]): Promise<void> => {
    for (let from = 0; from < all.length; from += most) {
      if (membersAt > 0) await putMembers();
      entryOf(holder, all.slice(from, from + most));
    }
  };

  return {
    unit: record,
    person: (uid, hashed, key) => {
      if (key !== null) keys.push([uid, key]);
      personsAt = persons.writeDoubleLE(uid, personsAt);
      personsAt = persons.writeUIntLE(hashed, personsAt, 6);
      return personsAt + personBytes > pieceBytes ? putPersons() : null;
    },
    group: (group) => record({ group }),
    members: (holder, all) => {
      if (all.length === 0) return null;
      if (membersAt + holderBytes + all.length * memberBytes <= pieceBytes) {
        entryOf(holder, all);
        return null;
      }
      return many(holder, all);
    },
    end: async (schoolYear, spoken) => {
      if (spoken !== null) await piece(kinds.spoken, Buffer.from(Float64Array.from(spoken).buffer));
      if (personsAt > 0) await putPersons();
      if (membersAt > 0) await putMembers();
      if (records.length > 0) await putRecords();
      const head: ManifestHead = { schoolYear, memberships, active };
      await piece(kinds.head, Buffer.from(JSON.stringify({ head, keys })));
    },
  };
};

/** A record of owner, school or group, as `record` wrote it. */
type Kept = { readonly owner?: RosterOwner; readonly school?: RosterSchool; readonly group?: RosterGroup };

/** Reads what was kept; null when it is not there any more. Rejects with HUB-512 when it is not as it was written. */
export const readManifest = async (pieces: readonly Buffer[]): Promise<Told | null> => {
  if (pieces.length === 0) return null;
  let head: ManifestHead | null = null;
  let keys = new Map<number, string>();
  let owner: RosterOwner | null = null;
  const persons = new Map<number, number>();
  const schools = new Map<string, RosterSchool>();
  const groups = new Map<number, RosterGroup>();
  const holders = new Map<number, KeptHolder>();

  for (const packed of pieces) {
    const bytes = await inflate(packed.subarray(1));
    switch (packed[0]) {
      case kinds.head: {
        const kept = JSON.parse(bytes.toString()) as { head: ManifestHead; keys: [number, string][] };
        head = kept.head;
        keys = new Map(kept.keys);
        break;
      }
      case kinds.persons:
        for (let at = 0; at < bytes.length; at += personBytes)
          persons.set(bytes.readDoubleLE(at), bytes.readUIntLE(at + 8, 6));
        break;
      case kinds.records:
        for (const line of bytes.toString().split('\n')) {
          const kept = JSON.parse(line) as Kept;
          if (kept.owner !== undefined) owner = kept.owner;
          if (kept.school !== undefined) schools.set(kept.school.id, kept.school);
          if (kept.group !== undefined) groups.set(kept.group.uid, kept.group);
        }
        break;
      case kinds.members:
        for (let at = 0; at < bytes.length;) {
          const uid = bytes.readDoubleLE(at);
          const kind = bytes.readUInt8(at + 8) === 1 ? 'group' : 'school';
          const end = at + holderBytes + bytes.readUInt32LE(at + 9) * memberBytes;
          const known = holders.get(uid) ?? { kind, pieces: [] };
          known.pieces.push(bytes.subarray(at + holderBytes, end));
          holders.set(uid, known);
          at = end;
        }
        break;
      case kinds.spoken:
        break;
      default:
        throw new HubError(problem('HUB-512', 'What an export told is not as it was written.'));
    }
  }
  if (head === null) throw new HubError(problem('HUB-512', 'What an export told is not whole.'));

  return {
    head,
    persons,
    keys,
    owner,
    schools,
    groups,
    takeHolder: (uid) => {
      const kept = holders.get(uid);
      if (kept === undefined) return null;
      holders.delete(uid);
      return holderOf(uid, kept);
    },
    restOfHolders: function* () {
      for (const [uid, kept] of holders) yield holderOf(uid, kept);
    },
  };
};

type KeptHolder = { readonly kind: RosterHolder['kind']; readonly pieces: Buffer[] };

const holderOf = (uid: number, kept: KeptHolder): ToldHolder => {
  const members = new Map<number, ToldMember[]>();
  for (const bytes of kept.pieces)
    for (let at = 0; at < bytes.length; at += memberBytes) {
      const person = bytes.readDoubleLE(at);
      const member: ToldMember = {
        person,
        role: roles[bytes.readUInt8(at + 8)] ?? 'other',
        subrole: subroles[bytes.readUInt8(at + 9)] ?? null,
        active: bytes.readUInt8(at + 10) === 1,
        period: { begin: dateOf(bytes.readInt32LE(at + 11)), end: dateOf(bytes.readInt32LE(at + 15)) },
      };
      const known = members.get(person);
      if (known === undefined) members.set(person, [member]);
      else known.push(member);
    }
  return { uid, kind: kept.kind, members };
};

/** Uids of the persons that were told of; null when that is not kept any more. */
export const toldPersons = async (pieces: readonly Buffer[]): Promise<readonly number[] | null> => {
  if (pieces.length === 0) return null;
  const uids: number[] = [];
  for (const packed of pieces) {
    if (packed[0] !== kinds.persons) continue;
    const bytes = await inflate(packed.subarray(1));
    for (let at = 0; at < bytes.length; at += personBytes) uids.push(bytes.readDoubleLE(at));
  }
  return uids;
};

/** Uids of the persons that the file of a run says anything of; null when that is not kept any more. */
export const personsOfFile = async (pieces: readonly Buffer[]): Promise<readonly number[] | null> => {
  const spoken = pieces.find(([kind]) => kind === kinds.spoken);
  if (spoken === undefined) return toldPersons(pieces);
  const bytes = await inflate(spoken.subarray(1));
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(8 * index));
};
