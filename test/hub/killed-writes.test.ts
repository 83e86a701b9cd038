// A process that writes several as one is killed in the midst of it: what is there afterwards is whole.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { testDialect } from '../store/conformance/dialects.ts';
import { countHired, hire, owned } from './hiring.ts';
import { openWritingWorldAt } from './writing-world.ts';

const writer = join(import.meta.dirname, 'killed-writer.ts');

it('several writes as one are whole after a kill', { timeout: 60_000 }, async () => {
  const place = await testDialect.place();
  try {
    for (const ms of [0, 7, 23]) {
      const child = spawn(process.execPath, [writer, place.at, String(ms * 10_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('exit', () => reject(new Error('it has ended by itself')));
      });
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGKILL');
      await ended;
      const world = await openWritingWorldAt({ at: place.at, dispose: async () => {} });
      const [persons, employees, staff] = await countHired(world);
      assert.ok(persons !== undefined && persons >= 20, `${persons}`);
      assert.deepEqual([employees, staff], [persons, persons]);
      // The events of a request are there together with what they tell of.
      assert.equal((await world.tenant.events.events({ limit: 10_000 })).length, persons * 3);
      await owned(world, 'hub');
      await hire(world, 500_000 + ms);
      await world.close();
    }
  } finally {
    await place.dispose();
  }
});
