// Reading guardians: lists, one by id, and the children of one (facts 2.2, 10, 11). Whoever has no relation that shows is not there. Put into
// operations.ts.
import { schemaRef, schemasOf } from '#mappings/mapping-schema.ts';
import type { GuardianFacts } from '../mappings/facts.ts';
import { kindsOf } from '../mappings/kinds.ts';
import { guardiansAtSchool, inGuardianship } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operations } from '../operation.ts';
import { pathId } from '../parameters.ts';
import { findOne, listAnswer, oneAnswer, partAnswer, textIn, uidIn, uidOf } from './answers.ts';
import {
  listAnswers,
  nameParameter,
  oneAnswers,
  pageParameters,
  partAnswers,
  schoolParameter,
  shownParameters,
} from './describe.ts';
import { matchesName, namedExactly } from './name-filter.ts';

const scopes = ['vfs:guardians.read'];
const tag = 'guardians';
const guardianId = pathId('guardianId', { nb: 'Den foresattes id.', en: 'Id of the guardian.' });
const shows = (facts: GuardianFacts): boolean => facts.shows;

export const guardianReads: Operations = (deps) => {
  const { guardian } = kindsOf(deps.model);
  const shown = shownParameters([guardian.reading]);
  return {
    schemas: schemasOf([guardian.reading]),
    operations: [
      {
        id: 'listGuardians',
        tag,
        method: 'GET',
        path: '/guardians',
        scopes,
        summary: { nb: 'Foresatte', en: 'Guardians' },
        describe: {
          nb: 'De som i dag har minst én rettighet for en elev og ikke er sperret. Fra skole til skole: de med barn der.',
          en: 'Those who have at least one right for a pupil today and are not shut out. By school: those with a child there.',
        },
        parameters: [
          schoolParameter,
          nameParameter('firstName', 'Fornavnet', 'Given name'),
          nameParameter('lastName', 'Etternavnet', 'Family name'),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Guardian'),
        examples: [
          { summary: 'Of one school', path: '/guardians', query: { schoolId: '{schoolId}', limit: '5' }, status: 200 },
        ],
        handle: (call) => {
          const school = uidIn(deps, call, 'schoolId');
          const [given, family] = [textIn(call, 'firstName'), textIn(call, 'lastName')];
          return listAnswer(deps, call, {
            kinds: [guardian],
            narrow: [
              allOf([
                school === undefined ? inGuardianship : guardiansAtSchool(school),
                namedExactly([], 'fornavn', given),
                namedExactly([], 'etternavn', family),
              ]),
            ],
            accept: (facts) =>
              facts.shows &&
              (school === undefined || facts.schools.includes(school)) &&
              matchesName(facts.names.given, given) &&
              matchesName(facts.names.family, family),
          });
        },
      },
      {
        id: 'getGuardian',
        tag,
        method: 'GET',
        path: '/guardians/{guardianId}',
        scopes,
        summary: { nb: 'En foresatt', en: 'One guardian' },
        describe: {
          nb: 'En foresatt med barna. Den som ikke har noe forhold som gir rettigheter i dag, finnes ikke her.',
          en: 'A guardian with the children. Whoever has no relation that gives rights today is not here.',
        },
        parameters: [guardianId, ...shown],
        body: null,
        answers: oneAnswers('Guardian'),
        examples: [{ summary: 'By id', path: '/guardians/{guardianId}', status: 200 }],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, {
              kinds: [guardian],
              uid: uidOf(deps, call, call.path['guardianId'] ?? ''),
              accept: shows,
            }),
          ),
      },
      {
        id: 'listGuardianChildren',
        tag,
        method: 'GET',
        path: '/guardians/{guardianId}/children',
        scopes,
        summary: { nb: 'Barna til en foresatt', en: 'The children of a guardian' },
        describe: {
          nb: 'Bare gjennom forhold som gjelder i dag, ikke er sperret, og gir minst én rettighet.',
          en: 'Only through relations that are in force today, are not blocked, and give at least one right.',
        },
        parameters: [guardianId],
        body: null,
        answers: partAnswers(schemaRef('GuardianChildren')),
        examples: [{ summary: 'Of one guardian', path: '/guardians/{guardianId}/children', status: 200 }],
        handle: (call) =>
          partAnswer(
            deps,
            call,
            { kinds: [guardian], uid: uidOf(deps, call, call.path['guardianId'] ?? ''), accept: shows },
            'children',
          ),
      },
    ],
  };
};
