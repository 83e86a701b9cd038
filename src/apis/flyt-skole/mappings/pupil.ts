// Pupil: somebody in the role of pupil, with where he goes to school, and guardians as far as their relation to the child allows (facts 2.2, 10).
// Read by reads/pupils.ts and by the events.
import type { Fields, Mapping } from '#mappings/mapping.ts';
import {
  civilDate,
  day,
  fullName,
  gender,
  level,
  localNumber,
  nationalId,
  numberKind,
  protectionGrade,
  registerStatus,
  schoolYear,
  trueWhenSaid,
} from '#mappings/converters.ts';
import { object, objects, value, values } from '#mappings/field.ts';
import { address, period, schoolFields } from './parts.ts';
import { guardianshipFields } from './guardianship.ts';
import { enrolled, guardianshipShows, leftBehind, notEnded } from '#mappings/row-tests.ts';

const groupFields: Fields = {
  groupId: value('Gruppens id.', 'Id of the group.', '@id'),
  name: value('Gruppens navn.', 'Name of the group.', 'navn'),
};

const enrolmentFields: Fields = {
  id: value('Id for tilknytningen til skolen.', 'Id of the enrolment.', '@id'),
  schoolId: value('Skolen eleven går ved.', 'School of the enrolment.', 'skole.@id'),
  school: object('Skolen.', 'The school.', 'skole', schoolFields, { include: 'school' }),
  schoolYear: value('Skoleåret, som 2026/2027.', 'School year, such as 2026/2027.', 'skolear.kode', {
    convert: schoolYear,
  }),
  level: value('Trinnet eleven går på, 1 til 10.', 'Level of the pupil, 1 to 10.', 'trinn.navn', { convert: level }),
  main: value('Sann ved skolen som har hovedansvaret.', 'True for the school with main responsibility.', '@self', {
    convert: trueWhenSaid('hovedskole'),
  }),
  category: value('Kode for elevkategori.', 'Code of the category of pupil.', 'kategori.kode'),
  ...period('gyldighetsperiode', 'tilknytningen', 'the enrolment'),
  endedOn: value(
    'Dagen eleven sluttet før tiden.',
    'Day on which the pupil left before the enrolment had run out.',
    'avbruddsdato',
    { convert: civilDate },
  ),
  classes: objects(
    'Klassene eleven går i nå eller skal begynne i.',
    'Classes in which the pupil is, or will be.',
    'klassemedlemskap',
    {
      classId: value('Klassens id, som i grupper.', 'Id of the class, as among groups.', 'klasse.@id'),
      ...period('gyldighetsperiode', 'plassen', 'the place'),
      class: object(
        'Klassen.',
        'The class.',
        'klasse',
        {
          name: value('Klassens navn.', 'Name of the class.', 'navn'),
          level: value('Trinnet klassen går på.', 'Level of the class.', 'trinn.navn', { convert: level }),
        },
        { include: 'class' },
      ),
    },
    { test: notEnded },
  ),
  contactGroups: objects(
    'Kontaktlærergruppene eleven er i.',
    'Groups of a contact teacher in which the pupil is.',
    'kontaktlarergruppemedlemskap.kontaktlarergruppe',
    groupFields,
    { include: 'groups', on: { kontaktlarergruppemedlemskap: notEnded } },
  ),
  teachingGroups: objects(
    'Undervisningsgruppene eleven er i.',
    'Teaching groups in which the pupil is.',
    'undervisningsgruppemedlemskap.undervisningsgruppe',
    groupFields,
    { include: 'groups', on: { undervisningsgruppemedlemskap: notEnded } },
  ),
  schoolGroups: objects(
    'Andre grupper ved skolen som eleven er i, språkopplæring unntatt.',
    'Other groups of the school in which the pupil is, language training left out.',
    'skolegruppemedlemskap.skolegruppe',
    { ...groupFields, kind: value('Kode for gruppens slag.', 'Code of the kind of group.', 'type.kode') },
    { include: 'groups', on: { skolegruppemedlemskap: notEnded } },
  ),
  afterSchool: objects(
    'Plassene eleven har i SFO.',
    'Places of the pupil in SFO (after-school care).',
    'sfoplass',
    {
      id: value('Plassens id.', 'Id of the place.', '@id'),
      name: value('Navnet på SFO.', 'Name of the SFO.', 'sfo.navn'),
      kind: value('Kode for slag plass.', 'Code of the kind of place.', 'plasstype.kode'),
      days: values(
        'Dagene eleven er der; tom liste er alle.',
        'Days on which the pupil is there; an empty list is all of them.',
        'dager',
        { convert: day },
      ),
      ...period('gyldighetsperiode', 'plassen', 'the place'),
      groups: objects('Gruppene i SFO.', 'Groups of the SFO.', 'gruppemedlemskap.sfogruppe', groupFields, {
        on: { gruppemedlemskap: notEnded },
      }),
    },
    { include: 'sfo', test: notEnded },
  ),
  languageTraining: objects(
    'Gruppene eleven får språkopplæring i; krever en egen tilgang.',
    'Groups in which the pupil gets language training; needs a grant of its own.',
    'sprakgruppemedlemskap',
    {
      groupId: value('Gruppens id.', 'Id of the group.', 'skolegruppe.@id'),
      language: value('Kode for språket.', 'Code of the language.', 'sprak.kode'),
      ...period('gyldighetsperiode', 'opplæringen', 'the training'),
    },
    { include: 'language-training', test: notEnded },
  ),
};

export const pupil: Mapping = {
  name: 'pupil',
  schema: 'Pupil',
  collection: 'utdanning/elev/elev',
  describe: { nb: 'En elev i kommunens grunnskoler.', en: "A pupil of the municipality's schools." },
  fields: {
    nin: value(
      'Fødselsnummer eller D-nummer.',
      'National identity number or D-number.',
      'person.fodselsnummer.identifikatorverdi',
      { convert: nationalId },
    ),
    localNumber: value(
      'Nummeret som står i stedet for fødselsnummer: DUF-nummer eller skolens eget.',
      "What stands instead of a national id: a DUF number, or one of the school's own making.",
      'person.fodselsnummer.identifikatorverdi',
      { convert: localNumber },
    ),
    numberKind: value('Hva slags nummer eleven har.', 'What kind of number the pupil has.', 'person.nummertype', {
      convert: numberKind,
    }),
    pupilNumber: value('Elevnummeret.', 'Number of the pupil.', 'elevnummer.identifikatorverdi'),
    feideName: value('Feide-navnet.', 'Feide name.', 'feidenavn.identifikatorverdi'),
    userName: value('Brukernavnet.', 'User name.', 'brukernavn.identifikatorverdi'),
    givenName: value('Fornavn.', 'Given name.', 'person.navn.fornavn'),
    middleName: value('Mellomnavn.', 'Middle name.', 'person.navn.mellomnavn'),
    familyName: value('Etternavn.', 'Family name.', 'person.navn.etternavn'),
    fullName: value('Hele navnet.', 'The whole name.', 'person.navn', { convert: fullName }),
    gender: value('Kjønn i folkeregisteret.', 'Sex in the population register.', 'person.kjonn.kode', {
      convert: gender,
    }),
    birthDate: value(
      'Fødselsdato; utledes aldri av fødselsnummeret.',
      'Date of birth; never derived from the national id.',
      'person.fodselsdato',
    ),
    registerStatus: value(
      'Hvor eleven står i folkeregisteret.',
      "The pupil's standing in the population register.",
      'person.personstatus.kode',
      { convert: registerStatus },
    ),
    registerStatusDate: value('Dagen statusen er fra.', 'Day from which the standing is.', 'person.statusdato'),
    protectionGrade: value(
      'Graden av adressebeskyttelse.',
      'How the address is protected.',
      'person.adressebeskyttelse',
      { convert: protectionGrade },
    ),
    email: value(
      'E-postadressen eleven har fra skolen.',
      "The pupil's school e-mail.",
      'kontaktinformasjon.epostadresse',
    ),
    mobile: value('Elevens mobilnummer.', "The pupil's mobile number.", 'kontaktinformasjon.mobiltelefonnummer'),
    ...address('person.bostedsadresse', 'Bostedsadressen', 'Home address'),
    municipality: value('Kommunen eleven bor i.', 'Municipality in which the pupil lives.', 'person.kommune.kode'),
    writtenLanguage: value('Målformen, nb eller nn.', 'Written Norwegian, nb or nn.', 'person.malform.kode'),
    nativeLanguage: value('Kode for morsmålet.', 'Code of the native language.', 'person.morsmal.kode'),
    citizenships: values('Koder for statsborgerskap.', 'Codes of citizenships.', 'person.statsborgerskap.kode'),
    enrolments: objects(
      'Skolene eleven går ved nå eller skal begynne ved.',
      'Enrolments that are in force or to come.',
      'elevforhold',
      enrolmentFields,
      { test: enrolled },
    ),
    pastEnrolments: objects(
      'Skolene eleven har gått ved.',
      'Enrolments that have ended.',
      'elevforhold',
      {
        id: value('Id for tilknytningen til skolen.', 'Id of the enrolment.', '@id'),
        schoolId: value('Skolen eleven gikk ved.', 'School of the enrolment.', 'skole.@id'),
        schoolYear: value('Skoleåret.', 'School year.', 'skolear.kode', { convert: schoolYear }),
        level: value('Trinnet eleven gikk på.', 'Level of the pupil.', 'trinn.navn', { convert: level }),
        ...period('gyldighetsperiode', 'tilknytningen', 'the enrolment'),
        endedOn: value(
          'Dagen eleven sluttet før tiden.',
          'Day on which the pupil left before the enrolment had run out.',
          'avbruddsdato',
        ),
        classIds: values('Klassene eleven gikk i.', 'Classes in which the pupil was.', 'klassemedlemskap.klasse.@id'),
      },
      { include: 'history', test: leftBehind },
    ),
    guardians: objects(
      'De foresatte som har minst én rettighet i dag og ikke er sperret.',
      'Guardians who have at least one right today and are not shut out.',
      'person.foresattforhold',
      {
        guardianId: value('Den foresattes id.', 'Id of the guardian.', 'foresatt.@id'),
        ...guardianshipFields('foresatt'),
      },
      { include: 'guardians', test: guardianshipShows },
    ),
  },
};
