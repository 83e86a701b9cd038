// `bindeledd events list|show` and `bindeledd adapter status`: what clients asked adapters for, what came of it, and whether adapters keep what
// they promised; through the admin API.
import { askAll, askOne, chosenOrganisation, type AdminDoor, type Shown } from './admin-door.ts';
import { cell, renderTable, type CommandOutput } from './command.ts';
import { columns, type Language } from './terminal.ts';
import { ok, type Result } from '#base/result.ts';

export type EventQuestion = {
  readonly organisation: string | undefined;
  readonly state: string | undefined;
  readonly order: string | undefined;
  readonly collection: string | undefined;
  readonly client: string | undefined;
  readonly most: number;
};

const placeOf = async (door: AdminDoor, organisation: string | undefined, what: string): Promise<Result<string>> => {
  const chosen = await chosenOrganisation(door, organisation);
  return chosen.ok ? ok(`/admin/organisations/${encodeURIComponent(chosen.value)}/${what}`) : chosen;
};

const eventColumns = ['id', 'state', 'operation', 'collection', 'client', 'createdAt', 'answeredAt'] as const;

/** Events, those that failed first. */
export const listEvents = async (
  door: AdminDoor,
  question: EventQuestion,
  language: Language,
): Promise<Result<CommandOutput>> => {
  const { organisation, state, order, collection, client, most } = question;
  const place = await placeOf(door, organisation, 'events');
  if (!place.ok) return place;
  const found = await askAll(door, place.value, { state, order, collection, client }, most);
  if (!found.ok) return found;
  const rows = found.value.map((event) => eventColumns.map((name) => cell(event[name])));
  const none = language === 'nb' ? 'Ingen hendelser.' : 'No events.';
  const heads = eventColumns.map((name) => name.toUpperCase());
  return ok({ text: renderTable(heads, rows, none), json: found.value });
};

/** Everything about one event that the asker may know. */
export const showEvent = async (
  door: AdminDoor,
  organisation: string | undefined,
  id: string,
): Promise<Result<CommandOutput>> => {
  const place = await placeOf(door, organisation, 'events');
  if (!place.ok) return place;
  const event = await askOne(door, 'GET', `${place.value}/${encodeURIComponent(id)}`);
  if (!event.ok) return event;
  const lines = columns(Object.entries(event.value).map(([name, value]) => [name, cell(value)]));
  return ok({ text: lines.join('\n'), json: event.value });
};

type Promised = { readonly collection: string; readonly overdue: boolean; readonly held: boolean };

const promisesOf = (adapter: Shown): readonly Promised[] =>
  Array.isArray(adapter['collections']) ? (adapter['collections'] as Promised[]) : [];

/** Adapters with their state, and how much of what they promised is late or held. */
export const adapterStatus = async (
  door: AdminDoor,
  organisation: string | undefined,
  language: Language,
): Promise<Result<CommandOutput>> => {
  const place = await placeOf(door, organisation, 'adapters');
  if (!place.ok) return place;
  const found = await askAll(door, place.value);
  if (!found.ok) return found;
  const rows = found.value.map((adapter) => {
    const promised = promisesOf(adapter);
    const late = promised.filter(({ overdue }) => overdue).length;
    const held = promised.filter((one) => one.held).length;
    return [
      cell(adapter['client']),
      cell(adapter['state']),
      cell(adapter['heartbeatAt']),
      String(promised.length),
      String(late),
      String(held),
    ];
  });
  const none = language === 'nb' ? 'Ingen adaptere.' : 'No adapters.';
  const heads = ['CLIENT', 'STATE', 'HEARTBEAT', 'COLLECTIONS', 'LATE', 'HELD'];
  return ok({ text: renderTable(heads, rows, none), json: found.value });
};
