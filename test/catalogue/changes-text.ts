// Reads the changes of a text as `catalogue/changes.yaml` is read. Used by tests of what writes them.
import { bundledCatalogueFolder } from '#app/bundled-catalogue.ts';
import type { Change } from '#catalogue/contract.ts';
import { catalogueFiles, readCatalogue } from '#catalogue/read-catalogue.ts';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Throws with what is wrong with the text. */
export const read = (text: string): readonly Change[] => {
  const files = new Map(
    catalogueFiles
      .map((name) => [name, path.join(bundledCatalogueFolder, name)] as const)
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, readFileSync(file, 'utf8')]),
  );
  const catalogue = readCatalogue(files.set('changes.yaml', text));
  if (!catalogue.ok) throw new Error(catalogue.problem.detail);
  return catalogue.value.changes;
};
