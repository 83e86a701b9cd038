// `bindeledd explain`: why an answer was empty, refused or smaller, in words. For the owner through the admin API or where the data are; for an
// application through the explain API, with its own credentials. Called by explain-commands.ts.
import type { Explanation } from '#hub/explain.ts';
import type { Reason } from '#hub/explain-reasons.ts';
import { ok, type Result } from '#base/result.ts';
import { askOne, type AdminDoor } from './admin-door.ts';
import type { CommandOutput } from './command.ts';
import type { Language } from './terminal.ts';

const answers: Readonly<Record<Explanation['parts'][number]['answer'], Readonly<Record<Language, string>>>> = {
  refused: { nb: 'avvist', en: 'refused' },
  empty: { nb: 'tomt', en: 'empty' },
  something: { nb: 'noe ble vist', en: 'something was shown' },
  unknown: { nb: 'utført', en: 'carried out' },
};

/** The facts of a reason, as they stand beside it. */
const factsOf = (reason: Reason): readonly string[] => {
  const { code: _code, part: _part, effect: _effect, text: _text, advice: _advice, ...facts } = reason;
  return Object.entries(facts).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}`);
};

/** As text for people. */
export const explanationText = (explanation: Explanation, language: Language): string => {
  const whole = language === 'nb' ? 'Ingenting var holdt tilbake.' : 'Nothing was held back.';
  return [
    `${explanation.request}  ${explanation.application} -> ${explanation.organisation}  ${explanation.at}`,
    ...explanation.parts.flatMap(({ operation, collection, api, answer, reasons }) => [
      '',
      `${operation} ${collection} (${api}): ${answers[answer][language]}`,
      ...(reasons.length === 0 ? [`  ${whole}`] : []),
      ...reasons.flatMap((reason) => [
        `  ${reason.code}  ${reason.text[language]}`,
        ...factsOf(reason).map((fact) => `    ${fact}`),
        `    -> ${reason.advice[language]}`,
      ]),
    ]),
  ].join('\n');
};

export type ExplainArgs = {
  readonly request: string;
  /** Null = the caller is the application itself. */
  readonly organisation: string | null;
  readonly application: string | undefined;
};

/** Asks and shows. A request that cannot be explained is HUB-204. */
export const explainRequest = async (
  door: AdminDoor,
  { request, organisation, application }: ExplainArgs,
  language: Language,
): Promise<Result<CommandOutput>> => {
  const id = encodeURIComponent(request);
  const only = application === undefined ? '' : `?application=${encodeURIComponent(application)}`;
  const path =
    organisation === null
      ? `/explain/${id}`
      : `/admin/organisations/${encodeURIComponent(organisation)}/explanations/${id}${only}`;
  const found = await askOne<Explanation>(door, 'GET', path);
  return found.ok ? ok({ text: explanationText(found.value, language), json: found.value }) : found;
};
