// SoknadsAlternativ: a programme that somebody has applied for. It names the person itself, since an application has no key to be named by. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyed, keyedBy, own, shown } from '../crud-table.ts';
import { digits, term, text, whole, year, yesNo } from '../column-forms.ts';
import { personOf } from './person-columns.ts';

export const applicationChoice: CrudTable = {
  name: 'SoknadsAlternativ',
  describe: {
    nb: 'Et studieprogram som noen har søkt om opptak til.',
    en: 'A programme to which somebody has applied for admission.',
  },
  variants: [
    {
      name: '',
      collection: 'hoyereutdanning/opptak/soknadsalternativ',
      key: ['Personlopenr', 'Sokernr', 'Alternativnr'],
      writes: ['create', 'patch'],
      links: [
        { of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true },
        { of: ['Studieprogramkode'], relation: 'studieprogram', identifier: 'kode', required: true },
        { of: ['Arstall', 'Terminkode'], relation: 'termin', identifier: 'naturligNokkel' },
      ],
      columns: {
        ...personOf('personProfil', 'personProfil.personlopenummer'),
        Sokernr: keyed('Søkernummeret i opptaket.', 'Number as an applicant in the admission.', 1, text(20)),
        Alternativnr: keyed(
          'Alternativets nummer i søknaden.',
          'Number of the choice in the application.',
          2,
          digits(4),
        ),
        Studieprogramkode: shown(
          'Studieprogrammet det er søkt om.',
          'The programme that is applied for.',
          'studieprogram.kode.identifikatorverdi',
          text(20),
          { finds: 'few', by: 'studieprogram.kode', known: true },
        ),
        Arstall: keyedBy('Året for opptaket.', 'Year of the admission.', 'termin', 0, year, {
          sought: { path: 'termin.arstall' },
        }),
        Terminkode: keyedBy('Terminen for opptaket.', 'Term of the admission.', 'termin', 1, term, {
          sought: { path: 'termin.betegnelse.kode' },
        }),
        Prioritetnr: own('Hvor høyt søkeren setter alternativet.', 'How high it is put.', 'prioritet', whole(4)),
        Kvalgrunnlagkode: code(
          'Det søkeren bygger på.',
          'What the applicant builds on.',
          'kvalifikasjonsgrunnlag',
          text(20),
          { finds: 'some' },
        ),
        Tilbudstatkode: code('Statusen til tilbudet.', 'Status of the offer.', 'tilbudstatus', text(20), {
          finds: 'some',
        }),
        Ventelistenr: own('Plassen på ventelisten.', 'Place on the waiting list.', 'ventelistenummer', whole(6)),
        Status_Kvalifisert: own('Søkeren er kvalifisert.', 'The applicant is qualified.', 'erKvalifisert', yesNo, {
          finds: 'some',
        }),
        Status_Betinget_Kvalifisert: own(
          'Søkeren er kvalifisert på vilkår.',
          'The applicant is qualified on conditions.',
          'erBetingetKvalifisert',
          yesNo,
        ),
        Status_Takket_Ja: own('Søkeren har tatt imot tilbudet.', 'The offer is accepted.', 'harTakketJa', yesNo, {
          finds: 'some',
        }),
      },
    },
  ],
};
