// The small institution of the FS tests with messages of its changes: a carrier that can be told how to fare, a destination, and rounds that are made one at a time.
import { createAuthorizer } from '#hub/authorize.ts';
import { systemRandom } from '#base/random.ts';
import type { MessageChannel, MessageDestination } from '#catalogue/message-destination.ts';
import type { Carried, MessageCarrier } from '#messages/carrier.ts';
import { createMessages, type Messages } from '#messages/create-messages.ts';
import { readProgress, type Progress } from '#messages/destination.ts';
import type { ChangeMessage } from '#messages/message.ts';
import { createReadChanges } from '#messages/read-changes.ts';
import { createStanding } from '#messages/standing.ts';
import { base, fjord, grant, model, openWorld, start, type World } from '../hub/world.ts';

export type Got = { readonly destination: string; readonly message: ChangeMessage };

/** Says what becomes of a batch. The usual is that all of it is taken. */
export type Fate = (messages: readonly ChangeMessage[], destination: string) => Carried | Promise<Carried>;

export const allTaken: Fate = (messages) => ({ taken: messages.length, refused: [], trouble: null });

/** A carrier whose receiver keeps what it takes. */
export const receiver = () => {
  const got: Got[] = [];
  const at: { fate: Fate } = { fate: allTaken };
  const carrier: MessageCarrier = {
    carry: async ({ id }, _origin, messages) => {
      const carried = await at.fate(messages, id);
      const refused = new Set(carried.refused.map(({ index }) => index));
      for (const [index, message] of messages.slice(0, carried.taken).entries())
        if (!refused.has(index)) got.push({ destination: id, message });
      return carried;
    },
    close: () => Promise.resolve(),
  };
  return {
    got,
    at,
    carrier,
    said: (): readonly string[] => got.splice(0).map(({ message }) => `${message.operation} ${message.subject}`),
  };
};

export const toBroker = { kind: 'rabbitmq', broker: 'queue', unrouted: 'lay-aside' } as const satisfies MessageChannel;

/** A world whose organisation is an institution, and whose application may follow what is named. */
export const openInstitution = async (
  collections: readonly string[] = ['fs/*'],
): Promise<World & { readonly grantId: string }> => {
  const world = await openWorld();
  const { platform } = world.store;
  const organisation = await platform.organisation(fjord);
  if (organisation === null) throw new Error('no organisation');
  await platform.putOrganisation({
    ...organisation,
    settings: { ...organisation.settings, institutionNumber: '7777' },
  });
  const grantId = await grant(world, { collections, actions: ['read', 'list', 'follow'], clearance: 0 });
  return { ...world, grantId };
};

/** Has an application told of changes. */
export const putDestination = async (
  { store }: World,
  more: Partial<MessageDestination> = {},
  state = 'standing',
): Promise<MessageDestination> => {
  const value: MessageDestination = {
    id: 'destination-1',
    organisation: fjord,
    application: 'app',
    environment: 'test',
    resources: null,
    from: 'beginning',
    channel: toBroker,
    createdAt: start,
    ...more,
  };
  const before = await store.platform.registerEntry('message-destination', value.id);
  await store.platform.putRegister({
    entries: [
      {
        kind: 'message-destination',
        id: value.id,
        revision: (before?.revision ?? 0) + 1,
        organisation: value.organisation,
        application: value.application,
        state,
        createdAt: start,
        changedAt: start,
        value,
      },
    ],
  });
  return value;
};

/** What has begun anew, over all worlds. */
export const restarted: string[] = [];

/** The messages of one process over a world. Nothing of it goes on by itself. */
export const messagesOver = (
  { store, hub, clock }: World,
  carrier: MessageCarrier,
  broken: (error: unknown) => void = (error) => {
    throw error;
  },
  alone = false,
): Messages => {
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  return createMessages({
    platform: store.platform,
    clock,
    random: systemRandom,
    hub,
    read: createReadChanges({ model, hub, baseUrl: () => base }),
    carrier,
    standing: createStanding({ authorizer, store, clock }),
    environment: 'test',
    baseUrl: () => base,
    alone,
    restarted: async ({ id }, resource) => void restarted.push(`${id} ${resource}`),
    broken,
  });
};

export const progressOf = async ({ store }: World, id = 'destination-1'): Promise<Progress> => {
  const turn = (await store.platform.messageTurns()).find(({ destination }) => destination === id);
  return readProgress(turn?.state ?? '');
};
