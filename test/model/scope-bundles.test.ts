// bundles.yaml: what is wrong in it is named and stops the start; what comes with the hub is sound.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScopeBundles } from '#model/scope-bundles.ts';
import { hubBundles, hubModel } from './models.ts';

const read = (text: string) => readScopeBundles(new Map([['bundles.yaml', text]]), hubModel());

const scope = (opens: string): string => `scopes: { 'a:b': { nb: "Noe.", en: "Something.", opens: [${opens}] } }`;

test('mistakes are named, by file and place', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['scopes: [', /yaml/],
    ['- a', /takes a map/],
    ['colour: blue', /unknown key 'colour'/],
    ["scopes: { 'a:b': { nb: x, opens: [codes] } }", /described in both languages/],
    [scope(''), /opens nothing/],
    ['scopes: { ab: { nb: x, en: y, follows: true, opens: [] } }', /is no scope/],
    [scope('codes'), /there is no 'codes'/],
    [`parts: { codes: [] }\n${scope('code')}`, /did you mean 'codes'/],
    [scope('{ collections: [utdanning/elev/eleven] }'), /did you mean 'utdanning\/elev\/elev'/],
    [scope('{ collections: [] }'), /names no collection/],
    [scope('{ collections: [utdanning/elev/elev], fields: [navn] }'), /there is no 'navn'/],
    [scope('{ collections: [utdanning/elev/elev], but: [navn] }'), /there is no 'navn'/],
    [scope('{ collections: [utdanning/elev/elev], fields: [gjest], but: [gjest] }'), /either 'fields' or 'but'/],
    [scope('{ collections: [utdanning/elev/elev], shows: [open] }'), /there is no 'open'/],
    [scope('{ collections: [utdanning/elev/elev], actions: [deliver] }'), /there is no 'deliver'/],
    [scope('{ collections: utdanning/elev/elev }'), /takes a list of texts/],
    [scope('{ collections: [utdanning/elev/elev], unprotected: yes }'), /takes true or false/],
    ['rows: { scope: skolen, field: systemid }', /did you mean 'skole'/],
    ['rows: { scope: skole, field: navn }', /has no identifier 'navn'/],
  ];
  for (const [text, message] of wrong) {
    const found = read(text);
    assert.ok(!found.ok, text);
    assert.equal(found.problem.code, 'HUB-200');
    assert.match(found.problem.detail, message, text);
    assert.match(found.problem.errors?.[0]?.at ?? '', /^bundles\.yaml: /);
  }
});

test('a scope of two files and an alias that is a scope are refused', () => {
  const one = scope('{ collections: [utdanning/elev/elev] }');
  const twice = readScopeBundles(
    new Map([
      ['a.yaml', one],
      ['b.yaml', one],
    ]),
    hubModel(),
  );
  assert.match(twice.ok ? '' : twice.problem.detail, /stands twice/);
  const alias = read(one.replace('opens', "aliases: ['a:b'], opens"));
  assert.match(alias.ok ? '' : alias.problem.detail, /is a scope itself/);
});

test('what comes with the hub is sound, and folders without the file open nothing', () => {
  const { bundles, aliases, rows } = hubBundles();
  assert.ok(bundles.size >= 13);
  assert.equal(aliases.get('vfsapi:lmsexport'), 'vfs:lmsexport');
  assert.deepEqual(rows, { scope: 'skole', field: 'systemid', target: 'utdanning/utdanningsprogram/skole' });
  const none = readScopeBundles(new Map(), hubModel());
  assert.equal(none.ok && none.value.bundles.size, 0);
});
