// Gives the figures of a term: counted once, from the day on which they are released, and the same for everybody for ever after, so that no two answers
// differ by what somebody has done in between (decision 69). Called by the operations. Who asks must see all that is counted, each time.
import type { Clock } from '#base/clock.ts';
import { type Problem, problem } from '#base/errors.ts';
import type { Walk } from '#hub/documents/document.ts';
import type { WholeSight } from '#hub/documents/whole-sight.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { civilNow } from '#mappings/converters.ts';
import { readSheet, type SheetReading } from './count-sheet.ts';
import type { FigureRow } from './figures.ts';
import { keyOfTerm, releaseDay, type ReportedTerm } from './release-days.ts';
import type { DerivedSheet, Sheet } from './sheet.ts';

/** Figures as they are kept; `day` is the civil date on which they were counted. */
export type KeptFigures = { readonly day: string; readonly rows: readonly FigureRow[] };

/** Where figures are kept for good, over all processes. */
export type FigureShelf = {
  readonly read: (tenant: string, name: string) => Promise<KeptFigures | null>;
  /** Keeps the figures unless there are some under the name: gives those that are kept. */
  readonly keep: (tenant: string, name: string, figures: KeptFigures) => Promise<KeptFigures>;
};

export type SheetsDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly walk: Walk;
  readonly sight: WholeSight;
  readonly shelf: FigureShelf;
  readonly clock: Pick<Clock, 'now'>;
};

export type SheetAnswer =
  | { readonly kind: 'figures'; readonly figures: KeptFigures }
  /** The caller does not see all that is counted, or nothing of it: told apart for nobody. */
  | { readonly kind: 'missing' }
  /** They are told from a day on that has not come. */
  | { readonly kind: 'not-yet'; readonly day: string }
  /** The data are not all there: some source has not delivered everything once, or a delivery waits to be confirmed. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type Sheets = {
  readonly ask: (
    sheet: Sheet | DerivedSheet,
    at: { readonly term: ReportedTerm; readonly institution: string },
    context: QueryContext,
  ) => Promise<SheetAnswer>;
};

/** Makes the sheets. Throws a HubError at start when the model does not bear one out. */
export const createSheets = (sheets: readonly Sheet[], deps: SheetsDeps): Sheets => {
  const readings = new Map(sheets.map((sheet) => [sheet.name, readSheet(sheet, deps.model)]));
  const turns = new Map<string, Promise<unknown>>();

  const kept = async (
    reading: SheetReading,
    at: { readonly term: ReportedTerm; readonly institution: string },
    context: QueryContext,
  ): Promise<SheetAnswer> => {
    const { tenant } = context.principal;
    const name = `${reading.sheet.name}/${keyOfTerm(at.term)}`;
    const root = { kind: 'state', collection: reading.sheet.mapping.collection } as const;
    // Asked each time, so that each is in the audit.
    const asked = await deps.hub.run(root, context);
    if (asked.kind !== 'state' || (await deps.sight(context.principal, reading.projection)) !== 'whole')
      return { kind: 'missing' };
    const { today } = civilNow(deps.clock.now());
    const day = releaseDay(at.term, reading.sheet.after);
    if (today < day) return { kind: 'not-yet', day };
    // In this process one after the other: whoever comes second finds what the first has kept.
    const turn = `${tenant} ${name}`;
    const before = turns.get(turn) ?? null;
    const work = async (): Promise<SheetAnswer> => {
      await before?.catch(() => {});
      const known = await deps.shelf.read(tenant, name);
      if (known !== null) return { kind: 'figures', figures: known };
      if (!(await isComplete(reading, context))) return { kind: 'incomplete' };
      const counted = await reading.count(deps.walk, { ...at, now: { today } }, context);
      if (counted.kind !== 'rows') return counted;
      return { kind: 'figures', figures: await deps.shelf.keep(tenant, name, { day: today, rows: counted.rows }) };
    };
    const working = work();
    turns.set(turn, working);
    try {
      return await working;
    } finally {
      if (turns.get(turn) === working) turns.delete(turn);
    }
  };

  /** By what sources have promised and done, and by nothing that says who is in the data. */
  const isComplete = async ({ projection }: SheetReading, context: QueryContext): Promise<boolean> => {
    for (const path of new Set(projection.shape.all.map(({ collection }) => collection.path))) {
      const answer = await deps.hub.run({ kind: 'state', collection: path }, context);
      if (answer.kind !== 'state') return false;
      const { sources, fullSyncAt, held } = answer.state.freshness;
      if (sources.length > 0 && (fullSyncAt === null || held)) return false;
    }
    return true;
  };

  return {
    ask: async (sheet, at, context) => {
      const counted = 'from' in sheet ? sheet.from : sheet;
      const reading = readings.get(counted.name);
      if (reading === undefined)
        return { kind: 'refused', problem: problem('HUB-500', `No figures are called ${counted.name}.`) };
      const answer = await kept(reading, at, context);
      if (answer.kind !== 'figures' || !('from' in sheet)) return answer;
      const { day, rows } = answer.figures;
      return { kind: 'figures', figures: { day, rows: sheet.derive(rows) } };
    },
  };
};
