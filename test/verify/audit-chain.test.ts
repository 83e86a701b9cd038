// An audit told as text: right as it was told, whatever store told it; every alteration of the text, and of what it was told from, is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { createTrail } from '#store/sqlite/audit-trail.ts';
import { linesOf, verifyChain } from '#verify/audit-verify.ts';
import type { Verdict } from '#verify/audit-verify.ts';
import { alterations } from './alterations.ts';
import type { Dice } from './alterations.ts';
import { copyTo, inFolder, keySet, makeKey, organisation, other, placeIn, textOf, writeAudit } from './audit-world.ts';
import type { Place } from './audit-world.ts';

const { key, published } = await makeKey();
const { key: foreign } = await makeKey();
const keys = keySet(published);

const never = (): never => assert.fail('not asked for');

/** The chain as the store tells it. */
const tell = async ({ database }: Place, of = organisation): Promise<string> => {
  const trail = createTrail({
    path: database,
    organisation: of,
    clock: systemClock,
    settle: async () => {},
    key: never,
    seal: never,
    trim: never,
  });
  let text = '';
  for await (const lines of trail.chain()) text += lines;
  return text;
};

const linesIn = (text: string): readonly string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

const verdictOf = (text: string, copies: readonly string[] = []): Verdict =>
  verifyChain({ organisation, lines: linesIn(text), keys, copies });

/** Numbers from a seed (xorshift), so that a failure can be had again. */
const diceOf = (seed: number): Dice => {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
};

type TextAlteration = {
  readonly name: string;
  readonly apply: (lines: readonly string[], dice: Dice, neighbour: readonly string[]) => readonly string[];
};

const inLine = (lines: readonly string[], at: number, alter: (line: string) => string): readonly string[] =>
  lines.map((line, index) => (index === at ? alter(line) : line));

const textAlterations: readonly TextAlteration[] = [
  {
    name: 'a bit flips',
    apply: (lines, dice) => {
      const bytes = Buffer.from(lines.join('\n'));
      const at = dice(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice(8));
      return bytes.toString().split('\n');
    },
  },
  { name: 'a line is deleted', apply: (lines, dice) => lines.toSpliced(dice(lines.length), 1) },
  {
    name: 'a line stands twice',
    apply: (lines, dice) => {
      const at = dice(lines.length);
      return lines.toSpliced(at, 0, lines[at] ?? '');
    },
  },
  {
    name: 'two lines change places',
    apply: (lines, dice) => {
      const at = dice(lines.length - 1);
      return lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '');
    },
  },
  { name: 'an empty line comes in', apply: (lines, dice) => lines.toSpliced(dice(lines.length + 1), 0, '') },
  {
    name: 'the text ends early',
    apply: (lines, dice) => {
      const text = lines.join('\n');
      return text.slice(0, dice(text.length)).split('\n');
    },
  },
  { name: 'the last lines are gone, and the end says so', apply: (lines, dice) => shortened(lines, 1 + dice(20)) },
  {
    name: 'a line comes from another organisation',
    apply: (lines, dice, neighbour) => {
      const at = dice(Math.min(lines.length, neighbour.length) - 1);
      return lines.with(at, neighbour[at] ?? '');
    },
  },
  { name: 'all comes from another organisation', apply: (_lines, _dice, neighbour) => neighbour },
  {
    name: 'all but the beginning comes from another organisation',
    apply: (lines, _dice, neighbour) => [lines[0] ?? '', ...neighbour.slice(1)],
  },
  { name: 'the whole stands twice', apply: (lines) => [...lines, ...lines] },
  {
    name: 'a member is added to a line',
    apply: (lines, dice) => inLine(lines, dice(lines.length), (line) => `${line.slice(0, -1)},"x":1}`),
  },
  {
    name: 'a line is written in another way that means the same',
    apply: (lines, dice) => inLine(lines, dice(lines.length), (line) => `${line.slice(0, 1)} ${line.slice(1)}`),
  },
  {
    name: 'a member of a commit is of another kind',
    apply: (lines, dice) => {
      const commits = lines.flatMap((line, index) => (line.startsWith('{"first"') ? [index] : []));
      const at = commits[dice(commits.length)] ?? 0;
      const member = ['first', 'count', 'from', 'to', 'outbox', 'hash', 'records'][dice(7)] ?? '';
      const value = ['"1"', '-1', '1.5', 'true', '[]', '{}', '1e3'][dice(7)] ?? '';
      return inLine(lines, at, (line) =>
        line.replace(new RegExp(`"${member}":(?:"(?:[^"\\\\]|\\\\.)*"|[^,]*)`), `"${member}":${value}`),
      );
    },
  },
];

/** Without some commits before the end, and with an end that does not count them. */
const shortened = (lines: readonly string[], by: number): readonly string[] => {
  const kept = lines.slice(0, -1 - by);
  const commits = kept.filter((line) => line.startsWith('{"first"')).length;
  const checkpoints = kept.filter((line) => line.startsWith('{"checkpoint"')).length;
  return [...kept, JSON.stringify({ end: 'audit chain 1', checkpoints, commits })];
};

test('an audit as it was told is right, to its last record, trimmed or empty', () =>
  inFolder(async (folder) => {
    const place = placeIn(path.join(folder, 'whole'));
    writeAudit(place.database, organisation, key, 100);
    const verdict = verdictOf(await tell(place), [textOf(place.list)]);
    assert.deepEqual(verdict.broken, []);
    assert.deepEqual([verdict.ok, verdict.commits, verdict.checkpoints, verdict.unsealed], [true, 100, 12, 0]);
    assert.equal(verdict.lastSequence, verdict.records);
    const empty = placeIn(path.join(folder, 'empty'));
    writeAudit(empty.database, organisation, key, 0);
    assert.deepEqual([verdictOf(await tell(empty)).ok, verdictOf(await tell(empty)).records], [true, 0]);
  }));

test('1,000 random alterations of the text, all found', () =>
  inFolder(async (folder) => {
    const whole = placeIn(path.join(folder, 'whole'));
    writeAudit(whole.database, organisation, key, 60);
    const neighbour = placeIn(path.join(folder, 'neighbour'));
    writeAudit(neighbour.database, other, key, 60);
    const [lines, foreignLines] = [linesIn(await tell(whole)), linesIn(await tell(neighbour, other))];
    const unseen: string[] = [];
    for (let round = 0; round < 1_000; round += 1) {
      const alteration = textAlterations[round % textAlterations.length];
      assert.ok(alteration);
      const altered = alteration.apply(lines, diceOf(round + 1), foreignLines);
      assert.notDeepEqual(altered, lines, alteration.name);
      const { ok } = verifyChain({ organisation, lines: altered, keys });
      if (ok) unseen.push(`${alteration.name} (round ${round})`);
    }
    assert.deepEqual(unseen, []);
  }));

test('every alteration of the store that changes what is told is found in the text', () =>
  inFolder(async (folder) => {
    const whole = placeIn(path.join(folder, 'whole'));
    writeAudit(whole.database, organisation, key, 60);
    const neighbour = placeIn(path.join(folder, 'neighbour'));
    writeAudit(neighbour.database, other, key, 60);
    const [text, witness] = [await tell(whole), textOf(whole.list)];
    const unseen: string[] = [];
    let told = 0;
    for (let round = 0; round < alterations.length * 4; round += 1) {
      const alteration = alterations[round % alterations.length];
      assert.ok(alteration);
      const place = copyTo(whole, path.join(folder, 'altered'));
      alteration.apply({ place, neighbour, foreign, dice: diceOf(round + 1) });
      // What can no longer be read is told by nobody.
      const altered = await tell(place).catch(() => null);
      if (altered === null || altered === text) continue;
      told += 1;
      if (verdictOf(altered, [witness]).ok) unseen.push(`${alteration.name} (round ${round})`);
    }
    assert.deepEqual(unseen, []);
    assert.ok(told > alterations.length * 2, `${told} were told`);
  }));

const found = (lines: readonly string[]): readonly string[] =>
  verifyChain({ organisation, lines, keys }).broken.map(({ kind, where, at }) => `${kind} ${where} ${at}`);

test('the finding says what is wrong', () =>
  inFolder(async (folder) => {
    const place = placeIn(path.join(folder, 'whole'));
    writeAudit(place.database, organisation, key, 40);
    const lines = linesIn(await tell(place));
    assert.deepEqual(found(lines.slice(0, -1)), ['file file 0']);
    assert.deepEqual(found([]), ['file file 0']);
    assert.ok(found(shortened(lines, 3)).some((one) => one.startsWith('truncated commit')));
    const at = lines.findIndex((line) => line.startsWith('{"first":10,'));
    assert.deepEqual(found(inLine(lines, at, (line) => line.replace('\\"g1\\"', '\\"g2\\"'))), ['content commit 10']);
  }));

test('the program reads a chain from a file or from standard input, with or without the keys before it', () =>
  inFolder(async (folder) => {
    const place = placeIn(folder);
    writeAudit(place.database, organisation, key, 20);
    const text = await tell(place);
    const [chain, keyFile] = [path.join(folder, 'chain.jsonl'), path.join(folder, 'keys.json')];
    writeFileSync(chain, text);
    writeFileSync(keyFile, JSON.stringify(keys));
    const program = new URL('../../verify/audit-verify.ts', import.meta.url).pathname;
    const run = (args: readonly string[], input = ''): { readonly status: number | null; readonly stdout: string } =>
      spawnSync(process.execPath, [program, '--organisation', organisation, ...args], { encoding: 'utf8', input });
    const right = run(['--chain', chain, '--keys', keyFile, '--checkpoints', place.list]);
    assert.equal(right.stdout, 'a.test: 95 records in 20 commits (1 to 95), 3 checkpoints: all as signed.\n');
    assert.equal(run(['--chain', '-', '--keys', keyFile], text).stdout, right.stdout);
    assert.equal(run(['--chain', chain, '--keys', '-'], JSON.stringify(keys)).stdout, right.stdout);
    assert.equal(run(['--chain', '-', '--keys', '-'], `${JSON.stringify(keys)}\n${text}`).stdout, right.stdout);
    assert.equal(run(['--chain', '-', '--keys', keyFile], text.slice(0, -20)).status, 7);
    assert.equal(run(['--chain', chain, '--keys', keyFile, '--database', place.database]).status, 2);
    assert.equal(run(['--keys', keyFile]).status, 2);
    assert.equal(run(['--chain', `${chain}x`, '--keys', keyFile]).status, 2);
  }));

test('lines are read whole, wherever the pieces of a file end', () =>
  inFolder((folder) => {
    const lines = ['', 'æøå', 'x'.repeat(3_000_000), '😀'.repeat(700_000), '', 'end'];
    const file = path.join(folder, 'lines');
    for (const ending of ['', '\n']) {
      writeFileSync(file, lines.join('\n') + ending);
      const open = openSync(file, 'r');
      assert.deepEqual([...linesOf(open)], lines);
      closeSync(open);
    }
  }));
