// `bindeledd start` and `bindeledd demo`: run a hub until a signal says stop. The first SIGTERM or SIGINT lets what is under way finish, the
// second ends the process at once. With several processes this one only looks after them: SIGHUP replaces them one by one; a process that is
// alone has nobody to take its place, and stops.
import cluster from 'node:cluster';
import type { ResolvedSettings, Settings } from '#config/settings.ts';
import type { Compose, DemoFlaws, DemoSize, RunDemo, Running } from '../running.ts';
import { systemClock } from '#base/clock.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createProgress } from './progress.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

// A terminal and a parent process may both pass on one keystroke.
const sameSignalMs = 300;

/** Calls `stop` at the first signal to stop, and `hurry` at a second one. Gives what ends it. */
const onSignals = (stop: () => void, hurry: () => void): (() => void) => {
  let since: number | null = null;
  const heard = (): void => {
    const now = systemClock.monotonic();
    if (since !== null) {
      if (now - since > sameSignalMs) hurry();
      return;
    }
    since = now;
    stop();
  };
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
  // The timer keeps the process alive when nothing else does.
  const alive = setInterval(() => {}, 60_000);
  return () => clearInterval(alive);
};

const interrupt = (): void => process.exit(exitCodes.interrupted);

/** Waits for a stop signal, or for `told`, then closes; gives the exit code. A second signal ends the process with 130. */
const untilStopped = (
  closable: Pick<Running, 'close'>,
  told: Promise<{ readonly replaced: boolean }> = new Promise(() => {}),
): Promise<ExitCode> =>
  new Promise((resolve, reject) => {
    let closing = false;
    const stop = (replaced: boolean): void => {
      if (closing) return;
      closing = true;
      closable.close({ replaced }).then(
        () => resolve(exitCodes.ok),
        (error: unknown) => reject(error),
      );
      forget();
    };
    const forget = onSignals(() => stop(false), interrupt);
    void told.then(({ replaced }) => stop(replaced));
  });

/** Runs a hub with the settings in force until it is stopped, in as many processes as they say. Throws HubError when it cannot start. */
export const runStart = async (
  terminal: Terminal,
  { settings }: ResolvedSettings,
  loadCompose: () => Promise<Compose>,
  words: readonly string[] = process.argv.slice(2),
): Promise<ExitCode> => {
  if (cluster.isWorker) return runWorker(settings, await loadCompose());
  if (settings.workers > 1) return runWorkers(terminal, settings, words);
  const compose = await loadCompose();
  const running = await compose(settings);
  const url = await running.listen().catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  // Whoever reads that the hub is ready may stop it in the same moment.
  const hungUp = Promise.withResolvers<{ readonly replaced: boolean }>();
  process.on('SIGHUP', () => hungUp.resolve({ replaced: false }));
  const stopped = untilStopped(running, hungUp.promise);
  sayReady(terminal, url);
  return await stopped;
};

const sayReady = (terminal: Terminal, url: string): void => {
  if (terminal.json) terminal.out(JSON.stringify({ url }));
  else terminal.say(terminal.language === 'nb' ? `Tjenesten svarer på ${url}` : `The hub answers at ${url}`);
};

const runWorker = async (settings: Settings, compose: Compose): Promise<ExitCode> => {
  const { joinWorkers } = await import('../worker.ts');
  const side = joinWorkers();
  const running = await compose(settings, side.colleague);
  const stopped = untilStopped(running, side.told);
  const url = await running.listen().catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  side.ready(url);
  const exit = await stopped;
  await side.farewell();
  return exit;
};

const runWorkers = async (terminal: Terminal, settings: Settings, words: readonly string[]): Promise<ExitCode> => {
  const [{ createWorkers, WorkerEnded }, { createLog }] = await Promise.all([
    import('../workers.ts'),
    import('../log.ts'),
  ]);
  const log = createLog({ level: settings.logLevel, format: settings.logFormat });
  const { workers: count, host, port } = settings;
  const workers = createWorkers({ count, words, host, port, clock: systemClock, observe: log.observe });
  process.on('exit', workers.kill);
  const exit = Promise.withResolvers<ExitCode>();
  const stop = (code: ExitCode): void => void workers.stop().then(() => exit.resolve(code));
  const forget = onSignals(() => stop(exitCodes.ok), interrupt);
  try {
    const started = workers.start();
    // Those that are not ready yet are replaced once all are.
    process.on('SIGHUP', () => void started.then(workers.replace, () => {}));
    sayReady(terminal, await started);
    void workers.givenUp.then(() => stop(exitCodes.unexpected));
    return await exit.promise;
  } catch (error) {
    if (!(error instanceof WorkerEnded)) throw error;
    // It has said why.
    await workers.stop();
    const { exit: code } = error;
    return Object.values(exitCodes).find((one) => one === code) ?? exitCodes.unexpected;
  } finally {
    forget();
    log.flush();
  }
};

export type DemoFlags = { readonly size: string; readonly flaws: string; readonly seed: string };

const sizes: readonly DemoSize[] = ['small', 'county', 'county-full', 'municipality', 'oslo', 'university'];
const flawLevels: readonly DemoFlaws[] = ['none', 'realistic', 'ugly'];

/** Runs the demo until it is stopped. Throws CommandFailure for a size, flaws or seed that it does not know, HubError when it cannot start. */
export const runDemoCommand = async (
  terminal: Terminal,
  { settings, origins }: ResolvedSettings,
  flags: DemoFlags,
  demo: RunDemo,
): Promise<ExitCode> => {
  const { seed } = flags;
  const size = sizes.find((one) => one === flags.size);
  if (size === undefined)
    throw new CommandFailure(exitCodes.usage, `There is no size ${flags.size}.`, {
      hint: 'Sizes: small (600 pupils in the county, 300 in the municipality, 300 students), county (about 40,000), county-full (5.7 million entries), municipality (5,000), oslo (70,000), university (27,000 students).',
    });
  const flaws = flawLevels.find((one) => one === flags.flaws);
  if (flaws === undefined)
    throw new CommandFailure(exitCodes.usage, `There are no flaws ${flags.flaws}.`, {
      hint: 'Flaws: none, realistic, ugly.',
    });
  if (!/^\d{1,9}$/.test(seed))
    throw new CommandFailure(exitCodes.usage, `The seed ${seed} is not a whole number.`, {
      hint: 'Give digits, such as --seed 42.',
    });
  if (settings.environment === 'production' && origins.environment !== 'default') {
    throw new CommandFailure(exitCodes.usage, 'The demo holds synthetic data and does not run in production.', {
      hint: 'Leave out --environment, or use start.',
    });
  }
  // Signals are heard from the moment the hub is there: a stop during the delivery closes it too, and takes the temporary data with it.
  const hub = Promise.withResolvers<Pick<Running, 'close'>>();
  const stopped = hub.promise.then((one) => untilStopped(one));
  const delivered = demo({
    settings: {
      ...settings,
      ...(origins.environment === 'default' ? { environment: 'sandbox' } : {}),
      // A database that the environment names is for a hub, not for synthetic data.
      ...(origins.databaseUrl === 'flag' ? {} : { databaseUrl: null, workers: 1 }),
    },
    temporary: origins.data === 'default' && origins.databaseUrl !== 'flag',
    size,
    flaws,
    seed: Number(seed),
    json: terminal.json,
    language: terminal.language,
    progress: createProgress(terminal, systemClock, 'demo', (text) => process.stderr.write(text)),
    out: terminal.out,
    say: terminal.say,
    opened: hub.resolve,
  }).then(() => stopped);
  return await Promise.race([stopped, delivered]);
};
