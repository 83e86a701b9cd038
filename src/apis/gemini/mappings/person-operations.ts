// Persons: found, shown and made. Called by operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { prefix } from '../addresses.ts';
import { at } from './at.ts';
import { keyColumn, nativeLanguage, person, protectionGrades, serialColumn } from './person.ts';
import { writtenLanguages } from './values.ts';
import type { Call, GeminiParts, Operations, Parameter, Schema } from '../operation.ts';
import { plainColumn, type Holding } from '../holdings.ts';
import { idSchema } from '../ids.ts';
import { linksOfValues } from '../linked-values.ts';
import { asJson, oneAnswer, pageAnswer } from '../pages.ts';
import { formParameter, pageParameters, textParameter } from '../parameters.ts';
import { invalid, missing, nothingNamed, refusedValue } from '../problems.ts';
import { oneWrong } from '../standing.ts';
import { withHanging } from '../hanging.ts';
import { create, readLinks, type Asked } from '../writes.ts';

const short: Schema = { type: 'string', minLength: 1, maxLength: 200 };
const telephone: Schema = {
  type: 'object',
  properties: { landnummer: short, nummer: short, merknad: short },
  required: ['nummer'],
  additionalProperties: false,
};

const body: Schema = {
  type: 'object',
  properties: {
    fodselsnummer: { type: 'string', pattern: '^\\d{11}$' },
    fodselsdato: { type: 'string', format: 'date' },
    fornavn: { type: 'string', minLength: 1, maxLength: 100 },
    etternavn: { type: 'string', minLength: 1, maxLength: 100 },
    privatEpost: { type: 'string', format: 'email', maxLength: 200 },
    arbeidsEpost: { type: 'string', format: 'email', maxLength: 200 },
    telefon: { type: 'object', properties: { privat: telephone, mobil: telephone }, additionalProperties: false },
    folkeregistrertAdresse: {
      type: 'object',
      properties: { co: short, gate: short, postnummerOgSted: short, land: short },
      additionalProperties: false,
    },
    kjonn: { type: 'string', enum: ['MANN', 'KVINNE'] },
    morsmaal: { type: 'string', pattern: '^[a-z]{3}$' },
    maalform: { type: 'string', enum: Object.values(writtenLanguages) },
    pass: {
      type: 'array',
      maxItems: limits.geminiPassports,
      items: {
        type: 'object',
        properties: { landId: idSchema, nummer: { type: 'string', minLength: 1, maxLength: 100 } },
        required: ['nummer'],
        additionalProperties: false,
      },
    },
    institusjonId: idSchema,
    institusjonsId: idSchema,
    adressebeskyttelse: {
      type: 'string',
      enum: protectionGrades,
      description:
        'How the address is protected. Where it is not given, somebody new is strictly confidential as long as persons are marked.',
      'x-nb':
        'Graden av adressebeskyttelse. Når den ikke er oppgitt, er en ny person strengt fortrolig der personer er merket.',
    },
  },
  required: ['fornavn', 'etternavn'],
  additionalProperties: false,
};

/** The sex that a national id tells: its ninth digit is odd for men. */
const sexOf = (nationalId: unknown): string | undefined =>
  typeof nationalId === 'string' ? (Number(nationalId[8]) % 2 === 1 ? 'MANN' : 'KVINNE') : undefined;

/** Nine digits, of which the first is no zero: what FS gives is shorter, so that the two never meet. */
const serialNumber = ({ random }: GeminiParts): string => {
  const bytes = random.bytes(6);
  return String(100_000_000 + (bytes.readUIntBE(0, 6) % 900_000_000));
};

const listPersons = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const { eierinstitusjonsnummer } = call.query;
  // Another institution is like one that is not there.
  if (String(Number(eierinstitusjonsnummer)) !== call.owner) return nothingNamed;
  const holding = parts.holdings.of(call.owner, person);
  const { filterNames } = holding.by(parts.keys.fallback);
  const given = Object.fromEntries(
    filterNames.flatMap((name) => (call.query[name] === undefined ? [] : [[name, String(call.query[name])]])),
  );
  return pageAnswer(parts, call, [holding], given);
};

const getPerson = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const named = parts.ids.read(call.owner, at.person, call.path['personId']);
  if (named === null) return nothingNamed;
  const holding = parts.holdings.of(call.owner, person);
  const found = await parts.tables.one(holding.by(named.attribute), holding.projection(), named.value, call.context);
  if (found.kind === 'refused') return { kind: 'problem', problem: found.problem };
  if (found.kind !== 'row') return missing;
  const [bytes = found.row.bytes] = await withHanging(parts, call, person, [found.row]);
  return oneAnswer({ bytes });
};

type Values = Readonly<Record<string, unknown>>;

/** The native language by its code, as a column. */
const nativeOf = async (parts: GeminiParts, call: Call, code: unknown): Promise<Result<Values>> => {
  if (code === undefined) return ok({});
  const holding = parts.holdings.of(call.owner, nativeLanguage);
  const found = await parts.tables.list(
    holding.by(parts.keys.fallback),
    holding.projection(),
    { given: { code: String(code) }, page: { offset: 0, size: 1 } },
    call.context,
  );
  if (found.kind === 'refused') return failed(found.problem);
  const [row] = found.kind === 'rows' ? found.rows : [];
  const language = row === undefined ? undefined : asJson(row)['language'];
  return language === undefined
    ? failed(problem('HUB-103', 'Ugyldige parametre.', { errors: oneWrong('morsmaal', 'er ikke et språk her') }))
    : ok({ [plainColumn('morsmaal')]: language });
};

/** The institution, which is the one that the person becomes one of. */
const institutionOf = (parts: GeminiParts, call: Call, given: Values): Result<Values> => {
  const read = readLinks(parts, call, person, given);
  if (!read.ok || Object.keys(read.value).length === 0) return read;
  if (String(Number(read.value['institusjonId'])) === call.owner) return read;
  const column = given['institusjonId'] === undefined ? 'institusjonsId' : 'institusjonId';
  return failed(problem('HUB-103', 'Ugyldige parametre.', { errors: oneWrong(column, 'er ikke lærestedet') }));
};

/** Passports, each with the link to its country where that was given. */
const passportsOf = async (parts: GeminiParts, call: Call, given: unknown): Promise<Result<Values>> => {
  const passports = (given ?? []) as readonly { readonly landId?: unknown; readonly nummer: string }[];
  const named = passports.flatMap(({ landId }, index) =>
    landId === undefined ? [] : [{ at: `pass/${index}/landId`, index, id: landId }],
  );
  const links = await linksOfValues(parts, call, { relation: 'land', to: at.country }, named);
  if (!links.ok) return links;
  const byPassport = new Map(named.map(({ index }, place) => [index, links.value[place]]));
  return ok({ pass: passports.map(({ nummer }, index) => ({ passnummer: nummer, ...byPassport.get(index) })) });
};

const createPerson = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const { telefon, kjonn, morsmaal, pass, institusjonId, institusjonsId, ...given } = call.body ?? {};
  const errors: ProblemItem[] = [];
  const sex = kjonn ?? sexOf(given['fodselsnummer']);
  if (sex === undefined) errors.push({ at: 'kjonn', message: 'må oppgis når det ikke er noe fødselsnummer' });
  if (errors.length > 0) return invalid(errors);
  const linked: Values[] = [];
  for (const read of [
    institutionOf(parts, call, { institusjonId, institusjonsId }),
    await nativeOf(parts, call, morsmaal),
    await passportsOf(parts, call, pass),
  ]) {
    if (!read.ok) return refusedValue(read.problem);
    linked.push(read.value);
  }
  const { privat, mobil } = (telefon ?? {}) as Values;
  const values: Values = Object.assign(
    {
      ...given,
      kjonn: sex,
      ...(privat === undefined ? {} : { telefonPrivat: privat }),
      ...(mobil === undefined ? {} : { telefonMobil: mobil }),
    },
    ...linked,
  );
  const holding = parts.holdings.of(call.owner, person);
  return createNumbered({ parts, call, operation: 'createPerson' }, holding, values);
};

/** Whether nothing stands in the way but that somebody has the number. */
const isNumberTaken = (answer: ApiAnswer): boolean => {
  if (answer.kind !== 'problem' || answer.problem.code !== 'HUB-612') return false;
  const { errors = [] } = answer.problem;
  return (
    errors.length > 0 && errors.every(({ at: column }) => column === `/${serialColumn}` || column === `/${keyColumn}`)
  );
};

/** Makes the person under a number that nobody has. Another may have been given the same: then under another one, a few times. */
const createNumbered = async (asked: Asked, holding: Holding, values: Values): Promise<ApiAnswer> => {
  const { parts, call } = asked;
  for (let tries = 1; ; tries += 1) {
    const serial = serialNumber(parts);
    const id = parts.ids.write(call.owner, at.person, serial);
    const numbered = { ...values, [serialColumn]: serial, [keyColumn]: serial };
    const known = { member: person.id, id, location: `${prefix}/personer/${id}` };
    const answer = await create(asked, holding, numbered, 201, known);
    if (tries === limits.geminiSerialTries || !isNumberTaken(answer)) return answer;
  }
};

const personId = '{personId}';

const filters: readonly Parameter[] = [
  {
    ...formParameter(
      {
        name: 'eierinstitusjonsnummer',
        describe: { nb: 'Nummeret til lærestedet.', en: 'The number of the institution.' },
        schema: { type: 'string', pattern: '^\\d{1,9}$' },
        reason: 'må være et institusjonsnummer',
      },
      /^\d{1,9}$/,
    ),
    required: true,
  },
  textParameter('personlopenummer', 'Løpenummeret.', 'The serial number.'),
  textParameter('fornavn', 'Hele fornavnet.', 'The whole given name.'),
  textParameter('etternavn', 'Hele etternavnet.', 'The whole family name.'),
  formParameter(
    {
      name: 'fodselsdato',
      describe: { nb: 'Fødselsdatoen.', en: 'The date of birth.' },
      schema: { type: 'string', format: 'date' },
      reason: 'må være en dato, ÅÅÅÅ-MM-DD',
    },
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  ),
  formParameter(
    {
      name: 'fodselsnummer',
      describe: { nb: 'Fødselsnummeret.', en: 'The national identity number.' },
      schema: { type: 'string', pattern: '^\\d{11}$' },
      reason: 'må være elleve sifre',
    },
    /^\d{11}$/,
  ),
];

/** The operations, in the order of the description. */
export const personOperations: Operations = (parts) => [
  {
    id: 'listPersoner',
    tag: 'Person',
    method: 'GET',
    path: '/personer',
    summary: { nb: 'Finn personer ved lærestedet.', en: 'Find persons of the institution.' },
    describe: {
      nb: 'Alle personer som brukeren ser, eller de som er like det som er oppgitt. Lærestedet må være brukerens eget.',
      en: 'All persons whom the user sees, or those that equal what is given. The institution must be that of the user.',
    },
    query: [...filters, ...pageParameters],
    goal: 'application',
    answers: { 200: { describe: { nb: 'En side med personer.', en: 'A page of persons.' }, schema: 'PersonSide' } },
    examples: [
      { summary: 'De første', query: { eierinstitusjonsnummer: '{institution}', pageSize: '2' }, status: 200 },
      {
        summary: 'Etter navn',
        query: { eierinstitusjonsnummer: '{institution}', fornavn: 'Kari', etternavn: 'Åsen' },
        status: 200,
      },
      { summary: 'Uten lærested', query: {}, status: 400 },
    ],
    handle: (call) => listPersons(parts, call),
  },
  {
    id: 'createPerson',
    tag: 'Person',
    method: 'POST',
    path: '/personer',
    summary: { nb: 'Opprett en person.', en: 'Create a person.' },
    describe: {
      nb: 'Personen får løpenummer og id. Kjønn må oppgis når det ikke er noe fødselsnummer å lese det av.',
      en: 'The person is given a serial number and an id. The sex has to be given where there is no national identity number to read it from.',
    },
    body,
    goal: 'application',
    reconstructed: {
      nb: 'Originalen har ikke adressebeskyttelse i forespørselen: den er vår, siden ingen andre steder sier det.',
      en: 'The original does not have adressebeskyttelse in the request: it is ours, since nothing else says it.',
    },
    answers: {
      201: { describe: { nb: 'Personen.', en: 'The person.' }, schema: 'Person' },
      202: {
        describe: { nb: 'Tatt imot; kildesystemet bestemmer.', en: 'Taken; the source system decides.' },
        schema: 'Endring',
      },
    },
    examples: [
      {
        summary: 'En ny person',
        body: {
          fornavn: 'Nora',
          etternavn: 'Ny',
          kjonn: 'KVINNE',
          fodselsdato: '2003-02-01',
          maalform: 'NNO',
          adressebeskyttelse: 'ugradert',
        },
        status: 201,
      },
      { summary: 'Uten etternavn', body: { fornavn: 'Nora', kjonn: 'KVINNE' }, status: 400 },
    ],
    handle: (call) => createPerson(parts, call),
  },
  {
    id: 'getPerson',
    tag: 'Person',
    method: 'GET',
    path: '/personer/{personId}',
    summary: { nb: 'En person.', en: 'A person.' },
    describe: {
      nb: 'Personen som id-en står for. En id av en annen, av ingen og ved et annet lærested er det samme.',
      en: 'The person for whom the id stands. An id of somebody who is not shown, of nobody and of another institution are the same.',
    },
    goal: 'application',
    answers: { 200: { describe: { nb: 'Personen.', en: 'The person.' }, schema: 'Person' } },
    examples: [
      { summary: 'En person', path: { personId }, status: 200 },
      { summary: 'En id av ingen', path: { personId: 'ukjent' }, status: 404 },
    ],
    handle: (call) => getPerson(parts, call),
  },
];
