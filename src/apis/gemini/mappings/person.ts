// Person, with what somebody is as a student and as a member of staff. Read by operations of persons.
import type { TableMember } from '#tables/table.ts';
import { day, handle, line } from '#mappings/to-model.ts';
import { nationalId } from '#mappings/converters.ts';
import { object, value } from '#mappings/field.ts';
import type { Converter } from '#mappings/mapping.ts';
import { at } from './at.ts';
import { named, refers, text } from './field.ts';
import { equal } from './filters.ts';
import type { GeminiType } from './gemini-type.ts';
import { address, telephone, writtenLanguage, writtenLanguages } from './values.ts';

/** A passport, of a list of them. */
const passport: Converter = {
  name: 'passport',
  schema: { type: 'object', properties: { landId: { type: 'string' }, nummer: { type: 'string' } } },
  apply: (held) => {
    const number = (held as { readonly passnummer?: unknown } | null)?.passnummer;
    return typeof number === 'string' ? { nummer: number } : undefined;
  },
};

const civil = /^\d{4}-\d{2}-\d{2}$/;

const texts = (held: unknown, names: readonly string[]): unknown => {
  if (typeof held !== 'object' || held === null) return undefined;
  const kept = names.flatMap((name) => {
    const made = line().apply((held as Readonly<Record<string, unknown>>)[name]);
    return made === undefined ? [] : [[name, made] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** How the address of somebody may be protected. */
export const protectionGrades = ['ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'] as const;

/** What is made by the hub, for a person that is new: the serial number, and the key that holds it. */
export const serialColumn = 'lopenummer';
export const keyColumn = 'nokkel';

const members: readonly TableMember[] = [
  { of: ['fornavn'], required: true, to: 'navn.fornavn', make: (held) => handle(100).apply(held) },
  { of: ['etternavn'], required: true, to: 'navn.etternavn', make: (held) => handle(100).apply(held) },
  {
    of: ['kjonn'],
    required: true,
    to: 'kjonn',
    make: (held) => (held === 'MANN' || held === 'KVINNE' ? held : undefined),
  },
  { of: ['fodselsdato'], to: 'fodselsdato', make: (held) => day.apply(held) },
  { of: ['fodselsnummer'], to: 'fodselsnummer', make: (held) => (typeof held === 'string' ? held : undefined) },
  { of: ['privatEpost'], to: 'privatEpost', make: (held) => line().apply(held) },
  { of: ['arbeidsEpost'], to: 'arbeidsEpost', make: (held) => line().apply(held) },
  {
    of: ['maalform'],
    to: 'maalform',
    make: (held) => Object.entries(writtenLanguages).find(([, code]) => code === held)?.[0],
  },
  { of: ['telefonPrivat'], to: 'privatTelefon', make: (held) => texts(held, ['landnummer', 'nummer', 'merknad']) },
  { of: ['telefonMobil'], to: 'mobilTelefon', make: (held) => texts(held, ['landnummer', 'nummer', 'merknad']) },
  {
    of: ['folkeregistrertAdresse'],
    to: 'folkeregistrertAdresse',
    make: (held) => texts(held, ['co', 'gate', 'postnummerOgSted', 'land']),
  },
  {
    of: ['adressebeskyttelse'],
    to: 'adressebeskyttelse',
    make: (held) => (protectionGrades.some((grade) => grade === held) ? held : undefined),
  },
  { of: [serialColumn], required: true, to: 'personlopenummer', make: (held) => held },
  { of: [keyColumn], required: true, to: 'naturligNokkel', make: (held) => held },
  { of: ['pass'], to: 'pass', make: (held) => held },
];

export const person: GeminiType = {
  schema: 'Person',
  collection: at.person,
  id: 'personId',
  describe: text('En person ved lærestedet.', 'A person of the institution.'),
  fields: (ids) => {
    const institution = refers(ids)(
      'Lærestedet personen hører til.',
      'The institution of the person.',
      'larested',
      at.institution,
    );
    return {
      personlopenummer: value('Løpenummeret.', 'The serial number.', 'personlopenummer.identifikatorverdi'),
      fodselsnummer: value('Fødselsnummeret.', 'The national identity number.', 'fodselsnummer.identifikatorverdi', {
        convert: nationalId,
      }),
      fodselsdato: value('Fødselsdatoen.', 'The date of birth.', 'fodselsdato'),
      fornavn: value('Fornavnet.', 'Given name.', 'navn.fornavn'),
      etternavn: value('Etternavnet.', 'Family name.', 'navn.etternavn'),
      privatEpost: value('Privat e-post.', 'Private e-mail.', 'privatEpost'),
      arbeidsEpost: value('E-post på jobben.', 'E-mail at work.', 'arbeidsEpost'),
      telefon: object('Telefoner.', 'Telephones.', '@self', {
        privat: value('Privat telefon.', 'Private telephone.', 'privatTelefon', { convert: telephone }),
        mobil: value('Mobiltelefon.', 'Mobile telephone.', 'mobilTelefon', { convert: telephone }),
      }),
      folkeregistrertAdresse: value(
        'Adressen i folkeregisteret.',
        'Address in the population register.',
        'folkeregistrertAdresse',
        {
          convert: address,
        },
      ),
      kjonn: value('Kjønn: MANN eller KVINNE.', 'Sex: MANN (man) or KVINNE (woman).', 'kjonn'),
      morsmaal: value(
        'Morsmålet, tre bokstaver etter ISO 639-2.',
        'Native language, three letters of ISO 639-2.',
        'morsmaal.iso6392Kode',
      ),
      maalform: value('Målformen.', 'Written language.', 'maalform', { convert: writtenLanguage }),
      pass: { kind: 'values', describe: text('Pass.', 'Passports.'), from: 'pass', convert: passport },
      institusjonId: institution,
      institusjonsId: institution,
      brukernavn: value('Brukernavnet.', 'User name.', 'feideBruker.identifikatorverdi'),
      student: object('Det personen er som student.', 'What the person is as a student.', 'student', {
        studentnummer: value('Studentnummeret.', 'The student number.', 'studentnummer.identifikatorverdi'),
      }),
      fagperson: object('Det personen er som ansatt.', 'What the person is as a member of staff.', 'fagperson', {
        aktiv: value('Om personen er aktiv.', 'Whether the person is active.', 'erAktiv'),
        ekstern: value('Om personen er hentet utenfra.', 'Whether the person comes from outside.', 'erEkstern'),
        permisjon: value('Om personen har permisjon.', 'Whether the person is on leave.', 'permisjon'),
        ansattOrganisasjonsenhetId: refers(ids)(
          'Enheten personen er ansatt ved.',
          'The unit of the employment.',
          'ansattVed',
          at.unit,
        ),
        romId: refers(ids)('Rommet.', 'The room.', 'romPlassering', at.room),
        bygningId: refers(ids)('Bygningen.', 'The building.', 'romPlassering.bygning', at.building),
        campusId: refers(ids)('Studiestedet.', 'The campus.', 'campus', at.campus),
        stillingstittel: named('Stillingstittelen.', 'Title of the position.', 'stillingstittelAlleSprak'),
      }),
    };
  },
  filters: [
    equal('personlopenummer', 'personlopenummer', { selective: true }),
    equal('fornavn', 'navn.fornavn'),
    equal('etternavn', 'navn.etternavn'),
    {
      of: ['fodselsdato'],
      path: 'fodselsdato',
      read: (given = '') => (civil.test(given) ? given : undefined),
      selective: true,
    },
    {
      of: ['fodselsnummer'],
      path: 'fodselsnummer',
      read: (given = '') => (/^\d{11}$/.test(given) ? given : undefined),
      selective: true,
    },
  ],
  hanging: [{ attribute: 'pass', relation: 'land', to: at.country, member: 'pass', as: 'landId' }],
  writes: {
    operations: ['create'],
    members,
    links: [
      { column: 'morsmaal', relation: 'morsmaal', to: at.language },
      { column: 'institusjonId', older: 'institusjonsId', relation: 'larested', to: at.institution },
    ],
  },
};

/** A language by its code, for whom it is the native one. Shown to nobody. */
export const nativeLanguage: GeminiType = {
  schema: 'NativeLanguage',
  collection: at.language,
  id: 'sprakId',
  describe: text('Et språk etter koden.', 'A language by its code.'),
  fields: () => ({
    language: value('Språket.', 'The language.', 'systemId.identifikatorverdi'),
  }),
  filters: [equal('code', 'iso6392Kode')],
};

/** What is asked of a person whose things are told: who he is as a student. Shown to nobody. */
export const standing: GeminiType = {
  schema: 'Standing',
  collection: at.person,
  id: 'personId',
  describe: text('Hvem en person er som student.', 'Who a person is as a student.'),
  fields: () => ({
    student: value('Studenten.', 'The student.', 'student.systemId.identifikatorverdi'),
    nationalId: value('Om det finnes et fødselsnummer.', 'The national id.', 'fodselsnummer.identifikatorverdi', {
      convert: nationalId,
    }),
  }),
};
