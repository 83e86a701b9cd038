// How commands of administration reach what they are about: a running hub, with credentials, or the data themselves. Used by every
// command that goes through the admin API.
import type { Command } from 'commander';
import type { Result } from '#base/result.ts';
import type { ResolvedSettings, Settings } from '#config/settings.ts';
import { remoteDoor, type AdminDoor } from './admin-door.ts';
import {
  addCommand,
  flagText,
  resolveFlags,
  settingsOf,
  speaker,
  takesSettings,
  type Flags,
  type Frame,
} from './command-frame.ts';
import type { CommandOutput } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createHubClient, type CallOptions, type HubClient } from './hub-client.ts';
import { CommandFailure, failureOf, type Terminal, type Words } from './terminal.ts';

type AdminWork = (
  door: AdminDoor,
  flags: Flags,
  words: readonly string[],
  settings: Settings,
) => Promise<Result<CommandOutput>>;

/** Prints what a command gives, for people or for programs; a failure becomes what the command line throws. */
export const print = (terminal: Terminal, result: Result<CommandOutput>): ExitCode => {
  if (!result.ok) throw failureOf(result.problem);
  terminal.out(terminal.json ? JSON.stringify(result.value.json, null, 2) : result.value.text);
  return exitCodes.ok;
};

/** How a command calls a hub, by its flags. */
export const callOptions = (flags: Flags): CallOptions => ({
  tokenFile: flagText(flags, 'tokenFile') ?? null,
  credentialsFile: flagText(flags, 'credentials') ?? null,
});

/** Gives a command the flags by which it calls a hub. */
export const callsHub = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return takesSettings(command, frame, settingsOf('client'))
    .option('--token-file <file>', say('fil med et ferdig tilgangstoken', 'file with a ready access token'))
    .option(
      '--credentials <file>',
      say('JSON-fil {"id","secret"} for en applikasjon', 'JSON file {"id","secret"} of an application'),
    );
};

/** Whether a command works where the data are: when that was named and no hub was, or when there are no credentials to ask a hub with. */
const isLocal = ({ settings, origins }: ResolvedSettings, options: CallOptions): boolean => {
  const named = options.tokenFile !== null || options.credentialsFile !== null;
  const asks = named || origins.url === 'flag' || origins.clientId === 'flag';
  if (asks && (origins.data === 'flag' || origins.databaseUrl === 'flag'))
    throw new CommandFailure(exitCodes.usage, 'Name either where the data are or a hub.', {
      hint: '--data and --database-url work on the data; --url, --client-id, --credentials and --token-file ask a running hub.',
    });
  if (asks) return false;
  // What others set for everybody names nothing.
  const database = !['default', 'environment DATABASE_URL'].includes(origins.databaseUrl);
  return origins.data !== 'default' || database || (settings.token === null && settings.clientId === null);
};

/** The settings of a command of administration, and the hub that it is to ask; null when it works where the data are. */
export const reach = (
  terminal: Terminal,
  flags: Flags,
): { readonly settings: Settings; readonly client: HubClient | null } => {
  const resolved = resolveFlags(flags, ['data', 'databaseUrl', 'model', 'environment', ...settingsOf('client')]);
  const { settings } = resolved;
  const options = callOptions(flags);
  return {
    settings,
    client: isLocal(resolved, options) ? null : createHubClient(settings, options, terminal.language),
  };
};

/** Runs the work of a command over the data or a running hub. */
export const throughDoor = async (
  terminal: Terminal,
  flags: Flags,
  work: (door: AdminDoor, client: HubClient | null, settings: Settings) => Promise<Result<CommandOutput>>,
): Promise<ExitCode> => {
  const { settings, client } = reach(terminal, flags);
  if (client !== null) return print(terminal, await work(remoteDoor(client), client, settings));
  const { openDataDoor } = await import('./data-door.ts');
  const { door, close } = await openDataDoor(settings);
  try {
    return print(terminal, await work(door, null, settings));
  } finally {
    await close();
  }
};

/** A flag that takes several values; undefined when it was not given. */
export const flagList = (flags: Flags, name: string): readonly string[] | undefined => {
  const value = flags[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
};

/** Adds a command of administration, which works on the data or asks a running hub. */
export const administers = (
  parent: Command,
  frame: Frame,
  name: string,
  words: Words,
  examples: readonly string[],
  work: AdminWork,
): Command =>
  callsHub(
    takesSettings(
      addCommand(parent, frame, name, words, examples, (terminal, flags, given) =>
        throughDoor(terminal, flags, (door, _client, settings) => work(door, flags, given, settings)),
      ),
      frame,
      ['data', 'databaseUrl'],
    ),
    frame,
  );
