// `bindeledd catalogue check` stops what keeps to the letter of every description but announces something else than the rules allow.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { runCatalogueCheck } from '#app/cli/catalogue-check.ts';
import { exitCodes } from '#app/cli/exit-codes.ts';
import type { Terminal } from '#app/cli/terminal.ts';
import { currentRelease } from '#app/current-release.ts';
import { writeRelease } from '#app/kept-releases.ts';
import { systemClock } from '#base/clock.ts';
import type { Status } from '#catalogue/contract.ts';
import { resolveSettings } from '#config/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'bindeledd-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const plain = (text: string): string => text;

/** A terminal that keeps what it is told. */
const terminalOf = (json: boolean): { readonly terminal: Terminal; readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const terminal: Terminal = {
    json,
    quiet: false,
    verbose: false,
    language: 'en',
    live: false,
    width: 200,
    out: (line) => void lines.push(line),
    say: plain,
    fail: plain,
    dim: plain,
    red: plain,
    green: plain,
    yellow: plain,
    bold: plain,
  };
  return { terminal, lines };
};

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
  const { terminal, lines } = terminalOf(true);
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

test('a text that differs stops a release where nothing is developed any more, and nowhere else', async () => {
  const catalogue = loadCatalogue();
  assert.ok(catalogue.ok);
  const now = await currentRelease(catalogue.value, 0, systemClock.now());
  const settings = resolveSettings({ flags: {}, environment: {}, file: null, readSecret: () => null });
  assert.ok(settings.ok);
  const check = async (status: Status): Promise<{ readonly exit: number; readonly said: string }> => {
    const releases = join(folder, status);
    const artefacts = now.artefacts
      .filter(({ api }) => api === 'flyt-skole')
      .map((one) => ({ ...one, text: one.text.replace('"title":', '"title":"Before: ","x-before":') }));
    assert.ok(artefacts.some(({ text }) => text.includes('x-before')));
    const apis = new Map([['flyt-skole', { status, policy: 'flyt' as const }]]);
    assert.ok(writeRelease(releases, { release: 0, day: '2026-11-22', apis, artefacts }).ok);
    const { terminal, lines } = terminalOf(false);
    const exit = await runCatalogueCheck(terminal, settings.value, {
      against: '0',
      releases,
      announcements: null,
      on: '2027-03-31',
    });
    return { exit, said: lines.join('\n') };
  };
  const frozen = await check('not-further-developed');
  assert.equal(frozen.exit, exitCodes.gate);
  assert.match(frozen.said, /^flyt-skole +\* +description-changed +not-further-developed +frozen /m);
  assert.match(frozen.said, /May not be released after release 0 \(2026-11-22\): 1/);
  assert.match(
    frozen.said,
    /is not-further-developed and does not change\. If a fault is mended, the change has to stand in changes\.yaml\./,
  );
  const developed = await check('production');
  assert.equal(developed.exit, exitCodes.ok, developed.said);
});
