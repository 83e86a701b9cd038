// Tables at work: what is asked for becomes a choice of rows, the choice documents; changes become one write. Called by the APIs that tell types as tables,
// through the type Tables; asks the hub and no store, and knows no HTTP.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { Documents, Narrow, Projection, Walk, WalkedDocuments } from '#hub/documents/document.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import { equalTo } from '#mappings/equality.ts';
import { allOf, through } from '#mappings/narrowing.ts';
import type { Model } from '#model/model.ts';
import type { Given, TableList, TableReading, TableRow, Tables } from './table.ts';
import { createWriter } from './write-rows.ts';

export type TablesDeps = {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly graph: Graph;
  readonly documents: Documents;
  readonly walk: Walk;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
};

/** Makes the tables over what the hub answers with. */
export const createTables = (deps: TablesDeps): Tables => {
  const { graph, documents, walk } = deps;
  const writer = createWriter(deps);

  const shown = async (
    projection: Projection<unknown>,
    uids: readonly number[],
    context: QueryContext,
  ): Promise<TableList> => {
    const found = await documents.find({ kind: 'by-uid', listed: true, projection, uids, accept: null }, context);
    if (found.kind !== 'documents') return found;
    return {
      kind: 'rows',
      rows: found.documents,
      total: found.documents.length,
      next: null,
      sensitive: found.sensitive,
    };
  };

  return {
    list: async (reading, projection, { given, page, narrow: besides = null }, context) => {
      const choice = choiceOf(reading, given);
      if (!choice.ok) return { kind: 'refused', problem: choice.problem };
      const collection = reading.mapping.shape.root.collection.path;
      const narrow = allOf([choice.value, besides]);
      const [answer] = await graph.read([{ kind: 'rows', collection, narrow, page }], context);
      if (answer === undefined || answer.kind === 'missing') return { kind: 'missing' };
      if (answer.kind === 'refused') return answer;
      if (answer.kind !== 'rows') throw new Error(`rows were asked for, and ${answer.kind} came`);
      const rows = await shown(projection, answer.uids, context);
      if (rows.kind !== 'rows') return rows;
      return { ...rows, total: answer.total, next: answer.more ? (answer.uids.at(-1) ?? null) : null };
    },

    rows: (_reading, projection, uids, context) => shown(projection, uids, context),

    one: async ({ key }, projection, value, context): Promise<TableRow> => {
      const found = await documents.find(
        { kind: 'by-identifier', projection, through: [], field: key.segment, value, accept: null },
        context,
      );
      if (found.kind !== 'documents') return found;
      const [row] = found.documents;
      return row === undefined ? { kind: 'missing' } : { kind: 'row', row, sensitive: found.sensitive };
    },

    walk: async (reading, projection, given, context) => {
      const choice = choiceOf(reading, given);
      if (!choice.ok) return { kind: 'refused', problem: choice.problem };
      return walk({ projection, narrow: choice.value, exact: true }, context);
    },

    texts: async (reading, projection, given, context) => {
      const choice = choiceOf(reading, given);
      if (!choice.ok) return { kind: 'refused', problem: choice.problem };
      const { render } = projection;
      const walked = await walk({ projection, narrow: choice.value, exact: true, render }, context);
      return walked.kind === 'walk' ? { kind: 'texts', pages: textsOf(walked.pages) } : walked;
    },

    write: writer.write,
    outcome: writer.outcome,
  };
};

const textsOf = async function* (pages: AsyncIterable<WalkedDocuments>) {
  for await (const { text, length } of pages) if (text !== undefined) yield { text, count: length };
};

/** Of several names that make one value it is not known which is wrong. */
const unlike = (name: string, of: readonly string[]): string => {
  const others = of.filter((one) => one !== name);
  return `is not of the form that it is kept in${others.length === 0 ? '' : `, or ${others.join(', ')} is not`}`;
};

/** The rows that are asked for; null = all. Fails with HUB-103, every name in `errors`. */
const choiceOf = ({ table, filters, filterNames }: TableReading, given: Given): Result<Narrow | null> => {
  const known = new Set(filterNames);
  const errors: ProblemItem[] = Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({ at: `/${name}`, message: 'is nothing that rows can be chosen by' }));
  const chosen: Narrow[] = table.only === undefined ? [] : [table.only];
  for (const { filter, relations, path } of filters) {
    const texts = filter.of.map((name) => (Object.hasOwn(given, name) ? given[name] : undefined));
    if (texts.every((text) => text === undefined)) continue;
    const some = texts.filter((text) => text !== undefined);
    if (some.length < texts.length) {
      const lacking = filter.of.filter((_, index) => texts[index] === undefined);
      errors.push(...lacking.map((name) => ({ at: `/${name}`, message: 'has to be given with the others' })));
      continue;
    }
    const value = filter.read(...some);
    const term = value === undefined ? null : equalTo(path, value);
    if (term === null) errors.push(...filter.of.map((name) => ({ at: `/${name}`, message: unlike(name, filter.of) })));
    else chosen.push(through(relations, { kind: 'where', filter: term }));
  }
  if (errors.length > 0) return failed(problem('HUB-103', 'Rows cannot be chosen by this.', { errors }));
  return ok(allOf(chosen));
};
