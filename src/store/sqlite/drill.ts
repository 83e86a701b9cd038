// A restore for practice: a copy of the data directory is taken, put back elsewhere, and looked through. Tells how long each step takes and
// whether what comes back is what was there. Called by the command line; touches nothing but the folder that it is given.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import { backUp, contentOf, organisationsIn } from './backup.ts';
import type { BackupManifest, CollectionContent, Told } from './backup.ts';
import { numberOf, openAsIs, statement, textOf } from './driver.ts';
import { putBack } from './restore.ts';
import { openSqliteStore } from './sqlite-store.ts';

export type DrillOptions = {
  readonly from: string;
  /** An empty folder with room for two copies. */
  readonly within: string;
  readonly model: Model;
  readonly clock: Clock;
  readonly random: Random;
  readonly told: Told;
};

export type DrillStep = { readonly name: 'backup' | 'restore' | 'check' | 'open'; readonly ms: number };

export type DrilledOrganisation = {
  readonly id: string;
  readonly position: number;
  readonly resources: number;
  readonly collections: number;
  /** Records of the audit that could be read. */
  readonly audited: number;
};

export type DrillReport = {
  readonly ok: boolean;
  readonly bytes: number;
  readonly steps: readonly DrillStep[];
  readonly organisations: readonly DrilledOrganisation[];
  /** What is not as it was; empty when all is well. */
  readonly findings: readonly string[];
};

/** Takes the copy, puts it back and compares. Throws a HubError when a step cannot be carried out at all. */
export const drill = async (options: DrillOptions): Promise<DrillReport> => {
  const { from, within, clock, random, told } = options;
  const steps: DrillStep[] = [];
  const timed = async <T>(name: DrillStep['name'], work: () => Promise<T> | T): Promise<T> => {
    const started = clock.monotonic();
    const value = await work();
    steps.push({ name, ms: Math.round(clock.monotonic() - started) });
    return value;
  };
  const [copy, restored] = [join(within, 'backup'), join(within, 'restored')];
  const manifest = await timed('backup', () => backUp({ from, to: copy, clock, told, contents: true }));
  await timed('restore', () => putBack({ from: copy, to: restored, clock, random, told, moveAside: false }));
  const findings: string[] = [];
  const organisations = await timed('check', () => lookThrough(restored, manifest, findings));
  await timed('open', () => openAll(options, restored, manifest, findings));
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  return { ok: findings.length === 0, bytes, steps, organisations, findings };
};

const lookThrough = (folder: string, manifest: BackupManifest, findings: string[]): readonly DrilledOrganisation[] => {
  for (const path of ['platform.db', ...organisationsIn(folder).flatMap((id) => databasesOf(folder, id))]) {
    const db = openAsIs(join(folder, path));
    try {
      const said = textOf(statement(db, 'PRAGMA integrity_check(1)').get(), 'integrity_check');
      if (said !== 'ok') findings.push(`${path}: ${said}`);
    } finally {
      db.close();
    }
  }
  return manifest.organisations.map(({ id, position, collections }) => {
    const db = openAsIs(join(folder, 'tenants', id, 'data.db'));
    try {
      const now = new Map(contentOf(db, true).map((one) => [one.path, one]));
      for (const was of collections) findings.push(...differences(id, was, now.get(was.path)));
      const head = numberOf(statement(db, 'SELECT coalesce(max(position), 0) AS n FROM change').get(), 'n');
      if (head !== position) findings.push(`${id}: the feed ends at ${head} and not at ${position}`);
    } finally {
      db.close();
    }
    const resources = collections.reduce((sum, { count }) => sum + count, 0);
    const held = collections.filter(({ count }) => count > 0).length;
    return { id, position, resources, collections: held, audited: auditedIn(folder, id) };
  });
};

const databasesOf = (folder: string, id: string): readonly string[] =>
  readdirSync(join(folder, 'tenants', id))
    .filter((name) => name.endsWith('.db'))
    .map((name) => join('tenants', id, name));

const differences = (id: string, was: CollectionContent, now: CollectionContent | undefined): readonly string[] => {
  if (now === undefined) return [`${id} ${was.path}: missing`];
  if (now.count !== was.count) return [`${id} ${was.path}: ${now.count} resources and not ${was.count}`];
  return now.content === was.content ? [] : [`${id} ${was.path}: the resources are not those that were copied`];
};

/** Reads every record of the audit, which must be well-formed. */
const auditedIn = (folder: string, id: string): number => {
  const path = join(folder, 'tenants', id, 'audit.db');
  if (!existsSync(path)) return 0;
  const db = openAsIs(path);
  try {
    return numberOf(
      statement(db, 'SELECT coalesce(sum(json_array_length(records)), 0) AS n FROM audit_commit').get(),
      'n',
    );
  } finally {
    db.close();
  }
};

/** Opens what was put back as a hub would, so that nothing is left to find out on the day. */
const openAll = async (
  { model, clock, random }: DrillOptions,
  folder: string,
  manifest: BackupManifest,
  findings: string[],
): Promise<void> => {
  const addresses = manifest.organisations.map(({ id }) => addressOf(join(folder, 'tenants', id, 'data.db')));
  const store = await openSqliteStore({
    folder,
    model,
    clock,
    random,
    observe: ignoreEvents,
    baseUrl: () => addresses.find((address) => address !== '') ?? '',
  });
  try {
    for (const { id, position } of manifest.organisations) {
      const tenant = await store.tenant(id);
      const [last, epochs] = [await tenant.reads.lastPosition(), await tenant.reads.epochs()];
      // Erasures that the copy did not follow yet are told of in the feed.
      if (last < position || epochs.length < 2) findings.push(`${id}: the feed does not go on after the copy`);
    }
  } finally {
    await store.close();
  }
};

const addressOf = (path: string): string => {
  const db = openAsIs(path);
  try {
    return textOf(statement(db, "SELECT value FROM meta WHERE name = 'base_url'").get(), 'value');
  } finally {
    db.close();
  }
};
