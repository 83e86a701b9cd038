// Trees of resources by GraphQL: 9,000 of them on three levels beside statements written by hand, a page of students, pages far into a list, documents that
// are known, and the engine beside the library that it stands in for. The floor gives the same bytes, or the scenario ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execute, isObjectType, parse } from 'graphql';
import { fintFace } from '#apis/fint-graphql/face.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createGraphql, type Graphql } from '#graphql/answer-request.ts';
import { cursorOf } from '#graphql/cursor.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Graph, GraphAnswer, GraphNode } from '#hub/graph/graph.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import type { Store } from '#store/store.ts';
import {
  authorization,
  benchUniversity,
  dataset,
  keepAnswer,
  model,
  openPlace,
  organisation,
  universityDataset,
  type Answer,
} from '../datasets.ts';
import { contest, type Contest } from '../engines/contest.ts';
import { openTreeFloor } from '../engines/tree-floor.ts';
import type { GraphqlFloorOrder } from '../graphql-floor.ts';
import {
  placeOfPupil,
  same,
  schoolData,
  schoolTree,
  studentPage,
  students,
  type Question,
  type Student,
} from '../graphql-questions.ts';
import type { Place } from '../place.ts';
import type { Usage } from '../probe.ts';
import { publicUrl, startHub, startLoad, type HubProcess, type LoadProcess, type Measured } from '../processes.ts';
import { ofDatabase, sideBySide, type Series, type Side } from '../rounds.ts';
import { ratioFigure, type Context, type Figure, type Scenario } from '../scenario.ts';

const name = 'graphql';
/** To see that it runs: little data, few rounds. */
const isSmall = process.env['BENCH_GRAPHQL'] === 'small';
const roots = 1_000;
const allRoots = isSmall ? 1_200 : 10_000;
const size = isSmall ? 'small' : 'university';
const pageOfStudents = 100;
const rounds = isSmall ? 2 : 9;
const trees = isSmall ? 2 : 10;
const pages = isSmall ? 5 : 100;
const documents = isSmall ? 20 : 500;

export const graphql: Scenario = {
  name,
  describe: 'trees of 9,000 resources, pages of students, pages far into a list, known documents, by GraphQL',
  onPostgres: 'held',
  run: async (context) => {
    const figures: Figure[] = [];
    const school = wants(context, ...inProcessNames, treeName, deepName);
    if (school) {
      const place = await dataset(context, `graphql-${allRoots}`, () => schoolData(allRoots));
      if (wants(context, ...inProcessNames)) figures.push(...(await inProcess(context, place)));
      if (wants(context, treeName, deepName)) figures.push(...(await overHttp(context, place)));
    }
    if (!wants(context, studentsName, deepStudentsName)) return figures;
    if (model().collections.has(students)) return [...figures, ...(await ofStudents(context))];
    context.say(`${studentsName}: left out, the model has no ${students}`);
    return figures;
  },
};

const treeName = 'graphql-tree';
const ownTreeName = 'graphql-tree-in-process';
const deepName = 'graphql-deep';
const knownName = 'graphql-known';
const completeName = 'graphql-complete';
const studentsName = 'graphql-students';
const deepStudentsName = 'graphql-students-deep';
const inProcessNames = [ownTreeName, knownName, completeName] as const;

const wants = ({ only }: Context, ...names: readonly string[]): boolean => only === undefined || names.includes(only);

const caller: Principal = {
  kind: 'client',
  client: 'bench-client',
  tenant: organisation,
  scopes: new Set(['fint-client']),
  issuer: 'bench',
  token: 'bench',
  expiresAt: systemClock.now() + 86_400_000,
};

const graphOver = async (store: Store): Promise<Graph> =>
  createGraph({
    model: model(),
    store,
    clock: systemClock,
    authorizer: createAuthorizer({ model: model(), store, clock: systemClock, environment: 'test' }),
    tokens: await createTokens(store.platform, systemRandom),
    sealing: await createSealing(store.platform, systemRandom),
    baseUrl: () => publicUrl,
  });

const engineOver = (graph: Graph): Graphql =>
  createGraphql({
    face: fintFace(model()),
    model: model(),
    graph,
    observe: (error) => {
      throw error;
    },
  });

let sent = 0;
const answerOf = async (engine: Graphql, body: string): Promise<string> => {
  sent += 1;
  const context = { principal: caller, requestId: `graphql-${sent}`, api: 'bench' };
  const { text, isRun } = await engine.answer(body, new Set(), { context, now: systemClock.now() });
  if (!isRun || text.startsWith('{"errors"')) throw new Error(text.slice(0, 1_000));
  return text;
};

/** What needs no HTTP: the hub's part of the tree, documents that are known, and answers put together. */
const inProcess = async (context: Context, place: Place): Promise<readonly Figure[]> => {
  const store = await openPlace(place);
  const floor = await openTreeFloor(place, organisation);
  try {
    const engine = engineOver(await graphOver(store));
    const body = schoolTree.body(roots, null);
    const text = await answerOf(engine, body);
    const byHand = schoolTree.byHand(floor, text);
    same(await byHand(roots, null), text);
    const contests: readonly Omit<Contest, 'rounds' | 'width'>[] = [
      {
        name: ownTreeName,
        what: '9,000 resources on three levels, in process, beside SQL by hand',
        ours: () => answerOf(engine, body),
        floor: () => byHand(roots, null),
        count: trees,
        target: { kind: 'at-most', value: 3 },
      },
      knownDocument(body),
      await completed(store, body, text),
    ];
    const figures: Figure[] = [];
    for (const one of contests)
      if (wants(context, one.name)) figures.push(await contest(place, { ...one, rounds, width: 1 }));
    return figures;
  } finally {
    await floor.close();
    await store.close();
  }
};

/** Over nothing: what is left is reading, checking and compiling the document, or finding it again. */
const knownDocument = (body: string): Omit<Contest, 'rounds' | 'width'> => {
  const engine = engineOver({
    read: async (asked) =>
      asked.map((): GraphAnswer => ({ kind: 'page', page: { nodes: [], more: false, total: 0, place: String } })),
  });
  let made = 0;
  return {
    name: knownName,
    what: 'a document that is known beside one sent for the first time',
    ours: () => answerOf(engine, body),
    floor: () => {
      made += 1;
      return answerOf(engine, body.replace('"query":"', `"query":"# ${made}\\n`));
    },
    count: documents,
    target: null,
  };
};

/** The same resources in memory, put into an answer by the engine and by the library with the shortest resolvers. */
const completed = async (store: Store, body: string, wanted: string): Promise<Omit<Contest, 'rounds' | 'width'>> => {
  const whole = await graphOver(store);
  let kept: readonly GraphAnswer[] | null = null;
  const graph: Graph = { read: async (asked, context) => (kept ??= await whole.read(asked, context)) };
  const engine = engineOver(graph);
  same(await answerOf(engine, body), wanted);
  const [answer] = await graph.read([], { principal: caller, requestId: 'graphql', api: 'bench' });
  if (answer?.kind !== 'page') throw new Error('the tree is a page');
  const byLibrary = libraryOver(answer.page.nodes, body);
  const data = await byLibrary();
  if (!wanted.startsWith(`{"data":${data}`)) same(data, wanted);
  return {
    name: completeName,
    what: '9,000 resources in memory put into an answer, beside graphql-js',
    ours: () => answerOf(engine, body),
    floor: byLibrary,
    count: trees,
    target: null,
  };
};

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : null;

const libraryOver = (nodes: readonly GraphNode[], body: string): (() => Promise<string>) => {
  // A schema of its own, since resolvers are put into it.
  const { schema, open } = engineOver({ read: async () => [] }).schemas(new Set());
  for (const type of Object.values(schema.getTypeMap())) {
    const known = open.types.get(type.name);
    if (!isObjectType(type) || known?.kind !== 'object') continue;
    const sources = new Map(known.fields.map((field) => [field.name, field.source]));
    for (const field of Object.values(type.getFields())) {
      const source = sources.get(field.name);
      if (source?.kind === 'value') {
        const { path, read } = source;
        const [only = '', ...further] = path;
        const ofNode = known.of === 'node';
        field.resolve = (parent: unknown) => {
          let value = member(ofNode ? (parent as GraphNode).values : parent, only);
          for (const key of further) value = member(value, key);
          return read === undefined || value === null || value === undefined ? value : read(value);
        };
      }
      if (source?.kind === 'link') {
        const { relation, many } = source;
        field.resolve = (parent: GraphNode) => {
          const found = parent.edges[relation]?.nodes;
          return many ? found : found?.[0];
        };
      }
      if (source?.kind === 'root') field.resolve = () => ({ nodes });
    }
  }
  const { query, variables } = JSON.parse(body) as {
    readonly query: string;
    readonly variables: Readonly<Record<string, unknown>>;
  };
  const document = parse(query);
  return async () => JSON.stringify((await execute({ schema, document, variableValues: variables })).data);
};

/** The head and body of a POST; the body has no letter beyond ASCII. */
const post = (address: string, headers: Readonly<Record<string, string>>, body: string): string =>
  `POST ${address} HTTP/1.1\r\nHost: hub.fjordheim.test\r\nUser-Agent: bench\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${Object.entries(
    headers,
  )
    .map(([header, value]) => `${header}: ${value}\r\n`)
    .join('')}\r\n${body}`;

type Asking = {
  readonly send: (first: number, after: string | null) => Promise<Answer>;
  /** What a side of a measurement sends. */
  readonly requests: (first: number, after: string | null) => Side['requests'];
};

const askingOf = (hub: HubProcess, { address, body }: Question): Asking => {
  const login = authorization(hub.port, 'client');
  return {
    send: async (first, after) => {
      const response = await fetch(`http://127.0.0.1:${hub.port}${address}`, {
        method: 'POST',
        headers: {
          ...(await login()),
          'Content-Type': 'application/json',
          Accept: 'application/json',
          'Accept-Encoding': 'identity',
        },
        body: body(first, after),
      });
      const answer = { head: response.headers, body: Buffer.from(await response.arrayBuffer()) };
      const text = answer.body.toString();
      if (!response.ok || text.startsWith('{"errors"')) throw new Error(`${response.status} ${text.slice(0, 1_000)}`);
      return answer;
    },
    requests: (first, after) => async () => [post(address, await login(), body(first, after))],
  };
};

/** Starts the server that puts the answer together by hand. */
const startGraphqlFloor = async (order: GraphqlFloorOrder): Promise<Measured> => {
  const { place } = order;
  const database = place.engine === 'postgres' ? place.cpu : () => 0;
  const child = fork(join(import.meta.dirname, '../graphql-floor.ts'), [JSON.stringify(order)], {
    execArgv: ['--import', join(import.meta.dirname, '../probe.ts')],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the floor has ended');
  });
  ended.catch(() => {});
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  return {
    port,
    usage: async () => {
      const answer = once(child, 'message');
      child.send('usage');
      const [usage] = (await Promise.race([answer, ended])) as [Usage];
      const beside = database();
      return { ...usage, cpu: usage.cpu + beside, database: beside };
    },
    stop: async () => {
      child.kill();
      await ended.catch(() => {});
    },
  };
};

const rate = (series: Series): string =>
  `p50 ${series.p50.toFixed(1)} ms, p99 ${series.p99.toFixed(1)} ms${ofDatabase(series)}`;

type Pair = {
  readonly name: string;
  readonly what: string;
  readonly most: number;
  readonly first: number;
  readonly count: number;
};

/** An answer of the hub beside the same put together by hand. */
const besideHand = async (
  context: Context,
  hub: HubProcess,
  load: LoadProcess,
  question: Question,
  order: Pick<GraphqlFloorOrder, 'place' | 'institution'>,
  pair: Pair,
): Promise<Figure> => {
  const { send, requests } = askingOf(hub, question);
  const { first } = pair;
  const answer = await send(first, null);
  const floor = await startGraphqlFloor({ ...order, first, file: keepAnswer(context, pair.name, answer) });
  try {
    const side = { connections: 1, count: pair.count, status: 200, requests: requests(first, null) };
    const [ours, theirs] = await sideBySide(
      load,
      [
        { ...side, server: hub },
        { ...side, server: floor },
      ],
      rounds,
    );
    if (ours === undefined || theirs === undefined) throw new Error('there are two sides');
    const cpu = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
    const note = `${(answer.body.length / 1e3).toFixed(0)} kB, ${rate(ours)}; floor ±${Math.round(theirs.spread * 100)} %${ofDatabase(theirs)}`;
    return ratioFigure(pair.name, pair.what, cpu, pair.most, note);
  } finally {
    await floor.stop();
  }
};

/** A page far into a list beside its first. */
const besideFirst = async (
  hub: HubProcess,
  load: LoadProcess,
  question: Question,
  after: string,
  pair: Pair,
): Promise<Figure> => {
  const { send, requests } = askingOf(hub, question);
  const { first, count } = pair;
  const lengths = [(await send(first, after)).body.length, (await send(first, null)).body.length] as const;
  const side = { connections: 1, count, status: 200, server: hub };
  const [deep, begin] = await sideBySide(
    load,
    [
      { ...side, requests: requests(first, after) },
      { ...side, requests: requests(first, null) },
    ],
    rounds,
  );
  if (deep === undefined || begin === undefined) throw new Error('there are two sides');
  const cpu = { ours: deep.cpu, floor: begin.cpu, spread: deep.spread };
  const kilobytes = lengths.map((length) => (length / 1e3).toFixed(0)).join(' and ');
  return ratioFigure(pair.name, pair.what, cpu, pair.most, `${kilobytes} kB, ${rate(deep)}`);
};

const withHub = async (
  context: Context,
  place: Place,
  measure: (hub: HubProcess, load: LoadProcess) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> => {
  const hub = await startHub(place, context.nodeFlags);
  const load = startLoad();
  try {
    return await measure(hub, load);
  } finally {
    await load.stop();
    await hub.stop();
  }
};

const overHttp = (context: Context, place: Place): Promise<readonly Figure[]> =>
  withHub(context, place, async (hub, load) => {
    const figures: Figure[] = [];
    const tree = { name: treeName, what: '9,000 resources on three levels, beside SQL by hand in a bare server' };
    const order = { place, institution: null };
    if (wants(context, treeName))
      figures.push(
        await besideHand(context, hub, load, schoolTree, order, { ...tree, most: 3, first: roots, count: trees }),
      );
    const deep = { name: deepName, what: 'a page of 100 pupils far into the list beside the first', most: 1.2 };
    if (wants(context, deepName))
      figures.push(
        await besideFirst(hub, load, schoolTree, placeOfPupil(allRoots - 101), { ...deep, first: 100, count: pages }),
      );
    return figures;
  });

/** The place of the student who stands a page before the last. */
const deepStudent = async (context: Context, place: Place): Promise<string> => {
  const floor = await openTreeFloor(place, organisation);
  try {
    const all = await floor.ordered<Student>(students, 'naturlignokkel', '', 1_000_000);
    // Some of those behind it are not shown: the page is full all the same.
    const at = all.at(-2 * pageOfStudents);
    if (at === undefined) throw new Error('there are too few students');
    context.say(`${studentsName}: ${all.length} students`);
    return cursorOf(at.value.naturligNokkel.identifikatorverdi);
  } finally {
    await floor.close();
  }
};

const ofStudents = async (context: Context): Promise<readonly Figure[]> => {
  const place = await universityDataset(context, size);
  const after = await deepStudent(context, place);
  const { institutionNumber } = benchUniversity(size);
  const question = studentPage(institutionNumber);
  return withHub(context, place, async (hub, load) => {
    const side = { first: pageOfStudents, count: pages };
    const figures: Figure[] = [];
    if (wants(context, studentsName))
      figures.push(
        await besideHand(
          context,
          hub,
          load,
          question,
          { place, institution: institutionNumber },
          {
            ...side,
            name: studentsName,
            what: '100 students with person, study rights and programme, beside SQL by hand in a bare server',
            most: 4,
          },
        ),
      );
    if (wants(context, deepStudentsName))
      figures.push(
        await besideFirst(hub, load, question, after, {
          ...side,
          name: deepStudentsName,
          what: 'the same far into the list beside the first page',
          most: 1.2,
        }),
      );
    return figures;
  });
};
