// What `npm run test:outage` runs: the tests of outages with the minute that is promised, in place of the seconds of `npm test`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const { status } = spawnSync(process.execPath, ['--test', path.join(import.meta.dirname, 'outage.test.ts')], {
  stdio: 'inherit',
  env: { OUTAGE_SECONDS: '60', ...process.env },
});
process.exitCode = status ?? 1;
