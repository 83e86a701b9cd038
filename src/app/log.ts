// The sink of events that writes the log: one line per event to stderr. Built by app/compose.ts. It writes the fields of the event and
// nothing else, so what events hold no personal data of, the log holds none of either.
import pino, { type DestinationStream } from 'pino';
import { systemClock } from '#base/clock.ts';
import type { HubEvent, Observe } from '#base/events.ts';
import type { Settings } from '#config/settings.ts';

export type LogLevel = Settings['logLevel'];
export type LogFormat = Settings['logFormat'];

export type Log = { readonly observe: Observe; /** Writes out what is buffered. */ readonly flush: () => void };

const levelOf = (event: HubEvent): Exclude<LogLevel, 'silent'> => {
  switch (event.kind) {
    case 'failure':
    case 'audit-failed':
      return 'error';
    case 'request':
      return event.status >= 500
        ? 'error'
        : event.route.startsWith('/health/') || event.route === '/metrics'
          ? 'debug'
          : 'info';
    case 'worker':
      return event.state === 'ready' || event.state === 'replaced' ? 'info' : 'warn';
    case 'token-refused':
    case 'setting':
      return 'warn';
    case 'heartbeat':
      return 'debug';
    default:
      return 'info';
  }
};

/** Builds the log. Lines are buffered for up to a second and flushed when the process ends; `json` is one object a line, `text` is for eyes. */
export const createLog = (options: {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly destination?: DestinationStream;
}): Log => {
  const buffered =
    options.destination === undefined
      ? pino.destination({ dest: 2, sync: false, minLength: 8_192, periodicFlush: 500 })
      : null;
  const target = options.destination ?? buffered ?? process.stderr;
  const destination: DestinationStream =
    options.format === 'json' ? target : { write: (line) => target.write(asText(line)) };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  // The one event that comes with every request is written straight, as the logger would write it.
  const plain = options.format === 'json';
  let written = 0;
  let instant = '';
  const requestLine = (level: string, event: Extract<HubEvent, { kind: 'request' }>): string => {
    const now = systemClock.now();
    if (now !== written) [written, instant] = [now, new Date(now).toISOString()];
    return `{"level":"${level}","time":"${instant}",${JSON.stringify(event).slice(1)}\n`;
  };
  return {
    observe: (event) => {
      const level = levelOf(event);
      if (event.kind === 'request' && plain) {
        if (logger.isLevelEnabled(level)) target.write(requestLine(level, event));
        return;
      }
      if (logger.isLevelEnabled(level)) logger[level](event);
    },
    flush: () => {
      try {
        buffered?.flushSync();
      } catch {
        // Nothing was buffered yet.
      }
    },
  };
};

const asText = (line: string): string => {
  const { level, time, kind, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) => `${name}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`,
    );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(kind)} ${rest.join(' ')}\n`;
};
