// `npm run docs`: writes the reference pages of docs/reference/. With --check it writes nothing and fails when a page differs.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledModel } from '#app/bundled-model.ts';
import { loadModel } from '#model/load.ts';
import { referencePages } from './reference.ts';
import type { ReferencePage } from './reference.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The pages as the code says now. Throws when the model does not load. */
export const pagesNow = (): readonly ReferencePage[] => {
  const model = loadModel(...bundledModel);
  if (!model.ok) throw new Error(model.problem.detail);
  return referencePages({ model: model.value, limitsSource: readFileSync(join(root, 'src/base/limits.ts'), 'utf8') });
};

/** Paths of pages that differ from what the code says, are missing, or belong to nothing. */
export const stalePages = (): readonly string[] => {
  const pages = pagesNow();
  const wanted = new Set(pages.map(({ path }) => path));
  const strays = readdirSync(join(root, 'docs/reference'))
    .map((name) => `docs/reference/${name}`)
    .filter((path) => !wanted.has(path));
  return [...pages.filter(({ path, text }) => read(path) !== text).map(({ path }) => path), ...strays];
};

const read = (path: string): string | null => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
};

const main = (): void => {
  if (process.argv.includes('--check')) {
    const stale = stalePages();
    for (const path of stale) console.error(`${path} is not what the code says; run npm run docs`);
    if (stale.length > 0) process.exitCode = 1;
    return;
  }
  rmSync(join(root, 'docs/reference'), { recursive: true, force: true });
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  for (const { path, text } of pagesNow()) writeFileSync(join(root, path), text);
};

if (import.meta.main) main();
