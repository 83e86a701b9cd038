// A person, an employment and a role at schools as one write of the hub, for tests of several writes as one.
import assert from 'node:assert/strict';
import type { HubResult, WriteManyQuery, WritePart } from '#hub/query.ts';
import { subjects } from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

export const hired = {
  persons: 'administrasjon/personal/person',
  employees: 'administrasjon/personal/personalressurs',
  staff: 'utdanning/elev/skoleressurs',
} as const;

/** Says who decides about all of it. */
export const owned = (world: WritingWorld, policy: 'hub' | 'source'): Promise<void> =>
  world.settings([
    { pattern: 'administrasjon/personal/*', policy, deadlineMinutes: null },
    { pattern: 'utdanning/elev/*', policy, deadlineMinutes: null },
    { pattern: subjects, policy: 'hub', deadlineMinutes: null },
  ]);

const id = (identifikatorverdi: string) => ({ identifikatorverdi });

/** Synthetic: the month has 80 added. */
export const nationalId = (number: number): string => `0181${String(9_000_000 + number)}`;

export const part = (more: Partial<WritePart> & Pick<WritePart, 'collection'>): WritePart => ({
  operation: 'create',
  target: null,
  values: {},
  links: {},
  ...more,
});

export const personPart = (number: number, name = `Navn${number}`): WritePart =>
  part({
    collection: hired.persons,
    values: {
      fodselsnummer: id(nationalId(number)),
      navn: { fornavn: name, etternavn: 'Prøve' },
      adressebeskyttelse: 'ugradert',
    },
  });

/** Of the person that the first part makes. */
export const employeePart = (number: number): WritePart =>
  part({
    collection: hired.employees,
    values: { ansattnummer: id(`${number}`), ansettelsesperiode: { start: '2026-01-01T00:00:00Z' } },
    links: { person: [{ part: 0 }], personalressurskategori: [{ field: 'systemid', value: 'F' }] },
  });

/** Of the employment that the second part makes. */
export const staffPart = (): WritePart => part({ collection: hired.staff, links: { personalressurs: [{ part: 1 }] } });

export const hireParts = (number: number): readonly WritePart[] => [
  personPart(number),
  employeePart(number),
  staffPart(),
];

export const askMany = (
  world: WritingWorld,
  parts: readonly WritePart[],
  more: Partial<WriteManyQuery> = {},
  client?: string,
): Promise<HubResult> =>
  world.ask({ kind: 'write-many', parts, idempotency: null, unchanged: null, note: '', about: [], ...more }, client);

/** Hires somebody, who must be taken. */
export const hire = async (world: WritingWorld, number: number): Promise<void> => {
  const result = await askMany(world, hireParts(number));
  assert.equal(result.kind, 'accepted', JSON.stringify(result));
};

/** How many there are of each of the three. */
export const countHired = (world: WritingWorld): Promise<readonly number[]> =>
  Promise.all(
    Object.values(hired).map(async (collection) => {
      const decision = await world.authorizer.decide(world.principal('client'), collection, 'list');
      assert.ok(decision.allowed);
      return (await world.tenant.reads.uids(decision.plan)).length;
    }),
  );
