// Random grants over random data, some of it protected: nothing that a plainly written policy hides shows in any answer, and what it shows is
// there. And whatever happens to those who are hidden leaves no trace in any answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Principal } from '#hub/principal.ts';
import type { HubQuery } from '#hub/query.ts';
import { cases } from '../cases.ts';
import {
  accessOf,
  allMarkers,
  collections,
  countingFor,
  dataOf,
  levelOf,
  markersOf,
  numbers,
  pupilOf,
  putData,
  putSchools,
  rowsOf,
  scopedAccessOf,
  scopes,
  sees,
} from './policy.ts';
import type { Access, Data, Row } from './policy.ts';
import { ask, bySystemId, listQuery, onlyGrants, openWorld, paths, personHref, principal, start } from './world.ts';
import type { World } from './world.ts';

const initially: Data = numbers.map((number, index) => ({
  number,
  marking: index === 0 ? 3 : 0,
  schools: [],
  parent: null,
  name: 0,
  feide: 0,
  there: index === 0,
}));

let world: World;
before(async () => {
  world = await openWorld();
  await putSchools(world);
  // From here on a person without a marking is strictly protected.
  await putData(world, initially);
});
after(() => world.close());

type Question = Extract<HubQuery, { kind: 'read' | 'list' | 'changes' | 'state' }>;

const questions = (rows: readonly Row[]): readonly Question[] => [
  ...collections.flatMap((path): readonly Question[] => [
    listQuery(path),
    listQuery(path, { offset: 1, size: 2 }),
    listQuery(path, { since: start }),
    { kind: 'changes', collection: path, after: null, size: 10_000 },
    { kind: 'state', collection: path },
  ]),
  listQuery(paths.pupil, { filter: 'person/any()' }),
  listQuery(paths.pupil, { filter: 'not elevforhold/any()' }),
  listQuery(paths.person, { filter: 'foreldre/any() or foreldreansvar/any()' }),
  listQuery(paths.school, { filter: 'elevforhold/any()' }),
  listQuery(paths.school, { filter: `elevforhold eq '${bySystemId(paths.enrolment, 'FID101x2001')}'` }),
  listQuery(paths.pupil, { filter: `person eq '${personHref(101)}' or person eq '${personHref(102)}'` }),
  listQuery(paths.person, { filter: `not foreldre eq '${personHref(101)}'` }),
  listQuery(paths.enrolment, { filter: "elev eq 'systemid/EID102x'" }),
  listQuery(paths.enrolment, { filter: "not elev eq 'feidenavn/feide101v0x@x.test'" }),
  listQuery(paths.person, { filter: "navn/fornavn startswith 'NAME'" }),
  ...rows.flatMap(({ collection, values }) =>
    values
      .filter(({ identifier }) => identifier)
      .map(({ name, marker }): Question => ({ kind: 'read', collection, field: name.toLowerCase(), value: marker })),
  ),
];

/** All that an answer says, compressed forms and places in the feed left out; and how many resources it holds. */
const told = async (query: HubQuery, as: Principal = principal()) => {
  const result = await ask(world.hub, query, as);
  switch (result.kind) {
    case 'found':
      return { text: JSON.stringify({ ...result, body: result.body.toString() }), total: 1 };
    case 'page': {
      const parts: string[] = [];
      for await (const { bytes } of result.body.plain()) parts.push(bytes.toString());
      return { text: JSON.stringify({ ...result, body: null }) + parts.join(','), total: result.total };
    }
    case 'changes':
      return {
        text: JSON.stringify(
          result.changes.map(({ position: _position, ...one }) => ({ ...one, body: one.body?.toString() })),
        ),
        total: 0,
      };
    default:
      return { text: JSON.stringify(result), total: 0 };
  }
};

const actionsOf = { read: ['read', 'list'], state: ['read', 'list'], list: ['list'], changes: ['follow'] } as const;

const acting = (accesses: readonly Access[], query: Question): readonly Access[] =>
  accesses.filter(({ actions }) => actions.some((one) => actionsOf[query.kind].some((each) => each === one)));

const covers = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

/**
 * What removals and changed identifiers in the feed may say: identifiers of what went or changed while the grants of all rows saw it, and the
 * former identifiers of what is seen.
 */
const removedBefore: Row[] = [];

const removedTo = (accesses: readonly Access[], rows: readonly Row[]): ReadonlySet<string> => {
  const seen = new Set(rows.filter((row) => accesses.some((one) => sees(one, row))).map(({ key }) => key));
  const still = removedBefore
    .filter(({ key }) => seen.has(key))
    .map((row): Row => ({ ...row, schools: 'all', level: 0 }));
  return new Set([
    ...markersOf(
      accesses.filter((one) => one.rows === null),
      removedBefore,
    ),
    ...markersOf(accesses, still),
  ]);
};

const remember = (data: Data, next: Data): void => {
  const left = new Set(rowsOf(next).map(({ key }) => key));
  removedBefore.push(...rowsOf(data).filter(({ key }) => !left.has(key)));
  // Another identifier in use is told of in the same way.
  removedBefore.push(...rowsOf(data).filter(({ collection }) => collection === paths.pupil));
};

const someAccesses = fc.array(scopedAccessOf, { minLength: 1, maxLength: 3 });

test('nothing hidden is told by any answer, and what is allowed is told', async () => {
  let combinations = 0;
  let held = initially;
  await fc.assert(
    fc.asyncProperty(dataOf, someAccesses, fc.subarray(scopes), async (data, given, carried) => {
      remember(held, data);
      held = data;
      await putData(world, data);
      await onlyGrants(world, ...given);
      // Asked by another token in between, which must leave nothing behind.
      const [as, other] = [carried, scopes].map((some) => ({ ...principal(), scopes: new Set(some) }));
      for (const path of collections) await told(listQuery(path), other);
      const accesses = countingFor(carried, given);
      const rows = rowsOf(data);
      const protectedRows = rows.filter(
        ({ level }) => level > 0 && accesses.every(({ clearance }) => clearance < level),
      );
      for (const query of questions(rows)) {
        if (protectedRows.length > 0) combinations += 1;
        const reading = accesses.filter(({ actions }) => actions.some((one) => one === 'read' || one === 'list'));
        const mine = acting(accesses, query);
        const own = rows.filter(({ collection }) => collection === query.collection);
        const others = rows.filter(({ collection }) => collection !== query.collection);
        // A parent is another row of the same collection.
        const allowed = new Set([...markersOf(mine, own), ...markersOf(reading, [...own, ...others])]);
        const { text, total } = await told(query, as);
        const gone = query.kind === 'changes' ? removedTo(mine, own) : null;
        for (const marker of allMarkers)
          if (!allowed.has(marker) && gone?.has(marker) !== true)
            assert.equal(text.includes(marker), false, `${JSON.stringify(query)} tells ${marker}`);
        if (query.kind === 'list' && query.filter === null && query.since === null && query.size === 0) {
          for (const marker of markersOf(mine, own)) assert.ok(text.includes(marker), `${marker} is missing`);
          assert.equal(total, own.filter((row) => mine.some((one) => sees(one, row))).length, JSON.stringify(query));
        }
        if (
          query.kind === 'state' &&
          mine.some((one) => one.collections.some((each) => covers(each, query.collection)))
        ) {
          const count = own.filter((row) => mine.some((one) => sees(one, row))).length;
          assert.ok(text.includes(`"count":${count},`), `${query.collection} counts ${text} and not ${count}`);
        }
        if (query.kind === 'read') {
          const row = own.find(({ values }) => values.some(({ marker }) => query.value === marker));
          assert.equal(
            total === 1,
            row !== undefined && markersOf(mine, [row]).has(query.value),
            JSON.stringify(query),
          );
        }
      }
    }),
    { numRuns: cases(280) },
  );
  assert.ok(combinations >= cases(5_000), `${combinations} combinations with protected persons`);
});

const hiddenFrom = (data: Data, accesses: readonly Access[]): readonly number[] =>
  data.filter((one) => accesses.every(({ clearance }) => clearance < levelOf(one))).map(({ number }) => number);

/** A pupil who is strictly protected, marked so or for want of a marking. */
const strictly = (number: number) =>
  pupilOf(number).map((one) => ({ ...one, marking: one.marking === null ? null : (3 as const), parent: null }));

const belowStrict = accessOf.map((one) => ({ ...one, clearance: one.clearance === 3 ? (2 as const) : one.clearance }));

test('what happens to those who are hidden leaves no trace: not in totals, times, ETags, pages or the feed', async () => {
  await fc.assert(
    fc.asyncProperty(
      dataOf,
      fc.tuple(...numbers.map(strictly)),
      fc.array(belowStrict, { minLength: 1, maxLength: 2 }),
      async ([one, ...rest], others, accesses) => {
        if (one === undefined) return;
        // Somebody is hidden before and after, and may come and go; the others are as they were. Nobody hidden has a parent here: a parent is
        // within a school through a child, hidden or not.
        const mixed: Data = [{ ...one, marking: 3, there: true }, ...rest];
        const hidden = hiddenFrom(mixed, accesses);
        const first = mixed.map((pupil) => (hidden.includes(pupil.number) ? { ...pupil, parent: null } : pupil));
        await putData(world, first);
        await onlyGrants(world, ...accesses);
        const asked = questions(rowsOf(first));
        const answers = await Promise.all(asked.map((query) => told(query)));
        world.clock.move(1_000);
        await putData(
          world,
          first.map((pupil, index) =>
            hidden.includes(pupil.number) && pupil.there ? (others[index] ?? pupil) : pupil,
          ),
        );
        const now = await Promise.all(asked.map((query) => told(query)));
        for (const [index, query] of asked.entries())
          assert.equal(now[index]?.text, answers[index]?.text, JSON.stringify(query));
      },
    ),
    { numRuns: cases(60) },
  );
});
