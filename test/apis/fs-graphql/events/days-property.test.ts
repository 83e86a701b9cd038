// Random dates that are set and moved, days that pass, persons that come and go, restarts, pages of any size: that a day has come is told as often as
// one finds who works out anew who is due and who was when all had been read the last time.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { cases } from '../../../cases.ts';
import { bySystemId, identified, put, remove } from '../../../hub/world.ts';
import { at, idOf, markedPersons } from '../fs-world.ts';
import { openFollowWorld, type FollowWorld, type Told } from './follow-world.ts';

const hour = 3_600_000;
const dayMs = 24 * hour;
const ids = ['D1', 'D2', 'D3'] as const;
type Id = (typeof ids)[number];

type Step =
  | {
      readonly do: 'set';
      readonly id: Id;
      readonly from: number | null;
      readonly to: number | null;
      readonly form: number;
    }
  | { readonly do: 'remove'; readonly id: Id }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'hide' | 'show' | 'rename' }
  /** Pages of these sizes, with what happens between them, until all has been read. */
  | {
      readonly do: 'read';
      readonly sizes: readonly number[];
      readonly between: readonly ('nothing' | 'restart' | 'day')[];
    };

const day = fc.option(fc.integer({ min: -4, max: 9 }), { nil: null });
const id = fc.constantFrom(...ids);
const read: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('read' as const),
  sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  between: fc.array(fc.constantFrom('nothing' as const, 'restart' as const, 'day' as const), {
    minLength: 1,
    maxLength: 3,
  }),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), id, from: day, to: day, form: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hide' as const, 'show' as const, 'rename' as const) }) },
  { weight: 3, arbitrary: read },
);

const norway = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' });
const first = Date.UTC(2026, 0, 5);

/** A day as sources write it: midnight or noon of UTC, or the midnight of Norway in winter. */
const written = (offset: number, form: number): string =>
  new Date(first + offset * dayMs + ([0, 12, -1][form] ?? 0) * hour).toISOString().replace('.000', '');

type Right = { readonly made: number; readonly from: number | null; readonly to: number | null };

const apply = async (
  world: FollowWorld,
  step: Exclude<Step, { do: 'read' }>,
  rights: Map<Id, Right>,
  made: () => number,
) => {
  switch (step.do) {
    case 'set': {
      const { from, to, form } = step;
      const period = {
        ...(from === null ? {} : { fraDato: written(from, form) }),
        ...(to === null ? {} : { tilDato: written(to, form) }),
      };
      await put(world, at.right, [
        {
          systemId: identified(step.id),
          naturligNokkel: identified(`${step.id},1`),
          studierettperiode: period,
          links: {
            student: [bySystemId(at.student, 'S1')],
            personProfil: [bySystemId(at.person, 'X1')],
            kull: [bySystemId(at.cohort, 'K1')],
          },
        },
      ]);
      rights.set(step.id, { made: rights.get(step.id)?.made ?? made(), from, to });
      return;
    }
    case 'remove':
      if (!rights.delete(step.id)) return;
      return remove(world, at.right, 'systemid', step.id);
    case 'pass':
      return world.clock.move(step.hours * hour);
    case 'rename':
      return put(world, at.student, [
        {
          systemId: identified('S9'),
          naturligNokkel: identified(`9${made()}`),
          studentnummer: identified(`9${made()}`),
        },
      ]);
    default:
      return put(world, at.person, markedPersons([step.do === 'hide' ? 'strengtFortrolig' : 'ugradert']).slice(0, 1));
  }
};

const kinds = ['STARTET_PA_STUDIEPROGRAM', 'SLUTTET_PA_STUDIEPROGRAM'];
const keyOf = ({ hendelsestype, subject }: Told): string => `${hendelsestype} ${String(subject?.['id'])}`;

for (const family of ['programStudieretthendelser', 'studenthendelser'] as const) {
  test(`${family}: what has fallen due is told once`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 4, maxLength: 16 }),
        fc.constantFrom(1, 2, 2_000),
        async (all, windowRows) => {
          const world = await openFollowWorld(windowRows);
          try {
            const rights = new Map<Id, Right>();
            let hidden = false;
            let count = 0;
            const made = (): number => (count += 1);
            /** Who is due now, each under a name that says what is told of it. */
            const due = (): ReadonlyMap<string, string> => {
              const today = norway.format(world.clock.now());
              const found = new Map<string, string>();
              for (const [one, { made: own, from, to }] of hidden ? [] : rights) {
                const subject = family === 'studenthendelser' ? idOf(at.student, '101') : idOf(at.right, `${one},1`);
                const is = (name: string, offset: number | null): void => {
                  if (offset !== null && written(offset, 0).slice(0, 10) <= today)
                    found.set(`${name} ${own}`, `${name} ${subject}`);
                };
                is('STARTET_PA_STUDIEPROGRAM', from);
                is('SLUTTET_PA_STUDIEPROGRAM', to === null ? null : to + 1);
              }
              return found;
            };
            // The institution's own rights would be told of too when their person comes back.
            for (const own of ['R1', 'R2', 'R3', 'R4']) await remove(world, at.right, 'systemid', own).catch(() => {});
            let cursor = await world.now(family);
            let was = due();
            const reads: Step = { do: 'read', sizes: [2], between: ['restart', 'nothing'] };
            for (const step of [...all, reads, { do: 'pass', hours: 14 * 24 } as const, reads, reads]) {
              if (step.do !== 'read') {
                if (step.do === 'hide') hidden = true;
                if (step.do === 'show') hidden = false;
                await apply(world, step, rights, made);
                continue;
              }
              const told: Told[] = [];
              for (let index = 0; ; index += 1) {
                const { nodes, pageInfo } = await world.page(family, {
                  after: cursor,
                  first: step.sizes[index % step.sizes.length] ?? 1,
                  show: 'id',
                });
                told.push(...nodes.filter(({ hendelsestype }) => kinds.includes(hendelsestype)));
                cursor = pageInfo.endCursor;
                if (!pageInfo.hasNextPage) break;
                const between = step.between[index % step.between.length];
                if (between === 'restart') await world.restart();
                if (between === 'day') world.clock.move(dayMs);
              }
              const is = due();
              const wanted = [...is].flatMap(([key, name]) => (was.has(key) ? [] : [name]));
              assert.deepEqual(told.map(keyOf).toSorted(), wanted.toSorted());
              was = is;
            }
          } finally {
            await world.close();
          }
        },
      ),
      { numRuns: cases(15) },
    );
  });
}
