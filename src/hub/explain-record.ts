// Why one recorded decision gave what it gave: from the record, the grants and the model alone, so that nothing about a row can show in it. Called by
// explain.ts. Never looks at whom a record is about (`subjects`, `seen`), nor at more of a count than whether it is none. Pure.
import type { Attribute, Collection, Model } from '#model/model.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';
import type { Action } from '#store/plan.ts';
import type { AuditRecord, Grant } from '#store/store.ts';
import { isInForce, patternCovers } from './authorize.ts';
import { reasonOf, type Reason, type ReasonEffect } from './explain-reasons.ts';
import { showsAttribute, showsExistence } from './field-view.ts';
import { isGuardable } from './protection.ts';

export type ExplainedAnswer = 'refused' | 'empty' | 'something' | 'unknown';

/** The grants are those of the application in the organisation and its environment, whether in force or not. */
export type ExplainedBy = { readonly model: Model; readonly grants: readonly Grant[] };

/** What an operation of the audit asks of a grant; null = it asks for none that is explained here. */
const actionOf = (operation: string): Action | null =>
  new Map<string, Action>([
    ['read', 'read'],
    ['list', 'list'],
    ['state', 'read'],
    ['changes', 'follow'],
    ['events', 'follow'],
    ['create', 'write'],
    ['update', 'write'],
    ['delete', 'write'],
    ['validate', 'write'],
    ['live', 'read'],
  ]).get(operation) ?? null;

const isWrite = (operation: string): boolean => actionOf(operation) === 'write';

/** Denials that stand for: no grant opened it. */
const ungranted = ['no-grant', 'unknown-collection'];

/** What the answer was, as the caller has seen it. */
export const answerOf = ({ decision, count, operation }: AuditRecord): ExplainedAnswer => {
  if (decision === 'deny') return 'refused';
  if (count === null || isWrite(operation) || operation === 'state' || operation.startsWith('outcome'))
    return 'unknown';
  return count === 0 ? 'empty' : 'something';
};

/** A resource was reached by a relation only, and none is shown: that there was something to reach is not the caller's to know. */
export const tellsNothing = ({ details, count, decision }: AuditRecord): boolean =>
  decision === 'allow' && details === 'graph' && count === 0;

/** The reasons of one record, the first the most important. Without those of freshness. */
export const reasonsOf = (record: AuditRecord, { model, grants }: ExplainedBy): readonly Reason[] => {
  const collection = model.collections.get(record.collection) ?? null;
  const known = { model, grants, record, collection };
  return record.decision === 'deny' ? ofRefusal(known) : ofAnswer(known);
};

type Known = ExplainedBy & { readonly record: AuditRecord; readonly collection: Collection | null };
type KnownAt = Known & { readonly collection: Collection };

const idsOf = (grants: readonly Grant[]): readonly string[] => grants.map(({ id }) => id).toSorted();

const ofRefusal = (known: Known): readonly Reason[] => {
  const { rule, details, operation } = known.record;
  if (operation.startsWith('outcome')) return [reasonOf('not-one-of-yours', 'refused')];
  if (rule === 'no-grant' && details === 'filter') return [reasonOf('filter-unseen', 'refused'), ...ofFields(known)];
  if (details === 'position')
    return opening(known).length > 0 ? [reasonOf('position-unknown', 'refused')] : ofNoGrant(known);
  if (ungranted.includes(rule)) return ofNoGrant(known);
  if (rule === 'HUB-108') return [reasonOf('quota-used-up', 'refused', { error: rule })];
  if (rule === 'HUB-302') return [reasonOf('address-scope', 'refused', { error: rule })];
  if (rule === 'HUB-401') return [reasonOf('other-organisation', 'refused', { error: rule })];
  if (rule === 'HUB-403') return [reasonOf('removal-partly-seen', 'refused', { error: rule }), ...ofFields(known)];
  if (details.startsWith(flagsMissing))
    return [reasonOf('flag-missing', 'refused', { error: rule, flags: details.slice(flagsMissing.length).split(' ') })];
  if (details === documentInvalid) return [reasonOf('document-invalid', 'refused', { error: rule })];
  return [reasonOf('refused', 'refused', /^HUB-\d{3}$/.test(rule) ? { error: rule } : {})];
};

/** How the record of a document that could not be run begins that only lacked flags, and what that of another says. */
export const flagsMissing = 'flags missing: ';
export const documentInvalid = 'document invalid';

/** Grants that were in force and opened the action, whether or not they counted for the token. */
const opening = (known: Known): readonly Grant[] => {
  const { collection, grants, record } = known;
  const action = actionOf(record.operation) ?? 'read';
  return collection === null
    ? []
    : grants.filter(
        (grant) =>
          reaches(known, grant, collection) &&
          opens(grant, action) &&
          isInForce(grant, record.at) &&
          grant.createdAt <= record.at,
      );
};

/** Whoever may list may also read one. */
const opens = ({ actions }: Grant, wanted: Action): boolean =>
  actions.includes(wanted) || (wanted === 'read' && actions.includes('list'));

const coversPath = ({ collections }: Grant, path: string): boolean =>
  collections.some((pattern) => patternCovers(pattern, path));

const reaches = ({ model }: ExplainedBy, grant: Grant, collection: Collection): boolean =>
  coversPath(grant, collection.path) && showsExistence(model, grant, collection);

const coversComponent = ({ model }: ExplainedBy, grant: Grant, component: string): boolean =>
  (model.components.get(component)?.collections ?? []).some(({ path }) => coversPath(grant, path));

const ofNoGrant = (known: Known): readonly Reason[] => {
  const { record, collection, grants, model } = known;
  if (collection === null) {
    if (!model.components.has(record.collection)) return [reasonOf('no-such-collection', 'refused')];
    const some = grants.filter((grant) => coversComponent(known, grant, record.collection));
    return [reasonOf('no-grant', 'refused'), ...ofPeriods(some, record)];
  }
  const action = actionOf(record.operation) ?? 'read';
  const covering = grants.filter((grant) => coversPath(grant, collection.path));
  const reaching = covering.filter((grant) => reaches(known, grant, collection));
  const fitting = reaching.filter((grant) => opens(grant, action));
  const others = reaching.filter((grant) => !opens(grant, action) && isInForce(grant, record.at));
  const unseen = covering.filter((grant) => !reaching.includes(grant) && isInForce(grant, record.at));
  const named = [...new Set(others.flatMap(({ actions }) => actions))].toSorted();
  return [
    reasonOf('no-grant', 'refused', { actions: [action], collections: [collection.path] }),
    ...ofPeriods(fitting, record),
    ...(others.length === 0 ? [] : [reasonOf('other-actions', 'refused', { grants: idsOf(others), actions: named })]),
    ...(unseen.length === 0 ? [] : [reasonOf('existence-withheld', 'refused', { grants: idsOf(unseen) })]),
  ];
};

const some = (
  grants: readonly Grant[],
  code: Parameters<typeof reasonOf>[0],
  effect: ReasonEffect,
): readonly Reason[] => (grants.length === 0 ? [] : [reasonOf(code, effect, { grants: idsOf(grants) })]);

/** Of grants that would have opened what was refused: why each did not. */
const ofPeriods = (grants: readonly Grant[], { at }: AuditRecord): readonly Reason[] => {
  const later = grants.filter(({ createdAt }) => createdAt > at);
  const before = grants.filter(({ createdAt }) => createdAt <= at);
  const ended = before.filter(({ to }) => to !== null && to <= at);
  const coming = before.filter(({ from, to }) => from !== null && from > at && (to === null || to > at));
  const inForce = before.filter((grant) => isInForce(grant, at));
  const changed = inForce.filter(({ changedAt = null }) => changedAt !== null && changedAt > at);
  const unscoped = inForce.filter((grant) => !changed.includes(grant) && scopesOf(grant).length > 0);
  return [
    ...ofScopes(unscoped, 'refused'),
    ...some(ended, 'grant-ended', 'refused'),
    ...some(coming, 'grant-not-begun', 'refused'),
    ...some(later, 'grant-later', 'notice'),
    ...some(changed, 'grant-changed', 'notice'),
  ];
};

const scopesOf = ({ scope }: Grant): readonly string[] =>
  scope === null || scope === undefined ? [] : scope.split(' ').filter((one) => one !== '');

const ofScopes = (grants: readonly Grant[], effect: ReasonEffect): readonly Reason[] =>
  grants.length === 0
    ? []
    : [
        reasonOf('scope-lacking', effect, {
          grants: idsOf(grants),
          scopes: [...new Set(grants.flatMap(scopesOf))].toSorted(),
        }),
      ];

const ofAnswer = (known: Known): readonly Reason[] => {
  const { record, collection } = known;
  const empty = answerOf(record) === 'empty';
  if (record.rule === 'access-lost') return [reasonOf('access-ended', 'smaller')];
  if (isWrite(record.operation) || record.operation.startsWith('outcome')) return [];
  const asked = ofQuestion(record, empty);
  const granted = collection === null ? [] : ofGrants({ ...known, collection });
  const nothing = empty && record.operation !== 'state' ? [reasonOf('nothing-visible', 'empty')] : [];
  return [...asked, ...granted, ...nothing];
};

/** Of what was asked for, and how. */
const ofQuestion = ({ details, operation }: AuditRecord, empty: boolean): readonly Reason[] => {
  const words = details.split(' ');
  const effect = empty ? 'empty' : 'smaller';
  if (details === 'filter stopped') return [reasonOf('filter-stopped', 'refused')];
  return [
    ...(words.includes('refused') && words.includes('graph') ? [reasonOf('too-much', 'refused')] : []),
    ...(operation === 'list' && words.includes('filtered') ? [reasonOf('filter', effect)] : []),
    ...(operation === 'list' && words.includes('since') ? [reasonOf('since', effect)] : []),
    ...(operation === 'list' && /^offset [1-9]/.test(details) ? [reasonOf('page-beyond', effect)] : []),
  ];
};

/** Of the grants that the answer rested on, and of those that did not count. */
const ofGrants = (known: KnownAt): readonly Reason[] => {
  const { record, collection, grants } = known;
  const ids = new Set(record.rule.split(' '));
  const used = grants.filter(({ id }) => ids.has(id));
  const gone = [...ids].filter((id) => !grants.some((grant) => grant.id === id)).toSorted();
  const changed = used.filter(({ changedAt = null }) => changedAt !== null && changedAt > record.at);
  const action = actionOf(record.operation) ?? 'read';
  const uncounted = grants.filter(
    (grant) =>
      !ids.has(grant.id) &&
      reaches(known, grant, collection) &&
      opens(grant, action) &&
      grant.createdAt <= record.at &&
      isInForce(grant, record.at) &&
      scopesOf(grant).length > 0,
  );
  return [
    ...ofFields(known),
    ...ofRows(known, used),
    ...ofScopes(uncounted, 'smaller'),
    ...(gone.length === 0 ? [] : [reasonOf('grant-withdrawn', 'notice', { grants: gone })]),
    ...(changed.length === 0 ? [] : [reasonOf('grant-changed', 'notice', { grants: idsOf(changed) })]),
  ];
};

/** The grants that a record names, or of a refusal those that would have let look. */
const lookedBy = (known: Known): readonly Grant[] => {
  const { record } = known;
  if (record.decision === 'deny') return opening(known);
  const ids = new Set(record.rule.split(' '));
  return known.grants.filter(
    (grant) => ids.has(grant.id) && known.collection !== null && reaches(known, grant, known.collection),
  );
};

const names = ({ fields }: Grant, name: string): boolean => fields === null || fields.includes(name);

const ofFields = (known: Known): readonly Reason[] => {
  const { collection, model, record } = known;
  if (collection === null) return [];
  const at: KnownAt = { ...known, collection };
  const used = lookedBy(known);
  if (used.length === 0) return [];
  const attributes = collection.class.attributes;
  const relations = [...collection.links.values()];
  const ungiven = [
    ...attributes.map(({ jsonName }) => jsonName),
    ...relations.map(({ relation }) => relation.jsonName),
  ].filter((name) => !used.some((grant) => names(grant, name)));
  const withheld = attributes.filter(
    (one) =>
      used.some((grant) => names(grant, one.jsonName)) && !used.some((grant) => showsAttribute(model, grant, one)),
  );
  const kinds = new Set(withheld.flatMap((one) => withheldIn(model, one, used)));
  const uneven = attributes.filter((one) => {
    const showing = used.filter((grant) => showsAttribute(model, grant, one));
    return showing.length > 0 && showing.every(({ rows }) => rows !== null) && used.some(({ rows }) => rows === null);
  });
  return [
    ...ofIdentifier(at, used),
    ...(withheld.length === 0
      ? []
      : [
          reasonOf('fields-withheld', 'smaller', {
            grants: idsOf(used),
            fields: withheld.map(({ jsonName }) => jsonName),
            sensitivities: [...kinds].toSorted(),
          }),
        ]),
    ...(ungiven.length === 0
      ? []
      : [reasonOf('fields-not-granted', 'smaller', { grants: idsOf(used), fields: ungiven })]),
    ...(uneven.length === 0
      ? []
      : [
          reasonOf('fields-by-row', 'smaller', {
            grants: idsOf(used),
            fields: uneven.map(({ jsonName }) => jsonName),
          }),
        ]),
    ...ofClearance(at, used),
    ...(record.decision === 'allow' ? ofLinks(at, used) : []),
  ];
};

const clearanceOf = (grants: readonly Grant[]): number =>
  grants.reduce((top, { clearance }) => Math.max(top, clearance ?? 0), 0);

/** Of fields that show, but not for all of the protected persons that these grants reach. Told of the grants, whoever the record is about. */
const ofClearance = ({ model, collection }: KnownAt, used: readonly Grant[]): readonly Reason[] => {
  if (!isGuardable(model, collection.path)) return [];
  const top = clearanceOf(used);
  const isLow = (showing: readonly Grant[]): boolean => showing.length > 0 && clearanceOf(showing) < top;
  const low = [
    ...collection.class.attributes.map((one) => ({
      name: one.jsonName,
      showing: used.filter((grant) => showsAttribute(model, grant, one)),
    })),
    ...[...collection.links.keys()].map((name) => ({ name, showing: used.filter((grant) => names(grant, name)) })),
  ].filter(({ showing }) => isLow(showing));
  const grants = used.filter((grant) => low.some(({ showing }) => showing.includes(grant)));
  return low.length === 0
    ? []
    : [
        reasonOf('fields-by-clearance', 'smaller', {
          grants: idsOf(grants),
          fields: low.map(({ name }) => name),
          clearance: clearanceOf(grants),
        }),
      ];
};

const withheldIn = (model: Model, attribute: Attribute, used: readonly Grant[]): readonly string[] =>
  [...sensitivitiesOf(model, attribute)].filter((kind) => used.some(({ withhold }) => withhold.includes(kind)));

/** Of a read by an identifier: the audit names it, or says that the class has none such. */
const ofIdentifier = ({ record, collection, model }: KnownAt, used: readonly Grant[]): readonly Reason[] => {
  if (record.operation !== 'read' || record.decision !== 'allow') return [];
  if (record.details === 'unknown identifier') return [reasonOf('identifier-unknown', 'empty')];
  const segment = collection.identifierBySegment.get(record.details);
  const field = segment === undefined ? undefined : collection.class.attributeByName.get(segment.attribute);
  if (field === undefined || used.some((grant) => showsAttribute(model, grant, field))) return [];
  return [reasonOf('identifier-withheld', 'empty', { grants: idsOf(used), fields: [field.jsonName] })];
};

/** Collections that links lead to and that no grant, whatever its scope, opened then. */
const ofLinks = (known: KnownAt, used: readonly Grant[]): readonly Reason[] => {
  const { model, grants, collection, record } = known;
  const reading = grants.filter(
    (grant) => opens(grant, 'read') && isInForce(grant, record.at) && grant.createdAt <= record.at,
  );
  const shown = [...collection.links.values()].filter(({ relation }) =>
    used.some(({ fields }) => fields === null || fields.includes(relation.jsonName)),
  );
  const closed = new Set<string>();
  for (const { target } of [...shown, ...collection.nestedLinks.values()]) {
    const to = target === null ? undefined : model.collections.get(target);
    if (to !== undefined && !reading.some((grant) => reaches(known, grant, to))) closed.add(to.path);
  }
  return closed.size === 0 ? [] : [reasonOf('links-unopened', 'smaller', { collections: [...closed].toSorted() })];
};

const ofRows = ({ model, collection }: KnownAt, used: readonly Grant[]): readonly Reason[] => {
  if (used.length === 0) return [];
  const limits = used.filter(
    ({ rows }) => rows !== null && !(model.scopes.get(rows.scope)?.unaffected.has(collection.path) ?? false),
  );
  const clearance = clearanceOf(used);
  return [
    ...(limits.length === used.length ? [reasonOf('rows-limited', 'smaller', { grants: idsOf(limits) })] : []),
    ...(isGuardable(model, collection.path) && clearance < 3
      ? [reasonOf('protected-hidden', 'smaller', { grants: idsOf(used), clearance })]
      : []),
  ];
};
