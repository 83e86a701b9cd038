// What a client of each service of XML is told when time runs out before or behind it: one code for one thing, over REST, over SOAP and in FSWS-CRUD.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { Route } from '#apis/api.ts';
import { writtenProblem } from '#apis/fsws-crud/answers.ts';
import { restProblem, soapProblem } from '#services/problem-forms.ts';
import { statusTable, type StatusName } from '#services/statuses.ts';
import { exchangeBytes, route, toyServer, type ToyServer } from '../http/toy.ts';

const namespace = 'http://fsws.usit.no/schemas/toy';
const ways: Readonly<Record<string, Route['problems']>> = {
  '/fsrest/rest/crud/select': writtenProblem,
  '/fsrest/rest/toy/send': restProblem(namespace),
  '/fsservices/toy': soapProblem(namespace, () => ''),
};

/** Answers nothing, for as long as anybody waits. */
const hang: Route['handle'] = async ({ signal }) => {
  await once(signal, 'abort');
  return { kind: 'empty', status: 204 };
};

let server: ToyServer;
before(async () => {
  server = toyServer(
    Object.entries(ways).map(([path, problems]) =>
      route(path, hang, {
        methods: ['POST'],
        body: 'bytes',
        bodyLimit: 100,
        ...(problems === undefined ? {} : { problems }),
      }),
    ),
    { requestMs: 200, sweepMs: 20 },
  );
  await server.listen();
});
after(() => server.close());

/** HTTP status and code of what a path answers to the pieces of a body of six letters. */
const asked = async (
  path: string,
  pieces: readonly string[],
  gapMs: number,
): Promise<readonly [string, string, string]> => {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 6\r\n\r\n`;
  const received = await exchangeBytes(server.port(), [head, ...pieces], { gapMs });
  return [/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? '', /<kode>(\d+)</i.exec(received)?.[1] ?? '', received];
};

const isTold = ([http, code, text]: readonly [string, string, string], name: StatusName): void =>
  assert.deepEqual([http, code], [String(statusTable[name].http), String(statusTable[name].code)], text);

for (const path of Object.keys(ways))
  test(`${path} tells a body that came too slowly from an answer that took too long`, async () => {
    isTold(await asked(path, [...'abcdef'], 80), 'late');
    isTold(await asked(path, ['abcdef'], 1), 'slow');
  });
