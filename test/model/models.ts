// Models for tests: the real one and the tiny one, each loaded once per test file.
import assert from 'node:assert/strict';
import path from 'node:path';
import { bundledModel } from '#app/bundled-model.ts';
import { examineModel, loadModel, readBundleFiles } from '#model/load.ts';
import type { Examined, ModelFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readScopeBundles, type ScopeBundles } from '#model/scope-bundles.ts';

export const root = path.join(import.meta.dirname, '..', '..');
export const fintFolder = path.join(root, 'model', 'fint');
export const tinyFolder = path.join(root, 'test', 'fixtures', 'model', 'tiny');

const loaded = new Map<string, Model>();

/** Loads the model of the folders, or fails the test with its findings. */
export const modelOf = (...folders: readonly string[]): Model => {
  const name = folders.join(' ');
  const held = loaded.get(name);
  if (held !== undefined) return held;
  const result = loadModel(...folders);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem, null, 1));
  loaded.set(name, result.value);
  return result.value;
};

/** The model that comes with the hub: the published one and all that builds on it. */
export const hubModel = (): Model => modelOf(...bundledModel);

/** What the scopes of links open in it. */
export const hubBundles = (): ScopeBundles => {
  const read = readScopeBundles(readBundleFiles(bundledModel), hubModel());
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  return read.value;
};

/** Examines the files of one folder. */
export const examineOne = (files: ModelFiles): Examined => examineModel([{ name: 'model', files }]);

/** The entry of a map, or a failed test. */
export const entry = <V>(map: ReadonlyMap<string, V>, key: string): V => {
  const value = map.get(key);
  assert.ok(value !== undefined, `no ${key}`);
  return value;
};
