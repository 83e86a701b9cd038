// Bodies of requests: what is taken, what is refused and why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from '#graphql/read-request.ts';

const taken = (body: unknown) => {
  const read = readRequest(JSON.stringify(body));
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
};
const refused = (text: string) => {
  const read = readRequest(text);
  assert.ok(!read.ok, text);
  return read.problem.code;
};

test('a query, with what belongs to it', () => {
  assert.deepEqual(taken({ query: '{a}' }), {
    query: '{a}',
    variables: {},
    operationName: null,
    extensions: {},
    documentId: null,
  });
  assert.deepEqual(taken({ query: '{a}', variables: { a: 1 }, operationName: 'q', extensions: { b: 2 } }), {
    query: '{a}',
    variables: { a: 1 },
    operationName: 'q',
    extensions: { b: 2 },
    documentId: null,
  });
  assert.deepEqual(taken({ query: '{a}', variables: null, operationName: null, extensions: null, more: 1 }), {
    query: '{a}',
    variables: {},
    operationName: null,
    extensions: {},
    documentId: null,
  });
  assert.equal(taken({ query: '{a}', operationName: '' }).operationName, null);
  assert.equal(taken({ extensions: { persistedQuery: {} } }).query, null);
});

test('what is none', () => {
  assert.equal(refused(''), 'HUB-101');
  assert.equal(refused('{'), 'HUB-101');
  assert.equal(refused('query { a }'), 'HUB-101');
  for (const text of ['null', '1', '"{a}"', '[{"query":"{a}"}]', '{}', '{"query":1}', '{"query":null}'])
    assert.equal(refused(text), 'HUB-100', text);
  for (const more of ['"variables":[]', '"variables":"{}"', '"operationName":1', '"extensions":3'])
    assert.equal(refused(`{"query":"{a}",${more}}`), 'HUB-100', more);
  assert.equal(refused('{"query":"a\\u0000b"}'), 'HUB-100');
});

test('no name of an object of the language is a member', () => {
  const { variables } = taken(JSON.parse('{"query":"{a}","variables":{"__proto__":{"x":1}}}'));
  assert.equal(Object.hasOwn(variables, '__proto__'), true);
  assert.equal(readRequest('{"__proto__":{"query":"{a}"}}').ok, false);
});
