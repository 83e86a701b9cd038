// Runs of exports from the asking to the fetching: who may start one, see it, decide about it, have its file; what is set for an application; what
// expires. The files are made elsewhere (queue.ts). Built by app/compose.ts, asked by APIs, schedules and administration. Everything that is allowed is
// in the audit of the organisation before it is answered; what is refused is recorded by whoever asked.
import { createHash } from 'node:crypto';
import { dayMs, type Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createMemory } from '#base/memory.ts';
import type { Random } from '#base/random.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { Sealing } from '#hub/documents/document.ts';
import type { Principal } from '#hub/principal.ts';
import { seenUids } from '#hub/records.ts';
import type { Signals } from '#hub/signals.ts';
import type { ExportRun, ExportState, ExportStore } from '#store/exports.ts';
import type { AuditRecord, AuditSeen, PlatformStore } from '#store/store.ts';
import { orderFor, positionPurpose } from './ask.ts';
import { createFollower, gzipBytes, plainBytes, type Followed, type Giving } from './content.ts';
import type {
  ExportAsked,
  ExportCaller,
  ExportOrder,
  ExportContent,
  ExportReport,
  Exports,
  ExportSettings,
  OpenRoster,
  Outcome,
} from './export.ts';
import { checkSettings, defaultSettings } from './export-settings.ts';
import { grantsMark, type ProtectedNow } from './sight-mark.ts';
import { personsOfFile, toldPersons } from './run/manifest.ts';
import { withoutIds } from './run/tally.ts';
import {
  fileNameOf,
  isTold,
  newRecord,
  notBegun,
  recordOf,
  reportOf,
  scheduleIssuer,
  seriesOf,
  stateAt,
  withRecord,
  type RunRecord,
} from './run-record.ts';

/** How an export was asked for, beside what. */
type Starting = {
  readonly asked: ExportAsked;
  readonly caller: ExportCaller;
  readonly trigger: ExportReport['trigger'];
  readonly once: { readonly key: string; readonly request: string } | null;
};

export type ExportsDeps = {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly random: Pick<Random, 'bytes' | 'uuid'>;
  readonly platform: Pick<PlatformStore, 'claim' | 'application' | 'grantsOf'>;
  readonly sealing: Pick<Sealing, 'readId' | 'seal' | 'open'>;
  readonly storeOf: (organisation: string) => Promise<ExportStore>;
  readonly openRoster: OpenRoster;
  readonly protectedIn: (organisation: string) => Promise<ProtectedNow>;
  /** Durable when it resolves. */
  readonly audit: (organisation: string, record: AuditRecord) => Promise<void>;
  readonly signals: Pick<Signals, 'tell' | 'listen'>;
  /** Something waits to be made. */
  readonly queued: (organisation: string) => void;
  /** Something may be about to wait. */
  readonly soon?: () => void;
};

/** The topic of news about a run: it has come further, or its state is another. */
export const runTopic = (organisation: string, run: string): string => `export ${organisation} ${run}`;
/** The topic of decisions about a run while it is made. */
export const decisionTopic = (organisation: string, run: string): string => `export-decided ${organisation} ${run}`;

// Who follows a file looks again after this long, whether or not anything has been told.
const lookMs = 500;
// Whoever is given a file is looked at again after this long.
const lookAgainMs = 1_000;
// Where all is closed nobody waits any more.
const pauseMs = 20;
const rememberedRuns = 1_000;
// Between taking a key and entering the run lies one record of the audit.
const enteringMs = 5_000;
const onceMs = dayMs;

const missing = <T>(): Result<T> => failed(problem('HUB-204', 'There is no such export.'));
const notNow = <T>(detail: string, retryAfter?: number): Result<T> =>
  failed(problem('HUB-409', detail, retryAfter === undefined ? {} : { retryAfter }));

/** Makes the exports over what keeps them. */
export const createExports = (deps: ExportsDeps): Exports => {
  const { clock, random, platform, sealing, storeOf, signals, queued } = deps;

  const record = (
    { principal, trace }: ExportCaller,
    operation: string,
    details: Readonly<Record<string, unknown>>,
    seen: AuditSeen | null = null,
  ): Promise<void> =>
    deps.audit(principal.tenant, {
      id: random.uuid(),
      at: clock.now(),
      request: trace,
      issuer: principal.issuer,
      client: principal.client,
      token: principal.token,
      api: 'exports',
      operation,
      collection: '',
      decision: 'allow',
      rule: principal.kind === 'admin' ? 'owner' : 'own-run',
      count: null,
      subjects: [],
      seen,
      details: JSON.stringify(details),
    });

  /** The run, when the caller may know of it. */
  const runFor = async (
    id: string,
    { principal }: ExportCaller,
  ): Promise<{ store: ExportStore; run: ExportRun } | null> => {
    if (principal.kind === 'adapter') return null;
    const store = await storeOf(principal.tenant);
    const run = await store.run(id);
    if (run === null || (principal.kind === 'client' && run.application !== principal.client)) return null;
    return { store, run };
  };

  const shown = (run: ExportRun, caller: ExportCaller, details: Buffer | null = null): ExportReport => {
    const mine = caller.principal.kind === 'client' && isTold(run, clock.now());
    const position = mine ? sealing.seal(caller, positionPurpose, run.id) : null;
    return reportOf(run, clock.now(), { position, details });
  };

  const lines = new Map<string, Promise<unknown>>();
  const inTurn = <T>(line: string, work: () => Promise<T>): Promise<T> => {
    const turn = (lines.get(line) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => {});
    lines.set(line, settled);
    void settled.then(() => lines.get(line) === settled && lines.delete(line));
    return turn;
  };
  // One after the other, or what one has added the other would lose.
  const changeInTurn = (
    store: ExportStore,
    id: string,
    make: Parameters<typeof change>[2],
  ): Promise<ExportRun | null> => inTurn(id, () => change(store, id, make));

  const markTold = async (store: ExportStore, id: string): Promise<void> => {
    await changeInTurn(store, id, toldNow);
  };

  const fetched = async (store: ExportStore, id: string, by: string, bytes: number, whole: boolean): Promise<void> => {
    const at = new Date(clock.now()).toISOString();
    await changeInTurn(store, id, (run, kept) =>
      withRecord(run, { ...kept, fetched: [...kept.fetched, { by, at, bytes, whole }].slice(-limits.exportFetches) }),
    );
  };

  const start = async (
    asked: ExportAsked,
    caller: ExportCaller,
    trigger: ExportReport['trigger'],
    once: Starting['once'] = null,
  ): Promise<Outcome<ExportReport>> => {
    const { principal } = caller;
    if (principal.kind !== 'client') return failed(problem('HUB-400', 'Exports are made for applications.'));
    deps.soon?.();
    const store = await storeOf(principal.tenant);
    const id = random.bytes(16).toString('base64url');
    const settings = await settingsOf(store, principal.client);
    const order = await orderFor(asked, caller, settings, store, {
      run: id,
      trigger,
      deps: { sealing, openRoster: deps.openRoster, now: clock.now },
    });
    if (!order.ok) return order;
    // Or as many would find the one place that is left as ask at once.
    return inTurn(JSON.stringify([principal.tenant, principal.client]), () =>
      enter(store, id, order.value, { asked, caller, trigger, once }),
    );
  };

  /** Enters a run that has been found right into the queue, where the application has a place there. */
  const enter = async (
    store: ExportStore,
    id: string,
    order: ExportOrder,
    starting: Starting,
  ): Promise<Outcome<ExportReport>> => {
    const { asked, caller, trigger, once } = starting;
    const { principal } = caller;
    const states: readonly ExportState[] = ['queued', 'running'];
    const waiting = await store.runs({
      application: principal.client,
      states,
      limit: limits.exportsPerApplication,
    });
    const now = clock.now();
    if (once !== null) {
      const key = createHash('sha256').update(JSON.stringify([principal.tenant, principal.client, once.key]));
      const first = await platform.claim(`export ${key.digest('base64url')}`, {
        request: once.request,
        // Where there is no room the key is not used up.
        subject: waiting.length < limits.exportsPerApplication ? id : '',
        expiresAt: waiting.length < limits.exportsPerApplication ? now + onceMs : now + 1,
      });
      if (first.request !== once.request)
        return failed(problem('HUB-413', 'The Idempotency-Key came with another request.'));
      if (first.subject !== id && first.subject !== '') return beside(first.subject, caller);
    }
    if (waiting.length >= limits.exportsPerApplication)
      return failed(
        problem('HUB-107', `${limits.exportsPerApplication} exports of the application are under way.`, {
          retryAfter: 60,
        }),
      );
    const run: ExportRun = {
      id,
      application: principal.client,
      series: seriesOf(order),
      state: 'queued',
      createdAt: now,
      finishedAt: null,
      expiresAt: now + limits.exportContentDays * dayMs,
      told: false,
      record: JSON.stringify(newRecord(order, { schools: asked.schools, trigger })),
      attempt: 0,
    };
    const { profile, type, schoolYear, before } = order;
    await record(caller, 'export-start', {
      run: id,
      profile,
      type,
      schoolYear,
      schools: asked.schools,
      before,
      trigger,
    });
    await store.putRun(run);
    queued(principal.tenant);
    return ok(shown(run, caller));
  };

  const report = async (id: string, caller: ExportCaller): Promise<Outcome<ExportReport>> => {
    const found = await runFor(id, caller);
    if (found === null) return missing();
    const { store, run } = found;
    const details = await store.details(id);
    return ok(shown(run, caller, details === null ? null : await detailsFor(run, details, caller)));
  };

  /** Who was left out, for whoever might still learn of them: the owner; the application while it may have the file, less those protected since. */
  const detailsFor = async (run: ExportRun, details: Buffer, { principal }: ExportCaller): Promise<Buffer | null> => {
    if (principal.kind === 'admin') return details;
    if (stateAt(run, clock.now()) === 'expired' || !carriesAll(principal, run)) return null;
    if (!(await isGrantedStill(run))) return null;
    const now = await deps.protectedIn(principal.tenant);
    if (now.mark === recordOf(run).protectedMark) return details;
    return withoutIds(details, (id) => {
      const uid = sealing.readId(principal.tenant, id);
      return uid === null || now.has(uid);
    });
  };

  /** The run that somebody else is entering at this moment, with the same key. */
  const beside = async (id: string, caller: ExportCaller): Promise<Outcome<ExportReport>> => {
    const until = clock.now() + enteringMs;
    for (;;) {
      const found = await report(id, caller);
      if (found.ok || found.problem.code !== 'HUB-204') return found;
      if (clock.now() >= until) return notNow('A request with the same Idempotency-Key is under way.', 1);
      await clock.sleep(pauseMs);
    }
  };

  const isGrantedStill = async (run: ExportRun): Promise<boolean> => {
    const { mark, order } = recordOf(run);
    if ((await platform.application(run.application))?.disabled === true) return false;
    return mark !== null && mark === (await grantsMark(platform, order.principal, clock.now()));
  };

  /** Runs that have been looked through, by the mark of who was protected then. */
  const lookedThrough = createMemory<string>(rememberedRuns);

  /** Whether the application may still have what the run has made: its grants are what they were, and nobody in it has become protected since. */
  const mayStillHave = async (store: ExportStore, run: ExportRun): Promise<boolean> => {
    const { protectedMark, order } = recordOf(run);
    if (!(await isGrantedStill(run))) return false;
    const now = await deps.protectedIn(order.principal.tenant);
    if (now.mark === protectedMark || lookedThrough.get(run.id) === now.mark) return true;
    const told = await toldPersons(await store.manifest(run.id));
    if (told === null || told.some(now.has)) return false;
    lookedThrough.set(run.id, now.mark);
    return true;
  };

  /** Why there is no file now; null when there is one. */
  const whyNone = async (store: ExportStore, run: ExportRun): Promise<Result<never> | null> => {
    const { reason } = recordOf(run);
    switch (stateAt(run, clock.now())) {
      case 'ready':
        return (await mayStillHave(store, run)) ? null : failed(another);
      case 'expired':
        return failed(notKept);
      case 'held':
        return failed(reason ?? problem('HUB-420', 'The export waits to be confirmed.'));
      case 'queued':
      case 'running':
        return notNow('The export is not ready yet.', 2);
      default:
        return failed(reason ?? problem('HUB-409', `The export has no file: it is ${run.state}.`));
    }
  };

  /** `look`, at once and then at most once in a while. */
  const nowAndThen = (look: () => Promise<void>, from = Number.NEGATIVE_INFINITY): (() => Promise<void>) => {
    let looked = from;
    return async () => {
      const now = clock.now();
      // A clock may be set back.
      if (Math.abs(now - looked) < lookAgainMs) return;
      looked = now;
      await look();
    };
  };

  /** Whether whoever follows a file may have more of it. While it is made nobody knows yet who will stand in it: then nobody may be protected anew. */
  const mayGoOn = async (store: ExportStore, run: ExportRun): Promise<boolean> => {
    if (run.state !== 'running') return (await whyNone(store, run)) === null;
    const { protectedMark, order } = recordOf(run);
    return (await isGrantedStill(run)) && (await deps.protectedIn(order.principal.tenant)).mark === protectedMark;
  };

  const content = async (id: string, caller: ExportCaller): Promise<Outcome<ExportContent>> => {
    const found = await runFor(id, caller);
    if (found === null) return missing();
    if (caller.principal.kind !== 'client')
      return failed(problem('HUB-400', 'Files of exports are for the application alone that asked for them.'));
    const { store, run } = found;
    if (!carriesAll(caller.principal, run)) return missing();
    const none = await whyNone(store, run);
    if (none !== null) return none;
    const { order, bytes, sha256 } = recordOf(run);
    if (bytes === null || sha256 === null) return notNow('The export has no file.');
    const persons = await personsOfFile(await store.manifest(id));
    // Taken away since it was looked at.
    if (persons === null) return failed(notKept);
    const looked = clock.now();
    await record(caller, 'export-fetch', { run: id, sha256 }, seenUids(persons));
    const giving = (): Giving => ({
      look: nowAndThen(async () => {
        const kept = await store.run(id);
        const why = kept === null ? failed(notKept) : await whyNone(store, kept);
        if (why !== null && !why.ok) throw new HubError(why.problem);
      }, looked),
      // What a schedule reads has reached somebody only once it has been brought.
      done: async () => {
        if (caller.principal.issuer !== scheduleIssuer) await markTold(store, id);
      },
    });
    return ok({
      fileName: fileNameOf(order.profile, order.type, order.today),
      bytes,
      sha256,
      finishedAt: run.finishedAt ?? run.createdAt,
      plain: (from, to) => plainBytes(store, id, { from, to, length: bytes }, giving()),
      gzip: () => gzipBytes(store, id, giving()),
      sent: (by, sent, whole) => fetched(store, id, by, sent, whole),
    });
  };

  const stream = async (
    id: string,
    caller: ExportCaller,
    signal: AbortSignal,
  ): Promise<Outcome<AsyncIterable<Buffer>>> => {
    const found = await runFor(id, caller);
    if (found === null) return missing();
    const { principal } = caller;
    if (principal.kind !== 'client')
      return failed(problem('HUB-400', 'Files of exports are for the application alone that asked for them.'));
    const { store, run } = found;
    if (!carriesAll(principal, run)) return missing();
    if (run.state !== 'queued' && run.state !== 'running') {
      const none = await whyNone(store, run);
      if (none !== null) return none;
    }
    const stop = new AbortController();
    let latest: ExportRun = run;
    const lookNow = async (): Promise<void> => {
      if (!(await mayGoOn(store, latest))) throw new HubError(another);
    };
    const lookAgain = nowAndThen(lookNow);
    const first = AbortSignal.any([signal, stop.signal]);
    const listener = signals.listen([runTopic(principal.tenant, id)]);
    signal.addEventListener('abort', listener.close, { once: true });
    const until = clock.now() + limits.exportStreamWaitMs;
    let waits = true;
    const follow = createFollower({
      store,
      id,
      early: recordOf(run).order.readAsMade,
      signal: first,
      look: (now) => {
        latest = now;
        // The end makes a file of it.
        return now.state === 'ready' ? lookNow() : lookAgain();
      },
      news: async () => {
        if (waits && clock.now() >= until) stop.abort(busy);
        else if (!(await listener.next(lookMs, first))) await clock.sleep(pauseMs, first);
      },
    });
    try {
      const begun = await follow();
      waits = false;
      if (begun.kind === 'broken') {
        listener.close();
        const none = begun.run === null ? null : await whyNone(store, begun.run);
        return none ?? missing();
      }
      // What is read while it is made is recorded as it is read.
      const persons = latest.state === 'ready' ? await personsOfFile(await store.manifest(id)) : [];
      if (persons === null) {
        listener.close();
        return failed(notKept);
      }
      await record(caller, 'export-stream', { run: id }, seenUids(persons));
      return ok(
        (async function* bytes() {
          let given = 0;
          try {
            for (let next: Followed = begun; ; next = await follow()) {
              if (next.kind === 'broken') throw brokenOff(next.run);
              if (next.kind === 'end') {
                await markTold(store, id);
                await fetched(store, id, principal.client, given, true);
                return;
              }
              given += next.bytes.length;
              yield next.bytes;
            }
          } finally {
            listener.close();
          }
        })(),
      );
    } catch (error) {
      listener.close();
      if (stop.signal.aborted) return failed(busy.problem);
      throw error;
    }
  };

  const decide: Exports['decide'] = async (id, decision, caller, reason) => {
    const found = await runFor(id, caller);
    if (found === null) return missing();
    const { store, run } = found;
    const kept = recordOf(run);
    const now = clock.now();
    const from: readonly ExportState[] = decision === 'cancel' ? ['queued', 'running', 'held'] : ['held'];
    if (!from.includes(stateAt(run, now)))
      return notNow(decision === 'cancel' ? 'The export is over.' : 'The export does not wait to be confirmed.');
    const by = caller.principal.client;
    const next: ExportRun =
      decision === 'confirm'
        ? {
            ...withRecord(run, {
              ...kept,
              ...notBegun,
              order: { ...kept.order, confirmed: kept.lost },
              confirmedBy: by,
            }),
            state: 'queued',
            finishedAt: null,
          }
        : {
            ...withRecord(run, {
              ...kept,
              reason: problem('HUB-409', `${decision === 'cancel' ? 'Cancelled' : 'Rejected'}: ${reason}`),
            }),
            state: decision === 'cancel' ? 'cancelled' : 'rejected',
            finishedAt: now,
          };
    await record(caller, `export-${decision}`, { run: id, reason, lost: kept.lost });
    if (!(await store.replaceRun(next, from))) return notNow('The export has gone on meanwhile.');
    if (next.state !== 'queued') await store.drop(id, { content: true, manifest: true });
    signals.tell(decisionTopic(caller.principal.tenant, id));
    signals.tell(runTopic(caller.principal.tenant, id));
    if (next.state === 'queued') queued(caller.principal.tenant);
    return ok(shown(next, caller));
  };

  return {
    start,
    report,
    reports: async (caller, limit) => {
      const { principal } = caller;
      if (principal.kind === 'adapter') return failed(problem('HUB-400', 'Adapters have no exports.'));
      const store = await storeOf(principal.tenant);
      const most = Math.min(limit, limits.exportRuns);
      const mine = principal.kind === 'client' ? { application: principal.client } : {};
      return ok((await store.runs({ ...mine, limit: most })).map((run) => shown(run, caller)));
    },
    content,
    stream,
    decide,
    delivered: async (id, delivery, caller) => {
      const found = await runFor(id, caller);
      if (found === null) return;
      const at = new Date(clock.now()).toISOString();
      await changeInTurn(found.store, id, (run, kept) =>
        withRecord(delivery.ok ? toldNow(run) : run, {
          ...kept,
          delivered: [...kept.delivered, { ...delivery, at }].slice(-limits.exportFetches),
        }),
      );
    },
    settings: async (application, { principal }) => {
      if (principal.kind === 'adapter' || (principal.kind === 'client' && principal.client !== application))
        return missing();
      if ((await platform.application(application)) === null) return missing();
      return ok(await settingsOf(await storeOf(principal.tenant), application));
    },
    putSettings: async (application, settings, caller) => {
      const { principal } = caller;
      if (principal.kind !== 'admin')
        return failed(problem('HUB-400', 'Settings of exports are made by the owner of the data.'));
      if ((await platform.application(application)) === null) return missing();
      const checked = checkSettings(settings);
      if (!checked.ok) return checked;
      const store = await storeOf(principal.tenant);
      await record(caller, 'export-settings', {
        application,
        before: await settingsOf(store, application),
        after: settings,
      });
      await store.putSettings(application, JSON.stringify(settings));
      return checked;
    },
  };
};

const busy = new HubError(
  problem('HUB-501', 'Other exports of the organisation are being made: ask again shortly.', { retryAfter: 30 }),
);

const another = problem(
  'HUB-419',
  'What the application may see is another than when the file was made: take a new one.',
);
const notKept = problem('HUB-419', 'The file is not kept any more: take a new one.');

/** Whether a token carries all that the run was made with: one that carries less must not have what more has opened. */
const carriesAll = ({ scopes }: Principal, run: ExportRun): boolean =>
  recordOf(run).order.principal.scopes.every((scope) => scopes.has(scope));

/** What is not kept any more tells of nothing. */
const toldNow = (run: ExportRun): ExportRun => (run.state === 'ready' ? { ...run, told: true } : run);

/** Why a file that has been begun has no end. */
const brokenOff = (run: ExportRun | null): HubError =>
  new HubError(
    (run === null ? null : recordOf(run).reason) ??
      problem('HUB-409', 'The export was broken off: what has been sent is not whole.'),
  );

/** Changes what is kept of a run while it stays in its state; others may do so at the same time. Null when it is gone. */
const change = async (
  store: ExportStore,
  id: string,
  make: (run: ExportRun, kept: RunRecord) => ExportRun,
): Promise<ExportRun | null> => {
  for (;;) {
    const run = await store.run(id);
    if (run === null) return null;
    const next = make(run, recordOf(run));
    if (await store.replaceRun(next, [run.state])) return next;
  }
};

const settingsOf = async (store: ExportStore, application: string): Promise<ExportSettings> => {
  const kept = await store.settings(application);
  // Written by this file.
  return kept === null ? defaultSettings : (JSON.parse(kept) as ExportSettings);
};
