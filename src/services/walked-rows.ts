// Rows of a mapping for an answer: every document that matches, written in the notation that was asked for, a page at a time, however many there are. Called
// by handlers of services; asks the hub through its walk.
import { problem } from '#base/errors.ts';
import type { DocumentNode, Narrow, Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import type { Notation } from '#mappings/notation.ts';
import { type FactsMaker, projectionOf } from '#mappings/project.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';
import type { Handled } from './service.ts';

export type RowsAsked<Facts> = {
  readonly reading: MappingReading;
  readonly notation: Notation;
  readonly now: CivilNow;
  /** Rows that may match. */
  readonly narrow: Narrow | null;
  /** What decides besides. */
  readonly facts: FactsMaker<Facts>;
  readonly accept: (facts: Facts) => boolean;
  /** What is told on request, by the names of fields. Absent = none of it. */
  readonly includes?: ReadonlySet<string>;
  /** The row with what is to be told of it: to leave out parts that no field can judge. Absent = as it is. */
  readonly shown?: (row: DocumentNode) => DocumentNode;
  /** What is put to the texts of rows that no field leads to. Absent = nothing. */
  readonly joined?: Joined;
};

/** Reads for a page of rows together, and gives what makes of the text of each what it is with that. */
export type Joined = (page: readonly DocumentNode[]) => Promise<(row: DocumentNode, text: string) => string>;

const noIncludes: ReadonlySet<string> = new Set();

const asItIs = (row: DocumentNode): DocumentNode => row;

/** All that matches and that the caller sees, in the order of creation. Missing is answered like what does not exist. */
export const walkedRows = async <Facts>(
  walk: Walk,
  { reading, notation, now, narrow, facts, accept, includes = noIncludes, shown = asItIs, joined }: RowsAsked<Facts>,
  context: QueryContext,
): Promise<Handled> => {
  const projection = projectionOf(reading, { fields: null, includes, now }, facts, { notation, id: null });
  const walked = await walk({ projection, narrow, exact: true }, context);
  if (walked.kind === 'missing') return notThere;
  if (walked.kind === 'refused') return { kind: 'problem', problem: walked.problem };
  const rows = async function* (): AsyncGenerator<readonly string[]> {
    for await (const page of walked.pages) {
      const texts: string[] = [];
      if (joined === undefined) {
        for (const row of page) if (accept(projection.facts(row))) texts.push(projection.render(shown(row)));
      } else {
        const kept = [...page].filter((row) => accept(projection.facts(row)));
        const put = await joined(kept);
        for (const row of kept) texts.push(put(row, projection.render(shown(row))));
      }
      if (texts.length > 0) yield texts;
    }
  };
  return { kind: 'rows', rows: rows() };
};

/** What the caller may not see, what belongs to others and what does not exist are one answer. */
export const notThere: Handled = { kind: 'problem', problem: problem('HUB-204', 'There is no such thing.') };
