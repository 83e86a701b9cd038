// Attacks on figures by comparing answers: any two of them, of any kinds, terms, units, spellings and forms, asked before and after somebody has changed in the
// data, of processes old and new. No difference of two answers is one person's, nor two persons'.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { roundedTo } from '#apis/fsws-bris/figures.ts';
import type { Sheets } from '#apis/fsws-bris/kept-sheets.ts';
import { applicants } from '#apis/fsws-bris/mappings/applicants.ts';
import { candidates } from '#apis/fsws-bris/mappings/candidates.ts';
import { registered } from '#apis/fsws-bris/mappings/registered.ts';
import { credits, results } from '#apis/fsws-bris/mappings/results.ts';
import { brisService } from '#apis/fsws-bris/operations.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { ServiceCall } from '#services/service.ts';
import { cases } from '../../cases.ts';
import { bySystemId, grant, identified, model, openWorld, principal, put, type World } from '../../hub/world.ts';
import { at } from '../fs-graphql/fs-world.ts';
import { putFrame, putPersons, sheetsOver } from './bris-world.ts';

let world: World;

/** Where a relation of a collection leads. */
const targetOf = (path: string, relation: string): string => {
  const target = model.collections.get(path)?.links.get(relation)?.target;
  assert.ok(typeof target === 'string', `${path} ${relation}`);
  return target;
};

const qualification = 'fs/vurdering/oppnaddkvalifikasjon';
const application = 'fs/undervisning/emnesoknad';
const period = targetOf(at.assessment, 'reellVurderingsperiode');
const outcome = targetOf(at.result, 'vurderingsresultatstatus');
const kindOfQualification = targetOf(qualification, 'kvalifikasjon');

type Links = Readonly<Record<string, readonly [path: string, id: string]>>;

const thing = (id: string, values: object, links: Links = {}) => ({
  systemId: identified(id),
  ...values,
  links: Object.fromEntries(Object.entries(links).map(([name, [path, of]]) => [name, [bySystemId(path, of)]])),
});

const key = (text: string) => ({ naturligNokkel: identified(text) });

const terms = ['VÅR', 'HØST'] as const;
const termId = { VÅR: 'T1', HØST: 'T2' } as const;

/** What persons are counted by, before there are any. */
const putMore = async (): Promise<void> => {
  const unit: Links = { studieansvarligOrganisasjonsenhet: [at.unit, 'U1'], studieniva: [at.level, 'N1'] };
  await put(world, at.unit, [thing('U2', { ...key('7777,60,1,0'), navnAlleSprak: { nb: 'Et annet' } })]);
  await put(world, at.course, [
    thing('E1', { ...key('7777,TST1,1'), kode: 'TST1', versjonskode: '1', vekting: { verdi: '7.5' } }, unit),
    thing(
      'E2',
      { ...key('7777,TST2,1'), kode: 'TST2', versjonskode: '1', vekting: { verdi: '10' } },
      { ...unit, studieansvarligOrganisasjonsenhet: [at.unit, 'U2'] },
    ),
  ]);
  for (const term of terms) {
    await put(world, period, [
      thing(
        `V${termId[term]}`,
        { ...key(`2026,${term}`), arstall: 2026, kode: term },
        { gjelderTermin: [at.term, termId[term]] },
      ),
    ]);
    await put(
      world,
      at.assessment,
      ['E1', 'E2'].map((course) =>
        thing(`A${course}${term}`, key(`7777,${course},1,V,2026,${term}`), {
          emne: [at.course, course],
          reellVurderingsperiode: [period, `V${termId[term]}`],
        }),
      ),
    );
  }
  await put(world, outcome, [thing('OB', { erBestatt: true }), thing('OI', { erBestatt: false })]);
  await put(world, kindOfQualification, [
    thing('QB', {}, { fagligAnsvarligEnhet: [at.unit, 'U1'], studieniva: [at.level, 'N1'] }),
  ]);
};

type Someone = {
  readonly id: number;
  readonly programme: 'A' | 'B';
  readonly term: (typeof terms)[number];
  readonly gender: 'KVINNE' | 'MANN';
  readonly isProtected: boolean;
  readonly isCancelled: boolean;
  readonly course: 'E1' | 'E2';
  readonly passed: boolean;
  readonly isValid: boolean;
  readonly day: string;
};

const student = (id: number): Links => ({ student: [at.student, `S${id}`] });
const person = (id: number): Links => ({ personProfil: [at.person, `X${id}`] });

/** Puts somebody, or puts them again as they are now: registered, applied, assessed, qualified. */
const putEverybody = async (people: readonly Someone[]): Promise<void> => {
  await putPersons(world, people);
  await put(
    world,
    application,
    people.map(({ id, term, course }) =>
      thing(`AP${id}`, key(`${id},7777,${course},1,2026,${term},1`), {
        ...student(id),
        ...person(id),
        emne: [at.course, course],
        termin: [at.term, termId[term]],
      }),
    ),
  );
  await put(
    world,
    at.result,
    people.map(({ id, term, course, passed, isValid }) =>
      thing(
        `RE${id}`,
        {
          ...key(`${id},7777,${course},1,V,2026,${term}`),
          erGyldig: isValid,
          karakter: { navnAlleSprak: { nb: passed ? 'A' : 'F' } },
        },
        {
          ...student(id),
          emne: [at.course, course],
          vurderingsenhet: [at.assessment, `A${course}${term}`],
          vurderingsresultatstatus: [outcome, passed ? 'OB' : 'OI'],
        },
      ),
    ),
  );
  await put(
    world,
    qualification,
    people.map(({ id, programme, day }) =>
      thing(
        `QU${id}`,
        { datoOppnadd: `${day}T00:00:00Z` },
        { ...student(id), kvalifikasjon: [kindOfQualification, 'QB'], studieprogram: [at.programme, `P${programme}`] },
      ),
    ),
  );
};

const someone = (id: fc.Arbitrary<number>): fc.Arbitrary<Someone> =>
  fc.record({
    id,
    programme: fc.constantFrom('A' as const, 'B' as const),
    term: fc.constantFrom(...terms),
    gender: fc.constantFrom('KVINNE' as const, 'MANN' as const),
    isProtected: fc.boolean(),
    isCancelled: fc.boolean(),
    course: fc.constantFrom('E1' as const, 'E2' as const),
    passed: fc.boolean(),
    isValid: fc.boolean(),
    day: fc.constantFrom('2026-03-10', '2026-10-10', '2025-10-10'),
  });

// Everybody differs in so little that cells are near every edge of the rounding.
const population: readonly Someone[] = Array.from({ length: 60 }, (_, id) => ({
  id,
  programme: id % 5 === 0 ? 'B' : 'A',
  term: id % 7 < 4 ? 'VÅR' : 'HØST',
  gender: id % 3 === 0 ? 'MANN' : 'KVINNE',
  isProtected: id % 19 === 0,
  isCancelled: id % 23 === 0,
  course: id % 4 === 0 ? 'E2' : 'E1',
  passed: id % 6 !== 0,
  isValid: id % 17 !== 0,
  day: id % 2 === 0 ? '2026-03-10' : '2026-10-10',
}));

before(async () => {
  world = await openWorld();
  await grant(world);
  await putFrame(world);
  await putMore();
  await putEverybody(population);
  // Everything has been released.
  world.clock.set(Date.UTC(2027, 3, 1));
});
after(() => world.close());

const forms = ['application/json', 'application/xml', 'text/csv'] as const;
const units: readonly ServiceCall['values'][] = [
  {},
  { fakultetsnr: '-1' },
  { fakultetsnr: '59' },
  { fakultetsnr: '59', instituttnr: '7' },
  { fakultetsnr: '60' },
  { fakultetsnr: '61' },
];

type Answer = { readonly name: string; readonly form: (typeof forms)[number]; readonly texts: readonly string[] };

/** Every answer that there is: of each kind, term in each spelling, unit and form. */
const everyAnswer = async (sheets: Sheets): Promise<readonly Answer[]> => {
  const { operations } = brisService([registered, credits, candidates, results, applicants], {
    sheets,
    institutionNumber: async () => '7777',
  });
  const answers: Answer[] = [];
  for (const operation of operations)
    for (const terminkode of ['VÅR', 'VAR', 'HØST', 'host', 'HØST'.normalize('NFD')])
      for (const [index, unit] of units.entries())
        for (const form of forms) {
          const who = principal();
          const handled = await operation.handle({
            // The request itself is not looked at.
            request: {} as ServiceCall['request'],
            principal: who,
            context: { principal: who, requestId: `d${answers.length}`, api: 'fsws-bris' },
            via: 'rest',
            values: { arstall: '2026', terminkode, ...unit },
            body: null,
            type: form,
            notation: form === 'application/json' ? jsonNotation : xmlNotation,
          });
          assert.ok(handled.kind === 'rows', `${operation.name} ${terminkode}: ${JSON.stringify(handled)}`);
          const texts = (await Array.fromAsync(handled.rows)).flat();
          const season = terminkode.startsWith('V') ? 'VÅR' : 'HØST';
          answers.push({ name: `${operation.name} ${season} ${index}`, form, texts });
        }
  return answers;
};

type Told = { readonly cell: string; readonly figure: number };

/** The cells of an answer. Credits are told as the number of those who passed: what they are made of. */
const cellsOf = ({ name, texts }: Answer): readonly Told[] =>
  texts.map((text) => {
    const values = Object.entries(JSON.parse(text) as Readonly<Record<string, string | number>>);
    const [last, ...rest] = values.toReversed();
    assert.ok(last !== undefined);
    const weight = values.find(([column]) => column === 'vekt')?.[1];
    const figure = last[0] === 'studiepoeng' ? Number(last[1]) / Number(weight) : Number(last[1]);
    return { cell: `${name.split(' ')[0]} ${JSON.stringify(rest)}`, figure };
  });

const sumOf = (cells: readonly Told[]): number => cells.reduce((sum, { figure }) => sum + figure, 0);

let first: readonly Answer[];

test('figures of any two answers, and sums of them, differ by no person and by no two', async () => {
  first = await everyAnswer(await sheetsOver(world));
  const read = first.filter(({ form }) => form === 'application/json').map((answer) => cellsOf(answer));
  const figures = [...new Set(read.flat().map(({ figure }) => figure))];
  assert.ok(figures.length > 3, figures.join(' '));
  const numbers = [...figures, ...read.map(sumOf)];
  for (const one of numbers)
    for (const other of numbers) {
      const difference = Math.abs(one - other);
      assert.ok(difference === 0 || difference >= roundedTo, `${one} and ${other}`);
      assert.equal(difference % roundedTo, 0);
    }
});

test('a cell is the same wherever it stands: spellings, units and forms choose whole cells', () => {
  const known = new Map<string, number>();
  const told = new Map<string, readonly string[]>();
  for (const answer of first) {
    // Another spelling of the term is the same answer.
    const name = `${answer.name} ${answer.form}`;
    assert.deepEqual(told.get(name) ?? answer.texts, answer.texts, name);
    told.set(name, answer.texts);
    if (answer.form !== 'application/json') continue;
    for (const { cell, figure } of cellsOf(answer)) {
      const place = `${answer.name.split(' ')[1]} ${cell}`;
      assert.equal(known.get(place) ?? figure, figure, cell);
      known.set(place, figure);
    }
  }
  assert.ok(known.size > 12, String(known.size));
  // The faculties together are everything, and the one that there is not is like one in which nobody is shown.
  for (const [name, texts] of told) {
    const [operation = '', season = '', unit, form = ''] = name.split(' ');
    if (unit !== '0') continue;
    const of = (index: number): readonly string[] => told.get(`${operation} ${season} ${index} ${form}`) ?? [];
    assert.deepEqual([...of(2), ...of(4)].toSorted(), texts.toSorted(), name);
    assert.deepEqual([of(1), of(5)], [texts, []], name);
    // Every form has the same rows.
    for (const other of forms) assert.equal(told.get(`${operation} ${season} 0 ${other}`)?.length, texts.length);
  }
});

test('no answer is another after somebody has changed, in whatever is known of them, in this process or a new one', async () => {
  const [sheets, spring] = [
    await sheetsOver(world),
    ['registrerte', 'resultater', 'studiepoeng', 'kandidater', 'sokere'],
  ];
  assert.ok(spring.every((kind) => first.some(({ name, texts }) => name.startsWith(kind) && texts.length > 0)));
  await fc.assert(
    fc.asyncProperty(
      // Those who are there, and some who have come since.
      fc.array(someone(fc.integer({ min: 0, max: 66 })), { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 9e9 }),
      async (changed, isNew, later) => {
        await putEverybody(changed);
        world.clock.move(later);
        assert.deepEqual(await everyAnswer(isNew ? await sheetsOver(world) : sheets), first);
      },
    ),
    { numRuns: Math.min(6, cases(6)) },
  );
});
