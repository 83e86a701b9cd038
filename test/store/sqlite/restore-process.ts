// A restore in a process of its own, to be killed. Arguments: the copy, the data directory. Says when it begins; data in the way are moved.
import { writeSync } from 'node:fs';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { putBack } from '#store/sqlite/restore.ts';

const [, , from = '', to = ''] = process.argv;
writeSync(1, 'begins\n');
await putBack({ from, to, clock: systemClock, random: systemRandom, told: () => {}, moveAside: true });
writeSync(1, 'done\n');
