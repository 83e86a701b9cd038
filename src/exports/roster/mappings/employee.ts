// Employees as persons: names, numbers, how they are reached at work, which positions they hold and what they teach; and, of the same human, whether he is
// a pupil or the guardian of one.
import { fullName, gender, numberKind, registerStatus, trueWhenSaid } from '#mappings/converters.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { anyOf, rows, through } from '#mappings/narrowing.ts';
import { guardianshipShows } from '#mappings/row-tests.ts';
import { enrolments, type EnrolmentRow } from './enrolment.ts';
import { mapping, objects, period, value, values } from './from.ts';
import type { NamesRow, NumberRow } from './human.ts';

const asPupil = {
  uid: value('@uid'),
  level: value('@level'),
  pupilNumber: value('elevnummer.identifikatorverdi'),
  enrolments,
} as const;

export const employee = mapping('employee', 'administrasjon/personal/personalressurs', {
  uid: value('@uid'),
  id: value('@id'),
  level: value('@level'),
  personLevel: value('person.@level'),
  given: value('person.navn.fornavn'),
  family: value('person.navn.etternavn'),
  full: value('person.navn', fullName),
  number: value('person.fodselsnummer.identifikatorverdi'),
  numberKind: value('person.nummertype', numberKind),
  feideName: value('skoleressurs.feidenavn.identifikatorverdi'),
  userName: value('brukernavn.identifikatorverdi'),
  employeeNumber: value('ansattnummer.identifikatorverdi'),
  gender: value('person.kjonn.kode', gender),
  birthDate: value('person.fodselsdato'),
  title: value('jobbtittel'),
  email: value('kontaktinformasjon.epostadresse'),
  phone: value('kontaktinformasjon.telefonnummer'),
  mobile: value('kontaktinformasjon.mobiltelefonnummer'),
  ...period('ansettelsesperiode'),
  /** What positions, teaching and groups are about. */
  resources: values('skoleressurs.@uid'),
  schools: values('skoleressurs.skole.@uid'),
  teachings: objects('skoleressurs.undervisningsforhold', { uid: value('@uid'), school: value('skole.@uid') }),
  positions: objects('skoleressurs.skolestilling', {
    uid: value('@uid'),
    school: value('skole.@uid'),
    kind: value('stillingstype.kode'),
    main: value('@self', trueWhenSaid('hovedstilling')),
    ...period('gyldighetsperiode'),
  }),
  /** The same human among pupils and guardians. */
  humans: objects('skoleressurs.person', {
    uid: value('@uid'),
    level: value('@level'),
    standing: value('personstatus.kode', registerStatus),
    pupils: objects('elev', asPupil),
    guardianships: objects(
      'foresattFor',
      {
        level: value('@level'),
        childName: value('barn.navn', fullName),
        standing: value('barn.personstatus.kode', registerStatus),
        pupils: objects('barn.elev', asPupil),
      },
      { test: guardianshipShows },
    ),
  }),
});

export type PositionRow = {
  readonly uid: number;
  readonly school?: number;
  readonly kind?: string;
  readonly main: boolean;
  readonly from?: string;
  readonly to?: string;
};

export type AsPupilRow = {
  readonly uid: number;
  readonly level: number;
  readonly pupilNumber?: string;
  readonly enrolments?: readonly EnrolmentRow[];
};

export type HumanRow = {
  readonly uid: number;
  readonly level: number;
  readonly standing?: string;
  readonly pupils?: readonly AsPupilRow[];
  readonly guardianships?: readonly {
    readonly level: number;
    readonly childName?: string;
    readonly standing?: string;
    readonly pupils?: readonly AsPupilRow[];
  }[];
};

export type EmployeeRow = NamesRow &
  NumberRow & {
    readonly uid: number;
    readonly id: string;
    readonly level: number;
    readonly personLevel?: number;
    readonly feideName?: string;
    readonly userName?: string;
    readonly employeeNumber?: string;
    readonly gender?: string;
    readonly birthDate?: string;
    readonly title?: string;
    readonly email?: string;
    readonly phone?: string;
    readonly mobile?: string;
    readonly from?: string;
    readonly to?: string;
    readonly resources?: readonly number[];
    readonly schools?: readonly number[];
    readonly teachings?: readonly { readonly uid: number; readonly school?: number }[];
    readonly positions?: readonly PositionRow[];
    readonly humans?: readonly HumanRow[];
  };

/** Employees who have, have had or will have something to do with a school. */
export const employeesOf = (schools: readonly number[]): Narrow =>
  anyOf(
    ...[['skolestilling', 'skole'], ['undervisningsforhold', 'skole'], ['skole']].map((relations) =>
      through(['skoleressurs', ...relations], rows(...schools)),
    ),
  );
