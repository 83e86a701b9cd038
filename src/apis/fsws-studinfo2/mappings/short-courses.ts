// Courses of continuing education: kurs of the predecessor. Their texts and teachers are joined to them (course-parts.ts): no path leads there from the course.
import { civilDateOf } from '#mappings/converters.ts';
import { object } from '#mappings/field.ts';
import type { InfoType } from '../info-type.ts';
import { nameIn, plain, unitField } from './parts.ts';

const responsible = 'fagligAnsvarligEnhet';

export const shortCourses: InfoType = {
  name: 'kurs',
  operation: 'getKursSI',
  summary: {
    nb: 'Etter- og videreutdanningskurs til nettsider.',
    en: 'Courses of continuing education for web pages.',
  },
  collection: 'fs/studietilbud/evukurs',
  fields: (language) => ({
    kursid: object('Kursets nøkkel.', 'Key of the course.', '@self', {
      etterutdkurskode: plain('kode', 'Kurskoden.', 'Code of the course.'),
      kurstidsangivelsekode: plain('tidsangivelseskode', 'Når det holdes.', 'Which time of it.'),
    }),
    kursnavn: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
    dato_fra: plain('kursperiode.fraDato', 'Første dag.', 'First day.'),
    dato_til: plain('kursperiode.tilDato', 'Siste dag.', 'Last day.'),
    sted: unitField(responsible, language),
  }),
  cdm: {
    element: 'course',
    fields: (language) => ({
      courseID: plain('naturligNokkel.identifikatorverdi', 'Kursets nøkkel.', 'Key of the course.'),
      courseName: plain('navnAlleSprak', 'Navnet.', 'The name.', nameIn(language)),
      courseCode: plain('kode', 'Kurskoden.', 'Code of the course.'),
      orgUnitID: plain(`${responsible}.naturligNokkel.identifikatorverdi`, 'Enheten.', 'The unit.'),
    }),
  },
  unit: responsible,
  chosenBy: [
    {
      name: 'etterutdkurskode',
      path: 'kode',
      type: 'string',
      maxLength: 40,
      describe: { nb: 'Bare kurset med denne koden.', en: 'Only the course with this code.' },
    },
  ],
  period: null,
  texts: null,
  joins: true,
  onRequest: null,
  counts: ({ values: { erAktiv, kursperiode } }, days) => {
    const { fraDato, tilDato } = (kursperiode ?? {}) as Readonly<Record<string, unknown>>;
    const [from, to] = [civilDateOf(fraDato), civilDateOf(tilDato)];
    return erAktiv !== false && (days === null || ((from ?? days.from) <= days.to && (to ?? days.to) >= days.from));
  },
  looksAt: ['erAktiv', 'kursperiode'],
};
