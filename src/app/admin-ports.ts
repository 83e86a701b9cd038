// What the admin API is given (apis/admin/ports.ts), over the platform, the stores of organisations and the ingest. Used by compose.ts for a
// running hub and by the command line for a data directory.
import type {
  Actor,
  AdminPorts,
  AdminRecord,
  Erasure,
  ExportAsker,
  NamedResource,
  TenantPort,
} from '#apis/admin/ports.ts';
import { readPublicKeys } from '#auth/public-keys.ts';
import { hashSecret, makeClientId, makeClientSecret } from '#auth/secrets.ts';
import { rotateKeys } from '#auth/signing-keys.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { packUids } from '#base/packed-uids.ts';
import type { Random } from '#base/random.ts';
import { failed, type Failed } from '#base/result.ts';
import type { AccessPackages } from '#catalogue/access/packages.ts';
import type { ExportCaller, Exports } from '#exports/export.ts';
import type { Schedules } from '#exports/schedules.ts';
import type { Principal } from '#hub/principal.ts';
import type { Ingest } from '#ingest/run.ts';
import type { Model } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { AuditRecord, OrganisationSettings, PlatformStore, TenantStore } from '#store/store.ts';

export type AdminPortsDeps = {
  readonly model: Model;
  readonly bundles: ScopeBundles;
  readonly packages: AccessPackages;
  readonly agreements: AdminPorts['agreements'];
  readonly address: AdminPorts['address'];
  readonly clock: Clock;
  readonly random: Random;
  readonly platform: PlatformStore;
  readonly defaults: OrganisationSettings;
  readonly fintTokenEndpoint: () => string | null;
  /** What organisations' own stores tell. */
  readonly tenant: (organisation: string) => Promise<TenantPort>;
  /** Puts a record into the audit of an organisation; null where that is not open for writing. */
  readonly append: ((organisation: string, record: AuditRecord) => Promise<void>) | null;
  /**
   * Gives what puts waiting records into audits; null while the stores are not open here: what concerns an organisation's audit then waits until
   * the hub puts it there.
   */
  readonly deliver: () => (() => Promise<void>) | null;
  readonly ingest: () => Promise<Pick<Ingest, 'decide'>>;
  readonly observe: Observe;
  /** Of a running hub; null elsewhere. */
  readonly audit: AdminPorts['audit'];
  readonly explain: AdminPorts['explain'];
  readonly quality: AdminPorts['quality'];
  readonly quotas: AdminPorts['quotas'];
  readonly useHealth?: AdminPorts['useHealth'];
  readonly knows: AdminPorts['knows'];
  readonly erasures: AdminPorts['erasures'];
  readonly exports: Exports | null;
  /** Absent where nothing is announced. */
  readonly announcing?: AdminPorts['announcing'];
  /** Absent where no API runs. */
  readonly documents?: AdminPorts['documents'];
  /** Absent where nobody is told of changes. */
  readonly messages?: AdminPorts['messages'];
  /** Null where nothing is made by itself. */
  readonly schedules: Schedules | null;
};

/** How many waiting records are put into the audits at a time. */
const noticesAtOnce = 100;

const auditRecord = (
  { actor, requestId, operation, decision, rule, collection, count, details, shown }: AdminRecord,
  { clock, random }: Pick<AdminPortsDeps, 'clock' | 'random'>,
): AuditRecord => ({
  id: random.uuid(),
  at: clock.now(),
  request: requestId,
  issuer: actor.issuer,
  client: actor.client,
  token: actor.token,
  api: 'admin',
  operation,
  collection,
  decision,
  rule,
  count,
  subjects: [],
  seen: shown.length === 0 ? null : { kind: 'uids', uids: packUids(shown).toString('base64url') },
  details,
});

/**
 * Puts what waits in the platform into the audits of the organisations concerned. A record may come twice, never not at all: it goes on waiting
 * when it cannot be written, or when its organisation cannot be opened. Rejects then, after the others.
 */
const deliverNotices = async (
  platform: PlatformStore,
  tenant: (organisation: string) => Promise<Pick<TenantStore, 'appendAudit'>>,
  lost: AbortSignal,
): Promise<void> => {
  const broken = new Map<string, unknown>();
  for (let delivered = 1; delivered > 0;) {
    delivered = 0;
    for (const { number, organisation, record } of await platform.auditNotices(noticesAtOnce)) {
      if (broken.has(organisation)) continue;
      lost.throwIfAborted();
      try {
        await (await tenant(organisation)).appendAudit(record);
        await platform.auditNoticed([number]);
        delivered += 1;
      } catch (error) {
        // One organisation that cannot be written keeps no other waiting.
        broken.set(organisation, error);
      }
    }
  }
  for (const error of broken.values()) throw error;
};

/**
 * The same, one after the other, so that records come in order and none comes twice for two that deliver at once. `inTurn` runs work while no
 * other process delivers.
 */
export const createNoticeDelivery = (
  platform: PlatformStore,
  tenant: (organisation: string) => Promise<Pick<TenantStore, 'appendAudit'>>,
  inTurn: (work: (lost: AbortSignal) => Promise<void>) => Promise<void> = (work) => work(new AbortController().signal),
): (() => Promise<void>) => {
  let delivering: Promise<void> = Promise.resolve();
  return () => {
    const turn = delivering.then(() => inTurn((lost) => deliverNotices(platform, tenant, lost)));
    delivering = turn.catch(() => {});
    return turn;
  };
};

/** Paths of collections, by component: what the roles of the FINT profile are made from. */
export const componentsOf = (model: Model): ReadonlyMap<string, readonly string[]> =>
  new Map([...model.components].map(([path, { collections }]) => [path, collections.map((one) => one.path)]));

/** The caller in whose name a run is decided: the administrator, for the organisation of the run. */
const principalOf = (actor: Actor, organisation: string): Principal => ({
  kind: 'admin',
  client: actor.client,
  tenant: organisation,
  scopes: new Set(actor.scopes),
  issuer: actor.issuer,
  token: actor.token,
  expiresAt: Number.POSITIVE_INFINITY,
});

const noSchedules: Failed = failed(problem('HUB-409', 'This hub makes no exports by itself.'));

const exportCaller = ({ organisation, actor, requestId }: ExportAsker): ExportCaller => ({
  principal: principalOf(actor, organisation),
  trace: requestId,
});

/** Exports as the owner of the data asks about them. */
const exportsPort = (exports: Exports, schedules: Schedules | null): NonNullable<AdminPorts['exports']> => {
  return {
    runs: (asker, limit) => exports.reports(exportCaller(asker), limit),
    run: (id, asker) => exports.report(id, exportCaller(asker)),
    decide: (id, decision, asker, reason) => exports.decide(id, decision, exportCaller(asker), reason),
    settings: (application, asker) => exports.settings(application, exportCaller(asker)),
    putSettings: (application, settings, asker) => exports.putSettings(application, settings, exportCaller(asker)),
    schedules: async (asker) => (await schedules?.list(exportCaller(asker))) ?? [],
    putSchedule: async (id, asked, asker) => (await schedules?.put(id, asked, exportCaller(asker))) ?? noSchedules,
    removeSchedule: async (id, asker) => (await schedules?.remove(id, exportCaller(asker))) ?? noSchedules,
    targets: (asker) => schedules?.targets(exportCaller(asker)) ?? [],
  };
};

/** Erasures over the stores of organisations. `erased` takes away what was made of the data of an organisation while somebody was in them. */
export const createErasures = (
  tenant: (organisation: string) => Promise<TenantStore>,
  erased: (organisation: string) => Promise<void>,
): NonNullable<AdminPorts['erasures']> => {
  const uidOf = async (organisation: string, { collection, field, value }: NamedResource): Promise<number | null> =>
    (await tenant(organisation)).reads.lastUid(collection, { field, value });
  const list = async (organisation: string): Promise<readonly Erasure[]> =>
    (await tenant(organisation)).erasures.list();
  return {
    list,
    knows: async (organisation, named) => (await uidOf(organisation, named)) !== null,
    erase: async (organisation, named, { about, reason }) => {
      const store = await tenant(organisation);
      const uid = await uidOf(organisation, named);
      if (uid === null) return null;
      const uids = about ? [...(await store.reads.aboutOf(uid))] : [uid];
      const id = await store.write(async (tx) => {
        const made = await tx.erase(uids, reason);
        await tx.settle();
        return made;
      });
      if (id !== null) await erased(organisation);
      return (await list(organisation)).find((one) => one.id === id) ?? null;
    },
    lift: async (organisation, id) => (await tenant(organisation)).erasures.lift(id),
  };
};

/** Builds the ports. */
export const createAdminPorts = (deps: AdminPortsDeps): AdminPorts => {
  const { model, bundles, clock, random, platform, tenant, append, deliver } = deps;
  const record: AdminPorts['record'] = async ({ actor, operation, subject, reason, records }) => {
    const known = new Set((await platform.organisations()).map(({ id }) => id));
    await platform.appendPlatformAudit({
      at: clock.now(),
      actor: actor.name,
      operation,
      subject,
      reason,
      notices: records.map((one) => ({ organisation: one.organisation, record: auditRecord(one, deps) })),
    });
    // An organisation that is being added has no store yet; the record waits.
    const now = deliver();
    if (now === null || records.some(({ organisation }) => !known.has(organisation))) return;
    await now().catch((error: unknown) =>
      deps.observe({
        kind: 'audit-failed',
        tenant: records[0]?.organisation ?? '',
        reason: error instanceof Error ? error.message : 'unknown',
      }),
    );
  };

  const recordAnswer: AdminPorts['recordAnswer'] = async (one) => {
    if ((await platform.organisation(one.organisation)) === null) return;
    const made = auditRecord(one, deps);
    if (append === null) {
      // Whoever looks into an organisation's own data at the machine leaves a trace there too, with the next start of the hub.
      if (one.ofData)
        await platform.appendPlatformAudit({
          at: made.at,
          actor: one.actor.name,
          operation: one.operation,
          subject: one.organisation,
          notices: [{ organisation: one.organisation, record: made }],
        });
      return;
    }
    try {
      await append(one.organisation, made);
    } catch (error) {
      const internal = error instanceof Error ? error.message : 'unknown';
      throw new HubError(problem('HUB-504', 'The answer could not be recorded.', { internal }), { cause: error });
    }
  };

  return {
    model,
    bundles,
    packages: deps.packages,
    agreements: deps.agreements,
    address: deps.address,
    clock,
    random,
    platform,
    record,
    recordAnswer,
    tenant,
    runDecisions: async () => {
      const { decide } = await deps.ingest();
      return ({ organisation, corrId, decision, actor, requestId }) =>
        decide({ principal: principalOf(actor, organisation), requestId, corrId, decision, byOwner: true });
    },
    makeClientId: (kind) => makeClientId(kind, random),
    makeSecret: () => makeClientSecret(random),
    hashSecret: (secret) => hashSecret(secret, random),
    readPublicKeys,
    rotateKeys: () => rotateKeys({ platform, clock, random }),
    defaults: deps.defaults,
    fintTokenEndpoint: deps.fintTokenEndpoint,
    audit: deps.audit,
    explain: deps.explain,
    quality: deps.quality,
    quotas: deps.quotas,
    useHealth: deps.useHealth ?? null,
    knows: deps.knows,
    erasures: deps.erasures,
    announcing: deps.announcing ?? null,
    documents: deps.documents ?? null,
    messages: deps.messages ?? null,
    exports: deps.exports === null ? null : exportsPort(deps.exports, deps.schedules),
  };
};
