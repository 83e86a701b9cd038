// Which content type an answer has: what the client takes best of what is offered (RFC 9110). Called by rest.ts. Pure.

/** The first of those offered that no other is preferred to; null when the client takes none. No header, or an empty one, takes anything. */
export const acceptedType = (accept: string | null, offered: readonly string[]): string | null => {
  const ranges = accept === null || accept.trim() === '' ? null : accept.split(',').flatMap(rangeOf);
  if (ranges === null) return offered[0] ?? null;
  let best: { readonly type: string; readonly quality: number } | null = null;
  for (const type of offered) {
    const quality = qualityOf(ranges, type);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type ?? null;
};

type Range = { readonly range: string; readonly quality: number };

const rangeOf = (text: string): readonly Range[] => {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (range === '') return [];
  const said = parameters.find((one) => /^q\s*=/.test(one))?.replace(/^q\s*=\s*/, '');
  const quality = said === undefined ? 1 : /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(said) ? Number(said) : 0;
  return [{ range, quality }];
};

/** What is said most exactly of a type counts. */
const qualityOf = (ranges: readonly Range[], type: string): number => {
  const [main] = type.split('/');
  for (const name of [type, `${main}/*`, '*/*']) {
    const found = ranges.filter(({ range }) => range === name);
    if (found.length > 0) return Math.max(...found.map(({ quality }) => quality));
  }
  return 0;
};
