// What `npm run test:outage` runs: the tests of outages with the minute that is promised, in place of the seconds of `npm test`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const child = spawn(process.execPath, ['--test', path.join(import.meta.dirname, 'outage.test.ts')], {
  stdio: 'inherit',
  env: { OUTAGE_SECONDS: '60', ...process.env },
});
// They end what they have started, and this process ends with them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
const [status] = await once(child, 'exit');
process.exitCode = typeof status === 'number' ? status : 1;
