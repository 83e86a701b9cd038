// The commands that let applications in: what they say, what they refuse, and that what they change is what they show.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { operatorAt } from '#apis/admin/actor.ts';
import { createAdmin } from '#apis/admin/admin-api.ts';
import { createAdminPorts } from '#app/admin-ports.ts';
import { localDoor, type AdminDoor } from '#app/cli/admin-door.ts';
import { endLink, explainLink, giveLink, listLinks, setLink } from '#app/cli/link.ts';
import { getToken } from '#app/cli/token.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { tenantUuid } from '#hub/principal.ts';
import type { Result } from '#base/result.ts';
import { register, startHub, type TestHub } from '../../auth/hub.ts';
import { hubBundles, hubModel } from '../../model/models.ts';

let hub: TestHub | null = null;
after(() => hub?.close());

const doorOver = ({ platform, clock }: TestHub): AdminDoor =>
  localDoor(
    createAdmin(
      createAdminPorts({
        model: hubModel(),
        bundles: hubBundles(),
        packages: new Map(),
        agreements: null,
        address: () => null,
        clock,
        random: systemRandom,
        platform,
        defaults: { removalGuard: 0.05, extraBackLinks: true, strictness: [], writes: [] },
        fintTokenEndpoint: () => null,
        tenant: () => Promise.reject(new Error('no data here')),
        append: null,
        deliver: () => null,
        ingest: () => Promise.reject(new Error('no data here')),
        observe: ignoreEvents,
        audit: null,
        explain: null,
        quality: null,
        quotas: null,
        knows: null,
        erasures: null,
        exports: null,
        schedules: null,
      }),
    ),
    operatorAt('tester'),
  );

const valueOf = <T>(result: Result<T>): T => {
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  return result.value;
};

test('an application is let in, seen, changed and shut out, and its tokens follow', async () => {
  hub = await startHub(null, null, hubBundles());
  const door = doorOver(hub);
  const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
  await hub.platform.putOrganisation({ id: 'tindvag.test', name: 'T', orgNumber: null, settings, createdAt: 1 });
  const { secret } = await register(hub.platform, 'lms', []);
  const named = { application: 'lms', organisation: 'tindvag.test' };
  const bad = await giveLink(door, { ...named, scopes: ['vfs:pupil.read'], purpose: 'Timetables' });
  assert.deepEqual(bad.ok ? [] : bad.problem.errors?.map(({ at }) => at), ['scopes', 'scopes', 'reference']);
  assert.equal((await giveLink(door, { ...named, clearance: 'all' })).ok, false);
  const terms = { agreement: 'DBA-2026-17', to: '2126-07-31', purpose: 'Timetables' };
  const given = valueOf(await giveLink(door, { ...named, ...terms, scopes: ['vfs:pupils.read,vfs:events.read'] }));
  assert.match(given.text, /lets lms in: vfs:events\.read vfs:pupils\.read, all schools, DBA-2026-17/);
  assert.ok(given.text.includes(tenantUuid('tindvag.test')));
  const { id } = given.json;
  const ask = (scope?: string) =>
    getToken(
      { url: hub?.url ?? '', client: 'lms', tenant: 'tindvag.test', scope },
      { environment: secret, input: null },
    );
  assert.ok((await ask('vfs:pupils.read')).ok);
  assert.match(valueOf(await explainLink(door, id)).text, /utdanning\/elev\/person +follow,list,read +.*navn/);
  const set = valueOf(await setLink(door, id, { schools: ['SK1'], scopes: ['vfs:pupils.nin'] }));
  assert.match(set.text, /vfs:pupils\.nin, schools SK1, DBA-2026-17/);
  assert.equal((await ask('vfs:pupils.read')).ok, false);
  assert.match(valueOf(await explainLink(door, id)).text, /fodselsnummer: national-id/);
  assert.match(valueOf(await setLink(door, id, { schools: ['all'] })).text, /all schools/);
  assert.equal(valueOf(await listLinks(door, { application: 'lms' })).json.length, 1);
  valueOf(await endLink(door, id, 'Moved to another system'));
  assert.equal((await ask()).ok, false);
  assert.match(valueOf(await listLinks(door)).text, /no such links/);
  assert.match(valueOf(await listLinks(door, { all: true })).text, /not live/);
});
