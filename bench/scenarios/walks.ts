// Walks through all documents of a city, as exports read them: what one of each kind costs, whoever sees it decided and every page recorded. In this
// process and without HTTP; the CPU is that of all threads, and on PostgreSQL that of the server besides.
import { municipality } from '#sandbox/municipality.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import type { ShapeSource, ShapeStep, Walk } from '#hub/documents/document.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { compileShape } from '#hub/documents/shape.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Principal } from '#hub/principal.ts';
import { addLinked, dataset, model, openPlace, organisation } from '../datasets.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Context, Figure, Scenario } from '../scenario.ts';

const name = 'walks';
const scopes = ['vfs:lmsexport', 'vfs:guardians.read', 'vfs:pupils.nin', 'vfs:pupils.read'];
const rounds = 3;

const bare = (relation: string): ShapeStep => ({ relation, steps: {}, bare: true });
const some = (relation: string, attributes: readonly string[], steps: ShapeStep['steps'] = {}): ShapeStep => ({
  relation,
  steps,
  attributes,
});

type Question = { readonly what: string; readonly most: number; readonly source: ShapeSource };

const questions: readonly Question[] = [
  {
    what: 'a pupil with person, enrolments, school, level and year',
    most: 20,
    source: {
      name: 'walk-pupils',
      collection: 'utdanning/elev/elev',
      steps: {
        person: some('person', ['navn', 'fodselsnummer', 'kontaktinformasjon', 'fodselsdato', 'adressebeskyttelse']),
        elevforhold: some('elevforhold', ['gyldighetsperiode', 'hovedskole'], {
          skole: bare('skole'),
          trinn: some('trinn', ['systemId']),
          skolear: some('skolear', ['systemId']),
        }),
      },
    },
  },
  {
    what: 'a person with those whom it is guardian of',
    most: 20,
    source: {
      name: 'walk-guardians',
      collection: 'utdanning/elev/person',
      attributes: ['navn', 'kontaktinformasjon'],
      steps: {
        foresattFor: some('foresattFor', [], { barn: bare('barn'), rettighet: some('rettighet', ['systemId']) }),
      },
    },
  },
  {
    what: 'a membership with its group and enrolment',
    most: 5,
    source: {
      name: 'walk-members',
      collection: 'utdanning/timeplan/undervisningsgruppemedlemskap',
      attributes: ['gyldighetsperiode'],
      steps: { gruppe: bare('undervisningsgruppe'), elevforhold: bare('elevforhold') },
    },
  },
];

const city = () => municipality({ seed: 1, size: 'oslo', asOf: '2026-11-01' }).collections;

export const walks: Scenario = {
  name,
  describe: 'walks through all documents of a city: pupils, guardians, memberships',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await dataset(context, 'vfs-oslo', city);
    await addLinked(place, name, scopes);
    const store = await openPlace(place);
    try {
      const authorizer = createAuthorizer({ model: model(), store, clock: systemClock, environment: 'test' });
      const walk = createWalk({
        model: model(),
        store,
        clock: systemClock,
        authorizer,
        accesses: createAccesses(authorizer),
        sealing: await createSealing(store.platform, systemRandom),
      });
      const database = place.engine === 'postgres' ? place.cpu : () => 0;
      const figures: Figure[] = [];
      for (const question of questions)
        if (context.only === undefined || context.only === question.source.name)
          figures.push(await figureOf(context, walk, question, database));
      return figures;
    } finally {
      await store.close();
    }
  },
};

const figureOf = async (
  context: Context,
  walk: Walk,
  { what, most, source }: Question,
  database: () => number,
): Promise<Figure> => {
  const shape = compileShape(source, model());
  if (!shape.ok) throw new Error(shape.problem.detail);
  const each: number[] = [];
  let [count, seconds, longest] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const [cpu, server, began] = [process.cpuUsage(), database(), systemClock.monotonic()];
    const asked = { projection: { id: 'all', shape: shape.value }, narrow: null };
    const result = await walk(asked, { principal: caller, requestId: `${source.name}-${round}`, api: 'bench' });
    if (result.kind !== 'walk') throw new Error(`${source.name}: ${result.kind}`);
    count = 0;
    let last = began;
    for await (const page of result.pages) {
      count += page.length;
      longest = Math.max(longest, systemClock.monotonic() - last);
      last = systemClock.monotonic();
    }
    const { user, system } = process.cpuUsage(cpu);
    each.push((user + system + database() - server) / count);
    seconds = (systemClock.monotonic() - began) / 1_000;
  }
  context.say(`${source.name}: ${count} in ${seconds.toFixed(1)} s`);
  const ours = median(each);
  return {
    name: source.name,
    what,
    ours,
    floor: null,
    unit: 'µs',
    value: ours,
    target: { kind: 'at-most', value: most },
    spread: spreadOf(each),
    note: `${count} in ${seconds.toFixed(1)} s, longest page ${Math.round(longest)} ms`,
  };
};

const caller: Principal = {
  kind: 'client',
  client: `${name}-client`,
  tenant: organisation,
  scopes: new Set(scopes),
  issuer: 'bench',
  token: 'bench',
  expiresAt: systemClock.now() + 86_400_000,
};
