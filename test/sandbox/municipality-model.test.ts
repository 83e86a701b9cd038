// Every entry of the small municipality against the model that comes with the hub: known members, right types, what is mandatory, cardinalities,
// one side of every two-way relation, and every link leads to an entry.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { municipality } from '#sandbox/municipality.ts';
import { entry, hubModel } from '../model/models.ts';
import { check, survey, type Notes } from './against-model.ts';

const model = hubModel();
for (const options of [
  { seed: 1, size: 'small' },
  { seed: 7, size: 'small', asOf: '2028-07-31', names: 'plausible', snapshot: 'later' },
  { seed: 3, size: 'small', asOf: '2018-01-01' },
  { seed: 3, size: 'small', asOf: '2044-12-31' },
] as const)
  test(`municipality ${Object.values(options).join(' ')}: entries are complete, known and well typed, every link leads to an entry`, () => {
    const { problems, links } = survey(municipality(options).collections);
    assert.ok(links > 20_000, `${links} links were seen`);
    assert.deepEqual([...new Set(problems)].slice(0, 30), [], `${problems.length} problems`);
  });

test('every class of the model of primary schools is delivered', () => {
  const delivered = new Set(municipality({ seed: 1, size: 'small' }).collections.map(({ collection }) => collection));
  const own = [...model.collections.keys()].filter((path) => path.startsWith('grunnskole/'));
  assert.ok(own.length > 20);
  assert.deepEqual(
    own.filter((path) => !delivered.has(path)),
    [],
  );
});

test('the check sees what is wrong', () => {
  const notes: Notes = { problems: [], found: [], owed: [] };
  const source = entry(model.collections, 'grunnskole/sfo/sfoplass');
  check(notes, source.class, { navn: 'x', dager: 'man', _links: { skole: [], sfo: [{}] } }, [source, 'x', []]);
  assert.ok(notes.problems.length >= 5, notes.problems.join('\n'));
});
