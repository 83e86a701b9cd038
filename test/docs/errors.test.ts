// The page of errors promises nothing that never comes: every code of the table is raised somewhere in the code.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '#base/errors.ts';
import { root } from '../e2e/hub-process.ts';

/** Tables that name every code, whether it is raised or not. */
const tables = new Set(['base/errors.ts', 'http/problem.ts', 'app/cli/exit-codes.ts', 'model/openapi-parts.ts']);

test('every error of the table is raised somewhere', () => {
  const folder = join(root, 'src');
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !tables.has(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
  assert.ok(text.length > 500_000, 'the code was not read');
  assert.deepEqual(
    Object.keys(errorTable).filter((code) => !text.includes(`'${code}'`)),
    [],
  );
});
