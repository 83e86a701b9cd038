// What the runner loads before every file takes nothing from its tests: what nobody catches fails a file, and a text of YAML that was parsed before
// holds what it held then.
import './parsed-before.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { isMap, isScalar, LineCounter, parse, parseDocument } from 'yaml';

const folder = mkdtempSync(path.join(tmpdir(), 'run-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a file with this text as `npm test` does. */
const run = (name: string, text: string): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve, reject) => {
    const file = path.join(folder, `${name}.test.mjs`);
    writeFileSync(
      file,
      `import { test } from 'node:test';\nimport { setTimeout as sleep } from 'node:timers/promises';\n${text}`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'run.ts'), file], { env });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });

describe('a file fails', () => {
  const faults = {
    'a promise that nobody waits for': `void sleep(1).then(() => { throw new Error('forgotten'); }); await sleep(30);`,
    'a timer that throws': `await sleep(1); setTimeout(() => { throw new Error('forgotten'); }, 1); await sleep(30);`,
    'what happens after the end': `setTimeout(() => { throw new Error('forgotten'); }, 30);`,
    'an assertion after a wait': `await sleep(1); throw new Error('forgotten');`,
  };
  for (const [index, [name, body]] of Object.entries(faults).entries())
    it(`by ${name}`, async () => {
      const { code, out } = await run(`fault-${index}`, `test('it', async () => { ${body} });`);
      assert.equal(code, 1, out);
      assert.match(out, /forgotten/);
    });

  it('by nothing else', async () => {
    const { code, out } = await run('sound', `test('it', async () => { await sleep(1); });`);
    assert.equal(code, 0, out);
    assert.match(out, /pass 1\n/);
  });
});

/** As files of the model are read. */
const read = (text: string) => {
  const lineCounter = new LineCounter();
  return { document: parseDocument(text, { lineCounter, prettyErrors: false }), lineCounter };
};

describe('what was parsed before', () => {
  const file = path.join(import.meta.dirname, '..', 'model', 'fint', 'scopes.yaml');
  const text = readFileSync(file, 'utf8');
  it('holds what it held, to everyone their own', () => {
    read(text);
    const { document } = read(text);
    const [one, other] = [document.toJS() as object, read(text).document.toJS() as object];
    assert.deepEqual(one, parse(text));
    assert.deepEqual(Object.keys(one), Object.keys(parse(text) as object));
    Object.assign(one, { changed: true });
    assert.deepEqual(other, parse(text));
    assert.deepEqual([document.errors, document.warnings], [[], []]);
  });

  it('says on which line something stands', () => {
    read(text);
    const { document, lineCounter } = read(text);
    assert.ok(isMap(document.contents));
    const last = document.contents.items.at(-1)?.key;
    assert.ok(isScalar(last));
    const { line } = lineCounter.linePos(last.range?.[0] ?? 0);
    assert.equal(text.split('\n')[line - 1]?.startsWith(String(last.value)), true, `line ${line}`);
  });

  it('is never what has something wrong with it', () => {
    const broken = `${text}\n: : [\n`;
    for (let time = 0; time < 2; time += 1) {
      const { document, lineCounter } = read(broken);
      assert.ok(document.errors.length > 0);
      assert.ok(lineCounter.linePos(document.errors[0]?.pos[0] ?? 0).line >= text.split('\n').length - 1);
    }
  });
});
