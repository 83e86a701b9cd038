// What the parts of an import share: tables of persons, enrolments and what has been seen, the groups, and what waits for the end. Called by import-pifu.ts
// and the parts beside it.
import type { ErrorCode } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { PifuFinding, PifuGroup, PifuHead } from '#formats/pifu/record.ts';
import { createKeys } from './keys.ts';
import { createKeyTable } from './key-table.ts';
import type { Number as PersonNumber } from './mappings/persons.ts';
import type { ImportSink, ImportSpool, ImportTell, KnownGroup } from './ports.ts';

export type ImportOptions = {
  readonly random: Random;
  /** Stands instead of the sources that the file names, in ids; null = as it says. */
  readonly source: string | null;
  /** What ids that hold national ids are made unreadable with; the same for every file of a source. Fails by throwing when there is none. */
  readonly secret: () => Buffer;
  /** Groups of files before, for deltas that name them without telling of them. */
  readonly known: readonly KnownGroup[];
  /** Civil date in Norway, for files that do not say when they are from. */
  readonly today: string;
  readonly sink: ImportSink;
  readonly persons: ImportSpool;
  readonly enrolments: ImportSpool;
  readonly tell: ImportTell;
  readonly bounds?: ImportBounds;
};

export type ImportBounds = {
  readonly importGroups: number;
  readonly importPending: number;
  readonly linksPerRelation: number;
};

/** What somebody is, as bits. */
export const isPupil = 1;
export const isStaff = 2;
export const isGuardian = 4;
export const isHere = 8;

/** What is known of an enrolment, as bits; the level above them. */
export const explicit = 1;
export const implied = 2;
export const inAfterSchool = 4;
export const levelShift = 3;

export const yearOfDate = (date: string): string => {
  const begins = Number(date.slice(0, 4)) - (date.slice(5, 7) < '08' ? 1 : 0);
  return `${begins}${begins + 1}`;
};

export type Group = KnownGroup & { readonly here: boolean; readonly gone: boolean };
export type Seat = {
  readonly group: string;
  readonly type: string;
  readonly begin: string | null;
  readonly end: string | null;
};

/** What is kept in mind of a key. */
export const noted = <T>(map: Map<string, T[]>, key: string): T[] => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made: T[] = [];
  map.set(key, made);
  return made;
};

/** What the parts share; made once for a file. */
export type ImportState = ReturnType<typeof createState>;

/** Begins an import. */
export const createState = (options: ImportOptions) => {
  const { sink, bounds = limits } = options;
  const keys = createKeys(options.source, options.secret);
  const persons = createKeyTable(options.random.bytes(8), true);
  const enrolments = createKeyTable(options.random.bytes(8));
  const seen = createKeyTable(options.random.bytes(8));
  const groups = new Map<string, Group>(options.known.map((one) => [one.key, { ...one, here: false, gone: false }]));
  /** Numbers that are no national ids. */
  const localNumbers = new Map<string, string>();
  const staffSchools = new Map<string, Set<string>>();
  const groupStaff = new Map<string, { readonly group: PifuGroup; readonly staff: Set<string> }>();
  const kin = new Map<string, string[]>();
  const seats = new Map<string, Seat[]>();
  const years = new Map<string, number>();
  const unplaced = new Map<string, number>();
  const counts = { persons: 0, groups: 0, members: 0 };
  let pending = 0;
  let head: PifuHead | null = null;

  const say = (
    severity: PifuFinding['severity'],
    code: ErrorCode,
    line: number,
    what: PifuFinding['what'],
    reason: string,
  ): void => options.tell({ severity, code, line, what, reason });
  const isDelta = (): boolean => head !== null && head.type !== 'full';
  const fileDate = (): string => head?.at?.slice(0, 10) ?? options.today;

  /** False when too much is kept in mind already. */
  const remember = (line: number, what: PifuFinding['what']): boolean => {
    pending += 1;
    if (pending <= bounds.importPending) return true;
    say('kept-back', 'HUB-639', line, what, 'more of a kind than an import can keep in mind');
    return false;
  };

  const inFull = (
    record: { readonly change: string | null; readonly line: number },
    what: PifuFinding['what'],
  ): boolean => {
    if (record.change === null || isDelta()) return true;
    say('warning', 'HUB-638', record.line, what, 'recstatus in a full file');
    return record.change !== 'delete';
  };

  const numberAt = (key: string): PersonNumber => {
    const place = persons.find(key);
    const code = place === -1 ? 0 : persons.number(place);
    switch (code % 4) {
      case 1: {
        const value = String(Math.floor(code / 4)).padStart(11, '0');
        return { value, kind: value.charCodeAt(0) >= 0x34 ? 'dnummer' : 'fodselsnummer' };
      }
      case 2:
        return { value: String(Math.floor(code / 4)).padStart(12, '0'), kind: 'dufnummer' };
      default:
        // Eleven digits would be told as a national id.
        return {
          value: localNumbers.get(key) ?? (/^\d{11}$/.test(key) ? `x-${key}` : key),
          kind: 'midlertidig',
        };
    }
  };

  return {
    options,
    sink,
    bounds,
    keys,
    persons,
    enrolments,
    seen,
    groups,
    localNumbers,
    staffSchools,
    groupStaff,
    kin,
    seats,
    years,
    unplaced,
    counts,
    begin: (record: PifuHead): void => {
      head = record;
    },
    head: (): PifuHead => {
      if (head === null) throw new Error('the head of a file comes first');
      return head;
    },
    say,
    isDelta,
    fileDate,
    remember,
    inFull,
    numberAt,
  };
};
