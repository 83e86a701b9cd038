// Names for synthetic people. `tenor`: an adjective and a noun, plainly invented, safe on a screenshot. `plausible`: short
// lists of our own that look like Norway today. Called by people.ts. It must not know who carries a name.

import { at, draw, drawFrom, drawPercent, salt } from './random.ts';

export type NameStyle = 'tenor' | 'plausible';
export type PersonName = { readonly fornavn: string; readonly mellomnavn?: string; readonly etternavn: string };

const ADJECTIVES =
  'Aktiv Allsidig Ansvarlig Artig Begeistret Blid Brun Bevisst Diger Dyktig Edel Egen Ekte Enkel Evig Fager Fersk Fin Flott Fornøyd Frisk Frodig Fyldig Glad Gild Grønn Gul Gyllen Hendig Hissig Humoristisk Ivrig Kald Kantete Kjapp Klar Klok Kreativ Kvikk Lett Livlig Lun Lysende Modig Munter Myk Naturlig Nysgjerrig Nøktern Ordentlig Praktisk Rask Robust Rolig Rund Saklig Sindig Skarp Smidig Snill Sterk Stolt Stødig Trygg Tydelig Ung Vakker Varm Villig Våken Yndig Ydmyk Ærlig Åpen Øm Sølvklar'.split(
    ' ',
  );
const NOUNS =
  'Appelsin Ask Bjørk Blomst Bok Bolle Bro Busk Bølge Dal Drage Elv Fiolin Fjell Flåte Foss Furu Gås Gitar Gran Hage Hammer Havn Hest Holme Hvelving Innsjø Jord Kaffe Kajakk Kano Kaptein Kirsebær Klokke Knapp Kopp Kule Kystlinje Lampe Lerke Lind Linje Løve Maskin Mandel Marg Måke Nøkkel Ost Panda Penn Pil Plomme Radio Regnbue Ring Rogn Rose Sag Sekk Silke Skje Skog Skute Sky Sofa Sommer Stein Stige Strand Svale Tiger Trompet Trost Ugle Vifte Vind Ørn Åker Å'.split(
    ' ',
  );
const WOMEN =
  'Nora Emma Ingrid Sara Thea Emilie Ida Amalie Leah Sofie Hedda Tuva Marie Julie Frida Åshild Solveig Sigrid Maren Ragnhild Øydis Máret Elle Ánne Risten Inga Fatima Amina Zainab Hanan Layla Aaliyah Zofia Weronika Oksana Thi-Mai Priya Selam Hodan Marit-Elise Anne-Karin'.split(
    ' ',
  );
const MEN =
  'Jakob Emil Noah Oskar Oliver Filip William Lucas Isak Aksel Theodor Magnus Håkon Øystein Bjørn Åsmund Torstein Eirik Sondre Mikkel Ánte Niillas Juhán Áilu Máhtte Mohammed Ahmed Omar Yusuf Ali Abdirahman Kacper Jakub Andriy Minh Arjun Filmon Jan-Erik Per-Ole Karl-Johan Tor-Arne'.split(
    ' ',
  );
const SURNAMES =
  'Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Berg Haugen Hagen Dahl Lund Bakken Moen Solberg Strand Sæther Bråten Ødegård Nygård Åsen Brekke Tveit Sørbø Kvåle Fjørtoft Gjære Utsi Sara Eira Gaup Sombán Mienna Hætta Bæhr Khan Hussain Ali Mohamed Warsame Nguyen Tran Kowalski Nowak Shevchenko Tesfay Singh Demir Al-Hassan Rønning-Dahl Moe-Sæther Bakke-Lund'.split(
    ' ',
  );

const GIVEN = salt('name.given');
const MIDDLE = salt('name.middle');
const SECOND = salt('name.second');
const FAMILY = salt('name.family');

/** Draws a family name; everybody drawn with the same index shares it. */
export const familyName = (style: NameStyle, seed: number, household: number): string =>
  drawFrom(seed, FAMILY, household, style === 'tenor' ? NOUNS : SURNAMES);

/** Draws a full name for a person (an index of their own) who carries the family name given. */
export const personName = (
  style: NameStyle,
  seed: number,
  person: number,
  female: boolean,
  etternavn: string,
): PersonName => {
  if (style === 'tenor') return { fornavn: drawFrom(seed, GIVEN, person, ADJECTIVES), etternavn };
  const list = female ? WOMEN : MEN;
  const place = draw(seed, GIVEN, person) % list.length;
  const first = at(list, place);
  const two = draw(seed, SECOND, person);
  // One in eight has two given names, never the same one twice.
  const other = (place + 1 + ((two >>> 8) % (list.length - 1))) % list.length;
  const fornavn = two % 8 === 0 ? `${first} ${at(list, other)}` : first;
  return drawPercent(seed, MIDDLE, person, 15)
    ? { fornavn, mellomnavn: drawFrom(seed, MIDDLE, person + 1, SURNAMES), etternavn }
    : { fornavn, etternavn };
};

const PLAIN: Readonly<Record<string, string>> = {
  æ: 'a',
  ø: 'o',
  å: 'a',
  á: 'a',
  č: 'c',
  đ: 'd',
  ŋ: 'n',
  š: 's',
  ŧ: 't',
  ž: 'z',
  é: 'e',
  ü: 'u',
  ö: 'o',
  ä: 'a',
};

/** Writes a name with the letters a-z only, for user names and e-mail addresses. */
export const plainLetters = (name: string): string => {
  let text = '';
  for (const letter of name.toLowerCase()) {
    const plain = PLAIN[letter] ?? letter;
    if (plain >= 'a' && plain <= 'z') text += plain;
  }
  return text;
};
