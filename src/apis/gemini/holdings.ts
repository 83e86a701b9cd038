// The types of Gemini as tables of one institution: made when it is first asked for, since ids hold its number, and held against the model at start for
// all. Used by the operations. Asks no hub.
import type { Clock } from '#base/clock.ts';
import type { Projection } from '#hub/documents/document.ts';
import { civilNow } from '#mappings/converters.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';
import { noFacts, projectionOf } from '#mappings/project.ts';
import type { Model } from '#model/model.ts';
import { readTable } from '#tables/read-table.ts';
import type { TableMember, TableReading } from '#tables/table.ts';
import type { IdKeys, Ids } from './ids.ts';
import type { IdsOf } from './mappings/field.ts';
import { membersOf, type GeminiType, type Link } from './mappings/gemini-type.ts';

/** One type of one institution. */
export type Holding = {
  readonly type: GeminiType;
  readonly mapping: MappingReading;
  /** The type addressed by an identifier, by its attribute. */
  readonly by: (attribute: string) => TableReading;
  /** Whole documents, for the day that it is. */
  readonly projection: () => Projection<unknown>;
};

export type Holdings = {
  /** Throws at start when the model does not bear a type out. */
  readonly of: (owner: string, type: GeminiType) => Holding;
};

type Deps = {
  readonly model: Model;
  readonly ids: Ids;
  readonly keys: IdKeys;
  readonly clock: Pick<Clock, 'now'>;
};

// Institutions whose types are kept: there are some dozens.
const keptOwners = 256;

export const createHoldings = (deps: Deps): Holdings => {
  const kept = new Map<string, Map<GeminiType, Holding>>();
  const typesOf = (owner: string): Map<GeminiType, Holding> => {
    const known = kept.get(owner);
    if (known !== undefined) return known;
    if (kept.size >= keptOwners) kept.clear();
    const made = new Map<GeminiType, Holding>();
    kept.set(owner, made);
    return made;
  };
  return {
    of: (owner, type) => {
      const types = typesOf(owner);
      const known = types.get(type);
      if (known !== undefined) return known;
      const made = holdingOf(deps, owner, type);
      types.set(type, made);
      return made;
    },
  };
};

/** The column that takes what a link leads to by the identifier that all have. */
export const plainColumn = (column: string): string => `${column}:${'plain'}`;

const asText = (held: unknown): string | undefined => (typeof held === 'string' ? held : undefined);

const linkMembers = ({ model, keys }: Deps, { column, relation, to }: Link): readonly TableMember[] => {
  const key = keys.keyOf.get(model.collections.get(to)?.class.key ?? '') ?? null;
  const plain: TableMember = { of: [plainColumn(column)], relation, identifier: keys.fallback, make: asText };
  return key === null ? [plain] : [{ of: [column], relation, identifier: key, make: asText }, plain];
};

const holdingOf = (deps: Deps, owner: string, type: GeminiType): Holding => {
  const { model, ids, keys, clock } = deps;
  const idsOf: IdsOf = ids.of(owner);
  const { writes } = type;
  const table = {
    mapping: {
      // Documents are remembered by it: those of one institution hold its number.
      name: `gemini/${type.schema}@${owner}`,
      schema: type.schema,
      collection: type.collection,
      describe: type.describe,
      fields: membersOf(type, idsOf),
    },
    filters: type.filters ?? [],
    ...(writes === undefined
      ? {}
      : {
          writes: {
            operations: writes.operations,
            members: [...writes.members, ...writes.links.flatMap((link) => linkMembers(deps, link))],
            readOnly: [],
          },
        }),
  };
  const readings = new Map<string, TableReading>();
  const by = (attribute: string): TableReading => {
    const known = readings.get(attribute);
    if (known !== undefined) return known;
    const made = readTable({ ...table, key: attribute }, model);
    readings.set(attribute, made);
    return made;
  };
  const { mapping } = by(keys.fallback);
  return {
    type,
    mapping,
    by,
    projection: () =>
      projectionOf(mapping, { fields: null, includes: new Set(), now: civilNow(clock.now()) }, noFacts, {
        notation: jsonNotation,
        id: null,
      }),
  };
};
