// Keeps what requests make among the young objects of V8. Called once, by compose.ts before the hub is ready, and not earlier: until then it would cost the start
// what was compiled before, and what starting makes does live long.
import { setFlagsFromString } from 'node:v8';

/**
 * While much is being remembered, V8 learns that what some places make lives long, and from then on makes it among the old objects. Of requests it does not: there each
 * keeps all that it points to until everything is looked through, and a fifth of what requests make was copied for nothing.
 */
export const keepRequestsYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring');
