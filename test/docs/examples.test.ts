// The examples of README and of the how-to pages that are marked with `<!-- runs -->` are pasted, as they stand, against one demo hub.
// `<!-- runs: text -->` says what the output of the block holds. The blocks of a page are one session: what one sets, the next may use.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tenantUuid } from '#hub/principal.ts';
import { county } from '#sandbox/county.ts';
import { root } from '../e2e/hub-process.ts';
import { startDemo, type DemoHub } from './demo-hub.ts';
import { doneBefore } from '../done-before.ts';

type Example = { readonly text: string; readonly says: string };

const examplesOf = (page: string): readonly Example[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- runs(?:: (.*?))? -->\n```sh\n([^]*?)```/g)].map(
    ([, says = '', text = '']) => ({ text, says }),
  );

/** Page, the demo's client whose id and secret the reader has at hand, and how many examples it has at least. */
const pages: readonly (readonly [page: string, client: string, least: number])[] = [
  ['README.md', 'demo-fint-client', 2],
  ['docs/how-to/start.md', 'demo-fint-client', 3],
  ['docs/how-to/read-data.md', 'demo-fint-client', 5],
  ['docs/how-to/fint-graphql.md', 'demo-fint-client', 4],
  ['docs/how-to/fs-graphql.md', 'demo-fs-client', 2],
  ['docs/how-to/fs-graphql-mutations.md', 'demo-fs-client', 1],
  ['docs/how-to/fs-graphql-events.md', 'demo-fs-client', 1],
  ['docs/how-to/fs-api.md', 'demo-fs-client', 3],
  ['docs/how-to/fsws-bas.md', 'demo-fs-client', 3],
  ['docs/how-to/fsws-crud.md', 'demo-fs-client', 3],
  ['docs/how-to/fsws-studrapp.md', 'demo-fs-client', 2],
  ['docs/how-to/fsws-studinfo2.md', 'demo-fs-client', 4],
  ['docs/how-to/fsws-bris.md', 'demo-fs-client', 2],
  ['docs/how-to/gemini.md', 'demo-fs-client', 4],
  ['docs/how-to/change-messages.md', 'demo-fs-client', 1],
  ['docs/how-to/write-data.md', 'demo-fint-client', 6],
  ['docs/how-to/deliver-data.md', 'demo-adapter', 4],
  ['docs/how-to/give-access.md', 'demo-fint-client', 4],
  ['docs/how-to/ask-for-access.md', 'demo-fint-client', 6],
  ['docs/how-to/administer.md', 'demo-admin', 4],
  ['docs/how-to/delegate-access.md', 'demo-fint-client', 6],
  ['docs/how-to/operate.md', 'demo-fint-client', 4],
  ['docs/how-to/prove-access.md', 'demo-fint-client', 4],
  ['docs/how-to/explain.md', 'demo-fint-client', 5],
  ['docs/how-to/data-quality.md', 'demo-fint-client', 1],
  ['docs/how-to/flyt-skole.md', 'demo-vfs-client', 8],
  ['docs/how-to/lms-exports.md', 'demo-vfs-client', 6],
  ['docs/how-to/import-pifu.md', 'demo-adapter', 2],
  ['docs/how-to/catalogue.md', 'demo-fint-client', 4],
  ['docs/how-to/announce.md', 'demo-operator', 5],
  ['docs/how-to/catalogue-gate.md', 'demo-fint-client', 1],
  ['docs/how-to/version-an-api.md', 'demo-fint-client', 3],
];

const mark = (index: number): string => `=== example ${index} ===`;

// A refusal ends a session, which curl does only when told to. The program is this repository's, on this runtime, without npm around it.
const prelude = `set -eu
curl() { command curl --fail-with-body --max-time 30 "$@"; }
bindeledd() { "$NODE" "$PROGRAM" "$@"; }
npx() { shift; bindeledd "$@"; }
`;

const session = (
  examples: readonly Example[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve, reject) => {
    const script = examples.map(({ text }, index) => `echo; echo '${mark(index)}'\n${text}`).join('\n');
    const kept = Object.entries(process.env).filter(([name]) => !/^(BINDELEDD|NODE)_/.test(name));
    const child = spawn('sh', ['-c', prelude + script], {
      cwd,
      env: { ...Object.fromEntries(kept), ...doneBefore, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

describe('the examples that are said to run', () => {
  let hub: DemoHub;
  before(async () => {
    hub = await startDemo();
  });
  after(() => hub?.stop());

  for (const [page, client, least] of pages)
    it(`of ${page}`, { timeout: 60_000 }, async () => {
      const examples = examplesOf(page);
      assert.ok(examples.length >= least, `only ${examples.length} examples were found`);
      const cwd = join(hub.folder, page.replaceAll('/', '-'));
      mkdirSync(cwd);
      const { code, stdout, stderr } = await session(examples, cwd, {
        NODE: process.execPath,
        PROGRAM: join(root, 'bin/bindeledd.mjs'),
        LC_ALL: 'en_US.UTF-8',
        BINDELEDD_DATA: join(hub.folder, 'data'),
        URL: hub.url,
        ID: client,
        SECRET: hub.secretOf(client),
        ADAPTER_SECRET: hub.secretOf('demo-adapter'),
        MUNICIPALITY_SECRET: hub.secretOf('demo-municipality-client'),
        VFS_SECRET: hub.secretOf('demo-vfs-client'),
        FS_SECRET: hub.secretOf('demo-fs-client'),
        MUNICIPALITY_ADMIN_SECRET: hub.secretOf('demo-municipality-admin'),
        TENANT_ID: tenantUuid('tindvag.test'),
        FEIDENAVN: county({ seed: 42, size: 'small', asOf: '2026-11-01' }).known.ordinaryPupil.feidenavn,
      });
      assert.equal(code, 0, `${stdout.slice(-1_500)}\n${stderr.slice(-1_500)}`);
      for (const [index, { says, text }] of examples.entries()) {
        const output = stdout.split(mark(index))[1]?.split('\n=== example ')[0] ?? '';
        assert.ok(
          output.includes(says),
          `${says} is not what this says:\n${text}\n${output.slice(0, 1_500)}\n${stderr}`,
        );
      }
    });
});
