// `bindeledd model list|show|check`: the information model in words. Needs no hub and no data directory.
import { fileURLToPath } from 'node:url';
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
import { checkModel, loadModel } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, failureOf, type Terminal } from './terminal.ts';

/** The folder of the model that comes with the hub. */
export const bundledModel = fileURLToPath(new URL('../../../model/fint', import.meta.url));

/** Loads the model of a folder, or the one that comes with the hub. */
export const loadFolder = (folder: string | null): Result<Model> => loadModel(folder ?? bundledModel);

const load = (folder: string | null): Model => {
  const loaded = loadFolder(folder);
  if (!loaded.ok) throw failureOf(loaded.problem);
  return loaded.value;
};

/** Lists packages and classes, all or those within a package. */
export const runModelList = (terminal: Terminal, folder: string | null, within: string | null): ExitCode => {
  const packages = listModel(load(folder), within);
  if (packages.length === 0)
    throw new CommandFailure(exitCodes.notFound, `There is no package ${within ?? ''}.`, {
      hint: '`bindeledd model list` shows all of them.',
    });
  terminal.out(terminal.json ? JSON.stringify(packages, null, 2) : showList(packages, terminal.language));
  return exitCodes.ok;
};

/** Shows a class by name, key or path: attributes, relations, identifiers, where it is served. */
export const runModelShow = (terminal: Terminal, folder: string | null, name: string): ExitCode => {
  const model = load(folder);
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

/** Checks the model files of a folder; exit code 7 when there are findings. */
export const runModelCheck = (terminal: Terminal, folder: string | null): ExitCode => {
  const checked = checkModel(folder ?? bundledModel);
  if (!checked.ok) throw failureOf(checked.problem);
  terminal.out(
    terminal.json
      ? JSON.stringify({ ok: checked.value.length === 0, findings: checked.value }, null, 2)
      : showFindings(checked.value, terminal.language),
  );
  return checked.value.length === 0 ? exitCodes.ok : exitCodes.quality;
};
