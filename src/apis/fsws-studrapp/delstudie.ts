// The report that a student is away from one day to another: finds the one stay that it is about and writes its days. Called by operations.ts; writes by the
// tables alone, so that whoever decides about stays decides about this.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Walk } from '#hub/documents/document.ts';
import type { Model } from '#model/model.ts';
import { civilNow } from '#mappings/converters.ts';
import { readLeanMapping } from '#mappings/read-mapping.ts';
import { readValues } from '#mappings/read-values.ts';
import { refusedParameter } from '#services/refused-parameter.ts';
import type { Handled, ReadElement, ServiceCall, ServiceOperation } from '#services/service.ts';
import { statusTable, toldAs } from '#services/statuses.ts';
import { notThere } from '#services/walked-rows.ts';
import { handledOfWrite } from '#services/written-status.ts';
import { readTable } from '#tables/read-table.ts';
import type { Tables } from '#tables/table.ts';
import { dateIn, plainFormat } from './date-format.ts';
import { daysOfStay, stays, staysOfPerson, whose, withNationalId } from './mappings/stays.ts';

export type DelstudieDeps = {
  readonly model: Model;
  readonly walk: Walk;
  readonly tables: Pick<Tables, 'write' | 'outcome'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly institutionNumber: (tenant: string) => Promise<string | null>;
};

/** The text of an element that has attributes beside it, and what it names as its format. */
const dateOf = (element: ReadElement[string] | undefined): string | undefined => {
  if (typeof element === 'string') return dateIn(plainFormat, element);
  if (element === undefined || !('#' in element)) return undefined;
  const { '#': text, '@dtf': format = plainFormat } = element;
  return typeof text === 'string' && typeof format === 'string' ? dateIn(format, text) : undefined;
};

const severalStays: Handled = {
  kind: 'problem',
  problem: toldAs(problem('HUB-409', 'The student has several stays in this period.'), 'several'),
};

/** The report says neither with whom the stay is agreed nor in which country it is, and the model has no stay without them. */
const noStay: Handled = {
  kind: 'problem',
  problem: toldAs(
    problem(
      'HUB-415',
      'Nothing was written: you see no stay of the student in this period, and the report cannot make one, since a stay has an agreement and a country. If there is none, register it where the institution keeps it, and report again.',
    ),
    'noStay',
  ),
};

/** Makes the two operations: the report, and what has become of one that a source decides. Throws at start when the model does not bear them out. */
export const delstudieOperations = (deps: DelstudieDeps): readonly ServiceOperation[] => {
  const reading = readTable(stays, deps.model);
  const valuesOf = readValues<{ readonly fnr?: string }>(reading.mapping);
  const student = readLeanMapping(whose, deps.model);
  const ownerOf = readValues<{ readonly fnr?: string }>(student);

  /** Stays of the person that have a day in common with the period, by number. */
  const staysOf = async (
    { context }: ServiceCall,
    fnr: string,
    [start, end]: readonly [string, string],
  ): Promise<readonly number[] | null> => {
    const walked = await deps.walk(
      {
        projection: { id: 'studrapp-delstudie', shape: reading.mapping.shape },
        narrow: staysOfPerson(fnr),
        exact: true,
      },
      context,
    );
    if (walked.kind !== 'walk') return null;
    const found: number[] = [];
    const now = civilNow(deps.clock.now());
    for await (const page of walked.pages)
      for (const stay of page) {
        const { from, to } = daysOfStay(stay.values);
        if (valuesOf(stay, now).fnr === fnr && from <= end && to >= start) found.push(stay.uid);
      }
    return found;
  };

  /** Whether the caller sees such a student: to whoever does not, nothing is said of stays. */
  const isSeen = async ({ context }: ServiceCall, fnr: string): Promise<boolean> => {
    const projection = { id: whose.name, shape: student.shape };
    const walked = await deps.walk({ projection, narrow: withNationalId(fnr), exact: true }, context);
    if (walked.kind !== 'walk') return false;
    const now = civilNow(deps.clock.now());
    for await (const page of walked.pages) for (const row of page) if (ownerOf(row, now).fnr === fnr) return true;
    return false;
  };

  const report = async (call: ServiceCall): Promise<Handled> => {
    const { body, principal, context } = call;
    const [start, end] = [dateOf(body?.['delstudie_start']), dateOf(body?.['delstudie_slutt'])];
    if (start === undefined) return refusedParameter('delstudie_start', 'is no day in the format that dtf names');
    if (end === undefined) return refusedParameter('delstudie_slutt', 'is no day in the format that dtf names');
    if (end < start) return refusedParameter('delstudie_slutt', 'is before the first day');
    const { fnr, instnr } = body ?? {};
    const institution = await deps.institutionNumber(principal.tenant);
    if (typeof fnr !== 'string' || institution === null || Number(instnr) !== Number(institution)) return notThere;
    const found = await staysOf(call, fnr, [start, end]);
    const [stay, ...others] = found ?? [];
    if (stay === undefined) return (await isSeen(call, fnr)) ? noStay : notThere;
    if (others.length > 0) return severalStays;
    const values = { delstudie_start: start, delstudie_slutt: end };
    const written = await deps.tables.write(
      reading,
      [{ operation: 'patch', target: { uid: stay }, values }],
      { idempotency: null, note: 'delstudie', waitMs: limits.mutationWaitMs },
      context,
    );
    return handledOfWrite(written);
  };

  const outcome = async ({ values, context }: ServiceCall): Promise<Handled> =>
    handledOfWrite(await deps.tables.outcome(values['referanse'] ?? '', context));

  return [
    {
      name: 'lanekassenDelstudier',
      rest: { method: 'POST', path: '/lanekassen/delstudier' },
      summary: { nb: 'Melder når en student er på delstudier.', en: 'Reports when a student is away on a study stay.' },
      describe: {
        nb: `Finner det ene utvekslingsoppholdet studenten har i perioden, og setter første og siste dag. Uten opphold (kode ${statusTable.noStay.code}), eller med flere (${statusTable.several.code}), skrives ingenting: meldingen sier ikke hvilken avtale og hvilket land et nytt opphold skulle ha.`,
        en: `Finds the one exchange stay that the student has in the period, and sets its first and last day. Without a stay (code ${statusTable.noStay.code}), or with several (${statusTable.several.code}), nothing is written: the report does not say which agreement and which country a new stay would have.`,
      },
      parameters: [],
      body: {
        name: 'delstudie',
        members: [
          {
            name: 'fnr',
            required: true,
            describe: { nb: 'Fødselsnummeret til studenten.', en: 'National id of the student.' },
            content: { type: 'string', pattern: '[0-9]{11}' },
          },
          {
            name: 'instnr',
            required: true,
            describe: { nb: 'Institusjonens nummer.', en: 'Number of the institution.' },
            content: { type: 'string', pattern: '[0-9]{1,8}' },
          },
          ...(['delstudie_start', 'delstudie_slutt'] as const).map((name) => ({
            name,
            required: true as const,
            describe:
              name === 'delstudie_start'
                ? { nb: 'Første dag.', en: 'First day.' }
                : { nb: 'Siste dag.', en: 'Last day.' },
            content: { type: 'string', maxLength: 32 } as const,
            attributes: [
              {
                name: 'dtf',
                type: 'string',
                maxLength: 32,
                describe: {
                  nb: 'Formen datoen er skrevet i, med bokstavene y, M og d; yyyy-MM-dd når den mangler.',
                  en: 'The form in which the date is written, with the letters y, M and d; yyyy-MM-dd where it is missing.',
                },
              } as const,
            ],
          })),
        ],
      },
      unqualifiedToo: true,
      answer: { kind: 'status' },
      writes: true,
      examples: [
        {
          summary: { nb: 'Et opphold om høsten.', en: 'A stay in autumn.' },
          body: '<delstudie><fnr>{fnr}</fnr><instnr>{instnr}</instnr><delstudie_start dtf="yyyy-MM-dd">2026-08-15</delstudie_start><delstudie_slutt dtf="yyyy-MM-dd">2026-12-20</delstudie_slutt></delstudie>',
          status: 200,
        },
      ],
      handle: report,
    },
    {
      name: 'lanekassenDelstudieUtfall',
      rest: { method: 'GET', path: '/lanekassen/delstudier/{referanse}' },
      summary: {
        nb: 'Hva som ble av en melding som kildesystemet skulle avgjøre.',
        en: 'What became of a report that a source system had to decide.',
      },
      describe: {
        nb: 'Referansen står i svaret på meldingen. Andres referanser finnes ikke.',
        en: 'The reference stands in the answer to the report. References of others do not exist.',
      },
      parameters: [
        {
          name: 'referanse',
          type: 'string',
          minLength: 1,
          maxLength: 64,
          required: true,
          describe: { nb: 'Fra svaret på meldingen.', en: 'From the answer to the report.' },
        },
      ],
      answer: { kind: 'status' },
      reconstructed: true,
      examples: [],
      handle: outcome,
    },
  ];
};
