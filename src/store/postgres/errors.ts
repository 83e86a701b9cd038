// PostgreSQL's errors as codes of the table, by SQLSTATE and by what the network says. Used by the driver and the migrations; nobody else in
// the product sees an error of the driver.
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';

type Known = { readonly code: ErrorCode; readonly detail: string };

const away: Known = {
  code: 'HUB-503',
  detail: 'The database cannot be reached; what was under way may or may not have been done.',
};
const busy: Known = { code: 'HUB-501', detail: 'The database is busy; nothing was changed.' };
const slow: Known = {
  code: 'HUB-501',
  detail: 'The database took longer than there was time for; nothing was changed.',
};
const full: Known = { code: 'HUB-502', detail: 'The disk of the database is full; nothing was changed.' };
const readOnly: Known = { code: 'HUB-502', detail: 'The database takes no writes; nothing was changed.' };
const unfit: Known = { code: 'HUB-515', detail: 'The role of the hub lacks rights in the database.' };
const unmade: Known = {
  code: 'HUB-514',
  detail: 'The tables of the hub are not in the database, or are of an older version.',
};
const damaged: Known = { code: 'HUB-512', detail: 'A table or index of the database is damaged.' };

// States and classes of states: https://www.postgresql.org/docs/current/errcodes-appendix.html. A whole state goes before its class.
const states: Readonly<Record<string, Known>> = {
  '08': away,
  '25006': readOnly,
  '28': { code: 'HUB-515', detail: 'The database refuses the login of the hub.' },
  '3D000': { code: 'HUB-514', detail: 'There is no such database on the server.' },
  '3F000': unmade,
  '40': busy,
  '42501': unfit,
  '42P01': unmade,
  '42703': unmade,
  '53': busy,
  '53100': full,
  '55006': busy,
  '55P03': busy,
  '57014': slow,
  '57': away,
  '58030': { code: 'HUB-502', detail: 'The disk of the database failed; nothing was changed.' },
  XX001: damaged,
  XX002: damaged,
};

// Also when what answers is not who it should be: a certificate that is unknown, expired or another's.
const ofNetwork =
  /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|ADDR|AI)|ENOTFOUND|ENOENT|EACCES|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** The SQLSTATE of an error of the server, or what the system calls the network's, also behind a HubError; '' for anything else. */
export const stateOf = (error: unknown): string => {
  if (error instanceof HubError) return stateOf(error.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
};

/** True when the connection, not the statement, is what failed. */
export const isAway = (error: unknown): boolean => {
  if (error instanceof HubError) return error.problem.code === 'HUB-503';
  const state = stateOf(error);
  return state === ''
    ? error instanceof Error && terminated.test(error.message)
    : known(state) === away || ofNetwork.test(state);
};

// What the driver says, without a code, of a connection that ended.
const terminated =
  /^(?:Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/;

const known = (state: string): Known | undefined => states[state] ?? states[state.slice(0, 2)];

/** An error of the database as a HubError; anything else unchanged. */
export const translate = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const state = stateOf(error);
  const row = isAway(error) ? away : known(state);
  if (row !== undefined)
    return new HubError(
      problem(row.code, row.detail, { internal: `${state} ${error.message}`.trim(), retryAfter: 5 }),
      {
        cause: error,
      },
    );
  if (!/^[0-9A-Z]{5}$/.test(state)) return error;
  // What the server says of a value or a key may repeat it: only where it happened goes to the log.
  const place = ['constraint', 'routine'].map((name) => String(Reflect.get(error, name) ?? '')).join(' ');
  const internal = `${state} ${place}`.trim();
  return new HubError(problem('HUB-500', 'The database refused a statement; nothing was changed.', { internal }), {
    cause: error,
  });
};

/** What is said while the server is known to be away. */
export const awayError = (internal: string): HubError =>
  new HubError(problem('HUB-503', 'The database cannot be reached; nothing was changed.', { internal, retryAfter: 1 }));

/** What is said when more would be taken on than can be done in time. */
export const overloaded = (internal: string): HubError =>
  new HubError(
    problem('HUB-501', 'Too much is waiting for the database; nothing was changed.', { internal, retryAfter: 1 }),
  );

/** What is said when there is no time left before the statement is even sent. */
export const tooLate = (): HubError =>
  new HubError(problem(slow.code, slow.detail, { internal: 'deadline passed', retryAfter: 5 }));
