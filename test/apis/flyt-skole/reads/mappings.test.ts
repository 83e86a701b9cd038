// Every mapping is borne out by the model, and says in both languages what each of its fields is.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { registerStatus } from '#mappings/converters.ts';
import { standings } from '#apis/flyt-skole/mappings/ways.ts';
import { readMapping } from '#mappings/read-mapping.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { loadModel } from '#model/load.ts';

const folder = join(import.meta.dirname, '../../../../src/apis/flyt-skole/mappings');
const loaded = loadModel(...bundledModel);
if (!loaded.ok) throw new Error(loaded.problem.detail);
const model = loaded.value;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && 'collection' in value && 'fields' in value;

const mappings: Mapping[] = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts')))
  for (const value of Object.values((await import(join(folder, file))) as Readonly<Record<string, unknown>>)) {
    if (isMapping(value)) mappings.push(value);
    if (Array.isArray(value))
      for (const entry of value as readonly unknown[])
        if (typeof entry === 'object' && entry !== null && 'mapping' in entry && isMapping(entry.mapping))
          mappings.push(entry.mapping);
  }

const describedWithin = (fields: Fields, path: string): void => {
  for (const [name, field] of Object.entries(fields)) {
    assert.match(name, /^[a-z][A-Za-z]*$/, `${path}${name}`);
    for (const text of [field.describe.nb, field.describe.en])
      assert.match(text, /^\p{Lu}.*\.$/u, `${path}${name}: ${text}`);
    if ('fields' in field) describedWithin(field.fields, `${path}${name}.`);
  }
};

describe('standings in the population register', () => {
  it('are found by the codes that mean them', () => {
    const row = { uid: 1, id: '1', collection: '', level: 0 as const, values: {}, hides: () => false, parts: {} };
    for (const [standing, codes] of Object.entries(standings))
      for (const code of codes) assert.equal(registerStatus.apply(code, { today: '2026-11-20' }, row), standing);
  });
});

describe('mappings', () => {
  it('are all found', () => {
    assert.ok(mappings.length >= 35, String(mappings.length));
    assert.equal(new Set(mappings.map(({ name }) => name)).size, mappings.length);
  });

  for (const mapping of mappings)
    it(`${mapping.name} is borne out by the model`, () => {
      const reading = readMapping(mapping, model);
      assert.equal(reading.shape.root.collection.path, mapping.collection);
      describedWithin(mapping.fields, `${mapping.name}.`);
    });
});
