// How many cases a property is tried with. Called by suites whose cases take long on a database over a network.

/** True where a suite is repeated on the second engine, for which a part of it is enough. */
export const few = process.env['TEST_CASES'] === 'few';

/** All of them, or a fifth where `TEST_CASES` is `few`: what `npm test` repeats on the second engine, and `npm run test:postgres` runs in full. */
export const cases = (all: number): number => (few ? Math.ceil(all / 5) : all);
