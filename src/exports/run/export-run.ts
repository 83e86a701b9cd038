// One run from its order to its end: reads what there is, compares it with what was told, writes, checks, keeps the file and what it tells. Called in
// the thread that makes exports (src/app/export-worker.ts). Knows neither the queue nor who asks for files.
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type {
  RosterChange,
  RosterFinding,
  RosterGroup,
  RosterHead,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterProfile,
  RosterRules,
  RosterSchool,
  RosterWriter,
  RosterWriterOptions,
} from '#formats/roster.ts';
import type { ExportPart } from '#store/exports.ts';
import type { ExportOrder, ExportReport, OpenRoster, RosterReading } from '../export.ts';
import {
  createManifestWriter,
  hashOfGroup,
  hashOfPerson,
  readManifest,
  type ManifestWriter,
  type Told,
} from './manifest.ts';
import { compareMembers, type ComparedMembers } from './memberships.ts';
import { CheckFailed, createPartKeeper, type PartKeeper } from './part-keeper.ts';
import type { PartSealer } from './part-sealer.ts';
import { createTally, type Tallied, type Tally } from './tally.ts';

export type ExportRunDeps = {
  readonly openRoster: OpenRoster;
  readonly writerOf: (options: RosterWriterOptions) => RosterWriter;
  readonly rulesOf: (profile: RosterProfile) => RosterRules;
  /** Begins the parts of a file. */
  readonly sealerOf: (profile: RosterProfile) => PartSealer;
  readonly idOf: (organisation: string, uid: number) => string;
  readonly now: () => number;
};

/** What surrounds a run. All reject when the run is somebody else's by now; the run ends with that. */
export type RunPlace = {
  readonly manifest: (run: string) => Promise<readonly Buffer[]>;
  readonly addPart: (part: ExportPart) => Promise<void>;
  readonly putManifest: (seq: number, bytes: Buffer) => Promise<void>;
  /** What was left out by name (`ExcludedIds` as JSON). */
  readonly putDetails: (bytes: Buffer) => Promise<void>;
  readonly progress: (progress: ExportReport['progress']) => void;
  readonly signal: AbortSignal;
};

/** Plain data. `held`: `lost` memberships that were told and in force would be gone. */
export type RunEnd = Tallied & {
  readonly state: 'ready' | 'held' | 'failed';
  readonly compared: boolean;
  readonly check: ExportReport['check'];
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly lost: number;
  readonly reason: Problem | null;
};

/** Carries out one order. Rejects when the signal aborts it, or when something breaks. */
export type ExportRunner = (order: ExportOrder, place: RunPlace) => Promise<RunEnd>;

/** Everything that the steps of one run share. */
type Work = {
  readonly order: ExportOrder;
  readonly delta: boolean;
  readonly told: Told | null;
  readonly writer: RosterWriter;
  readonly rules: RosterRules;
  readonly keeper: PartKeeper;
  readonly manifest: ManifestWriter;
  readonly tally: Tally;
  readonly place: RunPlace;
  readonly idOf: (uid: number) => string;
  /** Uids of the persons of the file by id. */
  readonly persons: Map<string, number>;
  readonly refused: Set<string>;
  /** Uids of those whom a delta says anything of; null in a full file, which holds all. */
  readonly spoken: Set<number> | null;
  /** Ids of schools and groups that are in the file. */
  readonly holders: Set<string>;
  readonly refusedHolders: Set<string>;
};

const unchecked: ExportReport['check'] = { schema: 'unchecked', rules: 'unchecked', findings: [], count: 0 };

/** Makes what carries out orders. */
export const createExportRun =
  (deps: ExportRunDeps): ExportRunner =>
  async (order, place) => {
    const tally = createTally();
    const end = await carryOut(deps, order, place, tally);
    await place.putDetails(Buffer.from(JSON.stringify(tally.excludedIds())));
    return end;
  };

const carryOut = async (deps: ExportRunDeps, order: ExportOrder, place: RunPlace, tally: Tally): Promise<RunEnd> => {
  const failed = (reason: Problem): RunEnd => ({
    ...tally.result(),
    state: 'failed',
    compared: false,
    check: unchecked,
    sha256: null,
    bytes: null,
    lost: 0,
    reason,
  });
  const told = order.before === null ? null : await readManifest(await place.manifest(order.before));
  const delta = order.type === 'delta';
  if (delta && told === null) return failed(problem('HUB-419', 'What was told at the position is not kept any more.'));
  const roster = await deps.openRoster(order, tally.excluded);
  if (roster.kind === 'missing') return failed(problem('HUB-204', 'There is nothing that the application may export.'));

  const writer = deps.writerOf({ profile: order.profile, dropped: tally.dropped });
  const rules = deps.rulesOf(order.profile);
  const sealer = deps.sealerOf(order.profile);
  try {
    const keeper = createPartKeeper({
      frame: writer.frame,
      sealer,
      found: rules.found,
      keep: place.addPart,
    });
    const work: Work = {
      order,
      delta,
      told,
      writer,
      rules,
      keeper,
      manifest: createManifestWriter(place.putManifest),
      tally,
      place,
      idOf: (uid) => deps.idOf(order.principal.tenant, uid),
      persons: new Map(),
      refused: new Set(),
      spoken: delta ? new Set() : null,
      holders: new Set(),
      refusedHolders: new Set(),
    };
    return await write(work, roster.reading, deps.now());
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    return {
      ...failed(problem('HUB-421', 'The file broke off at a part that is not valid.')),
      check: broken(rules, error.findings),
    };
  } finally {
    sealer.close();
  }
};

/** What a check says that has found something: of the schema, and of the rules. */
const broken = (rules: RosterRules, schema: readonly RosterFinding[]): ExportReport['check'] => {
  const { findings, count } = rules.end();
  return {
    schema: schema.length > 0 ? 'invalid' : 'valid',
    rules: count > 0 ? 'broken' : 'kept',
    findings: [...schema, ...findings].slice(0, limits.exportFindings),
    count: schema.length + count,
  };
};

const write = async (work: Work, reading: RosterReading, at: number): Promise<RunEnd> => {
  const { order, told, writer, rules, keeper, manifest, tally, place } = work;
  const schools = schoolsOf(work, reading.schools);
  const changes = unitChanges(work, reading.owner, schools);
  const { source, target, type, schoolYear } = order;
  const head: RosterHead = { source, target, type, at, schoolYear };
  const named = [...schools, ...goneSchools(work, schools)];
  // What has gone was right when it was told, and names of it may be somebody else's by now.
  rules.begin(head, reading.owner, schools);
  await keeper.add(writer.begin(head, reading.owner, named));
  if (reading.owner !== null) await manifest.unit({ owner: reading.owner });
  for (const school of schools) await manifest.unit({ school });

  await writePersons(work, reading);
  await keeper.add(writer.startGroups(changes));
  await writeGroups(work, reading, changes);
  const lost = await writeMembers(work, reading);

  place.progress({ step: 'checking', done: 0, total: null });
  // Nobody gets the end before the whole has been judged.
  await keeper.hold();
  const { sha256, bytes } = await keeper.end(writer.end());
  const { findings, count } = rules.end();
  const compared = told !== null;
  const tallied = { ...tally.result(), compared, sha256, bytes, lost };
  const nothing = { sha256: null, bytes: null };
  // What only the whole can say comes last; what it says counts for all of it.
  if (count > 0)
    return {
      ...tallied,
      ...nothing,
      state: 'failed',
      check: { schema: 'valid', rules: 'broken', findings: findings.slice(0, limits.exportFindings), count },
      reason: problem('HUB-421', 'The file as a whole breaks rules of its format.'),
    };
  const check: ExportReport['check'] = { schema: 'valid', rules: 'kept', findings: [], count: 0 };
  if (lost > allowedToLose(work))
    return {
      ...tallied,
      ...nothing,
      state: 'held',
      check,
      reason: problem('HUB-420', heldBecause(lost, told?.head.active ?? 0)),
    };
  await keeper.release();
  await manifest.end(schoolYear, work.spoken);
  return { ...tallied, state: 'ready', check, reason: null };
};

const heldBecause = (lost: number, before: number): string =>
  `${lost} of ${before} memberships that were told before would be gone.`;

/** Memberships told before that may be gone without anybody being asked. Of another school year everything is another. */
const allowedToLose = ({ told, order }: Work): number => {
  if (told === null || told.head.schoolYear !== order.schoolYear) return Number.POSITIVE_INFINITY;
  const share = Math.floor(told.head.active * order.dropGuard);
  // What goes beside what was confirmed is ordinary once more.
  return order.confirmed === null ? share : order.confirmed + share;
};

const schoolsOf = ({ writer, tally, holders, refusedHolders }: Work, all: readonly RosterSchool[]): RosterSchool[] =>
  all.filter((school) => {
    const code = writer.refuses.school(school);
    if (code !== null) {
      tally.excluded({ code, what: 'school', id: school.id });
      refusedHolders.add(school.id);
      return false;
    }
    holders.add(school.id);
    return true;
  });

/** Schools that were told and are not there any more, as they were: only where that is told. */
const goneSchools = ({ delta, told }: Work, schools: readonly RosterSchool[]): readonly RosterSchool[] => {
  if (!delta || told === null) return [];
  const there = new Set(schools.map(({ id }) => id));
  return [...told.schools.values()].filter(({ id }) => !there.has(id));
};

/** In a delta what has become of owner and schools, by id; in a full file null. */
const unitChanges = (
  work: Work,
  owner: RosterOwner | null,
  schools: readonly RosterSchool[],
): ReadonlyMap<string, RosterChange> | null => {
  const { delta, told, tally } = work;
  if (!delta || told === null) {
    for (const _ of schools) tally.school();
    return null;
  }
  const changes = new Map<string, RosterChange>();
  if (owner !== null) {
    if (told.owner?.id !== owner.id) changes.set(owner.id, 'add');
    else if (!sameRecord(told.owner, owner)) changes.set(owner.id, 'update');
  }
  // What is written of a school may name its owner, and of a group its school.
  const all = owner !== null && changes.has(owner.id);
  for (const school of schools) {
    const before = told.schools.get(school.id);
    if (before !== undefined && !all && sameRecord(before, school)) continue;
    changes.set(school.id, before === undefined ? 'add' : 'update');
    tally.school();
  }
  for (const { id } of goneSchools(work, schools)) changes.set(id, 'delete');
  return changes;
};

const sameRecord = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

const writePersons = async (work: Work, reading: RosterReading): Promise<void> => {
  const { delta, told, writer, rules, keeper, manifest, tally, place, persons, refused, spoken } = work;
  let read = 0;
  const total = told?.persons.size ?? null;
  const one = async (person: RosterPerson): Promise<void> => {
    const hashed = hashOfPerson(person);
    const key = writer.keyOf(person);
    const before = told?.persons.take(person.uid);
    const was = told?.keys.get(person.uid) ?? null;
    const change: RosterChange = before === undefined ? 'add' : before === hashed ? null : 'update';
    if (told !== null) tally.changed('persons', change);
    const kept = manifest.person(person.uid, hashed, key);
    if (kept !== null) await kept;
    if (delta && change === null) return writer.unchanged(person);
    spoken?.add(person.uid);
    for (const contact of person.contacts) spoken?.add(persons.get(contact.person) ?? person.uid);
    const renamed = was !== null && was !== key ? { ...person, formerKey: was } : person;
    const written = delta ? change : null;
    rules.person(renamed, written);
    tally.person(person.roles);
    const full = keeper.add(writer.person(renamed, written));
    if (full !== null) await full;
  };

  /** Those who point to somebody who has not been read yet. */
  const waiting: RosterPerson[] = [];
  const withContacts = (person: RosterPerson): RosterPerson =>
    person.contacts.every((contact) => persons.has(contact.person))
      ? person
      : { ...person, contacts: person.contacts.filter((contact) => persons.has(contact.person)) };
  const known = (id: string): boolean => persons.has(id) || refused.has(id);

  for await (const page of reading.persons()) {
    place.signal.throwIfAborted();
    for (const person of page) {
      if (persons.has(person.id)) continue;
      const code = writer.refuses.person(person);
      if (code !== null) {
        refused.add(person.id);
        tally.excluded({ code, what: 'person', id: person.id });
        continue;
      }
      persons.set(person.id, person.uid);
      if (person.contacts.every((contact) => known(contact.person))) await one(withContacts(person));
      else waiting.push(person);
    }
    // Whoever follows has the first of it at once.
    if (read === 0) await keeper.flush();
    read += page.length;
    place.progress({ step: 'persons', done: read, total });
  }
  for (const person of waiting) await one(withContacts(person));
  for (const uid of told?.persons.rest() ?? []) {
    tally.changed('persons', 'delete');
    if (!delta) continue;
    spoken?.add(uid);
    await keeper.add(writer.gone({ id: work.idOf(uid), formerKey: told?.keys.get(uid) ?? null }));
  }
};

const writeGroups = async (
  work: Work,
  reading: RosterReading,
  units: ReadonlyMap<string, RosterChange> | null,
): Promise<void> => {
  const { delta, told, writer, rules, keeper, manifest, tally, place, holders, refusedHolders } = work;
  let read = 0;
  const put = async (group: RosterGroup, change: RosterChange): Promise<void> => {
    if (told !== null) tally.changed('groups', change);
    if (delta && change === null) return;
    if (!delta && change === 'delete') return;
    const written = delta ? change : null;
    if (change !== 'delete') tally.group();
    if (change !== 'delete') rules.group(group, written);
    const full = keeper.add(writer.group(group, written));
    if (full !== null) await full;
  };
  for await (const page of reading.groups()) {
    place.signal.throwIfAborted();
    for (const group of page) {
      const code = refusedHolders.has(group.school)
        ? 'no-school'
        : holders.has(group.school)
          ? writer.refuses.group(group)
          : 'school-outside';
      if (code !== null) {
        refusedHolders.add(group.id);
        tally.excluded({ code, what: 'group', id: group.id });
        continue;
      }
      if (holders.has(group.id)) continue;
      holders.add(group.id);
      const before = told?.groups.take(group.uid);
      const kept = manifest.group(group);
      if (kept !== null) await kept;
      const same = before !== undefined && before === hashOfGroup(group) && units?.has(group.school) !== true;
      await put(group, before === undefined ? 'add' : same ? null : 'update');
    }
    read += page.length;
    place.progress({ step: 'groups', done: read, total: null });
  }
  if (told !== null) for await (const group of told.groups.rest()) await put(group, 'delete');
};

/** Gives how many memberships that were told and in force are not any more. */
const writeMembers = async (work: Work, reading: RosterReading): Promise<number> => {
  const { delta, told, writer, rules, keeper, manifest, tally, place, holders, refusedHolders } = work;
  const before = told?.head.active ?? 0;
  const allowed = allowedToLose(work);
  let [read, kept] = [0, 0];
  // As long as too many may turn out to be gone, nothing of them is given out.
  let held = before > allowed;
  if (held) await keeper.hold();

  const put = async (
    holder: { id: string; kind: 'group' | 'school' },
    members: readonly RosterMember[],
  ): Promise<void> => {
    if (members.length === 0) return;
    if (work.spoken !== null)
      for (const { person } of members) {
        const uid = work.persons.get(person);
        // Who is not there any more has been spoken of with the persons.
        if (uid !== undefined) work.spoken.add(uid);
      }
    rules.members(holder, members);
    const full = keeper.add(writer.members(holder, members));
    if (full !== null) await full;
  };

  for await (const page of reading.members()) {
    place.signal.throwIfAborted();
    for (const { holder, members } of page) {
      if (!holders.has(holder.id)) {
        // Of holders that nobody has spoken of nothing is told either.
        if (!refusedHolders.has(holder.id)) continue;
        const code = holder.kind === 'group' ? 'group-left-out' : 'no-school';
        for (const _ of members) tally.excluded({ code, what: 'membership', id: holder.id });
        continue;
      }
      const present = presentMembers(work, holder, members);
      const uids = present.map(({ person }) => work.persons.get(person) ?? 0);
      const full = manifest.members(holder, present, uids);
      if (full !== null) await full;
      const compared = comparedWith(work, holder.uid, present, uids);
      for (const { change } of compared?.changed ?? []) tally.changed('memberships', change);
      kept += compared?.kept ?? 0;
      const written = delta ? (compared?.changed ?? []) : present;
      tally.memberships(written.filter(({ change }) => change !== 'delete').length);
      await put(holder, written);
      read += members.length;
    }
    if (held && before - kept <= allowed) {
      held = false;
      await keeper.release();
    }
    place.progress({ step: 'memberships', done: read, total: told?.head.memberships ?? null });
  }
  for (const holder of told?.restOfHolders() ?? []) {
    const { changed } = compareMembers(holder, [], [], work.idOf);
    for (const { change } of changed) tally.changed('memberships', change);
    if (delta) await put({ id: work.idOf(holder.uid), kind: holder.kind }, changed);
  }
  return before - kept;
};

/** What has become of what was told of a holder; null where nothing is compared. Mostly nothing has: that is seen without looking at each. */
const comparedWith = (
  { told, idOf }: Work,
  holder: number,
  present: readonly RosterMember[],
  uids: readonly number[],
): ComparedMembers | null => {
  if (told === null) return null;
  const kept = told.takeSame(holder, present, uids);
  return kept === null ? compareMembers(told.takeHolder(holder), present, uids, idOf) : { changed: [], kept };
};

/** Those of the members that are in the file themselves, as the format can tell them apart. */
const presentMembers = (
  { writer, tally, persons, refused }: Work,
  holder: { readonly id: string; readonly kind: 'group' | 'school' },
  members: readonly RosterMember[],
): readonly RosterMember[] =>
  writer.distinct(
    holder,
    members.filter(({ person }) => {
      if (persons.has(person)) return true;
      // Who came into sight while it was read is told of the next time, and now not counted either.
      if (refused.has(person)) tally.excluded({ code: 'person-left-out', what: 'membership', id: holder.id });
      return false;
    }),
  );
