// `GET /meldinger`: messages of changes as server-sent events, for clients of the API that have no queue. Mounted by fs-api.ts; what is told is decided in
// src/messages/stream.ts.
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { problem } from '#base/errors.ts';
import type { Streams } from '#messages/stream.ts';
import { clientScope } from '#model/openapi.ts';
import { prefix } from './addresses.ts';

const known = ['ressurs', 'fra'];

const bad = (at: string, message: string): ApiAnswer => ({
  kind: 'problem',
  problem: problem('HUB-103', 'The query cannot be read.', { errors: [{ at, message }] }),
  unrecorded: true,
});

const handle = async (streams: Streams, request: ApiRequest, api: string): Promise<ApiAnswer> => {
  const { principal, query } = request;
  if (principal === null) return { kind: 'problem', problem: problem('HUB-204', 'There is nothing at this address.') };
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return bad(unknown.slice(0, 80), `is not known here; known are ${known.join(', ')}`);
  const from = query.get('fra');
  if (from !== null && from !== 'begynnelsen') return bad('fra', 'takes begynnelsen');
  const names = query.getAll('ressurs').flatMap((text) => text.split(','));
  const context = { principal: callerHere(principal), requestId: request.id, api };
  const opened = await streams.open(
    {
      resources: names.length === 0 ? null : names,
      after: request.header('last-event-id'),
      from: from === null ? 'now' : 'beginning',
    },
    context,
    request.leaving,
  );
  switch (opened.kind) {
    case 'missing':
      return {
        kind: 'problem',
        problem: problem('HUB-204', 'There is nothing at this address.'),
        unrecorded: true,
      };
    case 'refused':
      return { kind: 'problem', problem: opened.problem, unrecorded: true };
    case 'stream':
      return {
        kind: 'stream',
        status: 200,
        headers: { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
        chunks: opened.chunks,
        type: 'text/event-stream; charset=utf-8',
        waits: true,
      };
  }
};

/** The route. */
export const messageRoute = (streams: Streams, api: string, problems: NonNullable<Route['problems']>): Route => ({
  methods: ['GET'],
  path: `${prefix}/meldinger`,
  access: 'client',
  scopes: [clientScope],
  body: 'none',
  bodyLimit: 0,
  waits: () => true,
  part: () => 'GET /meldinger',
  closedToNationalIds: true,
  basic: true,
  // Told and not counted: it waits.
  quota: true,
  problems,
  handle: (request) => handle(streams, request, api),
});
