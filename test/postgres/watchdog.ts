// Ends the PostgreSQL server of the tests when nobody uses it any more. Started, detached, by whoever started the server (server.ts).
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearAbandoned, locked, stopServer, usersOf } from './server.ts';

/** Between two test files of a run there may be nobody for a while. */
const roundsAlone = 10;

const [, , folder = ''] = process.argv;

for (let alone = 0; existsSync(folder);) {
  await sleep(1_000);
  alone = usersOf(folder).length > 0 ? 0 : alone + 1;
  if (alone < roundsAlone) continue;
  const done = await locked(async () => {
    if (usersOf(folder).length > 0) return false;
    await stopServer(folder, 'immediate');
    rmSync(folder, { recursive: true, force: true });
    await clearAbandoned();
    return true;
  });
  if (done) break;
}
