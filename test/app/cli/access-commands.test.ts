// `bindeledd agreement` and `bindeledd access` over a hub: what they ask, print and refuse, and that what they open can be had tokens for.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  actOnAccess,
  approveAccess,
  linkKeys,
  listAccess,
  listPackages,
  previewAccess,
  requestAccess,
  showAccess,
} from '#app/cli/access.ts';
import { localDoor, type AdminDoor } from '#app/cli/admin-door.ts';
import { addAgreement, endAgreement, listAgreements, showAgreement } from '#app/cli/agreement.ts';
import type { Actor } from '#apis/admin/ports.ts';
import type { Result } from '#base/result.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from '../../apis/admin/bench.ts';

const now = Date.parse('2026-11-02T08:00:00Z');
const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };

const setUp = async (context: TestContext): Promise<AdminBench> => {
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => now,
  );
  for (const id of ['fjordheim.test', 'vendor.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  await bench.platform.putApplication({
    id: 'timetable',
    name: 'Timetable',
    kind: 'client',
    owner: 'vendor.test',
    describe: '',
    environment: 'test',
    secrets: [],
    jwks: null,
    disabled: false,
    createdAt: 1,
  });
  return bench;
};

const doorOf = (bench: AdminBench, actor: Actor): AdminDoor =>
  localDoor(
    { answer: ({ path, query, ...request }) => bench.ask({ ...request, path: `${path}?${query.toString()}` }) },
    actor,
  );

const valueOf = <T>(result: Result<T>): T => {
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  return result.value;
};
const flagsOf = (result: Result<unknown>): readonly string[] =>
  result.ok ? [] : (result.problem.errors ?? []).map(({ at }) => at);

const asked = {
  application: 'timetable',
  organisations: ['fjordheim.test,nowhere.test'],
  purpose: 'Timetables',
  legalBasis: 'GDPR art. 6 (1) e',
};

test('from an agreement to keys and back, as the command line tells it', async (context) => {
  const bench = await setUp(context);
  const owner = doorOf(bench, administratorOf('fjordheim.test', ['admin.write']));
  const vendor = doorOf(bench, administratorOf('vendor.test', ['admin.write']));
  const terms = { organisation: 'fjordheim.test', processor: 'vendor.test', reference: 'DBA-17', to: '2027-07-31' };
  const agreement = valueOf(await addAgreement(owner, terms));
  assert.match(
    agreement.text,
    /fjordheim\.test lets vendor\.test process its data by DBA-17, \.\.2027-07-31T22:00:00Z$/,
  );
  assert.match(
    valueOf(await listPackages(vendor, 'en')).text,
    /county\.pupils-national-id +national-id +National ids of pupils/,
  );

  assert.deepEqual(flagsOf(await requestAccess(vendor, { ...asked, narrow: ['county.groups'], clearance: 'all' })), [
    'narrow',
    'clearance',
  ]);
  const narrow = [
    'county.pupils-basic:utdanning/elev/person=navn,elev',
    'county.pupils-basic:utdanning/elev/klassemedlemskap=',
  ];
  const made = valueOf(
    await requestAccess(vendor, { ...asked, packages: ['county.groups'], narrow, reason: 'Enough' }),
  );
  assert.match(made.text, /fjordheim\.test +timetable +asked +county\.pupils-basic +- +- +-/);
  assert.match(made.text, /nowhere\.test/);
  const [request] = valueOf(
    await listAccess(owner, { application: undefined, organisation: undefined, state: 'open' }),
  ).json;
  const id = request?.id ?? '';
  const seen = valueOf(await previewAccess(owner, id, { collection: 'utdanning/elev/person' }));
  assert.match(seen.text, /^utdanning\/elev\/person: shows all but [^]*fodselsnummer[^]*"navn"/);

  assert.match(
    valueOf(await actOnAccess(owner, id, 'ask', { reason: 'Why names?' })).text,
    /owner +question: Why names\?/,
  );
  valueOf(await actOnAccess(vendor, id, 'answer', { reason: 'Lists' }));
  const given = valueOf(await approveAccess(owner, id, { packages: ['county.groups'], to: '2027-01-31' }));
  assert.match(
    given.text,
    /approved: timetable of vendor\.test asks fjordheim\.test[^]*given +county\.groups, \.\.2027-01-31T23:00:00Z, by agreement-/,
  );
  const list = valueOf(
    await listAccess(vendor, { application: 'timetable', organisation: 'fjordheim.test', state: undefined }),
  );
  assert.match(list.text, /approved +county\.groups +yes +yes +-[^]*approved +county\.pupils-basic +- +- +-/);
  assert.match(
    valueOf(await linkKeys(vendor, id)).text,
    /^https:\/\/hub\.example\.test\/access\/keys\/\S+\nshows the secret once, until 2026-11-03T08:00:00Z$/,
  );

  assert.equal((await actOnAccess(vendor, id, 'refuse', { reason: 'No' })).ok, false);
  assert.match(
    valueOf(await endAgreement(owner, agreement.json.id, 'They moved')).text,
    /: ended 2026-11-02T08:00:00Z$/,
  );
  assert.match(valueOf(await showAgreement(owner, agreement.json.id)).text, /not live/);
  assert.match(valueOf(await listAgreements(owner, { all: false })).text, /no such agreements/);
  assert.equal(valueOf(await listAgreements(doorOf(bench, operator), { all: true })).json.length, 1);
  assert.match(valueOf(await showAccess(vendor, id)).text, /legal basis +GDPR art\. 6 \(1\) e/);
  assert.equal(
    valueOf(await listAccess(vendor, { application: undefined, organisation: undefined, state: 'approved' })).json[0]
      ?.packages[0]?.active,
    false,
  );
});
