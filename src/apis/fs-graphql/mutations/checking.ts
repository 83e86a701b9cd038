// Everything that can be said of the rows of a call before it is written: what their ids lead to, whether values and rules hold, and the parts that they
// become. Called by run-mutation.ts; all errors of all rows are told together.
import type { RowError, ToldError } from './row-error.ts';
import { distinctErrors, toldOfRow } from './row-error.ts';
import type { Call } from './call.ts';
import { checkInput } from './input.ts';
import { lookFor, readFinds, readIds, type Reading } from './reading.ts';
import { brokenIn } from './rules.ts';
import type { Row } from './sight.ts';
import { buildParts, isMadeUp, orderParts, placeOf, type BuiltPart, type Ordered } from './write-parts.ts';

/** Reads and checks. Rejects with HubError where the hub refuses to read. */
export const checkRows = async (
  call: Call,
  rows: readonly Row[],
  own: string | null,
): Promise<{
  readonly errors: readonly ToldError[];
  readonly ordered: Ordered;
  readonly built: readonly BuiltPart[];
  /** A number that was made up is somebody's. */
  readonly isDrawnTwice: boolean;
}> => {
  const { model, mutations, roots, graph } = call.deps;
  const { context, now } = call.request;
  const [mutation, sight] = [call.mutation, call.sight];
  const { roles, messages } = mutations;
  const errors: ToldError[] = [];
  const wrong = new Set<Row>();
  const put = (row: Row, error: RowError): void => {
    errors.push(toldOfRow(row.index, error));
    wrong.add(row);
  };
  const reading: Reading = { graph, model, roots, mutation, sight, context, own, owner: mutations.owner, now };
  const unknown = await readIds(reading, rows);
  for (const row of rows) {
    for (const error of checkInput(mutation, row.input, { mutations, own })) put(row, error);
    for (const at of unknown.get(row.index) ?? []) put(row, { type: roles.id, at, message: messages.unknown });
  }
  // What is looked for by wrong values is not looked for.
  const right = rows.filter((row) => !wrong.has(row));
  await readFinds(reading, right);
  for (const [index, row] of right.entries())
    for (const { rule, why } of brokenIn(mutation, row, { sight, model, now, rows: right.slice(0, index + 1) }))
      put(
        row,
        why === 'broken'
          ? { type: rule.error, at: rule.at, message: rule.message }
          : { type: roles.denied, at: rule.at, message: messages.unseen },
      );
  const { parts: built, unseen } = buildParts(
    right.filter((row) => !wrong.has(row)),
    { sight, model, now, mutation },
  );
  for (const { row, at } of unseen) put(row, { type: roles.denied, at, message: messages.unseen });
  const { ordered, clashes } = orderParts(built);
  for (const { row, part } of [...clashes, ...twice(built)])
    put(row, { type: roles.invalid, at: placeOf(part, mutation), message: messages.twice });
  const isDrawnTwice = await tellKeysTaken(call, built, put);
  return { errors: distinctErrors(errors), ordered, built, isDrawnTwice };
};

/** Tells of parts whose natural keys are somebody's, as far as the caller sees that. True when one of them was made of a number that was made up. */
const tellKeysTaken = async (
  call: Call,
  built: readonly BuiltPart[],
  put: (row: Row, error: RowError) => void,
): Promise<boolean> => {
  const { graph, mutations } = call.deps;
  let isDrawnTwice = false;
  await lookFor(
    { graph, context: call.request.context },
    built.flatMap((one) => {
      const { part, key, row } = one;
      const identifier = part.collection.identifiers.find(
        ({ attribute }) => attribute === part.key?.attribute.jsonName,
      );
      if (part.operation !== 'create' || key === null || identifier === undefined) return [];
      return [
        {
          selection: { collection: part.collection.path, attributes: [], edges: [] },
          by: { identifier: identifier.segment },
          value: key,
          take: (node: unknown) => {
            const type = part.taken?.error ?? mutations.roles.taken;
            const message = mutations.errors.get(type) ?? mutations.messages.taken;
            if (node === null) return;
            put(row, { type, at: placeOf(part, call.mutation), message });
            isDrawnTwice ||= part.key !== null && isMadeUp(part.key.value, one);
          },
        },
      ];
    }),
  );
  return isDrawnTwice;
};

/** Parts that would be made twice in one call, by their natural keys. */
const twice = (built: readonly BuiltPart[]): readonly BuiltPart[] => {
  const seen = new Set<string>();
  return built.filter(({ part, key }) => {
    if (part.operation !== 'create' || key === null) return false;
    const name = `${part.collection.path} ${key}`;
    const isKnown = seen.has(name);
    seen.add(name);
    return isKnown;
  });
};
