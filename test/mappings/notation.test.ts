// One mapping in two notations: what JSON says XML says, member for member, and whatever stands in a text comes out of either as it went in.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { readXml, type XmlElement } from '#formats/xml/read-xml.ts';
import { fitText } from '#formats/xml/write-xml.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import type { Converter, Field, Fields } from '#mappings/mapping.ts';
import { schemasOf } from '#mappings/mapping-schema.ts';
import type { Notation } from '#mappings/notation.ts';
import { noFacts, projectionOf } from '#mappings/project.ts';
import { readMapping } from '#mappings/read-mapping.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { hubModel } from '../model/models.ts';

const describe = { nb: 'Noe.', en: 'Something.' };
const converter = (name: string, apply: (value: unknown) => unknown): Converter => ({ name, schema: {}, apply });
const value = (from: string, more: Partial<Extract<Field, { kind: 'value' }>> = {}): Field => ({
  kind: 'value',
  from,
  describe,
  ...more,
});

const fields: Fields = {
  kode: value('kode'),
  navn: {
    kind: 'object',
    from: '@self',
    describe,
    fields: { bokmaal: value('navnAlleSprak.nb'), engelsk: value('navnAlleSprak.en') },
  },
  periode: value('versjonskode', { convert: converter('dated', (text) => ({ '@dtf': 'yyyy', '#': text })) }),
  sprak: value('navnAlleSprak', { convert: converter('both', (texts) => Object.values(texts as object)) }),
  deler: value('navnAlleSprak', { convert: converter('parts', (texts) => ({ sprak: texts, antall: 2 })) }),
  niva: { kind: 'values', from: 'studieniva.kode.identifikatorverdi', describe },
  nivaer: { kind: 'values', from: 'studieniva.kode.identifikatorverdi', describe, xml: { item: 'niva' } },
  enhet: { kind: 'objects', from: 'undervisningsenheter', describe, fields: { nummer: value('terminnummer') } },
  enheter: {
    kind: 'objects',
    from: 'undervisningsenheter',
    describe,
    xml: { item: 'enhet' },
    fields: { nummer: value('terminnummer') },
  },
};

const reading = readMapping(
  { name: 'course', schema: 'Emne', collection: 'fs/studietilbud/emne', describe, fields },
  hubModel(),
);
const choice = { fields: null, includes: new Set<string>(), now: { today: '2026-11-02' } };

const written = (root: DocumentNode, notation: Notation, id: 'id' | null = null): string =>
  projectionOf(reading, choice, noFacts, { notation, id }).render(root);

const node = (
  uid: number,
  values: DocumentNode['values'],
  parts: Readonly<Record<string, readonly DocumentNode[]>> = {},
): DocumentNode => ({ uid, id: `id${uid}`, collection: 'x/y/z', level: 0, values, parts, hides: () => false });

const course = (nb: string, teaching: readonly number[] = [1, 2]): DocumentNode =>
  node(
    1,
    { kode: 'TST1000', versjonskode: '2026', navnAlleSprak: { nb, en: 'Testing' } },
    {
      studieniva: [node(2, { kode: { identifikatorverdi: 'B' } })],
      undervisningsenheter: teaching.map((terminnummer, index) => node(10 + index, { terminnummer })),
    },
  );

test('each member in the order of the mapping, in either notation', () => {
  assert.equal(
    written(course('Test & <lære>'), xmlNotation),
    '<Emne><kode>TST1000</kode><navn><bokmaal>Test &amp; &lt;lære&gt;</bokmaal><engelsk>Testing</engelsk></navn>' +
      '<periode dtf="yyyy">2026</periode><sprak>Test &amp; &lt;lære&gt;</sprak><sprak>Testing</sprak>' +
      '<deler><sprak><nb>Test &amp; &lt;lære&gt;</nb><en>Testing</en></sprak><antall>2</antall></deler>' +
      '<niva>B</niva><nivaer><niva>B</niva></nivaer><enhet><nummer>1</nummer></enhet><enhet><nummer>2</nummer></enhet>' +
      '<enheter><enhet><nummer>1</nummer></enhet><enhet><nummer>2</nummer></enhet></enheter></Emne>',
  );
  assert.deepEqual(JSON.parse(written(course('Testlære'), jsonNotation)), {
    kode: 'TST1000',
    navn: { bokmaal: 'Testlære', engelsk: 'Testing' },
    periode: { '@dtf': 'yyyy', '#': '2026' },
    sprak: ['Testlære', 'Testing'],
    deler: { sprak: { nb: 'Testlære', en: 'Testing' }, antall: 2 },
    niva: ['B'],
    nivaer: ['B'],
    enhet: [{ nummer: 1 }, { nummer: 2 }],
    enheter: [{ nummer: 1 }, { nummer: 2 }],
  });
});

test('what there is nothing of is not there; an empty list is where the notation has one', () => {
  const bare = node(1, {}, { undervisningsenheter: [] });
  assert.equal(written(bare, jsonNotation), '{"enhet":[],"enheter":[]}');
  assert.equal(written(bare, xmlNotation), '<Emne><enheter></enheter></Emne>');
});

test('the opaque id stands first where there is one, and the notation is part of what a projection is called', () => {
  const bare = node(1, { kode: 'A' });
  assert.equal(written(bare, jsonNotation, 'id'), '{"id":"id1","kode":"A"}');
  assert.equal(written(bare, xmlNotation, 'id'), '<Emne><id>id1</id><kode>A</kode></Emne>');
  const forms = [jsonNotation, xmlNotation].flatMap((notation) =>
    (['id', null] as const).map((id) => projectionOf(reading, choice, noFacts, { notation, id })),
  );
  assert.equal(new Set(forms.map((one) => one.id)).size, 4);
  assert.equal(projectionOf(reading, choice, noFacts, { notation: xmlNotation, id: null }), forms[3]);
  assert.ok('id' in ((schemasOf([reading])['Emne']?.['properties'] ?? {}) as object));
  const plain = schemasOf([reading], null)['Emne'];
  assert.deepEqual(
    [Object.keys((plain?.['properties'] ?? {}) as object), plain?.['required']],
    [Object.keys(fields), undefined],
  );
});

const elementOf = async (text: string): Promise<XmlElement> => {
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const events of readXml(bytes, () => true))
    for (const one of events) if (one.kind === 'entry') return one.element;
  return assert.fail('no element');
};

test('texts come out as they went in, but for what XML cannot carry', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
      const json = JSON.parse(written(course(text), jsonNotation)) as { readonly navn: { readonly bokmaal: string } };
      assert.equal(json.navn.bokmaal, text);
      const root = await elementOf(written(course(text), xmlNotation));
      const [shown] = root.children.find(({ name }) => name === 'navn')?.children ?? [];
      assert.equal(shown?.text, fitText(text));
    }),
    { numRuns: 50 },
  );
});
