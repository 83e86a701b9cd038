// The health check of the image: `node deploy/image/health.mjs live` (the process answers) or `ready` (it can serve). Ends with 0 or 1. Asks
// the hub of the same container, whose port it takes from BINDELEDD_PORT; knows nothing else of the product.
import process from 'node:process';

const [, , state = 'live'] = process.argv;
try {
  const address = `http://127.0.0.1:${process.env.BINDELEDD_PORT || 8080}/health/${state}`;
  const { ok, status } = await fetch(address, { signal: AbortSignal.timeout(2_500) });
  if (!ok) process.stderr.write(`${state}: ${status}\n`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${state}: ${error instanceof Error ? error.message : 'no answer'}\n`);
  process.exitCode = 1;
}
