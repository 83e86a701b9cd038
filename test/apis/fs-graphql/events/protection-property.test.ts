// Random markings and changes: one who is not cleared is told of the coming and going of exactly those who come into sight and go out of it, and of
// changes to nobody whom it does not see.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import * as fc from 'fast-check';
import { cases } from '../../../cases.ts';
import { put } from '../../../hub/world.ts';
import { at, everyFlag, markedPersons, owner } from '../fs-world.ts';
import { openFollowWorld, type FollowWorld } from './follow-world.ts';

let world: FollowWorld;
before(async () => {
  world = await openFollowWorld();
});
after(() => world.close());

const family = 'personProfilhendelser';
const marking = fc.constantFrom('ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig');

type Step = { readonly markings: readonly string[]; readonly names: readonly string[] };

const steps: fc.Arbitrary<Step> = fc.record({
  markings: fc.array(marking, { minLength: 4, maxLength: 4 }),
  names: fc.array(fc.constantFrom('A', 'B'), { minLength: 4, maxLength: 4 }),
});

const apply = ({ markings, names }: Step): Promise<void> =>
  put(
    world,
    at.person,
    markedPersons(markings).map((one, index) => ({ ...one, privatEpost: `${names[index]}@test.no` })),
  );

const seen = async (): Promise<ReadonlySet<string>> => {
  const query = `{ personProfiler(filter: { eierOrganisasjonskode: "${owner}", inkluderAvdode: true }) { nodes { id } } }`;
  const { personProfiler } = await world.data(query, {}, { headers: everyFlag });
  return new Set((personProfiler?.['nodes'] ?? []).map((one) => String(one['id'])));
};

test('events tell of those who are seen, and of who comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, first) => {
        const was = await seen();
        const from = await world.now(family);
        for (const step of all) await apply(step);
        const is = await seen();
        const told = await world.since(family, from, { first });
        const gone = told.filter(({ hendelsestype }) => hendelsestype === 'PERSONPROFIL_SLETTET');
        const come = told.filter(({ hendelsestype }) => hendelsestype === 'PERSONPROFIL_OPPRETTET');
        assert.equal(gone.length, [...was].filter((id) => !is.has(id)).length);
        for (const { subject } of gone) assert.equal(subject, null);
        assert.deepEqual(
          come.map(({ subject }) => subject?.['id']).toSorted(),
          [...is].filter((id) => !was.has(id)).toSorted(),
        );
        for (const { subject, hendelsestype } of told)
          if (hendelsestype !== 'PERSONPROFIL_SLETTET')
            assert.ok(subject !== null && is.has(String(subject['id'])), hendelsestype);
      },
    ),
    { numRuns: cases(30) },
  );
});
