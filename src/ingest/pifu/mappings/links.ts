// Where links of imported entries lead: collections of the model and the identifier by which each is found. Called by the mappings beside it.

export type Link = { readonly href: string };
export type Links = Readonly<Record<string, readonly Link[]>>;

const plain = /^[\w.@:+-]+$/;

const to =
  (collection: string, identifier: string) =>
  (value: string): Link => ({
    href: plain.test(value) ? `${identifier}/${value}` : `/${collection}/${identifier}/${encodeURIComponent(value)}`,
  });

const places = {
  person: ['utdanning/elev/person', 'fodselsnummer'],
  staffPerson: ['administrasjon/personal/person', 'fodselsnummer'],
  employee: ['administrasjon/personal/personalressurs', 'systemid'],
  schoolResource: ['utdanning/elev/skoleressurs', 'systemid'],
  pupil: ['utdanning/elev/elev', 'systemid'],
  enrolment: ['utdanning/elev/elevforhold', 'systemid'],
  owner: ['grunnskole/kommune/skoleeier', 'systemid'],
  school: ['utdanning/utdanningsprogram/skole', 'systemid'],
  subject: ['utdanning/timeplan/fag', 'systemid'],
  afterSchool: ['grunnskole/sfo/sfo', 'systemid'],
  afterSchoolPlace: ['grunnskole/sfo/sfoplass', 'systemid'],
  guardianship: ['grunnskole/foresatt/foresattforhold', 'systemid'],
  absences: ['utdanning/vurdering/elevfravar', 'systemid'],
  assessment: ['utdanning/vurdering/elevvurdering', 'systemid'],
  mark: ['utdanning/vurdering/karakterverdi', 'systemid'],
  year: ['utdanning/kodeverk/skolear', 'systemid'],
  level: ['utdanning/utdanningsprogram/arstrinn', 'systemid'],
  gender: ['felles/kodeverk/iso/kjonn', 'systemid'],
  language: ['felles/kodeverk/iso/sprak', 'systemid'],
  municipality: ['felles/kodeverk/kommune', 'systemid'],
  groupKind: ['grunnskole/kodeverk/skolegruppetype', 'systemid'],
  offer: ['grunnskole/kodeverk/skoleslag', 'systemid'],
  positionKind: ['grunnskole/kodeverk/stillingstype', 'systemid'],
  bondSource: ['grunnskole/kodeverk/foresattkilde', 'systemid'],
  absenceKind: ['utdanning/kodeverk/fravarstype', 'systemid'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
export type Place = keyof typeof places;

const makers = Object.fromEntries(
  Object.entries(places).map(([name, [collection, identifier]]) => [name, to(collection, identifier)]),
) as Readonly<Record<Place, (value: string) => Link>>;

/** A relation with exactly one link. */
export const link = (place: Place, value: string): readonly Link[] => [makers[place](value)];

/** A relation with a link for each value. */
export const links = (place: Place, values: readonly string[]): readonly Link[] => values.map(makers[place]);

/** A relation to any collection, by its systemId. */
export const linkTo = (collection: string, value: string): readonly Link[] => [to(collection, 'systemid')(value)];

/** The collection of a place. */
export const collectionOf = (place: Place): string => places[place][0];

/** A civil date as the model keeps it: at noon, which is the same day in Norway. */
export const noon = (date: string): string => `${date}T12:00:00Z`;

/** A period, with the ends that are known; null when none is. */
export const period = (begin: string | null, end: string | null): object | null =>
  begin === null && end === null
    ? null
    : { ...(begin === null ? {} : { start: noon(begin) }), ...(end === null ? {} : { slutt: noon(end) }) };

export const identified = (value: string): object => ({ identifikatorverdi: value });
