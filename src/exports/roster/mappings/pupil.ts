// Pupils as persons: names, numbers, where they are enrolled, and who may be told of as their guardians.
import { fullName, gender, numberKind, registerStatus } from '#mappings/converters.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { rows, through } from '#mappings/narrowing.ts';
import { guardianshipShows } from '#mappings/row-tests.ts';
import { enrolments, type EnrolmentRow } from './enrolment.ts';
import { mapping, object, objects, value, values } from './from.ts';
import { guardianFields, type GuardianRow } from './guardian.ts';
import type { NamesRow, NumberRow } from './human.ts';

export const pupil = mapping('pupil', 'utdanning/elev/elev', {
  uid: value('@uid'),
  id: value('@id'),
  level: value('@level'),
  person: value('person.@uid'),
  personLevel: value('person.@level'),
  employee: value('person.personalressurs.@uid'),
  given: value('person.navn.fornavn'),
  family: value('person.navn.etternavn'),
  full: value('person.navn', fullName),
  number: value('person.fodselsnummer.identifikatorverdi'),
  numberKind: value('person.nummertype', numberKind),
  feideName: value('feidenavn.identifikatorverdi'),
  userName: value('brukernavn.identifikatorverdi'),
  pupilNumber: value('elevnummer.identifikatorverdi'),
  gender: value('person.kjonn.kode', gender),
  birthDate: value('person.fodselsdato'),
  email: value('kontaktinformasjon.epostadresse'),
  mobile: value('kontaktinformasjon.mobiltelefonnummer'),
  phone: value('kontaktinformasjon.telefonnummer'),
  writtenLanguage: value('person.malform.kode'),
  nativeLanguages: values('person.morsmal.kode'),
  standing: value('person.personstatus.kode', registerStatus),
  enrolments,
  guardianships: objects(
    'person.foresattforhold',
    {
      uid: value('@uid'),
      level: value('@level'),
      order: value('kontaktrekkefolge'),
      guardian: object('foresatt', guardianFields),
    },
    { test: guardianshipShows },
  ),
});

export type PupilRow = NamesRow &
  NumberRow & {
    readonly uid: number;
    readonly id: string;
    readonly level: number;
    readonly person?: number;
    readonly personLevel?: number;
    readonly employee?: number;
    readonly feideName?: string;
    readonly userName?: string;
    readonly pupilNumber?: string;
    readonly gender?: string;
    readonly birthDate?: string;
    readonly email?: string;
    readonly mobile?: string;
    readonly phone?: string;
    readonly writtenLanguage?: string;
    readonly nativeLanguages?: readonly string[];
    readonly standing?: string;
    readonly enrolments?: readonly EnrolmentRow[];
    /** Absent when the caller may not see guardians at all. */
    readonly guardianships?: readonly GuardianshipRow[];
  };

export type GuardianshipRow = {
  readonly uid: number;
  readonly level: number;
  readonly order?: number;
  readonly guardian?: GuardianRow;
};

/** Pupils who have, have had or will have something to do with a school. */
export const pupilsOf = (schools: readonly number[]): Narrow => through(['elevforhold', 'skole'], rows(...schools));
