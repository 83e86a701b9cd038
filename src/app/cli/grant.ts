// `bindeledd grant …`: organisations give applications access, look at what they gave, and end it. Called by the command line and by the
// demo. What a grant then opens is decided in hub/authorize.ts.
import { findApplication } from './app.ts';
import {
  badParameters,
  decide,
  notFound,
  renderTable,
  splitList,
  type CommandDeps,
  type CommandOutput,
} from './command.ts';
import { findOrganisation } from './org.ts';
import { isLiveGrant } from '#auth/live-grants.ts';
import { formatInstant, midnight } from '#base/clock.ts';
import type { ProblemItem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import { isCleanText, nearest } from '#base/text.ts';
import { patternCovers } from '#hub/authorize.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import type { Model, Sensitivity } from '#model/model.ts';
import type { Action } from '#store/plan.ts';
import type { Application, Grant, GrantRows } from '#store/store.ts';

/** The words that a grant may use, taken from the model. */
export type GrantVocabulary = {
  readonly collections: ReadonlySet<string>;
  /** jsonNames of attributes and relations, by collection. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  /** Identifier segments (lower case) of a row scope's target, by the scope's name. */
  readonly scopes: ReadonlyMap<string, ReadonlySet<string>>;
};

export type GiveGrantArgs = {
  readonly application: string;
  readonly organisation: string;
  /** Paths, `prefix/*` or `*`. */
  readonly collections: readonly string[];
  readonly actions: readonly string[];
  /** jsonNames; absent = all. */
  readonly fields?: readonly string[] | undefined;
  readonly withhold?: readonly string[] | undefined;
  /** `scope=field/value[,value…]` */
  readonly rows?: string | undefined;
  /** A date or an instant in UTC; a date begins with its first and ends with its last moment in Norway. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly purpose?: string | undefined;
  readonly agreement?: string | undefined;
};

export type ShownGrant = Omit<Grant, 'from' | 'to' | 'createdAt'> & {
  readonly from: string | null;
  readonly to: string | null;
  readonly createdAt: string;
  readonly live: boolean;
};

const actions: readonly Action[] = ['read', 'list', 'follow', 'write', 'deliver'];
const isAction = (text: string): text is Action => actions.some((action) => action === text);
const sensitivities: readonly Sensitivity[] = ['open', 'personal', 'national-id', 'protected', 'special'];
const dayMs = 86_400_000;

/** The vocabulary of a model. */
export const grantVocabulary = (model: Model): GrantVocabulary => ({
  collections: new Set(model.collections.keys()),
  fields: new Map(
    [...model.collections].map(([path, { class: type }]) => [
      path,
      new Set([...type.attributes, ...type.relations].map((member) => member.jsonName)),
    ]),
  ),
  scopes: new Map(
    [...model.scopes].map(([name, { target }]) => [
      name,
      new Set(model.collections.get(target)?.identifiers.map((one) => one.segment) ?? []),
    ]),
  ),
});

const unknownWord = (at: string, word: string, candidates: Iterable<string>): ProblemItem => {
  const near = nearest(word, candidates);
  return { at, message: near === null ? `${word} is unknown` : `${word} is unknown; is it ${near}?` };
};

const readCollections = (
  patterns: readonly string[],
  known: ReadonlySet<string>,
  errors: ProblemItem[],
): readonly string[] => {
  const read = splitList(patterns);
  if (read.length === 0)
    errors.push({ at: 'collections', message: 'name at least one, as utdanning/elev/* or one path' });
  for (const pattern of read) {
    if (![...known].some((path) => patternCovers(pattern, path)))
      errors.push(unknownWord('collections', pattern, known));
  }
  return read;
};

const readActions = (words: readonly string[], kind: Application['kind'], errors: ProblemItem[]): readonly Action[] => {
  const read = splitList(words);
  if (read.length === 0) errors.push({ at: 'actions', message: `name at least one of ${actions.join(', ')}` });
  return read.flatMap((word) => {
    if (!isAction(word)) errors.push(unknownWord('actions', word, actions));
    else if ((word === 'deliver') !== (kind === 'adapter'))
      errors.push({ at: 'actions', message: `${word} is not for an application of kind ${kind}` });
    else return [word];
    return [];
  });
};

const readFields = (
  names: readonly string[] | undefined,
  patterns: readonly string[],
  { collections, fields }: GrantVocabulary,
  errors: ProblemItem[],
): readonly string[] | null => {
  if (names === undefined) return null;
  const covered = [...collections].filter((path) => patterns.some((pattern) => patternCovers(pattern, path)));
  const known = new Set(covered.flatMap((path) => [...(fields.get(path) ?? [])]));
  const read = splitList(names);
  if (read.length === 0) errors.push({ at: 'fields', message: 'name at least one, or leave it out for all' });
  for (const name of read) if (!known.has(name)) errors.push(unknownWord('fields', name, known));
  return read;
};

const readWithheld = (words: readonly string[] | undefined, errors: ProblemItem[]): readonly string[] => {
  const read = splitList(words ?? []);
  for (const word of read)
    if (!sensitivities.some((one) => one === word)) errors.push(unknownWord('withhold', word, sensitivities));
  return read;
};

const readRows = (
  text: string | undefined,
  scopes: GrantVocabulary['scopes'],
  errors: ProblemItem[],
): GrantRows | null => {
  if (text === undefined) return null;
  const [, scope, field, list] = /^([^=/]+)=([^=/]+)\/(.+)$/.exec(text) ?? [];
  if (scope === undefined || field === undefined || list === undefined) {
    errors.push({ at: 'rows', message: 'must be scope=field/value, with more values after commas' });
    return null;
  }
  const fields = scopes.get(scope);
  const segment = field.toLowerCase();
  if (fields === undefined) errors.push(unknownWord('rows', scope, scopes.keys()));
  else if (!fields.has(segment)) errors.push(unknownWord('rows', field, fields));
  const values = splitList([list]);
  if (values.length === 0) errors.push({ at: 'rows', message: 'name at least one value' });
  return { scope, field: segment, values };
};

const instantForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?Z)?$/;

const readMoment = (at: 'from' | 'to', text: string | undefined, errors: ProblemItem[]): number | null => {
  if (text === undefined) return null;
  const [, date, time] = instantForm.exec(text) ?? [];
  const moment = date === undefined ? Number.NaN : Date.parse(text);
  // The round trip refuses days that the month does not have.
  if (date === undefined || Number.isNaN(moment) || !formatInstant(moment).startsWith(date)) {
    errors.push({ at, message: 'must be a date as 2026-08-01, or an instant as 2026-08-01T06:00:00Z' });
    return null;
  }
  if (time !== undefined) return moment;
  return midnight(at === 'to' ? moment + dayMs : moment);
};

const show = (grant: Grant, live: boolean): ShownGrant => ({
  ...grant,
  from: grant.from === null ? null : formatInstant(grant.from),
  to: grant.to === null ? null : formatInstant(grant.to),
  createdAt: formatInstant(grant.createdAt),
  live,
});

const describe = (grant: Grant): string => {
  const period = `${grant.from === null ? '' : formatInstant(grant.from)}..${grant.to === null ? '' : formatInstant(grant.to)}`;
  const rows =
    grant.rows === null ? '' : `, rows ${grant.rows.scope}=${grant.rows.field}/${grant.rows.values.join(',')}`;
  const fields = grant.fields === null ? '' : `, fields ${grant.fields.join(',')}`;
  const withheld = grant.withhold.length === 0 ? '' : `, without ${grant.withhold.join(',')}`;
  return `${grant.actions.join(',')} on ${grant.collections.join(',')}${fields}${withheld}${rows}${period === '..' ? '' : `, ${period}`}`;
};

/** Gives an application access to an organisation's data. Fails with HUB-103 naming every bad parameter, or HUB-204. */
export const giveGrant = async (
  deps: CommandDeps,
  args: GiveGrantArgs,
  vocabulary: GrantVocabulary,
): Promise<Result<CommandOutput<ShownGrant>>> => {
  const application = await findApplication(deps, args.application);
  if (!application.ok) return application;
  const organisation = await findOrganisation(deps, args.organisation);
  if (!organisation.ok) return organisation;
  const errors: ProblemItem[] = [];
  const collections = readCollections(args.collections, vocabulary.collections, errors);
  const purpose = args.purpose ?? '';
  if (purpose.length > 1_000 || !isCleanText(purpose))
    errors.push({ at: 'purpose', message: 'must be at most 1000 letters' });
  const grant: Grant = {
    id: `grant-${deps.random.bytes(8).toString('hex')}`,
    application: application.value.id,
    organisation: organisation.value.id,
    collections,
    actions: readActions(args.actions, application.value.kind, errors),
    fields: readFields(args.fields, collections, vocabulary, errors),
    withhold: readWithheld(args.withhold, errors),
    rows: readRows(args.rows, vocabulary.scopes, errors),
    environment: application.value.environment,
    from: readMoment('from', args.from, errors),
    to: readMoment('to', args.to, errors),
    purpose,
    agreement: args.agreement ?? null,
    createdAt: deps.clock.now(),
  };
  if (grant.from !== null && grant.to !== null && grant.from >= grant.to)
    errors.push({ at: 'to', message: 'must come after from' });
  if (grant.rows !== null && grant.actions.includes('follow'))
    errors.push({ at: 'rows', message: 'cannot go with follow: changes of some rows only cannot be followed' });
  if (errors.length > 0) return badParameters(errors);
  await decide(deps, 'grant give', `${grant.id} ${grant.organisation} ${grant.application}`, () =>
    deps.platform.putGrant(grant),
  );
  const shown = show(grant, isLiveGrant(grant, application.value, deps.clock.now()));
  return ok({ text: `${grant.id}: ${grant.organisation} lets ${grant.application} ${describe(grant)}`, json: shown });
};

/** Grants, of one application or organisation when named; ended ones only when asked for. */
export const listGrants = async (
  deps: CommandDeps,
  args: {
    readonly application?: string | undefined;
    readonly organisation?: string | undefined;
    readonly all?: boolean | undefined;
  } = {},
): Promise<Result<CommandOutput<readonly ShownGrant[]>>> => {
  const organisation = args.organisation === undefined ? null : normaliseOrganisationId(args.organisation);
  const applications = new Map((await deps.platform.applications()).map((one) => [one.id, one]));
  const now = deps.clock.now();
  const chosen = (await deps.platform.grants()).filter(
    (grant) =>
      (args.application === undefined || grant.application === args.application) &&
      (organisation === null || grant.organisation === organisation) &&
      (args.all === true || grant.to === null || grant.to > now),
  );
  const isLive = (grant: Grant): boolean => {
    const application = applications.get(grant.application);
    return application !== undefined && !application.disabled && isLiveGrant(grant, application, now);
  };
  const rows = chosen.map((grant) => [
    grant.id,
    grant.organisation,
    grant.application,
    isLive(grant) ? 'live' : 'not live',
    describe(grant),
  ]);
  return ok({
    text: renderTable(['ID', 'ORGANISATION', 'APPLICATION', 'STATE', 'OPENS'], rows, 'There are no such grants.'),
    json: chosen.map((grant) => show(grant, isLive(grant))),
  });
};

/** Ends a grant now; it stays on record. Ending one that is over changes nothing. Fails with HUB-204. */
export const endGrant = async (deps: CommandDeps, id: string): Promise<Result<CommandOutput<ShownGrant>>> => {
  const grant = (await deps.platform.grants()).find((one) => one.id === id);
  if (grant === undefined) return notFound('grant', id);
  const now = deps.clock.now();
  const ended: Grant = grant.to !== null && grant.to <= now ? grant : { ...grant, to: now };
  if (ended !== grant)
    await decide(deps, 'grant end', `${id} ${grant.organisation} ${grant.application}`, () =>
      deps.platform.putGrant(ended),
    );
  return ok({ text: `${id}: ended ${formatInstant(ended.to ?? now)}`, json: show(ended, false) });
};
