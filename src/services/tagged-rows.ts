// Gives rows a tag of their content, where they are few enough to be held: who has them already need not be sent them again. Called by handlers of services.
import { hash } from 'node:crypto';
import type { Handled } from './service.ts';

/**
 * The same rows, with an ETag over all of them and over `also` (what else the answer depends on). Rows of more than `most` letters are not held: they go
 * out as they come, without a tag.
 */
export const taggedRows = async (handled: Handled, also: string, most: number): Promise<Handled> => {
  if (handled.kind !== 'rows') return handled;
  const held: (readonly string[])[] = [];
  let letters = 0;
  const rest = handled.rows[Symbol.asyncIterator]();
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    held.push(next.value);
    letters += next.value.reduce((sum, text) => sum + text.length, 0);
    if (letters > most) return { ...handled, rows: goingOn(held, rest) };
  }
  const etag = `"${hash('sha256', JSON.stringify([also, held.flat()]), 'base64url').slice(0, 27)}"`;
  return { ...handled, rows: goingOn(held, null), more: { ...handled.more, etag } };
};

async function* goingOn(
  held: readonly (readonly string[])[],
  rest: AsyncIterator<readonly string[]> | null,
): AsyncGenerator<readonly string[]> {
  try {
    yield* held;
    for (let next = await rest?.next(); next !== undefined && next.done !== true; next = await rest?.next())
      yield next.value;
  } finally {
    await rest?.return?.();
  }
}
