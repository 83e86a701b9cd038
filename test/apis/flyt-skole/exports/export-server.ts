// A server with the operations of exports alone, over runs in memory. A token is the name of a client and its scopes. Used by tests of the API and of the
// command line.
import { exportOperations } from '#apis/flyt-skole/exports/operations.ts';
import type { ExportPort } from '#apis/flyt-skole/exports/ports.ts';
import type { VfsDeps } from '#apis/flyt-skole/operation.ts';
import { vfsRoutes } from '#apis/flyt-skole/routes.ts';
import { ok } from '#base/result.ts';
import type { HttpLimits } from '#http/limits.ts';
import { principalOf, toyServer, type ToyServer } from '../../../http/toy.ts';
import { describedDeps } from '../api-under-test.ts';

/** What the operations need. */
export const exportDeps = (exports: ExportPort): VfsDeps => ({
  ...describedDeps(),
  exports,
  baseUrl: () => 'https://hub.example',
});

/** Not listening yet. */
export const exportServer = (exports: ExportPort, limits: Partial<HttpLimits> = {}): ToyServer => {
  const group = exportOperations(exportDeps(exports));
  return toyServer(vfsRoutes(group.operations, group.schemas), limits, {
    verify: (authorization) => {
      const [, client = 'toy-client', ...scopes] = (authorization ?? '').split(' ');
      return ok({ ...principalOf('client', scopes), client });
    },
  });
};
