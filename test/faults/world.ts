// The small world of the fault suites: one organisation with an adapter, a client that reads and writes and a follower; pupils in groups that
// are always delivered together, teachers that only full syncs bring, and services that the hub itself owns. Knows HTTP and the wire forms.
import { randomUUID } from 'node:crypto';
import { json, pageText, type Entry as Delivered } from '../e2e/deliveries.ts';
import type { TestApplication, TestOrganisation } from '../e2e/hub-under-test.ts';

export const pupils = 'utdanning/elev/elev';
export const teachers = 'utdanning/elev/skoleressurs';
export const services = 'personvern/samtykke/tjeneste';
export const followed = [pupils, teachers, services] as const;

export const groups = 4;
export const members = 12;
export const counters = ['t-1', 't-2'] as const;
const staff = 30;

export const organisation: TestOrganisation = {
  id: 'fjord.test',
  settings: { removalGuard: 1, writes: [{ pattern: services, policy: 'hub', deadlineMinutes: null }] },
};

export const applications: readonly TestApplication[] = [
  { id: 'faults-adapter', kind: 'adapter', organisation: 'fjord.test' },
  {
    id: 'faults-client',
    kind: 'client',
    organisation: 'fjord.test',
    grant: { actions: ['read', 'list', 'follow', 'write'] },
  },
];

const id = (identifikatorverdi: string): { readonly identifikatorverdi: string } => ({ identifikatorverdi });

export const pupilKey = (group: number, member: number): string => `g${group}-m${member}`;

/** All pupils of a group at a version: the version stands in the e-mail address, so that a page applied by half shows. */
export const groupAt = (group: number, version: number): readonly Delivered[] =>
  Array.from({ length: members }, (_, member) => ({
    identifier: pupilKey(group, member),
    resource: {
      systemId: id(pupilKey(group, member)),
      kontaktinformasjon: { epostadresse: `v${version}@fjord.test` },
      _links: { person: [{ href: `utdanning/elev/person/fodselsnummer/none-${group}-${member}` }] },
    },
  }));

/** The version that a pupil shows. */
export const versionOf = (body: unknown): number => {
  const { kontaktinformasjon } = body as { readonly kontaktinformasjon?: { readonly epostadresse?: string } };
  return Number(/^v(\d+)@/.exec(kontaktinformasjon?.epostadresse ?? '')?.[1] ?? Number.NaN);
};

/** The teachers of a round of full syncs: every round leaves others out. */
export const teachersOf = (round: number): readonly string[] =>
  Array.from({ length: staff }, (_, number) => `s${number}`).filter((_, number) => (number + round) % 5 !== 0);

export const staffEntries = (round: number): readonly Delivered[] =>
  teachersOf(round).map((key) => ({
    identifier: key,
    resource: {
      systemId: id(key),
      feidenavn: id(`${key}-r${round}@fjord.test`),
      _links: { personalressurs: [{ href: `administrasjon/personal/personalressurs/ansattnummer/${key}` }] },
    },
  }));

export const serviceBody = (key: string, name: string): string => JSON.stringify({ systemId: id(key), navn: name });

export const page = (entries: readonly Delivered[]): { readonly headers: typeof json; readonly body: string } => ({
  headers: json,
  body: pageText(entries, { corrId: randomUUID() }),
});

/** The system id of a resource. */
export const keyOf = (body: unknown): string => {
  const { systemId } = body as { readonly systemId?: { readonly identifikatorverdi?: string } };
  return systemId?.identifikatorverdi ?? '';
};
