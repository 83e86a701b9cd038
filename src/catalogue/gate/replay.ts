// What changes, tried on those who use it: documents that applications have registered against the schemas of before and of now, and which parts somebody
// must have used to be hit by a difference. Called by the command of the gate. Asks no store: it is given what is known.
import { limits } from '#base/limits.ts';
import type { ClientDocument } from '../client-document.ts';
import type { Coordinate } from '../contract.ts';
import { clientSchema, widestSchema } from './client-schema.ts';
import type { GateFinding } from './finding.ts';
import { graphqlParts, namedIn } from './graphql-parts.ts';
import type { SchemaParts } from './graphql-parts.ts';
import type { ReleaseSet } from './release-set.ts';
import { documentTrier } from './try-document.ts';
import type { TriedDocument } from './try-document.ts';

/** A registered document that could be run before and cannot be any more. */
export type BrokenDocument = {
  readonly document: string;
  readonly name: string;
  readonly application: string;
  readonly owner: string;
  readonly api: string;
  /** Why. */
  readonly errors: readonly string[];
};

type Trier = (text: string, flags: readonly string[]) => TriedDocument;

/**
 * The documents that were right for what was released and are not for what there is now, in the order in which they are given: they do not validate any
 * more, or ask for more than is taken. What was wrong before is nobody's fault now and is left out.
 */
export const replayDocuments = (
  documents: readonly ClientDocument[],
  before: ReleaseSet,
  after: ReleaseSet,
  most: number = limits.graphqlCost,
): readonly BrokenDocument[] => {
  const [was, is] = [triers(before), triers(after)];
  return documents.flatMap(({ id, name, application, owner, api, flags, text }) => {
    const broken = (errors: readonly string[]): readonly BrokenDocument[] => [
      { document: id, name, application, owner, api, errors },
    ];
    const old = was(api, flags)?.(text, flags);
    if (old === undefined || old.cost === null) return [];
    const now = is(api, flags)?.(text, flags);
    if (now === undefined) return broken([`${api} describes no schema any more.`]);
    if (now.cost === null) return broken(now.errors);
    // A hub may be set so that a flag opens what is firmer too: who relied on that before goes on.
    if (now.closed.length > 0 && old.closed.length === 0) return broken(now.closed);
    return now.cost > most && old.cost <= most
      ? broken([`It may ask for ${now.cost} resources, and asked for ${old.cost}; at most ${most} are taken.`])
      : [];
  });
};

const described = ({ artefacts }: ReleaseSet, api: string): ReleaseSet['artefacts'] =>
  artefacts.filter((one) => one.api === api);

/** What tries documents of an API with flags; undefined where it has no schema. Schemas are built once each. */
const triers = (set: ReleaseSet): ((api: string, flags: readonly string[]) => Trier | undefined) => {
  const built = new Map<string, Trier>();
  return (api, flags) => {
    const sdl = clientSchema(described(set, api), flags);
    if (sdl === null) return undefined;
    const trier = built.get(sdl) ?? documentTrier(sdl);
    built.set(sdl, trier);
    return trier;
  };
};

/**
 * Of which parts somebody must have used one to be hit by a difference, for every API of a release. Most differences hit who has used the part itself; what
 * must be given, or counts where it is left out, hits who has used what it belongs to.
 */
export const hitParts = (before: ReleaseSet): ((finding: GateFinding) => readonly Coordinate[]) => {
  const schemas = new Map<string, SchemaParts | null>();
  const schemaOf = (api: string): SchemaParts | null => {
    const known = schemas.get(api);
    if (known !== undefined) return known;
    const sdl = widestSchema(described(before, api));
    const parts = sdl === null ? null : graphqlParts(sdl);
    schemas.set(api, parts);
    return parts;
  };
  return ({ api, coordinate, rule }) => {
    const schema = schemaOf(api);
    return schema === null ? [coordinate] : partsHit(coordinate, rule, schema);
  };
};

const leftOut: ReadonlySet<string> = new Set([
  'argument-required',
  'argument-added',
  'input-member-required',
  'input-member-added',
  'input-one-of',
  'default-narrowed',
  'default-changed',
  'default-first-lowered',
]);

const partsHit = (coordinate: Coordinate, rule: string, schema: SchemaParts): readonly Coordinate[] => {
  const argument = coordinate.indexOf('(');
  if (argument > 0) return leftOut.has(rule) ? [coordinate.slice(0, argument)] : [coordinate];
  const [typeName = '', part] = coordinate.split('.');
  const type = schema.types.get(typeName);
  if (type === undefined) return [coordinate];
  if (type.kind === 'input') return leftOut.has(rule) ? placesOf(typeName, schema) : [coordinate];
  // Fields of an enum, a union or an interface do not tell which value or which type was met.
  const isMet = type.kind === 'enum' || type.kind === 'union' || type.kind === 'scalar';
  if (isMet || rule === 'interface-added')
    return [coordinate, ...placesOf(typeName, schema), ...[...type.interfaces].flatMap((one) => placesOf(one, schema))];
  return part === undefined ? [coordinate, ...placesOf(typeName, schema)] : [coordinate];
};

/** Fields, arguments and members of inputs that are of a type. */
const placesOf = (name: string, { types }: SchemaParts): readonly Coordinate[] =>
  [...types].flatMap(([owner, { fields, inputs }]) => [
    ...[...fields].flatMap(([field, { type, args }]) => [
      ...(namedIn(type) === name ? [`${owner}.${field}`] : []),
      ...[...args].flatMap(([arg, input]) => (namedIn(input.type) === name ? [`${owner}.${field}(${arg}:)`] : [])),
    ]),
    ...[...inputs].flatMap(([member, { type }]) => (namedIn(type) === name ? [`${owner}.${member}`] : [])),
  ]);
