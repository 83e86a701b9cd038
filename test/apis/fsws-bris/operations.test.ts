// The operations of FSWS-BRIS over figures that are given: who gets which rows, and that every form and every choice of a unit tells the same of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { SheetAnswer } from '#apis/fsws-bris/kept-sheets.ts';
import { createCounter, roundedTo, type FigureRow } from '#apis/fsws-bris/figures.ts';
import { registered } from '#apis/fsws-bris/mappings/registered.ts';
import { brisService, csvField } from '#apis/fsws-bris/operations.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { Handled, ServiceCall } from '#services/service.ts';
import { cases } from '../../cases.ts';
import { principalOf } from '../../http/toy.ts';

const row = (unit: string, programme: string, figure: number): FigureRow => [
  '7777',
  unit,
  'B',
  '2026',
  '1',
  programme,
  'K',
  '21-25',
  figure,
];

const told = (rows: readonly FigureRow[]): SheetAnswer => ({ kind: 'figures', figures: { day: '2026-03-01', rows } });

type Values = ServiceCall['values'];
const term = { arstall: '2026', terminkode: 'VAR' };

const handle = async (answer: SheetAnswer, values: Values, type = 'application/xml'): Promise<Handled> => {
  const service = brisService([registered], {
    sheets: { ask: async () => answer },
    institutionNumber: async () => '7777',
  });
  const [operation] = service.operations;
  assert.ok(operation !== undefined);
  const notation = type === 'application/json' ? jsonNotation : xmlNotation;
  const context = { principal: principalOf('client'), requestId: 'r', api: 'fsws-bris' };
  // The request itself is not looked at.
  const request = {} as ServiceCall['request'];
  return operation.handle({
    request,
    principal: principalOf('client'),
    context,
    via: 'rest',
    values,
    body: null,
    type,
    notation,
  });
};

const textsOf = async (rows: readonly FigureRow[], values: Values, type?: string): Promise<readonly string[]> => {
  const handled = await handle(told(rows), values, type);
  assert.ok(handled.kind === 'rows', JSON.stringify(handled));
  return (await Array.fromAsync(handled.rows)).flat();
};

const codeOf = async (answer: SheetAnswer, values: Values) => {
  const handled = await handle(answer, values);
  return handled.kind === 'problem' ? handled.problem.code : handled.kind;
};

const figuresOf = (texts: readonly string[], type: string): number =>
  texts.reduce((sum, text) => {
    const found = type === 'text/csv' ? /,([\d.]+)\r\n$/.exec(text) : /antall"?[>:]([\d.]+)/.exec(text);
    assert.ok(found !== null, text);
    return sum + Number(found[1]);
  }, 0);

test('rows are told in XML, JSON and CSV', async () => {
  const rows = [row('590700', 'TEST-BA', 15)];
  const [xml] = await textsOf(rows, term);
  assert.equal(
    xml,
    '<rad><institusjonsnr>7777</institusjonsnr><avdelingskode>590700</avdelingskode><nivakode>B</nivakode><arstall>2026</arstall>' +
      '<semester>1</semester><studieprogramkode>TEST-BA</studieprogramkode><kjonn>K</kjonn><aldersgruppe>21-25</aldersgruppe><antall>15</antall></rad>',
  );
  const [json] = await textsOf(rows, term, 'application/json');
  assert.deepEqual(JSON.parse(json ?? ''), {
    institusjonsnr: '7777',
    avdelingskode: '590700',
    nivakode: 'B',
    arstall: '2026',
    semester: '1',
    studieprogramkode: 'TEST-BA',
    kjonn: 'K',
    aldersgruppe: '21-25',
    antall: 15,
  });
  assert.deepEqual(await textsOf(rows, term, 'text/csv'), ['7777,590700,B,2026,1,TEST-BA,K,21-25,15\r\n']);
});

test('a field of CSV is quoted where it must be, and is no formula', () => {
  assert.deepEqual(['A,B', 'say "x"', 'two\nlines', '=1+1', '-1', 'plain'].map(csvField), [
    '"A,B"',
    '"say ""x"""',
    '"two\nlines"',
    "'=1+1",
    "'-1",
    'plain',
  ]);
  assert.equal(csvField(-7.5), '-7.5');
});

test('a unit is chosen from above, and a choice that leaves out a part is refused', async () => {
  const rows = [row('590700', 'A', 5), row('591200', 'B', 10), row('600700', 'C', 15)];
  const chosen = async (values: Values) =>
    (await textsOf(rows, { ...term, ...values }, 'text/csv')).map((line) => line.split(',')[5]);
  assert.deepEqual(await chosen({ fakultetsnr: '-1', instituttnr: '-1', gruppenr: '-1' }), ['A', 'B', 'C']);
  assert.deepEqual(await chosen({ fakultetsnr: '59' }), ['A', 'B']);
  assert.deepEqual(await chosen({ fakultetsnr: '59', instituttnr: '7', gruppenr: '0' }), ['A']);
  assert.deepEqual(await chosen({ fakultetsnr: '61' }), []);
  for (const values of [{ instituttnr: '7' }, { fakultetsnr: '59', gruppenr: '0' }]) {
    const refused = await handle(told(rows), { ...term, ...values });
    assert.ok(refused.kind === 'problem' && refused.problem.code === 'HUB-103');
  }
});

test('other institutions, other terms and what is not told yet are refused', async () => {
  assert.equal(await codeOf(told([]), { ...term, institusjonsnr: '07777' }), 'rows');
  assert.equal(await codeOf(told([]), { ...term, institusjonsnr: '186' }), 'HUB-204');
  assert.equal(await codeOf({ kind: 'missing' }, term), 'HUB-204');
  assert.equal(await codeOf({ kind: 'not-yet', day: '2026-03-01' }, term), 'HUB-103');
  assert.equal(await codeOf({ kind: 'incomplete' }, term), 'HUB-501');
  assert.equal(await codeOf(told([]), { arstall: '2026', terminkode: 'SOM' }), 'HUB-103');
});

test('no difference of two answers, of any units and forms, is one person or two, nor is what they have in common', async () => {
  const part = fc.constantFrom('-1', '59', '60', '7', '12');
  const choice = fc.record({
    fakultetsnr: part,
    type: fc.constantFrom('application/xml', 'application/json', 'text/csv'),
  });
  const population = fc.array(
    fc.record({ unit: fc.constantFrom('590700', '591200', '600700'), programme: fc.constantFrom('A', 'B', 'C') }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(population, population, choice, choice, async (one, other, first, second) => {
      const sum = async (persons: typeof one, { fakultetsnr, type }: typeof first) => {
        const counter = createCounter();
        for (const [person, { unit, programme }] of persons.entries())
          counter.add(row(unit, programme, 0).slice(0, -1).map(String), person);
        return figuresOf(await textsOf(counter.rows(), { ...term, fakultetsnr }, type), type);
      };
      const difference = Math.abs((await sum(one, first)) - (await sum(other, second)));
      assert.ok(difference === 0 || difference >= roundedTo, String(difference));
    }),
    { numRuns: cases(100) },
  );
});
