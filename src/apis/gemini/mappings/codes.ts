// Code tables: things that have a code, names and whether they are in use, and little else. One row for each. Read by registers.ts.
import { value } from '#mappings/field.ts';
import type { Fields } from '#mappings/mapping.ts';
import { at } from './at.ts';
import { named, plainNames, refers, text, type IdsOf } from './field.ts';
import type { Register } from './gemini-type.ts';
import { decimal } from './values.ts';

const code = (from = 'kode') => value('Koden.', 'The code.', from);
const active = value('Om den er i bruk.', 'Whether it is in use.', 'erAktiv');

type Row = readonly [
  path: string,
  schema: string,
  collection: string,
  id: string,
  nb: string,
  en: string,
  fields: (ids: IdsOf) => Fields,
];

const plain = (): Fields => ({ kode: code(), navn: named('Navnet.', 'The name.'), aktiv: active });

const rows: readonly Row[] = [
  [
    'termintyper',
    'Termintype',
    at.termName,
    'termintypeId',
    'Et slag termin: vår, høst …',
    'A kind of term: spring, autumn …',
    () => ({ kode: code('kode.identifikatorverdi'), navn: named('Navnet.', 'The name.') }),
  ],
  [
    'tidsenheter',
    'Tidsenhet',
    at.unitOfTime,
    'tidsenhetId',
    'En enhet som varighet telles i.',
    'A unit in which durations are counted.',
    () => ({ kode: code(), navn: named('Navnet.', 'The name.') }),
  ],
  [
    'vektingstyper',
    'Vektingstype',
    at.weighting,
    'vektingstypeId',
    'En enhet for omfang, oftest studiepoeng.',
    'A unit of size, mostly credits.',
    () => ({
      ...plain(),
      kortnavn: named('Kort navn.', 'Short name.', 'forkortetNavnAlleSprak'),
      enheterPerSemester: value(
        'Enheter i et semester på heltid.',
        'Units in a full-time semester.',
        'vektenheterPerSemester',
        {
          convert: decimal,
        },
      ),
    }),
  ],
  [
    'emnekategorier',
    'Emnekategori',
    at.category,
    'emnekategoriId',
    'Et slag emner i en utdanningsplan.',
    'A kind of courses in an education plan.',
    plain,
  ],
  [
    'emnevalgstatuser',
    'Emnevalgstatus',
    at.choiceStatus,
    'emnevalgstatusId',
    'Hvor langt et valg av emne er kommet.',
    'How far the choice of a course has come.',
    plain,
  ],
  [
    'utdanningsplanelementer',
    'Utdanningsplanelement',
    at.planElement,
    'utdanningsplanelementId',
    'Noe annet enn et emne som kan stå i utdanningsplaner.',
    'Something other than a course that may stand in education plans.',
    (ids) => ({
      ...plain(),
      utdanningsplanelementtypeId: refers(ids)(
        'Slaget element.',
        'The kind of element.',
        'elementtype',
        at.planElementKind,
      ),
    }),
  ],
  [
    'utdanningsplanelementtyper',
    'Utdanningsplanelementtype',
    at.planElementKind,
    'utdanningsplanelementtypeId',
    'Et slag utdanningsplanelement.',
    'A kind of plan element.',
    plain,
  ],
  [
    'eksternresultatperioder',
    'Eksternresultatperiode',
    at.externalPeriod,
    'periodeId',
    'En del av året som eksterne resultater er fra.',
    'A part of the year from which external results are.',
    plain,
  ],
  [
    'eksternresultatbeskrivelsesmodeller',
    'Eksternresultatbeskrivelsesmodell',
    at.externalModel,
    'beskrivelsesmodellId',
    'En måte å beskrive eksterne resultater på.',
    'A way to describe external results.',
    plain,
  ],
  [
    'eksternresultatregistreringskilder',
    'Eksternresultatregistreringskilde',
    at.externalSource,
    'registreringskildeId',
    'Hvor et eksternt resultat er registrert fra.',
    'Where an external result was registered from.',
    plain,
  ],
  [
    'eksternresultatkategorier',
    'Eksternresultatkategori',
    at.externalCategory,
    'kategoriId',
    'Et slag eksterne resultater.',
    'A kind of external results.',
    plain,
  ],
  [
    'studienivaer',
    'Studieniva',
    at.level,
    'studienivaId',
    'Et studienivå.',
    'A study level.',
    () => ({
      kode: code('kode.identifikatorverdi'),
      navn: named('Navnet.', 'The name.'),
      eqfnivakode: value('Nivået i EQF.', 'The level in the EQF.', 'eqfnivakode'),
    }),
  ],
  [
    'studienivaintervaller',
    'Studienivaintervall',
    at.levels,
    'studienivaintervallId',
    'Et spenn av studienivåer.',
    'A span of study levels.',
    (ids) => {
      const from = refers(ids)('Det laveste nivået.', 'The lowest level.', 'studienivaFra', at.level);
      return {
        ...plain(),
        studienivaFraId: from,
        StudienivaFraId: from,
        studienivaTilId: refers(ids)('Det høyeste nivået.', 'The highest level.', 'studienivaTil', at.level),
      };
    },
  ],
  [
    'vurderingsresultatstatuser',
    'Vurderingsresultatstatus',
    at.resultStatus,
    'vurderingsresultatstatusId',
    'Hva et resultat er: bestått, ikke bestått …',
    'What a result is: passed, failed …',
    () => ({
      kode: code(),
      navn: named('Navnet.', 'The name.', 'vurderingsstatusnavnAlleSprak'),
      bestatt: value('Om resultatet er bestått.', 'Whether it is a pass.', 'erBestatt'),
    }),
  ],
  [
    'romtyper',
    'Romtype',
    at.roomKind,
    'romtypeId',
    'Et slag rom.',
    'A kind of room.',
    () => ({ kode: code(), navn: named('Navnet.', 'The name.') }),
  ],
  [
    'land',
    'Land',
    at.country,
    'landId',
    'Et land.',
    'A country.',
    (ids) => ({
      landkodeAlfa2: value('To bokstaver etter ISO 3166-1.', 'Two letters of ISO 3166-1.', 'landkodeAlfa2'),
      landkodeAlfa3: value(
        'Tre bokstaver etter ISO 3166-1.',
        'Three letters of ISO 3166-1.',
        'landkodeAlfa3.identifikatorverdi',
      ),
      navn: named('Navnet.', 'The name.'),
      landtypeId: refers(ids)('Slaget land.', 'The kind of country.', 'landtype', at.countryKind),
    }),
  ],
  ['landtyper', 'Landtype', at.countryKind, 'landtypeId', 'Et slag land.', 'A kind of country.', plain],
  ['kommuner', 'Kommune', at.municipality, 'kommuneId', 'En kommune.', 'A municipality.', plain],
  [
    'sprak',
    'Sprak',
    at.language,
    'sprakId',
    'Et språk.',
    'A language.',
    () => ({
      iso6391Kode: value('To bokstaver etter ISO 639-1.', 'Two letters of ISO 639-1.', 'iso6391Kode'),
      iso6392Kode: value('Tre bokstaver etter ISO 639-2.', 'Three letters of ISO 639-2.', 'iso6392Kode'),
      navn: named('Navnet.', 'The name.', 'navn'),
    }),
  ],
  [
    'studentstatuser',
    'Studentstatus',
    at.studentStatus,
    'studentstatusId',
    'Hva en student er i et program: aktiv, sluttet …',
    'What a student is in a programme: active, ended …',
    () => ({
      kode: code('kode.identifikatorverdi'),
      navn: named('Navnet.', 'The name.', 'navnAlleSprak', plainNames),
      girAktivStudierett: value(
        'Om studieretten da er i kraft.',
        'Whether the study right is in force then.',
        'girAktivStudierett',
      ),
    }),
  ],
];

export const codes: readonly Register[] = rows.map(([path, schema, collection, id, nb, en, fields]) => ({
  path,
  schema,
  collection,
  id,
  describe: text(nb, en),
  fields,
}));
