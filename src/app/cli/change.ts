// `bindeledd catalogue announce …`: what changes in the APIs is announced, brought to mind, done and called off, through the admin API of a running hub.
import { civilDay } from '#base/clock.ts';
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';

export type AnnounceArgs = {
  readonly id: string;
  readonly api: string;
  readonly parts: readonly string[];
  readonly kind: string;
  readonly text: { readonly nb: string; readonly en: string };
  readonly migration: { readonly nb: string; readonly en: string } | null;
  readonly replacement: string | null;
  readonly withoutReplacement: { readonly nb: string; readonly en: string } | null;
  /** Number of a main version, or null. */
  readonly release: string | null;
  readonly at: string | null;
  readonly emergency: { readonly reason: string; readonly approver: string } | null;
  readonly dryRun: boolean;
  readonly reason: string | undefined;
};

type Hit = {
  readonly application: string;
  readonly owner: string | null;
  readonly count: number;
  readonly last: string;
  readonly told: readonly string[];
};

export type ShownChange = {
  readonly id: string;
  readonly api: string;
  readonly coordinates: readonly string[];
  readonly kind: string;
  readonly state: string;
  readonly announcedAt: string | null;
  readonly earliest: string | null;
  readonly breach: boolean;
  readonly doneAt: string | null;
  readonly hits?: readonly Hit[];
  readonly published?: boolean;
};

const address = (id: string): string => `/admin/changes/${encodeURIComponent(id)}`;

const hitTable = (hits: readonly Hit[]): string =>
  renderTable(
    ['APPLICATION', 'OWNER', 'USED', 'LAST', 'TOLD BY'],
    hits.map(({ application, owner, count, last, told }) => [
      application,
      owner ?? '',
      String(count),
      last,
      told.length === 0 ? 'nothing: nobody asked' : told.join(', '),
    ]),
    'Nobody has used it within 400 days.',
  );

/** The day of Norway that an instant is on. */
const dayOf = (instant: string | null): string | null => (instant === null ? null : civilDay(Date.parse(instant)).date);

const lineOf = ({ id, api, kind, state, earliest, breach }: ShownChange): string =>
  `${id} (${api}, ${kind}): ${state}${breach ? ', a breach of the contract' : ''}${earliest === null ? '' : `, ${dayOf(earliest) ?? ''} at the earliest`}`;

/** Announces a change, or with `dryRun` says whom it would hit. Fails with HUB-103 naming every flag at fault, or HUB-409. */
export const announceChange = async (
  door: AdminDoor,
  args: AnnounceArgs,
): Promise<Result<CommandOutput<ShownChange>>> => {
  const { id, api, parts, kind, text, migration, replacement, withoutReplacement } = args;
  const { release, at, emergency, dryRun, reason } = args;
  const planned = release !== null ? { release: Number(release) } : at !== null ? { at } : {};
  const body = { id, api, coordinates: parts, kind, text, migration, replacement, withoutReplacement, planned };
  const made = await askOne<ShownChange>(door, 'POST', '/admin/changes', { ...body, emergency, dryRun, reason });
  if (!made.ok) return made;
  const { hits = [], published = false } = made.value;
  const head = published
    ? lineOf(made.value)
    : `${lineOf(made.value)}\nNothing has been announced: this was a dry run.`;
  return ok({ text: `${head}\n${hitTable(hits)}`, json: made.value });
};

/** The changes, of one API or in one state when named. */
export const listChanges = async (
  door: AdminDoor,
  query: { readonly api?: string | undefined; readonly state?: string | undefined },
): Promise<Result<CommandOutput<readonly ShownChange[]>>> => {
  const found = await askAll<ShownChange>(door, '/admin/changes', query);
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.api,
    one.kind,
    one.breach ? `${one.state} (breach)` : one.state,
    dayOf(one.announcedAt) ?? '',
    dayOf(one.doneAt) ?? dayOf(one.earliest) ?? '',
  ]);
  const text = renderTable(
    ['ID', 'API', 'KIND', 'STATE', 'ANNOUNCED', 'EARLIEST'],
    rows,
    'Nothing has been announced.',
  );
  return ok({ text, json: found.value });
};

/** The same as YAML, in the form of `catalogue/changes.yaml`. */
export const exportChanges = async (door: AdminDoor): Promise<Result<CommandOutput<string>>> => {
  const answer = await door.ask('GET', '/admin/changes?format=yaml');
  if (!answer.ok) return answer;
  const text = String(answer.value).trimEnd();
  return ok({ text, json: text });
};

/** One change with those whom it hits. Fails with HUB-204. */
export const showChange = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownChange>>> => {
  const found = await askOne<ShownChange>(door, 'GET', address(id));
  if (!found.ok) return found;
  const { coordinates, hits = [] } = found.value;
  return ok({
    text: [lineOf(found.value), ...coordinates.map((one) => `  ${one}`), hitTable(hits)].join('\n'),
    json: found.value,
  });
};

/** Reminds those who still use what goes. Fails with HUB-409 when they have been today. */
export const remindOfChange = async (
  door: AdminDoor,
  id: string,
  reason: string | undefined,
): Promise<Result<CommandOutput>> => {
  const made = await askOne<{ readonly reminded: number; readonly hits: readonly Hit[] }>(
    door,
    'POST',
    `${address(id)}/remind`,
    { reason },
  );
  if (!made.ok) return made;
  const { reminded, hits } = made.value;
  return ok({ text: reminded === 0 ? 'Nobody uses it any more.' : hitTable(hits), json: made.value });
};

/** Says that a change is done, or calls it off. Fails with HUB-409 before its lawful moment. */
export const settleChange = async (
  door: AdminDoor,
  id: string,
  what: 'done' | 'withdraw',
  body: object,
): Promise<Result<CommandOutput<ShownChange>>> => {
  const made = await askOne<ShownChange>(door, 'POST', `${address(id)}/${what}`, body);
  return made.ok ? ok({ text: lineOf(made.value), json: made.value }) : made;
};

// --- Who is told --------------------------------------------------------------------------------------------------------------

type ShownSubscription = {
  readonly id: string;
  readonly organisation: string;
  readonly application: string | null;
  readonly apis: readonly string[] | null;
  readonly channel: { readonly kind: string; readonly address?: string; readonly url?: string };
  readonly digest: string;
  readonly secret?: string;
};

const toWhom = ({ channel }: ShownSubscription): string => `${channel.kind} ${channel.address ?? channel.url ?? ''}`;

/** Has an organisation told of changes. The secret of a webhook is shown this once. */
export const subscribe = async (door: AdminDoor, body: object): Promise<Result<CommandOutput<ShownSubscription>>> => {
  const made = await askOne<ShownSubscription>(door, 'POST', '/admin/subscriptions', body);
  if (!made.ok) return made;
  const { id, secret } = made.value;
  const signed = secret === undefined ? '' : `\nsecret ${secret}\nIt is shown this once: messages are signed with it.`;
  return ok({ text: `${id}: ${toWhom(made.value)}${signed}`, json: made.value });
};

/** Who is told, of one organisation when named. */
export const listSubscriptions = async (
  door: AdminDoor,
  organisation: string | undefined,
): Promise<Result<CommandOutput<readonly ShownSubscription[]>>> => {
  const found = await askAll<ShownSubscription>(door, '/admin/subscriptions', { organisation });
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.application ?? one.organisation,
    one.apis?.join(', ') ?? 'all',
    toWhom(one),
    one.digest,
  ]);
  return ok({
    text: renderTable(['ID', 'OF', 'APIS', 'TO', 'DIGEST'], rows, 'Nobody has asked to be told.'),
    json: found.value,
  });
};

/** Ends a subscription. Fails with HUB-204. */
export const unsubscribe = async (door: AdminDoor, id: string): Promise<Result<CommandOutput>> => {
  const answer = await door.ask('DELETE', `/admin/subscriptions/${encodeURIComponent(id)}`, {});
  return answer.ok ? ok({ text: `${id}: ended`, json: { id, ended: true } }) : answer;
};

type ShownDelivery = {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly nextAt: string | null;
  readonly failure: string | null;
  readonly sentAt: string | null;
};

/** What was brought, waits, or is not tried any more. */
export const listDeliveries = async (
  door: AdminDoor,
  query: { readonly state?: string | undefined; readonly subscription?: string | undefined },
): Promise<Result<CommandOutput<readonly ShownDelivery[]>>> => {
  const found = await askAll<ShownDelivery>(door, '/admin/deliveries', query);
  if (!found.ok) return found;
  const rows = found.value.map(({ id, state, tries, sentAt, nextAt, failure }) => [
    id,
    state,
    String(tries),
    sentAt ?? nextAt ?? '',
    failure ?? '',
  ]);
  return ok({
    text: renderTable(['ID', 'STATE', 'TRIES', 'WHEN', 'FAILURE'], rows, 'There are none.'),
    json: found.value,
  });
};

/** Has a dead delivery tried again. Fails with HUB-409 for one that is not dead. */
export const retryDelivery = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownDelivery>>> => {
  const made = await askOne<ShownDelivery>(door, 'POST', `/admin/deliveries/${encodeURIComponent(id)}/retry`, {});
  return made.ok ? ok({ text: `${id}: ${made.value.state}`, json: made.value }) : made;
};
