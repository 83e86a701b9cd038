// The types of the API, each held against the model once, with what its lists are filtered by. Called by the operations; knows no request.
import type { Model } from '#model/model.ts';
import type { Mapping } from '#mappings/mapping.ts';
import type { FactsMaker } from '#mappings/project.ts';
import { readMapping, type MappingReading } from '#mappings/read-mapping.ts';
import { accessGroup, accessHolding } from './access-group.ts';
import { codeLists, schoolYears } from './code.ts';
import { employee } from './employee.ts';
import {
  employeeEvents,
  employeeFacts,
  groupEvents,
  groupFacts,
  guardianEvents,
  guardianFacts,
  guardianOfMemberFacts,
  holdingFacts,
  lessonFacts,
  membershipEvents,
  membershipFacts,
  nothing,
  positionFacts,
  pupilEvents,
  pupilFacts,
  subjectFacts,
  timetableFacts,
} from './facts.ts';
import { groups, groupTypes } from './group.ts';
import { guardian } from './guardian.ts';
import { lesson } from './lesson.ts';
import { guardianOfMember, memberships } from './membership.ts';
import { organisation } from './organisation.ts';
import { position } from './position.ts';
import { pupil } from './pupil.ts';
import { school } from './school.ts';
import { subject } from './subject.ts';

/** A type and what is known of each of its documents when rows are chosen. */
export type Kind<Facts> = { readonly reading: MappingReading; readonly facts: FactsMaker<Facts> };

/** The same type, with other facts. */
const as = <Facts>({ reading }: Kind<unknown>, facts: FactsMaker<Facts>): Kind<Facts> => ({ reading, facts });

const make = (model: Model) => {
  const kind = <Facts>(
    mapping: Mapping,
    facts: FactsMaker<Facts>,
    ...others: readonly FactsMaker<unknown>[]
  ): Kind<Facts> => ({
    reading: readMapping(mapping, model, [...facts.needs, ...others.flatMap(({ needs }) => needs)]),
    facts,
  });
  const pupilKind = kind(pupil, pupilFacts, timetableFacts, pupilEvents);
  const guardianKind = kind(guardian, guardianFacts, guardianEvents);
  const employeeKind = kind(employee, employeeFacts, employeeEvents);
  const groupKinds = groups.map((one, index) => {
    const type = groupTypes[index] ?? 'class';
    return kind(one, groupFacts(type), groupEvents(type));
  });
  const membershipKinds = memberships.map((one, index) => kind(one, membershipFacts(index), membershipEvents(index)));
  const guardianOfMemberKind = kind(guardianOfMember, guardianOfMemberFacts);
  return {
    pupil: pupilKind,
    pupilTimetable: as(pupilKind, timetableFacts),
    guardian: guardianKind,
    employee: employeeKind,
    /** Index-aligned with `groupTypes`. */
    groups: groupKinds,
    /** Of class, contact group, teaching group, SFO group, school group and, last, language training. */
    memberships: membershipKinds,
    guardianOfMember: guardianOfMemberKind,
    /** Everything that is shown as a member. */
    members: [...membershipKinds, guardianOfMemberKind].map(({ reading }) => reading),
    position: kind(position, positionFacts),
    accessGroup: kind(accessGroup, nothing),
    accessHolding: kind(accessHolding, holdingFacts),
    school: kind(school, nothing),
    schoolYear: kind(schoolYears, nothing),
    organisation: kind(organisation, nothing),
    subject: kind(subject, subjectFacts),
    lesson: kind(lesson, lessonFacts),
    codeLists: codeLists.map(({ name, describe, mapping }) => ({ name, describe, kind: kind(mapping, nothing) })),
    events: {
      pupil: [as(pupilKind, pupilEvents)],
      guardian: [as(guardianKind, guardianEvents)],
      employee: [as(employeeKind, employeeEvents)],
      group: groupKinds.map((one, index) => as(one, groupEvents(groupTypes[index] ?? 'class'))),
      membership: membershipKinds.map((one, index) => as(one, membershipEvents(index))),
    },
  };
};

export type Kinds = ReturnType<typeof make>;

const made = new WeakMap<Model, Kinds>();

/** All types, held against a model. Throws a HubError, once and at start, when the model does not bear one out. */
export const kindsOf = (model: Model): Kinds => {
  const known = made.get(model);
  if (known !== undefined) return known;
  const kinds = make(model);
  made.set(model, kinds);
  return kinds;
};
