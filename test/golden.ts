// Golden files: texts that a reviewer has read, kept under test/golden/. Called by tests; `npm run golden` writes them anew.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const goldenFolder = path.join(import.meta.dirname, 'golden');

/**
 * Compares a text with the golden file of that name (a path below test/golden/) and throws where they differ. With GOLDEN_UPDATE=1 it
 * writes the file instead. With GOLDEN_SEEN=<file> it notes the name there, so that files which no test asks for can be found.
 */
export const golden = (name: string, text: string): void => {
  const file = path.join(goldenFolder, name);
  const { GOLDEN_SEEN: seen, GOLDEN_UPDATE: update } = process.env;
  if (seen !== undefined) appendFileSync(seen, `${name}\n`);
  if (update === '1') {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.ok(existsSync(file), `test/golden/${name} is missing; run \`npm run golden\` and read what it wrote`);
  const expected = readFileSync(file, 'utf8');
  if (expected !== text) assert.fail(`test/golden/${name} differs: ${firstDifference(expected, text)}`);
};

const firstDifference = (expected: string, actual: string): string => {
  const wanted = expected.split('\n');
  const got = actual.split('\n');
  const line = wanted.findIndex((text, index) => text !== got[index]);
  const at = line === -1 ? wanted.length : line;
  return `line ${at + 1}\n  golden: ${wanted[at] ?? '(end)'}\n  now:    ${got[at] ?? '(end)'}\nRun \`npm run golden\` and read the difference before keeping it.`;
};
