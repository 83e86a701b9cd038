// Only quality and the composition reach the contract that takes no plan.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLayers } from '#tools/layers.ts';

const manifest = JSON.stringify({
  imports: {
    '#store/*': './src/store/*',
    '#quality/*': './src/quality/*',
    '#hub/*': './src/hub/*',
    '#ingest/*': './src/ingest/*',
    '#apis/*': './src/apis/*',
    '#http/*': './src/http/*',
    '#auth/*': './src/auth/*',
  },
});

/** Findings of the layer rule about one file of a folder that imports something. */
const findings = (folder: string, specifier: string, target: string): number =>
  checkLayers(
    new Map([
      ['package.json', manifest],
      [`src/${folder}/a.ts`, `import { a } from '${specifier}';\nexport const b = a;\n`],
      [target, 'export const a = 1;\n'],
    ]),
  ).findings.filter(({ rule }) => rule === 'layer').length;

test('store/quality.ts is for quality', () => {
  assert.equal(findings('quality', '#store/quality.ts', 'src/store/quality.ts'), 0);
  for (const folder of ['hub', 'catalogue', 'auth', 'ingest', 'apis', 'http', 'model', 'base', 'config'])
    assert.equal(findings(folder, '#store/quality.ts', 'src/store/quality.ts'), 1, folder);
});

test('quality knows no dialect, no API and no ingest', () => {
  for (const [specifier, target] of [
    ['#store/sqlite/quality.ts', 'src/store/sqlite/quality.ts'],
    ['#apis/api.ts', 'src/apis/api.ts'],
    ['#ingest/run.ts', 'src/ingest/run.ts'],
    ['#http/server.ts', 'src/http/server.ts'],
  ] as const)
    assert.equal(findings('quality', specifier, target), 1, specifier);
  for (const folder of ['apis', 'ingest', 'hub', 'auth'])
    assert.equal(findings(folder, '#quality/quality.ts', 'src/quality/quality.ts'), 1, folder);
});
