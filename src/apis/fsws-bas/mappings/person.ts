// person: somebody at the institution, as user administration knows people (facts 5.1). Read by tables.ts.
import type { DocumentNode, Narrow } from '#hub/documents/document.ts';
import { dayOf, instantAt } from '#mappings/equality.ts';
import { object } from '#mappings/field.ts';
import { asNumber, birthNumber, flag, flagOf, personNumber } from '#mappings/fs-values.ts';
import type { CivilNow, Converter, Fields } from '#mappings/mapping.ts';
import { anyOf, through } from '#mappings/narrowing.ts';
import type { FilterExpr, FilterPath } from '#model/filter.ts';
import type { Table } from '#tables/table.ts';
import { inForceOn, oneOf } from './value.ts';

const period = 'studierettperiode';

/** Active at the institution today: as academic staff, or with a right to study. Null: what decides it cannot be seen. */
export const isActive = ({ parts, values: { erDod } }: DocumentNode, { today }: CivilNow): boolean | null => {
  if (erDod === true) return false;
  const { fagperson: staff, programStudieretter: rights } = parts;
  if (staff?.some(({ values }) => values['erAktiv'] === true) === true) return true;
  if (rights?.some((right) => !right.hides(period) && inForceOn(right.values[period], today)) === true) return true;
  return staff === undefined && rights === undefined ? null : false;
};

/** The same as a choice of rows, so that a page of them is found without those before it. Who hides whether somebody is dead keeps no row from it. */
export const activeOn = ({ today }: CivilNow): Narrow => {
  const day = dayOf(today);
  const from: FilterPath = { names: [period, 'fraDato'], kind: 'date' };
  const to: FilterPath = { names: [period, 'tilDato'], kind: 'date' };
  return {
    kind: 'all',
    of: [
      { kind: 'not', of: isTrue('erDod'), keepsHidden: true },
      anyOf(
        through(['fagperson'], isTrue('erAktiv')),
        through(['programStudieretter'], {
          kind: 'all',
          of: day === null ? [] : [isNot(instantAt(from, 'gt', day.to)), isNot(instantAt(to, 'lt', day.from))],
        }),
      ),
    ],
  };
};

// An end that is not known is open.
const isNot = (filter: FilterExpr): Narrow => ({ kind: 'not', of: { kind: 'where', filter } });

const isTrue = (name: string): Narrow => ({
  kind: 'where',
  filter: {
    kind: 'compare',
    path: { names: [name], kind: 'boolean' },
    operator: 'eq',
    value: { kind: 'boolean', value: true },
  },
});

/** What `isActive` looks at. */
export const activePlaces = ['erDod', 'fagperson.erAktiv', `programStudieretter.${period}`] as const;

const activeFlag: Converter = {
  name: 'bas-active',
  schema: flag.schema,
  looksAt: activePlaces,
  apply: (_value, now, row) => {
    const active = isActive(row, now);
    return active === null ? undefined : active ? 'J' : 'N';
  },
};

const nationalId = 'fodselsnummer.identifikatorverdi';

/** The part of a user name before its domain. */
const localPart: Converter = {
  name: 'bas-local-part',
  schema: { type: 'string' },
  apply: (value) => (typeof value === 'string' ? value.split('@')[0] : undefined),
};

const identity: Fields = {
  personlopenr: oneOf(
    'Personens løpenummer.',
    'Number of the person.',
    'personlopenummer.identifikatorverdi',
    asNumber,
  ),
  fodselsdato: oneOf(
    'De seks første sifrene i fødselsnummeret, uten null foran.',
    'The first six digits of the national id, without a zero in front.',
    nationalId,
    birthNumber,
  ),
  personnr: oneOf('De fem siste sifrene.', 'The last five digits.', nationalId, personNumber),
  fornavn: oneOf('Fornavn.', 'Given name.', 'navn.fornavn'),
  etternavn: oneOf('Etternavn.', 'Family name.', 'navn.etternavn'),
};

const fields = (userName: Converter | undefined): Fields => ({
  ...identity,
  kjonn: oneOf('Kjønn i folkeregisteret.', 'Sex in the population register.', 'kjonn'),
  brukernavn: oneOf('Brukernavnet.', 'The user name.', 'feideBruker.identifikatorverdi', userName),
  epostPrivat: oneOf('Privat e-post.', 'Private e-mail.', 'privatEpost'),
  epostInstitusjon: oneOf('E-post fra institusjonen.', 'E-mail of the institution.', 'institusjonsEpost'),
  epostArbeid: oneOf('E-post på arbeid.', 'E-mail at work.', 'arbeidsEpost'),
  telefonMobil: object('Mobiltelefonen.', 'The mobile telephone.', '@self', {
    landnr: oneOf('Landnummer.', 'Country code.', 'mobilTelefon.landnummer'),
    nr: oneOf('Nummer.', 'Number.', 'mobilTelefon.nummer'),
  }),
  studentnr: oneOf('Studentnummeret.', 'Number of the student.', 'student.studentnummer.identifikatorverdi'),
  ansattnr: oneOf('Ansattnummeret.', 'Number of employment.', 'ansattnummer.identifikatorverdi'),
  statusAktiv: oneOf(
    'Aktiv i dag: som fagperson, eller med studierett.',
    'Active today: as academic staff, or with a right to study.',
    '@self',
    activeFlag,
  ),
  statusDod: oneOf('Død.', 'Dead.', '@self', flagOf('erDod')),
});

const collection = 'fs/person/personprofil';
const describe = { nb: 'En person ved institusjonen.', en: 'A person at the institution.' };
const asText = (text: string): string => text;
const text = (most: number) => (value: unknown) =>
  typeof value === 'string' && value.length <= most ? value : undefined;

/** Persons, found by what identifies them. */
export const person: Table = {
  mapping: { name: 'bas-person', schema: 'person', collection, describe, fields: fields(undefined) },
  key: 'naturligNokkel',
  filters: [
    { of: ['personlopenr'], path: 'personlopenummer', read: asText, selective: true },
    { of: ['brukernavn'], path: 'feideBruker', read: asText, selective: true },
    { of: ['fnr'], path: 'fodselsnummer', read: asText, selective: true },
    { of: ['ansattnr'], path: 'ansattnummer', read: asText, selective: true },
    { of: ['studentnr'], path: 'student.studentnummer', read: asText, selective: true },
    { of: ['epostPrivat'], path: 'privatEpost', read: asText, selective: true },
    { of: ['epostInstitusjon'], path: 'institusjonsEpost', read: asText, selective: true },
    { of: ['epostArbeid'], path: 'arbeidsEpost', read: asText, selective: true },
    { of: ['statusDod'], path: 'erDod', read: (given) => (given === 'J' ? true : given === 'N' ? false : undefined) },
  ],
  writes: {
    operations: ['patch'],
    members: [
      { of: ['brukernavn'], to: 'feideBruker', make: text(100) },
      { of: ['ansattnr'], to: 'ansattnummer', make: text(20) },
      { of: ['epostPrivat'], to: 'privatEpost', make: text(254) },
      { of: ['epostInstitusjon'], to: 'institusjonsEpost', make: text(254) },
      { of: ['epostArbeid'], to: 'arbeidsEpost', make: text(254) },
      // The whole of it is only ever taken away: of what is in it the model demands the number.
      { of: ['telefonMobil'], to: 'mobilTelefon', make: () => undefined },
      { of: ['landnr'], to: 'mobilTelefon.landnummer', make: text(6) },
      { of: ['nr'], to: 'mobilTelefon.nummer', make: text(20) },
    ],
    readOnly: [],
  },
};

/** The same where only the name within the institution is wanted. */
export const personId: Table = {
  mapping: { name: 'bas-person-id', schema: 'person', collection, describe, fields: fields(localPart) },
  key: 'naturligNokkel',
  filters: person.filters,
};
