// Where a whole hub of a test has its data: a directory, or a database of its own, as `TEST_DIALECT` says; and what a test looks up there beside
// the hub. Used by the end-to-end tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataPlace, type DataPlace } from '#app/cli/data-place.ts';
import { systemClock } from '#base/clock.ts';
import { resolveSettings, type SettingKey, type Settings } from '#config/settings.ts';
import type { PlatformAuditRow } from '#store/platform-rows.ts';
import type { AuditRecord } from '#store/store.ts';
import { hubModel } from '../model/models.ts';
import { testDialect } from '../store/conformance/dialects.ts';

export type Place = {
  /** For files of the test. */
  readonly folder: string;
  /** The data directory, or the address of the database. */
  readonly at: string;
  /** What names the place to a command: words, and what its environment holds. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** As a hub or a command in this process is set; everything else as by default, in the sandbox. */
  readonly settings: (flags?: Partial<Record<SettingKey, string>>) => Settings;
  /** Opens it as commands do, beside a hub; closed after the work. */
  readonly beside: <T>(work: (data: DataPlace) => Promise<T>) => Promise<T>;
  /** The audit of an organisation, oldest first; of one client, or of all. */
  readonly records: (organisation: string, client?: string) => Promise<readonly AuditRecord[]>;
  /** The audit of the platform, oldest first. */
  readonly platformAudit: () => Promise<readonly PlatformAuditRow[]>;
  readonly remove: () => Promise<void>;
};

/** A place for one hub, empty. */
export const temporaryPlace = async (): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), 'bindeledd-e2e-'));
  const { at, dispose } = await testDialect.place();
  const { data, environment } = testDialect.naming(at);
  const settings: Place['settings'] = (flags = {}) => {
    const resolved = resolveSettings({
      flags: { ...(data === null ? {} : { data }), port: '0', environment: 'sandbox', logLevel: 'silent', ...flags },
      environment,
      file: null,
      readSecret: () => null,
    });
    if (!resolved.ok) throw new Error(resolved.problem.detail);
    return resolved.value.settings;
  };
  const beside: Place['beside'] = async (work) => {
    const opened = await openDataPlace(settings());
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  };
  return {
    folder,
    at,
    words: data === null ? [] : ['--data', data],
    env: environment,
    settings,
    beside,
    records: (organisation, client) =>
      beside(async ({ audited }) => {
        const found: AuditRecord[] = [];
        for await (const entries of (await audited(organisation, hubModel())).trail.scan({ order: 'oldest' }))
          for (const { record } of entries) if (client === undefined || record.client === client) found.push(record);
        return found;
      }),
    platformAudit: async () => {
      const platform = await testDialect.openPlatform(at, systemClock);
      try {
        return (await platform.platformAudit(10_000)).toReversed();
      } finally {
        await platform.close();
      }
    },
    remove: async () => {
      rmSync(folder, { recursive: true, force: true });
      await dispose();
    },
  };
};
