// The source in miniature, and what it says to events: the judgement of the example adapter without a network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliverableCollection } from '#sandbox/adapter.ts';
import { answerTo, behaviourIn, type SourceEvent } from '#sandbox/answers.ts';
import { createSource, type Source } from '#sandbox/source.ts';

const elev = 'utdanning/elev/elev';
const id = (value: string) => ({ identifikatorverdi: value });
const three: DeliverableCollection = {
  collection: elev,
  total: 3,
  *entries() {
    for (let n = 1; n <= 3; n += 1)
      yield {
        identifier: `E${n}`,
        resource: {
          systemId: id(`E${n}`),
          elevnummer: id(`50${n}`),
          navn: { fornavn: n === 2 ? "O'Neill" : 'Ola' },
          gjest: n === 3,
          alder: n,
        },
      };
  },
};
const start = (): Source => createSource([three]);
const event = (more: Partial<SourceEvent>): SourceEvent => ({
  corrId: '11111111-2222-3333-4444-555555555555',
  collection: elev,
  operation: 'UPDATE',
  resource: null,
  target: null,
  filter: null,
  maxResults: 10,
  ...more,
});
const walk = (source: Source): readonly string[] =>
  [...(source.collections[0] ?? assert.fail()).entries()].map(({ identifier }) => identifier);

test('what is written is in the next delivery and once in the next delta; the total follows', () => {
  const source = start();
  source.put(elev, { identifier: 'E2', resource: { systemId: id('E2'), navn: 'ny' } });
  source.put(elev, { identifier: 'E9', resource: { systemId: id('E9') } });
  source.remove(elev, 'E1');
  assert.deepEqual(walk(source), ['E2', 'E3', 'E9']);
  assert.equal(source.collections[0]?.total, 3);
  const [changes] = source.takeChanges();
  assert.deepEqual([changes?.changed.map(({ identifier }) => identifier), changes?.removed], [['E2', 'E9'], ['E1']]);
  assert.deepEqual(source.takeChanges(), []);
  source.put(elev, { identifier: 'E1', resource: { systemId: id('E1'), navn: 'igjen' } });
  assert.deepEqual(walk(source), ['E1', 'E2', 'E3', 'E9']);
});

test('create: taken with an identifier given where there is none; a known one is a conflict with what stands there', () => {
  const source = start();
  const made = answerTo(
    source,
    event({ operation: 'CREATE', resource: { systemId: id('E7'), gjest: true } }),
    'accept',
  );
  assert.deepEqual([made.outcome, made.resources.map(({ identifier }) => identifier)], ['accepted', ['E7']]);
  const nameless = answerTo(source, event({ operation: 'CREATE', resource: { gjest: true } }), 'accept');
  assert.equal(nameless.resources[0]?.identifier, 'SANDBOX-11111111');
  const again = answerTo(source, event({ operation: 'CREATE', resource: { elevnummer: id('502') } }), 'accept');
  assert.deepEqual([again.outcome, again.resources[0]?.identifier], ['conflict', 'E2']);
  assert.equal(walk(source).length, 5);
});

test('update: by the address or by any identifier, delivered on under the same one; unknown is rejected', () => {
  const source = start();
  const byAddress = event({
    target: { field: 'elevnummer', value: '501' },
    resource: { systemId: id('E1'), navn: 'ny' },
  });
  assert.equal(answerTo(source, byAddress, 'accept').resources[0]?.identifier, 'E1');
  const byBody = event({ resource: { elevnummer: id('502'), navn: 'ny' } });
  assert.equal(answerTo(source, byBody, 'accept').resources[0]?.identifier, 'E2');
  assert.equal(answerTo(source, event({ resource: { systemId: id('E8') } }), 'accept').outcome, 'rejected');
  assert.deepEqual(walk(source), ['E1', 'E2', 'E3']);
});

test('delete and validate hold no resource, and a check changes nothing', () => {
  const source = start();
  const check = answerTo(
    source,
    event({ operation: 'VALIDATE', resource: { systemId: id('E1'), navn: 'x' } }),
    'accept',
  );
  assert.deepEqual([check.outcome, check.resources, source.takeChanges()], ['accepted', [], []]);
  const gone = answerTo(source, event({ operation: 'DELETE', target: { field: 'systemid', value: 'E1' } }), 'accept');
  assert.deepEqual([gone.outcome, gone.resources, walk(source)], ['accepted', [], ['E2', 'E3']]);
  assert.equal(
    answerTo(source, event({ operation: 'DELETE', target: { field: 'systemid', value: 'E1' } }), 'accept').outcome,
    'rejected',
  );
});

test('live reads: by identifier one or none, by equality of text, number and truth; other filters and too many hits are rejected', () => {
  const source = start();
  const read = (more: Partial<SourceEvent>) => answerTo(source, event({ operation: 'READ', ...more }), 'accept');
  const hits = (filter: string, maxResults = 10): readonly string[] | string => {
    const { outcome, resources } = read({ filter, maxResults });
    return outcome === 'accepted' ? resources.map(({ identifier }) => identifier) : outcome;
  };
  assert.deepEqual(read({ target: { field: 'elevnummer', value: '503' } }).resources.length, 1);
  assert.deepEqual(read({ target: { field: 'elevnummer', value: 'E3' } }).resources, []);
  assert.deepEqual(hits("navn/fornavn eq 'Ola'"), ['E1', 'E3']);
  assert.deepEqual(hits("navn/fornavn eq 'O''Neill'"), ['E2']);
  assert.deepEqual(hits('gjest eq true'), ['E3']);
  assert.deepEqual(hits('alder eq 2'), ['E2']);
  assert.deepEqual(hits("navn/etternavn eq 'x'"), []);
  assert.equal(hits("contains(navn, 'x')"), 'rejected');
  assert.equal(hits("navn/fornavn eq 'Ola'", 1), 'rejected');
});

test('an event asks for its own treatment by a text in its resource, or in the one that the source has', () => {
  const source = start();
  const asking = event({ resource: { systemId: id('E1'), navn: { fornavn: 'sandbox:reject' } } });
  assert.equal(behaviourIn(source, asking), 'reject');
  assert.equal(behaviourIn(source, event({ resource: { systemId: id('E1') } })), undefined);
  assert.equal(behaviourIn(source, event({ operation: 'READ', filter: "navn eq 'sandbox:fail'" })), 'fail');
  source.put(elev, { identifier: 'E3', resource: { systemId: id('E3'), beskrivelse: 'sandbox:silent' } });
  assert.equal(
    behaviourIn(source, event({ operation: 'DELETE', target: { field: 'systemid', value: 'E3' } })),
    'silent',
  );
  const said = answerTo(source, asking, 'reject');
  assert.deepEqual([said.outcome, said.problems.map(({ field }) => field), said.resources], ['rejected', ['navn'], []]);
  assert.equal(answerTo(source, asking, 'fail').outcome, 'failed');
  const standing = answerTo(source, asking, 'conflict');
  assert.deepEqual([standing.outcome, standing.resources[0]?.resource['elevnummer']], ['conflict', id('501')]);
  assert.equal(source.takeChanges()[0]?.changed.length, 1, 'only what the test put there');
});
