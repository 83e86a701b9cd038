// Changes of a GraphQL schema, planted one at a time: each is found where it is, and is what the rules say that it is (facts 7.5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphqlDifferences, graphqlLevelDifferences } from '#catalogue/gate/graphql-differences.ts';
import type { ChangeKind } from '#catalogue/contract.ts';

const of = { api: 'small', artefact: 'small/production.graphql' };

const schema = `
directive @contract(status: String!, since: String) on OBJECT | FIELD_DEFINITION | ENUM_VALUE | INPUT_FIELD_DEFINITION
directive @feature(flags: [String!]!) on FIELD_DEFINITION | UNION
directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
scalar Tid @specifiedBy(url: "https://example.org/tid")
type Query {
  emner(filter: EmneFilter!, first: Int = 100, after: String, sortering: [Sortering!] = [KODE]): [Emne!]
  node(id: ID!): Node
  treff: Treff
  kommende: String @contract(status: "beta") @feature(flags: ["beta"])
  fremtid: Fremtid @contract(status: "experimental") @feature(flags: ["experimental"])
  alene: Alene
}
type Mutation { meld(input: MeldInput!): Emne }
interface Node { id: ID! }
type Emne implements Node { id: ID! kode: String! navn: String vekting: Float niva: Niva tid: Tid larere(rolle: String): [String!] }
type Fremtid { alt: String }
type Alene { navn: String bare: Bare }
type Bare { navn: String }
union Treff = Emne | Kull
type Kull implements Node { id: ID! navn: String }
enum Niva { LAVERE HOYERE }
enum Sortering { KODE NAVN }
input EmneFilter { eier: String! koder: [String!] erAktiv: [Boolean!] = [true] niva: [Niva!] = [LAVERE, HOYERE] }
input MeldInput { emne: ID merknad: String = "" antall: Int! }
`;

type Row = readonly [
  name: string,
  from: string,
  to: string,
  found: readonly (readonly [coordinate: string, kind: ChangeKind, rule: string])[],
];

const rows: readonly Row[] = [
  ['a field goes', ' vekting: Float', '', [['Emne.vekting', 'breaking', 'field-removed']]],
  [
    'a field is renamed',
    ' vekting: Float',
    ' vekt: Float',
    [
      ['Emne.vekting', 'breaking', 'field-removed'],
      ['Emne.vekt', 'compatible', 'field-added'],
    ],
  ],
  ['a field goes, and what only it leads to', '  alene: Alene\n', '', [['Query.alene', 'breaking', 'field-removed']]],
  [
    'a type goes that may still be answered',
    'union Treff = Emne | Kull\ntype Kull implements Node { id: ID! navn: String }\n',
    'union Treff = Emne\n',
    [
      ['Kull', 'breaking', 'type-removed'],
      ['Treff', 'breaking', 'union-member-removed'],
    ],
  ],
  ['a field may be null', 'kode: String!', 'kode: String', [['Emne.kode', 'breaking', 'field-type-changed']]],
  ['an item may be null', '[Emne!]', '[Emne]', [['Query.emner', 'breaking', 'field-type-changed']]],
  ['a field is never null', 'vekting: Float', 'vekting: Float!', [['Emne.vekting', 'compatible', 'field-type-firmer']]],
  [
    'a field is of another type',
    'vekting: Float',
    'vekting: Int',
    [['Emne.vekting', 'breaking', 'field-type-changed']],
  ],
  [
    'a field becomes a list',
    'vekting: Float',
    'vekting: [Float]',
    [['Emne.vekting', 'breaking', 'field-type-changed']],
  ],
  ['an argument goes', ', after: String', '', [['Query.emner(after:)', 'breaking', 'argument-removed']]],
  [
    'an argument is of another type',
    'after: String',
    'after: ID',
    [['Query.emner(after:)', 'breaking', 'argument-type-changed']],
  ],
  [
    'an argument must be given',
    'after: String',
    'after: String!',
    [['Query.emner(after:)', 'breaking', 'argument-required']],
  ],
  [
    'an argument has to be given since its default is gone',
    'directive @defer(if: Boolean! = true',
    'directive @defer(if: Boolean!',
    [['@defer(if:)', 'breaking', 'argument-required']],
  ],
  [
    'an argument need not be given',
    'node(id: ID!)',
    'node(id: ID)',
    [['Query.node(id:)', 'compatible', 'argument-type-looser']],
  ],
  [
    'a new argument must be given',
    'treff: Treff',
    'treff(sok: String!): Treff',
    [['Query.treff(sok:)', 'breaking', 'argument-required']],
  ],
  [
    'a new argument changes nothing where it is left out',
    'treff: Treff',
    'treff(sok: String): Treff',
    [['Query.treff(sok:)', 'compatible', 'argument-added']],
  ],
  [
    'a new argument has an effect where it is left out',
    'treff: Treff',
    'treff(antall: Int = 10): Treff',
    [['Query.treff(antall:)', 'dangerous', 'argument-added']],
  ],
  [
    'fewer come unasked',
    'first: Int = 100',
    'first: Int = 50',
    [['Query.emner(first:)', 'breaking', 'default-first-lowered']],
  ],
  [
    'more come unasked',
    'first: Int = 100',
    'first: Int = 500',
    [['Query.emner(first:)', 'dangerous', 'default-changed']],
  ],
  [
    'another order unasked',
    'sortering: [Sortering!] = [KODE]',
    'sortering: [Sortering!] = [NAVN]',
    [['Query.emner(sortering:)', 'dangerous', 'default-changed']],
  ],
  [
    'a filter leaves out more unasked',
    'erAktiv: [Boolean!] = [true]',
    'erAktiv: [Boolean!] = [false]',
    [['EmneFilter.erAktiv', 'breaking', 'default-narrowed']],
  ],
  [
    'a filter lets through some of what it did',
    '[LAVERE, HOYERE]',
    '[HOYERE, PHD]',
    [['EmneFilter.niva', 'breaking', 'default-narrowed']],
  ],
  ['a filter tells the same in another order', '[LAVERE, HOYERE]', '[HOYERE, LAVERE]', []],
  [
    'a filter lets more through unasked',
    'erAktiv: [Boolean!] = [true]',
    'erAktiv: [Boolean!] = [false, true]',
    [['EmneFilter.erAktiv', 'dangerous', 'default-changed']],
  ],
  [
    'a filter lets everything through unasked',
    'erAktiv: [Boolean!] = [true]',
    'erAktiv: [Boolean!]',
    [['EmneFilter.erAktiv', 'dangerous', 'default-changed']],
  ],
  [
    'a filter that was none leaves out something unasked',
    'koder: [String!]',
    'koder: [String!] = ["A"]',
    [['EmneFilter.koder', 'breaking', 'default-narrowed']],
  ],
  [
    'a new member of a filter leaves out something unasked',
    'koder: [String!]',
    'koder: [String!] skjult: Boolean = false',
    [['EmneFilter.skjult', 'breaking', 'default-narrowed']],
  ],
  [
    'a default outside of filters',
    'merknad: String = ""',
    'merknad: String = "-"',
    [['MeldInput.merknad', 'dangerous', 'default-changed']],
  ],
  ['a member of an input goes', ' emne: ID ', ' ', [['MeldInput.emne', 'breaking', 'input-member-removed']]],
  [
    'a new member must be given',
    ' emne: ID ',
    ' emne: ID termin: String! ',
    [['MeldInput.termin', 'breaking', 'input-member-required']],
  ],
  ['a member must be given', ' emne: ID ', ' emne: ID! ', [['MeldInput.emne', 'breaking', 'input-member-required']]],
  [
    'a member must be given and is of another type',
    ' emne: ID ',
    ' emne: String! ',
    [
      ['MeldInput.emne', 'breaking', 'input-member-type-changed'],
      ['MeldInput.emne', 'breaking', 'input-member-required'],
    ],
  ],
  [
    'a new member that need not be given',
    ' emne: ID ',
    ' emne: ID termin: String ',
    [['MeldInput.termin', 'compatible', 'input-member-added']],
  ],
  [
    'only one member is taken',
    'input MeldInput {',
    'input MeldInput @oneOf {',
    [['MeldInput', 'breaking', 'input-one-of']],
  ],
  ['a value goes', 'LAVERE HOYERE', 'LAVERE', [['Niva.HOYERE', 'breaking', 'value-removed']]],
  ['a value comes', 'LAVERE HOYERE', 'LAVERE HOYERE PHD', [['Niva.PHD', 'dangerous', 'value-added']]],
  ['a member of a union goes', 'Treff = Emne | Kull', 'Treff = Emne', [['Treff', 'breaking', 'union-member-removed']]],
  [
    'a member of a union comes',
    'Treff = Emne | Kull',
    'Treff = Emne | Kull | Alene',
    [['Treff', 'dangerous', 'union-member-added']],
  ],
  ['an interface goes', 'type Kull implements Node', 'type Kull', [['Kull', 'breaking', 'interface-removed']]],
  [
    'an interface comes',
    'type Alene {',
    'type Alene implements Node { id: ID!',
    [
      ['Alene', 'dangerous', 'interface-added'],
      ['Alene.id', 'compatible', 'field-added'],
    ],
  ],
  [
    'a type is of another kind',
    'scalar Tid @specifiedBy(url: "https://example.org/tid")',
    'enum Tid { NA }',
    [['Tid', 'breaking', 'type-kind-changed']],
  ],
  [
    'a value is written in another way',
    'example.org/tid',
    'example.org/tid-2',
    [['Tid', 'breaking', 'format-changed']],
  ],
  [
    'a directive goes',
    'directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT\n',
    '',
    [['@defer', 'breaking', 'directive-removed']],
  ],
  ['a location goes', ' | INLINE_FRAGMENT', '', [['@defer', 'breaking', 'directive-location-removed']]],
  [
    'there are no mutations any more',
    'type Mutation { meld(input: MeldInput!): Emne }\n',
    '',
    [['Mutation', 'breaking', 'root-removed']],
  ],
  [
    'a part is deprecated',
    'navn: String vekting',
    'navn: String @deprecated(reason: "Bruk kode.") vekting',
    [['Emne.navn', 'compatible', 'deprecated']],
  ],
  [
    'a mark is lowered',
    'treff: Treff',
    'treff: Treff @contract(status: "beta") @feature(flags: ["beta"])',
    [['Query.treff', 'breaking', 'mark-lowered']],
  ],
  [
    'a mark is lowered further',
    'kommende: String @contract(status: "beta") @feature(flags: ["beta"])',
    'kommende: String @contract(status: "experimental") @feature(flags: ["experimental"])',
    [['Query.kommende', 'breaking', 'mark-lowered']],
  ],
  [
    'a mark is raised',
    'kommende: String @contract(status: "beta") @feature(flags: ["beta"])',
    'kommende: String',
    [['Query.kommende', 'compatible', 'mark-raised']],
  ],
  [
    'a flag besides that of the contract is asked for',
    'treff: Treff',
    'treff: Treff @feature(flags: ["pilot"])',
    [['Query.treff', 'breaking', 'flag-required']],
  ],
  [
    'what stands in a lowered whole is lowered with it',
    'type Alene {',
    'type Alene @contract(status: "beta") {',
    [['Alene', 'breaking', 'mark-lowered']],
  ],
  [
    'a field costs more',
    'treff: Treff',
    'treff: Treff @cost(weight: "25")',
    [['Query.treff', 'dangerous', 'cost-raised']],
  ],
  [
    'a field comes with a type of its own',
    'treff: Treff',
    'treff: Treff nye: [Ny!]',
    [['Query.nye', 'compatible', 'field-added']],
  ],
];

const orderless = (found: readonly (readonly string[])[]): readonly string[] =>
  found.map((one) => one.join(' ')).toSorted();

for (const [name, from, to, found] of rows)
  test(name, () => {
    assert.equal(schema.split(from).length, 2, 'what is changed stands there once');
    const is = `${schema.replace(from, to)}${to.includes('Ny!') ? 'type Ny { navn: String }' : ''}`;
    const seen = graphqlDifferences(schema, withoutLoose(is), of);
    assert.deepEqual(orderless(seen.map(({ coordinate, kind, rule }) => [coordinate, kind, rule])), orderless(found));
    for (const one of seen) {
      assert.deepEqual({ api: one.api, artefact: one.artefact }, of);
      assert.match(one.text, /^[A-Z].*\.$/);
    }
  });

/** As schemas are printed: without types that nothing leads to. */
const withoutLoose = (text: string): string => {
  const lines = text.split('\n');
  const kept = lines.filter((line) => {
    const name = /^(?:type|input) (\w+)/.exec(line)?.[1];
    if (name === undefined || ['Query', 'Mutation', 'Emne', 'Kull'].includes(name)) return true;
    return lines.some((other) => other !== line && new RegExp(`\\b${name}\\b`).test(other));
  });
  return kept.length === lines.length ? text : withoutLoose(kept.join('\n'));
};

const levelsOf = (
  before: readonly [string, string, string],
  after: readonly [string, string, string],
): readonly (readonly string[])[] =>
  graphqlLevelDifferences(
    ['production', 'beta', 'experimental'].map((artefact, at) => ({
      artefact,
      before: `type Query { fast: Int ${before[at] ?? ''} }`,
      after: `type Query { fast: Int ${after[at] ?? ''} }`,
    })),
    'small',
  ).map(({ coordinate, kind, rule, artefact }) => [coordinate, kind, rule, artefact]);

test('what leaves a level and stays in a less firm one is lowered, and told once', () => {
  assert.deepEqual(levelsOf(['a: Int', 'a: Int', 'a: Int'], ['', '', 'a: Int']), [
    ['Query.a', 'breaking', 'mark-lowered', 'production'],
  ]);
  assert.deepEqual(levelsOf(['', 'a: Int', 'a: Int'], ['', '', 'a: Int']), [
    ['Query.a', 'breaking', 'mark-lowered', 'beta'],
  ]);
});

test('what leaves every level is gone, under the firmest in which it was', () => {
  assert.deepEqual(levelsOf(['a: Int', 'a: Int', 'a: Int'], ['', '', '']), [
    ['Query.a', 'breaking', 'field-removed', 'production'],
  ]);
  assert.deepEqual(levelsOf(['', '', 'a: Int'], ['', '', '']), [
    ['Query.a', 'breaking', 'field-removed', 'experimental'],
  ]);
});

test('what comes from a less firm level is raised, and what was nowhere is new', () => {
  assert.deepEqual(levelsOf(['', '', 'a: Int'], ['a: Int', 'a: Int', 'a: Int']), [
    ['Query.a', 'compatible', 'mark-raised', 'production'],
  ]);
  assert.deepEqual(levelsOf(['', '', ''], ['', 'a: Int', 'a: Int']), [
    ['Query.a', 'compatible', 'field-added', 'beta'],
  ]);
});

test('what is raised and has an effect where it is left out stays dangerous', () => {
  const [without, preset] = ['a: Int', 'a(x: Int = 5): Int'];
  assert.deepEqual(levelsOf([without, without, preset], [preset, preset, preset]), [
    ['Query.a(x:)', 'dangerous', 'argument-added', 'production'],
  ]);
});

test('what is raised and must be given breaks what is sent without it', () => {
  const [without, optional, required] = ['a: Int', 'a(x: Int): Int', 'a(x: Int!): Int'];
  assert.deepEqual(levelsOf([without, without, optional], [without, required, required]), [
    ['Query.a(x:)', 'breaking', 'argument-required', 'beta'],
  ]);
});

test('a text that is no schema is not compared', () => {
  assert.throws(() => graphqlDifferences(schema, 'type Query {', of));
  assert.throws(() => graphqlDifferences(schema, 'query { a }', of), /not compared/);
  assert.throws(() => graphqlDifferences(schema, `${schema} extend type Query { a: Int }`, of), /not compared/);
});
