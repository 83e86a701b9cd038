// `bindeledd start` and `bindeledd demo`: run a hub until a signal says stop. The first SIGTERM or SIGINT lets what is under way finish, the
// second ends the process at once.
import type { ResolvedSettings } from '#config/settings.ts';
import type { Compose, DemoFlaws, DemoSize, RunDemo, Running } from '../running.ts';
import { systemClock } from '#base/clock.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createProgress } from './progress.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

// A terminal and a parent process may both pass on one keystroke.
const sameSignalMs = 300;

/** Waits for a stop signal, then closes; gives the exit code. A second signal ends the process with 130. */
const untilStopped = (closable: Pick<Running, 'close'>): Promise<ExitCode> =>
  new Promise((resolve, reject) => {
    let stoppingSince: number | null = null;
    // The timer keeps the process alive when nothing else does.
    const alive = setInterval(() => {}, 60_000);
    const stop = (): void => {
      const now = systemClock.monotonic();
      if (stoppingSince !== null) {
        if (now - stoppingSince > sameSignalMs) process.exit(exitCodes.interrupted);
        return;
      }
      stoppingSince = now;
      closable.close().then(
        () => resolve(exitCodes.ok),
        (error: unknown) => reject(error),
      );
      clearInterval(alive);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });

/** Runs a hub with the settings in force until it is stopped. Throws HubError when it cannot start. */
export const runStart = async (
  terminal: Terminal,
  { settings }: ResolvedSettings,
  compose: Compose,
): Promise<ExitCode> => {
  const running = await compose(settings);
  const url = await running.listen().catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  // Whoever reads that the hub is ready may stop it in the same moment.
  const stopped = untilStopped(running);
  if (terminal.json) terminal.out(JSON.stringify({ url }));
  else terminal.say(terminal.language === 'nb' ? `Tjenesten svarer på ${url}` : `The hub answers at ${url}`);
  return await stopped;
};

export type DemoFlags = { readonly size: string; readonly flaws: string; readonly seed: string };

const sizes: readonly DemoSize[] = ['small', 'county', 'county-full'];
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
      hint: 'Sizes: small (600 pupils), county (about 40,000), county-full (5.7 million entries).',
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
  const stopped = hub.promise.then(untilStopped);
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
