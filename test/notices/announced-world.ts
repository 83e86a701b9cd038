// A platform on either engine with organisations, applications and use, a clock that a test moves, the admin API over it and notices that leave: for tests of what becomes
// of an announcement. Receivers are made up by the test.
import type { TestContext } from 'node:test';
import { operatorAt } from '#apis/admin/actor.ts';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { systemClock } from '#base/clock.ts';
import type { ProblemItem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import type { Change, Status } from '#catalogue/contract.ts';
import type { MailChannel, WebhookChannel } from '#catalogue/subscription.ts';
import type { Structure } from '#catalogue/status-rules.ts';
import type { Carrier, Message, Sent } from '#notices/channel.ts';
import { createNotices, type Notices } from '#notices/create-notices.ts';
import type { Actor } from '#apis/admin/ports.ts';
import type { PartUse } from '#store/store.ts';
import { adminBench, emptyTenant, operator, type AdminBench } from '../apis/admin/bench.ts';

export type Carried = { readonly to: string; readonly message: Message; readonly at: number };

export type AnnouncedWorld = {
  readonly bench: AdminBench;
  readonly clock: { now: number };
  readonly catalogue: Catalogue;
  readonly carried: Carried[];
  /** What the next tries come to, by receiver; sent unless it says otherwise. */
  readonly answers: Map<string, (message: Message) => Sent>;
  readonly notices: Notices;
  readonly broken: unknown[];
  /** Statuses of the parts, which a test may change. */
  readonly structure: { readonly of: Map<string, Status> };
  /** Parts without a description. */
  readonly undescribed: Set<string>;
  /** Another process over the same platform. */
  readonly another: () => Notices;
  readonly use: (application: string, part: string, days: number, api?: string) => Promise<void>;
  readonly ask: (
    method: string,
    path: string,
    body?: object,
    actor?: Actor,
  ) => Promise<{
    readonly status: number;
    readonly value: Readonly<Record<string, unknown>>;
    readonly code: string;
    readonly detail: string;
    readonly errors: readonly ProblemItem[];
  }>;
};

/** 12 o'clock on the first Sunday after the hub was begun: version 0 is current, 1 comes on 31 March 2027. */
export const start = Date.parse('2026-11-22T11:00:00Z');
export const day = 86_400_000;

const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };

/** The parts that the API `fint` has here. */
export const parts: ReadonlyMap<string, Status> = new Map<string, Status>([
  ['GET /utdanning/elev/elev', 'production'],
  ['GET /utdanning/elev/elev < 200 hybelboer', 'production'],
  ['GET /utdanning/elev/elev?size', 'beta'],
  ['GET /utdanning/elev/fravar', 'experimental'],
  ['Fravar', 'experimental'],
]);

const catalogueOf = (): Catalogue => {
  const loaded = loadCatalogue();
  if (!loaded.ok) throw new Error(loaded.problem.detail);
  const fint = loaded.value.apis.get('fint');
  if (fint === undefined) throw new Error('there is no fint');
  // What the hub says of itself may change; here it is in production.
  return {
    ...loaded.value,
    changes: [],
    apis: new Map([
      ...loaded.value.apis,
      [
        'fint',
        {
          ...fint,
          status: 'production',
          feedback: fint.support,
          goals: { availability: 99.5, p95Ms: 200, answerHours: 8 },
        },
      ],
    ]),
  };
};

export const announcedWorld = async (
  context: TestContext,
  more: { readonly delivered?: readonly Change[]; readonly days?: readonly number[]; readonly random?: Random } = {},
): Promise<AnnouncedWorld> => {
  const clock = { now: start };
  const catalogue = catalogueOf();
  const { delivered = [], days = [180, 30, 7] } = more;
  const carried: Carried[] = [];
  const broken: unknown[] = [];
  const answers = new Map<string, (message: Message) => Sent>();
  const carry = (to: string, message: Message): Sent => {
    carried.push({ to, message, at: clock.now });
    return answers.get(to)?.(message) ?? { kind: 'sent' };
  };
  const mail: Carrier<MailChannel> = async ({ address }, message) => carry(address, message);
  const webhook: Carrier<WebhookChannel> = async ({ url }, message) => carry(url, message);
  const of = new Map(parts);
  const partStatuses = { of: (api: string) => (api === 'fint' ? of : null) };
  const undescribed = new Set(['Fravar']);
  const structureNow = (): Structure => ({
    status: 'production',
    parts: [...of.keys()].map((coordinate) => ({
      coordinate,
      within: null,
      leansOn: coordinate.endsWith('/fravar') ? ['Fravar'] : [],
    })),
    marks: [...of].map(([coordinate, status]) => ({ coordinate, status, source: 'the test' })),
  });
  const bench: AdminBench = await adminBench(
    context,
    () => emptyTenant,
    () => clock.now,
    {
      announcing: {
        catalogue,
        delivered: () => delivered,
        parts: partStatuses,
        known: (api) => (api === 'fint' ? { structure: structureNow(), undescribed } : null),
        uses: async (api, since) => bench.platform.partUse('test', { api, since }),
        loopback: false,
        sendsMail: true,
        tell: () => {},
      },
    },
  );
  const { platform } = bench;
  const another = (): Notices => {
    const made = createNotices({
      platform,
      clock: { ...systemClock, now: () => clock.now, every: () => () => {} },
      random: { bytes: (count) => Buffer.alloc(count) },
      environment: 'test',
      catalogue,
      delivered: () => delivered,
      parts: partStatuses,
      days,
      mail,
      webhook,
      baseUrl: () => 'https://hub.example.org',
      broken: (error) => void broken.push(error),
    });
    context.after(made.close);
    return made;
  };
  for (const id of ['vendor.test', 'other.test'])
    await platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  for (const [id, owner] of [
    ['timetable', 'vendor.test'],
    ['absence', 'vendor.test'],
    ['library', 'other.test'],
  ] as const)
    await platform.putApplication({
      id,
      name: id,
      kind: 'client',
      owner,
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    });
  return {
    bench,
    clock,
    catalogue,
    carried,
    answers,
    broken,
    structure: { of },
    undescribed,
    notices: another(),
    another,
    use: async (application, part, ago, api = 'fint') => {
      const at = new Date(clock.now - ago * day).toISOString().slice(0, 10);
      const use: PartUse = { application, api, part, day: at, count: 1 };
      await platform.addPartUse('test', [use]);
    },
    ask: async (method, path, body = {}, actor = operator) => {
      const answer = await bench.ask({ actor, method, path, text: JSON.stringify(body) });
      if (answer.kind === 'problem')
        return {
          status: 0,
          value: {},
          code: answer.problem.code,
          detail: answer.problem.detail,
          errors: answer.problem.errors ?? [],
        };
      const value = answer.kind === 'json' ? (JSON.parse(JSON.stringify(answer.value)) as object) : {};
      const text = answer.kind === 'bytes' ? { text: answer.bytes.toString() } : {};
      return {
        status: answer.kind === 'stream' ? 0 : answer.status,
        value: { ...value, ...text },
        code: '',
        detail: '',
        errors: [],
      };
    },
  };
};

/** Another operator than the tester. */
export const chief = operatorAt('chief');

/** What is announced unless a test says otherwise. */
export const draft = {
  id: 'hybelboer-goes',
  api: 'fint',
  coordinates: ['GET /utdanning/elev/elev < 200 hybelboer'],
  kind: 'breaking',
  text: { nb: 'Feltet hybelboer blir borte.', en: 'The field hybelboer goes.' },
  migration: { nb: 'Les adressen.', en: 'Read the address.' },
  replacement: 'GET /utdanning/elev/elev < 200 postadresse',
  planned: { release: 2 },
};
