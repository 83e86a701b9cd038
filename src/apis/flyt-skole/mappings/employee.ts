// Employee: somebody who works for the municipality, with positions at schools, access and groups (facts 2.1). Read by reads/employees.ts, by the
// operations that write employees, and by the events.
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { accessHoldingFields } from './access-group.ts';
import { fullName, gender, inForceNow, nationalId, protectionGrade, schoolYear } from '#mappings/converters.ts';
import { objects, value } from '#mappings/field.ts';
import { period } from './parts.ts';
import { positionFields } from './position.ts';

const groupFields: Fields = {
  groupId: value('Gruppens id.', 'Id of the group.', '@id'),
  name: value('Gruppens navn.', 'Name of the group.', 'navn'),
  schoolYear: value('Skoleåret gruppen er for.', 'School year of the group.', 'skolear.kode', { convert: schoolYear }),
};

export const employee: Mapping = {
  name: 'employee',
  schema: 'Employee',
  collection: 'administrasjon/personal/personalressurs',
  describe: { nb: 'En ansatt i kommunen.', en: 'Somebody employed by the municipality.' },
  fields: {
    nin: value(
      'Fødselsnummer eller D-nummer.',
      'National identity number or D-number.',
      'person.fodselsnummer.identifikatorverdi',
      { convert: nationalId },
    ),
    employeeNumber: value('Ansattnummeret.', 'Employee number.', 'ansattnummer.identifikatorverdi', { writable: true }),
    feideName: value('Feide-navnet.', 'Feide name.', 'skoleressurs.feidenavn.identifikatorverdi', { writable: true }),
    userName: value('Brukernavnet.', 'User name.', 'brukernavn.identifikatorverdi', { writable: true }),
    givenName: value('Fornavn.', 'Given name.', 'person.navn.fornavn', { writable: true }),
    middleName: value('Mellomnavn.', 'Middle name.', 'person.navn.mellomnavn', { writable: true }),
    familyName: value('Etternavn.', 'Family name.', 'person.navn.etternavn', { writable: true }),
    fullName: value('Hele navnet.', 'The whole name.', 'person.navn', { convert: fullName }),
    gender: value('Kjønn i folkeregisteret.', 'Sex in the population register.', 'person.kjonn.kode', {
      convert: gender,
    }),
    birthDate: value('Fødselsdato.', 'Date of birth.', 'person.fodselsdato'),
    title: value('Tittelen den ansatte viser utad.', 'Title that the employee goes by.', 'jobbtittel', {
      writable: true,
    }),
    workEmail: value('E-postadressen i arbeidet.', 'E-mail address at work.', 'kontaktinformasjon.epostadresse', {
      writable: true,
    }),
    workPhone: value('Telefonnummeret i arbeidet.', 'Telephone number at work.', 'kontaktinformasjon.telefonnummer', {
      writable: true,
    }),
    mobile: value('Mobilnummeret i arbeidet.', 'Mobile number at work.', 'kontaktinformasjon.mobiltelefonnummer', {
      writable: true,
    }),
    protectionGrade: value(
      'Graden av adressebeskyttelse.',
      'How the address is protected.',
      'person.adressebeskyttelse',
      { convert: protectionGrade },
    ),
    ...period('ansettelsesperiode', 'ansettelsen', 'the employment', { writable: true }),
    category: value(
      'Kode for ansettelsesform, fra kodelisten employee-categories.',
      'Code of the form of employment, of the code list employee-categories.',
      'personalressurskategori.kode',
      { writable: true },
    ),
    active: value('Sann når ansettelsen gjelder i dag.', 'True when the employment holds today.', '@self', {
      convert: inForceNow('ansettelsesperiode'),
    }),
    positions: objects(
      'Stillingene den ansatte har ved skoler, også de som er slutt.',
      'Positions that the employee holds at schools, those that have ended too.',
      'skoleressurs.skolestilling',
      { id: value('Stillingens id.', 'Id of the position.', '@id'), ...positionFields },
    ),
    accessGroups: objects(
      'Tilgangsgruppene den ansatte er i.',
      'Access groups that the employee is in.',
      'tilgangsgruppemedlemskap',
      { id: value('Tilgangens id.', 'Id of the access.', '@id'), ...accessHoldingFields },
      { include: 'access-groups' },
    ),
    classes: objects(
      'Klassene den ansatte er lærer for.',
      'Classes of which the employee is a teacher.',
      'skoleressurs.undervisningsforhold.klasse',
      groupFields,
      { include: 'groups' },
    ),
    contactGroups: objects(
      'Gruppene den ansatte er kontaktlærer for.',
      'Groups of which the employee is the contact teacher.',
      'skoleressurs.undervisningsforhold.kontaktlarergruppe',
      groupFields,
      { include: 'groups' },
    ),
    teachingGroups: objects(
      'Gruppene den ansatte underviser.',
      'Groups that the employee teaches.',
      'skoleressurs.undervisningsforhold.undervisningsgruppe',
      groupFields,
      { include: 'groups' },
    ),
    afterSchoolGroups: objects(
      'Gruppene den ansatte har i SFO.',
      'Groups of SFO (after-school care) that the employee is in charge of.',
      'skoleressurs.sfogruppe',
      groupFields,
      { include: 'groups' },
    ),
    schoolGroups: objects(
      'Skolens andre grupper som den ansatte har.',
      'Other groups of the school that the employee is in charge of.',
      'skoleressurs.skolegruppe',
      groupFields,
      { include: 'groups' },
    ),
  },
};
