// Person: what an institution knows of somebody (facts 5.3). Read by tables.ts.
import { nationalIdOf } from '#mappings/fs-values.ts';
import type { CrudTable } from '../crud-table.ts';
import { keyed, own, ownIdentifier, shown } from '../crud-table.ts';
import { date, digits, text, word, yesNo } from '../column-forms.ts';
import { nationalIdColumns } from './person-columns.ts';

export const person: CrudTable = {
  name: 'Person',
  describe: { nb: 'En person ved lærestedet.', en: 'A person at the institution.' },
  variants: [
    {
      name: '',
      collection: 'fs/person/personprofil',
      key: ['Personlopenr'],
      writes: ['create', 'patch'],
      members: [{ of: ['Fodselsdato', 'Personnr'], to: 'fodselsnummer', make: nationalIdOf }],
      // There has to be a list, and no column fills it.
      makes: { pass: [] },
      columns: {
        Personlopenr: {
          ...keyed(
            'Personens løpenummer; tildeles når det mangler.',
            'Number of the person; given when absent.',
            0,
            digits(9),
            {
              sought: { path: 'personlopenummer', selective: true },
            },
          ),
          becomes: { to: 'personlopenummer' },
        },
        ...nationalIdColumns(''),
        Fornavn: own('Fornavn.', 'Given name.', 'navn.fornavn', text(100), { required: true }),
        Etternavn: own('Etternavn.', 'Family name.', 'navn.etternavn', text(100), { required: true }),
        Kjonn: own('Kjønn i folkeregisteret.', 'Sex in the population register.', 'kjonn', word('KVINNE', 'MANN'), {
          required: true,
        }),
        Dato_Fodt: own('Fødselsdatoen med århundre.', 'Date of birth, with its century.', 'fodselsdato', date),
        Brukernavn: ownIdentifier('Feide-navnet.', 'Feide name.', 'feideBruker', text(100), { finds: 'few' }),
        Ansattnr: ownIdentifier('Ansattnummeret.', 'Number of employment.', 'ansattnummer', text(20), { finds: 'few' }),
        Emailadresse: own('E-post fra institusjonen.', 'E-mail of the institution.', 'institusjonsEpost', text(254), {
          finds: 'few',
        }),
        Emailadresse_Privat: own('Privat e-post.', 'Private e-mail.', 'privatEpost', text(254), { finds: 'few' }),
        Emailadresse_Arbeid: own('E-post på arbeid.', 'E-mail at work.', 'arbeidsEpost', text(254), { finds: 'few' }),
        Telefonlandnr_Mobil: own(
          'Landnummer for mobil.',
          'Country code of the mobile.',
          'mobilTelefon.landnummer',
          text(6),
        ),
        Telefonnr_Mobil: own('Mobilnummer.', 'Mobile number.', 'mobilTelefon.nummer', text(20)),
        Telefonlandnr_Privat: own('Landnummer, privat.', 'Country code, private.', 'privatTelefon.landnummer', text(6)),
        Telefonnr_Privat: own('Privat telefonnummer.', 'Private telephone number.', 'privatTelefon.nummer', text(20)),
        Telefonlandnr_Arbeid: own('Landnummer, arbeid.', 'Country code, work.', 'arbeidsTelefon.landnummer', text(6)),
        Telefonnr_Arbeid: own(
          'Telefonnummer på arbeid.',
          'Telephone number at work.',
          'arbeidsTelefon.nummer',
          text(20),
        ),
        Adresse_Co_Post: own('C/o i postadressen.', 'C/o of the postal address.', 'postadresse.co', text(100)),
        Adresse_Gate_Post: own('Gate i postadressen.', 'Street of the postal address.', 'postadresse.gate', text(200)),
        Postnr_Sted_Post: own(
          'Postnummer og sted i postadressen.',
          'Postal code and place of the postal address.',
          'postadresse.postnummerOgSted',
          text(100),
        ),
        Adresse_Land_Post: own('Land i postadressen.', 'Country of the postal address.', 'postadresse.land', text(100)),
        Malform: own('Målformen.', 'Written language.', 'maalform', word('NB', 'NN', 'EN')),
        Sprakkode_Morsmal: shown('Morsmålet.', 'Native language.', 'morsmaal.iso6392Kode', text(3)),
        Adressebeskyttelse: own(
          'Graden av adressebeskyttelse. Der personer merkes, er den som mangler, strengt beskyttet.',
          'How the address is protected. Where persons are marked, who lacks it is strictly protected.',
          'adressebeskyttelse',
          word('ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'),
        ),
        Status_Dod: own('Personen er død.', 'The person is dead.', 'erDod', yesNo),
        Status_Overfores_Lms: own(
          'Personen kan overføres til læringsplattformen.',
          'The person may be sent to the learning platform.',
          'kanOverforesTilLms',
          yesNo,
        ),
      },
    },
  ],
};
