// The floor of an answer of GraphQL: a bare node:http server that puts the same bytes together by hand from statements of its own, for every request, and
// does nothing else. Run as a process of its own by scenarios/graphql.ts; ends at once when it does not give what the hub gave.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { organisation } from './datasets.ts';
import { openTreeFloor } from './engines/tree-floor.ts';
import { same, schoolTree, studentPage } from './graphql-questions.ts';
import type { Place } from './place.ts';

export type GraphqlFloorOrder = {
  readonly place: Place;
  /** Number of the institution whose students are asked for; null = what pupils there are. */
  readonly institution: string | null;
  readonly first: number;
  /** What the hub has answered, with its head beside it. */
  readonly file: string;
};

const order = JSON.parse(process.argv[2] ?? '') as GraphqlFloorOrder;
const question = order.institution === null ? schoolTree : studentPage(order.institution);
const wanted = readFileSync(order.file, 'utf8');
// Flat list of names and values, the length among them.
const head: string[] = JSON.parse(readFileSync(`${order.file}.head`, 'utf8'));
const byHand = question.byHand(await openTreeFloor(order.place, organisation), wanted);
same(await byHand(order.first, null), wanted);

const server = createServer(async (_request, response) => {
  const text = await byHand(order.first, null);
  response.writeHead(200, head);
  response.end(text);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
