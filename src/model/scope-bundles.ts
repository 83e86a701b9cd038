// bundles.yaml: what the scopes of a link open. Read at the start by the composition, and by commands that give links; hub/link-grants.ts makes
// grants of it. Knows no stored data and no token.
import { parse } from 'yaml';
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { didYouMean } from '#base/text.ts';
import { covers } from './derive-scopes.ts';
import type { Collection, Model, Sensitivity, Text } from './model.ts';

export type BundleAction = 'read' | 'list' | 'write';

/** Some collections, opened alike. */
export type BundlePart = {
  /** Paths, or a folder with `/*`. */
  readonly collections: readonly string[];
  readonly actions: readonly BundleAction[];
  /** Attributes and relations (jsonNames); null = all. */
  readonly fields: readonly string[] | null;
  /** Sensitivities that are not withheld, beside open and personal. */
  readonly shows: readonly Sensitivity[];
  /** It is never shown of a protected person, whatever the clearance: a relation may tell as much as an attribute that is withheld. */
  readonly unprotected: boolean;
};

export type ScopeBundle = {
  readonly scope: string;
  readonly description: Text;
  /** Other names by which tokens may ask for it. */
  readonly aliases: readonly string[];
  /** It lets follow what the other scopes of the same token open. */
  readonly follows: boolean;
  readonly opens: readonly BundlePart[];
};

export type ScopeBundles = {
  /** What the schools of a link are: the scope of rows, its target and the identifier of it that names them. Null = links are never limited to schools. */
  readonly rows: { readonly scope: string; readonly field: string; readonly target: string } | null;
  /** By scope, in the order of the files. */
  readonly bundles: ReadonlyMap<string, ScopeBundle>;
  /** The scope of an alias. */
  readonly aliases: ReadonlyMap<string, string>;
};

/** Of a model without bundles: nobody can be let in by scopes. */
export const noBundles: ScopeBundles = { rows: null, bundles: new Map(), aliases: new Map() };

/** What stays hidden unless a part shows it. */
export const withheldByDefault: readonly Sensitivity[] = ['national-id', 'protected', 'special'];

type Fields = Readonly<Record<string, unknown>>;
type Complain = (at: string, message: string) => void;

const scopeForm = /^[a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9.-]*$/;
const actions: readonly BundleAction[] = ['read', 'list', 'write'];
const topKeys = ['rows', 'parts', 'scopes'];
const bundleKeys = ['nb', 'en', 'aliases', 'follows', 'opens'];
const partKeys = ['collections', 'actions', 'fields', 'but', 'shows', 'unprotected'];

/**
 * Takes the texts of the bundles.yaml files by file name and the model; gives the bundles of all of them. Fails with HUB-200 and one item per
 * fault: an unknown key, part, collection, field, action or sensitivity, a scope that stands twice, a text that is missing.
 */
export const readScopeBundles = (files: ReadonlyMap<string, string>, model: Model): Result<ScopeBundles> => {
  const errors: ProblemItem[] = [];
  const bundles = new Map<string, ScopeBundle>();
  let rows: ScopeBundles['rows'] = null;
  for (const [file, text] of files) {
    const complain: Complain = (at, message) => void errors.push({ at: `${file}: ${at}`, message, code: 'HUB-200' });
    const top = parsed(text, complain);
    unknownKeys(top, topKeys, 'bundles', complain);
    rows = top['rows'] === undefined ? rows : readRows(top['rows'], model, complain);
    const parts = new Map(
      Object.entries(mapIn(top, 'parts', 'bundles', complain)).map(([name, value]) => [
        name,
        listOf(value, `parts/${name}`, complain).flatMap((one, index) =>
          readPart(one, model, `parts/${name}[${index}]`, complain),
        ),
      ]),
    );
    for (const [scope, value] of Object.entries(mapIn(top, 'scopes', 'bundles', complain))) {
      if (!scopeForm.test(scope)) complain(scope, 'is no scope: letters, a colon, and a name');
      if (bundles.has(scope)) complain(scope, 'stands twice');
      bundles.set(scope, readBundle(scope, value, { parts, model, complain }));
    }
  }
  const aliases = new Map(
    [...bundles.values()].flatMap((one) => one.aliases.map((alias) => [alias, one.scope] as const)),
  );
  for (const alias of aliases.keys())
    if (bundles.has(alias)) errors.push({ at: alias, message: 'is a scope itself', code: 'HUB-200' });
  const [first] = errors;
  return first === undefined
    ? ok({ rows, bundles, aliases })
    : failed(problem('HUB-200', `${errors.length} finding(s); the first: ${first.at}: ${first.message}`, { errors }));
};

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string, complain: Complain): Fields => {
  try {
    const value: unknown = parse(text);
    if (isMap(value)) return value;
    complain('bundles', 'takes a map');
  } catch (error) {
    complain('yaml', error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'cannot be read');
  }
  return {};
};

const unknownKeys = (value: Fields, known: readonly string[], at: string, complain: Complain): void => {
  for (const key of Object.keys(value))
    if (!known.includes(key)) complain(at, `unknown key '${key}'; known are ${known.join(', ')}`);
};

const mapIn = (value: Fields, key: string, at: string, complain: Complain): Fields => {
  const held = value[key] ?? {};
  if (isMap(held)) return held;
  complain(at, `'${key}' takes a map`);
  return {};
};

const listOf = (value: unknown, at: string, complain: Complain): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  complain(at, 'takes a list');
  return [];
};

const textsIn = (value: Fields, key: string, at: string, complain: Complain): readonly string[] | null => {
  const held = value[key];
  if (held === undefined) return null;
  if (Array.isArray(held) && held.every((one) => typeof one === 'string')) return held;
  complain(at, `'${key}' takes a list of texts`);
  return null;
};

const unknownName = (name: string, known: Iterable<string>): string =>
  `there is no '${name}'${didYouMean(name, known)}`;

const readRows = (value: unknown, model: Model, complain: Complain): ScopeBundles['rows'] => {
  const { scope, field } = isMap(value) ? value : {};
  if (typeof scope !== 'string' || typeof field !== 'string') {
    complain('rows', 'takes scope and field');
    return null;
  }
  const target = model.scopes.get(scope)?.target;
  if (target === undefined) complain('rows', unknownName(scope, model.scopes.keys()));
  else if (model.collections.get(target)?.identifierBySegment.has(field) === true) return { scope, field, target };
  else complain('rows', `${target} has no identifier '${field}'`);
  return null;
};

type Reading = {
  readonly parts: ReadonlyMap<string, readonly BundlePart[]>;
  readonly model: Model;
  readonly complain: Complain;
};

const readBundle = (scope: string, value: unknown, { parts, model, complain }: Reading): ScopeBundle => {
  const fields = isMap(value) ? value : {};
  unknownKeys(fields, bundleKeys, scope, complain);
  const { nb, en, follows = false } = fields;
  if (typeof nb !== 'string' || typeof en !== 'string') complain(scope, 'is described in both languages');
  if (typeof follows !== 'boolean') complain(scope, "'follows' takes true or false");
  const opens = listOf(fields['opens'], scope, complain).flatMap((one, index) => {
    if (typeof one !== 'string') return readPart(one, model, `${scope}[${index}]`, complain);
    const found = parts.get(one);
    if (found === undefined) complain(`${scope}[${index}]`, unknownName(one, parts.keys()));
    return found ?? [];
  });
  if (opens.length === 0 && follows !== true) complain(scope, 'opens nothing');
  return {
    scope,
    description: { nb: String(nb), en: String(en) },
    aliases: textsIn(fields, 'aliases', scope, complain) ?? [],
    follows: follows === true,
    opens,
  };
};

/** Reads one part, as bundles and access packages write it; what is wrong is complained of, at `at`. */
export const readPart = (value: unknown, model: Model, at: string, complain: Complain): readonly BundlePart[] => {
  if (!isMap(value)) {
    complain(at, 'takes a map');
    return [];
  }
  unknownKeys(value, partKeys, at, complain);
  const collections = textsIn(value, 'collections', at, complain) ?? [];
  if (collections.length === 0) complain(at, 'names no collection');
  const covered = [...model.collections.values()].filter(({ path }) =>
    collections.some((pattern) => covers(pattern, path)),
  );
  for (const pattern of collections)
    if (!covered.some(({ path }) => covers(pattern, path)))
      complain(at, unknownName(pattern, model.collections.keys()));
  const shows = (textsIn(value, 'shows', at, complain) ?? []).flatMap((word) => {
    const known = withheldByDefault.find((one) => one === word);
    if (known === undefined) complain(at, unknownName(word, withheldByDefault));
    return known ?? [];
  });
  const done = (textsIn(value, 'actions', at, complain) ?? ['read', 'list']).flatMap((word) => {
    const known = actions.find((one) => one === word);
    if (known === undefined) complain(at, unknownName(word, actions));
    return known ?? [];
  });
  const { unprotected = false } = value;
  if (typeof unprotected !== 'boolean') complain(at, "'unprotected' takes true or false");
  const fields = readFields(value, covered, at, complain);
  return [{ collections, actions: done, fields, shows, unprotected: unprotected === true }];
};

/** The names that show: those given, or all that the collections have but some; null for all. */
const readFields = (
  value: Fields,
  covered: readonly Collection[],
  at: string,
  complain: Complain,
): readonly string[] | null => {
  const [given, but] = [textsIn(value, 'fields', at, complain), textsIn(value, 'but', at, complain)];
  if (given === null && but === null) return null;
  if (given !== null && but !== null) complain(at, "has either 'fields' or 'but'");
  const known = new Set(
    covered.flatMap(({ class: type }) => [...type.attributes, ...type.relations].map(({ jsonName }) => jsonName)),
  );
  for (const name of given ?? but ?? []) if (!known.has(name)) complain(at, unknownName(name, known));
  return given ?? [...known].filter((name) => but?.includes(name) !== true);
};
