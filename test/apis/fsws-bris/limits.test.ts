// How many cells of a sheet are counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSheet } from '#apis/fsws-bris/count-sheet.ts';
import { registered } from '#apis/fsws-bris/mappings/registered.ts';
import { limits } from '#base/limits.ts';
import type { DocumentNode, Walk } from '#hub/documents/document.ts';
import { principalOf } from '../../http/toy.ts';
import { hubModel } from '../../model/models.ts';

const model = hubModel();

/** Rows of so many cells, five persons in the first of them and one in each other. */
const counting = (cells: number) => {
  const rows = Array.from({ length: cells + 4 }, (_, uid) => ({ uid }) as DocumentNode);
  const walk: Walk = async () => ({
    kind: 'walk',
    pages: (async function* () {
      yield rows;
    })(),
  });
  const sheet = readSheet(
    {
      ...registered,
      count:
        () =>
        ({ uid }) => [{ cell: [String(Math.max(0, uid - 4))], person: uid }],
    },
    model,
  );
  const at = { term: { year: 2026, code: 'VÅR' }, institution: '7777', now: { today: '2026-03-01' } } as const;
  return sheet.count(walk, at, { principal: principalOf('client'), requestId: 'l', api: 'fsws-bris' });
};

test('so many cells are counted, and with one more nothing is', async () => {
  assert.deepEqual(await counting(limits.figureCells), { kind: 'rows', rows: [['0', 5]] });
  const refused = await counting(limits.figureCells + 1);
  assert.ok(refused.kind === 'refused' && refused.problem.code === 'HUB-102');
});
