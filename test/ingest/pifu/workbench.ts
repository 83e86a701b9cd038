// Imports of files in memory: what comes out, by collection, and what is told. Used by the tests of this folder.
import { readPifu } from '#formats/pifu/read-pifu.ts';
import type { PifuFinding, PifuRecord } from '#formats/pifu/record.ts';
import { systemRandom } from '#base/random.ts';
import { createImport, type ImportedFile } from '#ingest/pifu/import-pifu.ts';
import type { ImportSpool, KnownGroup } from '#ingest/pifu/ports.ts';
import type { ImportBounds } from '#ingest/pifu/state.ts';

export type Resource = Readonly<Record<string, unknown>> & {
  readonly _links?: Readonly<Record<string, readonly { readonly href: string }[]>>;
};

export type Imported = {
  readonly file: ImportedFile;
  readonly findings: readonly PifuFinding[];
  /** By collection, then by identifier. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, Resource>>;
  /** Entries as they were given, doubles too. */
  readonly count: number;
  readonly removed: readonly (readonly [collection: string, identifier: string])[];
  readonly resource: (collection: string, identifier: string) => Resource;
};

export const namespaces = {
  '1.0': 'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.0',
  '1.1': 'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.1',
  '1.2': 'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.2',
  '1.3': 'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-v1',
} as const;

/** A file around these elements. */
export const fileOf = (
  inside: string,
  { type = 'full', version = '1.3' }: { readonly type?: string; readonly version?: keyof typeof namespaces } = {},
): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<enterprise xmlns="${namespaces[version]}"><properties lang="nb"><datasource>sas@fjord</datasource><type>${type}</type><datetime>2026-10-01T03:00:00</datetime></properties>\n${inside}</enterprise>`;

export const sourcedid = (id: string, type?: string): string =>
  `<sourcedid${type === undefined ? '' : ` sourcedidtype="${type}"`}><source>sas@fjord</source><id>${id}</id></sourcedid>`;

export const person = (
  id: string,
  more: { readonly before?: string; readonly after?: string; readonly head?: string } = {},
): string =>
  `<person${more.head ?? ''}>${sourcedid(id)}${more.before ?? ''}<name><fn>Ida Prøve</fn><n><family>Prøve</family><given>Ida</given></n></name>${more.after ?? ''}</person>\n`;

export const group = (
  id: string,
  scheme: 'org' | 'grp',
  [level, text]: readonly [string, string],
  parent: string,
  more: {
    readonly short?: string;
    readonly timeframe?: string;
    readonly extension?: string;
    readonly head?: string;
  } = {},
): string =>
  `<group${more.head ?? ''}>${sourcedid(id)}<grouptype><scheme>pifu-ims-go-${scheme}</scheme><typevalue level="${level}">${text}</typevalue></grouptype><description><short>${more.short ?? id}</short></description>${more.timeframe ?? ''}<relationship relation="1">${sourcedid(parent)}<label>x</label></relationship>${more.extension ?? ''}</group>\n`;

export const membership = (holder: string, ...members: readonly (readonly [person: string, roles: string])[]): string =>
  `<membership>${sourcedid(holder)}${members.map(([id, roles]) => `<member>${sourcedid(id)}<idtype>1</idtype>${roles}</member>`).join('\n')}</membership>\n`;

export const role = (type: string, inside = '<status>1</status>', attributes = ''): string =>
  `<role roletype="${type}"${attributes}>${inside}</role>`;

const unit =
  '<extension><pifu_id type="organizationNumber"><pifu_value>NO310000019</pifu_value></pifu_id><pifu_name type="legalName"><pifu_value>Fjord</pifu_value></pifu_name></extension>';
/** An owner and a school. */
export const school: string = `${group('o', 'org', ['1', 'skoleeier'], 'o', { extension: unit })}${group('s', 'org', ['2', 'skole'], 'o', { extension: unit })}`;

export async function* bytesOf(text: string | Uint8Array, size = 4_096): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The records of a file, and what is told of it. */
export const readAll = async (
  text: string | Uint8Array,
): Promise<{ readonly records: readonly PifuRecord[]; readonly findings: readonly PifuFinding[] }> => {
  const findings: PifuFinding[] = [];
  const records: PifuRecord[] = [];
  for await (const some of readPifu(bytesOf(text), (finding) => findings.push(finding))) records.push(...some);
  return { records, findings };
};

const memorySpool = (): ImportSpool => {
  const lines: string[] = [];
  return { put: (line) => lines.push(line), read: () => lines };
};

/** Imports a file. */
export const importFile = async (
  text: string | Uint8Array,
  {
    source = null,
    secret = () => Buffer.alloc(32, 7),
    known = [],
    bounds,
  }: {
    readonly source?: string | null;
    readonly secret?: () => Buffer;
    readonly known?: readonly KnownGroup[];
    readonly bounds?: ImportBounds;
  } = {},
): Promise<Imported> => {
  const findings: PifuFinding[] = [];
  const entries = new Map<string, Map<string, Resource>>();
  const removed: (readonly [string, string])[] = [];
  let count = 0;
  const work = createImport({
    random: systemRandom,
    source,
    secret,
    known,
    today: '2026-10-01',
    sink: {
      entry: (collection, identifier, resource) => {
        count += 1;
        const of = entries.get(collection) ?? new Map<string, Resource>();
        entries.set(collection, of);
        of.set(identifier, JSON.parse(JSON.stringify(resource)) as Resource);
      },
      removed: (collection, identifier) => removed.push([collection, identifier]),
    },
    persons: memorySpool(),
    enrolments: memorySpool(),
    tell: (finding) => findings.push(finding),
    ...(bounds === undefined ? {} : { bounds }),
  });
  for await (const records of readPifu(bytesOf(text), (finding) => findings.push(finding)))
    for (const record of records) work.take(record);
  const file = work.finish();
  return {
    file,
    findings: findings.toSorted((one, other) => one.line - other.line),
    entries,
    count,
    removed,
    resource: (collection, identifier) => {
      const found = entries.get(collection)?.get(identifier);
      if (found === undefined)
        throw new Error(
          `${collection} has no ${identifier}, but ${[...(entries.get(collection)?.keys() ?? [])].join(' ')}`,
        );
      return found;
    },
  };
};
