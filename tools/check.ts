// The last part of `npm run check`: layers, form, pages and reference pages, over every file of the repository. Also run as a test by
// test/tools/check.test.ts. It fails on a finding, and when it saw too little to have an opinion.
import { fileURLToPath } from 'node:url';
import { stalePages } from './docs.ts';
import { checkForm, longParts } from './form.ts';
import { checkLayers } from './layers.ts';
import { modelWords } from './model-words.ts';
import { checkPaths, checkWords } from './pages.ts';
import { readTree } from './tree.ts';
import type { Finding, Tree } from './tree.ts';

export type Report = {
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly imports: number;
  readonly modelNames: number;
};

/** Runs every check over a tree. A check that looked at nothing is a finding of its own. */
export const checkTree = (tree: Tree): Report => {
  const layers = checkLayers(tree);
  const names = modelWords(tree);
  const seen = {
    files: layers.files,
    imports: layers.imports,
    modelNames: names.size,
    'src files': [...tree.keys()].filter((path) => path.startsWith('src/')).length,
  };
  const blind = Object.entries(seen)
    .filter(([, count]) => count === 0)
    .map(([what]) => ({ path: '.', line: 0, rule: 'blind', message: `the check saw no ${what}` }));
  return {
    findings: [...blind, ...layers.findings, ...checkForm(tree, names), ...checkPaths(tree), ...checkWords(tree)],
    files: layers.files,
    imports: layers.imports,
    modelNames: names.size,
  };
};

/** One line for a person: where, which rule, what. */
export const describeFinding = ({ path, line, rule, message }: Finding): string =>
  `${line === 0 ? path : `${path}:${line}`}  ${rule}  ${message}`;

const main = (): void => {
  const tree = readTree(fileURLToPath(new URL('..', import.meta.url)));
  const report = checkTree(tree);
  const stale = stalePages().map((path) => ({
    path,
    line: 0,
    rule: 'reference',
    message: 'is not what the code says; run npm run docs',
  }));
  const findings = [...report.findings, ...stale];
  for (const finding of findings) console.error(describeFinding(finding));
  const long = longParts(tree, { file: 400, function: 70 });
  if (long.length > 0)
    console.log(`For information, longer than the guide:\n${long.map((line) => `  ${line}`).join('\n')}`);
  console.log(
    `${report.files} files, ${report.imports} imports, ${report.modelNames} words of the model: ${findings.length} findings`,
  );
  if (findings.length > 0) process.exitCode = 1;
};

if (import.meta.main) main();
