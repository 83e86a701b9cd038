// Puts together what announcements need in a running hub: the changes in force, the parts of the APIs, whom they hit, and the ways by which notices leave. Called by
// compose.ts; what is decided about them is the catalogue's and the admin API's.
import type { AdminPorts } from '#apis/admin/ports.ts';
import type { Api } from '#apis/api.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import { createAnnouncements, type Announcements } from '#catalogue/announcements.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import type { Change } from '#catalogue/contract.ts';
import type { Settings } from '#config/settings.ts';
import { createMailCarrier } from '#notices/mail.ts';
import { createNews, type News } from '#catalogue/news.ts';
import { createNotices, type Notices } from '#notices/create-notices.ts';
import { createWebhookCarrier } from '#notices/webhook.ts';
import type { PlatformStore } from '#store/store.ts';
import { createApiStructures } from './api-structures.ts';

export type AnnouncingDeps = {
  readonly settings: Pick<Settings, 'environment' | 'smtpUrl' | 'smtpFrom' | 'reminderDays' | 'webhooksToLoopback'>;
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: Observe;
  readonly catalogue: Catalogue;
  /** The APIs that are mounted; asked once they are. */
  readonly apis: () => readonly Api[];
  readonly baseUrl: () => string;
};

export type Announcing = {
  readonly announcements: Announcements;
  /** For the feeds. */
  readonly news: () => Promise<News>;
  /** For the admin API. */
  readonly port: NonNullable<AdminPorts['announcing']>;
  /** One round of notices, for those who cannot wait for the next. */
  readonly round: Notices['round'];
  readonly close: () => Promise<void>;
};

/** Puts it together; `close` must be called. */
export const createAnnouncing = (deps: AnnouncingDeps): Announcing => {
  const { settings, platform, clock, random, observe, catalogue, apis, baseUrl } = deps;
  const { environment, smtpUrl, smtpFrom } = settings;
  const delivered = (): readonly Change[] => [
    ...catalogue.changes,
    ...apis().flatMap(({ announced = [] }) => announced),
  ];
  const structures = createApiStructures(
    catalogue,
    // Of no other: to write all descriptions takes a second, in which nothing else is done.
    (api) =>
      apis()
        .filter(({ entry, describesToo = [] }) => entry.id === api || describesToo.includes(api))
        .flatMap(({ entry, describe }) => describe().filter(({ of = entry.id }) => of === api)),
    (api) =>
      apis()
        .find(({ entry }) => entry.id === api)
        ?.marks?.() ?? new Map(),
  );
  const parts = { of: (api: string) => structures.known(api)?.of ?? null };
  const mail = smtpUrl === null || smtpFrom === null ? null : createMailCarrier(smtpUrl, smtpFrom);
  const notices = createNotices({
    platform,
    clock,
    random,
    environment,
    catalogue,
    delivered,
    parts,
    days: settings.reminderDays,
    mail: mail?.send ?? null,
    webhook: createWebhookCarrier({ loopback: settings.webhooksToLoopback }),
    baseUrl,
    broken: (error) =>
      observe({
        kind: 'setting',
        message: `Notices could not be looked after: ${error instanceof Error ? error.message : 'unknown'}`,
      }),
  });
  const announcements = createAnnouncements({ platform, delivered });
  return {
    announcements,
    news: createNews({ platform, announcements, catalogue, parts }),
    port: {
      catalogue,
      delivered,
      parts,
      known: structures.known,
      uses: async (api, since) => platform.partUse(environment, { since, api }),
      loopback: settings.webhooksToLoopback,
      sendsMail: mail !== null,
      tell: () => void notices.round(),
    },
    round: notices.round,
    close: async () => {
      await notices.close();
      mail?.close();
    },
  };
};
