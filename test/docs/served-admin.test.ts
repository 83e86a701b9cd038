// The description of the admin API and a running hub are the same, both ways: every operation stands in it and answers with statuses, headers
// and bodies that it names, its examples are valid by its schemas, and its text is a golden file.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { openApi } from '#apis/admin/describe.ts';
import { operations } from '#apis/admin/operations.ts';
import { schemas } from '#apis/admin/schemas.ts';
import { golden } from '../golden.ts';
import type { Caller } from '../e2e/caller.ts';
import { temporaryFolder } from '../e2e/hub-under-test.ts';
import { startAdminWorld, type AdminWorld } from '../e2e/admin-world.ts';

type Response = {
  readonly $ref?: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
};
type Described = {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
};
type Json = Readonly<Record<string, unknown>>;

const text = openApi(operations, 'beta');
const document = JSON.parse(text) as Document;
const ofTransport = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'];

const ajv = new Ajv2020({ strict: false, formats: fullFormats });
ajv.addSchema(document as object, 'https://test.test/document');
const validates = (name: string, value: unknown): string | null => {
  const validate = ajv.compile({ $ref: `https://test.test/document#/components/schemas/${name}` });
  return validate(value) ? null : ajv.errorsText(validate.errors);
};

describe('the description of the admin API', () => {
  it('is what was read and accepted', () => golden('admin/openapi.json', text));

  it('has an example for every schema, and each is valid', () => {
    for (const [name, { example }] of Object.entries(schemas)) {
      assert.notEqual(example, undefined, name);
      assert.equal(validates(name, example), null, name);
    }
  });

  it('holds every operation once, with schemas that are there', () => {
    const ids = operations.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const described = Object.values(document.paths).flatMap((item) => Object.values(item));
    assert.deepEqual(described.map(({ operationId }) => operationId).toSorted(), [...ids, 'openapi'].toSorted());
    for (const { id, body, reply } of operations)
      for (const name of [body, reply])
        if (name !== undefined && name !== null) assert.ok(name in schemas, `${id}: ${name}`);
    const used = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name));
    assert.deepEqual(
      Object.keys(schemas).filter((name) => !used.has(name)),
      [],
    );
  });
});

/** What is asked, in order: operation, address with names of what was made before in braces, body, status, and by whom if not by the operator. */
const calls: readonly (readonly [id: string, path: string, body: object | null, status: number, by?: string])[] = [
  ['showSelf', '/admin/self', null, 200],
  ['listKeys', '/admin/keys', null, 200],
  ['rotateKeys', '/admin/keys/rotate', {}, 200],
  ['addOrganisation', '/admin/organisations', { id: 'ny.test', name: 'Ny' }, 201],
  ['listOrganisations', '/admin/organisations?limit=1', null, 200],
  ['showOrganisation', '/admin/organisations/fjord.test', null, 200],
  ['setOrganisation', '/admin/organisations/fjord.test', { settings: { removalGuard: 0.1 } }, 200],
  [
    'addApplication',
    '/admin/applications',
    { name: 'x', kind: 'client', owner: 'fjord.test', environment: 'sandbox' },
    201,
  ],
  ['listApplications', '/admin/applications?organisation=fjord.test&limit=1', null, 200],
  ['showApplication', '/admin/applications/{addApplication}', null, 200],
  ['showApplicationHealth', '/admin/applications/{addApplication}/health', null, 200],
  ['setApplication', '/admin/applications/{addApplication}', { describe: 'y' }, 200],
  ['rotateSecret', '/admin/applications/{addApplication}/secret', {}, 200],
  ['makeCredentials', '/admin/applications/{addApplication}/credentials', { name: 'x' }, 201],
  [
    'registerDocument',
    '/admin/applications/{addApplication}/documents',
    { api: 'fint-graphql', name: 'What there is', text: '{ __typename }' },
    201,
  ],
  ['listDocuments', '/admin/applications/{addApplication}/documents', null, 200],
  ['removeDocument', '/admin/applications/{addApplication}/documents/{registerDocument}', {}, 200],
  [
    'giveGrant',
    '/admin/grants',
    { application: '{addApplication}', organisation: 'fjord.test', collections: ['utdanning/*'], actions: ['list'] },
    201,
  ],
  ['listGrants', '/admin/grants?limit=1', null, 200],
  ['showGrant', '/admin/grants/{giveGrant}', null, 200],
  ['setGrant', '/admin/grants/{giveGrant}', { fields: ['systemId'] }, 200],
  ['endGrant', '/admin/grants/{giveGrant}/end', {}, 200],
  [
    'makeLink',
    '/admin/links',
    {
      application: '{addApplication}',
      organisation: 'fjord.test',
      scopes: ['vfs:metadata.read'],
      schools: ['nowhere'],
      agreement: { reference: 'DBA-1' },
      purpose: 'Schools and subjects',
    },
    201,
  ],
  ['listLinks', '/admin/links?limit=1', null, 200],
  ['showLink', '/admin/links/{makeLink}', null, 200],
  ['explainLink', '/admin/links/{makeLink}/explain', null, 200],
  ['setLink', '/admin/links/{makeLink}', { schools: null }, 200],
  [
    'addAgreement',
    '/admin/agreements',
    { organisation: 'nabo.test', processor: 'fjord.test', reference: 'DBA-2' },
    201,
  ],
  ['listAgreements', '/admin/agreements?organisation=nabo.test&limit=1', null, 200],
  ['showAgreement', '/admin/agreements/{addAgreement}', null, 200],
  ['listAccessPackages', '/admin/access-packages', null, 200],
  [
    'askForAccess',
    '/admin/access-requests',
    {
      application: '{addApplication}',
      organisations: ['nabo.test'],
      packages: ['county.groups'],
      purpose: 'Timetables',
      legalBasis: 'GDPR art. 6 (1) e',
    },
    201,
  ],
  ['listAccessRequests', '/admin/access-requests?limit=1', null, 200],
  ['showAccessRequest', '/admin/access-requests/{askForAccess}', null, 200],
  ['previewAccessRequest', '/admin/access-requests/{askForAccess}/preview', {}, 200],
  ['questionAccessRequest', '/admin/access-requests/{askForAccess}/ask', { reason: 'Why?' }, 200, 'neighbour'],
  ['answerAccessRequest', '/admin/access-requests/{askForAccess}/answer', { reason: 'For lists' }, 200],
  ['approveAccessRequest', '/admin/access-requests/{askForAccess}/approve', {}, 200, 'neighbour'],
  ['linkKeys', '/admin/access-requests/{askForAccess}/keys', {}, 409],
  ['revokeAccessRequest', '/admin/access-requests/{askForAccess}/revoke', { reason: 'Over' }, 200, 'neighbour'],
  ['refuseAccessRequest', '/admin/access-requests/{askForAccess}/refuse', { reason: 'Over' }, 409, 'neighbour'],
  ['escalateAccessRequest', '/admin/access-requests/{askForAccess}/escalate', { reason: 'Over' }, 409, 'neighbour'],
  ['withdrawAccessRequest', '/admin/access-requests/{askForAccess}/withdraw', {}, 409],
  [
    'makeDelegation',
    '/admin/delegations',
    {
      organisation: 'nabo.test',
      supplier: 'fjord.test',
      environment: 'sandbox',
      packages: ['county.groups'],
      purpose: 'Timetables',
      legalBasis: 'GDPR art. 6 (1) e',
    },
    201,
  ],
  ['listDelegations', '/admin/delegations?limit=1', null, 200],
  ['showDelegation', '/admin/delegations/{makeDelegation}', null, 200],
  ['approveDelegation', '/admin/delegations/{makeDelegation}/approve', {}, 200],
  [
    'giveByDelegation',
    '/admin/delegations/{makeDelegation}/grants',
    { application: '{addApplication}', from: '2126-01-01' },
    201,
  ],
  ['listAccess', '/admin/organisations/nabo.test/access?limit=1', null, 200],
  [
    'confirmAccess',
    '/admin/organisations/nabo.test/access/confirm',
    { kind: 'delegation', id: '{makeDelegation}' },
    200,
  ],
  ['exportAccess', '/admin/organisations/nabo.test/access/export', null, 200],
  ['withdrawDelegation', '/admin/delegations/{makeDelegation}/withdraw', {}, 200],
  ['endAgreement', '/admin/agreements/{addAgreement}/end', {}, 200],
  ['listExports', '/admin/organisations/fjord.test/exports?limit=1', null, 200],
  ['showExport', '/admin/organisations/fjord.test/exports/none', null, 404],
  ['confirmExport', '/admin/organisations/fjord.test/exports/none/confirm', { reason: 'test' }, 404],
  ['rejectExport', '/admin/organisations/fjord.test/exports/none/reject', {}, 404],
  ['cancelExport', '/admin/organisations/fjord.test/exports/none/cancel', {}, 404],
  ['showExportSettings', '/admin/organisations/fjord.test/export-settings/{addApplication}', null, 200],
  [
    'setExportSettings',
    '/admin/organisations/fjord.test/export-settings/{addApplication}',
    { profiles: { pifu: 'pifu-ims-1.1' }, target: 'lms', dropGuard: 0.1 },
    200,
  ],
  ['listExportTargets', '/admin/organisations/fjord.test/export-targets', null, 200],
  [
    'addExportSchedule',
    '/admin/organisations/fjord.test/export-schedules',
    { application: '{addApplication}', format: 'pifu', at: '02:30', target: 'files' },
    201,
  ],
  ['listExportSchedules', '/admin/organisations/fjord.test/export-schedules', null, 200],
  ['showExportSchedule', '/admin/organisations/fjord.test/export-schedules/{addExportSchedule}', null, 200],
  ['setExportSchedule', '/admin/organisations/fjord.test/export-schedules/{addExportSchedule}', { at: '03:00' }, 200],
  ['removeExportSchedule', '/admin/organisations/fjord.test/export-schedules/{addExportSchedule}', {}, 200],
  ['endLink', '/admin/links/{makeLink}', { reason: 'The agreement has ended' }, 200],
  ['listAdapters', '/admin/organisations/fjord.test/adapters', null, 200],
  ['showAdapter', '/admin/organisations/fjord.test/adapters/adapter', null, 200],
  ['listRuns', '/admin/organisations/fjord.test/runs?limit=1', null, 200],
  ['showRun', '/admin/organisations/fjord.test/runs/{held}', null, 200],
  ['rejectRun', '/admin/organisations/fjord.test/runs/{held}/reject', {}, 200],
  ['confirmRun', '/admin/organisations/fjord.test/runs/{held}/confirm', { reason: 'test' }, 409],
  ['listRejections', '/admin/organisations/fjord.test/rejections', null, 200],
  ['listUsage', '/admin/organisations/fjord.test/usage', null, 200],
  ['listEvents', '/admin/organisations/fjord.test/events?limit=1', null, 200],
  ['showEvent', '/admin/organisations/fjord.test/events/{event}', null, 200],
  ['showQuality', '/admin/organisations/fjord.test/quality', null, 200],
  ['listQualitySamples', '/admin/organisations/fjord.test/quality/samples', null, 200],
  ['showQualityTrend', '/admin/organisations/fjord.test/quality/trend', null, 200],
  ['searchAudit', '/admin/organisations/fjord.test/audit/search', { limit: 5 }, 200],
  ['sealAudit', '/admin/organisations/fjord.test/audit/checkpoints', {}, 200],
  ['listCheckpoints', '/admin/organisations/fjord.test/audit/checkpoints?limit=1', null, 200],
  ['verifyAudit', '/admin/organisations/fjord.test/audit/verify', null, 200],
  ['readAuditChain', '/admin/organisations/fjord.test/audit/chain', null, 200],
  [
    'erasePerson',
    '/admin/organisations/fjord.test/erasures',
    { collection: 'utdanning/elev/elev', field: 'systemid', value: 'e-1', reason: 'Case 1' },
    201,
  ],
  ['listErasures', '/admin/organisations/fjord.test/erasures?limit=1', null, 200],
  ['liftErasure', '/admin/organisations/fjord.test/erasures/{erasePerson}/lift', { reason: 'Case 2' }, 200],
  [
    'announceChange',
    '/admin/changes',
    {
      id: 'fint-goes',
      api: 'fint',
      coordinates: ['*'],
      kind: 'breaking',
      text: { nb: 'FINT blir borte.', en: 'FINT goes.' },
      migration: { nb: 'Bruk det nye.', en: 'Use the new one.' },
      withoutReplacement: { nb: 'Det nye er et annet.', en: 'The new one is another.' },
      planned: { release: 2 },
    },
    201,
  ],
  ['listChanges', '/admin/changes?limit=1', null, 200],
  ['showChange', '/admin/changes/fint-goes', null, 200],
  ['remindOfChange', '/admin/changes/fint-goes/remind', {}, 200],
  ['finishChange', '/admin/changes/fint-goes/done', {}, 409],
  ['withdrawChange', '/admin/changes/fint-goes/withdraw', { reason: 'It stays' }, 200],
  [
    'makeSubscription',
    '/admin/subscriptions',
    { organisation: 'fjord.test', channel: { kind: 'webhook', url: 'https://hooks.example.org/' } },
    201,
  ],
  ['listSubscriptions', '/admin/subscriptions', null, 200],
  ['listDeliveries', '/admin/deliveries', null, 200],
  ['retryDelivery', '/admin/deliveries/none/retry', {}, 404],
  ['endSubscription', '/admin/subscriptions/{makeSubscription}', {}, 200],
  ['listMessageBrokers', '/admin/message-brokers?organisation=fjord.test', null, 200],
  [
    'makeMessageDestination',
    '/admin/message-destinations',
    {
      organisation: 'fjord.test',
      application: 'client',
      channel: { kind: 'webhook', url: 'https://hooks.example.org/fs' },
    },
    201,
  ],
  ['pauseMessageDestination', '/admin/message-destinations/{makeMessageDestination}/pause', {}, 200],
  ['listMessageDestinations', '/admin/message-destinations', null, 200],
  ['showMessageDestination', '/admin/message-destinations/{makeMessageDestination}', null, 200],
  ['listMessageLetters', '/admin/message-destinations/{makeMessageDestination}/letters', null, 200],
  ['resendMessageLetters', '/admin/message-destinations/{makeMessageDestination}/letters/resend', {}, 200],
  ['discardMessageLetters', '/admin/message-destinations/{makeMessageDestination}/letters/discard', {}, 200],
  ['resumeMessageDestination', '/admin/message-destinations/{makeMessageDestination}/resume', {}, 200],
  ['endMessageDestination', '/admin/message-destinations/{makeMessageDestination}', {}, 200],
  [
    'askPromotion',
    '/admin/promotions',
    { organisation: 'fjord.test', api: 'admin', to: 'production', need: 'x', use: 'y', institution: 'Fjord' },
    201,
    'writer',
  ],
  ['listPromotions', '/admin/promotions', null, 200],
  ['confirmPromotion', '/admin/promotions/{askPromotion}/confirm', { organisation: 'fjord.test', text: 'Tried' }, 200],
  [
    'approvePromotion',
    '/admin/promotions/{askPromotion}/approve',
    { reasons: { nb: 'Alt i orden', en: 'All right' } },
    409,
  ],
  ['explainRequest', '/admin/organisations/fjord.test/explanations/none', null, 404],
  ['refusePromotion', '/admin/promotions/{askPromotion}/refuse', { reasons: { nb: 'Ikke ennå', en: 'Not yet' } }, 200],
];

const collection = 'utdanning/elev/elev';
const run = '7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a';
const held = '8d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a';

/** Pupils, and then none: a run that is held. */
const deliver = async (adapter: Caller): Promise<void> => {
  const adapterId = 'https://vendor.example/fjord.test/utdanning';
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await adapter.send(method, path, { headers, body: JSON.stringify(body) });
    assert.ok(answer.status < 300, answer.text);
  };
  const [domainName, packageName, resourceName] = collection.split('/');
  await send('POST', '/provider/register', {
    adapterId,
    username: 'adapter',
    orgId: 'fjord.test',
    heartbeatIntervalInMinutes: 1,
    capabilities: [{ domainName, packageName, resourceName, fullSyncIntervalInDays: 1, deltaSyncInterval: 'NONE' }],
  });
  const page = (corrId: string, resources: readonly object[]): object => ({
    metadata: { adapterId, corrId, orgId: 'fjord.test', totalSize: resources.length, page: 1 },
    resources,
  });
  const pupils = [1, 2, 3].map((number) => ({
    identifier: `e-${number}`,
    resource: { systemId: { identifikatorverdi: `e-${number}` } },
  }));
  await send('POST', `/provider/${collection}`, page(run, pupils));
  await send('POST', `/provider/${collection}`, page(held, []));
};

describe('the admin API of a running hub', () => {
  let world: AdminWorld;
  let folder: ReturnType<typeof temporaryFolder> | undefined;
  let operator: Caller;
  const made = new Map<string, string>([['held', held]]);
  before(async () => {
    folder = temporaryFolder();
    const targets = join(folder.path, 'targets.yaml');
    writeFileSync(
      targets,
      `targets: [{ name: files, kind: folder, organisations: [fjord.test], path: ${JSON.stringify(folder.path)} }]\n`,
    );
    world = await startAdminWorld({ fintPasswordGrant: 'true', deliveryTargets: targets });
    operator = await world.as('operator');
    const fjord = await world.hub.platform.organisation('fjord.test');
    assert.ok(fjord !== null);
    const settings = { ...fjord.settings, institutionNumber: '7777' };
    await world.hub.platform.putOrganisation({ ...fjord, settings });
    await deliver(await world.as('adapter'));
    const grant = await operator.send('POST', '/admin/grants', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        application: 'client',
        organisation: 'fjord.test',
        collections: [collection],
        actions: ['list', 'write'],
      }),
    });
    assert.equal(grant.status, 201, grant.text);
    const client = await world.as('client');
    const sent = await client.send('DELETE', `/${collection}/systemid/e-2`);
    made.set('event', String(sent.headers['location']).split('/').at(-1) ?? '');
    assert.equal(sent.status, 202, sent.text);
  });
  after(async () => {
    await world?.close();
    folder?.remove();
  });

  const filled = (template: string): string =>
    template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => made.get(name) ?? whole);

  it('serves every operation as it is described', async () => {
    assert.deepEqual(calls.map(([id]) => id).toSorted(), operations.map(({ id }) => id).toSorted());
    for (const [id, template, body, status, by = 'operator'] of calls) {
      const operation = operations.find((one) => one.id === id);
      assert.ok(operation !== undefined);
      const headers: Record<string, string> = body === null ? {} : { 'content-type': 'application/json' };
      const sent = body === null ? { headers } : { headers, body: filled(JSON.stringify(body)) };
      const caller = by === 'operator' ? operator : await world.as(by);
      const answer = await caller.send(operation.method, filled(template), sent);
      assert.equal(answer.status, status, `${id}: ${answer.text.slice(0, 500)}`);
      const described = document.paths[operation.path]?.[operation.method.toLowerCase()];
      assert.ok(described !== undefined, id);
      const given = described.responses[String(status)] ?? described.responses['default'];
      const response = given?.$ref === undefined ? given : document.components.responses['Problem'];
      const known = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase());
      for (const name of Object.keys(answer.headers))
        assert.ok(ofTransport.includes(name) || known.includes(name), `${id}: ${name}`);
      const value = JSON.parse(answer.text) as Json;
      assert.equal(
        validates(status < 300 ? (operation.reply ?? '') : 'Problem', value),
        null,
        `${id}: ${answer.text.slice(0, 500)}`,
      );
      const [first] = (Array.isArray(value['items']) ? value['items'] : []) as readonly Json[];
      const name = value['id'] ?? first?.['id'];
      if (typeof name === 'string') made.set(id, name);
    }
  });

  it('gives the document itself to anyone', async () => {
    const answer = await fetch(`${world.hub.url}/admin/openapi`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), text);
  });

  it('shows what was written to administrators of the organisation who may change, and to no operator', async () => {
    const path = `/admin/organisations/fjord.test/events/${made.get('event') ?? ''}`;
    const seenBy = async (id: string): Promise<boolean> =>
      (await (await world.as(id)).read<Json>(path))['texts'] !== undefined;
    assert.deepEqual([await seenBy('writer'), await seenBy('reader'), await seenBy('operator')], [true, false, false]);
  });
});
