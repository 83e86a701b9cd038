// Several folders as one model: what each brings stands in it, the folder that stands alone is what it is alone, and what two folders both
// say is found with the file and line of the later one.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { explainClass, showClass } from '#model/explain.ts';
import type { Finding } from '#model/findings.ts';
import { publishedSchema } from '#model/json-schema.ts';
import { checkModel, examineModel, readModelFiles, readQualityFiles } from '#model/load.ts';
import type { ModelFolder } from '#model/load.ts';
import { openApiDocument } from '#model/openapi.ts';
import { readQualityRules } from '#model/quality-rules.ts';
import { entry, modelOf, root, tinyFolder } from './models.ts';

const sirkelFolder = path.join(root, 'test', 'fixtures', 'model', 'sirkel');
const both = () => modelOf(tinyFolder, sirkelFolder);

test('the order of the folders does not matter', () => {
  const turned = modelOf(sirkelFolder, tinyFolder);
  assert.deepEqual([turned.name, turned.version], ['Tiny', '1.2.3']);
  assert.deepEqual([...turned.parts.keys()], ['Tiny', 'Sirkel']);
  assert.deepEqual([...turned.collections.keys()], [...both().collections.keys()]);
  assert.deepEqual(turned.protection, both().protection);
  assert.equal(turned.hash, both().hash);
});

test('parts, domains and packages say where they are from', () => {
  const model = both();
  assert.equal(model.parts.get('Sirkel')?.buildsOn, 'Tiny');
  assert.deepEqual([...model.domains.keys()], ['bibliotek', 'felles', 'lesing']);
  assert.equal(model.packages.get('lesing/sirkel')?.part, 'Sirkel');
  const document = openApiDocument(model, entry(model.components, 'lesing/sirkel'));
  assert.match(JSON.stringify(document['info']), /^{"title":"Sirkel Lesing \/ Sirkel","version":"0\.1\.0",/);
});

test('what an extension adds says so, relations and members of abstract classes too', () => {
  const model = both();
  const filial = entry(model.classes, 'bibliotek/utlan:Filial');
  assert.deepEqual(
    filial.relations.map(({ jsonName, extension }) => [jsonName, extension]),
    [
      ['laner', null],
      ['sirkel', 'lesing'],
    ],
  );
  assert.equal(entry(filial.attributeByName, 'merknad').extension, 'lesing');
  assert.equal(entry(model.classes, 'lesing/sirkel:Sirkel').attributeByName.get('merknad')?.from, 'felles:Navngitt');
  assert.match(showClass(explainClass(model, filial), 'en'), /sirkel .*<- filial, of the extension lesing/);
  const schema = JSON.stringify(publishedSchema(model, filial));
  assert.equal(schema.split('"x-extension":"lesing"').length, 3);
});

test('the folder that stands alone is the same without the others, but for what they add', () => {
  const alone = modelOf(tinyFolder);
  for (const [key, of] of alone.classes) {
    const now = entry(both().classes, key);
    assert.deepEqual(
      now.attributes.filter(({ extension }) => extension !== 'lesing'),
      of.attributes,
    );
    assert.deepEqual(
      now.relations.filter(({ extension }) => extension !== 'lesing'),
      of.relations,
    );
  }
});

test('a package can take common classes from another component instead of copies of its own', () => {
  const { collections, components } = both();
  assert.deepEqual(
    components.get('lesing/sirkel')?.collections.map((one) => one.path),
    ['lesing/sirkel/sirkel'],
  );
  const link = entry(entry(collections, 'lesing/sirkel/sirkel').links, 'deltaker');
  assert.deepEqual([link.target, link.inverse], ['bibliotek/utlan/person', 'sirkel']);
  const back = entry(entry(collections, 'bibliotek/utlan/person').links, 'sirkel');
  assert.deepEqual([back.target, back.inverse], ['lesing/sirkel/sirkel', 'deltaker']);
});

test('scopes, indexes and protection of all folders count', () => {
  const model = both();
  const filial = entry(model.scopes, 'filial');
  assert.deepEqual(filial.paths.get('bibliotek/utlan/person'), ['laner.filial', 'sirkel.filial']);
  assert.deepEqual(filial.paths.get('lesing/sirkel/sirkel'), ['filial']);
  assert.ok(model.scopes.has('sirkel'));
  assert.deepEqual(entry(model.collections, 'bibliotek/utlan/person').indexed.slice(-2), [
    'navn/etternavn',
    'navn/fornavn',
  ]);
  assert.deepEqual(entry(model.collections, 'lesing/sirkel/sirkel').indexed.slice(1), ['navn', 'merknad']);
});

test('the mark of the model follows every file of every folder', () => {
  assert.notEqual(both().hash, modelOf(tinyFolder).hash);
  const files = readModelFiles(sirkelFolder);
  for (const [name, text] of files) {
    const changed = folders([[name, text, `${text}# x\n`]]);
    assert.notEqual(examineModel(changed).model?.hash, both().hash, name);
  }
});

const tiny: ModelFolder = { name: 'tiny', files: readModelFiles(tinyFolder) };

/** Both folders, with edits in the files of the second. */
const folders = (edits: readonly (readonly [file: string, search: string, replacement: string])[]) => {
  const files = new Map(readModelFiles(sirkelFolder));
  for (const [file, search, replacement] of edits) {
    const text = files.get(file) ?? '';
    assert.ok(text.includes(search), `${file} holds no '${search}'`);
    files.set(file, search === '' ? text + replacement : text.replace(search, () => replacement));
  }
  return [tiny, { name: 'sirkel', files }];
};

const clashes: readonly (readonly [
  what: string,
  rule: Finding['rule'],
  file: string,
  edit: readonly [string, string],
  says: RegExp,
])[] = [
  ['a model', 'duplicate', 'model.yaml', ['name: Sirkel', 'name: Tiny # HERE'], /another folder is model Tiny/],
  [
    'a domain',
    'duplicate',
    'model.yaml',
    ['', '  bibliotek: { nb: x, en: x } # HERE\n'],
    /domain bibliotek is described in another folder/,
  ],
  [
    'what to build on that is not there',
    'builds-on',
    'model.yaml',
    ['builds-on: Tiny', 'builds-on: Stor # HERE'],
    /model Stor is not among the folders/,
  ],
  [
    'what to build on that is itself',
    'builds-on',
    'model.yaml',
    ['builds-on: Tiny', 'builds-on: Sirkel # HERE'],
    /runs in a circle/,
  ],
  [
    'an identifier',
    'builds-on',
    'model.yaml',
    ['builds-on: Tiny', 'identifier: { type: felles:Nokkel, value: verdi } # HERE'],
    /Tiny has an identifier already/,
  ],
  [
    'an attribute',
    'duplicate',
    'extensions/lesing.yaml',
    ['      merknad: {', '      navn: { # HERE\n       '],
    /'navn' is already a member of Navngitt/,
  ],
  [
    'a relation',
    'duplicate',
    'extensions/lesing.yaml',
    ['  felles:Person:\n    relations:\n      sirkel:', '  felles:Person:\n    relations:\n      låner: # HERE'],
    /'laner' is already a member of Person/,
  ],
  [
    'a relation that does not point back',
    'inverse',
    'extensions/lesing.yaml',
    ['        inverse: deltaker', '        inverse: filial # HERE'],
    /Sirkel\.filial leads to bibliotek\/utlan:Filial/,
  ],
  [
    'a path of a scope',
    'scope-path',
    'scopes.yaml',
    ['person: [sirkel.filial]', 'person: [laner.filial] # HERE'],
    /'laner\.filial' is named twice for bibliotek\/utlan\/person/,
  ],
  [
    'what is unaffected',
    'scope-path',
    'scopes.yaml',
    ['  filial:\n', '  filial:\n    unaffected:\n      - bibliotek/utlan/bok # HERE\n'],
    /'bibliotek\/utlan\/bok' is named twice/,
  ],
  [
    'an addition to no scope',
    'scope-path',
    'scopes.yaml',
    ['  filial:\n', '  filialen: # HERE\n'],
    /no scope filialen to add to; did you mean 'filial'/,
  ],
  ['a scope', 'duplicate', 'scopes.yaml', ['  sirkel:\n', '  filial: # HERE\n'], /scope filial is defined twice/],
  [
    'an index',
    'index-path',
    'indexes.yaml',
    ['[navn/fornavn]', '[navn/etternavn] # HERE'],
    /'navn\/etternavn' is named twice/,
  ],
  [
    'a marking',
    'protection',
    'protection.yaml',
    ['markings: {}', 'markings:\n  felles:Person: { attribute: skjerming, levels: { alt: 3 } } # HERE'],
    /felles:Person has a marking already/,
  ],
  [
    'about whom',
    'protection',
    'protection.yaml',
    ['about: {}', 'about:\n  bibliotek/utlan:Lan: [laner] # HERE'],
    /bibliotek\/utlan:Lan is also named in 'about'/,
  ],
  [
    'nothing about whom',
    'protection-gap',
    'protection.yaml',
    ['about: {}\nnot-about:\n  "Many read together.":\n    - lesing/sirkel:Sirkel\n', 'about: {} # HERE\n'],
    /lesing\/sirkel:Sirkel leads to persons/,
  ],
];

for (const [what, rule, file, edit, says] of clashes)
  test(`a folder that says again, or wrongly, ${what}`, () => {
    const changed = folders([[file, ...edit]]);
    const { model, findings } = examineModel(changed);
    assert.equal(model, null);
    const found = findings.find((one) => one.rule === rule && says.test(one.message));
    assert.ok(found !== undefined, JSON.stringify(findings, null, 1));
    const lines = (changed[1]?.files.get(file) ?? '').split('\n');
    assert.deepEqual(
      [found.file, found.line],
      [`sirkel/${file}`, lines.findIndex((line) => line.includes('# HERE')) + 1],
    );
  });

test('a third folder that brings what the second brings clashes with it, not with the first', () => {
  const [, sirkel] = folders([]);
  assert.ok(sirkel !== undefined);
  const files = new Map(sirkel.files);
  const header = files.get('model.yaml') ?? '';
  files.set('model.yaml', header.replace('name: Sirkel', 'name: Ring').replace('builds-on: Tiny', 'builds-on: Sirkel'));
  const found = (): readonly string[] =>
    examineModel([tiny, sirkel, { name: 'ring', files }]).findings.map(
      ({ file, rule, message }) => `${file} ${rule}: ${message}`,
    );
  assert.deepEqual(found(), [
    'ring/extensions/lesing.yaml duplicate: extension lesing is defined twice',
    'ring/scopes.yaml duplicate: scope sirkel is defined twice',
  ]);
  files.delete('extensions/lesing.yaml');
  files.set('scopes.yaml', 'scopes: {}\n');
  assert.deepEqual(found(), [
    'ring/lesing/sirkel.yaml duplicate: package lesing/sirkel is defined twice',
    'ring/model.yaml duplicate: domain lesing is described in another folder too',
  ]);
});

test('folders of one name are told apart', () => {
  const place = mkdtempSync(path.join(tmpdir(), 'model-'));
  try {
    for (const [name, from] of [
      ['a/model', tinyFolder],
      ['b/model', sirkelFolder],
    ] as const)
      cpSync(from, path.join(place, name), { recursive: true });
    const [a, b] = [path.join(place, 'a/model'), path.join(place, 'b/model')];
    assert.deepEqual(checkModel(a, b), { ok: true, value: [] });
    const alone = checkModel(b);
    assert.ok(alone.ok);
    assert.deepEqual(
      alone.value.map(({ file, message }) => `${file} ${message}`),
      ['model.yaml model Tiny is not among the folders'],
    );
    rmSync(path.join(b, 'scopes.yaml'));
    const broken = checkModel(a, b);
    assert.deepEqual(broken.ok ? broken.value.map(({ file }) => file) : [], [
      'model-2/scopes.yaml',
      'model-2/scopes.yaml',
    ]);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test('quality files of all folders count, and a check that stands twice is found', () => {
  const model = both();
  assert.equal(readQualityFiles([tinyFolder, sirkelFolder]).size, 0);
  const one = 'checks: { felles:Person: [{ check: email, attribute: navn/fornavn }] }';
  const other = 'checks: { felles:Person: [{ check: email, attribute: navn/etternavn }] }';
  const read = readQualityRules(
    new Map([
      ['a/quality.yaml', one],
      ['b/quality.yaml', other],
    ]),
    model,
  );
  assert.deepEqual(read.ok ? read.value.get('felles:Person')?.length : read.problem, 2);
  const twice = readQualityRules(
    new Map([
      ['a/quality.yaml', one],
      ['b/quality.yaml', one],
    ]),
    model,
  );
  assert.deepEqual(twice.ok ? [] : twice.problem.errors?.map(({ at, message }) => `${at} ${message}`), [
    'b/quality.yaml: felles:Person[0] the check stands twice',
  ]);
});
