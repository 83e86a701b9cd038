// `bindeledd access for`: exactly what has to be asked for to run an operation or a GraphQL document, in words. Works without data and without a hub, or
// asks one. Called by access-for-command.ts.
import type { AccessAnswer, AccessQuestion } from '#apis/access-answer.ts';
import { ok, type Result } from '#base/result.ts';
import type { CommandOutput } from './command.ts';
import type { Language } from './terminal.ts';

const headings = {
  scopes: { nb: 'Tokenet må ha', en: 'The token must carry' },
  flags: { nb: 'Feature-Flags', en: 'Feature-Flags' },
  collections: { nb: 'Tilgang til', en: 'Access to' },
  links: { nb: 'For at lenker skal vises, også', en: 'For links to show, also' },
  packages: { nb: 'Tilgangspakker', en: 'Access packages' },
  uncovered: { nb: 'Ingen pakke åpner', en: 'No package opens' },
  undetermined: { nb: 'Ikke avgjort med disse variablene', en: 'Not settled with these variables' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

const two = {
  nb: 'To må godkjenne, for det viser',
  en: 'It takes two to approve, for it shows',
} as const;
const or = { nb: ' eller ', en: ' or ' } as const;

/** As text for people. */
export const accessAnswerText = (answer: AccessAnswer, language: Language): string => {
  const section = (name: keyof typeof headings, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', `${headings[name][language]}:`, ...lines.map((line) => `  ${line}`)];
  return [
    `${answer.operation}  (${answer.api})`,
    ...section(
      'scopes',
      answer.tokenScopes.map((some) => some.join(or[language])),
    ),
    ...section('flags', answer.flags),
    ...section(
      'collections',
      answer.collections.map(({ collection, actions, fields }) => {
        const named = fields.map(({ name, sensitivities }) =>
          sensitivities.length === 0 ? name : `${name} [${sensitivities.join(' ')}]`,
        );
        return `${collection}  ${actions.join(' ')}${named.length === 0 ? '' : `: ${named.join(', ')}`}`;
      }),
    ),
    ...section('links', answer.links),
    ...section(
      'packages',
      answer.packages.map((one) => one.package),
    ),
    ...(answer.fourEyes.length === 0 ? [] : ['', `${two[language]}: ${answer.fourEyes.join(', ')}`]),
    ...section(
      'uncovered',
      answer.uncovered.map(({ collection, action, fields }) => `${collection}  ${action}: ${fields.join(', ')}`),
    ),
    ...section('undetermined', answer.undetermined),
  ].join('\n');
};

/** Asks and shows. */
export const showAccessFor = async (
  accessFor: (question: AccessQuestion) => Promise<Result<AccessAnswer>>,
  question: AccessQuestion,
  language: Language,
): Promise<Result<CommandOutput>> => {
  const found = await accessFor(question);
  return found.ok ? ok({ text: accessAnswerText(found.value, language), json: found.value }) : found;
};
