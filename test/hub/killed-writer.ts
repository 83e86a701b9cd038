// A process that hires and hires until it is killed: three resources with each request. Started by killed-writes.test.ts, which says where.
import { openWritingWorldAt } from './writing-world.ts';
import { hire, owned } from './hiring.ts';

const [, , at, from] = process.argv;
if (at === undefined) throw new Error('no place is named');
const world = await openWritingWorldAt({ at, dispose: async () => {} });
await owned(world, 'hub');
for (let number = 0; ; number += 1) {
  await Promise.all([0, 1, 2, 3].map((one) => hire(world, Number(from) + number * 4 + one)));
  if (number === 5) process.stdout.write('hiring\n');
}
