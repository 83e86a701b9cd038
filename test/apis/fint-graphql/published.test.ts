// What is published about the API: its schema, with and without what is tried out, and which parts those are. The golden is of FINT's own part of the
// model: no name that its clients know changes unseen, whatever parts are added.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, findSchemaChanges, parse, validate } from 'graphql';
import { fintGraphqlApi } from '#apis/fint-graphql/fint-graphql-api.ts';
import type { Api } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import { golden } from '../../golden.ts';
import { fintFolder, hubModel, modelOf } from '../../model/models.ts';

const apiOf = (model: Model): Api =>
  fintGraphqlApi({
    model,
    graph: { read: () => Promise.reject(new Error('nothing is read')) },
    clock: { now: () => 0 },
    observe: () => {},
  });

const textOf = ({ describe }: Api, name: string): string => {
  const found = describe().find((one) => one.name === `fint-graphql/${name}`);
  assert.ok(found !== undefined, name);
  return found.text;
};

const fint = apiOf(modelOf(fintFolder));
const whole = apiOf(hubModel());

test('the schema of FINT is as it was', () => golden('fint-graphql/schema.graphql', textOf(fint, 'schema.graphql')));

test('other parts of the model take nothing from it', () => {
  const [before, after] = [fint, whole].map((api) => buildSchema(textOf(api, 'schema.graphql')));
  assert.ok(before !== undefined && after !== undefined);
  const lost = findSchemaChanges(before, after).filter(({ type }) => /REMOVED|CHANGED_KIND|ADDED_REQUIRED/.test(type));
  assert.deepEqual(lost, []);
});

test('queries of the original are right in what is published (facts 7)', () => {
  const query = `query($feide: String) {
    elev(feidenavn: $feide) { systemId { identifikatorverdi } person { navn { fornavn } }
      elevforhold { skole { navn } klassemedlemskap { klasse { navn skole { navn } } } } }
    personalressurs(ansattnummer: "1") { arbeidsforhold { arbeidssted { navn overordnet { navn } } ansettelsesprosent } }
    organisasjonselement(organisasjonsId: "1") { underordnet { navn leder { person { navn { etternavn } } } } }
    fullmakt(systemId: "1") { rolle { navn { identifikatorverdi } } } rolle(navn: "x") { beskrivelse }
    kontaktperson(systemId: "1") { type } virksomhet(virksomhetsId: "1") { virksomhetsId { identifikatorverdi } } }`;
  for (const name of ['schema.graphql', 'experimental.graphql'])
    assert.deepEqual(validate(buildSchema(textOf(whole, name)), parse(query)), [], name);
});

test('what is tried out are connections of relations, and the contracts say so', () => {
  const [firm, tried] = ['schema.graphql', 'experimental.graphql'].map((name) => buildSchema(textOf(fint, name)));
  assert.ok(firm !== undefined && tried !== undefined);
  const changes = findSchemaChanges(firm, tried);
  assert.ok(changes.length > 100);
  assert.deepEqual(
    changes.filter(({ type, description }) => type !== 'FIELD_ADDED' || !description.includes('Connection')),
    [],
  );
  const { status: ofAll, elements: parts } = JSON.parse(textOf(fint, 'contracts.json')) as {
    readonly status: string;
    readonly elements: readonly { readonly coordinate: string; readonly status: string }[];
  };
  assert.equal(ofAll, 'beta');
  const experimental = parts.filter(({ status }) => status === 'experimental').map(({ coordinate }) => coordinate);
  const fields = experimental.filter((coordinate) => !coordinate.includes('('));
  assert.equal(fields.length, changes.length);
  assert.ok(fields.includes('Elev.elevforholdConnection'));
});

test('it is open to all, at addresses of its own', () => {
  const open = whole.routes.filter(({ access }) => access === 'open');
  const published = open.filter(({ path }) => !path.startsWith('/graphql/'));
  assert.deepEqual(
    open.filter((route) => !published.includes(route)).map(({ path }) => path),
    ['/graphql/graphql', '/graphql/graphql/assets/*', '/graphql/graphql/schema', '/graphql/graphql/guide/*'],
  );
  assert.deepEqual(
    published.map(({ path }) => path),
    [
      '/specs/fint-graphql.graphql',
      '/specs/fint-graphql-experimental.graphql',
      '/catalogue/apis/fint-graphql/contracts.json',
    ],
  );
  assert.equal(published.length, whole.describe().length);
});
