// The columns of the unit that is responsible for a course or a programme: the parts of its key. Used by both tables.
import { keyedBy, type Column, type ColumnLink } from '../crud-table.ts';
import { digits } from '../column-forms.ts';

export const responsibleUnit: Readonly<Record<string, Column>> = {
  Institusjonsnr_Studieansv: keyedBy(
    'Institusjonen til enheten som har ansvaret.',
    'Institution of the unit that is responsible.',
    'studieansvarligOrganisasjonsenhet',
    0,
    digits(8),
  ),
  Faknr_Studieansv: keyedBy(
    'Fakultetet som har ansvaret.',
    'Faculty that is responsible.',
    'studieansvarligOrganisasjonsenhet',
    1,
    digits(3),
  ),
  Instituttnr_Studieansv: keyedBy(
    'Instituttet som har ansvaret.',
    'Department that is responsible.',
    'studieansvarligOrganisasjonsenhet',
    2,
    digits(3),
  ),
  Gruppenr_Studieansv: keyedBy(
    'Gruppen som har ansvaret.',
    'Group that is responsible.',
    'studieansvarligOrganisasjonsenhet',
    3,
    digits(3),
  ),
};

export const responsibleUnitLink: ColumnLink = {
  of: ['Institusjonsnr_Studieansv', 'Faknr_Studieansv', 'Instituttnr_Studieansv', 'Gruppenr_Studieansv'],
  relation: 'studieansvarligOrganisasjonsenhet',
  identifier: 'naturligNokkel',
};
