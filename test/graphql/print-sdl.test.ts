// The schema text: it builds the schema that it was printed of, and says the contracts; and the index of contracts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { createSchemas } from '#graphql/build-schema.ts';
import { contractIndex } from '#graphql/contract-index.ts';
import { readFlags } from '#graphql/marks.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import { described, experimental, field, firm, input, smallFace } from './small-face.ts';
import { golden } from '../golden.ts';

const face = {
  ...smallFace,
  types: smallFace.types.map((type) =>
    type.kind === 'object' && type.name === 'Query'
      ? {
          ...type,
          fields: [
            ...type.fields,
            field(
              'valg',
              'Int',
              { kind: 'produced', run: async () => 1 },
              {
                describe: { nb: 'Med "tegn" og """tre""".', en: 'Line one\n  line two' },
                args: [
                  input('ett', 'Ett'),
                  input('sorteringer', '[Sortering!]', { default: ['NAVN'] }),
                  input('sok', 'Sok', { default: { og: [{ tekst: 'c' }], tekst: 'a"b' } }),
                ],
              },
            ),
          ],
        }
      : type,
  ),
};
const schemas = createSchemas(face);

for (const flags of ['', 'beta', 'experimental', 'beta, experimental'])
  test(`the text builds the schema that it was printed of, with ${flags === '' ? 'no flags' : flags}`, () => {
    const { open, schema } = schemas(readFlags(flags));
    const built = buildSchema(printSdl(open));
    assert.equal(printSchema(lexicographicSortSchema(built)), printSchema(lexicographicSortSchema(schema)));
  });

test('the text at every level', () => {
  golden('graphql/small.graphql', printSdl(schemas(readFlags(null)).open));
  golden('graphql/small-experimental.graphql', printSdl(schemas(readFlags('beta,experimental')).open));
});

test('parts that are not under the contract of the API say so', () => {
  const text = printSdl(schemas(readFlags('beta,experimental')).open);
  assert.match(text, /type Tiltak implements Node @contract\(status: "experimental"\) \{/);
  assert.match(text, /kommende: String @contract\(status: "beta"\) @feature\(flags: \["beta"\]\)/);
  assert.match(text, /beskrivelse: String! @deprecated\(reason: "Bruk navn\."\)/);
  assert.match(text, /input Ett @oneOf \{/);
  assert.match(text, /NUMMER @contract\(status: "beta"\)/);
});

test('the index has every part, with the less firm of its own mark and that of the whole', () => {
  const index = new Map(contractIndex(face).map((one) => [one.coordinate, one]));
  assert.deepEqual(index.get('Tiltak.fag'), {
    coordinate: 'Tiltak.fag',
    status: 'experimental',
    flags: [],
    deprecated: null,
    since: null,
  });
  const dated = contractIndex({ ...face, since: (coordinate) => (coordinate === 'Tiltak.fag' ? '2026-11-22' : null) });
  assert.equal(dated.find(({ coordinate }) => coordinate === 'Tiltak.fag')?.since, '2026-11-22');
  assert.equal(index.get('Sortering.NUMMER')?.status, 'beta');
  assert.equal(index.get('Query.prove(prove:)')?.status, 'beta');
  assert.equal(index.get('Klasse.beskrivelse')?.deprecated, 'Bruk navn.');
  assert.equal(index.get('SkoleConnection.edges')?.status, null);
  const coordinates = [...index.keys()];
  assert.deepEqual(coordinates, coordinates.toSorted());
});

test('a mark within another one', () => {
  const hidden = {
    ...smallFace,
    types: [
      ...smallFace.types,
      {
        kind: 'scalar' as const,
        name: 'X',
        describe: described,
        marks: { ...experimental, flags: ['a'] },
        specifiedBy: null,
        read: () => ({ wrong: '' }),
        write: () => null,
      },
    ],
  };
  assert.deepEqual(contractIndex(hidden).find(({ coordinate }) => coordinate === 'X')?.flags, ['a']);
  assert.equal(firm.contract, null);
});
