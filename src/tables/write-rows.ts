// Several changes of a table as one write of the hub: rows and what is written together with them become parts, and what the hub says of parts is told of
// columns. Used by create-tables.ts; asks the hub alone.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Problem, ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { awaitOutcome } from '#hub/await-outcome.ts';
import type { Documents } from '#hub/documents/document.ts';
import type { Graph } from '#hub/graph/graph.ts';
import { isGuardable } from '#hub/protection.ts';
import type { Hub, HubResult, ManyOutcome, PartLink, QueryContext, TakenPart, WritePart } from '#hub/query.ts';
import { isWrittenAt, renamed } from '#mappings/renamed-problems.ts';
import type { Collection, Model } from '#model/model.ts';
import { presentRows, saysTheSame, type PresentRow } from './present-row.ts';
import { badColumns, distinct, readChange, type PlacedValues, type ReadChange } from './read-change.ts';
import type {
  ReadTableMember,
  ReadTableWrites,
  TableChange,
  TableReading,
  Tables,
  TableWritten,
  WriteOptions,
} from './table.ts';

export type WriterDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly graph: Graph;
  readonly documents: Documents;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
};

/** A part, and of which change and place it is. */
type Placed = { readonly part: WritePart; readonly change: number; readonly place: string };

/** Why a change cannot be written. */
type Stopped = { readonly stopped: TableWritten };

/** Makes what writes. */
export const createWriter = (deps: WriterDeps): Pick<Tables, 'write' | 'outcome'> => ({
  write: async (reading, changes, options, context) => {
    const { writes } = reading;
    if (writes === null) throw new Error(`the table ${reading.table.mapping.name} is not written`);
    const read = readAll(writes, changes, deps.model.identifierValue);
    if ('stopped' in read) return read.stopped;
    const linked = await findLinks(deps, read.changes, context);
    if ('stopped' in linked) return linked.stopped;
    const placed: Placed[] = [];
    const roots: number[] = [];
    for (const [index, change] of read.changes.entries()) {
      const made = await partsOf(deps, { reading, writes, context, links: linked.uids }, change, index, placed.length);
      if ('stopped' in made) return made.stopped;
      placed.push(...made.placed);
      roots.push(placed.length - 1);
    }
    if (placed.length === 0) return { kind: 'written', parts: [] };
    if (placed.length > limits.writeParts) return { kind: 'refused', problem: tooManyParts };
    const { idempotency, note, dryRun } = options;
    const result = await deps.hub.run(
      {
        kind: 'write-many',
        parts: placed.map(({ part }) => part),
        idempotency,
        unchanged: null,
        note,
        about: [],
        ...(dryRun === true ? { dryRun } : {}),
      },
      context,
    );
    return answered(deps, { reading, writes, placed, roots, changes }, result, options, context);
  },

  outcome: async (id, context) => {
    const result = await deps.hub.run({ kind: 'outcome-many', id }, context);
    if (result.kind === 'refused') return { kind: 'refused', problem: result.problem };
    return result.kind === 'outcome-many' ? decided(id, result.outcome, null) : { kind: 'missing' };
  },
});

const tooManyParts = problem('HUB-103', `At most ${limits.writeParts} resources are written as one.`);

const readAll = (
  writes: ReadTableWrites,
  changes: readonly TableChange[],
  identifierValue: string,
): { readonly changes: readonly ReadChange[] } | Stopped => {
  const read: ReadChange[] = [];
  for (const [index, change] of changes.entries()) {
    if (!writes.writes.operations.includes(change.operation)) return refusal(notDone, index);
    const one = readChange(writes, change, identifierValue);
    if (!one.ok) return refusal(one.problem, index);
    read.push(one.value);
  }
  return { changes: read };
};

const notDone = problem('HUB-105', 'Rows of this type are not written so.');

const refusal = (why: Problem, change: number): Stopped => ({ stopped: { kind: 'refused', problem: why, change } });

// --- What changes lead to ---------------------------------------------------------------------------------------------------------

/** Of what links are to lead to, by collection, identifier and value: the uid. */
type LinkUids = ReadonlyMap<string, number>;

const linkKey = ({ target }: ReadTableMember, value: string): string =>
  target.kind === 'link' ? `${target.collection} ${target.identifier.segment} ${value}` : '';

/** Finds all that is to be linked to, as the caller sees it, in one look. What is not there is told of its columns. */
const findLinks = async (
  { graph }: Pick<WriterDeps, 'graph'>,
  changes: readonly ReadChange[],
  context: QueryContext,
): Promise<{ readonly uids: LinkUids } | Stopped> => {
  const wanted = new Map<string, { readonly collection: string; readonly identifier: string; values: Set<string> }>();
  const all = changes.flatMap(({ places }, change) =>
    [...places.values()].flatMap(({ links }) => Object.values(links).map((link) => ({ ...link, change }))),
  );
  for (const { member, value } of all) {
    if (member.target.kind !== 'link' || value === null) continue;
    const { collection, identifier } = member.target;
    const key = `${collection} ${identifier.segment}`;
    const known = wanted.get(key) ?? { collection, identifier: identifier.segment, values: new Set<string>() };
    wanted.set(key, known);
    known.values.add(value);
  }
  const asked = [...wanted.values()];
  if (asked.length === 0) return { uids: new Map() };
  const answers = await graph.read(
    asked.map(({ collection, identifier, values }) => ({
      kind: 'named',
      selection: { collection, attributes: [], edges: [] },
      by: { identifier },
      values: [...values],
    })),
    context,
  );
  const uids = new Map<string, number>();
  for (const [index, { collection, identifier, values }] of asked.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'refused') return { stopped: answer };
    const nodes = answer?.kind === 'nodes' ? answer.nodes : [];
    for (const [at, value] of [...values].entries()) {
      const node = nodes[at] ?? null;
      if (node !== null) uids.set(`${collection} ${identifier} ${value}`, node.uid);
    }
  }
  const lost = all.find(({ member, value }) => value !== null && !uids.has(linkKey(member, value)));
  if (lost === undefined) return { uids };
  const sent = changes[lost.change]?.change.values ?? {};
  return refusal(badColumns(at(lost.member, sent, 'there is nothing of this kind with this value')), lost.change);
};

/** An item for each column of a member that was sent; for all of them where none was. */
const at = (
  { member }: ReadTableMember,
  sent: Readonly<Record<string, unknown>>,
  message: string,
): readonly ProblemItem[] => {
  const some = member.of.filter((name) => Object.hasOwn(sent, name));
  return (some.length > 0 ? some : member.of).map((name) => ({ at: `/${name}`, message }));
};

type Making = {
  readonly reading: TableReading;
  readonly writes: ReadTableWrites;
  readonly context: QueryContext;
  readonly links: LinkUids;
};

/** The parts of a change, that of the row last: what it leads to is there before it. `before`: how many parts there are already. */
const partsOf = async (
  deps: WriterDeps,
  { reading, writes, context, links }: Making,
  read: ReadChange,
  change: number,
  before: number,
): Promise<{ readonly placed: readonly Placed[] } | Stopped> => {
  const { operation, target } = read.change;
  const { path } = reading.mapping.shape.root.collection;
  const byKey = target === null || 'uid' in target ? target : { field: reading.key.segment, value: target.key };
  if (operation === 'delete')
    return {
      placed: [{ part: { collection: path, operation, target: byKey, values: {}, links: {} }, change, place: '' }],
    };
  const looksAt = operation === 'patch' && (read.places.size > 1 || read.fixed.size > 0);
  const present = looksAt ? await presentOf(deps, { reading, writes, context }, read.change) : null;
  if (looksAt && present === null) return { stopped: { kind: 'missing', change } };
  const moved = present === null ? undefined : changedFixed(writes, read, present);
  if (moved !== undefined) return refusal(badColumns(moved), change);
  const own = (place: string): PlacedValues => read.places.get(place) ?? { values: {}, links: {} };
  const placed: Placed[] = [];
  const made = new Map<string, number>();
  const linksAt = (place: string): Record<string, readonly PartLink[]> => {
    const all: Record<string, readonly PartLink[]> = {};
    for (const [relation, { member, value }] of Object.entries(own(place).links)) {
      const uid = value === null ? undefined : links.get(linkKey(member, value));
      all[relation] = uid === undefined ? [] : [{ uid }];
    }
    for (const [below, index] of made) {
      const found = writes.places.find((one) => one.at === below);
      if (found?.parent === place) all[found.relation] = [{ part: index }];
    }
    return all;
  };
  const about = [...new Set([...read.places.values()].flatMap((one) => aboutOf(deps.model, one, links)))];
  // What is further away first: it is linked to by what is nearer.
  for (const { at: place, parent, relation, collection } of writes.places.toReversed()) {
    if (!read.places.has(place) && !isOnTheWay(place, made)) continue;
    const { values } = own(place);
    const linked = own(parent).links[relation];
    const uid =
      linked === undefined || linked.value === null
        ? (present?.places[place] ?? null)
        : (links.get(linkKey(linked.member, linked.value)) ?? null);
    if (uid === null && operation === 'patch') {
      if (Object.values(values).every((value) => value === null)) continue;
      const members = writes.members.filter((one) => one.place === place && isSent(one, read.change));
      const errors = members.flatMap((one) =>
        at(one, read.change.values, 'there is nothing of which this could be kept'),
      );
      return refusal(badColumns(errors), change);
    }
    const common = { collection: collection.path, values, links: linksAt(place) };
    const part: WritePart =
      uid === null
        ? { ...common, operation: 'create', target: null }
        : { ...common, operation: 'patch', target: { uid } };
    if (uid === null) made.set(place, before + placed.length);
    placed.push({ part, change, place });
  }
  const root: WritePart = {
    collection: path,
    operation,
    target: present === null ? byKey : { uid: present.uid },
    values: own('').values,
    links: linksAt(''),
    about,
  };
  return { placed: [...placed, { part: root, change, place: '' }] };
};

const isOnTheWay = (place: string, made: ReadonlyMap<string, number>): boolean =>
  [...made.keys()].some((one) => one.startsWith(`${place}.`));

const isSent = ({ member }: ReadTableMember, { values }: TableChange): boolean =>
  member.of.some((name) => Object.hasOwn(values, name));

/** Persons, and what is about persons, that a change ties a row to. */
const aboutOf = (model: Model, { links }: PlacedValues, uids: LinkUids): readonly number[] =>
  Object.values(links).flatMap(({ member, value }) => {
    const uid = value === null ? undefined : uids.get(linkKey(member, value));
    return uid === undefined || member.target.kind !== 'link' || !isGuardable(model, member.target.collection)
      ? []
      : [uid];
  });

/** The row as it is; null when the caller does not see it. */
const presentOf = async (
  { documents, model }: Pick<WriterDeps, 'documents' | 'model'>,
  { reading, writes, context }: Omit<Making, 'links'>,
  { target }: TableChange,
): Promise<PresentRow | null> => {
  if (target === null) return null;
  const projection = presentRows(writes, model);
  const found = await documents.find(
    'uid' in target
      ? { kind: 'by-uid', projection, uids: [target.uid], accept: null }
      : { kind: 'by-identifier', projection, through: [], field: reading.key.segment, value: target.key, accept: null },
    context,
  );
  if (found.kind === 'refused') throw new HubError(found.problem);
  return found.kind === 'documents' ? (found.documents[0]?.facts ?? null) : null;
};

/** Columns that say something else than what may not change; undefined when there are none. */
const changedFixed = (
  { members }: ReadTableWrites,
  { change, fixed }: ReadChange,
  present: PresentRow,
): readonly ProblemItem[] | undefined => {
  const errors = [...fixed].flatMap(([index, value]) => {
    const one = members[index];
    return one === undefined || saysTheSame(one, present.fixed[index], value)
      ? []
      : at(one, change.values, 'cannot be changed');
  });
  return errors.length === 0 ? undefined : distinct(errors);
};

// --- What became of them --------------------------------------------------------------------------------------------------------

type Asked = {
  readonly reading: TableReading;
  readonly writes: ReadTableWrites;
  readonly placed: readonly Placed[];
  /** Indexes of the parts that are rows, by change. */
  readonly roots: readonly number[];
  readonly changes: readonly TableChange[];
};

const answered = async (
  deps: WriterDeps,
  asked: Asked,
  result: HubResult,
  { waitMs = 0 }: WriteOptions,
  context: QueryContext,
): Promise<TableWritten> => {
  switch (result.kind) {
    case 'tried':
      return { kind: 'would-write' };
    case 'missing': {
      const change = asked.placed[result.part ?? -1]?.change;
      return change === undefined ? { kind: 'missing' } : { kind: 'missing', change };
    }
    case 'refused':
      return refusedBy(asked, result);
    case 'accepted': {
      const { id, retryAfter, parts = [] } = result;
      if (retryAfter === 0) return { kind: 'written', parts: rowsOf(asked, parts) };
      const outcome = waitMs > 0 ? await awaitOutcome(deps, id, context, waitMs) : null;
      return outcome === null ? { kind: 'waiting', id, retryAfter } : decided(id, outcome, asked);
    }
    default:
      throw new Error(`a write was answered with ${result.kind}`);
  }
};

const rowsOf = ({ roots, changes }: Asked, parts: readonly TakenPart[]): readonly (TakenPart | null)[] =>
  roots.map((root, change) => (changes[change]?.operation === 'delete' ? null : (parts[root] ?? null)));

/** What a source has decided. Who asks later no longer has the changes: rows come in the order of the parts then. */
const decided = (id: string, outcome: ManyOutcome, asked: Asked | null): TableWritten => {
  if (outcome.state === 'forgotten') return { kind: 'missing' };
  if (outcome.state === 'waiting') return { kind: 'waiting', id, retryAfter: outcome.retryAfter };
  const { state, parts } = outcome;
  const made: TakenPart[] = [];
  for (const { part, collection, operation, uid } of parts)
    made[part] = { collection, operation, uid, identifiers: [] };
  if (state === 'written')
    return { kind: 'written', parts: asked === null ? made.filter((one) => one !== undefined) : rowsOf(asked, made) };
  const first = parts.find((one) => one.state === state);
  const change = asked?.placed[first?.part ?? -1]?.change;
  return {
    kind: 'rejected',
    state,
    message: first?.answer?.message ?? '',
    ...(change === undefined ? {} : { change }),
  };
};

/** What the hub says against a part, said of the columns that have made it. */
const refusedBy = (
  { writes, placed, changes, reading }: Asked,
  { problem: why, part, field }: Extract<HubResult, { kind: 'refused' }>,
): TableWritten => {
  const of = placed[part ?? -1];
  if (of === undefined) return { kind: 'refused', problem: why };
  const { change, place } = of;
  const sent = changes[change]?.values ?? {};
  const told =
    field === undefined
      ? renamed(why, (one) => namesAt(writes, place, one, sent))
      : { ...why, errors: takenBy(writes, { place, field, root: reading.mapping.shape.root.collection }, sent) };
  return { kind: 'refused', problem: told, change };
};

/** Columns that are written at a place in a resource; of several, those that were sent. */
const namesAt = (
  { members, places }: ReadTableWrites,
  place: string,
  one: string,
  sent: Readonly<Record<string, unknown>>,
): readonly string[] => {
  const concerned = members.filter((member) => {
    if (member.place !== place) {
      const found = places.find(({ at: here, parent }) => here === member.place && parent === place);
      return found !== undefined && one === `/_links/${found.relation}`;
    }
    const { target } = member;
    return isWrittenAt(one, target.kind === 'link' ? `/_links/${target.relation}` : `/${target.attributes.join('/')}`);
  });
  const names = [...new Set(concerned.flatMap(({ member }) => member.of))];
  const some = names.filter((name) => Object.hasOwn(sent, name));
  return one === '' ? [] : some.length > 0 ? some : names.slice(0, 1);
};

/** Columns of which an identifier is made that is another's. */
const takenBy = (
  { members, places }: ReadTableWrites,
  { place, field, root }: { readonly place: string; readonly field: string; readonly root: Collection },
  sent: Readonly<Record<string, unknown>>,
): readonly ProblemItem[] => {
  const collection = place === '' ? root : places.find((one) => one.at === place)?.collection;
  const attribute = collection?.identifierBySegment.get(field)?.attribute;
  const found = members.find(
    (one) => one.place === place && one.target.kind === 'value' && one.target.attributes[0] === attribute,
  );
  return found === undefined ? [] : at(found, sent, 'belongs to another').map((item) => ({ ...item, code: 'HUB-612' }));
};
