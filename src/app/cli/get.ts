// `bindeledd get <path>`: asks the hub and prints the answer; with --all follows the pages and prints one entry a line.
import { systemClock } from '#base/clock.ts';
import type { Settings } from '#config/settings.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createHubClient, type CallOptions } from './hub-client.ts';
import { createProgress } from './progress.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

export type GetOptions = CallOptions & {
  readonly all: boolean;
  /** Entries per page with --all, when the path does not say. */
  readonly pageSize: number;
};

type Page = { readonly entries: readonly unknown[]; readonly next: string | null; readonly total: number | null };

/** Runs the command; gives its exit code, throws CommandFailure. */
export const runGet = async (
  terminal: Terminal,
  settings: Settings,
  path: string,
  options: GetOptions,
): Promise<ExitCode> => {
  const client = createHubClient(settings, options, terminal.language);
  if (!options.all) {
    const text = await (await client.send('GET', path)).text();
    terminal.out(terminal.json ? text : pretty(text));
    return exitCodes.ok;
  }
  const progress = createProgress(terminal, systemClock, 'get', (line) => process.stderr.write(line));
  let target: string | null = sized(path, options.pageSize);
  let count = 0;
  while (target !== null) {
    const answer = await client.send('GET', target);
    const page = readPage(await answer.text(), answer.headers.get('link'));
    if (page.entries.length > 0) terminal.out(page.entries.map((entry) => JSON.stringify(entry)).join('\n'));
    count += page.entries.length;
    progress.update(path, count, page.total);
    if (page.next === target)
      throw new CommandFailure(exitCodes.remote, 'The hub names the same page as the next one.');
    target = page.next;
  }
  progress.finish();
  return exitCodes.ok;
};

// Without a size a collection comes as one answer; pages keep memory flat.
const sized = (path: string, size: number): string =>
  /[?&]size=/.test(path) ? path : `${path}${path.includes('?') ? '&' : '?'}size=${size}`;

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

type Listing = {
  readonly _embedded?: { readonly _entries?: readonly unknown[] };
  readonly _entries?: readonly unknown[];
  readonly _links?: { readonly next?: readonly { readonly href?: string }[] };
  readonly total_items?: number;
  readonly more?: boolean;
};

const readPage = (text: string, link: string | null): Page => {
  let value: Listing | readonly unknown[];
  try {
    value = JSON.parse(text) as Listing | readonly unknown[];
  } catch {
    throw new CommandFailure(exitCodes.remote, 'The answer is not JSON.');
  }
  const linked = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1] ?? null;
  if (isArray(value)) return { entries: value, next: linked, total: null };
  const entries = value['_embedded']?.['_entries'] ?? value['_entries'];
  if (entries === undefined) return { entries: [value], next: null, total: null };
  // A feed always names where to go on; it has more only when it says so.
  const next = value.more === false ? null : (value['_links']?.next?.[0]?.href ?? linked);
  return { entries, next, total: typeof value.total_items === 'number' ? value.total_items : null };
};

const isArray = (value: Listing | readonly unknown[]): value is readonly unknown[] => Array.isArray(value);
