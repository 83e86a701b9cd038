// A list of what organisations have given applications: grants, links. Used by the commands of both.
import { ok, type Result } from '#base/result.ts';
import { askAll, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';

export type GivenListArgs = {
  readonly application?: string | undefined;
  readonly organisation?: string | undefined;
  readonly all?: boolean | undefined;
};

type Given = {
  readonly id: string;
  readonly organisation: string;
  readonly application: string;
  readonly live: boolean;
};

/** Asks the admin API at `path`. `header` is that of the last column, which `describe` fills. */
export const listGiven = async <One extends Given>(
  door: AdminDoor,
  path: string,
  { application, organisation, all }: GivenListArgs,
  {
    header,
    describe,
    none,
  }: { readonly header: string; readonly describe: (one: One) => string; readonly none: string },
): Promise<Result<CommandOutput<readonly One[]>>> => {
  const query = { application, organisation, all: all === true ? 'true' : undefined };
  const found = await askAll<One>(door, path, query);
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.organisation,
    one.application,
    one.live ? 'live' : 'not live',
    describe(one),
  ]);
  return ok({
    text: renderTable(['ID', 'ORGANISATION', 'APPLICATION', 'STATE', header], rows, none),
    json: found.value,
  });
};
