// The scripts and styles of the page: those of packages, as they bring them for browsers, and our own beside this file. Read when somebody first opens
// a page, and named after what they hold, so that a browser fetches each once. Used by console-routes.ts.
import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readPageFile, type PageFile } from '#apis/page-files.ts';

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

const ours = 'console.js';
const ourStyle = 'console.css';

// What packages have for browsers is not among what they export, but lies beside what they are described by.
const sources: readonly (readonly [name: string, type: string, at: () => URL])[] = [
  ['react.js', script, () => new URL('umd/react.production.min.js', import.meta.resolve('react/package.json'))],
  [
    'react-dom.js',
    script,
    () => new URL('umd/react-dom.production.min.js', import.meta.resolve('react-dom/package.json')),
  ],
  ['graphiql.js', script, () => new URL('graphiql.min.js', import.meta.resolve('graphiql/package.json'))],
  ['graphiql.css', style, () => new URL('graphiql.min.css', import.meta.resolve('graphiql/package.json'))],
  [ours, script, () => new URL('browser/console.js', import.meta.url)],
  [ourStyle, style, () => new URL('browser/console.css', import.meta.url)],
];

export type ConsoleFiles = {
  /** By what stands in their address: `<hash>/<name>`. */
  readonly byAddress: ReadonlyMap<string, PageFile>;
  /** In the order in which they are run; ours comes last, and is a module. */
  readonly scripts: readonly string[];
  readonly module: string;
  readonly styles: readonly string[];
  /** Of them the one that is ours. */
  readonly ownStyle: string;
};

let read: Promise<ConsoleFiles> | null = null;

/** The files, read once for all pages of the process. Rejects with what the file system says; the next call tries again. */
export const consoleFiles = (): Promise<ConsoleFiles> => {
  read ??= readFiles().catch((error: unknown) => {
    read = null;
    throw error;
  });
  return read;
};

const readFiles = async (): Promise<ConsoleFiles> => {
  const byAddress = new Map<string, PageFile>();
  for (const [name, type, at] of sources) {
    const file = await readPageFile(type, fileURLToPath(at()));
    byAddress.set(`${hash('sha256', file.plain, 'base64url').slice(0, 16)}/${name}`, file);
  }
  const addresses = [...byAddress.keys()];
  return {
    byAddress,
    scripts: addresses.filter((one) => one.endsWith('.js') && !one.endsWith(`/${ours}`)),
    module: addresses.find((one) => one.endsWith(`/${ours}`)) ?? ours,
    styles: addresses.filter((one) => one.endsWith('.css')),
    ownStyle: addresses.find((one) => one.endsWith(`/${ourStyle}`)) ?? ourStyle,
  };
};
