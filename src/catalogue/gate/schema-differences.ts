// What a schema that has changed means to those who send what it describes, and to those who receive it: the two are walked apart, because what is
// looser for one is wider for the other (facts 7.5). Called for OpenAPI and JSON Schema; knows no path and no operation.
import type { ChangeKind, Coordinate } from '../contract.ts';
import { canonical, isMap, type JsonMap } from './json-tree.ts';
import { rangeDifferences } from './range-differences.ts';
import { namedOrNull, viewOf, type SchemaView } from './schema-view.ts';

/** Who describes: `request` = what callers send, `response` = what they receive. */
export type Direction = 'request' | 'response';

export type Report = (kind: ChangeKind, rule: string, coordinate: Coordinate, text: string) => void;

export type SchemaWalk = {
  readonly before: JsonMap;
  readonly after: JsonMap;
  readonly report: Report;
  /** Pairs of named schemas that have been compared, or are being. */
  readonly seen: Set<string>;
  /** What a reference is called in coordinates; absent = by its last part. */
  readonly nameOf?: (reference: string) => string;
};

type Pair = { readonly before: unknown; readonly after: unknown };
type Views = { readonly before: SchemaView; readonly after: SchemaView };

/** A part below another: `Pupil` and `name` are `Pupil.name`; below the body of an operation a space comes first. */
const below = (at: Coordinate, name: string): Coordinate =>
  / (?:>|< \w+)$/.test(at) ? `${at} ${name}` : `${at}.${name}`;

/**
 * Compares two schemas in one direction. What stands below a named schema is told once, at the name (`Pupil.name`), however many operations lead there.
 */
export const compareSchemas = (walk: SchemaWalk, direction: Direction, given: Coordinate, pair: Pair): void => {
  const [one, other] = [namedOrNull(pair.before), namedOrNull(pair.after)];
  if (one !== null && other !== null && (one.schema !== pair.before || other.schema !== pair.after)) {
    // Whether null may stand there is said where it stands; the rest belongs to the name.
    compareNull(walk, direction, given, one.nullable, other.nullable);
    return compareSchemas(walk, direction, given, { before: one.schema, after: other.schema });
  }
  const views = {
    before: viewOf(pair.before, walk.before, walk.nameOf),
    after: viewOf(pair.after, walk.after, walk.nameOf),
  };
  const { name } = views.before;
  if (name !== null) {
    const key = `${direction} ${name} ${views.after.name ?? canonical(pair.after)}`;
    if (walk.seen.has(key)) return;
    walk.seen.add(key);
  }
  const at = name ?? given;
  if ((views.before.elsewhere || views.after.elsewhere) && name !== views.after.name)
    return walk.report(
      'breaking',
      'type-changed',
      given,
      `It is ${views.after.name ?? 'another schema'} now and was ${name ?? 'another one'}.`,
    );
  if (!compareTypes(walk, direction, at, views)) return;
  compareValues(walk, direction, at, views);
  for (const { kind, rule, text } of rangeDifferences(direction, views.before.keywords, views.after.keywords))
    walk.report(kind, rule, at, text);
  compareDefault(walk, direction, at, views);
  compareMembers(walk, direction, at, views);
  compareOthers(walk, direction, at, views);
  // Where nothing is said of items, they may be anything.
  if (views.before.items !== null || views.after.items !== null)
    compareSchemas(walk, direction, at, { before: views.before.items ?? {}, after: views.after.items ?? {} });
  compareVariants(walk, direction, at, views);
};

const quoted = (names: Iterable<string>): string => [...names].toSorted().join(', ');

const has = (types: ReadonlySet<string> | null, type: string): boolean =>
  types === null || types.has(type) || (type === 'integer' && types.has('number'));

const compareNull = (walk: SchemaWalk, direction: Direction, at: Coordinate, was: boolean, is: boolean): void => {
  const receives = direction === 'response';
  if (!was && is) {
    if (receives) walk.report('breaking', 'response-nullable', at, 'May be null now.');
    else walk.report('compatible', 'request-nullable', at, 'Null is accepted now.');
  }
  if (was && !is) {
    if (receives) walk.report('compatible', 'response-not-null', at, 'Is never null now.');
    else walk.report('breaking', 'request-not-null', at, 'Null is not accepted any more.');
  }
};

/** False where nothing is left to compare: the value is of another kind altogether. */
const compareTypes = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): boolean => {
  const gone =
    before.types === null
      ? after.types === null
        ? []
        : ['any']
      : [...before.types].filter((one) => !has(after.types, one));
  const come =
    after.types === null
      ? before.types === null
        ? []
        : ['any']
      : [...after.types].filter((one) => !has(before.types, one));
  const told = `from ${quoted(before.types ?? ['any'])} to ${quoted(after.types ?? ['any'])}`;
  const kept = before.types === null || [...before.types].some((one) => one !== 'null' && has(after.types, one));
  const onlyNull = before.types !== null && [...before.types].every((one) => one === 'null');
  if (!kept && !onlyNull && come.length > 0 && come[0] !== 'any') {
    walk.report('breaking', 'type-changed', at, `The type has changed ${told}.`);
    return false;
  }
  const receives = direction === 'response';
  if (come.length === 1 && come[0] === 'null') {
    compareNull(walk, direction, at, false, true);
  } else if (come.length > 0) {
    if (receives) walk.report('breaking', 'response-type-widened', at, `The type has become wider, ${told}.`);
    else walk.report('compatible', 'request-type-widened', at, `The type has become wider, ${told}.`);
  }
  if (gone.length === 1 && gone[0] === 'null') compareNull(walk, direction, at, true, false);
  else if (gone.length > 0) {
    if (receives) walk.report('compatible', 'response-type-narrowed', at, `The type has become narrower, ${told}.`);
    else walk.report('breaking', 'request-type-narrowed', at, `The type has become narrower, ${told}.`);
  }
  return true;
};

const compareValues = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): void => {
  const receives = direction === 'response';
  if (before.values === null && after.values === null) return;
  if (before.values === null || after.values === null) {
    const listed = after.values !== null;
    const [kind, rule]: [ChangeKind, string] = receives
      ? listed
        ? ['compatible', 'response-enum-closed']
        : ['breaking', 'response-enum-opened']
      : listed
        ? ['breaking', 'request-enum-closed']
        : ['compatible', 'request-enum-opened'];
    walk.report(kind, rule, at, listed ? 'Only some values are possible now.' : 'Any value is possible now.');
    return;
  }
  for (const value of before.values.difference(after.values))
    walk.report(
      receives ? 'compatible' : 'breaking',
      receives ? 'response-enum-value-removed' : 'request-enum-value-removed',
      at,
      `The value ${value} is gone.`,
    );
  for (const value of after.values.difference(before.values))
    walk.report(
      receives ? 'dangerous' : 'compatible',
      receives ? 'response-enum-value-added' : 'request-enum-value-added',
      at,
      `The value ${value} is new.`,
    );
};

const compareDefault = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): void => {
  if (direction === 'response') return;
  const [was, is] = [before.keywords['default'], after.keywords['default']];
  if (canonical(was) === canonical(is)) return;
  if (was === undefined) walk.report('compatible', 'default-added', at, `The default is told now: ${canonical(is)}.`);
  else
    walk.report(
      'breaking',
      'default-changed',
      at,
      `The default has changed from ${canonical(was)} to ${is === undefined ? 'none' : canonical(is)}.`,
    );
};

/** What callers may not send, or never receive, is no part of the schema for them. */
const seenIn = (direction: Direction, member: unknown, document: JsonMap): boolean =>
  viewOf(member, document).keywords[direction === 'request' ? 'readOnly' : 'writeOnly'] !== true;

const compareMembers = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): void => {
  const receives = direction === 'response';
  const links = at === '_links' || at.endsWith('._links') || at.endsWith(' _links');
  const membersOf = ({ properties }: SchemaView, document: JsonMap): ReadonlyMap<string, unknown> =>
    new Map([...properties].filter(([, one]) => seenIn(direction, one, document)));
  const [old, now] = [membersOf(before, walk.before), membersOf(after, walk.after)];
  for (const [name, member] of old) {
    const part = below(at, name);
    if (!now.has(name)) {
      if (links && receives) walk.report('breaking', 'link-relation-removed', part, 'The link relation is gone.');
      else if (receives) walk.report('breaking', 'response-member-removed', part, 'The member is gone from answers.');
      else walk.report('breaking', 'request-member-removed', part, 'The member may not be sent any more.');
      continue;
    }
    const [was, is] = [before.required.has(name), after.required.has(name)];
    if (was && !is) {
      if (receives)
        walk.report('breaking', 'response-member-optional', part, 'The member may be absent from answers now.');
      else walk.report('compatible', 'request-member-optional', part, 'The member need not be sent any more.');
    } else if (!was && is) {
      if (receives) walk.report('compatible', 'response-member-required', part, 'The member is always in answers now.');
      else walk.report('breaking', 'request-member-required', part, 'The member must be sent now.');
    }
    compareSchemas(walk, direction, part, { before: member, after: now.get(name) });
  }
  for (const [name, member] of now) {
    if (old.has(name)) continue;
    const part = below(at, name);
    // What has a name now could be there before under the rule for those without one.
    if (isMap(before.others)) compareSchemas(walk, direction, part, { before: before.others, after: member });
    if (receives) walk.report('compatible', 'response-member-added', part, 'The member is new in answers.');
    else if (after.required.has(name))
      walk.report('breaking', 'request-member-required', part, 'The member is new and must be sent.');
    else walk.report('compatible', 'request-member-added', part, 'The member is new and may be sent.');
  }
};

const compareOthers = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): void => {
  const [was, is] = [before.others, after.others];
  if (isMap(was) && isMap(is)) return compareSchemas(walk, direction, below(at, '*'), { before: was, after: is });
  if (was === is) return;
  const looser = was === 'none' || is === 'any';
  if (direction === 'request') {
    if (looser) walk.report('compatible', 'request-opened', at, 'Members that are not named may be of more kinds now.');
    else
      walk.report(
        'breaking',
        'request-closed',
        at,
        'Members that are not named may be of fewer kinds now, or of none.',
      );
    return;
  }
  // New members are no surprise in answers; that those which were told of change or go is one.
  if (isMap(was) && is === 'any')
    walk.report('breaking', 'response-type-widened', below(at, '*'), 'Members that are not named may be anything now.');
  else if (isMap(was))
    walk.report('breaking', 'response-member-removed', below(at, '*'), 'Members that are not named are gone.');
  else
    walk.report(
      'compatible',
      'response-others-changed',
      at,
      'Members that are not named are described in another way.',
    );
};

const compareVariants = (walk: SchemaWalk, direction: Direction, at: Coordinate, { before, after }: Views): void => {
  if (before.variants.length === 0 && after.variants.length === 0) return;
  const receives = direction === 'response';
  // What was no choice, or is none any more, is a choice of one.
  const [old, now] = [choicesOf(before), choicesOf(after)];
  const pairs = paired(old, now);
  for (const [one, other] of pairs) compareSchemas(walk, direction, at, { before: one, after: other });
  const [kept, met] = [new Set(pairs.map(([one]) => one)), new Set(pairs.map(([, other]) => other))];
  for (const one of old.filter((each) => !kept.has(each)))
    walk.report(
      receives ? 'compatible' : 'breaking',
      receives ? 'response-subtype-removed' : 'request-subtype-removed',
      at,
      `The form ${callOf(one)} is gone.`,
    );
  for (const one of now.filter((each) => !met.has(each)))
    walk.report(
      receives ? 'dangerous' : 'compatible',
      receives ? 'response-subtype-added' : 'request-subtype-added',
      at,
      `The form ${callOf(one)} is new.`,
    );
};

const choicesOf = (view: SchemaView): readonly JsonMap[] => {
  if (view.variants.length > 0) return view.variants;
  return [view.name === null ? view.keywords : { ...view.keywords, $ref: `#/${view.name}` }];
};

/** By name where there is one; then those that are the same; then the rest as they stand, so that what became of a form is told and not hidden. */
const paired = (old: readonly JsonMap[], now: readonly JsonMap[]): readonly (readonly [JsonMap, JsonMap])[] => {
  const pairs: (readonly [JsonMap, JsonMap])[] = [];
  const left = new Set(now);
  const take = (one: JsonMap, fits: (other: JsonMap) => boolean): boolean => {
    const found = [...left].find(fits);
    if (found === undefined) return false;
    left.delete(found);
    pairs.push([one, found]);
    return true;
  };
  const unmatched = old.filter((one) => {
    const name = nameOf(one);
    return !take(one, (other) => (name === null ? canonical(other) === canonical(one) : nameOf(other) === name));
  });
  for (const one of unmatched) if (nameOf(one) === null) take(one, (other) => nameOf(other) === null);
  return pairs;
};

const nameOf = (schema: JsonMap): string | null => {
  const reference = schema['$ref'] ?? schema['title'];
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : null;
};

const callOf = (schema: JsonMap): string => nameOf(schema) ?? String(schema['type'] ?? 'without a name');
