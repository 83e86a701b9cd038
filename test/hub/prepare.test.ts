// What becomes of delivered resources: canonical text, links in every form, findings that name no value. Runs on the real model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPreparer, identifiersOf } from '#hub/prepare.ts';
import type { Prepared } from '#hub/prepare.ts';
import { readReference } from '#hub/prepare-links.ts';
import type { Collection } from '#model/model.ts';
import type { LinkTarget, PreparedResource } from '#store/store.ts';
import { fintFolder, modelOf } from '../model/models.ts';

const model = modelOf(fintFolder);
const base = 'https://hub.test';

const collectionOf = (path: string): Collection => {
  const collection = model.collections.get(path);
  assert.ok(collection !== undefined, path);
  return collection;
};

const prepare = (path: string, resource: unknown, identifier: string | null = null): Prepared =>
  createPreparer(collectionOf(path), model, base)(resource, identifier);

const good = (path: string, resource: unknown, identifier: string | null = null): PreparedResource => {
  const result = prepare(path, resource, identifier);
  assert.ok('prepared' in result, JSON.stringify(result));
  return result.prepared;
};

const codes = (path: string, resource: unknown): readonly string[] => {
  const result = prepare(path, resource);
  return 'rejected' in result
    ? [`${result.rejected.code} ${result.rejected.at}`]
    : result.findings.map(({ code, at }) => `${code} ${at}`);
};

const id = (value: unknown): object => ({ identifikatorverdi: value });
const elev = 'utdanning/elev/elev';
const person = 'utdanning/elev/person';
const name = { fornavn: 'Kari', etternavn: 'Prøve' };
const minimal = { fodselsnummer: id('10881050019'), navn: name };

test('members stand in model order, null and absent ones are left out, empty lists stay', () => {
  const { attributes } = good(person, {
    navn: { etternavn: 'Prøve', mellomnavn: null, fornavn: 'Kari' },
    bostedsadresse: { adresselinje: [], postnummer: '0001' },
    fodselsnummer: id('10881050019'),
    fodselsdato: null,
  });
  assert.equal(
    attributes,
    '"bostedsadresse":{"adresselinje":[],"postnummer":"0001"},"fodselsnummer":{"identifikatorverdi":"10881050019"},"navn":{"etternavn":"Prøve","fornavn":"Kari"}',
  );
});

test('the same resource gives the same text whatever the order and spelling of its members', () => {
  const plain = good(person, { fodselsnummer: id('1'), navn: name, fodselsdato: '1990-03-29' });
  const other = good(person, {
    fødselsdato: '1990-03-29T01:00:00+01:00',
    navn: { etternavn: 'Prøve', fornavn: 'Kari' },
    fødselsnummer: id('1'),
  });
  assert.deepEqual(other, plain);
  assert.match(plain.attributes, /"fodselsdato":"1990-03-29T00:00:00Z"/);
});

test('text is made NFC', () => {
  assert.equal(
    good(person, { ...minimal, navn: { fornavn: 'A\u030Ase', etternavn: 'B' } }).attributes,
    good(person, { ...minimal, navn: { fornavn: 'Åse', etternavn: 'B' } }).attributes,
  );
});

test('quotes, backslashes and control characters come out as JSON', () => {
  const { attributes } = good(person, { ...minimal, navn: { fornavn: 'a"b\\c\n', etternavn: '\u2028' } });
  const parsed: unknown = JSON.parse(`{${attributes}}`);
  assert.deepEqual((parsed as { navn: unknown }).navn, { etternavn: '\u2028', fornavn: 'a"b\\c\n' });
});

const dateOf = (value: unknown): string => {
  const result = prepare(person, { ...minimal, fodselsdato: value });
  if ('rejected' in result) return result.rejected.code;
  const parsed: unknown = JSON.parse(`{${result.prepared.attributes}}`);
  return String((parsed as { fodselsdato: unknown }).fodselsdato);
};

test('dates and date-times are UTC to the second, and only real ones', () => {
  assert.equal(dateOf('1990-03-29'), '1990-03-29T00:00:00Z');
  assert.equal(dateOf('1990-03-29T12:00:00Z'), '1990-03-29T12:00:00Z');
  assert.equal(dateOf('1990-03-29T12:00Z'), '1990-03-29T12:00:00Z');
  assert.equal(dateOf('1990-03-29T12:00:00.123456789Z'), '1990-03-29T12:00:00Z');
  assert.equal(dateOf('1990-03-29T00:30:00+02:00'), '1990-03-28T22:30:00Z');
  assert.equal(dateOf('2099-12-31T00:00:00Z'), '2099-12-31T00:00:00Z');
  assert.equal(dateOf('9999-12-31'), '9999-12-31T00:00:00Z');
  assert.equal(dateOf('2024-02-29'), '2024-02-29T00:00:00Z');
  for (let month = 1; month <= 12; month += 1)
    for (let day = 28; day <= 32; day += 1) {
      const text = `2023-${String(month).padStart(2, '0')}-${day}T10:00:00Z`;
      const real = new Date(Date.UTC(2023, month - 1, day)).getUTCDate() === day;
      assert.equal(dateOf(text), real ? text : 'HUB-611', text);
    }
  assert.equal(dateOf('0000-01-01'), '0000-01-01T00:00:00Z');
  for (const bad of [
    '2023-02-29',
    '1990-13-01',
    '1990-04-31T00:00:00Z',
    '1990-03-29T24:00:00Z',
    '9999-12-31T23:59:59-05:00',
    '0000-01-01T00:00:00+01:00',
    '29.03.1990',
    '',
    638582400000,
    true,
  ])
    assert.equal(dateOf(bad), 'HUB-611', String(bad));
});

test('values of another type keep the entry back, and the finding names the place and the type but no value', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ ...minimal, navn: 'Hemmelig' }, 'HUB-611 /navn'],
    [{ ...minimal, navn: { fornavn: 12345, etternavn: 'B' } }, 'HUB-611 /navn/fornavn'],
    [{ ...minimal, navn: [name] }, 'HUB-611 /navn'],
    [{ ...minimal, fodselsnummer: '10881050019' }, 'HUB-611 /fodselsnummer'],
    [{ ...minimal, fodselsnummer: { identifikatorverdi: 10881050019 } }, 'HUB-611 /fodselsnummer/identifikatorverdi'],
    [{ ...minimal, bostedsadresse: { adresselinje: 'Gata 1' } }, 'HUB-611 /bostedsadresse/adresselinje'],
    [{ ...minimal, bostedsadresse: { adresselinje: ['Gata 1', { a: 1 }] } }, 'HUB-611 /bostedsadresse/adresselinje/1'],
    [{ ...minimal, _links: [] }, 'HUB-611 /_links'],
    [{ ...minimal, _links: { elev: 7 } }, 'HUB-611 /_links/elev/0'],
    [{ ...minimal, navn: { fornavn: 'a\u0000', etternavn: 'B' } }, 'HUB-619 /navn/fornavn'],
    [{ ...minimal, navn: { fornavn: '\uD800', etternavn: 'B' } }, 'HUB-619 /navn/fornavn'],
    [{ ...minimal, navn: { fornavn: 'x'.repeat(65_537), etternavn: 'B' } }, 'HUB-618 /navn/fornavn'],
    [
      { ...minimal, bostedsadresse: { adresselinje: Array.from({ length: 10_001 }, () => 'x') } },
      'HUB-618 /bostedsadresse/adresselinje',
    ],
    [{ ...minimal, fodselsnummer: id('x'.repeat(513)) }, 'HUB-619 /fodselsnummer/identifikatorverdi'],
  ];
  for (const [resource, expected] of cases) {
    const result = prepare(person, resource);
    assert.ok('rejected' in result, expected);
    assert.equal(`${result.rejected.code} ${result.rejected.at}`, expected);
    assert.doesNotMatch(result.rejected.message, /Hemmelig|12345|1088|Gata/);
  }
  assert.deepEqual(codes(person, { ...minimal, navn: { fornavn: 'x'.repeat(65_536), etternavn: 'B' } }), []);
});

test('whole numbers must fit, and numbers are never text', () => {
  const path = 'utdanning/vurdering/fravarsregistrering';
  const attribute = collectionOf(path).class.attributes.find(
    (one) => one.type.kind === 'primitive' && ['int', 'long'].includes(one.type.primitive),
  );
  const faktura = 'administrasjon/personal/arbeidsforhold';
  const long = collectionOf(faktura).class.attributes.find(
    (one) => one.type.kind === 'primitive' && one.type.primitive === 'long',
  );
  assert.ok(attribute !== undefined || long !== undefined);
  const field = long?.jsonName ?? '';
  const at = (value: unknown): readonly string[] =>
    codes(faktura, { systemId: id('A'), [field]: value }).filter((one) => one.includes('HUB-611'));
  assert.deepEqual(at(100), []);
  assert.deepEqual(at(Number.MAX_SAFE_INTEGER), []);
  for (const bad of ['100', 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, [1]])
    assert.deepEqual(at(bad), [`HUB-611 /${field}`], String(bad));
});

test('an entry without a usable identifier is kept back', () => {
  for (const resource of [{}, { systemId: null }, { systemId: {} }, { systemId: id(null) }, { systemId: id('  ') }])
    assert.equal(codes(elev, resource)[0], 'HUB-610 ', JSON.stringify(resource));
  for (const resource of [null, 'x', 7, [], undefined]) assert.equal(codes(elev, resource)[0], 'HUB-618 ');
});

test('an identifier without a value counts as absent, its period as well', () => {
  const prepared = good(elev, {
    systemId: id('S1'),
    elevnummer: { identifikatorverdi: ' ', gyldighetsperiode: { start: '2020-01-01' } },
  });
  assert.deepEqual(prepared.identifiers, [{ field: 'systemid', value: 'S1' }]);
  assert.doesNotMatch(prepared.attributes, /elevnummer/);
});

test('the period of an identifier is kept', () => {
  const { attributes } = good(elev, {
    systemId: { gyldighetsperiode: { start: '2020-01-01' }, identifikatorverdi: 'S1' },
  });
  assert.match(
    attributes,
    /"systemId":\{"gyldighetsperiode":\{"start":"2020-01-01T00:00:00Z"\},"identifikatorverdi":"S1"\}/,
  );
});

test('identifiers stand in model order, and the delivered one is the primary', () => {
  const resource = { systemId: id('S1'), feidenavn: id('ola@fylke.test'), elevnummer: id('500001') };
  const prepared = good(elev, resource);
  assert.deepEqual(
    prepared.identifiers.map((one) => one.field),
    ['elevnummer', 'feidenavn', 'systemid'],
  );
  assert.equal(prepared.primary.field, 'systemid');
  assert.equal(good(elev, resource, '500001').primary.field, 'elevnummer');
  assert.equal(
    good(elev, resource, 'https://old.test/utdanning/elev/elev/elevnummer/500001').primary.field,
    'elevnummer',
  );
  const other = prepare(elev, resource, 'X');
  assert.ok('prepared' in other && !other.named && other.prepared.primary.field === 'systemid');
  assert.equal(good(elev, { feidenavn: id('ola@fylke.test'), elevnummer: id('500001') }).primary.field, 'elevnummer');
});

test('unknown members are left out and reported; what may be data shows as a question mark', () => {
  const result = prepare(elev, { systemId: id('S1'), skostorrelse: 42, '10881050019': 1, navn2: { x: 1 } });
  assert.ok('prepared' in result);
  assert.equal(result.prepared.attributes, '"systemId":{"identifikatorverdi":"S1"}');
  assert.deepEqual(
    result.findings
      .filter((one) => one.code === 'HUB-614')
      .map((one) => one.at)
      .sort(),
    ['/?', '/navn2', '/skostorrelse'],
  );
});

test('__proto__ and its like are unknown members', () => {
  const resource: unknown = JSON.parse(
    '{"__proto__":{"systemId":{"identifikatorverdi":"EVIL"}},"constructor":{"prototype":{"x":1}},"systemId":{"identifikatorverdi":"S1"},"_links":{"__proto__":[{"href":"a/b/c"}],"toString":[{"href":"x/y"}]}}',
  );
  const result = prepare(elev, resource);
  assert.ok('prepared' in result);
  assert.deepEqual(result.prepared.identifiers, [{ field: 'systemid', value: 'S1' }]);
  assert.equal(result.prepared.attributes, '"systemId":{"identifikatorverdi":"S1"}');
  assert.deepEqual(result.prepared.links, [{ relation: 'toString', targets: [{ kind: 'verbatim', href: 'x/y' }] }]);
  assert.equal(({} as { systemId?: unknown }).systemId, undefined);
  assert.equal(codes(elev, JSON.parse('{"__proto__":{"identifikatorverdi":"EVIL"}}'))[0], 'HUB-610 ');
});

test('missing mandatory members are reported, at any depth', () => {
  assert.deepEqual(codes(person, { fodselsnummer: id('1') }), ['HUB-613 /navn']);
  assert.deepEqual(codes(person, { fodselsnummer: id('1'), navn: { fornavn: 'Kari' } }), ['HUB-613 /navn/etternavn']);
  assert.deepEqual(codes(elev, { systemId: id('S1') }), ['HUB-613 /_links/person']);
  assert.deepEqual(codes(elev, { systemId: id('S1'), _links: { person: [] } }), ['HUB-613 /_links/person']);
  assert.deepEqual(codes(elev, { systemId: id('S1'), _links: { person: ['fodselsnummer/1'] } }), []);
});

const linksOf = (
  path: string,
  links: unknown,
  more: object = {},
): readonly (readonly [string, readonly LinkTarget[]])[] =>
  good(path, { systemId: id('S1'), ...more, _links: links }).links.map((link) => [link.relation, link.targets]);

test('links are read in every form', () => {
  const target = { kind: 'resource', collection: person, field: 'fodselsnummer', value: '10881050019' };
  for (const form of [
    { href: 'https://beta.felleskomponent.no/utdanning/elev/person/fodselsnummer/10881050019' },
    { href: 'http://elsewhere.test/x/FODSELSNUMMER/10881050019/' },
    { href: '/utdanning/elev/person/fodselsnummer/10881050019' },
    { href: 'fodselsnummer/10881050019' },
    { href: 'fødselsnummer/10881050019' },
    { href: '${utdanning.elev.person}/fodselsnummer/10881050019' },
    { href: '${felles.person}/fodselsnummer/10881050019' },
    '/utdanning/elev/person/fodselsnummer/10881050019',
  ])
    assert.deepEqual(linksOf(elev, { person: [form] }), [['person', [target]]], JSON.stringify(form));
  assert.deepEqual(linksOf(elev, { person: { href: 'fodselsnummer/10881050019' } }), [['person', [target]]]);
  assert.deepEqual(linksOf(elev, { person: 'fodselsnummer/10881050019' }), [['person', [target]]]);
});

test('identifier values with slashes, percents and blanks', () => {
  const sak = collectionOf('arkiv/noark/sak');
  const read = (text: string): string | null => {
    const target = readReference(text, sak);
    return target?.kind === 'resource' ? `${target.field}:${target.value}` : null;
  };
  assert.equal(read('https://x.test/arkiv/noark/sak/mappeid/19/00094'), 'mappeid:19/00094');
  assert.equal(read('https://x.test/arkiv/noark/sak/mappeid/19%2F00094'), 'mappeid:19/00094');
  assert.equal(read('/arkiv/noark/sak/mappeId/19%2F00095%20B'), 'mappeid:19/00095 B');
  assert.equal(read('mappeid/19/00094'), 'mappeid:19/00094');
  assert.equal(read('mappeid/100%25'), 'mappeid:100%25');
  assert.equal(read('https://x.test/mappeid/100%'), 'mappeid:100%');
  for (const text of [
    '',
    '/',
    'mappeid',
    'mappeid/',
    '/mappeid//',
    'mappeid/ ',
    'https://x.test/sak/1',
    `mappeid/${'x'.repeat(513)}`,
    'https://x.test/mappeid/%00',
  ])
    assert.equal(read(text), null, text.slice(0, 40));
});

test('links that name no identifier of the target are kept as they came and reported', () => {
  const result = prepare(elev, {
    systemId: id('S1'),
    _links: { person: [{ href: 'https://x.test/person/ukjent/7' }, { href: 'bare' }, { href: 'fodselsnummer/' }] },
  });
  assert.ok('prepared' in result);
  assert.deepEqual(
    result.prepared.links[0]?.targets.map((one) => one.kind),
    ['verbatim', 'verbatim', 'verbatim'],
  );
  assert.equal(result.findings.filter((one) => one.code === 'HUB-616').length, 3);
});

test('duplicate links, self and empty ones go; unknown relations stay with a warning', () => {
  const result = prepare(elev, {
    systemId: id('S1'),
    _links: {
      self: [{ href: 'x/y/z' }],
      person: [{ href: 'fodselsnummer/1' }, { href: '/a/fodselsnummer/1' }, { href: null }, {}, { href: '' }],
      elevforhold: Array.from({ length: 30 }, (_, at) => ({ href: `systemid/E${at % 10}` })),
      fremmed: [{ href: 'http://x.test/1' }],
    },
  });
  assert.ok('prepared' in result);
  const counts = new Map(result.prepared.links.map((link) => [link.relation, link.targets.length]));
  assert.deepEqual(Object.fromEntries(counts), { elevforhold: 10, person: 1, fremmed: 1 });
  assert.deepEqual(result.prepared.links.at(-1)?.targets, [{ kind: 'verbatim', href: 'http://x.test/1' }]);
  assert.ok(result.findings.some((one) => one.code === 'HUB-614' && one.at === '/_links/fremmed'));
});

const many = (count: number): unknown => Array.from({ length: count }, (_, at) => `systemid/E${at}`);

test('too many links of one relation keep the entry back', () => {
  assert.equal(
    codes(elev, { systemId: id('S1'), _links: { elevforhold: many(10_001) } })[0],
    'HUB-618 /_links/elevforhold',
  );
  assert.ok('prepared' in prepare(elev, { systemId: id('S1'), _links: { elevforhold: many(10_000) } }));
});

test('links of complex values are finished addresses; foreign ones become https', () => {
  const { attributes } = good(elev, {
    systemId: id('S1'),
    hybeladresse: {
      adresselinje: ['Gata 1'],
      _links: {
        self: [{ href: 'x' }],
        land: [{ href: '${felles.kodeverk.iso.landkode}/systemid/NO' }, 'http://x.test/land/NO'],
      },
    },
  });
  assert.match(
    attributes,
    /"hybeladresse":\{"adresselinje":\["Gata 1"\],"_links":\{"land":\[\{"href":"https:\/\/hub\.test\/felles\/kodeverk\/iso\/landkode\/systemid\/NO"\},\{"href":"https:\/\/x\.test\/land\/NO"\}\]\}\}/,
  );
  assert.doesNotMatch(
    good(elev, { systemId: id('S1'), hybeladresse: { postnummer: '1', _links: { land: [] } } }).attributes,
    /_links/,
  );
});

test('relations to what lies outside the model are kept verbatim, without a finding', () => {
  const path = [...model.collections.values()].find((one) =>
    [...one.links.values()].some((rule) => rule.target === null),
  );
  assert.ok(path !== undefined);
  const rule = [...path.links.values()].find((one) => one.target === null);
  assert.ok(rule !== undefined);
  const result = prepare(path.path, {
    systemId: id('S1'),
    _links: { [rule.relation.jsonName]: [{ href: 'https://data.udir.no/kl06/X%20Y' }] },
  });
  assert.ok('prepared' in result);
  assert.deepEqual(result.prepared.links, [
    { relation: rule.relation.jsonName, targets: [{ kind: 'verbatim', href: 'https://data.udir.no/kl06/X%20Y' }] },
  ]);
  assert.ok(!result.findings.some((one) => one.code === 'HUB-616'));
});

test('a main class as an attribute value is written like a complex one', () => {
  const { attributes, identifiers } = good('utdanning/elev/elevforhold', {
    systemId: id('EF1'),
    anmerkninger: [{ systemId: id('A1'), orden: 2, _links: { skolear: [{ href: 'systemid/20252026' }] } }],
  });
  assert.deepEqual(identifiers, [{ field: 'systemid', value: 'EF1' }]);
  assert.match(
    attributes,
    /"anmerkninger":\[\{.*"systemId":\{"identifikatorverdi":"A1"\}.*"_links":\{"skolear":\[\{"href":"https:\/\/hub\.test\/utdanning\/kodeverk\/skolear\/systemid\/20252026"\}\]\}\}\]/,
  );
});

test('every class of the model compiles, and an empty resource of it is kept back for its identifier alone', () => {
  for (const collection of model.collections.values())
    assert.deepEqual(codes(collection.path, {}), ['HUB-610 '], collection.path);
});

test('an entry that is kept back still says which resource it stands for', () => {
  const collection = collectionOf(elev);
  assert.deepEqual(identifiersOf(collection, model, { systemId: id('S1'), gjest: 'wrong' }, 'S1'), [
    { field: 'systemid', value: 'S1' },
  ]);
  assert.deepEqual(identifiersOf(collection, model, { systemId: 'S1' }, null), [{ field: 'systemid', value: 'S1' }]);
  assert.equal(identifiersOf(collection, model, null, 'S1').length, collection.identifiers.length);
  assert.deepEqual(identifiersOf(collection, model, null, null), []);
});
