// Which rows are offered in a term: those whose period of terms holds it. Periods name terms by links on a value, so that the choice of rows decides alone.
// Called by the operations.
import type { Narrow, Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { anyOf, through, throughKeys } from '#mappings/narrowing.ts';
import { readLeanMapping } from '#mappings/read-mapping.ts';
import { readValues } from '#mappings/read-values.ts';
import { codesInOrder, periodLinks, textMapping, termMapping } from './mappings/terms.ts';

export type TermPeriods = {
  /** Rows whose period (an attribute) holds the term, open ends counting; null where the caller sees no terms. */
  readonly holding: (key: string, context: QueryContext) => Promise<((attribute: string) => Narrow) | null>;
  /** Numbers of the texts that rows lead to by a relation and that are of the term. */
  readonly textsOf: (
    asked: { readonly collection: string; readonly relation: string; readonly of: Narrow; readonly period: Narrow },
    context: QueryContext,
  ) => Promise<ReadonlySet<number>>;
};

const everything: Narrow = { kind: 'all', of: [] };

/** A place in time of a key, `2026,VÅR`, that can be compared; undefined for what is none. */
const placeOf = (key: string): number | undefined => {
  const [year, code] = key.split(',');
  const at = codesInOrder.indexOf(code ?? '');
  return at === -1 || !/^\d{4}$/.test(year ?? '') ? undefined : Number(year) * codesInOrder.length + at;
};

/** Rows of which an end of the period is one of these terms, or open. */
const end = (link: string, keys: readonly string[]): Narrow =>
  anyOf({ kind: 'not', of: through([link], everything) }, ...(keys.length === 0 ? [] : [throughKeys([link], ...keys)]));

/** Makes it. Throws a HubError at start when the model has no terms. */
export const createTermPeriods = (model: Model, walk: Walk): TermPeriods => {
  const reading = readLeanMapping(termMapping, model);
  const valuesOf = readValues<{ readonly key?: string }>(reading);
  const textReadings = new Map<string, ReturnType<typeof readLeanMapping>>();
  return {
    holding: async (key, context) => {
      const asked = placeOf(key);
      const walked = await walk({ projection: { id: termMapping.name, shape: reading.shape }, narrow: null }, context);
      if (walked.kind !== 'walk' || asked === undefined) return null;
      const [before, after]: [string[], string[]] = [[], []];
      for await (const page of walked.pages)
        for (const row of page) {
          const known = valuesOf(row, { today: '' }).key;
          const place = known === undefined ? undefined : placeOf(known);
          if (known === undefined || place === undefined) continue;
          if (place <= asked) before.push(known);
          if (place >= asked) after.push(known);
        }
      return (attribute) => {
        const [from, until] = periodLinks(attribute);
        return { kind: 'all', of: [end(from, before), end(until, after)] };
      };
    },
    textsOf: async ({ collection, relation, of, period }, context) => {
      const path = model.collections.get(collection)?.links.get(relation)?.target ?? '';
      const texted = textReadings.get(path) ?? readLeanMapping(textMapping(path), model);
      textReadings.set(path, texted);
      const narrow: Narrow = { kind: 'all', of: [{ kind: 'led-to', by: collection, relation, of }, period] };
      const projection = { id: `texts ${path}`, shape: texted.shape };
      const walked = await walk({ projection, narrow, exact: true }, context);
      const found = new Set<number>();
      if (walked.kind === 'walk') for await (const page of walked.pages) for (const { uid } of page) found.add(uid);
      return found;
    },
  };
};
