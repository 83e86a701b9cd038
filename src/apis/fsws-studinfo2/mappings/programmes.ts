// Programmes: studieprogram of the predecessor, with how they are put together where that is asked for.
import { objects } from '#mappings/field.ts';
import type { Field } from '#mappings/mapping.ts';
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
  type Language,
} from './parts.ts';

const responsible = 'studieansvarligOrganisasjonsenhet';

/** A part of the plan: its courses, and the parts within it, so deep. */
const combination = (from: string, language: Language, depth: number): Field =>
  objects('En del av utdanningsplanen.', 'A part of the plan.', from, {
    emnekombinasjonskode: plain('kode.identifikatorverdi', 'Koden.', 'The code.'),
    emnekombinasjonsnavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
    emne: objects('Emnene i delen.', 'Courses of the part.', 'emner.emne', {
      emnekode: plain('kode', 'Emnekoden.', 'Code of the course.', shortCode(12)),
      versjonskode: plain('versjonskode', 'Versjonen.', 'The version.', shortCode(3)),
      emnenavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
      studiepoeng: plain('vekting.verdi', 'Studiepoeng.', 'Credits.', creditNumber),
    }),
    ...(depth === 0 ? {} : { emnekombinasjon: combination('children.child', language, depth - 1) }),
  });

export const programmes: InfoType = {
  name: 'studieprogram',
  operation: 'getStudieprogramSI',
  summary: { nb: 'Studieprogram til nettsider.', en: 'Programmes for web pages.' },
  collection: 'fs/studietilbud/studieprogram',
  fields: (language) => ({
    studieprogramkode: plain('kode.identifikatorverdi', 'Koden.', 'The code.'),
    studieprogramnavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
    studiepoeng: plain('vekting.verdi', 'Studiepoeng.', 'Credits.', creditNumber),
    studieniva: plain('studieniva.kode.identifikatorverdi', 'Studienivået.', 'Level of study.', shortCode(2)),
    prosent_heltid: plain('prosentHeltid', 'Prosent av heltid.', 'Per cent of full time.'),
    varighet: plain('varighet.antall', 'Hvor lenge det varer.', 'How long it takes.', creditNumber),
    url: plain('urlAlleSprak', 'Nettsiden.', 'The web page.', textIn(language)),
    sted: unitField(responsible, language),
    undervisningssprak: languageCodes('sprak.sprak.iso6391Kode'),
    fagperson: teacherField(language),
    infotekst: textField(language),
    utdanningsplan: objects(
      'Hvordan programmet er bygd opp.',
      'How the programme is put together.',
      'studieoppbygninger',
      {
        kull_fra: plain(
          'gjelderKullFra.naturligNokkel.identifikatorverdi',
          'Terminen fra hvilken den gjelder kull.',
          'The term from which it is for cohorts.',
        ),
        emnekombinasjon: combination('toppStudieoppbygningsdel', language, 2),
      },
      { include: 'medUPinfo' },
    ),
  }),
  cdm: {
    element: 'program',
    fields: (language) => ({
      programID: plain('kode.identifikatorverdi', 'Koden.', 'The code.'),
      programName: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
      credits: plain('vekting.verdi', 'Studiepoeng.', 'Credits.', creditNumber),
      level: plain('studieniva.kode.identifikatorverdi', 'Studienivået.', 'Level of study.', shortCode(2)),
      orgUnitID: plain(`${responsible}.naturligNokkel.identifikatorverdi`, 'Enheten.', 'The unit.'),
      instructionLanguage: languageCodes('sprak.sprak.iso6391Kode'),
      infoBlock: cdmTexts(language),
    }),
  },
  unit: responsible,
  chosenBy: [
    {
      name: 'studieprogramkode',
      path: 'kode.identifikatorverdi',
      type: 'string',
      maxLength: 40,
      describe: { nb: 'Bare programmet med denne koden.', en: 'Only the programme with this code.' },
    },
  ],
  period: 'tilbysIPeriode',
  texts: 'beskrivelsesavsnitt',
  onRequest: 'medUPinfo',
  // What is not to be published is in no list.
  counts: ({ values }) => values['skalPubliseres'] !== false,
  looksAt: ['skalPubliseres'],
};
