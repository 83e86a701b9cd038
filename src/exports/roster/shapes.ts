// The mappings of rosters, held against the model once, at start: a path that the model does not bear out stops it. Called by open-roster.ts.
import type { Shape } from '#hub/documents/document.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { readLeanMapping } from '#mappings/read-mapping.ts';
import { readValues, type ReadValues } from '#mappings/read-values.ts';
import type { Model } from '#model/model.ts';
import { employee, type EmployeeRow } from './mappings/employee.ts';
import { groupSources, type GroupRow } from './mappings/group.ts';
import { languageSource, memberSources, type MemberRow } from './mappings/member.ts';
import { owner, type OwnerRow } from './mappings/owner.ts';
import { pupil, type PupilRow } from './mappings/pupil.ts';
import { school, type SchoolRow } from './mappings/school.ts';

/** What is walked, and what is made of each document. */
export type RosterShape<Row> = { readonly shape: Shape; readonly read: ReadValues<Row> };

/** Throws a HubError, once and at start, when the model does not bear one of them out. */
export const rosterShapes = (model: Model) => {
  const made = <Row>(mapping: Mapping): RosterShape<Row> => {
    const reading = readLeanMapping(mapping, model);
    return { shape: reading.shape, read: readValues<Row>(reading) };
  };
  return {
    owner: made<OwnerRow>(owner),
    school: made<SchoolRow>(school),
    employee: made<EmployeeRow>(employee),
    pupil: made<PupilRow>(pupil),
    groups: groupSources.map(({ name, type, way, mapping }) => ({
      type,
      way,
      ...made<GroupRow>(mapping),
      /** By which relation the members of these groups lead to them. */
      by: memberSources[name].group,
      members: made<MemberRow>(memberSources[name].mapping),
    })),
    language: { by: languageSource.group, ...made<MemberRow>(languageSource.mapping) },
  };
};

export type RosterShapes = ReturnType<typeof rosterShapes>;

/** What an export is made of: without any of these there is none. Who gets language training and who is guardian may be unseen. */
export const neededShapes = ({
  owner: owners,
  school: schools,
  employee: staff,
  pupil: pupils,
  groups,
}: RosterShapes) => [
  schools.shape,
  owners.shape,
  staff.shape,
  pupils.shape,
  ...groups.flatMap(({ shape, members }) => [shape, members.shape]),
];
