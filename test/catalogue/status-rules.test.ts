// Statuses of parts: which may follow which, what a part's is, what it may lean on, what has to be lifted with it, and who sees it. Laws hold for made-up APIs of any shape.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { statuses, type Coordinate, type Status } from '#catalogue/contract.ts';
import {
  allMoves,
  closureOf,
  isAsFirm,
  isVisible,
  liftedTo,
  moveOf,
  statusesOf,
  wholeApi,
  withinParts,
  type Mark,
  type Part,
  type Structure,
} from '#catalogue/status-rules.ts';

const mark = (coordinate: Coordinate, status: Status, source = 'a file'): Mark => ({ coordinate, status, source });
const part = (coordinate: Coordinate, within: Coordinate | null, ...leansOn: readonly Coordinate[]): Part => ({
  coordinate,
  within,
  leansOn,
});

/** A field of production that gives a type in beta, of which one member is experimental. */
const api = (...marks: readonly Mark[]): Structure => ({
  status: 'production',
  parts: [
    part('Query', null),
    part('Query.course', 'Query', 'Course'),
    part('Query.course(filter:)', 'Query.course', 'CourseFilter'),
    part('Course', null),
    part('Course.name', 'Course'),
    part('Course.level', 'Course', 'Level'),
    part('Level', null),
    part('CourseFilter', null),
  ],
  marks,
});

const found = (structure: Structure): readonly string[] =>
  statusesOf(structure).findings.map(({ rule, at }) => `${at}: ${rule}`);

test('a life goes from planned to retired by the allowed moves, each with its notice', () => {
  const said = allMoves.map(({ from, to, notice }) => `${from} > ${to}${notice === null ? '' : ` (${notice})`}`);
  assert.deepEqual(said, [
    'planned > experimental',
    'experimental > beta',
    'experimental > retired',
    'beta > experimental (beta)',
    'beta > production',
    'beta > retired (beta)',
    'production > not-further-developed',
    'production > retiring',
    'not-further-developed > production',
    'not-further-developed > retiring',
    'retiring > retired (production)',
  ]);
  for (const from of statuses) {
    assert.equal(moveOf(from, from), null);
    // Nothing that is firm goes without having been announced to go, and a promise is lowered with notice alone.
    for (const to of statuses) {
      const move = moveOf(from, to);
      if (move === null || isAsFirm(to, from) || from === 'experimental' || to === 'retiring') continue;
      assert.notEqual(move.notice, null, `${from} > ${to}`);
    }
  }
  assert.equal(moveOf('production', 'retired'), null);
  assert.equal(moveOf('production', 'beta'), null);
  assert.equal(moveOf('experimental', 'production'), null);
  assert.equal(moveOf('retired', 'planned'), null);
});

const seen = (...flags: readonly string[]): readonly Status[] =>
  statuses.filter((status) => isVisible(status, new Set(flags)));

test('flags open what is less firm, one does not stand for the other, and what is planned or gone is there for nobody', () => {
  const firm = ['production', 'not-further-developed', 'retiring'];
  assert.deepEqual(seen(), firm);
  assert.deepEqual(seen('production', 'planned', 'retired', 'other'), firm);
  assert.deepEqual(seen('beta'), ['beta', ...firm]);
  assert.deepEqual(seen('experimental'), ['experimental', ...firm]);
  assert.deepEqual(seen('beta', 'experimental'), ['experimental', 'beta', ...firm]);
});

test('a part has its own mark, else that of what it stands in, else that of the API', () => {
  const { of, findings } = statusesOf(
    api(mark('Course', 'beta'), mark('Course.level', 'experimental'), mark('Query.course', 'beta')),
  );
  assert.deepEqual(findings, []);
  assert.deepEqual(Object.fromEntries(of), {
    Query: 'production',
    'Query.course': 'beta',
    'Query.course(filter:)': 'beta',
    Course: 'beta',
    'Course.name': 'beta',
    'Course.level': 'experimental',
    Level: 'production',
    CourseFilter: 'production',
  });
});

test('what leans on something less firm is found, with both coordinates', () => {
  const { findings } = statusesOf(api(mark('Course', 'beta')));
  assert.deepEqual(findings, [
    {
      rule: 'leans-on-less-firm',
      at: 'Query.course',
      text: 'It is production and leans on Course, which is beta.',
    },
  ]);
  assert.deepEqual(found(api(mark('Level', 'retiring'))), ['Course.level: leans-on-less-firm']);
  assert.deepEqual(found(api(mark('Course', 'not-further-developed'))), []);
});

test('marks that contradict each other, lead nowhere or are firmer than what they stand in are found', () => {
  const twice = api(
    mark('Level', 'production', 'a.yaml'),
    mark('Level', 'beta', 'b.yaml'),
    mark('Course.level', 'beta'),
  );
  const { of, findings } = statusesOf(twice);
  assert.deepEqual(findings, [
    { rule: 'mark-contradicts', at: 'Level', text: 'It is production by a.yaml and beta by b.yaml.' },
  ]);
  assert.equal(of.get('Level'), 'beta');
  assert.deepEqual(found(api(mark('Level', 'beta'), mark('Level', 'beta'), mark('Course.level', 'beta'))), []);
  assert.deepEqual(found(api(mark(wholeApi, 'beta'))), ['*: mark-contradicts']);
  assert.deepEqual(found(api(mark(wholeApi, 'production'))), []);
  assert.deepEqual(found(api(mark('Levle', 'beta'))), ['Levle: mark-unknown-part']);
  const inner = api(mark('Course', 'experimental'), mark('Query.course', 'experimental'), mark('Course.name', 'beta'));
  assert.deepEqual(found(inner), ['Course.name: firmer-than-whole']);
  assert.equal(statusesOf(inner).of.get('Course.name'), 'experimental');
});

test('a part is firmer than its API only where all that it leans on is', () => {
  const beta = { ...api(mark('Query', 'production'), mark('CourseFilter', 'production'), mark('Level', 'production')) };
  const without: Structure = { ...beta, status: 'beta' };
  const { of, findings } = statusesOf(without);
  assert.equal(of.get('Query.course'), 'beta');
  assert.equal(of.get('Query'), 'production');
  // What stands in it is no firmer than it.
  assert.equal(of.get('Query.course(filter:)'), 'beta');
  assert.deepEqual(
    findings.map(({ at, rule }) => `${at}: ${rule}`),
    ['Query.course: leans-on-less-firm'],
  );
  const whole: Structure = { ...without, marks: [...without.marks, mark('Course', 'production')] };
  assert.deepEqual(found(whole), []);
  assert.equal(statusesOf(whole).of.get('Query.course(filter:)'), 'production');
});

test('parts that are there twice, stand in nothing or in themselves, or lean on nothing that is there are found', () => {
  const { parts } = api();
  const broken = (...more: readonly Part[]): readonly string[] => found({ ...api(), parts: [...parts, ...more] });
  assert.deepEqual(broken(part('Level', null)), ['Level: part-twice']);
  assert.deepEqual(broken(part('X.y', 'X')), ['X.y: part-unknown']);
  assert.deepEqual(broken(part('X', null, 'Y')), ['X: part-unknown']);
  assert.deepEqual(broken(part('A', 'B'), part('B', 'A'), part('A.x', 'A')), ['A: part-circle']);
  assert.deepEqual(broken(part('A.x', 'A'), part('A', 'B'), part('B', 'C'), part('C', 'A')), ['A: part-circle']);
});

test('what is lifted takes along what it leans on and stands in, and leaves what stands in that as it was', () => {
  const structure: Structure = { ...api(), status: 'experimental' };
  assert.deepEqual([...closureOf(structure, ['Query.course'], 'beta')], ['Course', 'Query', 'Query.course']);
  assert.deepEqual([...closureOf(structure, ['Course.level'], 'beta')], ['Course', 'Course.level', 'Level']);
  assert.deepEqual([...closureOf(structure, ['Course', 'nothing'], 'beta')], ['Course']);
  assert.deepEqual([...closureOf(structure, ['Course'], 'experimental')], []);
  assert.deepEqual([...closureOf(structure, [wholeApi], 'beta')], [wholeApi]);
  const lifted = closureOf(structure, ['Query.course'], 'beta');
  const { of, findings } = statusesOf(liftedTo(structure, lifted, 'beta'));
  assert.deepEqual(findings, []);
  for (const [coordinate, status] of of)
    assert.equal(status, lifted.has(coordinate) ? 'beta' : 'experimental', coordinate);
  assert.deepEqual([...withinParts(structure, ['Course'])].toSorted(), ['Course', 'Course.level', 'Course.name']);
  assert.equal(withinParts(structure, [wholeApi]).size, structure.parts.length + 1);
});

/** APIs of any shape: parts within parts, leaning on any others, circles among them included; marks of every kind. */
const structures: fc.Arbitrary<Structure> = fc
  .record({
    status: fc.constantFrom(...statuses),
    shape: fc.array(
      fc.record({
        within: fc.option(fc.nat(40), { freq: 3 }),
        leansOn: fc.array(fc.nat(40), { maxLength: 3 }),
        mark: fc.option(fc.constantFrom(...statuses), { freq: 2 }),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ status, shape }) => ({
    status,
    parts: shape.map(({ within, leansOn }, index) => ({
      coordinate: `p${index}`,
      // In one that stands before it, so that nothing stands in itself.
      within: within === null || index === 0 ? null : `p${within % index}`,
      leansOn: leansOn.map((other) => `p${other % shape.length}`),
    })),
    marks: shape.flatMap((one, index) => (one.mark === null ? [] : [mark(`p${index}`, one.mark)])),
  }));

/** The same without anything to find: marks that the rules do not let stand are taken as what they come to, and what then leans on less is lowered. */
const sound = structures.map((structure): Structure => {
  let current = structure;
  for (;;) {
    const { of, findings } = statusesOf(current);
    if (findings.length === 0) return current;
    const least = (one: Part): Status => {
      const around = [one.coordinate, ...one.leansOn, ...(one.within === null ? [] : [one.within])];
      return around.map((other) => of.get(other) ?? 'retired').reduce((a, b) => (isAsFirm(a, b) ? b : a));
    };
    current = { ...current, marks: current.parts.map((one) => mark(one.coordinate, least(one))) };
  }
});

test('no part is firmer than what it stands in; none is firmer than the API unless all that it leans on is as firm', () => {
  fc.assert(
    fc.property(structures, (structure) => {
      const { of, findings } = statusesOf(structure);
      assert.equal(of.size, structure.parts.length);
      const own = new Map(structure.marks.map(({ coordinate, status }) => [coordinate, status]));
      for (const { coordinate, within, leansOn } of structure.parts) {
        const status = of.get(coordinate) ?? assert.fail();
        const whole = within === null ? structure.status : (of.get(within) ?? assert.fail());
        if (within !== null) assert.ok(isAsFirm(whole, status));
        const holds = leansOn.every((other) => isAsFirm(of.get(other) ?? assert.fail(), status));
        assert.ok(isAsFirm(structure.status, status) || holds);
        // It is told whenever a part is not what it is marked as, or leans on less than it is.
        const told = findings.some(({ at }) => at === coordinate);
        const wanted = own.get(coordinate) ?? whole;
        assert.equal(told, wanted !== status || !holds, coordinate);
      }
    }),
  );
});

test('the order in which parts and marks are written does not matter', () => {
  fc.assert(
    fc.property(structures, fc.infiniteStream(fc.nat()), (structure, numbers) => {
      const shuffled = <T>(all: readonly T[]): readonly T[] =>
        all
          .map((one) => ({ one, key: numbers.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one);
      const other = { ...structure, parts: shuffled(structure.parts), marks: shuffled(structure.marks) };
      assert.deepEqual([...statusesOf(other).of].toSorted(), [...statusesOf(structure).of].toSorted());
      assert.deepEqual(found(other).toSorted(), found(structure).toSorted());
    }),
  );
});

test('what is lifted is enough, no more than is needed, and lifts nothing else', () => {
  const targets = fc.constantFrom<Status>('experimental', 'beta', 'production');
  fc.assert(
    fc.property(sound, fc.array(fc.nat(40), { maxLength: 4 }), targets, (structure, numbers, target) => {
      const all = structure.parts.map(({ coordinate }) => coordinate);
      const wanted = all.length === 0 ? [] : numbers.map((number) => all[number % all.length] ?? '');
      const before = statusesOf(structure).of;
      const lifted = closureOf(structure, wanted, target);
      assert.deepEqual(closureOf(structure, lifted, target), lifted);

      const after = statusesOf(liftedTo(structure, lifted, target));
      assert.deepEqual(after.findings, []);
      for (const coordinate of all) {
        const status = after.of.get(coordinate);
        assert.equal(status, lifted.has(coordinate) ? target : before.get(coordinate), coordinate);
      }
      for (const coordinate of wanted) assert.ok(isAsFirm(after.of.get(coordinate) ?? assert.fail(), target));

      // Whatever is left out, somebody misses: who wanted it, who leans on it, or what stands in it.
      for (const left of lifted) {
        const fewer = new Set([...lifted].filter((one) => one !== left));
        const { of, findings } = statusesOf(liftedTo(structure, fewer, target));
        assert.ok(
          findings.length > 0 || wanted.some((one) => !isAsFirm(of.get(one) ?? 'retired', target)),
          `${left} was lifted for nothing`,
        );
      }
    }),
  );
});
