// The way of commands to the admin API: over HTTP to a running hub, or to the same handlers in this process over a data directory. Commands
// ask through a door and know not which it is.
import { userInfo } from 'node:os';
import type { Admin } from '#apis/admin/admin-api.ts';
import { operatorAt } from '#apis/admin/actor.ts';
import type { Actor } from '#apis/admin/ports.ts';
import { systemRandom } from '#base/random.ts';
import { problem, type Problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { HubClient } from './hub-client.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export type AdminDoor = {
  /** Gives the answer as parsed JSON, null for an empty one. A refusal is a failure, or a CommandFailure with the hub's own words. */
  readonly ask: (method: Method, path: string, body?: object) => Promise<Result<unknown>>;
};

/** The operator of this machine. */
export const localOperator = (): Actor => operatorAt(userInfo().username);

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Findings by the names of flags instead of pointers into a body that nobody wrote. */
const forCommandLine = (value: Problem): Problem => {
  if (value.errors === undefined) return value;
  const errors = value.errors.map((item) => ({ ...item, at: kebab(item.at.split('/').at(-1) ?? item.at) }));
  return { ...value, errors, detail: errors.map(({ at, message }) => `${at}: ${message}`).join('; ') };
};

/** A door to handlers in this process. */
export const localDoor = (admin: Admin, actor: Actor): AdminDoor => ({
  ask: async (method, path, body) => {
    const [address = '', query = ''] = path.split('?', 2);
    const answer = await admin.answer({
      actor,
      requestId: systemRandom.uuid(),
      method,
      path: address,
      query: new URLSearchParams(query),
      text: body === undefined ? '' : JSON.stringify(body),
      header: () => null,
    });
    // As it would have come over the wire: members without a value are not there.
    if (answer.kind === 'json') return ok(JSON.parse(JSON.stringify(answer.value)) as unknown);
    if (answer.kind === 'problem') return failed(forCommandLine(answer.problem));
    if (answer.kind === 'bytes') return ok(answer.bytes.toString());
    return ok(null);
  },
});

/** A door over HTTP. */
export const remoteDoor = (client: HubClient): AdminDoor => ({
  ask: async (method, path, body) => {
    const answer = await client.send(method, path, body);
    const text = await answer.text();
    if (text === '') return ok(null);
    if (!/^application\/json\b/.test(answer.headers.get('content-type') ?? '')) return ok(text);
    try {
      return ok(JSON.parse(text) as unknown);
    } catch {
      return failed(problem('HUB-100', 'The answer is not JSON.'));
    }
  },
});

/** The members of an answer, for commands that show it. */
export type Shown = Readonly<Record<string, unknown>>;

export const isShown = (value: unknown): value is Shown =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Asks for one thing. */
export const askOne = async <T extends object = Shown>(
  door: AdminDoor,
  method: Method,
  path: string,
  body?: object,
): Promise<Result<T>> => {
  const answer = await door.ask(method, path, body);
  if (!answer.ok) return answer;
  return isShown(answer.value) ? ok(answer.value as T) : failed(problem('HUB-100', 'The answer is no object.'));
};

/** Asks for a list, page after page; at most `most` items, null = all. */
export const askAll = async <T extends object = Shown>(
  door: AdminDoor,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
  most: number | null = null,
): Promise<Result<readonly T[]>> => {
  const items: T[] = [];
  for (let cursor = ''; ;) {
    const asked = new URLSearchParams({ limit: String(Math.min(most ?? 1_000, 1_000)) });
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, value);
    if (cursor !== '') asked.set('cursor', cursor);
    const answer: Result<Shown> = await askOne(door, 'GET', `${path}?${asked.toString()}`);
    if (!answer.ok) return answer;
    const { items: page, next } = answer.value;
    if (Array.isArray(page)) items.push(...(page as T[]));
    if (typeof next !== 'string' || (most !== null && items.length >= most)) break;
    cursor = next;
  }
  return ok(most === null ? items : items.slice(0, most));
};

/** The organisation that a command is about: the one named, else the caller's own, else the only one there is. */
export const chosenOrganisation = async (door: AdminDoor, named: string | undefined): Promise<Result<string>> => {
  if (named !== undefined) return ok(named);
  const self = await askOne(door, 'GET', '/admin/self');
  if (!self.ok) return self;
  if (typeof self.value['organisation'] === 'string') return ok(self.value['organisation']);
  const all = await askAll<{ readonly id: string }>(door, '/admin/organisations');
  if (!all.ok) return all;
  const [only, other] = all.value;
  return only !== undefined && other === undefined
    ? ok(only.id)
    : failed(
        problem('HUB-103', 'org: name the organisation with --org', { errors: [{ at: 'org', message: 'is needed' }] }),
      );
};
