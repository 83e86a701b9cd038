// The parameters of operations, and how queries and headers are held against them. Used by the operations and by routes.ts. What is wrong is told by name
// and by what is taken, never by the value.
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { problem } from '#base/errors.ts';
import { isCleanText, normalise } from '#base/text.ts';
import { idSchema } from './ids.ts';
import type { Parameter } from './operation.ts';

const clean = (given: string, longest: number): string | undefined => {
  const text = normalise(given).trim();
  return text.length >= 1 && text.length <= longest && isCleanText(text) ? text : undefined;
};

/** A text of some letters. */
export const textParameter = (
  name: string,
  nb: string,
  en: string,
  more: { readonly required?: true } = {},
): Parameter => ({
  name,
  describe: { nb, en },
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  read: (given) => clean(given, 200),
  reason: 'må være en tekst på 1 til 200 tegn',
  ...more,
});

/** A text of a form of its own. */
export const formParameter = (
  head: Pick<Parameter, 'name' | 'describe' | 'schema' | 'reason'>,
  form: RegExp,
): Parameter => ({ ...head, read: (given) => (form.test(given) ? given : undefined) });

/** An id in the query. */
export const idParameter = (name: string, nb: string, en: string): Parameter => ({
  name,
  describe: { nb, en },
  schema: idSchema,
  required: true,
  read: (given) => clean(given, 2_048),
  reason: 'må være en id',
});

export const pageParameters: readonly Parameter[] = [
  {
    name: 'after',
    describe: {
      nb: 'Hvor siden begynner: står i nextPage, og gjelder bare samme bruker og samme spørring.',
      en: 'Where the page begins: stands in nextPage, and is good for the same user and the same query only.',
    },
    schema: { type: 'string', minLength: 1, maxLength: limits.cursorLength },
    read: (given) => (/^[\w.~-]+$/.test(given) && given.length <= limits.cursorLength ? given : undefined),
    reason: 'må være verdien fra nextPage',
  },
  {
    name: 'pageSize',
    describe: { nb: 'Høyeste antall på siden.', en: 'Items on the page, at most.' },
    schema: { type: 'integer', minimum: 1, maximum: limits.geminiItems, default: limits.geminiItemsDefault },
    read: (given) => {
      const number = /^\d{1,6}$/.test(given) ? Number(given) : 0;
      return number >= 1 && number <= limits.geminiItems ? number : undefined;
    },
    reason: `må være minst 1 og høyst ${limits.geminiItems}`,
  },
];

const plainName = /^[A-Za-z][\w.-]{0,40}$/;

/** Reads a query. Fails with everything that is wrong: unknown names, repeated ones, values that are not taken, what is missing. */
export const readQuery = (
  parameters: readonly Parameter[],
  query: URLSearchParams,
): Result<Readonly<Record<string, unknown>>> => {
  const errors: ProblemItem[] = [];
  const values: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [name, given] of query) {
    const one = parameters.find((other) => other.name === name);
    // A name is the client's text too.
    if (one === undefined) errors.push({ at: plainName.test(name) ? name : 'query', message: 'er ikke kjent her' });
    else if (seen.has(name)) errors.push({ at: name, message: 'er oppgitt flere ganger' });
    else {
      const value = one.read(given);
      if (value === undefined) errors.push({ at: name, message: one.reason });
      else values[name] = value;
    }
    seen.add(name);
  }
  for (const { name, required } of parameters)
    if (required === true && !seen.has(name)) errors.push({ at: name, message: 'må oppgis' });
  return errors.length === 0 ? ok(values) : failed(problem('HUB-103', 'Ugyldige parametre.', { errors }));
};

export const journalHeader = 'X-Journalnummer';
// A year, a case and perhaps a document: `2026/1234-5`. Nothing of a person has this form.
const journalForm = /^\d{4}\/\d{1,7}(?:-\d{1,5})?$/;
export const journalSchema = { type: 'string', pattern: journalForm.source } as const;

/** Reads the number of the case. */
export const readJournal = (given: string | null): Result<string> => {
  const text = (given ?? '').trim();
  if (journalForm.test(text)) return ok(text);
  const message = text === '' ? 'må oppgis' : 'må ha formen år/saksnummer, for eksempel 2026/1234-5';
  return failed(problem('HUB-103', `Ugyldig header: ${journalHeader}.`, { errors: [{ at: journalHeader, message }] }));
};
