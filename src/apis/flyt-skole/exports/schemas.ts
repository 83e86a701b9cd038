// The schemas of exports for the description: what is asked for, the report and its short form in lists. Used by operations.ts; bodies are held against
// the first. Data only.
import type { Text } from '#model/model.ts';
import { limits } from '#base/limits.ts';
import { described, idSchema, schemaRef, type Schema, type Schemas } from '#mappings/mapping-schema.ts';
import { dropWords, exclusionWords, listed, stateWords, stepWords } from './codes.ts';
import {
  dropCodes,
  excludedThings,
  exclusionCodes,
  exportFormats,
  exportProfiles,
  exportStates,
  exportSteps,
  exportTriggers,
  exportTypes,
} from './ports.ts';

const text = (nb: string, en: string): Text => ({ nb, en });

const plain = (words: Text, more: Schema = {}): Schema => ({ type: 'string', ...described(words), ...more });
const whole = (words: Text): Schema => ({ type: 'integer', minimum: 0, ...described(words) });
const instant = (words: Text): Schema => plain(words, { format: 'date-time' });
const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema['type'], 'null'] });
const object = (words: Text, properties: Schemas): Schema => ({
  type: 'object',
  ...described(words),
  properties,
  required: Object.keys(properties),
});
const list = (words: Text, items: Schema): Schema => ({ type: 'array', ...described(words), items });
const nullOr = (name: string, words: Text): Schema => ({
  ...described(words),
  oneOf: [schemaRef(name), { type: 'null' }],
});
const withCodes = (words: Text, codes: Text): Text => ({
  nb: `${words.nb} ${codes.nb}.`,
  en: `${words.en} ${codes.en}.`,
});

const yearForm = { pattern: '^\\d{4}/\\d{4}$', examples: ['2026/2027'] } as const;

const format: Schema = plain(text('Formatet.', 'The format.'), { enum: exportFormats });
const profile: Schema = plain(
  text('Utgaven av formatet, slik mottakeren leser den.', 'The edition of the format, as its reader takes it.'),
  { enum: exportProfiles },
);
const type: Schema = plain(text('full: alt. delta: det som er endret.', 'full: everything. delta: what has changed.'), {
  enum: exportTypes,
});

/** The body of an order. */
const orderSchema: Schema = {
  type: 'object',
  ...described(text('Det det bes om.', 'What is asked for.')),
  properties: {
    format,
    profile: plain(
      text(
        'Utgaven av formatet. Uten den gjelder innstillingen for applikasjonen, ellers den første i formatet: pifu-ims-1.3, ims-1.1, abc-1.',
        'The edition of the format. Without it what is set for the application, else the first of the format: pifu-ims-1.3, ims-1.1, abc-1.',
      ),
      { enum: exportProfiles },
    ),
    type: plain(text('full når den ikke er med.', 'full unless given.'), { enum: exportTypes }),
    since: plain(
      text(
        'Bare for delta: `position` fra en tidligere kjøring. Uten den gjelder endringene siden forrige kjøring av samme slag.',
        'Of a delta only: `position` of an earlier run. Without it the changes are those since the last run of the kind.',
      ),
      { minLength: 1, maxLength: limits.cursorLength, pattern: '^[\\w.~-]+$', examples: ['q3J0aGVyZSBpcyBtb3Jl'] },
    ),
    schoolIds: {
      ...list(
        text(
          'Bare disse skolene; ellers alle applikasjonen ser.',
          'Only these schools; else all that the application sees.',
        ),
        { ...idSchema, pattern: '^[\\w-]+$' },
      ),
      minItems: 1,
      maxItems: limits.exportSchools,
      uniqueItems: true,
    },
    schoolYear: plain(
      text('Skoleåret; ellers det som er nå, i Norge.', 'The school year; else the one that is now, in Norway.'),
      yearForm,
    ),
  },
  required: ['format'],
  additionalProperties: false,
};

/** The body of a decision. */
const reasonSchema: Schema = {
  type: 'object',
  ...described(text('Hvorfor.', 'Why.')),
  properties: {
    reason: plain(
      text(
        'Begrunnelsen; står i revisjonsloggen. Uten fødselsnummer.',
        'Why; stands in the audit. Holds no national id.',
      ),
      { minLength: 3, maxLength: 500, examples: ['The school was closed'] },
    ),
  },
  required: ['reason'],
  additionalProperties: false,
};

const changes: Schema = object(text('Endringer.', 'Changes.'), {
  added: whole(text('Nye.', 'New ones.')),
  updated: whole(text('Endret.', 'Changed.')),
  removed: whole(text('Borte.', 'Gone.')),
});

const head: Schemas = {
  id: { ...idSchema, ...described(text('Kjøringens id.', 'Id of the run.')) },
  application: plain(text('Applikasjonen som får filen.', 'The application that gets the file.')),
  format,
  profile,
  type,
  schools: {
    type: ['array', 'null'],
    items: idSchema,
    ...described(text('Skolene det ble bedt om; null for alle.', 'The schools that were asked for; null for all.')),
  },
  schoolYear: plain(text('Skoleåret.', 'The school year.'), yearForm),
  state: plain(withCodes(text('Hvordan det står til.', 'How it stands.'), listed(stateWords)), { enum: exportStates }),
  trigger: plain(
    text(
      'Hva som satte den i gang: en forespørsel, strømmen eller en tidsplan.',
      'What began it: a request, the stream or a schedule.',
    ),
    { enum: exportTriggers },
  ),
  createdAt: instant(text('Når den ble bedt om.', 'When it was asked for.')),
  finishedAt: orNull(instant(text('Når den ble ferdig.', 'When it was finished.'))),
  expiresAt: instant(text('Når filen blir borte.', 'When the file goes.')),
  position: orNull(
    plain(text('For å be om det som er endret siden.', 'To ask for what has changed since.'), {
      examples: ['q3J0aGVyZSBpcyBtb3Jl'],
    }),
  ),
  exported: nullOr(
    'ExportCounts',
    text('Hvor mye filen har; null til det er talt.', 'How much the file holds; null until it is counted.'),
  ),
  fileName: plain(text('Hva filen heter.', 'What the file is called.'), { examples: ['pifu-ims-1.3.xml'] }),
  sha256: orNull(
    plain(text('SHA-256 av filen, ukomprimert.', 'SHA-256 of the file, uncompressed.'), {
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
  ),
  bytes: orNull(whole(text('Størrelsen, ukomprimert.', 'The size, uncompressed.'))),
};

/** What the operations name. */
export const exportSchemas: Schemas = {
  ExportOrder: orderSchema,
  ExportReason: reasonSchema,
  ExportCounts: object(text('Hvor mye en fil har.', 'How much a file holds.'), {
    persons: whole(text('Personer, hver én gang.', 'Persons, each once.')),
    pupils: whole(text('Elever.', 'Pupils.')),
    employees: whole(text('Ansatte.', 'Employees.')),
    guardians: whole(text('Foresatte.', 'Guardians.')),
    schools: whole(text('Skoler.', 'Schools.')),
    groups: whole(text('Grupper.', 'Groups.')),
    memberships: whole(text('Medlemskap.', 'Memberships.')),
  }),
  ExportChanges: changes,
  ExportProblem: object(text('Hvorfor en kjøring står eller mislyktes.', 'Why a run is held or has failed.'), {
    code: plain(text('Koden; står fast.', 'The code; it does not change.'), {
      pattern: '^HUB-[0-9]{3}$',
      examples: ['HUB-420'],
    }),
    title: plain(text('Hva koden betyr.', 'What the code means.')),
    detail: plain(text('Hva som skjedde.', 'What has happened.')),
  }),
  ExportSummary: object(text('En kjøring i en liste.', 'A run in a list.'), head),
  ExportReport: object(text('Alt om en kjøring.', 'Everything about a run.'), {
    ...head,
    startedAt: orNull(instant(text('Når den begynte.', 'When it began.'))),
    progress: object(text('Hvor langt den er kommet.', 'How far it has come.'), {
      step: plain(withCodes(text('Det den holder på med.', 'What it is at.'), listed(stepWords)), {
        enum: exportSteps,
      }),
      done: whole(text('Gjort av steget.', 'Done of the step.')),
      total: orNull(whole(text('Av så mange; null når det ikke er kjent.', 'Of so many; null when it is not known.'))),
    }),
    excluded: object(text('Det som ikke er med, og hvorfor.', 'What is left out, and why.'), {
      counts: list(
        text('Antall av hvert slag.', 'How many of each kind.'),
        object(text('Ett slag.', 'One kind.'), {
          code: plain(withCodes(text('Hvorfor.', 'Why.'), listed(exclusionWords)), { enum: exclusionCodes }),
          what: plain(
            text(
              'Hva. `number`: et nummer som ikke er noe fødselsnummer; personen er med, med nummeret som lokalt.',
              'What. `number`: a number that is no national id; the person is in the file, with the number as a local one.',
            ),
            { enum: excludedThings },
          ),
          count: whole(text('Hvor mange.', 'How many.')),
        }),
      ),
      list: list(
        text(`Hver av dem, opptil ${limits.exportExclusions}.`, `Each of them, up to ${limits.exportExclusions}.`),
        object(text('Én.', 'One.'), {
          code: plain(text('Hvorfor, som i counts.', 'Why, as in counts.'), { enum: exclusionCodes }),
          what: plain(text('Hva.', 'What.'), { enum: excludedThings }),
          id: {
            'x-data-class': 'personal',
            ...idSchema,
            ...described(
              text(
                'Id-en den har i dette API-et; for et medlemskap gruppens.',
                'Its id in this API; of a membership that of the group.',
              ),
            ),
          },
        }),
      ),
    }),
    dropped: list(
      text('Verdier som formatet ikke har plass til.', 'Values that the format has no place for.'),
      object(text('Én verdi.', 'One value.'), {
        code: plain(withCodes(text('Hvorfor.', 'Why.'), listed(dropWords)), { enum: dropCodes }),
        field: plain(text('Feltet.', 'The field.')),
        value: plain(text('Verdien, når den ikke er personlig.', 'The value, where it is not personal.')),
        count: whole(text('Hvor mange ganger.', 'How many times.')),
      }),
    ),
    changes: {
      ...described(
        text(
          'Siden kjøringen den er sammenlignet med; null når det ikke var noen.',
          'Since the run that it was compared with; null when there was none.',
        ),
      ),
      oneOf: [
        object(text('Endringene.', 'The changes.'), {
          persons: { ...schemaRef('ExportChanges') },
          groups: { ...schemaRef('ExportChanges') },
          memberships: { ...schemaRef('ExportChanges') },
        }),
        { type: 'null' },
      ],
    },
    check: object(text('Kontrollen før filen ble gitt ut.', 'The check before the file was given out.'), {
      schema: plain(text('Mot skjemaet.', 'Against the schema.'), { enum: ['valid', 'invalid', 'unchecked'] }),
      rules: plain(text('Mot reglene intet skjema kan si.', 'Against the rules that no schema can say.'), {
        enum: ['kept', 'broken', 'unchecked'],
      }),
      findings: list(
        text('Det som ble funnet.', 'What was found.'),
        object(text('Ett funn.', 'One finding.'), {
          rule: plain(text('Regelen.', 'The rule.')),
          at: orNull(
            plain(
              text('Id-en i filen; null når det gjelder filen.', 'The id in the file; null when it is about the file.'),
            ),
          ),
          message: plain(text('Hva som er galt.', 'What is wrong.')),
        }),
      ),
      count: whole(text('Hvor mange i alt.', 'How many in all.')),
    }),
    reason: nullOr(
      'ExportProblem',
      text('Hvorfor den står, mislyktes eller ble avvist.', 'Why it is held, has failed or was rejected.'),
    ),
    confirmedBy: orNull(plain(text('Hvem som bekreftet den.', 'Who has confirmed it.'))),
    fetched: list(
      text('Hvem som har hentet filen.', 'Who has fetched the file.'),
      object(text('Én henting.', 'One fetch.'), {
        by: plain(text('Applikasjonen.', 'The application.')),
        at: instant(text('Når.', 'When.')),
        bytes: whole(text('Byte som ble sendt.', 'Bytes that were sent.')),
        whole: { type: 'boolean', ...described(text('Hele filen.', 'The whole file.')) },
      }),
    ),
    delivered: list(
      text('Hvor filen er levert.', 'Where the file was brought.'),
      object(text('Én levering.', 'One delivery.'), {
        target: plain(text('Stedet.', 'The place.')),
        at: instant(text('Når.', 'When.')),
        ok: { type: 'boolean', ...described(text('Den kom fram.', 'It arrived.')) },
        message: orNull(plain(text('Hva som gikk galt.', 'What went wrong.'))),
      }),
    ),
  }),
};
