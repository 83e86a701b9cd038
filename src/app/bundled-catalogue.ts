// The catalogue that comes with the hub, read from its files. Called by the composition, commands, tools and tests; knows nothing of what they hold.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '#base/result.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { catalogueFiles, readCatalogue } from '#catalogue/read-catalogue.ts';

/** Where the files lie. */
export const bundledCatalogueFolder = join(import.meta.dirname, '../../catalogue');

/** Takes the folder of a catalogue; fails with HUB-200 and what is wrong, file and line. Throws what the file system throws. */
export const loadCatalogue = (folder: string = bundledCatalogueFolder): Result<Catalogue> =>
  readCatalogue(
    new Map(
      catalogueFiles
        .filter((name) => existsSync(join(folder, name)))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    ),
  );
