// What has been found, told: sums, scores, history, examples. Called by create-quality.ts. Reads what the slices kept, and of the data only what
// an example needs; shows no value, no name and no national id.
import { formatInstant } from '#base/clock.ts';
import { judgeNationalId } from '#base/national-id.ts';
import type { Collection, CollectionPath, Model, Text } from '#model/model.ts';
import { hrefOf } from '#model/href.ts';
import { leadingIdentifier } from '#hub/prepare.ts';
import type { Examination, QualityStore, Tally, WholeResource } from '#store/quality.ts';
import type { IdentifierValue } from '#store/store.ts';
import { ruleNamed } from './findings.ts';
import { hrefsOf } from './value-checks.ts';
import type {
  QualityBacklog,
  QualityLine,
  QualityPart,
  QualityQuery,
  QualitySample,
  QualityScore,
  QualitySummary,
  QualityTrendPoint,
  QualityTrendQuery,
} from './quality.ts';

export type ReportDeps = {
  readonly model: Model;
  readonly organisation: string;
  /** The hub's own id of a resource, and the keyed hash of an identifier. */
  readonly opaque: (organisation: string, uid: number) => string;
  readonly pseudonym: (organisation: string, text: string) => string;
};

/** Examples of one rule at one place. */
const samplesPerPlace = 20;
const dayMs = 86_400_000;
const trendDays = 30;

const share = (examined: number, flawed: number): number | null =>
  examined === 0 ? null : (examined - flawed) / examined;

/** Sums and scores of now; worst first. */
export const summarise = async (
  { model, organisation }: ReportDeps,
  store: QualityStore,
  at: number,
  query: QualityQuery,
): Promise<QualitySummary> => {
  const examinations = await store.results.examinations(query.collection ?? null);
  const synced = new Map<string, number | null>();
  const lines: QualityLine[] = [];
  for (const tally of await store.results.tallies(query.collection ?? null)) {
    const rule = ruleNamed(tally.rule);
    const part: QualityPart = rule?.part ?? 'rules';
    if (query.part !== undefined && query.part !== part) continue;
    const target = part === 'links' ? targetOf(model, tally) : null;
    if (target !== null && !synced.has(target)) synced.set(target, await store.source.syncedAt(target));
    const syncedAt = target === null ? null : (synced.get(target) ?? null);
    lines.push({
      collection: tally.collection,
      source: tally.source,
      part,
      rule: tally.rule,
      place: tally.place,
      detail: tally.detail,
      resources: tally.resources,
      count: tally.count,
      target: target === null ? null : { collection: target, syncedAt },
      explanation: explain(rule ?? { nb: '', en: '' }, tally.rule, target, syncedAt),
    });
  }
  const [examined, flawed] = totals(examinations);
  return {
    organisation,
    at,
    examined: (await store.results.state()) !== null,
    backlog: await backlogOf(store),
    score: { examined, flawed, score: share(examined, flawed) },
    collections: worstFirst(
      [...Map.groupBy(examinations, (one) => one.collection)].map(([collection, all]) => {
        const [sum, bad] = totals(all);
        return { collection, source: null, examined: sum, flawed: bad, score: share(sum, bad) };
      }),
    ),
    sources: worstFirst(
      examinations.map((one) => ({
        collection: one.collection,
        source: one.source,
        examined: one.examined,
        flawed: one.flawed,
        score: share(one.examined, one.flawed),
      })),
    ),
    lines: lines.toSorted(
      (a, b) =>
        b.count - a.count || order(a.collection, b.collection) || order(a.rule, b.rule) || order(a.place, b.place),
    ),
  };
};

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const totals = (all: readonly Examination[]): readonly [examined: number, flawed: number] => [
  all.reduce((sum, one) => sum + one.examined, 0),
  all.reduce((sum, one) => sum + one.flawed, 0),
];

const worstFirst = (scores: readonly QualityScore[]): readonly QualityScore[] =>
  scores.toSorted(
    (a, b) => (a.score ?? 1) - (b.score ?? 1) || b.flawed - a.flawed || order(a.collection, b.collection),
  );

/** How far the examination is behind. */
const backlogOf = async ({ source, results }: QualityStore): Promise<QualityBacklog> => {
  const [head, state, queue] = [await source.head(), await results.state(), await results.backlog()];
  const changes = Math.max(0, head.position - (state?.position ?? 0));
  return {
    changes,
    resources: queue.pending,
    collections: queue.sweeps,
    complete:
      state !== null &&
      state.epoch === head.epoch &&
      changes === 0 &&
      queue.pending === 0 &&
      queue.spreads === 0 &&
      queue.sweeps.length === 0,
  };
};

const targetOf = (model: Model, { collection, place }: Pick<Tally, 'collection' | 'place'>): CollectionPath | null => {
  const of = model.collections.get(collection);
  return (of?.links.get(place) ?? of?.nestedLinks.get(place.replaceAll('/', '.')))?.target ?? null;
};

const explain = (rule: Text, name: string, target: CollectionPath | null, syncedAt: number | null): Text => {
  if (name !== 'missing-target' || target === null) return { nb: rule.nb, en: rule.en };
  return syncedAt === null
    ? { nb: `${rule.nb} ${target} er aldri synkronisert.`, en: `${rule.en} ${target} has never been synced.` }
    : {
        nb: `${rule.nb} ${target} ble sist synkronisert ${formatInstant(syncedAt)}.`,
        en: `${rule.en} ${target} was last synced at ${formatInstant(syncedAt)}.`,
      };
};

/** Examples of every rule at every place. */
export const sampleOf = async (
  deps: ReportDeps,
  store: QualityStore,
  query: QualityQuery,
): Promise<readonly QualitySample[]> => {
  const places = new Map<string, Tally>();
  for (const tally of await store.results.tallies(query.collection ?? null)) {
    const part = ruleNamed(tally.rule)?.part ?? 'rules';
    if (query.part === undefined || query.part === part)
      places.set(`${tally.collection} ${tally.rule} ${tally.place}`, tally);
  }
  const samples: QualitySample[] = [];
  for (const [, { collection, rule, place }] of [...places].toSorted(([a], [b]) => order(a, b))) {
    for (const one of await store.results.sample({ collection, rule, place }, samplesPerPlace)) {
      const resource = await store.source.read(one.uid);
      // Gone since it was looked at.
      if (resource === null) continue;
      const [primary] = resource.identifiers;
      samples.push({
        collection,
        rule,
        place,
        detail: one.detail,
        count: one.count,
        resource: deps.opaque(deps.organisation, one.uid),
        subject: primary === undefined ? '' : deps.pseudonym(deps.organisation, primary.value),
        self: selfOf(deps, resource),
      });
    }
  }
  return samples;
};

const selfOf = ({ model }: ReportDeps, resource: WholeResource): string | null => {
  const collection = model.collections.get(resource.collection);
  if (collection === undefined || resource.guarded) return null;
  const shown = resource.identifiers
    .filter((identifier) => mayShow(collection, identifier))
    .toSorted((a, b) => Number(b.field === leadingIdentifier) - Number(a.field === leadingIdentifier))[0];
  if (shown === undefined) return null;
  const { self } = JSON.parse(resource.ownLinks) as { readonly self?: unknown };
  const end = hrefOf('', resource.collection, shown.field, shown.value);
  return hrefsOf(self).find((href) => href.endsWith(end)) ?? null;
};

/** Open identifiers, and the system's own one; user names say who it is. A national id is none of them, wherever it stands. */
const mayShow = (collection: Collection, { field, value }: IdentifierValue): boolean => {
  const attribute = collection.identifierBySegment.get(field)?.attribute;
  const sensitivity =
    attribute === undefined ? undefined : collection.class.attributeByName.get(attribute)?.sensitivity;
  const open = sensitivity === 'open' || (sensitivity === 'personal' && field === leadingIdentifier);
  return open && judgeNationalId(value).fault !== '';
};

/** `2026-01-05` of a moment, UTC. */
export const dayOf = (at: number): string => formatInstant(at).slice(0, 10);

/** The history by day, collection and rule. */
export const trendOf = async (
  store: QualityStore,
  now: number,
  { collection, rule, from, to }: QualityTrendQuery,
): Promise<readonly QualityTrendPoint[]> => {
  const rows = await store.results.trend({
    collection: collection ?? null,
    from: from ?? dayOf(now - trendDays * dayMs),
    to: to ?? dayOf(now),
  });
  return rows
    .filter((row) => rule === undefined || row.rule === rule)
    .map((row) => ({
      day: row.day,
      collection: row.collection,
      rule: row.rule,
      count: row.count,
      examined: row.rule === '' ? row.resources : null,
    }));
};
