// Renders the templates of the chart as Helm does, as far as they go: the part of Go's templates and the few functions that they use, and an
// error for anything else. Used by the tests of the chart, where no helm is installed; knows nothing of what is rendered.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly words: readonly string[] }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly words: readonly string[];
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

type Scope = { readonly dot: unknown; readonly variables: Readonly<Record<string, unknown>> };
type Call = (args: readonly unknown[]) => unknown;

/** What a chart says and reads: `file` → text of the templates, its names and its values. */
export type Chart = {
  readonly templates: ReadonlyMap<string, string>;
  readonly about: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The chart of a folder. Throws when it cannot be read. */
export const readChart = (folder: string): Chart => {
  const yamlOf = (name: string): Readonly<Record<string, unknown>> => {
    const value: unknown = parse(readFileSync(join(folder, name), 'utf8'));
    if (!isRecord(value)) throw new Error(`${name} holds no names and values`);
    return value;
  };
  const names = readdirSync(join(folder, 'templates')).toSorted();
  return {
    templates: new Map(names.map((name) => [name, readFileSync(join(folder, 'templates', name), 'utf8')])),
    about: yamlOf('Chart.yaml'),
    values: yamlOf('values.yaml'),
  };
};

/** Values with others laid over them, as `--values` does: maps go together, anything else is replaced. */
export const laidOver = (under: unknown, over: unknown): unknown =>
  isRecord(under) && isRecord(over)
    ? Object.fromEntries(
        [...new Set([...Object.keys(under), ...Object.keys(over)])].map((name) => [
          name,
          name in over ? laidOver(under[name], over[name]) : under[name],
        ]),
      )
    : over;

/** The text that each file of the chart becomes. Throws where Helm would, and for what this file does not know. */
export const renderChart = (chart: Chart, values: unknown, release = 'hub'): ReadonlyMap<string, string> => {
  const parts = new Map<string, readonly Node[]>();
  const files = [...chart.templates].map(([name, text]) => {
    const body = read(text, parts);
    parts.set(`templates/${name}`, body);
    return { name, body };
  });
  const capital = Object.fromEntries(
    Object.entries(chart.about).map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
  const root = {
    Values: values,
    Chart: capital,
    Release: { Name: release, Namespace: 'school', Service: 'Helm' },
    Template: { BasePath: 'templates' },
  };
  const functions: Readonly<Record<string, Call>> = {
    ...plain,
    include: ([name, dot]) => {
      const part = parts.get(String(name));
      if (part === undefined) throw new Error(`there is no template ${String(name)}`);
      return write(part, { dot, variables: { $: dot } }, functions);
    },
  };
  return new Map(
    files
      .filter(({ name }) => !name.startsWith('_'))
      .map(({ name, body }) => [name, write(body, { dot: root, variables: { $: root } }, functions)]),
  );
};

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const full = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isRecord(value) ? Object.keys(value).length > 0 : Boolean(value);
const indented = (depth: unknown, value: unknown): string =>
  text(value)
    .split('\n')
    .map((line) => `${' '.repeat(Number(depth))}${line}`)
    .join('\n');

const stop = (message: unknown): never => {
  throw new Error(text(message));
};

const plain: Readonly<Record<string, Call>> = {
  quote: ([value]) => JSON.stringify(text(value)),
  default: ([other, value]) => (full(value) ? value : other),
  not: ([value]) => !full(value),
  contains: ([part, whole]) => text(whole).includes(text(part)),
  trunc: ([length, value]) => text(value).slice(0, Number(length)),
  trimSuffix: ([end, value]) => (text(value).endsWith(text(end)) ? text(value).slice(0, -text(end).length) : value),
  print: (all) => all.map(text).join(''),
  printf: ([form, ...all]) => {
    let at = 0;
    return text(form).replaceAll('%s', () => text(all[at++]));
  },
  add: (all) => all.reduce<number>((sum, one) => sum + Number(one), 0),
  nindent: ([depth, value]) => `\n${indented(depth, value)}`,
  toYaml: ([value]) => stringify(value, { lineWidth: 0 }).trimEnd(),
  sha256sum: ([value]) => createHash('sha256').update(text(value)).digest('hex'),
  required: ([message, value]) => (value === undefined || value === null || value === '' ? stop(message) : value),
  fail: ([message]) => stop(message),
};

const word = /"(?:[^"\\]|\\.)*"|[()|,]|:=|[^\s()|,]+/g;

const read = (source: string, parts: Map<string, readonly Node[]>): readonly Node[] => {
  const pieces = source.split(/(\{\{-?[^]*?-?\}\})/);
  let at = 0;
  let trimNext = false;

  const until = (...ends: readonly string[]): { readonly nodes: readonly Node[]; readonly end: string } => {
    const nodes: Node[] = [];
    for (; at < pieces.length; at += 1) {
      const piece = pieces[at] ?? '';
      if (!piece.startsWith('{{')) {
        const from = trimNext ? piece.trimStart() : piece;
        nodes.push({ kind: 'text', text: (pieces[at + 1] ?? '').startsWith('{{-') ? from.trimEnd() : from });
        trimNext = false;
        continue;
      }
      trimNext = piece.endsWith('-}}');
      const [first = '', ...rest] =
        piece
          .replace(/^\{\{-?/, '')
          .replace(/-?\}\}$/, '')
          .match(word) ?? [];
      if (ends.includes(first)) return { nodes, end: first };
      if (first === 'define') {
        at += 1;
        parts.set(JSON.parse(rest[0] ?? '""'), until('end').nodes);
      } else if (first === 'if' || first === 'with' || first === 'range') {
        at += 1;
        const { nodes: body, end } = until('else', 'end');
        if (end === 'else') at += 1;
        nodes.push({ kind: first, words: rest, body, otherwise: end === 'else' ? until('end').nodes : [] });
      } else nodes.push({ kind: 'value', words: [first, ...rest] });
    }
    if (ends.length > 0) throw new Error('a block of the template has no end');
    return { nodes, end: '' };
  };
  return until().nodes;
};

const write = (nodes: readonly Node[], scope: Scope, functions: Readonly<Record<string, Call>>): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      if (node.kind === 'value') return text(valueOf(node.words, scope, functions));
      const names = node.words.includes(':=') ? node.words.slice(0, node.words.indexOf(':=')) : [];
      const value = valueOf(node.words.slice(names.length === 0 ? 0 : names.length + 1), scope, functions);
      if (!full(value)) return write(node.otherwise, scope, functions);
      if (node.kind === 'if') return write(node.body, scope, functions);
      if (node.kind === 'with') return write(node.body, { ...scope, dot: value }, functions);
      const [first, second] = names.filter((name) => name !== ',');
      const entries = Array.isArray(value)
        ? [...value.entries()]
        : Object.entries(isRecord(value) ? value : {}).toSorted();
      return entries
        .map(([key, one]) => {
          const variables = { ...scope.variables, ...(first && { [first]: key }), ...(second && { [second]: one }) };
          return write(node.body, { dot: one, variables }, functions);
        })
        .join('');
    })
    .join('');

/** The value of a pipeline: terms, functions in front of theirs, what one gives is the last argument of the next. */
const valueOf = (words: readonly string[], scope: Scope, functions: Readonly<Record<string, Call>>): unknown => {
  let at = 0;
  const pipeline = (): unknown => {
    let [value, piped] = [undefined as unknown, false];
    for (;;) {
      const terms: (() => unknown)[] = [];
      let call: Call | undefined;
      for (; at < words.length && words[at] !== '|' && words[at] !== ')'; at += 1) {
        const one = words[at] ?? '';
        if (one === '(') {
          at += 1;
          const inner = pipeline();
          terms.push(() => inner);
        } else if (terms.length === 0 && call === undefined && /^[a-zA-Z]\w*$/.test(one)) {
          call = functions[one] ?? stop(`the function ${one} is not known here`);
        } else terms.push(() => termOf(one, scope));
      }
      const args = [...terms.map((term) => term()), ...(piped ? [value] : [])];
      value = call === undefined ? args[0] : call(args);
      if (words[at] !== '|') return value;
      at += 1;
      piped = true;
    }
  };
  return pipeline();
};

const termOf = (term: string, { dot, variables }: Scope): unknown => {
  if (term.startsWith('"')) return JSON.parse(term);
  if (/^\d+$/.test(term)) return Number(term);
  const [start = '', ...names] = term.split('.').filter((part, index) => part !== '' || index === 0);
  if (start !== '' && !(start in variables)) return stop(`${term} is not known here`);
  return names.reduce<unknown>(
    (value, name) => (isRecord(value) ? value[name] : stop(`${term} leads nowhere`)),
    start === '' ? dot : variables[start],
  );
};
