// Terms and what institutions offer in them: programmes, courses and how they fit together. Read by registers.ts.
import { value } from '#mappings/field.ts';
import { at } from './at.ts';
import { named, refers, sized, text, unitOf } from './field.ts';
import type { Register } from './gemini-type.ts';
import { dates } from './values.ts';

const active = value('Om den er i bruk.', 'Whether it is in use.', 'erAktiv');
const code = value('Koden.', 'The code.', 'kode.identifikatorverdi');

export const offers: readonly Register[] = [
  {
    path: 'terminer',
    schema: 'Termin',
    collection: at.term,
    id: 'terminId',
    describe: text('En termin i et år.', 'A term of a year.'),
    fields: (ids) => ({
      arstall: value('Året.', 'The year.', 'arstall'),
      termintypeId: refers(ids)('Slaget termin.', 'The kind of term.', 'betegnelse', at.termName),
      studiesemesterperiode: value('Første og siste dag.', 'First and last day.', 'studiesemesterPeriode', {
        convert: dates,
      }),
    }),
  },
  {
    path: 'fag',
    schema: 'Fag',
    collection: at.subject,
    id: 'fagId',
    describe: text('Et fag.', 'A subject.'),
    fields: () => ({ kode: code, navn: named('Navnet.', 'The name.') }),
  },
  {
    path: 'studieprogrammer',
    schema: 'Studieprogram',
    collection: at.programme,
    id: 'studieprogramId',
    describe: text('Et studieprogram.', 'A study programme.'),
    hanging: [unitOf('vekting', 'vekting')],
    fields: (ids) => ({
      kode: code,
      navn: named('Navnet.', 'The name.'),
      aktiv: active,
      nusKode: value('Koden i NUS.', 'The NUS code.', 'nusKode'),
      vekting: sized('Omfanget.', 'The size.', 'vekting'),
      studienivaId: refers(ids)('Nivået.', 'The level.', 'studieniva', at.level),
      studienivaintervallId: refers(ids)('Spennet av nivåer.', 'The span of levels.', 'studienivaintervall', at.levels),
      studieansvarligOrganisasjonsenhetId: refers(ids)(
        'Enheten som svarer for studiet.',
        'The unit in charge of the studies.',
        'studieansvarligOrganisasjonsenhet',
        at.unit,
      ),
    }),
  },
  {
    path: 'studieretninger',
    schema: 'Studieretning',
    collection: at.specialisation,
    id: 'studieretningId',
    describe: text('En studieretning.', 'A specialisation.'),
    fields: (ids) => ({
      kode: code,
      navn: named('Navnet.', 'The name.'),
      tilbys: value('Om den tilbys.', 'Whether it is offered.', 'tilbys'),
      fagId: refers(ids)('Faget.', 'The subject.', 'fag', at.subject),
    }),
  },
  {
    path: 'kull',
    schema: 'Kull',
    collection: at.cohort,
    id: 'kullId',
    describe: text(
      'De som begynner på et studieprogram i samme termin.',
      'Those who begin a study programme in the same term.',
    ),
    fields: (ids) => ({
      studieprogramId: refers(ids)('Studieprogrammet.', 'The study programme.', 'studieprogram', at.programme),
      terminId: refers(ids)('Terminen de begynner i.', 'The term in which they begin.', 'terminV2', at.term),
      navn: named('Navnet.', 'The name.'),
      aktiv: active,
      startkulltrinn: value(
        'Trinnet kullet begynner på.',
        'The level at which it begins.',
        'studieoppbygning.toppStudieoppbygningsdel.kulltrinn',
      ),
    }),
  },
  {
    path: 'emner',
    schema: 'Emne',
    collection: at.course,
    id: 'emneId',
    describe: text('Et emne.', 'A course.'),
    hanging: [unitOf('vekting', 'vekting')],
    fields: (ids) => {
      const institution = refers(ids)('Lærestedet.', 'The institution.', 'larested', at.institution);
      return {
        institusjonId: institution,
        institusjonsId: institution,
        kode: value('Koden.', 'The code.', 'kode'),
        versjonskode: value('Versjonen.', 'The version.', 'versjonskode'),
        navn: named('Navnet.', 'The name.'),
        kortnavn: named('Kort navn.', 'Short name.', 'navnForkortetAlleSprak'),
        emnetype: value('Slaget emne.', 'The kind of course.', 'emnetype'),
        nusKode: value('Koden i NUS.', 'The NUS code.', 'nusKode'),
        vekting: sized('Omfanget.', 'The size.', 'vekting'),
        studienivaId: refers(ids)('Nivået.', 'The level.', 'studieniva', at.level),
        studieansvarligOrganisasjonsenhetId: refers(ids)(
          'Enheten som svarer for studiet.',
          'The unit in charge of the studies.',
          'studieansvarligOrganisasjonsenhet',
          at.unit,
        ),
      };
    },
  },
  {
    path: 'emnekombinasjoner',
    schema: 'Emnekombinasjon',
    collection: at.combination,
    id: 'emnekombinasjonId',
    describe: text('Emner som velges sammen i et program.', 'Courses that are chosen together in a programme.'),
    fields: (ids) => ({
      emnekombinasjonsId: value('Eldre navn på emnekombinasjonId.', 'Older name of emnekombinasjonId.', '@self', {
        convert: ids(at.combination),
      }),
      kode: code,
      navn: named('Navnet.', 'The name.'),
      utgatt: value('Om den er gått ut.', 'Whether it has ended.', 'erUtgatt'),
      kulltrinn: value('Trinnet den ligger på.', 'The level at which it lies.', 'kulltrinn'),
      url: value('Nettsiden.', 'The web page.', 'url'),
      studieretningId: refers(ids)('Studieretningen.', 'The specialisation.', 'studieretning', at.specialisation),
      emnekategoriId: refers(ids)(
        'Det vanlige slaget emner.',
        'The usual kind of courses.',
        'standardEmnekategori',
        at.category,
      ),
      organisasjonsenhetId: refers(ids)(
        'Enheten som svarer for den.',
        'The unit in charge.',
        'ansvarligOrganisasjonsenhet',
        at.unit,
      ),
    }),
  },
];
