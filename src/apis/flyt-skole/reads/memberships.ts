// Reading memberships: all of them in pages, as a client needs that follows the events, and one by id (facts 2.3, 2.5). Put into operations.ts.
import { schemasOf } from '#mappings/mapping-schema.ts';
import { groupTypes } from '../mappings/group.ts';
import { kindsOf } from '../mappings/kinds.ts';
import { membersThrough } from '../mappings/member-rows.ts';
import { memberRoles } from '../mappings/membership.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operations } from '../operation.ts';
import { booleanParameter, idParameter, oneOfParameter, pathId } from '../parameters.ts';
import { findOne, listAnswer, oneAnswer, textIn, uidIn, uidOf } from './answers.ts';
import {
  listAnswers,
  oneAnswers,
  pageParameters,
  schoolParameter,
  schoolYearParameter,
  shownParameters,
} from './describe.ts';

const scopes = ['vfs:groups.read'];
const tag = 'memberships';

export const membershipReads: Operations = (deps) => {
  const { memberships, members } = kindsOf(deps.model);
  const readings = memberships.map(({ reading }) => reading);
  const shown = shownParameters(readings);
  return {
    schemas: schemasOf(members),
    operations: [
      {
        id: 'listMemberships',
        tag,
        method: 'GET',
        path: '/memberships',
        scopes,
        summary: { nb: 'Medlemskap', en: 'Memberships' },
        describe: {
          nb: 'Hvem som er i hvilke grupper. Språkopplæring krever en egen tilgang. De som har en gruppe, står i gruppen.',
          en: 'Who is in which groups. Language training needs a grant of its own. Those in charge of a group stand in the group.',
        },
        parameters: [
          schoolParameter,
          idParameter('groupId', { nb: 'Bare i denne gruppen.', en: 'Only in this group.' }),
          idParameter('pupilId', { nb: 'Bare denne eleven.', en: 'Only this pupil.' }),
          idParameter('guardianId', { nb: 'Bare denne foresatte.', en: 'Only this guardian.' }),
          idParameter('employeeId', { nb: 'Bare denne ansatte.', en: 'Only this employee.' }),
          oneOfParameter(
            'groupType',
            { nb: 'Bare i grupper av denne typen.', en: 'Only in groups of this type.' },
            groupTypes,
          ),
          oneOfParameter(
            'role',
            { nb: 'Bare medlemmer av dette slaget.', en: 'Only members of this kind.' },
            memberRoles,
          ),
          schoolYearParameter({ nb: 'Bare i grupper for dette skoleåret.', en: 'Only in groups of this school year.' }),
          booleanParameter('active', {
            nb: 'true: bare de som gjelder i dag. false: bare de andre.',
            en: 'true: only those that hold today. false: only the others.',
          }),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Membership'),
        examples: [
          { summary: 'All, five at a time', path: '/memberships', query: { limit: '5' }, status: 200 },
          {
            summary: 'In a class today',
            path: '/memberships',
            query: { groupId: '{classId}', active: 'true' },
            status: 200,
          },
        ],
        handle: (call) => {
          const [school, group, pupil, guardian, employee] = [
            'schoolId',
            'groupId',
            'pupilId',
            'guardianId',
            'employeeId',
          ].map((name) => uidIn(deps, call, name));
          const [type, role, year] = ['groupType', 'role', 'schoolYear'].map((name) => textIn(call, name));
          const { active } = call.query;
          return listAnswer(deps, call, {
            kinds: memberships,
            narrow: memberships.map((_, index) =>
              allOf([
                school === undefined ? null : membersThrough(index, 'school', school),
                group === undefined ? null : membersThrough(index, 'group', group),
                pupil === undefined ? null : membersThrough(index, 'pupil', pupil),
                guardian === undefined ? null : membersThrough(index, 'guardian', guardian),
                employee === undefined ? null : membersThrough(index, 'employee', employee),
              ]),
            ),
            accept: (facts) =>
              facts.role !== undefined &&
              (school === undefined || facts.school === school) &&
              (group === undefined || facts.group === group) &&
              (pupil === undefined || facts.pupil === pupil) &&
              (guardian === undefined || facts.guardian === guardian) &&
              (employee === undefined || facts.employee === employee) &&
              (type === undefined || facts.type === type) &&
              (role === undefined || facts.role === role) &&
              (year === undefined || facts.year === year) &&
              (active === undefined || facts.current === active),
          });
        },
      },
      {
        id: 'getMembership',
        tag,
        method: 'GET',
        path: '/memberships/{membershipId}',
        scopes,
        summary: { nb: 'Et medlemskap', en: 'One membership' },
        describe: { nb: 'Et medlemskap, som hendelser viser til.', en: 'A membership, as events point to.' },
        parameters: [pathId('membershipId', { nb: 'Medlemskapets id.', en: 'Id of the membership.' }), ...shown],
        body: null,
        answers: oneAnswers('Membership'),
        examples: [{ summary: 'By id', path: '/memberships/{membershipId}', status: 200 }],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, {
              kinds: memberships,
              uid: uidOf(deps, call, call.path['membershipId'] ?? ''),
              accept: ({ role }) => role !== undefined,
            }),
          ),
      },
    ],
  };
};
