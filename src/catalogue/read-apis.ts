// Reads `catalogue/apis.yaml`: every API with what it promises, and holds what it says of itself against its status (facts 7.2, 7.4). Called by
// read-catalogue.ts.
import { didYouMean } from '#base/text.ts';
import { sensitivities } from '#model/check.ts';
import {
  listOf,
  memberOf,
  membersOf,
  numberOf,
  textIn,
  textOf,
  wordOf,
  type Entry,
  type PlainReading,
} from '#model/graphql-entry.ts';
import { startOfDay } from './calendar.ts';
import {
  accessRights,
  apiStyles,
  documentKinds,
  policyIds,
  severities,
  type ApiVersion,
  type CatalogueApi,
  type CatalogueDocument,
  type DocumentKind,
  type KnownFault,
  type Owner,
  type ServiceGoals,
} from './catalogue.ts';
import { statuses, type Status, type Words } from './contract.ts';
import { countIn, dayIn, dayOf, someWords, wordsIn } from './read-entries.ts';

/** Those whom APIs name: owners, contacts. */
export type Parties = ReadonlyMap<string, Owner>;

const keys = [
  'name',
  'description',
  'style',
  'path',
  'owner',
  'contacts',
  'status',
  'since',
  'retires',
  'policy',
  'versions',
  'documents',
  'data-classes',
  'access-rights',
  'access',
  'goals',
  'support',
  'feedback',
  'known-faults',
  'pilots',
  'successor',
  'reconstructed',
];

const idForm = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const pathForm = /^\/[A-Za-z0-9._~${}/-]*$/;
/** Descriptions over SOAP stand at the address of the service, by a query: `?wsdl`. */
const documentForm = /^\/[A-Za-z0-9._~${}/-]*(?:\?[A-Za-z0-9._~=&-]+)?$/;

/** The APIs by id, in the order of the file. */
export const readApis = (top: Entry, parties: Parties, reading: PlainReading): ReadonlyMap<string, CatalogueApi> => {
  membersOf(top, reading, ['ways-in', 'apis']);
  const waysIn = new Map(
    membersOf(memberOf(top, 'ways-in'), reading).map(([name]) => [
      name,
      wordsIn(memberOf(top, 'ways-in'), name, reading),
    ]),
  );
  const listed = membersOf(memberOf(top, 'apis'), reading);
  if (listed.length === 0) reading.complain(top.at, 'missing-key', 'there is no API');
  const read: Reading = { ...reading, parties, waysIn, ids: listed.map(([id]) => id) };
  return new Map(listed.map(([id, entry]) => [id, readApi(id, entry, read)]));
};

type Reading = PlainReading & {
  readonly parties: Parties;
  readonly waysIn: ReadonlyMap<string, Words>;
  readonly ids: readonly string[];
};

const nobody: Owner = { name: { nb: '', en: '' }, email: null, url: null, organisationNumber: null };

/** One of a list that has to be there; the first where it is not. */
const oneIn = <W extends string>(entry: Entry, key: string, words: readonly [W, ...W[]], reading: Reading): W => {
  const held = memberOf(entry, key);
  if (held.value === undefined) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  return wordOf(held, words, reading) ?? words[0];
};

/** What a name of the catalogue stands for. */
const namedIn = <T>(entry: Entry, names: ReadonlyMap<string, T>, reading: Reading): T | null => {
  const name = textOf(entry, reading);
  if (name === null) return null;
  const found = names.get(name);
  if (found === undefined)
    reading.complain(entry.at, 'catalogue', `there is no '${name}'${didYouMean(name, names.keys())}`);
  return found ?? null;
};

const partyIn = (entry: Entry, key: string, reading: Reading): Owner => {
  const held = memberOf(entry, key);
  if (held.value === undefined) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  return namedIn(held, reading.parties, reading) ?? nobody;
};

const textsOf = (entry: Entry, reading: Reading): readonly string[] =>
  listOf(entry, reading).flatMap((one) => textOf(one, reading) ?? []);

const readApi = (id: string, entry: Entry, reading: Reading): CatalogueApi => {
  const { complain } = reading;
  membersOf(entry, reading, keys);
  if (!idForm.test(id)) complain(entry.at, 'name', `'${id}' is not in kebab-case`);
  const retires = dayOf(memberOf(entry, 'retires'), reading);
  const api: CatalogueApi = {
    id,
    name: wordsIn(entry, 'name', reading),
    description: wordsIn(entry, 'description', reading),
    style: oneIn(entry, 'style', apiStyles, reading),
    path: pathOf(memberOf(entry, 'path'), reading),
    owner: partyIn(entry, 'owner', reading),
    contacts: listOf(memberOf(entry, 'contacts'), reading).flatMap(
      (one) => namedIn(one, reading.parties, reading) ?? [],
    ),
    status: oneIn(entry, 'status', statuses, reading),
    since: dayIn(entry, 'since', reading),
    retiringAt: retires === null ? null : startOfDay(retires),
    policy: oneIn(entry, 'policy', policyIds, reading),
    versions: listOf(memberOf(entry, 'versions'), reading).map((one) => readVersion(one, reading)),
    documents: listOf(memberOf(entry, 'documents'), reading).map((one) => readDocument(one, reading)),
    dataClasses: readClasses(memberOf(entry, 'data-classes'), reading),
    accessRights: oneIn(entry, 'access-rights', accessRights, reading),
    access: readAccess(entry, reading),
    goals: readGoals(memberOf(entry, 'goals'), reading),
    support: partyIn(entry, 'support', reading),
    feedback: namedIn(memberOf(entry, 'feedback'), reading.parties, reading),
    knownFaults: membersOf(memberOf(entry, 'known-faults'), reading).map(([name, one]) =>
      readFault(name, one, reading),
    ),
    pilots: textsOf(memberOf(entry, 'pilots'), reading),
    successor: readSuccessor(memberOf(entry, 'successor'), id, reading),
    reconstructed: someWords(entry, 'reconstructed', reading),
  };
  for (const message of contradictions(api)) complain(entry.at, 'catalogue', message);
  return api;
};

const pathOf = (entry: Entry, reading: Reading, form = pathForm): string | null => {
  const path = textOf(entry, reading);
  if (path !== null && !form.test(path))
    reading.complain(entry.at, 'value-type', 'this takes an address of the hub: /…');
  return path;
};

const readAccess = (entry: Entry, reading: Reading): Words => {
  const held = memberOf(entry, 'access');
  if (held.value === undefined) reading.complain(entry.at, 'missing-key', `'access' is missing`);
  return namedIn(held, reading.waysIn, reading) ?? nobody.name;
};

const readVersion = (entry: Entry, reading: Reading): ApiVersion => {
  membersOf(entry, reading, ['version', 'since', 'until']);
  const since = dayIn(entry, 'since', reading);
  const until = dayOf(memberOf(entry, 'until'), reading);
  if (until !== null && until < since)
    reading.complain(memberOf(entry, 'until').at, 'catalogue', `it went on ${until}, before it came on ${since}`);
  return { version: textIn(entry, 'version', reading), since, until };
};

const usualTypes: Readonly<Record<DocumentKind, string>> = {
  openapi: 'application/json',
  sdl: 'application/graphql',
  wsdl: 'application/wsdl+xml',
  xsd: 'application/xml',
  'json-schema': 'application/schema+json',
  contracts: 'application/json',
  page: 'text/html',
};

const readDocument = (entry: Entry, reading: Reading): CatalogueDocument => {
  membersOf(entry, reading, ['kind', 'path', 'type', 'name', 'flags']);
  const kind = oneIn(entry, 'kind', documentKinds, reading);
  if (memberOf(entry, 'path').value === undefined) reading.complain(entry.at, 'missing-key', `'path' is missing`);
  return {
    kind,
    path: pathOf(memberOf(entry, 'path'), reading, documentForm) ?? '/',
    type: textOf(memberOf(entry, 'type'), reading) ?? usualTypes[kind],
    name: memberOf(entry, 'name').value === undefined ? null : wordsIn(entry, 'name', reading),
    flags: textsOf(memberOf(entry, 'flags'), reading),
  };
};

/** In the order of the model, from the least to the most guarded, in whatever order they are named. */
const readClasses = (entry: Entry, reading: Reading): CatalogueApi['dataClasses'] => {
  const named = listOf(entry, reading).flatMap((one) => wordOf(one, sensitivities, reading) ?? []);
  if (named.length === 0) reading.complain(entry.at, 'missing-key', `'data-classes' names none`);
  return sensitivities.filter((one) => named.includes(one));
};

const readGoals = (entry: Entry, reading: Reading): ServiceGoals | null => {
  if (entry.value === undefined) return null;
  membersOf(entry, reading, ['availability', 'p95-ms', 'answer-hours']);
  const held = memberOf(entry, 'availability');
  const availability = typeof held.value === 'number' ? held.value : 0;
  if (availability <= 0 || availability > 100)
    reading.complain(held.at, 'value-type', 'this takes per cent, such as 99.5');
  return {
    availability,
    p95Ms: countIn(entry, 'p95-ms', [1, 600_000], reading),
    answerHours: countIn(entry, 'answer-hours', [1, 1_000], reading),
  };
};

const readFault = (id: string, entry: Entry, reading: Reading): KnownFault => {
  membersOf(entry, reading, ['severity', 'since', 'until', 'text']);
  const held = memberOf(entry, 'severity');
  const severity = severities.find((one) => one === numberOf(held, reading));
  if (severity === undefined) reading.complain(held.at, 'value-type', `this takes ${severities.join(', ')}`);
  return {
    id,
    severity: severity ?? 1,
    since: dayIn(entry, 'since', reading),
    until: dayOf(memberOf(entry, 'until'), reading),
    text: wordsIn(entry, 'text', reading),
  };
};

const readSuccessor = (entry: Entry, id: string, reading: Reading): CatalogueApi['successor'] => {
  if (entry.value === undefined) return null;
  membersOf(entry, reading, ['api', 'migration']);
  const api = textIn(entry, 'api', reading);
  const held = memberOf(entry, 'api');
  if (api === id) reading.complain(held.at, 'catalogue', 'it cannot take its own place');
  else if (api !== '' && !reading.ids.includes(api))
    reading.complain(held.at, 'catalogue', `there is no API '${api}'${didYouMean(api, reading.ids)}`);
  return { api, migration: wordsIn(entry, 'migration', reading) };
};

const firm: ReadonlySet<Status> = new Set(['production', 'not-further-developed', 'retiring']);

/** What an API of a status must have said of itself, and what it cannot have (facts 7.4). */
const contradictions = (api: CatalogueApi): readonly string[] => {
  const { status, versions, documents, goals, successor, feedback, retiringAt } = api;
  const there = status !== 'planned' && status !== 'retired';
  const machineReadable = documents.some(({ kind }) => kind !== 'page' && kind !== 'contracts');
  return [
    ...(status === 'retiring' && retiringAt === null ? [`it is retiring: 'retires' says on which day`] : []),
    ...(status !== 'retiring' && retiringAt !== null
      ? [`'retires' is of what is retiring, and this is ${status}`]
      : []),
    ...(['not-further-developed', 'retiring'].includes(status) && successor === null
      ? [`it is ${status}: 'successor' is missing`]
      : []),
    ...(there && versions.length === 0 ? [`it is ${status}: 'versions' is missing`] : []),
    ...(status === 'planned' && (versions.length > 0 || documents.length > 0)
      ? [`it is planned, and has versions or documents already`]
      : []),
    ...(status === 'beta' && documents.length === 0 ? [`it is beta: 'documents' is missing`] : []),
    ...(status === 'beta' && feedback === null ? [`it is beta: 'feedback' is missing`] : []),
    ...(firm.has(status) && !machineReadable ? [`it is ${status}: a machine-readable document is missing`] : []),
    ...(firm.has(status) && goals === null ? [`it is ${status}: 'goals' is missing`] : []),
    ...(versions.some(({ since }, index) => index > 0 && since > (versions[index - 1]?.since ?? since))
      ? [`the newest version stands first`]
      : []),
  ];
};
