// Which documents may have changed since a moment: by what they are made of, and all of them where that is too much.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { Hub } from '#hub/query.ts';
import { changedSince, momentOf } from '#services/changed-since.ts';
import { principalOf } from '../http/toy.ts';
import { hubModel } from '../model/models.ts';

const model = hubModel();

const shape = compileShape(
  {
    name: 'course',
    collection: 'fs/studietilbud/emne',
    steps: { beskrivelsesavsnitt: { relation: 'beskrivelsesavsnitt', steps: {} } },
  },
  model,
);
assert.ok(shape.ok);

const context = { principal: principalOf('client'), requestId: 'c', api: 'test' };

/** A hub in which so many of each collection have changed; of what is not named nothing may be listed. */
const changing = (changed: Readonly<Record<string, number>>): Pick<Hub, 'run'> => ({
  run: async (query) => {
    assert.ok(query.kind === 'list' && query.since === 7);
    const total = changed[query.collection];
    if (total === undefined) return { kind: 'missing' };
    const rows = Array.from({ length: Math.min(total, query.size) }, (_, at) => ({
      systemId: { identifikatorverdi: `${query.collection} ${at}` },
    }));
    const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join(','));
    return {
      kind: 'page',
      total,
      offset: 0,
      body: { plain: async function* () { if (rows.length > 0) yield { bytes, count: rows.length }; }, deflated: () => assert.fail('plain is asked for') }, // prettier-ignore
      etag: '""',
      freshness: { sources: [], fullSyncAt: null, deliveredAt: null, promisedMs: null, stale: false, held: false },
      sensitive: false,
    };
  },
});

const asked = (changed: Readonly<Record<string, number>>) => changedSince(changing(changed), shape.value, 7, context);
const [course, text] = ['fs/studietilbud/emne', 'fs/studietilbud/emnebeskrivelse'];

test('a document may have changed when it has, or what it is made of', async () => {
  assert.deepEqual(await asked({ [course]: 0, [text]: 0 }), { kind: 'any', of: [] });
  const both = await asked({ [course]: 1, [text]: 1 });
  assert.ok(both?.kind === 'any');
  assert.deepEqual(
    both.of.map(({ kind }) => kind),
    ['where', 'through'],
  );
  assert.match(JSON.stringify(both), /emnebeskrivelse 0/);
});

test('what the caller may not list changes nothing that it sees', async () => {
  assert.deepEqual(await asked({ [course]: 0 }), { kind: 'any', of: [] });
});

test('of more changed parts than are looked at, everything may have changed', async () => {
  assert.notEqual(await asked({ [course]: 0, [text]: limits.changedParts }), null);
  assert.equal(await asked({ [course]: 0, [text]: limits.changedParts + 1 }), null);
});

test('a moment is a civil date, from when it begins in Norway, or an instant with its distance', () => {
  assert.equal(momentOf('2026-11-22'), Date.UTC(2026, 10, 21, 22));
  assert.equal(momentOf('2026-11-22T08:00:00Z'), Date.UTC(2026, 10, 22, 8));
  assert.equal(momentOf('2026-11-22T08:00+01:00'), Date.UTC(2026, 10, 22, 7));
  for (const wrong of ['', 'i fjor', '2026-13-01', '2026-11-22T08:00:00', '22.11.2026', '2026-11'])
    assert.equal(momentOf(wrong), undefined, wrong);
});
