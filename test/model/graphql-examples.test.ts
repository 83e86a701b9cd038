// Examples of GraphQL APIs as they stand in the model, and every fault found at its line.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { noExamples, readGraphqlExamples } from '#model/graphql-examples.ts';
import { readGraphqlRoots } from '#model/graphql-roots.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { fintFolder, modelOf } from './models.ts';

const read = (text: string) => readGraphqlExamples(new Map([['fs/graphql/examples.yaml', text]]));
const findings = (text: string): readonly string[] => {
  const result = read(text);
  assert.ok(!result.ok, 'nothing was found');
  return (result.problem.errors ?? []).map(({ at, message }) => `${at} ${message}`);
};

test('each API has its own, with words in both languages', () => {
  const result = readGraphqlExamples(readGraphqlFiles(bundledModel));
  assert.ok(result.ok);
  assert.deepEqual([...result.value.keys()].toSorted(), ['fint-graphql', 'fs-graphql']);
  const own = result.value.get('fs-graphql') ?? noExamples;
  assert.equal(own.owner, 'eier');
  const flags = own.examples.map((one) => one.flags.join());
  for (const each of ['', 'beta', 'beta,experimental']) assert.ok(flags.includes(each), each);
  assert.ok(own.examples.some(({ query }) => query.startsWith('mutation')));
  for (const { title } of own.examples) assert.ok(title.nb !== '' && title.en !== '' && title.nb !== title.en);
  // Nothing is filled in: whose data they are is for the reader to say.
  for (const { variables } of own.examples) if ('eier' in variables) assert.equal(variables['eier'], '');
});

test('without such data there are none, and examples alone offer nothing at the root', () => {
  const none = readGraphqlExamples(new Map());
  assert.ok(none.ok && none.value.size === 0);
  const roots = readGraphqlRoots(readGraphqlFiles([fintFolder]), modelOf(fintFolder));
  assert.ok(roots.ok && roots.value === null);
});

test('what is wrong is found where it stands', () => {
  assert.deepEqual(findings('api: toy\nexamples:\n  - nb: a\n    query: "{ a }"\n'), [
    "fs/graphql/examples.yaml:3 missing-key: 'en' is missing",
  ]);
  assert.match(findings('api: toy\nexample: []\n')[0] ?? '', /^fs\/graphql\/examples\.yaml:2 unknown-key/);
  assert.match(
    findings('api: toy\nexamples:\n  - { nb: a, en: b, query: "{ a }", flags: beta }\n')[0] ?? '',
    /examples\.yaml:3 value-type: this takes a list/,
  );
  assert.match(findings('api: [\n')[0] ?? '', /yaml-syntax/);
});
