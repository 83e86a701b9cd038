// What answers say of parts that will go: headers for operations (RFC 9745, RFC 8594), entries for GraphQL documents. Made anew when something is announced, and found
// by coordinate for every request. Built by compose.ts over the changes in force; knows no HTTP server and no API.
import { civilDay, type Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Announcements } from './announcements.ts';
import { releaseOf, startOfDay } from './calendar.ts';
import type { Catalogue, CatalogueApi } from './catalogue.ts';
import type { Change, Coordinate, Release } from './contract.ts';
import { touches } from './impact.ts';
import { operationParts, type LeaningPart } from './operation-parts.ts';
import { expandPath } from './path-template.ts';

/** Parts that will go, by one announcement. */
export type GoingParts = {
  /** Of the change; null = the API as a whole retires. */
  readonly change: string | null;
  readonly api: string;
  readonly coordinates: readonly Coordinate[];
  readonly announcedAt: number;
  /** Before it nothing of this goes. */
  readonly earliestRemoval: number;
  /** A coordinate or an address. */
  readonly replacement: string | null;
  readonly text: Change['text'];
};

/** What an answer to a document says of one part that it uses. */
export type EndingNote = {
  readonly coordinate: Coordinate;
  /** `2026-11-22`, civil dates in Norway. */
  readonly announced: string;
  readonly earliestRemoval: string;
  readonly replacement: string | null;
  readonly message: string;
};

/** What of a request decides what is said of it. */
export type NotedRequest = { readonly path: string; readonly query: { readonly has: (name: string) => boolean } };

export type ContractNotes = {
  /** Names and values of headers, flat; null = nothing is to be said. `part` is the operation called, null = none that can be named. */
  readonly headersOf: (api: string, part: Coordinate | null, request: NotedRequest) => readonly string[] | null;
  /** The same of an API that retires as a whole, whatever of it is called; null where it does not. */
  readonly headersOfRetiring: (api: string, request: NotedRequest) => readonly string[] | null;
  /** What of the parts that were used will go; found again by the list itself. */
  readonly endingOf: (api: string, uses: readonly Coordinate[]) => readonly EndingNote[];
  /** What touches a part that was used: an operation with whatever of it, or a part of a schema with what it stands in. */
  readonly touching: (api: string, used: Coordinate) => readonly GoingParts[];
  /** All that will go of all APIs. */
  readonly going: () => readonly GoingParts[];
  /** Looks at what is in force. Never rejects: what was known before goes on being said. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
};

export type ContractNotesDeps = {
  readonly catalogue: Pick<Catalogue, 'apis' | 'releases'>;
  readonly announcements: Announcements;
  /** The parts of an API with what each leans on; null where they are not known. Asked only for APIs of which a schema changes. */
  readonly partsOf: (api: string) => readonly LeaningPart[] | null;
  readonly clock: Clock;
  readonly observe: Observe;
};

const refreshMs = 1_000;
/** Announcements that one answer links to, and parts that it tells of, at most. */
const linksAtMost = 8;
const partsAtMost = 100;

/** Builds the notes; nothing is known before the first `refresh`. */
export const createContractNotes = (deps: ContractNotesDeps): ContractNotes => {
  const { catalogue, announcements, clock, observe } = deps;
  let version = -1;
  let going: readonly GoingParts[] = [];
  let ofApis: ReadonlyMap<string, ApiNotes> = new Map();
  let failing = false;

  const refresh = async (): Promise<void> => {
    try {
      const inForce = await announcements.current();
      failing = false;
      if (inForce.version === version) return;
      going = [...retiring(catalogue), ...inForce.changes.flatMap((change) => goingBy(change, catalogue.releases))];
      ofApis = new Map(
        [...Map.groupBy(going, ({ api }) => api)].map(([api, parts]) => [
          api,
          notesOf(parts, catalogue.apis.get(api), () => deps.partsOf(api), catalogue),
        ]),
      );
      version = inForce.version;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!failing) observe({ kind: 'setting', message: `What is announced could not be read: ${reason}` });
      failing = true;
    }
  };
  const stop = clock.every(refreshMs, () => void refresh());

  return {
    headersOf: (api, part, request) => ofApis.get(api)?.headersOf(part, request) ?? null,
    headersOfRetiring: (api, request) =>
      catalogue.apis.get(api)?.status === 'retiring' ? (ofApis.get(api)?.headersOf(null, request) ?? null) : null,
    endingOf: (api, uses) => ofApis.get(api)?.endingOf(uses) ?? nothing,
    touching: (api, used) => ofApis.get(api)?.touching(used) ?? nothing,
    going: () => going,
    refresh,
    close: stop,
  };
};

const nothing: readonly never[] = Object.freeze([]);

/** What breaks those who use it and has not been done yet. It was held to the rules when it was announced: it is planned for a lawful moment. */
const goingBy = (change: Change, releases: readonly Release[]): readonly GoingParts[] => {
  const { id, api, coordinates, kind, announcedAt, doneAt, planned, replacement, text } = change;
  const at = 'at' in planned ? planned.at : (releaseOf(releases, planned.release)?.at ?? null);
  if (kind !== 'breaking' || announcedAt === null || doneAt !== null || at === null) return [];
  // It never goes before it was announced, whatever an emergency says.
  const earliestRemoval = Math.max(announcedAt, at);
  return [{ change: id, api, coordinates, announcedAt, earliestRemoval, replacement, text }];
};

/** APIs that retire as a whole. */
const retiring = ({ apis }: Pick<Catalogue, 'apis'>): readonly GoingParts[] =>
  [...apis.values()].flatMap(({ id, status, since, retiringAt, successor }) =>
    status !== 'retiring' || retiringAt === null
      ? []
      : [
          {
            change: null,
            api: id,
            coordinates: ['*'],
            announcedAt: startOfDay(since),
            earliestRemoval: retiringAt,
            replacement: successor === null ? null : (apis.get(successor.api)?.path ?? null),
            text: successor?.migration ?? retires,
          },
        ],
  );

const retires: Change['text'] = { nb: 'API-et avvikles.', en: 'The API retires.' };

// --- One API ------------------------------------------------------------------------------------------------------------------

type ApiNotes = {
  readonly headersOf: (part: Coordinate | null, request: NotedRequest) => readonly string[] | null;
  readonly endingOf: (uses: readonly Coordinate[]) => readonly EndingNote[];
  readonly touching: (used: Coordinate) => readonly GoingParts[];
};

/** What is said of an operation: always, and with a parameter that is given. */
type Said = {
  readonly always: readonly GoingParts[];
  readonly with: ReadonlyMap<string, readonly GoingParts[]>;
  /** Where nothing of it depends on the request. */
  readonly headers: readonly string[] | null;
  readonly depends: boolean;
};

const notesOf = (
  going: readonly GoingParts[],
  api: CatalogueApi | undefined,
  partsOf: () => readonly LeaningPart[] | null,
  catalogue: Pick<Catalogue, 'apis'>,
): ApiNotes => {
  const base = api?.path ?? '';
  const page = `/catalogue/apis/${api?.id ?? ''}`;
  const byCoordinate = new Map<Coordinate, GoingParts>();
  // What goes first stands for a part that several announcements name.
  for (const parts of going.toSorted((a, b) => b.earliestRemoval - a.earliestRemoval))
    for (const coordinate of parts.coordinates) byCoordinate.set(coordinate, parts);
  const leaning = operationParts(partsOf);
  const said = new Map<Coordinate | null, Said>();
  const ended = new WeakMap<readonly Coordinate[], readonly EndingNote[]>();

  const headersFor = (parts: readonly GoingParts[], part: Coordinate | null, path: string | null) =>
    parts.length === 0 ? null : headersFrom(parts, page, (one) => successorOf(one, { part, path, base, catalogue }));

  const sayOf = (part: Coordinate | null): Said => {
    const found = going.map((one) => ({ one, by: one.coordinates.flatMap((at) => touching(part, at, leaning)) }));
    const always = found.flatMap(({ one, by }) => (by.includes('') ? [one] : []));
    const given = new Map<string, GoingParts[]>();
    for (const { one, by } of found)
      if (!by.includes('')) for (const name of by) given.set(name, [...(given.get(name) ?? []), one]);
    const depends = given.size > 0 || always.some(({ replacement }) => replacement?.includes('{') === true);
    return { always, with: given, depends, headers: depends ? null : headersFor(always, part, null) };
  };

  return {
    headersOf: (part, { path, query }) => {
      let known = said.get(part);
      if (known === undefined) said.set(part, (known = sayOf(part)));
      if (!known.depends) return known.headers;
      const here = [...known.with].flatMap(([name, parts]) => (query.has(name) ? parts : []));
      return headersFor([...new Set([...known.always, ...here])], part, path);
    },
    endingOf: (uses) => {
      const before = ended.get(uses);
      if (before !== undefined) return before;
      const notes = new Map<Coordinate, EndingNote>();
      for (const coordinate of ['*', ...uses.flatMap(withWholes)]) {
        const parts = byCoordinate.get(coordinate);
        if (parts !== undefined) notes.set(coordinate, noteOf(coordinate, parts));
      }
      const list = notes.size === 0 ? nothing : [...notes.values()].slice(0, partsAtMost);
      ended.set(uses, list);
      return list;
    },
    touching: (used) =>
      going.filter(({ coordinates }) =>
        coordinates.some((changed) =>
          isOperation(used) ? touching(used, changed, leaning).length > 0 : touches(used, changed),
        ),
      ),
  };
};

/** A part of a schema, and what it stands in: `Type.field(argument:)`, `Type.field`, `Type`. */
const withWholes = (coordinate: Coordinate): readonly Coordinate[] => {
  const [field = ''] = coordinate.split('(');
  const [type = ''] = field.split('.');
  return [coordinate, field, type];
};

const isOperation = (coordinate: Coordinate): boolean => /^[A-Z]+ \//.test(coordinate);

/** How a change of a part touches an operation: by `''` always, by a name when that parameter is given; by nothing not at all. */
const touching = (
  part: Coordinate | null,
  changed: Coordinate,
  leaning: (operation: Coordinate) => ReadonlySet<Coordinate>,
): readonly string[] => {
  if (changed === '*') return [''];
  if (part === null) return [];
  if (changed === part) return [''];
  if (isOperation(changed)) {
    if (!changed.startsWith(part)) return [];
    const rest = changed.slice(part.length);
    return rest.startsWith('?') ? [rest.slice(1)] : rest.startsWith(' ') ? [''] : [];
  }
  const schema = changed.split('.')[0] ?? '';
  return leaning(part).has(schema) ? [''] : [];
};

const noteOf = (
  coordinate: Coordinate,
  { announcedAt, earliestRemoval, replacement, text }: GoingParts,
): EndingNote => ({
  coordinate,
  announced: civilDay(announcedAt).date,
  earliestRemoval: civilDay(earliestRemoval).date,
  replacement,
  message: text.en,
});

// --- Headers ------------------------------------------------------------------------------------------------------------------

/** Several announcements as one: since the first of them it is deprecated, and it ends with the first that takes effect. */
const headersFrom = (
  parts: readonly GoingParts[],
  page: string,
  successor: (one: GoingParts) => string | null,
): readonly string[] => {
  const announced = Math.min(...parts.map(({ announcedAt }) => announcedAt));
  const ends = Math.min(...parts.map(({ earliestRemoval }) => earliestRemoval));
  const named = parts.slice(0, linksAtMost);
  const links = [
    ...named.map(
      ({ change }) => `<${page}${change === null ? '' : `#${encodeURIComponent(change)}`}>; rel="deprecation"`,
    ),
    ...named.flatMap((one) => {
      const next = successor(one);
      return next === null ? [] : [`<${next}>; rel="successor-version"`];
    }),
  ];
  return [
    'Deprecation',
    `@${Math.floor(announced / 1_000)}`,
    'Sunset',
    new Date(ends).toUTCString(),
    'Link',
    [...new Set(links)].join(', '),
  ];
};

const isAddress = /^(?:\/|https:\/\/)[^\s<>"{}\\^`|]*$/;

/** The address of what takes the place of an operation, with the names in it as the request has them; null where it cannot be told. */
const successorOf = (
  { replacement, coordinates }: GoingParts,
  {
    part,
    path,
    base,
    catalogue,
  }: {
    readonly part: Coordinate | null;
    readonly path: string | null;
    readonly base: string;
    readonly catalogue: Pick<Catalogue, 'apis'>;
  },
): string | null => {
  if (replacement === null) return null;
  // Of a parameter or a member the operation stays.
  if (!coordinates.includes('*') && (part === null || !coordinates.includes(part))) return null;
  const other = catalogue.apis.get(replacement)?.path;
  if (other !== undefined && other !== null) return other;
  if (isAddress.test(replacement)) return replacement;
  const to = /^[A-Z]+ (\/[^\s<>"\\^`|]*)$/.exec(replacement)?.[1];
  const expanded = to === undefined ? null : expandPath(to, part?.slice(part.indexOf(' ') + 1) ?? '', path, base);
  // What was sent may hold anything.
  return expanded !== null && isAddress.test(expanded) ? expanded : null;
};
