// Loads the folders of a model: reads every YAML file, checks it, derives the one frozen model. Called at start, by `bindeledd model check`
// and by tests. The only file of this folder that touches the disk.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { checkExtras } from './check-extras.ts';
import { checkProtection } from './check-protection.ts';
import { checkStructure } from './check.ts';
import { deriveModel, hashOf } from './derive.ts';
import { located, parseFile } from './findings.ts';
import type { Complain, Complaint, Finding } from './findings.ts';
import { checkTogether, mergeFolders } from './merge.ts';
import type { Model } from './model.ts';
import {
  noProtection,
  readExtension,
  readHeader,
  readIndexes,
  readPackage,
  readProtection,
  readScopes,
} from './source.ts';
import type { SourceFile, SourceFolder } from './source.ts';

/** The model files by their path within the folder (`utdanning/elev.yaml`), with their text. */
export type ModelFiles = ReadonlyMap<string, string>;

/** One of the folders of a model, and the name that stands before its files in findings when there are several. */
export type ModelFolder = { readonly name: string; readonly files: ModelFiles };

/** What became of the folders: the model when nothing is wrong, and every finding otherwise. */
export type Examined = { readonly model: Model | null; readonly findings: readonly Finding[] };

const headerFile = 'model.yaml';
const indexesFile = 'indexes.yaml';
const scopesFile = 'scopes.yaml';
const protectionFile = 'protection.yaml';
/** Read by readQualityFiles alone: it says nothing that the model is derived from. */
const qualityFile = 'quality.yaml';
/** Read by readBundleFiles alone. */
const bundlesFile = 'bundles.yaml';
const extensionsFolder = 'extensions/';
/** Read by readGraphqlFiles alone. */
const graphqlFolder = 'graphql/';

/** Reads the `.yaml` files of a folder and its subfolders, sorted by path. Throws what the file system throws. */
export const readModelFiles = (folder: string): ModelFiles =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file): readonly [string, string] => [
        path.relative(folder, file).split(path.sep).join('/'),
        readFileSync(file, 'utf8'),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** The name of each folder in findings: its own, with its place in the list when an earlier one has it too. */
const namesOf = (folders: readonly string[]): readonly string[] => {
  const names = folders.map((folder) => path.basename(folder));
  return names.map((name, place) => (names.indexOf(name) === place ? name : `${name}-${place + 1}`));
};

/** The texts of a file of the folders that have one, by their names in findings. Throws what the file system throws. */
const readBeside = (folders: readonly string[], called: string): ReadonlyMap<string, string> => {
  const names = namesOf(folders);
  return new Map(
    folders.flatMap((folder, place): (readonly [string, string])[] => {
      const file = path.join(folder, called);
      const name = folders.length > 1 ? `${names[place] ?? ''}/${called}` : called;
      return existsSync(file) ? [[name, readFileSync(file, 'utf8')]] : [];
    }),
  );
};

/** The texts of the `quality.yaml` files of the folders that have one, by their names in findings. Throws what the file system throws. */
export const readQualityFiles = (folders: readonly string[]): ReadonlyMap<string, string> =>
  readBeside(folders, qualityFile);

/** The texts of the `bundles.yaml` files of the folders that have one, likewise. */
export const readBundleFiles = (folders: readonly string[]): ReadonlyMap<string, string> =>
  readBeside(folders, bundlesFile);

/** The texts of the `graphql/*.yaml` files of the folders that have some, likewise. */
export const readGraphqlFiles = (folders: readonly string[]): ReadonlyMap<string, string> => {
  const names = folders.flatMap((folder) => {
    const within = path.join(folder, graphqlFolder);
    return existsSync(within) ? readdirSync(within).filter((file) => file.endsWith('.yaml')) : [];
  });
  return new Map([...new Set(names)].toSorted().flatMap((name) => [...readBeside(folders, graphqlFolder + name)]));
};

/**
 * Takes the folders of a model, gives the model or the findings. Stages stop at the first that finds something, so that one mistake
 * is not reported as ten: syntax, shape, whether the folders belong together, extensions and structure, what is said of the
 * derived model.
 */
export const examineModel = (folders: readonly ModelFolder[]): Examined => {
  const complaints: Complaint[] = [];
  const complain: Complain = (at, rule, message) => complaints.push({ ...at, rule, message });
  const before = ({ name }: ModelFolder): string => (folders.length > 1 ? `${name}/` : '');
  const texts = new Map(
    folders.flatMap((folder) =>
      [...folder.files].map(([file, text]): readonly [string, string] => [before(folder) + file, text]),
    ),
  );
  const values = new Map<string, unknown>();
  const broken: Finding[] = [];
  for (const [file, text] of texts) {
    const { document, lines } = parseFile(text);
    for (const { pos, message } of document.errors)
      broken.push({ file, line: lines.linePos(pos[0]).line, rule: 'yaml-syntax', message });
    if (document.errors.length === 0) values.set(file, document.toJS());
  }
  if (broken.length > 0) return { model: null, findings: broken };

  const read = folders.map((folder) => readFolder([...folder.files.keys()], before(folder), values, complain));
  if (complaints.length === 0) checkTogether(read, complain);
  if (complaints.length > 0) return { model: null, findings: located(complaints, texts) };
  const sources = mergeFolders(read, complain);
  if (complaints.length === 0) checkStructure(sources, complain);
  if (complaints.length > 0) return { model: null, findings: located(complaints, texts) };
  const model = deriveModel(sources, hashOf([...texts].sort(([a], [b]) => (a < b ? -1 : 1))));
  checkExtras(sources, model, complain);
  checkProtection(sources, model, complain);
  return complaints.length > 0 ? { model: null, findings: located(complaints, texts) } : { model, findings: [] };
};

/** Reads the files of one folder; `before` is what stands before their names in findings. */
const readFolder = (
  files: readonly string[],
  before: string,
  values: ReadonlyMap<string, unknown>,
  complain: Complain,
): SourceFolder => {
  const value = (within: string): unknown => {
    if (!values.has(before + within))
      complain({ file: before + within, path: [] }, 'missing-file', `${within} is missing`);
    return values.get(before + within) ?? {};
  };
  const others = files.filter(
    (file) =>
      ![headerFile, indexesFile, scopesFile, protectionFile, qualityFile, bundlesFile].includes(file) &&
      !file.startsWith(graphqlFolder),
  );
  const packages = others.filter((file) => !file.startsWith(extensionsFolder));
  if (packages.length === 0)
    complain({ file: before + headerFile, path: [] }, 'missing-file', 'there is no package file');
  const header = readHeader(value(headerFile), before + headerFile, complain);
  const placed = (within: string): SourceFile => ({ file: before + within, within, model: header.name });
  return {
    header,
    packages: packages.map((file) => readPackage(value(file), placed(file), complain)),
    extensions: others
      .filter((file) => file.startsWith(extensionsFolder))
      .map((file) => readExtension(value(file), placed(file), complain)),
    protection: values.has(before + protectionFile)
      ? readProtection(value(protectionFile), before + protectionFile, complain)
      : noProtection(before + protectionFile),
    indexes: readIndexes(value(indexesFile), before + indexesFile, complain),
    ...readScopes(value(scopesFile), before + scopesFile, complain),
  };
};

/** Loads the model of one or several folders. Fails with HUB-200 and one item (`file:line`, rule and message) per finding. */
export const loadModel = (...folders: readonly string[]): Result<Model> => {
  const found = examineFolders(folders);
  if (!found.ok) return found;
  const { model, findings } = found.value;
  if (model !== null) return ok(model);
  const [first] = findings;
  const detail =
    first === undefined ? 'The model is empty.' : `${findings.length} finding(s); the first: ${showFinding(first)}`;
  return failed(
    problem('HUB-200', detail, {
      errors: findings.map((one) => ({
        at: `${one.file}:${one.line}`,
        message: `${one.rule}: ${one.message}`,
        code: 'HUB-200',
      })),
    }),
  );
};

/**
 * Checks the model of one or several folders; gives every finding of the first stage that has any, [] when the model is sound. Fails when a
 * folder cannot be read.
 */
export const checkModel = (...folders: readonly string[]): Result<readonly Finding[]> => {
  const found = examineFolders(folders);
  return found.ok ? ok(found.value.findings) : found;
};

const examineFolders = (folders: readonly string[]): Result<Examined> => {
  const names = namesOf(folders);
  const read: ModelFolder[] = [];
  for (const [place, folder] of folders.entries())
    try {
      read.push({ name: names[place] ?? '', files: readModelFiles(folder) });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return failed(problem('HUB-200', `The model folder ${path.basename(folder)} cannot be read.`));
    }
  return ok(examineModel(read));
};

/** One finding on one line: `utdanning/elev.yaml:12 inverse: …`. */
export const showFinding = (finding: Finding): string =>
  `${finding.file}:${finding.line} ${finding.rule}: ${finding.message}`;
