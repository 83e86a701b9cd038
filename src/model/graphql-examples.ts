// Operations that readers of a GraphQL API can try, as data: `graphql/examples.yaml` of model folders. Read at the start by the composition; the page of
// the API shows them. Knows no schema: that they are right is held by tests.
import type { Result } from '#base/result.ts';
import { readPlainFiles } from './graphql-file.ts';
import {
  listOf,
  memberOf,
  membersOf,
  textIn,
  textOf,
  textsIn,
  type Entry,
  type PlainReading,
} from './graphql-entry.ts';
import type { Text } from './model.ts';

export type GraphqlExample = {
  readonly title: Text;
  /** What it needs in `Feature-Flags`. */
  readonly flags: readonly string[];
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

export type GraphqlExamples = {
  /** The variable that takes the number of the owner; null = examples ask for none. */
  readonly owner: string | null;
  readonly examples: readonly GraphqlExample[];
};

export const noExamples: GraphqlExamples = { owner: null, examples: [] };

const file = 'graphql/examples.yaml';
const topKeys = ['api', 'owner', 'examples'];
const exampleKeys = ['nb', 'en', 'flags', 'query', 'variables'];

/**
 * Takes the texts of the graphql files by their names in findings; gives the examples by the id of their API. Fails with HUB-200 and one item
 * (`file:line`, rule and message) per fault.
 */
export const readGraphqlExamples = (
  texts: ReadonlyMap<string, string>,
): Result<ReadonlyMap<string, GraphqlExamples>> => {
  const held = [...texts.keys()].filter((name) => name === file || name.endsWith(`/${file}`));
  return readPlainFiles(texts, held, (topOf, reading) => new Map(held.map((name) => readFile(topOf(name), reading))));
};

const readFile = (top: Entry, reading: PlainReading): readonly [string, GraphqlExamples] => {
  membersOf(top, reading, topKeys);
  const examples = listOf(memberOf(top, 'examples'), reading).map((entry): GraphqlExample => {
    membersOf(entry, reading, exampleKeys);
    return {
      title: textsIn(entry, reading),
      flags: listOf(memberOf(entry, 'flags'), reading).flatMap((flag) => textOf(flag, reading) ?? []),
      query: textIn(entry, 'query', reading),
      variables: Object.fromEntries(
        membersOf(memberOf(entry, 'variables'), reading).map(([name, { value }]) => [name, value]),
      ),
    };
  });
  return [textIn(top, 'api', reading), { owner: textOf(memberOf(top, 'owner'), reading), examples }];
};
