// What a run told, kept so that the next one can tell what has changed: hashes of persons, the records of owner, schools and groups, and each
// membership as it was. Written and read by export-run.ts. Holds no name of a person; national ids only where consumers know people by them.
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { HubError, problem } from '#base/errors.ts';
import { createUidMap } from '#base/uid-map.ts';
import type {
  RosterGroup,
  RosterHolder,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';
import { memberBytes, writeMember } from './member-bytes.ts';
import { createToldMembers, type ToldMembers } from './told-members.ts';

/** What the manifest is of. */
export type ManifestHead = { readonly schoolYear: string; readonly memberships: number; readonly active: number };

/** What an earlier run told. Whoever compares takes out what is there still: what is left has gone. Little of it is in what the collector looks through. */
export type Told = ToldMembers & {
  readonly head: ManifestHead;
  /** Hashes by uid (`hashOfPerson`). */
  readonly persons: {
    readonly size: number;
    readonly take: (uid: number) => number | undefined;
    /** Uids, as they are asked for after all have been taken that are there. */
    readonly rest: () => Iterable<number>;
  };
  /** By uid, what consumers know people by that is not the id (`RosterWriter.keyOf`). */
  readonly keys: ReadonlyMap<number, string>;
  readonly owner: RosterOwner | null;
  /** By id. */
  readonly schools: ReadonlyMap<string, RosterSchool>;
  readonly groups: {
    /** Its hash (`hashOfGroup`). */
    readonly take: (uid: number) => number | undefined;
    readonly rest: () => AsyncIterable<RosterGroup>;
  };
};

export type ManifestWriter = {
  readonly unit: (unit: { readonly owner: RosterOwner } | { readonly school: RosterSchool }) => Promise<void> | null;
  readonly person: (uid: number, hashed: number, key: string | null) => Promise<void> | null;
  readonly group: (group: RosterGroup) => Promise<void> | null;
  readonly members: (
    holder: RosterHolder & { readonly uid: number },
    members: readonly RosterMember[],
    /** Of the persons, index-aligned. */
    uids: readonly number[],
  ) => Promise<void> | null;
  /** Puts down what is left, the head last. `spoken`: uids of those whom a delta says anything of; null = the file holds all. */
  readonly end: (schoolYear: string, spoken: ReadonlySet<number> | null) => Promise<void>;
};

// The first byte of a piece.
const kinds = { head: 1, persons: 2, records: 3, members: 4, spoken: 5 } as const;
const pieceBytes = 1_048_576;
const personBytes = 14;
const holderBytes = 13;

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
  hashOf(JSON.stringify(toldFields.map((name) => person[name])));

/** The same of a group. */
export const hashOfGroup = (group: RosterGroup): number => hashOf(lineOf({ group }));

const hashOf = (text: string): number => hash('sha256', text, 'buffer').readUIntLE(0, 6);

/** A record of owner, school or group as it is kept. */
type Kept = { readonly owner?: RosterOwner; readonly school?: RosterSchool; readonly group?: RosterGroup };

const lineOf = (record: Kept): string => JSON.stringify(record);

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
  const record = (value: Kept): Promise<void> | null => {
    const text = lineOf(value);
    records.push(text);
    recordsLength += text.length;
    return recordsLength >= pieceBytes ? putRecords() : null;
  };

  /** From one on, so many of them: at most as many as a piece takes. */
  const entryOf = (
    holder: RosterHolder & { readonly uid: number },
    all: readonly RosterMember[],
    uids: readonly number[],
    [from, count]: readonly [from: number, count: number],
  ): void => {
    membersAt = members.writeDoubleLE(holder.uid, membersAt);
    membersAt = members.writeUInt8(holder.kind === 'group' ? 1 : 0, membersAt);
    membersAt = members.writeUInt32LE(count, membersAt);
    for (let index = from; index < from + count; index += 1) {
      const member = all[index];
      if (member === undefined) continue;
      writeMember(members, membersAt, member, uids[index] ?? 0);
      membersAt += memberBytes;
      if (member.active) active += 1;
    }
    memberships += count;
  };
  const most = Math.floor((pieceBytes - holderBytes) / memberBytes);
  const many = async (
    holder: RosterHolder & { readonly uid: number },
    all: readonly RosterMember[],
    uids: readonly number[],
  ): Promise<void> => {
    for (let from = 0; from < all.length; from += most) {
      if (membersAt > 0) await putMembers();
      entryOf(holder, all, uids, [from, Math.min(most, all.length - from)]);
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
    members: (holder, all, uids) => {
      if (all.length === 0) return null;
      if (membersAt + holderBytes + all.length * memberBytes <= pieceBytes) {
        entryOf(holder, all, uids, [0, all.length]);
        return null;
      }
      return many(holder, all, uids);
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

/** Reads what was kept; null when it is not there any more. Rejects with HUB-512 when it is not as it was written. */
export const readManifest = async (pieces: readonly Buffer[]): Promise<Told | null> => {
  if (pieces.length === 0) return null;
  let head: ManifestHead | null = null;
  let keys = new Map<number, string>();
  let owner: RosterOwner | null = null;
  const persons = createHashes();
  const schools = new Map<string, RosterSchool>();
  const groups = createHashes();
  const holders = createToldMembers();

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
        for (const line of linesOf(bytes)) {
          const kept = JSON.parse(line) as Kept;
          if (kept.owner !== undefined) owner = kept.owner;
          if (kept.school !== undefined) schools.set(kept.school.id, kept.school);
          if (kept.group !== undefined) groups.set(kept.group.uid, hashOf(line));
        }
        break;
      case kinds.members:
        for (let at = 0; at < bytes.length;) {
          const uid = bytes.readDoubleLE(at);
          const kind = bytes.readUInt8(at + 8) === 1 ? 'group' : 'school';
          const end = at + holderBytes + bytes.readUInt32LE(at + 9) * memberBytes;
          holders.add(uid, kind, bytes, at + holderBytes, end);
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
    ...holders,
    head,
    persons: { size: persons.size(), take: persons.take, rest: persons.rest },
    keys,
    owner,
    schools,
    groups: {
      take: groups.take,
      // Few are gone: they are looked for once more, instead of being kept all the while.
      rest: async function* () {
        const gone = new Set(groups.rest());
        if (gone.size === 0) return;
        for (const packed of pieces) {
          if (packed[0] !== kinds.records) continue;
          for (const line of linesOf(await inflate(packed.subarray(1)))) {
            const { group } = JSON.parse(line) as Kept;
            if (group !== undefined && gone.delete(group.uid)) yield group;
          }
        }
      },
    },
  };
};

const linesOf = (bytes: Buffer): readonly string[] => bytes.toString().split('\n');

const taken = -1;

/** Hashes of 48 bits by uid, each of which is taken once. */
const createHashes = () => {
  const places = createUidMap();
  let uids = new Float64Array(1_024);
  let hashes = new Float64Array(1_024);
  let count = 0;
  return {
    size: (): number => places.size(),
    /** The last of several counts. */
    set: (uid: number, hashed: number): void => {
      if (count === uids.length) [uids, hashes] = [doubled(uids), doubled(hashes)];
      uids[count] = uid;
      hashes[count] = hashed;
      places.set(uid, count);
      count += 1;
    },
    take: (uid: number): number | undefined => {
      const place = places.get(uid);
      if (place === undefined || place === taken) return undefined;
      places.set(uid, taken);
      return hashes[place];
    },
    rest: function* (): Generator<number> {
      for (let place = 0; place < count; place += 1) if (places.get(uids[place] ?? 0) === place) yield uids[place] ?? 0;
    },
  };
};

const doubled = (numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
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
