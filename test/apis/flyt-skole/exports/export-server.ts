// A server with the operations of exports alone, over runs in memory. A token is the name of a client and its scopes. Used by tests of the API and of the
// command line.
import { exportOperations } from '#apis/flyt-skole/exports/operations.ts';
import type { ExportPort } from '#apis/flyt-skole/exports/ports.ts';
import type { VfsDeps } from '#apis/flyt-skole/operation.ts';
import { vfsRoutes } from '#apis/flyt-skole/routes.ts';
import { systemClock } from '#base/clock.ts';
import { ok } from '#base/result.ts';
import type { HttpLimits } from '#http/limits.ts';
import { principalOf, toyServer, type ToyServer } from '../../../http/toy.ts';
import { describedDeps } from '../api-under-test.ts';

/** What the operations need: schools `school-0` to `school-9` are there. Waits are told, and are short. */
export const exportDeps = (exports: ExportPort, waited: (ms: number) => void): VfsDeps => ({
  ...describedDeps(),
  exports,
  baseUrl: () => 'https://hub.example',
  clock: {
    ...systemClock,
    sleep: (ms, signal) => {
      waited(ms);
      return systemClock.sleep(ms > 1_000 ? 150 : ms, signal);
    },
  },
  sealing: {
    ...describedDeps().sealing,
    readId: (_tenant, id) => (/^school-\d+$/.test(id) ? Number(id.slice('school-'.length)) : null),
  },
  documents: {
    ...describedDeps().documents,
    find: async (query) => ({
      kind: 'documents',
      documents:
        query.kind === 'by-uid'
          ? query.uids
              .filter((uid) => uid < 10)
              .map((uid) => ({ uid, id: `school-${uid}`, facts: undefined as never, bytes: Buffer.from('{}') }))
          : [],
      next: null,
      sensitive: false,
    }),
  },
});

/** Not listening yet. */
export const exportServer = (
  exports: ExportPort,
  waited: (ms: number) => void = () => {},
  limits: Partial<HttpLimits> = {},
): ToyServer => {
  const group = exportOperations(exportDeps(exports, waited));
  return toyServer(vfsRoutes(group.operations, group.schemas), limits, {
    verify: (authorization) => {
      const [, client = 'toy-client', ...scopes] = (authorization ?? '').split(' ');
      return ok({ ...principalOf('client', scopes), client });
    },
  });
};
