// A small lexer for TypeScript, enough for the checks of layers and form: words, punctuation, strings, templates, regular expressions and
// comments with their lines. Called by imports.ts and form.ts. It knows no grammar; a file that does not lex is read to its end as it is.

export type Token = {
  readonly kind: 'word' | 'punctuation' | 'string' | 'template' | 'regex' | 'comment';
  /** The text as written; of strings and templates only what stands between the quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Nothing stands between this token and the one before. */
  readonly adjacent: boolean;
};

const wordStart = /[\p{L}\p{Nd}_$#]/u;
const word = /[\p{L}\p{Nd}_$#]+/uy;
const punctuation =
  /\?\?=|\.\.\.|===|!==|>>>=|\*\*=|<<=|&&=|\|\|=|=>|==|!=|<=|\?\?|\?\.|&&|\|\||\+\+|--|\+=|-=|\*=|\/=|\*\*|[^\s]/uy;
const regexBody = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** Words after which a slash begins a regular expression and not a division. */
const beforeRegex: ReadonlySet<string> = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'void',
  'delete',
  'throw',
  'new',
  'await',
  'yield',
]);

/** Takes the text of a file, gives its tokens in order. Code inside `${}` of a template is lexed too and follows its template. */
export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  let end = -1;
  /** Brace depth at which each open template goes on. */
  const templates: number[] = [];
  let depth = 0;

  const push = (kind: Token['kind'], value: string, length: number): void => {
    tokens.push({ kind, text: value, line, adjacent: end === at });
    for (let index = at; index < at + length; index += 1) if (text[index] === '\n') line += 1;
    at += length;
    end = at;
  };
  const matching = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const quoted = (quote: string): void => {
    let stop = at + 1;
    while (stop < text.length && text[stop] !== quote && text[stop] !== '\n') stop += text[stop] === '\\' ? 2 : 1;
    push('string', text.slice(at + 1, stop), stop + 1 - at);
  };
  /** From a backtick or the brace that ends an expression, to the closing backtick or the next expression. */
  const template = (): void => {
    let stop = at + 1;
    while (stop < text.length && text[stop] !== '`' && !text.startsWith('${', stop))
      stop += text[stop] === '\\' ? 2 : 1;
    const opens = text.startsWith('${', stop);
    push('template', text.slice(at + 1, stop), stop + (opens ? 2 : 1) - at);
    if (opens) templates.push(depth);
  };
  const divides = (): boolean => {
    const last = tokens.findLast((token) => token.kind !== 'comment');
    if (last === undefined) return false;
    if (last.kind === 'word') return !beforeRegex.has(last.text);
    return last.kind !== 'punctuation' || [')', ']', '}'].includes(last.text);
  };

  while (at < text.length) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) {
      if (char === '\n') line += 1;
      at += 1;
    } else if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) {
      const stop = text.indexOf('\n', at);
      const value = text.slice(at, stop === -1 ? text.length : stop);
      push('comment', value, value.length);
    } else if (text.startsWith('/*', at)) {
      const stop = text.indexOf('*/', at + 2);
      const value = text.slice(at, stop === -1 ? text.length : stop + 2);
      push('comment', value, value.length);
    } else if (char === "'" || char === '"') quoted(char);
    else if (char === '`') template();
    else if (char === '}' && templates.at(-1) === depth) {
      templates.pop();
      template();
    } else if (wordStart.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) {
      const value = matching(word) ?? char;
      push('word', value, value.length);
    } else {
      const regex = char === '/' && !divides() ? matching(regexBody) : null;
      const value = regex ?? matching(punctuation) ?? char;
      if (regex === null && value === '{') depth += 1;
      if (regex === null && value === '}') depth -= 1;
      push(regex === null ? 'punctuation' : 'regex', value, value.length);
    }
  }
  return tokens;
};

/** The tokens that are code. */
export const codeOf = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter((token) => token.kind !== 'comment');

/** True when the words or punctuation marks `texts` stand at `index`; strings never match. */
export const standsAt = (code: readonly Token[], index: number, ...texts: readonly string[]): boolean =>
  texts.every((text, offset) => {
    const token = code[index + offset];
    return token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'punctuation');
  });
