// What the APIs of a running hub consist of, read from what they publish about themselves, the first time that somebody asks. Made by compose.ts for announcements and
// promotions; the check of the catalogue holds them to the rules.
import type { Artefact } from '#apis/api.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { statuses, type Coordinate, type Status } from '#catalogue/contract.ts';
import { openApiStructure, type DescribedParts } from '#catalogue/openapi-structure.ts';
import { isMap } from '#catalogue/gate/json-tree.ts';
import type { ReleaseSet } from '#catalogue/gate/release-set.ts';
import type { RuleFinding } from '#catalogue/rule-finding.ts';
import { statusesOf, type Part, type Structure } from '#catalogue/status-rules.ts';
import { sdlStructure } from '#graphql/sdl-structure.ts';

/** An API with its parts. */
export type KnownApi = {
  readonly structure: Structure;
  readonly of: ReadonlyMap<Coordinate, Status>;
  readonly undescribed: ReadonlySet<Coordinate>;
};

export type ApiStructures = { readonly known: (api: string) => KnownApi | null };

const isStatus = (text: string): text is Status => statuses.some((status) => status === text);

type Described = Pick<Artefact, 'name' | 'text'>;

const readSdl = ({ name, text }: Described): DescribedParts => {
  const parts = sdlStructure(text);
  return {
    parts: parts.map(({ coordinate, within, leansOn }) => ({ coordinate, within, leansOn })),
    marks: parts.flatMap(({ coordinate, mark }) =>
      mark !== null && isStatus(mark) ? [{ coordinate, status: mark, source: name }] : [],
    ),
    undescribed: parts.filter(({ described }) => !described).map(({ coordinate }) => coordinate),
  };
};

const readArtefact = (described: Described): DescribedParts | null => {
  const { name, text } = described;
  if (name.endsWith('.graphql')) return readSdl(described);
  if (!name.endsWith('.json')) return null;
  const document: unknown = JSON.parse(text);
  if (!isMap(document) || typeof document['openapi'] !== 'string') return null;
  const read = openApiStructure(document);
  return { ...read, marks: read.marks.map((mark) => ({ ...mark, source: name })) };
};

/** Several descriptions of one API (its components, its flags) as one. What they contradict each other in stays, so that the rules find it. */
const joined = (read: readonly DescribedParts[]): DescribedParts => {
  const parts = new Map<Coordinate, Part>();
  for (const part of read.flatMap((one) => one.parts)) {
    const known = parts.get(part.coordinate);
    const leansOn = known === undefined ? part.leansOn : [...new Set([...known.leansOn, ...part.leansOn])];
    parts.set(part.coordinate, { ...part, leansOn });
  }
  const silent = new Set(read.flatMap((one) => one.undescribed));
  return { parts: [...parts.values()], marks: read.flatMap((one) => one.marks), undescribed: [...silent] };
};

/** What is wrong with the statuses of the parts of every API, by what it is described with: marks that contradict each other, and parts that lean on less firm ones. */
export const checkStatuses = ({ apis, artefacts }: ReleaseSet): readonly RuleFinding[] =>
  [...apis].flatMap(([api, { status }]) => {
    const read = artefacts.filter((one) => one.api === api).flatMap((one) => readArtefact(one) ?? []);
    const { parts, marks } = joined(read);
    return statusesOf({ status, parts, marks }).findings.map((one) => ({ ...one, at: `${api} ${one.at}` }));
  });

/** What an API says of its parts beside its documents. */
export type MarksOf = (api: string) => ReadonlyMap<Coordinate, Status>;

/** Looks after the structures of APIs that `artefactsOf` describes; what `marksOf` says of a part counts, whatever its document says. */
export const createApiStructures = (
  catalogue: Pick<Catalogue, 'apis'>,
  artefactsOf: (api: string) => readonly Artefact[],
  marksOf: MarksOf,
): ApiStructures => {
  const known = new Map<string, KnownApi | null>();
  const read = (api: string): KnownApi | null => {
    const status = catalogue.apis.get(api)?.status;
    if (status === undefined) return null;
    const described = artefactsOf(api).flatMap((artefact) => readArtefact(artefact) ?? []);
    if (described.length === 0) return null;
    const { parts, marks, undescribed } = joined(described);
    const named = new Set(parts.map(({ coordinate }) => coordinate));
    const told = [...marksOf(api)].flatMap(([coordinate, mark]) =>
      named.has(coordinate) ? [{ coordinate, status: mark, source: 'the API' }] : [],
    );
    const said = new Set(told.map(({ coordinate }) => coordinate));
    const structure: Structure = {
      status,
      parts,
      marks: [...told, ...marks.filter((one) => !said.has(one.coordinate))],
    };
    return { structure, of: statusesOf(structure).of, undescribed: new Set(undescribed) };
  };
  return {
    known: (api) => {
      const before = known.get(api);
      if (before !== undefined) return before;
      const made = read(api);
      known.set(api, made);
      return made;
    },
  };
};
