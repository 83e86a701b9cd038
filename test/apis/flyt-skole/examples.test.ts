// Every example of every operation, as the reference shows it, is asked of a hub with the municipality of the sandbox: it is answered with the
// status that it names, and every answer is one that its schema describes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createChecks, type Check } from '#apis/flyt-skole/body-check.ts';
import { schemaRef, type Schema } from '#mappings/mapping-schema.ts';
import { problemSchemas } from '#apis/flyt-skole/openapi-parts.ts';
import type { Example, Operation } from '#apis/flyt-skole/operation.ts';
import type { Answer, Caller } from '../../e2e/caller.ts';
import { temporaryPlace } from '../../e2e/place.ts';
import { everyOperation } from './api-under-test.ts';
import { known, type Known } from './known-values.ts';
import { prefix, startVfsWorld, type VfsWorld } from './vfs-world.ts';

const { operations, schemas } = everyOperation();
const checks = createChecks({ ...schemas, ...problemSchemas });
const made = new Map<string, Check>();
const checkOf = (schema: Schema): Check => {
  const key = JSON.stringify(schema);
  const check = made.get(key) ?? checks(schema);
  made.set(key, check);
  return check;
};

const place = await temporaryPlace();
let world: VfsWorld;
let values: Known;

before(
  async () => {
    world = await startVfsWorld(place);
    values = known(world, await world.as('lms'));
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const scopesOf = ({ scopes, also = [] }: Operation, example: Example): readonly string[] =>
  scopes.length === 0 ? [] : [...scopes.slice(0, 1), ...also, ...(example.scopes ?? [])];

const callers = new Map<string, Promise<Caller>>();
const callerFor = (scopes: readonly string[]): Promise<Caller> => {
  const key = scopes.join(' ');
  const caller = callers.get(key) ?? world.as('lms', scopes);
  callers.set(key, caller);
  return caller;
};

/** The text with its placeholders filled in. */
const filled = async (text: string, name: Operation['id']): Promise<string> => {
  let out = text;
  for (const [whole, key = ''] of text.matchAll(/\{(\w+)\}/g)) {
    const value = await values(key);
    assert.ok(value !== null, `${name}: nothing is known as ${whole}`);
    out = out.replace(whole, value);
  }
  return out;
};

const filledQuery = async ({ query = {} }: Example, name: string): Promise<string> => {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(query))
    pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(await filled(value, name))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

const send = async (caller: Caller, operation: Operation, example: Example): Promise<Answer> => {
  const { id, method, body } = operation;
  const target = `${prefix}${await filled(example.path, id)}${await filledQuery(example, id)}`;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(example.headers ?? {})) headers[name] = await filled(value, id);
  if (example.body === undefined) return caller.send(method, target, { headers });
  assert.ok(body !== null, `${id} takes no body`);
  const text = await filled(JSON.stringify(example.body), id);
  return caller.send(method, target, { headers: { 'content-type': body.type, ...headers }, body: text });
};

const checkAnswer = (operation: Operation, example: Example, answer: Answer): void => {
  const { id, answers } = operation;
  const at = `${id} (${example.summary})`;
  assert.equal(answer.status, example.status, `${at}: ${answer.text.slice(0, 800)}`);
  const type = String(answer.headers['content-type'] ?? '').split(';')[0];
  if (answer.status >= 400) {
    assert.equal(type, 'application/problem+json', at);
    const findings = checkOf(schemaRef('Problem'))(JSON.parse(answer.text));
    assert.equal(findings, null, `${at}: ${JSON.stringify(findings)}`);
    return;
  }
  const declared = answers[answer.status];
  assert.ok(declared !== undefined, `${at}: ${answer.status} is not declared`);
  for (const name of Object.keys(declared.headers ?? {}))
    if (name !== 'Link') assert.ok(answer.headers[name.toLowerCase()] !== undefined, `${at}: no ${name}`);
  const { schema, type: wanted = 'application/json' } = declared;
  if (schema === null) {
    assert.equal(answer.text, '', at);
    return;
  }
  const others = Object.keys(declared.besides ?? {}).map((one) => one.split(';')[0]);
  assert.ok([wanted.split(';')[0], ...others].includes(type), `${at}: ${type}`);
  if (type !== 'application/json') return;
  const findings = checkOf(typeof schema === 'string' ? schemaRef(schema) : schema)(JSON.parse(answer.text));
  assert.equal(findings, null, `${at}: ${JSON.stringify(findings)} ${answer.text.slice(0, 400)}`);
};

/** Fields that the schema has and no answer of the test holds: told, so that somebody looks. */
const strangersIn = (schema: Schema, value: unknown, at: string, into: Set<string>): void => {
  const to = schema['$ref'];
  if (typeof to === 'string') return strangersIn(schemas[to.split('/').at(-1) ?? ''] ?? {}, value, at, into);
  if (Array.isArray(value)) {
    const { items } = schema as { readonly items?: Schema };
    if (items !== undefined) for (const one of value) strangersIn(items, one, at, into);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { properties } = schema as { readonly properties?: Readonly<Record<string, Schema>> };
  if (properties === undefined) return;
  for (const [name, one] of Object.entries(value)) {
    const inner = properties[name];
    if (inner === undefined) into.add(`${at}.${name}`);
    else strangersIn(inner, one, `${at}.${name}`, into);
  }
};

describe('the examples of the API', () => {
  it('are there for every operation, one of them for its success', () => {
    for (const { id, examples, answers } of operations) {
      assert.ok(examples.length > 0, `${id} has no example`);
      const success = Object.keys(answers).filter((status) => Number(status) < 400);
      assert.ok(success.length > 0, `${id} declares no success`);
      // What waits for a source shows in no sandbox where the hub owns the data.
      assert.ok(
        examples.some(({ status }) => success.includes(String(status))) || id === 'getWrite',
        `${id} has no example that succeeds`,
      );
    }
  });

  for (const operation of operations)
    for (const example of operation.examples)
      it(`${operation.method} ${example.path}: ${example.summary}`, async () => {
        // With the scopes of the operation and no others: they are enough.
        const caller = await callerFor(scopesOf(operation, example));
        const answer = await send(caller, operation, example);
        checkAnswer(operation, example, answer);
        const declared = operation.answers[answer.status];
        if (
          declared?.schema === null ||
          declared === undefined ||
          !String(answer.headers['content-type']).startsWith('application/json')
        )
          return;
        const strangers = new Set<string>();
        const { schema } = declared;
        strangersIn(
          typeof schema === 'string' ? schemaRef(schema) : schema,
          JSON.parse(answer.text),
          operation.id,
          strangers,
        );
        assert.deepEqual([...strangers], [], 'the answer holds what its schema does not know');
      });
});
