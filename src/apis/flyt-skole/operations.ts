// Every operation of the API: one list, from which routes, description, examples and reference are made. Called by vfs-api.ts.
import type { OperationGroup, Operations, VfsDeps } from './operation.ts';
import { exportOperations } from './exports/operations.ts';
import { employeeReads } from './reads/employees.ts';
import { eventReads } from './reads/events.ts';
import { groupReads } from './reads/groups.ts';
import { guardianReads } from './reads/guardians.ts';
import { membershipReads } from './reads/memberships.ts';
import { metadataReads } from './reads/metadata.ts';
import { pupilReads } from './reads/pupils.ts';
import { timetableReads } from './reads/timetables.ts';
import { usageOperations } from './usage.ts';
import { accessWrites } from './writes/access-groups.ts';
import { employeeWrites } from './writes/employees.ts';
import { groupWrites } from './writes/groups.ts';
import { writeOutcome } from './writes/outcome.ts';
import { positionWrites } from './writes/positions.ts';

const groups: readonly Operations[] = [
  pupilReads,
  guardianReads,
  employeeReads,
  employeeWrites,
  positionWrites,
  accessWrites,
  groupReads,
  groupWrites,
  membershipReads,
  timetableReads,
  eventReads,
  metadataReads,
  writeOutcome,
  exportOperations,
  usageOperations,
];

/** The operations in the order of the description, and the schemas that they name. Two groups may bring the same schema, not two of one name. */
export const allOperations = (deps: VfsDeps): OperationGroup => {
  const made = groups.map((make) => make(deps));
  const schemas: Record<string, OperationGroup['schemas'][string]> = {};
  for (const group of made)
    for (const [name, schema] of Object.entries(group.schemas)) {
      const held = schemas[name];
      if (held !== undefined && JSON.stringify(held) !== JSON.stringify(schema))
        throw new Error(`Two schemas are called ${name}.`);
      schemas[name] = schema;
    }
  return { operations: made.flatMap(({ operations }) => operations), schemas };
};
