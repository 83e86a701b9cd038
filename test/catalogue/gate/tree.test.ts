// Holds the APIs as they are in this tree to the newest release that was made: what breaks a contract before its day does not pass. When this fails, announce the
// change in catalogue/changes.yaml, or keep what was promised.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCatalogueCheck } from '#app/cli/catalogue-check.ts';
import { exitCodes } from '#app/cli/exit-codes.ts';
import { processTerminal } from '#app/cli/terminal.ts';
import { resolveSettings } from '#config/settings.ts';

test('nothing that was released breaks before its day', async () => {
  const settings = resolveSettings({ flags: {}, environment: {}, file: null, readSecret: () => null });
  assert.ok(settings.ok);
  const lines: string[] = [];
  const terminal = {
    ...processTerminal({ lang: 'en', json: false }),
    out: (line: string): void => void lines.push(line),
  };
  const exit = await runCatalogueCheck(terminal, settings.value, {
    against: 'newest',
    releases: null,
    announcements: null,
    on: null,
  });
  assert.equal(exit, exitCodes.ok, lines.join('\n'));
});
