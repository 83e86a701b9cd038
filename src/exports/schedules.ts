// Exports that are made at a time of day and brought to a target. What is due, under way or to be tried again is kept with the schedule, so that
// another process goes on where one has gone. Called by app (time) and by administration (what schedules there are).
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import { isLinkInForce } from '#hub/link-grants.ts';
import { rosterProfiles } from '#formats/roster.ts';
import type { Principal } from '#hub/principal.ts';
import type { ExportSchedule, ExportStore } from '#store/exports.ts';
import type { Link, PlatformStore } from '#store/store.ts';
import { isTimeOfDay, nextTime, weekdays, type Weekday } from './civil-time.ts';
import type { DeliveryTarget, ExportAsked, ExportCaller, Exports, Outcome } from './export.ts';

/** What is set: what to export, when, and where to. */
export type ScheduleAsked = {
  readonly application: string;
  readonly asked: Omit<ExportAsked, 'since'>;
  /** `HH:MM` in Norway. */
  readonly at: string;
  readonly days: readonly Weekday[];
  readonly target: string;
  /** Null = the usual name of the format. */
  readonly fileName: string | null;
};

export type Schedule = ScheduleAsked & {
  readonly id: string;
  /** ISO 8601. */
  readonly next: string;
  /** What has become of the latest run: null before the first. */
  readonly last: {
    readonly run: string | null;
    readonly at: string;
    readonly ok: boolean;
    readonly message: string | null;
  } | null;
  /** A run that is under way, held, or waits for another try to bring its file. */
  readonly pending: string | null;
};

export type Schedules = {
  readonly list: (caller: ExportCaller) => Promise<readonly Schedule[]>;
  /** A new one, or another in the place of one (HUB-204 when it is not there). HUB-103 names what is wrong; a target of others is as unknown as one that is not there. */
  readonly put: (id: string | null, asked: ScheduleAsked, caller: ExportCaller) => Promise<Outcome<Schedule>>;
  readonly remove: (id: string, caller: ExportCaller) => Promise<Outcome<null>>;
  /** Names of targets that the organisation may use. */
  readonly targets: (caller: ExportCaller) => readonly string[];
  /** Does what is due. Never rejects. */
  readonly tick: (organisation: string) => Promise<void>;
  /** Breaks off what is being brought; it is tried again by whoever looks next. */
  readonly stop: () => void;
};

export type SchedulesDeps = {
  readonly clock: Pick<Clock, 'now' | 'every'>;
  readonly random: Pick<Random, 'bytes'>;
  readonly observe: Observe;
  readonly exports: Pick<Exports, 'start' | 'report' | 'content' | 'delivered'>;
  readonly storeOf: (organisation: string) => Promise<ExportStore | null>;
  readonly platform: Pick<PlatformStore, 'linksOf' | 'application'>;
  readonly targets: readonly DeliveryTarget[];
  readonly environment: Link['environment'];
};

/** What is kept of a schedule beside its next time. */
type Kept = ScheduleAsked & {
  readonly last: Schedule['last'];
  readonly pending: {
    readonly run: string;
    readonly tries: number;
    /** A full file in the place of changes, since there was nothing to compare with. */
    readonly whole: boolean;
  } | null;
  /** The time for which it is under way; the next one is worked out from it. */
  readonly due: number;
};

/** What is kept after a step, and when to look again. */
type Step = { readonly kept: Kept; readonly next: number };

const wholeFile = 'A full file was brought: there was nothing to compare with.';

// While somebody works on a schedule, its next time is when somebody else takes over unless told again.
const leaseMs = 120_000;
const lookAgainMs = 5_000;
const heldMs = 60_000;
const triesMs = [60_000, 300_000, 1_800_000] as const;

/** Makes the schedules over what exports and what keeps. */
export const createSchedules = (deps: SchedulesDeps): Schedules => {
  const { clock, random, observe, exports, storeOf, platform, targets, environment } = deps;
  const targetsOf = (organisation: string): readonly DeliveryTarget[] =>
    targets.filter((target) => target.organisation === organisation);
  /** Those that this process works on. */
  const busy = new Set<string>();
  const delivering = new Set<AbortController>();

  const callerOf = async (
    organisation: string,
    application: string,
    schedule: string,
  ): Promise<ExportCaller | null> => {
    const now = clock.now();
    const known = await platform.application(application);
    // No token is asked for, so what would keep it from one is looked at here.
    if (known === null || known.disabled === true || known.environment !== environment) return null;
    const standing = (await platform.linksOf(application)).filter(
      (link) => link.organisation === organisation && link.environment === environment && isLinkInForce(link, now),
    );
    if (standing.length === 0) return null;
    const principal: Principal = {
      kind: 'client',
      client: application,
      tenant: organisation,
      scopes: new Set(standing.flatMap(({ scopes }) => scopes)),
      issuer: 'schedule',
      token: schedule,
      expiresAt: now + leaseMs,
    };
    return { principal, trace: `schedule-${schedule}-${now}` };
  };

  /** One step of one schedule, by its holder; gives what is kept, and when to look again. */
  const step = async (organisation: string, id: string, kept: Kept): Promise<Step> => {
    const now = clock.now();
    const regular = nextTime(Math.max(kept.due, now), kept.at, new Set(kept.days));
    const done = (run: string | null, trouble: Problem | null, note: string | null = null) => {
      const last = {
        run,
        at: new Date(clock.now()).toISOString(),
        ok: trouble === null,
        message: trouble?.detail ?? note,
      };
      if (trouble !== null)
        observe({ kind: 'setting', message: `Schedule ${id} of ${organisation}: ${trouble.detail}` });
      return { kept: { ...kept, pending: null, last, due: regular }, next: regular };
    };
    const caller = await callerOf(organisation, kept.application, id);
    const target = targetsOf(organisation).find(({ name }) => name === kept.target);
    if (caller === null) return done(null, problem('HUB-400', 'The application has no link that stands.'));
    if (target === undefined) return done(null, problem('HUB-422', 'The target is not there any more.'));
    const begin = async (type: ExportAsked['type']): Promise<Step> => {
      const started = await exports.start({ ...kept.asked, type, since: null }, caller, 'schedule');
      // Where nothing has been told, or what was is not kept any more, changes can only begin with a whole file.
      if (!started.ok && type === 'delta' && started.problem.code === 'HUB-419') return begin('full');
      if (!started.ok) return done(null, started.problem);
      const whole = type !== kept.asked.type;
      return { kept: { ...kept, pending: { run: started.value.id, tries: 0, whole } }, next: now + lookAgainMs };
    };
    const { pending } = kept;
    if (pending === null) return begin(kept.asked.type);
    const { run, tries, whole } = pending;
    const report = await exports.report(run, caller);
    if (!report.ok) return done(run, report.problem);
    const { state, reason } = report.value;
    if (state === 'queued' || state === 'running') return { kept, next: now + lookAgainMs };
    if (state === 'held') {
      if (now < nextTime(kept.due, kept.at, new Set(kept.days))) return { kept, next: now + heldMs };
      // Whoever has not confirmed it by the next time is not waited for: the run that is due tells the same, and more.
      return { ...done(run, problem('HUB-420', 'The run was held, and nobody confirmed it.')), next: now };
    }
    if (state === 'failed' && reason?.code === 'HUB-419' && kept.asked.type === 'delta' && !whole) return begin('full');
    if (state !== 'ready') return done(run, reason ?? problem('HUB-419', `The run is ${state}.`));
    const content = await exports.content(run, caller);
    if (!content.ok) return done(run, content.problem);
    const stop = new AbortController();
    delivering.add(stop);
    const outcome = await target.deliver(content.value, kept.fileName ?? content.value.fileName, stop.signal);
    delivering.delete(stop);
    const message = outcome.ok ? null : (outcome.problem.detail ?? outcome.problem.code);
    await exports.delivered(run, { target: target.name, ok: outcome.ok, message }, caller);
    if (outcome.ok) return done(run, null, whole ? wholeFile : null);
    const wait = triesMs[tries];
    if (wait === undefined) return done(run, outcome.problem);
    return { kept: { ...kept, pending: { run, tries: tries + 1, whole } }, next: clock.now() + wait };
  };

  const work = async (organisation: string, store: ExportStore, schedule: ExportSchedule): Promise<void> => {
    const { id, application, next } = schedule;
    if (next === null || next > clock.now() || busy.has(id)) return;
    let lease = clock.now() + leaseMs;
    if (!(await store.advanceSchedule(id, next, lease))) return;
    busy.add(id);
    // A large file takes its time.
    const renewed = clock.every(leaseMs / 2, () => {
      const [held, until] = [lease, clock.now() + leaseMs];
      lease = until;
      Promise.resolve(store.advanceSchedule(id, held, until)).catch(() => {});
    });
    try {
      const kept = keptOf(schedule.record);
      const after = await step(organisation, id, kept.pending === null ? { ...kept, due: next } : kept);
      // What was changed or taken away meanwhile stays so.
      if ((await store.schedules()).some((one) => one.id === id && one.record === schedule.record))
        await store.putSchedule({ id, application, next: after.next, record: JSON.stringify(after.kept) });
    } finally {
      renewed();
      busy.delete(id);
    }
  };

  return {
    list: async ({ principal }) => ((await (await storeOf(principal.tenant))?.schedules()) ?? []).map(scheduleOf),
    targets: ({ principal }) => targetsOf(principal.tenant).map(({ name }) => name),
    put: async (id, asked, { principal }) => {
      const organisation = principal.tenant;
      const store = await storeOf(organisation);
      if (store === null) return refuse('The organisation has no data yet.');
      if (!isTimeOfDay(asked.at)) return refuse('at takes a time of day, HH:MM.');
      if (asked.days.length === 0 || !asked.days.every((day) => weekdays.includes(day)))
        return refuse(`days takes some of ${weekdays.join(', ')}.`);
      if (!targetsOf(organisation).some(({ name }) => name === asked.target))
        return refuse('The organisation has no target of that name.');
      if (asked.fileName !== null && !isFileName(asked.fileName))
        return refuse('fileName takes letters, digits, dots, hyphens and underscores, at most 100.');
      if ((await callerOf(organisation, asked.application, '')) === null)
        return refuse('The application has no link that stands.');
      const there = await store.schedules();
      if (id !== null && !there.some((one) => one.id === id)) return { ok: false, problem: unknownSchedule };
      if (id === null && there.length >= limits.exportSchedules)
        return refuse(`An organisation has at most ${limits.exportSchedules} schedules.`);
      if (there.some((one) => one.id !== id && takesTheSamePlace(keptOf(one.record), asked)))
        return refuse('Another schedule brings a file of the same name to the target: name one of them with fileName.');
      const due = nextTime(clock.now(), asked.at, new Set(asked.days));
      const schedule = {
        id: id ?? random.bytes(9).toString('base64url'),
        application: asked.application,
        next: due,
        record: JSON.stringify(newlyKept(asked, due)),
      };
      await store.putSchedule(schedule);
      return { ok: true, value: scheduleOf(schedule) };
    },
    remove: async (id, { principal }) =>
      (await (await storeOf(principal.tenant))?.removeSchedule(id)) === true
        ? { ok: true, value: null }
        : { ok: false, problem: unknownSchedule },
    stop: () => {
      for (const one of delivering) one.abort();
    },
    tick: async (organisation) => {
      try {
        const store = await storeOf(organisation);
        if (store === null) return;
        for (const schedule of await store.schedules()) await work(organisation, store, schedule);
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown';
        observe({ kind: 'setting', message: `Schedules of ${organisation} could not be looked after: ${reason}` });
      }
    },
  };
};

/** The usual names tell formats apart, and not applications or schools; one that is named may be the usual one of another. */
const takesTheSamePlace = (one: ScheduleAsked, other: ScheduleAsked): boolean => {
  if (one.target !== other.target) return false;
  if (one.fileName !== null && other.fileName !== null) return one.fileName === other.fileName;
  const named = one.fileName ?? other.fileName;
  return one.asked.format === other.asked.format && (named === null || isUsualName(named));
};

const isUsualName = (name: string): boolean =>
  name === 'IMS-EnterpriseData.xml' || rosterProfiles.some((profile) => name.startsWith(`${profile}-`));

const newlyKept = (asked: ScheduleAsked, due: number): Kept => ({ ...asked, last: null, pending: null, due });

const scheduleOf = ({ id, next, record }: ExportSchedule): Schedule => {
  const { due, pending, ...kept } = keptOf(record);
  // While it is under way, `next` is a lease.
  const time = pending === null ? (next ?? due) : nextTime(due, kept.at, new Set(kept.days));
  return { ...kept, id, next: new Date(time).toISOString(), pending: pending?.run ?? null };
};

// Written by this file.
const keptOf = (record: string): Kept => JSON.parse(record) as Kept;

const unknownSchedule = problem('HUB-204', 'There is no such schedule.');

const refuse = (detail: string): Outcome<never> => ({ ok: false, problem: problem('HUB-103', detail) });

const isFileName = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(text);
