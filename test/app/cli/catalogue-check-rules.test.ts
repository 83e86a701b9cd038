// `bindeledd catalogue check` stops what keeps to the letter of every description but announces something else than the rules allow.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCatalogueCheck } from '#app/cli/catalogue-check.ts';
import { exitCodes } from '#app/cli/exit-codes.ts';
import type { Terminal } from '#app/cli/terminal.ts';
import { writeRelease } from '#app/kept-releases.ts';
import { resolveSettings } from '#config/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'bindeledd-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const plain = (text: string): string => text;

test('an announcement that is too early, and one without anything in its place, stop a release in which nothing breaks', async () => {
  const announced = { api: 'fint', coordinates: ['*'], kind: 'breaking', announcedAt: '2026-12-01T12:00:00Z' };
  const announcements = join(folder, 'announced.json');
  const lawful = { ...announced, planned: { release: 2 }, replacement: 'another' };
  const items = [
    { ...lawful, id: 'lawful' },
    { ...lawful, id: 'too-early', planned: { release: 1 } },
    { ...lawful, id: 'silent', replacement: null },
  ];
  writeFileSync(announcements, JSON.stringify(items));
  assert.ok(writeRelease(folder, { release: 0, day: '2026-11-22', apis: new Map(), artefacts: [] }).ok);
  const settings = resolveSettings({ flags: {}, environment: {}, file: null, readSecret: () => null });
  assert.ok(settings.ok);
  const lines: string[] = [];
  const terminal: Terminal = {
    json: true,
    quiet: false,
    verbose: false,
    language: 'en',
    live: false,
    width: 80,
    out: (line) => void lines.push(line),
    say: plain,
    fail: plain,
    dim: plain,
    red: plain,
    green: plain,
    yellow: plain,
    bold: plain,
  };
  const options = { against: '0', releases: folder, announcements, on: '2027-03-31' };
  assert.equal(await runCatalogueCheck(terminal, settings.value, options), exitCodes.gate);
  const said = JSON.parse(lines.join('\n')) as {
    readonly ok: boolean;
    readonly counts: { readonly breaking: number };
    readonly rules: readonly unknown[];
  };
  assert.deepEqual([said.ok, said.counts.breaking], [false, 0]);
  assert.deepEqual(said.rules, [
    { rule: 'planned-too-early', at: 'too-early', text: 'It may take effect on 2028-03-31 at the earliest.' },
    {
      rule: 'no-replacement',
      at: 'silent',
      text: 'It says neither what takes the place of the part nor why nothing does.',
    },
  ]);
});
