// Decides afterwards whether the hub kept its promises: from what was asked and answered (history.ts), what a follower was told, and what the
// hub holds in the end. Shares no code with the hub; a promise broken is a sentence. Used by kills.ts, io.ts and planted.ts.
import type { Entry, Followed } from './history.ts';
import { groups, keyOf, members, pupilKey, pupils, services, teachers, teachersOf, versionOf } from './world.ts';

/** The end of a run, read through the API and from the files. */
export type EndState = {
  /** What the client lists, by collection. */
  readonly listed: ReadonlyMap<string, readonly unknown[]>;
  /** Positions of the change table in their order. */
  readonly positions: readonly number[];
  /** Request ids in the audit, as often as they stand there. */
  readonly audited: ReadonlyMap<string, number>;
  /** What the audit's verifier found wrong. */
  readonly auditFaults: readonly string[];
  /** Lives of the hub that were not ready within half a minute, or not at all. */
  readonly failedStarts: number;
};

/** Gives one sentence per broken promise; [] when all were kept. */
export const check = (history: readonly Entry[], told: readonly Followed[], end: EndState): readonly string[] => [
  ...pagesKept(history, end),
  ...fullSyncsKept(history, end),
  ...createsKept(history, told, end),
  ...countersKept(history, end),
  ...readsNeverOlder(history),
  ...feedExact(told, end),
  ...positionsWhole(end),
  ...auditWhole(history, end),
  ...(end.failedStarts > 0 ? [`${end.failedStarts} starts were not ready in time (I8)`] : []),
];

const listOf = (end: EndState, collection: string): readonly unknown[] => end.listed.get(collection) ?? [];

const byKey = (end: EndState, collection: string): ReadonlyMap<string, unknown> =>
  new Map(listOf(end, collection).map((body) => [keyOf(body), body]));

/** I1: an acknowledged page is there until a later one; nothing is applied by half. */
const pagesKept = (history: readonly Entry[], end: EndState): readonly string[] => {
  const stored = byKey(end, pupils);
  const broken: string[] = [];
  for (let group = 0; group < groups; group += 1) {
    const pages = history.flatMap((entry) => (entry.kind === 'page' && entry.group === group ? [entry] : []));
    const done = Math.max(0, ...pages.filter((one) => one.outcome === 'done').map((one) => one.version));
    const sent = Math.max(0, ...pages.map((one) => one.version));
    const versions = new Set(
      Array.from({ length: members }, (_, member) => {
        const body = stored.get(pupilKey(group, member));
        return body === undefined ? 0 : versionOf(body);
      }),
    );
    const [version = 0] = versions;
    if (versions.size > 1)
      broken.push(`group ${group} stands at versions ${[...versions].join(', ')}: half a page (I1)`);
    else if (version < done) broken.push(`group ${group} stands at ${version}, but ${done} was acknowledged (I1)`);
    else if (version > sent) broken.push(`group ${group} stands at ${version}, which nobody sent`);
  }
  return broken;
};

/** I7: after an acknowledged full sync exactly its entries are left, or those of a later one. */
const fullSyncsKept = (history: readonly Entry[], end: EndState): readonly string[] => {
  const rounds = history.flatMap((entry) => (entry.kind === 'full' ? [entry] : []));
  const done = Math.max(0, ...rounds.filter((one) => one.outcome === 'done').map((one) => one.round));
  const possible = [
    done,
    ...rounds.filter((one) => one.round > done && one.outcome === 'unknown').map((one) => one.round),
  ];
  const stored = listOf(end, teachers).map(keyOf).sort().join();
  const fits = possible.some((round) => stored === (round === 0 ? '' : [...teachersOf(round)].sort().join()));
  return fits ? [] : [`the teachers are those of none of the rounds ${possible.join(', ')} (I7)`];
};

/** I1, I3: an acknowledged create is there; however often it was tried, it happened once. */
const createsKept = (history: readonly Entry[], told: readonly Followed[], end: EndState): readonly string[] => {
  const stored = byKey(end, services);
  const created = new Map<string, number>();
  for (const { collection, change } of told)
    if (collection === services && change.kind === 'created' && change.key !== null)
      created.set(change.key, (created.get(change.key) ?? 0) + 1);
  const broken: string[] = [];
  const names = new Map<string, boolean>();
  for (const entry of history)
    if (entry.kind === 'create') names.set(entry.name, (names.get(entry.name) ?? false) || entry.outcome === 'done');
  for (const [name, acknowledged] of names) {
    if (acknowledged && !stored.has(name)) broken.push(`the service ${name} was acknowledged and is not there (I1)`);
    const times = created.get(name) ?? 0;
    if (times > 1) broken.push(`the service ${name} was told as created ${times} times (I2)`);
    if (stored.has(name) && times === 0) broken.push(`the service ${name} is there and was never told (I2)`);
  }
  for (const entry of history)
    if (entry.kind === 'create' && entry.outcome === 'refused')
      broken.push(`the ${entry.attempt}. attempt to make ${entry.name} was answered ${entry.status} (I3)`);
  return broken;
};

/** A counter that is raised only from what was read never loses an acknowledged step, and never skips one. */
const countersKept = (history: readonly Entry[], end: EndState): readonly string[] => {
  const stored = byKey(end, services);
  const names = new Set(history.flatMap((entry) => (entry.kind === 'raise' ? [entry.counter] : [])));
  return [...names].flatMap((counter) => {
    const steps = history.flatMap((entry) => (entry.kind === 'raise' && entry.counter === counter ? [entry] : []));
    const done = Math.max(0, ...steps.filter((one) => one.outcome === 'done').map((one) => one.count));
    const tried = Math.max(0, ...steps.map((one) => one.count));
    const body = stored.get(counter) as { readonly navn?: string } | undefined;
    const value = Number(/(\d+)$/.exec(body?.navn ?? '0')?.[1] ?? 0);
    return value < done || value > tried
      ? [`${counter} stands at ${value}, acknowledged ${done}, tried ${tried} (I1)`]
      : [];
  });
};

/** A read that begins after an acknowledgement shows it, or something later. */
const readsNeverOlder = (history: readonly Entry[]): readonly string[] => {
  const broken: string[] = [];
  const done = history.flatMap((entry) => (entry.kind === 'page' && entry.outcome === 'done' ? [entry] : []));
  for (const entry of history) {
    if (entry.kind !== 'read' || entry.outcome !== 'done') continue;
    let known = 0;
    for (const page of done)
      if (page.group === entry.group && page.to <= entry.from) known = Math.max(known, page.version);
    if ((entry.version ?? 0) < known)
      broken.push(
        `a read of group ${entry.group} showed ${entry.version ?? 'nothing'} after ${known} was acknowledged (I1)`,
      );
  }
  return broken;
};

/** I2: whoever applies the feed to a copy holds what the hub lists: nothing lost, nothing twice, nothing that is gone. */
const feedExact = (told: readonly Followed[], end: EndState): readonly string[] => {
  const copies = new Map<string, Map<string, string>>();
  const broken: string[] = [];
  for (const { collection, change } of told) {
    let copy = copies.get(collection);
    if (copy === undefined) copies.set(collection, (copy = new Map()));
    if (change.kind === 'created' && copy.has(change.uid) && change.value !== 'null')
      broken.push(`${collection}: ${change.key} was told as created although it was there (I2)`);
    if (change.kind === 'removed') copy.delete(change.uid);
    else if (change.value !== 'null') copy.set(change.uid, change.value);
  }
  for (const [collection, listed] of end.listed) {
    const held = [...(copies.get(collection)?.values() ?? [])].sort();
    const wanted = listed.map((body) => JSON.stringify(body)).sort();
    if (held.length !== wanted.length)
      broken.push(`${collection}: the follower holds ${held.length}, the hub lists ${wanted.length} (I2)`);
    else {
      const at = held.findIndex((value, index) => value !== wanted[index]);
      if (at !== -1) broken.push(`${collection}: the follower holds ${held[at]}, the hub lists ${wanted[at]} (I2)`);
    }
  }
  return broken;
};

const positionsWhole = ({ positions }: EndState): readonly string[] =>
  positions
    .flatMap((position, at) => (position === at + 1 ? [] : [`the feed has ${position} where ${at + 1} belongs (I2)`]))
    .slice(0, 1);

/** I5: whatever was answered is in the audit; what was tried again under one request id is not. */
const auditWhole = (history: readonly Entry[], end: EndState): readonly string[] => {
  const missing = history.filter((entry) => entry.outcome === 'done' && !end.audited.has(entry.request));
  return [
    ...(missing.length > 0
      ? [`${missing.length} answered requests are not in the audit, the first a ${missing[0]?.kind} (I5)`]
      : []),
    ...end.auditFaults.map((fault) => `audit: ${fault} (I5)`),
  ];
};
