// `bindeledd document …`: whoever has an application registers the GraphQL documents that it sends, sees them and takes them away, through the admin API.
import { readFileSync } from 'node:fs';
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { badParameters, renderTable, type CommandOutput } from './command.ts';

export type ShownDocument = {
  readonly id: string;
  readonly application: string;
  readonly api: string;
  readonly name: string;
  readonly flags: readonly string[];
  readonly text: string;
  readonly createdAt: string;
};

export type NewDocumentArgs = {
  readonly api: string;
  readonly name: string;
  readonly flags: readonly string[];
  readonly reason?: string | undefined;
};

const address = (application: string): string => `/admin/applications/${encodeURIComponent(application)}/documents`;

/** Registers the document in a file. Fails with HUB-103 for a file that cannot be read and for what the API does not take, HUB-409 or HUB-204. */
export const registerDocument = async (
  door: AdminDoor,
  application: string,
  file: string,
  args: NewDocumentArgs,
): Promise<Result<CommandOutput<ShownDocument>>> => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return badParameters([{ at: 'file', message: `${file} cannot be read` }]);
  }
  const made = await askOne<ShownDocument>(door, 'POST', address(application), { ...args, text });
  return made.ok ? ok(said(made.value, 'registered')) : made;
};

const said = (document: ShownDocument, what: string): CommandOutput<ShownDocument> => ({
  text: `${document.id}: ${document.api} "${document.name}" of ${document.application} ${what}`,
  json: document,
});

/** The documents of an application. Fails with HUB-204. */
export const listDocuments = async (
  door: AdminDoor,
  application: string,
): Promise<Result<CommandOutput<readonly ShownDocument[]>>> => {
  const found = await askAll<ShownDocument>(door, address(application), {});
  if (!found.ok) return found;
  const rows = found.value.map(({ id, api, name, flags, createdAt }) => [id, api, name, flags.join(','), createdAt]);
  return ok({
    text: renderTable(['ID', 'API', 'NAME', 'FLAGS', 'SINCE'], rows, 'There are no such documents.'),
    json: found.value,
  });
};

/** Takes a document away. Fails with HUB-204. */
export const removeDocument = async (
  door: AdminDoor,
  application: string,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownDocument>>> => {
  const gone = await askOne<ShownDocument>(door, 'DELETE', `${address(application)}/${encodeURIComponent(id)}`, {
    reason,
  });
  return gone.ok ? ok(said(gone.value, 'removed')) : gone;
};
