// FSWS-STUDRAPP as a service: reports for the state loan fund and for timetabling. Called by fsws-studrapp-api.ts; the frame reads requests and writes answers.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Narrow, Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { civilNow } from '#mappings/converters.ts';
import { readTermCode } from '#mappings/fs-values.ts';
import { throughKeys } from '#mappings/narrowing.ts';
import { joinKey, splitKey } from '#mappings/natural-key.ts';
import type { FactsMaker } from '#mappings/project.ts';
import { readLeanMapping, readMapping } from '#mappings/read-mapping.ts';
import { readValues } from '#mappings/read-values.ts';
import { rowText } from '#mappings/row-text.ts';
import { formOfMapping } from '#services/mapping-form.ts';
import type { Handled, Service, ServiceOperation } from '#services/service.ts';
import { refusedParameter } from '#services/refused-parameter.ts';
import { notThere, walkedRows } from '#services/walked-rows.ts';
import { collisionsOf, minutesOf, type Session } from './collisions.ts';
import { delstudieOperations, type DelstudieDeps } from './delstudie.ts';
import { activities } from './mappings/activities.ts';
import {
  collisionForm,
  collisionNames,
  collisionRow,
  placedActivity,
  placedIn,
  placedInTerm,
  placementIn,
  placements,
  sessions,
  type PlacementRow,
  type SessionRow,
} from './mappings/placements.ts';
import { results } from './mappings/results.ts';
import { studentGroups } from './mappings/student-groups.ts';
import { students } from './mappings/students.ts';
import { keysAt, termKey, termParameters } from './mappings/terms.ts';
import type { TermList } from './term-list.ts';

export const apiId = 'fsws-studrapp';

export type StudrappDeps = DelstudieDeps & {
  readonly model: Model;
  readonly walk: Walk;
  readonly clock: Pick<Clock, 'now'>;
};

const noTerm = refusedParameter('terminkode', 'must be VÅR, HØST, SOM, VIT, VÅT or HØT');

/** A list of the rows of a term. */
const listOperation = (list: TermList, { model, walk, clock }: StudrappDeps): ServiceOperation => {
  const reading = readMapping(list.mapping, model, [list.term.join('.')]);
  const keys = keysAt(list.term);
  const facts: FactsMaker<readonly string[]> = {
    ...keys,
    of: (root, now) => (list.counts(root) ? keys.of(root, now) : []),
  };
  return {
    name: list.name,
    rest: { method: 'GET', path: list.path },
    summary: list.summary,
    describe: list.summary,
    parameters: termParameters,
    answer: { kind: 'rows', name: list.list, describe: list.summary, row: formOfMapping(reading) },
    reconstructed: true,
    examples: [{ summary: list.summary, values: { arstall: '2026', terminkode: 'VÅR' }, status: 200 }],
    handle: async ({ values, notation, context }) => {
      const key = termKey(values);
      if (key === undefined) return noTerm;
      const now = civilNow(clock.now());
      const accept = (found: readonly string[]): boolean => found.includes(key);
      return walkedRows(walk, { reading, notation, now, narrow: throughKeys(list.term, key), facts, accept }, context);
    },
  };
};

/** Where the term stands in the key of an activity, of which there are two spellings. */
const placeOfTerm = 4;

const activityKeyOf = (sent: string): string =>
  joinKey(
    splitKey(sent.normalize('NFC')).map((part, at) => (at === placeOfTerm ? (readTermCode(part) ?? part) : part)),
  );

const placementsOperation = ({ model, walk, clock }: StudrappDeps): ServiceOperation => {
  const reading = readMapping(placements, model, [placedIn.join('.')]);
  const facts = keysAt(placedIn);
  const summary = { nb: 'Studentene som er plassert i en aktivitet.', en: 'The students placed in an activity.' };
  return {
    name: 'timeplanStudentplasseringer',
    rest: { method: 'GET', path: '/timeplan/studentplasseringer' },
    summary,
    describe: summary,
    parameters: [placedActivity],
    answer: { kind: 'rows', name: 'studentplasseringer', describe: summary, row: formOfMapping(reading) },
    reconstructed: true,
    examples: [{ summary, values: { [placedActivity.name]: '7777,TST1000,1,2026,VÅR,1,F1' }, status: 200 }],
    handle: ({ values, notation, context }) => {
      const key = activityKeyOf(values[placedActivity.name] ?? '');
      return walkedRows(
        walk,
        {
          reading,
          notation,
          now: civilNow(clock.now()),
          narrow: throughKeys(placedIn, key),
          facts,
          accept: (found) => found.includes(key),
        },
        context,
      );
    },
  };
};

const collisionsOperation = ({ model, walk, clock }: StudrappDeps): ServiceOperation => {
  const [placed, held] = [readLeanMapping(placements, model), readLeanMapping(sessions, model)];
  const [placementOf, sessionOf] = [readValues<PlacementRow>(placed), readValues<SessionRow>(held)];
  const summary = {
    nb: 'Aktiviteter som er samtidig for noen av studentene som er plassert i dem.',
    en: 'Activities that are at the same time for some of the students who are placed in them.',
  };

  /** Everything that is walked through; null when the caller may not, or when there is more of it than is put together. */
  const gathered = async <Row>(
    reading: typeof placed,
    narrow: Narrow,
    of: (row: Parameters<typeof placementOf>[0]) => Row,
    context: QueryContext,
  ): Promise<readonly Row[] | 'missing' | 'many'> => {
    const projection = { id: reading.mapping.name, shape: reading.shape };
    const walked = await walk({ projection, narrow, exact: true }, context);
    if (walked.kind !== 'walk') return 'missing';
    const rows: Row[] = [];
    for await (const page of walked.pages) {
      if (rows.length + page.length > limits.collisionRows) return 'many';
      for (const row of page) rows.push(of(row));
    }
    return rows;
  };

  return {
    name: 'timeplanKollisjoner',
    rest: { method: 'GET', path: '/timeplan/kollisjoner' },
    summary,
    describe: {
      nb: 'Regnes ut av timeplanene og plasseringene slik de er nå. Det som holdes sammen, kolliderer ikke.',
      en: 'Worked out of the timetables and placements as they are now. What is held together does not collide.',
    },
    parameters: termParameters,
    answer: { kind: 'rows', name: collisionNames.list, describe: summary, row: collisionForm },
    reconstructed: true,
    examples: [{ summary, values: { arstall: '2026', terminkode: 'VÅR' }, status: 200 }],
    handle: async ({ values, notation, context }) => {
      const key = termKey(values);
      if (key === undefined) return noTerm;
      const now = civilNow(clock.now());
      const narrow = throughKeys(placedInTerm, key);
      const placing = await gathered(placed, narrow, (row) => placementOf(row, now), context);
      const timetables = await gathered(held, narrow, (row) => sessionOf(row, now), context);
      if (placing === 'missing' || timetables === 'missing') return notThere;
      if (placing === 'many' || timetables === 'many') return tooMany;
      const bounds = { pairs: limits.collisionRows, looks: limits.collisionLooks };
      const found = await collisionsOf(placing.flatMap(placementIn), sessionsIn(timetables), bounds);
      if (found === undefined) return tooMany;
      const write = rowText(notation, collisionNames.row);
      return {
        kind: 'rows',
        rows: (async function* () {
          yield found.map((one) => write(collisionRow(one)));
        })(),
      };
    },
  };
};

const tooMany: Handled = {
  kind: 'problem',
  problem: problem('HUB-102', `More than ${limits.collisionRows} rows or pairs are not put together.`),
};

const sessionsIn = (rows: readonly SessionRow[]): ReadonlyMap<string, readonly Session[]> => {
  const sessionsOf = new Map<string, Session[]>();
  for (const { activity, entry, follows, weekday, from, until, weeks } of rows) {
    const [first, last] = [minutesOf(from), minutesOf(until)];
    if (activity === undefined || weekday === undefined || first === undefined || last === undefined) continue;
    const known = sessionsOf.get(activity) ?? [];
    const week = (weeks ?? []).toSorted();
    known.push({ entry, follows: follows ?? null, weekday, from: first, until: last, weeks: week });
    sessionsOf.set(activity, known);
  }
  return sessionsOf;
};

/** The service. Throws a HubError at start when the model does not bear out what it tells. */
export const studrappService = (deps: StudrappDeps): Service => ({
  id: apiId,
  name: 'studrapp',
  title: { nb: 'FSWS-STUDRAPP', en: 'FSWS-STUDRAPP' },
  status: 'not-further-developed',
  describe: {
    nb: 'Rapporter om studenter for Lånekassen og for timeplanlegging.',
    en: 'Reports about students for the state loan fund and for timetabling.',
  },
  version: '1.0.0',
  namespace: 'http://fsws.usit.no/schemas/studrapp',
  prefix: '/fsrest/rest/studrapp',
  ports: [],
  reconstructed: {
    nb: 'Bare POST lanekassen/delstudier er offentlig kjent. De andre operasjonene, og svarene, er vår tolkning.',
    en: 'Only POST lanekassen/delstudier is known in public. The other operations, and the answers, are our interpretation.',
  },
  operations: [
    ...delstudieOperations(deps),
    ...[students, results, studentGroups, activities].map((list) => listOperation(list, deps)),
    placementsOperation(deps),
    collisionsOperation(deps),
  ],
});
