// What an import tells: findings up to a bound and all of them counted, lines in order, what is held and how it is let go, in both languages.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collectFindings, importReport, type ImportOutcome } from '#app/cli/import-report.ts';
import { limits } from '#base/limits.ts';

const finding = (line: number) => ({
  severity: line % 2 === 0 ? ('kept-back' as const) : ('warning' as const),
  code: 'HUB-632' as const,
  line,
  what: 'person' as const,
  reason: 'something is missing',
});

const outcome = (more: Partial<ImportOutcome> = {}): ImportOutcome => ({
  file: {
    head: { kind: 'head', line: 1, version: '1.3', source: 'sas@fjord', target: null, type: 'full', at: '2026-10-01' },
    records: { persons: 3, groups: 2, members: 1 },
    unplaced: new Map([['adr', 3]]),
    hiddenIds: 2,
    groups: [],
  },
  findings: collectFindings(),
  collections: [{ collection: 'a/b/c', entries: 5, removals: 0 }],
  mode: 'full',
  removalsWait: false,
  runs: null,
  dryRun: true,
  ...more,
});

describe('the report of an import', () => {
  it('names findings up to a bound, by line, and counts them all', () => {
    const { tell, list, keptBack, warnings } = collectFindings();
    for (let line = limits.importFindings; line > 0; line -= 1) tell(finding(line));
    assert.equal(list().length, limits.importFindings);
    assert.equal(list()[0]?.line, 1);
    tell(finding(0));
    assert.deepEqual([list().length, keptBack() + warnings()], [limits.importFindings, limits.importFindings + 1]);
  });

  it('says that a full file removes, what it left out, and that nothing was delivered', () => {
    const { text } = importReport(outcome(), 'en');
    for (const part of [
      /A full file: what it does not hold is removed/,
      /--delta/,
      /A dry run/,
      /adr 3/,
      /national id.*2/,
    ])
      assert.match(text, part);
    assert.doesNotMatch(importReport(outcome({ mode: 'delta' }), 'en').text, /A full file/);
    assert.match(importReport(outcome(), 'nb').text, /Prøve: ingenting er levert/);
  });

  it('counts apart what the hub may hold from before', () => {
    const { tell, keptBack, maybeThere } = collectFindings();
    tell(finding(2));
    tell({ ...finding(4), code: 'HUB-636' });
    tell(finding(5));
    assert.deepEqual([keptBack(), maybeThere()], [2, 1]);
  });

  it('says that removals wait', () => {
    const { text, json } = importReport(outcome({ mode: 'delta', removalsWait: true }), 'en');
    assert.match(text, /removals wait[^]*--full-anyway/);
    assert.equal((json as { readonly removalsWait: unknown }).removalsWait, true);
    assert.doesNotMatch(importReport(outcome(), 'en').text, /removals wait/);
  });

  it('tells how a run that is held is let go', () => {
    const run = {
      collection: 'a/b/c',
      type: 'FULL' as const,
      corrId: '2b6f8c9a-74c3-4e5a-9f2d-8c3b4a5e6f7a',
      entries: 5,
      state: 'held',
      created: 1,
      updated: 2,
      unchanged: 2,
      removed: 0,
      rejected: 0,
      warnings: 0,
    };
    const { text, json } = importReport(outcome({ runs: [run], dryRun: false }), 'en');
    assert.match(text, /bindeledd sync confirm 2b6f8c9a-74c3-4e5a-9f2d-8c3b4a5e6f7a/);
    assert.deepEqual((json as { readonly runs: unknown }).runs, [run]);
  });
});
