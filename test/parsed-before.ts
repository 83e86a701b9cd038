// Loaded before every test file that `npm test` runs: hundreds of processes load the same model, and parsing its files is nine tenths of that.
// What a text of YAML holds is kept by its content and the version of the parser, and read from there by the next process; all that is made of it
// is made anew. A text that has something wrong with it is never kept, and lines are found by parsing it. Knows nothing of models.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';

const load = createRequire(import.meta.url);
const folder = path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'parsed-yaml');
/** Shorter ones cost nothing. */
const worthKeeping = 1_000;

const yaml = load('yaml') as { parseDocument: (typeof import('yaml'))['parseDocument'] };
const { version } = load('yaml/package.json') as { readonly version: string };
const parse = yaml.parseDocument;

const fileOf = (text: string): string =>
  path.join(folder, createHash('sha256').update(`${version} ${process.version}\n${text}`).digest('hex'));

const keptIn = (file: string): Buffer | null => {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
};

const keep = (file: string, value: unknown): void => {
  mkdirSync(folder, { recursive: true });
  const half = `${file}-${process.pid}`;
  writeFileSync(half, serialize(value));
  renameSync(half, file);
};

/** As the document of the text, which is parsed when more is asked of it than what it holds. */
const standIn = (kept: Buffer, whole: () => object): object => {
  let parsed: object | null = null;
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'errors' || name === 'warnings') return [];
        if (name === 'toJS') return (): unknown => deserialize(kept);
        parsed ??= whole();
        return Reflect.get(parsed, name);
      },
    },
  );
};

// Who counts lines reads a file of the model; others may ask for more than what a text holds.
yaml.parseDocument = ((text, options) => {
  if (text.length < worthKeeping || options?.lineCounter === undefined) return parse(text, options);
  const file = fileOf(text);
  const kept = keptIn(file);
  if (kept !== null) return standIn(kept, () => parse(text, options));
  const document = parse(text, options);
  if (document.errors.length + document.warnings.length === 0) keep(file, document.toJS());
  return document;
}) as typeof parse;
