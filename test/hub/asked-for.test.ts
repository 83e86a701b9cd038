// Whom choices ask for, as records name it: over the model alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Narrow } from '#hub/documents/document.ts';
import { askedFor } from '#hub/asked-for.ts';
import { fintFolder, modelOf } from '../model/models.ts';

const model = modelOf(fintFolder);
const [pupils, enrolments] = ['utdanning/elev/elev', 'utdanning/elev/elevforhold'];

const pupil = (number: string): Narrow => ({
  kind: 'where',
  filter: {
    kind: 'compare',
    path: { names: ['elevnummer', model.identifierValue], kind: 'string' },
    operator: 'eq',
    value: { kind: 'text', value: number },
  },
});
const named = (number: string) => ({ collection: pupils, field: 'elevnummer', value: number });

test('a choice asks for whom it names, however it is led there', () => {
  assert.deepEqual(askedFor(model, pupils, pupil('1')), [named('1')]);
  assert.deepEqual(askedFor(model, enrolments, { kind: 'through', relation: 'elev', to: pupil('2') }), [named('2')]);
  const ledTo: Narrow = { kind: 'led-to', by: pupils, relation: 'elevforhold', of: pupil('3') };
  assert.deepEqual(askedFor(model, enrolments, ledTo), [named('3')]);
  const many: Narrow = { kind: 'any', of: [pupil('4'), ledTo, pupil('4')] };
  assert.deepEqual(askedFor(model, pupils, many), [named('4'), named('3')]);
});

test('what is left out is not asked for', () => {
  assert.deepEqual(askedFor(model, pupils, { kind: 'not', of: pupil('1') }), []);
});
