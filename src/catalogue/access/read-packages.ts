// Reads `catalogue/packages.yaml`: access packages, held against the model. Called by the composition and by commands. A package that names what the model
// does not have stops the start.
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { didYouMean } from '#base/text.ts';
import { covers } from '#model/derive-scopes.ts';
import { parseFile } from '#model/findings.ts';
import type { Collection, Model } from '#model/model.ts';
import { readPart, withheldByDefault, type BundlePart, type ScopeBundles } from '#model/scope-bundles.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';
import type { Words } from '../contract.ts';
import {
  accessAreas,
  type AccessArea,
  type AccessPackage,
  type AccessPackages,
  type PackageField,
  type PackagePart,
  type PackageSight,
} from './packages.ts';

type Fields = Readonly<Record<string, unknown>>;
type Complain = (at: string, message: string) => void;
type Reading = { readonly model: Model; readonly bundles: ScopeBundles; readonly complain: Complain };

const file = 'catalogue/packages.yaml';
const idForm = /^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/;
const packageKeys = ['name', 'about', 'opens'];

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes the text of the file, the model and its bundles; gives the packages of the areas whose part the model has. Fails with HUB-200 and one item per
 * fault: an unknown key, area, scope, collection or field, a text that is missing, a package that opens nothing.
 */
export const readAccessPackages = (text: string, model: Model, bundles: ScopeBundles): Result<AccessPackages> => {
  const errors: ProblemItem[] = [];
  const complain: Complain = (at, message) => void errors.push({ at: `${file}: ${at}`, message, code: 'HUB-200' });
  const { document } = parseFile(text);
  for (const { message } of document.errors) complain('yaml', message.split('\n')[0] ?? '');
  const value: unknown = errors.length > 0 ? {} : document.toJS();
  const top = mapOf(value, 'packages', complain);
  unknownKeys(top, ['areas', 'packages'], 'packages', complain);
  const areas = readAreas(mapOf(top['areas'] ?? {}, 'areas', complain), complain);
  const packages = new Map<string, AccessPackage>();
  for (const [id, one] of Object.entries(mapOf(top['packages'] ?? {}, 'packages', complain))) {
    const area = accessAreas.find((each) => each === id.split('.')[0]);
    if (!idForm.test(id) || area === undefined)
      complain(id, `is no area of ${accessAreas.join(', ')}, a dot and a name`);
    else if (!areas.has(area)) complain(id, `'areas' says nothing of ${area}`);
    else if (model.parts.has(areas.get(area) ?? ''))
      packages.set(id, readPackage(id, area, one, { model, bundles, complain }));
  }
  const [first] = errors;
  return first === undefined
    ? ok(packages)
    : failed(problem('HUB-200', `${errors.length} finding(s); the first: ${first.at}: ${first.message}`, { errors }));
};

const mapOf = (value: unknown, at: string, complain: Complain): Fields => {
  if (isMap(value)) return value;
  complain(at, 'takes a map');
  return {};
};

const unknownKeys = (value: Fields, known: readonly string[], at: string, complain: Complain): void => {
  for (const key of Object.keys(value))
    if (!known.includes(key)) complain(at, `unknown key '${key}'; known are ${known.join(', ')}`);
};

/** The part of the model that each area belongs to. */
const readAreas = (value: Fields, complain: Complain): ReadonlyMap<AccessArea, string> =>
  new Map(
    Object.entries(value).flatMap(([name, part]): (readonly [AccessArea, string])[] => {
      const area = accessAreas.find((one) => one === name);
      if (area === undefined) complain('areas', `there is no '${name}'${didYouMean(name, accessAreas)}`);
      if (typeof part !== 'string') complain('areas', `${name} takes the name of a part of the model`);
      return area === undefined || typeof part !== 'string' ? [] : [[area, part]];
    }),
  );

const wordsIn = (value: unknown, at: string, complain: Complain): Words => {
  const words = isMap(value) ? value : {};
  unknownKeys(words, ['nb', 'nn', 'en'], at, complain);
  const [nb = '', nn = '', en = ''] = ['nb', 'nn', 'en'].map((language) => {
    const text = words[language];
    if (typeof text === 'string' && text.trim() !== '') return text;
    complain(at, `has no text in ${language}`);
    return '';
  });
  return { nb, nn, en };
};

const readPackage = (id: string, area: AccessArea, value: unknown, reading: Reading): AccessPackage => {
  const { model, complain } = reading;
  const fields = mapOf(value, id, complain);
  unknownKeys(fields, packageKeys, id, complain);
  const parts = Array.isArray(fields['opens']) ? fields['opens'] : [];
  if (parts.length === 0) complain(id, 'opens nothing');
  const opens = parts.flatMap((one: unknown, index) => readOpened(one, `${id}[${index}]`, reading));
  return {
    id,
    area,
    name: wordsIn(fields['name'], `${id}: name`, complain),
    about: wordsIn(fields['about'], `${id}: about`, complain),
    opens,
    sight: sightOfParts(opens, model),
  };
};

/** What a scope of a link opens, or a part of its own. */
const readOpened = (value: unknown, at: string, { model, bundles, complain }: Reading): readonly PackagePart[] => {
  const scope = isMap(value) ? value['scope'] : undefined;
  if (scope === undefined) return readPart(value, model, at, complain).map((part) => resolved(part, null, model));
  if (isMap(value)) unknownKeys(value, ['scope'], at, complain);
  const bundle = bundles.bundles.get(String(scope));
  if (bundle === undefined)
    complain(at, `there is no scope '${String(scope)}'${didYouMean(String(scope), bundles.bundles.keys())}`);
  return (bundle?.opens ?? []).map((part) => resolved(part, bundle?.scope ?? null, model));
};

const resolved = (part: BundlePart, scope: string | null, model: Model): PackagePart => ({
  ...part,
  scope,
  collections: [...model.collections.keys()].filter((path) =>
    part.collections.some((pattern) => covers(pattern, path)),
  ),
  actions: part.actions.includes('list') ? [...part.actions, 'follow'] : part.actions,
});

const sightOfParts = (parts: readonly PackagePart[], model: Model): readonly PackageSight[] =>
  [...model.collections.values()].flatMap((collection): readonly PackageSight[] => {
    const opening = parts.filter(({ collections }) => collections.includes(collection.path));
    if (opening.length === 0) return [];
    return [
      {
        collection: collection.path,
        actions: [...new Set(opening.flatMap(({ actions }) => actions))],
        fields: fieldsOf(collection, opening, model),
      },
    ];
  });

/** Fields that some of the parts show, as grants would show them: withholding hides an attribute whole. */
const fieldsOf = ({ class: of }: Collection, parts: readonly PackagePart[], model: Model): readonly PackageField[] => {
  const named = (name: string): readonly PackagePart[] =>
    parts.filter(({ fields }) => fields === null || fields.includes(name));
  const attributes = of.attributes.flatMap((attribute): readonly PackageField[] => {
    const sensitivities = [...sensitivitiesOf(model, attribute)].filter((one) => withheldByDefault.includes(one));
    const shown = named(attribute.jsonName).some(({ shows }) => sensitivities.every((one) => shows.includes(one)));
    return shown ? [{ name: attribute.jsonName, sensitivities }] : [];
  });
  const relations = of.relations
    .filter(({ jsonName }) => named(jsonName).length > 0)
    .map(({ jsonName }): PackageField => ({ name: jsonName, sensitivities: [] }));
  return [...attributes, ...relations];
};
