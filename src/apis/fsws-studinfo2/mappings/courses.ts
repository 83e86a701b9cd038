// Courses: emne of the predecessor.
import { civilDate } from '#mappings/converters.ts';
import { object, objects } from '#mappings/field.ts';
import { flag } from '#mappings/fs-values.ts';
import { keyPart } from '#mappings/natural-key.ts';
import type { Fields, RowTest } from '#mappings/mapping.ts';
import type { InfoType } from '../info-type.ts';
import {
  cdmTexts,
  creditNumber,
  languageCodes,
  nameIn,
  plain,
  shortCode,
  teacherField,
  textField,
  textIn,
  unitField,
} from './parts.ts';

const responsible = 'studieansvarligOrganisasjonsenhet';

/** A part that is no compulsory activity. Where that is not seen, nothing is told of it. */
const isExam: RowTest = {
  looksAt: ['obligatoriskAktivitet'],
  holds: ({ obligatoriskAktivitet }) => obligatoriskAktivitet === false,
};

const id: Fields = {
  institusjonsnr: plain(
    'naturligNokkel.identifikatorverdi',
    'Institusjonens nummer.',
    'Number of the institution.',
    keyPart(0),
  ),
  emnekode: plain('kode', 'Emnekoden.', 'Code of the course.', shortCode(12)),
  versjonskode: plain('versjonskode', 'Emnets versjon.', 'Version of the course.', shortCode(3)),
};

export const courses: InfoType = {
  name: 'emne',
  operation: 'getEmneSI',
  summary: { nb: 'Emner til nettsider.', en: 'Courses for web pages.' },
  collection: 'fs/studietilbud/emne',
  fields: (language) => ({
    emneid: object('Emnets nøkkel.', 'Key of the course.', '@self', id),
    emnenavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
    emnenavn_kort: plain('navnForkortetAlleSprak', 'Kort navn.', 'Short name.', nameIn(language)),
    studiepoeng: plain('vekting.verdi', 'Studiepoeng.', 'Credits.', creditNumber),
    studieniva: plain('studieniva.kode.identifikatorverdi', 'Studienivået.', 'Level of study.', shortCode(2)),
    emnetype: plain('emnetype', 'Hva slags emne det er.', 'What kind of course it is.'),
    status_enkeltemne: plain(
      'tilbysSomEnkeltemne',
      'J når emnet kan tas alene.',
      'J when it can be taken by itself.',
      flag,
    ),
    url: plain('url', 'Nettsiden.', 'The web page.', textIn(language)),
    sted: unitField(responsible, language),
    undervisningssprak: languageCodes('sprakvalg.sprak.iso6391Kode'),
    vurdkombinasjon: objects(
      'Delene emnet vurderes i.',
      'Parts in which the course is assessed.',
      'vurderingsenheter.vurderingsoppbygningsdel',
      {
        vurdkombkode: plain('kode', 'Koden.', 'The code.'),
        vurdkombnavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
        vurdordningkode: plain(
          'vurderingsordning.kode.identifikatorverdi',
          'Ordningen den hører til.',
          'The arrangement that it belongs to.',
        ),
        karregelkode: plain('karakterregel.kode', 'Karakterregelen.', 'The rule of grades.'),
        obligatorisk: plain('obligatoriskAktivitet', 'J når den er obligatorisk.', 'J when it is mandatory.', flag),
        eksamensdel: object(
          'Hvordan det prøves, der delen er en eksamen og ikke en obligatorisk aktivitet.',
          'How it is examined, where the part is an exam and no compulsory activity.',
          '@self',
          {
            vurdformkode: plain('vurderingsform.kode', 'Vurderingsformen.', 'Form of examination.'),
            vurdformnavn: plain('vurderingsform.navn', 'Navnet på formen.', 'Name of the form.', nameIn(language)),
            klokkeslett_start: plain(
              'eksamensgjennomforing.startklokkeslett',
              'Når den vanligvis begynner.',
              'When it usually begins.',
            ),
            hjelpemiddel: objects('Hjelpemidler som er tillatt.', 'Aids that are permitted.', 'hjelpemidler', {
              hjelpemiddelkode: plain('hjelpemiddel.kode', 'Koden.', 'The code.'),
              hjelpemiddelnavn: plain('hjelpemiddel.navn', 'Navnet.', 'The name.', nameIn(language)),
              merknad: plain('merknadAlleSprak', 'Mer om bruken.', 'More on the use.', textIn(language)),
            }),
          },
          { test: isExam },
        ),
        vurdenhet: objects('Når den holdes.', 'When it is held.', 'vurderingsenheter', {
          arstall: plain('reellVurderingsperiode.arstall', 'Året.', 'The year.'),
          vurdtidkode: plain('reellVurderingsperiode.kode', 'Vurderingstiden.', 'Time of the assessment.'),
          dato_fra: plain('vurderingsvarighet.eksamensdatoer.startDato', 'Første dag.', 'First day.', civilDate),
          dato_til: plain('vurderingsvarighet.eksamensdatoer.sluttDato', 'Siste dag.', 'Last day.', civilDate),
        }),
      },
    ),
    fagperson: teacherField(language),
    infotekst: textField(language),
  }),
  cdm: {
    element: 'course',
    fields: (language) => ({
      courseID: plain('naturligNokkel.identifikatorverdi', 'Emnets nøkkel.', 'Key of the course.'),
      courseName: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
      courseCode: plain('kode', 'Emnekoden.', 'Code of the course.', shortCode(12)),
      credits: plain('vekting.verdi', 'Studiepoeng.', 'Credits.', creditNumber),
      level: plain('studieniva.kode.identifikatorverdi', 'Studienivået.', 'Level of study.', shortCode(2)),
      orgUnitID: plain(`${responsible}.naturligNokkel.identifikatorverdi`, 'Enheten.', 'The unit.'),
      instructionLanguage: languageCodes('sprakvalg.sprak.iso6391Kode'),
      infoBlock: cdmTexts(language),
    }),
  },
  unit: responsible,
  chosenBy: [
    {
      name: 'emnekode',
      path: 'kode',
      type: 'string',
      maxLength: 12,
      describe: { nb: 'Bare emnet med denne koden.', en: 'Only the course with this code.' },
    },
    {
      name: 'versjonskode',
      path: 'versjonskode',
      type: 'string',
      maxLength: 3,
      describe: { nb: 'Bare denne versjonen.', en: 'Only this version.' },
    },
  ],
  period: 'undervisesIPeriode',
  texts: 'beskrivelsesavsnitt',
  onRequest: null,
  counts: () => true,
  looksAt: [],
};
