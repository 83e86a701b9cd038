// What anybody may ask: read as a whole, and only a few at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRequest } from '#apis/api.ts';
import { accessForRoute, readQuestion } from '#apis/explain/access-for.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed } from '#base/result.ts';

test('as many questions are worked on at once as there may be, and then others', async () => {
  const waiting: (() => void)[] = [];
  const route = accessForRoute(async () => {
    await new Promise<void>((done) => waiting.push(done));
    return failed(problem('HUB-204', 'nothing'));
  });
  const ask = () => route.handle({ text: '{"operation":"GET /x"}' } as ApiRequest);
  const first = Array.from({ length: limits.accessForAtOnce }, ask);
  const refused = await ask();
  assert.equal(refused.kind === 'problem' && refused.problem.code, 'HUB-501');
  assert.equal(waiting.length, limits.accessForAtOnce);
  for (const done of waiting.splice(0)) done();
  for (const answer of await Promise.all(first))
    assert.equal(answer.kind === 'problem' && answer.problem.code, 'HUB-204');
  const again = ask();
  assert.equal(waiting.length, 1);
  waiting[0]?.();
  const last = await again;
  assert.equal(last.kind === 'problem' && last.problem.code, 'HUB-204');
});

test('everything that is wrong with a question is named', () => {
  const wrong = readQuestion(JSON.stringify({ operation: 1, api: 'x', variables: [], other: 1 }));
  assert.ok(!wrong.ok);
  assert.deepEqual(
    wrong.problem.errors?.map(({ at }) => at),
    ['/other', '/operation', '/variables', '/api'],
  );
});
