// The long proof that the import of a file needs no more memory when the file is larger: ten million elements, generated while they are read, as persons, as
// members, as groups, and as what means nothing. `npm run test:import -- --elements 10000000 --megabytes 200`. Ends with 1 when it needs more.
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openImportDirectory } from '#app/cli/import-spool.ts';
import { systemRandom } from '#base/random.ts';
import { readPifu } from '#formats/pifu/read-pifu.ts';
import { createImport } from '#ingest/pifu/import-pifu.ts';
import { fileOf, group, membership, person, role, school, sourcedid } from '../ingest/pifu/workbench.ts';

const { values } = parseArgs({
  options: { elements: { type: 'string', default: '10000000' }, megabytes: { type: 'string', default: '200' } },
});
const elements = Number(values.elements);
const bound = Number(values.megabytes);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const elementsIn = (text: string): number => text.split('<').length - text.split('</').length;

type Shape = { readonly before: string; readonly after: string; readonly one: (index: number) => string };

const klasse = group('5a', 'grp', ['1', 'basisgruppe'], 's');
const member = (index: number): string =>
  `<member>${sourcedid(`p${index % 200_000}`)}<idtype>1</idtype>${role('01', '<status>1</status><timeframe><begin>2026-08-01</begin><end>2027-07-31</end></timeframe>')}</member>\n`;
const shapes: Readonly<Record<string, Shape>> = {
  persons: {
    before: '',
    after: '',
    one: (index) =>
      person(`p${index}`, {
        before: `<userid useridtype="studentID">${index}</userid>`,
        after: '<demographics><gender>1</gender><bday>2014-05-14</bday></demographics>',
      }),
  },
  'members of one class': {
    before: `${Array.from({ length: 200_000 }, (_, index) => person(`p${index}`)).join('')}${school}${klasse}<membership>${sourcedid('5a')}`,
    after: '</membership>',
    one: member,
  },
  'memberships of everybody': {
    before: `${school}${klasse}`,
    after: '',
    one: (index) => membership('5a', [`nobody${index}`, role('01')]),
  },
  groups: { before: school, after: '', one: (index) => group(`g${index}`, 'grp', ['1', 'basisgruppe'], 's') },
  nothing: { before: '', after: '', one: (index) => `<ukjent nr="${index}"/>\n` },
};

async function* generate({ before, after, one }: Shape): AsyncGenerator<Uint8Array> {
  const [head = '', end = ''] = fileOf('\u0000').split('\u0000');
  yield Buffer.from(head);
  for (let at = 0; at < before.length; at += 65_536) yield Buffer.from(before.slice(at, at + 65_536));
  let made = elementsIn(before);
  const each = elementsIn(one(1));
  for (let index = 0; made < elements;) {
    let text = '';
    for (; text.length < 60_000 && made < elements; index += 1, made += each) text += one(index);
    yield Buffer.from(text);
  }
  yield Buffer.from(`${after}${end}`);
}

const megabytes = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};

let failed = false;
for (const [name, shape] of Object.entries(shapes)) {
  const directory = openImportDirectory();
  try {
    const before = megabytes();
    const started = performance.now();
    let [entries, findings, most, batches] = [0, 0, 0, 0];
    const { sink } = directory.entries();
    const work = createImport({
      random: systemRandom,
      source: null,
      secret: () => Buffer.alloc(32, 7),
      known: [],
      today: '2026-10-01',
      sink: {
        ...sink,
        entry: (collection, identifier, resource) => {
          entries += 1;
          sink.entry(collection, identifier, resource);
        },
      },
      persons: directory.spool(),
      enrolments: directory.spool(),
      tell: () => (findings += 1),
    });
    for await (const records of readPifu(generate(shape), () => (findings += 1))) {
      for (const record of records) work.take(record);
      batches += 1;
      if (batches % 500 === 0) most = Math.max(most, megabytes() - before);
    }
    most = Math.max(most, megabytes() - before);
    work.finish();
    most = Math.max(most, megabytes() - before);
    const wrong = most > bound;
    failed ||= wrong;
    process.stdout.write(
      `${wrong ? 'TOO MUCH ' : ''}${name}: ${elements} elements, ${entries} entries, ${findings} findings, ${most.toFixed(0)} MB, ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
    );
  } finally {
    directory.close();
  }
}
process.exitCode = failed ? 1 : 0;
