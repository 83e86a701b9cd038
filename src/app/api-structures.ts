// What the APIs of a running hub consist of, read from what they publish about themselves, the first time that somebody asks. Made by compose.ts for announcements and
// promotions.
import type { Artefact } from '#apis/api.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { statuses, type Coordinate, type Status } from '#catalogue/contract.ts';
import { openApiStructure, type DescribedParts } from '#catalogue/openapi-structure.ts';
import { isMap } from '#catalogue/gate/json-tree.ts';
import { statusesOf, type Structure } from '#catalogue/status-rules.ts';
import { sdlStructure } from '#graphql/sdl-structure.ts';

/** An API with its parts. */
export type KnownApi = {
  readonly structure: Structure;
  readonly of: ReadonlyMap<Coordinate, Status>;
  readonly undescribed: ReadonlySet<Coordinate>;
};

export type ApiStructures = { readonly known: (api: string) => KnownApi | null };

const isStatus = (text: string): text is Status => statuses.some((status) => status === text);

const readSdl = (text: string): DescribedParts => {
  const parts = sdlStructure(text);
  return {
    parts: parts.map(({ coordinate, within, leansOn }) => ({ coordinate, within, leansOn })),
    marks: parts.flatMap(({ coordinate, mark }) =>
      mark !== null && isStatus(mark) ? [{ coordinate, status: mark, source: 'its description' }] : [],
    ),
    undescribed: parts.filter(({ described }) => !described).map(({ coordinate }) => coordinate),
  };
};

const readArtefact = ({ name, text }: Artefact): DescribedParts | null => {
  if (name.endsWith('.graphql')) return readSdl(text);
  if (!name.endsWith('.json')) return null;
  const document: unknown = JSON.parse(text);
  return isMap(document) && typeof document['openapi'] === 'string' ? openApiStructure(document) : null;
};

/** Several descriptions of one API (its components, its flags) as one. */
const joined = (read: readonly DescribedParts[]): DescribedParts => {
  const parts = new Map(read.flatMap((one) => one.parts).map((part) => [part.coordinate, part]));
  const marks = new Map(read.flatMap((one) => one.marks).map((mark) => [mark.coordinate, mark]));
  const silent = new Set(read.flatMap((one) => one.undescribed));
  return { parts: [...parts.values()], marks: [...marks.values()], undescribed: [...silent] };
};

/** Looks after the structures of APIs that publish `artefacts`. */
export const createApiStructures = (
  catalogue: Pick<Catalogue, 'apis'>,
  artefacts: () => readonly { readonly api: string; readonly artefact: Artefact }[],
): ApiStructures => {
  const known = new Map<string, KnownApi | null>();
  const read = (api: string): KnownApi | null => {
    const status = catalogue.apis.get(api)?.status;
    const own = artefacts().filter((one) => (one.artefact.of ?? one.api) === api);
    const described = own.flatMap(({ artefact }) => readArtefact(artefact) ?? []);
    if (status === undefined || described.length === 0) return null;
    const { parts, marks, undescribed } = joined(described);
    const structure: Structure = { status, parts, marks };
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
