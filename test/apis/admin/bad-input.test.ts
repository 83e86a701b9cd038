// Whatever is sent to the admin API, it answers with a value or a problem and changes nothing that it refuses; administrators of an organisation
// never reach another one, whatever they send.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { operations } from '#apis/admin/operations.ts';
import { schemas } from '#apis/admin/schemas.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };

const furnished = async (context: TestContext): Promise<AdminBench> => {
  const bench = await adminBench(context, () => emptyTenant);
  for (const id of ['fjord.test', 'nabo.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  for (const [id, owner] of [
    ['mine', 'fjord.test'],
    ['theirs', 'nabo.test'],
  ] as const) {
    await bench.platform.putApplication({
      id,
      name: id,
      kind: 'client',
      owner,
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    });
    await bench.platform.putGrant({
      id: `grant-${id}`,
      application: id,
      organisation: owner,
      collections: ['*'],
      actions: ['read'],
      fields: null,
      withhold: [],
      rows: null,
      environment: 'test',
      from: null,
      to: null,
      purpose: '',
      agreement: null,
      createdAt: 1,
    });
    await bench.platform.putLink(
      {
        id: `link-${id}`,
        application: id,
        organisation: owner,
        environment: 'test',
        scopes: ['vfs:pupils.read'],
        schools: null,
        agreement: { reference: 'DBA-1', from: null, to: null },
        purpose: 'Timetables',
        clearance: 0,
        createdAt: 1,
        endedAt: null,
      },
      [],
    );
  }
  return bench;
};

const names = [
  'fjord.test',
  'nabo.test',
  'mine',
  'theirs',
  'grant-mine',
  'grant-theirs',
  'link-mine',
  'link-theirs',
  'x',
  '..',
  '%00',
  'æ',
];
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...names) },
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    -1,
    4,
    1e308,
    '',
    [],
    {},
    null,
    ['*'],
    ['read'],
    '2026-02-31',
    'a'.repeat(3_000),
    '\u0000',
    '\ud800',
  ),
);

/** The example of a body with some members changed, or any JSON at all. */
const bodyOf = (name: string | undefined): fc.Arbitrary<string> => {
  const example = (name === undefined ? {} : schemas[name]?.example) as Record<string, unknown>;
  const members = fc.constantFrom(
    'reason',
    'organisation',
    'owner',
    'application',
    '__proto__',
    ...Object.keys(example),
  );
  const changed = fc
    .dictionary(members, anything, { maxKeys: 4 })
    .map((change) => JSON.stringify({ ...example, ...change }));
  return fc.oneof({ weight: 4, arbitrary: changed }, fc.json(), fc.string());
};

const requests = fc.constantFrom(...operations).chain((operation) =>
  fc.record({
    operation: fc.constant(operation),
    path: fc
      .array(fc.constantFrom(...names), { minLength: 2, maxLength: 2 })
      .map((values) => operation.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(values.pop() ?? 'x'))),
    query: fc.webQueryParameters(),
    text: bodyOf(operation.body),
    header: fc.oneof(fc.constant(null), fc.string({ maxLength: 300 })),
  }),
);

/** Everything that the platform holds and administrators may change. */
const stateOf = async ({ platform }: AdminBench): Promise<string> =>
  JSON.stringify([
    await platform.organisations(),
    await platform.applications(),
    await platform.grants(),
    await platform.links(),
  ]);

const theirs = async ({ platform }: AdminBench): Promise<string> =>
  JSON.stringify([
    await platform.organisation('nabo.test'),
    (await platform.applications()).filter(({ owner }) => owner === 'nabo.test'),
    (await platform.grants()).filter(({ organisation }) => organisation === 'nabo.test'),
    (await platform.links()).filter(({ organisation }) => organisation === 'nabo.test'),
  ]);

test('every request is answered, and what is refused has changed nothing', async (context) => {
  const bench = await furnished(context);
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, path, query, text, header }) => {
      const before = await stateOf(bench);
      const answer = await bench.ask({
        actor: operator,
        method: operation.method,
        path: `${path}?${query}`,
        text,
        header: () => header,
      });
      if (answer.kind !== 'problem') return;
      assert.ok(!answer.problem.code.startsWith('HUB-5'), `${answer.problem.code} ${answer.problem.detail}`);
      assert.equal(await stateOf(bench), before);
    }),
    { numRuns: 1_500 },
  );
});

/** By these something is named: who writes another's into them has not made it his own. */
const naming = new Set(['id', 'organisation', 'organisations', 'owner', 'application', 'grant', 'link', '']);

const wordOf = (name: string, value: unknown): string =>
  typeof value === 'string' && !naming.has(name) && Number.isNaN(Number(name)) ? `${name} ${value}` : '';

/** What a body says in words of its writer's own, each with the member that it stands in. */
const wordsIn = (text: string): readonly string[] => {
  const found: string[] = [];
  try {
    JSON.parse(text, (name, value: unknown) => {
      const word = wordOf(name, value);
      if (word !== '') found.push(word);
      return value;
    });
  } catch {
    // No JSON says nothing.
  }
  return found;
};

test('an administrator of an organisation never changes or sees another one', async (context) => {
  const bench = await furnished(context);
  const actor = administratorOf('fjord.test', ['admin.read', 'admin.write']);
  const before = await theirs(bench);
  const wrote = new Set<string>();
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, path, query, text, header }) => {
      for (const word of wordsIn(text)) wrote.add(word);
      const answer = await bench.ask({
        actor,
        method: operation.method,
        path: `${path}?${query}`,
        text,
        header: () => header,
      });
      assert.equal(await theirs(bench), before);
      // What a caller named himself may come back to him, words that he has written before too; nothing else of the other organisation.
      if (answer.kind === 'json' && !`${path}${text}`.includes('nabo')) {
        const unsaid = JSON.stringify(answer.value, (name, value: unknown) =>
          wrote.has(wordOf(name, value)) ? '' : value,
        );
        assert.doesNotMatch(unsaid, /nabo\.test|grant-theirs|link-theirs/);
      }
      assert.ok(bench.recorded.every(({ organisation }) => organisation !== 'nabo.test'));
    }),
    { numRuns: 1_500 },
  );
});
