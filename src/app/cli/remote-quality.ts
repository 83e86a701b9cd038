// The quality of an organisation's data as a running hub tells it through the admin API: the same port as over the files of a data directory.
// Used by the quality command.
import type { Result } from '#base/result.ts';
import type {
  Quality,
  QualityQuery,
  QualitySample,
  QualitySummary,
  QualityTrendPoint,
  QualityTrendQuery,
} from '#quality/quality.ts';
import { askOne, type AdminDoor } from './admin-door.ts';
import { failureOf } from './terminal.ts';

type Line = QualitySummary['lines'][number];
type Answered = Omit<QualitySummary, 'at' | 'lines'> & {
  readonly at: string;
  readonly lines: readonly (Omit<Line, 'target'> & {
    readonly target: { readonly collection: string; readonly syncedAt: string | null } | null;
  })[];
};
type List<T> = { readonly items: readonly T[] };

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw failureOf(result.problem);
  return result.value;
};

const lineOf = ({ target, ...line }: Answered['lines'][number]): Line => ({
  ...line,
  target:
    target === null ? null : { ...target, syncedAt: target.syncedAt === null ? null : Date.parse(target.syncedAt) },
});

const address = (organisation: string, what: string, query: QualityQuery & QualityTrendQuery, more = {}): string => {
  const asked = new URLSearchParams({ ...query, ...more }).toString();
  return `/admin/organisations/${encodeURIComponent(organisation)}/quality${what}${asked === '' ? '' : `?${asked}`}`;
};

/** The port over a door. Refusals are what the command line throws. */
export const remoteQuality = (door: AdminDoor): Quality => {
  const places = { summary: '', samples: '/samples', trend: '/trend' } as const;
  return {
    summary: async (organisation, query) => {
      const answered = valueOf(await askOne<Answered>(door, 'GET', address(organisation, '', query)));
      return { ...answered, at: Date.parse(answered.at), lines: answered.lines.map(lineOf) };
    },
    samples: async (organisation, query) =>
      valueOf(await askOne<List<QualitySample>>(door, 'GET', address(organisation, '/samples', query))).items,
    trend: async (organisation, query) =>
      valueOf(await askOne<List<QualityTrendPoint>>(door, 'GET', address(organisation, '/trend', query))).items,
    text: async (organisation, what, format, query) =>
      String(valueOf(await door.ask('GET', address(organisation, places[what], query, { format })))),
  };
};
