// `bindeledd model list|show|check`: the information model in words. Needs no hub and no data directory.
import type { Result } from '#base/result.ts';
import {
  explainClass,
  findClasses,
  listModel,
  nearestClass,
  showClass,
  showFindings,
  showList,
} from '#model/explain.ts';
import { checkModel, loadModel, readBundleFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readScopeBundles } from '#model/scope-bundles.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import { bundledModel } from '../bundled-model.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, failureOf, type Terminal } from './terminal.ts';

/** Loads the model of exactly these folders, or the one that comes with the hub. */
export const loadFolders = (folders: readonly string[] | null): Result<Model> =>
  loadModel(...(folders ?? bundledModel));

/** What the scopes of links open, of the same folders. */
export const loadBundles = (folders: readonly string[] | null, model: Model): Result<ScopeBundles> =>
  readScopeBundles(readBundleFiles(folders ?? bundledModel), model);

const load = (folders: readonly string[] | null): Model => {
  const loaded = loadFolders(folders);
  if (!loaded.ok) throw failureOf(loaded.problem);
  return loaded.value;
};

/** Lists packages and classes, all or those within a package. */
export const runModelList = (
  terminal: Terminal,
  folders: readonly string[] | null,
  within: string | null,
): ExitCode => {
  const packages = listModel(load(folders), within);
  if (packages.length === 0)
    throw new CommandFailure(exitCodes.notFound, `There is no package ${within ?? ''}.`, {
      hint: '`bindeledd model list` shows all of them.',
    });
  terminal.out(terminal.json ? JSON.stringify(packages, null, 2) : showList(packages, terminal.language));
  return exitCodes.ok;
};

/** Shows a class by name, key or path: attributes, relations, identifiers, where it is served. */
export const runModelShow = (terminal: Terminal, folders: readonly string[] | null, name: string): ExitCode => {
  const model = load(folders);
  const found = findClasses(model, name);
  if (found.length === 0) {
    const near = nearestClass(model, name);
    throw new CommandFailure(exitCodes.notFound, `There is no class ${name}.`, {
      hint: near === null ? '`bindeledd model list` shows all of them.' : `Did you mean ${near}?`,
    });
  }
  const reports = found.map((one) => explainClass(model, one));
  terminal.out(
    terminal.json
      ? JSON.stringify(reports, null, 2)
      : reports.map((report) => showClass(report, terminal.language)).join('\n'),
  );
  return exitCodes.ok;
};

/** Checks the model files of the folders; exit code 7 when there are findings. */
export const runModelCheck = (terminal: Terminal, folders: readonly string[] | null): ExitCode => {
  const checked = checkModel(...(folders ?? bundledModel));
  if (!checked.ok) throw failureOf(checked.problem);
  terminal.out(
    terminal.json
      ? JSON.stringify({ ok: checked.value.length === 0, findings: checked.value }, null, 2)
      : showFindings(checked.value, terminal.language),
  );
  return checked.value.length === 0 ? exitCodes.ok : exitCodes.quality;
};
