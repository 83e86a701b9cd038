// Education programmes of upper secondary school and the seven subjects a pupil of each programme and year takes.
// Programme codes and names follow the national structure; subject codes are Grep-like and our own where needed.
// Called by county-plan.ts. It must not know schools or pupils.

import { at } from './random.ts';

export type Subject = { readonly code: string; readonly name: string };
export type Programme = {
  readonly code: string;
  readonly name: string;
  /** Seven subjects for each of the three years. */
  readonly years: readonly (readonly Subject[])[];
};

export const SUBJECTS_PER_PUPIL = 7;

const subject = (text: string): Subject => ({ code: text.slice(0, 7), name: text.slice(8) });
const subjects = (text: string): readonly Subject[] => text.split('|').map(subject);

const ACADEMIC_CORE = [
  subjects('NOR1260 Norsk, Vg1|ENG1007 Engelsk|MAT1019 Matematikk 1P|NAT1007 Naturfag|KRO1017 Kroppsøving, Vg1'),
  subjects('NOR1264 Norsk, Vg2|MAT1023 Matematikk 2P|HIS1009 Historie, Vg2|KRO1018 Kroppsøving, Vg2|GEO1003 Geografi'),
  subjects(
    'NOR1267 Norsk hovedmål, Vg3|NOR1268 Norsk sidemål, Vg3|HIS1010 Historie, Vg3|REL1003 Religion og etikk|KRO1019 Kroppsøving, Vg3',
  ),
];
const VOCATIONAL_CORE = [
  subjects(
    'NOR1262 Norsk, yrkesfag Vg1|ENG1009 Engelsk, yrkesfag|MAT1107 Matematikk 1P-Y|NAT1009 Naturfag, yrkesfag|KRO1020 Kroppsøving, yrkesfag Vg1',
  ),
  subjects(
    'NOR1263 Norsk, yrkesfag Vg2|SAK1001 Samfunnskunnskap|KRO1021 Kroppsøving, yrkesfag Vg2|YFF4200 Yrkesfaglig fordypning, Vg2|HMS2000 Helse, miljø og sikkerhet',
  ),
  subjects(
    'NOR1269 Norsk, påbygging|MAT1105 Matematikk 2P-Y|HIS1011 Historie, påbygging|NAT1012 Naturfag, påbygging|KRO1022 Kroppsøving, påbygging',
  ),
];

const programme = (code: string, name: string, academic: boolean, own: readonly [string, string]): Programme => ({
  code,
  name,
  years: [0, 1, 2].map((year) => [
    ...at(academic ? ACADEMIC_CORE : VOCATIONAL_CORE, year),
    { code: `${code}${year + 1}001`, name: `${own[0]} ${year + 1}` },
    { code: `${code}${year + 1}002`, name: `${own[1]} ${year + 1}` },
  ]),
});

/** The programmes, the most usual ones first. A code is the two letters of the national structure and an X. */
export const PROGRAMMES: readonly Programme[] = [
  programme('STX', 'Studiespesialisering', true, ['Samfunnsøkonomi', 'Matematikk for realfag']),
  programme('HSX', 'Helse- og oppvekstfag', false, ['Helsefremmende arbeid', 'Kommunikasjon og samhandling']),
  programme('ELX', 'Elektro og datateknologi', false, ['Energi- og styresystemer', 'Elektroniske kretser']),
  programme('IDX', 'Idrettsfag', true, ['Aktivitetslære', 'Treningslære']),
  programme('TPX', 'Teknologi- og industrifag', false, [
    'Produksjon og tjenester',
    'Konstruksjons- og styringsteknikk',
  ]),
  programme('BAX', 'Bygg- og anleggsteknikk', false, ['Praktisk yrkesutøvelse', 'Arbeidsmiljø og dokumentasjon']),
  programme('MDX', 'Musikk, dans og drama', true, ['Ergonomi og bevegelse', 'Musikk i perspektiv']),
  programme('KDX', 'Kunst, design og arkitektur', true, ['Design og bærekraft', 'Visuell kunst']),
  programme('MKX', 'Medier og kommunikasjon', true, ['Mediesamfunnet', 'Medieuttrykk']),
  programme('SRX', 'Salg, service og reiseliv', false, ['Forretningsdrift', 'Kultur og samhandling']),
  programme('RMX', 'Restaurant- og matfag', false, ['Råvarer og produksjon', 'Bransje og bedrift']),
  programme('NAX', 'Naturbruk', false, ['Naturbasert produksjon', 'Forvaltning og drift']),
  programme('IMX', 'Informasjonsteknologi og medieproduksjon', false, ['Teknologiforståelse', 'Konseptutvikling']),
  programme('FDX', 'Frisør, blomster, interiør og eksponeringsdesign', false, [
    'Produktutvikling',
    'Håndverk og marked',
  ]),
  programme('DTX', 'Håndverk, design og produktutvikling', false, [
    'Materialer og teknikker',
    'Kunst- og kulturhistorie',
  ]),
];
