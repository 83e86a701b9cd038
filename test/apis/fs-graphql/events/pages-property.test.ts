// Random changes, pages of any size, stretches of any length: every event is told once, in one order, wherever a page ends and whatever comes meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { cases } from '../../../cases.ts';
import { bySystemId, identified, put } from '../../../hub/world.ts';
import { at, markedPersons } from '../fs-world.ts';
import { kindsIn, openFollowWorld, type FollowWorld, type Told } from './follow-world.ts';

type Change = {
  readonly who: 0 | 1 | 3;
  readonly name: string;
  readonly mail: string;
  readonly dead: boolean;
  readonly registered: boolean;
};

const changes: fc.Arbitrary<Change> = fc.record({
  who: fc.constantFrom(0, 1, 3),
  name: fc.constantFrom('A', 'B'),
  mail: fc.constantFrom('a@test.no', 'b@test.no'),
  dead: fc.boolean(),
  registered: fc.boolean(),
});

const apply = async (world: FollowWorld, { who, name, mail, dead, registered }: Change): Promise<void> => {
  const person = markedPersons(['ugradert', 'ugradert', 'strengtFortrolig', 'ugradert'])[who];
  assert.ok(person !== undefined);
  const values = { navn: { fornavn: name, etternavn: name }, privatEpost: mail, arbeidsEpost: mail, erDod: dead };
  await put(world, at.person, [{ ...person, ...values }]);
  await put(world, at.registration, [
    {
      systemId: identified('G1'),
      naturligNokkel: identified('101,2026,VÅR'),
      erSemesterregistrert: registered,
      links: { student: [bySystemId(at.student, 'S1')], termin: [bySystemId(at.term, 'T2')] },
    },
  ]);
};

/** Reads on to the end with pages of these sizes, over and over. */
const drain = async (world: FollowWorld, family: string, after: string, sizes: readonly number[]) => {
  const all: Told[] = [];
  for (let from = after, index = 0; ; index += 1) {
    const first = sizes[index % sizes.length] ?? 1;
    const { nodes, pageInfo } = await world.page(family, { after: from, first });
    assert.ok(nodes.length <= first);
    all.push(...nodes);
    from = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) return { all, after: from };
  }
};

const idsIn = (told: readonly Told[]): readonly string[] => told.map(({ id }) => id);

for (const family of ['personProfilhendelser', 'studenthendelser']) {
  test(`${family}: any pages give every event once`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(changes, { minLength: 1, maxLength: 6 }),
        fc.array(changes, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 2, 3, 2_000),
        async (before, meanwhile, sizes, windowRows) => {
          const world = await openFollowWorld(windowRows);
          try {
            const from = await world.now(family);
            for (const one of before) await apply(world, one);
            const whole = await drain(world, family, from, [1_000]);
            assert.equal(new Set(idsIn(whole.all)).size, whole.all.length);
            const paged = await drain(world, family, from, sizes);
            assert.deepEqual(paged.all, whole.all);
            // A page, then changes, then the rest: what was told is not told again, and what has come is told as to one who had read all before.
            const { nodes, pageInfo } = await world.page(family, { after: from, first: sizes[0] ?? 1 });
            for (const one of meanwhile) await apply(world, one);
            const later = await drain(world, family, pageInfo.endCursor, sizes);
            const fresh = await drain(world, family, whole.after, [1_000]);
            const told = idsIn([...nodes, ...later.all]);
            assert.equal(new Set(told).size, told.length);
            for (const one of fresh.all)
              assert.ok(kindsIn(later.all).includes(one.hendelsestype), `${one.hendelsestype} is missing`);
            const end = await drain(world, family, later.after, sizes);
            assert.deepEqual(end, { all: [], after: later.after });
          } finally {
            await world.close();
          }
        },
      ),
      { numRuns: cases(10) },
    );
  });
}
