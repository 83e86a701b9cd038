// The operations of FSWS-BAS that write: what user administration gives back, and academic staff (facts 5.1 and 5.2). Each names one person, by exactly one
// identifier. Called by fsws-bas-api.ts; writes by the tables alone, so that whoever decides about a collection decides about these.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { civilNow } from '#mappings/converters.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { noFacts, projectionOf } from '#mappings/project.ts';
import type { Text } from '#model/model.ts';
import type { ElementForm, Handled, ReadElement, ServiceCall, ServiceOperation, ValueForm } from '#services/service.ts';
import { toldAs } from '#services/statuses.ts';
import { notThere } from '#services/walked-rows.ts';
import { handledOfWrite } from '#services/written-status.ts';
import { readTable } from '#tables/read-table.ts';
import type { Given, TableChange, TableReading } from '#tables/table.ts';
import { staff, studentPicture } from './mappings/people.ts';
import { person } from './mappings/person.ts';
import { severalPersons, type BasDeps } from './operations.ts';

/** The operations that write, and the one that tells of what became of a write. Throws at start when a table does not fit the model. */
export const writeOperations = (deps: BasDeps): readonly ServiceOperation[] => {
  const ready: Ready = {
    deps,
    person: readTable(person, deps.model),
    staff: readTable(staff, deps.model),
    picture: readTable(studentPicture, deps.model),
  };
  return [...writes.map((write) => operationOf(ready, write)), outcome(deps)];
};

type Ready = {
  readonly deps: BasDeps;
  readonly person: TableReading;
  readonly staff: TableReading;
  readonly picture: TableReading;
};

// --- What is sent ---------------------------------------------------------------------------------------------------------------

const value = (name: string, nb: string, en: string, content: ValueForm, required?: true): ElementForm => ({
  name,
  describe: { nb, en },
  content,
  ...(required === undefined ? {} : { required }),
});

/** The same, and left empty it takes the value away: for what somebody is reached by. What identifies somebody cannot be taken away. */
const clearable = (...of: Parameters<typeof value>): ElementForm => {
  const form = value(...of);
  const { nb = '', en = '' } = form.describe ?? {};
  return {
    ...form,
    describe: { nb: `${nb} Tomt tar verdien bort.`, en: `${en} Empty takes the value away.` },
    emptyClears: true,
  };
};

const identifiers = {
  personlopenr: value('personlopenr', 'Personens løpenummer.', 'Number of the person.', {
    type: 'integer',
    minimum: 1,
  }),
  fnr: value('fnr', 'Fødselsnummeret.', 'The national id.', { type: 'string', pattern: '[0-9]{11}' }),
  studentnr: value('studentnr', 'Studentnummeret.', 'Number of the student.', { type: 'string', maxLength: 20 }),
  brukernavn: value('brukernavn', 'Brukernavnet, med domene.', 'The user name, with its domain.', {
    type: 'string',
    maxLength: 100,
  }),
  ansattnr: value('ansattnr', 'Ansattnummeret.', 'Number of employment.', { type: 'string', maxLength: 20 }),
} as const;

const mailAddress: ValueForm = { type: 'string', maxLength: 254, pattern: '[^@\\s]+@[^@\\s]+' };

const staffMembers: readonly ElementForm[] = [
  value('stillingstittel', 'Stillingstittelen på bokmål.', 'The title in Bokmål.', {
    type: 'string',
    maxLength: 200,
  }),
  value(
    'sted',
    'Stedet der personen er ansatt: institusjon, fakultet, institutt og gruppe.',
    'The unit of employment: institution, faculty, department and group.',
    { type: 'string', maxLength: 40, pattern: '[0-9]+(,[0-9]+){3}' },
  ),
  value('statusAktiv', 'Aktiv; J når det ikke er sagt.', 'Active; J when it is not said.', { type: 'flag' }),
  value('statusEkstern', 'Ekstern.', 'External.', { type: 'flag' }),
];

/** What a write changes. */
type Write = {
  readonly name: string;
  readonly path: string;
  readonly soap?: true;
  readonly summary: Text;
  /** An identifier that is written names nobody. */
  readonly by: readonly (keyof typeof identifiers)[];
  readonly members: readonly ElementForm[];
  readonly bodyLimit?: number;
  /** Columns by name, null for what is taken away; or null when there is nothing to write. */
  readonly values: (body: ReadElement) => Readonly<Record<string, string | null>> | null;
  readonly on: 'person' | 'picture' | 'staff' | 'new-staff';
};

/** What was given by these names; what was given empty is null. */
const valuesOf = (body: ReadElement, names: readonly string[]): Readonly<Record<string, string | null>> | null => {
  const found = names.flatMap((name) => {
    const text = body[name];
    return typeof text === 'string' ? [[name, text === '' ? null : text] as const] : [];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
};

const givenOf = (body: ReadElement, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(valuesOf(body, names) ?? {}).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
  );

const mails = ['epostPrivat', 'epostInstitusjon', 'epostArbeid'];

const writes: readonly Write[] = [
  {
    name: 'oppdaterEpost',
    path: '/oppdater/epost',
    soap: true,
    summary: { nb: 'Skriver e-postadresser til en person.', en: 'Writes e-mail addresses of a person.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: [
      clearable('epostPrivat', 'Privat.', 'Private.', mailAddress),
      clearable('epostInstitusjon', 'Fra institusjonen.', 'Of the institution.', mailAddress),
      clearable('epostArbeid', 'På arbeid.', 'At work.', mailAddress),
    ],
    values: (body) => valuesOf(body, mails),
    on: 'person',
  },
  {
    name: 'oppdaterBrukernavn',
    path: '/oppdater/brukernavn',
    soap: true,
    summary: { nb: 'Skriver brukernavnet til en person.', en: 'Writes the user name of a person.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'ansattnr'],
    members: [
      value(
        'brukernavn',
        'Det nye brukernavnet, med domene.',
        'The new user name, with its domain.',
        {
          type: 'string',
          maxLength: 100,
          pattern: '[^@\\sA-ZÆØÅ]+@[^@\\sA-ZÆØÅ]+',
        },
        true,
      ),
    ],
    values: (body) => valuesOf(body, ['brukernavn']),
    on: 'person',
  },
  {
    name: 'oppdaterTelefon',
    path: '/oppdater/telefon',
    soap: true,
    summary: { nb: 'Skriver mobilnummeret til en person.', en: 'Writes the mobile number of a person.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: [
      {
        name: 'telefonMobil',
        required: true,
        emptyClears: true,
        describe: {
          nb: 'Mobiltelefonen. Tomt tar den bort.',
          en: 'The mobile telephone. Empty takes it away.',
        },
        members: [
          clearable('landnr', 'Landnummer.', 'Country code.', { type: 'string', maxLength: 6, pattern: '\\+?[0-9]+' }),
          value('nr', 'Nummer.', 'Number.', { type: 'string', maxLength: 20, pattern: '[0-9 ]+' }, true),
        ],
      },
    ],
    values: ({ telefonMobil }) => {
      if (telefonMobil === '') return { telefonMobil: null };
      return typeof telefonMobil === 'object' && !Array.isArray(telefonMobil)
        ? valuesOf(telefonMobil as ReadElement, ['landnr', 'nr'])
        : null;
    },
    on: 'person',
  },
  {
    name: 'oppdaterAnsattnr',
    path: '/oppdater/ansattnr',
    summary: { nb: 'Skriver ansattnummeret til en person.', en: 'Writes the number of employment of a person.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn'],
    members: [
      value(
        'ansattnr',
        'Det nye nummeret.',
        'The new number.',
        { type: 'string', maxLength: 20, pattern: '[0-9A-Za-z-]+' },
        true,
      ),
    ],
    values: (body) => valuesOf(body, ['ansattnr']),
    on: 'person',
  },
  {
    name: 'oppdaterBilde',
    path: '/oppdater/bilde',
    summary: {
      nb: 'Skriver bildet av en student, til studentkortet.',
      en: 'Writes the picture of a student, for the card.',
    },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: [
      value(
        'filtype',
        'Hva slags bilde.',
        'What kind of picture.',
        { type: 'string', values: ['image/jpeg', 'image/png'] },
        true,
      ),
      value('bilde', 'Bildet.', 'The picture.', { type: 'base64', maxLength: limits.pictureTextLength }, true),
    ],
    values: (body) => valuesOf(body, ['bilde', 'filtype']),
    on: 'picture',
  },
  {
    name: 'opprettFagperson',
    path: '/fagperson/opprett',
    soap: true,
    summary: { nb: 'Gjør en person til fagperson.', en: 'Makes a person one of the academic staff.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: staffMembers,
    values: (body) => ({
      statusAktiv: 'J',
      kanOverforesTilLms: 'N',
      // What is empty of somebody who is new is not there.
      ...givenOf(
        body,
        staffMembers.map(({ name }) => name),
      ),
    }),
    on: 'new-staff',
  },
  {
    name: 'oppdaterFagperson',
    path: '/fagperson/oppdater',
    soap: true,
    summary: { nb: 'Endrer en fagperson.', en: 'Changes one of the academic staff.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: staffMembers,
    values: (body) =>
      valuesOf(
        body,
        staffMembers.map(({ name }) => name),
      ),
    on: 'staff',
  },
  {
    name: 'deaktiverFagperson',
    path: '/fagperson/deaktiver',
    summary: { nb: 'En fagperson er ikke lenger aktiv.', en: 'One of the academic staff is no longer active.' },
    by: ['personlopenr', 'fnr', 'studentnr', 'brukernavn', 'ansattnr'],
    members: [],
    values: () => ({ statusAktiv: 'N' }),
    on: 'staff',
  },
];

// --- What is done with it -------------------------------------------------------------------------------------------------------

const operationOf = (ready: Ready, write: Write): ServiceOperation => {
  const { name, path, soap, summary, by, members, bodyLimit } = write;
  const [first = 'personlopenr'] = by;
  return {
    name,
    rest: { method: 'POST', path },
    ...(soap === undefined ? {} : { soap }),
    summary,
    describe: {
      nb: `${summary.nb} Personen pekes ut med akkurat én identifikator. Der et kildesystem eier opplysningen, kan svaret være at det er tatt imot og ikke avgjort ennå; da er det med en referanse.`,
      en: `${summary.en} The person is named by exactly one identifier. Where a source system owns the value the answer may be that it is taken and not decided yet; then there is a reference.`,
    },
    parameters: [],
    body: {
      name: 'person',
      describe: { nb: 'Hvem det gjelder, og det som skal skrives.', en: 'Who it is about, and what is to be written.' },
      choice: by.map((one) => identifiers[one]),
      members,
    },
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    answer: { kind: 'status' },
    reconstructed: true,
    writes: true,
    examples: [{ summary, body: `<person><${first}>{${first}}</${first}></person>`, status: 200 }],
    handle: (call) => perform(ready, write, call),
  };
};

const nothingToWrite: Handled = {
  kind: 'problem',
  problem: problem('HUB-103', 'The request is not as the operation wants it.', {
    errors: [{ at: '/person', message: 'holds nothing to write' }],
  }),
};

const staffAlready: Handled = {
  kind: 'problem',
  problem: toldAs(problem('HUB-409', 'The person is academic staff already: change it.'), 'taken'),
};

const perform = async (ready: Ready, write: Write, { body, context }: ServiceCall): Promise<Handled> => {
  const { deps } = ready;
  const values = body === null ? null : write.values(body);
  if (body === null || values === null) return nothingToWrite;
  const given = givenOf(body, write.by);
  const found = await rowsOf(ready, ready.person, given, context);
  if ('kind' in found) return found;
  const [who] = found;
  if (who === undefined) return notThere;
  if (found.length > 1) return severalPersons;
  const reading = write.on === 'person' ? ready.person : write.on === 'picture' ? ready.picture : ready.staff;
  let change: TableChange;
  if (write.on === 'new-staff') {
    const { number } = who;
    if (number === null) return notThere;
    const there = await rowsOf(ready, ready.staff, { personlopenr: number }, context);
    if ('kind' in there) return there;
    if (there.length > 0) return staffAlready;
    change = { operation: 'create', target: null, values: { ...values, personlopenr: number, person: number } };
  } else if (write.on === 'person') change = { operation: 'patch', target: { uid: who.uid }, values };
  else {
    const { number } = who;
    const there = number === null ? [] : await rowsOf(ready, reading, { personlopenr: number }, context);
    if ('kind' in there) return there;
    const [row] = there;
    if (row === undefined) return notThere;
    change = { operation: 'patch', target: { uid: row.uid }, values };
  }
  const options = { idempotency: null, note: write.name, waitMs: limits.serviceWriteWaitMs };
  return handledOfWrite(await deps.tables.write(reading, [change], options, context));
};

type FoundRow = { readonly uid: number; readonly number: string | null };

/** The first two rows of a table that match. */
const rowsOf = async (
  { deps: { tables, clock } }: Ready,
  reading: TableReading,
  given: Given,
  context: ServiceCall['context'],
): Promise<readonly FoundRow[] | Handled> => {
  const projection = projectionOf(
    reading.mapping,
    { fields: new Set(['personlopenr']), includes: new Set(), now: civilNow(clock.now()) },
    noFacts,
    { notation: xmlNotation, id: null },
  );
  const list = await tables.list(reading, projection, { given, page: { after: null, size: 2 } }, context);
  if (list.kind === 'refused') return { kind: 'problem', problem: list.problem };
  if (list.kind === 'missing') return [];
  return list.rows.map(({ uid, bytes }) => ({
    uid,
    number: /<personlopenr>(\d+)</.exec(bytes.toString('utf8'))?.[1] ?? null,
  }));
};

const outcome = ({ tables }: BasDeps): ServiceOperation => ({
  name: 'hentStatus',
  rest: { method: 'GET', path: '/status/{referanse}' },
  soap: true,
  summary: { nb: 'Hvordan det gikk med en skriving.', en: 'What became of a write.' },
  describe: {
    nb: 'For skrivinger der systemet som eier opplysningen, ikke hadde svart. Referansen står i svaret på skrivingen.',
    en: 'For writes where the system that owns the value had not answered. The reference stands in the answer to the write.',
  },
  parameters: [
    {
      name: 'referanse',
      type: 'string',
      required: true,
      pattern: '[A-Za-z0-9_\\-]{1,128}',
      describe: { nb: 'Referansen.', en: 'The reference.' },
    },
  ],
  answer: { kind: 'status' },
  reconstructed: true,
  examples: [],
  handle: async ({ values, context }) => handledOfWrite(await tables.outcome(values['referanse'] ?? '', context)),
});
