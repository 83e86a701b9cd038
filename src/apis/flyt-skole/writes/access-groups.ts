// Operations that put employees into access groups and take them out, at a school or in the whole municipality (facts 2.7). Both may be repeated.
// The rules of the group are held first; what was before and what is after stands in the record of the write, by opaque ids. Called by operations.ts.
import { hash } from 'node:crypto';
import { problem } from '#base/errors.ts';
import type { ApiAnswer } from '#apis/api.ts';
import type { HubResult, WritePart } from '#hub/query.ts';
import { outside } from '#hub/writing-apply.ts';
import {
  accessLinks,
  accessValues,
  brokenRules,
  employeeAccess,
  groupRules,
  holdingsOf,
  isHeld,
  isOver,
} from '../mappings/access-rules.ts';
import type { AccessGroup, EmployeeAccess } from '../mappings/access-rules.ts';
import { civilNow } from '#mappings/converters.ts';
import { day } from '#mappings/to-model.ts';
import type { Operation, Operations, Parameter, VfsCall } from '../operation.ts';
import { idParameter, pathId } from '../parameters.ts';
import { missing, refused, turnedAway } from '../problem-answers.ts';
import { badParameter, findOne, textIn, uidOf } from '../reads/answers.ts';
import { kindsOf, type Kind } from '../mappings/kinds.ts';
import { changedAnswer, doneAnswer, madeAnswer, takenAnswer } from './describe.ts';
import { changing, making } from './parts.ts';
import { notTaken, shown, taken, waits, write } from './written.ts';

/** The change asked for, with what is there now. */
type Asked = {
  readonly employee: number;
  readonly group: number;
  /** Null = the whole municipality. */
  readonly school: number | null;
  readonly access: EmployeeAccess;
  readonly rules: AccessGroup;
};

export const accessWrites: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const employeeKind: Kind<EmployeeAccess> = { reading: kinds.employee.reading, facts: employeeAccess };
  const groupKind: Kind<AccessGroup> = { reading: kinds.accessGroup.reading, facts: groupRules };
  const { collection } = kinds.accessHolding.reading.mapping;

  const now = () => civilNow(deps.clock.now());
  /** Nothing is shown of what is only looked at. */
  const choice = () => ({ fields: new Set(['id']), includes: new Set<string>(), now: now() });

  const read = async (call: VfsCall): Promise<Asked | { readonly answer: ApiAnswer }> => {
    const [employee, group] = ['personId', 'groupId'].map((name) => uidOf(deps, call, call.path[name] ?? ''));
    if (employee === undefined || group === undefined) return { answer: missing };
    const found = await findOne(deps, call, { kinds: [employeeKind], uid: employee, choice: choice() });
    if ('answer' in found) return found;
    const rules = await findOne(deps, call, { kinds: [groupKind], uid: group, choice: choice() });
    if ('answer' in rules) return rules;
    const schoolId = textIn(call, 'schoolId');
    const school = schoolId === undefined ? null : uidOf(deps, call, schoolId);
    if (school !== null) {
      const there = await findOne(deps, call, { kinds: [kinds.school], uid: school, choice: choice() });
      if ('answer' in there) return { answer: noSchool };
    }
    return { employee, group, school, access: found.document.facts, rules: rules.document.facts };
  };

  const give = async (call: VfsCall, again = false): Promise<ApiAnswer> => {
    const asked = await read(call);
    if ('answer' in asked) return asked.answer;
    const { access, employee, group, rules, school } = asked;
    const own = holdingsOf(access, group, school);
    const held = own.find((one) => isHeld(one, now()));
    if (held !== undefined) return shown(deps, call, { kinds: [kinds.accessHolding], uid: held.uid }, { status: 200 });
    const broken = brokenRules(rules, access, school);
    if (broken.length > 0) return turnedAway(notMet(broken));
    const [other] = own;
    const start = day.apply(now().today);
    const part =
      other === undefined
        ? making(collection, undefined, {
            values: accessValues(start, { [deps.model.identifierValue]: nameOf(call, asked) }),
            links: accessLinks(employee, group, school),
          })
        : changing(collection, other.uid, { values: accessValues(start, null), links: {} });
    const before = other === undefined ? 'none' : isOver(other, now()) ? 'over' : 'later';
    const result = await write(deps, call, {
      parts: [part],
      about: [employee],
      note: note(call, asked, before, 'held'),
    });
    // Somebody else has done the same meanwhile; or it has long been held where this application may neither see nor make it.
    if (isTaken(result)) return again ? refused(outside) : give(call, true);
    if (result.kind !== 'accepted') return notTaken(result, []);
    const uid = result.uids?.[0] ?? null;
    if (waits(result) || uid === null) return taken(deps, result);
    const { personId = '', groupId = '' } = call.path;
    const where = school === null ? '' : `?schoolId=${textIn(call, 'schoolId') ?? ''}`;
    const location = `/employees/${personId}/access-groups/${groupId}${where}`;
    const status = other === undefined ? 201 : 200;
    return shown(deps, call, { kinds: [kinds.accessHolding], uid }, { status, location });
  };

  const take = async (call: VfsCall): Promise<ApiAnswer> => {
    const asked = await read(call);
    if ('answer' in asked) return asked.answer;
    const held = holdingsOf(asked.access, asked.group, asked.school).filter((one) => !isOver(one, now()));
    if (held.length === 0) return done;
    const result = await write(deps, call, {
      parts: held.map(({ uid }): WritePart => removing(collection, uid)),
      about: [asked.employee],
      note: note(call, asked, 'held', 'none'),
    });
    // Somebody else has taken it away meanwhile.
    if (result.kind === 'missing') return done;
    if (result.kind !== 'accepted') return notTaken(result, []);
    return waits(result) ? taken(deps, result) : done;
  };

  const parameters: readonly Parameter[] = [
    pathId('personId', { nb: 'Den ansatte.', en: 'The employee.' }),
    pathId('groupId', { nb: 'Tilgangsgruppen.', en: 'The access group.' }),
    idParameter('schoolId', {
      nb: 'Skolen tilgangen gjelder ved; uten den gjelder hele kommunen.',
      en: 'The school at which the access counts; without it the whole municipality.',
    }),
  ];
  const common = {
    tag: 'access',
    path: '/employees/{personId}/access-groups/{groupId}',
    scopes: ['vfs:access.write'],
    parameters,
    body: null,
  } as const;
  const operations: readonly Operation[] = [
    {
      ...common,
      id: 'addAccessGroup',
      method: 'PUT',
      summary: { nb: 'Gi en ansatt tilgang', en: 'Put an employee into an access group' },
      describe: {
        nb: 'Ved én av skolene eller i hele kommunen, fra i dag. Reglene for gruppen må være oppfylt (HUB-418 ellers, med navnet på regelen). Kan gjentas: den som er i gruppen, blir i den.',
        en: 'At a school or in the whole municipality, from today. The rules of the group have to be met (else HUB-418, with the name of the rule). May be repeated: who is in the group stays in it.',
      },
      answers: { 200: changedAnswer('AccessHolding'), 201: madeAnswer('AccessHolding'), 202: takenAnswer },
      examples: [
        {
          summary: 'A guest at a school',
          path: '/employees/{personId}/access-groups/{guestGroupId}',
          query: { schoolId: '{schoolId}' },
          status: 201,
        },
        {
          summary: 'A group of schools needs a school',
          path: '/employees/{personId}/access-groups/{guestGroupId}',
          status: 422,
        },
      ],
      handle: (call) => give(call),
    },
    {
      ...common,
      id: 'removeAccessGroup',
      method: 'DELETE',
      summary: { nb: 'Ta tilgang fra en ansatt', en: 'Take an employee out of an access group' },
      describe: {
        nb: 'Ved én av skolene eller i hele kommunen. Kan gjentas: den som ikke er i gruppen, er ikke i den.',
        en: 'At a school or in the whole municipality. May be repeated: who is not in the group is not in it.',
      },
      answers: { 202: takenAnswer, 204: doneAnswer },
      examples: [
        {
          summary: 'No guest any more',
          path: '/employees/{personId}/access-groups/{guestGroupId}',
          query: { schoolId: '{schoolId}' },
          status: 204,
        },
      ],
      handle: take,
    },
  ];
  return { operations, schemas: {} };
};

/** For the record: who, which group, where, and what was and is; opaque ids alone. */
const note = (call: VfsCall, { school }: Asked, before: string, after: string): string => {
  const { personId = '', groupId = '' } = call.path;
  const where = school === null ? 'all' : (textIn(call, 'schoolId') ?? '');
  return `employee ${personId} access-group ${groupId} school ${where} before ${before} after ${after}`;
};

const noSchool = badParameter('schoolId', 'there is no such school that this application may see');

const done: ApiAnswer = { kind: 'empty', status: 204, headers: { 'cache-control': 'no-store' } };

const notMet = (broken: ReturnType<typeof brokenRules>) =>
  problem('HUB-418', `Not met: ${broken.map(({ at }) => at).join(', ')}.`, { errors: broken });

/** True when the identifier of the new access is another's: it has been given at the same time. */
const isTaken = (result: HubResult): boolean => result.kind === 'refused' && result.problem.code === 'HUB-612';

/** The same for the same access, so that it cannot be given twice. */
const nameOf = (call: VfsCall, { employee, group, school }: Asked): string =>
  `vfs-${hash('sha256', JSON.stringify([call.principal.tenant, employee, group, school]), 'hex').slice(0, 32)}`;

const removing = (collection: string, uid: number): WritePart => ({
  collection,
  operation: 'delete',
  target: { uid },
  values: {},
  links: {},
});
