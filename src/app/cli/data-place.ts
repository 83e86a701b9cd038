// What commands open where the data are, beside hubs that use them: the files of a directory, or a database. They look, and they change what
// only the platform knows; nothing of an organisation is made again or moved. Used by every command that works without asking a hub.
import { readFileSync } from 'node:fs';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import type { Settings } from '#config/settings.ts';
import type { AuditedTenant } from '#hub/audit-trail.ts';
import type { Model } from '#model/model.ts';
import { currentAuditKey } from '#store/audit-keys.ts';
import type { QualityStore } from '#store/quality.ts';
import type { PlatformStore, TenantEvents, TenantRuns } from '#store/store.ts';
import type { KeySet, Verdict } from '#verify/audit-verify.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure, type Language } from './terminal.ts';

export type DataPlace = {
  readonly platform: PlatformStore;
  /** Runs and events of an organisation. Rejects with HUB-204 when it has no data. */
  readonly deliveries: (organisation: string) => Promise<{ readonly runs: TenantRuns; readonly events: TenantEvents }>;
  /** The audit of an organisation, and who was meant by it. Rejects with HUB-204 when it has no data. */
  readonly audited: (organisation: string, model: Model) => Promise<AuditedTenant>;
  /** What quality has found; null when nothing has been examined. */
  readonly quality: (organisation: string) => Promise<QualityStore | null>;
  /** What the independent verifier says. `checkpoints` = files with those that were kept elsewhere. */
  readonly verifyAudit: (organisation: string, keys: KeySet, checkpoints: readonly string[]) => Promise<Verdict>;
  readonly close: () => Promise<void>;
};

/** Opens the database that the settings name, else their directory; `close` must be called. Rejects with a HubError when it cannot be used. */
export const openDataPlace = (settings: Settings): Promise<DataPlace> =>
  settings.databaseUrl === null ? openFiles(settings.data, systemClock) : openDatabase(settings.databaseUrl, settings);

const openFiles = async (folder: string, clock: Clock): Promise<DataPlace> => {
  const [
    { auditPathIn, openAuditBeside },
    { openDeliveriesBeside },
    { openPlatform },
    { openQualityStore },
    { openPlatformFile, tenantFolder },
    { verifyAudit },
  ] = await Promise.all([
    import('#store/sqlite/audit-beside.ts'),
    import('#store/sqlite/deliveries-beside.ts'),
    import('#store/sqlite/platform.ts'),
    import('#store/sqlite/quality.ts'),
    import('#store/sqlite/sqlite-store.ts'),
    import('#verify/audit-verify.ts'),
  ]);
  const file = openPlatformFile(folder);
  const platform = openPlatform(file, clock);
  const opened = new Map<string, { readonly close: () => void }>();
  const once = <T extends { readonly close: () => void }>(name: string, open: () => T): T => {
    const known = opened.get(name) as T | undefined;
    if (known !== undefined) return known;
    const one = open();
    opened.set(name, one);
    return one;
  };
  return {
    platform,
    deliveries: async (id) => once(`deliveries ${id}`, () => openDeliveriesBeside(tenantFolder(folder, id), id)),
    audited: async (id, model) =>
      once(`audit ${id}`, () =>
        openAuditBeside({
          folder: tenantFolder(folder, id),
          organisation: id,
          model,
          clock,
          key: () => currentAuditKey({ platform, now: clock.now }),
        }),
      ),
    quality: async (id) => openQualityStore(folder, id, true),
    verifyAudit: async (organisation, keys, checkpoints) => {
      const copies = checkpoints.map((one) => readFileSync(one, 'utf8'));
      return verifyAudit({ organisation, database: auditPathIn(tenantFolder(folder, organisation)), keys, copies });
    },
    close: async () => {
      for (const one of opened.values()) one.close();
      file.close();
    },
  };
};

const openDatabase = async (url: string, settings: Settings): Promise<DataPlace> => {
  const [{ openBeside }, { verifyChain }] = await Promise.all([
    import('#store/postgres/beside.ts'),
    import('../audit-verification.ts'),
  ]);
  const statementMs = settings.databaseStatementSeconds * 1_000;
  const beside = await openBeside({ url, clock: systemClock, statementMs });
  return {
    ...beside,
    verifyAudit: async (organisation, keys, checkpoints) =>
      (await verifyChain(organisation, await beside.chain(organisation), keys, checkpoints)) as Verdict,
  };
};

/**
 * The data directory of a command that works on files only, and not on a database. Throws a CommandFailure that says what to use instead when the
 * settings name a database.
 */
export const onlyFiles = (
  { data, databaseUrl }: Pick<Settings, 'data' | 'databaseUrl'>,
  language: Language,
): string => {
  if (databaseUrl === null) return data;
  throw new CommandFailure(
    exitCodes.usage,
    language === 'nb'
      ? 'Dataene ligger i en database: denne kommandoen gjelder bare en datamappe.'
      : 'The data are in a database: this command is for a data directory only.',
    {
      hint:
        language === 'nb'
          ? 'Bruk pgBackRest for databasen (docs/how-to/operate.md), eller nevn mappen med --data.'
          : 'Use pgBackRest for the database (docs/how-to/operate.md), or name the directory with --data.',
    },
  );
};
