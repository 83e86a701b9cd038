// The naming table: what every class, attribute and relation is called in URLs, JSON, GraphQL and XML. A golden file, so that no name
// of an interface changes unseen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classKey,
  className,
  domainOf,
  dotted,
  graphqlField,
  graphqlRootField,
  graphqlType,
  jsonName,
  packagePath,
  segment,
  xmlName,
} from '#model/naming.ts';
import { classNames } from '#apis/fint-graphql/names.ts';
import type { Model } from '#model/model.ts';
import { golden } from '../golden.ts';
import { fintFolder, modelOf, tinyFolder } from './models.ts';

const namingTable = (model: Model): string => {
  const all = [...model.classes.values()];
  const { typeOf, rootOf } = classNames(model);
  const lines = ['kind\tname\tURL\tJSON\tGraphQL\tXML'];
  for (const of of all) {
    lines.push(
      '',
      [
        of.key,
        of.name,
        segment(of.name),
        className(of.name),
        of.kind === 'main' ? `${typeOf(of)} ${rootOf(of)}` : of.kind === 'complex' ? typeOf(of) : '-',
        xmlName(of.name),
      ].join('\t'),
    );
    for (const one of of.ownAttributes)
      lines.push(
        [
          ' attribute',
          one.name,
          one.identifier ? segment(one.name) : '-',
          jsonName(one.name),
          graphqlField(one.name),
          xmlName(one.name),
        ].join('\t'),
      );
    for (const one of of.ownRelations)
      lines.push(
        [' relation', one.name, '-', jsonName(one.name), graphqlField(one.name), xmlName(one.name)].join('\t'),
      );
  }
  return `${lines.join('\n')}\n`;
};

test('the naming table of FINT', () => golden('model/naming/fint.tsv', namingTable(modelOf(fintFolder))));
test('the naming table of the tiny model', () => golden('model/naming/tiny.tsv', namingTable(modelOf(tinyFolder))));

test('names for interfaces are ASCII and unique where they must be', () => {
  const model = modelOf(fintFolder);
  const all = [...model.classes.values()];
  const shared = (name: string): boolean => all.filter((one) => one.className === name).length > 1;
  const types = all.map((one) => graphqlType(one.name, one.package, shared(one.className)));
  assert.equal(new Set(types).size, types.length);
  for (const one of [...types, ...all.flatMap((each) => each.attributes.map((attribute) => attribute.jsonName))])
    assert.match(one, /^[A-Za-z][A-Za-z0-9]*$/);
});

test('Norwegian letters are transliterated, case is kept but in addresses', () => {
  assert.equal(jsonName('tospråkligFagopplæring'), 'tosprakligFagopplaring');
  assert.equal(segment('SøknadDrosjeløyve'), 'soknaddrosjeloyve');
  assert.equal(className('Årstrinn'), 'Arstrinn');
  assert.equal(packagePath(['Felles', 'Komplekse datatyper']), 'felles/kompleksedatatyper');
  assert.equal(classKey('utdanning/larling', 'Lærling'), 'utdanning/larling:Larling');
  assert.equal(domainOf('felles/kodeverk/iso'), 'felles');
  assert.equal(dotted('utdanning/elev'), 'utdanning.elev');
  assert.equal(graphqlType('Klasse', 'arkiv/noark', true), 'ArkivNoarkKlasse');
  assert.equal(graphqlRootField('Klasse', 'arkiv/noark', false), 'klasse');
});
