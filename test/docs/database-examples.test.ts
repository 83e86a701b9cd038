// The examples of README that are marked with `<!-- runs on PostgreSQL -->` are run line by line over an empty database, with the two addresses
// that the page names in the environment. `start` has to become ready there, on a free port. What follows the mark, each line has to say in turn.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { emptyDatabase, testHubRole, type TestDatabase } from '../postgres/database.ts';
import { root, runCommand, startProcess } from '../e2e/hub-process.ts';

const mark = /<!-- runs on PostgreSQL: (.*?) -->\n```sh\n([^]*?)```/g;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

describe('the examples that are said to run on PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => {
    database = await emptyDatabase();
  });
  after(() => database?.drop());

  it('of README.md', { timeout: 120_000 }, async () => {
    const page = readFileSync(join(root, 'README.md'), 'utf8');
    // The page names both, and nothing else is needed.
    const env = { BINDELEDD_OWNER_DATABASE_URL: database.ownerUrl, BINDELEDD_DATABASE_URL: database.url };
    for (const name of Object.keys(env)) assert.match(page, new RegExp(`export ${name}=postgres://`));
    const examples = [...page.matchAll(mark)];
    assert.equal(examples.length, 1);
    for (const [, says = '', text = ''] of examples) {
      const lines = text.trim().split('\n');
      const expected = says.split(' | ');
      assert.equal(lines.length, expected.length);
      for (const [index, line] of lines.entries()) {
        const words = line
          .replace(/^npx bindeledd /, '')
          .replaceAll('bindeledd_hub', testHubRole)
          .split(' ');
        assert.notEqual(words[0], 'npx', line);
        if (words[0] === 'start') {
          const hub = await startProcess([...words, '--port', String(await freePort())], { env });
          const { url } = hub.ready as { readonly url: string };
          const answer = await fetch(new URL(expected[index] ?? '', url));
          assert.equal(answer.status, 200, await answer.text());
          assert.equal(await hub.stop(), 0);
        } else {
          // A hub of this machine may have the port.
          const free = words[0] === 'doctor' ? ['--port', '0'] : [];
          const { code, stdout, stderr } = await runCommand([...words, ...free], { env });
          assert.equal(code, 0, stderr);
          assert.ok(stdout.includes(expected[index] ?? ''), stdout);
        }
      }
    }
  });
});
