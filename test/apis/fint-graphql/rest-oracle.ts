// What GraphQL has to answer, by what REST shows the same caller: resources read one by one, links followed by their addresses, nothing shared with how
// the hub does it. For small data, and for callers to whom every resource that they see shows an identifier.
import type { Hub } from '#hub/query.ts';
import type { Principal } from '#hub/principal.ts';
import { ask, base, linksOf, list, listQuery, read, type Shown } from '../../hub/world.ts';

/** What is asked of a resource or a value: fields by the name that they have in the answer. */
export type Asked = Readonly<Record<string, AskedField>>;
export type AskedField =
  | { readonly kind: 'leaf'; readonly name: string }
  | { readonly kind: 'value'; readonly name: string; readonly asked: Asked }
  | { readonly kind: 'one' | 'many'; readonly name: string; readonly asked: Asked };

/** The document text of what is asked. */
export const textOf = (asked: Asked): string =>
  `{ __typename ${Object.entries(asked)
    .map(([key, field]) => {
      const head = key === field.name ? key : `${key}: ${field.name}`;
      return field.kind === 'leaf' ? head : `${head} ${textOf(field.asked)}`;
    })
    .join(' ')} }`;

export type Answered = Readonly<Record<string, unknown>>;

/** Reads by REST as one caller; the same resource is read once. */
export const restOracle = (hub: Hub, as: Principal) => {
  const known = new Map<string, Promise<Shown | null>>();
  const at = (path: string, field: string, value: string): Promise<Shown | null> => {
    const key = `${path} ${field} ${value}`;
    const held = known.get(key) ?? read(hub, path, field, value, as);
    known.set(key, held);
    return held;
  };
  const follow = (href: string): Promise<Shown | null> => {
    const parts = href.slice(base.length + 1).split('/');
    const [path, field = '', value = ''] = [parts.slice(0, -2).join('/'), parts.at(-2), parts.at(-1)];
    return at(path, field, decodeURIComponent(value));
  };
  const answer = async (resource: Shown, asked: Asked): Promise<Answered> => {
    const told: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(asked)) {
      if (field.kind === 'leaf' || field.kind === 'value') {
        told[key] = valueOf(resource[field.name], field);
        continue;
      }
      const targets = await Promise.all(linksOf(resource, field.name).map(follow));
      const seen = new Map(targets.filter((one) => one !== null).map((one) => [JSON.stringify(one['_links']), one]));
      const answers = await Promise.all([...seen.values()].map((one) => answer(one, field.asked)));
      told[key] = field.kind === 'one' ? (answers[0] ?? null) : answers;
    }
    return told;
  };
  return {
    one: async (path: string, field: string, value: string, asked: Asked): Promise<Answered | null> => {
      const found = await at(path, field, value);
      return found === null ? null : answer(found, asked);
    },
    /** `missing`: the caller may not list the collection; `refused`: not look at what the filter looks at. */
    many: async (
      path: string,
      filter: string | null,
      asked: Asked,
    ): Promise<readonly Answered[] | 'missing' | 'refused'> => {
      const question = filter === null ? {} : { filter };
      const { kind } = await ask(hub, listQuery(path, question), as);
      if (kind === 'missing' || kind === 'refused') return kind;
      const { entries } = await list(hub, path, question, as);
      return Promise.all(entries.map((one) => answer(one, asked)));
    },
  };
};

const valueOf = (value: unknown, field: Extract<AskedField, { kind: 'leaf' | 'value' }>): unknown => {
  if (value === undefined || value === null) return null;
  if (field.kind === 'leaf') return value;
  if (Array.isArray(value)) return value.map((one: unknown) => valueOf(one, field));
  const parts = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(field.asked).map(([key, inner]) => [
      key,
      inner.kind === 'leaf' || inner.kind === 'value' ? valueOf(parts[inner.name], inner) : null,
    ]),
  );
};

/** Without names of types, lists in an order that is theirs: what is compared is what is told. A list of which nothing may be known is empty. */
export const comparable = (value: unknown, asked: Asked | null): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((one: unknown) => comparable(one, asked));
    return asked === null ? items : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null || asked === null) return value ?? null;
  const parts = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(asked).map(([key, field]) => [
      key,
      field.kind === 'leaf'
        ? (parts[key] ?? null)
        : comparable(field.kind === 'many' ? (parts[key] ?? []) : parts[key], field.asked),
    ]),
  );
};
