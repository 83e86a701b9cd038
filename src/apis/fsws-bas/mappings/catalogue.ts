// Units, programmes, courses and teaching, as user administration makes groups of them. Read by tables.ts.
import { flag, termCode, textIn } from '#mappings/fs-values.ts';
import type { Fields } from '#mappings/mapping.ts';
import { keyNumber, keyPart, keyPartAs } from '#mappings/natural-key.ts';
import type { Table } from '#tables/table.ts';
import { oneOf } from './value.ts';

const key = 'naturligNokkel.identifikatorverdi';
const name = { navn: oneOf('Navnet.', 'The name.', 'navnAlleSprak', textIn('nb', 'nn', 'en')) };

const part = (nb: string, en: string, index: number, from = key) => oneOf(nb, en, from, keyPart(index));

const table = (schema: string, collection: string, nb: string, en: string, fields: Fields): Table => ({
  mapping: { name: `bas-${schema}`, schema, collection, describe: { nb, en }, fields },
  key: 'naturligNokkel',
  filters: [],
});

/** Which unit of teaching: the parts of its key. */
const teachingKey = (from = key): Fields => ({
  institusjonsnr: part('Institusjonen.', 'The institution.', 0, from),
  emnekode: part('Emnet.', 'The course.', 1, from),
  versjonskode: part('Versjonen av emnet.', 'Version of the course.', 2, from),
  arstall: oneOf('Året.', 'The year.', from, keyNumber(3)),
  terminkode: oneOf('Terminen.', 'The term.', from, keyPartAs(4, termCode)),
  terminnr: oneOf('Terminens nummer.', 'Number of the term.', from, keyNumber(5)),
});

export const units = table(
  'sted',
  'fs/organisasjon/organisasjonsenhet',
  'Et sted ved institusjonen.',
  'A unit of the institution.',
  {
    institusjonsnr: part('Institusjonen.', 'The institution.', 0),
    faknr: part('Fakultetet.', 'The faculty.', 1),
    instituttnr: part('Instituttet.', 'The department.', 2),
    gruppenr: part('Gruppen.', 'The group.', 3),
    ...name,
    stedOverordnet: oneOf('Stedet over.', 'The unit above.', `parent.${key}`),
    statusAktiv: oneOf('I bruk.', 'In use.', 'erAktiv', flag),
  },
);

export const programmes = table('studieprogram', 'fs/studietilbud/studieprogram', 'Et studieprogram.', 'A programme.', {
  studieprogramkode: oneOf('Koden.', 'The code.', 'kode.identifikatorverdi'),
  ...name,
  stedAnsvarlig: oneOf('Det ansvarlige stedet.', 'The unit in charge.', `studieansvarligOrganisasjonsenhet.${key}`),
  statusAktiv: oneOf('I bruk.', 'In use.', 'erAktiv', flag),
});

export const courses = table('emne', 'fs/studietilbud/emne', 'Et emne.', 'A course.', {
  institusjonsnr: part('Institusjonen.', 'The institution.', 0),
  emnekode: part('Koden.', 'The code.', 1),
  versjonskode: part('Versjonen.', 'The version.', 2),
  ...name,
  stedAnsvarlig: oneOf('Det ansvarlige stedet.', 'The unit in charge.', `studieansvarligOrganisasjonsenhet.${key}`),
});

export const cohorts = table('kull', 'fs/studietilbud/kull', 'Et kull.', 'A cohort.', {
  studieprogramkode: part('Studieprogrammet.', 'The programme.', 0),
  arstall: oneOf('Året.', 'The year.', key, keyNumber(1)),
  terminkode: oneOf('Terminen.', 'The term.', key, keyPartAs(2, termCode)),
  ...name,
  statusAktiv: oneOf('I bruk.', 'In use.', 'erAktiv', flag),
});

export const teachingUnits = table(
  'undervisningsenhet',
  'fs/undervisning/undervisningsenhet',
  'Undervisning i et emne i en termin.',
  'Teaching of a course in a term.',
  {
    ...teachingKey(),
    statusLms: oneOf('Skal til læringsplattformen.', 'Goes to the learning platform.', 'skalEksporteresTilLms', flag),
  },
);

export const activities = table(
  'undervisningsaktivitet',
  'fs/undervisning/undervisningsaktivitet',
  'En aktivitet i undervisningen.',
  'An activity of the teaching.',
  {
    ...teachingKey(),
    aktivitetkode: part('Koden til aktiviteten.', 'Code of the activity.', 6),
    ...name,
    statusLms: oneOf('Skal til læringsplattformen.', 'Goes to the learning platform.', 'skalEksporteresTilLms', flag),
  },
);
