// Shapes are held against the model before anything is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileShape } from '#hub/documents/shape.ts';
import { model, paths } from '../world.ts';
import { pupilShape, step } from './document-world.ts';

test('a shape knows its collections and how each is reached, parents first', () => {
  assert.deepEqual(
    pupilShape.all.map(({ at, collection, rule }) => [at, collection.path, rule?.relation.jsonName ?? null]),
    [
      ['', paths.pupil, null],
      ['person', paths.person, 'person'],
      ['person.foreldre', paths.person, 'foreldre'],
      ['elevforhold', paths.enrolment, 'elevforhold'],
      ['elevforhold.skole', paths.school, 'skole'],
      ['elevforhold.klassemedlemskap', paths.membership, 'klassemedlemskap'],
      ['elevforhold.klassemedlemskap.klasse', paths.group, 'klasse'],
    ],
  );
  assert.equal(pupilShape.root, pupilShape.all[0]);
});

const refusal = (collection: string, steps: Parameters<typeof step>[1]): string => {
  const made = compileShape({ name: 'wrong', collection, steps: steps ?? {} }, model);
  assert.ok(!made.ok);
  assert.equal(made.problem.code, 'HUB-200');
  return made.problem.detail;
};

test('what the model does not have is refused by its path', () => {
  assert.match(refusal('utdanning/elev/elever', {}), /no collection utdanning\/elev\/elever/);
  assert.match(
    refusal(paths.pupil, step('elevforhold', step('skolen'))),
    /elevforhold\.skolen: utdanning\/elev\/elevforhold has no relation skolen; the nearest is skole/,
  );
  assert.match(refusal(paths.school, step('vigoreferanse')), /vigoreferanse .*leads out of the model/);
});

test('what is bare is asked nothing more of, and attributes are those of the class', () => {
  assert.match(
    refusal(paths.pupil, { person: { relation: 'person', steps: step('foreldre'), bare: true } }),
    /person: of what is bare nothing is read, and nothing is behind it/,
  );
  assert.match(
    refusal(paths.pupil, { person: { relation: 'person', steps: {}, bare: true, attributes: ['navn'] } }),
    /person: of what is bare nothing is read/,
  );
  assert.match(
    refusal(paths.pupil, { person: { relation: 'person', steps: {}, attributes: ['navn', 'feidenavn'] } }),
    /person: utdanning\/elev\/person has no attribute feidenavn/,
  );
  const made = compileShape(
    {
      name: 'few',
      collection: paths.pupil,
      attributes: ['systemId'],
      steps: { person: { relation: 'person', steps: {}, bare: true } },
    },
    model,
  );
  assert.ok(made.ok);
  assert.deepEqual(
    made.value.all.map(({ bare, attributes }) => [bare, attributes === null ? null : [...attributes]]),
    [
      [false, ['systemId']],
      [true, null],
    ],
  );
});
