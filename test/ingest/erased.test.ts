// What has been erased is kept back when it is delivered again, and links to it are left out; everything else comes through as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notes } from '#ingest/page.ts';
import { withoutErased } from '#ingest/erased.ts';
import type { EntryToWrite } from '#hub/write.ts';
import type { TenantErasures } from '#store/store.ts';
import { base, collectionAt, elev, entry, person, to } from '../store/conformance/world.ts';

const erasing = (...erased: readonly string[]): TenantErasures => ({
  isErased: (refs) => refs.map(({ collection, field, value }) => erased.includes(`${collection}/${field}/${value}`)),
  size: () => erased.length,
  list: () => [],
  lift: async () => false,
});

const pupil = (index: number, systemid: string, national: string): EntryToWrite => ({
  index,
  prepared: entry(
    elev,
    { systemid },
    {
      links: { person: [to(person, 'fodselsnummer', national)], annet: [{ kind: 'verbatim', href: 'https://x.test' }] },
    },
  ).resource,
});

const link = (value: string): string => `{"href":"${base}/${person}/fodselsnummer/${value}"}`;

const run = async (
  erasures: TenantErasures,
  entries: readonly EntryToWrite[],
): Promise<{ readonly left: readonly EntryToWrite[]; readonly notes: Notes }> => {
  const notes: Notes = { rejected: 0, warnings: 0, kept: [] };
  const work = { erasures, collection: collectionAt(elev), base, pause: async () => {}, notes };
  return { left: await withoutErased(work, entries), notes };
};

test('nothing erased: the entries themselves', async () => {
  const entries = [pupil(0, 'E1', '11910012345')];
  assert.equal((await run(erasing(), entries)).left, entries);
});

test('an erased one is kept back, a link to one is left out, the rest is untouched', async () => {
  const entries = [pupil(0, 'E1', '11910012345'), pupil(1, 'E2', '12910054321'), pupil(2, 'E3', '11910012345')];
  const { left, notes } = await run(
    erasing(`${elev}/systemid/E1`, `${person}/fodselsnummer/12910054321`, `${elev}/elevnummer/E3`),
    entries,
  );
  assert.deepEqual(
    left.map(({ index }) => index),
    [1, 2],
  );
  assert.deepEqual(
    left[0]?.prepared.links.map(({ relation }) => relation),
    ['annet'],
  );
  assert.equal(left[1], entries[2]);
  assert.deepEqual(
    notes.kept.map(({ index, severity, code, at }) => [index, severity, code, at]),
    [
      [0, 'rejected', 'HUB-607', ''],
      [1, 'warning', 'HUB-607', '/_links/person'],
    ],
  );
  assert.deepEqual([notes.rejected, notes.warnings], [1, 1]);
  assert.ok(!JSON.stringify(notes.kept.map(({ message }) => message)).includes('E1'));
});

test('a link inside a value is taken out of it', async () => {
  const target = to(person, 'fodselsnummer', '11910012345');
  const kept = to(person, 'fodselsnummer', '12910054321');
  const { resource } = entry(elev, { systemid: 'E1' });
  const attributes = `${resource.attributes},"x":{"_links":{"person":[${link('12910054321')},${link('11910012345')}]}}`;
  const prepared = { ...resource, attributes, nested: [{ relation: 'x.person', targets: [kept, target] }] };
  const { left } = await run(erasing(`${person}/fodselsnummer/11910012345`), [{ index: 0, prepared }]);
  assert.equal(
    left[0]?.prepared.attributes,
    `${resource.attributes},"x":{"_links":{"person":[${link('12910054321')}]}}`,
  );
  assert.deepEqual(left[0]?.prepared.nested, [{ relation: 'x.person', targets: [kept] }]);
});
