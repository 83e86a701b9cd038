// Counts a sheet of figures for a term, once: reads every row that may count, as the caller sees it. Called by kept-sheets.ts when nobody has asked
// before; what comes of it holds no count, only what may be told of counts.
import { type Problem, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { readLeanMapping } from '#mappings/read-mapping.ts';
import { createCounter, type FigureRow } from './figures.ts';
import type { CountAt, Sheet } from './sheet.ts';

/** A sheet that the model bears out. `projection` is all that is looked at. */
export type SheetReading = {
  readonly sheet: Sheet;
  readonly projection: Parameters<Walk>[0]['projection'];
  /**
   * Refused when there are more cells than are kept (HUB-102). Goes on to its end when nobody waits any more: whoever asks next finds what it came to.
   * Throws a HubError when the data cannot be read to their end.
   */
  readonly count: (walk: Walk, at: CountAt, context: QueryContext) => Promise<SheetCount>;
};

export type SheetCount =
  | { readonly kind: 'rows'; readonly rows: readonly FigureRow[] }
  /** The caller may not list the rows. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Throws a HubError at start when the model lacks what a sheet looks at. */
export const readSheet = (sheet: Sheet, model: Model): SheetReading => {
  const reading = readLeanMapping(sheet.mapping, model);
  const projection = { id: sheet.mapping.name, shape: reading.shape };
  const counted = sheet.count(reading);
  return {
    sheet,
    projection,
    count: async (walk, at, context) => {
      const walked = await walk({ projection, narrow: sheet.narrow(at.term) }, context);
      if (walked.kind !== 'walk') return walked;
      const counter = createCounter();
      for await (const page of walked.pages) {
        for (const row of page) for (const { cell, person } of counted(row, at)) counter.add(cell, person);
        if (counter.size() > limits.figureCells)
          return refused(problem('HUB-102', `There are more than ${limits.figureCells} cells.`));
      }
      return { kind: 'rows', rows: counter.rows() };
    },
  };
};

const refused = (why: Problem): SheetCount => ({ kind: 'refused', problem: why });
