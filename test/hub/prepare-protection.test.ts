// What an entry tells about protection: its marking by code, strictest where the code is unknown, and links inside values that protection
// has to follow. Runs on the real model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPreparer } from '#hub/prepare.ts';
import type { PreparedResource } from '#store/store.ts';
import { entry, fintFolder, modelOf } from '../model/models.ts';

const model = modelOf(fintFolder);
const prepare = (path: string, resource: object) =>
  createPreparer(entry(model.collections, path), model, 'https://hub.test')(resource, null);
const good = (path: string, resource: object): PreparedResource => {
  const result = prepare(path, resource);
  assert.ok('prepared' in result, JSON.stringify(result));
  return result.prepared;
};
const id = (value: string): object => ({ identifikatorverdi: value });
const person = (more: object): object => ({
  fodselsnummer: id('10881050019'),
  navn: { fornavn: 'A', etternavn: 'B' },
  ...more,
});
const path = 'utdanning/elev/person';

test('the marking is the level of its code, and stands in the attributes as it came', () => {
  for (const [code, level] of [
    ['ugradert', 0],
    ['klientadresse', 1],
    ['fortrolig', 2],
    ['strengtFortrolig', 3],
  ] as const) {
    const made = good(path, person({ adressebeskyttelse: code }));
    assert.equal(made.marking, level);
    assert.match(made.attributes, new RegExp(`"adressebeskyttelse":"${code}"`));
  }
});

test('no code, null and an empty one are no marking; an unknown one is the strictest, with a warning that does not repeat it', () => {
  for (const more of [{}, { adressebeskyttelse: null }, { adressebeskyttelse: ' ' }])
    assert.equal(good(path, person(more)).marking, null);
  const result = prepare(path, person({ adressebeskyttelse: 'kode6' }));
  assert.ok('prepared' in result);
  assert.equal(result.prepared.marking, 3);
  assert.deepEqual(
    result.findings.map(({ code, at }) => [code, at]),
    [['HUB-606', '/adressebeskyttelse']],
  );
  assert.doesNotMatch(JSON.stringify(result.findings), /kode6/);
});

test('collections without a marking of their own have none', () => {
  assert.equal(good('utdanning/elev/elev', { systemId: id('E1'), adressebeskyttelse: 'fortrolig' }).marking, null);
});

const by = (value: string): object => ({ href: `systemid/${value}` });

const target = (value: string): object => ({
  kind: 'resource',
  collection: 'arkiv/noark/arkivressurs',
  field: 'systemid',
  value,
});

test('links inside values to what can be protected are told, others are not; lists are gathered and each target comes once', () => {
  const made = good('arkiv/noark/sak', {
    systemId: id('S1'),
    journalpost: [
      { tittel: 'a', _links: { saksbehandler: [by('A1')], journalstatus: [by('J')] } },
      { tittel: 'b', _links: { saksbehandler: [by('A2')], arkivertAv: [by('A1')] } },
      { tittel: 'c', _links: { saksbehandler: [by('A1')] } },
    ],
    _links: { saksansvarlig: [by('A3')] },
  });
  assert.deepEqual(
    made.nested?.toSorted((a, b) => (a.relation < b.relation ? -1 : 1)),
    [
      { relation: 'journalpost.arkivertAv', targets: [target('A1')] },
      { relation: 'journalpost.saksbehandler', targets: [target('A1'), target('A2')] },
    ],
  );
  assert.equal(good('utdanning/elev/elev', { systemId: id('E1') }).nested, undefined);
});

const basis = (order: string, nationalId: string | null): object => ({
  ordrenummer: id(order),
  mottaker:
    nationalId === null ? {} : { _links: { person: [{ href: `\${felles.person}/fodselsnummer/${nationalId}` }] } },
});

test('an invoice basis tells whom it is about, entry by entry', () => {
  const prepareBasis = createPreparer(
    entry(model.collections, 'okonomi/faktura/fakturagrunnlag'),
    model,
    'https://hub.test',
  );
  for (const [order, who] of [
    ['1', '10881050019'],
    ['2', null],
    ['3', '11881050019'],
  ] as const) {
    const result = prepareBasis(basis(order, who), null);
    assert.ok('prepared' in result);
    assert.deepEqual(
      (result.prepared.nested ?? []).map(({ relation, targets }) => [
        relation,
        targets.map((one) => (one.kind === 'resource' ? one.value : '')),
      ]),
      who === null ? [] : [['mottaker.person', [who]]],
    );
  }
});
