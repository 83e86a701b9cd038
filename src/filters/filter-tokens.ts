// Cuts the text of a filter into tokens. Called by parse-filter.ts only. Knows no model and no grammar.

export type TokenKind = 'word' | 'text' | 'literal' | 'sign' | 'end' | 'bad';

/** `text` is the content without quotes for `text`, and what is wrong for `bad`; `at` counts characters from 1. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly at: number };

const blank = /\s+/y;
const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
/** Numbers, and dates without quotes. */
const literal = /[-+]?\d[\w.:+-]*/y;
const signs = '(),/:';

/** Gives the tokens, the last of kind `end`; a `bad` one ends the list early. Linear in the length of the text. */
export const tokenise = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  let index = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = index;
    return pattern.exec(source)?.[0] ?? null;
  };
  for (;;) {
    index += take(blank)?.length ?? 0;
    const at = index + 1;
    const next = source[index];
    if (next === undefined) return [...tokens, { kind: 'end', text: '', at }];
    if (next === "'") {
      const end = closingQuote(source, index + 1);
      if (end === -1) return [...tokens, { kind: 'bad', text: 'this quote is never closed', at }];
      tokens.push({ kind: 'text', text: source.slice(index + 1, end).replaceAll("''", "'"), at });
      index = end + 1;
      continue;
    }
    if (signs.includes(next)) {
      tokens.push({ kind: 'sign', text: next, at });
      index += 1;
      continue;
    }
    const name = take(word);
    const found = name ?? take(literal);
    if (found === null) return [...tokens, { kind: 'bad', text: 'this character has no meaning outside quotes', at }];
    tokens.push({ kind: name === null ? 'literal' : 'word', text: found, at });
    index += found.length;
  }
};

/** Where the quote closes; a doubled quote stands for one inside the text. -1 when it never does. */
const closingQuote = (source: string, from: number): number => {
  for (let index = source.indexOf("'", from); index !== -1; index = source.indexOf("'", index + 2))
    if (source[index + 1] !== "'") return index;
  return -1;
};
