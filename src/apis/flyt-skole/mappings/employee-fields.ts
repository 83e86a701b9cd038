// Which fields of an employee may be written, and where each goes: the person, the employment, the role at schools. Data; read by writes/employees.ts.
import { codes, day, elevenDigits, handle, line, mail, phone } from '#mappings/to-model.ts';
import type { WriteFields } from '../writes/write-fields.ts';

/** The relations between the resources that an employee is made of. */
export const employeeParts = {
  /** From the employment. */
  person: 'person',
  role: 'skoleressurs',
  /** From the role, and from the position. */
  employment: 'personalressurs',
  positions: 'skolestilling',
} as const;

const identifier = 'identifikatorverdi';

export const employeeFields: WriteFields = {
  nin: { to: `person.fodselsnummer.${identifier}`, when: 'create', required: true, convert: elevenDigits },
  givenName: { to: 'person.navn.fornavn', when: 'both', required: true, convert: line() },
  middleName: { to: 'person.navn.mellomnavn', when: 'both', convert: line() },
  familyName: { to: 'person.navn.etternavn', when: 'both', required: true, convert: line() },
  birthDate: { to: 'person.fodselsdato', when: 'create', convert: day },
  protectionGrade: {
    to: 'person.adressebeskyttelse',
    when: 'create',
    // Nobody becomes unprotected by being left out.
    required: true,
    convert: codes('protectionGrade', {
      none: 'ugradert',
      'client-address': 'klientadresse',
      confidential: 'fortrolig',
      'strictly-confidential': 'strengtFortrolig',
    }),
  },
  employeeNumber: { to: `ansattnummer.${identifier}`, when: 'both', required: true, convert: handle(50) },
  userName: { to: `brukernavn.${identifier}`, when: 'both', convert: handle(100) },
  feideName: { to: `skoleressurs.feidenavn.${identifier}`, when: 'both', convert: handle(254) },
  title: { to: 'jobbtittel', when: 'both', convert: line() },
  workEmail: { to: 'kontaktinformasjon.epostadresse', when: 'both', convert: mail },
  workPhone: { to: 'kontaktinformasjon.telefonnummer', when: 'both', convert: phone },
  mobile: { to: 'kontaktinformasjon.mobiltelefonnummer', when: 'both', convert: phone },
  from: { to: 'ansettelsesperiode.start', when: 'both', convert: day },
  to: { to: 'ansettelsesperiode.slutt', when: 'both', convert: day },
  category: { to: 'personalressurskategori', when: 'both', required: true, by: 'code' },
};
