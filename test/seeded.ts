// Loaded before every test file that `npm test` and `npm run test:explore` run: what properties are tried with is drawn from the seed in
// `TEST_SEED`, so that two runs of one commit try the same. Where there is none, as with `node --test <file>`, every run tries something else.
import * as fc from 'fast-check';

const seed = Number(process.env['TEST_SEED']);
if (process.env['TEST_SEED'] !== undefined && Number.isSafeInteger(seed)) fc.configureGlobal({ seed });
