// From the resource that a client sends to the one that is to be stored: read, held against the model and the caller's grants, and on an update
// joined with what the caller does not see and so cannot have meant to change. Called by writing.ts; pure. Nothing is dropped silently: whatever
// cannot be kept is refused, and what may not be written is refused in the words of what does not exist.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { hrefOf } from '#model/href.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { FieldView } from '#store/plan.ts';
import type { IdentifierValue, LinkTarget, OwnLink, PreparedResource } from '#store/store.ts';
import type { NationalIdGuard } from './national-id-policy.ts';
import { createPreparer } from './prepare.ts';
import type { Preparer } from './prepare.ts';
import { shownName } from './prepare-findings.ts';
import type { Finding } from './prepare-findings.ts';
import { readReference } from './prepare-links.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What of a collection a caller may write. */
export type Writable = Pick<FieldView, 'attributes' | 'relations'>;

/** A stored resource as it is, and as its caller sees it. */
export type Present = {
  readonly whole: Json;
  readonly seen: Json;
  readonly primary: IdentifierValue;
  /** Its own links as delivered, hrefs by relation. */
  readonly own: ReadonlyMap<string, readonly string[]>;
};

/** Hrefs by relation (jsonName). */
export type LinksByRelation = ReadonlyMap<string, readonly string[]>;

export type WriteBodies = {
  /** A new resource. Fails with HUB-415, every finding named. */
  readonly create: (collection: Collection, writable: Writable, given: Json) => Result<PreparedResource>;
  /** What a stored resource becomes: members and links that the caller does not see stay, links that others have brought stay theirs. Fails with HUB-415. */
  readonly update: (
    collection: Collection,
    writable: Writable,
    given: Json,
    present: Present,
  ) => Result<PreparedResource>;
  /**
   * What a stored resource becomes when some of its members change: attributes by JSON merge patch (RFC 7396), and of the relations named the own
   * links as they are to be. Whatever is not named stays, and what is mandatory and was never there may stay away. Fails with HUB-415.
   */
  readonly patch: (
    collection: Collection,
    writable: Writable,
    values: Json,
    links: LinksByRelation,
    present: Present,
  ) => Result<PreparedResource>;
  /** The canonical JSON text of a resource with its own links, absolute: what an adapter is given. */
  readonly text: (collection: Collection, prepared: PreparedResource) => string;
  /** Checks and canonical form of a resource as any source sends it; nothing about who may. */
  readonly prepare: (collection: Collection, resource: unknown) => PreparedResource | null;
};

/** Parses the body of a write. Fails with HUB-101 (not JSON), HUB-415 (no object, nested too deep, too many members). */
export const readResource = (text: string): Result<Json> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(problem('HUB-101', 'The body is not well-formed JSON.'));
  }
  if (!isJson(value)) return failed(notWritable([{ at: '', message: 'expected an object', code: 'HUB-618' }]));
  const beyond = beyondBounds(value);
  return beyond === null ? ok(value) : failed(notWritable([{ at: '', message: beyond, code: 'HUB-618' }]));
};

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Why a JSON object is deeper or has more members than may be; null when it is not. */
export const beyondBounds = (root: object): string | null => {
  let level: unknown[] = [root];
  let members = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.jsonDepth) return `nested deeper than ${limits.jsonDepth}`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const inner: readonly unknown[] = Object.values(value);
      if (!Array.isArray(value)) members += inner.length;
      if (members > limits.jsonKeys) return `more than ${limits.jsonKeys} members`;
      for (const one of inner) if (typeof one === 'object' && one !== null) next.push(one);
    }
    level = next;
  }
  return null;
};

/** The one problem of a resource that cannot be written. */
export const notWritable = (errors: readonly ProblemItem[]) =>
  problem('HUB-415', 'The resource cannot be written as it was sent; nothing was changed.', {
    errors: errors.slice(0, 100),
  });

const wrongIds = (errors: readonly ProblemItem[]) =>
  problem('HUB-417', 'The resource holds a national id that this environment does not take; nothing was changed.', {
    errors,
  });

const unwritable = 'no such member, or one that this application may not write';

/** Preparers by collection, each compiled when first asked for. */
const preparersOf = (
  model: Model,
  baseUrl: () => string,
  guard: NationalIdGuard | null,
): ((collection: Collection) => Preparer) => {
  const preparers = new Map<CollectionPath, Preparer>();
  return (collection) => {
    const known = preparers.get(collection.path);
    if (known !== undefined) return known;
    const made = createPreparer(collection, model, baseUrl(), guard);
    preparers.set(collection.path, made);
    return made;
  };
};

/** Builds the preparation of writes; `baseUrl` is asked when a collection is first written. What `guard` refuses cannot be written (HUB-417). */
export const createWriteBodies = (
  model: Model,
  baseUrl: () => string,
  guard: NationalIdGuard | null = null,
): WriteBodies => {
  const preparerOf = preparersOf(model, baseUrl, guard);
  // What is stored is read as it is.
  const storedOf = guard === null ? preparerOf : preparersOf(model, baseUrl, null);

  const prepare = (
    collection: Collection,
    writable: Writable,
    given: Json,
    present: Present | null,
    asked = given,
    lacking: ReadonlySet<string> = new Set(),
  ): Result<PreparedResource> => {
    const errors = forbidden(collection, writable, asked);
    const whole = present === null ? given : { ...given, ...kept(model, collection, writable, given, present) };
    const result = preparerOf(collection)(whole, present?.primary.value ?? null);
    if ('rejected' in result) {
      const items = [...errors, itemOf(result.rejected)];
      return failed(result.rejected.code === 'HUB-417' ? wrongIds(items) : notWritable(items));
    }
    const links =
      present === null
        ? result.prepared.links
        : joinedLinks(collection, result.prepared.links, present, { base: baseUrl(), model });
    const has = new Set(links.map(({ relation }) => relation));
    for (const finding of result.findings) {
      // What is mandatory and not sent may be there all the same, out of the caller's sight.
      const relation = finding.code === 'HUB-613' ? linkName(finding.at) : null;
      const isLacking = finding.code === 'HUB-613' && lacking.has(finding.at);
      if (!isLacking && (relation === null || !has.has(relation))) errors.push(itemOf(finding));
    }
    return errors.length > 0 ? failed(notWritable(distinct(errors))) : ok({ ...result.prepared, links });
  };

  return {
    create: (collection, writable, given) => prepare(collection, writable, given, null),
    update: (collection, writable, given, present) => prepare(collection, writable, given, present),
    patch: (collection, writable, values, links, present) => {
      const errors = unknownNames(collection, values);
      if (errors.length > 0) return failed(notWritable(errors));
      const own = new Map([...present.own, ...links]);
      const given = { ...patched(collection, values, present), _links: linksText(own) };
      const asked = { ...values, _links: linksText(links) };
      return prepare(collection, writable, given, present, asked, lackingIn(collection, values, links, present));
    },
    prepare: (collection, resource) => {
      const result = storedOf(collection)(resource, null);
      return 'prepared' in result ? result.prepared : null;
    },
    text: (collection, prepared) => {
      const base = baseUrl();
      const own: [string, readonly string[]][] = [
        ['self', prepared.identifiers.map(({ field, value }) => hrefOf(base, collection.path, field, value))],
        ...prepared.links.map(({ relation, targets }): [string, readonly string[]] => [
          relation,
          targets.map((target) => hrefOfTarget(base, target)),
        ]),
      ];
      const links = own.map(([name, hrefs]) => [name, hrefs.map((href) => ({ href }))] as const);
      return `{${prepared.attributes},"_links":${JSON.stringify(Object.fromEntries(links))}}`;
    },
  };
};

/** Where a source has left out what is mandatory: a change of something else need not bring it. */
const lackingIn = (
  { class: { attributes, relations } }: Collection,
  values: Json,
  links: LinksByRelation,
  { whole, own }: Present,
): ReadonlySet<string> =>
  new Set([
    ...attributes
      .filter(({ name, jsonName }) => whole[jsonName] === undefined && !(name in values) && !(jsonName in values))
      .map(({ jsonName }) => `/${jsonName}`),
    ...relations
      .filter(({ jsonName }) => !own.has(jsonName) && !links.has(jsonName))
      .map(({ jsonName }) => `/_links/${jsonName}`),
  ]);

const linksText = (links: LinksByRelation): Json =>
  Object.fromEntries([...links].map(([relation, hrefs]) => [relation, hrefs.map((href) => ({ href }))]));

/** Members that the class does not have, `null` among them: what is to be taken away must be there to be taken. */
const unknownNames = (collection: Collection, values: Json): ProblemItem[] =>
  Object.keys(values).flatMap((key): ProblemItem[] =>
    collection.class.attributes.some(({ name, jsonName }) => key === name || key === jsonName)
      ? []
      : [{ at: `/${shownName(key)}`, message: unwritable, code: 'HUB-614' }],
  );

/** The stored attributes with a merge patch applied to them. What is out of sight within a value stays, since nobody can mean it. */
const patched = (collection: Collection, values: Json, { whole }: Present): Json => {
  const made: Record<string, unknown> = {};
  for (const { name, jsonName } of collection.class.attributes) {
    const sent = jsonName in values ? values[jsonName] : values[name];
    const value = sent === undefined ? whole[jsonName] : merged(whole[jsonName], sent);
    if (value !== undefined) made[jsonName] = value;
  }
  return made;
};

/** RFC 7396 on one value; undefined when it is taken away. */
const merged = (stored: unknown, patch: unknown): unknown => {
  if (patch === null) return undefined;
  if (!isJson(patch)) return patch;
  const made: Record<string, unknown> = isJson(stored) ? { ...stored } : {};
  for (const [key, value] of Object.entries(patch)) {
    const next = merged(made[key], value);
    if (next === undefined) delete made[key];
    else made[key] = next;
  }
  return made;
};

/** The absolute address of a link's target. */
export const hrefOfTarget = (base: string, target: LinkTarget): string =>
  target.kind === 'verbatim' ? target.href : hrefOf(base, target.collection, target.field, target.value);

const itemOf = ({ code, at, message }: Finding): ProblemItem => ({
  at,
  message: code === 'HUB-614' ? unwritable : message,
  code,
});

const distinct = (errors: readonly ProblemItem[]): readonly ProblemItem[] => [
  ...new Map(errors.map((error) => [`${error.at} ${error.code}`, error])).values(),
];

const linkName = (at: string): string | null => (at.startsWith('/_links/') ? at.slice('/_links/'.length) : null);

/** Members of the model that the caller may not write, in the words of members that do not exist. */
const forbidden = (collection: Collection, writable: Writable, given: Json): ProblemItem[] => {
  const errors: ProblemItem[] = [];
  const names = new Map<string, string>();
  for (const { name, jsonName } of collection.class.attributes)
    for (const one of [name, jsonName]) names.set(one, jsonName);
  for (const key of Object.keys(given)) {
    const name = names.get(key);
    if (name !== undefined && !writable.attributes.has(name))
      errors.push({ at: `/${shownName(key)}`, message: unwritable, code: 'HUB-614' });
  }
  const links = given['_links'];
  if (!isJson(links)) return errors;
  const relations = new Map<string, string>();
  for (const { name, jsonName } of collection.class.relations)
    for (const one of [name, jsonName]) relations.set(one, jsonName);
  for (const key of Object.keys(links)) {
    const name = relations.get(key);
    if (name !== undefined && !writable.relations.has(name))
      errors.push({ at: `/_links/${shownName(key)}`, message: unwritable, code: 'HUB-614' });
  }
  return errors;
};

/** Stored attributes that an update leaves alone: those out of sight, those sent back just as they were seen, and a protection marking that was not sent. */
const kept = (
  model: Model,
  collection: Collection,
  writable: Writable,
  given: Json,
  { whole, seen }: Present,
): Json => {
  const stays: Record<string, unknown> = {};
  const marking = model.protection.markings.get(collection.path)?.attribute;
  for (const { name, jsonName } of collection.class.attributes) {
    const stored = whole[jsonName];
    if (stored === undefined) continue;
    const sent = given[jsonName] ?? given[name];
    const unsent = sent === undefined || sent === null;
    const unseen = !writable.attributes.has(jsonName) || seen[jsonName] === undefined;
    const shown = JSON.stringify(seen[jsonName]);
    // Links inside a value may have been out of sight.
    const asSeen = shown !== JSON.stringify(stored) && shown === JSON.stringify(sent);
    if ((unseen && unsent) || asSeen || (jsonName === marking && unsent)) stays[jsonName] = stored;
  }
  return stays;
};

type Places = { readonly base: string; readonly model: Model };

/** The own links of an updated resource: those sent, without those that other resources have brought, and with own ones that were out of sight. */
const joinedLinks = (
  collection: Collection,
  sent: readonly OwnLink[],
  { whole, seen, own }: Present,
  { base, model }: Places,
): readonly OwnLink[] => {
  const shown = hrefsOf(whole);
  const visible = hrefsOf(seen);
  const byRelation = new Map<string, readonly LinkTarget[]>();
  for (const { relation, targets } of sent) {
    const delivered = new Set(own.get(relation));
    const brought = new Set((shown.get(relation) ?? []).filter((href) => !delivered.has(href)));
    byRelation.set(
      relation,
      targets.filter((target) => !brought.has(hrefOfTarget(base, target))),
    );
  }
  for (const [relation, hrefs] of own) {
    const seenHere = new Set(visible.get(relation));
    const hidden = hrefs.filter((href) => !seenHere.has(href));
    if (hidden.length === 0) continue;
    const rule = collection.links.get(relation);
    const target = rule === undefined || rule.target === null ? undefined : model.collections.get(rule.target);
    const known = byRelation.get(relation) ?? [];
    const there = new Set(known.map((one) => hrefOfTarget(base, one)));
    const back = hidden
      .filter((href) => !there.has(href))
      .map((href): LinkTarget => {
        const inside = target !== undefined && href.startsWith(`${base}/${target.path}/`);
        return (inside ? readReference(href, target) : null) ?? { kind: 'verbatim', href };
      });
    byRelation.set(relation, [...known, ...back]);
  }
  const ordered = [
    ...collection.class.relations.map(({ jsonName }) => jsonName),
    ...[...byRelation.keys()].filter((name) => !collection.class.relationByName.has(name)),
  ];
  return ordered.flatMap((relation) => {
    const targets = byRelation.get(relation) ?? [];
    return targets.length === 0 ? [] : [{ relation, targets }];
  });
};

/** The hrefs in the `_links` of a resource, by relation. */
export const hrefsOf = (resource: Json): ReadonlyMap<string, readonly string[]> => {
  const links = resource['_links'];
  const found = new Map<string, readonly string[]>();
  if (!isJson(links)) return found;
  for (const [relation, targets] of Object.entries(links)) {
    if (!Array.isArray(targets)) continue;
    found.set(
      relation,
      targets.flatMap((one: unknown) => (isJson(one) && typeof one['href'] === 'string' ? [one['href']] : [])),
    );
  }
  return found;
};
