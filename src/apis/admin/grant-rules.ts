// What a grant may say: every member read against the model and against the other members, so that a grant which contradicts itself is refused
// with what contradicts. Used by grants.ts. Pure.
import { formatInstant, midnight } from '#base/clock.ts';
import type { ProblemItem } from '#base/errors.ts';
import { nearest } from '#base/text.ts';
import { patternCovers } from '#hub/authorize.ts';
import type { Model, ProtectionLevel, Sensitivity } from '#model/model.ts';
import { isMembers, readBody, type Body } from './body.ts';
import { actions, type Action, type Application, type Grant } from './ports.ts';

/** The members of a grant that a body may set. */
export const grantMembers = [
  'collections',
  'actions',
  'fields',
  'withhold',
  'rows',
  'clearance',
  'from',
  'to',
  'purpose',
  'agreement',
] as const;

type Rule = Pick<Grant, (typeof grantMembers)[number]>;

/** A grant that opens nothing: what a new one is read on top of. */
export const blankRule: Rule = {
  collections: [],
  actions: [],
  fields: null,
  withhold: [],
  rows: null,
  clearance: 0,
  from: null,
  to: null,
  purpose: '',
  agreement: null,
};

const isAction = (text: string): text is Action => actions.some((action) => action === text);
const sensitivities: readonly Sensitivity[] = ['open', 'personal', 'national-id', 'protected', 'special'];
const levels: readonly ProtectionLevel[] = [0, 1, 2, 3];
const dayMs = 86_400_000;

const unknownWord = (at: string, word: string, candidates: Iterable<string>): ProblemItem => {
  const near = nearest(word, candidates);
  return { at, message: near === null ? `${word} is unknown` : `${word} is unknown; is it ${near}?` };
};

const readCollections = (body: Body, before: readonly string[], model: Model): readonly string[] => {
  const { errors } = body;
  const known = [...model.collections.keys()];
  const read = body.texts('collections') ?? before;
  if (read.length === 0)
    errors.push({ at: '/collections', message: 'name at least one: a path, a folder with /*, or *' });
  for (const pattern of read)
    if (!known.some((path) => patternCovers(pattern, path))) errors.push(unknownWord('/collections', pattern, known));
  return read;
};

const readActions = (body: Body, before: readonly Action[], kind: Application['kind']): readonly Action[] => {
  const { errors } = body;
  const read = body.texts('actions') ?? before;
  if (read.length === 0) errors.push({ at: '/actions', message: `name at least one of ${actions.join(', ')}` });
  return read.flatMap((word) => {
    if (!isAction(word)) errors.push(unknownWord('/actions', word, actions));
    else if ((word === 'deliver') !== (kind === 'adapter'))
      errors.push({ at: '/actions', message: `${word} is not for an application of kind ${kind}` });
    else return [word];
    return [];
  });
};

const readFields = (
  body: Body,
  before: readonly string[] | null,
  collections: readonly string[],
  model: Model,
): readonly string[] | null => {
  const given = body.textsOrNull('fields');
  const read = given === undefined ? before : given;
  if (read === null) return null;
  const known = new Set<string>();
  for (const [path, { class: type }] of model.collections)
    if (collections.some((pattern) => patternCovers(pattern, path)))
      for (const { jsonName } of [...type.attributes, ...type.relations]) known.add(jsonName);
  if (read.length === 0) body.errors.push({ at: '/fields', message: 'name at least one, or leave it out for all' });
  for (const name of read) if (!known.has(name)) body.errors.push(unknownWord('/fields', name, known));
  return read;
};

const readWithheld = (body: Body, before: readonly string[]): readonly string[] => {
  const read = body.texts('withhold') ?? before;
  for (const word of read)
    if (!sensitivities.some((one) => one === word)) body.errors.push(unknownWord('/withhold', word, sensitivities));
  return read;
};

export const readRows = (body: Body, before: Grant['rows'], model: Model): Grant['rows'] => {
  const given = body.value('rows');
  if (given === undefined) return before;
  if (given === null) return null;
  const { errors } = body;
  if (!isMembers(given)) {
    errors.push({ at: '/rows', message: 'must be scope, field and values' });
    return null;
  }
  const rows = readBody(given, ['scope', 'field', 'values'], errors, '/rows');
  const scope = rows.text('scope', 200) ?? '';
  const field = (rows.text('field', 200) ?? '').toLowerCase();
  const values = rows.texts('values') ?? [];
  const target = model.scopes.get(scope)?.target;
  const segments = model.collections.get(target ?? '')?.identifiers.map(({ segment }) => segment) ?? [];
  if (target === undefined) errors.push(unknownWord('/rows', scope, model.scopes.keys()));
  else if (!segments.includes(field)) errors.push(unknownWord('/rows', field, segments));
  if (values.length === 0) errors.push({ at: '/rows', message: 'name at least one value' });
  return { scope, field, values };
};

export const readClearance = (body: Body, before: ProtectionLevel): ProtectionLevel => {
  const given = body.number('clearance');
  if (given === undefined) return before;
  const level = levels.find((one) => one === given);
  if (level !== undefined) return level;
  body.errors.push({ at: '/clearance', message: 'must be 0, 1, 2 or 3' });
  return before;
};

const instantForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?Z)?$/;

/** A date, which begins and ends at midnight in Norway, or an instant in UTC. */
export const readMoment = (body: Body, name: 'from' | 'to', before: number | null, within = ''): number | null => {
  const text = body.textOrNull(name, 40);
  if (text === undefined) return before;
  if (text === null) return null;
  const [, date, time] = instantForm.exec(text) ?? [];
  const moment = date === undefined ? Number.NaN : Date.parse(text);
  // The round trip refuses days that the month does not have.
  if (date === undefined || Number.isNaN(moment) || !formatInstant(moment).startsWith(date)) {
    body.errors.push({
      at: `${within}/${name}`,
      message: 'must be a date as 2026-08-01, or an instant as 2026-08-01T06:00:00Z',
    });
    return null;
  }
  if (time !== undefined) return moment;
  return midnight(name === 'to' ? moment + dayMs : moment);
};

/** Reads the members of a grant on top of what it said before. Findings go into the body's list. */
export const readRule = (body: Body, before: Rule, kind: Application['kind'], model: Model): Rule => {
  const collections = readCollections(body, before.collections, model);
  const rule: Rule = {
    collections,
    actions: readActions(body, before.actions, kind),
    fields: readFields(body, before.fields, collections, model),
    withhold: readWithheld(body, before.withhold),
    rows: readRows(body, before.rows, model),
    clearance: readClearance(body, before.clearance ?? 0),
    from: readMoment(body, 'from', before.from),
    to: readMoment(body, 'to', before.to),
    purpose: body.text('purpose', 1_000) ?? before.purpose,
    agreement: body.given('agreement') ? (body.textOrNull('agreement', 200) ?? null) : before.agreement,
  };
  if (rule.from !== null && rule.to !== null && rule.from >= rule.to)
    body.errors.push({ at: '/to', message: 'must come after from' });
  return rule;
};

const reads = ({ actions: granted }: Pick<Grant, 'actions'>): boolean =>
  granted.some((action) => action === 'read' || action === 'list');

/**
 * Finds what contradicts the other live grants of the same application and organisation: whoever may write must see what he writes. Gives
 * the findings.
 */
export const contradictions = (rule: Rule, others: readonly Grant[], model: Model): readonly ProblemItem[] => {
  if (!rule.actions.includes('write') || reads(rule)) return [];
  const seen = others.filter(reads).flatMap(({ collections }) => collections);
  const blind = [...model.collections.keys()].find(
    (path) =>
      rule.collections.some((pattern) => patternCovers(pattern, path)) &&
      !seen.some((pattern) => patternCovers(pattern, path)),
  );
  return blind === undefined
    ? []
    : [{ at: '/actions', message: `write needs read or list as well: ${blind} would be written unseen` }];
};

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

/** What is allowed but hardly meant: two live grants for the same rows of the same collections. A reader sees the union of the two. */
export const overlaps = (grant: Grant, others: readonly Grant[]): readonly ProblemItem[] =>
  others
    .filter(
      (other) =>
        other.id !== grant.id &&
        sameSet(other.collections, grant.collections) &&
        JSON.stringify(other.rows) === JSON.stringify(grant.rows),
    )
    .map(({ id, fields }) => ({
      at: '/fields',
      message:
        JSON.stringify(fields) === JSON.stringify(grant.fields)
          ? `${id} opens the same collections and rows already`
          : `${id} opens the same collections and rows with other fields: the application sees both`,
    }));
