// The contract of each part of an API that OpenAPI describes, in the form that the GraphQL APIs have for theirs: which parts are offered under another status than the API,
// and which are to go. Called by catalogue-api.ts. Pure.
import type { Artefact } from '#apis/api.ts';
import type { Change, Coordinate, Status } from '#catalogue/contract.ts';
import { openApiStructure } from '#catalogue/openapi-structure.ts';
import { dayOf, plannedDay, type Shown, type ShownApi } from './shown.ts';

/** What documents say of parts. */
export type PartMarks = ReadonlyMap<Coordinate, Status>;

/** The marks in the OpenAPI documents among some artefacts; those of others are left alone. */
export const marksIn = (artefacts: readonly Artefact[]): PartMarks =>
  new Map(
    artefacts.flatMap(({ type, text }) => {
      if (!type.startsWith('application/json')) return [];
      const document: unknown = JSON.parse(text);
      return isOpenApi(document)
        ? openApiStructure(document).marks.map(({ coordinate, status }) => [coordinate, status] as const)
        : [];
    }),
  );

const isOpenApi = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && ('openapi' in value || 'swagger' in value);

/** JSON, an element a line. */
export const restContracts = (api: ShownApi, marks: PartMarks, shown: Shown): string => {
  const going = new Map<Coordinate, Change>(
    api.changes
      .filter(({ kind, doneAt }) => kind === 'breaking' && doneAt === null)
      .flatMap((change) => change.coordinates.map((coordinate) => [coordinate, change] as const)),
  );
  const differing = [...marks].filter(([, status]) => status !== api.status).map(([coordinate]) => coordinate);
  const coordinates = [...new Set([...differing, ...going.keys()])].toSorted();
  const elements = coordinates.map((coordinate) => {
    const change = going.get(coordinate) ?? null;
    return JSON.stringify({
      coordinate,
      status: marks.get(coordinate) ?? api.status,
      since: null,
      deprecated: change?.text.en ?? null,
      announced: change?.announcedAt === null || change === null ? null : dayOf(change.announcedAt),
      earliestRemoval: change === null ? null : plannedDay(change, shown),
      replacement: change?.replacement ?? null,
    });
  });
  const whole = JSON.stringify({
    api: api.id,
    catalogueVersion: shown.current?.version ?? null,
    status: api.status,
    since: api.since,
  });
  return `${whole.slice(0, -1)},"elements":[\n${elements.join(',\n')}\n]}\n`;
};
