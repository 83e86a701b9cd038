// The bugs that the long suite plants are still bugs of this source: what each replaces stands in its file, once, and what follows is something else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bugs, postgresBugs } from './bugs.ts';

const root = path.join(import.meta.dirname, '../..');

test('every bug can be planted', () => {
  const all = [...bugs, ...postgresBugs];
  assert.ok(all.length > 15);
  for (const { name, file, find, replace } of all) {
    assert.notEqual(find, replace, name);
    assert.ok(
      readFileSync(path.join(root, file), 'utf8').includes(find),
      `${file} has no longer what ${name} replaces`,
    );
  }
});
