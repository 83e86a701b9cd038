// The filter language of the FINT API: what it reads, what it refuses and why, and what it means.
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFilter } from '#filters/parse-filter.ts';
import { printFilter } from '../print-filter.ts';
import { limits } from '#base/limits.ts';
import type { FilterExpr } from '#model/filter.ts';
import { evaluateFilter } from '../evaluate-filter.ts';
import { collectionAt, model } from '../apis/fint/model-under-test.ts';

const elev = 'utdanning/elev/elev';
const person = 'utdanning/elev/person';
const elevforhold = 'utdanning/elev/elevforhold';
const sak = 'arkiv/noark/sak';
const grunnlag = 'okonomi/faktura/fakturagrunnlag';

const read = (at: string, text: string) => parseFilter(text, collectionAt(at), model);

const good = (at: string, text: string): FilterExpr => {
  const result = read(at, text);
  assert.ok(result.ok, `${text}: ${result.ok ? '' : JSON.stringify(result.problem)}`);
  return result.value;
};

/** What is read, in the canonical form. */
const readable: readonly (readonly [string, string, string])[] = [
  // The infix forms of FINT.
  [elev, "elevnummer/identifikatorverdi eq '500001'", "elevnummer/identifikatorverdi eq '500001'"],
  [person, "navn/etternavn ne 'Fjell'", "navn/etternavn ne 'Fjell'"],
  [person, "navn/etternavn gt 'A'", "navn/etternavn gt 'A'"],
  [person, "navn/etternavn ge 'A'", "navn/etternavn ge 'A'"],
  [person, "navn/etternavn lt 'Å'", "navn/etternavn lt 'Å'"],
  [person, "navn/etternavn le 'Å'", "navn/etternavn le 'Å'"],
  [person, "navn/etternavn contains 'jel'", "navn/etternavn contains 'jel'"],
  [person, "navn/etternavn startswith 'Fj'", "navn/etternavn startswith 'Fj'"],
  [person, "navn/etternavn endswith 'ell'", "navn/etternavn endswith 'ell'"],
  [person, "not navn/etternavn eq 'Fjell'", "not navn/etternavn eq 'Fjell'"],
  [elev, "not gjest eq 'true'", 'not gjest eq true'],
  // Function forms.
  [person, "contains(navn/etternavn,'jel')", "navn/etternavn contains 'jel'"],
  [person, "startswith( navn/etternavn , 'Fj' )", "navn/etternavn startswith 'Fj'"],
  [person, "not endswith(navn/etternavn,'x')", "not navn/etternavn endswith 'x'"],
  // The whole alphabet of values.
  [
    elev,
    "kontaktinformasjon/epostadresse eq 'ola+x@fjordheim.test'",
    "kontaktinformasjon/epostadresse eq 'ola+x@fjordheim.test'",
  ],
  [person, "navn/etternavn eq 'O''Hara'", "navn/etternavn eq 'O''Hara'"],
  [person, "navn/etternavn eq ''''", "navn/etternavn eq ''''"],
  [person, "navn/etternavn eq ''", "navn/etternavn eq ''"],
  [person, "navn/etternavn eq ' and ) or ('", "navn/etternavn eq ' and ) or ('"],
  [person, "navn/etternavn eq '; drop table x; --'", "navn/etternavn eq '; drop table x; --'"],
  [person, "navn/etternavn eq '日本 🎓 %_*'", "navn/etternavn eq '日本 🎓 %_*'"],
  [person, "navn/etternavn eq 'A\u030As'", "navn/etternavn eq 'Ås'"],
  // Blanks.
  [person, "  navn/etternavn   eq\t'x'  ", "navn/etternavn eq 'x'"],
  [person, "navn / etternavn eq'x'", "navn/etternavn eq 'x'"],
  [person, "navn/etternavn eq 'x'\n", "navn/etternavn eq 'x'"],
  // Keywords without regard to case.
  [person, "navn/etternavn EQ 'x' AND NOT navn/fornavn Eq 'y'", "navn/etternavn eq 'x' and not navn/fornavn eq 'y'"],
  // Precedence and parentheses.
  [
    person,
    "navn/fornavn eq 'a' or navn/fornavn eq 'b' and navn/etternavn eq 'c'",
    "navn/fornavn eq 'a' or navn/fornavn eq 'b' and navn/etternavn eq 'c'",
  ],
  [
    person,
    "(navn/fornavn eq 'a' or navn/fornavn eq 'b') and navn/etternavn eq 'c'",
    "(navn/fornavn eq 'a' or navn/fornavn eq 'b') and navn/etternavn eq 'c'",
  ],
  [person, "((navn/fornavn eq 'a'))", "navn/fornavn eq 'a'"],
  [person, "not (navn/fornavn eq 'a' or navn/fornavn eq 'b')", "not (navn/fornavn eq 'a' or navn/fornavn eq 'b')"],
  [person, "not(navn/fornavn eq 'a')", "not navn/fornavn eq 'a'"],
  [person, "not not navn/fornavn eq 'a'", "not not navn/fornavn eq 'a'"],
  [
    person,
    "navn/fornavn eq 'a' and (navn/fornavn eq 'b' and navn/fornavn eq 'c')",
    "navn/fornavn eq 'a' and navn/fornavn eq 'b' and navn/fornavn eq 'c'",
  ],
  // in
  [person, "navn/fornavn in ('a','b')", "navn/fornavn in ('a','b')"],
  [person, "navn/fornavn in ( 'a' )", "navn/fornavn in ('a')"],
  [person, "not navn/fornavn in ('a')", "not navn/fornavn in ('a')"],
  // Numbers.
  [grunnlag, 'totalbelop gt 10000', 'totalbelop gt 10000'],
  [grunnlag, "totalbelop gt '10000'", 'totalbelop gt 10000'],
  [grunnlag, 'totalbelop eq -5', 'totalbelop eq -5'],
  [grunnlag, 'totalbelop eq +5', 'totalbelop eq 5'],
  [grunnlag, 'totalbelop eq -0', 'totalbelop eq 0'],
  [grunnlag, 'totalbelop in (1, 2, 3)', 'totalbelop in (1,2,3)'],
  [grunnlag, 'fakturalinjer/any(f:f/antall eq 1.5e1)', 'fakturalinjer/any(x1:x1/antall eq 15)'],
  // Booleans.
  [elev, 'gjest eq true', 'gjest eq true'],
  [elev, "gjest ne 'FALSE'", 'gjest ne false'],
  [elev, 'gjest in (true,false)', 'gjest in (true,false)'],
  // Dates.
  [
    elevforhold,
    "gyldighetsperiode/start gt '2026-01-01T00:00:00Z'",
    "gyldighetsperiode/start gt '2026-01-01T00:00:00Z'",
  ],
  [elevforhold, "gyldighetsperiode/start gt '2026-01-01'", "gyldighetsperiode/start gt '2026-01-01T00:00:00Z'"],
  [elevforhold, 'gyldighetsperiode/start gt 2026-01-01', "gyldighetsperiode/start gt '2026-01-01T00:00:00Z'"],
  [
    elevforhold,
    "gyldighetsperiode/start ge '2026-01-01T01:00:00+01:00'",
    "gyldighetsperiode/start ge '2026-01-01T00:00:00Z'",
  ],
  [
    elevforhold,
    "gyldighetsperiode/start ge '2026-01-01T01:00:00 01:00'",
    "gyldighetsperiode/start ge '2026-01-01T00:00:00Z'",
  ],
  [
    elevforhold,
    "gyldighetsperiode/start eq '2026-01-01T00:00:00.999Z'",
    "gyldighetsperiode/start eq '2026-01-01T00:00:00Z'",
  ],
  [person, "fodselsdato lt '2010-01-01'", "fodselsdato lt '2010-01-01T00:00:00Z'"],
  // Norwegian letters in names.
  [person, "fødselsnummer/identifikatorverdi eq '01810112345'", "fodselsnummer/identifikatorverdi eq '01810112345'"],
  [person, "fødselsdato lt '2010-01-01'", "fodselsdato lt '2010-01-01T00:00:00Z'"],
  // Deep paths.
  [
    elev,
    "systemId/gyldighetsperiode/slutt lt '2026-01-01'",
    "systemId/gyldighetsperiode/slutt lt '2026-01-01T00:00:00Z'",
  ],
  // Lambdas.
  [sak, "part/any(p:p/partNavn eq 'x')", "part/any(x1:x1/partNavn eq 'x')"],
  [sak, "part/all(p:p/partNavn eq 'x')", "part/all(x1:x1/partNavn eq 'x')"],
  [sak, "not part/any(p:p/partNavn eq 'x')", "not part/any(x1:x1/partNavn eq 'x')"],
  [sak, "part/any(p:p/not partNavn eq 'x')", "part/any(x1:not x1/partNavn eq 'x')"],
  [sak, "part/any(p:not p/partNavn eq 'x')", "part/any(x1:not x1/partNavn eq 'x')"],
  [sak, "part/any( p : p/partNavn eq 'x' )", "part/any(x1:x1/partNavn eq 'x')"],
  [
    sak,
    "part/any(p:p/partNavn eq 'x' and p/kontaktperson eq 'y')",
    "part/any(x1:x1/partNavn eq 'x' and x1/kontaktperson eq 'y')",
  ],
  [sak, "noekkelord/any(n:n eq 'bok')", "noekkelord/any(x1:x1 eq 'bok')"],
  [sak, "noekkelord/all(n1:startswith(n1,'b'))", "noekkelord/all(x1:x1 startswith 'b')"],
  [
    sak,
    "part/any(p:p/partNavn eq 'x') and tittel eq 'y' and merknad/any(m:m/merknadstekst contains 'z')",
    "part/any(x1:x1/partNavn eq 'x') and tittel eq 'y' and merknad/any(x1:x1/merknadstekst contains 'z')",
  ],
  [
    sak,
    "journalpost/any(j:j/dokumentbeskrivelse/any(d:d/dokumentobjekt/any(o:o/sjekksum eq 'f')))",
    "journalpost/any(x1:x1/dokumentbeskrivelse/any(x2:x2/dokumentobjekt/any(x3:x3/sjekksum eq 'f')))",
  ],
  [elev, "hybeladresse/adresselinje/any(a:a eq 'Gata 1')", "hybeladresse/adresselinje/any(x1:x1 eq 'Gata 1')"],
  [sak, "part/any(p:p/adresse/adresselinje/any(a:a eq 'x'))", "part/any(x1:x1/adresse/adresselinje/any(x2:x2 eq 'x'))"],
  [elevforhold, 'anmerkninger/any(a:a/atferd ge 2)', 'anmerkninger/any(x1:x1/atferd ge 2)'],
  // Links.
  [
    elev,
    "_links/elevforhold/any(l:l/href eq 'https://hub.test/utdanning/elev/elevforhold/systemid/E_1')",
    "_links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/E_1')",
  ],
  [
    elev,
    "elevforhold/any(l:l/href eq '/utdanning/elev/elevforhold/systemId/E%2F1')",
    "_links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/E%2F1')",
  ],
  [
    elev,
    "elevforhold eq 'systemid/E/1'",
    "_links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/E%2F1')",
  ],
  [
    elev,
    "elevforhold in ('systemid/1','systemid/2')",
    "_links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/1') or _links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/2')",
  ],
  [
    elev,
    "not _links/elevforhold/any(l:l/href in ('systemid/1') or l/href eq 'systemid/2')",
    "not (_links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/1') or _links/elevforhold/any(x:x/href eq '/utdanning/elev/elevforhold/systemid/2'))",
  ],
  [
    elev,
    "person eq 'https://old.test/administrasjon/personal/person/fodselsnummer/01810112345'",
    "_links/person/any(x:x/href eq '/utdanning/elev/person/fodselsnummer/01810112345')",
  ],
  [elev, '_links/person/any()', '_links/person/any()'],
  [elev, 'not person/any()', 'not _links/person/any()'],
  // A code list by its short form.
  [
    person,
    "statsborgerskap eq 'https://hub.test/felles/kodeverk/landkode/systemid/NO'",
    "_links/statsborgerskap/any(x:x/href eq '/felles/kodeverk/iso/landkode/systemid/NO')",
  ],
];

void test('readable filters, in canonical form', async (t) => {
  for (const [at, text, canonical] of readable) {
    await t.test(JSON.stringify(text), () => {
      const filter = good(at, text);
      assert.equal(printFilter(filter), canonical);
      assert.deepEqual(good(at, printFilter(filter)), filter);
    });
  }
});

const terms = (count: number): string => Array.from({ length: count }, () => "navn/fornavn eq 'a'").join(' or ');
const nested = (depth: number): string => `${'('.repeat(depth)}navn/fornavn eq 'a'${')'.repeat(depth)}`;
const values = (count: number): string => `navn/fornavn in (${Array.from({ length: count }, () => "'a'").join(',')})`;
const long = (bytes: number): string => {
  const frame = "navn/fornavn eq ''";
  return `navn/fornavn eq '${'a'.repeat(bytes - frame.length)}'`;
};

/** What is refused: the code, and what the message must say. */
const refused: readonly (readonly [string, string, string, RegExp])[] = [
  [elev, '', 'HUB-120', /expected a property/],
  [elev, '   ', 'HUB-120', /expected a property/],
  [person, 'navn/etternavn', 'HUB-120', /has|expected eq/],
  [person, 'navn/etternavn eq', 'HUB-120', /text in quotes/],
  [person, 'navn/etternavn eq Fjell', 'HUB-120', /text in quotes/],
  [person, 'navn/etternavn eq 5', 'HUB-120', /text in quotes/],
  [person, "navn/etternavn eq 'x", 'HUB-120', /never closed/],
  [person, "navn/etternavn eq 'x' and", 'HUB-120', /expected a property/],
  [person, "navn/etternavn eq 'x' navn/fornavn eq 'y'", 'HUB-120', /end of the filter/],
  [person, "navn/etternavn eq 'x')", 'HUB-120', /end of the filter/],
  [person, "(navn/etternavn eq 'x'", 'HUB-120', /expected "\)"/],
  [person, "navn/etternavn = 'x'", 'HUB-120', /no meaning|expected eq/],
  [person, "navn/etternavn like 'x'", 'HUB-120', /expected eq/],
  [person, "navn//etternavn eq 'x'", 'HUB-120', /expected a property/],
  [person, "/navn eq 'x'", 'HUB-120', /expected a property/],
  [person, "'x' eq navn/etternavn", 'HUB-120', /expected a property/],
  [person, "navn/etternavn eq 'x' or or navn/fornavn eq 'y'", 'HUB-205', /Person/],
  [person, 'navn/etternavn eq null', 'HUB-120', /null/],
  [person, "navn/etternavn eq 'a\u0000b'", 'HUB-120', /NUL/],
  [person, "navn/etternavn eq 'a\uD800b'", 'HUB-120', /UTF-8/],
  [person, 'navn/etternavn in ()', 'HUB-120', /text in quotes/],
  [person, "navn/etternavn in ('a',)", 'HUB-120', /text in quotes/],
  [person, "navn/etternavn in 'a'", 'HUB-120', /"\("/],
  [person, "contains('a',navn/etternavn)", 'HUB-120', /expected a property/],
  [person, "contains(navn/etternavn 'a')", 'HUB-120', /","/],
  [person, "contains(navn/etternavn,'a'", 'HUB-120', /"\)"/],
  // Names.
  [elev, "systemid/identifikatorverdi eq 'x'", 'HUB-205', /nearest is "systemId"/],
  [elev, "feidenavnn/identifikatorverdi eq 'x'", 'HUB-205', /nearest is "feidenavn"/],
  [elev, "feidenavn/identifikatorverdig eq 'x'", 'HUB-205', /nearest is "identifikatorverdi"/],
  [elev, "__proto__ eq 'x'", 'HUB-205', /no property/],
  [elev, "constructor/name eq 'x'", 'HUB-205', /no property/],
  [elev, '_links/elevforhod/any()', 'HUB-205', /nearest is "elevforhold"/],
  [elev, "a1_b2 eq 'x'", 'HUB-205', /no property/],
  [elev, "systemId eq 'x'", 'HUB-120', /has parts/],
  [elev, "kontaktinformasjon eq 'x'", 'HUB-120', /has parts/],
  [elev, "gjest/x eq 'x'", 'HUB-120', /no parts/],
  // Kinds.
  [elev, "gjest eq 'maybe'", 'HUB-120', /true or false/],
  [elev, 'gjest gt true', 'HUB-120', /does not fit/],
  [elev, "gjest contains 'x'", 'HUB-120', /does not fit/],
  [grunnlag, "totalbelop eq 'many'", 'HUB-120', /a number/],
  [grunnlag, 'totalbelop eq 9007199254740993', 'HUB-120', /a number/],
  [grunnlag, 'totalbelop eq 1e999', 'HUB-120', /a number/],
  [grunnlag, 'totalbelop eq 0x10', 'HUB-120', /a number/],
  [grunnlag, 'totalbelop contains 1', 'HUB-120', /does not fit/],
  [elevforhold, "gyldighetsperiode/start gt 'yesterday'", 'HUB-120', /a date/],
  [elevforhold, "gyldighetsperiode/start gt '2026-02-30'", 'HUB-120', /a date/],
  [elevforhold, "gyldighetsperiode/start gt '2026-01-01T00:00:00'", 'HUB-120', /zone/],
  [elevforhold, "gyldighetsperiode/start startswith '2026'", 'HUB-120', /does not fit/],
  // Lists and lambdas.
  [sak, "part/partNavn eq 'x'", 'HUB-120', /is a list/],
  [sak, "noekkelord eq 'x'", 'HUB-120', /is a list/],
  [sak, "tittel/any(t:t eq 'x')", 'HUB-120', /not a list/],
  [sak, "part/any(p:q/partNavn eq 'x')", 'HUB-120', /begins with p\//],
  [sak, "part/any(p:tittel eq 'x')", 'HUB-120', /begins with p\//],
  [sak, "part/any(p/partNavn eq 'x')", 'HUB-120', /":"/],
  [sak, "part/any(p:p eq 'x')", 'HUB-120', /has parts/],
  [sak, "part/any(p:p/partNavn eq 'x'", 'HUB-120', /"\)"/],
  [sak, 'part/any()', 'HUB-120', /a name/],
  [sak, "noekkelord/any(n:n/x eq 'x')", 'HUB-120', /no parts/],
  [sak, "journalpost/any(j:j/part/any(p:j/tittel eq 'x'))", 'HUB-120', /begins with p\//],
  // Links.
  [elev, "elevforhold eq 'E_1'", 'HUB-120', /elevforhold: identifier name/],
  [elev, "elevforhold eq 'feidenavn/x'", 'HUB-120', /systemid/],
  [elev, "elevforhold eq 'https://hub.test/utdanning/elev/skoleressurs/systemid/1'", 'HUB-120', /expected a link/],
  [elev, "elevforhold eq 'systemid/%zz'", 'HUB-120', /expected a link/],
  [elev, "elevforhold eq 'systemid/'", 'HUB-120', /expected a link/],
  [elev, "elevforhold ne 'systemid/1'", 'HUB-120', /negate it with not/],
  [elev, "elevforhold/all(l:l/href eq 'systemid/1')", 'HUB-120', /not all/],
  [elev, "elevforhold/any(l:l/title eq 'systemid/1')", 'HUB-120', /l\/href/],
  [elev, "elevforhold/any(l:l/href eq 'systemid/1' and l/href eq 'systemid/2')", 'HUB-120', /"\)"/],
  [elev, "elevforhold/skole eq 'systemid/1'", 'HUB-120', /does not follow/],
  [elev, "contains(elevforhold,'x')", 'HUB-120', /eq, in or any/],
  [elev, 'hybeladresse/_links/land/any()', 'HUB-120', /resource itself/],
  [elev, '_links', 'HUB-120', /"\/"/],
  // Bounds, on both sides below.
  [person, terms(limits.filterTerms + 1), 'HUB-121', /comparisons/],
  [person, nested(limits.filterDepth + 1), 'HUB-121', /levels/],
  [person, nested(4_000), 'HUB-121', /levels/],
  [person, values(limits.filterInValues + 1), 'HUB-121', /values/],
  [person, long(limits.filterBytes + 1), 'HUB-121', /longer/],
];

void test('refused filters, with code, position and reason', async (t) => {
  for (const [at, text, code, message] of refused)
    await t.test(JSON.stringify(text.slice(0, 60)), () => {
      const result = read(at, text);
      assert.ok(!result.ok, `accepted: ${text.slice(0, 100)}`);
      assert.equal(result.problem.code, code);
      const [item] = result.problem.errors ?? [];
      assert.equal(item?.at, '$filter');
      assert.match(`${result.problem.detail} ${item?.message}`, message);
    });
});

void test('bounds hold exactly', () => {
  for (const text of [
    terms(limits.filterTerms),
    nested(limits.filterDepth),
    values(limits.filterInValues),
    long(limits.filterBytes),
  ])
    good(person, text);
});

void test('messages hold no value of the filter', () => {
  for (const text of [
    "gjest eq 'Hemmelig'",
    "elevforhold eq 'Hemmelig'",
    "systemId eq 'Hemmelig",
    "feidenavnet eq 'Hemmelig'",
  ]) {
    const result = read(elev, text);
    assert.ok(!result.ok);
    assert.doesNotMatch(JSON.stringify(result.problem), /Hemmelig/);
  }
});

const anne = {
  navn: { fornavn: 'Anne', etternavn: 'Åsheim' },
  fodselsdato: '2009-05-04T00:00:00Z',
  _links: { statsborgerskap: [{ href: 'https://hub.test/felles/kodeverk/iso/landkode/systemid/NO' }] },
};

/** What filters mean, on one person. */
const meaning: readonly (readonly [string, boolean])[] = [
  ["navn/fornavn eq 'ANNE'", true],
  ["navn/etternavn eq 'åSHEIM'", true],
  ["navn/fornavn contains 'ANNE'", false],
  ["navn/fornavn contains 'nn'", true],
  ["navn/fornavn in ('per','anne')", true],
  ["navn/mellomnavn eq 'x'", false],
  ["navn/mellomnavn ne 'x'", false],
  ["not navn/mellomnavn ne 'x'", true],
  ["navn/fornavn gt 'anna'", true],
  ["fodselsdato eq '2009-05-04'", true],
  ["fodselsdato lt '2009-05-04T00:00:00+01:00'", false],
  ["navn/fornavn eq 'x' and navn/fornavn eq 'y' or navn/fornavn eq 'anne'", true],
  ["navn/fornavn eq 'anne' or navn/fornavn eq 'x' and navn/fornavn eq 'y'", true],
  ["(navn/fornavn eq 'anne' or navn/fornavn eq 'x') and navn/fornavn eq 'y'", false],
  ["statsborgerskap eq 'systemid/NO'", true],
  ["statsborgerskap eq 'systemid/no'", false],
  ['statsborgerskap/any()', true],
  ['not foreldre/any()', true],
];

void test('meaning on a resource', async (t) => {
  for (const [text, expected] of meaning)
    await t.test(JSON.stringify(text), () => assert.equal(evaluateFilter(good(person, text), anne), expected));
});

const file = {
  tittel: 'Sak',
  noekkelord: ['bok', 'skole'],
  part: [{ partNavn: 'A', kontaktperson: 'X' }, { partNavn: 'B' }],
};

const lists: readonly (readonly [string, boolean])[] = [
  ["noekkelord/any(n:n eq 'BOK')", true],
  ["noekkelord/all(n:n eq 'bok')", false],
  ["part/any(p:p/partNavn eq 'b')", true],
  ["part/any(p:p/partNavn eq 'b' and p/kontaktperson eq 'x')", false],
  ["part/all(p:p/partNavn in ('a','b'))", true],
  ["merknad/any(m:m/merknadstekst eq 'x')", false],
  ["merknad/all(m:m/merknadstekst eq 'x')", true],
  ["part/any(p:p/partNavn eq 'a') and tittel eq 'sak'", true],
];

void test('meaning over lists', async (t) => {
  for (const [text, expected] of lists)
    await t.test(JSON.stringify(text), () => assert.equal(evaluateFilter(good(sak, text), file), expected));
});

void test('an int attribute takes numbers', () => {
  assert.deepEqual(good(elevforhold, 'anmerkninger/any(a:a/atferd eq 3)'), {
    kind: 'any',
    list: ['anmerkninger'],
    term: {
      kind: 'compare',
      path: { names: ['atferd'], kind: 'int' },
      operator: 'eq',
      value: { kind: 'number', value: 3 },
    },
  });
});
