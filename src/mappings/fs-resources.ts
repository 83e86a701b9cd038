// What the old FS-API calls the things of study administration: a name for each, the collections that bear it, and the identifier that its addresses hold.
// Used by the API itself and by the change messages that point into it, so that `personer/185498` means the same in both. Data, and how a key is taken apart.
import type { CollectionPath } from '#model/model.ts';
import { joinKey, splitKey } from './natural-key.ts';

/** A resource of the old FS-API. */
export type FsResource = {
  /** Its collection in addresses, and in routing keys and subjects of messages: `personer`. */
  readonly name: string;
  /** Collections of which each resource is one of these. Where a key is found in several, the first counts. */
  readonly collections: readonly [CollectionPath, ...CollectionPath[]];
  /** Collections that are told within it, and have the same key: what changes there is a change of this. */
  readonly within: readonly CollectionPath[];
  /** The identifier, by its attribute, that holds the parts of the key as they stand in an address. */
  readonly key: string;
  /** The member of messages that holds the key. */
  readonly idMember: string;
  /** The name is not known to stand in the original: drawn from the names of its types. */
  readonly reconstructed: boolean;
};

/** The parts of an address by the value of the identifier. A code that is the whole key has no parts, whatever letters it is made of. */
export const addressParts = ({ key }: Pick<FsResource, 'key'>, value: string): readonly string[] =>
  key === natural ? splitKey(value) : [value];

/** The value of the identifier by the parts of an address. */
export const addressKey = ({ key }: Pick<FsResource, 'key'>, parts: readonly string[]): string =>
  key === natural ? joinKey(parts) : parts.join(',');

const natural = 'naturligNokkel';

type Parts = {
  readonly within?: readonly CollectionPath[];
  readonly key?: string;
};

const resource = (
  name: string,
  collections: FsResource['collections'],
  reconstructed: boolean,
  { within = [], key = natural }: Parts = {},
): FsResource => ({ name, collections, within, key, idMember: `${name}_id`, reconstructed });

const inUse = (name: string, collections: FsResource['collections'], parts?: Parts): FsResource =>
  resource(name, collections, false, parts);

const drawn = (name: string, collections: FsResource['collections'], parts?: Parts): FsResource =>
  resource(name, collections, true, parts);

/** Every resource, in the order in which they are told. */
export const fsResources: readonly FsResource[] = [
  inUse('personer', ['fs/person/personprofil'], { within: ['fs/person/student', 'fs/person/fagperson'] }),
  inUse('emner', ['fs/studietilbud/emne']),
  inUse('undervisning', ['fs/undervisning/undervisningsenhet']),
  inUse('undervisningsaktiviteter', ['fs/undervisning/undervisningsaktivitet']),
  inUse('studentundervisning', ['fs/undervisning/emnestudierett', 'fs/undervisning/emnesoknad']),
  inUse('personroller', [
    'fs/rolle/undervisningsaktivitetsrolle',
    'fs/rolle/undervisningsenhetsrolle',
    'fs/rolle/emnerolle',
    'fs/rolle/studieprogramrolle',
    'fs/rolle/kullrolle',
    'fs/rolle/klasserolle',
    'fs/rolle/evukursrolle',
    'fs/rolle/organisasjonsenhetsrolle',
    'fs/rolle/timeplanrolle',
  ]),
  inUse('roller', ['fs/rolle/fsrolle'], { key: 'kode' }),
  inUse('organisasjonsenheter', ['fs/organisasjon/organisasjonsenhet']),
  inUse('semestre', ['fs/termin/termin']),
  inUse('studienivaer', ['fs/studietilbud/studieniva'], { key: 'kode' }),
  drawn('studieprogrammer', ['fs/studietilbud/studieprogram']),
  drawn('studieretninger', ['fs/studietilbud/studieretning']),
  drawn('kull', ['fs/studietilbud/kull']),
  drawn('kullklasser', ['fs/studietilbud/klasse']),
  drawn('studieretter', ['fs/studierett/programstudierett']),
  drawn('semesterregistreringer', ['fs/studierett/semesterregistrering']),
  drawn('studentundervisningsaktiviteter', ['fs/undervisning/partiplassering']),
  drawn('evukurs', ['fs/studietilbud/evukurs']),
  drawn('evukursdeltakelser', ['fs/studietilbud/evukursdeltakelse']),
  drawn('deltakere', ['fs/person/deltaker']),
  drawn('fag', ['fs/studietilbud/fag']),
  drawn('campuser', ['fs/organisasjon/campus']),
  drawn('land', ['fs/felles/land'], { key: 'landkodeAlfa3' }),
  drawn('fnrendringer', ['fs/person/fodselsnummerendring']),
  drawn('terminkoder', ['fs/termin/terminbetegnelse']),
  drawn('kvalifikasjonsgrunnlag', ['hoyereutdanning/register/kvalifikasjonsgrunnlag'], { key: 'kode' }),
  drawn('tilbudstatuser', ['hoyereutdanning/register/tilbudstatus'], { key: 'kode' }),
];
