// The code lists of the county as data: `code=name`, separated by `|`. Codes and names are short lists of our own.
// Called by code-collections.ts; other files name single codes of them. It must not know how a list is delivered.

/** Lists whose entries are just code and name, by collection; the systemId of an entry is its code. */
export const PLAIN_LISTS: Readonly<Record<string, string>> = {
  'felles/kodeverk/fylke': '99=Fjordheim|98=Nordheim|97=Sørheim',
  'felles/kodeverk/iso/kjonn': '0=Ikke kjent|1=Mann|2=Kvinne|9=Ikke oppgitt',
  'felles/kodeverk/iso/landkode':
    'NO=Norge|SE=Sverige|DK=Danmark|FI=Finland|DE=Tyskland|PL=Polen|UA=Ukraina|SO=Somalia|SY=Syria|ER=Eritrea|PK=Pakistan|VN=Vietnam|IQ=Irak|FR=Frankrike|JP=Japan',
  'felles/kodeverk/iso/sprak':
    'nb=Norsk bokmål|nn=Norsk nynorsk|se=Nordsamisk|en=Engelsk|pl=Polsk|ar=Arabisk|so=Somali|uk=Ukrainsk|ti=Tigrinja|ur=Urdu|vi=Vietnamesisk|fr=Fransk|de=Tysk',

  'administrasjon/kodeverk/aktivitet': '100=Ordinær drift|200=Utvikling|300=Kompetanseheving',
  'administrasjon/kodeverk/anlegg': '0=Ikke anlegg|7001=Skolebygg|7002=Administrasjonsbygg',
  'administrasjon/kodeverk/art':
    '10100=Fastlønn|10110=Tillegg|10200=Vikarlønn|10300=Ekstrahjelp|10400=Overtid|11000=Kontormateriell',
  'administrasjon/kodeverk/diverse': '0=Ikke oppgitt|1=Refusjonsberettiget',
  'administrasjon/kodeverk/formal': '1=Opplæring|2=Administrasjon|3=Støttetjenester',
  'administrasjon/kodeverk/fravarsgrunn': 'EGEN=Egen sykdom|BARN=Barns sykdom|KURS=Kurs|VELF=Velferdsgrunn',
  'administrasjon/kodeverk/kontrakt': '0=Ingen kontrakt|K100=Rammeavtale læremidler',
  'administrasjon/kodeverk/lopenummer': '0=Ingen|1=Første|2=Andre',
  'administrasjon/kodeverk/objekt': '0=Ikke objekt|520=Elevplass|530=Læreplass',
  'administrasjon/kodeverk/organisasjonstype':
    'FYLKE=Fylkeskommune|SEKSJON=Seksjon|VGS=Videregående skole|AVD=Avdeling',
  'administrasjon/kodeverk/personalressurskategori': 'F=Fast ansatt|M=Midlertidig ansatt|T=Timelønnet|P=Pensjonist',
  'administrasjon/kodeverk/prosjekt': '0=Ikke prosjekt|P2600=Bedre gjennomføring|P2601=Digital skole',
  'administrasjon/kodeverk/ramme': '0=Ingen ramme|R1=Driftsramme',
  'administrasjon/kodeverk/uketimetall': '3750=37,5 timer|3550=35,5 timer|3360=33,6 timer',

  'arkiv/kodeverk/dokumentstatus': 'B=Dokumentet er under redigering|F=Dokumentet er ferdigstilt',
  'arkiv/kodeverk/dokumenttype': 'BREV=Brev|NOTAT=Notat|AVTALE=Avtale|VEDTAK=Vedtak',
  'arkiv/kodeverk/format': 'PDF=PDF/A|DOCX=Word|TXT=Ren tekst',
  'arkiv/kodeverk/journalstatus': 'J=Journalført|F=Ferdigstilt|R=Reservert',
  'arkiv/kodeverk/journalposttype': 'I=Inngående dokument|U=Utgående dokument|X=Internt notat',
  'arkiv/kodeverk/klassifikasjonstype': 'FUNK=Funksjonsbasert|OBJ=Objektbasert',
  'arkiv/kodeverk/korrespondanseparttype': 'EA=Avsender|EM=Mottaker|IM=Intern mottaker',
  'arkiv/kodeverk/merknadstype': 'MS=Merknad fra saksbehandler|ML=Merknad fra leder',
  'arkiv/kodeverk/partrolle': 'KLI=Klient|SOK=Søker|FOR=Foresatt',
  'arkiv/kodeverk/rolle': 'SBH=Saksbehandler|LED=Leder|ARK=Arkivar',
  'arkiv/kodeverk/saksmappetype': 'SAK=Saksmappe|PER=Personalmappe',
  'arkiv/kodeverk/saksstatus': 'B=Under behandling|A=Avsluttet',
  'arkiv/kodeverk/skjermingshjemmel': 'OFF13=Offentleglova § 13|OFF25=Offentleglova § 25',
  'arkiv/kodeverk/tilgangsgruppe': 'ALLE=Alle ansatte|PERS=Personalmedarbeidere',
  'arkiv/kodeverk/tilgangsrestriksjon': 'O=Offentlig|U=Unntatt offentlighet|P=Personalsak',
  'arkiv/kodeverk/tilknyttetregistreringsom': 'H=Hoveddokument|V=Vedlegg',
  'arkiv/kodeverk/variantformat': 'P=Produksjonsformat|A=Arkivformat',

  'utdanning/kodeverk/avbruddsarsak': 'FLYTT=Flyttet|SLUTT=Sluttet på eget ønske|BYTTE=Byttet skole|SYK=Sykdom',
  'utdanning/kodeverk/betalingsstatus': 'B=Betalt|I=Ikke betalt|F=Fritatt',
  'utdanning/kodeverk/bevistype': 'F=Fagbrev|S=Svennebrev|K=Kompetansebevis|V=Vitnemål',
  'utdanning/kodeverk/brevtype': 'FB=Fagbrev|SB=Svennebrev',
  'utdanning/kodeverk/eksamensform': 'S=Skriftlig|M=Muntlig|P=Praktisk|MP=Muntlig-praktisk',
  'utdanning/kodeverk/elevkategori': 'ORD=Ordinær elev|PRI=Privatist|UTV=Utvekslingselev|GJE=Gjesteelev|VOK=Voksen',
  'utdanning/kodeverk/fagmerknad': 'FAM=Fritatt for vurdering|FOR=Forsert fag|TIL=Tilleggsfag',
  'utdanning/kodeverk/fagstatus': 'E=Elev i faget|S=Sluttet i faget|P=Privatist i faget',
  'utdanning/kodeverk/fravarstype': 'D=Dokumentert|U=Udokumentert|A=Annen opplæring|P=Politisk arbeid',
  'utdanning/kodeverk/fullfortkode': 'B=Bestått|M=Bestått meget godt|I=Ikke bestått',
  'utdanning/kodeverk/karakterstatus': 'B=Bestått|I=Ikke bestått|IM=Ikke møtt|IV=Ikke vurderingsgrunnlag',
  'utdanning/kodeverk/provestatus': 'P=Planlagt|A=Avlagt|U=Utsatt',
  'utdanning/kodeverk/skoleeiertype': 'F=Fylkeskommune|P=Privat|S=Stat',
  'utdanning/kodeverk/tilrettelegging': 'UT=Utvidet tid|OP=Opplesing|PC=Egen PC|RO=Eget rom',
  'utdanning/kodeverk/varseltype': 'FRA=Varsel om fravær|IV=Varsel om manglende vurderingsgrunnlag|ORD=Varsel om orden',
  'utdanning/kodeverk/vitnemalsmerknad': 'VK=Vitnemål etter kunnskapsløftet|FU=Fullført med unntak',
};

/** Lists with a link or an attribute more; code-collections.ts adds it. */
export const RICHER_LISTS = {
  arbeidsforholdstype: 'F=Fast|FT=Fast, deltid|V=Vikariat|E=Engasjement',
  fravarstype: 'SYK=Sykefravær|PERM=Permisjon|FERIE=Ferie|AVSP=Avspasering',
  funksjon:
    '400=Administrasjon|510=Skolelokaler|520=Pedagogisk ledelse|521=Studieforberedende|522=Yrkesfag|570=Voksenopplæring',
  lonnsart: '1000=Månedslønn|1100=Funksjonstillegg|1200=Kontaktlærertillegg|2000=Timelønn|2100=Overtid 50 %',
  prosjektart: 'PA1=Prosjektledelse|PA2=Gjennomføring|PA21=Kursdager',
  stillingskode:
    '7960=Lærer|7961=Adjunkt|7962=Adjunkt med tillegg|7963=Lektor|7966=Lektor med tillegg|9951=Rektor|9954=Assisterende rektor|6559=Konsulent|8530=Rådgiver|9451=Leder',
  karakterskala: 'TALL=Tallkarakter 1-6|ORDEN=Orden og atferd|BEST=Bestått eller ikke bestått',
  otstatus: 'AKT=Aktiv oppfølging|SOK=Søker arbeid|AVS=Avsluttet',
  otenhet: 'OTN=Oppfølgingstjenesten nord|OTS=Oppfølgingstjenesten sør',
} as const;

/** Marks: scale, code, name. */
export const MARKS: readonly (readonly [scale: string, code: string, name: string])[] = [
  ['TALL', '1', 'Svært lav kompetanse'],
  ['TALL', '2', 'Lav kompetanse'],
  ['TALL', '3', 'Nokså god kompetanse'],
  ['TALL', '4', 'God kompetanse'],
  ['TALL', '5', 'Meget god kompetanse'],
  ['TALL', '6', 'Framifrå kompetanse'],
  ['TALL', 'IV', 'Ikke vurderingsgrunnlag'],
  ['ORDEN', 'G', 'God'],
  ['ORDEN', 'N', 'Nokså god'],
  ['ORDEN', 'L', 'Lite god'],
  ['BEST', 'B', 'Bestått'],
  ['BEST', 'IB', 'Ikke bestått'],
];

/** Splits `code=name|code=name`. */
export const readList = (text: string): readonly (readonly [code: string, name: string])[] =>
  text.split('|').map((entry) => {
    const place = entry.indexOf('=');
    return [entry.slice(0, place), entry.slice(place + 1)] as const;
  });
