// The one place that turns a Norwegian name of the model into a URL segment, a JSON name, a GraphQL name and an XML name (facts 1.3).
// Called by the model's own derivation and by every API that renders names. Knows no class of any model.
import { transliterate } from '#base/text.ts';

/** Names of packages, classes, attributes and relations as the model files may hold them: Norwegian letters, digits, no blanks. */
export const validName = /^[A-Za-zÆØÅæøå][A-Za-z0-9ÆØÅæøå]*$/;

/** The name of an attribute or relation as JSON writes it: transliterated, camelCase kept. */
export const jsonName = (name: string): string => transliterate(name);

/** The name of a class as references write it: transliterated. */
export const className = (name: string): string => transliterate(name);

/** The path segment of a class, or of an identifier in a URL: transliterated and in lower case. */
export const segment = (name: string): string => transliterate(name).toLowerCase();

/** `package:ClassName`, the key of a class in the whole model. */
export const classKey = (packagePath: string, name: string): string => `${packagePath}:${className(name)}`;

/** Takes the display names of the levels of a package (`['Felles', 'Komplekse datatyper']`), gives its path (`felles/kompleksedatatyper`). */
export const packagePath = (levels: readonly string[]): string =>
  levels.map((level) => segment(level).replaceAll(/[^a-z0-9]/g, '')).join('/');

/** The first level of a package, component or collection path: its domain. */
export const domainOf = (path: string): string => path.split('/', 1)[0] ?? path;

/** `utdanning/elev` → `utdanning.elev`, the form in which roles, placeholders and the metamodel API name a component. */
export const dotted = (path: string): string => path.replaceAll('/', '.');

const pascal = (path: string): string =>
  path
    .split('/')
    .map((level) => level.charAt(0).toUpperCase() + level.slice(1))
    .join('');

/**
 * The GraphQL type of a class. `shared` says that another package has a class of the same name; then the package goes first, so that
 * the name stays the same when a third one arrives.
 */
export const graphqlType = (name: string, packageOfClass: string, shared: boolean): string =>
  shared ? `${pascal(packageOfClass)}${className(name)}` : className(name);

/** The GraphQL root field of a class: the lower-case class name (facts 7), with the package first when the name is shared. */
export const graphqlRootField = (name: string, packageOfClass: string, shared: boolean): string =>
  graphqlType(name, packageOfClass, shared).toLowerCase();

/** The GraphQL field of an attribute or relation: its JSON name. */
export const graphqlField = (name: string): string => jsonName(name);

/** The XML element name of a class, attribute or relation: transliterated, so that it is an NCName in ASCII. */
export const xmlName = (name: string): string => transliterate(name);
