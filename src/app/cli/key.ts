// `bindeledd key …`: the keys that sign access tokens, listed and rotated by hand, through the admin API; a running hub rotates them by itself
// when they are old. Shows ids and states, never a key.
import { askOne, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';
import { ok, type Result } from '#base/result.ts';

export type ShownKey = {
  readonly id: string;
  readonly state: string;
  readonly since: string;
  readonly createdAt: string;
};

type Keys = { readonly items: readonly ShownKey[] };

const render = (answer: Result<Keys>): Result<CommandOutput<readonly ShownKey[]>> => {
  if (!answer.ok) return answer;
  const { items } = answer.value;
  const rows = items.map((key) => [key.id, key.state, key.since]);
  return ok({
    text: renderTable(['ID', 'STATE', 'SINCE'], rows, 'There are no keys yet: the hub makes them when it starts.'),
    json: items,
  });
};

/** All signing keys, the newest last. */
export const listSigningKeys = async (door: AdminDoor): Promise<Result<CommandOutput<readonly ShownKey[]>>> =>
  render(await askOne<Keys>(door, 'GET', '/admin/keys'));

/** Puts the next key to use and publishes another. Running hubs follow at once; tokens of the former key live out their time. */
export const rotateSigningKeys = async (door: AdminDoor): Promise<Result<CommandOutput<readonly ShownKey[]>>> =>
  render(await askOne<Keys>(door, 'POST', '/admin/keys/rotate'));
