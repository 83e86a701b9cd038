// `bindeledd org …`: organisations are added, listed, shown and set. Called by the command line and by the demo. Knows the platform store only.
import {
  badParameters,
  decide,
  notFound,
  renderFields,
  renderTable,
  splitList,
  type CommandDeps,
  type CommandOutput,
} from './command.ts';
import { formatInstant } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { isCleanText, nearest } from '#base/text.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import type { Organisation, OrganisationSettings, Strictness } from '#store/store.ts';

export type OrganisationArgs = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly orgNumber?: string | undefined;
  /** Share as `0.05` or `5%`. */
  readonly removalGuard?: string | undefined;
  readonly extraBackLinks?: 'on' | 'off' | string | undefined;
  /** `pattern=mode`, first match wins; given at all, they replace the ones before. */
  readonly strictness?: readonly string[] | undefined;
};

/** How an organisation is served until it says otherwise. */
const defaultOrganisationSettings: OrganisationSettings = {
  removalGuard: 0.05,
  extraBackLinks: true,
  strictness: [],
};

const idForm = /^[a-z0-9]+(?:\.[a-z0-9]+)*$/;
const idLength = 100;
const modes: readonly Strictness[] = ['lenient', 'keep-back', 'refuse-page'];
const isMode = (text: string): text is Strictness => modes.some((mode) => mode === text);
const patternForm = /^(?:\*|[a-z0-9]+(?:\/[a-z0-9]+)*(?:\/\*)?)$/;

const readGuard = (text: string): number | null => {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const share = Number(digits) / (percent === '%' ? 100 : 1);
  return share <= 1 ? share : null;
};

const readStrictness = (rules: readonly string[], errors: ProblemItem[]): OrganisationSettings['strictness'] =>
  splitList(rules).flatMap((rule) => {
    const [pattern = '', mode = ''] = rule.split('=');
    if (patternForm.test(pattern) && isMode(mode)) return [{ pattern, mode }];
    errors.push({
      at: 'strictness',
      message: `${rule} must be pattern=mode with one of the modes ${modes.join(', ')}`,
    });
    return [];
  });

// What was given on top of what was; faults go into the list.
const applyArgs = (base: Organisation, args: OrganisationArgs, errors: ProblemItem[]): Organisation => {
  const { name = base.name, orgNumber = base.orgNumber } = args;
  if (name.trim() === '' || name.length > 200 || !isCleanText(name))
    errors.push({ at: 'name', message: 'must be 1 to 200 letters' });
  if (orgNumber !== null && !/^\d{9}$/.test(orgNumber))
    errors.push({ at: 'org-number', message: 'must be nine digits' });
  const guard = args.removalGuard === undefined ? base.settings.removalGuard : readGuard(args.removalGuard);
  if (guard === null) errors.push({ at: 'removal-guard', message: 'must be a share, as 0.05 or 5%' });
  const extra = args.extraBackLinks ?? (base.settings.extraBackLinks ? 'on' : 'off');
  if (extra !== 'on' && extra !== 'off') errors.push({ at: 'extra-back-links', message: 'must be on or off' });
  const strictness = args.strictness === undefined ? base.settings.strictness : readStrictness(args.strictness, errors);
  return {
    ...base,
    name,
    orgNumber,
    settings: { removalGuard: guard ?? 0, extraBackLinks: extra === 'on', strictness },
  };
};

const render = (organisation: Organisation): CommandOutput => {
  const { id, name, orgNumber, settings, createdAt } = organisation;
  const rules = settings.strictness.map((rule) => `${rule.pattern}=${rule.mode}`);
  return {
    text: renderFields([
      ['id', id],
      ['name', name],
      ['org-number', orgNumber ?? '-'],
      ['removal-guard', `${settings.removalGuard * 100}%`],
      ['extra-back-links', settings.extraBackLinks ? 'on' : 'off'],
      ['strictness', rules.length === 0 ? 'lenient everywhere' : rules.join(', ')],
      ['created', formatInstant(createdAt)],
    ]),
    json: { ...organisation, createdAt: formatInstant(createdAt) },
  };
};

/** The organisation by any spelling of its id; HUB-204 with the nearest name when there is none. */
export const findOrganisation = async (deps: CommandDeps, id: string): Promise<Result<Organisation>> => {
  const found = await deps.platform.organisation(normaliseOrganisationId(id));
  if (found !== null) return ok(found);
  const near = nearest(
    id,
    (await deps.platform.organisations()).map((one) => one.id),
  );
  return near === null
    ? notFound('organisation', id)
    : failed(problem('HUB-204', `There is no organisation ${id}. Is it ${near}?`));
};

/** Adds an organisation. Fails with HUB-103 on bad parameters and HUB-409 when the id is taken. */
export const addOrganisation = async (deps: CommandDeps, args: OrganisationArgs): Promise<Result<CommandOutput>> => {
  const id = normaliseOrganisationId(args.id);
  const errors: ProblemItem[] = [];
  if (!idForm.test(id) || id.length > idLength)
    errors.push({ at: 'id', message: 'must be letters a-z and digits, parted by dots' });
  const blank: Organisation = {
    id,
    name: '',
    orgNumber: null,
    settings: defaultOrganisationSettings,
    createdAt: deps.clock.now(),
  };
  const organisation = applyArgs(blank, args, errors);
  if (errors.length > 0) return badParameters(errors);
  if ((await deps.platform.organisation(id)) !== null)
    return failed(problem('HUB-409', `There is an organisation ${id} already.`));
  await decide(deps, 'org add', id, () => deps.platform.putOrganisation(organisation));
  return ok(render(organisation));
};

/** Changes what is given and leaves the rest. Fails with HUB-103 or HUB-204. */
export const setOrganisation = async (deps: CommandDeps, args: OrganisationArgs): Promise<Result<CommandOutput>> => {
  const found = await findOrganisation(deps, args.id);
  if (!found.ok) return found;
  const errors: ProblemItem[] = [];
  const organisation = applyArgs(found.value, args, errors);
  if (errors.length > 0) return badParameters(errors);
  await decide(deps, 'org set', organisation.id, () => deps.platform.putOrganisation(organisation));
  return ok(render(organisation));
};

/** One organisation with its settings. Fails with HUB-204. */
export const showOrganisation = async (deps: CommandDeps, id: string): Promise<Result<CommandOutput>> => {
  const found = await findOrganisation(deps, id);
  return found.ok ? ok(render(found.value)) : found;
};

/** All organisations by id. */
export const listOrganisations = async (deps: CommandDeps): Promise<Result<CommandOutput>> => {
  const organisations = await deps.platform.organisations();
  const rows = organisations.map(({ id, name, orgNumber }) => [id, name, orgNumber ?? '-']);
  return ok({
    text: renderTable(['ID', 'NAME', 'ORG-NUMBER'], rows, 'There are no organisations yet: add one with org add.'),
    json: organisations.map((organisation) => render(organisation).json),
  });
};
