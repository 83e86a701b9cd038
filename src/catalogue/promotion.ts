// Raising what is promised of parts of an API: what has to be raised together, and which conditions hold (facts 7.4 and 7.6). Asked for, confirmed and decided in the
// admin API, shown to everybody by the catalogue. Pure; thresholds are data of the catalogue.
import { dayMs } from '#base/clock.ts';
import type { CatalogueApi, PromotionThresholds } from './catalogue.ts';
import { startOfDay } from './calendar.ts';
import type { Change, Coordinate, Status, Words } from './contract.ts';
import { closureOf, isAsFirm, withinParts, wholeApi, type Structure } from './status-rules.ts';

export const promotionTargets = ['beta', 'production'] as const;
export type PromotionTarget = (typeof promotionTargets)[number];

export const promotionStates = ['asked', 'approved', 'refused'] as const;
export type PromotionState = (typeof promotionStates)[number];

/** That an institution has tried it. */
export type Confirmation = {
  readonly institution: string;
  readonly text: string;
  readonly at: number;
  /** Who says so, for the audit: an actor. */
  readonly by: string;
};

/** One condition, with what was needed and what was found. */
export type PromotionCheck = {
  readonly id: string;
  readonly holds: boolean;
  readonly needed: Words;
  readonly found: Words;
};

export type Promotion = {
  readonly id: string;
  readonly api: string;
  /** What was asked for. */
  readonly asked: readonly Coordinate[];
  /** All that has to be raised with it, what was asked for included. */
  readonly coordinates: readonly Coordinate[];
  readonly from: Status;
  readonly to: PromotionTarget;
  readonly need: string;
  readonly use: string;
  /** The organisation that asks. */
  readonly applicant: string;
  readonly institution: string;
  readonly askedAt: number;
  /** The actor who asked: somebody else decides. */
  readonly askedBy: string;
  readonly confirmations: readonly Confirmation[];
  readonly decision: {
    readonly at: number;
    readonly reasons: Words;
    /** How each condition stood then. */
    readonly checks: readonly PromotionCheck[];
  } | null;
};

export type PromotionDeps = {
  readonly api: CatalogueApi;
  readonly structure: Structure | null;
  readonly undescribed: ReadonlySet<Coordinate>;
  readonly thresholds: PromotionThresholds;
  /** Announced changes of the API. */
  readonly changes: readonly Change[];
  /** Promotions of the API that were approved. */
  readonly approved: readonly Promotion[];
  readonly now: number;
};

/** All that has to be raised for some parts to have a status, sorted; the API as a whole where its parts are not known. */
export const raisedWith = (
  structure: Structure | null,
  asked: readonly Coordinate[],
  to: PromotionTarget,
): readonly Coordinate[] =>
  structure === null ? [...asked].sort() : [...new Set([...asked, ...closureOf(structure, asked, to)])].sort();

const count = (found: number | string, of: Words): Words => ({ nb: `${found} ${of.nb}`, en: `${found} ${of.en}` });

const check = (id: string, holds: boolean, needed: Words, found: Words): PromotionCheck => ({
  id,
  holds,
  needed,
  found,
});

const yes: Words = { nb: 'ja', en: 'yes' };
const no: Words = { nb: 'nei', en: 'no' };
const whether = (holds: boolean): Words => (holds ? yes : no);

/** Since when parts have been in beta, the latest of them; null where that is not known. */
const betaSince = (promotion: Promotion, { api, approved, structure }: PromotionDeps): number | null => {
  const since = promotion.coordinates.map((coordinate) => {
    const raised = approved
      .filter(
        ({ to, coordinates }) => to === 'beta' && (coordinates.includes(coordinate) || coordinates.includes(wholeApi)),
      )
      .map(({ decision }) => decision?.at ?? 0);
    if (raised.length > 0) return Math.max(...raised);
    const marked = structure?.marks.some((mark) => mark.coordinate === coordinate) === true;
    return api.status === 'beta' && !marked ? startOfDay(api.since) : null;
  });
  return since.some((one) => one === null) ? null : Math.max(...since.map((one) => one ?? 0));
};

/** The conditions of a promotion as they stand, each with its reason. */
export const promotionChecks = (promotion: Promotion, deps: PromotionDeps): readonly PromotionCheck[] => {
  const { api, structure, undescribed, thresholds, changes, now } = deps;
  const { to, coordinates, confirmations } = promotion;
  const { coverage, severity } = thresholds[to];
  // What stands in a part that is raised is raised with it.
  const parts = structure === null ? [] : [...withinParts(structure, coordinates)].filter((one) => one !== wholeApi);
  const silent = parts.filter((one) => undescribed.has(one)).length;
  const covered = parts.length === 0 ? 0 : Math.floor((100 * (parts.length - silent)) / parts.length);
  const faults = api.knownFaults.filter((fault) => fault.until === null && fault.severity <= severity).length;
  const described = api.documents.some(({ kind }) => kind !== 'page');
  const missing = raisedWith(structure, promotion.asked, to).filter((one) => !coordinates.includes(one));
  const common = [
    check(
      'closure',
      missing.length === 0,
      { nb: 'alt det bygger på, løftes med', en: 'all that it leans on is raised with it' },
      count(missing.length, { nb: 'deler mangler', en: 'parts are missing' }),
    ),
    check(
      'document',
      described,
      { nb: 'maskinlesbar dokumentasjon', en: 'machine-readable documentation' },
      whether(described),
    ),
    check(
      'coverage',
      parts.length > 0 && covered >= coverage,
      count(coverage, { nb: '% av delene er beskrevet', en: '% of the parts are described' }),
      count(covered, { nb: `%; ${silent} uten beskrivelse`, en: `%; ${silent} without a description` }),
    ),
    check(
      'faults',
      faults === 0,
      {
        nb: `ingen åpne feil av alvorlighet ${severity} eller verre`,
        en: `no open faults of severity ${severity} or worse`,
      },
      count(faults, { nb: 'åpne', en: 'open' }),
    ),
    check(
      'feedback',
      api.feedback !== null,
      { nb: 'et sted for tilbakemeldinger', en: 'a place for feedback' },
      whether(api.feedback !== null),
    ),
    check(
      'data-classes',
      api.dataClasses.length > 0,
      { nb: 'dataklasser er satt', en: 'data classes are set' },
      count(api.dataClasses.length, { nb: 'klasser', en: 'classes' }),
    ),
  ];
  if (to === 'beta') return common;
  const { confirmations: wanted, daysInBeta } = thresholds.production;
  const confirmed = new Set(confirmations.map(({ institution }) => institution)).size;
  const since = betaSince(promotion, deps);
  const days = since === null ? null : Math.floor((now - since) / dayMs);
  const open = changes.filter(
    (change) =>
      change.kind === 'breaking' &&
      change.doneAt === null &&
      change.coordinates.some((one) => coordinates.includes(one) || parts.includes(one)),
  ).length;
  return [
    ...common,
    check(
      'confirmed',
      confirmed >= wanted,
      count(wanted, { nb: 'institusjoner har bekreftet prøvingen', en: 'institutions have confirmed the test' }),
      count(confirmed, { nb: 'har', en: 'have' }),
    ),
    check(
      'days-in-beta',
      days !== null && days >= daysInBeta,
      count(daysInBeta, { nb: 'dager i beta', en: 'days in beta' }),
      days === null
        ? { nb: 'ikke kjent siden når', en: 'not known since when' }
        : count(days, { nb: 'dager', en: 'days' }),
    ),
    check(
      'changes-closed',
      open === 0,
      { nb: 'ingen varslede brytende endringer står åpne', en: 'no announced breaking change is open' },
      count(open, { nb: 'åpne', en: 'open' }),
    ),
    check(
      'goals',
      api.goals !== null,
      { nb: 'servicemål er satt', en: 'service goals are set' },
      whether(api.goals !== null),
    ),
  ];
};

/** Why parts cannot be raised from where they are; null when they can. One step at a time, and never downwards. */
export const wrongStep = (
  statuses: readonly Status[],
  to: PromotionTarget,
): 'already' | 'skips-beta' | 'over' | null => {
  if (statuses.some((status) => status === 'retiring' || status === 'retired')) return 'over';
  if (statuses.every((status) => isAsFirm(status, to))) return 'already';
  return to === 'production' && statuses.some((status) => !isAsFirm(status, 'beta')) ? 'skips-beta' : null;
};
