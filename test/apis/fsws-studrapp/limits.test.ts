// How much is put together to find collisions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studrappService } from '#apis/fsws-studrapp/operations.ts';
import { systemClock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Walk } from '#hub/documents/document.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { Handled, ServiceCall } from '#services/service.ts';
import { principalOf } from '../../http/toy.ts';
import { hubModel } from '../../model/models.ts';

const model = hubModel();

const unasked = () => assert.fail('not for collisions');

/** Asks for collisions where a page of each kind says that it holds so many rows. */
const asked = async (length: number): Promise<Handled> => {
  const walk: Walk = async () => ({
    kind: 'walk',
    pages: (async function* () {
      yield { length, *[Symbol.iterator]() {} };
    })(),
  });
  const service = studrappService({
    model,
    walk,
    tables: { write: unasked, outcome: unasked },
    clock: systemClock,
    institutionNumber: unasked,
  });
  const operation = service.operations.find(({ name }) => name === 'timeplanKollisjoner');
  assert.ok(operation !== undefined);
  const context = { principal: principalOf('client'), requestId: 'l', api: service.id };
  const values = { arstall: '2026', terminkode: 'VÅR' };
  // The request itself is not looked at.
  const request = {} as ServiceCall['request'];
  return operation.handle({ request, principal: principalOf('client'), context, via: 'rest', values, body: null, type: 'application/xml', notation: xmlNotation }); // prettier-ignore
};

test('so many placements and entries are put together, and of one more nothing is told', async () => {
  assert.equal((await asked(limits.collisionRows)).kind, 'rows');
  const refused = await asked(limits.collisionRows + 1);
  assert.ok(refused.kind === 'problem' && refused.problem.code === 'HUB-102');
});
