// Puts the attributes of extensions into the classes that they extend, so that everything after reads one model. Called by load, between
// reading and checking. Pure; what holds for every attribute is checked where the attributes of packages are.
import { classKey, packagePath, validName } from './naming.ts';
import { below } from './findings.ts';
import type { Complain } from './findings.ts';
import type { SourceAttribute, SourceExtension, SourcePackage } from './source.ts';

/**
 * Takes packages and extensions, gives the packages with the added attributes after the own ones of their class. Complains (`extension`) about
 * a class that does not exist, and about attributes that would change what others already rely on: mandatory ones and identifiers.
 */
export const extendPackages = (
  packages: readonly SourcePackage[],
  extensions: readonly SourceExtension[],
  identifierType: string,
  complain: Complain,
): readonly SourcePackage[] => {
  const known = new Set(packages.flatMap(({ path, classes }) => classes.map(({ name }) => classKey(path, name))));
  const added = new Map<string, SourceAttribute[]>();
  for (const extension of extensions) {
    checkExtension(extension, complain);
    for (const addition of extension.additions) {
      if (!known.has(addition.class))
        complain(addition.at, 'extension', `class ${addition.class} is of no package of the model`);
      for (const attribute of addition.attributes) {
        if (!attribute.optional)
          complain(attribute.at, 'extension', `'${attribute.name}' must be optional: deliveries of today lack it`);
        if (attribute.type === identifierType)
          complain(
            attribute.at,
            'extension',
            `'${attribute.name}' would be an identifier; addresses are those of the model`,
          );
      }
      added.set(addition.class, [...(added.get(addition.class) ?? []), ...addition.attributes]);
    }
  }
  if (added.size === 0) return packages;
  return packages.map((one) => ({
    ...one,
    classes: one.classes.map((each) => {
      const more = added.get(classKey(one.path, each.name));
      return more === undefined ? each : { ...each, attributes: [...each.attributes, ...more] };
    }),
  }));
};

const checkExtension = ({ at, name, nb, en }: SourceExtension, complain: Complain): void => {
  if (!validName.test(name) || `extensions/${packagePath([name])}.yaml` !== at.file)
    complain(below(at, 'extension'), 'extension', `extension '${name}' must lie in extensions/ under its own name`);
  for (const [language, text] of [
    ['nb', nb],
    ['en', en],
  ] as const)
    if (text.trim() === '') complain(below(at, language), 'text', `extension ${name} has no text in '${language}'`);
};
