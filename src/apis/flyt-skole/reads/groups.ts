// Reading groups and who is in them (facts 2.3). A type of group is a class of the model; here they are one type. Put into operations.ts.
import type { Narrow } from '#hub/documents/document.ts';
import { described, schemasOf, type Schema, type Schemas } from '#mappings/mapping-schema.ts';
import { groupTypes } from '../mappings/group.ts';
import type { GroupFacts, MembershipFacts } from '../mappings/facts.ts';
import { kindsOf, type Kind } from '../mappings/kinds.ts';
import { membershipsOf, membersThrough } from '../mappings/member-rows.ts';
import { memberRoles } from '../mappings/membership.ts';
import { groupsOfEmployee, groupsOfSchool, groupsOfYear, guardiansOfGroup } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operations } from '../operation.ts';
import { booleanParameter, oneOfParameter, pathId, textParameter } from '../parameters.ts';
import {
  choiceOf,
  findOne,
  findPage,
  itemsAnswer,
  listAnswer,
  oneAnswer,
  pageAnswer,
  textIn,
  uidIn,
  uidOf,
} from './answers.ts';
import {
  listAnswers,
  oneAnswers,
  pageParameters,
  schoolParameter,
  schoolYearParameter,
  shownParameters,
} from './describe.ts';

/** A member is a membership, save that those who have none of their own have no id. */
const memberSchema = ({ Membership: { properties } = {} }: Schemas): Schema => ({
  type: 'object',
  ...described({
    nb: 'Et medlem av en gruppe. De som er det uten et medlemskap, har ingen id.',
    en: 'A member of a group. Those who are so without a membership have no id.',
  }),
  ...(properties === undefined ? {} : { properties }),
});

const scopes = ['vfs:groups.read'];
const tag = 'groups';
const groupId = pathId('groupId', { nb: 'Gruppens id.', en: 'Id of the group.' });

export const groupReads: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const readings = kinds.groups.map(({ reading }) => reading);
  const { members } = kinds;
  const shown = shownParameters(readings);
  return {
    schemas: { ...schemasOf(readings), ...schemasOf(members), GroupMember: memberSchema(schemasOf(members)) },
    operations: [
      {
        id: 'listGroups',
        tag,
        method: 'GET',
        path: '/groups',
        scopes,
        summary: { nb: 'Grupper', en: 'Groups' },
        describe: {
          nb: 'Klasser, kontaktlærergrupper, undervisningsgrupper, grupper i SFO og skolens øvrige grupper.',
          en: 'Classes, groups of contact teachers, teaching groups, groups of SFO (after-school care) and other groups of schools.',
        },
        parameters: [
          oneOfParameter('type', { nb: 'Bare av denne typen.', en: 'Only of this type.' }, groupTypes),
          textParameter(
            'kind',
            {
              nb: 'Bare skolegrupper av dette slaget, en kode fra group-kinds.',
              en: 'Only school groups of this kind, a code of group-kinds.',
            },
            { maxLength: 40 },
          ),
          schoolParameter,
          textParameter(
            'subjectCode',
            {
              nb: 'Bare undervisningsgrupper i faget med denne koden.',
              en: 'Only teaching groups in the subject of this code.',
            },
            { maxLength: 20 },
          ),
          schoolYearParameter({ nb: 'Bare for dette skoleåret.', en: 'Only of this school year.' }),
          booleanParameter('active', {
            nb: 'true: bare grupper i bruk. false: bare de som er tatt ut av bruk.',
            en: 'true: only groups in use. false: only those taken out of use.',
          }),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Group'),
        examples: [
          {
            summary: 'Classes of a school and a school year',
            path: '/groups',
            query: { type: 'class', schoolId: '{schoolId}', schoolYear: '{schoolYear}' },
            status: 200,
          },
          {
            summary: 'Who teaches what',
            path: '/groups',
            query: { type: 'teaching-group', fields: 'name,subjects,employees', limit: '5' },
            status: 200,
          },
          { summary: 'There is no such filter', path: '/groups', query: { colour: 'red' }, status: 400 },
        ],
        handle: async (call) => {
          const [type, kind, subject, year] = ['type', 'kind', 'subjectCode', 'schoolYear'].map((name) =>
            textIn(call, name),
          );
          const school = uidIn(deps, call, 'schoolId');
          const { active } = call.query;
          const possible = kinds.groups.filter(
            (_, index) =>
              (type === undefined || groupTypes[index] === type) &&
              (kind === undefined || groupTypes[index] === 'school-group') &&
              (subject === undefined || groupTypes[index] === 'teaching-group'),
          );
          if (possible.length === 0) return itemsAnswer(call, [], false);
          return listAnswer<GroupFacts>(deps, call, {
            kinds: possible,
            narrow: possible.map((one) =>
              allOf([
                school === undefined ? null : groupsOfSchool(groupTypes[kinds.groups.indexOf(one)] ?? 'class', school),
                year === undefined ? null : groupsOfYear(year),
              ]),
            ),
            accept: (facts) =>
              (school === undefined || facts.school === school) &&
              (kind === undefined || facts.kind === kind) &&
              (subject === undefined || facts.subjects.includes(subject.toUpperCase())) &&
              (year === undefined || facts.year === year) &&
              (active === undefined || facts.active === active),
          });
        },
      },
      {
        id: 'getGroup',
        tag,
        method: 'GET',
        path: '/groups/{groupId}',
        scopes,
        summary: { nb: 'En gruppe', en: 'One group' },
        describe: {
          nb: 'En gruppe av hvilken som helst type, med de ansatte som har den.',
          en: 'A group of any type, with the staff in charge of it.',
        },
        parameters: [groupId, ...shown],
        body: null,
        answers: oneAnswers('Group'),
        examples: [
          { summary: 'A class', path: '/groups/{classId}', query: { include: 'school' }, status: 200 },
          { summary: 'An id that is of nothing here', path: '/groups/AAAAAAAAAAAAAAAA', status: 404 },
        ],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, { kinds: kinds.groups, uid: uidOf(deps, call, call.path['groupId'] ?? '') }),
          ),
      },
      {
        id: 'listGroupMembers',
        tag,
        method: 'GET',
        path: '/groups/{groupId}/members',
        scopes,
        summary: { nb: 'Medlemmene i en gruppe', en: 'The members of a group' },
        describe: {
          nb: 'Elever, foresatte og ansatte i gruppen i dag. I klasser, kontaktlærergrupper og undervisningsgrupper er foresatte de som er foresatte for elevene i dem, og ansatte de som har gruppen; de har ikke noe eget medlemskap.',
          en: 'Pupils, guardians and employees of the group today. In classes, groups of contact teachers and teaching groups guardians are those of their pupils, and employees those in charge; they have no membership of their own.',
        },
        parameters: [
          groupId,
          oneOfParameter(
            'role',
            { nb: 'Bare medlemmer av dette slaget.', en: 'Only members of this kind.' },
            memberRoles,
          ),
          booleanParameter('active', {
            nb: 'Uten verdi og med true: de som er med i dag. false: de som var eller blir med.',
            en: 'Left out or true: those who are in the group today. false: those who were or will be.',
          }),
          ...shownParameters(members),
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('GroupMember'),
        examples: [
          { summary: 'Everybody in a class', path: '/groups/{classId}/members', status: 200 },
          {
            summary: 'The guardians of a class',
            path: '/groups/{classId}/members',
            query: { role: 'guardian' },
            scopes: ['vfs:guardians.read'],
            status: 200,
          },
        ],
        handle: async (call) => {
          const uid = uidOf(deps, call, call.path['groupId'] ?? '');
          const role = textIn(call, 'role');
          const current = call.query['active'] !== false;
          // Everything that a page holds has to be of a group that the caller sees.
          const group = await findOne(deps, call, {
            kinds: kinds.groups,
            uid,
            choice: { ...choiceOf(deps, call), fields: new Set(['employees']), includes: new Set() },
          });
          if ('answer' in group) return group.answer;
          const { type } = group.document.facts;
          const inCharge =
            current && call.query['cursor'] === undefined && (role === undefined || role === 'employee')
              ? inChargeOf(group.document.bytes)
              : [];
          const asked: { readonly kind: Kind<MembershipFacts>; readonly narrow: Narrow }[] = membershipsOf(
            type,
          ).flatMap((index) => {
            const kind = kinds.memberships[index];
            // Only school groups have members who are no pupils.
            return kind === undefined || (type !== 'school-group' && role !== undefined && role !== 'pupil')
              ? []
              : [{ kind, narrow: membersThrough(index, 'group', uid) }];
          });
          const guardians = guardiansOfGroup(type, uid);
          if (guardians !== null && current && role !== 'pupil' && role !== 'employee')
            asked.push({ kind: kinds.guardianOfMember, narrow: guardians });
          if (asked.length === 0) return itemsAnswer(call, inCharge, group.sensitive);
          const found = await findPage<MembershipFacts>(deps, call, {
            kinds: asked.map(({ kind }) => kind),
            narrow: asked.map(({ narrow }) => narrow),
            accept: (facts) =>
              facts.role !== undefined &&
              (role === undefined || facts.role === role) &&
              (facts.group === uid || facts.groups.includes(uid)) &&
              facts.current === current,
          });
          if ('answer' in found) return found.answer;
          return pageAnswer(deps, call, found.shown, inCharge.map(bytesOf));
        },
      },
      {
        id: 'listEmployeeGroups',
        tag,
        method: 'GET',
        path: '/employees/{personId}/groups',
        scopes,
        summary: { nb: 'Gruppene til en ansatt', en: 'The groups of an employee' },
        describe: {
          nb: 'Gruppene den ansatte har, eller er med i.',
          en: 'Groups that the employee is in charge of, or in.',
        },
        parameters: [
          pathId('personId', { nb: 'Den ansattes id.', en: 'Id of the employee.' }),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Group'),
        examples: [{ summary: 'Of a teacher', path: '/employees/{personId}/groups', status: 200 }],
        handle: async (call) => {
          const uid = uidOf(deps, call, call.path['personId'] ?? '');
          const employee = await findOne(deps, call, {
            kinds: [kinds.employee],
            uid,
            choice: { ...choiceOf(deps, call), fields: new Set(['id']), includes: new Set() },
          });
          if ('answer' in employee) return employee.answer;
          return listAnswer<GroupFacts>(deps, call, {
            kinds: kinds.groups,
            narrow: groupTypes.map((type) => groupsOfEmployee(type, uid)),
            accept: (facts) => facts.employees.includes(uid),
          });
        },
      },
    ],
  };
};

type Item = Readonly<Record<string, unknown>>;

/** Those in charge of a group, as members of it. */
const inChargeOf = (bytes: Buffer): readonly Item[] => {
  const { employees = [] } = JSON.parse(bytes.toString()) as { readonly employees?: readonly Item[] };
  return employees.map((one) => ({ role: 'employee', ...one }));
};

const bytesOf = (item: Item): Buffer => Buffer.from(JSON.stringify(item));
