// Every rule of the model files has a bad edit of the tiny model that it finds, with file, line and rule. The edit marks the line that
// must be named with `# HERE`.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { rules } from '#model/findings.ts';
import { checkModel, loadModel, readModelFiles } from '#model/load.ts';
import { bad, badModels, utlan } from './bad-models.ts';
import type { Bad } from './bad-models.ts';
import { examineOne, fintFolder, tinyFolder } from './models.ts';

/** Fixtures without a mark name their line: a removed key or file has none of its own. */
const unmarked: ReadonlySet<string> = new Set([
  'no model.yaml',
  'no scopes.yaml',
  'a relation without English',
  'one that is not described',
  'an attribute with a hyphen',
  'an attribute and a relation of one name',
  'a collection that is not served',
  'neither an identifier nor another model',
  'both an identifier and another model',
]);

const apply = (one: Bad): ReadonlyMap<string, string> => {
  const files = new Map(readModelFiles(tinyFolder));
  if (one.edit === null) {
    files.delete(one.file);
    return files;
  }
  const [search, replacement] = one.edit;
  const text = files.get(one.file) ?? '';
  assert.ok(text.includes(search), `the edit '${one.what}' finds no '${search}'`);
  files.set(one.file, search === '' ? text + replacement : text.replace(search, () => replacement));
  return files;
};

for (const one of badModels)
  test(`${one.rule}: ${one.what}`, () => {
    const files = apply(one);
    const { model, findings } = examineOne(files);
    assert.equal(model, null);
    const found = findings.find((each) => each.rule === one.rule && one.says.test(each.message));
    assert.ok(found !== undefined, JSON.stringify(findings, null, 1));
    assert.equal(found.file, one.file);
    const lines = (files.get(one.file) ?? '').split('\n');
    const marked = lines.findIndex((line) => line.includes('# HERE')) + 1;
    if (unmarked.has(one.what)) assert.ok(found.line >= 1);
    else
      assert.ok(
        Math.abs(found.line - marked) <= (one.rule === 'yaml-syntax' ? 3 : 0),
        `line ${found.line}, not ${marked}: ${found.message}`,
      );
  });

test('every rule has a bad fixture', () => {
  // Data of GraphQL APIs and of the catalogue are read apart: their faults stand in graphql-roots.test.ts, graphql-mutations.test.ts and catalogue/read-catalogue.test.ts.
  const apart = Object.keys(rules).filter((rule) => rule !== 'graphql' && rule !== 'catalogue');
  assert.deepEqual([...new Set(badModels.map((one) => one.rule))].sort(), apart.sort());
});

test('a missing key is found at the thing that lacks it', () => {
  const { findings } = examineOne(
    apply(bad('missing-key', '', utlan, ['        en: "Those who borrow here."\n', ''], /./)),
  );
  const lines = (readModelFiles(tinyFolder).get(utlan) ?? '').split('\n');
  assert.deepEqual(
    findings.map((one) => one.line),
    [lines.findIndex((line) => line.trim() === 'låner:') + 1],
  );
});

test('all findings of a stage are given, by file and line', () => {
  const files = new Map(readModelFiles(tinyFolder));
  for (const [name, text] of files) files.set(name, text.replaceAll('sensitivity: personal', 'sensitivity: TODO'));
  const { findings } = examineOne(files);
  assert.equal(findings.length, 6);
  assert.ok(findings.every((one) => one.rule === 'sensitivity'));
  assert.deepEqual(
    findings,
    findings.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
  );
});

test('sound models have no findings', () => {
  for (const folder of [tinyFolder, fintFolder]) {
    const result = checkModel(folder);
    assert.deepEqual(result.ok ? result.value : result.problem, []);
  }
});

test('a bad model stops the start with file, line and rule in the problem', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'model-'));
  try {
    for (const [name, text] of readModelFiles(tinyFolder)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text.replace('multiplicity: "1"', 'multiplicity: "2"'));
    }
    const result = loadModel(folder);
    assert.ok(!result.ok);
    assert.equal(result.problem.code, 'HUB-200');
    assert.match(result.problem.detail, /^\d finding\(s\); the first: bibliotek\/utlan\.yaml:\d+ multiplicity: /);
    assert.match(result.problem.errors?.[0]?.at ?? '', /^bibliotek\/utlan\.yaml:\d+$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
