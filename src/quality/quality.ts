// What quality offers to the admin API and the command line: how well an organisation's data hang together, as numbers, history and a few
// examples. Types only; built by create-quality.ts. Nothing of it holds a value, a name or a national id.
import type { Text } from '#model/model.ts';

/** Links, or values of attributes. */
export type QualityPart = 'links' | 'rules';

export type QualityQuery = {
  /** A collection path; absent = all. */
  readonly collection?: string;
  readonly part?: QualityPart;
};

/** What one rule found at one place of the resources that one application delivers. */
export type QualityLine = {
  readonly collection: string;
  /** The application that delivers. */
  readonly source: string;
  readonly part: QualityPart;
  readonly rule: string;
  /** Relation, or attribute path. */
  readonly place: string;
  /** Which part of the rule failed; '' for rules of one part. */
  readonly detail: string;
  readonly resources: number;
  /** Links or values. */
  readonly count: number;
  /** Of links: the collection that they lead to, and when it was last synced (epoch ms; null = never). */
  readonly target: { readonly collection: string; readonly syncedAt: number | null } | null;
  readonly explanation: Text;
};

export type QualityScore = {
  readonly collection: string;
  /** The application that delivers; null = all of them together. */
  readonly source: string | null;
  readonly examined: number;
  readonly flawed: number;
  /** Share of resources without findings, 0..1; null when there are no resources. */
  readonly score: number | null;
};

/** How far the examination is behind the data. */
export type QualityBacklog = {
  /** Changes that have not been looked at. */
  readonly changes: number;
  /** Resources that wait to be looked at again because something that they link to came or went. */
  readonly resources: number;
  /** Collections that are being examined from the beginning. */
  readonly collections: readonly string[];
  /** Nothing waits: the numbers say what a full count would. */
  readonly complete: boolean;
};

export type QualitySummary = {
  readonly organisation: string;
  /** Epoch ms. */
  readonly at: number;
  /** False when nothing has been examined yet. */
  readonly examined: boolean;
  readonly backlog: QualityBacklog;
  readonly score: { readonly examined: number; readonly flawed: number; readonly score: number | null };
  /** Worst first: by collection, and by collection and application. */
  readonly collections: readonly QualityScore[];
  readonly sources: readonly QualityScore[];
  /** Most findings first. */
  readonly lines: readonly QualityLine[];
};

export type QualitySample = {
  readonly collection: string;
  readonly rule: string;
  readonly place: string;
  readonly detail: string;
  readonly count: number;
  /** The hub's own id of the resource. */
  readonly resource: string;
  /** Keyed hash of its identifier, as rejections carry it. */
  readonly subject: string;
  /** Address by an identifier that is no national id and says nothing of a person; null when it has none, or is protected. */
  readonly self: string | null;
};

export type QualityTrendPoint = {
  /** `2026-01-05`, UTC. */
  readonly day: string;
  readonly collection: string;
  /** '' = all rules together: then `count` is of resources with findings, and `examined` of all. */
  readonly rule: string;
  readonly count: number;
  readonly examined: number | null;
};

export type QualityTrendQuery = {
  readonly collection?: string;
  readonly rule?: string;
  /** Days, inclusive; absent = the last 30. */
  readonly from?: string;
  readonly to?: string;
};

export type QualityExport = 'summary' | 'samples' | 'trend';

export type Quality = {
  readonly summary: (organisation: string, query: QualityQuery) => Promise<QualitySummary>;
  /** By collection, rule and place, up to 20 of each. */
  readonly samples: (organisation: string, query: QualityQuery) => Promise<readonly QualitySample[]>;
  /** By day, collection and rule. */
  readonly trend: (organisation: string, query: QualityTrendQuery) => Promise<readonly QualityTrendPoint[]>;
  /** The same as text: CSV (RFC 4180, formulas neutralised), or one JSON object a line. */
  readonly text: (
    organisation: string,
    what: QualityExport,
    format: 'csv' | 'ndjson',
    query: QualityQuery & QualityTrendQuery,
  ) => Promise<string>;
};
