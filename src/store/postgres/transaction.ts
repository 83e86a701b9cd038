// One transaction on a connection: begin, work, commit or rollback, and which error is told. Used by driver.ts.
import { HubError, problem } from '#base/errors.ts';
import type { Connection, Scope } from './database.ts';
import { stateOf, translate } from './errors.ts';
import type { Wire } from './wire.ts';

const over = (): Promise<never> => Promise.reject(new Error('the transaction is over'));

// Named, since what a database has by default may be another: who has waited for a lock must see what was committed meanwhile.
const beginning = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const beginningOfSnapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

/**
 * Runs work in a transaction of one organisation, with `ms` for each statement (null = as the connection says). A throw rolls back. When it is
 * over, what the work was given refuses: the connection is another's by then.
 */
export const inTransaction = async <T>(
  wire: Wire,
  scope: Scope,
  work: (connection: Connection) => Promise<T>,
  ms: number | null,
  snapshot: boolean,
): Promise<T> => {
  const begin = snapshot ? beginningOfSnapshot : beginning;
  const tenant = scope === null ? '' : `SET LOCAL bindeledd.tenant = ${Math.trunc(scope)};`;
  const limit = ms === null ? '' : `SET LOCAL statement_timeout = ${ms};`;
  let first: unknown = null;
  const noting = async <R>(answer: Promise<R>): Promise<R> => {
    try {
      const value = await answer;
      first = null;
      return value;
    } catch (error) {
      // What fails because something before it did is told as that.
      if (stateOf(error) !== '25P02' && stateOf(error) !== '26000') first = error;
      throw translate(first ?? error);
    }
  };
  let isOver = false;
  try {
    await wire.command(`${begin};${tenant}${limit}`);
    const value = await work({
      query: (sql, values) => (isOver ? over() : noting(wire.query(sql, values, null))),
    });
    isOver = true;
    // After an error that the work let pass, the server ends a commit with a rollback, and calls it that.
    if ((await wire.command('COMMIT')) !== 'COMMIT')
      throw new HubError(problem('HUB-500', 'Nothing was changed.', { internal: 'committed after an error' }), {
        cause: first,
      });
    return value;
  } catch (error) {
    isOver = true;
    // A connection that cannot go back is of no use to the next.
    await wire.command('ROLLBACK').catch((cause: Error) => wire.destroy(cause));
    throw error;
  }
};
