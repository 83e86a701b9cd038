// Reading what is common to the municipality: schools, owner, school years, subjects, access groups with their rules, code lists (facts 2.6). Put
// into operations.ts.
import { schemaRef, schemasOf } from '#mappings/mapping-schema.ts';
import { kindsOf } from '../mappings/kinds.ts';
import { subjectsAtSchool } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operation, Operations } from '../operation.ts';
import { pathId, pathOneOf } from '../parameters.ts';
import { missing } from '../problem-answers.ts';
import { findOne, itemsAnswer, listAnswer, oneAnswer, findFirst, textIn, uidIn, uidOf, choiceOf } from './answers.ts';
import {
  listAnswers,
  oneAnswers,
  pageParameters,
  partAnswers,
  schoolParameter,
  schoolYearParameter,
  shownParameters,
} from './describe.ts';

/** The school year of a civil date: from 1 August to 31 July (facts 10). */
export const schoolYearOn = (date: string): string => {
  const year = Number(date.slice(0, 4)) - (date.slice(5) < '08-01' ? 1 : 0);
  return `${year}/${year + 1}`;
};

const scopes = ['vfs:metadata.read'];
const tag = 'metadata';

type Head = Pick<Operation, 'id' | 'path' | 'summary' | 'describe' | 'parameters' | 'answers' | 'examples' | 'handle'>;

const reading = (head: Head): Operation => ({ tag, method: 'GET', scopes, body: null, ...head });

export const metadataReads: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const { school, schoolYear, subject, organisation, accessGroup, codeLists } = kinds;
  const codes = codeLists.map(({ kind }) => kind.reading);
  return {
    schemas: {
      ...schemasOf([school.reading]),
      ...schemasOf([schoolYear.reading]),
      ...schemasOf([subject.reading]),
      ...schemasOf([organisation.reading]),
      ...schemasOf([accessGroup.reading]),
      ...schemasOf(codes),
      CodeList: {
        type: 'object',
        description: 'A code list and what it is about.',
        'x-nb': 'En kodeliste og hva den gjelder.',
        properties: {
          name: { type: 'string', description: 'Its name in addresses.', 'x-nb': 'Navnet i adresser.' },
          nb: { type: 'string', description: 'What it lists, in Bokmål.', 'x-nb': 'Hva den lister, på bokmål.' },
          en: { type: 'string', description: 'What it lists, in English.', 'x-nb': 'Hva den lister, på engelsk.' },
        },
        required: ['name', 'nb', 'en'],
      },
    },
    operations: [
      reading({
        id: 'listSchools',
        path: '/metadata/schools',
        summary: { nb: 'Skoler', en: 'Schools' },
        describe: {
          nb: 'Skolene i kommunen, med SFO.',
          en: 'The schools of the municipality, with SFO (after-school care).',
        },
        parameters: [...shownParameters([school.reading]), ...pageParameters],
        answers: listAnswers('School'),
        examples: [{ summary: 'All of them', path: '/metadata/schools', status: 200 }],
        handle: (call) => listAnswer(deps, call, { kinds: [school], narrow: [null], accept: null }),
      }),
      reading({
        id: 'getSchool',
        path: '/metadata/schools/{schoolId}',
        summary: { nb: 'En skole', en: 'One school' },
        describe: { nb: 'En skole.', en: 'A school.' },
        parameters: [
          pathId('schoolId', { nb: 'Skolens id.', en: 'Id of the school.' }),
          ...shownParameters([school.reading]),
        ],
        answers: oneAnswers('School'),
        examples: [{ summary: 'By id', path: '/metadata/schools/{schoolId}', status: 200 }],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, { kinds: [school], uid: uidOf(deps, call, call.path['schoolId'] ?? '') }),
          ),
      }),
      reading({
        id: 'getOrganization',
        path: '/metadata/organization',
        summary: { nb: 'Skoleeieren', en: 'The owner of the schools' },
        describe: {
          nb: 'Kommunen eller den private eieren, med skolene og skoleårene som er åpne.',
          en: 'The municipality or private owner, with its schools and the school years that are open.',
        },
        parameters: shownParameters([organisation.reading]),
        answers: oneAnswers('Organization'),
        examples: [{ summary: 'The municipality', path: '/metadata/organization', status: 200 }],
        handle: async (call) =>
          oneAnswer(call, await findFirst(deps, call, { kinds: [organisation], narrow: [null], accept: null })),
      }),
      reading({
        id: 'listSchoolYears',
        path: '/metadata/school-years',
        summary: { nb: 'Skoleårene i kommunen', en: 'School years' },
        describe: {
          nb: 'Skoleårene, hvert fra 1. august til 31. juli. Hvilke som er åpne, står hos skoleeieren.',
          en: 'The school years, each from 1 August to 31 July. Which of them are open stands with the owner.',
        },
        parameters: [...shownParameters([schoolYear.reading]), ...pageParameters],
        answers: listAnswers('SchoolYear'),
        examples: [{ summary: 'All of them', path: '/metadata/school-years', status: 200 }],
        handle: (call) => listAnswer(deps, call, { kinds: [schoolYear], narrow: [null], accept: null }),
      }),
      reading({
        id: 'listSubjects',
        path: '/metadata/subjects',
        summary: { nb: 'Fag ved skolene', en: 'Subjects' },
        describe: {
          nb: 'Fagene som det undervises i i skoleåret, det som går nå hvis ikke et annet er oppgitt. Et fag står en gang for hver skole som kilden har det for.',
          en: 'The subjects that are taught in the school year, the current one unless another is given. A subject stands once for each school for which the source has it.',
        },
        parameters: [
          schoolYearParameter({ nb: 'Skoleåret.', en: 'The school year.' }),
          schoolParameter,
          ...shownParameters([subject.reading]),
          ...pageParameters,
        ],
        answers: listAnswers('Subject'),
        examples: [
          { summary: 'At a school', path: '/metadata/subjects', query: { schoolId: '{schoolId}' }, status: 200 },
        ],
        handle: (call) => {
          const year = textIn(call, 'schoolYear') ?? schoolYearOn(choiceOf(deps, call).now.today);
          const at = uidIn(deps, call, 'schoolId');
          return listAnswer(deps, call, {
            kinds: [subject],
            narrow: [allOf([at === undefined ? null : subjectsAtSchool(at)])],
            accept: ({ years, schools }) => years.includes(year) && (at === undefined || schools.includes(at)),
          });
        },
      }),
      reading({
        id: 'listAccessGroups',
        path: '/metadata/access-groups',
        summary: { nb: 'Tilgangsgrupper', en: 'Access groups' },
        describe: {
          nb: 'Tilgangsgruppene i kommunen og reglene for hvem som kan være i dem.',
          en: 'The access groups of the municipality and the rules for who may be in them.',
        },
        parameters: [...shownParameters([accessGroup.reading]), ...pageParameters],
        answers: listAnswers('AccessGroup'),
        examples: [{ summary: 'All of them', path: '/metadata/access-groups', status: 200 }],
        handle: (call) => listAnswer(deps, call, { kinds: [accessGroup], narrow: [null], accept: null }),
      }),
      reading({
        id: 'listCodeLists',
        path: '/metadata/code-lists',
        summary: { nb: 'Kodelister', en: 'Code lists' },
        describe: { nb: 'Navnene på kodelistene.', en: 'The names of the code lists.' },
        parameters: [],
        answers: partAnswers(schemaRef('CodeList')),
        examples: [{ summary: 'All of them', path: '/metadata/code-lists', status: 200 }],
        handle: (call) =>
          Promise.resolve(
            itemsAnswer(
              call,
              codeLists.map(({ name, describe }) => ({ name, ...describe })),
              false,
            ),
          ),
      }),
      reading({
        id: 'getCodeList',
        path: '/metadata/code-lists/{list}',
        summary: { nb: 'En kodeliste', en: 'One code list' },
        describe: {
          nb: 'Kodene i en liste, med navn på bokmål, nynorsk og engelsk så langt kilden har dem.',
          en: 'The codes of a list, with names in Bokmål, Nynorsk and English as far as the source has them.',
        },
        parameters: [
          pathOneOf(
            'list',
            { nb: 'Navnet på listen.', en: 'Name of the list.' },
            codeLists.map(({ name }) => name),
          ),
          ...shownParameters(codes),
          ...pageParameters,
        ],
        answers: listAnswers('Code'),
        examples: [
          { summary: 'Roles of guardians', path: '/metadata/code-lists/guardian-roles', status: 200 },
          { summary: 'There is no such list', path: '/metadata/code-lists/colours', status: 404 },
        ],
        handle: async (call) => {
          const found = codeLists.find(({ name }) => name === call.path['list']);
          return found === undefined
            ? missing
            : listAnswer(deps, call, { kinds: [found.kind], narrow: [null], accept: null });
        },
      }),
    ],
  };
};
