// `bindeledd migrate`: makes the tables in a database, or brings them to this version, as the role that owns them. The hub itself never may.
import { systemClock } from '#base/clock.ts';
import { databaseAddress } from '#config/setting-kinds.ts';
import { hubRole, migrate } from '#store/postgres/migrate.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

export type MigrateArgs = {
  /** The address as the owner; null = the one in the environment. */
  readonly database: string | null;
  /** Gets the rights of the hub. */
  readonly role: string | null;
  readonly dryRun: boolean;
};

/** Variables that may hold the address as the owner; a password is better off there than on a command line. */
type Environment = Readonly<Record<string, string | undefined>>;
export const ownerVariable = 'BINDELEDD_OWNER_DATABASE_URL';

/**
 * Prints what was made, or with `dryRun` the statements that would be run, and changes nothing then. Throws a CommandFailure for a wrong use, a
 * HubError when the database cannot be brought to this version.
 */
export const runMigrate = async (
  terminal: Terminal,
  { database, role, dryRun }: MigrateArgs,
  readSecret: (path: string) => string | null,
  environment: Environment,
): Promise<ExitCode> => {
  const nb = terminal.language === 'nb';
  const url = ownerAddress(database, readSecret, environment);
  if (role !== null && !/^[^\0"]{1,63}$/.test(role))
    throw new CommandFailure(exitCodes.usage, nb ? 'Rollen har ikke et navn.' : 'That is no name of a role.');
  const done = await migrate({
    url,
    clock: systemClock,
    role: role ?? hubRole,
    dryRun,
    made: (version) => terminal.say(nb ? `Versjon ${version} er laget.` : `Version ${version} is made.`),
  });
  const { from, to, sql } = done;
  if (terminal.json)
    terminal.out(JSON.stringify({ from, to, role: role ?? hubRole, dryRun, ...(dryRun ? { sql } : {}) }, null, 2));
  else if (dryRun) terminal.out(sql.trimEnd());
  else if (from === to)
    terminal.out(nb ? `Databasen har versjon ${to} fra før.` : `The database has version ${to} already.`);
  else
    terminal.out(
      nb
        ? `Databasen har versjon ${to} (før: ${from}); rollen ${role ?? hubRole} har rettighetene tjenesten trenger.`
        : `The database has version ${to} (before: ${from}); the role ${role ?? hubRole} has the rights that the hub needs.`,
    );
  return exitCodes.ok;
};

/** The address as the owner: the one given, else that of the environment. Throws a CommandFailure that does not repeat it. */
export const ownerAddress = (
  given: string | null,
  readSecret: (path: string) => string | null,
  environment: Environment,
): string => {
  const file = environment[`${ownerVariable}_FILE`] ?? '';
  const text = given ?? (file === '' ? environment[ownerVariable] : readSecret(file)?.trim()) ?? '';
  if (text === '')
    throw new CommandFailure(exitCodes.usage, 'Which database?', {
      hint: `Give --database, or set ${ownerVariable}_FILE or ${ownerVariable}: the address as the role that owns the tables.`,
    });
  const read = databaseAddress.read(text);
  // Never repeated: it may hold a password.
  if (read === null)
    throw new CommandFailure(
      exitCodes.usage,
      `The address of the database is not of the form ${databaseAddress.takes}.`,
      {
        code: 'HUB-700',
      },
    );
  return read;
};
