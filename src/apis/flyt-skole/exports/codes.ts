// What the codes of a report say, in words: why something is left out, what is lost on the way, how far a run has come. Used by the description and by
// the report as text. Data only.
import type { Text } from '#model/model.ts';
import type { DropCode, ExclusionCode, ExportReport, ExportState } from './ports.ts';

const text = (nb: string, en: string): Text => ({ nb, en });

/** Why a person, a school, a group or a membership is not in the file. */
export const exclusionWords: Readonly<Record<ExclusionCode, Text>> = {
  'no-name': text('mangler fornavn eller etternavn', 'has no given name or no family name'),
  'no-national-id': text(
    'profilen har bare med dem som har fødselsnummer, og det mangler, er ikke åpnet eller er ikke noe fødselsnummer',
    'the profile holds only those with a national id, which is missing, not opened, or none at all',
  ),
  'national-id-twice': text(
    'har samme fødselsnummer som en annen i filen, der det er id-en',
    'has the national id of somebody else in the file, where that is the id',
  ),
  'national-id-elsewhere': text(
    'har et fødselsnummer i et felt for noe annet, og er med uten det feltet',
    'has a national id in a field for something else, and is in the file without that field',
  ),
  'not-enrolled': text('er ikke elev i dag', 'is not enrolled today'),
  'not-employed': text('er ikke ansatt i dag', 'is not employed today'),
  'no-role': text('har ingen rolle ved skolene i filen', 'has no role at the schools of the file'),
  'no-school': text('hører ikke til noen skole', 'belongs to no school'),
  'school-outside': text('hører til en skole som ikke er bedt om', 'belongs to a school that was not asked for'),
  'year-outside': text('hører til et annet skoleår', 'belongs to another school year'),
  'not-active': text('er ikke aktiv', 'is not active'),
  'no-short-name': text('mangler navn', 'has no name'),
  'no-grep-code': text(
    'faggruppe uten fagkode fra Grep, som formatet krever',
    'teaching group without a subject code of Grep, which the format demands',
  ),
  'type-unknown-to-version': text(
    'versjonen av formatet har ikke typen',
    'the version of the format does not know the type',
  ),
  'ends-before-it-starts': text('slutter før det begynner', 'ends before it starts'),
  'has-ended': text('er over', 'has ended'),
  'person-left-out': text('personen er ikke med', 'the person is left out'),
  'guardian-outside': text('formatet har ikke foresatte', 'the format holds no guardians'),
  'group-left-out': text('gruppen er ikke med', 'the group is left out'),
  'no-organisation-number': text(
    'mangler gyldig organisasjonsnummer, som formatet krever',
    'has no valid organisation number, which the format demands',
  ),
};

/** Why a value is not in the file, or not as it was. */
export const dropWords: Readonly<Record<DropCode, Text>> = {
  'unknown-to-version': text(
    'versjonen av formatet har ikke verdien',
    'the version of the format does not know the value',
  ),
  'no-place': text('formatet har ikke plass til verdien', 'the format has no place for the value'),
  'bad-form': text('verdien har ikke formen formatet krever', 'the value does not have the form that is demanded'),
  cut: text('verdien var for lang og ble kortet', 'the value was too long and was cut'),
  characters: text('tegn som XML ikke kan bære, ble utelatt', 'characters that XML cannot carry were left out'),
  'not-decoded': text(
    'skrevet som XML krever, men mottakeren tar det som det står: `&amp;` blir `&amp;`',
    'written as XML demands, but the reader takes it as it stands: `&amp;` stays `&amp;`',
  ),
};

/** How a run stands. */
export const stateWords: Readonly<Record<ExportState, Text>> = {
  queued: text('venter på tur', 'waits for its turn'),
  running: text('blir laget', 'is being made'),
  held: text('venter på bekreftelse', 'waits to be confirmed'),
  ready: text('klar', 'ready'),
  failed: text('mislyktes', 'failed'),
  rejected: text('avvist', 'rejected'),
  cancelled: text('avbrutt', 'cancelled'),
  expired: text('utløpt', 'expired'),
};

/** What a run is at. */
export const stepWords: Readonly<Record<ExportReport['progress']['step'], Text>> = {
  waiting: text('venter', 'waiting'),
  persons: text('personer', 'persons'),
  groups: text('grupper', 'groups'),
  memberships: text('medlemskap', 'memberships'),
  checking: text('kontroll', 'checking'),
  done: text('ferdig', 'done'),
};

/** What may be left out, in the plural. */
export const thingWords: Readonly<Record<ExportReport['excluded']['list'][number]['what'], Text>> = {
  person: text('personer', 'persons'),
  number: text('numre', 'numbers'),
  school: text('skoler', 'schools'),
  group: text('grupper', 'groups'),
  membership: text('medlemskap', 'memberships'),
};

/** A list of codes with what they say, for a description. */
export const listed = (words: Readonly<Record<string, Text>>): Text => ({
  nb: Object.entries(words)
    .map(([code, { nb }]) => `\`${code}\`: ${nb}`)
    .join('; '),
  en: Object.entries(words)
    .map(([code, { en }]) => `\`${code}\`: ${en}`)
    .join('; '),
});
