// How many cases a property is tried with. Called by suites whose cases take long on a database over a network.

/** All of them, or a fifth where `TEST_CASES` is `few`: what `npm test` repeats on the second engine, and `npm run test:postgres` runs in full. */
export const cases = (all: number): number => (process.env['TEST_CASES'] === 'few' ? Math.ceil(all / 5) : all);
