// Progress of long work, to stderr: a line per class with a bar, rate and time left where somebody watches; a line each ten seconds where
// nobody does; a summary always. Used by demo, get and every command that takes longer than a blink.
import type { Clock } from '#base/clock.ts';
import type { Terminal } from './terminal.ts';

export type Progress = {
  /** Tells how far the work called `name` has come; `total` null = unknown. */
  readonly update: (name: string, done: number, total: number | null) => void;
  /** Draws the last state and the summary; nothing may be drawn after it. */
  readonly finish: () => void;
};

type Line = {
  readonly name: string;
  done: number;
  total: number | null;
  readonly startedAt: number;
  touchedAt: number;
};

const barWidth = 24;
const redrawMs = 100;
const quietMs = 10_000;

const seconds = (ms: number): string => {
  const whole = Math.max(0, Math.round(ms / 1_000));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

const number = (value: number): string =>
  Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ' ');

const describe = (line: Line, now: number): string => {
  const ms = Math.max(1, (line.total !== null && line.done >= line.total ? line.touchedAt : now) - line.startedAt);
  const rate = (line.done * 1_000) / ms;
  const counted = line.total === null ? number(line.done) : `${number(line.done)}/${number(line.total)}`;
  const left =
    line.total === null || line.done === 0 || line.done >= line.total
      ? ''
      : `, ${seconds(((line.total - line.done) / rate) * 1_000)}`;
  return `${counted}  ${number(rate)}/s${left}`;
};

const bar = (line: Line): string => {
  if (line.total === null) return '';
  const filled = line.total === 0 ? barWidth : Math.min(barWidth, Math.floor((line.done / line.total) * barWidth));
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] `;
};

/** Builds a progress display. `write` gets raw text for stderr; `title` heads the summary line. Silent with -q. */
export const createProgress = (
  terminal: Pick<Terminal, 'live' | 'quiet' | 'width'>,
  clock: Clock,
  title: string,
  write: (text: string) => void,
): Progress => {
  const lines = new Map<string, Line>();
  const startedAt = clock.monotonic();
  let drawn = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let spokenAt = startedAt;

  // A finished line is written once more and then scrolls away with the rest; only the others are drawn over. So there may be more
  // lines than the terminal has rows.
  const settled = new Set<Line>();

  const draw = (now: number): void => {
    const width = Math.max(0, ...[...lines.keys()].map((name) => name.length));
    const open = [...lines.values()].filter((line) => !settled.has(line));
    const ended = open.filter((line) => line.total !== null && line.done >= line.total);
    const rest = open.filter((line) => !ended.includes(line));
    const text = [...ended, ...rest].map((line) =>
      `${line.name.padEnd(width)}  ${bar(line)}${describe(line, now)}`.slice(0, terminal.width - 1),
    );
    write(`${drawn === 0 ? '' : `\u001B[${drawn}A`}${text.map((one) => `\u001B[2K${one}\n`).join('')}`);
    for (const line of ended) settled.add(line);
    drawn = rest.length;
    drawnAt = now;
  };

  const update = (name: string, done: number, total: number | null): void => {
    if (terminal.quiet) return;
    const now = clock.monotonic();
    const line = lines.get(name) ?? { name, done, total, startedAt: now, touchedAt: now };
    lines.set(name, line);
    line.done = done;
    line.total = total;
    line.touchedAt = now;
    if (terminal.live) {
      if (now - drawnAt >= redrawMs) draw(now);
    } else if (now - spokenAt >= quietMs) {
      spokenAt = now;
      write(`${name}  ${describe(line, now)}\n`);
    }
  };

  const finish = (): void => {
    if (terminal.quiet) return;
    const now = clock.monotonic();
    if (terminal.live && lines.size > 0) draw(now);
    let done = 0;
    for (const line of lines.values()) done += line.done;
    const ms = Math.max(1, now - startedAt);
    write(`${title}: ${number(done)} (${lines.size}), ${seconds(ms)}, ${number((done * 1_000) / ms)}/s\n`);
  };

  return { update, finish };
};
