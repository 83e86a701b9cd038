// What a person has from elsewhere: exemptions, external results, orders of results, and stays at other institutions. Called by operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { plainColumn } from '../holdings.ts';
import { idSchema } from '../ids.ts';
import { at } from './at.ts';
import { sizeForm } from './body-forms.ts';
import { addWith, listOfStudent, removal, takeAwayOf, type Values } from './of-student.ts';
import { taken } from './said-of-writes.ts';
import { exemptionBelongs, externalBelongs } from './plan.ts';
import { exemption, exemptionKinds, external, order, stays } from './recognition.ts';
import type { GeminiType } from './gemini-type.ts';
import type { Call, GeminiParts, Operation, Operations, Schema } from '../operation.ts';
import { pageParameters } from '../parameters.ts';
import { impossible, invalid, nothingNamed } from '../problems.ts';
import { notAStudent, oneWrong, standingOf } from '../standing.ts';
import { create, readLinks } from '../writes.ts';

const line = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });

const exemptionBody: Schema = {
  type: 'object',
  properties: {
    emneId: idSchema,
    fritakstype: { type: 'string', enum: exemptionKinds },
    gyldigIPeriode: {
      type: 'object',
      properties: { fraTerminId: idSchema, tilTerminId: idSchema },
      additionalProperties: false,
    },
  },
  required: ['emneId', 'fritakstype'],
  additionalProperties: false,
};

const externalBody: Schema = {
  type: 'object',
  properties: {
    institusjonId: idSchema,
    institusjonsId: idSchema,
    studienivaId: idSchema,
    vurderingsresultatstatusId: idSchema,
    registreringskildeId: idSchema,
    kategoriId: idSchema,
    beskrivelsesmodellId: idSchema,
    nusKode: line(20),
    periode: {
      type: 'object',
      properties: { periodeId: idSchema, arstall: { type: 'integer', minimum: 1_900, maximum: 2_100 } },
      additionalProperties: false,
    },
    vekting: sizeForm,
    url: { type: 'string', pattern: '^https?://', maxLength: 1_000 },
    kode: line(50),
    navn: {
      type: 'object',
      properties: { original: line(500), nob: line(500), nno: line(500), eng: line(500) },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

const orderBody: Schema = {
  type: 'object',
  properties: { institusjonId: idSchema, institusjonsId: idSchema },
  additionalProperties: false,
};

const add = async (
  parts: GeminiParts,
  call: Call,
  operation: string,
  type: GeminiType,
  given: Values,
): Promise<ApiAnswer> => {
  const person = await standingOf(parts, call);
  if (person === null) return nothingNamed;
  if (person.student === null) return impossible(notAStudent);
  return addWith({ parts, call, operation }, type, given, { [plainColumn('studentId')]: person.student });
};

const takeAway = async (
  parts: GeminiParts,
  call: Call,
  operation: string,
  types: { readonly type: GeminiType; readonly belongs: GeminiType },
): Promise<ApiAnswer> => {
  const person = await standingOf(parts, call);
  if (person === null || person.student === null) return nothingNamed;
  return takeAwayOf({ parts, call, operation }, types, { student: person.student });
};

const exemptionValues = ({ gyldigIPeriode, ...rest }: Values): Values => ({
  ...rest,
  ...((gyldigIPeriode ?? {}) as Values),
});

const externalValues = ({ periode, vekting, ...rest }: Values): Values => {
  const { verdi, ...unit } = (vekting ?? {}) as Values;
  return { ...rest, ...((periode ?? {}) as Values), ...unit, ...(verdi === undefined ? {} : { vektingsverdi: verdi }) };
};

/** Of two names that one member has, one has to be given. */
const institutionIn = ({ institusjonId, institusjonsId }: Values): unknown => institusjonId ?? institusjonsId;

const addExternal = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const body = call.body ?? {};
  if (institutionIn(body) === undefined) return invalid(oneWrong('institusjonId', 'må oppgis'));
  return add(parts, call, 'addEksternresultat', external, externalValues(body));
};

/** An order is a resource that whoever carries it out finds in the feed; here it is taken, and asked about by GET. */
const placeOrder = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const person = await standingOf(parts, call);
  if (person === null) return nothingNamed;
  const body = call.body ?? {};
  const institution = institutionIn(body);
  if (institution === undefined) return invalid(oneWrong('institusjonId', 'må oppgis'));
  const values = readLinks(parts, call, order, body);
  if (!values.ok) return invalid(values.problem.errors ?? []);
  if (person.student === null) return impossible(notAStudent);
  if (!person.hasNationalId) return impossible('Personen har ikke et fødselsnummer som resultater kan bestilles for.');
  if (parts.ids.read(call.owner, at.institution, institution)?.value === call.owner)
    return impossible('Resultater bestilles fra andre læresteder.');
  return create(
    { parts, call, operation: 'orderResultatutveksling' },
    parts.holdings.of(call.owner, order),
    {
      ...values.value,
      [plainColumn('studentId')]: person.student,
      status: 'BESTILT',
      bestilt: new Date(parts.clock.now()).toISOString(),
    },
    202,
  );
};

const below = '/personer/{personId}';
const path = { personId: '{personId}' };

const listing = (
  name: string,
  segment: string,
  schema: string,
  summary: Operation['summary'],
  handle: Operation['handle'],
): Operation => ({
  id: `list${name}`,
  tag: 'Godkjenning av utdanning',
  method: 'GET',
  path: `${below}/${segment}`,
  summary,
  describe: { nb: `${summary.nb.slice(0, -1)}, side for side.`, en: `${summary.en.slice(0, -1)}, page by page.` },
  query: pageParameters,
  goal: 'application',
  answers: { 200: { describe: { nb: 'En side.', en: 'A page.' }, schema: `${schema}Side` } },
  examples: [{ summary: 'De første', path, query: { pageSize: '2' }, status: 200 }],
  handle,
});

/** The operations, in the order of the description. */
export const recognitionOperations: Operations = (parts) => [
  listing(
    'Emnefritak',
    'emnefritak',
    'Emnefritak',
    { nb: 'Emnene personen er fritatt for.', en: 'The courses from which the person is exempt.' },
    (call) => listOfStudent(parts, call, [exemption]),
  ),
  {
    id: 'addEmnefritak',
    tag: 'Godkjenning av utdanning',
    method: 'POST',
    path: `${below}/emnefritak`,
    summary: { nb: 'Frita personen for et emne.', en: 'Exempt the person from a course.' },
    describe: {
      nb: 'Fritaket gjelder i terminene som er oppgitt, begge medregnet.',
      en: 'The exemption holds in the terms that are given, both included.',
    },
    body: exemptionBody,
    journal: true,
    goal: 'application',
    reconstructed: {
      nb: 'Ordene for slagene fritak er ikke offentlige: EKSTERN og INTERN er våre.',
      en: 'The words for the kinds of exemption are not public: EKSTERN and INTERN are ours.',
    },
    answers: { 201: { describe: { nb: 'Fritaket.', en: 'The exemption.' }, schema: 'Emnefritak' }, ...taken },
    examples: [
      {
        summary: 'Fra en termin',
        path,
        body: { emneId: '{emneId}', fritakstype: 'EKSTERN', gyldigIPeriode: { fraTerminId: '{terminId}' } },
        status: 201,
      },
      { summary: 'Et slag som ikke er ett', path, body: { emneId: '{emneId}', fritakstype: 'ANNEN' }, status: 400 },
    ],
    handle: (call) => add(parts, call, 'addEmnefritak', exemption, exemptionValues(call.body ?? {})),
  },
  {
    id: 'removeEmnefritak',
    ...removal('emnefritakId', { nb: 'Fritaket.', en: 'The exemption.' }, { summary: 'Et fritak', path }),
    path: `${below}/emnefritak`,
    summary: { nb: 'Trekk et fritak tilbake.', en: 'Withdraw an exemption.' },
    describe: { nb: 'Fritaket blir borte.', en: 'The exemption goes away.' },
    journal: true,
    handle: (call) => takeAway(parts, call, 'removeEmnefritak', { type: exemption, belongs: exemptionBelongs }),
  },
  listing(
    'Eksternresultater',
    'eksternresultater',
    'Eksternresultat',
    {
      nb: 'Resultatene personen har fra andre læresteder.',
      en: 'The results that the person has from other institutions.',
    },
    (call) => listOfStudent(parts, call, [external]),
  ),
  {
    id: 'addEksternresultat',
    tag: 'Godkjenning av utdanning',
    method: 'POST',
    path: `${below}/eksternresultater`,
    summary: { nb: 'Registrer et resultat fra et annet lærested.', en: 'Register a result from another institution.' },
    describe: {
      nb: 'Eldre navn på lærestedet tas også. Om noen må se over registreringen, avgjør lærestedet.',
      en: 'The older name of the institution is taken too. Whether somebody has to look over the registration is for the institution to decide.',
    },
    body: externalBody,
    goal: 'application',
    answers: { 201: { describe: { nb: 'Resultatet.', en: 'The result.' }, schema: 'Eksternresultat' }, ...taken },
    examples: [
      {
        summary: 'Et emne fra utlandet',
        path,
        body: {
          institusjonId: '{otherInstitutionId}',
          kode: 'HIS101',
          navn: { original: 'Historia I', eng: 'History I' },
          periode: { arstall: 2025 },
          vekting: { vektingstypeId: '{vektingstypeId}', verdi: 7.5 },
        },
        status: 201,
      },
      { summary: 'Uten lærested', path, body: { kode: 'HIS101' }, status: 400 },
    ],
    handle: (call) => addExternal(parts, call),
  },
  {
    id: 'removeEksternresultat',
    ...removal('eksternresultatId', { nb: 'Resultatet.', en: 'The result.' }, { summary: 'Et resultat', path }),
    path: `${below}/eksternresultater`,
    summary: { nb: 'Fjern et resultat fra et annet lærested.', en: 'Remove a result from another institution.' },
    describe: { nb: 'Resultatet blir borte.', en: 'The result goes away.' },
    handle: (call) => takeAway(parts, call, 'removeEksternresultat', { type: external, belongs: externalBelongs }),
  },
  {
    ...listing(
      'Resultatutveksling',
      'resultatutveksling',
      'Resultatutveksling',
      {
        nb: 'Bestillingene av resultater, og hvor langt de er kommet.',
        en: 'The orders of results, and how far they have come.',
      },
      (call) => listOfStudent(parts, call, [order]),
    ),
    reconstructed: {
      nb: 'Ordene for hvor langt en bestilling er kommet, er ikke offentlige: de er våre.',
      en: 'The words for how far an order has come are not public: they are ours.',
    },
  },
  {
    id: 'orderResultatutveksling',
    tag: 'Godkjenning av utdanning',
    method: 'POST',
    path: `${below}/resultatutveksling`,
    summary: {
      nb: 'Bestill resultatene personen har ved et annet lærested.',
      en: 'Order the results that the person has at another institution.',
    },
    describe: {
      nb: 'Bestillingen tas imot og utføres siden; spør etter den med GET. Resultatene kommer blant de eksterne resultatene.',
      en: 'The order is taken and carried out later; ask for it by GET. The results come among the external results.',
    },
    body: orderBody,
    goal: 'application',
    reconstructed: {
      nb: 'Formen på bestillingen er ikke offentlig: den er vår.',
      en: 'The form of the order is not public: it is ours.',
    },
    answers: {
      202: { describe: { nb: 'Bestillingen.', en: 'The order.' }, schema: 'Resultatutveksling' },
      422: { describe: { nb: 'Kan ikke bestilles.', en: 'Cannot be ordered.' }, schema: 'Problem' },
    },
    examples: [
      { summary: 'Fra et annet lærested', path, body: { institusjonId: '{otherInstitutionId}' }, status: 202 },
      { summary: 'Fra lærestedet selv', path, body: { institusjonId: '{ownInstitutionId}' }, status: 422 },
    ],
    handle: (call) => placeOrder(parts, call),
  },
  listing(
    'Utvekslingsopphold',
    'utvekslingsopphold',
    'Utvekslingsopphold',
    {
      nb: 'Oppholdene ved andre læresteder, og her fra andre.',
      en: 'The stays at other institutions, and here from others.',
    },
    (call) => listOfStudent(parts, call, stays),
  ),
];
