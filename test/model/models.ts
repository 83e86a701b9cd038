// Models for tests: the real one and the tiny one, each loaded once per test file.
import assert from 'node:assert/strict';
import path from 'node:path';
import { loadModel } from '#model/load.ts';
import type { Model } from '#model/model.ts';

export const root = path.join(import.meta.dirname, '..', '..');
export const fintFolder = path.join(root, 'model', 'fint');
export const tinyFolder = path.join(root, 'test', 'fixtures', 'model', 'tiny');

const loaded = new Map<string, Model>();

/** Loads the model of a folder, or fails the test with its findings. */
export const modelOf = (folder: string): Model => {
  const held = loaded.get(folder);
  if (held !== undefined) return held;
  const result = loadModel(folder);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem, null, 1));
  loaded.set(folder, result.value);
  return result.value;
};

/** The entry of a map, or a failed test. */
export const entry = <V>(map: ReadonlyMap<string, V>, key: string): V => {
  const value = map.get(key);
  assert.ok(value !== undefined, `no ${key}`);
  return value;
};
