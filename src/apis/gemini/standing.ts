// Whose things an address is about: the person, who that is as a student, and whether something belongs there. Called by the operations below a person. An id
// of nobody, of somebody who is not shown and of another institution are one.
import type { ProblemItem } from '#base/errors.ts';
import { at } from './mappings/at.ts';
import { standing } from './mappings/person.ts';
import type { GeminiType } from './mappings/gemini-type.ts';
import type { Call, GeminiParts } from './operation.ts';
import { asJson } from './pages.ts';

/** A person as a student. */
export type Standing = {
  /** By the identifier that all students have; null for who is none. */
  readonly student: string | null;
  readonly hasNationalId: boolean;
};

const textOf = (held: unknown): string | null => (typeof held === 'string' ? held : null);

/** The person of the address; null when there is none. */
export const standingOf = async ({ ids, holdings, tables }: GeminiParts, call: Call): Promise<Standing | null> => {
  const named = ids.read(call.owner, at.person, call.path['personId']);
  if (named === null) return null;
  const holding = holdings.of(call.owner, standing);
  const found = await tables.one(holding.by(named.attribute), holding.projection(), named.value, call.context);
  if (found.kind !== 'row') return null;
  const shown = asJson(found.row);
  return { student: textOf(shown['student']), hasNationalId: shown['nationalId'] !== undefined };
};

/** Something by its id, if it belongs there; `belongs` is a type that shows to whom. Null when nothing is there. */
export const belongingTo = async (
  { ids, holdings, tables, keys }: GeminiParts,
  call: Call,
  belongs: GeminiType,
  id: unknown,
  to: Readonly<Record<string, string>>,
): Promise<string | null> => {
  const named = ids.read(call.owner, belongs.collection, id);
  if (named === null || named.attribute !== keys.fallback) return null;
  const holding = holdings.of(call.owner, belongs);
  const found = await tables.one(holding.by(named.attribute), holding.projection(), named.value, call.context);
  if (found.kind !== 'row') return null;
  const shown = asJson(found.row);
  return Object.entries(to).every(([name, value]) => shown[name] === value) ? named.value : null;
};

export const notAStudent = 'Personen er ikke student ved lærestedet.';

/** One parameter that is not taken. */
export const oneWrong = (name: string, message: string): readonly ProblemItem[] => [{ at: name, message }];
