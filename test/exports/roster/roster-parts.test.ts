// The parts of a roster by themselves: what the scope of exports opens and no more, short names, the table of members, numbers, days.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createMemberTable, type Membership } from '#exports/roster/member-table.ts';
import { identifiersOf, namesOf, numbersOf, phonesOf } from '#exports/roster/person-parts.ts';
import { cutTo, oneLine, withoutNumbers } from '#exports/roster/plain-text.ts';
import { dayWithin, earlier, schoolYearOf } from '#exports/roster/school-year.ts';
import { rosterShapes } from '#exports/roster/shapes.ts';
import { createShortNames, shortNameLength } from '#exports/roster/short-names.ts';
import type { ShapePart } from '#hub/documents/document.ts';
import { readLeanMapping } from '#mappings/read-mapping.ts';
import { entry, hubBundles, hubModel, modelOf, fintFolder } from '../../model/models.ts';

/** `collection name`, of attributes and relations that are read. */
const readOf = (): ReadonlySet<string> => {
  const read = new Set<string>();
  const visit = ({ collection, attributes, parts, bare }: ShapePart): void => {
    assert.ok(bare || attributes !== null, `${collection.path} is read whole`);
    for (const name of attributes ?? []) read.add(`${collection.path} ${name}`);
    for (const part of parts.values()) {
      read.add(`${collection.path} ${part.rule?.relation.jsonName ?? ''}`);
      visit(part);
    }
  };
  const { owner, school, employee, pupil, groups, language } = rosterShapes(hubModel());
  for (const { shape } of [owner, school, employee, pupil, ...groups, ...groups.map((one) => one.members), language])
    visit(shape.root);
  return read;
};

const isCode = (path: string): boolean => path.includes('/kodeverk/');

describe('the scope of exports', () => {
  const { opens } = entry(hubBundles().bundles, 'vfs:lmsexport');
  const opened = new Set(
    opens.flatMap(({ collections, fields }) =>
      collections.flatMap((path) => {
        if (isCode(path)) return [];
        assert.ok(fields !== null, `${path} is opened whole`);
        const { class: own, links } = entry(hubModel().collections, path);
        return fields
          .filter((name) => own.attributeByName.has(name) || links.has(name))
          .map((name) => `${path} ${name}`);
      }),
    ),
  );

  it('opens nothing that no roster is read from', () => {
    const read = readOf();
    assert.ok(opened.size > 80);
    // Beside them nothing: neither numbers of persons nor guardians.
    for (const one of opened) assert.ok(read.has(one), `${one} is opened and not read`);
  });

  it('leaves to other scopes what they alone open, and nothing else', () => {
    const others = new Map([
      ['vfs:pupils.nin', ['utdanning/elev/person fodselsnummer', 'utdanning/elev/person nummertype']],
      [
        'vfs:employees.nin',
        ['administrasjon/personal/person fodselsnummer', 'administrasjon/personal/person nummertype'],
      ],
      [
        'vfs:guardians.read',
        [
          'grunnskole/foresatt/foresattforhold barn',
          'grunnskole/foresatt/foresattforhold foresatt',
          'grunnskole/foresatt/foresattforhold gyldighetsperiode',
          'grunnskole/foresatt/foresattforhold kontaktrekkefolge',
          'grunnskole/foresatt/foresattforhold rettighet',
          'grunnskole/foresatt/foresattforhold sperret',
          'grunnskole/gruppe/skolegruppemedlemskap foresattforhold',
          'utdanning/elev/person foresattFor',
          'utdanning/elev/person foresattforhold',
          'utdanning/elev/person kontaktinformasjon',
        ],
      ],
      [
        'vfs:pupils.language',
        [
          'grunnskole/gruppe/sprakgruppemedlemskap elevforhold',
          'grunnskole/gruppe/sprakgruppemedlemskap gyldighetsperiode',
          'grunnskole/gruppe/sprakgruppemedlemskap skolegruppe',
          'utdanning/elev/person morsmal',
        ],
      ],
      ['vfs:pupils.address', ['utdanning/elev/elev kontaktinformasjon']],
    ]);
    const left = [...readOf()].filter((one) => !opened.has(one) && !isCode(one.split(' ')[0] ?? ''));
    const known = new Set([...others.values()].flat());
    assert.deepEqual(
      left.filter((one) => !known.has(one)),
      [],
    );
  });

  it('leads to no class that is not part of it', () => {
    assert.throws(() => rosterShapes(modelOf(fintFolder)), /HUB-200|no collection/);
  });
});

describe('a lean mapping', () => {
  const field = { describe: { nb: '', en: '' } } as const;
  const reading = readLeanMapping(
    {
      name: 'lean',
      schema: '',
      collection: 'utdanning/elev/klassemedlemskap',
      describe: { nb: '', en: '' },
      fields: {
        uid: { kind: 'value', from: 'elevforhold.@uid', ...field },
        level: { kind: 'value', from: 'klasse.trinn.@level', ...field },
        name: { kind: 'value', from: 'klasse.skole.navn', ...field },
      },
    },
    hubModel(),
  );

  it('reads what is looked at, and of what only the number is wanted nothing', () => {
    const at = new Map(
      reading.shape.all.map((part) => [part.at, [part.bare, part.attributes && [...part.attributes]]]),
    );
    assert.deepEqual(Object.fromEntries(at), {
      '': [false, []],
      elevforhold: [true, null],
      klasse: [false, []],
      'klasse.trinn': [true, null],
      'klasse.skole': [false, ['navn']],
    });
  });
});

describe('short names', () => {
  it('are no two alike in a scope, never too long, and the first keeps its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 })), {
          maxLength: 60,
        }),
        (asked) => {
          const names = createShortNames();
          const taken = new Set<string>();
          for (const [index, [scope, name]] of asked.entries()) {
            const made = names(scope, name, `idOf${index}xyz`);
            assert.ok(made.length <= shortNameLength, made);
            assert.equal(made.isWellFormed(), name.isWellFormed());
            assert.equal(taken.has(`${scope} ${made}`), false);
            taken.add(`${scope} ${made}`);
          }
        },
      ),
    );
    const names = createShortNames();
    assert.equal(names('s', '5A', 'first'), '5A');
    assert.equal(names('s', '5a', '-_abcdef'), '5a (abcd)');
    assert.equal(names('s', '5A', 'abcdxyz'), '5A (abcdx)');
    assert.equal(names('t', '5A', 'other'), '5A');
  });

  it('of what has the same name and nearly the same id go on until they differ', () => {
    const names = createShortNames();
    const made = Array.from({ length: 30 }, () => names('s', 'x'.repeat(60), 'same'));
    assert.equal(new Set(made).size, 30);
  });
});

describe('texts', () => {
  it('are one line, without what looks like a national id', () => {
    assert.equal(oneLine(' a\n\tb  c '), 'a b c');
    assert.equal(withoutNumbers('5A 148514 61249.'), '5A .');
    assert.equal(withoutNumbers('5A-14851461249'), '5A-');
    for (const form of [
      '148514\u201361249',
      '148514  61249',
      '14 85 14 61249',
      '１４８５１４６１２４９',
      '148514\u200b61249',
    ])
      assert.equal(withoutNumbers(`5A ${form} hos Kari`), '5A hos Kari', form);
    assert.equal(withoutNumbers('5A_14851461249_kontakt'), '5A_ _kontakt');
    for (const kept of ['MAT0005', '2026/2027', '123456789012', '1234567890']) assert.equal(withoutNumbers(kept), kept);
    assert.equal(cutTo('a😀', 2), 'a');
    assert.equal(cutTo('a😀', 3), 'a😀');
  });
});

const told = (userName: string): readonly unknown[] => {
  const { userName: left, misused } = identifiersOf({ userName });
  return [left, misused];
};

describe('names and numbers', () => {
  it('of somebody with one name have something for the other', () => {
    assert.deepEqual(namesOf({ given: 'Ada', family: '', full: 'Ada' }), { given: 'Ada', family: '-', full: 'Ada' });
    assert.deepEqual(namesOf({ family: 'Lov' }), { given: '-', family: 'Lov', full: 'Lov' });
    assert.equal(namesOf({ given: ' ', full: 'x' }), null);
  });

  it('are told as what they are', () => {
    for (const [number, numberKind, expected] of [
      ['14851461249', 'national-id', ['14851461249', 'national', null, false]],
      ['14851461249', undefined, ['14851461249', 'national', null, false]],
      ['49891570073', 'd-number', ['49891570073', 'd-number', null, false]],
      ['14851461249', 'temporary', [undefined, undefined, '14851461249', false]],
      ['14851461240', 'national-id', [undefined, undefined, '14851461240', true]],
      ['14851461240', undefined, [undefined, undefined, '14851461240', true]],
      ['148514000001', 'temporary', [undefined, undefined, '148514000001', false]],
      ['148514000001', undefined, [undefined, undefined, '148514000001', false]],
      ['148514000001', 'national-id', [undefined, undefined, '148514000001', true]],
      ['201012345678', 'duf-number', ['201012345678', 'duf', null, false]],
      ['20101234567', 'duf-number', [undefined, undefined, '20101234567', true]],
      ['', 'national-id', [undefined, undefined, null, false]],
    ] as const) {
      const { nationalId, localId, misplaced } = numbersOf({
        number,
        ...(numberKind === undefined ? {} : { numberKind }),
      });
      assert.deepEqual([nationalId?.value, nationalId?.kind, localId, misplaced], expected, `${number} ${numberKind}`);
    }
  });

  it('of a school are told unless a national id stands in them', () => {
    // Eleven digits that are nobody's are a number of the school's own.
    for (const own of ['ola.nordmann', '20260012345', '14851461240', 'u-1485146124', 'a3'])
      assert.deepEqual(told(own), [own, false]);
    for (const held of [
      '14851461249',
      '148514 61249',
      '148514-61249',
      '14851461249@skole.test',
      'u14851461249',
      '5A_14851461249_kontaktlarer_2026',
      '１４８５１４６１２４９',
    ])
      assert.deepEqual(told(held), [null, true], held);
    assert.deepEqual(identifiersOf({ pupilNumber: ' 7 ', employeeNumber: '14851461249' }), {
      feideName: null,
      userName: null,
      pupilNumber: '7',
      employeeNumber: null,
      misused: true,
    });
  });

  it('of telephones are told once', () => {
    assert.deepEqual(
      phonesOf('work', { phone: '68050000', mobile: '68050000' }).map(({ kind }) => kind),
      ['mobile'],
    );
    assert.deepEqual(phonesOf('private', {}), []);
  });
});

describe('school years', () => {
  it('run from August to July, and count for a day of theirs', () => {
    const year = schoolYearOf('2026/2027');
    assert.deepEqual(year, { name: '2026/2027', first: '2026-08-01', last: '2027-07-31' });
    assert.equal(dayWithin(year, '2026-11-01'), '2026-11-01');
    assert.equal(dayWithin(year, '2026-07-31'), '2026-08-01');
    assert.equal(dayWithin(year, '2028-01-01'), '2027-07-31');
    assert.equal(earlier('2026-01-02', undefined), '2026-01-02');
    assert.equal(earlier(undefined, '2026-01-02'), '2026-01-02');
    assert.equal(earlier('2026-01-02', '2026-01-01'), '2026-01-01');
    assert.equal(earlier(undefined, undefined), undefined);
  });
});

const row = (more: Partial<Membership>): Membership => ({
  holder: 0,
  person: 0,
  role: 'pupil',
  subrole: null,
  active: true,
  begin: undefined,
  end: undefined,
  ...more,
});

const idOf = (person: number): string => `p${person}`;

describe('the table of members', () => {
  it('gives back what was put, holder by holder', () => {
    const day = fc.option(fc.constantFrom('2026-08-01', '2026-09-30', '2027-07-31', '1999-01-09'), { nil: undefined });
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            holder: fc.integer({ min: 0, max: 6 }),
            person: fc.integer({ min: 0, max: 9 }),
            role: fc.constantFrom('pupil', 'teacher', 'other'),
            subrole: fc.constantFrom(null, 'adviser', 'clerk'),
            active: fc.boolean(),
            begin: day,
            end: day,
          }),
          { selector: ({ holder, person, role, subrole }) => `${holder} ${person} ${role} ${subrole}`, maxLength: 80 },
        ),
        (rows) => {
          const table = createMemberTable();
          for (const one of rows) table.add(one as Membership);
          const given = [...table.byHolder(7, idOf)];
          assert.deepEqual(
            given.map(({ holder }) => holder),
            [...new Set(rows.map(({ holder }) => holder))].toSorted(),
          );
          for (const { holder, members } of given)
            assert.deepEqual(
              members,
              rows
                .filter((one) => one.holder === holder)
                .map(({ person, role, subrole, active, begin, end }) => ({
                  person: idOf(person),
                  role,
                  subrole,
                  active,
                  period: { begin: begin ?? null, end: end ?? null },
                  change: null,
                })),
            );
          assert.equal(table.size(), rows.length);
        },
      ),
    );
  });

  it('has of somebody who is in a holder twice what holds, else what came last', () => {
    const table = createMemberTable();
    table.add(row({ active: false, begin: '2026-08-01', end: '2026-09-01' }));
    table.add(row({ active: true, begin: '2026-10-01' }));
    table.add(row({ active: false, begin: '2027-01-01' }));
    table.add(row({ person: 1, active: false, begin: '2026-08-01', end: '2026-08-31' }));
    table.add(row({ person: 1, active: false, begin: '2026-10-01', end: '2026-10-31' }));
    table.add(row({ person: 1, role: 'other' }));
    const [{ members } = { members: [] }] = table.byHolder(1, idOf);
    assert.deepEqual(
      members.map(({ person, role, period }) => [person, role, period.begin]),
      [
        ['p0', 'pupil', '2026-10-01'],
        ['p1', 'pupil', '2026-10-01'],
        ['p1', 'other', null],
      ],
    );
  });

  it('grows piece by piece', () => {
    const table = createMemberTable();
    const many = 150_000;
    for (let person = 0; person < many; person += 1) table.add(row({ holder: person % 3, person }));
    let count = 0;
    for (const { holder, members } of table.byHolder(3, idOf)) {
      assert.equal(members[0]?.person, `p${holder}`);
      count += members.length;
    }
    assert.equal(count, many);
  });
});
