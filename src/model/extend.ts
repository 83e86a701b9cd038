// Puts the members of extensions into the classes that they extend, so that everything after reads one model. Called by merge, between
// reading and checking. Pure; what holds for every member is checked where those of packages are.
import { classKey, packagePath, validName } from './naming.ts';
import { below } from './findings.ts';
import type { Complain } from './findings.ts';
import type { SourceAddition, SourceAttribute, SourceExtension, SourcePackage, SourceRelation } from './source.ts';

type Added = { readonly attributes: SourceAttribute[]; readonly relations: SourceRelation[] };

/**
 * Takes packages and extensions, gives the packages with the added members after the own ones of their class. Complains (`extension`) about
 * a class that does not exist, and about members that would change what others already rely on: mandatory ones and identifiers.
 */
export const extendPackages = (
  packages: readonly SourcePackage[],
  extensions: readonly SourceExtension[],
  identifierType: string,
  complain: Complain,
): readonly SourcePackage[] => {
  const known = new Set(packages.flatMap(({ path, classes }) => classes.map(({ name }) => classKey(path, name))));
  const added = new Map<string, Added>();
  const names = new Set<string>();
  for (const extension of extensions) {
    checkExtension(extension, complain);
    if (names.has(extension.name))
      complain(below(extension.at, 'extension'), 'duplicate', `extension ${extension.name} is defined twice`);
    names.add(extension.name);
    for (const addition of extension.additions) {
      if (!known.has(addition.class))
        complain(addition.at, 'extension', `class ${addition.class} is of no package of the model`);
      checkAddition(addition, identifierType, complain);
      const more = added.get(addition.class) ?? { attributes: [], relations: [] };
      more.attributes.push(...addition.attributes);
      more.relations.push(...addition.relations);
      added.set(addition.class, more);
    }
  }
  if (added.size === 0) return packages;
  return packages.map((one) => ({
    ...one,
    classes: one.classes.map((each) => {
      const more = added.get(classKey(one.path, each.name));
      return more === undefined
        ? each
        : {
            ...each,
            attributes: [...each.attributes, ...more.attributes],
            relations: [...each.relations, ...more.relations],
          };
    }),
  }));
};

const checkAddition = (addition: SourceAddition, identifierType: string, complain: Complain): void => {
  if (addition.attributes.length + addition.relations.length === 0)
    complain(addition.at, 'extension', `nothing is added to ${addition.class}`);
  for (const { at, name, optional, type } of addition.attributes) {
    if (!optional) complain(at, 'extension', `'${name}' must be optional: deliveries of today lack it`);
    if (type === identifierType)
      complain(at, 'extension', `'${name}' would be an identifier; addresses are those of the model`);
  }
  for (const { at, name, multiplicity } of addition.relations)
    if (multiplicity.startsWith('1'))
      complain(below(at, 'multiplicity'), 'extension', `'${name}' must be optional: deliveries of today lack it`);
};

const checkExtension = ({ at, file, name, nb, en }: SourceExtension, complain: Complain): void => {
  if (!validName.test(name) || `extensions/${packagePath([name])}.yaml` !== file)
    complain(below(at, 'extension'), 'extension', `extension '${name}' must lie in extensions/ under its own name`);
  for (const [language, text] of [
    ['nb', nb],
    ['en', en],
  ] as const)
    if (text.trim() === '') complain(below(at, language), 'text', `extension ${name} has no text in '${language}'`);
};
