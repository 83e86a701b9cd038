// Makes one model of the folders that it lies in: one that stands alone and any number that build on it or on each other. Called by load,
// between reading and checking. Pure; what holds for every model, however many folders it has, is checked afterwards.
import { didYouMean } from '#base/text.ts';
import { extendPackages } from './extend.ts';
import { below } from './findings.ts';
import type { At, Complain } from './findings.ts';
import type {
  SourceFolder,
  SourceHeader,
  SourceProtection,
  SourceScope,
  SourceScopeAddition,
  Sources,
} from './source.ts';

/**
 * Takes what each folder says, gives it as one. No folder overrides another: what two of them say of the same thing is added up, and a thing
 * that both define is found as a duplicate, here (scopes, extensions) or by the checks after (everything else). They passed `checkTogether`.
 */
export const mergeFolders = (folders: readonly SourceFolder[], complain: Complain): Sources => {
  const headers = baseFirst(folders.map(({ header }) => header));
  const identifier = headers.find((one) => one.identifier !== null)?.identifier ?? { type: '', value: '' };
  const all = <Key extends keyof SourceFolder>(key: Key): readonly SourceFolder[Key][] =>
    folders.map((folder) => folder[key]);
  const extensions = all('extensions').flat();
  return {
    headers,
    identifier,
    packages: extendPackages(all('packages').flat(), extensions, identifier.type, complain),
    extensions,
    protection: mergeProtection(all('protection')),
    protectionOf: new Map(
      folders.flatMap(({ packages, protection }) => packages.map(({ path }): [string, At] => [path, protection.at])),
    ),
    indexes: all('indexes').flat(),
    scopes: mergeScopes(all('scopes').flat(), all('scopeAdditions').flat(), complain),
  };
};

const baseFirst = (headers: readonly SourceHeader[]): readonly SourceHeader[] => [
  ...headers.filter(({ buildsOn }) => buildsOn === null),
  ...headers.filter(({ buildsOn }) => buildsOn !== null),
];

/** Checks that the folders belong together: one header names the identifier, and from every other a chain of `builds-on` leads to it. */
export const checkTogether = (folders: readonly SourceFolder[], complain: Complain): void => {
  const headers = folders.map(({ header }) => header);
  const named = new Map<string, SourceHeader>();
  let alone: SourceHeader | null = null;
  for (const one of headers) {
    if (named.has(one.name)) complain(below(one.at, 'name'), 'duplicate', `another folder is model ${one.name} too`);
    named.set(one.name, one);
    if ((one.identifier === null) === (one.buildsOn === null))
      complain(one.at, 'builds-on', `model ${one.name} has either an 'identifier' or a model that it 'builds-on'`);
    else if (one.identifier !== null) {
      if (alone !== null)
        complain(
          below(one.at, 'identifier'),
          'builds-on',
          `${alone.name} has an identifier already; models of one hub build on one`,
        );
      alone = one;
    }
  }
  for (const one of headers) {
    const seen = new Set<string>();
    for (let name = one.buildsOn; name !== null; name = named.get(name)?.buildsOn ?? null) {
      const at = below(one.at, 'builds-on');
      if (!named.has(name)) {
        complain(at, 'builds-on', `model ${name} is not among the folders`);
        break;
      }
      if (seen.has(name)) {
        complain(at, 'builds-on', `what model ${one.name} builds on runs in a circle`);
        break;
      }
      seen.add(name);
    }
  }
};

const mergeProtection = (all: readonly SourceProtection[]): SourceProtection => ({
  at: all[0]?.at ?? { file: '', path: [] },
  markings: all.flatMap(({ markings }) => markings),
  about: all.flatMap(({ about }) => about),
  notAbout: all.flatMap(({ notAbout }) => notAbout),
});

const mergeScopes = (
  scopes: readonly SourceScope[],
  additions: readonly SourceScopeAddition[],
  complain: Complain,
): readonly SourceScope[] => {
  const names = new Set<string>();
  for (const { at, name } of scopes) {
    if (names.has(name)) complain(at, 'duplicate', `scope ${name} is defined twice`);
    names.add(name);
  }
  for (const { at, name } of additions)
    if (!names.has(name)) complain(at, 'scope-path', `there is no scope ${name} to add to${didYouMean(name, names)}`);
  return scopes.map((scope) => {
    const more = additions.filter(({ name }) => name === scope.name);
    return {
      ...scope,
      paths: [...scope.paths, ...more.flatMap(({ paths }) => paths)],
      unaffected: [...scope.unaffected, ...more.flatMap(({ unaffected }) => unaffected)],
    };
  });
};
