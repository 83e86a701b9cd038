// Holds two result files of the runner against each other: `node bench/compare.ts before.json after.json`, usually of two commits. Values are
// ratios to the floor where there is one, so that files from different machines may be compared with care.
import { readFileSync } from 'node:fs';
import type { Results } from './run.ts';

const [, , before, after] = process.argv;
if (before === undefined || after === undefined) {
  console.error('Give two result files: node bench/compare.ts before.json after.json');
  process.exit(2);
}

const read = (file: string): Results => JSON.parse(readFileSync(file, 'utf8'));

const old = new Map(read(before).figures.map((figure) => [figure.name, figure]));
for (const figure of read(after).figures) {
  const known = old.get(figure.name);
  old.delete(figure.name);
  if (known === undefined) {
    console.log(`${figure.name.padEnd(28)} ${figure.value.toFixed(2).padStart(12)}  new`);
    continue;
  }
  const change = known.value === 0 ? 0 : (figure.value / known.value - 1) * 100;
  // Less than the rounds differ among themselves says nothing.
  const noise = Math.max(known.spread ?? 0.05, figure.spread ?? 0.05) * 100;
  const better = figure.target?.kind === 'at-least' ? change > 0 : change < 0;
  const verdict = Math.abs(change) <= noise ? 'same' : better ? 'better' : 'worse';
  const sign = change > 0 ? '+' : '';
  console.log(
    `${figure.name.padEnd(28)} ${known.value.toFixed(2).padStart(12)} ${figure.value.toFixed(2).padStart(12)} ${`${sign}${change.toFixed(1)} %`.padStart(10)}  ${verdict}`,
  );
}
for (const name of old.keys()) console.log(`${name.padEnd(28)} is gone`);
