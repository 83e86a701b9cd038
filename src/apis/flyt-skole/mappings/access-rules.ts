// Who may be in an access group (facts 2.7): the level on which the group counts, and the positions that it asks for. Called by
// writes/access-groups.ts. Pure: decides by what the caller sees of the employee and the group.
import type { ProblemItem } from '#base/errors.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import type { FactsMaker } from '#mappings/project.ts';
import type { PartLink } from '#hub/query.ts';
import { reached } from '../writes/parts.ts';
import { holdsOn, periodOf, type CivilPeriod } from '#mappings/converters.ts';

/** What rules and changes of access look at of an employee. */
export type EmployeeAccess = {
  readonly positions: readonly {
    readonly school: number | null;
    readonly kind: number | null;
    readonly active: boolean;
  }[];
  /** False when the caller may not see positions at all: then no rule about them can be held against anything. */
  readonly seesPositions: boolean;
  readonly holdings: readonly (CivilPeriod & {
    readonly uid: number;
    readonly group: number | null;
    /** Null = the whole municipality. */
    readonly school: number | null;
  })[];
};

/** What rules look at of an access group. */
export type AccessGroup = {
  readonly level: string | null;
  readonly requiresPosition: boolean;
  /** Kinds of position of which the employee must have one; empty = all. */
  readonly kinds: readonly number[];
  /** No longer to be chosen. */
  readonly passive: boolean;
};

const toPositions = ['skoleressurs', 'skolestilling'] as const;
const holding = 'tilgangsgruppemedlemskap';

export const employeeAccess: FactsMaker<EmployeeAccess> = {
  name: 'access-rules',
  needs: [
    ...['skole', 'stillingstype'].map((step) => [...toPositions, step].join('.')),
    ...['skole', 'tilgangsgruppe'].map((step) => `${holding}.${step}`),
  ],
  of: (root, now) => ({
    positions: reached(root, toPositions).map((position) => ({
      school: firstUid(position, 'skole'),
      kind: firstUid(position, 'stillingstype'),
      active: holdsOn(periodOf(position.values['gyldighetsperiode']), now.today),
    })),
    seesPositions: root.parts[toPositions[0]]?.every((one) => one.parts[toPositions[1]] !== undefined) === true,
    holdings: reached(root, [holding]).map((one) => ({
      uid: one.uid,
      group: firstUid(one, 'tilgangsgruppe'),
      school: firstUid(one, 'skole'),
      ...periodOf(one.values['gyldighetsperiode']),
    })),
  }),
};

export const groupRules: FactsMaker<AccessGroup> = {
  name: 'access-rules',
  needs: ['tillattStillingstype'],
  of: ({ values, parts }) => ({
    level: typeof values['niva'] === 'string' ? values['niva'].toLowerCase() : null,
    requiresPosition: values['kreverStilling'] === true,
    kinds: (parts['tillattStillingstype'] ?? []).map(({ uid }) => uid),
    passive: values['passiv'] === true,
  }),
};

const firstUid = (node: DocumentNode, step: string): number | null => node.parts[step]?.[0]?.uid ?? null;

/** The rules of the group that the employee does not meet there (`school` null = the whole municipality), each by name; empty when it may hold it. */
export const brokenRules = (
  group: AccessGroup,
  { positions, seesPositions }: Pick<EmployeeAccess, 'positions' | 'seesPositions'>,
  school: number | null,
): readonly ProblemItem[] => {
  const broken: ProblemItem[] = [];
  const rule = (at: string, message: string): void => void broken.push({ at, message, code: 'HUB-418' });
  if (group.passive) rule('passive', 'the group is no longer in use');
  if (group.level === 'kommune' && school !== null)
    rule('level', 'the group counts for the whole municipality: leave schoolId out');
  if (group.level !== 'kommune' && school === null) rule('level', 'the group counts for one school: give schoolId');
  if (broken.length > 0 || (!group.requiresPosition && group.kinds.length === 0)) return broken;
  if (!seesPositions) {
    rule('requiresPosition', 'the positions of the employee cannot be seen by this application');
    return broken;
  }
  const there = positions.filter((one) => one.active && (school === null || one.school === school));
  if (there.length === 0 && group.requiresPosition)
    rule('requiresPosition', 'the employee has no current position where the group is to count');
  else if (group.kinds.length > 0 && !there.some(({ kind }) => kind !== null && group.kinds.includes(kind)))
    rule('positionKinds', 'the employee has no current position of a kind that may hold the group');
  return broken;
};

/** What the employee holds of the group there, whatever the time. */
export const holdingsOf = (
  { holdings }: Pick<EmployeeAccess, 'holdings'>,
  group: number,
  school: number | null,
): EmployeeAccess['holdings'] => holdings.filter((one) => one.group === group && one.school === school);

/** Neither over nor yet to begin. */
export const isHeld = (period: CivilPeriod, { today }: CivilNow): boolean => holdsOn(period, today);

/** Over: nothing is left to be taken away. */
export const isOver = ({ to }: CivilPeriod, { today }: CivilNow): boolean => to !== undefined && to < today;

/** The links of a new access. */
export const accessLinks = (
  employee: number,
  group: number,
  school: number | null,
): Readonly<Record<string, readonly PartLink[]>> => ({
  personalressurs: [{ uid: employee }],
  tilgangsgruppe: [{ uid: group }],
  ...(school === null ? {} : { skole: [{ uid: school }] }),
});

/** The values of an access that begins; `id` null = it is there already, and is opened again. */
export const accessValues = (
  start: unknown,
  id: Readonly<Record<string, string>> | null,
): Readonly<Record<string, unknown>> =>
  id === null ? { gyldighetsperiode: { start, slutt: null } } : { systemId: id, gyldighetsperiode: { start } };
