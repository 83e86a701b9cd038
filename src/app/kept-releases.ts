// The releases of the catalogue on disk: `catalogue/releases/<n>/`. Called by the commands of the catalogue and by tests; knows paths, and nothing of what
// stands in the files.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { packRelease, unpackRelease, type ReleaseSet } from '#catalogue/gate/release-set.ts';
import { bundledCatalogueFolder } from './bundled-catalogue.ts';

export const bundledReleases = join(bundledCatalogueFolder, 'releases');

/** The numbers of the releases in a folder, in order. */
export const keptReleases = (folder: string): readonly number[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^(?:0|[1-9]\d{0,5})$/.test(name))
        .map(Number)
        .toSorted((a, b) => a - b)
    : [];

/** Reads a release. Fails with HUB-204 where there is none, and with HUB-207 where it is not what was released. */
export const readRelease = (folder: string, release: number): Result<ReleaseSet> => {
  const place = join(folder, String(release));
  if (!existsSync(place))
    return failed(problem('HUB-204', `There is no release ${release}: ${keptReleases(folder).join(', ') || 'none'}.`));
  const read = unpackRelease((path) => (existsSync(join(place, path)) ? readFileSync(join(place, path)) : null));
  if (!read.ok) return failed(problem('HUB-207', `Release ${release}: ${read.problem.detail}`));
  if (read.value.release !== release)
    return failed(problem('HUB-207', `The folder of release ${release} holds release ${read.value.release}.`));
  return ok(read.value);
};

/** Writes a release into a folder of its own. Fails with HUB-207 where there is one already: what was released never changes. */
export const writeRelease = (folder: string, set: ReleaseSet): Result<number> => {
  const place = join(folder, String(set.release));
  if (existsSync(place)) return failed(problem('HUB-207', `Release ${set.release} has been made; it never changes.`));
  const files = packRelease(set);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), bytes);
  }
  return ok(files.size);
};
