// The changes that are in force: those that the catalogue is delivered with and those that were announced in this hub. Asked by whoever marks answers, makes
// feeds or holds releases to what was announced; the admin API and the sweep of notices write what is read here.
import type { PlatformStore, RegisterEntry } from '#store/store.ts';
import type { Change, Status } from './contract.ts';

/** What has become of a change that was announced in a hub. */
export const changeStates = ['announced', 'done', 'withdrawn'] as const;
export type ChangeState = (typeof changeStates)[number];

/** A change as the register keeps it. */
export type AnnouncedChange = {
  readonly change: Change;
  /** The firmest promise that its parts were under when it was announced: what it is held to. */
  readonly status: Status;
  /** Why it was called off, and when; null = it was not. */
  readonly withdrawn: { readonly at: number; readonly reason: string } | null;
};

/** A change of the register, with its place there. */
export type KeptChange = AnnouncedChange & { readonly entry: RegisterEntry; readonly state: ChangeState };

export type InForce = {
  /** Another number whenever `changes` says something else. */
  readonly version: number;
  /** Announced changes, done ones too, by the moment of the announcement. None that was withdrawn. */
  readonly changes: readonly Change[];
  /** Those that were announced in this hub, called off ones too. */
  readonly kept: readonly KeptChange[];
};

export type Announcements = {
  /** What is in force now. Looked up anew when something on the platform has changed. */
  readonly current: () => Promise<InForce>;
};

export type AnnouncementsDeps = {
  readonly platform: Pick<PlatformStore, 'revision' | 'registerEntries'>;
  /** Those that the catalogue is delivered with; asked when they are first needed. */
  readonly delivered: () => readonly Change[];
};

/** A change of the register as it was kept there: what stands in an entry is what this part has written. */
export const keptChange = (entry: RegisterEntry): KeptChange => ({
  ...(entry.value as AnnouncedChange),
  entry,
  state: entry.state as ChangeState,
});

const byAnnouncement = (a: Change, b: Change): number =>
  (a.announcedAt ?? 0) - (b.announcedAt ?? 0) || (a.id < b.id ? -1 : 1);

/** Every change that was announced: one of the register in the place of a delivered one with its id. */
export const changesInForce = (delivered: readonly Change[], kept: readonly KeptChange[]): readonly Change[] => {
  const changes = new Map(delivered.map((change) => [change.id, change]));
  for (const { change, state } of kept)
    if (state === 'withdrawn') changes.delete(change.id);
    else changes.set(change.id, change);
  return [...changes.values()].filter(({ announcedAt }) => announcedAt !== null).sort(byAnnouncement);
};

/** Looks after the changes in force over the register of a platform. */
export const createAnnouncements = ({ platform, delivered }: AnnouncementsDeps): Announcements => {
  let version = 0;
  let known: { readonly revision: number; readonly mark: string; readonly inForce: InForce } | null = null;
  let reading: Promise<InForce> | null = null;

  const read = async (): Promise<InForce> => {
    // Asked before the entries are: what comes between is read twice and not missed.
    const revision = await platform.revision();
    if (known?.revision === revision) return known.inForce;
    const kept = (await platform.registerEntries({ kind: 'change' })).map(keptChange);
    const mark = kept.map(({ entry }) => `${entry.id} ${entry.revision}`).join('\n');
    if (known === null || known.mark !== mark) version += 1;
    const inForce =
      known !== null && known.mark === mark
        ? known.inForce
        : { version, changes: changesInForce(delivered(), kept), kept };
    known = { revision, mark, inForce };
    return inForce;
  };

  return {
    current: async () => {
      // Whoever asks while it is being read may have changed something since that began: only a finished reading counts.
      if (reading !== null) await reading.catch(() => null);
      reading ??= read().finally(() => (reading = null));
      return reading;
    },
  };
};
