// A university of students who can be drawn: for figures. Each has a programme, a term in which they registered, a gender and a year of birth; some are
// protected, and nobody else differs.
import { createSheets, type Sheets } from '#apis/fsws-bris/kept-sheets.ts';
import { candidates } from '#apis/fsws-bris/mappings/candidates.ts';
import { applicants } from '#apis/fsws-bris/mappings/applicants.ts';
import { registered } from '#apis/fsws-bris/mappings/registered.ts';
import { results } from '#apis/fsws-bris/mappings/results.ts';
import { createFigureShelf } from '#app/figure-shelf.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createWholeSight } from '#hub/documents/whole-sight.ts';
import { at } from '../fs-graphql/fs-world.ts';
import { bySystemId, identified, model, put, type World } from '../../hub/world.ts';

export type Person = {
  readonly id: number;
  readonly programme: 'A' | 'B';
  readonly term: 'VÅR' | 'HØST';
  readonly gender: 'KVINNE' | 'MANN';
  readonly isProtected?: boolean;
  readonly isCancelled?: boolean;
};

const thing = (
  id: string,
  values: Readonly<Record<string, unknown>>,
  links: Readonly<Record<string, string>> = {},
) => ({
  systemId: identified(id),
  ...values,
  links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, [href]])),
});
const key = (text: string) => ({ naturligNokkel: identified(text) });
const to = bySystemId;

/** What is there before anybody studies. */
export const putFrame = async (world: World): Promise<void> => {
  await put(world, at.unit, [thing('U1', { ...key('7777,59,7,0'), navnAlleSprak: { nb: 'Institutt' } })]);
  await put(world, at.level, [thing('N1', { kode: identified('B') })]);
  await put(world, at.term, [
    thing('T1', { ...key('2026,VÅR'), arstall: 2026 }),
    thing('T2', { ...key('2026,HØST'), arstall: 2026 }),
  ]);
  await put(
    world,
    at.programme,
    ['A', 'B'].map((code) =>
      thing(
        `P${code}`,
        { ...key(code), kode: identified(code) },
        { studieansvarligOrganisasjonsenhet: to(at.unit, 'U1'), studieniva: to(at.level, 'N1') },
      ),
    ),
  );
};

/** Puts students, or puts them again as they are now. */
export const putPersons = async (world: World, persons: readonly Person[]): Promise<void> => {
  await put(
    world,
    at.person,
    persons.map(({ id, gender, isProtected }) =>
      thing(`X${id}`, {
        ...key(String(id)),
        personlopenummer: identified(String(id)),
        kjonn: gender,
        fodselsdato: '2001-01-09T00:00:00Z',
        navn: { fornavn: 'Test', etternavn: `Nr ${id}` },
        adressebeskyttelse: isProtected === true ? 'fortrolig' : 'ugradert',
      }),
    ),
  );
  await put(
    world,
    at.student,
    persons.map(({ id }) =>
      thing(
        `S${id}`,
        { ...key(String(id)), studentnummer: identified(`5${id}`) },
        { personProfil: to(at.person, `X${id}`) },
      ),
    ),
  );
  await put(
    world,
    at.right,
    persons.map(({ id, programme }) =>
      thing(
        `R${id}`,
        { ...key(`${id},${programme},2026,VÅR`), studierettperiode: { fraDato: '2025-01-01T00:00:00Z' } },
        {
          personProfil: to(at.person, `X${id}`),
          student: to(at.student, `S${id}`),
          studieprogram: to(at.programme, `P${programme}`),
        },
      ),
    ),
  );
  await put(
    world,
    at.registration,
    persons.map(({ id, term, isCancelled }) =>
      thing(
        `G${id}`,
        { ...key(`${id},2026,${term}`), erSemesterregistrert: true, erUgyldiggjort: isCancelled === true },
        { student: to(at.student, `S${id}`), termin: to(at.term, term === 'VÅR' ? 'T1' : 'T2') },
      ),
    ),
  );
};

/** The figures over what a world holds, as a process has them. */
export const sheetsOver = async (world: World): Promise<Sheets> => {
  const { store, clock, hub } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const accesses = createAccesses(authorizer);
  const sealing = await createSealing(store.platform, systemRandom);
  return createSheets([registered, results, candidates, applicants], {
    model,
    hub,
    walk: createWalk({ model, store, clock, authorizer, accesses, sealing }),
    sight: createWholeSight(accesses),
    shelf: createFigureShelf(store.platform, clock),
    clock,
  });
};
