// `bindeledd key …`: the keys that sign access tokens, listed and rotated by hand; a running hub rotates them by itself when they are old.
// Called by the command line. Shows ids and states, never a key.
import { decide, renderTable, type CommandDeps, type CommandOutput } from './command.ts';
import { rotateKeys } from '#auth/signing-keys.ts';
import { formatInstant } from '#base/clock.ts';
import { ok, type Result } from '#base/result.ts';

export type ShownKey = {
  readonly id: string;
  readonly state: string;
  readonly since: string;
  readonly createdAt: string;
};

/** All signing keys, the newest last. */
export const listSigningKeys = async (deps: CommandDeps): Promise<Result<CommandOutput<readonly ShownKey[]>>> => {
  const keys = (await deps.platform.signingKeys()).map(({ id, state, since, createdAt }) => ({
    id,
    state,
    since: formatInstant(since),
    createdAt: formatInstant(createdAt),
  }));
  const rows = keys.map((key) => [key.id, key.state, key.since]);
  return ok({
    text: renderTable(['ID', 'STATE', 'SINCE'], rows, 'There are no keys yet: the hub makes them when it starts.'),
    json: keys,
  });
};

/** Puts the next key to use and publishes another. Running hubs follow at once; tokens of the former key live out their time. */
export const rotateSigningKeys = async (deps: CommandDeps): Promise<Result<CommandOutput<readonly ShownKey[]>>> => {
  await decide(deps, 'key rotate', 'signing keys', () => rotateKeys(deps));
  return listSigningKeys(deps);
};
