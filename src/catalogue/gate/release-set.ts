// What a release of the catalogue keeps: every description as it was, and what was promised of each API. Packed into files and read from them; whoever
// calls brings the disk. A file that is not what the manifest says is refused.
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { policyIds, type PolicyId } from '../catalogue.ts';
import { statuses, type Status } from '../contract.ts';
import { canonical, isMap, listOf, mapOf, textOf } from './json-tree.ts';

export type ReleasedArtefact = {
  /** `fint/…`; the file is called the same, with `.gz`. */
  readonly name: string;
  readonly api: string;
  readonly type: string;
  readonly text: string;
};

export type ReleasedApi = { readonly status: Status; readonly policy: PolicyId };

/** A release, or what would be one now. */
export type ReleaseSet = {
  readonly release: number;
  /** The day on which it was made, `2027-03-31`. */
  readonly day: string;
  readonly apis: ReadonlyMap<string, ReleasedApi>;
  readonly artefacts: readonly ReleasedArtefact[];
};

type ManifestRow = {
  readonly name: string;
  readonly api: string;
  readonly type: string;
  readonly sha256: string;
  readonly bytes: number;
};

export const manifestName = 'manifest.json';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The files of a release by their paths within its folder. */
export const packRelease = (set: ReleaseSet): ReadonlyMap<string, Buffer> => {
  const sorted = [...set.artefacts].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const artefacts = sorted.map(({ name, api, type, text }): ManifestRow => ({
    name,
    api,
    type,
    sha256: hash(text),
    bytes: Buffer.byteLength(text),
  }));
  const content = {
    release: set.release,
    day: set.day,
    apis: Object.fromEntries([...set.apis].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    artefacts,
  };
  const manifest = `${JSON.stringify({ ...content, sha256: hash(canonical(content)) }, null, 1)}\n`;
  return new Map([
    [manifestName, Buffer.from(manifest)],
    ...sorted.map(({ name, text }): [string, Buffer] => [`${name}.gz`, gzipSync(text, { level: 9 })]),
  ]);
};

const refused = (detail: string): Result<never> => failed(problem('HUB-207', detail));

/**
 * Reads a release from its files; `read` gives a file by its path within the folder, or null. Fails with HUB-207 where the manifest or an artefact is
 * missing, or is not what was released.
 */
export const unpackRelease = (read: (path: string) => Buffer | null): Result<ReleaseSet> => {
  const raw = read(manifestName);
  if (raw === null) return refused(`There is no ${manifestName}.`);
  const manifest = readManifest(raw.toString('utf8'));
  if (manifest === null) return refused(`${manifestName} is not the manifest of a release.`);
  const { sha256, ...content } = manifest;
  if (hash(canonical(content)) !== sha256)
    return refused(`${manifestName} has been edited since the release was made.`);
  const artefacts: ReleasedArtefact[] = [];
  for (const row of listOf(manifest['artefacts'])) {
    const one = rowOf(row);
    if (one === null) return refused(`${manifestName} lists something that is no artefact.`);
    const text = unpacked(read(`${one.name}.gz`), one.bytes);
    if (text === null) return refused(`${one.name}.gz is missing or damaged.`);
    if (hash(text) !== one.sha256)
      return refused(`${one.name}.gz has been edited since the release was made: put back what was released.`);
    artefacts.push({ name: one.name, api: one.api, type: one.type, text });
  }
  const { release, day } = manifest;
  if (typeof release !== 'number' || typeof day !== 'string') return refused(`${manifestName} names no release.`);
  return ok({ release, day, apis: apisOf(manifest['apis']), artefacts });
};

const readManifest = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : null;
  } catch {
    return null;
  }
};

// A name is a path within the folder and never one that leads out of it.
const nameForm = /^[a-z0-9][\w-]*(?:\/[\w-][\w.-]*)+$/i;

const rowOf = (row: unknown): ManifestRow | null => {
  const { name, api, type, sha256, bytes } = mapOf(row);
  if (typeof name !== 'string' || !nameForm.test(name) || typeof bytes !== 'number') return null;
  if (typeof api !== 'string' || typeof type !== 'string' || typeof sha256 !== 'string') return null;
  return bytes > limits.releasedArtefactBytes ? null : { name, api, type, sha256, bytes };
};

/** Null where it is no gzip, or larger than the manifest says. */
const unpacked = (packed: Buffer | null, bytes: number): string | null => {
  if (packed === null) return null;
  try {
    return gunzipSync(packed, { maxOutputLength: Math.max(1, bytes + 1) }).toString('utf8');
  } catch {
    return null;
  }
};

const apisOf = (value: unknown): ReadonlyMap<string, ReleasedApi> =>
  new Map(
    Object.entries(mapOf(value)).flatMap(([id, one]) => {
      const status = statuses.find((each) => each === textOf(mapOf(one)['status']));
      const policy = policyIds.find((each) => each === textOf(mapOf(one)['policy']));
      return status === undefined || policy === undefined ? [] : [[id, { status, policy }]];
    }),
  );
