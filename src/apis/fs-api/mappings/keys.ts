// What addresses of the API are made of: the parts of each key in their order, by the names that they have as members. One key stands in others (a course in
// its teaching), and so do the members. Read by the mappings, by the addresses and by the description. Data, and what follows from it alone.

/** A part with a value of its own, or the parts of another resource. */
export type KeyMember =
  | { readonly name: string; readonly kind: 'number' | 'text' | 'term' }
  | { readonly name: string; readonly of: ResourceName };

const number = (name: string): KeyMember => ({ name, kind: 'number' });
const text = (name: string): KeyMember => ({ name, kind: 'text' });
const term = (name: string): KeyMember => ({ name, kind: 'term' });
const of = (name: string, resource: ResourceName): KeyMember => ({ name, of: resource });

const person = of('person', 'personer');
const semester = of('semester', 'semestre');

/** By the name of the resource. */
export const keys = {
  personer: [number('personlopenummer')],
  emner: [number('institusjon'), text('kode'), text('versjon')],
  undervisning: [of('emne', 'emner'), semester, number('terminnummer')],
  undervisningsaktiviteter: [of('undervisning', 'undervisning'), text('aktivitet')],
  studentundervisning: [person, of('undervisning', 'undervisning')],
  personroller: [person, number('rollenummer')],
  roller: [text('kode')],
  organisasjonsenheter: [number('institusjon'), number('fakultet'), number('institutt'), number('gruppe')],
  semestre: [number('ar'), term('termin')],
  studienivaer: [text('kode')],
  studieprogrammer: [text('kode')],
  studieretninger: [text('kode')],
  kull: [of('studieprogram', 'studieprogrammer'), semester],
  kullklasser: [of('kull', 'kull'), text('klasse')],
  studieretter: [person, of('studieprogram', 'studieprogrammer'), semester],
  semesterregistreringer: [person, semester],
  studentundervisningsaktiviteter: [person, of('undervisningsaktivitet', 'undervisningsaktiviteter')],
  evukurs: [text('kode'), text('tidsangivelse')],
  evukursdeltakelser: [of('deltaker', 'deltakere'), of('evukurs', 'evukurs')],
  deltakere: [number('deltakernummer')],
  fag: [text('kode')],
  campuser: [text('kode')],
  land: [text('kode')],
  fnrendringer: [person, number('datoForetattSekunder')],
  terminkoder: [term('kode')],
  kvalifikasjonsgrunnlag: [text('kode')],
  tilbudstatuser: [text('kode')],
} as const satisfies Readonly<Record<string, readonly unknown[]>>;

export type ResourceName =
  | 'personer'
  | 'emner'
  | 'undervisning'
  | 'undervisningsaktiviteter'
  | 'studentundervisning'
  | 'personroller'
  | 'roller'
  | 'organisasjonsenheter'
  | 'semestre'
  | 'studienivaer'
  | 'studieprogrammer'
  | 'studieretninger'
  | 'kull'
  | 'kullklasser'
  | 'studieretter'
  | 'semesterregistreringer'
  | 'studentundervisningsaktiviteter'
  | 'evukurs'
  | 'evukursdeltakelser'
  | 'deltakere'
  | 'fag'
  | 'campuser'
  | 'land'
  | 'fnrendringer'
  | 'terminkoder'
  | 'kvalifikasjonsgrunnlag'
  | 'tilbudstatuser';

/** A part of an address: its name, dotted where it stands in a part of another, and what it holds. */
export type KeyPart = { readonly name: string; readonly kind: 'number' | 'text' | 'term' };

const membersOf = (resource: ResourceName): readonly KeyMember[] => keys[resource];

const flattened = (resource: ResourceName, before: string): readonly KeyPart[] =>
  membersOf(resource).flatMap((one) =>
    'of' in one ? flattened(one.of, `${before}${one.name}.`) : [{ name: before + one.name, kind: one.kind }],
  );

const parts = new Map((Object.keys(keys) as readonly ResourceName[]).map((name) => [name, flattened(name, '')]));

/** The parts of an address, in the order in which they stand there. */
export const partsOf = (resource: ResourceName): readonly KeyPart[] => parts.get(resource) ?? [];

/** The members at the top that tell which one it is. */
export const keyMembersOf = (resource: ResourceName): readonly KeyMember[] => membersOf(resource);

/** True for a name of the list. */
export const isResourceName = (name: string): name is ResourceName => Object.hasOwn(keys, name);
