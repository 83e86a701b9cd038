// Values as JSON text, by the rules for lists and for what must not be null. Called by whatever compiles fields; the text is put together at once, no
// object of the answer is made.
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { errorOf } from './answer-error.ts';
import type { Run, Write } from './plan.ts';
import type { ReadRef } from './type-ref.ts';
import type { GraphNode } from '#hub/graph/graph.ts';

/** What writes a value of the type that a reference names. */
export type Core = {
  /** What of a value there is to be seen: null = nothing. Null = the value itself. */
  readonly seen: ((value: unknown, run: Run) => unknown) | null;
  /** Gets no null. */
  readonly write: Write;
};

/**
 * Writes values of a type. `depth` is how deep the field lies in the answer: its steps in the path stand before that. `at` names it in errors.
 */
export const complete = (ref: ReadRef, depth: number, core: Core, at: string): Write => {
  if (ref.kind !== 'non-null') {
    const inner = completeValue(ref, depth, core, at);
    return (value, node, run) => {
      const seen = shown(value, ref, core, run);
      return seen === null || seen === undefined ? 'null' : (inner(seen, node, run) ?? 'null');
    };
  }
  const inner = completeValue(ref.of, depth, core, at);
  const missing = errorOf(problem('HUB-206', `No value for ${at}, which always has one.`));
  return (value, node, run) => {
    const seen = shown(value, ref.of, core, run);
    if (seen !== null && seen !== undefined) return inner(seen, node, run) ?? untaken(run);
    run.fail(missing, depth);
    return untaken(run);
  };
};

/** What stands where a value must be and is not: nothing, which takes its parent along, unless the document wants errors to stay. */
const untaken = ({ keepsErrors }: Run): string | undefined => (keepsErrors ? 'null' : undefined);

const shown = (value: unknown, ref: ReadRef, { seen }: Core, run: Run): unknown =>
  seen === null || ref.kind !== 'named' || value === null || value === undefined ? value : seen(value, run);

const completeValue = (ref: ReadRef, depth: number, core: Core, at: string): Write => {
  if (ref.kind === 'named') return core.write;
  if (ref.kind === 'non-null') return completeValue(ref.of, depth, core, at);
  const item = complete(ref.of, depth + 1, core, at);
  const none = errorOf(problem('HUB-500', `The value of ${at} is no list.`));
  return (value, node, run) => {
    if (!Array.isArray(value)) {
      run.fail(none, depth);
      return undefined;
    }
    return writeList(value, depth + 1, item, node, run);
  };
};

/** Writes a list; what must not be null and is takes the list with it. */
const writeList = (
  values: readonly unknown[],
  depth: number,
  item: Write,
  node: GraphNode | null,
  run: Run,
): string | undefined => {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    run.path[depth] = index;
    const part = item(values[index], node, run);
    if (part === undefined) return undefined;
    text += index === 0 ? part : `,${part}`;
  }
  return `${text}]`;
};

export type ObjectField = { readonly key: string; readonly write: Write };

const tooLong = problem(
  'HUB-424',
  `The answer would be longer than ${limits.graphqlAnswerLength} characters: ask for smaller pages, or for less of each.`,
);

/**
 * Writes an object; `depth` is that of its fields. Throws a `HubError` (HUB-424) when the answer has become too long: few resources are much when each is
 * asked for the same under many names.
 */
export const completeObject = (fields: readonly ObjectField[], depth: number): Write => {
  const keys = fields.map(({ key }) => key);
  const heads = fields.map(({ key }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
  const writes = fields.map(({ write }) => write);
  const count = fields.length;
  return (value, node, run) => {
    // What lies within counts itself while it is written, and is then part of this.
    const before = run.written;
    let text = '';
    for (let index = 0; index < count; index += 1) {
      run.path[depth] = keys[index] ?? '';
      const part = writes[index]?.(value, node, run);
      if (part === undefined) {
        run.written = before;
        return undefined;
      }
      text += (heads[index] ?? '') + part;
      run.written = before + text.length;
      if (run.written > limits.graphqlAnswerLength) throw new HubError(tooLong);
    }
    return count === 0 ? '{}' : `${text}}`;
  };
};
