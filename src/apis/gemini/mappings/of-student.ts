// What operations on the things of a student have in common, whatever they hang on: listed, added and taken away. Called by the operations beside it.
import type { ApiAnswer } from '#apis/api.ts';
import type { Call, GeminiParts, Operation } from '../operation.ts';
import { emptyPage, pageAnswer } from '../pages.ts';
import { idParameter } from '../parameters.ts';
import { invalid, nothingNamed } from '../problems.ts';
import { belongingTo, standingOf } from '../standing.ts';
import { create, readLinks, remove, type Asked } from '../writes.ts';
import { ofStudent } from './filters.ts';
import type { GeminiType } from './gemini-type.ts';
import { drawn, taken } from './said-of-writes.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What the student of the address has of these types; nothing of a person who is no student. */
export const listOfStudent = async (
  parts: GeminiParts,
  call: Call,
  types: readonly GeminiType[],
): Promise<ApiAnswer> => {
  const person = await standingOf(parts, call);
  if (person === null) return nothingNamed;
  if (person.student === null) return emptyPage;
  const holdings = types.map((type) => parts.holdings.of(call.owner, type));
  return pageAnswer(parts, call, holdings, { [ofStudent]: person.student });
};

/** Makes one of what was given, with columns that the address stands for. */
export const addWith = async (asked: Asked, type: GeminiType, given: Values, columns: Values): Promise<ApiAnswer> => {
  const { parts, call } = asked;
  const values = readLinks(parts, call, type, given);
  return values.ok
    ? create(asked, parts.holdings.of(call.owner, type), { ...values.value, ...columns }, 201)
    : invalid(values.problem.errors ?? []);
};

/** Takes away what the query names by the id of the type, if it belongs there; `belongs` is a type that shows to whom. */
export const takeAwayOf = async (
  asked: Asked,
  { type, belongs }: { readonly type: GeminiType; readonly belongs: GeminiType },
  to: Readonly<Record<string, string>>,
): Promise<ApiAnswer> => {
  const { parts, call } = asked;
  const found = await belongingTo(parts, call, belongs, call.query[type.id], to);
  return found === null ? nothingNamed : remove(asked, parts.holdings.of(call.owner, type), found);
};

/** The rest of an operation that takes something away: a parameter says what, which is shown under the name of an id. */
export const removal = (
  name: string,
  words: { readonly nb: string; readonly en: string },
  example: { readonly summary: string; readonly path: Readonly<Record<string, string>> },
): Pick<Operation, 'tag' | 'method' | 'query' | 'goal' | 'reconstructed' | 'answers' | 'examples'> => ({
  tag: 'Godkjenning av utdanning',
  method: 'DELETE',
  query: [idParameter(name, words.nb, words.en)],
  goal: 'application',
  reconstructed: drawn,
  answers: { 204: { describe: { nb: 'Borte.', en: 'Gone.' }, schema: null }, ...taken },
  examples: [{ ...example, query: { [name]: `{${name}}` }, status: 204 }],
});
