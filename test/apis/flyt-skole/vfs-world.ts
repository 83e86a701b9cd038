// A hub in this process with the small municipality delivered and an application that it has let in under every scope: for tests of the API as its
// clients see it.
import assert from 'node:assert/strict';
import { deliver } from '#sandbox/adapter.ts';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { tenantUuid } from '#hub/principal.ts';
import type { Link, PlatformStore, WriteRule } from '#store/store.ts';
import { callerOf, tokenFor, type Answer, type Caller } from '../../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../../e2e/hub-under-test.ts';
import type { Place } from '../../e2e/place.ts';
import { hubBundles, hubModel } from '../../model/models.ts';

export const prefix = '/vfs/v1';

/** Collections that the hub owns once they have been delivered; groups of the school's own stay with their source. */
const owned: readonly WriteRule[] = [
  'administrasjon/personal/person',
  'administrasjon/personal/personalressurs',
  'administrasjon/personal/arbeidsforhold',
  'utdanning/elev/skoleressurs',
  'grunnskole/stilling/skolestilling',
  'grunnskole/tilgang/tilgangsgruppemedlemskap',
  'utdanning/elev/klasse',
  'utdanning/elev/kontaktlarergruppe',
  'utdanning/timeplan/undervisningsgruppe',
  'grunnskole/sfo/sfogruppe',
].map((pattern) => ({ pattern, policy: 'hub', deadlineMinutes: null }));

export type VfsWorld = {
  readonly hub: HubUnderTest;
  readonly world: SandboxMunicipality;
  readonly organisation: string;
  /** A caller with a token of the link for these scopes, all of them unless given. */
  readonly as: (application: string, scopes?: readonly string[]) => Promise<Caller>;
  /** Lets an application in. */
  readonly link: (application: string, more?: Partial<Link>) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Today in Norway: what is in force in the municipality depends on it, as it does in the hub. */
export const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(new Date());

const everyScope = (): readonly string[] => [...hubBundles().bundles.keys()].toSorted();

/** Starts and delivers. `applications` are let in under every scope; others can be linked later. */
export const startVfsWorld = async (
  place: Place,
  applications: readonly string[] = ['lms'],
  others: readonly string[] = [],
): Promise<VfsWorld> => {
  const world = municipality({ seed: 42, size: 'small', asOf: today() });
  const organisation = world.organisation.id;
  const hub = await startHub({
    place,
    flags: { quotaPerMinute: '0', quotaPerDay: '0', qualityIntervalSeconds: '0' },
    organisations: [{ id: organisation, settings: { removalGuard: 1 } }],
    applications: [
      ...[...applications, ...others].map((id) => ({ id, kind: 'client', organisation, grant: null }) as const),
      { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
    ],
  });
  const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const summary = await deliver({
    baseUrl: hub.url,
    tokenEndpoint: `${hub.url}/oauth/token`,
    clientId: id,
    clientSecret: secret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections: world.collections,
    pageSize: 1_000,
    concurrency: 2,
    gzip: true,
    fetch,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  for (const one of summary) assert.equal(one.state, 'completed', one.collection);
  await ownWrites(hub.platform, organisation);
  const link: VfsWorld['link'] = async (application, more = {}) => {
    const made: Link = {
      id: `link-${application}`,
      application,
      organisation,
      environment: 'sandbox',
      scopes: everyScope(),
      schools: null,
      agreement: { reference: 'DBA-1', from: null, to: null },
      purpose: 'test',
      clearance: 0,
      createdAt: 1,
      endedAt: null,
      ...more,
    };
    await hub.platform.putLink(made, grantsOfLink(made, hubBundles(), hubModel()));
  };
  for (const application of applications) await link(application);
  return {
    hub,
    world,
    organisation,
    link,
    as: async (application, scopes = []) => {
      const known = hub.credentials.get(application) ?? { id: application, secret: '' };
      const more = `&tenant_id=${tenantUuid(organisation)}${scopes.length === 0 ? '' : `&scope=${encodeURIComponent(scopes.join(' '))}`}`;
      return callerOf(hub.url, await tokenFor(hub.url, known.id, known.secret, more));
    },
    close: hub.close,
  };
};

const ownWrites = async (platform: PlatformStore, id: string): Promise<void> => {
  const organisation = await platform.organisation(id);
  assert.ok(organisation !== null);
  await platform.putOrganisation({ ...organisation, settings: { ...organisation.settings, writes: owned } });
};

/** What an answer holds, which must have the status. */
export const valueOf = (answer: Answer, status = 200): Record<string, unknown> => {
  assert.equal(answer.status, status, answer.text.slice(0, 600));
  return JSON.parse(answer.text) as Record<string, unknown>;
};
