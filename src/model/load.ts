// Loads a model folder: reads every YAML file, checks it, derives the frozen model. Called at start, by `bindeledd model check` and by
// tests. The only file of this folder that touches the disk.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { checkExtras } from './check-extras.ts';
import { checkProtection } from './check-protection.ts';
import { checkStructure } from './check.ts';
import { deriveModel, hashOf } from './derive.ts';
import { extendPackages } from './extend.ts';
import { located } from './findings.ts';
import type { Complain, Complaint, Finding, ParsedFile } from './findings.ts';
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
import type { Sources } from './source.ts';

/** The model files by their path within the folder (`utdanning/elev.yaml`), with their text. */
export type ModelFiles = ReadonlyMap<string, string>;

/** What became of a folder: the model when nothing is wrong, and every finding otherwise. */
export type Examined = { readonly model: Model | null; readonly findings: readonly Finding[] };

const headerFile = 'model.yaml';
const indexesFile = 'indexes.yaml';
const scopesFile = 'scopes.yaml';
const protectionFile = 'protection.yaml';
const qualityFile = 'quality.yaml';
const extensionsFolder = 'extensions/';

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

/**
 * Takes the files of a model, gives the model or the findings. Stages stop at the first that finds something, so that one mistake
 * is not reported as ten: syntax, shape and extensions, structure, what is said of the derived model.
 */
export const examineModel = (files: ModelFiles): Examined => {
  const complaints: Complaint[] = [];
  const complain: Complain = (at, rule, message) => complaints.push({ ...at, rule, message });
  const parsed = new Map<string, ParsedFile>();
  const broken: Finding[] = [];
  for (const [file, text] of files) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    parsed.set(file, { document, lines });
    for (const error of document.errors)
      broken.push({ file, line: lines.linePos(error.pos[0]).line, rule: 'yaml-syntax', message: error.message });
  }
  if (broken.length > 0) return { model: null, findings: broken };

  const sources = readSources(parsed, complain);
  if (complaints.length === 0) checkStructure(sources, complain);
  if (complaints.length > 0) return { model: null, findings: located(complaints, parsed) };
  const model = deriveModel(sources, hashOf(files));
  checkExtras(sources, model, complain);
  checkProtection(sources.protection, model, complain);
  return complaints.length > 0 ? { model: null, findings: located(complaints, parsed) } : { model, findings: [] };
};

const readSources = (parsed: ReadonlyMap<string, ParsedFile>, complain: Complain): Sources => {
  const value = (file: string): unknown => {
    const one = parsed.get(file);
    if (one === undefined) complain({ file, path: [] }, 'missing-file', `${file} is missing`);
    return one?.document.toJS() ?? {};
  };
  const others = [...parsed.keys()].filter(
    (file) => ![headerFile, indexesFile, scopesFile, protectionFile, qualityFile].includes(file),
  );
  const packages = others.filter((file) => !file.startsWith(extensionsFolder));
  if (packages.length === 0) complain({ file: headerFile, path: [] }, 'missing-file', 'there is no package file');
  const header = readHeader(value(headerFile), headerFile, complain);
  const extensions = others
    .filter((file) => file.startsWith(extensionsFolder))
    .map((file) => readExtension(value(file), file, complain));
  return {
    header,
    packages: extendPackages(
      packages.map((file) => readPackage(value(file), file, complain)),
      extensions,
      header.identifierType,
      complain,
    ),
    extensions,
    protection: parsed.has(protectionFile)
      ? readProtection(value(protectionFile), protectionFile, complain)
      : noProtection(protectionFile),
    indexes: readIndexes(value(indexesFile), indexesFile, complain),
    scopes: readScopes(value(scopesFile), scopesFile, complain),
  };
};

/** Loads the model of a folder. Fails with HUB-200 and one item (`file:line`, rule and message) per finding. */
export const loadModel = (folder: string): Result<Model> => {
  const files = readFolder(folder);
  if (files === null) return failed(problem('HUB-200', `The model folder ${path.basename(folder)} cannot be read.`));
  const { model, findings } = examineModel(files);
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

/** Checks the model of a folder; gives every finding of the first stage that has any, [] when the model is sound. Fails when the folder cannot be read. */
export const checkModel = (folder: string): Result<readonly Finding[]> => {
  const files = readFolder(folder);
  return files === null
    ? failed(problem('HUB-200', `The model folder ${path.basename(folder)} cannot be read.`))
    : ok(examineModel(files).findings);
};

const readFolder = (folder: string): ModelFiles | null => {
  try {
    return readModelFiles(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
};

/** One finding on one line: `utdanning/elev.yaml:12 inverse: …`. */
export const showFinding = (finding: Finding): string =>
  `${finding.file}:${finding.line} ${finding.rule}: ${finding.message}`;
