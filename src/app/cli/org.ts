// `bindeledd org …`: organisations are added, listed, shown and set, through the admin API. Called by the command line.
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { renderFields, renderTable, splitList, type CommandOutput } from './command.ts';
import { ok, type Result } from '#base/result.ts';

export type OrganisationArgs = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly orgNumber?: string | undefined;
  /** Share as `0.05` or `5%`. */
  readonly removalGuard?: string | undefined;
  readonly extraBackLinks?: 'on' | 'off' | string | undefined;
  /** `pattern=mode`, first match wins; given at all, they replace the ones before. */
  readonly strictness?: readonly string[] | undefined;
  /** `pattern=policy` or `pattern=policy:minutes`, likewise. */
  readonly writes?: readonly string[] | undefined;
  /** By which it is known as an institution; `none` takes it away. */
  readonly institutionNumber?: string | undefined;
  /** Catalogue ids, given at all they replace the ones before; `none` for none. */
  readonly retiringApis?: readonly string[] | undefined;
  readonly reason?: string | undefined;
};

type ShownOrganisation = {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly orgNumber: string | null;
  readonly settings: {
    readonly removalGuard: number;
    readonly extraBackLinks: boolean;
    readonly strictness: readonly { readonly pattern: string; readonly mode: string }[];
    readonly writes: readonly {
      readonly pattern: string;
      readonly policy: string;
      readonly deadlineMinutes: number | null;
    }[];
    readonly institutionNumber: string | null;
    readonly retiringApis: readonly string[];
  };
  readonly createdAt: string;
};

const address = (id: string): string => `/admin/organisations/${encodeURIComponent(id)}`;

// What cannot be read goes on as it was given: the API names everything that is wrong at once.
const readGuard = (text: string): number | string => {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  return digits === undefined ? text : Number(digits) / (percent === '%' ? 100 : 1);
};

const readBackLinks = (text: string): boolean | string => (text === 'on' || text === 'off' ? text === 'on' : text);

const readStrictness = (rules: readonly string[]): readonly object[] =>
  splitList(rules).map((rule) => {
    const [pattern = '', mode = ''] = rule.split('=');
    return { pattern, mode };
  });

const readWrites = (rules: readonly string[]): readonly unknown[] =>
  splitList(rules).map((rule) => {
    const [, pattern, policy, minutes] = /^([^=]+)=([a-z]+)(?::(\d{1,5}))?$/.exec(rule) ?? [];
    if (pattern === undefined) return rule;
    return { pattern, policy, deadlineMinutes: minutes === undefined ? null : Number(minutes) };
  });

const bodyOf = (args: OrganisationArgs): object => {
  const { name, orgNumber, removalGuard, extraBackLinks, strictness, writes, institutionNumber, reason } = args;
  const retiring = args.retiringApis === undefined ? undefined : splitList(args.retiringApis);
  return {
    name,
    orgNumber,
    settings: {
      removalGuard: removalGuard === undefined ? undefined : readGuard(removalGuard),
      extraBackLinks: extraBackLinks === undefined ? undefined : readBackLinks(extraBackLinks),
      strictness: strictness === undefined ? undefined : readStrictness(strictness),
      writes: writes === undefined ? undefined : readWrites(writes),
      institutionNumber: institutionNumber === 'none' ? null : institutionNumber,
      retiringApis: retiring?.join() === 'none' ? [] : retiring,
    },
    reason,
  };
};

const render = (organisation: ShownOrganisation): CommandOutput => {
  const { id, tenantId, name, orgNumber, settings, createdAt } = organisation;
  const rules = settings.strictness.map((rule) => `${rule.pattern}=${rule.mode}`);
  const writes = settings.writes.map(
    ({ pattern, policy, deadlineMinutes }) =>
      `${pattern}=${policy}${deadlineMinutes === null ? '' : `:${deadlineMinutes}`}`,
  );
  return {
    text: renderFields([
      ['id', id],
      ['tenant-id', tenantId],
      ['name', name],
      ['org-number', orgNumber ?? '-'],
      ['institution-number', settings.institutionNumber ?? '-'],
      ['removal-guard', `${settings.removalGuard * 100}%`],
      ['extra-back-links', settings.extraBackLinks ? 'on' : 'off'],
      ['strictness', rules.length === 0 ? 'lenient everywhere' : rules.join(', ')],
      ['writes', writes.length === 0 ? 'to the source, where the model allows them' : writes.join(', ')],
      ['retiring-apis', settings.retiringApis.length === 0 ? 'none' : settings.retiringApis.join(', ')],
      ['created', createdAt],
    ]),
    json: organisation,
  };
};

const rendered = (answer: Result<ShownOrganisation>): Result<CommandOutput> =>
  answer.ok ? ok(render(answer.value)) : answer;

/** Adds an organisation. Fails with HUB-103 on bad parameters and HUB-409 when the id is taken. */
export const addOrganisation = async (door: AdminDoor, args: OrganisationArgs): Promise<Result<CommandOutput>> => {
  const body = { id: args.id, ...bodyOf({ ...args, name: args.name ?? '' }) };
  return rendered(await askOne<ShownOrganisation>(door, 'POST', '/admin/organisations', body));
};

/** Changes what is given and leaves the rest. Fails with HUB-103 or HUB-204. */
export const setOrganisation = async (door: AdminDoor, args: OrganisationArgs): Promise<Result<CommandOutput>> =>
  rendered(await askOne<ShownOrganisation>(door, 'PATCH', address(args.id), bodyOf(args)));

/** One organisation with its settings. Fails with HUB-204. */
export const showOrganisation = async (door: AdminDoor, id: string): Promise<Result<CommandOutput>> =>
  rendered(await askOne<ShownOrganisation>(door, 'GET', address(id)));

/** All organisations by id. */
export const listOrganisations = async (door: AdminDoor): Promise<Result<CommandOutput>> => {
  const all = await askAll<ShownOrganisation>(door, '/admin/organisations');
  if (!all.ok) return all;
  const rows = all.value.map(({ id, name, orgNumber }) => [id, name, orgNumber ?? '-']);
  return ok({
    text: renderTable(['ID', 'NAME', 'ORG-NUMBER'], rows, 'There are no organisations yet: add one with org add.'),
    json: all.value,
  });
};
