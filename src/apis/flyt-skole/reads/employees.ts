// Reading employees: lists, one by id or national id, positions and access (facts 2.1, 2.7). Put into operations.ts.
import { schemaRef, schemasOf } from '#mappings/mapping-schema.ts';
import { kindsOf } from '../mappings/kinds.ts';
import { employeesAtSchool, holdingsOf, personOf } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operations } from '../operation.ts';
import { booleanParameter, idParameter, pathId, textParameter } from '../parameters.ts';
import { findFirst, findOne, listAnswer, oneAnswer, partAnswer, textIn, uidIn, uidOf } from './answers.ts';
import {
  listAnswers,
  nameParameter,
  oneAnswers,
  pageParameters,
  partAnswers,
  schoolParameter,
  shownParameters,
} from './describe.ts';
import { lookupOperation } from './lookup.ts';
import { matchesName, matchesWords, namedExactly } from './name-filter.ts';

const scopes = ['vfs:employees.read'];
const tag = 'employees';
const personId = pathId('personId', { nb: 'Den ansattes id.', en: 'Id of the employee.' });
const activeParameter = booleanParameter('active', {
  nb: 'true: bare det som gjelder i dag. false: bare resten.',
  en: 'true: only what holds today. false: only the rest.',
});

const fits =
  (active: unknown) =>
  (item: Readonly<Record<string, unknown>>): boolean =>
    active === undefined || item['active'] === active;

export const employeeReads: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const { employee, position, accessHolding } = kinds;
  const shown = shownParameters([employee.reading]);
  return {
    schemas: {
      ...schemasOf([employee.reading]),
      ...schemasOf([position.reading]),
      ...schemasOf([accessHolding.reading]),
    },
    operations: [
      {
        id: 'listEmployees',
        tag,
        method: 'GET',
        path: '/employees',
        scopes,
        summary: { nb: 'Ansatte', en: 'Employees' },
        describe: {
          nb: 'De ansatte i kommunen. Ved en skole: de som har en stilling der i dag, eller som skolen er oppgitt for når de ikke har noen stilling.',
          en: 'The employees of the municipality. At a school: those with a position there today or, without any position, those for whom the school is given.',
        },
        parameters: [
          schoolParameter,
          textParameter('q', {
            nb: 'Ord som hvert begynner på et av navnene.',
            en: 'Words of which each begins one of the names.',
          }),
          nameParameter('firstName', 'Fornavnet', 'Given name'),
          nameParameter('lastName', 'Etternavnet', 'Family name'),
          booleanParameter('active', {
            nb: 'true: bare de som er ansatt i dag. false: bare de andre.',
            en: 'true: only those employed today. false: only the others.',
          }),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Employee'),
        examples: [
          {
            summary: 'Staff of a school today',
            path: '/employees',
            query: { schoolId: '{schoolId}', active: 'true', limit: '5' },
            status: 200,
          },
          { summary: 'By the beginning of a name', path: '/employees', query: { q: 'an' }, status: 200 },
        ],
        handle: (call) => {
          const school = uidIn(deps, call, 'schoolId');
          const [given, family, words] = ['firstName', 'lastName', 'q'].map((name) => textIn(call, name));
          const { active } = call.query;
          return listAnswer(deps, call, {
            kinds: [employee],
            narrow: [
              allOf([
                school === undefined ? null : employeesAtSchool(school),
                namedExactly(personOf, 'fornavn', given),
                namedExactly(personOf, 'etternavn', family),
              ]),
            ],
            accept: (facts) =>
              (school === undefined || facts.schools.includes(school)) &&
              (active === undefined || facts.active === active) &&
              matchesName(facts.names.given, given) &&
              matchesName(facts.names.family, family) &&
              matchesWords(facts.names, words),
          });
        },
      },
      {
        id: 'getEmployee',
        tag,
        method: 'GET',
        path: '/employees/{personId}',
        scopes,
        summary: { nb: 'En ansatt', en: 'One employee' },
        describe: {
          nb: 'En ansatt med stillingene. ETag er den som endringer tar i If-Match når fields og include ikke er brukt.',
          en: 'An employee with the positions. The ETag is what changes take as If-Match when neither fields nor include is used.',
        },
        parameters: [personId, ...shown],
        body: null,
        answers: oneAnswers('Employee'),
        examples: [
          {
            summary: 'With access and groups',
            path: '/employees/{personId}',
            query: { include: 'access-groups,groups' },
            status: 200,
          },
        ],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, { kinds: [employee], uid: uidOf(deps, call, call.path['personId'] ?? '') }),
          ),
      },
      lookupOperation(deps, employee, {
        id: 'lookupEmployee',
        tag,
        path: '/employees/lookup',
        scopes: ['vfs:employees.nin'],
        also: ['vfs:employees.read'],
        summary: { nb: 'Finn en ansatt med fødselsnummer', en: 'Find an employee by national id' },
        parameters: shown,
        answers: oneAnswers('Employee'),
        examples: [{ summary: 'By number', path: '/employees/lookup', body: { nin: '{employeeNin}' }, status: 200 }],
      }),
      {
        id: 'listPositions',
        tag,
        method: 'GET',
        path: '/employees/{personId}/positions',
        scopes,
        summary: { nb: 'Stillingene til en ansatt', en: 'The positions of an employee' },
        describe: {
          nb: 'Stillinger ved skoler, også de som er slutt hvis ikke annet er bedt om.',
          en: 'Positions at schools, those that have ended too unless others are asked for.',
        },
        parameters: [personId, activeParameter],
        body: null,
        answers: partAnswers(schemaRef('EmployeePositions')),
        examples: [
          {
            summary: 'Held today',
            path: '/employees/{personId}/positions',
            query: { active: 'true' },
            status: 200,
          },
        ],
        handle: (call) =>
          partAnswer(
            deps,
            call,
            { kinds: [employee], uid: uidOf(deps, call, call.path['personId'] ?? '') },
            'positions',
            fits(call.query['active']),
          ),
      },
      {
        id: 'getPosition',
        tag,
        method: 'GET',
        path: '/employees/{personId}/positions/{positionId}',
        scopes,
        summary: { nb: 'En stilling', en: 'One position' },
        describe: {
          nb: 'En stilling til en ansatt. ETag er den som endringer tar i If-Match når fields og include ikke er brukt.',
          en: 'A position of an employee. The ETag is what changes take as If-Match when neither fields nor include is used.',
        },
        parameters: [
          personId,
          pathId('positionId', { nb: 'Stillingens id.', en: 'Id of the position.' }),
          ...shownParameters([position.reading]),
        ],
        body: null,
        answers: oneAnswers('Position'),
        examples: [{ summary: 'One of them', path: '/employees/{personId}/positions/{positionId}', status: 200 }],
        handle: async (call) => {
          const owner = uidOf(deps, call, call.path['personId'] ?? '');
          return oneAnswer(
            call,
            await findOne(deps, call, {
              kinds: [position],
              uid: uidOf(deps, call, call.path['positionId'] ?? ''),
              accept: (facts) => facts.employee === owner,
            }),
          );
        },
      },
      {
        id: 'listAccess',
        tag: 'access',
        method: 'GET',
        path: '/employees/{personId}/access-groups',
        scopes: ['vfs:access.read'],
        summary: { nb: 'Tilgangene til en ansatt', en: 'The access of an employee' },
        describe: {
          nb: 'Tilgangsgruppene den ansatte er i, ved skoler og i hele kommunen (da uten skole).',
          en: 'The access groups that the employee is in, at schools and for the whole municipality (then without a school).',
        },
        parameters: [personId, schoolParameter, activeParameter],
        body: null,
        answers: partAnswers(schemaRef('EmployeeAccessGroups')),
        examples: [{ summary: 'All of them', path: '/employees/{personId}/access-groups', status: 200 }],
        handle: (call) => {
          const school = textIn(call, 'schoolId');
          const active = fits(call.query['active']);
          return partAnswer(
            deps,
            call,
            { kinds: [employee], uid: uidOf(deps, call, call.path['personId'] ?? '') },
            'accessGroups',
            (item) => active(item) && (school === undefined || item['schoolId'] === school),
          );
        },
      },
      {
        id: 'getAccess',
        tag: 'access',
        method: 'GET',
        path: '/employees/{personId}/access-groups/{groupId}',
        scopes: ['vfs:access.read'],
        summary: { nb: 'En tilgang', en: 'One access' },
        describe: {
          nb: 'Om den ansatte er i tilgangsgruppen i dag: ved skolen, eller i hele kommunen når ingen skole er oppgitt.',
          en: 'Whether the employee is in the access group today: at the school or, when none is given, for the whole municipality.',
        },
        parameters: [
          personId,
          pathId('groupId', { nb: 'Tilgangsgruppens id.', en: 'Id of the access group.' }),
          idParameter('schoolId', { nb: 'Skolen tilgangen gjelder ved.', en: 'School at which the access counts.' }),
        ],
        body: null,
        answers: oneAnswers('AccessHolding'),
        examples: [
          {
            summary: 'At a school',
            path: '/employees/{personId}/access-groups/{accessGroupId}',
            query: { schoolId: '{accessSchoolId}' },
            status: 200,
          },
        ],
        handle: async (call) => {
          const owner = uidOf(deps, call, call.path['personId'] ?? '');
          const group = uidOf(deps, call, call.path['groupId'] ?? '');
          const school = uidIn(deps, call, 'schoolId');
          return oneAnswer(
            call,
            await findFirst(deps, call, {
              kinds: [accessHolding],
              narrow: [allOf(holdingsOf(owner, group))],
              accept: (facts) =>
                facts.active && facts.employee === owner && facts.group === group && facts.school === school,
            }),
          );
        },
      },
    ],
  };
};
