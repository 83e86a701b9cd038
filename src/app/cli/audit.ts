// `bindeledd audit …`: who has seen what, export, checkpoints, proof and keys. Called by audit-commands.ts with flags as text. Works where the
// data are, beside running hubs; every search is recorded for the organisation before anything is given.
import { readFileSync } from 'node:fs';
import { formatInstant, midnight } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { createAuditTrail, publicAuditKey } from '#hub/audit-trail.ts';
import type { AuditAsker, AuditedPerson, AuditQuestion, AuditTrail, PublicAuditKey } from '#hub/audit-trail.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import { nearest } from '#base/text.ts';
import type { Model } from '#model/model.ts';
import { rotateAuditKey } from '#store/audit-keys.ts';
import type { AuditEntry } from '#store/store.ts';
import type { KeySet, Verdict } from '#verify/audit-verify.ts';
import { badParameters, renderTable, type CommandOutput } from './command.ts';
import type { DataPlace } from './data-place.ts';

export type AuditCommandDeps = {
  /** Where the data are. */
  readonly place: DataPlace;
  readonly clock: Clock;
  readonly random: Random;
  /** Who asks, for the audit: `cli:<user of the machine>`. */
  readonly actor: string;
};

export type SearchArgs = {
  readonly application: string | undefined;
  readonly class: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly decision: string | undefined;
  readonly person: string | undefined;
  readonly order: string | undefined;
  readonly limit: string | undefined;
};

const dayMs = 86_400_000;
const instantForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?Z)?$/;

/** A day in Norway (its first or last moment) or an instant, epoch ms. */
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
  return at === 'from' ? midnight(moment) : midnight(moment + dayMs) - 1;
};

/** `collection/field/value`, or `field/value` for every collection that has such an identifier. The value may hold slashes. */
export const readPerson = (text: string, model: Model): AuditedPerson | null => {
  const named = [...model.collections.keys()]
    .filter((path) => text.startsWith(`${path}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  const rest = named === undefined ? text : text.slice(named.length + 1);
  const [, field, value] = /^([^/]+)\/(.+)$/s.exec(rest) ?? [];
  if (field === undefined || value === undefined) return null;
  return { collection: named ?? null, field: field.toLowerCase(), value };
};

/** The question that the flags ask. Fails with HUB-103. Messages never repeat the person. */
export const readQuestion = (args: SearchArgs, model: Model): Result<AuditQuestion> => {
  const errors: ProblemItem[] = [];
  const from = readMoment('from', args.from, errors);
  const to = readMoment('to', args.to, errors);
  const { decision, order, limit } = args;
  if (decision !== undefined && decision !== 'allow' && decision !== 'deny')
    errors.push({ at: 'decision', message: 'must be allow or deny' });
  if (order !== undefined && order !== 'newest' && order !== 'oldest')
    errors.push({ at: 'order', message: 'must be newest or oldest' });
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit))
    errors.push({ at: 'limit', message: 'must be a number from 1' });
  const person = args.person === undefined ? null : readPerson(args.person.trim(), model);
  if (args.person !== undefined && person === null)
    errors.push({ at: 'person', message: 'must be collection/field/value, or field/value' });
  if (errors.length > 0) return badParameters(errors);
  return ok({
    application: args.application ?? null,
    class: args.class ?? null,
    from,
    to,
    decision: decision === 'allow' || decision === 'deny' ? decision : null,
    person,
    ...(order === 'oldest' || order === 'newest' ? { order } : {}),
    limit: limit === undefined ? null : Number(limit),
  });
};

const findOrganisation = async ({ place: { platform } }: AuditCommandDeps, asked: string): Promise<Result<string>> => {
  const id = normaliseOrganisationId(asked);
  if ((await platform.organisation(id)) !== null) return ok(id);
  const known = (await platform.organisations()).map((one) => one.id);
  const near = nearest(asked, known);
  return failed(problem('HUB-204', `There is no organisation ${asked}.${near === null ? '' : ` Is it ${near}?`}`));
};

/** Runs work on the audit of an organisation. Fails with HUB-204 when there is none of that name; throws a HubError when it has no data. */
export const withAudit = async <T>(
  deps: AuditCommandDeps,
  organisation: string,
  model: Model,
  work: (audit: AuditTrail, organisation: string, asker: AuditAsker) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const found = await findOrganisation(deps, organisation);
  if (!found.ok) return found;
  const id = found.value;
  const { place } = deps;
  const tokens = await createTokens(place.platform, deps.random);
  const audited = await place.audited(id, model);
  const audit = createAuditTrail({
    model,
    clock: deps.clock,
    random: deps.random,
    platform: place.platform,
    tenant: async () => audited,
    // Kept with the decision until a hub puts it into the organisation's audit.
    record: async (to, record) =>
      place.platform.appendPlatformAudit({
        at: record.at,
        actor: deps.actor,
        operation: record.operation,
        subject: to,
        notices: [{ organisation: to, record }],
      }),
    pseudonym: tokens.pseudonym,
    verify: async () => verify(deps, id, {}),
  });
  const asker = {
    issuer: 'cli',
    client: deps.actor,
    token: '',
    request: deps.random.uuid(),
    api: 'cli',
    rule: 'operator',
  };
  return work(audit, id, asker);
};

// Wide enough for most; what is longer pushes the rest of its line.
const widths = [20, 8, 20, 13, 34, 8, 7] as const;
const headings = ['TIME', 'NUMBER', 'APPLICATION', 'OPERATION', 'COLLECTION', 'DECISION', 'COUNT', 'RULE'] as const;

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();

/** The first line of a table of records. */
export const auditHeading = (): string => line(headings);

/** A record as a line of the table: columns of fixed width, so that it can be printed as it comes. */
export const auditLine = ({ sequence, record }: AuditEntry): string =>
  line([
    formatInstant(record.at),
    String(sequence),
    record.client,
    record.operation,
    record.collection,
    record.decision,
    record.count === null ? '-' : String(record.count),
    record.rule,
  ]);

const publicKeys = async (deps: AuditCommandDeps): Promise<readonly PublicAuditKey[]> =>
  (await deps.place.platform.auditKeys()).map(publicAuditKey);

export type VerifyArgs = {
  /** Files with checkpoints that were kept elsewhere. */
  readonly checkpoints?: readonly string[];
  /** File with the public keys; those kept with the data otherwise. */
  readonly keys?: string;
};

const verify = async (deps: AuditCommandDeps, organisation: string, args: VerifyArgs): Promise<Verdict> => {
  const keys: KeySet =
    args.keys === undefined ? { keys: await publicKeys(deps) } : JSON.parse(readFileSync(args.keys, 'utf8'));
  return deps.place.verifyAudit(organisation, keys, args.checkpoints ?? []);
};

/** What the independent verifier says. Fails with HUB-204 for an unknown organisation; throws when a file cannot be read. */
export const verifyOrganisation = async (
  deps: AuditCommandDeps,
  organisation: string,
  args: VerifyArgs,
): Promise<Result<Verdict>> => {
  const found = await findOrganisation(deps, organisation);
  return found.ok ? ok(await verify(deps, found.value, args)) : found;
};

/** All keys that audits have been sealed with, as they are published. */
export const listAuditKeys = async (deps: AuditCommandDeps): Promise<Result<CommandOutput>> => {
  const keys = await publicKeys(deps);
  const rows = keys.map(({ kid, createdAt, retiredAt }) => [
    kid,
    formatInstant(createdAt),
    retiredAt === null ? 'in use' : `until ${formatInstant(retiredAt)}`,
  ]);
  return ok({
    text: renderTable(
      ['ID', 'SINCE', 'STATE'],
      rows,
      'There are no keys yet: the hub makes one with its first checkpoint.',
    ),
    json: { keys },
  });
};

/** Puts a new key to use; running hubs sign with it from their next checkpoint on. The former keys stay published. */
export const rotateAuditKeys = async (deps: AuditCommandDeps): Promise<Result<CommandOutput>> => {
  const { clock, actor } = deps;
  const { platform } = deps.place;
  await platform.appendPlatformAudit({ at: clock.now(), actor, operation: 'audit rotate-key', subject: 'audit keys' });
  await rotateAuditKey({ platform, now: clock.now });
  return listAuditKeys(deps);
};
