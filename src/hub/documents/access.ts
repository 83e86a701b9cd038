// What a caller may see of a document: one decision for each collection that it touches, put together and named. Called by documents.ts and what
// tells of changes; the policy is the authorizer's.
import { hash } from 'node:crypto';
import { createMemory } from '#base/memory.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Action, AuthorizedPlan, RowSet } from '#store/plan.ts';
import type { Eventually } from '#store/store.ts';
import type { Authorizer, Decision } from '../authorize.ts';
import type { Principal } from '../principal.ts';
import type { Projection, Shape, ShapePart } from './document.ts';

/** A part of a shape that is read, with those of its parts that are. */
export type Place = { readonly part: ShapePart; readonly below: readonly (readonly [step: string, place: Place])[] };

/** What a projection reads. */
export type Places = {
  readonly root: Place;
  /** Each once; that of the root is the first. */
  readonly collections: readonly CollectionPath[];
  /** Names the shape and the projection for as long as the process lives. */
  readonly key: string;
};

export type DocumentAccess = {
  readonly tenant: string;
  readonly places: Places;
  readonly root: AuthorizedPlan;
  /** Collections that the caller may see something of. */
  readonly plans: ReadonlyMap<CollectionPath, AuthorizedPlan>;
  /** Of these places the same for all who see the same: fields, relations, rows, protection. */
  readonly sight: string;
  /** The grants that it rests on. */
  readonly rule: string;
  readonly sensitive: boolean;
};

export type AccessDecision = DocumentAccess | { readonly denied: string };

export type Accesses = {
  /** No plan for the root is a refusal. */
  readonly decide: (
    principal: Principal,
    action: Action,
    projection: Pick<Projection<unknown>, 'id' | 'shape' | 'only'>,
  ) => Eventually<AccessDecision>;
};

const rememberedPlaces = 500;

/**
 * Makes the look-up with its memory. The authorizer gives another decision for the root whenever anything has changed that decisions of this caller
 * rest on, so what was put together is remembered by that one, and the others need not be asked for.
 */
export const createAccesses = (authorizer: Pick<Authorizer, 'decide'>): Accesses => {
  const known = new WeakMap<Decision, Map<Places, AccessDecision>>();
  const placesOf = createPlaces();

  const put = async (principal: Principal, action: Action, places: Places, root: Decision): Promise<AccessDecision> => {
    const decisions = [root];
    for (const path of places.collections.slice(1)) decisions.push(await authorizer.decide(principal, path, action));
    const access = accessOf(principal, places, decisions);
    const kept = known.get(root) ?? new Map<Places, AccessDecision>();
    if (kept.size >= rememberedPlaces) kept.clear();
    known.set(root, kept.set(places, access));
    return access;
  };

  const after = (principal: Principal, action: Action, places: Places, root: Decision): Eventually<AccessDecision> =>
    known.get(root)?.get(places) ?? put(principal, action, places, root);

  return {
    decide: (principal, action, projection) => {
      const places = placesOf(projection);
      const decided = authorizer.decide(principal, places.root.part.collection.path, action);
      return decided instanceof Promise
        ? decided.then((root) => after(principal, action, places, root))
        : after(principal, action, places, decided);
    },
  };
};

const accessOf = (principal: Principal, places: Places, decisions: readonly Decision[]): AccessDecision => {
  const [first] = decisions;
  if (first === undefined || !first.allowed) return { denied: first?.rule ?? 'unknown-collection' };
  const plans = new Map<CollectionPath, AuthorizedPlan>();
  const rules = new Set<string>();
  const sights: string[] = [];
  let sensitive = false;
  for (const decision of decisions) {
    sights.push(decision.allowed ? shownBy(decision.plan) : '');
    if (!decision.allowed) continue;
    plans.set(decision.plan.collection.path, decision.plan);
    for (const rule of decision.rule.split(' ')) rules.add(rule);
    sensitive ||= decision.sensitive;
  }
  const sight = `${hash('sha256', JSON.stringify(sights), 'base64url')} ${places.key}`;
  const rule = [...rules].join(' ');
  return { tenant: principal.tenant, places, root: first.plan, plans, sight, rule, sensitive };
};

/** What a plan shows of rows by themselves; links are followed row by row, under the plans of what they lead to. */
const shownBy = ({ portions }: AuthorizedPlan): string =>
  JSON.stringify(
    portions
      .map(({ view, rows, clearance }) => JSON.stringify([view.id, nameOf(rows), clearance]))
      // The order of grants means nothing.
      .sort(),
  );

const nameOf = (rows: 'all' | RowSet): string => {
  if (rows === 'all') return 'all';
  let name = names.get(rows);
  if (name === undefined) {
    const { buffer, byteOffset, byteLength } = rows.uids;
    names.set(rows, (name = hash('sha256', Buffer.from(buffer, byteOffset, byteLength), 'base64url')));
  }
  return name;
};

const names = new WeakMap<RowSet, string>();

/** The parts of a shape that a projection reads, worked out once for each. */
const createPlaces = (): ((projection: Pick<Projection<unknown>, 'id' | 'shape' | 'only'>) => Places) => {
  const shapes = new WeakMap<Shape, string>();
  const known = createMemory<Places>(rememberedPlaces);
  let shapesNamed = 0;

  return ({ id, shape, only }) => {
    let name = shapes.get(shape);
    if (name === undefined) {
      shapesNamed += 1;
      shapes.set(shape, (name = `s${shapesNamed}`));
    }
    const key = `${name} ${id}`;
    let places = known.get(key);
    if (places === undefined) {
      const root = placeOf(shape.root, only) ?? { part: shape.root, below: [] };
      const collections = new Set<CollectionPath>();
      collect(root, collections);
      known.set(key, (places = { root, collections: [...collections], key }));
    }
    return places;
  };
};

/** Null when neither the part nor anything behind it is read. */
const placeOf = (part: ShapePart, only: ReadonlySet<string> | undefined): Place | null => {
  const below = [...part.parts].flatMap(([step, each]) => {
    const place = placeOf(each, only);
    return place === null ? [] : [[step, place] as const];
  });
  return below.length > 0 || only === undefined || only.has(part.at) ? { part, below } : null;
};

const collect = ({ part, below }: Place, into: Set<CollectionPath>): void => {
  into.add(part.collection.path);
  for (const [, place] of below) collect(place, into);
};
