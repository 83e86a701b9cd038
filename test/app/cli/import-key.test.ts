// The key of imports: made once, for its owner alone, the same ever after; and what is no key, or anybody can read, is refused.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { exitCodes } from '#app/cli/exit-codes.ts';
import { importKey } from '#app/cli/import-key.ts';
import { CommandFailure } from '#app/cli/terminal.ts';
import { systemRandom } from '#base/random.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-key-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const isRefused = (error: unknown): boolean =>
  error instanceof CommandFailure && error.code === 'HUB-640' && error.exit === exitCodes.usage;

describe('the key of imports', () => {
  it('is made for its owner alone, and is the same ever after', () => {
    const file = path.join(folder, 'new', 'import.key');
    const key = importKey(file, false, systemRandom);
    assert.equal(key.length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
    assert.equal(readFileSync(file, 'utf8').trim(), key.toString('hex'));
    assert.deepEqual(readdirSync(path.dirname(file)), ['import.key']);
    assert.deepEqual(importKey(file, false, systemRandom), key);
    assert.deepEqual(importKey(file, true, systemRandom), key);
  });

  it('is not made in a dry run', () => {
    const file = path.join(folder, 'dry', 'import.key');
    assert.equal(importKey(file, true, systemRandom).length, 32);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name === 'dry'),
      [],
    );
  });

  it('is refused when it is none, when others can read it, and where none can be made', () => {
    const file = path.join(folder, 'bad.key');
    for (const text of ['', 'secret', 'ab'.repeat(31)]) {
      writeFileSync(file, text, { mode: 0o600 });
      assert.throws(() => importKey(file, false, systemRandom), isRefused, text);
    }
    writeFileSync(file, 'ab'.repeat(32));
    chmodSync(file, 0o640);
    assert.throws(() => importKey(file, false, systemRandom), isRefused);
    assert.throws(() => importKey(path.join(file, 'below', 'import.key'), false, systemRandom), isRefused);
    assert.throws(() => importKey(folder, false, systemRandom), isRefused);
  });
});
