// A demo hub as a process for the tests of documents, and what its ready line says. Used by the tests of this folder.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startProcess, type HubProcess } from '../e2e/hub-process.ts';
import { callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import { temporaryFolder } from '../e2e/hub-under-test.ts';

type Ready = { readonly url: string; readonly clients: readonly { readonly id: string; readonly secret: string }[] };

/** All pages are pasted against one hub, each for a minute at most. */
const lifetimeMs = 900_000;

export type DemoHub = {
  readonly url: string;
  /** An empty folder of the test's own; the data are in `data` below it. */
  readonly folder: string;
  readonly secretOf: (client: string) => string;
  readonly as: (client: string) => Promise<Caller>;
  readonly stop: () => Promise<void>;
};

/** Starts the small demo on a free port and waits until it is ready. */
export const startDemo = async (): Promise<DemoHub> => {
  const folder = temporaryFolder();
  const hub: HubProcess = await startProcess(['demo', '--port', '0', '--data', join(folder.path, 'data')], {
    lifetimeMs,
  });
  const { url, clients } = hub.ready as Ready;
  const secretOf = (client: string): string => {
    const found = clients.find((one) => one.id === client);
    assert.ok(found !== undefined, `the demo has no ${client}`);
    return found.secret;
  };
  return {
    url,
    folder: folder.path,
    secretOf,
    as: async (client) => callerOf(url, await tokenFor(url, client, secretOf(client))),
    stop: async () => {
      await hub.stop();
      folder.remove();
    },
  };
};
