// What descriptions say of the contracts of single parts, and of what is announced for them: from lists of contracts, and from marks in OpenAPI, JSON Schema
// and the model. Read from what was released, because the promise that counts is the one that was made.
import { describedModelType } from '#model/describe-model.ts';
import { lastSecondOf, startOfDay } from '../calendar.ts';
import { statuses, type Change, type Coordinate, type Status } from '../contract.ts';
import { listOf, mapOf, textOf, type JsonMap } from './json-tree.ts';
import { openApiStructure } from '../openapi-structure.ts';
import { isAsFirm } from '../status-rules.ts';
import { aroundPart } from './coordinates.ts';
import { partMark } from './marks.ts';
import type { ReleasedArtefact, ReleaseSet } from './release-set.ts';
import { partOfAddress } from './schema-set-differences.ts';

export type PromisedPart = {
  /** Null = as what it stands in. */
  readonly status: Status | null;
  /** Days; null = nothing is announced. */
  readonly announced: string | null;
  readonly earliestRemoval: string | null;
  readonly replacement: string | null;
};

const statusOf = (value: unknown): Status | null => statuses.find((one) => one === value) ?? null;

/** The parts of a list of contracts, which is a list or has one as `elements`. */
export const listedParts = (text: string): ReadonlyMap<Coordinate, PromisedPart> => {
  const value: unknown = JSON.parse(text);
  const rows = Array.isArray(value) ? value : listOf(mapOf(value)['elements']);
  return new Map(
    rows.flatMap((row) => {
      const { coordinate, status, announced, earliestRemoval, replacement } = mapOf(row);
      if (typeof coordinate !== 'string') return [];
      const part: PromisedPart = {
        status: statusOf(status),
        announced: textOf(announced),
        earliestRemoval: textOf(earliestRemoval),
        replacement: textOf(replacement),
      };
      return [[coordinate, part]];
    }),
  );
};

/** The marks of all parts of a release: by API, by coordinate. */
export const marksOfRelease = ({ artefacts }: ReleaseSet): ReadonlyMap<string, ReadonlyMap<Coordinate, Status>> => {
  const marks = new Map<string, Map<Coordinate, Status>>();
  for (const artefact of artefacts) {
    const of = marks.get(artefact.api) ?? new Map<Coordinate, Status>();
    marks.set(artefact.api, of);
    for (const [coordinate, status] of marksOf(artefact)) of.set(coordinate, status);
  }
  return marks;
};

const marksOf = ({ name, type, text }: ReleasedArtefact): readonly (readonly [Coordinate, Status])[] => {
  if (name.endsWith('/contracts.json'))
    return [...listedParts(text)].flatMap(([coordinate, { status }]) =>
      status === null ? [] : [[coordinate, status]],
    );
  if (type === describedModelType) return marksInModel(JSON.parse(text));
  if (!type.includes('json') || !text.includes(partMark)) return [];
  const document = mapOf(JSON.parse(text));
  if (!('openapi' in document)) return marksOfSchemas(document);
  return openApiStructure(document).marks.map(({ coordinate, status }) => [coordinate, status]);
};

const marked = (coordinate: Coordinate, value: unknown): readonly (readonly [Coordinate, Status])[] => {
  const status = statusOf(value);
  return status === null ? [] : [[coordinate, status]];
};

const marksInModel = (model: unknown): readonly (readonly [Coordinate, Status])[] =>
  Object.entries(mapOf(mapOf(model)['classes'])).flatMap(([name, of]) =>
    ['attributes', 'relations'].flatMap((kind) =>
      Object.entries(mapOf(mapOf(of)[kind])).flatMap(([member, one]) =>
        marked(`${name}.${member}`, mapOf(one)['contract']),
      ),
    ),
  );

/** Of a set of schemas by their addresses, as schema-set-differences.ts calls their parts. */
const marksOfSchemas = (document: JsonMap): readonly (readonly [Coordinate, Status])[] =>
  Object.entries(document).flatMap(([address, schema]) => {
    const of = mapOf(schema);
    const name = partOfAddress(address);
    const members = { ...mapOf(of['properties']), ...linksOf(of) };
    return [
      ...marked(name, of[partMark]),
      ...Object.entries(members).flatMap(([member, one]) => marked(`${name}.${member}`, mapOf(one)[partMark])),
    ];
  });

const linksOf = (schema: JsonMap): JsonMap =>
  Object.fromEntries(
    Object.entries(mapOf(mapOf(mapOf(schema['properties'])['_links'])['properties'])).map(([name, one]) => [
      `_links.${name}`,
      one,
    ]),
  );

/**
 * The status that each part had in a release (R1): its own mark, but never firmer than what it stands in; a part that stands in nothing has its mark, else the
 * status of the API.
 */
export const statusesOfRelease = (
  release: ReleaseSet,
  unknown: Status,
): ((api: string, coordinate: Coordinate) => Status) => {
  const marks = marksOfRelease(release);
  return (api, coordinate) => {
    const whole = release.apis.get(api)?.status ?? unknown;
    const [outermost, ...inner] = aroundPart(coordinate).slice(0, -1).toReversed();
    const of = marks.get(api);
    const own = (part: Coordinate | undefined): Status | undefined => (part === undefined ? undefined : of?.get(part));
    return inner.reduce<Status>(
      (around, part) => {
        const mark = own(part);
        return mark === undefined || !isAsFirm(around, mark) ? around : mark;
      },
      own(outermost) ?? whole,
    );
  };
};

/** What a release itself announces of its parts, as changes: the day of the announcement counts to its end. */
export const changesOfRelease = ({ artefacts }: ReleaseSet): readonly Change[] =>
  artefacts
    .filter(({ name }) => name.endsWith('/contracts.json'))
    .flatMap(({ api, text }) =>
      [...listedParts(text)].flatMap(([coordinate, { announced, earliestRemoval, replacement }]) =>
        announced === null ? [] : [announcedPart(api, coordinate, announced, earliestRemoval, replacement)],
      ),
    );

const announcedPart = (
  api: string,
  coordinate: Coordinate,
  announced: string,
  until: string | null,
  replacement: string | null,
): Change => ({
  id: `${api}-${coordinate}`,
  api,
  coordinates: [coordinate],
  kind: 'breaking',
  text: { nb: `${coordinate} blir borte.`, en: `${coordinate} goes.` },
  migration: null,
  replacement,
  withoutReplacement: null,
  announcedAt: lastSecondOf(announced),
  planned: { at: startOfDay(until ?? announced) },
  emergency: null,
  doneAt: null,
});
